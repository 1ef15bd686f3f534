// What people and programs try who mean no good, or who have a bug: each gets a clear problem in both languages, nothing of the
// inside is told, and the server lives on. (G02.5 A09.e A10.e)
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { Client, parties } from '../lib/client.mjs';
import { invoiceBody, purchaseXml } from '../lib/main_job.mjs';
import { Server } from '../lib/server.mjs';

let server, t1, t2, open;
before(async () => {
  server = await Server.start();
  t1 = await Client.signIn(server.url, 'T1');
  t2 = await Client.signIn(server.url, 'T2');
  open = new Client(server.url);
});
after(() => server.close());
afterEach(async () => {
  assert.equal(server.process.exitCode, null, server.output);
  assert.equal((await open.get('/healthz')).status, 200, 'the server is alive');
});

const buyer = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
const good = () => invoiceBody({ ref: 'adversary', buyer, net: '1.00' });
const inside = /\/(work|home|root|usr|var|tmp)\/|\.[ch]:\d|sqlite|postgres|SELECT |INSERT |malloc|stack|0x[0-9a-f]{8}/i;

/** RFC 9457 with a code, in Chinese or English as asked, and nothing of the inside. */
function isProblem(answer, status, language = 'zh') {
  const wanted = [status].flat();
  assert.ok(wanted.includes(answer.status), `wanted ${wanted}, got ${answer.status}: ${answer.text.slice(0, 400)}`);
  assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
  const p = answer.body;
  assert.equal(p.status, answer.status);
  assert.match(p.code, /^[a-z0-9-]+$/);
  assert.ok(p.title && p.detail && p.trace);
  assert.doesNotMatch(answer.text, inside);
  if (language === 'en') assert.doesNotMatch(p.detail.replace(/“[^”]*”/g, ''), /[\u3400-\u9fff]/);
  else assert.match(p.detail, /[\u3400-\u9fff]/);
  for (const e of p.errors || []) assert.ok(typeof e.pointer === 'string' && e.code && e.detail);
  return p;
}

/** The same call in both languages. */
async function refused(client, method, path, body, status, options = {}) {
  const zh = await client.call(method, path, body, options);
  const en = await client.call(method, path, body, { ...options, headers: { ...options.headers, 'accept-language': 'en' } });
  isProblem(en, status, 'en');
  return isProblem(zh, status);
}

/** Bytes as they are; what came back when the server closed or `ms` passed. */
function raw(bytes, ms = 2000) {
  return new Promise((resolve) => {
    let heard = Buffer.alloc(0);
    const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes));
    const done = () => { clearTimeout(timer); socket.destroy(); resolve(heard.toString('utf8')); };
    const timer = setTimeout(done, ms);
    socket.on('data', (c) => { heard = Buffer.concat([heard, c]); });
    socket.on('close', done);
    socket.on('error', done);
  });
}

test('bodies that are too long are 413, declared or chunked', async () => {
  const long = JSON.stringify({ ...good(), remark: 'x'.repeat(3_000_000) });
  await refused(t1, 'POST', '/v1/invoices', long, 413);
  const chunked = await raw(`POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`
    + `20000\r\n${' '.repeat(0x20000)}\r\n0\r\n\r\n`);
  assert.match(chunked, /^HTTP\/1\.1 413 /);
  assert.match(chunked, /application\/problem\+json/);
  const expecting = await raw('POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n');
  assert.match(expecting, /^HTTP\/1\.1 413 /);
  await refused(t1, 'POST', '/v1/purchases/import', `<a>${'x'.repeat(5_000_000)}</a>`, 413, { type: 'application/xml' });
});

test('a body far too long gets its 413 too, not a broken connection (G02.5)', async () => {
  for (const megabytes of [8.5, 12, 20]) {
    const long = 'x'.repeat(megabytes * 1_000_000);
    for (const path of ['/v1/invoices', '/v1/purchases/import', '/v1/sessions', '/v1/nope'])
      isProblem(await t1.call('POST', path, long), 413);
  }
  const pieces = new ReadableStream({ n: 0, pull(c) { return this.n++ < 400 ? c.enqueue(new Uint8Array(64 * 1024)) : c.close(); } });
  const chunked = await fetch(`${server.url}/v1/invoices`, { method: 'POST', body: pieces, duplex: 'half', headers: { 'content-type': 'application/json' } });
  assert.equal(chunked.status, 413);
  assert.equal((await chunked.json()).status, 413);
});

test('JSON that is no JSON, or no JSON for us', async () => {
  const bad = ['', '{', '[', '"', '{"a":1,}', "{'a':1}", 'nul', '\u0000', '{"kind":"special","kind":"ordinary"}', '{"a":1.5}', '{"a":1e400}',
    '{"a":99999999999999999999}', '{"a":NaN}', '[]', '"text"', '7', 'null', 'true', '{"a":"\\ud800"}', '{"a":"\\u0000"}', '\ufeff{}', '{}{}', '{} x'];
  for (const text of bad) await refused(t1, 'POST', '/v1/invoices', text || ' ', [400, 422]);
  const bytes = [[0x22, 0xff, 0x22], [0xff, 0xfe, 0x7b, 0], [0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d], [0x7b, 0x7d, 0, 0x78],
    [...Buffer.from('{"remark":"'), 0xed, 0xa0, 0x80, ...Buffer.from('"}')], [...Buffer.from('{"x":"b\\'), 0xdf, 0xa3]];
  for (const b of bytes) await refused(t1, 'POST', '/v1/invoices', Uint8Array.from(b), [400, 422]);
});

test('10^6 items and deep nesting', async () => {
  const many = `{"numbers":[${'0,'.repeat(999_999)}0]}`;
  await refused(t1, 'POST', '/v1/input-credits', many, 413);
  const lines = JSON.stringify({ ...good(), lines: Array.from({ length: 12_000 }, () => 0) });
  await refused(t1, 'POST', '/v1/invoices', lines, [413, 422]);
  for (const depth of [31, 33, 100, 20_000]) {
    await refused(t1, 'POST', '/v1/invoices', '['.repeat(depth) + ']'.repeat(depth), [400, 422]);
    await refused(t1, 'POST', '/v1/invoices', '{"lines":'.repeat(Math.min(depth, 6000)), [400, 422]);
  }
});

test('every wrong type of every member is a fault at its place, all at once', async () => {
  const p = await refused(t1, 'POST', '/v1/invoices', { kind: 7, seller_ref: [], buyer: 'T3', lines: [{ tax_code: {}, name: 1, quantity: 1.0, price: [], rate: true, price_includes_tax: 'perhaps' }, 5], remark: {}, _x: 1, no_such: 2 }, 422);
  const at = new Set(p.errors.map((e) => e.pointer));
  for (const pointer of ['/kind', '/seller_ref', '/buyer', '/lines/0/tax_code', '/lines/0/name', '/lines/0/price', '/lines/0/rate', '/lines/0/price_includes_tax', '/lines/1', '/remark', '/_x', '/no_such'])
    assert.ok(at.has(pointer), `${pointer} of ${[...at]}`);
});

test('numbers with a fraction, an exponent or too many digits hide no other fault (G02.5)', async () => {
  const text = JSON.stringify({ ...good(), kind: 'red', no_such: 2 }).replace(/"rate":"[^"]*"/, '"rate":0.13').replace(/"quantity":"[^"]*"/, '"quantity":1e3').replace('"no_such":2', '"no_such":99999999999999999999');
  const p = await refused(t1, 'POST', '/v1/invoices', text, 422);
  const got = p.errors.map((e) => `${e.pointer} ${e.code}`);
  for (const one of ['/kind choice', '/lines/0/rate type', '/lines/0/quantity type', '/no_such unknown-field']) assert.ok(got.includes(one), `${one} of ${got}`);
  const kept = await refused(t1, 'POST', '/v1/invoices/drafts', '{"content":{"lines":[{"rate":0.13}]}}', 422);
  assert.deepEqual(kept.errors.map((e) => `${e.pointer} ${e.code}`), ['/content/lines/0/rate type']);
});

test('amounts: negative, huge, with exponents, with commas, as numbers', async () => {
  for (const price of ['-1.00', '0', '0.00', '99999999999999.99', '1e5', '1,000.00', '１.００', 'NaN', '0x10', ' ', '+1', '1.', '1'.repeat(5000), 1, null, true]) {
    const body = good();
    body.lines[0].price = price;
    await refused(t1, 'POST', '/v1/invoices', body, 422);
  }
  for (const quantity of ['-1', '0', '9999999999999999', '1e3', '1/2']) {
    const body = good();
    body.lines[0].quantity = quantity;
    await refused(t1, 'POST', '/v1/invoices', body, [409, 422]);
  }
  for (const rate of ['1.3', '-0.13', '0.131', '13', 'x', '1000%']) {
    const body = good();
    body.lines[0].rate = rate;
    await refused(t1, 'POST', '/v1/invoices', body, 422);
  }
});

test('dates 0000 and 9999, and days that are not', async () => {
  const number = '26332000000000000001';
  for (const date of ['0000-00-00', '0000-01-01', '9999-12-31', '2026-02-30', '2026-13-01', '26-1-1', '2026-01-01T00:00:00Z', '%00', '2026-01-01%0ax'])
    await refused(open, 'GET', `/v1/verify/invoices/${number}?date=${date}`, undefined, 400);
  for (const period of ['0000-01', '9999-12', '2026-13', '2026Q5', '2026-1', '%20'])
    await refused(t1, 'POST', '/v1/input-credits', { period: decodeURIComponent(period), numbers: [number] }, 422);
  for (const now of ['0000-01-01T00:00:00Z', '9999-12-31T00:00:00Z', '2026-12-25', 'now', '2026-12-25T25:00:00+08:00'])
    await refused(open, 'POST', '/v1/sandbox/clock', { now }, 422, { key: null });
});

test('hidden and broken characters in texts', async () => {
  for (const remark of ['a\u0001b', 'a\u007fb', 'a\u0085b', 'a\u202eb', 'a\u2066b', 'a\ufffeb']) {
    const p = await refused(t1, 'POST', '/v1/invoices', { ...good(), remark }, 422);
    assert.deepEqual(p.errors.map((e) => e.pointer), ['/remark']);
  }
  for (const query of ['total=%ff', 'total=%ed%a0%80', 'total=%00', 'total=1&total', 'no_such=1', '%', '%zz=1', 'date', '&&&', '_csrf=%ff'])
    assert.ok([200, 400].includes((await open.get(`/v1/verify/invoices/26332000000000000001?${query}`)).status), query);
  await refused(open, 'GET', '/v1/verify/invoices/26332000000000000001?no_such=1', undefined, 400);
});

test('headers that become data: key, purpose, identity, token', async () => {
  const send = (headers) => raw(Buffer.concat([Buffer.from(`POST /v1/invoices HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\nAuthorization: Bearer ${t1.token}\r\n${'Content-Length: 2\r\n'}`),
    ...headers, Buffer.from('\r\n\r\n{}')]));
  const header = (name, bytes) => [Buffer.from(name + ': '), Buffer.from(bytes)];
  for (const bytes of [[0xff, 0xfe], [0xed, 0xa0, 0x80], [0x61, 0x09, 0x62], Buffer.alloc(201, 'k')]) {
    const heard = await send(header('Idempotency-Key', bytes));
    assert.match(heard, /^HTTP\/1\.1 400 /, heard.slice(0, 200));
    assert.match(heard, /idempotency-key/);
  }
  for (const [name, bytes] of [['Etax-Acting-For', [0xff, 0xff]], ['Etax-Purpose', [0xff]], ['Accept-Language', [0xff, 0x65, 0x6e]], ['Cookie', [0xff, 0x3d, 0x3b, 0x3b]], ['X-Real-IP', [0xff]]]) {
    const heard = await send(header(name, bytes));
    assert.match(heard, /^HTTP\/1\.1 4\d\d /, `${name}: ${heard.slice(0, 200)}`);
    assert.match(heard, /application\/problem\+json/);
  }
  for (const authorization of ['Bearer ', 'Bearer x', 'Bearer ' + 'f'.repeat(64), 'Basic dDE6c2FuZGJveA==', 'Bearer ' + 'a'.repeat(5000), 'bearer', 'Bearer \u00e9'])
    isProblem(await open.get('/v1/obligations', { headers: { authorization } }), 401);
});

test('huge heads: 414 and 431 in words, and the connection is given back', async () => {
  const target = await raw(`GET /v1/${'a'.repeat(4000)} HTTP/1.1\r\nHost: a\r\n\r\n`);
  assert.match(target, /^HTTP\/1\.1 414 /, target.slice(0, 100));
  const many = await raw(`GET /healthz HTTP/1.1\r\nHost: a\r\n${Array.from({ length: 300 }, (_, i) => `X-${i}: y`).join('\r\n')}\r\n\r\n`);
  assert.match(many, /^HTTP\/1\.1 431 /, many.slice(0, 100));
  const wide = await raw(`GET /healthz HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`);
  assert.ok(wide === '' || /^HTTP\/1\.1 (400|413|431) /.test(wide), wide.slice(0, 100));
});

test('methods: unknown ones, HEAD, OPTIONS, TRACE', async () => {
  for (const [method, status] of [['OPTIONS', 405], ['BREW', 501], ['get', 501]]) {
    const heard = await raw(`${method} /v1/obligations HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    assert.match(heard, new RegExp(`^HTTP/1\\.1 ${status} `), heard.slice(0, 100));
    assert.match(heard, /application\/problem\+json/);
  }
  assert.match(await raw('TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Secret: s3cret\r\n\r\n'), /^HTTP\/1\.1 405 (?![\s\S]*s3cret)/);
  const get = await open.get('/healthz'), head = await open.call('HEAD', '/healthz');
  assert.equal(head.status, get.status);
  assert.equal(head.text, '');
  assert.equal(head.headers.get('content-type'), get.headers.get('content-type'));
  isProblem(await open.call('PUT', '/v1/invoices', {}, {}), 405);
  isProblem(await t1.call('DELETE', '/v1/invoices/26332000000000000001'), 405);
  const allow = (await open.call('PATCH', '/v1/invoices', {})).headers.get('allow');
  assert.match(allow, /GET/);
  assert.match(allow, /POST/);
});

test('path tricks lead nowhere', async () => {
  for (const path of ['/v1/%2e%2e/healthz', '/v1/..%2fhealthz', '/v1//obligations', '//v1/obligations', '/v1/obligations/', '/v1/obligations%00', '/v1/obligations%0d%0aX:1',
    '/V1/obligations', '/v1/./obligations', '/v1/obligations;x=1', '/v1/obligations%2f', '/v1', '/v1/', '/log/../healthz', '/static/x/..%2f..%2fetc%2fpasswd',
    '/static/..%2f..%2fkeys/log.ed25519', '/%ff', '/v1/invoices/%c0%ae', '/v1/returns/vat/..%2f..', '/log/tile/0/..%2f001', '/v1/receipts/-1', '/v1/receipts/9223372036854775808']) {
    const r = await raw(`GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${t1.token}\r\nConnection: close\r\n\r\n`);
    assert.match(r, /^HTTP\/1\.1 (400|404|303) /, `${path}: ${r.slice(0, 200)}`);
    assert.doesNotMatch(r, /root:|\r\nX:1/);
  }
  for (const target of ['http://evil.example/v1/obligations', '*', 'evil.example:443', '../etc/passwd', '']) {
    const r = await raw(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    assert.ok(r === '' || /^HTTP\/1\.[01] [45]\d\d /.test(r), `${target}: ${r.slice(0, 100)}`);
  }
});

test('Content-Type confusion', async () => {
  const body = JSON.stringify(good());
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonx', 'text/json', 'application/xml', 'application/json-patch+json', ''])
    await refused(t1, 'POST', '/v1/invoices', body, 415, { type: type || ' ' });
  assert.equal((await t1.call('POST', '/v1/invoices', body, { type: 'Application/JSON; charset=utf-8' })).status, 201);
  const xml = purchaseXml({ number: '26312000000000009999', buyer: parties.T1, buyerName: '海川精密机械有限公司', net: '1.00', tax: '0.13', issued: '2026-11-20 09:00:00' });
  await refused(t1, 'POST', '/v1/purchases/import', xml, 415, { type: 'application/json' });
  await refused(t1, 'POST', '/v1/purchases/import', xml, 415, { type: 'application/x-www-form-urlencoded' });
  assert.equal((await t1.call('POST', '/v1/purchases/import', xml, { type: 'text/xml; charset=utf-8' })).status, 201);
});

test('XML that bites: entities, DTDs, other encodings, nesting; a replay of bytes that are no UTF-8', async () => {
  const xml = (number) => purchaseXml({ number, buyer: parties.T1, buyerName: '海川精密机械有限公司', net: '1.00', tax: '0.13', issued: '2026-11-20 09:00:00' });
  const type = 'application/xml';
  for (const text of ['', ' ', '<a>', 'PK\u0003\u0004', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', '<a>'.repeat(10_000), '<?xml version="1.0" encoding="utf-7"?><a/>',
    xml('26312000000000009998').replace('<Drawer>', '<Drawer>\u0001'), xml('2631200000000000999'), xml('26312000000000009998').replaceAll('2026-11-20 09', '0000-00-00 09')])
    isProblem(await t1.call('POST', '/v1/purchases/import', text || ' ', { type }), [400, 415, 422]);
  const latin = Buffer.from(xml('26312000000000009997').replace('UTF-8', 'ISO-8859-1').replace(/[^\x00-\x7f]/g, 'e').replace('<Drawer>', '<Drawer>\u00e9'), 'latin1');
  const first = await t1.call('POST', '/v1/purchases/import', latin, { type, key: 'latin' });
  assert.equal(first.status, 201, first.text);
  const again = await t1.call('POST', '/v1/purchases/import', latin, { type, key: 'latin' });
  assert.equal(again.headers.get('idempotency-replayed'), 'true', again.text);
  assert.equal(again.text, first.text);
  const other = await t1.call('POST', '/v1/purchases/import', xml('26312000000000009996'), { type, key: 'latin' });
  assert.deepEqual(isProblem(other, 409).errors.map((e) => e.pointer), ['/xml']);
});

test('Range and Accept: the whole, as JSON', async () => {
  for (const headers of [{ range: 'bytes=0-1' }, { range: 'bytes=5-1' }, { range: 'lines=1' }, { accept: 'text/html' }, { accept: 'image/png' }, { accept: '*/*;q=0' }, { accept: ',,,;q=x' }, { 'accept-encoding': 'br;q=1, gzip;q=0' }]) {
    const r = await open.get('/v1/verify/invoices/26332000000000000001', { headers });
    assert.equal(r.status, 200);
    assert.match(r.headers.get('content-type'), /^application\/json/);
  }
});

test('half a request, slowly, holds nobody up; a body that stops is dropped', async () => {
  const slow = Array.from({ length: 200 }, () => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write('POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{'));
    socket.on('error', () => {});
    return socket;
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const started = Date.now();
  for (let i = 0; i < 20; i++) assert.equal((await t1.get('/v1/obligations')).status, 200);
  assert.ok(Date.now() - started < 8000, 'others are served');
  for (const s of slow) s.destroy();
});

test('pipelined requests are answered in order, and one cut in two is one', async () => {
  const one = (path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
  const heard = await raw(one('/healthz') + one('/v1/no-such') + one('/healthz') + `GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  assert.deepEqual([...heard.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((m) => m[1]), ['200', '404', '200', '200']);
  const smuggled = await raw('POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 50\r\nContent-Type: application/json\r\n\r\n{}\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.ok(!/HTTP\/1\.1 200/.test(smuggled), smuggled.slice(0, 200));
});

test("another's data: 404 as if it were not there; tokens of no one, of yesterday, of less", async () => {
  const mine = await t1.post('/v1/invoices', good());
  assert.equal(mine.status, 201, mine.text);
  const { number, receipt } = mine.body;
  const foreign = await t2.get(`/v1/invoices/${number}`), nothing = await t2.get('/v1/invoices/26332999999999999999');
  isProblem(foreign, 404);
  isProblem(nothing, 404);
  assert.equal(foreign.body.code, nothing.body.code, 'the two look alike');
  assert.equal(foreign.body.detail, nothing.body.detail);
  const theirs = await t2.get(receipt.href), none = await t2.get('/v1/receipts/1');
  isProblem(theirs, 404);
  assert.equal(theirs.body.detail, none.body.detail, 'receipts too');
  isProblem(await t2.as('T1').get('/v1/obligations'), [403, 404]);
  isProblem(await t2.as('91330100MA2H000143').get('/v1/obligations'), [400, 403, 404, 422]);
  for (const account of [parties.T1, '91330100MA2H000143', 'x', ''])
    isProblem(await open.post('/v1/sessions', { account, password: 'wrong' }, { key: null }), [401, 422, 429]);
});

test('a narrow token stays narrow, and a revoked one is dead', async () => {
  const made = await t1.post('/v1/tokens', { name: 'reader', scopes: ['invoice.read'], days: 1 });
  assert.ok([200, 201].includes(made.status), made.text);
  const reader = new Client(server.url, { token: made.body.token });
  isProblem(await reader.post('/v1/invoices', good()), 403);
  isProblem(await reader.post('/v1/tokens', { name: 'wider', scopes: ['invoice.issue'], days: 1 }), [403, 422]);
  isProblem(await reader.post('/v1/tokens', { name: 'all', scopes: ['*'], days: 1 }), [403, 422]);
  isProblem(await reader.post('/v1/mandates', { agent: parties.T5, scopes: ['invoice.issue'], until: '2027-12-31' }), 403);
  const end = await t1.post(`/v1/tokens/${made.body.id}/revocation`, {});
  assert.equal(end.status, 200, end.text);
  isProblem(await reader.get('/v1/invoices'), 401);
});

test('an expired token is no token', async () => {
  const made = await t1.post('/v1/tokens', { name: 'short', scopes: ['invoice.read'], days: 1 });
  const reader = new Client(server.url, { token: made.body.token });
  assert.equal((await reader.get('/v1/invoices')).status, 200);
  const now = new Date((await open.get('/healthz')).body.now);
  const at = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, '+00:00');
  await open.post('/v1/sandbox/clock', { now: at(now.getTime() + 2 * 86_400_000) }, { key: null });
  isProblem(await reader.get('/v1/invoices'), 401);
  isProblem(await t1.get('/v1/invoices'), 401);
  await open.post('/v1/sandbox/clock', { now: at(now.getTime()) }, { key: null });
});

test('nothing was harmed: fsck', async () => {
  const fsck = await server.fsck();
  assert.equal(fsck.code, 0, fsck.output);
});
