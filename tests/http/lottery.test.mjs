// Invoice lottery: the acceptance of A11.e 1–5, refusals, caps, payouts with their faults, reconciliation, two persons for money.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test as plain } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { forward, morning, setClock, clockOf } from '../lib/owing.mjs';
import { credits, download, enter, fault, fen, issue, openDraw, recode, sale, verify } from '../lib/lottery.mjs';
import { Copy } from '../lib/corrupt.mjs';
import { Server } from '../lib/server.mjs';

let server, anyone, T2, P2;
const test = (title, run) => plain(title, async () => {
  server = await Server.start();
  await morning(server.url);
  anyone = new Client(server.url);
  try {
    [T2, P2] = await Promise.all([Client.signIn(server.url, 'T2'), Client.signIn(server.url, 'P2')]);
    await run();
  } finally {
    await server.close();
  }
});
const clean = async () => {
  const fsck = await server.fsck();
  assert.equal(fsck.code, 0, fsck.output);
};
const ok = (r, status = 200) => (assert.equal(r.status, status, r.text), r.body);
const home = async () => ok(await P2.get('/v1/lottery'));
const pool = async (scheme = 'hangzhou-catering') => ok(await anyone.get(`/v1/lottery/schemes/${scheme}`)).pool;
/** Sells to P2 until one of the invoices wins. */
const winner = async (total = '128.00') => {
  for (let i = 0; i < 60; i++) {
    const invoice = await issue(T2, total);
    const r = ok(await enter(P2, invoice.qr));
    if (r.outcome === 'won') return { invoice, ...r };
    assert.ok(['not-won'].includes(r.outcome), JSON.stringify(r));
  }
  throw new Error('sixty entries at one in two, none won');
};
const account = (channel, no) => P2.post('/v1/lottery/account', { channel, account: no });
const prize = async (id) => ok(await P2.get(`/v1/lottery/prizes/${id}`));
const paid = (id) => eventually(() => P2.get(`/v1/lottery/prizes/${id}`), (r) => r.body?.state === 'paid', 20_000);
const wechat = ['wechat', 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o'];

test('A11.1 A11.13 every scheme as the public sees it: rules, odds that add up, and the same one by one', async () => {
  const { schemes } = ok(await anyone.get('/v1/lottery/schemes'));
  assert.ok(schemes.length >= 2 && schemes.some((s) => s.instant) && schemes.some((s) => s.periodic));
  for (const s of schemes) {
    const one = ok(await anyone.get(`/v1/lottery/schemes/${s.id}`));
    assert.deepEqual([one.id, one.title, one.from, one.to, one.minimum], [s.id, s.title, s.from, s.to, s.minimum]);
    for (const b of s.bands) assert.ok(b.prizes.reduce((n, p) => n + p.count, 0) <= b.slots, s.id);
  }
  assert.equal((await anyone.get('/v1/lottery/schemes/nowhere')).status, 404);
  await clean();
});

test('A11.e1 below 100 is ineligible; 128.00 draws in less than a second; ten presses, one credit', async () => {
  const { draw } = await openDraw(server.url);
  assert.equal(await pool(), '10000.00');
  ok(await account(...wechat));
  const small = await issue(T2, '30.00');
  const refused = ok(await enter(P2, small.qr));
  assert.equal(refused.outcome, 'refused');
  assert.equal(refused.reason.code, 'minimum');
  assert.match(refused.reason.title, /< 100/);
  let won = null;
  for (let i = 0; i < 60 && !won; i++) {
    const invoice = await issue(T2, '128.00');
    const began = Date.now();
    const answers = await Promise.all(Array.from({ length: 10 }, () => enter(P2, invoice.qr)));
    assert.ok(Date.now() - began < 1000, `${Date.now() - began} ms for ten presses`);
    const outcomes = new Set(answers.map((a) => ok(a).outcome));
    assert.equal(outcomes.size, 1, [...outcomes].join());
    if (outcomes.has('won')) won = answers[0].body;
  }
  assert.ok(won, 'one in two wins');
  assert.equal(won.ticket.instant, draw);
  assert.equal(won.payout.channel, 'wechat');
  const done = (await paid(won.prize.id)).body;
  assert.equal(done.account_tail, 'eS6o');
  await new Promise((r) => setTimeout(r, 300));
  const mine = (await credits(server.url)).credits.filter((k) => k.order_no === done.order_no);
  assert.deepEqual(mine.map((k) => [k.channel, k.account, k.amount]), [['wechat', wechat[1], won.prize.net]]);
  assert.ok(done.receipt.id && done.provider_no);
  const messages = ok(await P2.get('/v1/messages')).messages.map((m) => m.kind);
  assert.ok(messages.includes('lottery.won') && messages.includes('lottery.paid'), messages.join());
  await clean();
});

test('A11.e2 e3 a periodic draw: replayed from public files; a reversed ticket is void, root and reason are public', async () => {
  const now = await clockOf(server.url);
  await openDraw(server.url);
  const scheme = 'hangzhou-catering';
  const periodic = ok(await anyone.get(`/v1/lottery/schemes/${scheme}`)).draws.filter((d) => d.kind === 'periodic').sort((a, b) => a.opens_at < b.opens_at ? -1 : 1)[0];
  const invoices = [];
  for (let i = 0; i < 12; i++) invoices.push(await issue(T2, '128.00'));
  for (const i of invoices) ok(await enter(P2, i.qr));
  const open = ok(await anyone.get(`/v1/lottery/schemes/${scheme}/${periodic.draw}`));
  assert.deepEqual([open.state, open.tickets, open.voids], ['open', 12, 0]);
  const before = open.root;
  // not yet: the secret is kept until the draw
  assert.equal((await fetch(`${server.url}/public/lottery/${scheme}/${periodic.draw}/secret.txt`)).status, 404);
  const red = await T2.post(`/v1/invoices/${invoices[3].number}/reversal`, { reason: '开票有误' });
  assert.ok([200, 201].includes(red.status), red.text);
  const after = (await eventually(() => anyone.get(`/v1/lottery/schemes/${scheme}/${periodic.draw}`), (r) => r.body.voids === 1)).body;
  assert.notEqual(after.root, before);
  const list = await (await fetch(`${server.url}/public/lottery/${scheme}/${periodic.draw}/tickets.txt`)).text();
  assert.match(list, new RegExp(`^- ${invoices[3].number} reversed$`, 'm'));
  const ticket = (await home()).tickets.find((t) => t.number === invoices[3].number);
  assert.deepEqual([ticket.state, ticket.reason.code, ticket.reason.title], ['void', 'reversed', '发票已红冲']);
  assert.equal((await enter(P2, invoices[3].qr)).body.outcome, 'void');
  // over the end of the week: frozen, then drawn with a public value that was named before
  await setClock(server.url, new Date(Date.parse(periodic.closes_at) + 60_000).toISOString());
  await eventually(() => anyone.get(`/v1/lottery/schemes/${scheme}/${periodic.draw}`), (r) => r.body?.state === 'frozen', 20_000);
  await forward(server.url, 700);
  await eventually(() => anyone.get(`/v1/lottery/schemes/${scheme}/${periodic.draw}`), (r) => r.body?.has_beacon, 20_000);
  await forward(server.url, 400);
  await eventually(() => anyone.get(`/v1/lottery/schemes/${scheme}/${periodic.draw}`), (r) => r.body?.state === 'closed', 20_000);
  const dir = await download(server.url, scheme, periodic.draw);
  const winners = JSON.parse(readFileSync(path.join(dir, 'winners.json'), 'utf8'));
  assert.deepEqual(winners.winners.map((w) => w.amount), ['1000.00', '200.00', '200.00', '50.00', '50.00', '50.00', '50.00', '50.00']);
  assert.ok(winners.winners.every((w) => w.number !== invoices[3].number));
  const good = await verify(dir);
  assert.equal(good.code, 0, good.output);
  assert.match(good.output, /prizes 1650\.00/);
  // one changed byte anywhere is refused, and the part is named
  for (const [name, part] of [['rules.json', 'rules'], ['secret.txt', 'secret'], ['beacon.json', 'beacon'], ['tickets.txt', 'tickets|root'],
    ['root.json', 'root'], ['winners.json', 'winners'], ['commitment.json', 'commitment|rules|secret|beacon']]) {
    const bytes = readFileSync(path.join(dir, name)), bent = Buffer.from(bytes);
    const at = name === 'tickets.txt' ? 20 : name === 'secret.txt' ? 5 : bytes.indexOf(name === 'winners.json' ? '1000.00' : name === 'root.json' ? '"root":"' : name === 'beacon.json' ? '"signature":"' : '"') + 10;
    bent[name === 'winners.json' ? bytes.indexOf('1000.00') : at] ^= 1;
    writeFileSync(path.join(dir, name), bent);
    const bad = await verify(dir);
    assert.equal(bad.code, 1, `${name}: ${bad.output}`);
    assert.match(bad.stdout, new RegExp(`^FAILED (${part}):`), name);
    writeFileSync(path.join(dir, name), bytes);
  }
  assert.equal((await verify(dir)).code, 0);
  // when it was published is not in the files alone: the log has it
  assert.match(good.output, /not proven: committed_at of commitment\.json[\s\S]*not proven: frozen_at of root\.json/);
  for (const name of ['commitment.tlog-proof', 'root.tlog-proof']) {
    const r = await anyone.get(`/public/lottery/${scheme}/${periodic.draw}/${name}`);
    assert.deepEqual([r.status, r.text], [200, readFileSync(path.join(dir, name), 'utf8')]);
  }
  const key = (await anyone.get('/log/key')).text.trim(), proven = await verify(dir, key);
  assert.deepEqual([proven.code, /committed at \S+: in the log[\s\S]*frozen at \S+: in the log/.test(proven.output)], [0, true], proven.output);
  for (const [name, from] of [['commitment.json', /"committed_at":"\d{4}/], ['root.json', /"frozen_at":"\d{4}/], ['commitment.tlog-proof', null]]) {
    const bytes = readFileSync(path.join(dir, name), 'utf8');
    const bent = from ? bytes.replace(from, (t) => `${t.slice(0, -4)}2020`) : readFileSync(path.join(dir, 'root.tlog-proof'), 'utf8');
    assert.notEqual(bent, bytes);
    writeFileSync(path.join(dir, name), bent);
    const bad = await verify(dir, key);
    assert.deepEqual([bad.code, /^FAILED (commitment|root)/m.test(bad.stdout)], [1, true], `${name}: ${bad.output}`);
    writeFileSync(path.join(dir, name), bytes);
  }
  rmSync(dir, { recursive: true });
  const instant = now.slice(0, 10).replaceAll('-', '');
  await eventually(() => anyone.get(`/v1/lottery/schemes/${scheme}/${instant}`), (r) => r.body?.state === 'closed', 20_000);
  const day = await download(server.url, scheme, instant), replay = await verify(day);
  assert.equal(replay.code, 0, replay.output);
  assert.match(replay.output, /lines 12/);
  rmSync(day, { recursive: true });
  // the prize of 1,000 is above 800: 20 % are withheld
  P2 = await Client.signIn(server.url, 'P2');
  const top = (await home()).prizes.find((p) => p.amount === '1000.00');
  assert.deepEqual([top.tax, top.net, top.state], ['200.00', '800.00', 'won']);
  ok(await account('bank', '6222021001116245702'));
  const net = (await paid(top.id)).body;
  assert.equal((await credits(server.url)).credits.find((k) => k.order_no === net.order_no).amount, '800.00');
  await clean();
});

test('A11.e4 a pool of 10,000.00 and 1,000 entries at once: paid out is at most the pool, as the ledger says', async () => {
  await openDraw(server.url);
  ok(await account('alipay', '13800138000'));
  const numbers = [];
  for (let i = 0; i < 1000; i += 50)
    numbers.push(...await Promise.all(Array.from({ length: 50 }, () => T2.post('/v1/invoices', sale('100.00')).then((r) => ok(r, 201).qr))));
  const answers = [];
  await Promise.all(Array.from({ length: 50 }, async (_, k) => {
    for (let i = k; i < numbers.length; i += 50) answers.push(ok(await enter(P2, numbers[i])));
  }));
  const outcomes = Object.groupBy ? Object.groupBy(answers, (a) => a.outcome) : answers.reduce((o, a) => ((o[a.outcome] ||= []).push(a), o), {});
  assert.deepEqual(Object.keys(outcomes).filter((o) => !['won', 'not-won', 'pool-empty'].includes(o)), []);
  const won = (outcomes.won || []).reduce((s, a) => s + fen(a.prize.amount), 0);
  const left = fen(await pool());
  assert.ok(won <= 1_000_000, `${won}`);
  assert.equal(won + left, 1_000_000);
  // what was drawn and not paid could not have been paid
  for (const a of outcomes['pool-empty'] || []) assert.ok(fen(a.ticket.drawn) > left, `${a.ticket.drawn} with ${left} left`);
  const totals = ok(await anyone.get('/v1/lottery/schemes/hangzhou-catering')).totals;
  assert.equal(totals.reduce((s, t) => s + fen(t.amount), 0), won);
  const end = await eventually(() => credits(server.url), (k) => fen(k.sum) === won, 180_000);
  assert.equal(end.count, outcomes.won.length);
  assert.equal(new Set(end.credits.map((k) => k.order_no)).size, end.count);
  await eventually(async () => ok(await anyone.get('/v1/lottery/schemes/hangzhou-catering')).totals, (t) => t.length === 1 && t[0].state === 'paid', 60_000);
  await clean();
});

test('A11.e5 a refusal to issue: one scan, case number, tracking, outcome', async () => {
  const O1 = await Client.signIn(server.url, 'O1');
  const made = await P2.post('/v1/lottery/reports', { qr: `https://etax.example/taxpayers/${parties.T2}?from=door`, place: '文三路 2 号', amount: '35.00', note: '说没有发票' });
  const body = ok(made, 201);
  assert.match(body.number, /^JB\d{12}$/);
  assert.equal(body.seller, '小满面包房');
  assert.deepEqual([body.state, body.seller_known, body.amount], ['open', true, '35.00']);
  assert.ok(body.receipt.id);
  const nobody = await P2.post('/v1/lottery/reports', { place: '文三路' });
  assert.equal(nobody.status, 422);
  assert.equal(nobody.body.errors[0].code, 'seller');
  const foreign = await Client.signIn(server.url, 'P1');
  assert.equal((await foreign.get(`/v1/lottery/reports/${body.number}`)).status, 404);
  assert.equal((await P2.get('/v1/lottery/cases')).status, 403);
  const queue = ok(await O1.get('/v1/lottery/cases')).cases;
  assert.deepEqual(queue.map((q) => [q.number, q.state]), [[body.number, 'open']]);
  ok(await O1.post(`/v1/lottery/cases/${body.number}/decisions`, { note: '已联系商家' }));
  assert.equal(ok(await P2.get(`/v1/lottery/reports/${body.number}`)).state, 'checking');
  ok(await O1.post(`/v1/lottery/cases/${body.number}/decisions`, { outcome: 'issued', note: '商家已补开，请查收' }));
  const end = ok(await P2.get(`/v1/lottery/reports/${body.number}`));
  assert.deepEqual([end.state, end.outcome, end.outcome_title], ['closed', 'issued', '商家已补开发票']);
  assert.deepEqual(end.steps.map((s) => [s.state, s.note]), [['open', ''], ['checking', '已联系商家'], ['closed', '商家已补开，请查收']]);
  assert.equal((await O1.post(`/v1/lottery/cases/${body.number}/decisions`, { outcome: 'fined' })).status, 409);
  const box = ok(await P2.get('/v1/messages')).messages.filter((m) => m.kind === 'lottery.case');
  assert.equal(box.length, 2);
  await clean();
});

test('A11.d refusals with their reasons; invoices of real-name buyers enter by themselves', async () => {
  const { draw } = await openDraw(server.url);
  const [T1, P1, O1] = await Promise.all(['T1', 'P1', 'O1'].map((a) => Client.signIn(server.url, a)));
  const reason = async (who, qr) => ok(await enter(who, qr)).reason?.code;
  const own = await issue(T2, '200.00');
  // nobody scanned it
  const mine = await eventually(home, (h) => h.tickets.some((t) => t.number === own.number));
  assert.equal(mine.tickets[0].way, 'automatic');
  assert.equal(mine.tickets[0].instant, draw);
  // nobody but its owner sees the ticket: neither who knows the number of the public list, nor who changes the code
  const changed = recode(own.qr, (t) => t.replace('200.00', '201.00'));
  for (const text of [own.number, own.qr, changed]) {
    const stranger = ok(await enter(P1, text));
    assert.deepEqual([stranger.reason.code, stranger.ticket, stranger.prize, stranger.payout], ['not-own-name', null, null, null]);
    assert.ok(!JSON.stringify(stranger).includes('200.00'), JSON.stringify(stranger));
  }
  const wrong = ok(await enter(P2, changed));
  assert.deepEqual([wrong.outcome, wrong.reason.code, wrong.ticket], ['refused', 'not-as-issued', null]);
  assert.equal(ok(await enter(P2, own.qr)).ticket.total, '200.00');
  assert.equal(ok(await enter(P2, `\ufeff${own.qr.replaceAll(',', '，')}`)).already, true, 'as a phone keyboard makes it');
  const url = await enter(P2, 'https://tax.example.invalid/fp?id=12345678');
  assert.deepEqual([url.status, url.body.errors[0].code, /左上角/.test(url.text)], [422, 'qr-url', true], url.text);
  for (const who of [P1, P2]) // A10.d: drawn by one, tried by another; both are told
    await eventually(() => who.get('/v1/messages'), (r) => r.body.messages.some((m) => m.kind === 'invoice.used_twice' && m.title.includes(own.number)));
  const special = await T1.post('/v1/invoices', { ...sale('500.00', { kind: 'special' }), lines: [{ ...sale('500.00').lines[0], tax_code: '1090105030000000000', rate: '0.13' }] });
  if (special.status === 201) assert.equal(await reason(P2, special.body.qr), 'special');
  const trade = ok(await T1.post('/v1/invoices', { ...sale('500.00'), lines: [{ ...sale('500.00').lines[0], tax_code: '1090105030000000000', rate: '0.13' }] }), 201);
  assert.equal(await reason(P2, trade.qr), 'trade');
  const officer = await issue(T2, '128.00', { person: parties.O1, name: '赵老师' });
  assert.equal(await reason(O1, officer.qr), 'staff');
  const bad = await enter(P2, '01,32,,26332000000000000001,1.00');
  assert.equal(bad.status, 422);
  assert.equal(bad.body.errors[0].pointer, '/qr');
  assert.equal(await reason(P2, '26332000000000999999'), 'unknown');
  // the amount on the paper is not ours to believe: the face comes from the invoice itself
  const small = await issue(T2, '50.00');
  assert.equal(await reason(P2, small.number), 'minimum');
  assert.equal((await anyone.post('/v1/lottery/entries', { qr: own.qr })).status, 401);
  await clean();
});

test('A11.d a title of a name alone: who is verified under it enters with the code, the first one; the number is not enough', async () => {
  const { draw } = await openDraw(server.url);
  const P1 = await Client.signIn(server.url, 'P1');
  const invoice = ok(await T2.post('/v1/invoices', { ...sale('168.00'), buyer: { name: '李静' } }), 201);
  const code = async (who, qr) => ok(await enter(who, qr)).reason?.code;
  assert.equal(await code(P1, invoice.qr), 'not-own-name');
  assert.equal(await code(P2, invoice.number), 'not-own-name');
  assert.equal(await code(P2, recode(invoice.qr, (t) => t.replace('168.00', '169.00'))), 'not-as-issued');
  const entered = ok(await enter(P2, invoice.qr));
  assert.ok(['won', 'not-won'].includes(entered.outcome), JSON.stringify(entered));
  assert.deepEqual([entered.ticket.way, entered.ticket.instant, entered.ticket.total], ['scan', draw, '168.00']);
  assert.equal(ok(await enter(P2, invoice.qr)).already, true);
  const other = ok(await T2.post('/v1/invoices', { ...sale('168.00'), buyer: { name: '张三' } }), 201);
  assert.equal(await code(P2, other.qr), 'not-own-name');
  await clean();
});

test('A11.d caps and related parties make void tickets, published with their reason', async () => {
  const { draw } = await openDraw(server.url, 'hangzhou-lodging');
  const O1 = await Client.signIn(server.url, 'O1');
  const event = { uscc: parties.T6, name: '拾光电商平台', address: '浙江省杭州市余杭区文一西路 6 号', scope: '住宿', industry: '6110', representative_name: '方拾光', representative_id: '330106197506150615',
    established_on: '2020-06-01' };
  const registered = await O1.post('/v1/registrations', event);
  assert.ok([200, 201].includes(registered.status), registered.text);
  const T6 = await Client.signIn(server.url, 'T6');
  const stay = async (total, person = {}) => ok(await T6.post('/v1/invoices', { ...sale(total, person), lines: [{ ...sale(total).lines[0], tax_code: '3070402000000000000', rate: '0.06' }] }), 201);
  const results = [];
  for (const total of ['200.00', '300.00', '400.00']) results.push(ok(await enter(P2, (await stay(total)).qr)));
  assert.deepEqual(results.map((r) => [r.outcome, r.reason?.code ?? null]), [['won', null], ['won', null], ['void', 'over-cap']]);
  assert.equal(results[0].prize.amount, '10.00');
  const list = await (await fetch(`${server.url}/public/lottery/hangzhou-lodging/${draw}/tickets.txt`)).text();
  assert.match(list, new RegExp(`^- ${results[2].number} over-cap$`, 'm'));
  const related = await stay('200.00', { person: '330106197506150615', name: '方拾光' });
  const own = ok(await enter(T6, related.qr));
  assert.deepEqual([own.outcome, own.reason.code], ['void', 'related']);
  await clean();
});

test('A11.d who sold is the other side: an invoice issued by the buyer is void, published with its reason', async () => {
  const { draw } = await openDraw(server.url);
  const purchase = (name, line, more = {}) => ({ kind: 'ordinary', business: name, buyer: { tax_id: parties.P2, name: '李静' },
    lines: [{ name: '萝卜', quantity: '1', price: '200.00', rate: '0', tax_code: '1010112010000000000', ...line }], ...more });
  for (const [name, line] of [['produce_purchase', { treatment: 'exempt' }], ['scrap_purchase', { tax_code: '1080207000000000000', name: '废钢', treatment: 'exempt' }],
    ['reverse', { tax_code: '1080207000000000000', name: '废钢', rate: '0.01' }]]) {
    const bought = ok(await T2.post('/v1/invoices', purchase(name, line)), 201);
    const r = ok(await enter(P2, bought.number));
    assert.deepEqual([r.outcome, r.reason.code, r.prize], ['void', 'buyer-issued', null], name);
    assert.match(r.reason.title, /购买方开具/);
    const list = await (await fetch(`${server.url}/public/lottery/hangzhou-catering/${draw}/tickets.txt`)).text();
    assert.match(list, new RegExp(`^- ${bought.number} buyer-issued$`, 'm'));
    // again: the same answer, no second line
    assert.equal(ok(await enter(P2, bought.number)).already, true);
    // a red letter against it does not bring it back
    assert.ok([200, 201].includes((await T2.post(`/v1/invoices/${bought.number}/reversal`, { reason: '开票有误' })).status), name);
    assert.equal(ok(await enter(P2, bought.number)).reason.code, 'buyer-issued');
  }
  assert.deepEqual((await home()).tickets.map((t) => t.state), ['void', 'void', 'void']);
  await clean();
});

test('A11.d invoices of the bureau for a person (代开): by what was sold, or refused with a reason of their own', async () => {
  const { draw } = await openDraw(server.url, 'hangzhou-services');
  const P1 = await Client.signIn(server.url, 'P1');
  const request = (tax_code, item) => ({ kind: 'ordinary', buyer: { tax_id: parties.P2, name: '李静' }, tax_code, item, total: '300.00', proof: '合同 L-1' });
  const design = ok(await P1.post('/v1/agency/requests', request('3040301010000000000', '设计')), 201);
  assert.equal(design.state, 3, JSON.stringify(design));
  const taken = ok(await enter(P2, design.number));
  assert.ok(['won', 'not-won'].includes(taken.outcome), JSON.stringify(taken));
  assert.deepEqual([taken.ticket.scheme, taken.ticket.instant], ['hangzhou-services', draw]);
  const repair = ok(await P1.post('/v1/agency/requests', request('2020000000000000000', '修理')), 201);
  assert.equal(repair.state, 3, JSON.stringify(repair));
  const not = ok(await enter(P2, repair.number));
  assert.deepEqual([not.outcome, not.reason.code], ['refused', 'agency']);
  const own = ok(await P2.post('/v1/agency/requests', request('3040301010000000000', '设计')), 201);
  assert.equal(own.number, null); // an officer looks at it first
  const O1 = await Client.signIn(server.url, 'O1'), purpose = { headers: { 'etax-purpose': 'agency' } };
  const [one] = ok(await O1.get('/v1/agency/reviews', purpose)).requests;
  const accepted = ok(await O1.post(`/v1/agency/reviews/${one.person}/${own.id}`, { decision: 'accept' }, purpose));
  const self = ok(await enter(P2, accepted.number));
  assert.deepEqual([self.outcome, self.reason.code], ['void', 'related']);
  await clean();
});

test('A11.d a sale cut into many: those above the limit of the scheme are void, whatever the order', async () => {
  const { draw } = await openDraw(server.url, 'hangzhou-services');
  const [T5, P1] = await Promise.all(['T5', 'P1'].map((a) => Client.signIn(server.url, a)));
  const advice = async (more) => ok(await T5.post('/v1/invoices', { ...sale('150.00', more), lines: [{ ...sale('150.00').lines[0], tax_code: '3040603000000000000', name: '咨询', rate: '0.06' }] }), 201);
  const cut = [];
  for (let i = 0; i < 5; i++) cut.push(await advice());
  const results = [];
  for (const i of cut.reverse()) results.push(ok(await enter(P2, i.qr)));
  const mine = (await eventually(home, (h) => h.tickets.length === 5)).tickets;
  assert.equal(mine.filter((t) => t.state === 'valid').length, 3);
  assert.deepEqual(mine.filter((t) => t.state === 'void').map((t) => t.reason.code), ['split', 'split']);
  const list = await (await fetch(`${server.url}/public/lottery/hangzhou-services/${draw}/tickets.txt`)).text();
  for (const t of mine.filter((m) => m.state === 'void')) assert.match(list, new RegExp(`^- ${t.number} split$`, 'm'));
  assert.equal(results.length, 5);
  // another buyer of the same seller is not touched
  assert.ok(['won', 'not-won'].includes(ok(await enter(P1, (await advice({ person: parties.P1, name: '王小明' })).qr)).outcome));
  // two hours later it is another sale
  await forward(server.url, 7200);
  const [again, later] = await Promise.all([Client.signIn(server.url, 'T5'), Client.signIn(server.url, 'P2')]);
  const next = ok(await again.post('/v1/invoices', { ...sale('150.00'), lines: [{ ...sale('150.00').lines[0], tax_code: '3040603000000000000', name: '咨询', rate: '0.06' }] }), 201);
  assert.ok(['won', 'not-won'].includes(ok(await enter(later, next.qr)).outcome));
  // the rule and its figures are public
  const rule = ok(await anyone.get('/v1/lottery/schemes/hangzhou-services'));
  assert.deepEqual([rule.split_rule, rule.pair_tickets, rule.pair_minutes, rule.agency], [true, 3, 60, true]);
  await clean();
});

for (const [channel, no] of [wechat, ['alipay', 'lijing@example.com'], ['bank', '6222021001116245710']]) {
  test(`A11.7 ${channel}: answers lost, callbacks lost, forged, doubled, with a wrong sum; one credit each`, async () => {
    await openDraw(server.url);
    ok(await account(channel, no));
    for (const name of ['no-answer', 'no-callback', 'wrong-signature', 'duplicate', 'wrong-amount']) {
      await fault(server.url, name);
      const won = await winner();
      const end = await eventually(async () => {
        const r = await P2.get(`/v1/lottery/prizes/${won.prize.id}`);
        if (r.body.state !== 'paid') await forward(server.url, 5);
        return r;
      }, (r) => r.body?.state === 'paid', 30_000);
      const mine = (await credits(server.url)).credits.filter((k) => k.order_no === end.body.order_no);
      assert.deepEqual(mine.map((k) => [k.channel, k.amount]), [[channel, won.prize.net]], name);
    }
    const day = (await clockOf(server.url)).slice(0, 10), L1 = await Client.signIn(server.url, 'L1');
    const same = ok(await L1.post('/v1/lottery/payouts/reconciliations', { channel, day }));
    assert.deepEqual([same.open_count, same.our_sum], [0, same.their_sum]);
    assert.ok(same.our_count >= 5);
    await fault(server.url, 'omit');
    const omitted = ok(await L1.post('/v1/lottery/payouts/reconciliations', { channel, day }));
    assert.equal(omitted.open_count, 1);
    assert.match(omitted.detail, /^missing LP/);
    await clean();
  });
}

test('A11.7 a payout that is refused is kept; another account gets it; what nobody claims goes back to the pool', async () => {
  await openDraw(server.url);
  assert.equal((await account('bank', '6222021001116245703')).status, 422);
  ok(await account('alipay', '13800138000'));
  await fault(server.url, 'refuse');
  const won = await winner();
  const failed = await eventually(() => prize(won.prize.id), (p) => p.state === 'failed', 15_000);
  assert.equal((await credits(server.url)).count, (await home()).prizes.filter((p) => p.state === 'paid').length);
  ok(await account(...wechat));
  const end = (await paid(failed.id)).body;
  assert.notEqual(end.order_no, failed.order_no);
  await clean();
});

test('A11.7 unclaimed prizes expire into the pool; donated ones go to the charity', async () => {
  await openDraw(server.url);
  const first = await winner(), second = await winner();
  assert.equal(first.prize.state, 'won');
  const given = ok(await P2.post(`/v1/lottery/prizes/${second.prize.id}/donation`, { charity: 'education' }));
  assert.equal(given.charity, '青少年助学基金（演示账户）');
  const done = (await paid(second.prize.id)).body;
  assert.equal(done.channel, 'bank');
  assert.equal((await credits(server.url)).credits.at(-1).account, '6222021001116245710');
  const open = (await home()).prizes.filter((p) => p.state === 'won').reduce((s, p) => s + fen(p.amount), 0);
  await setClock(server.url, new Date(Date.parse(first.prize.claim_until) + 1000).toISOString());
  P2 = await Client.signIn(server.url, 'P2');
  await eventually(() => prize(first.prize.id), (p) => p.state === 'expired', 20_000);
  const moved = ok(await anyone.get('/v1/lottery/schemes/hangzhou-catering'));
  assert.equal(fen(moved.totals.find((t) => t.state === 'expired').amount), open); // weeks that ended meanwhile took their prizes from the pool
  await clean();
});

test('A11.d an invoice reversed after its prize was paid: reclaimed, and the person is barred', async () => {
  await openDraw(server.url);
  ok(await account(...wechat));
  const won = await winner();
  await paid(won.prize.id);
  const red = await T2.post(`/v1/invoices/${won.invoice.number}/reversal`, { reason: '开票有误' });
  assert.ok([200, 201].includes(red.status), red.text);
  await eventually(() => prize(won.prize.id), (p) => p.state === 'reclaim');
  const next = await issue(T2, '128.00');
  const r = ok(await enter(P2, next.qr));
  assert.deepEqual([r.outcome, r.reason.code], ['refused', 'barred']);
  const L1 = await Client.signIn(server.url, 'L1'), before = fen(await pool());
  assert.deepEqual(ok(await L1.get('/v1/lottery/pools')).reclaims.map((x) => x.id), [won.prize.id]);
  assert.equal((await P2.post(`/v1/lottery/prizes/${won.prize.id}/repayment`)).status, 403);
  assert.equal(ok(await L1.post(`/v1/lottery/prizes/${won.prize.id}/repayment`)).state, 'repaid');
  assert.equal((await L1.post(`/v1/lottery/prizes/${won.prize.id}/repayment`)).status, 409);
  assert.equal(fen(await pool()) - before, fen(won.prize.amount));
  assert.ok(['won', 'not-won'].includes(ok(await enter(P2, next.qr)).outcome));
  await clean();
});

test('A11.3 money for a pool takes two persons; public numbers too', async () => {
  const [L1, L2, O1, O2] = await Promise.all(['L1', 'L2', 'O1', '330106198203040042'].map((a) => Client.signIn(server.url, a)));
  assert.equal((await P2.post('/v1/lottery/releases', { scheme: 'hangzhou-catering', amount: '1.00', reason: 'xx' })).status, 403);
  // another officer's post does not reach the lottery, and the lottery's officer reaches nothing else
  for (const other of [O1, O2]) {
    assert.equal((await other.get('/v1/lottery/pools')).status, 403);
    assert.equal((await other.post('/v1/lottery/releases', { scheme: 'hangzhou-catering', amount: '1.00', reason: '试一试' })).status, 403);
    assert.equal((await other.post('/v1/lottery/beacons', { scheme: 'hangzhou-catering', draw: '20261124', first: '1 2 3', second: '4 5 6' })).status, 403);
    assert.equal((await other.post('/v1/lottery/payouts/reconciliations', { channel: 'bank', day: '2026-11-24' })).status, 403);
    assert.equal((await other.post('/v1/lottery/prizes/1/repayment')).status, 403);
  }
  assert.equal((await L1.get('/v1/security/events')).status, 403);
  assert.equal((await L1.get('/v1/registrations/mandates')).status >= 403, true);
  const asked = ok(await L1.post('/v1/lottery/releases', { scheme: 'hangzhou-catering', amount: '2500.00', reason: '十二月活动' }));
  assert.equal(await pool(), '10000.00');
  const alone = await L1.post(`/v1/lottery/releases/${asked.id}/decisions`, {});
  assert.deepEqual([alone.status, alone.body.code], [403, 'two-persons']);
  assert.equal(ok(await L2.post(`/v1/lottery/releases/${asked.id}/decisions`, {})).pool, '12500.00');
  assert.equal((await L2.post(`/v1/lottery/releases/${asked.id}/decisions`, {})).status, 409);
  assert.equal(await pool(), '12500.00');
  const again = ok(await L1.post('/v1/lottery/releases', { scheme: 'hangzhou-catering', amount: '1.00', reason: '试一试' }));
  ok(await L2.post(`/v1/lottery/releases/${again.id}/decisions`, { refuse: true }));
  assert.equal(await pool(), '12500.00');
  // typed numbers: only for a frozen draw without a value
  await openDraw(server.url);
  const d = ok(await anyone.get('/v1/lottery/schemes/hangzhou-catering')).draws.find((x) => x.kind === 'periodic');
  const early = await L1.post('/v1/lottery/beacons', { scheme: 'hangzhou-catering', draw: d.draw, first: '03 08 12 19 27 31 + 05', second: '4 0 7 1 9' });
  assert.deepEqual([early.status, early.body.code], [409, 'beacon-soon']);
  const closing = ok(await anyone.get('/v1/lottery/schemes/hangzhou-catering')).draws.filter((x) => x.kind === 'periodic').sort((a, b) => a.opens_at < b.opens_at ? -1 : 1)[0];
  await setClock(server.url, new Date(Date.parse(closing.closes_at) + 60_000).toISOString());
  await eventually(() => anyone.get(`/v1/lottery/schemes/hangzhou-catering/${closing.draw}`), (r) => r.body?.state === 'frozen', 20_000);
  const [A, B] = await Promise.all([Client.signIn(server.url, 'L1'), Client.signIn(server.url, 'L2')]);
  const typed = { scheme: 'hangzhou-catering', draw: closing.draw, first: '03 08 12 19 27 31 + 05', second: '4 0 7 1 9' };
  assert.equal(ok(await A.post('/v1/lottery/beacons', typed)).taken, false);
  assert.equal(ok(await A.post('/v1/lottery/beacons', typed)).taken, false); // the same officer twice is one
  assert.equal(ok(await B.post('/v1/lottery/beacons', { ...typed, second: '4 0 7 1 8' })).taken, false);
  assert.equal(ok(await B.post('/v1/lottery/beacons', typed)).taken, true);
  await forward(server.url, 400);
  await eventually(() => anyone.get(`/v1/lottery/schemes/hangzhou-catering/${closing.draw}`), (r) => r.body?.state === 'closed', 20_000);
  const dir = await download(server.url, 'hangzhou-catering', closing.draw), replay = await verify(dir);
  assert.equal(replay.code, 0, replay.output);
  rmSync(dir, { recursive: true });
  await clean();
});

test('A11.7 forged callbacks and requests are refused', async () => {
  await openDraw(server.url);
  ok(await account(...wechat));
  ok(await account('alipay', '13800138000'));
  await winner();
  await eventually(() => credits(server.url), (k) => k.count > 0);
  const forged = await anyone.post('/v1/lottery/payouts/callbacks/wechat', '{}', { type: 'application/json', key: null });
  assert.deepEqual([forged.status, forged.body.code], [403, 'signature']);
  const form = await anyone.post('/v1/lottery/payouts/callbacks/alipay', 'app_id=1900000001&sign=AAAA&sign_type=RSA2', { type: 'application/x-www-form-urlencoded', key: null });
  assert.equal(form.status, 403);
  const bank = await anyone.post('/v1/lottery/payouts/callbacks/bank', '{}', { type: 'application/json', key: null });
  assert.equal(bank.status, 403);
  const order = await anyone.post('/v1/sandbox/wechat/v3/fund-app/mch-transfer/transfer-bills', '{}', { type: 'application/json', key: null,
    headers: { authorization: 'WECHATPAY2-SHA256-RSA2048 mchid="1900000001",nonce_str="a",signature="AAAA",timestamp="1",serial_no="b"' } });
  assert.equal(order.status, 403);
});

test('A11.12 schemes, files and forms over the interface; giving a ticket away; the beacon of the sandbox', async () => {
  const { scheme, draw } = await openDraw(server.url);
  const L1 = await Client.signIn(server.url, 'L1');
  const list = ok(await anyone.get('/v1/lottery/schemes')).schemes;
  assert.deepEqual(list.map((s) => [s.id, s.in_force]), [['hangzhou-catering', true], ['hangzhou-lodging', true], ['hangzhou-services', true], ['huzhou', false], ['ningbo', false], ['xiamen', false], ['zhuzhou', false]]);
  assert.deepEqual(list[0].bands[0].prizes.map((p) => [p.amount, p.count, p.odds]), [['800.00', 2, '0.2%'], ['100.00', 8, '0.8%'], ['50.00', 40, '4%'], ['20.00', 150, '15%'], ['10.00', 300, '30%']]);
  assert.deepEqual(ok(await L1.get('/v1/lottery/pools')).pools.map((p) => p.pool), ['10000.00', '50000.00', '5000.00', '0.00', '0.00', '0.00', '0.00']);
  ok(await P2.get('/v1/lottery/reports/new'));
  const invoice = await issue(T2, '128.00');
  ok(await enter(P2, invoice.qr));
  const given = ok(await P2.post(`/v1/lottery/tickets/${invoice.number}/donation`, { charity: 'red-cross' }));
  assert.equal(given.charity, '红十字会（演示账户）');
  assert.equal((await T2.post(`/v1/lottery/tickets/${invoice.number}/donation`, { charity: 'red-cross' })).status, 404);
  assert.equal((await P2.post(`/v1/lottery/tickets/${invoice.number}/donation`, { charity: 'nobody' })).status, 400);
  for (const name of ['rules.json', 'commitment.json', 'root.json', 'beacon.json', 'tickets.txt']) assert.equal((await anyone.get(`/v1/public/lottery/${scheme}/${draw}/${name}`)).status, 200, name);
  const commitment = ok(await anyone.get(`/v1/public/lottery/${scheme}/${draw}/commitment.json`));
  const beacon = ok(await anyone.get(`/v1/sandbox/beacon/${commitment.round}`));
  assert.equal(beacon.round, commitment.round);
  assert.equal((await anyone.get('/v1/sandbox/beacon/999999999999')).status, 404); // not yet
  assert.equal((await anyone.get('/v1/lottery/schemes/nowhere')).status, 404);
  assert.equal((await anyone.get(`/v1/lottery/schemes/${scheme}/19990101`)).status, 404);
  // the day after, the secret and the winners are there
  const over = ok(await anyone.get(`/v1/lottery/schemes/${scheme}/${draw}`)).closes_at;
  await setClock(server.url, new Date(Date.parse(over) + 1000).toISOString());
  await eventually(() => anyone.get(`/v1/public/lottery/${scheme}/${draw}/secret.txt`), (r) => r.status === 200, 20_000);
  assert.equal((await anyone.get(`/v1/public/lottery/${scheme}/${draw}/winners.json`)).status, 200);
  await clean();
});

test('A11.d fsck finds what was changed behind the back of the lottery', async () => {
  await openDraw(server.url);
  ok(await account(...wechat));
  await paid((await winner()).prize.id);
  await eventually(home, (h) => h.prizes.every((p) => p.state === 'paid'), 20_000);
  await server.stop();
  for (const [sql, words] of [
    ["UPDATE ledger_fund SET balance_fen = balance_fen + 1 WHERE name = 'hangzhou-catering'", /FAULT ledger: fund hangzhou-catering has/],
    ["UPDATE lottery_prize SET state = 'won'", /FAULT lottery: prize \d+ is won, the ledger owes 0 fen/],
    ["UPDATE lottery_order SET amount_fen = amount_fen + 1", /FAULT lottery: prize \d+ and its paid orders do not agree/],
    ["DELETE FROM lottery_line WHERE seq = 1 AND draw LIKE '2026%'", /FAULT lottery: draw hangzhou-catering\/\w+ has other lines/],
    ["UPDATE lottery_draw SET won_fen = won_fen + 1 WHERE kind = 'instant' AND size > 0", /FAULT lottery: draw hangzhou-catering\/\d+ says another sum/],
    ["UPDATE wallet_credit SET amount_fen = amount_fen + 1", /FAULT wallet: credit of LP\w+ without an order of this amount/],
  ]) {
    const copy = new Copy(server);
    try {
      copy.run(sql);
      const r = await copy.fsck();
      assert.equal(r.code, 1, r.output);
      assert.match(r.output, words);
    } finally {
      copy.close();
    }
  }
});
