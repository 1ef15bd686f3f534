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
