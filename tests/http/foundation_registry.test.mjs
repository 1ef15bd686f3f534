// Registration from the regulator, one by one and by file; own data with sources and history; the signed public check
// (A04.1–A04.4, A04.7, A04.15, A04.18; A04.e 1, 2, 5). The log's keys (A05.16).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { Server, runEtaxd } from '../lib/server.mjs';

let server, open, o1, dir;
before(async () => {
  server = await Server.start();
  open = new Client(server.url);
  o1 = await Client.signIn(server.url, 'O1');
  dir = mkdtempSync(path.join(tmpdir(), 'etax-registry-'));
});
after(() => { rmSync(dir, { recursive: true, force: true }); return server.close(); });

const codes = (r) => r.body.errors?.map((e) => `${e.pointer} ${e.code}`).sort();
const field = (r, name) => r.body.fields.find((f) => f.field === name);

/** Valid codes: GB 11714 inside GB 32100. */
function uscc(org8, prefix = '91330100') {
  const all = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', set = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  const w = [3, 7, 9, 10, 5, 8, 4, 2], c9 = 11 - [...org8].reduce((s, ch, i) => s + all.indexOf(ch) * w[i], 0) % 11;
  const body = prefix + org8 + (c9 === 10 ? 'X' : c9 === 11 ? '0' : c9);
  const sum = [...body].reduce((s, ch, i) => s + set.indexOf(ch) * (3 ** i % 31), 0);
  return body + set[(31 - (sum % 31)) % 31];
}
function resident(body17) {
  const w = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  return body17 + '10X98765432'[[...body17].reduce((s, ch, i) => s + ch * w[i], 0) % 11];
}
const event = (n, more = {}) => ({ uscc: uscc('MA2H1' + String(n).padStart(3, '0')), name: `试验${n}号有限公司`, representative_name: '郭试验',
  representative_id: resident('33010619800307' + String(100 + n % 800).padStart(3, '0')), established_on: '2026-10-01', ...more });

test('A04.e1 a licence event for T1: every field shows its source, its title and since when', async () => {
  const r = await o1.post('/v1/registrations', { uscc: parties.T1, name: '海川精密机械有限公司', address: '浙江省杭州市滨江区江陵路 1 号',
    scope: '精密机械制造、销售', representative_name: '周海川', representative_id: resident('33010619750115011'), established_on: '2020-06-01' });
  assert.equal(r.status, 200, r.text);
  assert.equal(r.body.result, 'unchanged', 'the same event again changes nothing');
  const p1 = (await Client.signIn(server.url, 'P1')).as('T1'), own = await p1.get('/v1/registration');
  assert.equal(own.status, 200);
  for (const name of ['name', 'address', 'scope', 'established_on', 'representative']) {
    const f = field(own, name);
    assert.deepEqual([f.source, f.source_title, f.from_regulator, f.own], ['regulator', '市场监管登记', true, false], name);
    assert.match(f.since, /^\d{4}-\d\d-\d\dT.*\+08:00$/);
  }
});

test('A04.e2 the phone changes at once, the old value is in the history; the scope is the regulator’s', async () => {
  const t1 = await Client.signIn(server.url, 'T1');
  const before = field(await t1.get('/v1/registration'), 'phone').value;
  const done = await t1.post('/v1/registration/changes', { field: 'phone', value: '0571-8765 4321' });
  assert.equal(done.status, 200, done.text);
  assert.deepEqual([done.body.old, done.body.new], [before, '0571-8765 4321']);
  assert.ok(done.body.receipt.id);
  const own = await t1.get('/v1/registration'), f = field(own, 'phone');
  assert.deepEqual([f.value, f.source], ['0571-8765 4321', 'taxpayer']);
  assert.deepEqual(Object.fromEntries(['field', 'old', 'new', 'source'].map((k) => [k, own.body.history[0][k]])),
    { field: 'phone', old: before, new: '0571-8765 4321', source: 'taxpayer' });
  const scope = await t1.post('/v1/registration/changes', { field: 'scope', value: '一切' });
  assert.equal(scope.status, 409);
  assert.equal(scope.body.code, 'field-of-regulator');
  assert.match(scope.body.fix, /市场监管部门/);
  assert.deepEqual(codes(scope), ['/field field-of-regulator']);
  assert.equal((await t1.post('/v1/registration/changes', { field: 'taxpayer_kind', value: 'small' })).body.code, 'field-by-rule');
  assert.deepEqual(codes(await t1.post('/v1/registration/changes', { field: 'shoe_size', value: '42' })), ['/field field-unknown']);
  assert.deepEqual(codes(await t1.post('/v1/registration/changes', { field: 'phone', value: 'call me' })), ['/value phone']);
  assert.deepEqual(codes(await t1.post('/v1/registration/changes', { field: 'email', value: 'a@b' })), ['/value email']);
  assert.deepEqual(codes(await t1.post('/v1/registration/changes', { field: 'phone', value: '0571-8765 4321' })), ['/value value-same']);
  assert.equal((await t1.post('/v1/registration/changes', { field: 'accounting_system', value: '小企业会计准则' })).status, 200);
  const clerk = (await Client.signIn(server.url, 'P1')).as('T1');
  assert.equal((await clerk.post('/v1/registration/changes', { field: 'phone', value: '0571-1111111' })).status, 403, 'a tax clerk reads, and does not change');
});

test('A04.4 bank accounts: reported with a receipt, once, shown by their last digits, ended', async () => {
  const t3 = await Client.signIn(server.url, 'T3');
  const add = (account) => t3.post('/v1/registration/accounts', { bank: '宁波银行海曙支行', account });
  const done = await add('6222-0000-0000-1234');
  assert.equal(done.status, 201, done.text);
  assert.equal(done.body.tail, '1234');
  assert.deepEqual(codes(await add('6222000000001234')), ['/account account-exists']);
  assert.deepEqual(codes(await add('12345678x')), ['/account account-digits']);
  const own = await t3.get('/v1/registration');
  assert.ok(own.body.accounts.some((a) => a.tail === '1234') && !own.text.includes('6222000000001234'));
  assert.equal((await t3.post(`/v1/registration/accounts/${done.body.id}/removal`)).status, 200);
  assert.equal((await t3.post(`/v1/registration/accounts/${done.body.id}/removal`)).status, 404);
  assert.deepEqual((await t3.get('/v1/registration')).body.accounts, []);
});

test('A04.1 kind and taxes by rule: over 5,000,000 of sales general, at it small, by choice general', async () => {
  const kinds = [];
  for (const [n, more] of [[1, { annual_sales: '5000000.00' }], [2, { annual_sales: '5000000.01' }], [3, { taxpayer_kind: 'general' }]]) {
    const e = event(n, more), r = await o1.post('/v1/registrations', e);
    assert.equal(r.status, 201, r.text);
    const file = (await o1.get(`/v1/registrations/${e.uscc}`, { headers: { 'etax-purpose': 'test' } })).body;
    kinds.push([file.general, file.quarterly, file.kind_rule.rule, file.kind_rule.threshold, file.invoice_quota]);
  }
  assert.deepEqual(kinds, [[false, true, 'small-by-sales', '5000000.00', '1000000.00'], [true, false, 'general-by-sales', '5000000.00', '7500000.00'],
    [true, false, 'general-by-choice', '5000000.00', '7500000.00']]);
  const household = { ...event(4), uscc: uscc('MA2H1004', '92330100') };
  await o1.post('/v1/registrations', household);
  const file = (await o1.get(`/v1/registrations/${household.uscc}`, { headers: { 'etax-purpose': 'test' } })).body;
  assert.deepEqual(file.tax_types.map((t) => `${t.tax} ${t.period}`).sort(), ['business_income quarter', 'education quarter', 'local_education quarter',
    'urban_construction quarter', 'vat quarter']);
});

test('A04.1 a new legal representative takes the old one’s place; the name follows the regulator', async () => {
  const e = event(5);
  await o1.post('/v1/registrations', e);
  const changed = { ...e, name: '试验五号股份有限公司', representative_name: '章接任', representative_id: resident('33010619811212077') };
  const r = await o1.post('/v1/registrations', changed);
  assert.deepEqual([r.status, r.body.result], [200, 'updated']);
  const file = (await o1.get(`/v1/registrations/${e.uscc}`, { headers: { 'etax-purpose': 'test' } })).body;
  assert.equal(file.name, '试验五号股份有限公司');
  assert.deepEqual(file.history.filter((h) => h.field === 'representative').map((h) => [h.old, h.new]), [['郭试验', '章接任'], [null, '郭试验']]);
  const code = (await o1.post('/v1/enrolments', { person: changed.representative_id })).body.code;
  await open.post('/v1/enrolment', { account: changed.representative_id, code, password: 'Bright-Moss-3' }, { key: null });
  const now = await Client.signIn(server.url, changed.representative_id, 'Bright-Moss-3');
  assert.equal((await now.as(e.uscc).get('/v1/people')).body.people.length, 1, 'one legal representative');
});

test('A04.1 a file: each row by itself, all faults of a row, the same file again changes nothing', async () => {
  const good = [11, 12, 13].map((n) => event(n)), columns = ['uscc', 'name', 'representative_name', 'representative_id', 'established_on', 'annual_sales'];
  const row = (e) => columns.map((k) => `"${String(e[k] ?? '').replaceAll('"', '""')}"`).join(',');
  const csv = ['\ufeff' + columns.join(','), row(good[0]), row({ ...event(14), uscc: event(14).uscc.slice(0, 17) + '0', name: '', annual_sales: '1,5' }), row(good[1]),
    'short,row', row({ ...good[2], name: '含"引号",和逗号的公司' })].join('\r\n') + '\r\n';
  const send = () => o1.post('/v1/registrations/batch', csv, { type: 'text/csv' });
  const r = await send();
  assert.equal(r.status, 200, r.text);
  assert.deepEqual([r.body.created, r.body.updated, r.body.unchanged, r.body.refused], [3, 0, 0, 2]);
  const bad = r.body.rows.find((x) => x.line === 3);
  assert.deepEqual(bad.errors.map((e) => e.pointer).sort(), ['/annual_sales', '/name', '/uscc']);
  assert.ok(bad.errors.every((e) => e.detail.length > 4));
  assert.ok(r.body.rows.find((x) => x.line === 5).errors.some((e) => e.code === 'csv-columns'));
  assert.ok(r.body.rows.filter((x) => x.result === 'created').every((x) => /^\d+$/.test(x.receipt)));
  const again = await send();
  assert.deepEqual([again.body.created, again.body.updated, again.body.unchanged, again.body.refused], [0, 0, 3, 2]);
  assert.equal((await open.get(`/v1/public/taxpayers/${good[2].uscc}`)).body.answer.name, '含"引号",和逗号的公司');
  assert.equal((await (await Client.signIn(server.url, 'T1')).post('/v1/registrations/batch', csv, { type: 'text/csv' })).status, 403);
  for (const [text, code] of [['', 'input'], ['\n', 'csv-header'], ['uscc,shoe\n', 'csv-column'], ['uscc,uscc\n', 'csv-column'], ['uscc,name\n"open', 'csv']])
    assert.equal((await o1.post('/v1/registrations/batch', text, { type: 'text/csv' })).body.code, code, text);
});

test('A04.1 ten thousand rows in one file; one more is refused', async () => {
  const head = 'uscc,name,representative_name,representative_id,established_on\n', seen = new Set();
  const rows = Array.from({ length: 10_000 }, (_, i) => {
    const code = uscc('MA3' + String(i).padStart(5, '0'));
    seen.add(code);
    return `${code},大批${i}号商行有限公司,郭试验,${resident('33010619800307' + String(100 + i % 800).padStart(3, '0'))},2026-10-01\n`;
  });
  assert.equal(seen.size, 10_000);
  const r = await o1.post('/v1/registrations/batch', head + rows.join(''), { type: 'text/csv' });
  assert.equal(r.status, 200, r.text.slice(0, 300));
  assert.deepEqual([r.body.created, r.body.refused, r.body.rows.length], [10_000, 0, 10_000]);
  const more = await o1.post('/v1/registrations/batch', head + rows.join('') + rows[0], { type: 'text/csv' });
  assert.deepEqual([more.status, more.body.code], [413, 'csv-rows']);
  const list = await o1.get('/v1/registrations?q=' + encodeURIComponent('大批77'));
  assert.ok(list.body.taxpayers.length === 50 && list.body.taxpayers.every((t) => t.name.startsWith('大批77')) && list.body.after);
  assert.deepEqual((await o1.get('/v1/registrations?q=' + encodeURIComponent('100%'))).body.taxpayers, [], 'a sign of LIKE is a sign');
});

test('A04.15 an officer opens a file with a purpose, and the taxpayer sees who', async () => {
  assert.equal((await o1.get(`/v1/registrations/${parties.T4}`)).body.code, 'purpose-missing');
  assert.equal((await o1.get(`/v1/registrations/${parties.T4}`, { headers: { 'etax-purpose': encodeURIComponent('实地核查') } })).status, 200);
  const { readings } = (await (await Client.signIn(server.url, 'T4')).get('/v1/access')).body;
  assert.deepEqual([readings[0].person, readings[0].what, readings[0].purpose], ['赵老师', 'registration', '实地核查']);
});

test('A04.e5 the public check is signed and can be checked without us: by etaxd, and by OpenSSL’s own tool', async () => {
  const answer = await open.get(`/v1/public/taxpayers/${parties.T1}`), keys = await open.get('/v1/keys');
  assert.equal(answer.status, 200);
  assert.deepEqual([answer.body.answer.name, answer.body.answer.status, answer.body.answer.credit_grade], ['海川精密机械有限公司', 'normal', null]);
  assert.ok(!/phone|0571|330106/.test(answer.text), 'no phone, no personal number');
  const at = (name, bytes) => { const p = path.join(dir, name); writeFileSync(p, bytes); return p; };
  const file = at('answer.json', answer.text), key = at('keys.json', keys.text);
  const good = await runEtaxd(['answer', 'verify', file, '--keys', key]);
  assert.equal(good.code, 0, good.output);
  for (const [from, to] of [['海川', '海山'], ['"normal"', '"closed"'], [answer.body.signature.value.slice(10, 14), 'AAAA']]) {
    const bad = await runEtaxd(['answer', 'verify', at('bad.json', answer.text.replace(from, to)), '--keys', key]);
    assert.equal(bad.code, 1, from);
  }
  // RFC 8785 of this flat object of strings, booleans and null is its sorted members without blanks.
  const canonical = JSON.stringify(Object.fromEntries(Object.entries(answer.body.answer).sort(([a], [b]) => (a < b ? -1 : 1))));
  const sm2 = keys.body.keys.find((k) => k.id === answer.body.signature.key_id);
  const out = execFileSync('openssl', ['pkeyutl', '-verify', '-pubin', '-inkey', at('k.pem', sm2.pem), '-rawin', '-digest', 'sm3', '-pkeyopt',
    `distid:${keys.body.sm2_id}`, '-in', at('m', canonical), '-sigfile', at('s', Buffer.from(answer.body.signature.value, 'base64'))]).toString();
  assert.match(out, /Verified Successfully/);
  const bent = await open.get('/v1/public/taxpayers/91330100MA2H000143');
  assert.equal(bent.status, 400);
  assert.match(bent.body.errors[0].detail, /第 18 位应为 2/);
  assert.equal((await open.get(`/v1/public/taxpayers/${uscc('MA9QQQQ9')}`)).status, 404);
});

test('A05.16 the log key changes: the checkpoint carries the seal too, old receipts and new ones verify with the published keys', async () => {
  const t1 = await Client.signIn(server.url, 'T1');
  const receipt = async () => (await t1.post('/v1/invoices', invoiceBody({ ref: 'k' + Math.random(), buyer: { tax_id: parties.T3, name: '远帆纺织进出口有限公司' }, net: '1.00' }))).body.receipt.id;
  const proof = async (id, name) => { const p = path.join(dir, name); writeFileSync(p, (await t1.get(`/v1/receipts/${id}.tlog-proof`)).bytes); return p; };
  const old = await proof(await receipt(), 'old.tlog-proof');
  const note = (await open.get('/log/checkpoint')).text;
  assert.equal(note.split('\n\n')[1].trim().split('\n').length, 2, 'Ed25519 and SM2');
  const before = (await open.get('/log/key')).text;
  assert.equal(before.trim().split('\n').length, 2);
  await server.stop();
  const rotated = await runEtaxd(['key', 'rotate-log', '--data', server.data]);
  assert.equal(rotated.code, 0, rotated.output);
  await server.launch();
  const after = (await open.get('/log/key')).text;
  assert.equal(after.trim().split('\n').length, 3);
  assert.equal(after.trim().split('\n')[2], before.trim().split('\n')[0], 'the retired key is the old one');
  assert.notEqual(after.trim().split('\n')[0], before.trim().split('\n')[0]);
  const fresh = await proof(await receipt(), 'new.tlog-proof');
  for (const [file, keys, code] of [[old, after, 0], [fresh, after, 0], [old, before, 0], [fresh, before.split('\n')[0], 1]])
    assert.equal((await runEtaxd(['receipt', 'verify', file, '--key', keys])).code, code, `${file}`);
  const fsck = await server.fsck();
  assert.equal(fsck.code, 0, fsck.output);
});
