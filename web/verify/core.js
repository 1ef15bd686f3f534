// Checking an invoice without a network: the text of its QR code, its signature, signed status lists (docs/spec/status-list.md).
// No DOM in here: the page, and Node in the tests, call it.
import { cleanQr } from '../mobile/core.js';

const fromBase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
const utf8 = new TextEncoder();

function crc16(bytes, reflected) {
  let crc = reflected ? 0xffff : 0;
  for (const b of bytes) {
    if (reflected) {
      crc ^= b;
      for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
    } else {
      crc ^= b << 8;
      for (let i = 0; i < 8; i++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x8005) & 0xffff : (crc << 1) & 0xffff;
    }
  }
  return crc;
}

/** 01,TYPE,CODE,NUMBER,AMOUNT,YYYYMMDD,CHECK,CRC of a digital invoice; null: not one. */
export function readQr(whole) {
  const [plain, suite, id, signature, ...rest] = cleanQr(whole).split('|');
  const m = /^01,(31|32|51|61|8[1-4]),,(\d{20}),(-?\d+(?:\.\d{1,2})?),(\d{4})(\d\d)(\d\d),,([0-9a-fA-F]{4}),?$/.exec(plain);
  if (!m || rest.length || (suite !== undefined && (suite !== 'etax1' || !/^[0-9a-f]{8}$/.test(id ?? '') || !signature))) return null;
  const rail = m[1] === '51' || m[1] === '61';
  if (!rail && parseInt(m[7], 16) !== crc16(utf8.encode(plain.slice(0, plain.lastIndexOf(m[7]))), false)) return null;
  return { text: plain, number: m[2], total: m[3], day: `${m[4]}-${m[5]}-${m[6]}`, signed: suite !== undefined, id, signature };
}

/** Verifier lines of /v1/keys: "name+id+base64(1, key)"; Ed25519 only. */
export function readKeys(text) {
  return text.split('\n').map((line) => /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(line.trim())).filter(Boolean)
    .map(([, name, id, key]) => ({ name, id, bytes: fromBase64(key) })).filter((k) => k.bytes[0] === 1 && k.bytes.length === 33)
    .map((k) => ({ name: k.name, id: k.id, key: k.bytes.slice(1) }));
}

/** other: loads a library where the browser's own cryptography has no Ed25519. */
export async function verifies(key, message, signature, other) {
  try {
    const k = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', k, signature, message);
  } catch {
    return (await other()).verifyAsync(signature, message, key);
  }
}

/** "none", "good", "forged", "unknown-key" */
export async function checkSignature(qr, keys, other) {
  if (!qr.signed) return 'none';
  const k = keys.find((one) => one.id === qr.id);
  if (!k) return 'unknown-key';
  let signature;
  try { signature = fromBase64(qr.signature); } catch { return 'forged'; }
  return signature.length === 64 && await verifies(k.key, utf8.encode(`etax-qr-v1\n${qr.text}`), signature, other) ? 'good' : 'forged';
}

function find(bytes, from) { // an empty line
  for (let i = from; i + 1 < bytes.length && i < from + 8192; i++) if (bytes[i] === 10 && bytes[i + 1] === 10) return i + 1;
  return -1;
}

async function signedBy(text, lines, keys, other) {
  for (const line of lines.split('\n')) {
    const m = /^— (\S+) (\S+)$/.exec(line);
    if (!m) continue;
    const bytes = fromBase64(m[2]);
    const k = keys.find((one) => one.name === m[1] && one.id === hex(bytes.slice(0, 4)));
    if (k && await verifies(k.key, text, bytes.slice(4), other)) return true;
  }
  return false;
}

/** A list or delta whose signature and digest are right; throws otherwise. */
export async function readList(buffer, keys, other) {
  const bytes = new Uint8Array(buffer), end = find(bytes, 0), over = end < 0 ? -1 : find(bytes, end + 1);
  if (over < 0) throw new Error('no status list');
  const text = bytes.slice(0, end), body = bytes.slice(over + 1), decode = (b) => new TextDecoder().decode(b);
  const head = Object.fromEntries(decode(text).trim().split('\n').slice(1).map((l) => l.split(' ')));
  if (!decode(text).startsWith('etax-status-v1\n') || hex(new Uint8Array(await crypto.subtle.digest('SHA-256', body))) !== head.sha256) throw new Error('changed');
  if (!await signedBy(text, decode(bytes.slice(end + 1, over)), keys, other)) throw new Error('not signed by a known key');
  const n = Number(head.runs), runs = [];
  let at = n * 14;
  for (let i = 0; i < n; i++) {
    const first = BigInt(hex(body.slice(i * 14, i * 14 + 10))), count = new DataView(body.buffer, i * 14 + 10, 4).getUint32(0);
    runs.push({ first, count, at });
    at += Math.ceil(count / 4);
  }
  if (at !== body.length) throw new Error('changed');
  return { region: head.region, month: head.month, delta: Number(head.delta), last: Number(head.last), asOf: Number(head['as-of']) / 1000, runs, body };
}

function stateIn(list, number) {
  let from = 0, to = list.runs.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (number < list.runs[middle].first) to = middle; else from = middle + 1;
  }
  const run = list.runs[from - 1];
  if (!run || number - run.first >= BigInt(run.count)) return 0;
  const i = Number(number - run.first);
  return (list.body[run.at + (i >> 2)] >> (2 * (i & 3))) & 3;
}

const dayOf = (ms) => new Date(ms + 8 * 3600_000).toISOString().slice(0, 10);

/** lists: full lists and their deltas, of any months. {verdict, asOf} */
export function judge(files, qr) {
  const mine = files.filter((l) => l.region === qr.number.slice(2, 4) && l.month === qr.day.slice(0, 7));
  const full = mine.find((l) => l.delta === 0);
  if (!full) return { verdict: 'other-list' };
  let { last, asOf } = full, state = stateIn(full, BigInt(qr.number));
  for (const delta of mine.filter((l) => l.delta > 0).sort((a, b) => a.delta - b.delta)) {
    if (delta.delta !== last + 1) continue; // in already, or one before it is missing
    last = delta.delta;
    asOf = delta.asOf;
    state = stateIn(delta, BigInt(qr.number)) || state;
  }
  const words = [qr.day >= dayOf(asOf) ? 'unknown-since' : 'unknown', 'valid', 'partly-reversed', 'reversed'];
  return { verdict: words[state], asOf };
}
