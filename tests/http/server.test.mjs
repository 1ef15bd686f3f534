// The server as a process and as an HTTP peer: what it answers to anything that is no good request.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { Client } from '../lib/client.mjs';
import { Server, freePort, runEtaxd } from '../lib/server.mjs';

let server, client;
before(async () => {
  server = await Server.start();
  client = new Client(server.url);
});
after(() => server.close());

/** Bytes as they are to the server; the answer as text, when the server closed or `ms` passed. */
function raw(text, ms = 3000) {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
    const done = () => { clearTimeout(timer); socket.destroy(); resolve(heard); };
    const timer = setTimeout(done, ms);
    socket.on('data', (c) => { heard += c; if (/\r\n\r\n/.test(heard)) setTimeout(done, 50); });
    socket.on('close', done);
    socket.on('error', done);
  });
}

function problem(response, status) {
  assert.equal(response.status, status, response.text);
  assert.match(response.headers.get('content-type'), /^application\/problem\+json/);
  assert.equal(response.body.status, status);
  assert.equal(typeof response.body.code, 'string');
  assert.ok(response.body.detail.length > 0);
}

test('healthz', async () => {
  const r = await client.get('/healthz');
  assert.equal(r.status, 200);
  assert.equal(r.body.status, 'ok');
});

test('what is not there is a 404 problem, in both languages', async () => {
  problem(await client.get('/v1/no-such-thing'), 404);
  const en = await client.get('/v1/no-such-thing', { headers: { 'accept-language': 'en' } });
  problem(en, 404);
  for (const path of ['/v1/../etc/passwd', '/v1/%2e%2e/%2e%2e/etc/passwd', '/%00', '/v1/%ff%fe', '/v1/' + 'a'.repeat(3000)]) {
    const r = await client.get(path);
    assert.ok(r.status >= 400 && r.status < 500, `${path.slice(0, 40)}: ${r.status}`);
  }
});

test('another method is a 405 with Allow', async () => {
  const r = await client.post('/healthz', {});
  assert.ok([404, 405].includes(r.status), r.text);
  if (r.status === 405) assert.match(r.headers.get('allow') || '', /GET/);
});

test('a problem is JSON where JSON is spoken, a page with a title where pages are (G02.5)', async () => {
  for (const path of ['/v1', '/v1/', '/public/nope', '/channels/nope']) problem(await client.get(path, { headers: { accept: 'text/html' } }), 404);
  problem(await client.post('/healthz', {}), 405);
  for (const accept of ['application/json', 'application/problem+json', 'application/json, text/html;q=0.5'])
    problem(await client.get('/nope', { headers: { accept } }), 404);
  for (const [language, title] of [['zh', '没有查到，请核对编号或网址 – 电子税务局'], ['en', 'Nothing found – Electronic Tax Bureau']]) {
    const page = await (await fetch(server.url + '/nope', { headers: { accept: 'text/html,*/*;q=0.8', 'accept-language': language } })).text();
    const said = /<title>([^<]*)<\/title>/.exec(page)[1];
    if (language === 'zh') assert.equal(said, title);
    else assert.match(said, /^[A-Z][a-z].* – [A-Za-z ]+$/);
  }
});

test('Allow lists what the path has, HEAD with GET (G02.5)', async () => {
  for (const method of ['OPTIONS', 'PATCH', 'DELETE'])
    for (const [path, allow] of [['/v1/invoices', 'GET, HEAD, POST'], ['/v1/sandbox/clock', 'POST'], ['/healthz', 'GET, HEAD'], ['/login', 'GET, HEAD, POST']]) {
      const r = await client.call(method, path);
      assert.deepEqual([path, r.status, r.headers.get('allow')], [path, 405, allow]);
    }
  problem(await client.call('OPTIONS', '/v1/nope'), 404);
});

test('the language is the one that is wanted most, the scheme of a token knows no case (G02.5)', async () => {
  for (const [accept, english] of [['EN', true], ['en;q=0.1,zh;q=0.9', false], ['zh;q=0,en', true], ['zh-CN,en;q=0.5', false]]) {
    const r = await client.get('/v1/nope', { headers: { 'accept-language': accept } });
    assert.equal(/^[\x20-\x7e]+$/.test(r.body.detail), english, `${accept}: ${r.body.detail}`);
  }
  const t1 = await Client.signIn(server.url, 'T1');
  for (const scheme of ['bearer', 'BEARER', 'Bearer'])
    assert.equal((await client.get('/v1/obligations', { headers: { authorization: `${scheme} ${t1.token}` } })).status, 200, scheme);
});

test('broken requests get a 4xx or a closed connection, and the server lives on', async () => {
  const long = 'x'.repeat(200_000);
  for (const text of [
    'GET / HTTP/1.1\r\n\r\n',
    'BREW /healthz HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET /healthz HTTP/9.9\r\nHost: a\r\n\r\n',
    `GET /${long} HTTP/1.1\r\nHost: a\r\n\r\n`,
    `GET /healthz HTTP/1.1\r\nHost: a\r\nX: ${long}\r\n\r\n`,
    'POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n',
    'POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
    'POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST /v1/sessions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n\r\n',
    '\0\0\0\0\r\n\r\n', '\r\n\r\n',
  ]) {
    const heard = await raw(text, 1500);
    assert.ok(heard === '' || /^HTTP\/1\.[01] [1-5]\d\d /.test(heard), heard.slice(0, 80));
    assert.ok(!/^HTTP\/1\.[01] 200/.test(heard) || text.startsWith('GET / '), `${JSON.stringify(text.slice(0, 60))} was served: ${heard.slice(0, 60)}`);
  }
  assert.equal((await client.get('/healthz')).status, 200);
});

test('only loopback and Unix sockets are listened on', async () => {
  const port = await freePort();
  const r = await Promise.race([
    runEtaxd(['serve', '--sandbox', '--listen', `0.0.0.0:${port}`, '--data', server.data + '-other']),
    new Promise((_, reject) => setTimeout(() => reject(new Error('it stayed')), 10_000).unref()),
  ]);
  assert.notEqual(r.code, 0);
});

test('SIGTERM drains and ends with 0; a second start on the same data is ready again', async () => {
  const own = await Server.start();
  assert.deepEqual(await own.stop(), { code: 0, signal: null });
  await own.launch();
  assert.equal((await new Client(own.url).get('/healthz')).status, 200);
  assert.equal((await own.stop()).code, 0);
  assert.equal((await own.fsck()).code, 0);
  await own.close();
});

test('kill -9 while starting and while idle: the data opens again', async () => {
  const own = await Server.start();
  for (let i = 0; i < 3; i++) {
    await own.kill();
    await own.launch();
  }
  assert.equal((await own.stop()).code, 0);
  const fsck = await own.fsck();
  assert.equal(fsck.code, 0, fsck.output);
  await own.close();
});
