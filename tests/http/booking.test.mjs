// Entry of received invoices in the books (A09.10): once, by whoever holds it; a second booking is refused with a pointer and both
// holders are told (A10.9, A10.d). Claims of employees; tables; undoing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { invoiceBody, purchaseXml } from '../lib/main_job.mjs';
import { Server } from '../lib/server.mjs';

let server, t1, t3, p2, month, today, run = 0;
const T3 = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
const P2 = { tax_id: parties.P2, name: '李静' };
const ok = (r, status = 200) => { assert.equal(r.status, status, r.text); return r.body; };
const sell = async (buyer = T3, net = '100.00', kind = 'special') =>
  ok(await t1.post('/v1/invoices', invoiceBody({ kind, ref: `b${++run}`, buyer, net })), 201).number;
const book = (numbers, more = {}, client = t3) =>
  client.post('/v1/bookings', { numbers, entry: 'deductible', voucher: 'JZ-1', ...more });
const faults = (r, status = 422) => ok(r, status).errors.map((e) => [e.pointer, e.code]);
const told = async (client, kind, number) =>
  eventually(() => client.get('/v1/messages'), (r) => r.body.messages.some((m) => m.kind === kind && m.title.includes(number)));
before(async () => {
  server = await Server.start();
  [t1, t3, p2] = await Promise.all(['T1', 'T3', 'P2'].map((name) => Client.signIn(server.url, name)));
  today = (await new Client(server.url).get('/healthz')).body.now.slice(0, 10);
  month = today.slice(0, 7);
});
after(async () => {
  const fsck = await server.fsck();
  await server.close();
  assert.equal(fsck.code, 0, fsck.output);
});

test('A09.10 received, booked under one voucher, shown, undone, booked anew', async () => {
  const numbers = [await sell(), await sell(T3, '200.00'), await sell(T3, '300.00')];
  const open = async () => ok(await t3.get('/v1/bookings')).invoices.map((i) => i.number);
  assert.deepEqual((await open()).sort(), numbers);
  assert.deepEqual(ok(await t3.get(`/v1/bookings/${numbers[0]}`)), { number: numbers[0], entry: 'open', code: '01', own: false, voucher: null, period: null, total: '113.00', at: null });
  const done = ok(await book(numbers.slice(0, 2)), 201);
  assert.deepEqual([done.act, done.count, done.total, done.entries.map((e) => [e.number, e.entry, e.voucher, e.period])],
    ['booked', 2, '339.00', numbers.slice(0, 2).map((n) => [n, 'deductible', 'JZ-1', month])]);
  assert.ok(done.receipt.id);
  ok(await book([numbers[2]], { entry: 'not-deductible', voucher: 'JZ-2' }), 201);
  assert.deepEqual([(await open()), ok(await t3.get(`/v1/bookings/${numbers[2]}`)).code], [[], '03']);
  const list = ok(await t3.get(`/v1/bookings?state=booked&period=${month}`));
  assert.deepEqual(list.totals, [{ entry: 'deductible', count: 2, total: '339.00' }, { entry: 'not-deductible', count: 1, total: '339.00' }]);
  assert.deepEqual(list.invoices.map((i) => [i.number, i.voucher, i.claim]), [[numbers[0], 'JZ-1', false], [numbers[1], 'JZ-1', false], [numbers[2], 'JZ-2', false]]);
  const undone = ok(await t3.post('/v1/bookings/cancellation', { numbers: [numbers[0]] }));
  assert.deepEqual([undone.act, undone.total, ok(await t3.get(`/v1/bookings/${numbers[0]}`)).code, await open()], ['undone', '113.00', '06', [numbers[0]]]);
  assert.deepEqual(faults(await t3.post('/v1/bookings/cancellation', { numbers: [numbers[0]] })), [['/numbers/0', 'not-booked']]);
  ok(await book([numbers[0]], { voucher: 'JZ-3' }), 201);
  assert.equal(ok(await t3.get('/v1/bookings/cancellation')).invoices.find((i) => i.number === numbers[0]).voucher, 'JZ-3');
});

test('A09.10 another voucher, a stranger, a future month, a small number: each fault at its place, nothing stays', async () => {
  const [one, two] = [await sell(), await sell()];
  ok(await book([one], { voucher: 'JZ-9' }), 201);
  assert.deepEqual(faults(await book([one, two, '26332000000099999999', two], { voucher: 'JZ-10' })),
    [['/numbers/0', 'booked'], ['/numbers/2', 'invoice-unknown'], ['/numbers/3', 'booked']]);
  assert.equal(ok(await t3.get(`/v1/bookings/${two}`)).code, '01');
  await told(t3, 'invoice.booked_again', one);
  assert.deepEqual(faults(await book([two], { period: '2099-01' })), [['/numbers/0', 'period-future']]);
  assert.deepEqual(faults(await book([two], { period: '2020-01' })), [['/numbers/0', 'issued-later']]);
  assert.deepEqual(faults(await book([two], { period: '2026Q1' })), [['/numbers/0', 'period-month']]);
  assert.deepEqual(faults(await book([two], { entry: 'x', voucher: '' })).map(([p]) => p).sort(), ['/entry', '/voucher']);
  assert.deepEqual(faults(await book([two], {}, t1)), [['/numbers/0', 'invoice-unknown']]);
  assert.equal((await t1.get(`/v1/bookings/${two}`)).status, 404);
  assert.equal((await book(Array(1001).fill(two))).status, 422);
  assert.equal(ok(await book([two], {}, p2), 403).code, 'firm-only');
});

test('A09.10 an imported one is booked like any other; a batch of several vouchers', async () => {
  const number = '26312000000000005501';
  ok(await t3.post('/v1/purchases/import', purchaseXml({ number, buyer: parties.T3, buyerName: T3.name, net: '1000.00', tax: '130.00', issued: today }), { type: 'application/xml' }), 201);
  const entries = [{ number, entry: 'deductible', voucher: 'JZ-21', period: month }, { number: await sell(), entry: 'not-deductible', voucher: 'JZ-22' }];
  const done = ok(await t3.post('/v1/bookings/batch', { entries }, { key: 'b-1' }), 201);
  assert.deepEqual([done.total, done.entries.map((e) => [e.number, e.entry, e.voucher, e.period])],
    ['1243.00', entries.map((e) => [e.number, e.entry, e.voucher, month])]);
  assert.deepEqual(ok(await t3.post('/v1/bookings/batch', { entries }, { key: 'b-1' }), 201), done, 'the same key, the same answer');
});

test('A10.9 A10.d an employee hands one invoice to two firms: the second booking is refused, both are told', async () => {
  const number = await sell(P2, '50.00', 'ordinary');
  const hand = (firm, client = p2) => client.post('/v1/invoice-claims', { number, firm, note: '出差' });
  ok(await hand(parties.T1), 201);
  ok(await hand(parties.T3), 201);
  assert.deepEqual(faults(await p2.post('/v1/invoice-claims', { number: await sell(), firm: parties.T1 })), [['/number', 'invoice-unknown']]);
  assert.deepEqual(ok(await t3.get('/v1/invoice-claims')).claims.map((k) => [k.number, k.person, k.note, k.state, k.total]), [[number, '李静', '出差', 'open', '56.50']]);
  ok(await book([number], { voucher: 'T1-7' }, t1), 201);
  const refused = ok(await t3.post('/v1/bookings/batch', { entries: [{ number, entry: 'deductible', voucher: 'T3-1' }] }), 422);
  assert.deepEqual(refused.errors.map((e) => [e.pointer, e.code]), [['/entries/0/number', 'booked-elsewhere']]);
  assert.doesNotMatch(JSON.stringify(refused), /T1-7|海川/, 'the other holder is not named');
  for (const client of [t1, t3]) await told(client, 'invoice.used_twice', number);
  assert.equal((await book([number], { voucher: 'T3-1' })).status, 422);
  const again = ok(await t1.get('/v1/messages')).messages.filter((m) => m.kind === 'invoice.used_twice');
  assert.equal(again.length, 1, 'told once, however often it is tried');
  assert.deepEqual(ok(await p2.get('/v1/invoice-claims/mine')).claims.map((k) => [k.firm_tax_id, k.state]).sort(), [[parties.T1, 'booked'], [parties.T3, 'elsewhere']].sort());
  assert.deepEqual(faults(await hand(parties.T4)), [['/number', 'booked']]);
  assert.equal(ok(await p2.post('/v1/invoice-claims/withdrawal', { number, firm: parties.T1 }), 409).code, 'claim-booked');
  ok(await p2.post('/v1/invoice-claims/withdrawal', { number, firm: parties.T3 }));
  assert.deepEqual(faults(await book([number])), [['/numbers/0', 'invoice-unknown']]);
  assert.equal(ok(await t3.get('/v1/bookings')).invoices.some((i) => i.number === number), false);
  ok(await t1.post('/v1/bookings/cancellation', { numbers: [number] }));
});

test('A10.d two firms book one invoice at the same moment: one is refused, and both are told of that very attempt, fifty times', async () => {
  for (let i = 0; i < 50; i++) {
    const number = await sell(P2, '20.00', 'ordinary');
    for (const firm of [parties.T1, parties.T3]) ok(await p2.post('/v1/invoice-claims', { number, firm }), 201);
    const answers = await Promise.all([book([number], { voucher: `R1-${i}` }, t1), book([number], { voucher: `R3-${i}` }, t3)]);
    assert.deepEqual(answers.map((a) => a.status).sort(), [201, 422], answers.map((a) => a.text).join());
    assert.deepEqual(faults(answers.find((a) => a.status === 422)), [['/numbers/0', 'booked-elsewhere']]);
    for (const client of [t1, t3]) await told(client, 'invoice.used_twice', number);
  }
});

test('A09.10 a table: every line is judged, all or nothing', async () => {
  const numbers = [await sell(), await sell(), await sell()];
  const send = (text) => t3.post('/v1/bookings/table', { text });
  assert.deepEqual(faults(await send(`号码,状态,凭证,期间\n${numbers[0]},02,V-1\n1234,02,V-1\n${numbers[1]},9,\n`)),
    [['/text/2', 'number'], ['/text/3', 'entry'], ['/text/3', 'voucher']]);
  assert.deepEqual(faults(await send(`${numbers[0]},02,V-1,${month}\n26332000000099999999,03,V-1`)), [['/text/1', 'invoice-unknown']]);
  assert.equal(ok(await t3.get(`/v1/bookings/${numbers[0]}`)).code, '01');
  const done = ok(await send(`号码,状态,凭证,期间\r\n'${numbers[0]},02,V-1,${month}\r\n\r\n${numbers[1]},不扣除,"V-2"\r\n`.replace('不扣除', '已入账（所得税不扣除）')), 201);
  assert.deepEqual(done.entries.map((e) => [e.number, e.entry, e.voucher]), [[numbers[0], 'deductible', 'V-1'], [numbers[1], 'not-deductible', 'V-2']]);
  ok(await send(`${numbers[2]}\t03\tV-3`), 201);
  assert.deepEqual(faults(await send('\n')), [['/text', 'table-empty']]);
  assert.deepEqual(faults(await send(`${numbers[0]},02,V,${month},1,2,3,4,5,6`)), [['/text/0', 'table-broken']]);
  assert.deepEqual(ok(await t3.get('/v1/bookings/table')), { rows_max: 1000, bytes_max: 131072 });
});

test('booked once, whatever is sent at once', async () => {
  const number = await sell();
  const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => book([number], { voucher: `P-${i}` })));
  assert.deepEqual(answers.map((a) => a.status).sort(), [201, ...Array(9).fill(422)]);
});

test('A09.e5 what the buyer has booked is reversed by both sides', async () => {
  const number = await sell(T3, '70.00');
  ok(await book([number]), 201);
  const slip = ok(await t1.post(`/v1/invoices/${number}/reversal`, { reason: 'return' }), 201);
  assert.equal(slip.state, 'waits-for-buyer');
  assert.deepEqual(faults(await t3.post('/v1/bookings/cancellation', { numbers: [number] })), [['/numbers/0', 'locked']]);
});
