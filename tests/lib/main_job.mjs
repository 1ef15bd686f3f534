// The main job, as a client outside would do it: look a firm up, invoice, verify, confirm input, see the return explained,
// file, pay, hold a certificate and receipts. ./dev demo prints it, tests/http/main_job.test.mjs asserts it.
// Figures: requirements §2, GC1 (52,000.00; 6,240.00; 58,240.00). Scenarios: A05.e, A07.e, A09.e, A10.e, A04.e.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, eventually, parties } from './client.mjs';
import { runEtaxd } from './server.mjs';

const fen = (text) => {
  assert.match(String(text), /^-?\d+\.\d\d$/, `an amount with two decimals: ${text}`);
  return BigInt(String(text).replace('.', ''));
};
const yuan = (value) => {
  const t = value.toString().padStart(3, '0');
  return `${t.slice(0, -2)}.${t.slice(-2)}`;
};
const grouped = (text) => text.replace(/\B(?=(\d{3})+\.)/g, ',');
const expect = (response, status) => {
  const wanted = [status].flat();
  assert.ok(wanted.includes(response.status), `expected ${wanted.join(' or ')}, got ${response.status}: ${response.text.slice(0, 600)}`);
  return response.body;
};

/** A purchase invoice of a seller outside, as its XML data file (EInvoice 0.2). net and tax in yuan. */
export function purchaseXml({ number, buyer, buyerName, net, tax, issued }) {
  const total = yuan(fen(net) + fen(tax));
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<EInvoice><Header><EIid>${number}</EIid><EInvoiceTag>SWEI3100</EInvoiceTag><Version>0.2</Version><InherentLabel>
<InIssuType><LabelCode>Y</LabelCode><LabelName>蓝字发票</LabelName></InIssuType>
<EInvoiceType><LabelCode>01</LabelCode><LabelName>电子发票</LabelName></EInvoiceType>
<GeneralOrSpecialVAT><LabelCode>01</LabelCode><LabelName>增值税专用发票</LabelName></GeneralOrSpecialVAT>
<TaxpayerType><LabelCode>1</LabelCode><LabelName>一般纳税人</LabelName></TaxpayerType></InherentLabel></Header>
<EInvoiceData><SellerInformation><SellerIdNum>${parties.T4}</SellerIdNum><SellerName>云杉商场有限公司</SellerName></SellerInformation>
<BuyerInformation><BuyerIdNum>${buyer}</BuyerIdNum><BuyerName>${buyerName}</BuyerName></BuyerInformation>
<BasicInformation><TotalAmWithoutTax>${net}</TotalAmWithoutTax><TotalTaxAm>${tax}</TotalTaxAm>
<TotalTax-includedAmount>${total}</TotalTax-includedAmount><Drawer>王开票</Drawer><RequestTime>${issued}</RequestTime></BasicInformation>
<IssuItemInformation><ItemName>*机床*车床</ItemName><MeaUnits>台</MeaUnits><Quantity>1</Quantity><UnPrice>${net}</UnPrice>
<Amount>${net}</Amount><TaxRate>0.13</TaxRate><ComTaxAm>${tax}</ComTaxAm><TotaltaxIncludedAmount>${total}</TotaltaxIncludedAmount>
<TaxClassificationCode>1090105030000000000</TaxClassificationCode></IssuItemInformation><SpecificInformation/>
<AdditionalInformation><Remark/></AdditionalInformation></EInvoiceData>
<SellerAuthentication><AuthenticationMethods>01</AuthenticationMethods></SellerAuthentication>
<TaxSupervisionInfo><InvoiceNumber>${number}</InvoiceNumber><IssueTime>${issued}</IssueTime><TaxBureauCode>13100000000</TaxBureauCode>
<TaxBureauName>国家税务总局上海市税务局</TaxBureauName></TaxSupervisionInfo></EInvoice>`;
}

/** The body of POST /v1/invoices for one line. */
export function invoiceBody({ kind = 'special', ref, buyer, net, rate = '0.13', name = '车床', code = '1090105030000000000' }) {
  return { kind, seller_ref: ref, buyer,
    lines: [{ tax_code: code, name, spec: 'CK6140', unit: '台', quantity: '1', price: net, price_includes_tax: false, rate, discount: '0.00' }],
    remark: '' };
}

const names = { T1: '海川精密机械有限公司', T3: '远帆纺织进出口有限公司' };

/** Month of an instant in China, and the fifth day of the month behind it at ten in the morning. */
function calendar(iso) {
  const [y, m] = iso.slice(0, 7).split('-').map(Number);
  const next = m === 12 ? `${y + 1}-01` : `${y}-${String(m + 1).padStart(2, '0')}`;
  return { period: iso.slice(0, 7), filing: `${next}-05T10:00:00+08:00` };
}

/** The steps in order: [{title, run}]; each run gives the line to print. `job` carries what later steps need. */
export function mainJob(url) {
  const job = { url };
  const period = () => job.period;
  const steps = [];
  // needs: the call of /openapi.json without which the step can not be made
  const step = (title, needs, run) => steps.push({ title, needs, run });

  step('登记信息公开查验（无需登录） A04.e5', 'get /v1/public/taxpayers/{uscc}', async () => {
    const open = new Client(url);
    const body = expect(await open.get(`/v1/public/taxpayers/${parties.T1}`), 200);
    assert.match(JSON.stringify(body), /海川精密机械有限公司/);
    expect(await open.get('/v1/public/taxpayers/91330100MA2H000143'), [400, 422]);
    return `${parties.T1} ${names.T1}`;
  });

  step('登录', 'post /v1/sessions', async () => {
    job.t1 = await Client.signIn(url, 'T1');
    job.t3 = await Client.signIn(url, 'T3');
    return 'T1、T3 以法定代表人身份登录';
  });

  step('开具销售发票：价税分离，不含税合计 1,000,000.00', 'post /v1/invoices', async () => {
    const open = ['250000.00', '300000.00', '450000.00'];
    job.sales = [];
    for (const [i, net] of open.entries())
      job.sales.push(expect(await job.t1.post('/v1/invoices',
        invoiceBody({ ref: `S${i}`, buyer: { tax_id: parties.T3, name: names.T3 }, net })), 201));
    const sum = (key) => yuan(job.sales.reduce((s, v) => s + fen(v[key]), 0n));
    assert.equal(sum('amount'), '1000000.00');
    assert.equal(sum('tax'), '130000.00');
    for (const v of job.sales) {
      assert.match(v.number, /^\d{20}$/);
      assert.ok(v.receipt, 'a receipt');
      assert.match(v.total_in_words, /圆|元/);
    }
    job.period = calendar(job.sales[0].issued_at).period;
    return job.sales.map((v) => `${v.number} ${grouped(v.total)}`).join('；') + `；销项税额 ${grouped(sum('tax'))}`;
  });

  step('同一幂等键重发：同一张发票；内容不同：409 A09.e2', 'post /v1/invoices', async () => {
    const body = invoiceBody({ ref: 'K', buyer: { tax_id: parties.T1, name: names.T1 }, net: '200000.00' });
    const first = await job.t3.post('/v1/invoices', body, { key: 'main-job-k1' });
    const again = await job.t3.post('/v1/invoices', body, { key: 'main-job-k1' });
    expect(first, 201);
    assert.equal(again.body.number, first.body.number);
    assert.equal(again.headers.get('idempotency-replayed'), 'true');
    body.lines[0].price = '200001.00';
    const other = await job.t3.post('/v1/invoices', body, { key: 'main-job-k1' });
    expect(other, 409);
    assert.match(other.text, /price/);
    job.purchase = first.body;
    return `${first.body.number}，重放一致，改动后 409 指出 price`;
  });

  step('公众查验：相符、不符、查无 A10.e2', 'get /v1/verify/invoices/{number}', async () => {
    const open = new Client(url), v = job.sales[0], date = v.issued_at.slice(0, 10);
    const good = expect(await eventually(() => open.get(`/v1/verify/invoices/${v.number}?total=${v.total}&date=${date}`),
      (r) => r.body?.verdict === 'valid'), 200);
    const bad = await open.get(`/v1/verify/invoices/${v.number}?total=282501.00&date=${date}`);
    expect(bad, 200);
    assert.notEqual(bad.body.verdict, 'valid');
    assert.ok(!bad.text.includes(v.total), 'the true amount is not revealed');
    const none = expect(await open.get(`/v1/verify/invoices/26332000999999999999?total=1.00&date=${date}`), [200, 404]);
    return `${good.verdict}；金额改一位：${bad.body.verdict}；不存在的号码：${none?.verdict ?? 404}`;
  });

  step('开票回执离线核验：改动一个字符即指出', 'get /v1/receipts/{id}.tlog-proof', () => offline(job.t1, job.sales[0].receipt.id));

  step('导入外部电子发票 XML', 'post /v1/purchases/import', async () => {
    job.imported = '26312000000000' + String(Date.now()).slice(-6);
    const xml = purchaseXml({ number: job.imported, buyer: parties.T1, buyerName: names.T1, net: '400000.00', tax: '52000.00',
      issued: job.sales[0].issued_at.slice(0, 10) });
    const body = expect(await job.t1.post('/v1/purchases/import', xml, { type: 'application/xml' }), [200, 201]);
    assert.match(JSON.stringify(body), new RegExp(job.imported));
    return `${job.imported} 金额 400,000.00 税额 52,000.00`;
  });

  step('勾选确认进项：税额 78,000.00', 'post /v1/input-credits', async () => {
    const body = expect(await job.t1.post('/v1/input-credits', { period: period(), numbers: [job.purchase.number, job.imported] }), [200, 201]);
    assert.match(JSON.stringify(body), /78000\.00/);
    return `2 张，${period()}`;
  });

  step('征期（次月 5 日）：预填申报表，应纳 52,000.00，附加 6,240.00 A05.e1', 'get /v1/returns/vat/{period}', async () => {
    const { filing } = calendar(job.sales[0].issued_at);
    expect(await job.t1.post('/v1/sandbox/clock', { now: filing }), [200, 201, 204]);
    // The session may have ended with the leap of the clock.
    job.t1 = await Client.signIn(url, 'T1');
    const body = expect(await job.t1.get(`/v1/returns/vat/${period()}`), 200);
    job.form = body;
    assert.equal(body.lines.l11, '130000.00', '销项税额 第11栏');
    assert.equal(body.lines.l12, '78000.00', '进项税额 第12栏');
    assert.equal(body.lines.l19, '52000.00', '应纳税额 第19栏');
    assert.equal(body.lines.l24, '52000.00', '应纳税额合计 第24栏');
    const surcharges = ['l39', 'l40', 'l41'].reduce((s, l) => s + fen(body.lines[l]), 0n);
    assert.equal(yuan(surcharges), '6240.00');
    assert.ok(body.explain, 'explanations');
    return `第11栏 130,000.00 − 第12栏 78,000.00 = 52,000.00；附加 ${grouped(yuan(surcharges))}`;
  });

  step('申报：50 个相同请求同时到达，一份申报表，50 张相同回执 A05.e2', 'post /v1/returns/vat/{period}', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () =>
      job.t1.post(`/v1/returns/vat/${period()}`, { lines: job.form.lines }, { key: 'main-job-return' })));
    for (const a of answers) expect(a, 201);
    const receipts = new Set(answers.map((a) => JSON.stringify(a.body.receipt)));
    assert.equal(receipts.size, 1);
    job.receipt = answers[0].body.receipt;
    const list = expect(await job.t1.get('/v1/obligations'), 200).obligations;
    job.open = list.filter((o) => o.period === period() && fen(o.amount_due) > 0n);
    const due = yuan(job.open.reduce((s, o) => s + fen(o.amount_due), 0n));
    assert.equal(due, '58240.00');
    assert.equal(answers.filter((a) => a.headers.get('idempotency-replayed') !== 'true').length, 1);
    return `回执 ${job.receipt.id}；待缴 ${job.open.length} 项，共 ${grouped(due)}`;
  });

  step('缴款 58,240.00：银行模拟，扣款一次', 'post /v1/payments', async () => {
    const order = expect(await job.t1.post('/v1/payments', { obligations: job.open.map((o) => o.id), channel: 'bank-simulator' }), [201, 202]);
    assert.equal(order.amount, '58240.00');
    const paid = await eventually(() => job.t1.get(`/v1/payments/${order.id}`), (r) => ['paid', 'failed'].includes(r.body?.status), 30_000);
    assert.equal(paid.body.status, 'paid', paid.text);
    const rest = expect(await job.t1.get('/v1/obligations'), 200).obligations.filter((o) => o.period === period());
    assert.equal(yuan(rest.filter((o) => o.status !== 'paid').reduce((s, o) => s + fen(o.amount_due), 0n)), '0.00');
    job.payment = order.id;
    return `${order.id}：${paid.body.status}`;
  });

  step('完税证明：开具、在线查验、离线核验 A07.e3', 'post /v1/certificates', async () => {
    const made = expect(await job.t1.post('/v1/certificates', { type: 'payment', period: period() }), 201);
    const pdf = await job.t1.get(`/v1/certificates/${made.number}.pdf`, { raw: true });
    expect(pdf, 200);
    assert.equal(pdf.bytes.subarray(0, 5).toString(), '%PDF-');
    const dir = mkdtempSync(path.join(tmpdir(), 'etax-certificate-'));
    try {
      const file = path.join(dir, 'certificate.pdf');
      writeFileSync(file, pdf.bytes);
      const keys = await keyFile(job.t1, dir);
      const good = await runEtaxd(['certificate', 'verify', file, ...keys]);
      assert.equal(good.code, 0, good.output);
      const at = pdf.bytes.indexOf('58240.00');
      assert.ok(at > 0, 'the amount is in the signed data');
      const bent = Buffer.from(pdf.bytes);
      bent[at] ^= 1;
      writeFileSync(file, bent);
      const bad = await runEtaxd(['certificate', 'verify', file, ...keys]);
      assert.notEqual(bad.code, 0, 'one changed byte is noticed');
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
    return `${made.number}，离线核验通过；改动一个字节即不通过`;
  });

  step('申报回执离线核验：透明日志证明 A05.e8', 'get /v1/receipts/{id}.tlog-proof', () => offline(job.t1, job.receipt.id));

  step('总账：全部分录合计 0.00', 'get /v1/ledger', async () => {
    const body = expect(await job.t1.get('/v1/ledger'), 200);
    assert.match(JSON.stringify(body), /52000\.00/);
    return '纳税人可见每一笔分录';
  });

  return { job, steps };
}

/** --key arguments for the offline verifiers: the log's verifier key, fetched once and kept. */
async function keyFile(client, dir) {
  const answer = await client.get('/log/key');
  expect(answer, 200);
  const file = path.join(dir, 'log.key');
  writeFileSync(file, answer.bytes);
  return ['--key', file];
}

/** The receipt's proof file is checked by `etaxd receipt verify` without a server; then with one character changed. */
async function offline(client, id) {
  const answer = await eventually(() => client.get(`/v1/receipts/${id}.tlog-proof`), (r) => r.status === 200);
  const dir = mkdtempSync(path.join(tmpdir(), 'etax-receipt-'));
  try {
    const file = path.join(dir, 'receipt.tlog-proof');
    writeFileSync(file, answer.bytes);
    const keys = await keyFile(client, dir);
    const good = await runEtaxd(['receipt', 'verify', file, ...keys]);
    assert.equal(good.code, 0, good.output);
    const at = answer.text.indexOf('extra ') + 60;
    writeFileSync(file, answer.text.slice(0, at) + (answer.text[at] === 'A' ? 'B' : 'A') + answer.text.slice(at + 1));
    const bad = await runEtaxd(['receipt', 'verify', file, ...keys]);
    assert.notEqual(bad.code, 0, 'a changed receipt is noticed');
    return `${good.output.trim().split('\n')[0].slice(0, 120)}；改动后：${bad.output.trim().split('\n').at(-1)}`;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
