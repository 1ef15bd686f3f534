// Messages by API (A15.5, A05.7, A05.8, A05.9): what happened becomes one message in plain words, in two languages; reading counts
// down; another party's box is not there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { forward, morning } from '../lib/owing.mjs';
import { Server } from '../lib/server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(() => server.close());

const is = (r, status) => { assert.equal(r.status, status, r.text.slice(0, 600)); return r.body; };
const now = new Date(Date.now() + 8 * 3600_000).toISOString();
const monthOf = (n) => new Date(Date.UTC(Number(now.slice(0, 4)), Number(now.slice(5, 7)) - 1 + n, 1)).toISOString().slice(0, 7);
const box = (c, query = '') => c.get('/v1/messages' + query);
const kinds = (body) => body.messages.map((m) => m.kind);

test('A05.9 A15.5 a duty that comes near and a filed return are each told once, in both languages', async () => {
  const fresh = await Client.signIn(server.url, 'T1');
  assert.deepEqual(kinds(is(await box(fresh), 200)), []);
  // The calendar is opened when somebody looks; six days before the date the daily job reminds.
  is(await fresh.get('/v1/obligations'), 200);
  is(await new Client(server.url).post('/v1/sandbox/clock', { now: `${monthOf(1)}-10T09:00:00+08:00` }), 200);
  const t1 = await Client.signIn(server.url, 'T1');
  const list = is(await eventually(() => box(t1), (r) => r.body?.messages?.length > 0, 20_000), 200);
  const due = list.messages.find((m) => m.kind === 'obligation.due_soon');
  assert.match(due.title, /^增值税（\d{4} 年 \d+ 月）要在 \d+ 月 \d+ 日（周.）前申报$/);
  assert.equal(due.href, `/returns/vat/${monthOf(0)}`);
  assert.equal(due.read, false);
  const english = is(await new Client(server.url, { token: t1.token, language: 'en' }).get('/v1/messages'), 200).messages.find((m) => m.id === due.id);
  assert.match(english.title, /^VAT \(\d{4}-\d\d\) is to be filed by \d+ \w+ \d{4}$/);

  is(await t1.post(`/v1/returns/vat/${monthOf(0)}`, { zero: true }), 201);
  const after = is(await eventually(() => box(t1), (r) => kinds(r.body).includes('return.filed')), 200);
  assert.equal(kinds(after).filter((k) => k === 'return.filed').length, 1);
  const filed = after.messages.find((m) => m.kind === 'return.filed');
  assert.equal((await t1.get('/v1' + filed.href)).status, 200, 'the message leads to the return: ' + filed.href);
});

test('A15.5 reading one and all counts down, once; what came later stays unread', async () => {
  const t1 = await Client.signIn(server.url, 'T1');
  const list = is(await box(t1), 200);
  const first = list.messages.at(-1);
  const read = is(await t1.post(`/v1/messages/${first.id}/read`, {}), 200);
  assert.equal(read.unread, list.unread - 1);
  assert.equal(is(await t1.post(`/v1/messages/${first.id}/read`, {}), 200).unread, list.unread - 1);
  assert.ok(is(await box(t1, '?unread=true'), 200).messages.every((m) => !m.read));
  const all = is(await t1.post('/v1/messages/read-all', { up_to: list.newest }), 200);
  assert.equal(all.marked, list.unread - 1);
  assert.equal(is(await box(t1), 200).unread, 0);
  assert.deepEqual(is(await box(t1, `?after=${list.newest}`), 200).messages.map((m) => m.id), list.messages.slice(1).map((m) => m.id));
});

test("A15.5 another party's messages are not there; nobody reads without signing in; bad input is told at its field", async () => {
  const t1 = await Client.signIn(server.url, 'T1'), t2 = await Client.signIn(server.url, 'T2');
  const id = is(await box(t1), 200).messages[0].id;
  assert.equal((await t2.post(`/v1/messages/${id}/read`, {})).status, 404);
  assert.ok(!is(await box(t2), 200).messages.some((m) => m.id === id));
  assert.equal((await new Client(server.url).get('/v1/messages')).status, 401);
  const bad = await t1.get('/v1/messages?unread=perhaps&after=-1');
  assert.equal(bad.status, 400);
  assert.deepEqual(bad.body.errors.map((e) => e.pointer).sort(), ['/after', '/unread']);
  assert.equal((await t1.post('/v1/messages/0/read', {})).status, 422);
});

test('A15.5 A09.10 buyers are told of invoices that came in: one by its number, more as one message that counts', async () => {
  await morning(server.url); // it is one day
  const [t1, t3] = [await Client.signIn(server.url, 'T1'), await Client.signIn(server.url, 'T3')];
  const sell = async (net) => is(await t1.post('/v1/invoices', invoiceBody({ buyer: { tax_id: parties.T3, name: '远帆纺织进出口有限公司' }, net })), 201);
  const told = async (title) => (await eventually(async () => { await forward(server.url, 61); return box(t3); },
    (r) => r.body.messages.some((m) => m.kind === 'invoice.received' && title.test(m.title)), 20_000)).body.messages.filter((m) => m.kind === 'invoice.received');
  const one = await sell('100.00');
  const [first] = await told(/^收到 海川精密机械有限公司 开来的发票$/);
  assert.equal(first.href, `/invoices/${one.number}`);
  await sell('200.00');
  await sell('300.00');
  const all = await told(/^今天收到 3 张发票$/);
  assert.equal(all.length, 1, 'one message a day');
  assert.match(all[0].text, /678\.00 元/);
});
