// Entries of the lottery as tests make them: an ordinary invoice of a caterer to a person, waiting for draws, public files.
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, eventually, parties } from './client.mjs';
import { runEtaxd } from './server.mjs';

export const catering = '3070401000000000000';
export const files = ['rules.json', 'commitment.json', 'tickets.txt', 'root.json', 'secret.txt', 'beacon.json', 'winners.json'];

/** What the caterer T2 sells to a person; the total is what the person pays. */
export const sale = (total, { person = parties.P2, name = '李静', kind = 'ordinary', ref = 'L' + Math.random() } = {}) => ({
  kind, seller_ref: ref, buyer: { tax_id: person, name }, remark: '',
  lines: [{ tax_code: catering, name: '面包', unit: '份', quantity: '1', price: total, price_includes_tax: true, rate: '0.01', discount: '0.00' }],
});

export async function issue(seller, total, options) {
  const r = await seller.post('/v1/invoices', sale(total, options));
  assert.equal(r.status, 201, r.text);
  return r.body;
}

export const enter = (person, qr, options) => person.post('/v1/lottery/entries', { qr }, options);

/** Today's draw of a scheme, when its public value is known. */
export async function openDraw(url, scheme = 'hangzhou-catering') {
  const anyone = new Client(url);
  const now = (await anyone.get('/v1/sandbox')).body.now;
  const draw = now.slice(0, 10).replaceAll('-', '');
  await eventually(() => anyone.get(`/v1/lottery/schemes/${scheme}/${draw}`), (r) => r.body?.has_beacon, 15_000);
  return { scheme, draw };
}

/** The public files of a draw in a folder of their own. */
export async function download(url, scheme, draw) {
  const dir = mkdtempSync(path.join(tmpdir(), 'etax-draw-'));
  for (const name of files) {
    const r = await fetch(`${url}/public/lottery/${scheme}/${draw}/${name}`);
    assert.equal(r.status, 200, `${name}: ${r.status}`);
    writeFileSync(path.join(dir, name), Buffer.from(await r.arrayBuffer()));
  }
  for (const name of ['commitment.tlog-proof', 'root.tlog-proof']) {
    const r = await fetch(`${url}/public/lottery/${scheme}/${draw}/${name}`);
    if (r.status === 200) writeFileSync(path.join(dir, name), Buffer.from(await r.arrayBuffer()));
  }
  return dir;
}
export const verify = (dir, key) => runEtaxd(['draw', 'verify', dir, ...(key ? ['--key', key] : [])]);

export const credits = async (url) => (await new Client(url).get('/v1/sandbox/wallets/credits')).body;
export const fault = async (url, name, times = 1) =>
  assert.equal((await new Client(url).post('/v1/sandbox/wallets/faults', { fault: name, times })).status, 200);
export const fen = (text) => Math.round(Number(text) * 100);

/** The text of a QR code with other items in it, and the check that fits: anybody can compute it. */
export function recode(qr, change) {
  const text = change(qr.split('|')[0]).replace(/[0-9A-F]{4}$/, '');
  let crc = 0;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte << 8;
    for (let i = 0; i < 8; i++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x8005 : crc << 1) & 0xffff;
  }
  return text + crc.toString(16).toUpperCase().padStart(4, '0');
}
