// The portal by API (G06.1 G06.2 G06.7 G06.8 A13.1 A05.9 A04.18): homes of the three who come, menu, task search, calendar, to-dos,
// receipts for their holders and for anybody.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { fileDue } from '../lib/owing.mjs';
import { Server } from '../lib/server.mjs';

let server, open;
before(async () => {
  server = await Server.start();
  open = new Client(server.url);
});
after(() => server.close());

const is = (r, status) => { assert.equal(r.status, status, r.text.slice(0, 600)); return r.body; };
const now = new Date(Date.now() + 8 * 3600_000).toISOString();
const monthOf = (n) => new Date(Date.UTC(Number(now.slice(0, 4)), Number(now.slice(5, 7)) - 1 + n, 1)).toISOString().slice(0, 7);
const names = { T1: '海川精密机械有限公司', T3: '远帆纺织进出口有限公司' };
const search = async (c, q) => is(await c.get('/v1/search?q=' + encodeURIComponent(q)), 200);
const ids = (list) => list.map((t) => t.id);

test('G06.1 G06.2 the public home: what can be done, who can do it, and the next dates; no account needed', async () => {
  const home = is(await open.get('/v1/home'), 200);
  assert.equal(home.who, 'public');
  assert.equal(home.calendar.month, monthOf(0));
  const last = home.calendar.due.at(-1);
  assert.ok(last.due_on.startsWith(monthOf(1)), last.due_on);
  assert.match(last.titles[0].title, /^按月申报的税费（\d{4} 年 \d+ 月所属期）$/);
  for (const g of home.visitor.groups)
    for (const i of g.items) assert.notEqual((await open.get(i.href, { headers: { accept: 'text/html' } })).status, 404, i.href);
  const english = is(await new Client(server.url, { language: 'en' }).get('/v1/home'), 200);
  assert.equal(english.calendar.due.at(-1).titles[0].title.replace(/\d{4}-\d\d/, 'M'), 'Taxes and fees filed monthly (for M)');
});

test('G06.8 A13.7 the home offers what is done most by a firm, a small-scale firm, a person and a visitor, and nothing of the others', async () => {
  const groupsOf = async (account) => is(await (await Client.signIn(server.url, account)).get('/v1/home'), 200).taxpayer.groups;
  const hrefs = (groups) => groups.flatMap((g) => g.items.map((i) => i.href));
  const t1 = await groupsOf('T1'), t2 = hrefs(await groupsOf('T2')), p1 = await groupsOf('P1');
  assert.deepEqual(t1.map((g) => g.name), ['发票', '申报和缴款', '企业和人员']);
  assert.equal(t1[0].items[0].href, '/invoices/new');
  for (const wanted of ['/returns', '/payments/new', '/input-credits']) assert.ok(hrefs(t1).includes(wanted), wanted);
  assert.ok(t2.includes('/invoices/new') && !t2.includes('/input-credits'), 'small-scale payers credit no input tax');
  assert.equal(hrefs(p1)[0], '/agency/requests/new');
  for (const never of ['/invoices/new', '/input-credits', '/quota']) assert.ok(!hrefs(p1).includes(never), never);
});

test('G06.8 the menu shows what works and what the caller may do', async () => {
  const menu = is(await open.get('/v1/menu'), 200);
  assert.ok(menu.sections.some((s) => s.id === '公众服务'));
  assert.ok(!menu.sections.some((s) => s.id === '我要查询'), 'nothing of taxpayers before signing in');
  const t1 = await Client.signIn(server.url, 'T1');
  const own = is(await t1.get('/v1/menu'), 200);
  assert.ok(own.sections.some((s) => s.id === '我要办税'));
  assert.ok(!own.sections.some((s) => s.id === '税务人端'));
  const one = is(await t1.get('/v1/menu?section=' + encodeURIComponent('我要查询')), 200);
  assert.deepEqual(one.sections.map((s) => s.id), ['我要查询']);
  assert.deepEqual(is(await t1.get('/v1/menu?section=nothing'), 200).sections, []);
});

test('G06.8 A13.1 the search understands both menus, numbers and other words; it gives away nothing', async () => {
  const t1 = await Client.signIn(server.url, 'T1');
  assert.equal((await search(t1, '我要报税')).tasks[0]?.id, 'filing.list');
  assert.ok(ids((await search(open, '企业查询')).tasks).includes('registry.public_search'));
  assert.ok(ids((await search(open, '征期')).tasks).includes('portal.calendar'));
  assert.ok(ids((await search(open, '真伪 回执')).tasks).includes('receipt.check'));
  const english = is(await new Client(server.url, { language: 'en' }).get('/v1/search?q=deadline'), 200);
  assert.equal(english.tasks[0].title, 'Tax calendar');
  // Officers' tasks are not for others; the register of names is searched by officers only.
  assert.ok(!ids((await search(t1, '登记信息')).tasks).includes('registry.list'));
  assert.deepEqual((await search(t1, '海川精密')).taxpayers, []);
  const o1 = await Client.signIn(server.url, 'O1');
  const found = await eventually(() => search(o1, '海川精密'), (b) => b.taxpayers.length > 0);
  assert.equal(found.taxpayers[0].id, parties.T1);
  assert.equal((await search(o1, parties.T1.toLowerCase())).taxpayers[0].id, parties.T1);
  // A code leads to the public register.
  assert.equal((await search(open, parties.T2)).documents[0].href, `/public/taxpayers/${parties.T2}`);
  const none = await search(open, '天外飞仙');
  assert.equal(none.count, 0);
  // signs of a query language are no language here, only what stands between words
  assert.deepEqual(ids((await search(open, '" OR title:* NEAR(')).tasks), ids((await search(open, 'or title near')).tasks));
  assert.equal((await open.get('/v1/search?q=' + 'x'.repeat(101))).status, 400);
});

test('G06.8 A13.1 twenty-five questions: the exact task stands first, what is not online yet says where to go, goods do not mix in', async () => {
  const t1 = await Client.signIn(server.url, 'T1'), english = new Client(server.url, { token: t1.token, language: 'en' });
  const table = {
    开发票: 'invoice.blank', 给客户开票: 'invoice.blank', 我要开专票: 'invoice.blank', 'issue an invoice': 'invoice.blank', invoice: 'invoice.blank',
    发票开错了怎么办: 'reversal.choose', 作废: 'reversal.choose', 查发票: 'verify.form', 发票真伪: 'verify.form',
    付款: 'payment.due', 交税: 'payment.due', 'pay tax': 'payment.due', 报税: 'filing.list', 申报增值税: 'filing.list', 开完税证明: 'certificate.form',
    提额: 'quota.show', 领发票: 'platform.claim_page', 改密码: 'identity.password_page', 忘记密码: 'identity.enrol_page', 授权别人办税: 'identity.mandates',
    退税: 'elsewhere.refund', refund: 'elsewhere.refund', 注销: 'elsewhere.deregistration', passport: 'elsewhere.departure_refund', 印花税: 'elsewhere.other_taxes' };
  assert.equal(Object.keys(table).length, 25);
  for (const [q, wanted] of Object.entries(table)) {
    const found = await search(/^[a-z]/.test(q) ? english : t1, q), first = [...found.tasks, ...found.elsewhere][0];
    assert.equal(first?.id, wanted, q);
    assert.deepEqual(found.tax_codes, [], q);
    if (wanted.startsWith('elsewhere.')) assert.match(first.detail, /12366/, q);
  }
  assert.ok((await search(t1, '车床')).tax_codes.length > 0);
  assert.equal((await search(t1, '卖面包')).tax_codes[0].title, '面包');
});

test('G06.8 A05.9 a taxpayer sees its duties, its month, its receipts and messages; nobody else does', async () => {
  let t1 = await Client.signIn(server.url, 'T1');
  await fileDue(t1);
  const invoice = is(await t1.post('/v1/invoices', invoiceBody({ ref: 'P1', net: '1000000.00', buyer: { tax_id: parties.T3, name: names.T3 } })), 201);
  const before = await eventually(async () => is(await t1.get('/v1/home'), 200), (h) => h.taxpayer.month.count === 1);
  assert.equal(before.who, 'taxpayer');
  assert.equal(before.taxpayer.month.amount, '1000000.00');
  assert.equal(before.taxpayer.sales.length, 12);
  assert.equal(before.taxpayer.sales[11].tax, '130000.00');
  assert.equal(before.taxpayer.todo_count, 0, 'this month can not be filed yet');
  // Its own invoice is found by number; for others the number only leads to verification, if anywhere.
  const own = (await search(t1, invoice.number)).documents.find((d) => d.kind === 'invoice');
  assert.equal(own.href, `/invoices/${invoice.number}`);
  const t2 = await Client.signIn(server.url, 'T2');
  assert.ok(!(await search(t2, invoice.number)).documents.some((d) => d.kind === 'invoice'));

  is(await open.post('/v1/sandbox/clock', { now: `${monthOf(1)}-05T10:00:00+08:00` }), 200);
  t1 = await Client.signIn(server.url, 'T1');
  is(await t1.get('/v1/obligations'), 200);
  const todo = is(await t1.get('/v1/todos'), 200);
  assert.equal(todo.todo_count, 1);
  assert.equal(todo.todos[0].kind, 'file');
  assert.equal(todo.todos[0].href, `/returns/vat/${monthOf(0)}`);
  assert.ok(todo.todos[0].due_on.startsWith(monthOf(1)));
  const form = is(await t1.get(`/v1${todo.todos[0].href}`), 200);
  const filed = is(await t1.post(`/v1${todo.todos[0].href}`, { lines: form.lines }), 201);

  const home = is(await t1.get('/v1/home'), 200);
  assert.equal(home.taxpayer.todos[0].kind, 'pay');
  assert.equal(home.taxpayer.todos[0].amount, '145600.00', '130,000.00 and 12 % of it');
  assert.equal(home.taxpayer.owed, '145600.00');
  assert.ok(home.calendar.due.some((d) => d.due_on === home.taxpayer.todos[0].due_on && d.titles.length === 4));
  const receipt = home.taxpayer.recent.find((r) => r.id === filed.receipt.id);
  assert.equal(receipt.title, '纳税申报');
  await eventually(async () => is(await t1.get('/v1/home'), 200), (h) => h.taxpayer.messages.some((m) => m.kind === 'return.filed'));
  assert.equal(is(await (await Client.signIn(server.url, 'T2')).get('/v1/home'), 200).taxpayer.owed, '0.00');
});

test('A05.9 the calendar of a month: days off by the notice, due dates, own duties; other months, wrong ones', async () => {
  const october = is(await open.get('/v1/calendar?month=2026-10'), 200).calendar;
  assert.equal(october.days.length, 31);
  assert.deepEqual(october.days.filter((d) => d.holiday).map((d) => d.date.slice(8)), ['01', '02', '03', '04', '05', '06', '07']);
  assert.equal(october.days[9].working, true, '2026-10-10 is a working Saturday');
  assert.equal(october.due[0].titles.length, 2, 'monthly and quarterly');
  const t1 = await Client.signIn(server.url, 'T1');
  const own = is(await t1.get(`/v1/calendar?month=${monthOf(1)}`), 200).calendar;
  assert.equal(own.own, true);
  assert.ok(own.due.length >= 1);
  assert.equal(is(await open.get('/v1/calendar?month=2099-01'), 200).calendar.covered, false);
  for (const wrong of ['2026', '2026Q4', '1900-01', '2999-12', 'x']) assert.equal((await open.get(`/v1/calendar?month=${wrong}`)).status, 400, wrong);
});

test("G06.1 the officer's desk: newest registrations, reconciliation, the log", async () => {
  const o1 = await Client.signIn(server.url, 'O1');
  const home = is(await o1.get('/v1/home'), 200);
  assert.equal(home.who, 'officer');
  assert.equal(home.officer.registrations.length, 5);
  assert.ok(Array.isArray(home.officer.reconciliations));
  assert.ok(home.officer.log_size > 0);
  // Open cases of the services in one list, each a link that opens.
  const t1 = await Client.signIn(server.url, 'T1');
  const asked = is(await t1.post('/v1/quota/requests', { amount: '12000000.00', contracts: '11500000.00' }), 201);
  const { cases, case_count } = is(await o1.get('/v1/home'), 200).officer;
  assert.equal(case_count, cases.length);
  const one = cases.find((k) => k.who === names.T1 && k.href.includes(`/${asked.id}?purpose=`));
  assert.equal(one.waits, 0);
  is(await o1.get('/v1' + one.href.split('?')[0], { headers: { 'etax-purpose': 'review' } }), 200);
  const times = cases.map((k) => k.due_on || '9999' + k.since);
  assert.deepEqual(times, [...times].sort(), 'nearest term first, then what waits longest');
});

test('A04.18 A05.16 receipts: the list of their holder, the proof, the check by anybody, with number or file', async () => {
  const t1 = await Client.signIn(server.url, 'T1');
  const list = is(await t1.get('/v1/receipts'), 200).receipts;
  const filed = list.find((r) => r.title === '纳税申报');
  assert.ok(filed);
  assert.deepEqual(is(await t1.get(`/v1/receipts?after=${list[0].id}`), 200).receipts.map((r) => r.id), list.slice(1).map((r) => r.id));
  const shown = is(await t1.get(`/v1/receipts/${filed.id}`), 200);
  assert.equal(shown.title, '纳税申报');
  const t2 = await Client.signIn(server.url, 'T2');
  assert.ok(!is(await t2.get('/v1/receipts'), 200).receipts.some((r) => r.id === filed.id));
  assert.equal((await t2.get(`/v1/receipts/${filed.id}`)).status, 404);

  const check = (id, digest) => open.get(`/v1/verify/receipts?id=${id}&digest=${digest}`);
  const good = is(await check(filed.id, shown.digest), 200);
  assert.equal(good.verdict, 'valid');
  assert.equal(good.at, shown.at);
  assert.ok(good.checked.some((c) => !c.good), 'says what was not checked');
  const bent = shown.digest.replace(/^./, (d) => (d === '0' ? '1' : '0'));
  const wrong = is(await check(filed.id, bent), 200), unknown = is(await check('99', shown.digest), 200);
  assert.equal(wrong.verdict, 'unknown');
  assert.deepEqual(wrong, unknown, 'a wrong digest tells no more than an unknown number');
  assert.equal((await open.get(`/v1/verify/receipts?id=${filed.id}`)).status, 400);

  const proof = await t1.get(`/v1/receipts/${filed.id}.tlog-proof`);
  const verify = (text) => open.post('/v1/verify/receipts', text, { type: 'text/plain', key: null });
  assert.equal(is(await verify(proof.text), 200).verdict, 'valid');
  const at = proof.text.indexOf('extra ') + 300;
  const changed = proof.text.slice(0, at) + (proof.text[at] === 'A' ? 'B' : 'A') + proof.text.slice(at + 1);
  const bad = is(await verify(changed), 200);
  assert.equal(bad.verdict, 'invalid');
  assert.equal(bad.part, 'act');
  assert.equal(is(await verify('nonsense'), 200).part, 'file');
});

test('A05.16 the log tells about itself', async () => {
  const log = is(await open.get('/v1/log'), 200);
  assert.ok(log.size > 0);
  assert.match(log.root, /^[0-9a-f]{64}$/);
  assert.equal((await open.get('/log/checkpoint')).text.split('\n')[0], log.origin);
  assert.equal((await open.get('/log/key')).text.trim(), log.key.trim());
});

test('A09.7 tax codes are found by name, short name, heading and first digits', async () => {
  const codes = async (q, more = '') => is(await open.get(`/v1/tax-codes?q=${encodeURIComponent(q)}${more}`), 200).tax_codes;
  assert.equal((await codes('车床'))[0].code, '1090105030000000000');
  assert.equal((await codes('餐饮服务'))[0].name, '餐饮服务');
  assert.ok((await codes('10901050', '&limit=5')).every((c) => c.code.startsWith('10901050')));
  assert.equal((await codes('机床', '&limit=3')).length, 3);
  assert.deepEqual(await codes(''), []);
  assert.equal((await open.get('/v1/tax-codes?q=x&limit=1000')).status, 400);
  assert.ok((await search(open, '面包')).tax_codes.some((c) => c.title === '面包'));
});
