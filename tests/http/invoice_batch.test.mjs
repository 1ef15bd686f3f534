// Batches (A09.e3): JSON lines in, JSON lines out in the same order; a key stands for a body; each invoice's proof leads to the root
// that the batch's receipt holds.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { Server } from '../lib/server.mjs';

let server, t1, t2, t3;
const T3 = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
before(async () => {
  server = await Server.start();
  t1 = await Client.signIn(server.url, 'T1');
  t2 = await Client.signIn(server.url, 'T2');
  t3 = await Client.signIn(server.url, 'T3');
});
after(async () => {
  const fsck = await server.fsck();
  await server.close();
  assert.equal(fsck.code, 0, fsck.output);
});

const invoice = (ref, more = {}) => ({ kind: 'special', seller_ref: ref, buyer: T3, lines: [
  { tax_code: '1090105030000000000', name: '车床', spec: '', unit: '台', quantity: '2', price: '0.50', price_includes_tax: false, rate: '0.13', discount: '0.00' }], remark: '', ...more });
const send = async (client, lines, key) => {
  const text = lines.map((l) => (typeof l === 'string' ? l : JSON.stringify(l))).join('\n');
  const r = await client.post('/v1/invoices/batch', text, { type: 'application/x-ndjson', key });
  return { ...r, lines: r.status === 200 ? r.text.trim().split('\n').map((l) => JSON.parse(l)) : null };
};

test('A09.8 2,500 lines with faults between them: answers in order, numbers without gaps, lists and totals', async () => {
  const lines = Array.from({ length: 2500 }, (_, i) => invoice(`r${i}`));
  lines[3] = '{"kind":"special",';
  lines[1200] = invoice('bad', { kind: 'other', buyer: { tax_id: '1', name: '' } });
  lines[1201] = '';
  lines[2400] = invoice('escaped "quote" 单\\', { remark: 'a\tb' });
  const r = await send(t1, lines, 'batch-one');
  assert.equal(r.status, 200, r.text.slice(0, 500));
  assert.match(r.headers.get('content-type'), /ndjson/);
  assert.equal(r.lines.length, 2499);
  assert.deepEqual(r.lines.map((l) => l.line), lines.map((_, i) => i + 1).filter((n) => n !== 1202));
  const bad = r.lines.filter((l) => l.errors);
  assert.deepEqual(bad.map((l) => l.line), [4, 1201]);
  assert.equal(bad[0].errors[0].code, 'json');
  assert.deepEqual(bad[1].errors.map((e) => e.pointer).sort(), ['/buyer/name', '/buyer/tax_id', '/kind']);
  const numbers = r.lines.filter((l) => l.number).map((l) => BigInt(l.number));
  assert.equal(numbers.length, 2497);
  numbers.forEach((n, i) => assert.equal(n, numbers[0] + BigInt(i)));
  assert.equal(r.lines[2399].seller_ref, 'escaped "quote" 单\\');
  await eventually(() => t1.get('/v1/invoices'), (a) => a.body.count === 2497);
  const list = (await t1.get('/v1/invoices')).body;
  assert.deepEqual([list.amount, list.tax], ['2497.00', '324.61']);
  await eventually(() => t3.get('/v1/invoices?side=received'), (a) => a.body.count === 2497);
  const one = (await t1.get(`/v1/invoices/${numbers[7]}`)).body;
  assert.deepEqual([one.seller_ref, one.amount, one.total_in_words], ['r8', '1.00', '壹圆壹角叁分']);
  assert.match(one.qr, new RegExp(`^01,31,,${numbers[7]},1\\.13,`));
  const alone = (await t1.post('/v1/invoices', invoice('alone'))).body;
  assert.equal(alone.amount, '1.00');
  const open = new Client(server.url);
  assert.equal((await eventually(() => open.get(`/v1/verify/invoices/${numbers[2000]}?total=1.13`), (a) => a.body.verdict === 'valid')).status, 200);
  const qr = (await open.post('/v1/verify/qr', { text: one.qr }, { key: null }));
  if (qr.status === 200) assert.equal(qr.body.verdict, 'valid');
});

test('A09.8 the same key: the same answer, nothing twice; another body: 409', async () => {
  const lines = Array.from({ length: 1500 }, (_, i) => invoice(`k${i}`));
  const before = (await t1.get('/v1/invoices')).body.count;
  const [a, b] = await Promise.all([send(t1, lines, 'same-key'), send(t1, lines, 'same-key')]);
  assert.ok([a, b].some((r) => r.status === 200), a.text.slice(0, 300) + b.text.slice(0, 300));
  assert.ok([a, b].every((r) => [200, 503].includes(r.status)));
  const again = await send(t1, lines, 'same-key');
  assert.equal(again.status, 200);
  for (const r of [a, b]) if (r.status === 200) assert.equal(r.text, again.text);
  await eventually(() => t1.get('/v1/invoices'), (r) => r.body.count === before + 1500);
  const other = await send(t1, lines.slice(1), 'same-key');
  assert.equal(other.status, 409);
  assert.equal((await send(t1, [invoice('x')], null)).status, 400);
  assert.equal((await send(t3, [invoice('x', { buyer: { tax_id: parties.T1, name: '海川' } })], 'same-key')).status, 200, 'a key belongs to its seller');
});

test('A09.5 each invoice of a batch can prove itself: path, root, receipt', async () => {
  const sha = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
  for (const n of [1, 2, 3, 7, 64]) {
    const r = await send(t1, Array.from({ length: n }, (_, i) => invoice(`p${i}`)));
    for (const i of new Set([0, n >> 1, n - 1])) {
      const p = (await t1.get(`/v1/invoices/${r.lines[i].number}/proof`)).body;
      assert.deepEqual([p.batch, p.index, p.count, p.receipt.kind], [true, i, n, 14]);
      // RFC 9162, 2.1.3.2
      let hash = sha(Buffer.from([0]), Buffer.from(p.document)), fn = i, sn = n - 1;
      for (const step of p.path.map((h) => Buffer.from(h, 'hex'))) {
        if (fn & 1 || fn === sn) {
          hash = sha(Buffer.from([1]), step, hash);
          while (!(fn & 1) && fn) { fn >>= 1; sn >>= 1; }
        } else hash = sha(Buffer.from([1]), hash, step);
        fn >>= 1; sn >>= 1;
      }
      assert.equal(hash.toString('hex'), p.root);
      assert.ok(JSON.parse(p.document).number === r.lines[i].number);
      assert.equal((await t3.get(`/v1/invoices/${r.lines[i].number}/proof`)).body.root, p.root);
    }
  }
  const alone = (await t1.post('/v1/invoices', invoice('alone'))).body;
  assert.equal((await t1.get(`/v1/invoices/${alone.number}/proof`)).body.batch, false);
});

test('limits: 10^6 lines at once, too large, empty, over the quota', async () => {
  const million = await t1.post('/v1/invoices/batch', '{}\n'.repeat(1_000_000), { type: 'application/x-ndjson' });
  assert.equal(million.status, 413);
  assert.match(million.body.detail, /100,000/);
  assert.equal((await t1.post('/v1/invoices/batch', ' \n\n', { type: 'application/x-ndjson' })).status, 400);
  const small = (ref, amount) => ({ kind: 'ordinary', seller_ref: ref, buyer: { name: '李静' }, lines: [{ tax_code: '3070401000000000000', name: '餐费', rate: '0.01', amount }] });
  const r = await send(t2, [small('a', '90000000.00'), small('b', '1.00'), small('c', '90000000.00'), small('d', '2.00')]);
  assert.equal(r.status, 200, r.text);
  const over = r.lines.filter((l) => l.errors);
  assert.ok(over.length >= 1 && over.every((l) => l.errors[0].code === 'quota'), r.text);
  assert.ok(r.lines[1].number && r.lines[3].number, r.text);
});

test("A09.8 G01.8 an agent's limit for one act holds for each line of a batch", async () => {
  const until = new Date(Date.parse((await t1.get('/healthz')).body.now) + 3 * 86400_000).toISOString().slice(0, 10);
  const given = await t1.post('/v1/mandates', { agent: parties.T5, scopes: ['invoice.issue'], limit: '1000.00', until });
  assert.equal(given.status, 201, given.text);
  const agent = (await Client.signIn(server.url, 'T5')).as('T1');
  const of = (ref, price) => invoice(ref, { lines: [{ ...invoice(ref).lines[0], quantity: '1', price }] });
  const r = await send(agent, [of('l1', '100.00'), of('l2', '1000.00'), of('l3', '884.95')]);
  assert.deepEqual(r.lines.map((l) => l.errors?.map((e) => [e.pointer, e.code]) ?? 'issued'), ['issued', [['/total', 'mandate-limit']], 'issued'], r.text);
  assert.match(r.lines[1].errors[0].detail, /1000\.00/);
});

test('A09.8 the same answer again also where blank lines stand between and one line was refused', async () => {
  const lines = Array.from({ length: 1100 }, (_, i) => invoice(`r${i}`));
  lines.splice(10, 0, '');
  lines[1050] = { ...lines[1050], kind: 'nothing' };
  const first = await send(t1, lines, 'refused-again'), again = await send(t1, lines, 'refused-again');
  assert.equal(first.status, 200);
  assert.equal(first.text, again.text);
  assert.equal(first.lines.filter((l) => l.number).length, 1099);
  assert.deepEqual(first.lines.filter((l) => !l.number).map((l) => [l.line, l.errors[0].pointer]), [[1051, '/kind']]);
});

test('A09.8 a name of blanks is no name', async () => {
  const r = await send(t1, [invoice('b1', { kind: 'ordinary', buyer: { name: ' ' } }), invoice('b2', { kind: 'ordinary', buyer: { name: ' 路人甲 ' } })], 'blank-name');
  assert.deepEqual(r.lines.map((l) => l.errors?.map((e) => [e.pointer, e.code])), [[['/buyer/name', 'required']], undefined]);
});

test('cut off in the middle by kill -9: the same key goes on where it stopped', async () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => invoice(`z${i}`));
  const before = (await t1.get('/v1/invoices')).body.count;
  const cut = send(t1, lines, 'cut-off').catch(() => null);
  await new Promise((done) => setTimeout(done, 250));
  await server.kill();
  await cut;
  await server.launch();
  t1 = await Client.signIn(server.url, 'T1');
  t3 = await Client.signIn(server.url, 'T3');
  const r = await send(t1, lines, 'cut-off');
  assert.equal(r.status, 200);
  assert.equal(r.lines.length, 20_000);
  assert.equal(new Set(r.lines.map((l) => l.number)).size, 20_000);
  assert.deepEqual(r.lines.map((l) => l.seller_ref), lines.map((l) => l.seller_ref));
  await eventually(() => t1.get('/v1/invoices'), (a) => a.body.count === before + 20_000, 30_000);
});

test('A09.8 JSON lines are taken as JSON and as text, too; a list in brackets and a spread-out invoice are told so', async () => {
  const one = (type, text = JSON.stringify(invoice('media'))) => t1.post('/v1/invoices/batch', text, { type });
  for (const type of ['application/x-ndjson', 'application/jsonl', 'application/json', 'application/json; charset=utf-8', 'text/plain']) {
    const r = await one(type);
    assert.equal(r.status, 200, `${type} ${r.text}`);
    assert.match(r.text, /"number":"\d{20}"/);
  }
  for (const text of [JSON.stringify([invoice('a')]), JSON.stringify([invoice('a')], null, 1), JSON.stringify(invoice('a'), null, 1)]) {
    const r = await one('application/json', text);
    assert.deepEqual([r.status, r.body.code], [400, 'batch-not-lines'], r.text);
  }
  assert.equal((await one('multipart/form-data; boundary=x')).status, 415);
});
