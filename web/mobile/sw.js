// Keeps the pages under /mobile/ for the time without a network: the newest from the network while there is one, else what was
// kept. What is kept is fetched without the session, so that nobody's name lies in the cache.
const CACHE = 'etax-mobile-1', PAGES = ['/mobile/app', '/mobile/check'];
const FILES = ['/mobile/app.js', '/mobile/scan.js', '/mobile/manifest.webmanifest', '/mobile/icon.svg', '/mobile/icon-192.png'];

async function keep() {
  const cache = await caches.open(CACHE);
  const statics = new Set();
  for (const page of PAGES) {
    const r = await fetch(page, { credentials: 'omit', cache: 'no-store' });
    if (!r.ok) throw new Error(page);
    for (const m of (await r.clone().text()).matchAll(/\/static\/[\w.\/-]+/g)) statics.add(m[0]);
    await cache.put(page, r);
  }
  for (const file of [...FILES, ...statics]) {
    const r = await fetch(file, { credentials: 'omit' });
    if (r.ok) await cache.put(file, r);
  }
}
self.addEventListener('install', (e) => e.waitUntil(keep().then(() => self.skipWaiting())));
self.addEventListener('activate', (e) => e.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith('etax-mobile-') && name !== CACHE) await caches.delete(name);
  await self.clients.claim();
})()));
self.addEventListener('fetch', (e) => {
  const url = new URL(e.request.url);
  const ours = url.origin === location.origin && (PAGES.includes(url.pathname) || FILES.includes(url.pathname) || url.pathname.startsWith('/static/'));
  if (e.request.method !== 'GET' || !ours) return;
  e.respondWith((async () => {
    try {
      const r = await fetch(e.request);
      // Our own pages change with a deployment: what was kept is renewed beside the answer.
      if (r.ok && PAGES.includes(url.pathname)) e.waitUntil(keep().catch(() => {}));
      return r;
    } catch {
      return (await caches.match(url.pathname)) || (await caches.match(e.request, { ignoreSearch: true })) || Response.error();
    }
  })());
});
