// Confirming input tax (A09.10, A05.1): what can be confirmed, each invoice once, undone until the month is filed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { invoiceBody, purchaseXml } from '../lib/main_job.mjs';
import { Server } from '../lib/server.mjs';

let server, t1, t2, t3, month, today;
const T3 = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
const ok = (r, status = 200) => { assert.equal(r.status, status, r.text); return r.body; };
const credit = (numbers, period = month, client = t3) => client.post('/v1/input-credits', { period, numbers });
before(async () => {
  server = await Server.start();
  t1 = await Client.signIn(server.url, 'T1');
  t2 = await Client.signIn(server.url, 'T2');
  t3 = await Client.signIn(server.url, 'T3');
  today = (await new Client(server.url).get('/healthz')).body.now.slice(0, 10);
  month = today.slice(0, 7);
});
after(async () => {
  const fsck = await server.fsck();
  await server.close();
  assert.equal(fsck.code, 0, fsck.output);
});

test('A09.10 A05.1 the list of what can be confirmed, imported ones too; confirmed, undone, confirmed', async () => {
  const sold = [];
  for (let i = 0; i < 3; i++) sold.push(ok(await t1.post('/v1/invoices', invoiceBody({ ref: `c${i}`, buyer: T3, net: `${i + 1}00.00` })), 201));
  const plain = ok(await t1.post('/v1/invoices', invoiceBody({ kind: 'ordinary', ref: 'o', buyer: T3, net: '5.00' })), 201);
  const xml = purchaseXml({ number: '26312000000000000777', buyer: parties.T3, buyerName: T3.name, net: '1000.00', tax: '130.00', issued: today });
  ok(await t3.post('/v1/purchases/import', xml, { type: 'application/xml' }), 201);
  ok(await t3.post('/v1/purchases/import', xml, { type: 'application/xml' }), 200);
  const show = ok(await t3.get('/v1/purchases/26312000000000000777'));
  assert.deepEqual([show.tax, show.credited, show.seller], ['130.00', null, '云杉商场有限公司']);
  assert.equal((await t1.get('/v1/purchases/26312000000000000777')).status, 404);
  const list = async (state = 'open') => ok(await t3.get(`/v1/input-credits?period=${month}&state=${state}`));
  assert.deepEqual((await list()).invoices.map((i) => i.number).sort(), [...sold.map((v) => v.number), '26312000000000000777'].sort());
  const done = ok(await credit([sold[0].number, '26312000000000000777']), 201);
  assert.deepEqual([done.tax, done.period_count, done.period_tax], ['143.00', 2, '143.00']);
  assert.ok(done.receipt.id);
  assert.equal((await list()).invoices.length, 2);
  assert.deepEqual((await list('credited')).invoices.map((i) => i.tax).sort(), ['13.00', '130.00']);
  const marked = ok(await t3.get('/v1/invoices?side=received')).invoices.find((i) => i.number === sold[0].number);
  assert.equal(marked.credited, month);
  const faults = ok(await credit([sold[0].number, plain.number, '26332000000099999999', sold[1].number, sold[1].number, '12']), 422).errors;
  assert.deepEqual(faults.map((e) => [e.pointer, e.code]), [['/numbers/5', 'too-short']]);
  const rules = ok(await credit([sold[0].number, plain.number, '26332000000099999999', sold[1].number, sold[1].number]), 422).errors;
  assert.deepEqual(rules.map((e) => [e.pointer, e.code]), [['/numbers/0', 'credited'], ['/numbers/1', 'not-creditable'], ['/numbers/2', 'invoice-unknown'], ['/numbers/4', 'credited']]);
  assert.equal((await list('credited')).credited_count, 2, 'nothing of a refused request stays');
  const undone = ok(await t3.post('/v1/input-credits/withdrawal', { period: month, numbers: [sold[0].number] }));
  assert.deepEqual([undone.tax, undone.period_tax], ['13.00', '130.00']);
  assert.equal((await list()).invoices.length, 3);
  assert.equal(ok(await t3.post('/v1/input-credits/withdrawal', { period: month, numbers: [sold[0].number] }), 422).errors[0].code, 'not-credited');
  ok(await credit([sold[0].number]), 201);
});

test('A09.10 refused: future months, quarters, before it was issued, small-scale taxpayers, another\'s invoice', async () => {
  const v = ok(await t1.post('/v1/invoices', invoiceBody({ ref: 'f', buyer: T3, net: '9.00' })), 201);
  assert.equal(ok(await credit([v.number], '2099-01'), 422).errors[0].code, 'period-future');
  assert.equal(ok(await credit([v.number], `${month.slice(0, 4)}Q1`), 422).errors[0].code, 'period-month');
  assert.equal(ok(await credit([v.number], '2020-01'), 422).errors[0].code, 'issued-later');
  assert.equal(ok(await credit([v.number], month, t2), 409).code, 'small-scale');
  assert.equal(ok(await credit([v.number], month, await Client.signIn(server.url, 'P1')), 409).code, 'taxpayer-unknown');
  assert.equal(ok(await credit([v.number], month, t1), 422).errors[0].code, 'invoice-unknown');
  assert.equal((await credit([])).status, 422);
  assert.equal((await credit(Array(1001).fill(v.number))).status, 422);
  for (const bad of ['period=x', 'period=0000-00', 'state=x', 'after=x']) assert.equal((await t3.get(`/v1/input-credits?${bad}`)).status, 400, bad);
});

test('A09.10 many files in one call, what is not taken says why', async () => {
  const xml = (number) => purchaseXml({ number, buyer: parties.T3, buyerName: T3.name, net: '1000.00', tax: '130.00', issued: today });
  assert.equal(ok(await t3.get('/v1/purchases/import')).files_max, 50);
  const key = 'files-1';
  const body = { files: [xml('26312000000000008001'), '<x/>'] };
  const first = ok(await t3.post('/v1/purchases/files', body, { key }));
  assert.deepEqual([first.count, first.added, first.known, first.refused], [2, 1, 0, 1]);
  assert.ok(first.results[0].invoice.receipt.id && first.results[1].faults.length);
  assert.deepEqual(ok(await t3.post('/v1/purchases/files', body, { key })), first);
  assert.equal((await t3.post('/v1/purchases/files', { files: ['<y/>'] }, { key })).status, 409);
  assert.equal((await t3.post('/v1/purchases/files', { files: [] })).status, 422);
  assert.equal((await t3.post('/v1/purchases/files', { files: Array(51).fill('<x/>') })).status, 422);
  const list = ok(await t3.get('/v1/purchases')).purchases;
  assert.deepEqual([...list].sort((a, b) => (a.number < b.number ? 1 : -1)), list, 'the highest number first');
  assert.equal(ok(await t3.get('/v1/purchases?before=26312000000000008001')).purchases.every((p) => p.number < '26312000000000008001'), true);
  assert.equal(ok(await t3.get(`/v1/input-credits/withdrawal?period=${month}`)).state, 'credited');
});

test('confirmed once, whatever is sent at once', async () => {
  const v = ok(await t1.post('/v1/invoices', invoiceBody({ ref: 'p', buyer: T3, net: '77.00' })), 201);
  const answers = await Promise.all(Array.from({ length: 10 }, () => credit([v.number])));
  assert.deepEqual(answers.map((a) => a.status).sort(), [201, ...Array(9).fill(422)]);
  await eventually(() => t3.get(`/v1/input-credits?period=${month}&state=credited`), (a) => a.body.invoices.filter((i) => i.number === v.number).length === 1);
});

test('A09.10 other uses: refund, agent refund, not deducted; once each, and not in the input tax', async () => {
  const numbers = [];
  for (let i = 0; i < 4; i++) numbers.push(ok(await t1.post('/v1/invoices', invoiceBody({ ref: `u${i}`, buyer: T3, net: '1000.00' })), 201).number);
  const month_of = async () => ok(await t3.get(`/v1/input-credits?period=${month}&state=credited`));
  const first = await month_of();
  const confirm = (number, use) => t3.post('/v1/input-credits', { period: month, numbers: [number], use });
  for (const [i, use] of ['refund', 'agent-refund', 'not-deduct'].entries()) {
    const done = ok(await confirm(numbers[i], use), 201);
    assert.deepEqual([done.use, done.tax, done.period_tax], [use, '130.00', first.credited_tax]);
  }
  assert.equal(ok(await t3.post('/v1/input-credits', { period: month, numbers: [numbers[3]] }), 201).use, 'deduct');
  const now = await month_of();
  assert.equal(now.credited_count, first.credited_count + 1);
  assert.deepEqual(now.uses.filter((u) => u.use !== 'deduct'), [{ use: 'agent-refund', count: 1, tax: '130.00' }, { use: 'not-deduct', count: 1, tax: '130.00' }, { use: 'refund', count: 1, tax: '130.00' }]);
  assert.equal(now.invoices.find((i) => i.number === numbers[0]).use, 'refund');
  assert.equal(ok(await confirm(numbers[0], 'deduct'), 422).errors[0].code, 'credited');
  assert.equal((await confirm(numbers[0], 'sell')).status, 422);
  ok(await t3.post('/v1/input-credits/withdrawal', { period: month, numbers: [numbers[0]] }));
  ok(await confirm(numbers[0], 'deduct'), 201);
  // of what was not deducted, nothing is transferred out by a red letter
  const slip = ok(await t1.post(`/v1/invoices/${numbers[2]}/reversal`, { reason: 'error' }), 201);
  assert.equal(slip.state, 'waits-for-buyer');
  const answered = ok(await t3.post(`/v1/invoices/${numbers[2]}/reversal/confirmation`, { decision: 'confirm' }));
  assert.deepEqual([answered.transferred_out, ok(await t3.get(`/v1/input-credits?period=${month}`)).transferred_out], [false, first.transferred_out]);
});
