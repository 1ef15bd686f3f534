// Keeps /verify/scan usable without a network. The page itself puts its parts and the lists into the cache; here they are
// given out when the network does not answer.
const NAME = 'etax-verify';
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (e) => e.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (e) => {
  const { request } = e;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  e.respondWith((async () => {
    const cache = await caches.open(NAME);
    const kept = await cache.match(request, { ignoreVary: true });
    if (kept && new URL(request.url).pathname.startsWith('/static/')) return kept;
    try {
      return await fetch(request);
    } catch (error) {
      const page = request.mode === 'navigate' && await cache.match('/verify/scan', { ignoreVary: true });
      if (kept || page) return kept || page;
      throw error;
    }
  })());
});
