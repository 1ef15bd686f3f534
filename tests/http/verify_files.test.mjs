// POST /v1/verify/files (A10.1, A10.2): every form of an invoice, each check by its name; changed, foreign, bare and hostile files;
// from the plane alone too.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { Client, eventually, parties } from '../lib/client.mjs';
import { multipart, unzip, zip } from '../lib/files.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { Server, etaxd, runEtaxd } from '../lib/server.mjs';

const FORMS = ['xml', 'ofd', 'pdf', 'json'], T3 = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
let server, t1, open, sold, reversed;
const files = {};
const ok = (r, status = 200) => { assert.equal(r.status, status, r.text.slice(0, 600)); return r.body; };
const raw = (client, bytes) => client.post('/v1/verify/files', new Uint8Array(bytes), { type: 'application/octet-stream', key: null });
const check = async (bytes, client = open) => ok(await raw(client, bytes));
const outcome = (r, what, file = 1) => r.checks.find((c) => c.what === what && c.file === file)?.outcome;
async function many(list) {
  const { body, type } = multipart(list);
  return open.post('/v1/verify/files', body, { type, key: null });
}

before(async () => {
  server = await Server.start();
  open = new Client(server.url);
  t1 = await Client.signIn(server.url, 'T1');
  sold = ok(await t1.post('/v1/invoices', invoiceBody({ ref: 'f-1', buyer: T3, net: '1000.00' })), 201);
  reversed = ok(await t1.post('/v1/invoices', invoiceBody({ ref: 'f-2', buyer: T3, net: '200.00' })), 201);
  ok(await t1.post(`/v1/invoices/${reversed.number}/reversal`, { reason: 'return' }), 201);
  for (const form of [...FORMS, 'xbrl']) files[form] = (await t1.get(`/v1/invoices/${sold.number}.${form}`)).bytes;
  await eventually(() => open.get(`/v1/verify/invoices/${reversed.number}?total=226.00`), (a) => a.body.verdict === 'reversed');
});
after(() => server.close());

test('A10.1 A10.2 each form as the bureau gave it out: valid, and each check by its name', async () => {
  const named = { xml: ['xml-view', 'xml-signature'], pdf: ['pdf-signature', 'xml-signature'], json: ['core-hash'],
    ofd: ['ofd-digests', 'ofd-data', 'ofd-seal-form', 'ofd-signature-file', 'ofd-signature', 'ofd-seal', 'ofd-certificate-list', 'ofd-certificate',
      'ofd-seal-period', 'ofd-certificate-period', 'ofd-key'] };
  for (const form of FORMS) {
    const r = await check(files[form]);
    assert.equal(r.verdict, 'valid', form + JSON.stringify(r));
    assert.deepEqual(r.files.map((f) => [f.file, f.format, f.number, f.verdict, f.reversed_by]), [[1, form, sold.number, 'valid', null]]);
    for (const what of ['file', 'rules', 'core-hash', 'signature-sm2', 'signature-ed25519', 'key', 'content', ...named[form]])
      assert.equal(outcome(r, what), 'good', `${form} ${what}`);
    assert.deepEqual(['number', 'total', 'date', 'state'].map((w) => outcome(r, w)), ['found', 'same', 'same', 'valid'], form);
    assert.ok(r.checks.every((c) => c.detail), form);
  }
});

test('A10.7 several at once under their names; the whole is as bad as its worst', async () => {
  const bent = Buffer.from(files.xml.toString().replace('<Amount>1000.00', '<Amount>1000.01'));
  const red = (await t1.get(`/v1/invoices/${reversed.number}.ofd`)).bytes;
  const r = ok(await many([{ name: '一.ofd', bytes: files.ofd }, { name: 'b.xml', bytes: bent }, { name: 'c.ofd', bytes: red }, { name: 'd.txt', bytes: 'hello' }]));
  assert.equal(r.verdict, 'not-as-issued');
  assert.deepEqual(r.files.map((f) => [f.file, f.name, f.verdict]), [[1, '一.ofd', 'valid'], [2, 'b.xml', 'not-as-issued'], [3, 'c.ofd', 'reversed'], [4, 'd.txt', 'unreadable']]);
  assert.ok(r.files[2].reversed_by);
  assert.equal(outcome(r, 'core-hash', 2), 'bad');
  assert.match(r.checks.find((c) => c.file === 2 && c.what === 'rules').detail, /lines\/0|amount/);
  assert.equal(ok(await many(Array.from({ length: 20 }, (_, i) => ({ name: `${i}.json`, bytes: files.json })))).files.length, 20);
});

test('A10.1 parts named file are taken like files', async () => {
  const { body, type } = multipart([{ name: '一.ofd', bytes: files.ofd }, { name: 'b.json', bytes: files.json }], 'file');
  const r = ok(await open.post('/v1/verify/files', body, { type, key: null }));
  assert.deepEqual([r.verdict, r.files.map((f) => f.name)], ['valid', ['一.ofd', 'b.json']]);
  const other = multipart([{ name: 'b.json', bytes: files.json }], 'document');
  assert.equal((await open.post('/v1/verify/files', other.body, { type: other.type, key: null })).status, 422);
});

test('A10.9 one changed byte anywhere in a PDF, in face or data: refused', async () => {
  const { pdf } = files;
  for (let i = 0; i < 120; i++) {
    const at = Math.floor(pdf.length * (i + 0.5) / 120), bent = Buffer.from(pdf);
    bent[at] ^= 1;
    const r = await check(bent);
    assert.ok(['not-as-issued', 'unreadable'].includes(r.verdict), `byte ${at} of ${pdf.length}: ${JSON.stringify(r)}`);
    assert.ok(r.checks.some((c) => c.outcome === 'bad'), `byte ${at}`);
  }
  const mark = pdf.lastIndexOf('/Desc (etax-pdf-v1 ');
  assert.ok(mark > 0);
  for (let at = mark; at < mark + 110; at++) {
    const bent = Buffer.from(pdf);
    bent[at] ^= 1;
    assert.notEqual((await check(bent)).verdict, 'valid', String(at));
  }
});

test('A10.9 A10.10 what is not signed by us is not called genuine', async () => {
  // proof taken out: the figures fit, but nothing proves the rest
  const bare = Buffer.from(files.xml.toString().replace(/<EtaxCore>[\s\S]*<\/EtaxCore>/, ''));
  const unproven = await check(bare);
  assert.deepEqual([unproven.verdict, outcome(unproven, 'signature-sm2')], ['unproven', 'not-checked'], JSON.stringify(unproven));
  // seal taken off, face redrawn
  const parts = unzip(files.ofd, inflateRawSync).filter((p) => !p.name.startsWith('Doc_0/Signs/')).map((p) => (p.name !== 'OFD.xml' ? p
    : { ...p, bytes: Buffer.from(p.bytes.toString().replace(/<ofd:Signatures>.*?<\/ofd:Signatures>/, '')) }));
  const unsealed = await check(zip(parts));
  assert.deepEqual([unsealed.verdict, outcome(unsealed, 'ofd-digests')], ['unproven', 'not-checked'], JSON.stringify(unsealed));
  // whole and signed, but by another bureau
  const foreign = await Server.start();
  try {
    const seller = await Client.signIn(foreign.url, 'T1');
    const one = ok(await seller.post('/v1/invoices', invoiceBody({ ref: 'x', buyer: T3, net: '1000.00' })), 201);
    for (const form of FORMS) {
      const bytes = (await seller.get(`/v1/invoices/${one.number}.${form}`)).bytes, r = await check(bytes);
      assert.deepEqual([r.verdict, outcome(r, 'key')], ['not-as-issued', 'bad'], `${form}: it wears one of our numbers`);
    }
    let last;
    for (let i = 0; i < 8; i++) last = ok(await seller.post('/v1/invoices', invoiceBody({ ref: `y${i}`, buyer: T3, net: '1.00' })), 201);
    const r = await check((await seller.get(`/v1/invoices/${last.number}.ofd`)).bytes);
    assert.deepEqual([r.verdict, outcome(r, 'ofd-signature'), outcome(r, 'ofd-key'), outcome(r, 'number')], ['unknown', 'good', 'bad', 'differs']);
  } finally {
    await foreign.close();
  }
});

test('A10.1 A10.9 converted files: the proof of the core carries them, and what it does not cover is not called genuine', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'etax-converted-'));
  const convert = (to, form) => {
    writeFileSync(path.join(dir, 'from'), files[form]);
    const r = spawnSync(etaxd, ['invoice', 'convert', '--to', to, path.join(dir, 'from')], { maxBuffer: 1 << 26 });
    assert.equal(r.status, 0, r.stderr.toString());
    return r.stdout;
  };
  try {
    const own = { xml: 'xml-signature', pdf: 'pdf-signature', ofd: 'ofd-digests' }, made = {};
    for (const form of ['json', 'xbrl'])
      for (const to of ['xml', 'pdf', 'ofd', 'json', 'xbrl']) {
        const r = await check(made[to] = convert(to, form));
        assert.deepEqual([r.verdict, r.checks.filter((c) => c.outcome === 'bad')], ['valid', []], `${form} ${to} ${JSON.stringify(r)}`);
        if (own[to]) assert.equal(outcome(r, own[to]), 'not-checked', to);
        if (own[to]) assert.match(r.checks.find((c) => c.what === own[to]).detail, /没有/);
      }
    // a face drawn by hand around the genuine data file
    const drawn = { pdf: Buffer.from(made.pdf), ofd: Buffer.from(made.ofd) };
    drawn.pdf[made.pdf.indexOf('stream\n') + 40] ^= 1;
    const page = made.ofd.indexOf('<ofd:TextCode', made.ofd.indexOf('Pages/Page_0/Content.xml'));
    assert.ok(page > 0);
    drawn.ofd = zip(unzip(made.ofd, inflateRawSync).map((p) => (p.name.endsWith('Content.xml')
      ? { ...p, bytes: Buffer.from(p.bytes.toString().replace(/>[^<]+<\/ofd:TextCode>/, '>9000.00</ofd:TextCode>')) } : p)));
    for (const form of ['pdf', 'ofd']) {
      const r = await check(drawn[form]);
      assert.deepEqual([r.verdict, outcome(r, 'face')], ['unproven', 'not-checked'], form);
    }
    const emptied = (xml) => Buffer.from(xml.toString().replace(/<SignatureValue>.*?<\/SignatureValue>/s, '<SignatureValue></SignatureValue>').replace(/<KeyInfo>.*?<\/KeyInfo>/s, '<KeyInfo></KeyInfo>'));
    const taken = await check(emptied(files.xml));
    assert.deepEqual([taken.verdict, outcome(taken, 'xml-signature'), outcome(taken, 'xml-view')], ['valid', 'not-checked', 'good'], 'all of it follows from the proven core');
    assert.equal((await check(emptied(files.xml.toString().replace('<Amount>1000.00', '<Amount>1000.01')))).verdict, 'not-as-issued');
    assert.equal((await check(emptied(files.xml.toString().replace('<TaxBureauCode>1', '<TaxBureauCode>2')))).verdict, 'not-as-issued');
    assert.equal((await check(emptied(files.xml.toString().replace(/<Sm2Sm3>.*<\/Ed25519Sha256>/s, '')))).verdict, 'unproven');
    const half = await check(Buffer.from(files.xml.toString().replace(/<SignatureValue>.*?<\/SignatureValue>/s, '<SignatureValue></SignatureValue>')));
    assert.deepEqual([half.verdict, outcome(half, 'xml-signature')], ['not-as-issued', 'bad']);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test('A10.9 an OFD whose package was touched is not as issued, though its parts are whole', async () => {
  const at = files.ofd.lastIndexOf('PK\x01\x02', undefined, 'latin1'); // of the last part
  for (const [offset, what] of [[4, 'who made it'], [38, 'attributes']]) {
    const bent = Buffer.from(files.ofd);
    bent[at + offset] ^= 1;
    const r = await check(bent);
    assert.deepEqual([r.verdict, outcome(r, 'ofd-digests'), outcome(r, 'ofd-container')], ['not-as-issued', 'good', 'bad'], what);
  }
  for (const offset of [6, 8, 12, 14, 16, 20]) {
    const bent = Buffer.from(files.ofd);
    bent[at + offset] ^= 1;
    assert.equal((await check(bent)).verdict, 'unreadable', `field at ${offset}`);
  }
  assert.equal((await check(Buffer.concat([files.ofd, Buffer.from('x')]))).verdict, 'unreadable');
  const whole = await check(files.ofd);
  assert.equal(outcome(whole, 'ofd-container'), 'good');
});

test('A10.1 A10.9 XBRL: number, date and total against the plane as of any other form, its facts against its core', async () => {
  const xbrl = files.xbrl.toString(), few = xbrl.replace(/<etax:Document>.*<\/etax:Document>/, '');
  const asked = (r) => [r.verdict, ...['number', 'total', 'date'].map((w) => outcome(r, w))];
  const whole = await check(files.xbrl), changed = await check(Buffer.from(xbrl.replace('>1130.00<', '>1130.01<')));
  assert.deepEqual([...asked(whole), outcome(whole, 'xbrl-facts'), outcome(whole, 'xbrl-view')], ['valid', 'found', 'same', 'same', 'good', 'good'], JSON.stringify(whole));
  assert.deepEqual([changed.verdict, outcome(changed, 'xbrl-facts')], ['not-as-issued', 'bad']);
  const older = await check(Buffer.from(few)), older_changed = await check(Buffer.from(few.replace('>1000.00<', '>1000.01<').replace('>1130.00<', '>1130.01<')));
  assert.deepEqual([...asked(older), outcome(older, 'xbrl-facts')], ['unproven', 'found', 'same', 'same', 'not-checked']);
  assert.deepEqual(asked(older_changed).slice(0, 3), ['not-as-issued', 'found', 'differs']);
});

test('A10.2 from the plane alone: the same verdicts, with the keys that the plane holds', async () => {
  const plane = spawn(etaxd, ['verify', '--listen', '127.0.0.1:0', '--data', server.data], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await new Promise((resolve) => plane.stdout.on('data', (line) => resolve(/http:\S+/.exec(line)[0])));
    const alone = new Client(url);
    for (const form of FORMS) {
      const [here, there] = [await check(files[form]), await check(files[form], alone)];
      assert.deepEqual([there.verdict, outcome(there, 'key')], ['valid', 'good'], form);
      assert.deepEqual(there, here);
    }
    assert.equal((await check(Buffer.from(files.xml.toString().replace('<Amount>1000.00', '<Amount>1000.01')), alone)).verdict, 'not-as-issued');
    assert.equal((await check(zip([{ name: '../../x', bytes: 'x' }]), alone)).verdict, 'unreadable');
  } finally {
    plane.kill('SIGTERM');
  }
});

// --- hostile files: refused within limits, and the server goes on ---

const doc = (inner) => `<?xml version="1.0" encoding="UTF-8"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016">${inner}</ofd:OFD>`;
const ofd = (root) => doc(`<ofd:DocBody><ofd:DocRoot>${root}</ofd:DocRoot></ofd:DocBody>`);
const laughs = ['<!DOCTYPE x [<!ENTITY a "ha">', ...Array.from({ length: 9 }, (_, i) => `<!ENTITY ${'bcdefghij'[i]} "${`&${'abcdefghi'[i]};`.repeat(10)}">`), ']><x>&j;</x>'].join('');
const zeros = Buffer.alloc(64 << 20);
const hostile = {
  'zip bomb: 64 MB of zeros': () => zip([{ name: 'OFD.xml', bytes: zeros }]),
  'zip bomb: many entries that are large together': () => zip(Array.from({ length: 40 }, (_, i) => ({ name: `a${i}`, bytes: Buffer.alloc(1 << 20, i) }))),
  'zip that claims 1 GB': () => zip([{ name: 'OFD.xml', bytes: ofd('Doc_0/Document.xml'), claim: 1 << 30 }]),
  'zip that claims less than it holds': () => zip([{ name: 'OFD.xml', bytes: 'x'.repeat(100_000), claim: 10 }]),
  'zip whose stored entry claims 1 GB': () => zip([{ name: 'OFD.xml', bytes: 'x', stored: true, claim: 1 << 30 }]),
  'zip with more entries than allowed': () => zip(Array.from({ length: 600 }, (_, i) => ({ name: `f${i}`, bytes: 'x' }))),
  'zip in a zip in a zip': () => zip([{ name: 'OFD.xml', bytes: zip([{ name: 'OFD.xml', bytes: zip([{ name: 'OFD.xml', bytes: zeros.subarray(0, 1 << 20) }]) }]) }]),
  'path up': () => zip([{ name: 'OFD.xml', bytes: ofd('../../../../etc/passwd') }, { name: '../../etc/passwd', bytes: 'x' }]),
  'path from the root': () => zip([{ name: '/etc/passwd', bytes: 'x' }]),
  'path with backslashes': () => zip([{ name: '..\\..\\x', bytes: 'x' }]),
  'path with a drive': () => zip([{ name: 'C:/x', bytes: 'x' }]),
  'DocRoot that leads outside': () => zip([{ name: 'OFD.xml', bytes: ofd('../../../../etc/passwd') }]),
  'a name twice': () => zip([{ name: 'OFD.xml', bytes: ofd('a') }, { name: 'OFD.xml', bytes: ofd('b') }]),
  'entity expansion': () => Buffer.from(laughs),
  'entity from outside': () => Buffer.from('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><EInvoice>&a;</EInvoice>'),
  'entity expansion inside an OFD': () => zip([{ name: 'OFD.xml', bytes: laughs }]),
  'ten thousand levels of elements': () => Buffer.from('<a>'.repeat(10_000) + '</a>'.repeat(10_000)),
  'a million elements': () => Buffer.from(`<EInvoice>${'<a/>'.repeat(1_000_000)}</EInvoice>`),
  'a million attributes': () => Buffer.from(`<EInvoice ${Array.from({ length: 200_000 }, (_, i) => `a${i}="1"`).join(' ')}/>`),
  'JSON ten thousand levels deep': () => Buffer.from('['.repeat(10_000)),
  'PDF whose stream claims 1 GB': () => Buffer.from(files.pdf.toString('latin1').replace(/\/Length \d+ >> %/, '/Length 1073741824 >> %'), 'latin1'),
  'PDF whose stream claims a negative length': () => Buffer.from(files.pdf.toString('latin1').replace(/\/Length \d+ >> %/, '/Length -1 >> %'), 'latin1'),
  'PDF with nothing inside': () => Buffer.from('%PDF-1.7\n%%EOF\n'),
  'NUL bytes': () => Buffer.alloc(1000),
  'a picture': () => Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(100)]),
};
for (const [name, make] of Object.entries(hostile))
  test(`hostile: ${name}`, async () => {
    const r = await check(make());
    assert.equal(r.verdict, 'unreadable', JSON.stringify(r));
    assert.equal(r.checks[0].what, 'file');
    assert.equal(r.checks[0].outcome, 'bad');
    assert.ok(r.checks[0].detail && !JSON.stringify(r).includes('root:'), JSON.stringify(r));
  });

test('hostile: files that are cut off anywhere', async () => {
  for (const form of FORMS)
    for (let i = 1; i < 25; i++) {
      const r = await check(files[form].subarray(0, Math.floor(files[form].length * i / 25)));
      assert.ok(['unreadable', 'not-as-issued'].includes(r.verdict), `${form} ${i}/25: ${r.verdict}`);
    }
});

test('hostile: too many, too large, empty, broken bodies: all refused with words, and the server goes on', async () => {
  const faults = async (r, status) => { assert.equal(r.status, status, r.text.slice(0, 300)); return JSON.stringify(r.body); };
  assert.match(await faults(await many(Array.from({ length: 21 }, (_, i) => ({ name: `${i}`, bytes: 'x' }))), 422), /\/files/);
  assert.match(await faults(await many([{ name: 'big', bytes: Buffer.alloc((16 << 20) + 1, 65) }]), 422), /\/files\/0/);
  assert.match(await faults(await many([]), 422), /\/files/);
  await faults(await raw(open, Buffer.alloc(0)), 422);
  await faults(await open.post('/v1/verify/files', new Uint8Array(Buffer.from('--x\r\n')), { type: 'multipart/form-data; boundary=x', key: null }), 400);
  await faults(await open.post('/v1/verify/files', { files: [] }, { key: null }), 415);
  // 1 GB is told, not sent: refused by its head
  const { hostname, port } = new URL(server.url);
  const said = await new Promise((resolve, reject) => {
    const s = net.connect(Number(port), hostname, () => s.write('POST /v1/verify/files HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: 1073741824\r\n\r\n'));
    let text = '';
    s.on('data', (d) => { text += d; if (/\r\n\r\n/.test(text)) { s.destroy(); resolve(text); } });
    s.on('error', reject);
  });
  assert.match(said, /^HTTP\/1\.1 413 /);
  assert.equal((await check(files.ofd)).verdict, 'valid');
});

test('A10.2 limits as the page shows them; in English too', async () => {
  assert.deepEqual(ok(await open.get('/v1/verify/files')), { files_max: 20, file_bytes_max: 16 << 20, bytes_max: 32 << 20 });
  const en = new Client(server.url, { language: 'en' });
  assert.match((await check(Buffer.from('hello'), en)).files[0].detail, /No invoice can be read/);
});

test('A10.8 a new log key: files and printed codes of before stay good, in the plane alone too', async () => {
  const before = ok(await t1.get(`/v1/invoices/${sold.number}`)).qr_signed;
  assert.equal((await server.stop()).code, 0);
  const rotated = await runEtaxd(['key', 'rotate-log', '--data', server.data]);
  assert.equal(rotated.code, 0, rotated.output);
  await server.launch();
  open = new Client(server.url);
  t1 = await Client.signIn(server.url, 'T1');
  assert.notEqual(ok(await t1.get(`/v1/invoices/${sold.number}`)).qr_signed, before);
  const later = ok(await t1.post('/v1/invoices', invoiceBody({ ref: 'f-3', buyer: T3, net: '5.00' })), 201); // feeds the plane
  await eventually(() => open.get(`/v1/verify/invoices/${later.number}`), (a) => a.body.verdict === 'valid');
  const plane = spawn(etaxd, ['verify', '--listen', '127.0.0.1:0', '--data', server.data], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await new Promise((resolve) => plane.stdout.on('data', (line) => resolve(/http:\S+/.exec(line)[0])));
    for (const client of [open, new Client(url)]) {
      for (const form of FORMS) assert.equal((await check(files[form], client)).verdict, 'valid', form);
      const qr = ok(await client.post('/v1/verify/qr', { text: before }, { key: null }));
      assert.deepEqual([qr.verdict, qr.checked.find((c) => c.what === 'signature').outcome], ['valid', 'good']);
    }
  } finally {
    plane.kill('SIGTERM');
  }
});
