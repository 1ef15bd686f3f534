// Every kind of invoice: special businesses with their own fields, differential taxation, vehicles; on the face, in XML, PDF
// and JSON, and in the sums of a return (A09.1, A09.4).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { FARMER, T3, VIN, bodyOf, car, kinds, line } from '../lib/kinds.mjs';
import { periodsOf } from '../lib/owing.mjs';
import { etaxd, Server } from '../lib/server.mjs';

const dir = mkdtempSync(path.join(tmpdir(), 'kinds-'));
let server, t1, t2;
before(async () => {
  server = await Server.start();
  t1 = await Client.signIn(server.url, 'T1');
  t2 = await Client.signIn(server.url, 'T2');
});
after(async () => {
  const fsck = await server.fsck();
  await server.close();
  rmSync(dir, { recursive: true });
  assert.equal(fsck.code, 0, fsck.output);
});

const pointers = (r) => r.body.errors?.map((e) => e.pointer).sort() ?? r.text;

const verdictOf = async (bytes) => (await new Client(server.url).post('/v1/verify/files', new Uint8Array(bytes), { type: 'application/octet-stream', key: null })).body;

/** A figure, a name, a byte of the face: changed anywhere, the verifier refuses and names a part. */
async function bent(form, bytes) {
  for (let i = 0; i < 4; i++) {
    const at = Math.floor(bytes.length * (i + 0.5) / 4), other = Buffer.from(bytes);
    other[at] ^= 1;
    const r = await verdictOf(other), bad = r.checks.filter((c) => c.outcome === 'bad');
    // what the ZIP puts around the parts of an OFD is nobody's
    if (form === 'ofd' && r.verdict === 'valid') continue;
    assert.ok(['not-as-issued', 'unreadable'].includes(r.verdict) && bad.length && bad.every((c) => c.detail), `${form}, byte ${at}: ${JSON.stringify(r)}`);
  }
}

/** Every form of the invoice is accepted by validator and verifier, and carries the same core hash; changed ones are not. */
async function roundTrip(number) {
  const hashes = new Set(), file = path.join(dir, 'one');
  for (const form of ['xml', 'ofd', 'pdf', 'json', 'xbrl']) {
    const r = await t1.get(`/v1/invoices/${number}.${form}`);
    assert.equal(r.status, 200, form);
    writeFileSync(file, r.bytes);
    const { stdout } = spawnSync(etaxd, ['invoice', 'validate', '--json', file], { encoding: 'utf8' }), report = JSON.parse(stdout.trim().split('\n')[0]);
    assert.deepEqual([report.verdict, report.number, report.faults], ['valid', number, []], `${form}: ${stdout}`);
    hashes.add(JSON.stringify(report.core_hash));
    if (form === 'xbrl') continue;
    const checked = await verdictOf(r.bytes);
    assert.deepEqual([checked.verdict, checked.files[0].number], ['valid', number], `${form}: ${JSON.stringify(checked)}`);
    assert.ok(checked.checks.every((c) => ['good', 'found', 'same', 'valid'].includes(c.outcome)), JSON.stringify(checked.checks));
    await bent(form, r.bytes);
  }
  assert.equal(hashes.size, 1);
}

for (const [business, { special, swaps, xml, kind = 'special' }] of Object.entries(kinds)) {
  test(`A09.1 ${business} is issued; JSON, XML and PDF carry it`, async () => {
    const r = await t1.post('/v1/invoices', bodyOf(business));
    assert.equal(r.status, 201, r.text);
    const { number, qr } = r.body;
    const shown = (await t1.get(`/v1/invoices/${number}`)).body;
    assert.equal(shown.business, business);
    assert.deepEqual(shown.special, special);
    assert.equal(shown.kind, kind);
    assert.equal(shown[swaps ? 'buyer' : 'seller'].tax_id, parties.T1);
    assert.equal(shown[swaps ? 'seller' : 'buyer'].tax_id, (swaps ? FARMER : T3).tax_id);
    assert.match(qr, new RegExp(`^01,${{ special: 31, ordinary: 32, vehicle: 83, used_car: 84 }[kind]},,${number},`));
    const file = (await t1.get(`/v1/invoices/${number}.xml`)).text;
    assert.match(file, /<LabelType>特定业务标签<\/LabelType>/);
    const block = /<SpecificInformation>(.*?)<\/SpecificInformation>/s.exec(file)[1];
    if (xml) {
      assert.equal(block.split(`<${xml}>`).length - 1, special.length, block);
      for (const v of Object.values(special[0])) assert.ok(block.includes(v.replaceAll('<', '&lt;').replaceAll('>', '&gt;')), `${v} in ${block}`);
    } else assert.equal(block, '');
    assert.equal((await t1.get(`/v1/invoices/${number}.pdf`)).status, 200);
    await eventually(() => t1.get(`/v1/verify/invoices/${number}`), (a) => a.body.verdict === 'valid');
    await roundTrip(number);
  });
}

test('A09.4 each obligatory field is asked for at its place, a stranger is refused, a wrong business is told', async () => {
  for (const [business, { special }] of Object.entries(kinds)) {
    if (!special) continue;
    const empty = await t1.post('/v1/invoices/preview', bodyOf(business, { special: [{}] }));
    assert.equal(empty.status, 422, business);
    for (const e of empty.body.errors) assert.match(e.pointer, /^\/special\/0\//);
    for (const e of empty.body.errors) {
      const name = e.pointer.slice(11), one = { ...special[0] };
      delete one[name];
      const r = await t1.post('/v1/invoices/preview', bodyOf(business, { special: [one] }));
      assert.deepEqual(pointers(r), [e.pointer], `${business} ${name}`);
    }
  }
  assert.deepEqual(pointers(await t1.post('/v1/invoices', bodyOf('construction', { special: [{ ...kinds.construction.special[0], vin: VIN }] }))), ['/special/0/vin']);
  assert.deepEqual(pointers(await t1.post('/v1/invoices', bodyOf('construction', { special: [{ place: 'x'.repeat(301), project: 'y' }] }))), ['/special/0/place']);
  assert.deepEqual(pointers(await t1.post('/v1/invoices', bodyOf('construction', { special: [kinds.construction.special[0], kinds.construction.special[0]] }))), ['/special']);
  assert.deepEqual(pointers(await t1.post('/v1/invoices', bodyOf('construction', { lines: [line('1090105030000000000', '车床', '0.13')] }))), ['/lines/0/tax_code']);
  assert.deepEqual(pointers(await t1.post('/v1/invoices', bodyOf('real_estate_lease', { special: [{ address: 'a', lease_from: '2026-12-31', lease_to: '2026-01-01' }] }))), ['/special/0/lease_to']);
  assert.deepEqual(pointers(await t1.post('/v1/invoices', bodyOf('vessel_tax', { special: [{ ...kinds.vessel_tax.special[0], total: '301.51' }] }))), ['/special/0/total']);
  assert.deepEqual(pointers(await t1.post('/v1/invoices', bodyOf('refined_oil', { lines: [line('1070101010200000000', '汽油', '0.13', { unit: '桶' })] }))), ['/lines/0/unit']);
  assert.deepEqual(pointers(await t1.post('/v1/invoices', bodyOf('toll', { kind: 'special' }))), ['/kind']);
  assert.deepEqual(pointers(await t1.post('/v1/invoices', bodyOf('vehicle_sale', { business: undefined, special: undefined }))), ['/business']);
  assert.deepEqual(pointers(await t1.post('/v1/invoices', bodyOf('motor_vehicle', { lines: [car({ spec: 'LSVAA49J13204737O' })] }))), ['/lines/0/spec']);
  assert.deepEqual(pointers(await t1.post('/v1/invoices', bodyOf('vehicle_sale', { special: [{ ...kinds.vehicle_sale.special[0], vin: 'x', seats: '-1' }] }))), ['/special/0/seats', '/special/0/vin']);
  assert.deepEqual(pointers(await t1.post('/v1/invoices', { ...bodyOf('construction'), business: undefined })), ['/business']);
  assert.deepEqual(pointers(await t1.post('/v1/invoices', bodyOf('solar_purchase', { buyer: T3 }))), ['/buyer/tax_id']);
  for (const bad of ['constructionn', '03', 7, {}, []]) assert.equal((await t1.post('/v1/invoices', bodyOf('construction', { business: bad }))).status, 422);
  for (const bad of ['x', { a: 1 }, [1], [{ place: 5 }], [{ nonsense: 'x' }]]) assert.equal((await t1.post('/v1/invoices', bodyOf('construction', { special: bad }))).status, 422);
});

test('A09.1 refined oil is sold as refined oil: business, unit, quantity and price; tables mean it', async () => {
  const oil = (more = {}) => line('1070101010200000000', '92 号汽油', '0.13', { unit: '升', ...more });
  const of = (lines, more = {}) => ({ kind: 'special', buyer: T3, lines, ...more });
  const faults = (r) => r.body.errors.map((e) => `${e.pointer} ${e.code}`).sort();
  const bare = await t1.post('/v1/invoices', of([oil()]));
  assert.deepEqual(faults(bare), ['/business special-code-business']);
  assert.match(bare.body.errors[0].detail, /成品油/);
  assert.deepEqual(faults(await t1.post('/v1/invoices', of([oil({ unit: '桶' }), oil({ unit: undefined, quantity: undefined, price: undefined, amount: '9.00' })]))),
    ['/business special-code-business', '/lines/0/unit special-unit', '/lines/1/quantity special-quantity', '/lines/1/unit special-unit']);
  assert.deepEqual(faults(await t1.post('/v1/invoices', of([oil({ quantity: '0' })], { business: 'refined_oil' }))), ['/lines/0/quantity not-positive']);
  assert.deepEqual(faults(await t1.post('/v1/invoices', of([oil()], { business: 'rare_earth' }))),
    ['/business special-code-business', '/lines/0/unit special-unit']);
  assert.equal((await t1.post('/v1/invoices', of([oil()], { business: 'refined_oil' }))).status, 201);
  // wax is made of oil and none (1070101120000000000)
  assert.equal((await t1.post('/v1/invoices', of([line('1070101120000000000', '石蜡', '0.13')]))).status, 201);
  const csv = ['单号,发票种类,购买方税号,购买方名称,税收分类编码,项目名称,单位,数量,单价,含税,税率',
    `O-1,专票,${T3.tax_id},${T3.name},1070101030000000000,柴油,吨,1,7000.00,否,13%`,
    `O-2,专票,${T3.tax_id},${T3.name},1070101030000000000,柴油,桶,1,7000.00,否,13%`].join('\r\n');
  const done = await t1.post('/v1/invoices/batch/file', { file: csv });
  assert.equal(done.body.issued, 1, done.text);
  assert.deepEqual(done.body.faults.map((f) => [f.row, f.pointer]), [[3, '/lines/0/unit']]);
  assert.equal((await t1.get(`/v1/invoices/${done.body.invoices[0].number}`)).body.business, 'refined_oil');
});

test('A09.1 differential taxation in both forms; red letters give the deduction back', async () => {
  const dispatch = (amount) => [{ tax_code: '3040803010000000000', name: '劳务派遣', rate: '0.05', amount, price_includes_tax: true }];
  const of = (form, more = {}) => ({ kind: 'ordinary', buyer: T3, lines: dispatch('105000.00'),
    differential: { form, deduction: '84000.00', proofs: [{ kind: '09', note: '工资和社保', amount: '84000.00' }] }, ...more });
  const difference = await t1.post('/v1/invoices', of('difference', { remark: '十一月' }));
  assert.equal(difference.status, 201, difference.text);
  // vector A-differential-02
  assert.deepEqual([difference.body.amount, difference.body.tax, difference.body.total], ['104000.00', '1000.00', '105000.00']);
  const shown = (await t1.get(`/v1/invoices/${difference.body.number}`)).body;
  assert.equal(shown.remark, '差额征税：84000.00。十一月');
  assert.equal(shown.lines[0].treatment, 'difference');
  assert.match((await t1.get(`/v1/invoices/${difference.body.number}.xml`)).text, /<TaxRate>\*\*\*<\/TaxRate>.*<DeductionAmount>84000.00<\/DeductionAmount>/s);
  const full = await t1.post('/v1/invoices', of('full'));
  assert.deepEqual([full.body.amount, full.body.tax], ['100000.00', '5000.00']);
  // vector A-differential-01
  const six = await t1.post('/v1/invoices/preview', of('difference', { lines: [{ tax_code: '3070301000000000000', name: '旅游', rate: '0.06', amount: '1060.00', price_includes_tax: true }],
    differential: { form: 'difference', deduction: '212.00', proofs: [{ kind: '01', voucher_no: '26332000000000000001', amount: '212.00' }] } }));
  assert.deepEqual([six.body.amount, six.body.tax], ['1012.00', '48.00']);
  const bad = async (more, lines) => pointers(await t1.post('/v1/invoices/preview', of('difference', { differential: { form: 'difference', deduction: '84000.00', ...more }, ...(lines ? { lines } : {}) })));
  assert.deepEqual(await bad({}), ['/differential/proofs']);
  assert.deepEqual(await bad({ proofs: [{ kind: '01', voucher_no: '1', amount: '84000.00' }] }), ['/differential/proofs/0/voucher_no']);
  assert.deepEqual(await bad({ proofs: [{ kind: '03', voucher_no: '1' }] }), ['/differential/proofs/0/amount']);
  assert.deepEqual(await bad({ proofs: [{ kind: '03', voucher_no: '1', amount: '1.00' }] }), ['/differential/deduction']);
  assert.deepEqual(await bad({ deduction: undefined, proofs: [{ kind: '03', voucher_no: '1', amount: '1.00' }] }), ['/differential/deduction']);
  assert.deepEqual(await bad({ proofs: [{ kind: '09', note: 'x', amount: '84000.00' }] }, [...dispatch('105000.00'), ...dispatch('105000.00')]), ['/lines']);
  assert.deepEqual(await bad({ proofs: [{ kind: '09', note: 'x', amount: '84000.00' }] }, dispatch('83999.99')), ['/differential/deduction']);
  assert.deepEqual(await bad({ proofs: [{ kind: '09', note: 'x', amount: '84000.00' }] }, [{ ...dispatch('105000.00')[0], price_includes_tax: false }]), ['/lines/0/price_includes_tax']);
  assert.deepEqual(await bad({ form: undefined }), ['/differential/form']);
  const red = await t1.post(`/v1/invoices/${difference.body.number}/reversal`, { reason: 'return' });
  assert.equal(red.status, 201, red.text);
  const redShown = (await t1.get(`/v1/invoices/${red.body.red_number}`)).body;
  assert.deepEqual([redShown.amount, redShown.tax, redShown.differential.deduction], ['-104000.00', '-1000.00', '-84000.00']);
});

test('A09.1 letting by individuals at 1.5 %, small-scale 3 % with a reason, preference marks', async () => {
  const rent = { tax_code: '3040502020102000000', name: '住房租金', rate: '0.05', treatment: 'reduced', amount: '3150.00', price_includes_tax: true };
  const r = await t2.post('/v1/invoices', { kind: 'ordinary', buyer: T3, lines: [rent] });
  assert.equal(r.status, 201, r.text);
  assert.deepEqual([r.body.amount, r.body.tax], ['3105.00', '45.00']); // vector A-reduced_1_5-01
  assert.deepEqual(pointers(await t2.post('/v1/invoices', { kind: 'ordinary', buyer: T3, lines: [{ ...rent, rate: '0.03' }], rate_reason: '3' })), ['/lines/0/rate']);
  const bread = { tax_code: '1030201020000000000', name: '面包', rate: '0.03', amount: '100.00' };
  assert.deepEqual(pointers(await t2.post('/v1/invoices', { kind: 'special', buyer: T3, lines: [bread] })), ['/rate_reason']);
  const three = await t2.post('/v1/invoices', { kind: 'special', buyer: T3, lines: [bread], rate_reason: '3' });
  assert.equal(three.body.tax, '3.00', three.text);
  const marked = await t1.post('/v1/invoices', { kind: 'special', buyer: T3, lines: [{ tax_code: '3040201010000000000', name: '软件', rate: '0.13', amount: '10.00', policy: 'over_3' }] });
  assert.equal((await t1.get(`/v1/invoices/${marked.body.number}`)).body.lines[0].policy, 'over_3');
  assert.deepEqual(pointers(await t1.post('/v1/invoices', { kind: 'special', buyer: T3, lines: [{ ...bread, rate: '0.05', policy: 'simple_3' }] })), ['/lines/0/policy']);
});

test('A05.1 the pre-filled return: sales before the deduction, tax after it; letting at 5 % with its reduction; red letters undo', async () => {
  const cells = async (client, period) => {
    const r = await eventually(() => client.get(`/v1/returns/vat/${period}`), (a) => a.status === 200);
    return { ...r.body.lines, ...r.body.inputs };
  };
  const change = async (client, period, act, wanted) => {
    const before = await cells(client, period);
    const made = await act();
    const now = await eventually(() => cells(client, period), (c) => Object.entries(wanted).every(([k, v]) => (Number(c[k]) - Number(before[k])).toFixed(2) === v), 5000).catch(() => cells(client, period));
    assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((k) => [k, (Number(now[k]) - Number(before[k])).toFixed(2)])), wanted);
    return made;
  };
  const of = (form, rate, amount, deduction) => () => t1.post('/v1/invoices', { kind: 'ordinary', buyer: T3, lines: [{ tax_code: rate === '0.05' ? '3040803010000000000' : '3070301000000000000', name: '服务', rate, amount, price_includes_tax: true }],
    differential: { form, deduction, proofs: [{ kind: '09', note: '工资', amount: deduction }] } });
  const { month, quarter } = await periodsOf(server.url);
  const one = await change(t1, month, of('difference', '0.05', '105000.00', '84000.00'), { l5: '100000.00', l21: '1000.00' });
  await change(t1, month, of('full', '0.05', '105000.00', '84000.00'), { l5: '100000.00', l21: '1000.00' });
  await change(t1, month, of('difference', '0.06', '1060.00', '212.00'), { l1: '1000.00', l11: '48.00', l5: '0.00' });
  await change(t1, month, () => t1.post(`/v1/invoices/${one.body.number}/reversal`, { reason: 'return' }), { l5: '-100000.00', l21: '-1000.00' });
  // a purchase invoice is no sale
  await change(t1, month, () => t1.post('/v1/invoices', bodyOf('produce_purchase')), { l1: '0.00', l9: '0.00', l5: '0.00' });
  await change(t2, quarter, () => t2.post('/v1/invoices', { kind: 'ordinary', buyer: T3, lines: [{ tax_code: '3040502020102000000', name: '租金', rate: '0.05', treatment: 'reduced', amount: '3150.00', price_includes_tax: true }] }),
    { ordinary_5: '3000.00', reduction: '105.00' });
});

test('A09.8 a batch takes every kind', async () => {
  const lines = Object.keys(kinds).map((k) => JSON.stringify(bodyOf(k)));
  const r = await t1.post('/v1/invoices/batch', lines.join('\n'), { key: 'kinds', type: 'application/x-ndjson' });
  assert.equal(r.status, 200, r.text);
  const answers = r.text.trim().split('\n').map(JSON.parse);
  assert.equal(answers.filter((a) => a.number).length, lines.length, r.text);
});

test('A09.1 coal says its kind: demanded for its codes, refused for others, in every file and on the face', async () => {
  const coal = (more, code = '1020101000000000000') => ({ kind: 'special', buyer: T3, lines: [{ tax_code: code, name: '原煤', unit: '吨', quantity: '10', price: '600.00', rate: '0.13', ...more }] });
  const refused = async (body) => { const r = await t1.post('/v1/invoices', body); assert.equal(r.status, 422, r.text); return r.body.errors.map((e) => [e.pointer, e.code]); };
  assert.deepEqual(await refused(coal({})), [['/lines/0/coal', 'coal-kind']]);
  assert.deepEqual(await refused(coal({ coal: '0400' })), [['/lines/0/coal', 'choice']]);
  assert.deepEqual(await refused({ ...coal({ coal: '0100', name: '车床', price: '1.00' }, '1090105030000000000') }), [['/lines/0/coal', 'coal-none']]);
  const made = await t1.post('/v1/invoices', coal({ coal: '0300' }));
  assert.equal(made.status, 201, made.text);
  assert.equal((await t1.get(`/v1/invoices/${made.body.number}`)).body.lines[0].coal, '0300');
  for (const type of ['xml', 'json']) {
    const file = await t1.get(`/v1/invoices/${made.body.number}.${type}`);
    assert.match(file.text, /coal(&quot;|"):(&quot;|")0300/);
  }
  // a red letter is of the same kind
  const red = await t1.post(`/v1/invoices/${made.body.number}/reversal`, { reason: 'return' });
  assert.equal(red.status, 201, red.text);
  const back = (await t1.get(`/v1/invoices/${red.body.red_number}`)).body;
  assert.deepEqual([back.lines[0].coal, back.lines[0].amount], ['0300', '-6000.00']);
  // a table says it by its word or its code
  const table = ['发票种类,购买方名称,税收分类编码,项目名称,数量,单价,税率,煤炭种类', ...['市场煤', '0100', '', '褐煤'].map((kind) => `普票,李静,1020101000000000000,原煤,1,600,13%,${kind}`)].join('\n');
  const many = (await t1.post('/v1/invoices/batch/file', { file: table })).body;
  assert.deepEqual([many.issued, many.faults.map((f) => [f.row, f.pointer])], [2, [[4, '/lines/0/coal'], [5, '/lines/0/coal']]]);
  const kinds = await Promise.all(many.invoices.map(async (i) => (await t1.get(`/v1/invoices/${i.number}`)).body.lines[0].coal));
  assert.deepEqual(kinds, ['0300', '0100']);
});
