// Red letters (A09.e5): alone, with the other side's answer, in part, refused, withdrawn, after 72 hours; what they do to lists,
// totals, quota, input tax and the public check.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { Server } from '../lib/server.mjs';

let server, t1, t2, t3, open;
const T3 = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
before(async () => {
  server = await Server.start();
  t1 = await Client.signIn(server.url, 'T1');
  t2 = await Client.signIn(server.url, 'T2');
  t3 = await Client.signIn(server.url, 'T3');
  open = new Client(server.url);
});
after(async () => {
  const fsck = await server.fsck();
  await server.close();
  assert.equal(fsck.code, 0, fsck.output);
});

const ok = (r, status) => { assert.equal(r.status, status, r.text); return r.body; };
const issue = async (lines, more = {}) => ok(await t1.post('/v1/invoices', { kind: 'special', buyer: T3, lines, ...more }), 201);
const line = (more = {}) => ({ tax_code: '1090105030000000000', name: '车床', rate: '0.13', unit: '台', quantity: '10', price: '100', ...more });
const month = (v) => v.issued_at.slice(0, 7);
const credit = async (...numbers) => ok(await t3.post('/v1/input-credits', { period: period(), numbers }), 201);
let today = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10);
const period = () => today.slice(0, 7);
const verify = (v, more = '') => open.get(`/v1/verify/invoices/${v.number}?total=${v.total}&date=${v.issued_at.slice(0, 10)}${more}`);

test('A09.5 the seller alone: nobody has booked it, so all of it, at once', async () => {
  const v = await issue([line({ discount: '100.00' }), line({ name: '铣床', quantity: '1', price: '113', price_includes_tax: true })]);
  assert.deepEqual([v.amount, v.tax, v.total], ['1000.00', '130.00', '1130.00']);
  const before = (await t1.get('/v1/invoices')).body;
  const partly = await t1.post(`/v1/invoices/${v.number}/reversal`, { reason: 'return', lines: [{ line: 1, quantity: '1' }] });
  assert.deepEqual(ok(partly, 422).errors.map((e) => [e.pointer, e.code]), [['/lines', 'partial-unbooked']]);
  const byBuyer = await t3.post(`/v1/invoices/${v.number}/reversal`, { reason: 'return' });
  assert.equal(ok(byBuyer, 409).code, 'buyer-unbooked');
  assert.equal((await t2.post(`/v1/invoices/${v.number}/reversal`, { reason: 'return' })).status, 404);
  assert.equal(ok(await t1.post(`/v1/invoices/${v.number}/reversal`, { reason: 'x' }), 422).errors[0].code, 'reason');
  const r = ok(await t1.post(`/v1/invoices/${v.number}/reversal`, { reason: '开票有误' }), 201);
  assert.deepEqual([r.state, r.amount, r.tax, r.total], ['no-confirmation-needed', '1000.00', '130.00', '1130.00']);
  assert.match(r.red_number, /^\d{20}$/);
  assert.ok(r.receipt.id);
  const red = (await t1.get(`/v1/invoices/${r.red_number}`)).body;
  assert.deepEqual([red.amount, red.tax, red.total, red.total_in_words], ['-1000.00', '-130.00', '-1130.00', '（负数）壹仟壹佰叁拾圆整']);
  assert.deepEqual(red.lines.map((l) => [l.quantity, l.amount, l.line]), [['-10', '-1000.00', 1], [undefined, '100.00', 1], ['-1', '-100.00', 3]]);
  assert.deepEqual(red.red, { original: v.number, reason: '01', slip: r.id });
  assert.match(red.remark, new RegExp(`${v.number}.*${r.id}`));
  const blue = (await t3.get(`/v1/invoices/${v.number}`)).body;
  assert.deepEqual([blue.status, blue.reversed_amount, blue.red_numbers], ['reversed', '1000.00', [r.red_number]]);
  const now = (await t1.get('/v1/invoices')).body;
  assert.equal(Number(before.amount) - Number(now.amount), 1000);
  assert.equal(now.invoices.find((i) => i.number === v.number).status, 'reversed');
  assert.equal(now.invoices.find((i) => i.number === r.red_number).status, 'red');
  assert.equal(ok(await t1.post(`/v1/invoices/${v.number}/reversal`, { reason: 'return' }), 409).code, 'reversed-already');
  assert.equal(ok(await t1.post(`/v1/invoices/${r.red_number}/reversal`, { reason: 'return' }), 409).code, 'red-letter');
  const checked = await eventually(() => verify(v), (a) => a.body.verdict === 'reversed');
  assert.equal(checked.body.reversed_by, r.red_number);
  const redCheck = (await open.get(`/v1/verify/invoices/${r.red_number}?total=-1130.00`)).body;
  assert.equal(redCheck.verdict, 'valid');
  assert.deepEqual(ok(await t3.post('/v1/input-credits', { period: period(), numbers: [v.number, r.red_number] }), 422).errors.map((e) => e.code), ['reversed', 'red-letter']);
});

/** Lines of the return that is pre-filled for the month. */
const prefill = async (client) => ok(await client.get(`/v1/returns/vat/${period()}`), 200).lines;
const less = (before, now, id) => Math.round((Number(now[id]) - Number(before[id])) * 100) / 100;

test('A09.5 A10.8 T1 starts, T3 confirms: both sides change in one transaction (A09.e5)', async () => {
  const v = await issue([line({ quantity: '1', price: '1000.00' })]);
  await credit(v.number);
  const [sellers, buyers] = [await prefill(t1), await prefill(t3)];
  const r = ok(await t1.post(`/v1/invoices/${v.number}/reversal`, { reason: 'return' }), 201);
  assert.deepEqual([r.state, r.red_number, r.turn], ['waits-for-buyer', null, 'withdraw']);
  assert.equal((await t3.get(`/v1/invoices/${v.number}`)).body.locked, true);
  assert.equal(ok(await t1.post(`/v1/invoices/${v.number}/reversal`, { reason: 'return' }), 409).code, 'slip-open');
  assert.equal(ok(await t1.post(`/v1/invoices/${v.number}/reversal/confirmation`, { decision: 'confirm' }), 409).code, 'others-turn');
  assert.equal(ok(await t3.post('/v1/input-credits/withdrawal', { period: period(), numbers: [v.number] }), 422).errors[0].code, 'locked');
  const waiting = (await t3.get('/v1/reversals?state=open')).body.reversals;
  assert.deepEqual(waiting.map((s) => [s.id, s.turn]), [[r.id, 'decide']]);
  const done = ok(await t3.post(`/v1/invoices/${v.number}/reversal/confirmation`, { decision: 'confirm' }), 200);
  assert.deepEqual([done.state, done.transferred_out], ['confirmed', true]);
  const credits = (await t3.get(`/v1/input-credits?period=${period()}&state=credited`)).body;
  assert.equal(credits.transferred_out, '130.00');
  const [seller, buyer] = [await prefill(t1), await prefill(t3)];
  assert.deepEqual(['l1', 'l11'].map((id) => less(sellers, seller, id)), [-1000, -130]);
  assert.deepEqual(['l12', 'l14', 'l17', 'l20'].map((id) => less(buyers, buyer, id)), [0, 130, -130, -130]);
  const why = ok(await t3.get(`/v1/returns/vat/${period()}/lines/l14`), 200);
  assert.deepEqual([why.explain.sources.count, why.explain.has_sources, why.explain.value], [1, true, '130.00']);
  assert.deepEqual(why.invoices.map((i) => [i.number, i.amount, i.tax, i.share]), [[done.red_number, '1000.00', '130.00', '130.00']]);
  const [s1, s3] = [done.receipt, (await t3.get(`/v1/receipts/${done.receipt.id}`)).body];
  assert.equal(s1.id, s3.id, 'the buyer holds a receipt of its own');
  assert.equal((await t1.get(`/v1/receipts/${done.receipt.id}`)).status, 404);
  assert.equal((await t3.get('/v1/reversals?state=open')).body.reversals.length, 0);
  assert.equal((await t1.get('/v1/reversals?state=done')).body.reversals[0].red_number, done.red_number);
  assert.equal((await eventually(() => verify(v), (a) => a.body.verdict === 'reversed')).body.reversed_by, done.red_number);
  assert.equal((await open.get(`/v1/verify/invoices/${v.number}?total=1130.01`)).body.verdict, 'not-as-issued');
  assert.equal((await open.get(`/v1/verify/invoices/${v.number}?total=1130.01`)).body.reversed_by, null);
});

test('A09.5 in part: by quantity and by amount, never more than there is, to the last fen', async () => {
  const v = await issue([line({ quantity: '3', price: '33.3333333333333' }), line({ name: '铣床', quantity: undefined, price: undefined, amount: '50.05', discount: '0.05' })]);
  assert.deepEqual([v.amount, v.tax], ['150.00', '19.50']);
  await credit(v.number);
  const reverse = async (lines) => {
    const r = await t1.post(`/v1/invoices/${v.number}/reversal`, { reason: 'return', lines });
    return r.status === 201 ? ok(await t3.post(`/v1/invoices/${v.number}/reversal/confirmation`, { decision: 'confirm' }), 200) : r;
  };
  const faults = ok(await reverse([{ line: 1, quantity: '4' }, { line: 2, amount: '50.01' }, { line: 3 }, { line: 9 }, { line: 1 }]), 422).errors;
  assert.deepEqual(faults.map((e) => [e.pointer, e.code]), [['/lines/0/quantity', 'reversal-quantity'], ['/lines/1/amount', 'reversal-amount'],
    ['/lines/2', 'line-unknown'], ['/lines/3', 'line-unknown']]);
  assert.deepEqual(ok(await reverse([{ line: 2, quantity: '1' }, { line: 1, quantity: '-1' }]), 422).errors.map((e) => e.code), ['quantity-none', 'not-positive']);
  const first = await reverse([{ line: 1, quantity: '1' }, { line: 2, amount: '20.00' }]);
  assert.deepEqual([first.amount, first.tax], ['53.33', '6.93']);
  assert.equal((await t1.get(`/v1/invoices/${v.number}`)).body.status, 'partly-reversed');
  assert.equal((await eventually(() => verify(v), (a) => a.body.verdict === 'partly-reversed')).body.reversed_by, first.red_number);
  assert.equal(ok(await reverse([{ line: 1, amount: '66.68' }]), 422).errors[0].code, 'reversal-amount');
  const second = await reverse([{ line: 1, quantity: '2' }]);
  assert.deepEqual([second.amount, second.tax], ['66.67', '8.67']);
  assert.equal(ok(await reverse([{ line: 1 }]), 422).errors[0].code, 'line-reversed');
  const rest = await reverse(undefined);
  assert.deepEqual([rest.amount, rest.tax], ['30.00', '3.90']);
  const blue = (await t1.get(`/v1/invoices/${v.number}`)).body;
  assert.deepEqual([blue.status, blue.reversed_amount, blue.red_numbers.length], ['reversed', '150.00', 3]);
  const error = await t1.post(`/v1/invoices/${v.number}/reversal`, { reason: 'error', lines: [{ line: 1 }] });
  assert.equal(ok(error, 422).errors[0].code, 'reason-all');
});

test('A09.5 the buyer asks and the seller refuses; the starter withdraws', async () => {
  const v = await issue([line({ quantity: '1', price: '7.00' })]);
  await credit(v.number);
  const asked = ok(await t3.post(`/v1/invoices/${v.number}/reversal`, { reason: 'allowance', lines: [{ line: 1, amount: '3.00' }] }), 201);
  assert.deepEqual([asked.state, asked.by, asked.amount, asked.tax], ['waits-for-seller', 'buyer', '3.00', '0.39']);
  assert.equal(ok(await t1.post(`/v1/invoices/${v.number}/reversal/withdrawal`), 409).code, 'not-starter');
  const refused = ok(await t1.post(`/v1/invoices/${v.number}/reversal/confirmation`, { decision: 'refuse' }), 200);
  assert.equal(refused.state, 'seller-refused');
  assert.equal((await t3.get(`/v1/invoices/${v.number}`)).body.locked, false);
  const again = ok(await t3.post(`/v1/invoices/${v.number}/reversal`, { reason: 'allowance' }), 201);
  assert.notEqual(again.id, asked.id);
  assert.equal(ok(await t3.post(`/v1/invoices/${v.number}/reversal/withdrawal`), 200).state, 'withdrawn');
  assert.equal(ok(await t1.post(`/v1/invoices/${v.number}/reversal/confirmation`, { decision: 'confirm' }), 409).code, 'slip-none');
  assert.deepEqual((await t1.get(`/v1/invoices/${v.number}/reversal`)).body.reversals.map((s) => s.state), ['withdrawn', 'seller-refused']);
  ok(await t3.post('/v1/input-credits/withdrawal', { period: period(), numbers: [v.number] }), 200);
  assert.equal((await verify(v)).body.verdict, 'valid');
});

test('one red letter, whatever is sent at once', async () => {
  const v = await issue([line({ quantity: '1', price: '9.00' })]);
  const answers = await Promise.all(Array.from({ length: 12 }, () => t1.post(`/v1/invoices/${v.number}/reversal`, { reason: 'error' })));
  assert.deepEqual(answers.map((a) => a.status).sort(), [201, ...Array(11).fill(409)]);
  const same = await Promise.all(Array.from({ length: 6 }, async (_, i) => {
    const w = i ? null : await issue([line()]);
    return w;
  }));
  const w = same[0];
  const replays = await Promise.all(Array.from({ length: 6 }, () => t1.post(`/v1/invoices/${w.number}/reversal`, { reason: 'error' }, { key: 'one-red' })));
  assert.equal(new Set(replays.map((a) => a.body.red_number)).size, 1);
});

test('the quota comes back in the same month only', async () => {
  const net = '3000000.00';
  const big = async () => t2.post('/v1/invoices', { kind: 'ordinary', buyer: { name: '李静' }, lines: [{ tax_code: '3070401000000000000', name: '餐费', rate: '0.01', amount: '60000.00' }] });
  let made = 0, last;
  for (; made < 50; made++) {
    const r = await big();
    if (r.status !== 201) { assert.equal(ok(r, 409).code, 'quota'); break; }
    last = r.body;
  }
  assert.ok(made > 0 && made < 50, String(net));
  ok(await t2.post(`/v1/invoices/${last.number}/reversal`, { reason: 'error' }), 201);
  assert.equal((await big()).status, 201);
  assert.equal((await big()).status, 409);
});

test('A09.1 which invoices can be reversed', async () => {
  const v = await issue([line()]);
  const list = await eventually(() => t1.get('/v1/reversals/new'), (a) => a.body.invoices.some((i) => i.number === v.number));
  assert.ok(list.body.invoices.every((i) => !i.total.startsWith('-')), 'red letters are left out');
  const one = ok(await t1.get(`/v1/reversals/new?number=${v.number}`), 200).invoices;
  assert.deepEqual(one.map((i) => [i.number, i.status, i.locked, i.total]), [[v.number, 'valid', false, '1130.00']]);
  assert.equal((await t2.get(`/v1/reversals/new?number=${v.number}`)).status, 404);
  assert.equal((await t1.get('/v1/reversals/new?period=2026Q4')).status, 400);
});

test('A09.5 72 hours without an answer: void, and it can be started anew', async () => {
  const v = await issue([line({ quantity: '1', price: '5.00' })]);
  await credit(v.number);
  ok(await t1.post(`/v1/invoices/${v.number}/reversal`, { reason: 'return' }), 201);
  const later = new Date(Date.now() + 73 * 3600e3);
  ok(await open.post('/v1/sandbox/clock', { now: later.toISOString() }), 200);
  today = new Date(later.getTime() + 8 * 3600e3).toISOString().slice(0, 10);
  t1 = await Client.signIn(server.url, 'T1');
  t3 = await Client.signIn(server.url, 'T3');
  assert.equal((await t3.get(`/v1/invoices/${v.number}/reversal`)).body.reversals[0].state, 'expired');
  const late = await t3.post(`/v1/invoices/${v.number}/reversal/confirmation`, { decision: 'confirm' });
  assert.ok(['slip-expired', 'slip-none'].includes(ok(late, 409).code), late.text);
  await eventually(() => t3.get(`/v1/invoices/${v.number}`), (r) => r.body.locked === false, 70_000);
  const again = ok(await t1.post(`/v1/invoices/${v.number}/reversal`, { reason: 'return' }), 201);
  assert.equal(again.state, 'waits-for-buyer');
  ok(await t3.post(`/v1/invoices/${v.number}/reversal/confirmation`, { decision: 'confirm' }), 200);
});

test('A09.5 the bureau makes an open slip void: abnormal voucher, taxpayer, refund application (states 10, 11, 13)', async () => {
  const officer = await Client.signIn(server.url, 'O1');
  const purpose = { headers: { 'etax-purpose': 'red-letter' } };
  [t1, t3] = [await Client.signIn(server.url, 'T1'), await Client.signIn(server.url, 'T3')];
  for (const [cause, code] of [['abnormal_voucher', '10'], ['abnormal_taxpayer', '11'], ['refund_applied', '13']]) {
    const v = await issue([line({ quantity: '1', price: '10.00' })]);
    await credit(v.number);
    ok(await t1.post(`/v1/invoices/${v.number}/reversal`, { reason: 'return' }), 201);
    assert.equal((await t1.post(`/v1/invoices/${v.number}/reversal/void`, { cause, note: 'x' })).status, 403);
    const done = ok(await officer.post(`/v1/invoices/${v.number}/reversal/void`, { cause, note: '核查' }, purpose), 200);
    assert.equal(done.state_code, code);
    assert.equal((await t3.get(`/v1/invoices/${v.number}`)).body.locked, false);
    assert.equal((await officer.post(`/v1/invoices/${v.number}/reversal/void`, { cause, note: '核查' }, purpose)).status, 409);
  }
});

test('A09.5 to confirm what needed no confirmation, or once more, answers the slip as it stands', async () => {
  const v = await issue([line({ quantity: '1', price: '10.00' })]);
  const confirm = (who, body = {}) => who.post(`/v1/invoices/${v.number}/reversal/confirmation`, body);
  assert.equal(ok(await confirm(t3), 409).code, 'slip-none');
  const r = ok(await t1.post(`/v1/invoices/${v.number}/reversal`, { reason: 'return' }), 201);
  const late = ok(await confirm(t3), 200);
  assert.deepEqual([late.id, late.state, late.red_number, late.turn], [r.id, 'no-confirmation-needed', r.red_number, 'none']);
  assert.equal(ok(await confirm(t3, { decision: 'refuse' }), 409).code, 'slip-none');
  assert.equal(ok(await confirm(t1), 409).code, 'slip-none'); // who asked does not confirm
  assert.equal(ok(await t1.get(`/v1/invoices/${v.number}/reversal`), 200).reversals.length, 1);
});

test('A09.5 without a decision the confirmation confirms', async () => {
  const v = await issue([line({ quantity: '1', price: '10.00' })]);
  await credit(v.number);
  ok(await t1.post(`/v1/invoices/${v.number}/reversal`, { reason: 'return' }), 201);
  const done = ok(await t3.post(`/v1/invoices/${v.number}/reversal/confirmation`, {}), 200);
  assert.deepEqual([done.state, /^\d{20}$/.test(done.red_number), Boolean(done.receipt.id)], ['confirmed', true, true]);
  const again = ok(await t3.post(`/v1/invoices/${v.number}/reversal/confirmation`, {}), 200);
  assert.deepEqual([again.id, again.red_number], [done.id, done.red_number]);
});
