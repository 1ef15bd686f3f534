// What a device must compute as the bureau does: amounts (src/services/invoice/issue/amounts.c), the QR text, canonical bytes, and
// the check of a signed QR text. Money is BigInt in fen: no floating point where money is. No DOM, no network.
const bytes = (text) => new TextEncoder().encode(text);
export const base64 = (b) => btoa(String.fromCharCode(...new Uint8Array(b)));
export const unbase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
export const SUITE = 'ed25519', NO_ENTRY = '0'.repeat(64);

/** JCS (RFC 8785) of what entries hold: objects, arrays, strings, whole numbers, booleans. */
export function canonical(v) {
  if (Array.isArray(v)) return `[${v.map(canonical).join(',')}]`;
  if (v === null || typeof v !== 'object') return JSON.stringify(v);
  return `{${Object.keys(v).sort().map((k) => `${JSON.stringify(k)}:${canonical(v[k])}`).join(',')}}`;
}

/** "12.3" with at most `places` digits behind the point -> BigInt in units of the last; null: no such number. */
export function units(text, places) {
  const m = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(text).trim().replaceAll(',', ''));
  if (!m || (m[3] || '').length > places) return null;
  const v = BigInt(m[2] + (m[3] || '').padEnd(places, '0'));
  return m[1] ? -v : v;
}
export const fen = (text) => units(text, 2);
export const money = (v) => `${v < 0n ? '-' : ''}${(v < 0n ? -v : v) / 100n}.${String((v < 0n ? -v : v) % 100n).padStart(2, '0')}`;
export const grouped = (v) => money(v).replace(/\B(?=(\d{3})+\.)/g, ',');
/** Half away from zero, once. */
const rounded = (n, d) => (n >= 0n ? (2n * n + d) / (2n * d) : -((-2n * n + d) / (2n * d)));

/** A sum with or without tax, split at a rate ("0.13"). */
export function split(sum, inclusive, rate) {
  const ppm = units(rate, 6);
  if (!inclusive) return { amount: sum, tax: rounded(sum * ppm, 1000000n) };
  const tax = rounded(sum * ppm, 1000000n + ppm);
  return { amount: sum - tax, tax };
}
/** Amount and tax of the lines of an invoice, as entered; discounts are lines of their own. null: something is missing. */
export function totals(lines) {
  const out = { amount: 0n, tax: 0n, total: 0n };
  for (const l of lines) {
    let sum = l.amount !== undefined ? fen(l.amount) : null;
    if (l.quantity !== undefined && l.price !== undefined) {
      const q = units(l.quantity, 13), p = units(l.price, 13);
      if (q === null || p === null || q <= 0n || p <= 0n) return null;
      if (sum === null) sum = rounded(q * p * 100n, 10n ** 26n);
    }
    if (sum === null || units(l.rate, 6) === null) return null;
    const parts = [split(sum, Boolean(l.price_includes_tax), l.rate)];
    const off = l.discount ? fen(l.discount) : 0n;
    if (off === null) return null;
    if (off) parts.push(split(-off, Boolean(l.price_includes_tax), l.rate));
    for (const x of parts) {
      out.amount += x.amount;
      out.tax += x.tax;
    }
  }
  out.total = out.amount + out.tax;
  return out;
}

/** CRC-16, polynomial 8005, as the QR text of digital invoices carries it. */
export function crc16(text) {
  let crc = 0;
  for (const b of bytes(text)) {
    crc ^= b << 8;
    for (let i = 0; i < 8; i++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x8005) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}
export function qrText(kind, number, total, day) {
  const text = `01,${{ special: 31, vehicle: 83, used_car: 84 }[kind] ?? 32},,${number},${money(total)},${day.replaceAll('-', '')},,`;
  return text + crc16(text);
}
/** What keyboards and files made of a scanned text, undone (src/services/invoice/issue/qr_text.c, qr_text_clean). */
export function cleanQr(whole) {
  const text = whole.replace(/^\ufeff/, '').trim();
  const fold = (s) => s.replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replaceAll('\u3000', ' ');
  if (!text.includes('|etaxl1|')) return fold(text).trim();
  const f = text.split('|').map((part, i) => (i === 3 ? part : part.replaceAll('，', ',')));
  let commas = 0; // the seller's name, at the end of the certificate, may hold such a comma
  if (f[3]) f[3] = f[3].replace(/[，,]/g, (c) => (++commas > 8 ? c : ','));
  return f.join('|');
}
/** Codes of short invoices of old are addresses: where this one leads; null: no address. */
export const qrHost = (text) => /^https?:\/\/([^/?#]+)/i.exec(cleanQr(text))?.[1] ?? null;

export function qrParse(text) {
  const f = text.split(',');
  if (f.length !== 8 || f[0] !== '01' || !['31', '32', '83', '84'].includes(f[1]) || !/^\d{20}$/.test(f[3]) || fen(f[4]) === null || !/^\d{8}$/.test(f[5])) return null;
  if (crc16(text.slice(0, text.lastIndexOf(',') + 1)) !== f[7]) return null;
  return { number: f[3], total: fen(f[4]), day: f[5].replace(/(....)(..)(..)/, '$1-$2-$3') };
}

/** China Standard Time, as the house writes instants. */
export const instant = (ms) => new Date(ms + 8 * 3600_000).toISOString().replace('Z', '+08:00');

export const covered = {
  entry: (text) => bytes(`etax-lane-entry-v1\n${text}`),
  qr: (text) => bytes(`etax-lane-qr-v1\n${SUITE}\n${text}`),
  certificate: (text) => bytes(`etax-lane-certificate-v1\n${text}`),
};
const algorithm = { name: 'Ed25519' };
export const sign = async (key, data) => base64(await crypto.subtle.sign(algorithm, key, data));
export const sha256 = async (text) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes(text)))].map((b) => b.toString(16).padStart(2, '0')).join('');
export const newKey = () => crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
export const publicKey = async (pair) => base64(await crypto.subtle.exportKey('raw', pair.publicKey));

const next = (first, k) => first.slice(0, 5) + String(BigInt(first.slice(5)) + BigInt(k)).padStart(15, '0');
export const numberAt = next;
export function certificateParse(text) {
  const f = text.split(','), name = f.slice(8).join(',');
  if (f.length < 9 || !name || !/^\d{20}$/.test(f[2]) || !/^\d{8}$/.test(f[4])) return null;
  return { lane: f[0], suite: f[1], first: f[2], count: Number(f[3]), until: f[4].replace(/(....)(..)(..)/, '$1-$2-$3'), limit: BigInt(f[5]), key: f[6], seller_id: f[7], seller_name: name };
}
export const certificateHolds = (c, number, day) => number.slice(0, 5) === c.first.slice(0, 5) && BigInt(number) >= BigInt(c.first)
  && BigInt(number) < BigInt(c.first) + BigInt(c.count) && day <= c.until && day.slice(0, 4) === c.until.slice(0, 4);

/** One invoice, signed: what is kept, handed over, and shown. `at` in ms; `invoice`: input of POST /v1/invoices. */
export async function makeEntry({ lane, key, block, number, sequence, previous, at, invoice }) {
  const sum = totals(invoice.lines), issued = instant(at), qr = qrText(invoice.kind, number, sum.total, issued.slice(0, 10));
  const entry = canonical({ suite: SUITE, lane, sequence, previous, number, issued_at: issued, invoice, qr,
    amount: money(sum.amount), tax: money(sum.tax), total: money(sum.total) });
  return { number, sequence, entry, signature: await sign(key, covered.entry(entry)), hash: await sha256(entry), issued_at: issued, total: money(sum.total),
    qr: [qr, 'etaxl1', await sign(key, covered.qr(qr)), block.certificate, block.key_id, block.signature].join('|') };
}

async function verify(raw, data, signature) {
  try {
    const key = await crypto.subtle.importKey('raw', raw, algorithm, false, ['verify']);
    return await crypto.subtle.verify(algorithm, key, unbase64(signature), data);
  } catch { return false; }
}
/** Verifier lines (name+id+base64 of a type byte and the key) -> {id: key bytes} of those that sign by Ed25519. */
export function verifierKeys(text) {
  const keys = {};
  for (const line of text.split('\n')) {
    const m = /\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(line.trim());
    const raw = m && unbase64(m[2]);
    if (raw && raw.length === 33 && raw[0] === 1) keys[m[1]] = raw.slice(1);
  }
  return keys;
}
/** The check of the buyer, without the network: {outcome, number, total, day, seller_name, seller_id, until}; of an address {outcome: "url", host}. */
export async function checkQr(text, verifier) {
  if (qrHost(text)) return { outcome: 'url', host: qrHost(text) };
  const f = cleanQr(text).split('|'), keys = verifierKeys(verifier), q = qrParse(f[0] || '');
  if (!q) return { outcome: 'broken' };
  if (f[1] === 'etax1' && f.length === 4) {
    if (!keys[f[2]]) return { outcome: 'unknown-key', ...q };
    return { outcome: await verify(keys[f[2]], bytes(`etax-qr-v1\n${f[0]}`), f[3]) ? 'bureau' : 'forged-signature', ...q };
  }
  if (f.length === 1) return { outcome: 'unsigned', ...q };
  const c = f.length === 6 && f[1] === 'etaxl1' ? certificateParse(f[3]) : null;
  if (!c) return { outcome: 'broken' };
  const said = { ...q, seller_name: c.seller_name, seller_id: c.seller_id, until: c.until };
  if (!keys[f[4]]) return { outcome: 'unknown-key', ...said };
  if (!(await verify(keys[f[4]], covered.certificate(f[3]), f[5]))) return { outcome: 'forged-certificate', ...said };
  if (c.suite !== SUITE) return { outcome: 'suite', ...said };
  if (!(await verify(unbase64(c.key), covered.qr(f[0]), f[2]))) return { outcome: 'forged-signature', ...said };
  return { outcome: certificateHolds(c, q.number, q.day) ? 'good' : 'outside-block', ...said };
}
