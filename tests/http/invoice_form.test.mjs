// What the form of an invoice starts from, and drafts of it, as programs see them (A09.1, A09.12).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { Server } from '../lib/server.mjs';

let server, t1, t2;
before(async () => {
  server = await Server.start();
  t1 = await Client.signIn(server.url, 'T1');
  t2 = await Client.signIn(server.url, 'T2');
});
after(() => server.close());
const body = (o = {}) => ({ ...invoiceBody({ buyer: { tax_id: parties.T2, name: '小满面包房' }, net: '1000.00' }), ...o });

test('A09.1 seller, quota, rates of the day, the empty form', async () => {
  const { body: b } = await t1.get('/v1/invoices/new');
  assert.equal(b.seller.tax_id, parties.T1);
  assert.equal(b.seller.general, true);
  assert.ok(b.rates.includes('0.13') && b.rates.includes('0'));
  assert.equal(b.usual_rate, '0.13');
  assert.equal(b.quota_used, '0.00');
  assert.equal(b.quota_left, b.quota);
  assert.deepEqual(b.buyers, []);
  assert.deepEqual(b.form, { kind: 'special', lines: [] });
  const small = (await t2.get('/v1/invoices/new')).body;
  assert.equal(small.form.kind, 'ordinary');
  assert.notEqual(small.usual_rate, '0.13');
  assert.equal((await new Client(server.url).get('/v1/invoices/new')).status, 401);
  // a person is no seller: it is said before the form, and by the act
  const person = await Client.signIn(server.url, 'P1');
  assert.deepEqual((await person.get('/v1/invoices/new')).body, { may_issue: false });
  assert.equal((await person.post('/v1/invoices', body())).status, 409);
});

test('A09.12 earlier buyers, the quota that is left, a copy that can be issued as it stands', async () => {
  const lines = [{ ...body().lines[0], quantity: '3', discount: '300.00' }, { tax_code: '1090105030000000000', name: '铣床', amount: '50.00', rate: '0.13' }];
  const one = await t1.post('/v1/invoices', body({ lines, remark: '合同 1' }));
  assert.equal(one.status, 201, one.text);
  await t1.post('/v1/invoices', body({ kind: 'ordinary', buyer: { name: '张三' } }));
  const { body: b } = await t1.get(`/v1/invoices/new?copy=${one.body.number}`);
  assert.deepEqual(b.buyers, [{ name: '张三', tax_id: null }, { name: '小满面包房', tax_id: parties.T2 }]);
  assert.equal(b.quota_used, '3750.00');
  assert.equal(b.form.lines.length, 2, 'a discount line belongs to its line');
  assert.equal(b.form.lines[0].name, '车床');
  assert.equal(b.form.lines[0].discount, '300.00');
  assert.equal(b.form.lines[1].amount, '50.00');
  const again = await t1.post('/v1/invoices', b.form);
  assert.equal(again.status, 201, again.text);
  assert.equal(again.body.total, one.body.total);
  // neither a red letter, nor what others issued
  const reversed = await t1.post(`/v1/invoices/${again.body.number}/reversal`, { reason: '销货退回' });
  const red = (await t1.get(`/v1/invoices/${again.body.number}`)).body.red_numbers[0];
  assert.ok(reversed.status < 300 && red, reversed.text);
  assert.equal((await t1.get(`/v1/invoices/new?copy=${red}`)).status, 400);
  assert.equal((await t2.get(`/v1/invoices/new?copy=${one.body.number}`)).status, 400);
  assert.equal((await t1.get('/v1/invoices/new?copy=26330000000000000000')).status, 404);
});

test('A09.12 half an invoice is kept as it is, saved over, and thrown away', async () => {
  const half = { kind: 'special', buyer: { tax_id: 'wrong', name: '某某' }, lines: [{ name: '车床', quantity: 'zwei', price_includes_tax: true }] };
  const kept = await t1.post('/v1/invoices/drafts/form', half);
  assert.equal(kept.status, 201, kept.text);
  assert.equal(kept.body.title, '某某');
  const shown = (await t1.get(`/v1/invoices/new?draft=${kept.body.id}`)).body;
  assert.deepEqual(shown.form, { ...half, draft: kept.body.id });
  assert.equal(shown.drafts, 1);
  assert.ok(shown.saved_at);
  const over = await t1.post('/v1/invoices/drafts/form', { ...half, remark: '改了', draft: kept.body.id });
  assert.equal(over.body.id, kept.body.id);
  assert.equal((await t1.get(`/v1/invoices/drafts/${kept.body.id}`)).body.content.remark, '改了');
  assert.equal((await t2.get(`/v1/invoices/new?draft=${kept.body.id}`)).status, 404);
  const theirs = await t2.post('/v1/invoices/drafts/form', { ...half, draft: kept.body.id });
  assert.notEqual(theirs.body.id, kept.body.id, 'another taxpayer has no way to this draft');
  assert.equal((await t1.post(`/v1/invoices/drafts/${kept.body.id}/end`)).status, 200);
  assert.equal((await t1.post(`/v1/invoices/drafts/${kept.body.id}/end`)).status, 404);
  // gone: what is typed is kept all the same
  const anew = await t1.post('/v1/invoices/drafts/form', { ...half, draft: kept.body.id });
  assert.equal(anew.status, 201);
  assert.notEqual(anew.body.id, kept.body.id);
});

test('A09.12 a draft of any shape does no harm to the page', async () => {
  const cookie = await (async () => {
    const login = await fetch(server.url + '/login', { method: 'POST', redirect: 'manual', body: new URLSearchParams({ account: parties.T1, password: 'sandbox' }) });
    const set = login.headers.getSetCookie?.() ?? login.headers.get('set-cookie').split(/,(?=[^;]+=)/); // Node 18 has them in one
    return set.map((c) => c.split(';')[0].trim()).join('; ');
  })();
  for (const content of [{}, { lines: 'x', buyer: [] }, { lines: ['x', 7, null, { rate: 5, name: {} }], kind: 9 }, { lines: [[]], buyer: { tax_id: {} }, form: 1, _view: 2 }]) {
    const draft = await t1.post('/v1/invoices/drafts', { content });
    assert.equal(draft.status, 201, draft.text);
    const page = await fetch(`${server.url}/invoices/new?draft=${draft.body.id}`, { headers: { cookie } });
    assert.equal(page.status, 200, JSON.stringify(content));
    assert.match(await page.text(), /项目明细/);
  }
  for (const [n, said] of [[1000, /第 1000 行单价/], [1001, /1001 行，网页上最多填 1,000 行/]]) {
    const lines = Array.from({ length: n }, (_, i) => ({ name: `车床 ${i}`, tax_code: '1090105030000000000', spec: 'CK6140', unit: '台', quantity: '1', price: '10.00', rate: '0.13' }));
    const draft = await t1.post('/v1/invoices/drafts/form', { lines });
    const page = await fetch(`${server.url}/invoices/new?draft=${draft.body.id}`, { headers: { cookie } });
    assert.equal(page.status, 200);
    assert.match(await page.text(), said);
  }
});

test('A09.8 a table becomes invoices; the same key issues nothing twice; faults name their row', async () => {
  const page = (await t1.get('/v1/invoices/batch')).body;
  assert.ok(page.columns.includes('税收分类编码') && page.max_bytes > 0);
  const template = await t1.get('/v1/invoices/batch.xlsx', { raw: true });
  assert.equal(template.bytes.subarray(0, 2).toString(), 'PK');
  const before = (await t1.get('/v1/invoices')).body.count;
  const table = (...rows) => ['单号,发票种类,购买方税号,购买方名称,税收分类编码,项目名称,数量,单价,金额,税率,折扣', ...rows].join('\n');
  const file = table(`a,special,${parties.T2},小满面包房,1090105030000000000,车床,2,100,,13%,20`, 'a,,,,1090105030000000000,铣床,,,50,0.13,',
    `,普通发票,,张三,1090105030000000000,"车床, ""大""",1,7.5,,13%,`, `b,special,${parties.T2},小满面包房,1,车床,1,1,,13%,`, '', ',,,,,,,,,,');
  const key = 'table-1-0123456789abcdef';
  const one = await t1.post('/v1/invoices/batch/file', { file }, { key });
  assert.equal(one.status, 200, one.text);
  assert.deepEqual([one.body.issued, one.body.refused], [2, 1]);
  assert.deepEqual(one.body.invoices.map((i) => [i.row, i.seller_ref]), [[2, 'a'], [4, null]]);
  assert.deepEqual(one.body.faults.map((f) => [f.row, f.pointer]), [[5, '/lines/0/tax_code']]);
  const shown = (await t1.get(`/v1/invoices/${one.body.invoices[0].number}`)).body;
  assert.deepEqual([shown.amount, shown.tax, shown.lines.length], ['230.00', '29.90', 3]);
  assert.equal((await t1.get(`/v1/invoices/${one.body.invoices[1].number}`)).body.lines[0].name, '*机床*车床, "大"');
  assert.deepEqual((await t1.post('/v1/invoices/batch/file', { file }, { key })).body, one.body);
  assert.equal((await t1.post('/v1/invoices/batch/file', { file: file + '\n' + ',普票,,李四,1090105030000000000,x,1,1,,13%,' }, { key })).status, 409);
  assert.equal((await t1.get('/v1/invoices')).body.count, before + 2);
  // JSON lines take the same road
  const lines = await t1.post('/v1/invoices/batch/file', { file: JSON.stringify(body()) + '\n{"kind":7}\n' });
  assert.deepEqual([lines.body.issued, lines.body.refused, lines.body.invoices[0].row], [1, 1, 1]);
  assert.ok(lines.body.faults.every((f) => f.row === 2));
  for (const [bad, code] of [['甲,乙\n1,2', 'table-column'], ['单号,备注\n1,2', 'table-head'], ['项目名称\n"x', 'table-broken'], ['项目名称\n', 'batch-empty']]) {
    const r = await t1.post('/v1/invoices/batch/file', { file: bad });
    assert.ok(r.status === 422 || r.status === 400, r.text);
    assert.ok(r.text.includes(code), `${code}: ${r.text}`);
  }
  const rows = Array.from({ length: 20001 }, () => ',,,,,x,,,,,');
  assert.match((await t1.post('/v1/invoices/batch/file', { file: table(...rows) })).text, /table-too-long/);
});
