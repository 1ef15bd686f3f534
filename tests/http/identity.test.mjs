// Who is who: sandbox accounts, refusals that tell nothing, throttling, tokens, mandates between parties, own and public data.
// G01, A04.e 1, 2, 5; issue §5.4 (foreign data is not there).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, parties } from '../lib/client.mjs';
import { Server } from '../lib/server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(() => server.close());

test('every sandbox party signs in; firms act through their legal representative', async () => {
  for (const key of ['T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'P1', 'P2', 'O1']) {
    const c = await Client.signIn(server.url, key);
    const r = await c.get('/v1/identity');
    assert.equal(r.status, 200, key);
    const current = r.body.subjects.filter((s) => s.current);
    assert.deepEqual(current.map((s) => s.id), [parties[key]], key);
  }
});

test('a wrong password and an unknown account get the same answer', async () => {
  const c = new Client(server.url);
  const wrong = await c.post('/v1/sessions', { account: parties.T4, password: 'nonsense' });
  const unknown = await c.post('/v1/sessions', { account: '91330100MA2H00999X', password: 'nonsense' });
  assert.equal(wrong.status, 401);
  assert.ok([401, 400, 422].includes(unknown.status));
  if (unknown.status === 401) {
    delete wrong.body.trace;
    delete unknown.body.trace;
    assert.deepEqual(wrong.body, unknown.body);
  }
});

test('guessing is slowed down, and the right password is not a way around it at once', async () => {
  const own = await Server.start();
  try {
    const c = new Client(own.url);
    let limited = null;
    for (let i = 0; i < 40 && !limited; i++) {
      const r = await c.post('/v1/sessions', { account: parties.T6, password: 'guess' + i });
      if (r.status === 429) limited = r;
      else assert.equal(r.status, 401, r.text);
    }
    assert.ok(limited, '40 guesses without a limit');
    assert.match(limited.headers.get('content-type'), /problem\+json/);
  } finally {
    await own.close();
  }
});

test('all faults of the input at once, each at its field', async () => {
  const r = await new Client(server.url).post('/v1/sessions', { account: 12, passwrd: 'x' });
  assert.equal(r.status, 422);
  assert.deepEqual(r.body.errors.map((e) => e.pointer).sort(), ['/account', '/password', '/passwrd']);
});

test('bodies that are no JSON object, or too much of it', async () => {
  const c = new Client(server.url);
  for (const [body, statuses] of [['', [400, 422]], ['[', [400, 422]], ['[]', [400, 422]], ['"x"', [400, 422]], ['{"account":"a","account":"b","password":"c"}', [400, 422]],
    ['{"account":"\\ud800","password":"c"}', [400, 422]], [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), [400, 422]],
    ['['.repeat(100000), [400, 413, 422]], [JSON.stringify({ account: 'a'.repeat(100_000), password: 'b' }), [400, 413, 422]],
    ['x'.repeat(5_000_000), [413, 400]]]) {
    const r = await c.post('/v1/sessions', body);
    assert.ok(statuses.includes(r.status), `${String(body).slice(0, 40)}: ${r.status} ${r.text.slice(0, 200)}`);
  }
  const xml = await c.post('/v1/sessions', '<a/>', { type: 'application/xml' });
  assert.equal(xml.status, 415, xml.text);
  assert.equal((await c.get('/healthz')).status, 200);
});

test('without a token: 401; with a bent one: 401', async () => {
  assert.equal((await new Client(server.url).get('/v1/registration')).status, 401);
  const c = await Client.signIn(server.url, 'T1');
  for (const token of [c.token.slice(0, -2), c.token + 'x', 'a', 'x'.repeat(5000)])
    assert.ok([400, 401, 431].includes((await new Client(server.url, { token }).get('/v1/registration')).status));
});

test('acting for a firm that gave no mandate is refused and tells nothing', async () => {
  const t1 = await Client.signIn(server.url, 'T1');
  const r = await t1.as('T2').get('/v1/registration');
  assert.ok([401, 403, 404].includes(r.status), r.text);
  assert.ok(!r.text.includes('小满面包房'));
  const p1 = await Client.signIn(server.url, 'P1');
  const own = await p1.as('T1').get('/v1/registration');
  assert.equal(own.status, 200, 'P1 is tax clerk of T1: ' + own.text);
});

test('A04.e1: every field of the registration names its source', async () => {
  const t1 = await Client.signIn(server.url, 'T1');
  const r = await t1.get('/v1/registration');
  assert.equal(r.status, 200);
  assert.equal(r.body.uscc, parties.T1);
  assert.ok(r.body.fields.length >= 3);
  for (const f of r.body.fields) assert.ok(f.source && f.title && (f.since || !f.value), JSON.stringify(f));
});

test('A04.e5: the public check of a firm: found and signed, wrong check digit explained, unknown', async () => {
  const c = new Client(server.url);
  const good = await c.get(`/v1/public/taxpayers/${parties.T1}`);
  assert.equal(good.status, 200);
  assert.equal(good.body.answer.name, '海川精密机械有限公司');
  assert.ok(good.body.signature.value);
  const bent = await c.get('/v1/public/taxpayers/91330100MA2H000143');
  assert.equal(bent.status, 400);
  assert.match(bent.body.errors[0].detail, /第 18 位应为 2/);
  assert.equal((await c.get('/v1/public/taxpayers/91330100MA2H001006')).status >= 400, true);
});

test('English on request', async () => {
  const r = await new Client(server.url, { language: 'en' }).get('/v1/registration');
  assert.equal(r.status, 401);
  assert.equal(typeof r.body.detail, 'string');
});
