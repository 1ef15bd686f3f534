// Paper invoices: automatic verification and granting, courier, hall and locker, loss, and the way to electronic ones (A07.2–A07.5,
// A07.e1, A09.13, A09.e6).
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { createServer as createHttp } from 'node:http';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { forward, periodsOf } from '../lib/owing.mjs';
import { apply, at, box, check, ok, qrText, ROLL, SPECIAL, used } from '../lib/paper.mjs';
import { runEtaxd, Server } from '../lib/server.mjs';

let server, open, t1, t2, t3, o1;
before(async () => {
  server = await Server.start();
  open = new Client(server.url);
  [t1, t2, t3, o1] = await Promise.all(['T1', 'T2', 'T3', 'O1'].map((p) => Client.signIn(server.url, p)));
});
after(async () => {
  const fsck = await server.fsck();
  await server.close();
  assert.equal(fsck.code, 0, fsck.output);
});
const fault = (name, times = 1) => open.post('/v1/sandbox/courier/faults', { fault: name, times }, { key: null });
const errors = (r, status = 422) => { assert.equal(r.status, status, r.text); return r.body.errors.map((e) => [e.pointer, e.code]); };
const kind = (body, name) => body.kinds.find((k) => k.kind === name);

test('A07.2 an officer receives stock: whole rolls, each number once', async () => {
  const made = ok(await box(o1), 201);
  assert.deepEqual([made.kind, made.numbers, made.units], ['roll', 20000, 200]);
  assert.ok(made.receipt.id);
  assert.deepEqual(errors(await box(o1)), [['/from', 'paper-received']]);
  assert.deepEqual(errors(await box(o1, '26332000000', 5, 10)), [['/code', 'paper-code'], ['/per_unit', 'paper-uneven']]);
  assert.deepEqual(errors(await box(o1, ROLL, 20100, 50, 20001)), [['/per_unit', 'paper-unit']]);
  assert.deepEqual(errors(await box(o1, ROLL, 30000, 100, 40001)), [['/to', 'paper-range']]);
  assert.equal((await box(t2)).status, 403);
  ok(await box(o1, SPECIAL, 100, 1), 201);
  const shelf = ok(await o1.get('/v1/officer/paper'));
  assert.equal(kind(shelf, 'roll').numbers.stock, 20000);
  assert.equal(kind(shelf, 'special').numbers.stock, 100);
  assert.equal((await check(open, 1)).verdict, 'not-used');
  assert.equal((await check(open, 20001)).verdict, 'unknown');
});

test('A07.e1 T2 asks for 50 rolls: 48 of the last 50 are found used and reported, 48 granted with the reason; the courier’s sign-off closes the case', async () => {
  const first = ok(await apply(t2, 50), 201);
  assert.deepEqual([first.granted, first.state, first.why.last], [50, 'sending', 0]);
  const got = await at(t2, first.id, 'done');
  assert.deepEqual(got.numbers, [{ code: ROLL, from: '00000001', to: '00005000', state: 'handed' }]);
  ok(await used(t2, 1, 3000), 201);
  ok(await used(t2, 3001, 4800), 201);
  const preview = ok(await t2.get('/v1/paper/applications/new?kind=roll&units=50'));
  assert.equal(preview.why.granted, 48);
  const second = ok(await apply(t2, 50, {}, { key: 'fifty' }), 201);
  assert.deepEqual([second.asked, second.granted, second.why.last, second.why.last_used, second.why.open, second.why.allowed], [50, 48, 50, 48, 2, 48]);
  assert.match(second.why_words, /最近一次领用 50卷，其中 48卷已用完并上报。手上没有用完上报的 2卷，最多可以持有 50卷。申请 50卷，发给 48卷。/);
  assert.deepEqual(second.why.unused, [{ code: ROLL, from: '00004801', to: '00005000' }]);
  assert.ok(second.receipt.id && second.why.formula.length >= 4);
  assert.equal((await apply(t2, 50, {}, { key: 'fifty' })).body.id, second.id);
  assert.deepEqual((await apply(t2, 1)).body.code, 'paper-open');
  const done = await at(t2, second.id, 'done');
  assert.match(done.parcel.waybill, /^MN\d{12}$/);
  assert.deepEqual(done.parcel.track.map((s) => s.state), ['signed', 'delivering', 'in-transit', 'collected', 'accepted']);
  assert.deepEqual(done.numbers, [{ code: ROLL, from: '00005001', to: '00009800', state: 'handed' }]);
  assert.equal(kind(ok(await t2.get('/v1/paper')), 'roll').allowed, 0);
  const orders = ok(await open.get('/v1/sandbox/courier/orders')).orders;
  assert.deepEqual(orders.map((o) => [o.recipient, o.pieces, o.state]), [['李小满', 50, 'signed'], ['李小满', 48, 'signed']]);
  const none = await apply(t2, 5);
  assert.deepEqual([none.status, none.body.code], [409, 'paper-none'], none.text);
  assert.match(none.body.detail || none.body.title, /50/);
});

test('A07.4 whatever the courier says is signed, new and of today: forged, replayed and old messages are refused and logged', async () => {
  await fault('hold');
  const { id } = ok(await apply(t1, 3), 201);
  const way = await eventually(() => t1.get(`/v1/paper/applications/${id}`), (r) => r.body.parcel?.state === 'delivering');
  const { order, waybill } = way.body.parcel;
  const event = (more = {}) => JSON.stringify({ order, waybill, seq: 20, state: 'signed', place: '前台', at: '2026-11-24T10:00:00+08:00', ...more });
  const sign = async (body, shift = 0) => ok(await open.post('/v1/sandbox/courier/signatures', { body, shift }, { key: null }));
  const send = (body, s, courier = 'courier-simulator') => open.call('POST', `/v1/paper/couriers/${courier}/events`, body, { key: null,
    headers: s ? { 'courier-timestamp': s.timestamp, 'courier-nonce': s.nonce, 'courier-signature': s.signature } : {} });
  const good = await sign(event({ state: 'delivering' }));
  assert.equal((await send(event(), null)).status, 403);
  assert.equal((await send(event(), good)).status, 403); // another body
  assert.equal((await send(event({ state: 'delivering' }), { ...good, signature: 'f'.repeat(64) })).status, 403);
  assert.equal((await send(event({ state: 'delivering' }), { ...good, nonce: 'abc' })).status, 403);
  assert.equal((await send(event({ state: 'delivering' }), good, 'another')).status, 403);
  const old = await send(event(), await sign(event(), -301));
  assert.deepEqual([old.status, old.body.code], [400, 'stale'], old.text);
  assert.equal(ok(await send(event({ state: 'delivering' }), good)).code, 'SUCCESS');
  const again = await send(event({ state: 'delivering' }), good);
  assert.deepEqual([again.status, again.body.code], [409, 'replayed']);
  const foreign = event({ waybill: 'MN000000000000' });
  assert.equal((await send(foreign, await sign(foreign))).status, 404);
  const nonsense = event({ state: 'eaten' });
  assert.equal((await send(nonsense, await sign(nonsense))).body.code, 'courier-event');
  assert.equal(ok(await t1.get(`/v1/paper/applications/${id}`)).state, 'on-way');
  const o2 = await Client.signIn(server.url, '330106198203040042'); // reads the security log
  for (const e of ['courier-callback-forged', 'courier-callback-stale', 'courier-callback-replayed'])
    await eventually(() => o2.get(`/v1/security/events`), (r) => r.body.events.some((l) => l.event === e));
  await forward(server.url, 61);
  assert.equal((await at(t1, id, 'done')).parcel.state, 'signed');
});

test('A07.4 what the courier of the sandbox is asked, as the bureau asks: signed, an order once', async () => {
  const [known] = ok(await open.get('/v1/sandbox/courier/orders')).orders;
  const ask = async (where, word, message, forged) => {
    const body = JSON.stringify(message), s = ok(await open.post('/v1/sandbox/courier/signatures', { body, word }, { key: null }));
    return open.call('POST', `/v1/sandbox/courier/${where}`, body, { key: null,
      headers: { 'courier-timestamp': s.timestamp, 'courier-nonce': s.nonce, 'courier-signature': forged ? 'f'.repeat(64) : s.signature } });
  };
  const order = { order: known.order, pieces: 1, to: { name: '别人', address: '别处' } };
  const same = ok(await ask('orders', 'order', order)).events;
  assert.deepEqual(same.map((e) => [e.order, e.waybill, e.seq]), Array.from({ length: 5 }, (_, i) => [known.order, known.waybill, i]));
  assert.deepEqual(ok(await ask('queries', 'query', { order: known.order })).events, same);
  assert.deepEqual(ok(await ask('queries', 'query', { order: 'EX0' })).events, []);
  assert.deepEqual(ok(await open.get('/v1/sandbox/courier/orders')).orders.find((o) => o.order === known.order), known, 'nothing was sent twice');
  for (const [where, word, forged] of [['orders', 'order', true], ['orders', 'query', false], ['queries', 'event', false]])
    assert.equal((await ask(where, word, order, forged)).body.code, 'courier-message');
});

test('A07.4 lost answers, forged and lost callbacks, repeated ones: each parcel is one, and comes to its end', async () => {
  await fault('no-answer');
  await fault('wrong-signature');
  await fault('duplicate', 2);
  const { id } = ok(await apply(t3, 2), 201);
  await eventually(() => open.get('/v1/sandbox/courier/orders'), (r) => r.body.orders.length === 4);
  await forward(server.url, 30);
  assert.equal((await at(t3, id, 'done')).granted, 2);
  ok(await used(t3, Number((await t3.get(`/v1/paper/applications/${id}`)).body.numbers[0].from), Number((await t3.get(`/v1/paper/applications/${id}`)).body.numbers[0].to)), 201);
  await fault('no-callback', 50);
  const silent = ok(await apply(t3, 1), 201);
  await eventually(() => open.get('/v1/sandbox/courier/orders'), (r) => r.body.orders.length === 5 && r.body.orders.every((o) => o.state === 'signed'));
  assert.equal(ok(await t3.get(`/v1/paper/applications/${silent.id}`)).state, 'on-way');
  for (let i = 0; i < 3; i++) await forward(server.url, 310);
  await at(t3, silent.id, 'done');
  await fault('no-callback', 0);
});

test('A07.4 a parcel that comes back: its numbers are in stock again', async () => {
  const stock = kind(ok(await o1.get('/v1/officer/paper')), 'roll').numbers;
  await fault('return');
  const { id } = ok(await apply(t1, 5), 201);
  assert.equal(kind(ok(await o1.get('/v1/officer/paper')), 'roll').numbers.stock, stock.stock - 500);
  const back = await at(t1, id, 'returned');
  assert.deepEqual([back.parcel.state, back.numbers], ['returned', []]);
  assert.deepEqual(kind(ok(await o1.get('/v1/officer/paper')), 'roll').numbers, stock);
});

/** A courier's own server, as etax-courier/1 tells: signed orders in, signed answers out; say() tells the bureau. */
async function express(key) {
  const mac = (secret, word, at, nonce, body) => createHmac('sha256', secret).update(`etax-courier/1\n${word}\n${at}\n${nonce}\n${body}`).digest('hex');
  const got = [], state = { key, events: new Map() };
  const now = async () => Math.floor(Date.parse(ok(await open.get('/healthz')).now) / 1000);
  const http = createHttp(async (q, a) => {
    let body = '';
    for await (const d of q) body += d;
    const word = q.url === '/orders' ? 'order' : 'query', h = q.headers, { order } = JSON.parse(body);
    const signed = h['courier-signature'] === mac(state.key, word, h['courier-timestamp'], h['courier-nonce'], body);
    got.push({ url: q.url, signed, body: JSON.parse(body) });
    if (signed && word === 'order' && !state.events.has(order))
      state.events.set(order, [{ order, waybill: `X${order.slice(-8)}`, seq: 0, state: 'accepted', place: '杭州', at: '2026-11-24T10:00:00+08:00' }]);
    const text = JSON.stringify({ events: state.events.get(order) || [] }), at = String(await now()), nonce = randomBytes(16).toString('hex');
    a.writeHead(signed ? 200 : 403, { 'courier-timestamp': at, 'courier-nonce': nonce, 'courier-signature': mac(state.key, 'answer', at, nonce, text) }).end(text);
  });
  await new Promise((r) => http.listen(0, '127.0.0.1', r));
  return { got, state, url: `http://127.0.0.1:${http.address().port}`, close: () => new Promise((r) => http.close(r)),
    async say(name, event, secret = state.key) {
      const body = JSON.stringify(event), at = String(await now()), nonce = randomBytes(16).toString('hex');
      return open.call('POST', `/v1/paper/couriers/${name}/events`, body, { key: null, headers: { 'courier-timestamp': at, 'courier-nonce': nonce, 'courier-signature': mac(secret, 'event', at, nonce, body) } });
    } };
}

test('A07.4 an officer registers a courier, changes its key and closes it; its callbacks are refused from then on', async () => {
  const x = await express(), add = (more, who = o1) => who.post('/v1/officer/paper/couriers', { courier: 'a-express', title: '快达', address: x.url, ...more }, { key: null });
  const act = (what, name = 'a-express') => o1.post(`/v1/officer/paper/couriers/${name}/${what}`, {});
  const listed = async () => ok(await o1.get('/v1/officer/paper/couriers')).couriers.find((k) => k.courier === 'a-express');
  try {
    assert.deepEqual(errors(await add({ courier: 'A b', address: 'ftp://x.example' })), [['/courier', 'courier-name'], ['/address', 'courier-address']]);
    assert.deepEqual(errors(await add({ address: `${x.url}/path` })), [['/address', 'courier-address']]);
    assert.equal((await add({}, t1)).status, 403);
    const made = ok(await add(), 201);
    assert.match(made.secret, /^[0-9a-f]{64}$/);
    assert.ok(made.receipt.id);
    assert.deepEqual(errors(await add()), [['/courier', 'courier-taken']]);
    assert.ok(!(await o1.get('/v1/officer/paper/couriers')).text.includes(made.secret), 'shown once');
    x.state.key = made.secret;
    const { id } = ok(await apply(t1, 1), 201);
    const way = await eventually(() => t1.get(`/v1/paper/applications/${id}`), (r) => r.body.state === 'on-way');
    const { order, waybill } = way.body.parcel;
    assert.deepEqual(x.got.map((g) => [g.url, g.signed, g.body.order, g.body.to.name]), [['/orders', true, order, '李小满']]);
    assert.equal((await listed()).parcels, 1);

    const event = (seq, state) => ({ order, waybill, seq, state, place: '杭州', at: '2026-11-24T11:00:00+08:00' });
    ok(await x.say('a-express', event(1, 'collected')));
    const renewed = ok(await act('key'));
    assert.ok(renewed.receipt.id && renewed.secret !== made.secret && renewed.old_key_until);
    ok(await x.say('a-express', event(2, 'in-transit')), 200, 'the old key serves until the courier has taken the new one');
    x.state.key = renewed.secret;
    ok(await x.say('a-express', event(3, 'in-transit')));
    assert.equal((await x.say('a-express', event(4, 'in-transit'), made.secret)).body.code, 'signature', 'and not a letter longer');
    // leaked: at once
    const other = ok(await o1.post('/v1/officer/paper/couriers/a-express/key', { leaked: true }));
    assert.equal(other.old_key_until, null);
    assert.equal((await x.say('a-express', event(4, 'in-transit'))).body.code, 'signature');
    x.state.key = other.secret;
    ok(await x.say('a-express', event(4, 'in-transit')));

    const closed = ok(await act('end'));
    assert.deepEqual([closed.courier, closed.parcels, (await listed()).state], ['a-express', 1, 'closed']);
    const late = await x.say('a-express', event(5, 'delivering'));
    assert.deepEqual([late.status, late.body.code], [403, 'courier-closed'], late.text);
    const forged = await x.say('a-express', event(5, 'delivering'), made.secret);
    assert.deepEqual([forged.status, forged.body.code], [403, 'signature'], 'who has no key is told nothing');
    const o2 = await Client.signIn(server.url, '330106198203040042');
    await eventually(() => o2.get('/v1/security/events'), (r) => r.body.events.some((l) => l.event === 'courier-callback-closed'));
    assert.equal(ok(await t1.get(`/v1/paper/applications/${id}`)).parcel.state, 'in-transit');
    for (const what of ['end', 'key']) assert.equal((await act(what)).body.code, 'courier-closed');
    assert.equal((await act('key', 'nobody')).status, 404);
    assert.deepEqual(errors(await add()), [['/courier', 'courier-taken']]);

    // what was with it is asked for, and comes to its end; the next parcel goes to another
    x.state.events.get(order).push(event(6, 'signed'));
    await forward(server.url, 310);
    await at(t1, id, 'done', 20_000);
    ok(await used(t1, Number((await t1.get(`/v1/paper/applications/${id}`)).body.numbers[0].from), Number((await t1.get(`/v1/paper/applications/${id}`)).body.numbers[0].to)), 201);
    const next = await at(t1, ok(await apply(t1, 1), 201).id, 'done');
    assert.match(next.parcel.waybill, /^MN/);
  } finally {
    await x.close();
  }
});

test('A07.5 hall and locker: a one-time code, five tries, a place, fifteen days', async () => {
  const locker = (code) => open.post('/v1/paper/pickups', { code }, { key: null });
  const hall = (code) => o1.post('/v1/officer/paper/pickups', { code }, { key: null });
  const first = ok(await apply(t1, 2, { way: 'locker' }), 201), code = first.pickup.code;
  assert.equal(first.state, 'ready');
  assert.match(code, /^\d{12}$/);
  assert.deepEqual(errors(await hall(code)), [['/code', 'pickup-place']]);
  const wrong = code.slice(0, 11) + ((Number(code[11]) + 1) % 10);
  assert.deepEqual(errors(await locker(wrong)), [['/code', 'pickup-code']]);
  const got = ok(await locker(code));
  assert.deepEqual([got.granted, got.numbers.length], [2, 1]);
  assert.deepEqual(errors(await locker(code)), [['/code', 'pickup-over']]);
  const shown = ok(await t1.get(`/v1/paper/applications/${first.id}`));
  assert.deepEqual([shown.state, shown.pickup.code, shown.pickup.state], ['done', null, 'used']);
  const second = ok(await apply(t1, 1, { way: 'hall', kind: 'special' }), 201);
  for (let i = 0; i < 5; i++) assert.deepEqual(errors(await hall(second.pickup.code.slice(0, 6) + 'abcdef')), [['/code', i < 4 ? 'pickup-code' : 'pickup-blocked']]);
  assert.deepEqual(errors(await hall(second.pickup.code)), [['/code', 'pickup-blocked']]);
  const third = ok(await apply(t3, 4, { way: 'hall', kind: 'special' }), 201);
  assert.equal(ok(await hall(third.pickup.code)).granted, 4);
  assert.deepEqual(errors(await locker('999999000000')), [['/code', 'pickup-code']]);
});

test('A07.2 A07.5 A09.13 what the forms hold at first', async () => {
  assert.deepEqual(ok(await t2.get('/v1/paper/reports/new')).unused.map((u) => u.code), [ROLL, ROLL]);
  assert.equal(ok(await t2.get('/v1/paper/losses/new')).unused[0].from, '00004801');
  assert.deepEqual(ok(await t2.get(`/v1/paper/conversions/new?code=${ROLL}&number=12`)), { form: { code: ROLL, number: '12' } });
  assert.deepEqual(ok(await open.get('/v1/public/paper-invoices')), { verdict: null });
  assert.equal(ok(await open.get(`/v1/public/paper-invoices?code=${ROLL}&number=12`)).verdict, 'used');
  assert.deepEqual(errors(await open.get(`/v1/public/paper-invoices/${ROLL}/0`), 400), [['/number', 'paper-number']]);
  assert.equal(ok(await open.get('/v1/paper/pickups')).tries, 5);
  assert.equal(ok(await o1.get('/v1/officer/paper/pickups')).tries, 5);
  assert.equal((await open.get('/v1/paper')).status, 401);
  assert.equal((await open.post('/v1/sandbox/courier/orders', { order: 'EX1' }, { key: null })).status, 403);
  assert.equal((await open.post('/v1/sandbox/courier/queries', { order: 'EX1' }, { key: null })).status, 403);
});

test('A07.2 all faults at once; what the rules do not give goes to an officer with its reason', async () => {
  assert.deepEqual(errors(await t2.post('/v1/paper/applications', { kind: 'roll', units: 5, way: 'courier', phone: '123' })),
    [['/recipient', 'paper-recipient'], ['/address', 'paper-address'], ['/phone', 'paper-phone']]);
  assert.equal((await t2.post('/v1/paper/applications', { kind: 'silk', units: 0, way: 'pigeon' })).body.errors.length, 3);
  const asked = ok(await apply(t2, 60, { reason: '年底促销，门店增加' }), 201);
  assert.deepEqual([asked.state, asked.granted], ['review', 0]);
  const queue = ok(await o1.get('/v1/officer/paper/applications')).applications;
  assert.deepEqual(queue.map((a) => [a.id, a.asked, a.reason]), [[asked.id, 60, '年底促销，门店增加']]);
  const path = `/v1/officer/paper/applications/${queue[0].taxpayer}/${asked.id}`, purpose = { headers: { 'etax-purpose': 'paper' } };
  assert.equal(ok(await o1.get(path, purpose)).name, '小满面包房');
  assert.deepEqual(errors(await o1.post(path, { decision: 'refuse' }, purpose)), [['/note', 'paper-note']]);
  assert.deepEqual(errors(await o1.post(path, { decision: 'grant', units: 9000 }, purpose)), [['/units', 'paper-shelf']]);
  assert.equal((await t2.post(path, { decision: 'grant' })).status, 403);
  const done = ok(await o1.post(path, { decision: 'grant', units: 20, note: '先发 20 卷' }, purpose));
  assert.deepEqual([done.granted, done.state, done.note], [20, 'sending', '先发 20 卷']);
  assert.equal((await o1.post(path, { decision: 'refuse', note: '重复' }, purpose)).body.code, 'paper-over');
  await at(t2, asked.id, 'done');
  const box_ = await eventually(() => t2.get('/v1/messages'), (r) => r.body.messages.some((m) => m.kind === 'paper.decided'));
  assert.match(box_.body.messages.find((m) => m.kind === 'paper.decided').text, /60.*20/);
  await eventually(() => t2.get('/v1/messages'), (r) => r.body.messages.some((m) => m.kind === 'paper.delivered' && m.href.endsWith(asked.id)));
  const other = ok(await apply(t2, 70, { reason: '再多一些' }), 201);
  assert.equal(ok(await t2.post(`/v1/paper/applications/${other.id}/withdrawal`)).state, 'withdrawn');
  assert.equal((await t1.get(`/v1/paper/applications/${other.id}`)).status, 404);
});

test('A07.3 a number is reported once, by its holder, with its buyer when it is special', async () => {
  assert.deepEqual(errors(await used(t2, 4800, 4801)), [['/from', 'paper-state']]);
  assert.deepEqual(errors(await used(t1, 4801)), [['/from', 'paper-unknown']]);
  assert.deepEqual(errors(await t2.post('/v1/paper/reports', { act: 'used', code: ROLL, from: 4900, to: 4801, issued_from: '2027-01-01', buyer_name: '甲' })).map((e) => e[0]),
    ['/to', '/amount', '/tax', '/issued_from', '/issued_to', '/buyer_tax_id']);
  ok(await used(t2, 4801, undefined, { amount: '100.00', tax: '1.00' }), 201);
  ok(await t2.post('/v1/paper/reports', { act: 'void', code: ROLL, from: 4802, issued_from: '2026-11-21' }), 201);
  assert.deepEqual([(await check(open, '4802')).verdict, (await check(open, 4801, ROLL, '?total=101.00&date=2026-11-20')).verdict, (await check(open, 4801, ROLL, '?total=102.00')).verdict],
    ['listed', 'used', 'not-as-issued']);
  assert.equal('amount' in await check(open, 4801), false);
});

test('A07.5 A09.13 a stolen roll is listed in one act: every verifier sees it, nobody can use it', async () => {
  const lost = ok(await t2.post('/v1/paper/losses', { code: ROLL, from: 4901, to: 5000, why: 'stolen', story: '夜里店里被盗' }), 201);
  assert.deepEqual([lost.numbers, lost.state], [100, 'lost']);
  assert.ok(lost.receipt.id);
  for (const n of [4901, 4950, 5000]) assert.deepEqual([(await check(open, n)).verdict, (await check(open, n)).state], ['listed', 'lost']);
  assert.equal((await check(open, 4900)).verdict, 'not-used');
  // the verification plane knows it too, so every channel that reads the code does
  const scan = (n) => open.post('/v1/verify/qr', { text: qrText(ROLL, n, '9.90', '20261124', '11') }, { key: null });
  for (const n of [4901, 5000]) {
    const plane = await eventually(() => scan(n), (r) => r.body.verdict === 'listed');
    assert.deepEqual([plane.body.number, plane.body.checked[0].outcome], [String(n).padStart(8, '0'), 'listed']);
  }
  for (const n of [4900, 5001]) assert.equal(ok(await scan(n)).verdict, 'unknown');
  assert.deepEqual(errors(await used(t2, 4901)), [['/from', 'paper-state']]);
  assert.deepEqual(errors(await t2.post('/v1/paper/losses', { code: ROLL, from: 4850, to: 4950, why: 'lost' })), [['/from', 'paper-state']]);
  assert.deepEqual(errors(await t1.post('/v1/paper/losses', { code: ROLL, from: 4850, why: 'lost' })), [['/from', 'paper-unknown']]);
  ok(await o1.post('/v1/officer/paper/listings', { state: 'void', code: ROLL, from: 19901, to: 20000, why: '受潮' }), 201);
  const list = ok(await o1.get('/v1/officer/paper/listings')).listings;
  assert.deepEqual(list.map((l) => [l.from, l.to, l.state, l.by_officer]), [['00019901', '00020000', 'void', true], ['00004901', '00005000', 'lost', false], ['00004802', '00004802', 'void', false]]);
  assert.equal((await t2.get('/v1/officer/paper/listings')).status, 403);
});

test('A09.e6 a paper invoice is converted: paper and electronic can not both be booked, the second is refused with the pointer', async () => {
  const mine = ok(await t3.get('/v1/paper')).kinds.find((k) => k.kind === 'special').unused[0], [a, b, c, d] = [0, 1, 2, 3].map((i) => Number(mine.from) + i);
  const word = (n) => SPECIAL + String(n).padStart(8, '0');
  const report = (n) => t3.post('/v1/paper/reports', { act: 'used', code: SPECIAL, from: n, issued_from: '2026-11-21', amount: '1000.00', tax: '130.00', buyer_tax_id: parties.T1, buyer_name: '海川精密机械有限公司' });
  assert.deepEqual(errors(await t3.post('/v1/paper/reports', { act: 'used', code: SPECIAL, from: a, issued_from: '2026-11-21', amount: '1000.00', tax: '130.00' })), [['/buyer_tax_id', 'report-special']]);
  for (const n of [a, b, c, d]) ok(await report(n), 201);
  const credit = async (number) => t1.post('/v1/input-credits', { period: (await periodsOf(server.url)).month, numbers: [number] });
  const fresh = { item: '轴承', tax_code: '1090511020000000000', rate: '0.13' };
  const convert = (n, more) => t3.post('/v1/paper/conversions', { code: SPECIAL, number: String(n), ...more });
  // a: converted by its QR code, then the paper is refused with the electronic number, and the electronic one is credited
  const qr = qrText(SPECIAL, a, '1000.00', '20261121');
  assert.deepEqual(errors(await convert(a, {})).map((e) => e[0]), ['/item', '/tax_code', '/rate']);
  assert.deepEqual(errors(await convert(a, { ...fresh, tax_code: '1020101000000000000', item: '原煤' })), [['/coal', 'coal-kind']]);
  const made = await t3.post('/v1/paper/conversions', { qr, ...fresh });
  const one = ok(made, 201);
  assert.deepEqual([one.code, one.total, one.issued, one.paper_booked], [SPECIAL, '1130.00', true, false]);
  assert.match(one.electronic, /^\d{20}$/);
  const seen = await check(open, a, SPECIAL);
  assert.deepEqual([seen.verdict, seen.electronic], ['converted', one.electronic]);
  const face = ok(await t3.get(`/v1/invoices/${one.electronic}`));
  assert.match(face.remark, new RegExp(word(a)));
  const scanned = await eventually(() => open.post('/v1/verify/qr', { text: qr }, { key: null }), (r) => r.body.verdict === 'converted');
  assert.equal(scanned.body.checked[0].detail, one.electronic);
  const refused = await credit(word(a));
  assert.deepEqual(errors(refused), [['/numbers/0', 'paper-converted']]);
  assert.match(refused.text, new RegExp(one.electronic));
  ok(await credit(one.electronic), 201);
  assert.deepEqual([(await convert(a, fresh)).body.code, (await convert(a, fresh)).status], ['paper-converted', 409]);
  // b: the paper was credited first; its electronic form is refused with the pointer to the paper
  ok(await credit(word(b)), 201);
  assert.deepEqual(errors(await credit(word(b))), [['/numbers/0', 'credited']]);
  const bought = { kind: 'special', buyer: { tax_id: parties.T1, name: '海川精密机械有限公司' }, net: '1000.00' };
  const there = ok(await t3.post('/v1/invoices', invoiceBody({ ref: 'pp1', ...bought })), 201);
  assert.deepEqual(errors(await convert(b, { electronic: there.number })), [['/electronic', 'paper-booked']]);
  const two = ok(await convert(b, fresh), 201);
  assert.equal(two.paper_booked, true);
  const second = await credit(two.electronic);
  assert.deepEqual(errors(second), [['/numbers/0', 'paper-twin-booked']]);
  assert.match(second.text, new RegExp(word(b)));
  // taken back on paper: now the electronic one may be credited
  ok(await t1.post('/v1/input-credits/withdrawal', { period: (await periodsOf(server.url)).month, numbers: [word(b)] }));
  assert.deepEqual(errors(await credit(word(b))), [['/numbers/0', 'paper-converted']]);
  ok(await credit(two.electronic), 201);
  // c: linked with one that is there; only one of the same sum, and once
  const other = ok(await t3.post('/v1/invoices', invoiceBody({ ref: 'pp2', ...bought, net: '900.00' })), 201);
  assert.deepEqual(errors(await convert(c, { electronic: other.number })), [['/electronic', 'paper-other-total']]);
  assert.deepEqual(errors(await t2.post('/v1/paper/conversions', { code: SPECIAL, number: String(c), electronic: there.number })), [['/number', 'paper-not-reported']]);
  ok(await convert(c, { electronic: there.number }), 201);
  assert.deepEqual(errors(await convert(d, { electronic: there.number })), [['/electronic', 'paper-linked']]);
  const list = ok(await t1.get('/v1/paper/received')).invoices;
  assert.deepEqual(list.map((i) => [i.word, i.may_be_credited, i.barred === null]), [[word(a), false, false], [word(b), false, false], [word(c), false, false], [word(d), true, true]]);
  // entries in the books: one of the two as well, and once
  const book = (number) => t1.post('/v1/bookings', { numbers: [number], entry: 'deductible', voucher: 'JZ-7' });
  assert.deepEqual(errors(await book(word(a))), [['/numbers/0', 'paper-twin-booked']]);
  ok(await book(one.electronic), 201);
  ok(await book(word(d)), 201);
  assert.deepEqual(errors(await book(word(d))), [['/numbers/0', 'booked']]);
  assert.deepEqual([ok(await t1.get(`/v1/bookings/${word(d)}`)).voucher, (await t3.get(`/v1/bookings/${word(d)}`)).status], ['JZ-7', 404]);
  assert.equal((await server.fsck()).code, 0, 'a booking on paper stands in no list of electronic ones');
  const four = ok(await convert(d, fresh), 201);
  assert.deepEqual(errors(await book(four.electronic)), [['/numbers/0', 'paper-twin-booked']]);
  ok(await t1.post('/v1/bookings/cancellation', { numbers: [word(d)] }));
  assert.deepEqual(errors(await book(word(d))), [['/numbers/0', 'paper-converted']]);
  ok(await book(four.electronic), 201);
  // a roll that was reported in a run: its sum is said at the conversion
  assert.deepEqual(errors(await t2.post('/v1/paper/conversions', { code: ROLL, number: '12', item: '面包', tax_code: '1030201020000000000', rate: '0.01' })), [['/total', 'paper-total']]);
  const bread = ok(await t2.post('/v1/paper/conversions', { code: ROLL, number: '12', item: '面包', tax_code: '1030201020000000000', rate: '0.01', total: '20.20' }), 201);
  assert.equal(ok(await t2.get(`/v1/invoices/${bread.electronic}`)).total, '20.20');
});

test('A09.13 A10.2 the plane built anew from the log says the same of void, lost and converted numbers', async () => {
  await server.stop();
  const rebuilt = await runEtaxd(['plane', 'rebuild', '--data', server.data, ...(server.database ? ['--db', server.database.url] : [])]);
  assert.equal(rebuilt.code, 0, rebuilt.output);
  await server.launch();
  open = new Client(server.url);
  const scan = async (n) => ok(await open.post('/v1/verify/qr', { text: qrText(ROLL, n, '9.90', '20261124', '11') }, { key: null })).verdict;
  assert.deepEqual(await Promise.all([4801, 4802, 4803, 4901, 5000, 5001, 12, 19901].map(scan)),
    ['unknown', 'listed', 'unknown', 'listed', 'listed', 'unknown', 'converted', 'listed']);
});
