// The bureau issues for natural persons (代开): tax first, then the invoice; an officer where a rule strikes (A07.2, A09.1).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { forward } from '../lib/owing.mjs';
import { Server } from '../lib/server.mjs';

let server, p2, t1, t3, officer;
const T3 = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
const purpose = { headers: { 'etax-purpose': 'agency' } };
before(async () => {
  server = await Server.start();
  p2 = await Client.signIn(server.url, 'P2');
  t1 = await Client.signIn(server.url, 'T1');
  t3 = await Client.signIn(server.url, 'T3');
  officer = await Client.signIn(server.url, 'O1');
});
after(async () => {
  const fsck = await server.fsck();
  await server.close();
  assert.equal(fsck.code, 0, fsck.output);
});
const body = (more = {}) => ({ kind: 'ordinary', buyer: T3, tax_code: '3040301010000000000', item: '工程设计', total: '10100.00', proof: '合同 SJ-7', ...more });
const ask = (client, more) => client.post('/v1/agency/requests', body(more));

test('A07.2 P2 asks, pays and has the invoice; the document says 代开', async () => {
  const r = await ask(p2);
  assert.equal(r.status, 201, r.text);
  // 10,100.00 with 1 % inside; urban construction 7 % halved, education free below 100,000 a month
  assert.deepEqual([r.body.state, r.body.vat, r.body.urban_construction, r.body.education, r.body.local_education, r.body.due, r.body.number],
    [2, '100.00', '3.50', '0.00', '0.00', '103.50', null], r.text);
  assert.ok(r.body.receipt.id);
  assert.equal((await ask(p2)).status, 409); // one at a time
  assert.equal((await t1.get(`/v1/agency/requests/${r.body.id}`)).status, 404);
  const due = (await p2.get('/v1/payments/new')).body;
  assert.equal(due.total, '103.50');
  const paid = await p2.post('/v1/payments', { obligations: due.payable.map((o) => o.id), channel: 'bank-simulator' });
  assert.equal(paid.status, 202, paid.text);
  const done = await eventually(() => p2.get(`/v1/agency/requests/${r.body.id}`), (a) => a.body.state === 3);
  const shown = (await p2.get(`/v1/invoices/${done.body.number}`)).body;
  assert.deepEqual([shown.agency, shown.total, shown.tax, shown.seller.tax_id], [r.body.id, '10100.00', '100.00', parties.P2]);
  assert.equal((await t3.get(`/v1/invoices/${done.body.number}`)).body.side, 'received');
  assert.match((await p2.get(`/v1/invoices/${done.body.number}.xml`)).text, /<LabelCode>代开<\/LabelCode>/);
  assert.equal((await p2.post(`/v1/agency/requests/${r.body.id}/withdrawal`)).status, 409);
});

test('A07.2 below the threshold it comes at once; letting of a dwelling by its months', async () => {
  const once = await ask(p2, { total: '505.00' });
  assert.deepEqual([once.body.state, once.body.exempt, once.body.due], [3, true, '0.00'], once.text);
  assert.equal((await p2.get(`/v1/invoices/${once.body.number}`)).body.lines[0].treatment, 'exempt');
  const rent = { tax_code: '3040502020102000000', item: '住房租金', total: '60000.00' };
  assert.deepEqual((await ask(p2, rent)).body.errors.map((e) => e.pointer), ['/months']);
  assert.equal((await ask(p2, { ...rent, months: 12 })).body.exempt, true);
  const special = await ask(p2, { ...rent, total: '3150.00', months: 1, kind: 'special' });
  assert.deepEqual([special.body.state, special.body.vat, special.body.reduced], [2, '45.00', true], special.text);
  const back = await p2.post(`/v1/agency/requests/${special.body.id}/withdrawal`);
  assert.equal(back.body.state, 5);
  assert.equal((await p2.get('/v1/payments/new')).body.total, '0.00');
});

test('A09.5 the invoice of a person is reversed: what was collected is due for refund', async () => {
  const paid = (await p2.get('/v1/agency/requests/new')).body.requests.find((q) => q.state === 3 && q.total === '10100.00');
  const red = await p2.post(`/v1/invoices/${paid.number}/reversal`, { reason: 'stop' });
  assert.equal(red.status, 201, red.text);
  const shown = (await p2.get(`/v1/invoices/${red.body.red_number}`)).body;
  assert.deepEqual([shown.total, shown.agency], ['-10100.00', paid.id]);
  await eventually(() => p2.get(`/v1/agency/requests/${paid.id}`), (a) => a.body.note === '发票已红冲，税款待退');
  const vat = (await p2.get('/v1/obligations')).body.obligations.find((o) => o.tax === 'vat');
  assert.equal(vat.amount_due, '0.00', JSON.stringify(vat));
});

test('A09.5 reversed in parts: each part of the tax is due for refund, with the last one all of it to the fen', async () => {
  const asked = await ask(p2, { total: '10133.33' });
  const sums = [asked.body.vat, asked.body.urban_construction].map(Number);
  const due = (await p2.get('/v1/payments/new')).body;
  if (due.payable.length) assert.equal((await p2.post('/v1/payments', { obligations: due.payable.map((o) => o.id), channel: 'bank-simulator' })).status, 202);
  const show = () => p2.get(`/v1/agency/requests/${asked.body.id}`);
  const { number } = (await eventually(show, (a) => a.body.state === 3)).body;
  const booked = await t3.post('/v1/bookings', { numbers: [number], entry: 'deductible', voucher: 'JZ-1' });
  assert.ok([200, 201].includes(booked.status), booked.text);
  const owed = async () => (await p2.get('/v1/obligations')).body.obligations.filter((o) => ['vat', 'urban_construction'].includes(o.tax)).map((o) => [o.amount_due, o.status]);
  const part = async (lines) => {
    const r = await t3.post(`/v1/invoices/${number}/reversal`, { reason: 'allowance', ...(lines && { lines }) });
    assert.equal(r.status, 201, r.text);
    const red = await p2.post(`/v1/invoices/${number}/reversal/confirmation`, { decision: 'confirm' });
    assert.equal(red.status, 200, red.text);
    return red.body;
  };
  await part([{ line: 1, amount: '3333.33' }]);
  const first = (await eventually(show, (a) => a.body.returned !== '0.00')).body;
  assert.deepEqual([first.note, first.returned], ['发票已部分红冲，这部分税款待退', (33.33 + 1.17).toFixed(2)]);
  await part([{ line: 1, amount: '3333.33' }]);
  await eventually(show, (a) => a.body.returned === (66.66 + 2.33).toFixed(2)); // half of the sum so far, not twice the half of a part
  await part();
  const all = (await eventually(show, (a) => a.body.note === '发票已红冲，税款待退')).body;
  assert.equal(all.returned, (sums[0] + sums[1]).toFixed(2));
  for (const [amount, status] of await owed()) assert.deepEqual([amount, status !== 'overdue'], ['0.00', true], 'nothing is owed of the month');
});

test('A07.2 where a rule strikes an officer decides, with a reason when refused', async () => {
  const r = await ask(p2, { total: '202000.00' });
  assert.deepEqual([r.body.state, r.body.risk], [1, '单笔超过 10 万元'], r.text);
  assert.equal((await t1.get('/v1/agency/reviews')).status, 403);
  const [one] = (await officer.get('/v1/agency/reviews')).body.requests;
  assert.equal(one.id, r.body.id);
  const path = `/v1/agency/reviews/${one.person}/${one.id}`;
  assert.equal((await officer.get(path, purpose)).body.id, r.body.id);
  assert.equal((await officer.post(path, { decision: 'refuse' }, purpose)).status, 422);
  const refused = await officer.post(path, { decision: 'refuse', note: '请带合同到大厅' }, purpose);
  assert.deepEqual([refused.body.state, refused.body.note], [4, '请带合同到大厅'], refused.text);
  assert.equal((await officer.post(path, { decision: 'accept' }, purpose)).status, 409);
  const again = await ask(p2, { total: '202000.00' });
  const accepted = await officer.post(`/v1/agency/reviews/${one.person}/${again.body.id}`, { decision: 'accept' }, purpose);
  assert.deepEqual([accepted.body.state, accepted.body.vat, accepted.body.education], [2, '2000.00', '30.00'], accepted.text);
});

test('A07.2 firms, nonsense and what the law excludes are refused', async () => {
  assert.equal((await ask(t1)).body.code, 'agency-person');
  const p1 = await Client.signIn(server.url, 'P1');
  for (const [more, pointer] of [[{ tax_code: '6010000000000000000' }, '/tax_code'], [{ kind: 'special' }, '/kind'], [{ total: '0.00' }, '/total'], [{ total: 'x' }, '/total'],
    [{ proof: '' }, '/proof'], [{ buyer: { name: '' } }, '/buyer/name'], [{ months: -1 }, '/months'], [{ item: 'x'.repeat(91) }, '/item'], [{ nonsense: 1 }, '/nonsense']]) {
    const r = await ask(p1, more);
    assert.equal(r.status, 422, JSON.stringify(more) + r.text);
    assert.equal(r.body.errors[0].pointer, pointer, r.text);
  }
  assert.equal((await new Client(server.url).post('/v1/agency/requests', body())).status, 401);
});

test('A07.2 not paid within seven days: void, and nothing is owed', async () => {
  const open = (await p2.get('/v1/agency/requests/new')).body.requests[0];
  assert.equal(open.state, 2);
  await forward(server.url, 8 * 86_400);
  p2 = await Client.signIn(server.url, 'P2');
  await eventually(() => p2.get(`/v1/agency/requests/${open.id}`), (a) => a.body.state === 6);
  assert.equal((await p2.get('/v1/payments/new')).body.total, '0.00');
});
