// Payment orders, the bank's signed callbacks and everything that breaks on the way: one debit, one booking (A05.11–.16).
import assert from 'node:assert/strict';
import { test as plain } from 'node:test';
import { Client, eventually } from '../lib/client.mjs';
import { forward, owing, setClock, clockOf } from '../lib/owing.mjs';
import { Server } from '../lib/server.mjs';

let server, anyone;
/** Each test has a server of its own: its own clock, months and books. */
const test = (title, run) => plain(title, async () => {
  server = await Server.start();
  anyone = new Client(server.url);
  try {
    await run();
  } finally {
    await server.close();
  }
});

const callback = '/v1/payments/callbacks/bank-simulator';
const fault = async (name, times = 1) =>
  assert.equal((await anyone.post('/v1/sandbox/bank/faults', { fault: name, times })).status, 200);
const order = (who, ids = who.ids, options) => who.client.post('/v1/payments', { obligations: ids, channel: 'bank-simulator' }, options);
const show = (who, id) => who.client.get(`/v1/payments/${id}`);
const decided = (who, id, ms = 15_000) => eventually(() => show(who, id), (r) => ['paid', 'failed'].includes(r.body?.status), ms);
const debits = async (voucher) =>
  (await anyone.get('/v1/sandbox/bank/debits')).body.debits.filter((d) => d.voucher === voucher);
/** An envelope with this message, signed by the bank. */
const signed = async (message) => {
  const answer = await anyone.post('/v1/sandbox/bank/envelopes', { message: JSON.stringify(message) });
  assert.equal(answer.status, 200, answer.text);
  return answer.text;
};
const send = (envelope) => anyone.post(callback, envelope, { type: 'application/json', key: null });
const report = (paid, more = {}) => ({ kind: 'report', voucher: paid.voucher, state: 'debited', amount: paid.amount,
  bank_no: 'SIMTEST' + paid.voucher.slice(-6), debited_at: paid.ordered_at, ...more });
const clean = async () => {
  const fsck = await server.fsck();
  assert.equal(fsck.code, 0, fsck.output);
};

test('A05.16 an order goes to the bank after the commit, is debited once and settles ledger and obligations', async () => {
  const { T1 } = await owing(server.url, ['T1']);
  assert.equal(T1.open.length, 4);
  const made = await order(T1, T1.ids, { key: 'pay-1' });
  assert.equal(made.status, 202, made.text);
  assert.equal(made.body.amount, '29120.00');
  assert.equal(made.headers.get('location'), `/v1/payments/${made.body.id}`);
  assert.match(made.body.voucher, /^3\d{17}$/);
  assert.equal(made.body.items.length, 4);
  assert.ok(made.body.receipt.id);
  const paid = (await decided(T1, made.body.id)).body;
  assert.equal(paid.status, 'paid');
  assert.ok(paid.settlement_receipt.id && paid.bank_no);
  assert.equal((await debits(paid.voucher)).length, 1);
  const left = (await T1.client.get('/v1/obligations')).body.obligations.filter((o) => T1.ids.includes(o.id));
  assert.ok(left.every((o) => o.status === 'paid' && o.amount_due === '0.00'), JSON.stringify(left));
  const again = await order(T1, T1.ids, { key: 'pay-1' }); // a double click
  assert.equal(again.body.id, made.body.id);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  const settled = await order(T1);
  assert.equal(settled.status, 422);
  assert.deepEqual(settled.body.errors.map((e) => e.code), Array(4).fill('nothing-due'));
  const list = (await T1.client.get('/v1/payments')).body.payments;
  assert.deepEqual(list.map((p) => [p.id, p.status]), [[paid.id, 'paid']]);
  const entries = JSON.stringify((await T1.client.get('/v1/ledger')).body);
  assert.match(entries, /"kind":"payment"/);
  await clean();
});

test('A05.16 what can not be ordered is said at its place', async () => {
  const { T1, T3 } = await owing(server.url, ['T1', 'T3']);
  const none = await T1.client.post('/v1/payments', { obligations: [], channel: 'bank-simulator' });
  assert.equal(none.status, 422);
  const bad = await T1.client.post('/v1/payments', { obligations: [T3.ids[0], '99', T1.ids[0], T1.ids[0]], channel: 'cash' });
  assert.equal(bad.status, 422);
  assert.match(bad.text, /channel/);
  const wrong = await order(T1, [T3.ids[0], '99', T1.ids[0], T1.ids[0]]);
  assert.equal(wrong.status, 422);
  assert.deepEqual(wrong.body.errors.map((e) => [e.pointer, e.code]), [['/obligations/0', 'obligation-unknown'],
    ['/obligations/1', 'obligation-unknown'], ['/obligations/3', 'obligation-twice']]);
  assert.equal((await T3.client.get('/v1/payments/1')).status, 404);
  const open = (await T1.client.get('/v1/obligations')).body.obligations.find((o) => o.to_file);
  if (open) assert.equal((await order(T1, [open.id])).body.errors[0].code, 'file-first');
  assert.equal((await anyone.post('/v1/payments', { obligations: ['1'], channel: 'bank-simulator' })).status, 401);
});

test('A05.16 partial choice; one obligation is in one open order at most', async () => {
  const { T1, T3 } = await owing(server.url, ['T1', 'T3']);
  await fault('hold', 1); // the bank debits a minute later
  const vat = T1.open.find((o) => o.tax === 'vat');
  const first = await order(T1, [vat.id]);
  assert.equal(first.body.amount, vat.amount_due);
  const second = await order(T1);
  assert.equal(second.status, 409);
  assert.equal(second.body.code, 'payment-open');
  assert.match(second.text, new RegExp(first.body.id));
  const foreign = await T3.client.get(`/v1/payments/${first.body.id}`);
  assert.equal(foreign.status, 404);
  // ten at once for the rest: one order
  const rest = T1.ids.filter((id) => id !== vat.id);
  const many = await Promise.all(Array.from({ length: 10 }, () => order(T1, rest)));
  assert.deepEqual(many.map((a) => a.status).sort(), [202, ...Array(9).fill(409)]);
  await decided(T1, many.find((a) => a.status === 202).body.id);
  assert.equal((await show(T1, first.body.id)).body.status, 'sent');
  await forward(server.url, 61);
  assert.equal((await decided(T1, first.body.id)).body.status, 'paid');
  await clean();
});

test('A05.16 callbacks: forged, stale, foreign, wrong amount, repeated, replayed, contradicting', async () => {
  const { T1 } = await owing(server.url, ['T1']);
  await fault('hold', 1);
  const made = (await order(T1)).body;
  await eventually(() => show(T1, made.id), (r) => r.body.status === 'sent');
  const good = JSON.parse(await signed(report(made)));
  const forged = await send(JSON.stringify({ ...good, message: good.message.replace(made.amount, '0.01') }));
  assert.equal(forged.status, 403);
  assert.equal(forged.body.code, 'signature');
  assert.equal((await send(JSON.stringify({ ...good, nonce: 'a'.repeat(32) }))).status, 403);
  assert.equal((await send(JSON.stringify({ ...good, to: 'etax-99' }))).body.code, 'envelope-parties');
  assert.equal((await send(JSON.stringify({ ...good, timestamp: '1000' }))).body.code, 'stale');
  assert.equal((await send('{}')).body.code, 'envelope');
  assert.equal((await send('not json at all')).body.code, 'envelope');
  assert.equal((await send(await signed({ kind: 'hello' }))).body.code, 'report');
  assert.equal((await anyone.post('/v1/payments/callbacks/other', JSON.stringify(good), { key: null })).status, 404);
  const nobody = await send(await signed(report({ ...made, voucher: '3'.repeat(18) })));
  assert.equal(nobody.status, 404);
  const more = await send(await signed(report(made, { amount: '29120.01' })));
  assert.equal(more.status, 422, more.text);
  assert.deepEqual(more.body.errors.map((e) => [e.pointer, e.code]), [['/amount', 'amount-differs']]);
  assert.equal((await show(T1, made.id)).body.status, 'sent');
  // the right one, 50 times at once: booked once
  const envelope = JSON.stringify(good);
  const answers = await Promise.all(Array.from({ length: 50 }, () => send(envelope)));
  assert.ok(answers.every((a) => a.status === 200), JSON.stringify(answers.find((a) => a.status !== 200)?.body));
  assert.equal(answers.filter((a) => a.body.result === 'booked').length, 1);
  assert.equal(answers.filter((a) => a.body.result === 'duplicate').length, 49);
  assert.equal((await show(T1, made.id)).body.status, 'paid');
  assert.equal((await send(await signed(report(made)))).body.result, 'noted'); // said anew
  const refused = await send(await signed({ kind: 'report', voucher: made.voucher, amount: made.amount, state: 'refused', reason: 'x' }));
  assert.equal(refused.status, 409);
  const second = await send(await signed(report(made, { bank_no: 'SECOND' })));
  assert.equal(second.status, 409); // a second debit is never booked
  const entries = (await T1.client.get('/v1/ledger')).body.entries.filter((e) => e.kind === 'payment' && e.document === made.id);
  assert.equal(new Set(entries.map((e) => e.posting)).size, 4);
});

test('A05.16 the clock goes on: stale callbacks are refused, the bank signs anew', async () => {
  const { T3 } = await owing(server.url, ['T3']);
  await fault('hold', 1);
  const made = (await order(T3)).body;
  await eventually(() => show(T3, made.id), (r) => r.body.status === 'sent');
  const envelope = await signed(report(made));
  await forward(server.url, 400);
  assert.equal((await send(envelope)).body.code, 'stale');
  assert.equal((await decided(T3, made.id)).body.status, 'paid');
  assert.equal((await debits(made.voucher)).length, 1);
});

for (const [name, does] of [
  ['no-ack', 'the answer to the order is lost after the debit'],
  ['no-callback', 'the callback is lost: the bank is asked'],
  ['callback-first', 'the callback comes before the acknowledgement'],
  ['wrong-amount', 'a wrong amount is refused, the bank corrects itself'],
  ['wrong-signature', 'a wrong signature is refused, the bank signs anew'],
  ['duplicate', 'the bank calls back three times'],
  ['hold-callback', 'the callback is late'],
]) {
  test(`A05.16 one debit, one booking: ${does}`, async () => {
    const { T1 } = await owing(server.url, ['T1']);
    await fault(name);
    const made = await order(T1);
    assert.equal(made.status, 202, made.text);
    let end = await eventually(async () => {
      const r = await show(T1, made.body.id);
      if (r.body.status !== 'paid') await forward(server.url, 12);
      return r;
    }, (r) => ['paid', 'failed'].includes(r.body?.status), 20_000);
    assert.equal(end.body.status, 'paid', end.text);
    const made_ = await debits(made.body.voucher);
    assert.equal(made_.length, 1);
    assert.equal(made_[0].amount, made.body.amount);
    assert.equal(made_[0].bank_no, end.body.bank_no);
  });
}

test('A05.16 a refusal releases the obligations and says why; then they can be paid', async () => {
  const { T1 } = await owing(server.url, ['T1']);
  await fault('refuse');
  const made = (await order(T1)).body;
  const failed = (await decided(T1, made.id)).body;
  assert.deepEqual([failed.status, failed.reason, failed.detail], ['failed', 'insufficient-funds', '账户余额不足']);
  assert.equal((await debits(made.voucher)).length, 0);
  const late = await send(await signed(report(made))); // the bank contradicts itself
  assert.equal(late.status, 409);
  const next = (await order(T1)).body;
  assert.equal((await decided(T1, next.id)).body.status, 'paid');
});

test('A05.16 an order that the bank does not debit in its time expires after the bank was asked', async () => {
  const { T1 } = await owing(server.url, ['T1']);
  await fault('hold'); // would debit a minute later, but then it is another day
  const made = (await order(T1)).body;
  await eventually(() => show(T1, made.id), (r) => r.body.status === 'sent');
  await setClock(server.url, new Date(Date.parse(made.valid_until) + 1000).toISOString());
  T1.client = await Client.signIn(server.url, 'T1');
  const end = (await decided(T1, made.id)).body;
  assert.deepEqual([end.status, end.reason], ['failed', 'expired']);
  assert.equal((await debits(made.voucher)).length, 0);
  const next = (await order(T1)).body;
  assert.equal((await decided(T1, next.id)).body.status, 'paid');
});

test('A05.16 A05.e5 late: tax and late fee by the day, ordered and booked as of that day', async () => {
  const { T1 } = await owing(server.url, ['T1'], '400000.00');
  const vat = T1.open.find((o) => o.tax === 'vat');
  assert.equal(vat.amount_due, '52000.00');
  const due = Date.parse(`${vat.due_on}T10:00:00+08:00`);
  await setClock(server.url, new Date(due + 10 * 86400_000).toISOString());
  T1.client = await Client.signIn(server.url, 'T1');
  const made = (await order(T1, [vat.id])).body;
  assert.equal(made.amount, '52260.00'); // GC2: 260.00
  assert.deepEqual([made.items[0].amount, made.items[0].late_fee, made.items[0].days_late], ['52000.00', '260.00', 10]);
  assert.match(made.valid_until, /T00:00:00/);
  assert.equal((await decided(T1, made.id)).body.status, 'paid');
  const entries = (await T1.client.get('/v1/ledger')).body.entries.filter((e) => e.document === made.id);
  assert.deepEqual(entries.map((e) => e.amount).sort(), ['-260.00', '-52000.00', '0.00', '52260.00'].sort());
  await order(T1, T1.ids.filter((id) => id !== vat.id)).then((r) => decided(T1, r.body.id));
  await clean();
});

test('A05.16 reconciliation by bank and day: balances to 0.00; long, short and wrong amounts are found, and settled by a right file', async () => {
  const { T1, T3 } = await owing(server.url, ['T1', 'T3']);
  const today = (await clockOf(server.url)).slice(0, 10);
  for (const who of [T1, T3]) await decided(who, (await order(who)).body.id);
  let officer = await Client.signIn(server.url, 'O1');
  const early = await officer.post('/v1/reconciliations', { bank: 'bank-simulator', day: today });
  assert.equal(early.body.errors[0].code, 'day-not-over');
  assert.equal((await T1.client.get('/v1/reconciliations')).status, 403);
  await fault('omit');
  await fault('extra');
  await setClock(server.url, new Date(Date.parse(`${today}T00:10:00+08:00`) + 86400_000).toISOString());
  officer = await Client.signIn(server.url, 'O1');
  const path = `/v1/reconciliations/bank-simulator/${today}`;
  assert.equal((await officer.get(path)).status, 404);
  const bad = await officer.post('/v1/reconciliations', { bank: 'bank-simulator', day: today });
  assert.equal(bad.status, 201, bad.text);
  assert.equal(bad.body.balanced, false);
  assert.deepEqual(bad.body.differences.map((d) => d.class).sort(), ['long', 'short']);
  await fault('file-amount');
  const amount = await officer.post('/v1/reconciliations', { bank: 'bank-simulator', day: today });
  assert.deepEqual(amount.body.differences.map((d) => d.class), ['amount']);
  assert.equal(amount.body.difference, '1.00');
  // The job of the night finds the right file.
  await setClock(server.url, new Date(Date.parse(`${today}T01:00:30+08:00`) + 86400_000).toISOString());
  const good = await eventually(() => officer.get(path), (r) => r.body?.balanced);
  assert.equal(good.body.difference, '0.00');
  assert.equal(good.body.bank_sum, good.body.ledger_sum);
  assert.equal(good.body.matched_count, 2);
  assert.deepEqual(good.body.differences, []);
  const csv = await officer.get(`${path}.csv`);
  assert.match(csv.headers.get('content-type'), /text\/csv/);
  const lines = csv.text.trim().split('\r\n');
  assert.equal(lines.length, 4);
  assert.match(lines.at(-1), /^TOTAL,,58240\.00,58240\.00,0\.00$/);
  const list = (await officer.get('/v1/reconciliations')).body.reconciliations;
  assert.equal(list.find((r) => r.day === today).difference, '0.00');
  const again = await officer.post('/v1/reconciliations', { bank: 'bank-simulator', day: today });
  assert.equal(again.body.matched_count, 2); // nothing goes to the treasury twice:
  await clean();
});

test('A05.16 days with debits are reconciled, however far the clock went on', async () => {
  const { T1 } = await owing(server.url, ['T1']);
  const today = (await clockOf(server.url)).slice(0, 10);
  await decided(T1, (await order(T1)).body.id);
  await setClock(server.url, new Date(Date.parse(`${today}T01:00:30+08:00`) + 20 * 86400_000).toISOString());
  const officer = await Client.signIn(server.url, 'O1');
  const day = await eventually(() => officer.get(`/v1/reconciliations/bank-simulator/${today}`), (r) => r.body?.balanced, 15_000);
  assert.deepEqual([day.body.matched_count, day.body.difference], [1, '0.00']);
  const yesterday = new Date(Date.parse(`${today}T00:00:00Z`) + 19 * 86400_000).toISOString().slice(0, 10);
  await eventually(() => officer.get(`/v1/reconciliations/bank-simulator/${yesterday}`), (r) => r.status === 200);
  await clean();
});

test('A05.16 kill -9 between the debit and the callback, and before the order is sent: one debit, paid', async () => {
  const { T1, T3 } = await owing(server.url, ['T1', 'T3']);
  await fault('hold-callback', 1);
  const first = (await order(T1)).body;
  await eventually(() => debits(first.voucher), (d) => d.length === 1);
  const second = (await order(T3)).body; // may or may not have reached the bank
  await server.kill();
  await server.launch();
  anyone = new Client(server.url);
  await setClock(server.url, new Date(Date.parse(second.ordered_at) + 5000).toISOString());
  for (const [account, made] of [['T1', first], ['T3', second]]) {
    const who = { client: await Client.signIn(server.url, account) };
    const end = await eventually(async () => {
      const r = await show(who, made.id);
      if (r.body.status !== 'paid') await forward(server.url, 15);
      return r;
    }, (r) => ['paid', 'failed'].includes(r.body?.status), 20_000);
    assert.equal(end.body.status, 'paid', end.text);
    assert.equal((await debits(made.voucher)).length, 1);
  }
  await clean();
});
