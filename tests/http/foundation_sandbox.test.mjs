// The sandbox's faults and clock (G02.1, issue §2), limits on calls, keys that are refused, the security log (G03.4).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { Server } from '../lib/server.mjs';

const O2 = '330106198203040042';
let server, open, t1;
before(async () => {
  server = await Server.start();
  open = new Client(server.url);
  t1 = await Client.signIn(server.url, 'T1');
});
after(() => server.close());

const fault = (operation, kind, times, more = {}) => open.post('/v1/sandbox/faults', { operation, fault: kind, times, ...more });
const invoice = (ref) => invoiceBody({ ref, buyer: { tax_id: parties.T3, name: '远帆纺织进出口有限公司' }, net: '100.00' });

test('G02.1 the sandbox tells its parties, its clock and its faults', async () => {
  const r = await open.get('/v1/sandbox');
  assert.equal(r.status, 200, r.text);
  assert.deepEqual(r.body.parties.map((p) => p.key), ['T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'P1', 'P2', 'O1', 'O2', 'L1', 'L2']);
  for (const p of r.body.parties) assert.ok((await Client.signIn(server.url, p.account)).token, p.key);
  assert.deepEqual(r.body.faults, []);
});

test('G02.1 reply lost after the commit: the retry gets the first answer', async () => {
  assert.equal((await fault('invoice.issue', 'reply_lost', 1)).status, 200);
  const key = randomUUID(), before = (await t1.get('/v1/invoices?side=issued')).body.count;
  await assert.rejects(t1.post('/v1/invoices', invoice('lost'), { key }), 'the connection closes without an answer');
  const again = await t1.post('/v1/invoices', invoice('lost'), { key });
  assert.equal(again.status, 201, again.text);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  assert.equal((await t1.get('/v1/invoices?side=issued')).body.count, before + 1, 'issued once');
});

test('G02.1 unavailable: 503 as often as asked for, nothing is done, then all is well', async () => {
  const before = (await t1.get('/v1/invoices?side=issued')).body.count, key = randomUUID();
  await fault('invoice.issue', 'unavailable', 2);
  for (let i = 0; i < 2; i++) {
    const r = await t1.post('/v1/invoices', invoice('away'), { key });
    assert.equal(r.status, 503);
    assert.equal(r.headers.get('retry-after'), '1');
    assert.match(r.headers.get('content-type'), /problem\+json/);
  }
  assert.equal((await t1.get('/v1/invoices?side=issued')).body.count, before);
  assert.equal((await t1.post('/v1/invoices', invoice('away'), { key })).status, 201);
});

test('G02.1 latency: the answer comes, later', async () => {
  await fault('registry.own', 'latency', 1, { milliseconds: 400 });
  const t = Date.now();
  assert.equal((await t1.get('/v1/registration')).status, 200);
  assert.ok(Date.now() - t >= 400);
});

test('G02.1 faults by other words: 503, reply-lost, an operation by its method and address, once without times', async () => {
  for (const [word, kind] of [['503', 'unavailable'], ['reply-lost', 'reply_lost'], ['lost_reply', 'reply_lost'], ['lost-reply', 'reply_lost']])
    for (const name of ['POST /v1/invoices', 'invoice.issue', 'post /v1/invoices?x=1', 'POST /invoices']) {
      const r = await fault(name, word);
      assert.deepEqual([r.status, r.body.faults], [200, [{ operation: 'invoice.issue', fault: kind, times: 1 }]], r.text);
      assert.equal((await fault(name, word, 0)).status, 200);
    }
  for (const name of ['GET /v1/invoices/{number}', 'GET /v1/invoices/26332000000000000001'])
    assert.deepEqual((await fault(name, '503', 0)).status, 200, name);
  assert.equal((await fault('GET /v1/registration', '503')).status, 200);
  assert.equal((await t1.get('/v1/registration')).status, 503);
  assert.equal((await t1.get('/v1/registration')).status, 200);
  for (const name of ['POST', 'POST ', 'GET /v1/nope', 'BREW /v1/invoices', 'PUT /v1/invoices']) assert.equal((await fault(name, '503')).status, 422, name);
});

test('G02.1 faults that cannot be: unknown operation, unknown fault, an operation of the event threads', async () => {
  const unknown = await fault('no.such', 'latency', 1);
  assert.equal(unknown.status, 422);
  assert.equal(unknown.body.errors[0].pointer, '/operation');
  const both = await fault('invoice.issue', 'fire', -1);
  assert.deepEqual(both.body.errors.map((e) => e.pointer).sort(), ['/fault', '/times']);
  assert.equal((await fault('system.health', 'reply_lost', 1)).body.errors[0].pointer, '/fault');
  await fault('registry.own', 'unavailable', 5);
  assert.equal((await open.get('/v1/sandbox')).body.faults.length, 1);
  await fault('registry.own', 'unavailable', 0);
  assert.equal((await t1.get('/v1/registration')).status, 200);
});

test('outside the sandbox there is no sandbox', async () => {
  const own = await Server.start({ sandbox: false });
  try {
    const c = new Client(own.url);
    assert.equal((await c.get('/v1/sandbox')).status, 404);
    assert.equal((await c.post('/v1/sandbox/clock', { now: '2030-01-01T00:00:00+08:00' })).status, 404);
    assert.equal((await c.post('/v1/sessions', { account: parties.T1, password: 'sandbox' })).status, 401);
  } finally {
    await own.close();
  }
});

/** A request through a Unix socket. */
function bySocket(socketPath, method, path, body) {
  return new Promise((resolve, reject) => {
    const r = request({ socketPath, method, path, headers: { 'content-type': 'application/json' } }, (a) => {
      let text = '';
      a.on('data', (x) => (text += x));
      a.on('end', () => resolve({ status: a.statusCode, text }));
    });
    r.once('error', reject);
    r.end(body && JSON.stringify(body));
  });
}

test('a sandbox behind a socket shows itself but is not steered from there', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'etax-sock-')), at = path.join(dir, 'h');
  const { spawn } = await import('node:child_process');
  const { etaxd } = await import('../lib/server.mjs');
  const p = spawn(etaxd, ['serve', '--sandbox', '--listen', `unix:${at}`, '--data', path.join(dir, 'd')], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise((resolve) => p.once('exit', resolve));
  try {
    await new Promise((resolve, reject) => { p.stdout.once('data', resolve); p.once('exit', () => reject(new Error('ended'))); });
    assert.equal((await bySocket(at, 'GET', '/v1/sandbox')).status, 200);
    const r = await bySocket(at, 'POST', '/v1/sandbox/clock', { now: '2030-01-01T00:00:00+08:00' });
    assert.equal(r.status, 403, r.text);
    assert.match(r.text, /sandbox-loopback-only/);
  } finally {
    p.kill('SIGTERM');
    await ended;
  }
});

test('limits: an operation refuses the call too many with Retry-After, another caller goes on', async () => {
  const own = await Server.start({ args: ['--rate-limit', 'on'] });
  try {
    const c = new Client(own.url);
    let limited;
    for (let i = 0; i < 130 && !limited; i++) {
      const r = await c.get(`/v1/public/taxpayers/${parties.T1}`);
      if (r.status !== 200) limited = r;
    }
    assert.equal(limited?.status, 429);
    assert.match(limited.headers.get('content-type'), /problem\+json/);
    assert.ok(Number(limited.headers.get('retry-after')) >= 1);
    assert.equal((await c.get('/healthz')).status, 200);
    const signedIn = await Client.signIn(own.url, 'T1');
    assert.equal((await signedIn.get(`/v1/public/taxpayers/${parties.T1}`)).status, 200, 'a person has buckets of his own');
  } finally {
    await own.close();
  }
});

test('limits: a number holds for all calls together; none in the sandbox unless asked for', async () => {
  const own = await Server.start({ args: ['--rate-limit', '20'] });
  try {
    const c = new Client(own.url);
    const all = [];
    for (let i = 0; i < 30; i++) all.push((await c.get(i % 2 ? '/openapi.json' : '/v1/sandbox')).status);
    assert.equal(all.filter((s) => s === 200).length, 20);
    assert.equal(all.filter((s) => s === 429).length, 10);
  } finally {
    await own.close();
  }
  const many = await Promise.all(Array.from({ length: 300 }, () => open.get(`/v1/public/taxpayers/${parties.T1}`)));
  assert.ok(many.every((r) => r.status === 200));
});

test('keys: too long or not visible is refused, not dropped', async () => {
  const long = await t1.post('/v1/invoices', invoice('key'), { key: 'k'.repeat(201) });
  assert.equal(long.status, 400, long.text);
  assert.equal(long.body.code, 'idempotency-key-long');
  const blank = await t1.post('/v1/invoices', invoice('key'), { key: 'a b' });
  assert.equal(blank.body.code, 'idempotency-key-form');
  assert.equal((await t1.post('/v1/invoices', invoice('key'), { key: 'k'.repeat(200) })).status, 201);
});

test("G03.4 T1 asks for T2's invoice: 404 as for none, and the attempt is in the security log", async () => {
  const t2 = await Client.signIn(server.url, 'T2');
  const own = await t2.post('/v1/invoices', { ...invoice('t2'), kind: 'ordinary', buyer: { tax_id: parties.T3, name: '远帆纺织进出口有限公司' },
    lines: [{ ...invoice('t2').lines[0], rate: '0.01' }] });
  assert.equal(own.status, 201, own.text);
  const foreign = await t1.get(`/v1/invoices/${own.body.number}`);
  const none = await t1.get('/v1/invoices/26332000999999999999');
  assert.equal(foreign.status, 404);
  assert.equal(none.status, 404);
  for (const r of [foreign, none]) delete r.body.trace;
  assert.deepEqual(foreign.body, none.body, 'existence is not told');
  const receipt = await t1.get(`/v1/receipts/${own.body.receipt.id}`), noReceipt = await t1.get('/v1/receipts/1');
  for (const r of [receipt, noReceipt]) delete r.body.trace;
  assert.deepEqual(receipt.body, noReceipt.body);
  const security = await Client.signIn(server.url, O2);
  const log = await security.get('/v1/security/events?event=foreign-read');
  assert.equal(log.status, 200, log.text);
  const seen = log.body.events.filter((e) => e.operation === 'invoice.show' || e.operation === 'invoice.get');
  assert.ok(seen.length >= 1, log.text);
  assert.equal(seen[0].person, '周海川');
  assert.ok(!log.text.includes(own.body.number) && seen[0].at && seen[0].client, log.text);
});

test('G03.3 the security log is for the post `security` alone; reading it is an event', async () => {
  const o1 = await Client.signIn(server.url, 'O1');
  assert.equal((await o1.get('/v1/security/events')).status, 403);
  assert.equal((await t1.get('/v1/security/events')).status, 403);
  assert.equal((await open.get('/v1/security/events')).status, 401);
  const security = await Client.signIn(server.url, O2);
  const log = await security.get('/v1/security/events');
  assert.ok(log.body.events.some((e) => e.event === 'officers-only' && e.person === '赵老师'), log.text);
  assert.ok(log.body.events.some((e) => e.event === 'security-log-read' && e.person === '钱老师'), log.text);
});

test('A04.15 an officer names his purpose, once a request is recorded, and the subject sees it', async () => {
  const o1 = await Client.signIn(server.url, 'O1');
  const mine = await t1.post('/v1/invoices', invoice('seen'));
  const blind = await o1.get(`/v1/invoices/${mine.body.number}`);
  assert.equal(blind.status, 403);
  assert.equal(blind.body.code, 'purpose-missing');
  const before = (await t1.get('/v1/access')).body.readings.length;
  const r = await o1.get(`/v1/invoices/${mine.body.number}`, { headers: { 'etax-purpose': encodeURIComponent('核实退税申请') } });
  assert.equal(r.status, 200, r.text);
  const ledger = await t1.get('/v1/access');
  assert.equal(ledger.status, 200, ledger.text);
  assert.equal(ledger.body.readings.length, before + 1);
  const { at, ...line } = ledger.body.readings[0];
  assert.deepEqual(line, { person: '赵老师', office: '13301060000', by: 'officer', officer: true, what: 'invoice', purpose: '核实退税申请' });
  const t3 = await Client.signIn(server.url, 'T3');
  assert.ok(!(await t3.get('/v1/access')).text.includes('核实退税申请'));
});

test('A04.15 what agents read under a mandate is on record too', async () => {
  await t1.post('/v1/mandates', { agent: parties.T5, scopes: ['registry.read'], until: '2099-12-31' });
  const t5 = await Client.signIn(server.url, 'T5');
  assert.equal((await t5.as('T1').get('/v1/registration')).status, 200);
  const { readings } = (await t1.get('/v1/access')).body;
  assert.ok(readings.some((r) => r.by === 'agent' && r.what === 'registration' && r.person === '郑衡'), JSON.stringify(readings));
});

test('fsck is clean after all that', async () => {
  const fsck = await server.fsck();
  assert.equal(fsck.code, 0, fsck.output);
});
