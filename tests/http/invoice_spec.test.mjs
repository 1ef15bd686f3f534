// The five forms of an invoice carry one signed core; the validator takes them all and names the part of a changed byte
// (issue 3 §6.2, A09.4, A09.5, A09.10, A09.e1, A09.e4).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client, parties } from '../lib/client.mjs';
import { Server } from '../lib/server.mjs';

const FORMS = ['xml', 'json', 'ofd', 'pdf', 'xbrl'];
const etaxd = process.env.ETAXD ?? 'build/etaxd';
let server, t1, dir, keys, kinds;
const ok = (r, status) => { assert.equal(r.status, status, r.text.slice(0, 400)); return r.body; };
const file = (name, bytes) => { const p = path.join(dir, name); writeFileSync(p, bytes); return p; };
const run = (...args) => spawnSync(etaxd, ['invoice', ...args], { encoding: 'buffer', maxBuffer: 1 << 26 });
function validate(bytes, ...options) {
  const r = run('validate', '--json', ...options, file('one', bytes));
  return { code: r.status, report: JSON.parse(r.stdout.toString()) };
}
// spawnSync stops the event loop for seconds; the connection that was kept has gone meanwhile
const download = async (number, form) => (await t1.get(`/v1/invoices/${number}.${form}`).catch(() => t1.get(`/v1/invoices/${number}.${form}`))).bytes;

before(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'etax-spec-'));
  server = await Server.start();
  t1 = await Client.signIn(server.url, 'T1');
  const T3 = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
  const issue = async (body) => ok(await t1.post('/v1/invoices', body), 201).number;
  const special = await issue({ kind: 'special', seller_ref: 'S-1', buyer: T3, remark: '合同 <甲> & "乙"\n第二行', lines: [
    { tax_code: '1090105030000000000', name: '车床', spec: 'CK<6140>', unit: '台', quantity: '3', price: '33.3333333333333', rate: '0.13', discount: '10.00' },
    { tax_code: '3040201010000000000', name: '软件开发', rate: '0.06', amount: '1000.00' }] });
  const ordinary = await issue({ kind: 'ordinary', buyer: { name: '周海川' }, lines: [
    { tax_code: '3070401000000000000', name: '餐费', rate: '0.06', amount: '106.00', price_includes_tax: true },
    { tax_code: '6010000000000000000', name: '预付卡', rate: '0', amount: '100.00' }] });
  const blue = await issue({ kind: 'special', buyer: T3, lines: [
    { tax_code: '1090105030000000000', name: '车床', unit: '台', quantity: '2', price: '1000', rate: '0.13' }] });
  const red = ok(await t1.post(`/v1/invoices/${blue}/reversal`, { reason: 'return' }), 201).red_number;
  const many = await issue({ kind: 'ordinary', buyer: T3, lines: Array.from({ length: 60 }, (_, i) => (
    { tax_code: '1090105030000000000', name: `零件 ${i + 1}`, unit: '个', quantity: '2', price: '3.5', rate: '0.13' })) });
  kinds = { special, ordinary, red, many };
  keys = file('keys', (await t1.get('/v1/keys')).body.verifiers);
});
after(async () => { await server.close(); rmSync(dir, { recursive: true, force: true }); });

test('A09.4 A09.5 A09.10 every kind in every form is accepted, and each carries the same core hash', async () => {
  for (const [kind, number] of Object.entries(kinds)) {
    const hashes = new Set();
    for (const form of FORMS) {
      const bytes = await download(number, form);
      if (process.env.ETAX_KEEP) writeFileSync(path.join(process.env.ETAX_KEEP, `${kind}.${form}`), bytes);
      const { code, report } = validate(bytes, '--key', keys);
      assert.deepEqual([code, report.verdict, report.format, report.number, report.faults], [0, 'valid', form, number, []], JSON.stringify(report));
      hashes.add(JSON.stringify(report.core_hash));
      const outcome = Object.fromEntries(report.checks.map((c) => [c.what, c.outcome]));
      assert.deepEqual([outcome.rules, outcome['signature-sm2'], outcome['signature-ed25519'], outcome.key], ['good', 'good', 'good', 'good'], form);
      if (form !== 'xbrl') assert.equal(outcome['core-hash'], 'good', form);
      if (form === 'ofd') for (const what of ['ofd-digests', 'ofd-data', 'ofd-signature-file', 'ofd-signature', 'ofd-seal', 'ofd-certificate-list',
        'ofd-certificate', 'ofd-seal-period', 'ofd-certificate-period', 'ofd-key']) assert.equal(outcome[what], 'good', what);
      assert.ok((await download(number, form)).equals(bytes), `${form} stays the same file`);
    }
    assert.equal(hashes.size, 1, kind);
  }
});

test('A09.e4 the hash is that of the stored document; the core in the JSON is canonical (JCS)', async () => {
  const { createHash } = await import('node:crypto');
  const json = (await download(kinds.special, 'json')).toString();
  const body = JSON.parse(json);
  const sorted = (v) => Array.isArray(v) ? v.map(sorted) : v && typeof v === 'object' ?
    Object.fromEntries(Object.keys(v).sort().map((k) => [k, sorted(v[k])])) : v;
  const core = JSON.stringify(sorted(body.core));
  assert.ok(json.includes(`"core":${core},`));
  const proof = (await t1.get(`/v1/invoices/${kinds.special}/proof`)).body;
  assert.equal(proof.document, core, 'what is stored and logged is what is hashed');
  assert.equal(body.proof['ed25519-sha256'].hash, createHash('sha256').update(core).digest('hex'));
  assert.equal(body.proof['sm2-sm3'].hash, createHash('sm3').update(core).digest('hex'));
});

test('A09.4 A10.1 red letters of invoices with discounts are good in every form, whole and in part', async () => {
  const lathe = { tax_code: '1090105030000000000', name: '车床', rate: '0.13' }, software = { tax_code: '3040201010000000000', name: '软件开发', rate: '0.06' };
  const fruit = { tax_code: '1010115000000000000', name: '水果', rate: '0', treatment: 'exempt' };
  const T3 = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
  const blues = {
    special: [{ kind: 'special', buyer: T3, lines: [{ ...lathe, unit: '台', quantity: '2', price: '100', discount: '50.00' }] }],
    several: [{ kind: 'special', buyer: T3, lines: [{ ...lathe, amount: '200.00', discount: '50.00' }, { ...software, amount: '70.00' }, { ...software, amount: '10.00', discount: '0.01' }] }],
    inclusive: [{ kind: 'ordinary', buyer: T3, lines: [{ ...lathe, name: '车床', amount: '113.00', price_includes_tax: true, discount: '11.30' }] }],
    exempt: [{ kind: 'ordinary', buyer: T3, lines: [{ ...fruit, amount: '500.00', discount: '50.00' }] }],
    free: [{ kind: 'ordinary', buyer: T3, lines: [{ ...lathe, amount: '100.00', discount: '100.00' }, { ...software, amount: '10.00' }] }],
    amount: [{ kind: 'special', buyer: T3, lines: [{ ...lathe, amount: '200.00', discount: '50.00' }] }, [{ line: 1, amount: '30.00' }], null],
    quantity: [{ kind: 'special', buyer: T3, lines: [{ ...lathe, unit: '台', quantity: '3', price: '33.3333333333333', discount: '10.00' }] }, [{ line: 1, quantity: '1' }], null],
    one: [{ kind: 'special', buyer: T3, lines: [{ ...lathe, amount: '200.00', discount: '50.00' }, { ...software, amount: '10.00', discount: '1.00' }] }, [{ line: 3 }], null],
  };
  const reds = [];
  const t3 = await Client.signIn(server.url, 'T3'), period = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 7);
  for (const [name, [body, ...parts]] of Object.entries(blues)) {
    const { number } = ok(await t1.post('/v1/invoices', body), 201);
    if (parts.length) ok(await t3.post('/v1/input-credits', { period, numbers: [number] }), 201); // only what is booked goes back in parts
    for (const lines of parts.length ? parts : [null]) {
      const slip = ok(await t1.post(`/v1/invoices/${number}/reversal`, { reason: 'return', ...(lines ? { lines } : {}) }), 201);
      reds.push([name, slip.red_number ?? ok(await t3.post(`/v1/invoices/${number}/reversal/confirmation`, { decision: 'confirm' }), 200).red_number]);
    }
  }
  assert.equal(reds.length, 11);
  const core = JSON.parse((await download(reds[0][1], 'json')).toString()).core;
  assert.deepEqual(core.lines.map((l) => [l.amount, l.line, l.discount]), [['-200.00', 1, undefined], ['50.00', 1, true]]);
  for (const [name, number] of reds)
    for (const form of FORMS) {
      const bytes = await download(number, form), { report } = validate(bytes, '--key', keys);
      assert.deepEqual([report.verdict, report.faults], ['valid', []], `${name} ${form} ${JSON.stringify(report.faults)}`);
      if (form === 'xbrl') continue;
      const r = ok(await new Client(server.url).post('/v1/verify/files', new Uint8Array(bytes), { type: 'application/octet-stream', key: null }), 200);
      assert.deepEqual(r.checks.filter((c) => c.outcome === 'bad'), [], `${name} ${form}`);
    }
});

/** Flips one bit in each of some places of [from, to). */
async function changed(bytes, from, to, times, look) {
  for (let i = 0; i < times; i++) {
    const at = from + Math.floor((to - from) * (i + 0.5) / times), bent = Buffer.from(bytes);
    bent[at] ^= 1;
    const { code, report } = validate(bent);
    assert.equal(code, 1, `byte ${at}: ${bytes.subarray(at - 20, at + 20)}`);
    assert.ok(report.faults.length, `byte ${at}`);
    look(report, at);
  }
}

test('A09.5 one changed byte anywhere in the XML is refused, and the part is named', async () => {
  const xml = await download(kinds.special, 'xml');
  const place = (word) => xml.indexOf(word);
  const parts = [['Header', '<Header>', '</Header>'], ['EInvoiceData', '<BasicInformation>', '</BasicInformation>'],
    ['TaxSupervisionInfo', '<TaxBureauCode>', '</TaxBureauName>'], ['TaxBureauSignature', '<SignatureValue>', '</SignatureValue>']];
  for (const [name, from, to] of parts)
    await changed(xml, place(from) + from.length, place(to), 24, (r) => {
      const said = JSON.stringify([r.faults, r.checks]);
      assert.ok(said.includes(name) || ['xml', 'xml-dialect'].includes(r.faults[0].code) || /core-hash|xml-signature|signature/.test(said), `${name}: ${said}`);
    });
  await changed(xml, 0, xml.length, 200, () => {});
});

test('A09.5 one changed byte anywhere in the parts of the OFD is refused, and the part is named', async () => {
  const ofd = await download(kinds.special, 'ofd');
  for (let at = 0; ofd.readUInt32LE(at) === 0x04034b50;) { // the bytes of each part; what lies around them is tested below
    const from = at + 30 + ofd.readUInt16LE(at + 26), to = from + ofd.readUInt32LE(at + 18);
    await changed(ofd, from, to, 24, () => {});
    at = to;
  }
  const listing = spawnSync('python3', ['-c', `import zipfile,sys
z=zipfile.ZipFile(sys.argv[1])
for i in z.infolist(): print(i.filename)
`, file('o.ofd', ofd)]).stdout.toString().trim().split('\n');
  assert.ok(listing.includes('Doc_0/Signs/Sign_0/SignedValue.dat'), listing.join());
  for (const name of listing.filter((n) => n !== 'Doc_0/Signs/Signatures.xml')) { // that list names the signature and is not signed itself
    const bent = path.join(dir, 'bent.ofd');
    const r = spawnSync('python3', ['-c', `import zipfile,sys
src=zipfile.ZipFile(sys.argv[1]); out=zipfile.ZipFile(sys.argv[2],'w',zipfile.ZIP_DEFLATED)
for i in src.infolist():
    b=bytearray(src.read(i))
    if i.filename==sys.argv[3]: b[-3 if i.filename.endswith('.dat') else len(b)*2//3]^=1
    out.writestr(i.filename,bytes(b))
out.close()`, path.join(dir, 'o.ofd'), bent, name]);
    assert.equal(r.status, 0, r.stderr.toString());
    const { code, report } = validate(readFileSync(bent));
    assert.equal(code, 1, name);
    const said = JSON.stringify(report.faults);
    const named = said.includes(name) || (name.endswith ? false : false) || /Signature|signature|SignedValue|seal/.test(said) || said.includes('"ofd"');
    assert.ok(named, `${name}: ${said}`);
  }
  const same = path.join(dir, 'same.ofd');
  spawnSync('python3', ['-c', `import zipfile,sys
src=zipfile.ZipFile(sys.argv[1]); out=zipfile.ZipFile(sys.argv[2],'w',zipfile.ZIP_DEFLATED)
for i in src.infolist(): out.writestr(i.filename,src.read(i))
out.close()`, path.join(dir, 'o.ofd'), same]);
  const again = validate(readFileSync(same)).report;
  assert.deepEqual([again.verdict, again.faults.map((f) => [f.code, f.place]), again.checks.find((c) => c.what === 'ofd-digests').outcome],
    ['invalid', [['digest', 'ZIP']], 'good'], 'packed again by another program: its parts are whole, the package is not the bureau\'s');
});

test('A09.5 no byte of the OFD around its parts is free', async () => {
  const ofd = await download(kinds.special, 'ofd'), free = [];
  for (let at = 0; at < ofd.length;) { // headers; in local entries the part's own bytes are left out, but for the list that no signature covers
    const local = ofd.readUInt32LE(at) === 0x04034b50, name = local ? ofd.readUInt16LE(at + 26) : 0, size = local ? ofd.readUInt32LE(at + 18) : 0;
    const to = local ? at + 30 + name : ofd.length, list = local && ofd.toString('latin1', at + 30, to).endsWith('Signatures.xml');
    for (let i = at; i < to + (list ? size : 0); i++) free.push(i);
    at = to + size;
  }
  assert.ok(free.length > 1000);
  const unnamed = [];
  for (let from = 0; from < free.length; from += 60) {
    const names = free.slice(from, from + 60).map((at) => { const bent = Buffer.from(ofd); bent[at] ^= 1 << at % 8; return file(`bent-${from}-${at}`, bent); });
    const r = run('validate', '--json', '--rules-only', ...names);
    const reports = r.stdout.toString().trim().split('\n').map((l) => JSON.parse(l));
    assert.equal(reports.length, names.length);
    for (const p of reports) {
      const named = p.faults.some((f) => ['zip', 'limit', 'ofd', 'file-format', 'digest'].includes(f.code));
      if (p.verdict === 'valid' || !named) unnamed.push([p.file, p.verdict, p.faults]);
    }
    for (const n of names) rmSync(n);
  }
  assert.deepEqual(unnamed.slice(0, 3), []);
  const junk = (bytes, code) => { const { report } = validate(bytes); assert.ok(report.faults.some((f) => f.code === code), JSON.stringify(report.faults)); };
  junk(Buffer.concat([ofd, Buffer.from('x')]), 'zip');
  junk(Buffer.concat([Buffer.from('PK'), ofd]), 'zip');
  const commented = Buffer.concat([ofd, Buffer.from('hello')]);
  commented.writeUInt16LE(5, ofd.length - 2);
  junk(commented, 'zip');
});

test('A09.5 the seal holds before openssl as well', async () => {
  const ofd = file('s.ofd', await download(kinds.special, 'ofd'));
  const py = spawnSync('python3', ['-c', `import zipfile,sys,base64,subprocess,os
d=sys.argv[2]; z=zipfile.ZipFile(sys.argv[1])
v=z.read('Doc_0/Signs/Sign_0/SignedValue.dat'); s=z.read('Doc_0/Signs/Sign_0/Signature.xml')
def tlv(b,o):
    n=b[o+1]; h=2
    if n&128: k=n&127; n=int.from_bytes(b[o+2:o+2+k],'big'); h=2+k
    return o+h,o+h+n
def kids(b,o,e):
    out=[]
    while o<e: f,t=tlv(b,o); out.append((o,f,t)); o=t
    return out
f,t=tlv(v,0); a=kids(v,f,t)
tosign=v[a[0][0]:a[0][2]]; cert=v[a[1][1]:a[1][2]]; sig=v[a[3][1]+1:a[3][2]]
for n,b in (('tosign',tosign),('cert',cert),('sig',sig),('sx',s)): open(d+'/'+n,'wb').write(b)
run=lambda *x: subprocess.run(x,capture_output=True)
run('openssl','x509','-inform','DER','-in',d+'/cert','-pubkey','-noout','-out',d+'/pub')
open(d+'/pub','wb').write(run('openssl','x509','-inform','DER','-in',d+'/cert','-pubkey','-noout').stdout)
r=run('openssl','dgst','-sm3','-verify',d+'/pub','-signature',d+'/sig','-sigopt','distid:1234567812345678',d+'/tosign')
print(r.stdout.decode().strip(), r.stderr.decode()[:200])
h=run('openssl','dgst','-sm3','-binary',d+'/sx').stdout
print('hash', h in tosign)
print(run('openssl','x509','-inform','DER','-in',d+'/cert','-noout','-subject','-nameopt','utf8').stdout.decode().strip())`, ofd, dir]);
  const said = py.stdout.toString();
  assert.match(said, /Verified OK/, said + py.stderr.toString());
  assert.match(said, /hash True/);
  assert.match(said, /etax/);
});

test('A09.10 convert: offline, form to form, and the core stays the same', async () => {
  const from = file('c.xml', await download(kinds.special, 'xml'));
  for (const to of FORMS) {
    const r = run('convert', '--to', to, from);
    assert.equal(r.status, 0, r.stderr.toString());
    const { report } = validate(r.stdout);
    assert.deepEqual([report.verdict, report.format], ['valid', to], JSON.stringify(report.faults));
  }
  const json = run('convert', '--to', 'json', file('c.ofd', await download(kinds.red, 'ofd')));
  assert.ok((await download(kinds.red, 'json')).equals(json.stdout), 'OFD to JSON is the bureau\'s own JSON');
  for (const own of ['json', 'xbrl'])
    for (const to of FORMS) { // these carry no data file: what is made of them has no signature of its own, and the core's proof
      const made = run('convert', '--to', to, file(`c.${own}`, await download(kinds.red, own))), { code, report } = validate(made.stdout, '--key', keys);
      assert.deepEqual([made.status, code, report.verdict, report.format, report.faults], [0, 0, 'valid', to, []], `${own} ${to} ${JSON.stringify(report.checks)}`);
      const own_signature = { xml: 'xml-signature', pdf: 'pdf-signature', ofd: 'ofd-digests' }[to];
      if (own_signature) assert.equal(report.checks.find((c) => c.what === own_signature).outcome, 'not-checked', to);
    }
  const bare = JSON.stringify(JSON.parse((await download(kinds.red, 'json')).toString()).core);
  assert.deepEqual([validate(bare).code, validate(bare).report.verdict, validate(bare, '--rules-only').code], [1, 'unproven', 0]);
  for (const to of FORMS.slice(0, 4)) assert.equal(validate(run('convert', '--to', to, file('bare.json', bare)).stdout).report.verdict, 'unproven', to);
  assert.equal(run('convert', '--to', 'docx', from).status, 2);
});

test('A09.4 the command line says what is wrong with a file that cannot be read, and goes on with the others', async () => {
  const good = file('g.json', await download(kinds.special, 'json')), none = path.join(dir, 'none.xml');
  const large = file('large', Buffer.alloc((16 << 20) + 1, 'a'));
  const r = run('validate', '--quiet', none, good, dir, large), told = r.stderr.toString();
  assert.equal(r.status, 1);
  assert.deepEqual(told.trim().split('\n'), [`etaxd: ${none}: No such file or directory`, `etaxd: ${dir}: Is a directory`, `etaxd: ${large}: larger than 16 MB`]);
  const all = run('validate', none, good);
  assert.match(all.stdout.toString(), /^ok /, 'the others are checked');
  for (const args of [['convert', '--to', 'xml', none], ['convert', '--to', 'json', dir], ['validate', '--lines', none]]) {
    const one = run(...args);
    assert.deepEqual([one.status, one.stderr.toString().trim().split('\n').length], [1, 1], args.join(' '));
    assert.match(one.stderr.toString(), /^etaxd: .*: (No such file|Is a) /);
  }
  const lost = run('convert', '--to', 'xml', '--out', none, good);
  assert.deepEqual([lost.status, lost.stderr.toString()], [1, `etaxd: ${none}/dzfp_${kinds.special}.xml: No such file or directory\n`]);
});

test('A09.5 A09.10 XBRL: its facts are held against the core that it carries', async () => {
  const xbrl = (await download(kinds.special, 'xbrl')).toString();
  const what = (r, name) => r.checks.find((c) => c.what === name)?.outcome;
  for (const [from, to, named] of [[/(<einv:TotalAmWithoutTax[^>]*>)\d+/, '$19999', 'TotalAmWithoutTax'], [/<einv:SellerName contextRef="now">/, '$&假', 'SellerName'],
    [/(<einv:RequestTime contextRef="now">)20(\d\d)/, '$119$2', 'RequestTime'], [/>否</, '>是<', 'WhetherEinvoiceIsRedEinvoice'],
    [/<einv:SellerName/, '<einv:SellerIdNum contextRef="now">91330200MA2H00030W</einv:SellerIdNum>$&', 'SellerIdNum']]) {
    const bent = xbrl.replace(from, to), { code, report } = validate(bent, '--key', keys);
    assert.notEqual(bent, xbrl);
    assert.deepEqual([code, report.verdict, report.faults.map((f) => [f.code, f.place])], [1, 'invalid', [['view', named]]], named);
  }
  const posted = validate(xbrl.replace('</xbrli:xbrl>', '<einv:Account contextRef="now">6001</einv:Account></xbrli:xbrl>'), '--key', keys).report;
  assert.deepEqual([posted.verdict, posted.faults, what(posted, 'xbrl-facts'), what(posted, 'xbrl-view')], ['unproven', [], 'good', 'not-checked']);
  const few = xbrl.replace(/<etax:Document>.*<\/etax:Document>/, ''), older = validate(few, '--key', keys).report;
  assert.deepEqual([older.verdict, older.faults, what(older, 'xbrl-facts')], ['unproven', [], 'not-checked']);
  assert.equal(run('convert', '--to', 'pdf', file('few.xbrl', few)).status, 1, 'it holds too little');
  for (let i = 0; i < 60; i++) {
    const bent = Buffer.from(xbrl), at = Math.floor(bent.length * (i + 0.5) / 60);
    bent[at] ^= 1 << i % 7;
    assert.notEqual(validate(bent).report.verdict, 'valid', `byte ${at}`);
  }
});

test('A09.4 JSON: what the envelope says and version 1 does not know is refused by its name', async () => {
  const whole = JSON.parse((await download(kinds.special, 'json')).toString());
  const said = (change) => { const v = structuredClone(whole); change(v); const { code, report } = validate(JSON.stringify(v), '--key', keys); return [code, report.verdict, report.faults.map((f) => [f.code, f.place])]; };
  const refused = (...faults) => [1, 'invalid', faults];
  assert.deepEqual(said(() => {}), [0, 'valid', []]);
  assert.deepEqual(said((v) => { v.format = 'etax-invoice/2'; }), refused(['choice', '/format']));
  assert.deepEqual(said((v) => { delete v.format; }), refused(['missing', '/format']));
  assert.deepEqual(said((v) => { v.total_override = '1.00'; }), refused(['member-unknown', '/total_override']));
  assert.deepEqual(said((v) => { v.prof = v.proof; delete v.proof; }), refused(['member-unknown', '/prof']));
  assert.deepEqual(said((v) => { v.proof['rsa-md5'] = {}; }), refused(['member-unknown', '/proof/rsa-md5']));
  assert.deepEqual(said((v) => { v.proof['sm2-sm3'].by = 'x'; }), refused(['member-unknown', '/proof/sm2-sm3/by']));
  assert.deepEqual(said((v) => { delete v.proof['sm2-sm3'].signature; }), refused(['missing', '/proof/sm2-sm3/signature']));
  assert.deepEqual(said((v) => { v.proof = 1; }), refused(['type', '/proof']));
  assert.deepEqual(said((v) => { v.proof = {}; }), refused(['missing', '/proof']));
  assert.deepEqual(said((v) => { delete v.proof; }), [1, 'unproven', []]);
  for (const suite of ['sm2-sm3', 'ed25519-sha256']) assert.deepEqual(said((v) => { delete v.proof[suite]; }), [0, 'valid', []], `without ${suite} the other is enough`);
  const [other] = Object.entries(JSON.parse((await download(kinds.many, 'json')).toString()).proof);
  assert.deepEqual(said((v) => { v.proof[other[0]].signature = other[1].signature; })[1], 'invalid', 'what is there must hold');
});

test('A09.4 A09.7 the public API: anybody uploads a file; schema and vectors are served', async () => {
  const open = new Client(server.url);
  const upload = (bytes) => open.post('/v1/public/invoices/validate', new Uint8Array(bytes), { type: 'application/octet-stream', key: null });
  await open.get('/v1/keys').catch(() => null);
  const good = ok(await upload(await download(kinds.special, 'ofd')), 200);
  assert.deepEqual([good.verdict, good.format, good.number, good.faults], ['valid', 'ofd', kinds.special, []]);
  assert.ok(good.checks.every((c) => c.outcome === 'good'), JSON.stringify(good.checks));
  const bad = ok(await upload(Buffer.from('hello')), 200);
  assert.deepEqual([bad.verdict, bad.faults[0].code, bad.faults[0].place], ['unreadable', 'file-format', null]);
  const xml = (await download(kinds.special, 'xml')).toString().replace('<Amount>1000.00', '<Amount>1000.01');
  const bent = ok(await upload(Buffer.from(xml)), 200);
  assert.equal(bent.faults.find((f) => f.code === 'sum-amount').place, 'EInvoiceData/BasicInformation/TotalAmWithoutTax');
  const schema = await open.get('/v1/public/invoices/schema.json');
  assert.deepEqual(JSON.parse(schema.text), JSON.parse(readFileSync(new URL('../../docs/spec/invoice/invoice-1.schema.json', import.meta.url), 'utf8')));
  for (const name of ['positive', 'negative']) {
    const r = await open.get(`/v1/public/invoices/vectors-${name}.jsonl`);
    assert.equal(r.text, readFileSync(new URL(`../vectors/invoice/${name}.jsonl`, import.meta.url), 'utf8'));
  }
  ok(await open.get('/v1/invoices/validator'), 200);
});
