// Issuing: what is right becomes an invoice with its figures, what is wrong is told at its field, all at once (A08, A09).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
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

const line = (more = {}) => ({ tax_code: '1090105030000000000', name: '车床', rate: '0.13', quantity: '2', price: '50.00', ...more });
const body = (lines, more = {}) => ({ kind: 'special', seller_ref: 'r', buyer: T3, lines, ...more });
const pointers = (r) => r.body.errors.map((e) => e.pointer).sort();

test('A09.1 A09.5 an invoice with quantity, discount and units has exact figures', async () => {
  const r = await t1.post('/v1/invoices', body([
    line({ unit: '台', spec: 'CK6140', quantity: '3', price: '33.3333333333333', discount: '10.00' }),
    line({ name: '*机床*铣床', quantity: '1', price: '1130', price_includes_tax: true }),
    line({ name: '配件', quantity: undefined, price: undefined, amount: '0.50' }),
  ]));
  assert.equal(r.status, 201, r.text);
  const { number, amount, tax, total, status, qr, receipt, total_in_words: words } = r.body;
  // 100.00 - 10.00 + 1000.00 + 0.50; 13.00 - 1.30 + 130.00 + 0.07
  assert.deepEqual([amount, tax, total, status], ['1090.50', '141.77', '1232.27', 'valid']);
  assert.equal(words, '壹仟贰佰叁拾贰圆贰角柒分');
  assert.match(number, /^\d{2}332\d{15}$/);
  assert.match(qr, new RegExp(`^01,31,,${number},1232\\.27,\\d{8},,[0-9A-F]{4}$`));
  assert.ok(receipt.id);
  const shown = await t1.get(`/v1/invoices/${number}`);
  assert.equal(shown.body.lines.length, 4);
  assert.deepEqual(shown.body.lines[1], { amount: '-10.00', discount: true, name: '*机床*车床', rate: '0.13', tax: '-1.30',
    tax_code: '1090105030000000000' });
  assert.deepEqual([shown.body.lines[2].price, shown.body.lines[2].amount], ['1000', '1000.00']);
  assert.equal(shown.body.side, 'issued');
  assert.equal((await t3.get(`/v1/invoices/${number}`)).body.side, 'received');
});

test('A09.4 seven faults in one invoice: seven errors at their fields in one answer', async () => {
  const r = await t1.post('/v1/invoices', {
    kind: 'special', seller_ref: 'x'.repeat(65), buyer: { tax_id: '91330200MA2H00031W', name: '' },
    lines: [
      { tax_code: '9990105030000000000', name: '车床', rate: '0.15', quantity: '-1', price: '1.00' },
      { tax_code: '1090105030000000000', name: '铣床', rate: '0.13', quantity: '1', price: '10.00', discount: '99.00' },
    ],
  });
  assert.equal(r.status, 422, r.text);
  assert.deepEqual(pointers(r), ['/buyer/name', '/buyer/tax_id', '/lines/0/quantity', '/lines/0/rate', '/lines/0/tax_code',
    '/lines/1/discount', '/seller_ref']);
  for (const e of r.body.errors) assert.ok(e.detail && e.code, JSON.stringify(e));
  assert.match(r.headers.get('content-type'), /problem\+json/);
});

// What can be read is judged by itself; rules over several fields wait until all of them can be read; nothing is told of
// a field because another one can not be read.
const together = [
  // [the line, the faults: field and code]
  [{ quantity: '-1', price: 'abc' }, 'quantity not-positive', 'price type'],
  [{ quantity: 'abc', price: '-1' }, 'quantity type', 'price not-positive'],
  [{ quantity: '-1', price: '-1' }, 'quantity not-positive', 'price not-positive'],
  [{ quantity: '-1', price: 5 }, 'quantity not-positive', 'price type'],
  [{ quantity: 5 }, 'quantity type'],
  [{ price: 5 }, 'price type'],
  [{ quantity: 5, price: undefined }, 'quantity type'],
  [{ quantity: undefined, price: 'abc' }, 'price type'],
  [{ quantity: '-1', price: undefined }, 'quantity not-positive', 'price quantity-price'],
  [{ quantity: undefined, price: '0' }, 'quantity quantity-price', 'price not-positive'],
  [{ quantity: undefined, price: undefined, amount: 'abc' }, 'amount type'],
  [{ quantity: 'abc', price: 'abc', amount: 'abc' }, 'quantity type', 'price type', 'amount type'],
  [{ quantity: '1', price: '-1', discount: '9999999.00' }, 'price not-positive', 'discount discount'],
  [{ quantity: '1', price: '-100', discount: '50.00' }, 'price not-positive'],
  [{ quantity: 'abc', discount: '50.00' }, 'quantity type'],
  [{ quantity: 'abc', amount: '100.00', discount: '100.01' }, 'quantity type', 'discount discount'],
  [{ quantity: 'abc', amount: '100.00', tax: '14.00' }, 'quantity type', 'tax tax-tolerance'],
  [{ quantity: '-2', amount: '100.00', tax: '14.00' }, 'quantity not-positive', 'tax tax-tolerance'],
  [{ tax: '14.00', discount: '100.01' }, 'tax tax-tolerance', 'discount discount'],
  [{ tax: 'abc', discount: '100.01' }, 'tax type', 'discount discount'],
  [{ amount: '100.02', discount: 'abc' }, 'amount amount-product', 'discount type'],
  [{ rate: 'abc', discount: '100.01' }, 'rate type', 'discount discount'],
  [{ rate: 'abc', tax: '14.00' }, 'rate type'],
  [{ rate: undefined, quantity: '0' }, 'rate required', 'quantity not-positive'],
  [{ price_includes_tax: 'maybe', tax: '11.50' }, 'price_includes_tax type'],
  [{ price_includes_tax: 'maybe', rate: '0.15' }, 'price_includes_tax type', 'rate rate'],
  [{ tax_code: 7, rate: '0', treatment: 'not_taxed' }, 'tax_code type'],
  [{ tax_code: 7, rate: '0.15', name: '*家具*车床' }, 'tax_code type', 'rate rate'],
  [{ tax_code: '9990105030000000000', quantity: 7, price: '-1' }, 'tax_code tax-code-form', 'quantity type', 'price not-positive'],
  [{ treatment: 'perhaps', rate: '0' }, 'treatment choice'],
  [{ treatment: 'perhaps', rate: '0.15' }, 'treatment choice', 'rate rate'],
  [{ treatment: 'exempt', name: '' }, 'rate treatment-rate', 'name required'],
  [{ policy: 'simple_3', rate: 13 }, 'rate type'],
  [{ policy: 'simple_3', name: 7 }, 'policy policy-rate', 'name type'],
  [{ coal: '9', tax_code: '1020101000000000000' }, 'coal choice'],
  [{ coal: '0100', tax_code: 7 }, 'tax_code type'],
  [{ unknown: '1', quantity: '0' }, 'unknown unknown-field', 'quantity not-positive'],
];

test('A09.4 each readable field is judged by itself, none because of another that can not be read', async () => {
  for (const [more, ...faults] of together) {
    const r = await t1.post('/v1/invoices', body([line(), line(more)]));
    assert.equal(r.status, 422, JSON.stringify(more) + ' ' + r.text);
    assert.deepEqual(r.body.errors.map((e) => `${e.pointer.replace('/lines/1/', '')} ${e.code}`).sort(), faults.sort(), JSON.stringify(more));
  }
  const whole = [
    [body(['x']), '/lines/0 type'],
    [body([line(), 7, line({ quantity: '-1' })]), '/lines/1 type', '/lines/2/quantity not-positive'],
    [body([line()], { buyer: 'x' }), '/buyer type'],
    [body([line()], { buyer: undefined }), '/buyer required'],
    [body([line()], { buyer: { tax_id: 7, name: '' } }), '/buyer/name required', '/buyer/tax_id type'],
    [body([line({ rate: '0' })], { kind: 'perhaps', buyer: { name: '某人' } }), '/kind choice'],
    [body([line({ rate: '0.005' })], { business: 'perhaps', special: [{ place: '杭州' }] }), '/business choice'],
    [body([line({ rate: '0.15' })], { business: 'perhaps' }), '/business choice', '/lines/0/rate rate'],
    [body([line({ tax_code: '3050100000000000000', rate: '0.09' })], { business: 'construction', special: ['x'] }), '/special/0 type'],
    [body([line({ tax_code: '3050100000000000000', rate: '0.09' })], { business: 'construction', special: [{ place: 7 }] }),
      '/special/0/place type', '/special/0/project special-missing'],
    [body([line({ price_includes_tax: true, tax: '1.00' })], { differential: 'x' }), '/differential type'],
    [body([line({ price_includes_tax: true, tax: '1.00' })], { differential: { form: 'difference', deduction: 'x',
      proofs: [{ kind: '01', voucher_no: '1', amount: '5.00' }] } }), '/differential/deduction type', '/differential/proofs/0/voucher_no differential-number'],
    [body([line({ tax_code: 1, name: 1, quantity: 1, price: 1, rate: 1 })], { seller_ref: 1, buyer: { ...T3, name: 1 } }),
      '/buyer/name type', '/lines/0/name type', '/lines/0/price type', '/lines/0/quantity type', '/lines/0/rate type',
      '/lines/0/tax_code type', '/seller_ref type'],
  ];
  for (const [sent, ...faults] of whole) {
    const r = await t1.post('/v1/invoices', sent);
    assert.equal(r.status, 422, JSON.stringify(sent) + ' ' + r.text);
    assert.deepEqual(r.body.errors.map((e) => `${e.pointer} ${e.code}`).sort(), faults.sort(), JSON.stringify(sent));
  }
});

test('A09.4 each rule has its own error at its field', async () => {
  const cases = [
    [{ tax_code: '1000000000000000000' }, '/lines/0/tax_code', 'tax-code-summary'], // 篇
    [{ tax_code: '1090000000000000000' }, '/lines/0/tax_code', 'tax-code-summary'], // 类
    [{ tax_code: '1090100000000000000' }, '/lines/0/tax_code', 'tax-code-summary'], // 章 with items below it
    [{ tax_code: '3040102000000000000' }, '/lines/0/tax_code', 'tax-code-summary'], // retired
    [{ tax_code: '109010503000000000' }, '/lines/0/tax_code', 'tax-code-form'],
    [{ tax_code: '1090105039900000000' }, '/lines/0/tax_code', 'tax-code-unknown'],
    [{ name: '*家具*车床' }, '/lines/0/name', 'short-name'],
    [{ rate: '0.17' }, '/lines/0/rate', 'rate'],
    [{ rate: '0' }, '/lines/0/rate', 'special-exempt'],
    [{ treatment: 'exempt' }, '/lines/0/rate', 'treatment-rate'],
    [{ price: undefined }, '/lines/0/price', 'quantity-price'],
    [{ quantity: undefined, price: undefined }, '/lines/0/amount', 'amount-missing'],
    [{ quantity: '0' }, '/lines/0/quantity', 'not-positive'],
    [{ price: '-5' }, '/lines/0/price', 'not-positive'],
    [{ quantity: '0.001', price: '0.001' }, '/lines/0/price', 'amount-not-positive'],
    [{ quantity: '9999999999999999', price: '9999999999' }, '/lines/0/price', 'amount-range'],
    [{ quantity: '1.12345678901234', price: '1' }, '/lines/0/quantity', 'too-long'],
    [{ amount: '100.02' }, '/lines/0/amount', 'amount-product'],
    [{ tax: '13.07' }, '/lines/0/tax', 'tax-tolerance'],
    [{ discount: '100.01' }, '/lines/0/discount', 'discount'],
    [{ amount: '-1.00', quantity: undefined, price: undefined }, '/lines/0/amount', 'too-small'],
  ];
  for (const [more, pointer, code] of cases) {
    const r = await t1.post('/v1/invoices', body([line(more)]));
    assert.equal(r.status, 422, JSON.stringify(more) + ' ' + r.text);
    assert.deepEqual(r.body.errors.map((e) => [e.pointer, e.code]), [[pointer, code]], JSON.stringify(more));
  }
  const person = await t1.post('/v1/invoices', body([line()], { buyer: { tax_id: parties.P2, name: '李静' } }));
  assert.deepEqual(pointers(person), ['/buyer/tax_id']);
  const nobody = await t1.post('/v1/invoices', body([line()], { buyer: { name: '某人' } }));
  assert.deepEqual(pointers(nobody), ['/buyer/tax_id']);
  const total = await t1.post('/v1/invoices', body([line()], { total: '113.01' }));
  assert.deepEqual(total.body.errors.map((e) => [e.pointer, e.code]), [['/total', 'total-differs']]);
});

test('A09.4 a heading of the code table is no choice; a code with finer ones below it, and a chapter without any, is', async () => {
  const refused = await t1.post('/v1/invoices', body([line({ tax_code: '1090000000000000000', name: '机械' })]));
  assert.match(refused.body.errors[0].detail, /是汇总项/);
  assert.match(refused.body.errors[0].fix, /下面/);
  const selectable = async (q) => (await t1.get(`/v1/tax-codes?q=${q}`)).body.tax_codes.find((t) => t.code === q).selectable;
  assert.deepEqual([await selectable('1090000000000000000'), await selectable('1040201000000000000'), await selectable('1090105030000000000')],
    [false, true, true]);
  for (const tax_code of ['1040201000000000000', '2020000000000000000', '3050100000000000000']) {
    const r = await t1.post('/v1/invoices', body([line({ tax_code })]));
    assert.equal(r.status, 201, r.text);
  }
  const batch = await t1.post('/v1/invoices/batch', JSON.stringify(body([line({ tax_code: '3000000000000000000' })])), { type: 'application/x-ndjson' });
  assert.match(batch.text, /tax-code-summary/);
});

test('A09.4 within the tolerance the seller\'s own tax stands; beyond 1.27 over the invoice it does not', async () => {
  const own = await t1.post('/v1/invoices', body([line({ amount: '100.01', tax: '13.06' })]));
  assert.equal(own.status, 201, own.text);
  assert.deepEqual([own.body.amount, own.body.tax], ['100.01', '13.06']);
  const many = (n) => body(Array.from({ length: n }, () => line({ tax: '13.06' })));
  assert.equal((await t1.post('/v1/invoices', many(21))).status, 201);
  const beyond = await t1.post('/v1/invoices', many(22));
  assert.deepEqual(beyond.body.errors.map((e) => [e.pointer, e.code]), [['/lines', 'tax-tolerance-sum']]);
});

test('A09.1 exempt, zero-rated and not taxed lines on ordinary invoices; small-scale rates', async () => {
  const ordinary = (lines, more = {}) => body(lines, { kind: 'ordinary', ...more });
  const r = await t1.post('/v1/invoices', ordinary([
    line({ tax_code: '1010112010000000000', name: '萝卜', rate: '0', treatment: 'exempt' }),
    line({ rate: '0', treatment: 'zero' }),
    line({ tax_code: '6010000000000000000', name: '充值', rate: '0', quantity: undefined, price: undefined, amount: '50.00' }),
  ], { buyer: { name: '李静' } }));
  assert.equal(r.status, 201, r.text);
  assert.deepEqual([r.body.tax, r.body.total], ['0.00', '250.00']);
  const shown = (await t1.get(`/v1/invoices/${r.body.number}`)).body;
  assert.deepEqual(shown.lines.map((l) => l.treatment), ['exempt', 'zero', 'not_taxed']);
  const wrong = await t1.post('/v1/invoices', ordinary([line({ rate: '0', treatment: 'not_taxed' }),
    line({ tax_code: '6010000000000000000', rate: '0.13' })]));
  assert.deepEqual(wrong.body.errors.map((e) => [e.pointer, e.code]),
    [['/lines/0/treatment', 'treatment-not-taxed'], ['/lines/1/rate', 'treatment-code']]);
  const bread = line({ tax_code: '1030105010500000000', name: '面包', quantity: undefined, price: undefined, amount: '16000.00', price_includes_tax: true });
  const small = await t2.post('/v1/invoices', ordinary([{ ...bread, rate: '0.01' }]));
  assert.equal(small.status, 201, small.text);
  assert.deepEqual([small.body.amount, small.body.tax], ['15841.58', '158.42']);
  const high = await t2.post('/v1/invoices', ordinary([{ ...bread, rate: '13%' }]));
  assert.deepEqual(high.body.errors.map((e) => e.code), ['rate']);
  assert.match(high.body.errors[0].detail, /5%、3%、1%、0%/);
});

test('limits: 2,000 lines, body, quota, wrong types, huge amounts', async () => {
  const small = line({ quantity: '1', price: '0.10', name: '螺钉' });
  const most = await t1.post('/v1/invoices', body(Array.from({ length: 2000 }, () => small)));
  assert.equal(most.status, 201, most.text);
  assert.equal(most.body.amount, '200.00');
  const more = await t1.post('/v1/invoices', body(Array.from({ length: 2001 }, () => small)));
  assert.deepEqual(more.body.errors.map((e) => [e.pointer, e.code]), [['/lines', 'too-many']]);
  const none = await t1.post('/v1/invoices', body([]));
  assert.deepEqual(none.body.errors.map((e) => [e.pointer, e.code]), [['/lines', 'too-few']]);
  const long = await t1.post('/v1/invoices', body([line()], { remark: 'x'.repeat(3 << 20) }));
  assert.equal(long.status, 413, long.text);
  const quota = await t1.post('/v1/invoices', body([line({ quantity: '1', price: '9000000000' })]));
  assert.equal(quota.status, 409, quota.text);
  assert.equal(quota.body.code, 'quota');
  const types = await t1.post('/v1/invoices', { kind: 1, buyer: 'x', lines: { 0: 1 }, remark: ['a'], extra: true });
  assert.equal(types.status, 422);
  assert.deepEqual(pointers(types), ['/buyer', '/extra', '/kind', '/lines', '/remark']);
  const broken = await t1.call('POST', '/v1/invoices', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]));
  assert.equal(broken.status, 400, broken.text);
});

test('A09.12 a preview computes everything and issues nothing', async () => {
  const before = (await t1.get('/v1/invoices')).body.count;
  const r = await t1.post('/v1/invoices/preview', body([line()]), { key: null });
  assert.equal(r.status, 200, r.text);
  assert.deepEqual([r.body.number, r.body.total, r.body.total_in_words], [null, '113.00', '壹佰壹拾叁圆整']);
  assert.equal((await t1.get('/v1/invoices')).body.count, before);
  const wrong = await t1.post('/v1/invoices/preview', body([line({ rate: '0.2' })]), { key: null });
  assert.equal(wrong.status, 422);
});

test('another taxpayer\'s invoice is not there, and the try is in the security log', async () => {
  const made = await t1.post('/v1/invoices', invoiceBody({ ref: 'z', buyer: T3, net: '1.00' }));
  const r = await t2.get(`/v1/invoices/${made.body.number}`);
  assert.equal(r.status, 404);
  assert.match(server.output, /"event":"foreign-read"/);
});

test('A09.12 drafts: kept whatever is in them, used up by issuing', async () => {
  const content = { kind: 'special', buyer: { name: '没填完', tax_id: 'x' }, lines: [{ name: '', price: 'abc' }] };
  const made = await t1.post('/v1/invoices/drafts', { content });
  assert.equal(made.status, 201, made.text);
  const path = `/v1/invoices/drafts/${made.body.id}`;
  assert.deepEqual((await t1.get(path)).body.content, content);
  assert.equal((await t1.get(path)).body.title, '没填完');
  assert.equal((await t2.get(path)).status, 404);
  assert.equal((await t2.put(path, { content: {} })).status, 404);
  const saved = await t1.put(path, { content: { ...content, remark: '改' }, title: '给远帆' });
  assert.equal(saved.status, 200, saved.text);
  assert.deepEqual((await t1.get('/v1/invoices/drafts')).body.drafts.map((d) => d.title), ['给远帆']);
  assert.equal((await t1.post('/v1/invoices/drafts', { content: [] })).status, 422);
  assert.equal((await t1.post('/v1/invoices/drafts', { content: { a: 'x'.repeat(520 * 1024) } })).status, 422);
  const used = await t1.post('/v1/invoices', body([line()], { draft: made.body.id }));
  assert.equal(used.status, 201, used.text);
  assert.equal((await t1.get(path)).status, 404);
  const second = await t1.post('/v1/invoices/drafts', { content });
  assert.equal((await t1.delete(`/v1/invoices/drafts/${second.body.id}`)).status, 200);
  assert.deepEqual((await t1.get('/v1/invoices/drafts')).body.drafts, []);
});
