// Public verification (A10.e2, e3, e4, e5): by number, a thousand at once, by QR text; what was checked is said, true values are not.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createPrivateKey, sign } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { core } from '../lib/lane.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { Server, etaxd, runEtaxd } from '../lib/server.mjs';
import { checkSignature, readKeys, readQr } from '../../web/verify/core.js';

let server, t1, open, sold, shown;
const T3 = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
const ok = (r, status = 200) => { assert.equal(r.status, status, r.text); return r.body; };
before(async () => {
  server = await Server.start();
  open = new Client(server.url);
  t1 = await Client.signIn(server.url, 'T1');
  sold = [];
  for (let i = 0; i < 3; i++) sold.push(ok(await t1.post('/v1/invoices', invoiceBody({ ref: `v${i}`, buyer: T3, net: '1000.00' })), 201));
  shown = ok(await t1.get(`/v1/invoices/${sold[0].number}`));
  await eventually(() => open.get(`/v1/verify/invoices/${sold[2].number}`), (a) => a.body.verdict === 'valid');
});
after(() => server.close());

/** One of its own for a test that asks much. */
async function fresh(ref) {
  const v = ok(await t1.post('/v1/invoices', invoiceBody({ ref, buyer: T3, net: '1000.00' })), 201);
  await eventually(() => open.get(`/v1/verify/invoices/${v.number}`), (a) => a.body.verdict === 'valid');
  return v;
}
const check = (r, what) => r.checked.find((c) => c.what === what)?.outcome;

test('A10.7 A10.8 valid, not as issued, unknown; each says what was checked', async () => {
  const [v] = sold, day = v.issued_at.slice(0, 10);
  const good = ok(await open.get(`/v1/verify/invoices/${v.number}?total=1130.00&date=${day}`));
  assert.equal(good.verdict, 'valid');
  assert.deepEqual(good.checked.map((c) => [c.what, c.outcome]), [['number', 'found'], ['total', 'same'], ['date', 'same'], ['state', 'valid'], ['content', 'not-checked']]);
  assert.ok(good.detail && good.checked.every((c) => c.detail));
  const part = ok(await open.get(`/v1/verify/invoices/${v.number}?total=1130.00`));
  assert.equal(check(part, 'date'), 'not-checked');
  for (const query of ['total=1130.01', 'total=-1130.00', 'date=2020-01-01', `total=1130.01&date=${day}`]) {
    const bad = await open.get(`/v1/verify/invoices/${v.number}?${query}`);
    assert.equal(ok(bad).verdict, 'not-as-issued', query);
    assert.ok(!bad.text.replaceAll('1130.01', '').includes('1130') && !bad.text.includes(day), 'the true values are not told');
    assert.equal(check(bad.body, 'state'), undefined, 'nor what became of it');
  }
  assert.equal(ok(await open.get(`/v1/verify/invoices/26332009999999999999?total=1.00`)).verdict, 'unknown');
  for (const bad of ['123', '2633200000000000000x', `${v.number}?date=0000-00-00`, `${v.number}?date=9999-13-01`, `${v.number}?total=1e9`, `${v.number}?x=1`])
    assert.ok([400, 200].includes((await open.get(`/v1/verify/invoices/${bad}`)).status), bad);
  assert.equal((await open.get(`/v1/verify/invoices/${v.number}?date=0000-00-00`)).status, 400);
});

test('A10.7 A10.8 the words say what was compared: neither, amount, date, both; the same in a batch under either name', async () => {
  const v = await fresh('verify-words'), day = v.issued_at.slice(0, 10);
  const words = async (query) => ok(await open.get(`/v1/verify/invoices/${v.number}${query}`)).detail;
  const expected = [/没有被红冲；金额和日期没有核对/, /金额和开具时一致；日期没有核对/, /日期和开具时一致；金额没有核对/, /金额和日期和开具时一致/];
  const asked = [{}, { total: v.total }, { date: day }, { total: v.total, date: day }];
  for (const [i, more] of asked.entries()) assert.match(await words(`?${new URLSearchParams(more)}`), expected[i]);
  const items = asked.map((more) => ({ number: v.number, ...more }));
  const [a, b] = await Promise.all([{ items }, { invoices: items }].map(async (body) => ok(await open.post('/v1/verify/invoices', body, { key: null }))));
  assert.deepEqual(a, b);
  a.results.forEach((one, i) => assert.match(one.detail, expected[i]));
  const faults = async (body) => (await open.post('/v1/verify/invoices', body, { key: null })).body.errors.map((e) => [e.pointer, e.code]);
  assert.deepEqual(await faults({}), [['/items', 'required']]);
  assert.deepEqual(await faults({ items, invoices: items }), [['/invoices', 'items-twice']]);
  assert.deepEqual(await faults({ invoices: [{ number: 'x' }] }), [['/invoices/0/number', 'too-short']]);
});

test('A10.7 A10.9 a thousand in one call within a second; one more is refused', async () => {
  const [, w] = sold, v = await fresh('verify-1000');
  const wrong = (i) => i < 50 && i % 3 === 0; // few enough that it is no guessing
  const items = Array.from({ length: 1000 }, (_, i) => (i % 2 ? { number: v.number, total: wrong(i) ? '1.00' : '1130.00' } : { number: String(26332000000001000000n + BigInt(i)) }));
  const start = performance.now();
  const r = ok(await open.post('/v1/verify/invoices', { items }, { key: null }));
  const ms = performance.now() - start;
  assert.equal(r.results.length, 1000);
  r.results.forEach((one, i) => assert.equal(one.verdict, i % 2 === 0 ? 'unknown' : wrong(i) ? 'not-as-issued' : 'valid', String(i)));
  assert.deepEqual(r.results.map((one) => one.number), items.map((i) => i.number));
  assert.ok(ms < 1000, `${ms} ms`);
  assert.equal((await open.post('/v1/verify/invoices', { items: [...items, { number: w.number }] }, { key: null })).status, 422);
  assert.equal((await open.post('/v1/verify/invoices', { items: [] }, { key: null })).status, 422);
});

test('A10.9 A10.e2 amounts are not to be found by asking: after ten wrong ones a number is silent, right or wrong, one by one or in a batch', async () => {
  const v = await fresh('verify-guess'), { qr, qr_signed } = ok(await t1.get(`/v1/invoices/${v.number}`));
  const items = Array.from({ length: 1000 }, (_, i) => ({ number: v.number, total: `${1125 + Math.floor(i / 100)}.${String(i % 100).padStart(2, '0')}` }));
  assert.ok(items.some((i) => i.total === '1130.00'));
  const r = await open.post('/v1/verify/invoices', { items }, { key: null });
  assert.deepEqual(ok(r).results.map((one) => one.verdict), [...Array(10).fill('not-as-issued'), ...Array(990).fill('too-often')]);
  assert.ok(r.body.results.slice(10).every((one) => one.detail === r.body.results[10].detail && one.checked.length === 1), 'the right one looks like the others');
  for (const query of ['total=1130.00', 'total=1.00', `date=${v.issued_at.slice(0, 10)}`]) {
    const one = await open.get(`/v1/verify/invoices/${v.number}?${query}`);
    assert.deepEqual([one.status, one.body.type.split('/').at(-1), one.headers.get('retry-after')], [429, 'verify-too-often', '3600'], query);
  }
  assert.equal((await open.get(`/v1/public/invoices/${v.number}?total=1130.00`)).status, 429);
  assert.equal((await open.post('/v1/verify/qr', { text: qr }, { key: null })).status, 429, 'whoever computes the check of a code guesses too');
  const page = await fetch(`${server.url}/verify/invoices?number=${v.number}&total=1130.00`);
  assert.equal(page.status, 429);
  // what is no guess is answered: the number alone, the signed code; others may still ask
  assert.equal(ok(await open.get(`/v1/verify/invoices/${v.number}`)).verdict, 'valid');
  assert.equal(ok(await open.post('/v1/verify/qr', { text: qr_signed }, { key: null })).verdict, 'valid');
  const sms = async (from, total) => (await open.get('/channels/sms?' + new URLSearchParams({ from, text: `CY ${v.number} ${total}` }))).text;
  assert.match(await sms('13800138000', '1130.00'), /valid/);
  for (let i = 0; i < 10; i++) assert.match(await sms('13800138001', `${i + 1}.00`), /not-as-issued:total/);
  assert.match(await sms('13800138001', '1130.00'), /too-often/);
  assert.match(await sms('13800138000', '1130.00'), /valid/);
  const o2 = await Client.signIn(server.url, '330106198203040042');
  await eventually(() => o2.get('/v1/security/events?event=guesses'), (e) => e.body.events.length === 2);
});

test('A10.1 A10.3 the text of the QR code: read, misread, changed', async () => {
  const qr = async (text) => ok(await open.post('/v1/verify/qr', { text }, { key: null }));
  const good = await qr(shown.qr);
  assert.deepEqual([good.verdict, good.number, check(good, 'signature')], ['valid', sold[0].number, 'none']);
  assert.equal((await qr(`  ${shown.qr.replaceAll(',', '，')}\n`)).verdict, 'valid');
  const misread = await qr(shown.qr.replace('1130', '1131'));
  assert.deepEqual([misread.verdict, misread.checked[0].outcome], ['unreadable', 'crc']);
  for (const text of ['https://tax.example.invalid/x?id=1', '\ufeffHTTP://tax.example.invalid/x', 'https：／／tax.example.invalid／x']) {
    const url = await qr(text);
    assert.deepEqual([url.verdict, url.checked[0].outcome], ['unreadable', 'url'], text);
    assert.match(url.detail, /网址[\s\S]*左上角的二维码/);
    assert.match(url.checked[0].detail, /tax\.example\.invalid/, 'whose it is');
  }
  const old = await qr('01,10,033002000211,83089647,510.68,20200723,16197833567414507415,0941,');
  assert.deepEqual([old.verdict, old.checked[0].outcome], ['unknown', 'older-kind']);
  assert.equal((await open.post('/v1/verify/qr', { text: 'x'.repeat(1100) }, { key: null })).status, 422);
});

test('A10.4 A10.8 the signed text proves itself offline; a forged one does not (A10.e5)', async () => {
  const qr = async (text) => ok(await open.post('/v1/verify/qr', { text }, { key: null }));
  const signed = shown.qr_signed;
  assert.ok(signed.startsWith(shown.qr + '|etax1|'));
  assert.deepEqual([(await qr(signed)).verdict, check(await qr(signed), 'signature')], ['valid', 'good']);
  const key = (await open.get('/log/key')).text.trim();
  const offline = (text) => runEtaxd(['qr', 'verify', text, '--key', key]);
  // what keyboards and files make of it: full-width signs, a BOM, blanks and line ends around (domain/invoice.md 2.4)
  const wide = (text) => text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
  for (const text of [signed.replaceAll(',', '，'), `\ufeff${signed}`, `\ufeff ${signed.replaceAll(',', '，')}\r\n`, wide(signed)]) {
    const read = await qr(text);
    assert.deepEqual([read.verdict, check(read, 'signature')], ['valid', 'good'], text);
    assert.equal((await offline(text)).code, 0, text);
    assert.equal(await checkSignature(readQr(text), readKeys(key), () => null), 'good', 'and on a device without network');
    assert.equal((await core.checkQr(text, key)).outcome, 'bureau');
    const said = await open.get('/channels/sms?' + new URLSearchParams({ from: '13700137000', text }));
    assert.match(said.text, /valid/);
  }
  assert.deepEqual(await core.checkQr('https://tax.example.invalid/x', key), { outcome: 'url', host: 'tax.example.invalid' });
  assert.match((await open.get('/channels/sms?' + new URLSearchParams({ from: '13700137000', text: 'https://tax.example.invalid/2633200000' }))).text, /unreadable:url/);
  const good = await offline(signed);
  assert.equal(good.code, 0, good.output);
  assert.match(good.output, new RegExp(`number ${sold[0].number}\ntotal 1130\\.00`));
  const other = ok(await t1.get(`/v1/invoices/${sold[1].number}`));
  const swapped = `${other.qr}|${signed.split('|').slice(1).join('|')}`;
  assert.deepEqual([(await qr(swapped)).verdict, check(await qr(swapped), 'signature')], ['not-as-issued', 'forged']);
  assert.equal((await offline(swapped)).code, 1);
  // a key of one's own, under its own id and under ours
  const mine = createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]), format: 'der', type: 'pkcs8' });
  const signature = sign(null, Buffer.from(`etax-qr-v1\n${shown.qr}`), mine).toString('base64');
  const forged = `${shown.qr}|etax1|deadbeef|${signature}`;
  assert.deepEqual([(await qr(forged)).verdict, check(await qr(forged), 'signature')], ['not-as-issued', 'unknown-key']);
  assert.match((await offline(forged)).output, /unknown issuer key/);
  assert.equal(check(await qr(`${shown.qr}|etax1|${signed.split('|')[2]}|${signature}`), 'signature'), 'forged');
  assert.equal((await offline(shown.qr)).code, 1);
  assert.equal((await offline(`${signed}|more`)).code, 1);
});

test('A10.8 A10.10 reversed (A10.e3), and the plane alone knows it too, in batches and by QR', async () => {
  const v = sold[1];
  const r = ok(await t1.post(`/v1/invoices/${v.number}/reversal`, { reason: 'error' }), 201);
  const now = await eventually(() => open.get(`/v1/verify/invoices/${v.number}?total=${v.total}`), (a) => a.body.verdict === 'reversed');
  assert.deepEqual([now.body.reversed_by, check(now.body, 'state')], [r.red_number, 'reversed']);
  const plane = spawn(etaxd, ['verify', '--listen', '127.0.0.1:0', '--data', server.data], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await new Promise((resolve) => plane.stdout.on('data', (line) => resolve(/http:\S+/.exec(line)[0])));
    const alone = new Client(url);
    const batch = ok(await alone.post('/v1/verify/invoices', { items: [{ number: v.number, total: v.total }, { number: sold[0].number }] }, { key: null }));
    assert.deepEqual(batch.results.map((b) => b.verdict), ['reversed', 'valid']);
    const qr = ok(await alone.post('/v1/verify/qr', { text: shown.qr_signed }, { key: null }));
    assert.deepEqual([qr.verdict, check(qr, 'signature')], ['valid', 'good'], 'with the key that the plane holds');
    const guesses = Array.from({ length: 12 }, (_, i) => ({ number: sold[0].number, total: i < 11 ? `${i}.00` : '1130.00' }));
    const guessed = ok(await alone.post('/v1/verify/invoices', { items: guesses }, { key: null })).results.map((b) => b.verdict);
    assert.deepEqual(guessed, [...Array(10).fill('not-as-issued'), 'too-often', 'too-often'], 'it counts wrong amounts too (A10.9)');
  } finally {
    plane.kill('SIGTERM');
  }
});

test('A10.9 what the pages show, as JSON; a table of lines, and its file', async () => {
  const [v] = sold;
  assert.deepEqual(ok(await open.get('/v1/verify/invoices')), { number: null, verdict: null, detail: null, reversed_by: null, checked: [] });
  assert.equal(ok(await open.get(`/v1/verify/invoices?number=${v.number}&total=1130.00`)).verdict, 'valid');
  assert.equal(ok(await open.get('/v1/verify/qr')).verdict, null);
  assert.equal(ok(await open.get('/v1/verify/batch')).rows_max, 1000);
  const table = ok(await open.post('/v1/verify/batch', { text: `${v.number},1130.00\nx1` }, { key: null }));
  assert.deepEqual(table.results.map((r) => [r.line, r.verdict]), [[1, 'valid'], [2, 'unreadable']]);
  assert.match((await open.post('/v1/verify/batch.csv', { text: v.number }, { key: null })).headers.get('content-type'), /text\/csv/);
  assert.equal((await open.post('/v1/verify/batch', {}, { key: null })).status, 422);
});
