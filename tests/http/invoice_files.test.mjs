// The files of an invoice: XML data file that our own import reads, PDF of the known face with the XML inside, lists as CSV and
// XLSX (A09.e4).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { Server } from '../lib/server.mjs';

let server, t1, t3, v, dir;
const T3 = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
const ok = (r, status) => { assert.equal(r.status, status, r.text); return r.body; };
before(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'etax-files-'));
  server = await Server.start();
  t1 = await Client.signIn(server.url, 'T1');
  t3 = await Client.signIn(server.url, 'T3');
  v = ok(await t1.post('/v1/invoices', { kind: 'special', buyer: T3, remark: '合同 <甲> & "乙"\n第二行', lines: [
    { tax_code: '1090105030000000000', name: '车床', spec: 'CK<6140>', unit: '台', quantity: '3', price: '33.3333333333333', rate: '0.13', discount: '10.00' },
    { tax_code: '3040201010000000000', name: '软件开发', rate: '0.06', amount: '1000.00' }] }), 201);
});
after(async () => {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

test('A09.4 A09.2 the XML data file: the element tree, the same figures, signed once and kept', async () => {
  const r = await t1.get(`/v1/invoices/${v.number}.xml`);
  assert.equal(r.status, 200, r.text);
  assert.match(r.headers.get('content-disposition'), new RegExp(`dzfp_${v.number}\\.xml`));
  for (const part of [`<EIid>${v.number}</EIid>`, '<InIssuType><LabelCode>Y</LabelCode>', `<TotalTax-includedAmount>${v.total}</TotalTax-includedAmount>`,
    '<ItemName>*机床*车床</ItemName><SpecMod>CK&lt;6140&gt;</SpecMod>', '<Amount>-10.00</Amount><TaxRate>0.13</TaxRate><ComTaxAm>-1.30</ComTaxAm>',
    '<TaxBureauCode>13300000000</TaxBureauCode>', '<Remark>合同 &lt;甲&gt; &amp; "乙"\n第二行</Remark>']) assert.ok(r.text.includes(part), part);
  assert.equal((await t3.get(`/v1/invoices/${v.number}.xml`)).text, r.text, 'the same bytes for the other side');
  // what is signed stands in the file as it is: the parts of the Reference, one after the other
  const piece = (name) => r.text.match(new RegExp(`<${name}>[\\s\\S]*</${name}>`))[0];
  const covered = ['Header', 'EInvoiceData', 'SellerAuthentication', 'TaxSupervisionInfo', 'SignatureTime'].map(piece).join('');
  const file = (name, bytes) => { const p = path.join(dir, name); writeFileSync(p, bytes); return p; };
  const signature = Buffer.from(piece('SignatureValue').replace(/<[^>]+>/g, ''), 'base64');
  const key = file('key.pem', piece('KeyInfo').replace(/<[^>]+>/g, ''));
  const openssl = (text) => execFileSync('openssl', ['dgst', '-sm3', '-verify', key, '-signature', file('sig', signature),
    '-sigopt', 'distid:1234567812345678', file('text', text)], { stdio: 'pipe' }).toString();
  assert.match(openssl(covered), /OK/);
  assert.throws(() => openssl(covered.replace(v.total, '9.99')));
});

test('A09.4 A09.10 our own import reads it: the buyer has it already; a changed file is noticed', async () => {
  const xml = (await t3.get(`/v1/invoices/${v.number}.xml`)).text;
  const again = await t3.post('/v1/purchases/import', xml, { type: 'application/xml' });
  assert.deepEqual([ok(again, 200).number, again.body.added, again.body.tax], [v.number, false, v.tax]);
  const bent = xml.replaceAll(v.number, '26332000000000999999');
  const other = await t3.post('/v1/purchases/import', bent, { type: 'application/xml' });
  assert.equal(ok(other, 201).added, true);
  const list = (await t3.get('/v1/invoices?side=received')).body.invoices;
  assert.deepEqual(list.map((i) => [i.number, i.imported]).sort(), [[v.number, false], ['26332000000000999999', true]].sort());
  const sums = xml.replace('<Amount>1000.00</Amount>', '<Amount>1000.01</Amount>');
  assert.deepEqual(ok(await t3.post('/v1/purchases/import', sums, { type: 'application/xml' }), 422).errors.map((e) => e.code), ['line-totals']);
  const total = xml.replace(`<TotalAmWithoutTax>${v.amount}`, '<TotalAmWithoutTax>1.00');
  assert.deepEqual(ok(await t3.post('/v1/purchases/import', total, { type: 'application/xml' }), 422).errors.map((e) => e.code), ['totals']);
  const date = xml.replace(/<IssueTime>\d{4}/, '<IssueTime>2020');
  assert.deepEqual(ok(await t3.post('/v1/purchases/import', date, { type: 'application/xml' }), 422).errors.map((e) => e.code), ['not-as-issued']);
  assert.equal(ok(await t1.post('/v1/purchases/import', xml, { type: 'application/xml' }), 422).errors[0].code, 'buyer-differs');
  for (const broken of ['<EInvoice>', '', '<!DOCTYPE x [<!ENTITY a "b">]><EInvoice>&a;</EInvoice>', 'x'.repeat(1000), '<a/>'])
    assert.ok([400, 422].includes((await t3.post('/v1/purchases/import', broken, { type: 'application/xml' })).status), broken.slice(0, 40));
});

test('A09.3 A09.6 the PDF shows the face, and carries the XML', async () => {
  const r = await t1.get(`/v1/invoices/${v.number}.pdf`, { raw: true });
  assert.equal(r.status, 200);
  const file = path.join(dir, 'face.pdf');
  writeFileSync(file, r.bytes);
  const text = execFileSync('pdftotext', ['-layout', file, '-']).toString();
  for (const part of [v.number, '电子发票（增值税专用发票）', '海川精密机械有限公司', parties.T3, '*机床*车床', '软件开发', v.total_in_words, v.total, '周海川'])
    assert.ok(text.replace(/\s/g, '').includes(part.replace(/\s/g, '')), `${part} in\n${text}`);
  execFileSync('pdfdetach', ['-saveall', '-o', dir, file]);
  assert.equal(readFileSync(path.join(dir, `dzfp_${v.number}.xml`), 'utf8'), (await t1.get(`/v1/invoices/${v.number}.xml`)).text);
  const long = ok(await t1.post('/v1/invoices', { kind: 'ordinary', buyer: T3, lines: Array.from({ length: 200 }, (_, i) => ({
    tax_code: '1090105030000000000', name: `车床${i}`, rate: '0.13', quantity: '1', price: '1.00' })) }), 201);
  const pages = await t1.get(`/v1/invoices/${long.number}.pdf`, { raw: true });
  writeFileSync(file, pages.bytes);
  const all = execFileSync('pdftotext', ['-layout', file, '-']).toString();
  assert.ok(all.includes('车床0') && all.includes('车床199') && all.includes('226.00'));
});

test('the files of others are not there', async () => {
  const t2 = await Client.signIn(server.url, 'T2');
  for (const ending of ['.xml', '.pdf', '']) assert.equal((await t2.get(`/v1/invoices/${v.number}${ending}`)).status, 404);
});

test('A09.7 A09.10 lists: conditions, pages, sums, months', async () => {
  for (let i = 0; i < 8; i++)
    ok(await t1.post('/v1/invoices', { kind: 'ordinary', buyer: { name: i % 2 ? '=HYPERLINK("http://x")' : '散客_100%' }, lines: [
      { tax_code: '1090105030000000000', name: '刀具', rate: '0.13', amount: `${(i + 1) * 10}.00` }] }), 201);
  const all = (await t1.get('/v1/invoices')).body;
  const ask = async (query) => (await t1.get(`/v1/invoices?${query}`)).body;
  assert.equal((await ask('kind=special')).count, 1);
  assert.equal((await ask(`party=${encodeURIComponent('散客_')}`)).count, 4);
  assert.equal((await ask(`party=${encodeURIComponent('散客%100')}`)).count, 0);
  assert.equal((await ask(`q=${v.number}`)).invoices[0].number, v.number);
  assert.deepEqual((({ count, amount }) => ({ count, amount }))(await ask('min=45.20&max=67.80')), { count: 3, amount: '150.00' });
  assert.equal((await ask('status=reversed')).count, 0);
  assert.equal((await ask(`period=${v.issued_at.slice(0, 4)}`)).count, all.count);
  assert.equal((await ask('period=2020-01')).count, 0);
  assert.equal(all.months.at(-1).count, all.count);
  assert.equal(all.months.at(-1).amount, all.amount);
  for (const bad of ['min=5&max=1', 'period=0000-01', 'period=99999', 'side=x', 'after=zzz', 'sort=x', 'status=x', 'min=abc'])
    assert.equal((await t1.get(`/v1/invoices?${bad}`)).status, 400, bad);
  const numbers = all.invoices.map((i) => i.number);
  assert.deepEqual(numbers, [...numbers].sort().reverse(), 'newest first');
});

test('A09.10 pages of a hundred by cursor: every invoice once', async () => {
  const made = await Promise.all(Array.from({ length: 230 }, (_, i) => t1.post('/v1/invoices', { kind: 'ordinary', buyer: { name: '分页' }, lines: [
    { tax_code: '1090105030000000000', name: '刀具', rate: '0.13', amount: '1.00' }], seller_ref: `p${i}` })));
  assert.ok(made.every((r) => r.status === 201));
  const seen = [];
  let after = '';
  do {
    const page = (await t1.get(`/v1/invoices?party=${encodeURIComponent('分页')}${after && `&after=${after}`}`)).body;
    assert.equal(page.count, 230);
    seen.push(...page.invoices.map((i) => i.number));
    after = page.next;
  } while (after);
  assert.equal(new Set(seen).size, 230);
  assert.deepEqual(new Set(seen), new Set(made.map((r) => r.body.number)));
});

test('A09.10 exports: CSV that no spreadsheet runs, XLSX that is one', async () => {
  const csv = await t1.get(`/v1/invoices.csv?kind=ordinary&max=67.80&min=45.20`);
  assert.equal(csv.status, 200);
  assert.deepEqual([...csv.bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  assert.match(csv.headers.get('content-disposition'), /invoices-issued-\d{4}-\d\d\.csv/);
  const rows = csv.text.slice(1).trim().split('\r\n');
  assert.equal(rows.length, 4);
  assert.match(rows[0], /^发票号码,开票日期,对方名称/);
  assert.ok(rows.slice(1).some((r) => r.includes('"\'=HYPERLINK(""http://x"")"')), csv.text);
  const xlsx = await t1.get('/v1/invoices.xlsx?kind=ordinary&max=67.80&min=45.20', { raw: true });
  assert.equal(xlsx.status, 200);
  const file = path.join(dir, 'list.xlsx');
  writeFileSync(file, xlsx.bytes);
  const read = execFileSync('python3', ['-c', `
import sys, zipfile, xml.etree.ElementTree as E
z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None
for n in z.namelist(): E.fromstring(z.read(n))
ns = {'m': 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'}
for row in E.fromstring(z.read('xl/worksheets/sheet1.xml')).iter('{%s}row' % ns['m']):
    print('|'.join((c.find('m:v', ns).text if c.find('m:v', ns) is not None else ''.join(c.itertext())) for c in row))
`, file]).toString().trim().split('\n');
  assert.equal(read.length, 4);
  assert.ok(read.some((r) => r.includes('=HYPERLINK("http://x")') && r.includes('|40.00|5.20|45.20|')), read.join('\n'));
});

test('the list in other orders: every page of it, nothing twice, nothing left out', async () => {
  const c = t1, buyers = ['甲公司', '乙公司', '丙公司'];
  const lines = Array.from({ length: 230 }, (_, i) => JSON.stringify(invoiceBody({ ref: `sort${i}`, buyer: { tax_id: parties.T3, name: buyers[i % 3] }, net: `${1 + i % 7}.00` })));
  const made = await fetch(`${server.url}/v1/invoices/batch`, { method: 'POST', body: lines.join('\n'),
    headers: { Authorization: `Bearer ${c.token}`, 'Content-Type': 'application/x-ndjson', 'Idempotency-Key': 'sorted' } });
  assert.equal(made.status, 200, await made.clone().text());
  await made.text();
  const all = async (sort) => {
    const list = [];
    for (let after = ''; after !== null;) {
      const page = (await c.get(`/v1/invoices?sort=${sort}${after && `&after=${after}`}`)).body;
      list.push(...page.invoices);
      after = page.next;
    }
    return list;
  };
  const newest = await all('newest'), amount = await all('amount'), other = await all('other');
  const numbers = (list) => list.map((i) => i.number), sorted = numbers(newest).sort();
  assert.ok(newest.length >= 230);
  for (const list of [amount, other]) assert.deepEqual(numbers(list).sort(), sorted);
  const fen = (i) => Math.round(Number(i.total) * 100);
  for (let i = 1; i < newest.length; i++) {
    assert.ok(newest[i - 1].number > newest[i].number);
    assert.ok(fen(amount[i - 1]) > fen(amount[i]) || (fen(amount[i - 1]) === fen(amount[i]) && amount[i - 1].number > amount[i].number));
    const [a, b] = [other[i - 1].other, other[i].other].map((n) => Buffer.from(n));
    assert.ok(a.compare(b) < 0 || (a.compare(b) === 0 && other[i - 1].number < other[i].number));
  }
  const csv = (await c.get('/v1/invoices.csv?sort=amount')).text.trim().split('\n').slice(1).map((l) => l.match(/\d{20}/)[0]);
  assert.deepEqual(csv, numbers(amount));
});
