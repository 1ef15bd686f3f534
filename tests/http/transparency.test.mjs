// The log as the public reads it, a holder's receipt, and the numbers for operators. (A05.16 A20.1)
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { Server, runEtaxd } from '../lib/server.mjs';

let server, t1, open, invoice;
before(async () => {
  server = await Server.start();
  t1 = await Client.signIn(server.url, 'T1');
  open = new Client(server.url);
  invoice = (await t1.post('/v1/invoices', invoiceBody({ ref: 'log', buyer: { tax_id: parties.T3, name: '远帆纺织进出口有限公司' }, net: '1.00' }))).body;
});
after(() => server.close());

const sha = (...parts) => { const h = createHash('sha256'); parts.forEach((p) => h.update(p)); return h.digest(); };

test('checkpoint, key, tiles and entries agree with each other and with the receipt', async () => {
  const note = await open.get('/log/checkpoint');
  assert.equal(note.status, 200);
  const [origin, size, root] = note.text.split('\n');
  const keys = (await open.get('/log/key')).text;
  assert.ok(keys.startsWith(origin + '+'));
  const n = Number(size), width = n % 256;
  assert.ok(n > 0 && n < 256);
  const tile = await open.get(`/log/tile/0/000.p/${width}`), entries = await open.get(`/log/tile/entries/000.p/${width}`);
  assert.equal(tile.bytes.length, width * 32);
  // The root of RFC 6962 from the leaves, the leaves from the entries (two bytes of length before each).
  const leaves = [];
  for (let at = 0; at < entries.bytes.length;) {
    const length = entries.bytes.readUInt16BE(at);
    leaves.push(sha(Buffer.from([0]), entries.bytes.subarray(at + 2, at + 2 + length)));
    at += 2 + length;
  }
  assert.equal(leaves.length, n);
  leaves.forEach((leaf, i) => assert.ok(leaf.equals(tile.bytes.subarray(i * 32, i * 32 + 32)), `leaf ${i}`));
  const tree = (list) => {
    if (list.length === 1) return list[0];
    let k = 1;
    while (k * 2 < list.length) k *= 2;
    return sha(Buffer.from([1]), tree(list.slice(0, k)), tree(list.slice(k)));
  };
  assert.equal(tree(leaves).toString('base64'), root);
  const receipt = await t1.get(invoice.receipt.href);
  assert.equal(receipt.status, 200, receipt.text);
  assert.ok(leaves[receipt.body.index].toString('hex') === invoice.receipt.digest);
  assert.equal(receipt.body.act.number, invoice.number);
});

test('A05.16 a receipt leads to its proof, its JSON is one, and no line of it can be changed in silence', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'etax-receipt-')), at = (name, text) => { writeFileSync(path.join(folder, name), text); return path.join(folder, name); };
  const { receipt } = invoice, file = (await t1.get(receipt.proof)).text, json = await t1.get(receipt.href);
  assert.equal(receipt.proof, `${receipt.href}.tlog-proof`);
  assert.equal(json.body.proof, receipt.proof);
  const [log, seal] = (await open.get('/log/key')).text.trim().split('\n');
  const verify = (file, ...keys) => runEtaxd(['receipt', 'verify', file, ...keys.flatMap((k) => ['--key', k])]);
  const good = await verify(at('proof', file), log, seal);
  assert.equal(good.code, 0, good.output);
  assert.doesNotMatch(good.stdout, /not checked/);
  assert.deepEqual((await verify(at('json', json.text), log, seal)).code, 0);
  const object = await verify(at('object', JSON.stringify(receipt)), log);
  assert.match(object.stdout, /^FAILED file: .*"proof"/);
  const one = await verify(at('proof', file), log), origin = log.split('+')[0];
  assert.equal(one.code, 0);
  assert.match(one.stdout, new RegExp(`^1 signature line not checked: no key for ${origin.replaceAll('.', '\\.')}$`, 'm'));
  // The second line's name, then its signature.
  const lines = file.trimEnd().split('\n'), last = lines.at(-1);
  const renamed = await verify(at('renamed', [...lines.slice(0, -1), last.replace(origin, origin.replace(/.$/, '_'))].join('\n') + '\n'), log, seal);
  assert.equal(renamed.code, 1);
  assert.match(renamed.stdout, /^FAILED signature: no good SM2 signature of .*\nsignature line 2 \(.*_\) is by another name or key$/m);
  const changed = await verify(at('changed', [...lines.slice(0, -1), last.replace(/(.{30})(.)(.{9})$/, (m, head, c, tail) => head + (c === 'A' ? 'B' : 'A') + tail)].join('\n') + '\n'), log, seal);
  assert.equal(changed.code, 1);
  assert.match(changed.stdout, /^FAILED signature: signature line 2 \(.*\) is wrong$/m);
});

test('tiles that are not there, and names that are none, are not found', async () => {
  for (const name of ['0/000', '0/001', '0/000.p/255', '1/000', '7/000', '8/000', '-1/000', 'x/000', '0/0', '0/1', '0/x001', '0/000.p/0', '0/000.p/256', '0/000.p/01', 'entries/000',
    'entries/999.p/1', '0/x000/000', '0/x001/x002/003', '0/99999999999999999999'])
    assert.ok([400, 404].includes((await open.get('/log/tile/' + name)).status), name);
});

test('metrics are in the form of Prometheus', async () => {
  const r = await open.get('/metrics');
  assert.equal(r.status, 200);
  for (const line of r.text.trim().split('\n')) assert.match(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? -?[\d.e+]+)$/);
  assert.match(r.text, /etax_http_answers_total/);
});

test('signing out ends the session', async () => {
  const c = await Client.signIn(server.url, 'T1');
  assert.equal((await c.get('/v1/mandates')).status, 200);
  const other = await c.post('/v1/identity', { as: parties.T1 }, { key: null });
  assert.equal(other.status, 200, other.text);
  assert.equal((await c.post('/v1/logout', {}, { key: null })).status, 200);
  assert.equal((await c.get('/v1/mandates')).status, 401);
});
