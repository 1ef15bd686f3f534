// Platforms that issue for their sellers (A09.8, G09.22, A09.e3) and the paperless pilot (A09.11, A09.12).
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { clockOf, setClock } from '../lib/owing.mjs';
import { all, digest, done, issue, item, lines, mandates, order, upload } from '../lib/platform.mjs';
import { Server } from '../lib/server.mjs';

let server, t1, t2, t6, open;
const ok = (r, status = 200) => { assert.equal(r.status, status, r.text); return r.body; };
const fen = (s) => Math.round(Number(s) * 100);
before(async () => {
  server = await Server.start();
  [t1, t2, t6] = await Promise.all(['T1', 'T2', 'T6'].map((a) => Client.signIn(server.url, a)));
  open = new Client(server.url);
});
after(async () => {
  const fsck = await server.fsck();
  await server.close();
  assert.equal(fsck.code, 0, fsck.output);
});

test('A09.8 without a mandate nothing is issued; unknown sellers are told so', async () => {
  const b = await issue(t6, [order('no-mandate'), order('no-seller', { seller: '91330100MA2H00999X' })]);
  assert.deepEqual([b.orders, b.issued, b.refused], [2, 0, 2]);
  const list = await all(t6, b.id);
  assert.equal(list[0].errors[0].code, 'mandate-missing');
  assert.equal(list[1].errors[0].pointer, '/seller');
  await mandates(server.url);
});

test('A09.8 a batch for two sellers: each line its outcome, faults all at once, the same order never twice', async () => {
  const orders = [order('A1'), order('A2', { buyer: { name: '远帆纺织进出口有限公司', tax_id: parties.T3 }, kind: 'special' }),
    order('B1', { seller: parties.T2, items: [item('101.00', { rate: '0.01' })] }), '{"seller":',
    { seller: parties.T1, order_no: '', items: [{ tax_code: '1', name: '', amount: '-1', rate: '2' }] }, '', order('A1'),
    order('A3', { items: [item('100.00', { rate: '0.99' })] }), order('A4', { discount: '0.01', items: [item('1.00'), item('1.00'), item('1.00')] })];
  const b = await issue(t6, orders);
  assert.deepEqual([b.lines, b.orders, b.issued, b.refused, b.held, b.known], [9, 8, 4, 4, 0, 0]);
  const list = await all(t6, b.id);
  assert.deepEqual(list.map((l) => [l.line, l.state]), [[1, 'issued'], [2, 'issued'], [3, 'issued'], [4, 'refused'], [5, 'refused'], [7, 'refused'], [8, 'refused'], [9, 'issued']]);
  assert.equal(list[3].errors[0].code, 'json');
  assert.ok(list[4].errors.length >= 4, JSON.stringify(list[4].errors));
  assert.equal(list[5].errors[0].code, 'order-twice');
  assert.equal(list[6].errors[0].code, 'rate', JSON.stringify(list[6]));
  const one = ok(await t1.get(`/v1/invoices/${list[0].numbers[0]}`));
  assert.deepEqual([one.total, one.seller_ref, one.buyer.name], ['113.00', 'A1', '李静']);
  assert.equal(ok(await t2.get(`/v1/invoices/${list[2].numbers[0]}`)).total, '101.00');
  assert.equal(ok(await t1.get(`/v1/invoices/${list[7].numbers[0]}`)).total, '2.99');
  assert.equal((await t6.get(`/v1/invoices/${list[0].numbers[0]}`)).status, 404, 'the platform is neither side of it');
  assert.equal((await t1.get(`/v1/platform/batches/${b.id}`)).status, 404, 'another platform sees nothing');
  // again, with the faulty ones put right: what was issued is known by its number
  const again = await issue(t6, [order('A1'), order('A3', { items: [item('100.00')] }), order('A2')]);
  assert.deepEqual([again.issued, again.known, again.refused], [1, 2, 0]);
  assert.deepEqual((await all(t6, again.id)).map((l) => l.state), ['known', 'issued', 'known']);
  assert.deepEqual((await all(t6, again.id))[0].numbers, list[0].numbers);
  const csv = await t6.get(`/v1/platform/batches/${b.id}/lines.csv?state=refused`);
  assert.match(csv.headers.get('content-type'), /csv/);
  assert.equal(csv.text.trim().split('\r\n').length, 5);
});

test('A09.8 a CSV with several rows an order; the template is one', async () => {
  const template = await t6.get('/v1/platform/orders.csv');
  assert.equal(template.status, 200);
  const [head, example] = template.text.replace(/^\uFEFF/, '').trim().split('\r\n');
  const b = await issue(t6, `${head}\r\n${example}\r\n${example}\r\n${example.replace('SO-1001', 'SO-1002')}\r\n`, { format: 'csv' });
  assert.deepEqual([b.lines, b.orders, b.issued], [4, 2, 2]);
  const list = await all(t6, b.id);
  assert.deepEqual(list.map((l) => [l.line, l.order_no]), [[2, 'SO-1001'], [4, 'SO-1002']]);
  assert.equal(ok(await t1.get(`/v1/invoices/${list[0].numbers[0]}`)).total, '2250.00', 'two items less the discount of the order');
  const small = ok(await t6.post('/v1/platform/batches/file', { file: lines([order('small')]), name: 'by hand' }), 201);
  ok(await done(t6, small.id));
  assert.deepEqual((await all(t6, small.id)).map((l) => l.state), ['issued']);
  ok(await t6.get('/v1/platform/batches'));
});

test('A09.1 A09.8 an order of coal says its kind, also when it is claimed later, and in a CSV', async () => {
  const coal = (more) => item('678.00', { tax_code: '1020101000000000000', name: '原煤', ...more });
  const b = await issue(t6, [order('C1', { items: [coal({ coal: '0100' })] }), order('C2', { items: [coal()] }), order('C3', { items: [coal({ coal: '0300' })], split: 'rate' })]);
  const list = await all(t6, b.id);
  assert.deepEqual(list.map((l) => l.state), ['issued', 'refused', 'issued']);
  assert.equal(list[1].errors[0].code, 'coal-kind');
  const kind = async (l) => ok(await t1.get(`/v1/invoices/${l.numbers[0]}`)).lines[0].coal;
  assert.deepEqual([await kind(list[0]), await kind(list[2])], ['0100', '0300']);
  const table = `商家税号,订单号,购买方名称,税收分类编码,项目名称,含税金额（元）,税率,煤炭种类\n${parties.T1},C4,李静,1020101000000000000,原煤,678.00,13%,市场煤\n`;
  assert.equal(await kind((await all(t6, (await issue(t6, table, { format: 'csv' })).id))[0]), '0300');
});

test('A09.1 A09.8 an order of refined oil is of that special business, and has its unit', async () => {
  const oil = (more) => item('7000.00', { tax_code: '1070101030000000000', name: '柴油', quantity: 1, unit: '吨', ...more });
  const list = await all(t6, (await issue(t6, [order('O1', { items: [oil()] }), order('O2', { items: [oil({ unit: '桶' })] })])).id);
  assert.deepEqual(list.map((l) => l.state), ['issued', 'refused']);
  assert.equal(ok(await t1.get(`/v1/invoices/${list[0].numbers[0]}`)).business, 'refined_oil');
  assert.deepEqual(list[1].errors.map((e) => e.code), ['special-unit']);
});

test('A09.8 an upload is resumed: a wrong offset is told, so are missing bytes, another digest, too much', async () => {
  const bytes = Buffer.from(lines(Array.from({ length: 40 }, (_, i) => order(`R${i}`))));
  const make = (more = {}) => t6.post('/v1/platform/batches', { name: 'r', format: 'ndjson', size: bytes.length, digest: digest(bytes), ...more });
  const part = (id, at, piece) => t6.patch(`/v1/platform/batches/${id}/content?offset=${at}`, piece, { type: 'application/octet-stream' });
  const { id } = ok(await make(), 201);
  ok(await part(id, 0, bytes.subarray(0, 1000)));
  const wrong = await part(id, 0, bytes.subarray(0, 1000));
  assert.deepEqual([wrong.status, wrong.body.code], [409, 'upload-offset']);
  assert.match(wrong.body.detail ?? wrong.text, /1000/);
  assert.equal((await part(id, 1500, bytes.subarray(1500))).status, 409);
  assert.equal((await t6.post(`/v1/platform/batches/${id}/finish`)).body.code, 'upload-missing');
  const { received } = ok(await t6.get(`/v1/platform/batches/${id}`));
  assert.equal(received, 1000);
  assert.equal((await part(id, received, Buffer.concat([bytes.subarray(received), Buffer.from('x')]))).status, 413);
  ok(await part(id, received, bytes.subarray(received)));
  assert.equal(ok(await t6.post(`/v1/platform/batches/${id}/finish`)).state, 'working');
  assert.ok(['working', 'done'].includes(ok(await t6.post(`/v1/platform/batches/${id}/finish`)).state), 'twice is once');
  assert.equal((await done(t6, id)).body.issued, 40);
  assert.equal((await part(id, bytes.length, Buffer.from('x'))).status, 409);
  const other = ok(await make({ digest: digest('else') }), 201);
  ok(await part(other.id, 0, bytes));
  const refused = await t6.post(`/v1/platform/batches/${other.id}/finish`);
  assert.deepEqual([refused.status, refused.body.code], [400, 'digest']);
  assert.equal(ok(await t6.post(`/v1/platform/batches/${other.id}/cancel`)).state, 'refused');
  const sm3 = ok(await make({ algorithm: 'sm3', digest: digest(bytes, 'sm3') }), 201);
  ok(await part(sm3.id, 0, bytes));
  ok(await t6.post(`/v1/platform/batches/${sm3.id}/finish`));
  assert.equal((await done(t6, sm3.id)).body.known, 40);
  assert.equal((await make({ size: 65 << 20 })).status, 422);
  assert.equal((await make({ digest: 'zz', format: 'xml', size: 0 })).body.errors.length, 2, 'all at once');
});

test('A09.8 an order over its limit becomes several invoices, by rate too; the sums are exact', async () => {
  const items = [item('100.01', { quantity: 3 }), item('50.00', { rate: '0.06', tax_code: '3040203000000000000', name: '软件服务' }), item('0.99')];
  const b = await issue(t6, [order('S1', { items, split: 'rate', limit: '40.00' }), order('S2', { items, split: 'rate' })]);
  const list = await all(t6, b.id);
  assert.deepEqual(list.map((l) => l.state), ['issued', 'issued'], JSON.stringify(list));
  for (const l of list) {
    let sum = 0;
    for (const n of l.numbers) {
      const i = ok(await t1.get(`/v1/invoices/${n}`));
      sum += fen(i.total);
      assert.equal(new Set(i.lines.map((x) => x.rate)).size, 1);
      if (l.order_no === 'S1') assert.ok(fen(i.total) <= 4000);
    }
    assert.equal(sum, 15100);
  }
  assert.equal(list[1].numbers.length, 2);
  assert.ok(list[0].numbers.length >= 5);
});

test('A09.8 G09.22 orders that wait: listed by seller and page by page, looked up one by one, gone when issued', async () => {
  const held = (no, more) => order(no, { buyer: undefined, issue: 'claim', ...more });
  const odd = 'W/0&1 +é';
  const items = [item('113.00', { quantity: 2 }), item('50.00', { rate: '0.06', tax_code: '3040203000000000000', name: '软件服务' })];
  await issue(t6, [...Array.from({ length: 52 }, (_, i) => held(`W${100 + i}`)), held(odd, { items }), held('W-T2', { seller: parties.T2, items: [item('101.00', { rate: '0.01' })] }), order('W-now')]);
  const waiting = async (path) => {
    const list = [];
    for (let after = ''; after !== null;) {
      const page = ok(await t6.get(`${path}${after ? `?after=${encodeURIComponent(after)}` : ''}`));
      assert.ok(page.orders.length <= 50);
      list.push(...page.orders);
      after = page.next;
    }
    return list;
  };
  const mine = (list) => list.filter((o) => o.order_no.startsWith('W'));
  const everyone = mine(await waiting('/v1/platform/orders'));
  assert.equal(everyone.length, 54);
  assert.equal(new Set(everyone.map((o) => o.seller + o.order_no)).size, 54, 'each once');
  assert.deepEqual(everyone.filter((o) => o.seller === parties.T2).map((o) => [o.order_no, o.total, o.seller_name]), [['W-T2', '101.00', '小满面包房']]);
  assert.equal(mine(await waiting(`/v1/platform/shops/${parties.T1}/orders`)).length, 53);
  assert.deepEqual(ok(await t1.get('/v1/platform/orders')), { orders: [], next: null }, 'nobody else sees them');
  assert.equal((await t1.get(`/v1/platform/orders/one?seller=${parties.T1}&order_no=W100`)).body.errors[0].pointer, '/order_no');
  // page by page in all states too; one that was issued at once is there with its number
  const every = [];
  for (let after = ''; after !== null;) {
    const page = ok(await t6.get(`/v1/platform/shops/${parties.T1}/orders?show=all&after=${encodeURIComponent(after)}`));
    every.push(...page.orders);
    after = page.next;
  }
  assert.deepEqual(every.map((o) => o.order_no), every.map((o) => o.order_no).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  assert.equal(every.find((o) => o.order_no === 'W-now').numbers.length, 1);
  const one = async (no) => ok(await t6.get(`/v1/platform/orders/one?seller=${parties.T1}&order_no=${encodeURIComponent(no)}`)).order;
  const it = await one(odd);
  assert.deepEqual([it.state, it.total, it.items.map((i) => [i.rate, i.amount, i.quantity])], ['held', '163.00', [['0.13', '113.00', 2], ['0.06', '50.00', null]]]);
  assert.match(it.claim_code, /^[A-Z2-7]{16}$/);
  const split = ok(await t6.post('/v1/platform/orders/split', { seller: parties.T1, order_no: odd, by: 'rate', name: '李静' }));
  assert.equal(split.numbers.length, 2);
  assert.deepEqual([(await one(odd)).state, (await one(odd)).numbers, (await one(odd)).claim_code], ['issued', split.numbers, null]);
  ok(await t6.post('/v1/platform/orders/merge', { seller: parties.T1, orders: everyone.filter((o) => o.seller === parties.T1 && o.order_no !== odd).slice(0, 50).map((o) => o.order_no), name: '李静' }));
  assert.equal(mine(await waiting('/v1/platform/orders')).length, 3);
  for (const [path, pointer] of [['orders?after=1.2', '/after'], ['orders?after=1.2.3.4', '/after'], ['orders/one?seller=91330100MA2H00999X&order_no=1', '/seller'], [`orders/one?seller=${parties.T1}`, '/order_no'], ['orders/one?order_no=1', '/seller'], [`shops/${parties.T1}/orders?show=none`, '/show']])
    assert.equal((await t6.get(`/v1/platform/${path}`)).body.errors?.[0].pointer, pointer, path);
  assert.deepEqual(ok(await t6.get('/v1/platform/orders/one')), { order: null });
});

test('G09.22 held orders: claimed by code, merged by the buyer, split by the platform, each once', async () => {
  const held = (no, more) => order(no, { buyer: undefined, issue: 'claim', ...more });
  const b = await issue(t6, [held('H1'), held('H2', { items: [item('20.00', { quantity: 2 })] }), held('H3'), held('H4', { items: [item('300.00', { quantity: 3 })] }), held('H5')]);
  assert.deepEqual([b.held, b.issued], [5, 0]);
  const codes = Object.fromEntries((await all(t6, b.id)).map((l) => [l.order_no, l.claim_code]));
  assert.match(codes.H1, /^[A-Z2-7]{16}$/);
  assert.equal(new Set(Object.values(codes)).size, 5);
  const known = await issue(t6, [held('H1')]);
  assert.deepEqual((await all(t6, known.id)).map((l) => [l.state, l.claim_code]), [['known', codes.H1]], 'given in again: the same code');
  const page = ok(await open.get(`/v1/claim?code=${codes.H1.toLowerCase()}`));
  assert.deepEqual([page.order.order_no, page.order.total, page.order.state, page.order.seller], ['H1', '113.00', 'held', '海川精密机械有限公司']);
  assert.deepEqual(ok(await open.get('/v1/claim')), { code: null, order: null });
  assert.equal((await open.post('/v1/claim', { code: codes.H1 })).body.errors[0].pointer, '/name');
  const claimed = ok(await open.post('/v1/claim', { code: codes.H1, also: `${codes.H2}\n`, name: '李静' }));
  assert.deepEqual([claimed.total, claimed.numbers.length, claimed.orders], ['133.00', 1, ['H1', 'H2']]);
  const one = ok(await t1.get(`/v1/invoices/${claimed.numbers[0]}`));
  assert.deepEqual([one.total, one.buyer.name, one.lines.length], ['133.00', '李静', 2]);
  const again = ok(await open.post('/v1/claim', { code: codes.H1, name: '别人' }));
  assert.deepEqual(again.numbers, claimed.numbers, 'once');
  assert.equal((await open.post('/v1/claim', { code: codes.H3, also: codes.H1, name: '李静' })).status, 409);
  const pdf = await open.get(`/v1/claim/${codes.H1}/${claimed.numbers[0]}.pdf`, { raw: true });
  assert.deepEqual([pdf.status, pdf.bytes.subarray(0, 5).toString()], [200, '%PDF-']);
  assert.equal((await open.get(`/v1/claim/${codes.H3}/${claimed.numbers[0]}.pdf`)).status, 404);
  const split = ok(await t6.post('/v1/platform/orders/split', { seller: parties.T1, order_no: 'H4', by: 'limit', limit: '150.00', name: '李静' }));
  assert.equal(split.numbers.length, 3, 'pieces stay whole');
  assert.deepEqual(ok(await t6.post('/v1/platform/orders/split', { seller: parties.T1, order_no: 'H4', by: 'limit', limit: '150.00', name: '李静' })).numbers, split.numbers);
  assert.equal((await t6.post('/v1/platform/orders/split', { seller: parties.T1, order_no: 'H3', by: 'limit', name: 'x' })).body.errors[0].pointer, '/limit');
  const merged = ok(await t6.post('/v1/platform/orders/merge', { seller: parties.T1, orders: ['H3', 'H5'], name: '远帆纺织进出口有限公司', tax_id: parties.T3, kind: 'special' }));
  assert.deepEqual([merged.total, merged.numbers.length], ['226.00', 1]);
  assert.equal((await t6.post('/v1/platform/orders/merge', { seller: parties.T1, orders: ['H3', 'nowhere'], name: 'x' })).body.errors[0].code, 'order-unknown');
  const at_end = ok(await t6.get(`/v1/platform/batches/${b.id}`));
  assert.deepEqual([at_end.held, at_end.issued], [0, 5]);
  const numbers = (await all(t6, b.id)).flatMap((l) => l.numbers);
  assert.equal(new Set(numbers).size, 5);
});

test('G09.22 two buyers at once with one code: one invoice', async () => {
  const b = await issue(t6, [order('race', { buyer: undefined, issue: 'claim' })]);
  const code = (await all(t6, b.id))[0].claim_code, before = ok(await t1.get('/v1/invoices')).count;
  const answers = await Promise.all(Array.from({ length: 6 }, (_, i) => open.post('/v1/claim', { code, name: `购买方${i}` })));
  assert.ok(answers.some((r) => r.status === 200), answers[0].text);
  assert.ok(answers.every((r) => [200, 409, 503].includes(r.status)), answers.map((r) => r.status).join());
  const numbers = new Set(answers.filter((r) => r.status === 200).flatMap((r) => r.body.numbers));
  assert.equal(numbers.size, 1);
  assert.deepEqual([...numbers], ok(await open.post('/v1/claim', { code, name: '又一个' })).numbers);
  await eventually(() => t1.get('/v1/invoices'), (r) => r.body.count === before + 1);
});

test('G09.22 a code cannot be guessed at speed', async () => {
  const limited = await Server.start({ args: ['--rate-limit', 'on'] });
  try {
    const anyone = new Client(limited.url), answers = [];
    for (let i = 0; i < 20; i++) answers.push((await anyone.get(`/v1/claim?code=AAAAAAAAAAAAAA${String.fromCharCode(65 + i)}A`)).status);
    assert.deepEqual([answers[0], answers.at(-1)], [400, 429]);
    assert.equal((await anyone.post('/v1/claim', { code: 'A'.repeat(16), name: 'x' })).status, 429);
  } finally {
    await limited.close();
  }
});

test('A09.8 the mandate’s limit and end hold for orders too', async () => {
  const { given } = ok(await t2.get('/v1/mandates'));
  for (const m of given.filter((x) => x.in_force)) ok(await t2.post(`/v1/mandates/${m.id}/revocation`));
  ok(await t2.post('/v1/mandates', { agent: parties.T6, scopes: ['invoice.issue'], until: '2027-12-31', limit: '100.00' }), 201);
  const low = { seller: parties.T2, items: [item('100.00', { rate: '0.01' })] }, high = { ...low, items: [item('100.01', { rate: '0.01' })] };
  const b = await issue(t6, [order('L1', low), order('L2', high), order('L3', { ...low, buyer: undefined, issue: 'claim' })]);
  const list = await all(t6, b.id);
  assert.deepEqual(list.map((l) => l.state), ['issued', 'refused', 'held']);
  assert.equal(list[1].errors[0].code, 'mandate-limit');
  for (const m of ok(await t2.get('/v1/mandates')).given.filter((x) => x.in_force)) ok(await t2.post(`/v1/mandates/${m.id}/revocation`));
  const late = await new Client(server.url).post('/v1/claim', { code: list[2].claim_code, name: '李静' });
  assert.deepEqual([late.status, late.body.code], [409, 'mandate-missing']);
});

test('G09.22 a claim code outlives the keys of the node: the same database under another node’s keys accepts it', async () => {
  const own = await Server.start();
  const lose = (name) => rmSync(path.join(own.data, 'keys', name));
  const held = (no) => order(no, { buyer: undefined, issue: 'claim' });
  try {
    await mandates(own.url);
    const platform = await Client.signIn(own.url, 'T6');
    const b = await issue(platform, [held('K1'), held('K2')]);
    const given = (await all(platform, b.id)).map((l) => l.claim_code);
    assert.ok(given.every((g) => /^[A-Z2-7]{16}$/.test(g)) && given[0] !== given[1]);
    await own.stop();
    lose('check.hmac'); // what codes were made from
    await own.launch();
    assert.deepEqual((await all(await Client.signIn(own.url, 'T6'), b.id)).map((l) => l.claim_code), given, 'the platform is shown what it was given');
    await own.stop();
    lose('lookup.hmac'); // what they were found by; the accounts of persons are too, so nobody is seeded or signed in
    own.options.sandbox = false;
    await own.launch();
    const buyer = new Client(own.url);
    assert.equal(ok(await buyer.get(`/v1/claim?code=${given[0]}`)).order.order_no, 'K1');
    const claimed = ok(await buyer.post('/v1/claim', { code: given[1], name: '李静' }));
    assert.deepEqual([claimed.orders, claimed.numbers.length, claimed.total], [['K2'], 1, '113.00']);
    assert.equal((await buyer.get('/v1/claim?code=AAAAAAAAAAAAAAAA')).status, 400);
  } finally {
    await own.close();
  }
});

// --- webhooks ---

/** The clock leaps, and sessions may have ended by then. */
async function later(seconds) {
  await setClock(server.url, new Date(Date.parse(await clockOf(server.url)) + seconds * 1000).toISOString());
  [t1, t2, t6] = await Promise.all(['T1', 'T2', 'T6'].map((a) => Client.signIn(server.url, a)));
}

/** A receiver as docs/howto/platform.md tells: signature first, then time, then the id only once. */
async function receiver() {
  const got = [], state = { status: 204, secret: null };
  const http = createServer((q, a) => {
    let body = '';
    q.on('data', (d) => (body += d));
    q.on('end', () => {
      got.push({ headers: q.headers, body, path: q.url });
      if (state.status === 302) a.setHeader('location', `${state.elsewhere}/inner`);
      a.writeHead(state.status).end();
    });
  });
  await new Promise((r) => http.listen(0, '127.0.0.1', r));
  return { got, state, url: `http://127.0.0.1:${http.address().port}`, close: () => new Promise((r) => http.close(r)) };
}

test('A09.8 webhooks are signed, tried again with pauses, given up, sent again by hand; old and forged ones are refused', async () => {
  const r = await receiver();
  try {
    const hook = ok(await t6.post('/v1/platform/hooks', { url: `${r.url}/hook?x=1`, events: ['batch.done', 'order.issued'] }), 201);
    assert.match(hook.secret, /^[0-9a-f]{64}$/);
    assert.ok(!JSON.stringify(ok(await t6.get('/v1/platform/hooks'))).includes(hook.secret), 'shown once');
    const b = await issue(t6, [order('W1'), order('W2', { buyer: undefined, issue: 'claim' })]);
    await eventually(async () => r.got.length, (n) => n === 1);
    const { headers, body, path } = r.got[0], at = headers['etax-webhook-timestamp'];
    assert.equal(path, '/hook?x=1');
    assert.equal(headers['etax-webhook-signature'], 'v1=' + createHmac('sha256', hook.secret).update(`${at}.${body}`).digest('hex'));
    const told = JSON.parse(body);
    assert.deepEqual([told.kind, told.id, told.data.batch, told.data.issued, told.data.held], ['batch.done', headers['etax-webhook-id'], b.id, 1, 1]);
    const check = (more) => t6.post(`/v1/platform/hooks/${hook.id}/check`, { timestamp: Number(at), signature: headers['etax-webhook-signature'], body, ...more }, { key: null });
    assert.equal(ok(await check({})).verdict, 'good');
    assert.equal(ok(await check({ timestamp: Number(at) + 1 })).verdict, 'forged');
    assert.equal(ok(await check({ body: body + ' x' })).verdict, 'forged');
    await later(301);
    assert.equal(ok(await check({})).verdict, 'old', 'a replay after five minutes');

    r.state.status = 500;
    const { claim_code } = (await all(t6, b.id))[1];
    ok(await new Client(server.url).post('/v1/claim', { code: claim_code, name: '李静' }));
    for (let tries = 1; tries < 8; tries++) {
      await eventually(() => t6.get('/v1/platform/deliveries?state=waiting'), (a) => a.body.deliveries?.[0]?.tries === tries, 20_000);
      await later(10 * 3 ** (tries - 1) + 1);
    }
    const dead = (await eventually(() => t6.get('/v1/platform/deliveries'), (a) => a.body?.deliveries?.length === 1, 20_000)).body.deliveries[0];
    assert.deepEqual([dead.state, dead.tries, dead.status, dead.reason, dead.kind], ['dead', 8, 500, 'status', 'order.issued']);
    assert.equal(r.got.length, 9);
    assert.equal(new Set(r.got.slice(1).map((g) => g.headers['etax-webhook-id'])).size, 1, 'one id for all tries');
    assert.equal(new Set(r.got.slice(1).map((g) => g.headers['etax-webhook-signature'])).size, 8, 'each try is signed anew');
    r.state.status = 200;
    ok(await t6.post(`/v1/platform/deliveries/${dead.id}/again`));
    await eventually(() => t6.get('/v1/platform/deliveries?state=delivered'), (a) => a.body.deliveries.some((d) => d.id === dead.id), 20_000);
    assert.equal((await t6.post(`/v1/platform/deliveries/${dead.id}/again`)).status, 404);
    ok(await t6.post(`/v1/platform/hooks/${hook.id}/end`));
    assert.equal((await check({})).status, 404);
  } finally {
    await r.close();
  }
});

test('A09.8 a receiver that never answers holds up neither another receiver nor other jobs; each gets its messages in order', async () => {
  const silent = [], dumb = createServer((q) => { q.resume(); silent.push(q); });
  await new Promise((done) => dumb.listen(0, '127.0.0.1', done));
  const r = await receiver();
  const hook = (url) => t6.post('/v1/platform/hooks', { url, events: ['batch.done'] }).then((a) => ok(a, 201));
  const never = await hook(`http://127.0.0.1:${dumb.address().port}/never`);
  let other;
  try {
    await issue(t6, [order('S1')]);
    await issue(t6, [order('S2')]);
    await eventually(async () => silent.length, (n) => n === 1); // the first of two is at work, for five seconds
    other = await hook(`${r.url}/other`);
    const b = await issue(t6, [order('S3')]), sent = Date.now();
    await eventually(async () => r.got.length, (n) => n === 1);
    const took = Date.now() - sent;
    assert.ok(took < 1000, `${took} ms`);
    assert.equal(JSON.parse(r.got[0].body).data.batch, b.id);
    assert.equal(silent.length, 1, 'one at a time to one receiver');
    const next = await issue(t6, [order('S4')]);
    await eventually(async () => r.got.length, (n) => n === 2);
    assert.equal(JSON.parse(r.got[1].body).data.batch, next.id);
    const waiting = await eventually(() => t6.get('/v1/platform/deliveries?state=waiting'), (a) => a.body.deliveries.some((d) => d.hook === never.id && d.tries === 1), 20_000);
    const first = waiting.body.deliveries.filter((d) => d.hook === never.id);
    assert.equal(first.at(-1).reason, 'no-answer', 'tried again later');
    assert.ok(first.at(-1).tries >= 1 && first.length === 4);
  } finally {
    for (const h of [never, other]) if (h) await t6.post(`/v1/platform/hooks/${h.id}/end`);
    dumb.closeAllConnections?.();
    await Promise.all([r.close(), new Promise((done) => dumb.close(done))]);
  }
});

test('A09.8 webhooks lead nowhere inside: private addresses are refused, redirects are not followed', async () => {
  for (const url of ['http://10.0.0.1/', 'https://169.254.169.254/latest/meta-data', 'https://192.168.1.1/x', 'https://[::1]/', 'ftp://a.example/x', 'https://a@b.example/', 'http://1.1.1.1/', 'file:///etc/passwd'])
    assert.equal((await t6.post('/v1/platform/hooks', { url, events: ['batch.done'] })).status, 422, url);
  const r = await receiver(), inner = await receiver();
  try {
    r.state.status = 302;
    r.state.elsewhere = inner.url;
    const hook = ok(await t6.post('/v1/platform/hooks', { url: r.url, events: ['batch.done'] }), 201);
    await issue(t6, [order('X1')]);
    const waiting = await eventually(() => t6.get('/v1/platform/deliveries?state=waiting'), (a) => a.body.deliveries[0]?.tries >= 1, 20_000);
    assert.equal(waiting.body.deliveries[0].status, 302);
    assert.equal(inner.got.length, 0);
    ok(await t6.post(`/v1/platform/hooks/${hook.id}/end`));
  } finally {
    await Promise.all([r.close(), inner.close()]);
  }
});

// --- paperless pilot ---

test('A09.11 A09.12 share of e-invoices and cost of each by published parameters', async () => {
  const here = (v) => v.months.at(-1);
  // every invoice that this file issued, once the counting has caught up
  const numbers = new Set();
  for (const b of ok(await t6.get('/v1/platform/batches')).batches) for (const l of await all(t6, b.id)) l.numbers.forEach((x) => numbers.add(x));
  const one = (await eventually(() => open.get('/v1/paperless'), (r) => r.body.all.electronic === numbers.size)).body;
  assert.ok(one.months.length === 12 && one.parameters.every((p) => p.verified === false));
  const n = one.all.electronic;
  assert.ok(n >= 50, `${n}`);
  ok(await t1.post('/v1/paperless/reports', { period: here(one).period, paper: n }));
  ok(await t2.post('/v1/paperless/reports', { period: here(one).period, paper: 5 }));
  ok(await t2.post('/v1/paperless/reports', { period: here(one).period, paper: 0 }), 200);
  const two = ok(await open.get('/v1/paperless'));
  assert.deepEqual([two.all.paper, two.all.share, here(two).firms, two.all.electronic], [n, '0.5', 2, n]);
  assert.deepEqual([two.all.per_paper, two.all.per_electronic, two.all.average], ['5.00', '0.20', '2.60']);
  assert.equal(fen(two.all.saved), n * 480);
  assert.equal(fen(two.all.total), n * 520);
  assert.equal(ok(await t1.get('/v1/paperless/reports')).reports[0].paper, n);
  assert.equal((await t1.post('/v1/paperless/reports', { period: '2099-01', paper: 1 })).status, 422);
  assert.equal((await t1.post('/v1/paperless/reports', { period: '2026', paper: -1 })).status, 422);
  assert.equal((await open.post('/v1/paperless/reports', { period: '2026-11', paper: 1 })).status, 401);
});
