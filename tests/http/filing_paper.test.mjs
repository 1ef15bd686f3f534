// Sums reported on paper in the seller's VAT return (A07.3, A05.2, A05.d): by month and rate, explained by their source, and
// each sale once, converted or not. Figures by hand.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { clockOf, setClock } from '../lib/owing.mjs';
import { apply, box, ok, ROLL, SPECIAL } from '../lib/paper.mjs';
import { Server } from '../lib/server.mjs';

const LATHE = '1090105030000000000', T3 = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
let server, t1, t2, o1, today, M, L; // M: this month, L: the last one
before(async () => {
  server = await Server.start();
  [t1, t2, o1] = await Promise.all(['T1', 'T2', 'O1'].map((p) => Client.signIn(server.url, p)));
  today = (await clockOf(server.url)).slice(0, 10);
  M = today.slice(0, 7);
  L = new Date(Date.UTC(Number(M.slice(0, 4)), Number(M.slice(5)) - 1, 0)).toISOString().slice(0, 10); // its last day
  ok(await box(o1), 201);
  ok(await box(o1, SPECIAL, 100, 1), 201);
});
after(async () => {
  const fsck = await server.fsck();
  await server.close();
  assert.equal(fsck.code, 0, fsck.output);
});
const errors = (r, status = 422) => { assert.equal(r.status, status, r.text); return r.body.errors.map((e) => [e.pointer, e.code]); };
/** Numbers handed over the counter; gives the first. */
const handed = async (who, units, kind = 'roll') => {
  const { id, pickup } = ok(await apply(who, units, { way: 'hall', kind }), 201);
  ok(await o1.post('/v1/officer/paper/pickups', { code: pickup.code }, { key: null }));
  return Number(ok(await who.get(`/v1/paper/applications/${id}`)).numbers[0].from);
};
const report = (who, code, from, amount, tax, more = {}) => who.post('/v1/paper/reports', { act: 'used', code, from, issued_from: today, amount, tax,
  ...(code === SPECIAL ? { buyer_tax_id: T3.tax_id, buyer_name: T3.name } : {}), ...more });
const form = async (who, period) => ok(await who.get(`/v1/returns/vat/${period}`));
const lines = async (period, ...names) => { const f = await form(t1, period); return names.map((n) => f.lines[n]); };
const convert = (code, number, more) => t1.post('/v1/paper/conversions', { code, number: String(number).padStart(8, '0'), ...more });
const fresh = { item: '车床', tax_code: LATHE };

test('A05.2 A07.3 paper counts in the general return by rate and month, beside the electronic invoices; the explanation names it', async () => {
  const s = await handed(t1, 4, 'special'), r = await handed(t1, 1);
  ok(await t1.post('/v1/invoices', invoiceBody({ ref: 'E1', buyer: T3, net: '10000.00', rate: '0.13' })), 201);
  assert.deepEqual(await lines(M, 'l1', 'l2', 'l5', 'l11', 'l21'), ['10000.00', '10000.00', '0.00', '1300.00', '0.00']);

  assert.deepEqual(errors(await report(t1, SPECIAL, s, '1000.00', '77.00')), [['/tax', 'report-rate']]);
  assert.deepEqual(errors(await report(t1, ROLL, r, '100.00', '13.00', { to: r + 1, issued_from: L, issued_to: today })), [['/issued_to', 'report-month']]);
  ok(await report(t1, SPECIAL, s, '1000.00', '130.00', { section: 'goods' }), 201);
  ok(await report(t1, SPECIAL, s + 1, '500.00', '45.00'), 201);
  ok(await report(t1, SPECIAL, s + 2, '300.00', '9.00'), 201); // simple method
  assert.deepEqual(errors(await report(t1, ROLL, r, '2000.05', '260.03', { to: r + 49, section: 'everything' })), [['/section', 'choice']]);
  ok(await report(t1, ROLL, r, '2000.05', '260.03', { to: r + 49, section: 'labour' }), 201); // fifty, rounded one by one
  ok(await report(t1, ROLL, r + 50, '100.00', '13.00', { issued_from: L }), 201); // of the last month
  ok(await report(t1, ROLL, r + 51, '80.00', '0.00'), 201); // exempt
  ok(await t1.post('/v1/paper/reports', { act: 'void', code: ROLL, from: r + 52, issued_from: today }), 201);
  // l1 10000 + 1000 + 500 + 2000.05, of it goods 10000 + 1000 and labour 2000.05; l11 1300 + 130 + 45 + 260.03
  const all = ['13500.05', '11000.00', '2000.05', '300.00', '80.00', '1735.03', '9.00'], where = ['l1', 'l2', 'l3', 'l5', 'l10', 'l11', 'l21'];
  assert.deepEqual(await lines(M, ...where), all);
  assert.deepEqual(await lines(L.slice(0, 7), 'l1', 'l11'), ['100.00', '13.00']);

  const l11 = ok(await t1.get(`/v1/returns/vat/${M}/lines/l11`));
  assert.deepEqual([l11.explain.sources.paper, l11.explain.sources.count], ['435.03', 53]);
  assert.deepEqual(l11.explain.sources.groups.map((g) => [g.medium, g.kind, g.rate, g.count, g.share]), [['electronic', 'special', '0.13', 1, '1300.00'],
    ['paper', 'ordinary', '0.13', 50, '260.03'], ['paper', 'special', '0.13', 1, '130.00'], ['paper', 'special', '0.09', 1, '45.00']]);
  assert.deepEqual(l11.invoices.filter((v) => v.medium === 'paper').map((v) => [v.number, v.other, v.share]).sort(), [
    [`${ROLL} ${String(r).padStart(8, '0')}–${String(r + 49).padStart(8, '0')}`, '', '260.03'],
    [`${SPECIAL} ${String(s).padStart(8, '0')}`, T3.name, '130.00'], [`${SPECIAL} ${String(s + 1).padStart(8, '0')}`, T3.name, '45.00']]);

  // converted into a new one, from a range too, and linked to one that is there: every sum stays, the twin is no voucher
  const before = (await form(t1, M)).lines;
  const twins = [ok(await convert(SPECIAL, s, { ...fresh, rate: '0.13' }), 201).electronic, ok(await convert(ROLL, r + 7, { ...fresh, rate: '0.13', total: '45.20' }), 201).electronic];
  const linked = ok(await t1.post('/v1/invoices', invoiceBody({ ref: 'E2', buyer: T3, net: '500.00', rate: '0.09' })), 201).number;
  assert.deepEqual(await lines(M, 'l1', 'l11'), ['14000.05', '1780.03'], 'before it is linked it is another sale');
  ok(await convert(SPECIAL, s + 1, { electronic: linked }), 201);
  twins.push(linked, ok(await convert(ROLL, r + 50, { ...fresh, rate: '0.13' }), 201).electronic); // sold last month, converted now
  assert.deepEqual((await form(t1, M)).lines, before);
  assert.deepEqual(await lines(L.slice(0, 7), 'l1', 'l11'), ['100.00', '13.00']);
  const after = ok(await t1.get(`/v1/returns/vat/${M}/lines/l11`));
  assert.deepEqual(after.explain.sources, l11.explain.sources);
  assert.ok(!after.invoices.some((v) => twins.includes(v.number)), 'a twin is no voucher');
  assert.equal(after.invoices.reduce((n, v) => n + Math.round(Number(v.share) * 100), 0), 173503);
});

test('A05.2 small-scale: ordinary paper at 1 % is in the quarter, more vouchers than a page holds', async () => {
  const r = await handed(t2, 3), Q = `${M.slice(0, 4)}Q${Math.ceil(Number(M.slice(5)) / 3)}`;
  const was = (await form(t2, Q)).inputs;
  for (let i = 0; i < 205; i++) ok(await report(t2, ROLL, r + i, '1000.00', '10.00'), 201);
  ok(await report(t2, ROLL, r + 205, '20000.00', '200.00', { to: r + 299 }), 201);
  const now = await form(t2, Q), plus = (n) => (Number(was[n]) + 225000).toFixed(2);
  assert.equal(now.inputs.ordinary_1, plus('ordinary_1'));
  const listed = [];
  for (let next = '', pages = 0; next !== null && pages < 5; pages++) {
    const p = ok(await t2.get(`/v1/returns/vat/${Q}/lines/ordinary_1${next ? `?after=${next}` : ''}`));
    listed.push(...p.invoices);
    next = p.next;
  }
  assert.equal(listed.length, 206);
  assert.equal(new Set(listed.map((v) => v.number)).size, 206);
  assert.ok(listed.every((v) => v.medium === 'paper'));
  assert.equal(listed.reduce((n, v) => n + Number(v.share), 0), 225000);
});

test('A05.2 filed as it was filled: the month is taxed once, and the next begins with nothing of it', async () => {
  const next = new Date(Date.UTC(Number(M.slice(0, 4)), Number(M.slice(5)), 5)).toISOString().slice(0, 10);
  await setClock(server.url, `${next}T10:00:00+08:00`);
  t1 = await Client.signIn(server.url, 'T1');
  const due = (await form(t1, M)).lines.l34, filed = ok(await t1.post(`/v1/returns/vat/${M}`, { lines: {} }), 201);
  assert.deepEqual([filed.lines.l11, filed.lines.l34], ['1735.03', due]);
  assert.deepEqual(await lines(next.slice(0, 7), 'l1', 'l11'), ['0.00', '0.00']);
});
