// Reports of false invoices (A10.9, A10.10, A10.e5): anybody opens a case, O1 has it in the queue, the reporter follows it.
import assert from 'node:assert/strict';
import { createPrivateKey, sign } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { Server } from '../lib/server.mjs';

let server, open, o1, p2, shown;
const ok = (r, status = 200) => { assert.equal(r.status, status, r.text); return r.body; };
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=', 'base64');
before(async () => {
  server = await Server.start();
  open = new Client(server.url);
  o1 = await Client.signIn(server.url, 'O1');
  p2 = await Client.signIn(server.url, 'P2');
  const t1 = await Client.signIn(server.url, 'T1');
  const { number } = ok(await t1.post('/v1/invoices', invoiceBody({ ref: 'r1', buyer: { tax_id: parties.T3, name: '远帆纺织进出口有限公司' }, net: '1000.00' })), 201);
  shown = ok(await t1.get(`/v1/invoices/${number}`));
  await eventually(() => open.get(`/v1/verify/invoices/${number}`), (a) => a.body.verdict === 'valid');
});
after(() => server.close());

test('the form of a report holds what the verdict knew', async () => {
  assert.deepEqual(ok(await open.get(`/v1/reports/invoices/new?number=${shown.number}`)), { form: { number: shown.number } });
  assert.deepEqual(ok(await open.get('/v1/reports/invoices/new')), { form: {} });
});

test('A10.e5 a QR code forged with a key of one’s own: unknown issuer key; its report is a case of O1, answered to the reporter', async () => {
  const mine = createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 9)]), format: 'der', type: 'pkcs8' });
  const forged = `${shown.qr}|etax1|0badf00d|${sign(null, Buffer.from(`etax-qr-v1\n${shown.qr}`), mine).toString('base64')}`;
  const verdict = ok(await open.post('/v1/verify/qr', { text: forged }, { key: null }));
  assert.deepEqual([verdict.verdict, verdict.checked.at(-1).outcome], ['not-as-issued', 'unknown-key']);
  const made = ok(await open.post('/v1/reports/invoices', { qr: forged, place: '杭州市某某饭店', story: '结账时给的', picture_base64: PNG.toString('base64') }), 201);
  assert.deepEqual([made.state, made.verdict, made.number, made.picture], ['open', 'not-as-issued:unknown-key', shown.number, true]);
  assert.match(made.code, /^[A-Z2-7]{16}$/);
  assert.ok(made.receipt.id);
  const queue = ok(await o1.get('/v1/officer/reports'));
  assert.deepEqual(queue.cases.map((c) => [c.code, c.verdict, c.place, c.picture]), [[made.code, made.verdict, '杭州市某某饭店', true]]);
  assert.deepEqual(queue.states, [{ state: 'open', count: 1 }, { state: 'confirmed', count: 0 }, { state: 'unfounded', count: 0 }, { state: 'referred', count: 0 }]);
  const full = ok(await o1.get(`/v1/officer/reports/${made.code}`));
  assert.deepEqual([full.qr, full.story, full.anonymous], [forged, '结账时给的', true]);
  const picture = await o1.get(`/v1${full.picture}`, { raw: true });
  assert.deepEqual([picture.bytes, picture.headers.get('content-type'), picture.headers.get('x-content-type-options')], [PNG, 'image/png', 'nosniff']);
  assert.equal(ok(await open.get(`/v1/reports/invoices/${made.code}`)).state, 'open');
  assert.equal((await open.post(`/v1/officer/reports/${made.code}/decision`, { outcome: 'confirmed', answer: '已查实' })).status, 401);
  assert.equal((await p2.get('/v1/officer/reports')).status, 403);
  const done = ok(await o1.post(`/v1/officer/reports/${made.code}/decision`, { outcome: 'confirmed', answer: '已查实，线索移交稽查。' }));
  assert.equal(done.state, 'confirmed');
  assert.equal((await o1.post(`/v1/officer/reports/${made.code}/decision`, { outcome: 'unfounded', answer: '再来' })).status, 409);
  const tracked = ok(await open.get(`/v1/reports/invoices/${made.code}`));
  assert.deepEqual([tracked.state, tracked.answer, 'story' in tracked, 'qr' in tracked], ['confirmed', '已查实，线索移交稽查。', false, false]);
  assert.equal(ok(await o1.get('/v1/officer/reports?state=confirmed')).cases.length, 1);
});

test('A10.9 who signed in gets a message at the end', async () => {
  const made = ok(await p2.post('/v1/reports/invoices', { number: '26332009999999999999', total: '88.00' }), 201);
  assert.equal(made.verdict, 'unknown');
  ok(await o1.post(`/v1/officer/reports/${made.code}/decision`, { outcome: 'unfounded', answer: '号码抄错了。' }));
  const box = await eventually(() => p2.get('/v1/messages'), (r) => r.body.messages?.some((m) => m.kind === 'report.closed'));
  assert.match(box.body.messages.find((m) => m.kind === 'report.closed').href, new RegExp(made.code));
});

test('A10.9 nothing to go by, pictures that are none, too large, unknown codes; the same key opens one case', async () => {
  const post = (body, options) => open.post('/v1/reports/invoices', body, options);
  assert.equal((await post({})).status, 422);
  assert.equal((await post({ number: shown.number, picture_base64: Buffer.from('<svg onload="x">').toString('base64') })).status, 422);
  assert.equal((await post({ number: shown.number, picture_base64: '!!' })).status, 422);
  assert.ok([413, 422].includes((await post({ number: shown.number, picture_base64: Buffer.concat([PNG, Buffer.alloc(2 * 1024 * 1024)]).toString('base64') })).status));
  assert.equal((await open.get('/v1/reports/invoices/AAAAAAAAAAAAAAAA')).status, 404);
  const first = await post({ number: shown.number, total: '1130.00' }, { key: 'once' }), again = await post({ number: shown.number, total: '1130.00' }, { key: 'once' });
  assert.equal(ok(first, 201).verdict, 'valid');
  assert.equal(again.body.code, first.body.code);
  assert.equal((await server.fsck()).code, 0);
});

test('A10.10 what was asked in vain flows on as an event', async () => {
  const untold = async () => Object.fromEntries([...(await open.get('/metrics')).text.matchAll(/etax_verify_untold\{verdict="([\w-]+)"\} (\d+)/g)].map((m) => [m[1], Number(m[2])]));
  const before_ = await untold();
  assert.ok(before_['not-as-issued'] >= 2 && before_.unknown >= 1, JSON.stringify(before_));
  // single checks and batches count as well, by their verdict
  const date = shown.issued_at.slice(0, 10), ask = (total) => open.get(`/v1/verify/invoices/${shown.number}?total=${total}&date=${date}`);
  for (let i = 0; i < 3; i++) ok(await ask(shown.total));
  ok(await ask('1.00'));
  ok(await open.post('/v1/verify/invoices', { items: [{ number: shown.number, total: shown.total }, { number: '26332009999999999991' }, { number: '26332009999999999992' }] }, { key: null }));
  ok(await open.post('/v1/verify/batch', { text: `${shown.number},2.00\nnonsense` }, { key: null }));
  const since = await untold();
  const more = Object.fromEntries(Object.keys(since).map((k) => [k, since[k] - (before_[k] ?? 0)]).filter(([, n]) => n));
  assert.deepEqual(more, { valid: 4, 'not-as-issued': 2, unknown: 2, unreadable: 1 });
  const now = Date.parse(ok(await open.get('/healthz')).now);
  ok(await open.post('/v1/sandbox/clock', { now: new Date(now + 2 * 3_600_000).toISOString() }, { key: null }));
  await eventually(untold, (c) => Object.values(c).every((n) => n === 0), 20_000);
});
