// A machine that has nothing but the plane follows the core by itself: segments over HTTP, beside an `etaxd verify` that serves; what
// happens when the core, the network or the program between stops; how the folder stays small (A10.d).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client, eventually } from '../lib/client.mjs';
import { Server, etaxd, runEtaxd } from '../lib/server.mjs';

let server, T1, dir, key, web;
const running = [];
const store = () => ['--data', server.data, ...(server.database ? ['--db', server.database.url] : [])];

/** etaxd in the background: {output(), end()}. */
function start(...args) {
  const p = spawn(etaxd, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  for (const s of [p.stdout, p.stderr]) s.on('data', (c) => (out += c));
  const exited = new Promise((done) => p.once('exit', done));
  const one = { output: () => out, end: () => { p.kill('SIGTERM'); return exited; } };
  running.push(one);
  return one;
}
/** A web server that hands on a folder and nothing else. */
function hand(folder) {
  const s = createServer((q, r) => {
    const file = path.join(folder, path.basename(q.url));
    if (s.broken || !existsSync(file)) return r.writeHead(s.broken ? 503 : 404).end();
    const bytes = readFileSync(file);
    if (s.changes && /\/0*[1-9]\d*-/.test(q.url)) bytes[bytes.length - 1] ^= 1;
    r.writeHead(200).end(bytes);
  });
  return new Promise((done) => s.listen(0, '127.0.0.1', () => done(s)));
}
const issue = async (n) => {
  const r = await T1.post('/v1/invoices', { kind: 'ordinary', seller_ref: `F${n}`, buyer: { name: '路人甲' },
    lines: [{ tax_code: '3070401000000000000', name: '餐费', amount: '10.60', price_includes_tax: true, rate: '0.06' }] });
  assert.equal(r.status, 201, r.text);
  return r.body;
};
const asks = (client, i) => client.get(`/v1/verify/invoices/${i.number}?total=${i.total}&date=${i.issued_at.slice(0, 10)}`);
const valid = (client, i) => eventually(() => asks(client, i), (r) => r.body?.verdict === 'valid', 20_000);

before(async () => {
  server = await Server.start();
  T1 = await Client.signIn(server.url, 'T1');
  dir = mkdtempSync(path.join(tmpdir(), 'etax-follow-'));
  key = (await (await fetch(server.url + '/log/key')).text()).split('\n')[0];
});
after(async () => {
  for (const one of running) await one.end();
  web?.close();
  rmSync(dir, { recursive: true, force: true });
  await server.close();
});

test('A10.d a replica follows over HTTP; a mirror that fails, a changed file and a stopped core leave it as it stood', async () => {
  const segments = path.join(dir, 'segments'), replica = path.join(dir, 'replica');
  const first = await issue(1);
  await valid(new Client(server.url), first);
  const out = start('plane', 'export', ...store(), '--to', segments, '--every', '1');
  await eventually(async () => existsSync(path.join(segments, 'index')), Boolean, 20_000);
  web = await hand(segments);
  const from = `http://127.0.0.1:${web.address().port}/segments`;
  const follow = start('plane', 'import', '--data', replica, '--from', from, '--key', key, '--every', '1');
  await eventually(async () => follow.output(), (t) => /at event/.test(t), 20_000);
  const alone = start('verify', '--listen', '127.0.0.1:0', '--data', replica);
  await eventually(async () => alone.output(), (t) => /listening on http/.test(t));
  const there = new Client(/http:\S+/.exec(alone.output())[0]);
  await valid(there, first);
  const second = await issue(2);
  await valid(there, second);
  // the mirror fails: told, nothing is lost, and it goes on by itself
  web.broken = true;
  const third = await issue(3);
  await eventually(async () => follow.output(), (t) => /cannot read/.test(t), 20_000);
  assert.equal((await asks(there, second)).body.verdict, 'valid');
  assert.equal((await asks(there, third)).body.verdict, 'unknown');
  web.changes = true;
  web.broken = false;
  await eventually(async () => follow.output(), (t) => /\.plane (?!cannot)/.test(t), 20_000); // one byte: the file is named with what is wrong
  assert.equal((await asks(there, third)).body.verdict, 'unknown');
  web.changes = false;
  await valid(there, third);
  // the core stops: the replica stays, and says how old it is
  assert.equal(await out.end(), 0);
  await server.stop();
  const age = async () => (await there.get('/v1/verify/plane')).body.age_seconds;
  const before = await age();
  await eventually(age, (s) => s > before, 10_000);
  assert.equal((await asks(there, third)).body.verdict, 'valid');
  assert.equal(await follow.end(), 0);
  await server.launch();
  T1 = await Client.signIn(server.url, 'T1');
});

test('A10.d a long chain is shortened behind a complete set, and who follows it goes on without one', async () => {
  const segments = path.join(dir, 'segments'), replica = path.join(dir, 'replica');
  const ship = async () => assert.equal((await runEtaxd(['plane', 'export', ...store(), '--to', segments])).code, 0);
  const take = async (data, from = segments) => {
    const r = await runEtaxd(['plane', 'import', '--data', data, '--from', from, '--key', key]);
    assert.equal(r.code, 0, r.output);
    return Number(/at event (\d+)/.exec(r.output)[1]);
  };
  for (let i = 0; i < 10; i++) await Promise.all(Array.from({ length: 10 }, (_, k) => issue(100 + 10 * i + k)));
  await valid(new Client(server.url), await issue(200));
  await ship();
  const behind = await take(replica);
  assert.ok(behind > 100);
  const name = (from, part) => `${String(from).padStart(12, '0')}-${String(from + 1).padStart(12, '0')}.${String(part).padStart(4, '0')}.plane`;
  for (let from = 1; from <= 90; from++) for (let part = 1; part <= 46; part++) writeFileSync(path.join(segments, name(from, part)), ''); // as if long ago
  const next = await issue(4);
  await valid(new Client(server.url), next);
  await ship();
  const names = readdirSync(segments), chain = names.filter((n) => /^0*[1-9]\d*-/.test(n)), complete = names.filter((n) => /^0+-/.test(n));
  assert.ok(chain.length > 1900 && chain.length <= 2100, `${chain.length} files`);
  assert.equal(complete.length, 1);
  const listed = (await (await fetch(`http://127.0.0.1:${web.address().port}/index`)).text()).trim().split('\n');
  assert.deepEqual(listed.sort(), names.filter((n) => n.endsWith('.plane')).sort());
  // the one behind goes on by the chain: the complete set may be gone
  const aside = path.join(dir, 'chain-only');
  cpSync(segments, aside, { recursive: true });
  for (const n of complete) rmSync(path.join(aside, n));
  assert.ok((await take(replica, aside)) > behind);
  // a new machine begins with the complete set
  assert.ok((await take(path.join(dir, 'fresh'))) > behind);
});

test('A10.d what is no address, no folder, no number of seconds is refused', async () => {
  for (const [args, code] of [[['--from', 'ftp://example.org/x'], 1], [['--from', path.join(dir, 'nowhere')], 1], [['--from', dir, '--every', '0'], 2], [['--from', dir, '--every', 'often'], 2]]) {
    const r = await runEtaxd(['plane', 'import', '--data', path.join(dir, 'none'), '--key', key, ...args]);
    assert.equal(r.code, code, r.output);
    assert.notEqual(r.output, '');
  }
});
