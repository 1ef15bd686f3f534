// Filing by API (A05.1 A05.2 A05.4 A05.8 A05.9; A05.e 1, 2): the calendar, pre-filled and explained returns, what may be changed,
// corrections, zero returns, and everything that must be refused clearly. Dates are counted from the server's own day.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { invoiceBody, purchaseXml } from '../lib/main_job.mjs';
import { Server } from '../lib/server.mjs';

const names = { T1: '海川精密机械有限公司', T3: '远帆纺织进出口有限公司', T4: '云杉商场有限公司' };
const taxes = ['education', 'local_education', 'urban_construction', 'vat'];
const fen = (text) => BigInt(String(text).replace('.', ''));
const sum = (list, key) => list.reduce((s, v) => s + fen(v[key]), 0n);

/** Months counted from the one the server starts in. */
const now = new Date(Date.now() + 8 * 3600_000).toISOString();
const month = (n) => {
  const at = new Date(Date.UTC(Number(now.slice(0, 4)), Number(now.slice(5, 7)) - 1 + n, 1));
  return at.toISOString().slice(0, 7);
};
const quarter = (m) => `${m.slice(0, 4)}Q${Math.ceil(Number(m.slice(5, 7)) / 3)}`;

class World {
  static async start() {
    const w = new World();
    w.server = await Server.start();
    return w;
  }
  async at(instant) {
    const r = await new Client(this.server.url).post('/v1/sandbox/clock', { now: instant });
    assert.equal(r.status, 200, r.text);
  }
  /** The clock's leap may have ended a session: everyone signs in anew. */
  signIn(who) { return Client.signIn(this.server.url, who); }
  close() { return this.server.close(); }
}

const is = (response, status) => {
  assert.equal(response.status, status, response.text.slice(0, 900));
  return response.body;
};
/** {pointer: code} of a problem. */
const faults = (response, status = 422) =>
  Object.fromEntries((is(response, status).errors || []).map((e) => [e.pointer, e.code]));
const obligations = async (client, period) =>
  is(await client.get('/v1/obligations'), 200).obligations.filter((o) => o.period === period);
const sell = async (seller, buyer, net, rate = '0.13', kind = 'special') =>
  is(await seller.post('/v1/invoices', invoiceBody({ kind, ref: `R${Math.random()}`, net, rate, buyer: { tax_id: parties[buyer], name: names[buyer] } })), 201);

test('A05.8 the calendar: four obligations a period, there when somebody looks, overdue after the due date', async () => {
  const w = await World.start();
  try {
    let t1 = await w.signIn('T1');
    let list = await obligations(t1, month(0));
    assert.deepEqual(list.map((o) => o.tax).sort(), taxes);
    for (const o of list) {
      assert.equal(o.status, 'open');
      assert.equal(o.amount_due, '0.00');
      assert.ok(o.due_on.startsWith(month(1)) && o.due_on.slice(8) >= '15', o.due_on);
    }
    const t2 = await obligations(await w.signIn('T2'), quarter(month(0)));
    assert.deepEqual(t2.map((o) => o.tax).sort(), taxes);
    // The day after the due date, in one leap: overdue, and the next period is there without waiting for a job.
    await w.at(`${month(2)}-01T09:00:00+08:00`);
    t1 = await w.signIn('T1');
    list = await obligations(t1, month(0));
    assert.ok(list.every((o) => o.status === 'overdue' && o.to_file), JSON.stringify(list));
    assert.equal((await obligations(t1, month(1))).length, 4);
    assert.equal((await obligations(t1, month(2))).length, 4);
    assert.equal((await w.server.fsck()).code, 0);
  } finally {
    await w.close();
  }
});

test('A05.8 the period that is due now is there from the first day on, and what has not begun is not; the clock goes both ways', async () => {
  const w = await World.start();
  try {
    const vat = async () => {
      const list = is(await (await w.signIn('T1')).get('/v1/obligations'), 200).obligations.filter((o) => o.tax === 'vat');
      return Object.fromEntries(list.map((o) => [o.period, o.status]));
    };
    await w.at(`${month(-1)}-05T10:00:00+08:00`);
    const first = await vat();
    assert.deepEqual([first[month(-2)], first[month(-1)], first[month(0)]], ['open', 'open', undefined]);
    await w.at(`${month(0)}-05T10:00:00+08:00`);
    const second = await vat();
    assert.deepEqual([second[month(-2)], second[month(-1)], second[month(0)], second[month(1)]], ['overdue', 'open', 'open', undefined]);
    await w.at(`${month(1)}-05T10:00:00+08:00`);
    const third = await vat();
    assert.deepEqual([third[month(-1)], third[month(0)], third[month(1)]], ['overdue', 'open', 'open']);
    const t1 = await w.signIn('T1');
    assert.equal(is(await t1.post(`/v1/returns/vat/${month(0)}`, { zero: true }), 409).code, 'earlier-period');
    // what ended before the register began here may have been filed elsewhere: nothing waits for it
    is(await t1.post(`/v1/returns/vat/${month(-1)}`, { zero: true }), 201);
    is(await t1.post(`/v1/returns/vat/${month(0)}`, { zero: true }), 201);
    await w.at(`${month(-1)}-20T10:00:00+08:00`);
    const back = await vat();
    assert.deepEqual([back[month(-1)], back[month(0)], back[month(1)]], ['paid', 'paid', undefined]);
    assert.equal((await w.server.fsck()).code, 0);
  } finally {
    await w.close();
  }
});

test('A05.1 periods that can not be filed: each is told why, at /period', async () => {
  const w = await World.start();
  try {
    const t1 = await w.signIn('T1'), t2 = await w.signIn('T2');
    const show = (c, p) => c.get(`/v1/returns/vat/${p}`), file = (c, p, body = { lines: {} }) => c.post(`/v1/returns/vat/${p}`, body);
    assert.equal(is(await show(t1, month(0)), 200).status, 'running');
    assert.deepEqual(faults(await file(t1, month(0))), { '/period': 'period-running' });
    for (const [client, period, code] of [[t1, month(1), 'period-future'], [t1, '2019-12', 'period-before-registration'],
      [t1, quarter(month(-3)), 'period-kind'], [t1, '2026', 'period-kind'], [t2, month(-1), 'period-kind']]) {
      assert.deepEqual(faults(await show(client, period), 400), { '/period': code }, period);
      assert.deepEqual(faults(await file(client, period)), { '/period': code }, period);
    }
    for (const period of ['2026-13', '2026Q5', '0000-00', 'abc', '2026-1', '9999-12', '%2e%2e'])
      assert.ok([400, 404, 422].includes((await show(t1, period)).status), period);
    // A period before the law's tables begin here is no figure: it says so.
    const old = await file(t1, '2021-05');
    assert.equal(is(old, 409).code, 'rules-missing');
    assert.equal(is(await t1.get(`/v1/returns/vat/${month(0)}/lines/l42`), 404).code, 'line-unknown');
    assert.equal(is(await t1.get(`/v1/returns/vat/${month(0)}/lines/x1`), 404).code, 'line-unknown');
    // Who is not signed in, and who is no taxpayer.
    assert.equal((await show(new Client(w.server.url), month(0))).status, 401);
    assert.equal(is(await show(await w.signIn('P2'), month(0)), 404).code, 'taxpayer-unknown');
    assert.equal((await file((await w.signIn('T3')).as('T1'), month(0))).status >= 400, true);
  } finally {
    await w.close();
  }
});

test('a month of a general payer', async (t) => {
  const w = await World.start();
  let t1, t3, first, form, own;
  const P = month(0), Q = month(1), path = `/v1/returns/vat/${P}`;
  try {
    t1 = await w.signIn('T1');
    t3 = await w.signIn('T3');
    const sales = [await sell(t1, 'T3', '250000.00'), await sell(t1, 'T3', '300000.00'), await sell(t1, 'T3', '450000.00')];
    await sell(t1, 'T3', '1000.00', '0.03', 'ordinary');
    const free = await sell(t1, 'T3', '500.00', '0', 'ordinary');
    const bought = await sell(t3, 'T1', '200000.00');
    const imported = '26312000000000' + String(Date.now()).slice(-6);
    is(await t1.post('/v1/purchases/import', purchaseXml({ number: imported, buyer: parties.T1, buyerName: names.T1, net: '400000.00', tax: '52000.00', issued: now.slice(0, 10) }), { type: 'application/xml' }), 201);
    is(await t1.post('/v1/input-credits', { period: P, numbers: [bought.number, imported] }), 201);
    await w.at(`${Q}-05T10:00:00+08:00`);
    t1 = await w.signIn('T1');

    await t.test('A05.e1 pre-filled: every class of sale in its line, exact to the fen', async () => {
      form = is(await t1.get(path), 200);
      assert.equal(form.status, 'open');
      assert.equal(form.can_file, true);
      const wanted = { l1: '1000000.00', l2: '1000000.00', l3: '0.00', l5: '1000.00', l8: '500.00', l9: '500.00', l11: '130000.00', l12: '78000.00',
        l19: '52000.00', l21: '30.00', l24: '52030.00', l34: '52030.00', l39: '3642.10', l40: '1560.90', l41: '1040.60' };
      for (const [line, value] of Object.entries(wanted)) assert.equal(form.lines[line], value, line);
      assert.equal(Object.keys(form.lines).length, 41);
      assert.deepEqual(form.lines, form.prefilled);
      assert.match(form.policy.hash, /^[0-9a-f]{64}$/);
      assert.equal(form.total_due, '58273.60');
    });

    await t.test('A05.e1 every line explains itself: formula, inputs, parameters with their law, or its records', async () => {
      for (let n = 1; n <= 41; n++) {
        const e = form.explain[`l${n}`];
        assert.equal(e.value, form.lines[`l${n}`]);
        assert.ok(e.title && e.law && (e.formula || e.source), JSON.stringify(e));
      }
      assert.equal(form.explain.l19.formula, 'l11 - l18 - addl_used');
      assert.equal(form.explain.l19.inputs.find((i) => i.id === 'l11').value, '130000.00');
      assert.ok(form.explain.l39.parameters.every((p) => p.law));
      assert.equal(form.explain.l11.sources.count, 3);
      const l11 = is(await t1.get(`${path}/lines/l11`), 200);
      assert.deepEqual(l11.invoices.map((i) => i.number).sort(), sales.map((s) => s.number).sort());
      assert.equal(sum(l11.invoices, 'share'), fen('130000.00'));
      assert.equal(l11.invoices[0].other, names.T3);
      const l12 = is(await t1.get(`${path}/lines/l12`), 200);
      assert.deepEqual(l12.invoices.map((i) => i.number).sort(), [bought.number, imported].sort());
      assert.equal(sum(l12.invoices, 'share'), fen('78000.00'));
      assert.deepEqual(l12.invoices.map((i) => i.other).sort(), [names.T3, names.T4].sort());
      assert.deepEqual(is(await t1.get(`${path}/lines/l9`), 200).invoices.map((i) => i.number), [free.number]);
      assert.deepEqual(is(await t1.get(`${path}/lines/l19`), 200).invoices, []);
    });

    await t.test('A05.1 all faults at once, each at its line, computed lines with what was expected', async () => {
      const wrong = { ...form.lines, l12: '70000.00', l28: '-1.00', l2: '1000000.01' };
      const answer = await t1.post(path, { lines: wrong });
      const found = faults(answer);
      assert.equal(found['/lines/l28'], 'line-negative');
      assert.equal(found['/lines/l2'], 'line-parts');
      for (const l of ['l17', 'l18', 'l19', 'l24', 'l39', 'l40', 'l41']) assert.equal(found[`/lines/${l}`], 'line-computed', l);
      assert.equal(found['/lines/l12'], undefined);
      assert.match(answer.body.errors.find((e) => e.pointer === '/lines/l19').detail, /60,000\.00（l11 - l18 - addl_used）/);
      const typed = faults(await t1.post(path, { lines: { l1: 5, l2: 'many', l3: '1.234', l5: ['1'], l7: '99999999999999999999', l9: '1e5', l42: '1.00', l0: '0.00', L1: '0.00' }, colour: 'red', corrects: -1 }));
      for (const at of ['/lines/l1', '/lines/l2', '/lines/l3', '/lines/l5', '/lines/l7', '/lines/l9', '/lines/l42', '/lines/l0', '/lines/L1', '/colour', '/corrects'])
        assert.ok(typed[at], `${at}: ${JSON.stringify(typed)}`);
      assert.deepEqual(faults(await t1.post(path, { lines: 'all' })), { '/lines': 'type' });
      assert.deepEqual(faults(await t1.post(path, {})), { '/lines': 'lines-missing' });
      assert.deepEqual(faults(await t1.post(path, { zero: true })), { '/zero': 'zero-return' });
      assert.deepEqual(faults(await t1.post(path, { lines: {}, corrects: '123' })), { '/corrects': 'correction-of-nothing', '/reason': 'correction-reason' });
      assert.equal((await t1.post(path, { lines: {} }, { key: null })).status >= 400, true, 'a key is needed');
      assert.equal(is(await t1.get('/v1/returns'), 200).returns.length, 0, 'nothing was kept of all this');
    });

    await t.test('A05.e2 filed with a change: recorded with its reason; owed in the very next read', async () => {
      own = { ...form.lines };
      first = is(await t1.post(path, { lines: { l12: '78000.00', l14: '30.00' }, reasons: { l14: '职工福利领用' } }), 201);
      assert.equal(first.tax_due, '52060.00');
      assert.deepEqual(first.differences, [{ line: 'l14', number: 14, title: form.explain.l14.title, prefilled: '0.00', filed: '30.00', reason: '职工福利领用' }]);
      assert.ok(first.receipt.id);
      const list = await obligations(t1, P);
      assert.deepEqual(list.map((o) => o.tax).sort(), taxes);
      assert.ok(list.every((o) => o.status === 'due'));
      assert.equal(sum(list, 'amount_due'), fen(first.total_due));
      assert.equal(is(await t1.get(path), 200).status, 'filed');
    });

    await t.test('A05.1 filed twice: refused with the number; the filed one reads the same; others do not see it', async () => {
      const again = is(await t1.post(path, { lines: {} }), 409);
      assert.equal(again.code, 'return-filed');
      assert.ok(again.detail.includes(first.id));
      const one = is(await t1.get(`/v1/returns/${first.id}`), 200);
      assert.deepEqual(one.lines, first.lines);
      assert.deepEqual(one.receipt, first.receipt);
      assert.equal(one.current, true);
      assert.equal((await (await w.signIn('T3')).get(`/v1/returns/${first.id}`)).status, 404);
      assert.equal((await t1.get('/v1/returns/1')).status, 404);
    });

    await t.test('A05.1 corrections: every version stays, the ledger takes the difference, refund due is shown', async () => {
      assert.deepEqual(faults(await t1.post(path, { lines: {}, corrects: first.id })), { '/reason': 'correction-reason' });
      const second = is(await t1.post(path, { lines: own, corrects: first.id, reason: '误转出' }), 201);
      assert.equal(second.version, 2);
      assert.equal(second.tax_due, '52030.00');
      assert.deepEqual(faults(await t1.post(path, { lines: own, corrects: first.id, reason: '再改' })), { '/corrects': 'correction-not-latest' });
      const third = is(await t1.post(path, { lines: { l28: '60000.00' }, corrects: second.id, reason: '补记预缴' }), 201);
      assert.equal(third.tax_due, '-7970.00');
      assert.equal(third.refund_due, '7970.00');
      const vat = (await obligations(t1, P)).find((o) => o.tax === 'vat');
      assert.deepEqual([vat.assessed, vat.amount_due, vat.refund_due, vat.status], ['-7970.00', '0.00', '7970.00', 'paid']);
      const back = is(await t1.post(path, { lines: own, corrects: third.id, reason: '预缴不属本期' }), 201);
      assert.equal(back.tax_due, '52030.00');
      assert.equal(back.refund_due, '0.00');
      assert.equal(sum(await obligations(t1, P), 'amount_due'), fen('58273.60'));
      const kept = is(await t1.get('/v1/returns'), 200).returns;
      assert.deepEqual(kept.map((r) => r.version), [4, 3, 2, 1]);
      assert.equal(is(await t1.get(`/v1/returns/${first.id}`), 200).current, false);
      const ledger = is(await t1.get('/v1/ledger'), 200).entries;
      assert.ok(ledger.some((e) => e.kind === 'correction'));
      assert.equal(sum(ledger, 'amount'), 0n);
    });

    await t.test('A05.1 the next month: debt comes from the return before and is fixed', async () => {
      await w.at(`${month(2)}-05T10:00:00+08:00`);
      t1 = await w.signIn('T1');
      const next = is(await t1.get(`/v1/returns/vat/${Q}`), 200);
      assert.equal(next.lines.l25, '52030.00');
      assert.equal(next.lines.l13, '0.00');
      assert.equal(next.explain.l25.role, 'carried');
      assert.equal(next.nothing, true);
      assert.deepEqual(faults(await t1.post(`/v1/returns/vat/${Q}`, { lines: { l25: '0.00', l13: '5.00' } })),
        { '/lines/l13': 'line-carried', '/lines/l25': 'line-carried' });
      const filed = is(await t1.post(`/v1/returns/vat/${Q}`, { zero: true }), 201);
      assert.equal(filed.tax_due, '0.00');
      assert.equal(filed.lines.l32, '52030.00');
      assert.ok((await obligations(t1, Q)).every((o) => o.status === 'paid'));
    });
    assert.equal((await w.server.fsck()).code, 0, (await w.server.fsck()).output);
  } finally {
    await w.close();
  }
});

test('A05.1 periods are filed in order; credit left over goes into the next one', async () => {
  const w = await World.start();
  try {
    let t4 = await w.signIn('T4'), t3 = await w.signIn('T3');
    const bought = await sell(t3, 'T4', '100000.00');
    is(await t4.post('/v1/input-credits', { period: month(0), numbers: [bought.number] }), 201);
    await w.at(`${month(2)}-02T10:00:00+08:00`);
    t4 = await w.signIn('T4');
    is(await t4.get('/v1/obligations'), 200);
    const early = is(await t4.post(`/v1/returns/vat/${month(1)}`, { lines: {} }), 409);
    assert.equal(early.code, 'earlier-period');
    assert.ok(early.detail.includes(month(0)));
    const first = is(await t4.post(`/v1/returns/vat/${month(0)}`, { lines: {} }), 201);
    assert.equal(first.late, true);
    assert.equal(first.lines.l20, '13000.00');
    assert.equal(first.total_due, '0.00');
    const next = is(await t4.get(`/v1/returns/vat/${month(1)}`), 200);
    assert.equal(next.lines.l13, '13000.00');
    assert.equal(is(await t4.get(`/v1/returns/vat/${month(1)}/lines/l13`), 200).previous.href, `/returns/${first.id}`);
    const second = is(await t4.post(`/v1/returns/vat/${month(1)}`, { zero: true }), 201);
    assert.equal(second.lines.l20, '13000.00');
    assert.equal((await w.server.fsck()).code, 0);
  } finally {
    await w.close();
  }
});

test('A05.1 A09.e5 input tax taken back by red letters: in the month of the red letter, in part; more may be added, and corrected', async () => {
  const w = await World.start();
  try {
    let t3 = await w.signIn('T3');
    const bought = await sell(await w.signIn('T1'), 'T3', '1000.00');
    is(await t3.post('/v1/input-credits', { period: month(0), numbers: [bought.number] }), 201);
    await w.at(`${month(1)}-05T10:00:00+08:00`);
    t3 = await w.signIn('T3');
    is(await (await w.signIn('T1')).post(`/v1/invoices/${bought.number}/reversal`, { reason: 'allowance', lines: [{ line: 1, amount: '400.00' }] }), 201);
    assert.equal(is(await t3.post(`/v1/invoices/${bought.number}/reversal/confirmation`, { decision: 'confirm' }), 200).transferred_out, true);
    const lines = async (n) => is(await t3.get(`/v1/returns/vat/${month(n)}`), 200).lines;
    assert.deepEqual([(await lines(0)).l12, (await lines(0)).l14, (await lines(1)).l12, (await lines(1)).l14], ['130.00', '0.00', '0.00', '52.00']);
    assert.equal(is(await t3.post(`/v1/returns/vat/${month(0)}`, { lines: {} }), 201).lines.l20, '130.00');
    await w.at(`${month(2)}-05T10:00:00+08:00`);
    t3 = await w.signIn('T3');
    const path = `/v1/returns/vat/${month(1)}`, form = is(await t3.get(path), 200);
    assert.deepEqual([form.nothing, form.lines.l13, form.lines.l14, form.lines.l20, form.year.l14], [false, '130.00', '52.00', '78.00', '52.00']);
    assert.deepEqual(faults(await t3.post(path, { zero: true })), { '/zero': 'zero-return' });
    const more = is(await t3.post(path, { lines: { l14: '60.00' }, reasons: { l14: '职工福利领用' } }), 201);
    assert.deepEqual(more.differences.map((d) => [d.line, d.prefilled, d.filed]), [['l14', '52.00', '60.00']]);
    const again = is(await t3.post(path, { lines: { l14: '52.00' }, corrects: more.id, reason: '误转出' }), 201);
    assert.deepEqual([again.lines.l20, again.differences], ['78.00', []]);
    assert.equal((await w.server.fsck()).code, 0);
  } finally {
    await w.close();
  }
});

test('A05.1 a quarter of a small-scale payer: threshold, sales without invoice, correction (GC3)', async () => {
  const w = await World.start();
  try {
    const first = Number(month(0).slice(5, 7)) % 3 === 1 ? 0 : 3 - ((Number(month(0).slice(5, 7)) - 1) % 3); // a quarter's first month
    const Q = quarter(month(first)), path = `/v1/returns/vat/${Q}`;
    let t2;
    for (const [i, net] of ['100000.00', '80000.00', '100000.00'].entries()) {
      if (first + i > 0) await w.at(`${month(first + i)}-10T10:00:00+08:00`);
      t2 = await w.signIn('T2');
      is(await t2.post('/v1/invoices', invoiceBody({ kind: 'ordinary', ref: `Q${i}`, net, rate: '0.01', code: '1030201020000000000', name: '面包', buyer: { name: '散客' } })), 201);
    }
    await w.at(`${month(first + 3)}-06T10:00:00+08:00`);
    t2 = await w.signIn('T2');
    const before = quarter(month(0));
    if (before !== Q) is(await t2.post(`/v1/returns/vat/${before}`, { lines: {} }), 201);
    const form = is(await t2.get(path), 200);
    assert.equal(form.form, 'vat-small');
    assert.equal(Object.keys(form.lines).length, 25);
    assert.equal(form.inputs.ordinary_1, '280000.00');
    assert.deepEqual([form.lines.l1, form.lines.l9, form.lines.l11, form.lines.l22], ['0.00', '280000.00', '280000.00', '0.00']);
    const vouchers = is(await t2.get(`${path}/lines/ordinary_1`), 200);
    assert.equal(vouchers.invoices.length, 3);
    assert.equal(sum(vouchers.invoices, 'share'), fen('280000.00'));
    // 26..41 are no lines of this form; a computed line may not be changed by hand.
    const wrong = faults(await t2.post(path, { lines: { l1: '5.00', l34: '0.00' }, inputs: { addl_credit: '1.00', reduction: '-1.00', nothing: '1.00' } }));
    assert.deepEqual(wrong, { '/inputs/nothing': 'unknown-field', '/lines/l34': 'line-unknown', '/inputs/addl_credit': 'input-unknown', '/inputs/reduction': 'input-negative' });
    assert.deepEqual(faults(await t2.post(path, { lines: { l1: '5.00' } })), { '/lines/l1': 'line-computed' });
    const filed = is(await t2.post(path, { lines: form.lines }), 201);
    assert.equal(filed.total_due, '0.00');
    assert.ok((await obligations(t2, Q)).every((o) => o.status === 'paid'));
    // 40,000.00 were sold without an invoice: 320,000.00 in all, at 1 % 3,200.00, surcharges halved.
    const more = is(await t2.post(path, { inputs: { unbilled: '40000.00' }, corrects: filed.id, reason: '漏报未开票销售' }), 201);
    assert.deepEqual([more.tax_due, more.lines.l1, more.lines.l23, more.lines.l24, more.lines.l25], ['3200.00', '320000.00', '112.00', '48.00', '32.00']);
    assert.equal(more.differences[0].line, 'unbilled');
    assert.equal(is(await t2.get(path), 200).inputs.unbilled, '40000.00');
    assert.equal((await w.server.fsck()).code, 0);
  } finally {
    await w.close();
  }
});

test('A05.e2 at the same time: one key, one return and one receipt; many keys, one return', async () => {
  const w = await World.start();
  try {
    await sell(await w.signIn('T1'), 'T3', '1000.00');
    await w.at(`${month(1)}-05T10:00:00+08:00`);
    const t1 = await w.signIn('T1'), t4 = await w.signIn('T4');
    const same = await Promise.all(Array.from({ length: 50 }, () => t1.post(`/v1/returns/vat/${month(0)}`, { lines: {} }, { key: 'one' })));
    assert.deepEqual([...new Set(same.map((a) => a.status))], [201]);
    assert.equal(new Set(same.map((a) => a.text)).size, 1);
    assert.equal(same.filter((a) => a.headers.get('idempotency-replayed') !== 'true').length, 1);
    const other = await t1.post(`/v1/returns/vat/${month(0)}`, { lines: { l1: '1.00' } }, { key: 'one' });
    assert.equal(other.status, 409);
    const many = await Promise.all(Array.from({ length: 20 }, () => t4.post(`/v1/returns/vat/${month(0)}`, { zero: true })));
    assert.equal(many.filter((a) => a.status === 201).length, 1);
    assert.equal(many.filter((a) => a.status === 409).length, 19);
    assert.equal(is(await t4.get('/v1/returns'), 200).returns.length, 1);
    const proof = await eventually(() => t1.get(`/v1/receipts/${same[0].body.receipt.id}.tlog-proof`), (r) => r.status === 200);
    assert.match(proof.text, /^c2sp\.org\/tlog-proof/);
    assert.equal((await w.server.fsck()).code, 0);
  } finally {
    await w.close();
  }
});
