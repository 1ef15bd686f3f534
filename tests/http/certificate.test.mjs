// The tax payment certificate: issued from what was paid, signed inside the file, checked online and without the bureau (A07.7, .10, .12).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client, eventually } from '../lib/client.mjs';
import { owing, clockOf } from '../lib/owing.mjs';
import { Server, runEtaxd } from '../lib/server.mjs';

let server, dir, T1, T3, made, pdf, keys;
const period = () => T1.period;

before(async () => {
  server = await Server.start();
  dir = mkdtempSync(path.join(tmpdir(), 'etax-certificate-'));
  ({ T1, T3 } = await owing(server.url, ['T1', 'T3'], '400000.00'));
  const order = (await T1.client.post('/v1/payments', { obligations: T1.ids, channel: 'bank-simulator' })).body;
  await eventually(() => T1.client.get(`/v1/payments/${order.id}`), (r) => r.body.status === 'paid');
  const key = await T1.client.get('/log/key');
  writeFileSync(path.join(dir, 'log.key'), key.bytes);
  keys = ['--key', path.join(dir, 'log.key')];
});
after(async () => {
  rmSync(dir, { recursive: true, force: true });
  await server.close();
});

const verify = async (bytes, args = keys) => {
  const file = path.join(dir, 'c.pdf');
  writeFileSync(file, bytes);
  return runEtaxd(['certificate', 'verify', file, ...args]);
};
const failing = async (bytes, args) => {
  const r = await verify(bytes, args);
  assert.equal(r.code, 1, r.output);
  return r.output.match(/^FAILED (\w+):/)[1];
};

test('A07.7 issued from settled payments, with number, check code, words and receipt', async () => {
  const answer = await T1.client.post('/v1/certificates', { type: 'payment', period: period() }, { key: 'c1' });
  assert.equal(answer.status, 201, answer.text);
  made = answer.body;
  assert.match(made.number, /^3301\d{14}$/);
  assert.match(made.check_code, /^[A-Z2-7]{16}$/);
  assert.equal(made.amount, '58240.00');
  assert.equal(made.total_in_words, '伍万捌仟贰佰肆拾圆整');
  assert.deepEqual(made.lines.map((l) => [l.tax, l.amount]), [['vat', '52000.00'], ['urban_construction', '3640.00'],
    ['education', '1560.00'], ['local_education', '1040.00']]);
  assert.ok(made.receipt.id);
  const again = await T1.client.post('/v1/certificates', { type: 'payment', period: period() }, { key: 'c1' });
  assert.equal(again.body.number, made.number);
  const other = (await T1.client.post('/v1/certificates', { type: 'payment', period: period() })).body;
  assert.notEqual(other.number, made.number); // a second one: another number, the same content
  assert.deepEqual(other.lines, made.lines);
  const year = await T1.client.post('/v1/certificates', { type: 'payment', period: period().slice(0, 4) });
  assert.equal(year.body.amount, '58240.00');
  const list = (await T1.client.get('/v1/certificates')).body.certificates;
  assert.equal(list.length, 3);
  const shown = (await T1.client.get(`/v1/certificates/${made.number}`)).body;
  assert.deepEqual([shown.amount, shown.check_code, shown.receipt.id], [made.amount, made.check_code, made.receipt.id]);
});

test('A07.7 nothing paid, foreign, unknown: said clearly', async () => {
  const nothing = await T3.client.post('/v1/certificates', { type: 'payment', period: T3.period });
  assert.equal(nothing.status, 422);
  assert.deepEqual(nothing.body.errors.map((e) => [e.pointer, e.code]), [['/period', 'nothing-paid']]);
  const wrong = await T1.client.post('/v1/certificates', { type: 'residence', period: '2026-13' });
  assert.deepEqual(wrong.body.errors.map((e) => e.pointer).sort(), ['/period', '/type']);
  assert.equal((await T3.client.get(`/v1/certificates/${made.number}`)).status, 404);
  assert.equal((await T3.client.get(`/v1/certificates/${made.number}.pdf`)).status, 404);
  assert.equal((await new Client(server.url).get(`/v1/certificates/${made.number}.pdf`)).status, 401);
});

test('A07.10 the file is made once and stays the same', async () => {
  const files = await Promise.all(Array.from({ length: 8 }, () => T1.client.get(`/v1/certificates/${made.number}.pdf`, { raw: true })));
  assert.ok(files.every((f) => f.status === 200 && f.bytes.equals(files[0].bytes)));
  pdf = files[0].bytes;
  assert.equal(files[0].headers.get('content-type'), 'application/pdf');
  writeFileSync(path.join(dir, 'page.pdf'), pdf);
  const text = execFileSync('pdftotext', ['-layout', path.join(dir, 'page.pdf'), '-']).toString();
  for (const word of ['税收完税证明', made.number, '91330100MA2H000142', '海川精密机械有限公司', '58,240.00', '伍万捌仟贰佰肆拾圆整', made.check_code,
    '城市维护建设税', '3,640.00', made.lines[0].voucher])
    assert.ok(text.includes(word), `${word} in\n${text}`);
  assert.match(execFileSync('pdfdetach', ['-list', path.join(dir, 'page.pdf')]).toString(), /certificate\.etax/);
});

test('A07.12 A07.e3 offline: good; any changed byte is noticed and its part is named', async () => {
  const good = await verify(pdf);
  assert.equal(good.code, 0, good.output);
  assert.match(good.output, new RegExp(`number ${made.number}`));
  assert.match(good.output, /total 58240\.00/);
  const flip = (at, by = 1) => {
    const bent = Buffer.from(pdf);
    bent[at] ^= by;
    return bent;
  };
  const data = pdf.indexOf('"check_code"'), proof = pdf.indexOf('etax-certificate/1 sm2-sm3');
  const at = (word, more = 0) => pdf.indexOf(word, proof) + word.length + more;
  assert.ok(data > 0 && proof > data);
  assert.equal(await failing(flip(pdf.indexOf('58240.00'))), 'data');
  assert.equal(await failing(flip(2000)), 'page');
  assert.equal(await failing(flip(at('signature ', 20))), 'signature');
  assert.equal(await failing(flip(at('\ndata ', 3))), 'signature'); // what was signed
  assert.equal(await failing(flip(at('\nkey ', 3))), 'key');
  assert.equal(await failing(flip(pdf.lastIndexOf('startxref'))), 'rest');
  assert.equal(await failing(Buffer.concat([pdf, Buffer.from('\n%more')])), 'rest');
  assert.equal(await failing(pdf.subarray(0, pdf.length - 1)), 'rest');
  assert.equal(await failing(Buffer.from('%PDF-1.5 nothing')), 'file');
  // all over the file; src/services/tax/certificate/tests flips many more
  for (let i = 0; i < 12; i++) {
    const where = Math.floor((pdf.length - 1) * i / 11);
    const r = await verify(flip(where, 1 << (i % 8)));
    assert.equal(r.code, 1, `byte ${where} of ${pdf.length}: ${r.output}`);
  }
});

test('A07.12 the key decides: another log key fails, nonsense is no key', async () => {
  const other = await Server.start();
  try {
    writeFileSync(path.join(dir, 'other.key'), (await new Client(other.url).get('/log/key')).bytes);
  } finally {
    await other.close();
  }
  assert.equal(await failing(pdf, ['--key', path.join(dir, 'other.key')]), 'key');
  assert.equal((await verify(pdf, ['--key', 'nonsense'])).code, 2);
  // the seal's own key is good as well
  const seal = pdf.subarray(pdf.indexOf('\nkey ') + 5).toString('latin1').split('\n')[0];
  assert.equal((await verify(pdf, ['--key', seal])).code, 0);
});

test('A07.12 public check: right code shows what was certified; wrong code and unknown number answer alike; throttled', async () => {
  const open = new Client(server.url);
  const good = await open.get(`/v1/verify/certificates/${made.number}?code=${made.check_code}`);
  assert.equal(good.status, 200, good.text);
  assert.equal(good.body.verdict, 'valid');
  assert.equal(good.body.certificate.total, '58240.00');
  assert.equal(good.body.certificate.taxpayer.name, '海川精密机械有限公司');
  const typed = made.check_code.toLowerCase().replace(/(.{4})/g, '$1-');
  assert.equal((await open.get(`/v1/verify/certificates/${made.number}?code=${typed}`)).body.verdict, 'valid');
  const wrong = await open.get(`/v1/verify/certificates/${made.number}?code=${'A'.repeat(16)}`);
  const none = await open.get(`/v1/verify/certificates/330126000000999999?code=${'A'.repeat(16)}`);
  const without = await open.get(`/v1/verify/certificates/${made.number}`);
  assert.equal(wrong.status, 200);
  assert.equal(wrong.text, none.text);
  assert.equal(wrong.text, without.text);
  assert.equal(wrong.body.verdict, 'unknown');
  assert.ok(!wrong.text.includes('海川'));
  const english = await new Client(server.url, { language: 'en' }).get(`/v1/verify/certificates/${made.number}`);
  assert.ok(english.body);
  assert.equal((await open.get('/v1/verify/certificates')).body.verdict, null);
});

test('fsck is clean', async () => {
  const fsck = await server.fsck();
  assert.equal(fsck.code, 0, fsck.output);
  assert.ok(await clockOf(server.url));
});
