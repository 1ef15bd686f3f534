// The page /verify/scan: camera, picture, text; with the network the server answers, without it the signed lists.
import { decode, decodeFile } from './decode.js';
import { checkSignature, judge, readKeys, readList, readQr } from './core.js';

const NAME = 'etax-verify', LISTS_BYTES = 8_000_000;
const $ = (id) => document.getElementById(id);
const word = (name) => $('words').content.querySelector(`[data-w="${name}"]`)?.innerHTML ?? '';
const other = () => import('./ed25519.js');
const show = (html) => { $('scan-state').innerHTML = html; };

// --- what is kept ---

const kept = () => caches.open(NAME);
async function keepPage() {
  const urls = ['/verify/scan', ...[...document.querySelectorAll('link[rel=stylesheet], link[rel=icon]')].map((l) => l.href),
    ...[...document.scripts].map((s) => s.src).filter(Boolean), $('words').dataset.icons,
    ...['jsqr.js', 'ed25519.js'].map((f) => new URL(f, import.meta.url).href)];
  const cache = await kept();
  // An old version of the static pieces is taken out when the new one is in.
  await cache.addAll(urls.map((u) => new Request(u, { cache: 'reload' })));
  const names = new Set(urls.map((u) => new URL(u, location.href).pathname));
  for (const r of await cache.keys()) {
    const { pathname } = new URL(r.url);
    if (pathname.startsWith('/static/') && !names.has(pathname)) await cache.delete(r);
  }
}

/** The newest lists that fit, with the deltas behind them. */
async function keepLists() {
  const cache = await kept(), answer = await fetch('/public/status', { cache: 'no-store' });
  const { lists } = await answer.clone().json(), wanted = new Set();
  await cache.add(new Request('/v1/keys', { cache: 'no-store' }));
  const before = await cache.match('/public/status');
  const old = new Map((before ? (await before.json()).lists : []).map((l) => [l.href, l]));
  let size = 0;
  for (const l of lists) {
    if ((size += l.bytes) > LISTS_BYTES) break;
    wanted.add(l.href);
    if (old.get(l.href)?.as_of !== l.as_of || !await cache.match(l.href)) await cache.add(new Request(l.href, { cache: 'no-store' }));
    for (let n = l.last + 1; n <= l.newest_delta; n++) {
      const href = `${l.href}/delta/${n}`;
      wanted.add(href);
      if (!await cache.match(href)) await cache.add(new Request(href, { cache: 'no-store' }));
    }
  }
  for (const r of await cache.keys()) {
    const { pathname } = new URL(r.url);
    if (pathname.startsWith('/public/status/') && !wanted.has(pathname)) await cache.delete(r);
  }
  await cache.put('/public/status', answer);
}

async function keptFiles() {
  const cache = await kept(), answer = await cache.match('/v1/keys');
  const keys = answer ? readKeys((await answer.json()).verifiers) : [], files = [];
  for (const r of await cache.keys())
    if (new URL(r.url).pathname.startsWith('/public/status/'))
      try {
        files.push(await readList(await (await cache.match(r)).arrayBuffer(), keys, other));
      } catch { /* a file that can not be trusted is as good as none */ }
  return { keys, files };
}

const moment = (ms) => new Date(ms + 8 * 3600_000).toISOString().slice(0, 16).replace('T', ' ');
async function refresh() {
  show(word('updating'));
  try {
    await keepPage();
    await keepLists();
  } catch { /* without network: what is there stays */ }
  const { files } = await keptFiles();
  const newest = Math.max(0, ...files.map((f) => f.asOf));
  $('scan-state').dataset.ready = newest ? 'yes' : 'no';
  show(newest ? word('kept').replace('…', moment(newest)) : word('none'));
}

// --- the answer ---

const MARKS = { valid: 'ok', unproven: 'warn', 'too-often': 'warn', 'not-reported': 'warn', converted: 'warn', 'partly-reversed': 'warn', 'unknown-since': 'warn', 'other-list': 'warn' };
const ICONS = { ok: 'circle-check', bad: 'circle-x', warn: 'circle-minus', off: 'circle-minus' };
function line(mark, label, detail) {
  const li = document.createElement('li');
  li.className = `is-${mark}`;
  li.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${$('words').dataset.icons}#${ICONS[mark]}"/></svg><div>${label}<small></small></div>`;
  li.querySelector('small').textContent = detail;
  return li;
}
function answer({ verdict, title, detail, lines, where, code }) {
  const box = $('scan-verdict');
  box.hidden = false;
  box.className = `et-verdict is-${MARKS[verdict] ?? 'bad'}`;
  box.dataset.code = code ?? verdict;
  box.querySelector('h2').textContent = title;
  box.querySelector('p').textContent = detail;
  $('scan-checks').replaceChildren(...lines);
  $('scan-where').textContent = where;
  $('scan-more').hidden = false;
  const number = /\d{20}/.exec(lines.number ?? '')?.[0];
  $('scan-report').hidden = MARKS[verdict] === 'ok';
  $('scan-report').href = '/reports/invoices/new' + (number ? `?number=${number}` : '');
  box.focus();
}

const labels = { number: 'l-number', total: 'l-total', date: 'l-date', state: 'l-state', content: 'l-content', signature: 'l-signature', text: 'l-text' };
const marks = { found: 'ok', same: 'ok', valid: 'ok', good: 'ok', differs: 'bad', reversed: 'bad', 'partly-reversed': 'bad', forged: 'bad', 'unknown-key': 'bad' };
async function online(text) {
  const r = await fetch('/v1/verify/qr', { method: 'POST', headers: { 'content-type': 'application/json', 'accept-language': document.documentElement.lang }, body: JSON.stringify({ text }) });
  if (r.status === 429) return answer({ verdict: 'too-often', title: word('too-often'), detail: (await r.json()).title, lines: [], where: word('online') });
  if (!r.ok) throw new Error(String(r.status));
  const a = await r.json();
  const lines = a.checked.map((c) => line(marks[c.outcome] ?? (c.what === 'text' ? 'bad' : 'off'), word(labels[c.what] ?? 'l-text'), c.detail));
  lines.number = a.number ?? '';
  answer({ verdict: a.verdict, title: word(a.verdict), detail: a.detail, lines, where: word('online') });
}

async function offline(text) {
  const qr = readQr(text), { keys, files } = await keptFiles();
  if (!qr) return answer({ verdict: 'unreadable', title: word('unreadable'), detail: word(/^\W*https?:/i.test(text) ? 'd-url' : 'd-unreadable'), lines: [], where: word('offline') });
  const signature = await checkSignature(qr, keys, other), list = judge(files, qr);
  const forged = signature === 'forged' || signature === 'unknown-key', asOf = list.asOf ? moment(list.asOf) : '';
  // without a signature the list knows the number only: nothing proves amount and day
  const verdict = forged ? 'not-as-issued' : list.verdict === 'valid' && signature !== 'good' ? 'unproven' : list.verdict;
  const lines = [line(marks[signature] ?? 'off', word('l-signature'), word(`s-${signature}`)),
    line(forged ? 'off' : MARKS[verdict] ?? 'bad', word('l-state'), word(`d-${list.verdict}`).replace('…', asOf)),
    line('off', word('l-content'), `${qr.number} · ${qr.total} · ${qr.day}`)];
  lines.number = qr.number;
  answer({ verdict, title: verdict === 'valid' ? word('valid-as-of').replace('…', asOf) : word(verdict), detail: forged ? word(`s-${signature}`) : word(`d-${verdict}`).replace('…', asOf),
    lines, where: word('offline'), code: forged ? `not-as-issued:${signature}` : verdict });
}

async function check(text) {
  if (!text.trim()) return;
  $('f-text').value = text;
  try {
    await online(text);
  } catch {
    await offline(text);
  }
}

// --- camera and pictures ---

let stream = null;
function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  $('scan-video').hidden = true;
  $('scan-camera').textContent = word('camera');
}
async function look() {
  const video = $('scan-video');
  if (!stream) return;
  const text = video.videoWidth ? await decode(video, video.videoWidth, video.videoHeight) : null;
  if (text) {
    stop();
    await check(text);
  } else setTimeout(look, 150);
}
$('scan-camera').addEventListener('click', async () => {
  if (stream) return stop();
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  } catch {
    show(word('no-camera'));
    return;
  }
  const video = $('scan-video');
  video.hidden = false;
  video.srcObject = stream;
  await video.play();
  $('scan-camera').textContent = word('stop');
  look();
});
$('scan-picture').addEventListener('change', async (e) => {
  const [file] = e.target.files;
  if (!file) return;
  try {
    const text = await decodeFile(file);
    if (text) await check(text);
    else show(word('no-code'));
  } catch {
    show(word('no-code'));
  }
  e.target.value = '';
});
$('scan-form').addEventListener('submit', (e) => {
  e.preventDefault();
  e.stopPropagation();
  check($('f-text').value);
});
$('scan-update').addEventListener('click', refresh);
for (const el of document.querySelectorAll('[data-scan]')) el.hidden = false;
if ('serviceWorker' in navigator) await navigator.serviceWorker.register('/verify/sw.js', { scope: '/verify/' }).catch(() => {});
await refresh();
