// Receipts witnessed: two witnesses of their own, one stopped, one that lies, and a split view. (A05.e8 A05.16)
import assert from 'node:assert/strict';
import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { runEtaxd, Server } from '../lib/server.mjs';
import { Witness } from '../lib/witness.mjs';

let server, t1, open, keys, first, second, liar, file, lied = 0;
const refs = { n: 0 };
const issue = async () => (await t1.post('/v1/invoices', invoiceBody({ ref: `w${refs.n++}`, buyer: { tax_id: parties.T3, name: '远帆纺织进出口有限公司' }, net: '1.00' }))).body;
const seen = (id) => t1.get(`/v1/receipts/${id}`);
const witnessed = (id, n) => eventually(() => seen(id), (r) => r.body.witnesses === n, 20_000);
const proof = async (id) => {
  const r = await t1.get(`/v1/receipts/${id}.tlog-proof`), at = path.join(server.data, 'r.tlog-proof');
  writeFileSync(at, r.text);
  return at;
};
const verify = (at, ...witnesses) => runEtaxd(['receipt', 'verify', at, '--key', path.join(server.data, 'log.key'), ...witnesses.flatMap((w) => ['--witness', w.key])]);

before(async () => {
  server = await Server.start();
  open = new Client(server.url);
  keys = (await open.get('/log/key')).text;
  writeFileSync(path.join(server.data, 'log.key'), keys);
  first = await Witness.start('witness.example/a', keys);
  second = await Witness.start('witness.example/b', keys);
  // Says that it stands far ahead; its key is the first's, so that the file is good.
  liar = createServer((q, r) => { lied++; q.resume(); r.writeHead(409, { 'Content-Type': 'text/x.tlog.size' }).end('1000000000\n'); });
  await new Promise((done) => liar.listen(0, '127.0.0.1', done));
  file = path.join(server.data, 'witnesses');
  writeFileSync(file, `# the two, and one that lies\n${first.line}\n${second.line}http://127.0.0.1:${liar.address().port} ${first.key}\n`);
  await server.stop();
  server.options.args = ['--witnesses', file];
  await server.launch();
  t1 = await Client.signIn(server.url, 'T1');
  open = new Client(server.url);
});
after(async () => {
  liar.close();
  await Promise.all([first.close(), second.close()]);
  await server.close();
});

test('a receipt is witnessed by two within seconds, and proves it offline; the liar is not believed', async () => {
  const { receipt } = await issue();
  await witnessed(receipt.id, 2);
  const at = await proof(receipt.id), good = await verify(at, first, second);
  assert.equal(good.code, 0, good.output);
  const size = (await seen(receipt.id)).body.witnessed_size;
  assert.match(good.stdout, new RegExp(`^included in log at size ${size}, witnessed by 2$`, 'm'));
  assert.match((await verify(at, first, first)).stdout, /witnessed by 1$/m, 'one key given twice counts once');
  assert.ok(lied > 0);
  // The newest checkpoint may be a moment younger than the receipt's: a job of the bureau's own has acted.
  await eventually(() => open.get('/log/checkpoint'), (r) => ['a', 'b'].every((who) => r.text.includes(`\u2014 witness.example/${who} `)), 20_000);
  // One byte of the second's line changed: it is named.
  const text = readFileSync(at, 'utf8');
  writeFileSync(at, text.replace(/(\u2014 witness\.example\/b .{30})(.)/, (m, head, c) => head + (c === 'A' ? 'B' : 'A')));
  const bad = await verify(at, first, second);
  assert.equal(bad.code, 1);
  assert.match(bad.stdout, /FAILED witness: the cosignature of witness\.example\/b is wrong/);
  const without = await verify(at, first);
  assert.match(without.stdout, /witnessed by 1$/m, 'who does not ask for b is not refused for it');
  assert.match(without.stdout, /^\d signature lines? not checked: no key for .*witness\.example\/b/m);
});

test('the page of the log shows the cosignatures', async () => {
  const { receipt } = await issue();
  await witnessed(receipt.id, 2);
  const browser = await fetch(`${server.url}/log`, { headers: { Accept: 'text/html' } });
  assert.match(await browser.text(), /witness\.example\/b/);
});

test('the key is kept with mode 0600, the state survives a kill', async () => {
  assert.equal(statSync(path.join(first.data, 'witness.ed25519')).mode & 0o777, 0o600);
  const key = first.key;
  await first.stop('SIGKILL');
  await first.launch();
  assert.equal(first.key, key);
  const { receipt } = await issue();
  await witnessed(receipt.id, 2);
});

test('a split view is refused: another root of the same size, a tree that does not go on', async () => {
  // The log's own key signs another history: what a log that lies would send.
  const seed = readFileSync(path.join(server.data, 'keys/log.ed25519'));
  const key = createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]), format: 'der', type: 'pkcs8' });
  const [origin, id] = keys.split('\n')[0].split('+');
  const note = (size) => {
    const text = `${origin}\n${size}\n${Buffer.alloc(32, 7).toString('base64')}\n`;
    return `${text}\n\u2014 ${origin} ${Buffer.concat([Buffer.from(id, 'hex'), sign(null, Buffer.from(text), key)]).toString('base64')}\n`;
  };
  const now = Number((await first.post(`old 0\n\n${note(5)}`).then(async (r) => { assert.equal(r.status, 409); assert.equal(r.headers.get('content-type'), 'text/x.tlog.size'); return r.text(); })));
  assert.ok(now > 0);
  assert.equal((await first.post(`old ${now}\n\n${note(now)}`)).status, 409);
  assert.equal((await first.post(`old ${now}\n${Buffer.alloc(32, 1).toString('base64')}\n\n${note(now + 1)}`)).status, 422);
  assert.equal((await first.post(`old ${now}\n\n${note(now + 1)}`)).status, 422);
  assert.equal((await first.post(`old ${now}\n\n${note(now - 1)}`)).status, 400);
  assert.equal((await first.post(`old ${now}\n\n${note(now).replace(origin, 'other.example')}`)).status, 404);
  assert.equal((await first.post(`old ${now}\n\n${note(now).replace(/(.)(.{20})\n$/, (m, c, end) => (c === 'A' ? 'B' : 'A') + end + '\n')}`)).status, 403);
  assert.equal((await first.post('nonsense')).status, 400);
  assert.equal((await first.post('x'.repeat(100_000))).status, 413);
  assert.equal((await fetch(`${first.url}/else`)).status, 404);
});

test('one stopped: issuing does not wait, receipts are witnessed by the other; it comes back', async () => {
  await second.stop();
  const from = performance.now(), { receipt } = await issue();
  assert.ok(performance.now() - from < 1000);
  await witnessed(receipt.id, 1);
  const one = await verify(await proof(receipt.id), first, second);
  assert.equal(one.code, 0, one.output);
  assert.match(one.stdout, /not cosigned by witness\.example\/b/);
  assert.match(one.stdout, /^included in log at size \d+, witnessed by 1$/m);
  await second.launch();
  await witnessed(receipt.id, 2);
  const fsck = await server.fsck();
  assert.equal(fsck.code, 0, fsck.output);
});

test('two on one directory, keys of no log: refused at the start', async () => {
  const log = path.join(server.data, 'log.key');
  const twin = await runEtaxd(['witness', '--data', first.data, '--log', log, '--name', 'witness.example/a', '--listen', '127.0.0.1:0']);
  assert.equal(twin.code, 1);
  assert.match(twin.output, /another one runs/);
  assert.equal((await runEtaxd(['witness', '--data', server.data, '--log', 'none', '--name', 'a'])).code, 2);
  assert.equal((await runEtaxd(['witness', '--data', second.data, '--log', log, '--name', 'a b'])).code, 2);
});
