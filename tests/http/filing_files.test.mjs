// A return as a file, both ways (A05.e3): CSV and XML of the same return give the same canonical text and digest; faults are named
// at their cells, all at once.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Client, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { Server } from '../lib/server.mjs';

let server, t1, other;
const now = new Date(Date.now() + 8 * 3600_000).toISOString(), period = now.slice(0, 7);
before(async () => {
  server = await Server.start();
  t1 = await Client.signIn(server.url, 'T1');
  other = await Client.signIn(server.url, 'T3');
  const r = await t1.post('/v1/invoices', invoiceBody({ ref: 'F1', net: '1000000.00', buyer: { tax_id: parties.T3, name: '远帆纺织进出口有限公司' } }));
  assert.equal(r.status, 201, r.text);
});
after(() => server.close());

const send = (kind, text, who = t1) => who.post(`/v1/returns/vat/${period}/${kind}`, text, { type: kind === 'csv' ? 'text/csv' : 'application/xml', key: null });
const file = async (kind) => {
  const r = await t1.get(`/v1/returns/vat/${period}.${kind}`);
  assert.equal(r.status, 200, r.text);
  assert.match(r.headers.get('content-disposition'), new RegExp(`vat-${period}\\.${kind}`));
  return r.text;
};

test('A05.e3 CSV and XML of the same return: byte-equal canonical form, same hash', async () => {
  const csv = await file('csv'), xml = await file('xml');
  assert.match(csv, /^l11,130000\.00\r?$/m);
  const a = await send('csv', csv), b = await send('xml', xml);
  assert.equal(a.status, 200, a.text);
  assert.equal(b.status, 200, b.text);
  assert.equal(a.body.canonical, b.body.canonical);
  assert.equal(a.body.digest, b.body.digest);
  assert.equal(a.body.digest, createHash('sha256').update(a.body.canonical).digest('hex'));
  assert.deepEqual(a.body.lines, (await t1.get(`/v1/returns/vat/${period}`)).body.lines);
  // the order of rows and the way an amount is written make no difference; another amount does
  const [head, ...rows] = csv.trim().split('\r\n');
  const turned = await send('csv', [head, ...rows.reverse()].join('\n').replace('130000.00', '130000'));
  assert.equal(turned.body.digest, a.body.digest);
  const less = await send('csv', 'l1,900000.00\nl2,900000.00\nl11,117000.00\n');
  assert.equal(less.status, 200, less.text);
  assert.notEqual(less.body.digest, a.body.digest);
});

test('A05.e3 what is read can be filed as it is', async () => {
  const read = (await send('xml', await file('xml'))).body;
  const [y, m] = period.split('-').map(Number), next = m === 12 ? `${y + 1}-01` : `${y}-${String(m + 1).padStart(2, '0')}`;
  await new Client(server.url).post('/v1/sandbox/clock', { now: `${next}-05T10:00:00+08:00` });
  t1 = await Client.signIn(server.url, 'T1');
  const filed = await t1.post(`/v1/returns/vat/${period}`, { lines: read.lines, inputs: read.inputs });
  assert.equal(filed.status, 201, filed.text);
  assert.equal((await send('csv', await file('csv'))).body.digest, read.digest, 'as filed');
});

test('A05.e3 faults of a file: all at once, each at its cell', async () => {
  const faults = async (kind, text) => {
    const r = await send(kind, text);
    assert.equal(r.status, 422, r.text);
    return Object.fromEntries(r.body.errors.map((e) => [e.pointer, e.code]));
  };
  assert.deepEqual(await faults('csv', 'form,x\nperiod,2001-01\nl1,12.345\nl2,1.00\nl2,2.00\nl99,1.00\n'), { '/file/l1': 'amount-unreadable',
    '/file/l2': 'cell-twice', '/file': 'cell-unknown', '/file/period': 'file-period', '/file/form': 'file-form' });
  assert.deepEqual(await faults('csv', 'l1,1.00\nl19,5.00\n'), { '/lines/l2': 'line-parts', '/lines/l19': 'line-computed' });
  assert.deepEqual(await faults('csv', Buffer.from([0x6c, 0x31, 0x2c, 0xff, 0xfe, 0x0a])), { '/file': 'file-encoding' });
  const long = await send('csv', `${'x'.repeat(5000)},${'9'.repeat(5000)}\nl1,${'8'.repeat(5000)}\n`);
  assert.equal(long.status, 422);
  assert.ok(long.text.length < 2500, 'what was sent is not sent back');
  assert.deepEqual(await faults('csv', 'l1\n'), { '/file': 'file-unreadable' });
  assert.deepEqual(await faults('csv', 'name,amount\n'), { '/file': 'file-empty' });
  assert.deepEqual(await faults('xml', '<VATReturn><lines><l1>1.00</l1></VATReturn>'), { '/file': 'file-unreadable' });
  assert.deepEqual(await faults('xml', '<VATReturn></VATReturn>'), { '/file': 'file-empty' });
  assert.equal((await send('csv', 'l1,1.00\n'.repeat(20_000))).status, 413);
  assert.equal((await new Client(server.url).get(`/v1/returns/vat/${period}.csv`)).status, 401);
  other = await Client.signIn(server.url, 'T3'); // the leap of the clock ended the session
  assert.match((await other.get(`/v1/returns/vat/${period}.csv`)).text, /^l11,0\.00\r?$/m, 'another taxpayer sees its own');
});

test('A05.e3 one address for both kinds of file and for their text; faults say their line', async () => {
  t1 = await Client.signIn(server.url, 'T1');
  const post = (body, path = period) => t1.post(`/v1/returns/vat/${path}/file`, body, { key: null });
  const csv = await file('csv'), xml = await file('xml'), whole = (await send('csv', csv)).body;
  for (const body of [{ file: csv }, { file: xml }, { text: csv }, { text: xml }, { file: csv, text: 'l1,9.99' }, { file: ' ', text: xml }]) {
    const r = await post(body);
    assert.equal(r.status, 200, r.text);
    assert.deepEqual(r.body, whole);
  }
  const bad = await post({ text: 'name,amount\nl1,1.00\nl99,1.00\nl2,12.345\nl1,3.00\n' });
  assert.equal(bad.status, 422);
  assert.deepEqual(bad.body.errors.map((e) => [e.pointer, e.code, /第 (\d) 行/.exec(e.detail ?? e.message)?.[1]]),
    [['/file', 'cell-unknown', '3'], ['/file/l2', 'amount-unreadable', '4'], ['/file/l1', 'cell-twice', '5']]);
  for (const body of [{}, { text: '  ' }]) assert.deepEqual((await post(body)).body.errors.map((e) => e.code), ['file-missing']);
  assert.equal((await post({ text: 'x'.repeat(70_000) })).status, 422);
  assert.deepEqual((await t1.get(`/v1/returns/vat/${period}/file`)).body, { form: 'vat-general', period, bytes_max: 65536 });
  assert.equal((await new Client(server.url).post(`/v1/returns/vat/${period}/file`, { text: csv }, { key: null })).status, 401);
});
