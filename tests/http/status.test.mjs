// Signed status lists (A10.d, A10.e3): a device with yesterday's list says "valid as of yesterday", after the delta "reversed".
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { recode } from '../lib/lottery.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { Server, runEtaxd } from '../lib/server.mjs';

let server, open, t1, o1, dir, key, sold, month;
const ok = (r, status = 200) => { assert.equal(r.status, status, r.text); return r.body; };
const buyer = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
const issue = async (ref) => ok(await t1.post('/v1/invoices', invoiceBody({ ref, buyer, net: '1000.00' })), 201);
const make = async (all = false) => ok(await o1.post('/v1/status/lists', { all })).files;
const fetchTo = async (address, name) => {
  const r = await open.get(address, { raw: true });
  assert.equal(r.status, 200, address);
  writeFileSync(path.join(dir, name), r.bytes);
  return path.join(dir, name);
};
before(async () => {
  server = await Server.start();
  open = new Client(server.url);
  t1 = await Client.signIn(server.url, 'T1');
  o1 = await Client.signIn(server.url, 'O1');
  dir = mkdtempSync(path.join(tmpdir(), 'etax-status-'));
  key = (await open.get('/log/key')).text.trim();
  sold = [];
  for (let i = 0; i < 5; i++) sold.push(await issue(`s${i}`));
  month = sold[0].issued_at.slice(0, 7).replace('-', '');
  for (const s of sold) Object.assign(s, ok(await t1.get(`/v1/invoices/${s.number}`)));
});
after(async () => { await server.close(); rmSync(dir, { recursive: true, force: true }); });
const check = async (list, deltas, qr) => {
  const r = await runEtaxd(['status', 'check', '--list', list, ...deltas.flatMap((d) => ['--delta', d]), '--qr', qr, '--key', key]);
  return { code: r.code, says: r.output.split('\n')[0], output: r.output };
};

test('A10.e3 valid as of the list; after the delta reversed; what came later is unknown since', async () => {
  assert.equal((await open.get(`/public/status/33/${month}`)).status, 404);
  assert.equal(await make(), 1);
  const address = `/public/status/33/${month}`;
  const list = await fetchTo(address, 'list');
  const valid = await check(list, [], sold[0].qr_signed);
  assert.deepEqual([valid.code, valid.says], [0, 'valid']);
  assert.match(valid.output, /as of \d{4}-\d\d-\d\dT[\s\S]*signature good/);
  ok(await t1.post(`/v1/invoices/${sold[0].number}/reversal`, { reason: 'return' }), 201);
  const later = await issue('later');
  Object.assign(later, ok(await t1.get(`/v1/invoices/${later.number}`)));
  assert.equal((await check(list, [], sold[0].qr_signed)).says, 'valid', 'the device can not know');
  assert.equal((await check(list, [], later.qr_signed)).says, 'unknown-since');
  assert.equal(await make(), 1);
  assert.equal(await make(), 0, 'nothing new, no file');
  const delta = await fetchTo(`${address}/delta/1`, 'delta1');
  assert.ok(readFileSync(delta).length < 600, 'a delta is small');
  assert.equal((await check(list, [delta], sold[0].qr_signed)).says, 'reversed');
  assert.equal((await check(list, [delta], sold[1].qr_signed)).says, 'valid');
  assert.equal((await check(list, [delta], later.qr_signed)).says, 'valid');
  // without a signature the list knows the number, and nothing proves what stands beside it
  for (const qr of [sold[1].qr, recode(sold[1].qr, (t) => t.replace('1130.00', '999999.00'))]) {
    const bare = await check(list, [delta], qr);
    assert.deepEqual([bare.code, bare.says, /signature none/.test(bare.output)], [1, 'unproven', true], qr);
  }
  assert.equal((await check(list, [delta], sold[0].qr)).says, 'reversed');
  assert.deepEqual([(await check(list, [delta], `\ufeff${sold[1].qr_signed.replaceAll(',', '，')}`)).says], ['valid']);
  // changed, signed by another, of another key
  const forged = sold[1].qr_signed.replace('1130.00', '1130.01');
  assert.ok(['not-as-issued', 'unreadable'].includes((await check(list, [], forged)).says));
  const bytes = readFileSync(list);
  bytes[bytes.length - 1] ^= 1;
  writeFileSync(path.join(dir, 'changed'), bytes);
  const changed = await check(path.join(dir, 'changed'), [], sold[1].qr_signed);
  assert.deepEqual([changed.code, /was changed/.test(changed.output)], [2, true]);
});

test('A10.1 lists are made anew each day, deltas go on; a missing delta is noticed; the catalogue names all', async () => {
  const address = `/public/status/33/${month}`;
  const old = await fetchTo(address, 'old');
  assert.ok(await make(true) >= 1);
  const fresh = await fetchTo(address, 'fresh');
  assert.equal((await check(fresh, [], sold[0].qr_signed)).says, 'reversed');
  ok(await t1.post(`/v1/invoices/${sold[1].number}/reversal`, { reason: 'return' }), 201);
  assert.equal(await make(), 1);
  const c = ok(await open.get('/public/status')).lists.find((l) => l.href === address);
  assert.equal(c.newest_delta, 2);
  assert.ok(c.last === 1 && c.bytes > 300);
  const d1 = await fetchTo(`${address}/delta/1`, 'd1'), d2 = await fetchTo(`${address}/delta/2`, 'd2');
  assert.equal((await check(fresh, [d2], sold[1].qr_signed)).says, 'reversed');
  assert.equal((await check(fresh, [d1, d2], sold[1].qr_signed)).says, 'reversed', 'one that is in already does no harm');
  const gap = await check(old, [d2], sold[1].qr_signed);
  assert.deepEqual([gap.code, /missing/.test(gap.output)], [2, true]);
  assert.equal((await open.get(`${address}/delta/99`)).status, 404);
  assert.equal((await open.get('/public/status/xx/000000')).status, 404);
  assert.equal((await open.post('/v1/status/lists', {})).status, 401);
});

test('A10.7 the same files written out, for any web server', async () => {
  const to = path.join(dir, 'out');
  const r = await runEtaxd(['status', 'export', '--data', server.data, ...(server.database ? ['--db', server.database.url] : []), '--to', to]);
  assert.equal(r.code, 0, r.output);
  assert.deepEqual(readdirSync(path.join(to, '33', month, 'delta')).sort(), ['1', '2']);
  assert.deepEqual(readFileSync(path.join(to, '33', month, 'full')), (await open.get(`/public/status/33/${month}`, { raw: true })).bytes);
});
