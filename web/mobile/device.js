// The lane of this phone: enrolling, issuing, handing over. An invoice exists when it is in the store; only then is it shown.
import * as core from './core.js';
import { alone, all, get, write } from './store.js';

export const FEW = 5; // numbers left: time for another block
const MARK = 'etax-lane'; // outlives a wiped store: so the lane that was lost is known
const JSON_TYPE = { 'content-type': 'application/json', accept: 'application/json' };

export class Refused extends Error {}

/** Who is signed in; null without the network. Keeps the bureau's key and how far the clock is off. */
export async function session() {
  const r = await fetch('/mobile/session.json', { cache: 'no-store' }).catch(() => null);
  if (!r?.ok) return null;
  const s = await r.json();
  await write([['meta', 'verifier', s.verifier], ['meta', 'offset', Date.parse(s.now) - Date.now()]]);
  return s;
}
const now = async () => Date.now() + ((await get('meta', 'offset')) || 0);

/** A form of the site, answered by JSON; a refusal is a page whose words are taken. */
async function post(path, csrf, fields) {
  const body = new URLSearchParams({ _csrf: csrf, _key: crypto.randomUUID(), ...fields });
  const r = await fetch(path, { method: 'POST', body });
  const text = await r.text();
  if (r.ok && (r.headers.get('content-type') || '').startsWith('application/json')) return JSON.parse(text);
  if (r.ok && !r.url.includes('/login')) return null;
  const page = new DOMParser().parseFromString(text, 'text/html');
  throw new Refused((page.querySelector('#errors, .et-notice, main p') || page.body).textContent.trim().replace(/\s+/g, ' ').slice(0, 200));
}

export const lane = () => get('lane', 'current');
export const mark = () => localStorage.getItem(MARK);

/** A key that never leaves the phone, a block of numbers, a certificate. */
export const enrol = (csrf, name) => alone(async () => {
  if (await lane()) return lane();
  const pair = await core.newKey();
  const server = await post('/lanes', csrf, { device_name: name, public_key: await core.publicKey(pair) });
  const mine = { id: server.id, pair, server, sequence: 0, previous: core.NO_ENTRY, used: {} };
  await write([['lane', 'current', mine]]);
  localStorage.setItem(MARK, server.id);
  navigator.storage?.persist?.();
  return mine;
});

export const refresh = () => alone(async () => {
  const mine = await lane();
  const r = mine && (await fetch(`/lanes/${mine.id}.json`, { cache: 'no-store' }).catch(() => null));
  if (!r?.ok || !(r.headers.get('content-type') || '').startsWith('application/json')) return mine;
  mine.server = await r.json();
  await write([['lane', 'current', mine]]);
  return mine;
});
export const moreNumbers = (csrf) => alone(async () => {
  const mine = await lane();
  mine.server = await post(`/lanes/${mine.id}/blocks`, csrf, {});
  await write([['lane', 'current', mine]]);
  return mine;
});
export async function forget(csrf, id, reason) {
  await post(`/lanes/${id}/revoke`, csrf, { reason });
  localStorage.removeItem(MARK);
}

const spent = (mine, block) => mine.used[block.first] || { n: 0, fen: '0' };
/** Numbers of this year that are left. */
export function left(mine, at) {
  const year = core.instant(at).slice(0, 4);
  return mine.server.blocks.filter((b) => !b.closed && b.until.startsWith(year)).reduce((n, b) => n + b.count - spent(mine, b).n, 0);
}
function choose(mine, amount, at) {
  const year = core.instant(at).slice(0, 4);
  const open = mine.server.blocks.filter((b) => !b.closed && b.until.startsWith(year) && spent(mine, b).n < b.count);
  if (!open.length) throw new Refused('numbers');
  const fits = open.find((b) => BigInt(spent(mine, b).fen) + amount <= core.fen(b.limit));
  if (!fits) throw new Refused('limit');
  return fits;
}

/* Inside the lock. The intent is on disk before the invoice is made: a phone that dies in between makes it at its next start. */
async function finish(intent) {
  const mine = await lane(), sum = core.totals(intent.invoice.lines), block = choose(mine, sum.amount, intent.at);
  const used = spent(mine, block);
  const made = await core.makeEntry({ lane: mine.id, key: mine.pair.privateKey, block, number: core.numberAt(block.first, used.n),
    sequence: mine.sequence + 1, previous: mine.previous, at: intent.at, invoice: intent.invoice });
  const kept = { ...made, buyer: intent.invoice.buyer.name, invoice: intent.invoice, state: 'queued', detail: '' };
  mine.used[block.first] = { n: used.n + 1, fen: String(BigInt(used.fen) + sum.amount) };
  mine.sequence += 1;
  mine.previous = made.hash;
  await write([['invoices', made.number, kept], ['lane', 'current', mine], ['meta', 'intent', undefined]]);
  return kept;
}
export const issue = (invoice) => alone(async () => {
  const intent = { invoice, at: await now() }, mine = await lane();
  if (mine.stopped) throw new Refused('stopped');
  choose(mine, core.totals(invoice.lines).amount, intent.at); // refused before it is written down
  await write([['meta', 'intent', intent]]);
  await globalThis.etaxPause?.(); // tests end the browser here
  return finish(intent);
});
/** What a crash has left half-way. */
export const recover = () => alone(async () => {
  const intent = await get('meta', 'intent');
  return intent && (await lane()) ? finish(intent) : null;
});

export const invoices = async () => (await all('invoices')).sort((a, b) => b.sequence - a.sequence);
/** Hands over what waits, oldest first; no session is needed, the signatures speak. false: no network. */
export const sync = () => navigator.locks.request('etax-sync', async () => {
  const mine = await lane(), waiting = (await invoices()).filter((i) => i.state === 'queued').reverse().slice(0, 500);
  if (!mine) return true;
  const r = await fetch(`/v1/lanes/${mine.id}/sync`, { method: 'POST', headers: JSON_TYPE, credentials: 'omit',
    body: JSON.stringify({ entries: waiting.map(({ entry, signature }) => ({ entry, signature })) }) }).catch(() => null);
  if (!r?.ok) return false;
  const answer = await r.json(), changes = [];
  answer.results.forEach((one, k) => changes.push(['invoices', waiting[k].number,
    { ...waiting[k], state: one.outcome === 'already' ? 'issued' : one.outcome, detail: one.detail }]));
  if (changes.length) await write(changes);
  if (!answer.active) await alone(async () => {
    const own = await lane();
    if (own && own.id === mine.id && !own.stopped) await write([['lane', 'current', { ...own, stopped: true }]]);
  });
  return true;
});
/** After a revocation the phone may begin anew; what it has issued stays in the list. */
export async function restart() {
  await write([['lane', 'current', undefined], ['meta', 'intent', undefined]]);
  localStorage.removeItem(MARK);
}
export const rememberItem = (item) => write([['items', item.name, item]]);
export const items = () => all('items');
export const verifier = () => get('meta', 'verifier');
