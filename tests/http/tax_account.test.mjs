// The tax account (税务数字账户, A09.7, A09.10): issued and received in one place, conditions, sums by rate and month that agree with
// the list, pages, files with the same conditions.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { invoiceBody, purchaseXml } from '../lib/main_job.mjs';
import { Server } from '../lib/server.mjs';

let server, t1, t3, today, month, dir, mixed, plain, back, own;
const T1 = { tax_id: parties.T1, name: '海川精密机械有限公司' }, T3 = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
const ok = (r, status = 200) => { assert.equal(r.status, status, r.text); return r.body; };
const account = async (query = '', client = t1) => ok(await client.get(`/v1/tax-account?${query}`));
const fen = (text) => BigInt(text.replace('.', ''));
const sum = (list, member) => list.reduce((n, one) => n + fen(one[member]), 0n);
const rate_of = (a, direction, rate) => { const r = a.rates.find((x) => x.direction === direction && x.rate === rate); return r && [r.amount, r.tax]; };
before(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'etax-account-'));
  server = await Server.start();
  [t1, t3] = await Promise.all(['T1', 'T3'].map((name) => Client.signIn(server.url, name)));
  today = (await new Client(server.url).get('/healthz')).body.now.slice(0, 10);
  month = today.slice(0, 7);
  plain = ok(await t1.post('/v1/invoices', invoiceBody({ ref: 'a1', buyer: T3, net: '100.00' })), 201).number;
  mixed = ok(await t1.post('/v1/invoices', { kind: 'special', seller_ref: 'a2', buyer: T3, lines: [
    { tax_code: '1090105030000000000', name: '车床', rate: '0.13', amount: '200.00' },
    { tax_code: '3040201010000000000', name: '软件开发', rate: '0.06', amount: '1000.00' }] }), 201).number;
  back = ok(await t3.post('/v1/invoices', invoiceBody({ ref: 'a3', buyer: T1, net: '40.00', kind: 'ordinary' })), 201).number;
  own = ok(await t1.post('/v1/invoices', invoiceBody({ ref: 'a4', buyer: T1, net: '7.00' })), 201).number;
  ok(await t1.post('/v1/purchases/import', purchaseXml({ number: '26312000000000006601', buyer: parties.T1, buyerName: T1.name, net: '1000.00', tax: '130.00', issued: today }), { type: 'application/xml' }), 201);
  ok(await t1.post(`/v1/invoices/${plain}/reversal`, { reason: 'error' }), 201);
});
after(async () => {
  const fsck = await server.fsck();
  await server.close();
  rmSync(dir, { recursive: true, force: true });
  assert.equal(fsck.code, 0, fsck.output);
});

test('A09.10 both sides, their sums by rate and month: from what is summed already and by conditions the same', async () => {
  const all = await account();
  assert.deepEqual(all.sides.map((s) => [s.direction, s.count, s.amount, s.tax]), [['issued', 4, '1207.00', '86.91'], ['received', 3, '1047.00', '136.11']]);
  assert.deepEqual(rate_of(all, 'issued', '0.13'), ['207.00', '26.91'], 'the red letter is taken off');
  assert.deepEqual(rate_of(all, 'issued', '0.06'), ['1000.00', '60.00']);
  assert.deepEqual(rate_of(all, 'received', '0.13'), ['47.00', '6.11']);
  assert.deepEqual(rate_of(all, 'received', 'unknown'), ['1000.00', '130.00']);
  const filtered = await account('min=-99999999.00');
  const sorted = (list) => [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  assert.deepEqual([sorted(filtered.rates), filtered.sides], [sorted(all.rates), all.sides]);
  assert.deepEqual(all.rates.map((r) => r.period), Array(all.rates.length).fill(month));
  for (const a of [all, filtered]) for (const side of a.sides) {
    const rows = a.invoices.filter((i) => i.direction === side.direction);
    assert.deepEqual([rows.length, sum(rows, 'total'), sum(a.rates.filter((r) => r.direction === side.direction), 'amount')], [side.count, fen(side.total), fen(side.amount)]);
  }
  assert.deepEqual(all.invoices.filter((i) => i.number === own).map((i) => i.direction), ['issued', 'received'], 'to oneself: on both sides');
  assert.equal(all.invoices.find((i) => i.number === mixed).rate, 'mixed');
  assert.deepEqual(all.months.map((m) => [m.direction, m.period, m.count]), [['issued', month, 4], ['received', month, 3]]);
});

test('A09.10 each condition', async () => {
  const numbers = async (query) => (await account(query)).invoices.map((i) => `${i.direction[0]}${i.number}`).sort();
  assert.deepEqual(await numbers('direction=received'), [`r26312000000000006601`, `r${back}`, `r${own}`].sort());
  assert.deepEqual(await numbers('rate=0.06'), [`i${mixed}`]);
  const six = await account('rate=0.06');
  assert.deepEqual([six.sides[0].amount, six.rates.map((r) => [r.rate, r.amount])], ['1200.00', [['0.06', '1000.00']]], 'the invoice whole, the rate by itself');
  assert.deepEqual((await numbers('rate=0.13&direction=issued')).includes(`i${mixed}`), true);
  assert.deepEqual(await numbers('rate=unknown'), ['r26312000000000006601']);
  assert.deepEqual(await numbers('status=reversed'), [`i${plain}`]);
  assert.equal((await numbers('status=red')).length, 1);
  assert.deepEqual(await numbers('kind=ordinary'), [`r${back}`]);
  assert.deepEqual(await numbers(`party=${encodeURIComponent('云杉')}`), ['r26312000000000006601']);
  assert.deepEqual(await numbers(`q=${back}`), [`r${back}`]);
  assert.deepEqual(await numbers('min=1000.00&max=1200.00'), ['r26312000000000006601']);
  assert.deepEqual(await numbers('period=2020'), []);
  ok(await t1.post('/v1/bookings', { numbers: [back], entry: 'not-deductible', voucher: 'V-1' }), 201);
  assert.deepEqual(await numbers('booked=not-deductible'), [`r${back}`]);
  assert.equal((await account('direction=received')).invoices.find((i) => i.number === back).booked, 'not-deductible');
  for (const bad of ['rate=0.99', 'direction=x', 'after=x', `after=${month}.1.0`, 'min=5&max=1', 'booked=x', 'period=x', 'page=1'])
    assert.equal((await t1.get(`/v1/tax-account?${bad}`)).status, 400, bad);
  assert.equal((await new Client(server.url).get('/v1/tax-account')).status, 401);
});

test('A09.10 the files hold what the list holds, by the same conditions', async () => {
  const list = await account('direction=received');
  const csv = (await t1.get('/v1/tax-account.csv?direction=received')).text;
  const lines = csv.replace(/^\ufeff/, '').trim().split('\r\n');
  assert.equal(lines.length, list.invoices.length + 1);
  for (const i of list.invoices) assert.ok(lines.some((l) => l.includes(i.number) && l.includes(i.total)), i.number);
  assert.match(lines[0], /^方向,发票号码,开票日期,对方名称,发票种类,税率,金额/);
  const xml = await t1.get('/v1/tax-account.xml?rate=0.06');
  assert.match(xml.headers.get('content-disposition'), /tax-account-all-.*\.xml/);
  assert.equal(xml.text.match(/<Invoice>/g).length, 1);
  assert.match(xml.text, new RegExp(`<TaxpayerId>${parties.T1}</TaxpayerId>[^]*<InvoiceNumber>${mixed}</InvoiceNumber>[^]*<TaxRate>mixed</TaxRate><Amount>1200.00</Amount>`));
  writeFileSync(path.join(dir, 'a.xml'), xml.text);
  execFileSync('python3', ['-c', 'import sys, xml.etree.ElementTree as e; e.parse(sys.argv[1])', path.join(dir, 'a.xml')]);
  const xlsx = await t1.get('/v1/tax-account.xlsx', { raw: true });
  writeFileSync(path.join(dir, 'a.xlsx'), xlsx.bytes);
  const sheet = execFileSync('python3', ['-c', 'import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).read("xl/worksheets/sheet1.xml").decode())', path.join(dir, 'a.xlsx')]).toString();
  assert.equal(sheet.match(/<row/g).length, (await account()).invoices.length + 1);
});

test('A09.10 page by page: nothing twice, nothing left out, both sides in one order', async () => {
  const file = Array.from({ length: 230 }, (_, i) => JSON.stringify(invoiceBody({ ref: `p${i}`, buyer: i % 3 ? T1 : T3, net: '1.00' }))).join('\n');
  const made = await t1.post('/v1/invoices/batch', file, { type: 'application/x-ndjson', key: 'account-pages' });
  assert.equal(made.status, 200, made.text);
  const seen = [], sizes = [];
  let next = null, first = null;
  do {
    const page = await account(`period=${month}${next ? `&after=${next}` : ''}`);
    first ??= page;
    seen.push(...page.invoices.map((i) => `${i.direction}${i.number}`));
    sizes.push(page.invoices.length);
    next = page.next;
  } while (next);
  assert.equal(new Set(seen).size, seen.length);
  assert.equal(seen.length, first.sides.reduce((n, s) => n + s.count, 0));
  assert.ok(sizes.length > 3 && sizes.slice(0, -1).every((n) => n === 100));
  const numbers = seen.map((s) => s.slice(-20));
  assert.deepEqual([...numbers].sort().reverse(), numbers);
});

test('A09.10 what is chosen from lists is summed beforehand: the same as one pass over the list, after booking, undoing, reversing', async () => {
  const sorted = (list) => [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const choices = [];
  for (const rate of ['', '0.13', '0.06', '0.05', 'unknown', 'exempt'])
    for (const more of ['', 'kind=special', 'kind=ordinary', 'status=valid', 'status=reversed', 'status=partly-reversed', 'status=red', 'booked=open', 'booked=deductible', 'booked=not-deductible', 'booked=cancelled', 'kind=special&status=valid&booked=open'])
      choices.push(`period=${month.slice(0, 4)}${rate ? `&rate=${rate}` : ''}${more ? `&${more}` : ''}`);
  let seen = 0;
  const same = async () => {
    for (const client of [t1, t3]) for (const query of choices) {
      const kept = await account(query, client), passed = await account(`${query}&min=-99999999.00`, client);
      assert.deepEqual([kept.sides, sorted(kept.rates)], [passed.sides, sorted(passed.rates)], query);
      seen += kept.sides.reduce((n, s) => n + s.count, 0);
      assert.equal(Math.min(100, kept.sides.reduce((n, s) => n + s.count, 0)), kept.invoices.length, query);
    }
  };
  await same();
  const entry = { voucher: 'C-1', entry: 'not-deductible' };
  const booked = async (numbers) => { for (const n of numbers) ok(await t3.post('/v1/bookings', { numbers: [n], ...entry }), 201); };
  await booked([mixed]);
  await eventually(() => account(`period=${month.slice(0, 4)}&booked=not-deductible`, t3), (a) => a.invoices.length === 1);
  await same();
  const undone = await t3.post('/v1/bookings/cancellation', { numbers: [mixed] });
  assert.ok(undone.status < 300, undone.text);
  ok(await t1.post('/v1/invoices', { kind: 'ordinary', seller_ref: 'a5', buyer: T3, lines: [{ tax_code: '1090105030000000000', name: '车床', rate: '0.13', amount: '11.00' }, { tax_code: '3040201010000000000', name: '软件开发', rate: '0.06', amount: '13.00' }] }), 201);
  await eventually(() => account(`period=${month.slice(0, 4)}&booked=cancelled`, t3), (a) => a.invoices.length === 1);
  await same();
  assert.ok(seen > 100, `${seen}`);
});
