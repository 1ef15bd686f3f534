// The invoice quota: formula, inputs, the two cheapest ways, decided at once or by an officer; never overdrawn (A07.1, A07.e2).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { fileDue, forward, periodsOf, withinMonth } from '../lib/owing.mjs';
import { Server } from '../lib/server.mjs';

let server, t1, t2, officer, periods;
before(async () => {
  server = await Server.start();
  await withinMonth(server.url);
  periods = await periodsOf(server.url);
  t1 = await Client.signIn(server.url, 'T1');
  t2 = await Client.signIn(server.url, 'T2');
  officer = await Client.signIn(server.url, 'O1');
});
after(async () => {
  const fsck = await server.fsck();
  await server.close();
  assert.equal(fsck.code, 0, fsck.output);
});
const ask = (client, amount, more = {}, options) => client.post('/v1/quota/requests', { amount, ...more }, options);
const purpose = { headers: { 'etax-purpose': 'quota' } };

test('A07.e2 T1 asks for 2,000,000: decided at once, with formula, inputs and the two cheapest ways', async () => {
  const r = await ask(t1, '2000000.00', { period: periods.month }, { key: 'q1' });
  assert.equal(r.status, 201, r.text);
  assert.equal(r.body.state, '07');
  assert.equal(r.body.instant, true);
  assert.equal(r.body.granted, '7500000.00'); // what it has is more
  assert.deepEqual(Object.keys(r.body.inputs), ['general', 'credit_grade', 'best_month', 'contracts', 'risk', 'unfiled', 'arrears']);
  assert.ok(r.body.formula.length >= 5);
  assert.equal(r.body.ways.length, 2);
  for (const w of r.body.ways) assert.ok(Number(w.limit) > 7500000 && w.words, JSON.stringify(w));
  assert.ok(Number(r.body.ways[1].limit) > Number(r.body.ways[0].limit), 'more effort gives more, else it is not offered');
  assert.ok(r.body.receipt.id);
  assert.equal((await ask(t1, '2000000.00', { period: periods.month }, { key: 'q1' })).body.id, r.body.id);
});

test('A07.1 up to the ceiling at once, beyond it by an officer in its states; the receipt of each', async () => {
  const { body: now } = await t1.get('/v1/quota');
  assert.equal(now.quota, '7500000.00');
  assert.equal(now.left, now.quota);
  const r = await ask(t1, now.ceiling);
  assert.equal(r.status, 201, r.text);
  if (now.at_once) {
    assert.equal(now.ceiling, '9000000.00');
    assert.deepEqual([r.body.state, r.body.granted], ['07', '9000000.00']);
    assert.equal((await t1.get('/v1/quota')).body.changes[0].way, 'temporary');
  }
  const more = await ask(t1, '12000000.00', { contracts: '11500000.00', reason: '年底交货' });
  assert.equal(more.body.state, '01', more.text);
  assert.equal(more.body.granted, '0.00');
  assert.equal((await ask(t1, '12000000.00')).status, 409);
  assert.equal((await t2.get(`/v1/quota/requests/${more.body.id}`)).status, 404);
  assert.equal((await t1.get('/v1/quota/reviews')).status, 403);
  const queue = (await officer.get('/v1/quota/reviews')).body.requests;
  assert.equal(queue.length, 1);
  assert.ok(queue[0].due_on > queue[0].asked_at.slice(0, 10), 'five working days');
  const path = `/v1/quota/reviews/${queue[0].taxpayer}/${queue[0].id}`;
  const decide = (decision, o = {}) => officer.post(path, { decision, ...o }, purpose);
  assert.equal((await officer.get(path, purpose)).body.id, more.body.id);
  assert.equal((await t1.get(`/v1/quota/requests/${more.body.id}`)).body.state, '01');
  assert.equal((await decide('grant')).status, 409);
  assert.equal((await decide('return')).status, 422);
  assert.equal((await decide('return', { note: '请写合同编号' })).body.state, '05');
  const again = await t1.post(`/v1/quota/requests/${more.body.id}/correction`, { amount: '11000000.00', contracts: '11500000.00', reason: '合同 HT-9' });
  assert.deepEqual([again.body.state, again.body.amount], ['01', '11000000.00'], again.text);
  assert.equal((await decide('accept')).body.state, '03');
  assert.equal((await decide('review')).body.state, '06');
  assert.equal((await t1.post(`/v1/quota/requests/${more.body.id}/withdrawal`, {})).status, 409);
  assert.equal((await decide('grant', { amount: '1.00' })).status, 422);
  const done = await decide('grant', { amount: '10500000.00', note: '按合同核定' });
  assert.deepEqual([done.body.state, done.body.granted, done.body.quota], ['07', '10500000.00', '10500000.00'], done.text);
  assert.equal((await t1.get('/v1/quota')).body.quota, '10500000.00');
  const last = await ask(t1, '99000000.00');
  assert.equal((await t1.post(`/v1/quota/requests/${last.body.id}/withdrawal`, {})).body.state, '02');
});

test('A07.1 nonsense is refused at its field', async () => {
  for (const [body, pointer] of [[{ amount: '-1' }, '/amount'], [{ amount: '1e9' }, '/amount'], [{}, '/amount'], [{ amount: '999999999999999.00' }, '/amount'],
    [{ amount: '1.00', period: periods.next }, '/period'], [{ amount: '1.00', period: periods.quarter }, '/period'], [{ amount: '1.00', reason: 'x'.repeat(501) }, '/reason'], [{ amount: '1.00', x: 1 }, '/x']]) {
    const r = await t2.post('/v1/quota/requests', body);
    assert.equal(r.status, 422, JSON.stringify(body) + r.text);
    assert.equal(r.body.errors[0].pointer, pointer);
  }
  assert.equal((await new Client(server.url).post('/v1/quota/requests', { amount: '1.00' })).status, 401);
});

test('A07.1 two clerks and a batch at once never overdraw', async () => {
  const { body: { left, used } } = await t2.get('/v1/quota');
  const each = (Number(left) / 8).toFixed(2);
  const bread = (net, ref) => invoiceBody({ kind: 'ordinary', ref, net, rate: '0.01', code: '1030201020000000000', name: '面包', buyer: { name: '散客' } });
  const clerk = await Client.signIn(server.url, 'T2');
  const lines = Array.from({ length: 6 }, (_, i) => JSON.stringify(bread(each, `B${i}`))).join('\n');
  const all = await Promise.all([...Array.from({ length: 12 }, (_, i) => (i % 2 ? t2 : clerk).post('/v1/invoices', bread(each, `S${i}`))),
    t2.post('/v1/invoices/batch', lines, { type: 'application/x-ndjson', key: 'over' })]);
  const single = all.slice(0, 12).filter((r) => r.status === 201).length;
  const batch = all[12].text.trim().split('\n').map(JSON.parse).filter((a) => a.number).length;
  assert.equal(single + batch, 8, `${single} + ${batch}`);
  assert.equal(all.slice(0, 12).filter((r) => ![201, 409].includes(r.status)).length, 0);
  const end = (await t2.get('/v1/quota')).body;
  assert.equal(end.left, '0.00');
  assert.equal(Number(end.used), Number(used) + 8 * Number(each));
});

test('A07.1 a good taxpayer that has used 80 % is raised by itself, once', async () => {
  const t3 = await Client.signIn(server.url, 'T3');
  await fileDue(t3);
  const before = (await t3.get('/v1/quota')).body;
  assert.equal(before.quota, '7500000.00');
  const sold = await t3.post('/v1/invoices', invoiceBody({ ref: 'big', net: '6100000.00', buyer: { tax_id: parties.T1, name: '海川精密机械有限公司' } }));
  assert.equal(sold.status, 201, sold.text);
  await forward(server.url, 1000);
  const now = await eventually(() => t3.get('/v1/quota'), (a) => a.body.changes.length > 0, 5000);
  // the best month is this one: 6,100,000 and the premium of M
  assert.deepEqual([now.body.changes[0].way, now.body.quota, now.body.limit], ['auto', '9520000.00', '7930000.00'], now.text);
});

test('A07.1 on the first the month begins by the formula; before the return only what was left is open', async () => {
  const before = (await t2.get('/v1/quota')).body;
  const move = await t1.post('/v1/sandbox/clock', { now: `${periods.next}-01T08:00:00+08:00` });
  assert.ok(move.status < 300, move.text);
  t2 = await Client.signIn(server.url, 'T2'); // sessions end with such a leap
  for (let i = 0; i < 100; i++) {
    if ((await t2.get('/v1/quota')).body.changes.some((c) => c.way === 'month' && c.period === periods.next)) break;
    await new Promise((done) => { setTimeout(done, 100); });
  }
  const begun = (await t2.get('/v1/quota')).body;
  assert.equal(begun.changes[0].way, 'month', JSON.stringify(begun.changes));
  assert.equal(begun.period, periods.next);
  // T2 files by the quarter: in its other months nothing is due
  assert.equal(begun.held_until_filed, periods.nextDue);
  if (!periods.nextDue) assert.equal(begun.quota, begun.limit);
  assert.ok(Number(begun.inputs.best_month) >= Number(before.used));
  // T3 files by the month: until then only what the month before left is open
  const t3 = await Client.signIn(server.url, 'T3');
  const held = await eventually(() => t3.get('/v1/quota'), (a) => a.body.changes[0]?.way === 'month', 5000);
  assert.deepEqual([held.body.held_until_filed, held.body.quota, held.body.full], [true, '3420000.00', '7930000.00'], held.text);
  assert.equal((await t3.get('/v1/home')).body.taxpayer.quota_when_filed, '7930000.00', 'the home says why it is less');
  const over = await t3.post('/v1/invoices', invoiceBody({ ref: 'held', net: '3420000.01', buyer: { tax_id: parties.T1, name: '海川精密机械有限公司' } }));
  assert.equal(over.status, 409, over.text);
  const form = (await t3.get(`/v1/returns/vat/${periods.month}`)).body;
  const filed = await t3.post(`/v1/returns/vat/${periods.month}`, { lines: form.lines });
  assert.equal(filed.status, 201, filed.text);
  const open = await eventually(() => t3.get('/v1/quota'), (a) => a.body.changes[0]?.way === 'filed', 5000);
  assert.deepEqual([open.body.held_until_filed, open.body.quota], [false, '7930000.00'], open.text);
});
