// Credentials, sessions, tokens, roles and mandates: G01.1–G01.8; who lacks what is told, who exists is not.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Client, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { Server, runEtaxd } from '../lib/server.mjs';

let server, open;
before(async () => { server = await Server.start(); open = new Client(server.url); });
after(() => server.close());

const signIn = (account, password, more = {}) => open.post('/v1/sessions', { account: parties[account] || account, password, ...more }, { key: null });
const client = (token, actingFor) => new Client(server.url, { token, actingFor });
const codes = (r) => r.body.errors?.map((e) => `${e.pointer} ${e.code}`).sort();
const serverTime = async () => Date.parse((await open.get('/v1/sandbox')).body.now);
const clock = (ms) => open.post('/v1/sandbox/clock', { now: new Date(ms).toISOString() });

/** RFC 6238 by Node's own HMAC: not our code against itself. */
function totp(base32, ms) {
  const bits = [...base32].map((ch) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(ch).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(ms / 30000)));
  const mac = createHmac('sha1', key).update(counter).digest(), at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}

test('G01.1 a password is changed under rules; other sessions end, the old password too', async () => {
  const mine = client((await signIn('P2', 'sandbox')).body.token), other = client((await signIn('P2', 'sandbox')).body.token);
  const change = (current, next) => mine.post('/v1/password', { current, new: next });
  assert.deepEqual(codes(await change('sandbox', 'short')), ['/new password-short']);
  assert.deepEqual(codes(await change('sandbox', 'alllowercase')), undefined, '12 characters of one kind will do');
  assert.equal((await other.get('/v1/identity')).status, 401, 'the other session has ended');
  assert.equal((await mine.get('/v1/identity')).status, 200);
  assert.equal((await signIn('P2', 'sandbox')).status, 401);
  assert.deepEqual(codes(await change('alllowercase', 'Password1')), ['/new password-common']);
  assert.deepEqual(codes(await change('alllowercase', 'Ab-19851112-x')), ['/new password-own-data']);
  assert.deepEqual(codes(await change('alllowercase', '李静的密码是这个呀呀呀呀')), ['/new password-own-data']);
  assert.deepEqual(codes(await change('alllowercase', 'alllowercase')), ['/new password-reused']);
  assert.deepEqual(codes(await change('wrong one', 'Quiet-Rain-7')), ['/current password-wrong']);
  assert.equal((await change('alllowercase', 'Quiet-Rain-7')).status, 200);
  assert.deepEqual(codes(await change('Quiet-Rain-7', 'alllowercase')), ['/new password-reused']);
  assert.equal((await signIn('P2', 'Quiet-Rain-7')).status, 201);
});

test('G01.1 an officer needs a longer password', async () => {
  const o1 = await Client.signIn(server.url, 'O1');
  assert.deepEqual(codes(await o1.post('/v1/password', { current: 'sandbox', new: 'Kurz-99x' })), ['/new password-short']);
});

test('G01.3 TOTP: begun, confirmed, asked for at sign-in; a code serves once; recovery codes serve once each', async () => {
  const t4 = await Client.signIn(server.url, 'T4');
  assert.deepEqual((await t4.get('/v1/totp')).body, { enabled: false, recovery_codes_left: 0 });
  assert.equal((await t4.post('/v1/totp/confirmation', { code: '123456' })).body.code, 'totp-not-begun');
  const begun = await t4.post('/v1/totp');
  assert.match(begun.body.uri, /^otpauth:\/\/totp\/etax\?secret=[A-Z2-7]{32}&issuer=etax$/);
  assert.equal((await signIn('T4', 'sandbox')).status, 201, 'a half-done set-up locks nobody out');
  const { secret } = begun.body, now = await serverTime();
  assert.deepEqual(codes(await t4.post('/v1/totp/confirmation', { code: totp(secret, now + 600_000) })), ['/code totp-wrong']);
  const done = await t4.post('/v1/totp/confirmation', { code: totp(secret, now) });
  assert.equal(done.status, 200, done.text);
  assert.equal(new Set(done.body.recovery_codes).size, 10);
  assert.equal((await t4.post('/v1/totp')).status, 409);

  const without = await signIn('T4', 'sandbox');
  assert.equal(without.status, 401);
  assert.equal(without.body.code, 'totp-required');
  assert.equal((await signIn('T4', 'wrong')).body.code, 'sign-in-refused', 'that TOTP is on is told only after the right password');
  assert.equal((await signIn('T4', 'sandbox', { totp: totp(secret, now) })).body.code, 'sign-in-refused', 'used already');
  await clock(now + 60_000);
  const next = totp(secret, await serverTime());
  assert.equal((await signIn('T4', 'sandbox', { totp: next })).status, 201);
  assert.equal((await signIn('T4', 'sandbox', { totp: next })).status, 401);
  const [recovery, second, third] = done.body.recovery_codes;
  const byRecovery = await signIn('T4', 'sandbox', { totp: recovery.toLowerCase() });
  assert.equal(byRecovery.status, 201, byRecovery.text);
  assert.equal((await signIn('T4', 'sandbox', { totp: recovery })).status, 401);
  const again = client(byRecovery.body.token);
  assert.deepEqual((await again.get('/v1/totp')).body, { enabled: true, recovery_codes_left: 9 });
  assert.deepEqual(codes(await again.post('/v1/totp/removal', { password: 'no', code: second })), ['/password password-wrong']);
  const fresh = await again.post('/v1/totp/recovery-codes', { password: 'sandbox', code: third });
  assert.equal(fresh.status, 200, fresh.text);
  assert.equal(new Set([...fresh.body.recovery_codes, ...done.body.recovery_codes]).size, 20);
  assert.equal((await again.post('/v1/totp/removal', { password: 'sandbox', code: second })).status, 422, 'codes of the first ten are void');
  assert.equal((await again.post('/v1/totp/removal', { password: 'sandbox', code: fresh.body.recovery_codes[0] })).status, 200);
  assert.equal((await signIn('T4', 'sandbox')).status, 201);
});

test('G01.1 guesses: a pause for this client and account that grows, the same words whether the account exists', async () => {
  const own = await Server.start();
  try {
    const c = new Client(own.url);
    const guess = (account) => c.post('/v1/sessions', { account, password: 'guess' }, { key: null });
    const walk = async (account) => {
      const seen = [];
      for (let i = 0; i < 7; i++) {
        const r = await guess(account);
        delete r.body.trace;
        seen.push(r);
      }
      return seen;
    };
    const there = await walk(parties.T6), none = await walk('91330100MA2H00999X');
    assert.deepEqual(there.map((r) => r.status), [401, 401, 401, 401, 401, 429, 429]);
    assert.deepEqual(none.map((r) => r.status), there.map((r) => r.status));
    assert.deepEqual(none[0].body, there[0].body);
    assert.equal(none[5].body.code, there[5].body.code);
    const wait = Number(there[5].headers.get('retry-after'));
    assert.ok(wait > 50 && wait <= 60, `${wait}`);
    assert.equal((await c.post('/v1/sessions', { account: parties.T6, password: 'sandbox' }, { key: null })).status, 429, 'the right one waits too');
    assert.equal((await c.post('/v1/sessions', { account: parties.T1, password: 'sandbox' }, { key: null })).status, 201, 'another account does not');
    const log = await (await Client.signIn(own.url, '330106198203040042')).get('/v1/security/events?event=sign-in-paused');
    assert.ok(log.body.events.length >= 3 && !log.text.includes(parties.T6), 'in the security log, without the account');
    const now = Date.parse((await c.get('/v1/sandbox')).body.now);
    await c.post('/v1/sandbox/clock', { now: new Date(now + 61_000).toISOString() });
    assert.equal((await guess(parties.T6)).status, 401);
    assert.ok(Number((await guess(parties.T6)).headers.get('retry-after')) > 100, 'twice as long');
  } finally {
    await own.close();
  }
});

test('G01.1 sessions are listed and ended, one or all others', async () => {
  const a = await Client.signIn(server.url, 'T3'), b = await Client.signIn(server.url, 'T3'), c = await Client.signIn(server.url, 'T3');
  const list = (await a.get('/v1/sessions')).body.sessions;
  assert.equal(list.filter((s) => s.current).length, 1);
  assert.ok(list.length >= 3 && list.every((s) => s.kind === 'bearer' && s.created_at && s.expires_at), JSON.stringify(list));
  const mineOfB = (await b.get('/v1/sessions')).body.sessions.find((s) => s.current);
  assert.equal((await a.post(`/v1/sessions/${mineOfB.id}/revocation`)).status, 200);
  assert.equal((await b.get('/v1/identity')).status, 401);
  const t1 = await Client.signIn(server.url, 'T1');
  const own = (await a.get('/v1/sessions')).body.sessions.find((s) => s.current);
  assert.equal((await t1.post(`/v1/sessions/${own.id}/revocation`)).status, 404, "another's session is not there");
  assert.ok((await a.post('/v1/sessions/revocation')).body.ended >= 1);
  assert.equal((await c.get('/v1/identity')).status, 401);
  assert.equal((await a.get('/v1/identity')).status, 200);
});

test('G01.1 a session has an absolute end: 12 hours, 8 for officers', async () => {
  const now = await serverTime();
  const t2 = await Client.signIn(server.url, 'T2'), o1 = await Client.signIn(server.url, 'O1');
  await clock(now + 7 * 3600_000);
  assert.equal((await t2.get('/v1/identity')).status, 200);
  assert.equal((await o1.get('/v1/identity')).status, 200);
  await clock(now + 9 * 3600_000);
  assert.equal((await o1.get('/v1/identity')).body.code, 'session-expired');
  assert.equal((await t2.get('/v1/identity')).status, 200);
  await clock(now + 13 * 3600_000);
  assert.equal((await t2.get('/v1/identity')).status, 401);
});

test('G01.1 G02.1 the sandbox leaps to another day or month: a program signs in once; nobody is locked out by what failed later', async () => {
  const own = await Server.start();
  try {
    const at = new Client(own.url), leap = (now) => at.post('/v1/sandbox/clock', { now });
    const sign = (account, password = 'sandbox') => at.post('/v1/sessions', { account, password }, { key: null });
    await leap('2026-06-20T10:00:00+08:00');
    assert.equal((await sign(parties.T1, 'no')).status, 401);
    const t1 = await Client.signIn(own.url, 'T1');
    for (const now of ['2026-08-01T10:00:00+08:00', '2027-01-05T10:00:00+08:00', '2026-05-03T09:00:00+08:00']) {
      await leap(now);
      assert.equal((await t1.get('/v1/identity')).status, 200, now);
    }
    assert.equal((await sign(parties.T1)).status, 201, 'a failure of June pauses nobody in May');
    assert.equal((await sign(parties.T2)).status, 201);
  } finally { await own.close(); }
});

test('G01.1 numbers of accounts are read in either case', async () => {
  assert.equal((await signIn(parties.T6.toLowerCase(), 'sandbox')).status, 201);
  const t1 = await Client.signIn(server.url, 'P1');
  const as = await new Client(server.url, { token: t1.token, actingFor: parties.T1.toLowerCase() }).get('/v1/identity');
  assert.equal(as.status, 200, as.text);
  for (let i = 0; i < 6; i++) await signIn(i % 2 ? parties.T5 : parties.T5.toLowerCase(), 'guessed');
  assert.equal((await signIn(parties.T5, 'guessed')).status, 429, 'one account, one count');
});

/** A browser's sign-in: the cookie and what pages set afterwards. */
async function browser(account) {
  const jar = { cookie: '' };
  const ask = async (method, path, body) => {
    const r = await fetch(server.url + path, { method, redirect: 'manual',
      headers: { cookie: jar.cookie, ...(body ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) }, body: body && new URLSearchParams(body) });
    const set = r.headers.getSetCookie?.() ?? [r.headers.get('set-cookie')].filter(Boolean);
    for (const one of set) if (one.startsWith('__Host-etax=')) {
      jar.attributes = one;
      jar.cookie = one.split(';')[0];
    }
    const text = await r.text();
    jar.csrf = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? jar.csrf;
    return { status: r.status, text, location: r.headers.get('location') };
  };
  const r = await ask('POST', '/login', { account: parties[account], password: 'sandbox', next: '/identity' });
  assert.equal(r.status, 303, r.text);
  return { jar, ask };
}

test('G01.1 the cookie is bound to the host; it is renewed when the subject changes; idle for 30 minutes ends it', async () => {
  const { jar, ask } = await browser('P1');
  assert.match(jar.attributes, /^__Host-etax=[0-9a-f]{64}; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
  const first = jar.cookie, now = await serverTime();
  assert.equal((await ask('GET', '/identity')).status, 200);
  const switched = await ask('POST', '/identity', { as: parties.T1, _csrf: jar.csrf });
  assert.equal(switched.status, 303, switched.text);
  assert.notEqual(jar.cookie, first, 'rotated');
  const old = await fetch(server.url + '/identity', { headers: { cookie: first }, redirect: 'manual' });
  assert.equal(old.status, 303, 'the old cookie opens nothing');
  await clock(now + 25 * 60_000);
  assert.equal((await ask('GET', '/identity')).status, 200);
  await clock(now + 50 * 60_000);
  assert.equal((await ask('GET', '/identity')).status, 200, 'used 25 minutes ago');
  await clock(now + 81 * 60_000);
  assert.equal((await ask('GET', '/identity')).status, 303, 'left alone for 31 minutes');
});

test('G02.1 personal tokens: their scopes only, their subject only, no say over credentials, revoked at once', async () => {
  const t1 = await Client.signIn(server.url, 'T1'), p1 = await Client.signIn(server.url, 'P1');
  const made = await t1.post('/v1/tokens', { name: '对账', scopes: ['invoice.read'], days: 30 });
  assert.equal(made.status, 201, made.text);
  const token = client(made.body.token);
  assert.equal((await token.get('/v1/invoices')).status, 200);
  const lacking = await token.post('/v1/invoices', invoiceBody({ ref: 'x', buyer: { tax_id: parties.T3, name: '远帆纺织进出口有限公司' }, net: '1.00' }));
  assert.equal(lacking.status, 403);
  assert.match(lacking.body.detail, /开具发票/, 'says what is missing');
  for (const [path, body] of [['/v1/tokens', { name: 'more', scopes: ['invoice.issue'], days: 30 }], ['/v1/totp', {}], ['/v1/identity', { as: parties.T1 }],
    ['/v1/password', { current: 'sandbox', new: 'Quiet-Rain-77' }], ['/v1/sessions/revocation', {}]])
    assert.equal((await token.post(path, body)).body.code, 'token-not-enough', path);
  const clerk = await p1.as('T1').post('/v1/tokens', { name: 'clerk', scopes: ['registry.write', 'invoice.issue'], days: 1 });
  assert.deepEqual(codes(clerk), ['/scopes/0 token-wider'], 'nobody gives what he has not');
  const p1token = (await p1.as('T1').post('/v1/tokens', { name: 'clerk', scopes: ['invoice.read'], days: 1 })).body.token;
  assert.equal((await client(p1token).get('/v1/invoices')).status, 200);
  assert.equal((await client(p1token).as('P1').get('/v1/invoices')).body.code, 'token-other-subject');
  const wide = (await p1.as('T1').post('/v1/tokens', { name: 'all', scopes: ['invoice.read'], days: 1, any_subject: true })).body.token;
  assert.equal((await client(wide).as('P1').get('/v1/invoices')).status, 200);
  const [listed] = (await t1.get('/v1/tokens')).body.tokens;
  assert.deepEqual([listed.name, listed.scopes, listed.subject, listed.scope_titles], ['对账', 'invoice.read', '海川精密机械有限公司', ['查看发票']]);
  assert.equal((await t1.post(`/v1/tokens/${made.body.id}/revocation`)).status, 200);
  assert.equal((await token.get('/v1/invoices')).status, 401);
});

test('G01.8 roles: added with a receipt, at once in force, ended; the legal representative is the regulator’s', async () => {
  const t2 = await Client.signIn(server.url, 'T2'), p2 = client((await signIn('P2', 'Quiet-Rain-7')).body.token);
  assert.equal((await p2.as('T2').get('/v1/registration')).status, 403);
  const add = await t2.post('/v1/people', { person: parties.P2, role: 'invoicing_clerk' });
  assert.equal(add.status, 201, add.text);
  assert.ok(add.body.receipt.id);
  const reg = await p2.as('T2').get('/v1/registration');
  assert.equal(reg.status, 403);
  assert.match(reg.body.detail, /查看登记信息/);
  assert.equal((await p2.as('T2').get('/v1/invoices')).status, 200);
  assert.equal((await p2.as('T2').post('/v1/people', { person: parties.P1, role: 'tax_clerk' })).status, 403);
  assert.equal((await t2.post('/v1/people', { person: parties.P2, role: 'legal_representative' })).body.code, 'last-legal-representative');
  const listed = (await t2.get('/v1/people')).body.people.find((p) => p.role === 'invoicing_clerk');
  assert.deepEqual([listed.name, listed.person], ['李静', '330***********0028'], 'numbers are masked');
  assert.equal((await t2.post('/v1/people/removal', { person: parties.P2, role: 'invoicing_clerk' })).status, 200);
  assert.equal((await p2.as('T2').get('/v1/invoices')).status, 403);
});

test('G01.8 a mandate: scope, amount and end hold; revoked, the next call is refused', async () => {
  const t1 = await Client.signIn(server.url, 'T1'), now = await serverTime();
  let t5 = await Client.signIn(server.url, 'T5');
  const day = (n) => new Date(now + n * 86400_000 + 8 * 3600_000).toISOString().slice(0, 10);
  const bad = await t1.post('/v1/mandates', { agent: parties.T1, scopes: ['tax.file'], until: day(-1) });
  assert.deepEqual(codes(bad), ['/agent agent-is-self', '/until until-past']);
  const given = await t1.post('/v1/mandates', { agent: parties.T5, scopes: ['invoice.issue', 'invoice.read'], limit: '5000.00', until: day(3) });
  assert.equal(given.status, 201, given.text);
  const issue = (net) => t5.as('T1').post('/v1/invoices', invoiceBody({ ref: 'm' + net, buyer: { tax_id: parties.T3, name: '远帆纺织进出口有限公司' }, net }));
  assert.equal((await issue('4000.00')).status, 201);
  const over = await issue('6000.00');
  assert.equal(over.status, 403, over.text);
  assert.equal(over.body.code, 'mandate-limit');
  assert.match(over.body.detail, /5000\.00/);
  const other = await t5.as('T1').get('/v1/registration');
  assert.equal(other.status, 403);
  assert.match(other.body.detail, /查看登记信息/);
  assert.ok((await t5.get('/v1/identity')).body.subjects.some((s) => s.id === parties.T1 && s.role === 'agent'));
  const second = await t1.post('/v1/mandates', { agent: parties.T5, scopes: ['invoice.read'], until: day(30) });
  await clock(now + 4 * 86400_000);
  t5 = await Client.signIn(server.url, 'T5');
  assert.equal((await issue('1.00')).status, 403, 'has ended');
  assert.equal((await t5.as('T1').get('/v1/invoices')).status, 200);
  const t1again = await Client.signIn(server.url, 'T1');
  assert.equal((await t1again.post(`/v1/mandates/${second.body.id}/revocation`)).status, 200);
  const gone = await t5.as('T1').get('/v1/invoices');
  assert.equal(gone.status, 403);
  assert.equal(gone.body.code, 'no-mandate');
  const stranger = await t5.as('T2').get('/v1/invoices'), nobody = await t5.as('91330100MA2H00997N').get('/v1/invoices');
  for (const r of [stranger, nobody]) delete r.body.trace;
  assert.deepEqual(stranger.body, nobody.body, 'a firm that gave no mandate and one that is not there: the same words');
});

test('G01.4 enrolment at the counter: a code for the first password, once, 48 hours, without telling who exists', async () => {
  const o1 = await Client.signIn(server.url, 'O1');
  const event = { uscc: '91330100MA2H007274', name: '新桥木业有限公司', representative_name: '吴新桥', representative_id: '330106199206060019', established_on: '2026-11-01' };
  const registered = await o1.post('/v1/registrations', event);
  assert.equal(registered.status, 201, registered.text);
  assert.equal((await signIn(event.representative_id, 'sandbox')).status, 401, 'no password yet');
  assert.equal((await (await Client.signIn(server.url, 'T1')).post('/v1/enrolments', { person: event.representative_id })).status, 403);
  assert.equal((await o1.post('/v1/enrolments', { person: parties.O1 })).body.code, 'enrolment-self');
  const code = (await o1.post('/v1/enrolments', { person: event.representative_id })).body.code;
  assert.match(code, /^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
  const enrol = (account, c, password = 'Birch-Tree-5') => open.post('/v1/enrolment', { account, code: c, password }, { key: null });
  const wrong = await enrol(event.representative_id, 'AAAA-BBBB-CCCC-DDDD'), nobody = await enrol('330106199305050027', code);
  if (nobody.status !== 422) {
    for (const r of [wrong, nobody]) delete r.body.trace;
    assert.deepEqual(nobody.body, wrong.body);
  }
  assert.equal(wrong.status, 403);
  assert.deepEqual(codes(await enrol(event.representative_id, code, 'weak')), ['/password password-short']);
  assert.equal((await enrol(event.representative_id, code)).status, 200);
  assert.equal((await enrol(event.representative_id, code)).status, 403, 'once');
  const session = await signIn(event.representative_id, 'Birch-Tree-5');
  assert.equal(session.status, 201);
  assert.equal((await client(session.body.token, event.uscc).get('/v1/registration')).body.name, event.name);
});

test('G01.7 outside the sandbox: the first officer by the operator; without a second factor he handles nothing', async () => {
  const own = await Server.start({ sandbox: false });
  try {
    const db = own.database ? ['--db', own.database.url] : [];
    await own.stop();
    const bad = await runEtaxd(['officer', 'add', '--data', own.data, ...db, '--person', '33010619800101003Y', '--name', '赵老师', '--office', '13301060000', '--posts', 'registration']);
    assert.equal(bad.code, 1, bad.output);
    const made = await runEtaxd(['officer', 'add', '--data', own.data, ...db, '--person', parties.O1, '--name', '赵老师', '--office', '13301060000', '--posts', 'registration']);
    assert.equal(made.code, 0, made.output);
    const code = /code (\S+)/.exec(made.stdout)[1];
    await own.launch();
    const c = new Client(own.url);
    assert.equal((await c.post('/v1/enrolment', { account: parties.O1, code, password: 'Seven-Grey-Herons' }, { key: null })).status, 200);
    const first = await Client.signIn(own.url, 'O1', 'Seven-Grey-Herons');
    const event = { uscc: parties.T1, name: '海川精密机械有限公司', representative_name: '周海川', representative_id: '330106199206060019', established_on: '2026-11-01' };
    assert.equal((await first.post('/v1/registrations', event)).body.code, 'second-factor-missing');
    const { secret } = (await first.post('/v1/totp')).body;
    assert.equal((await first.post('/v1/totp/confirmation', { code: totp(secret, Date.now()) })).status, 200);
    const second = await c.post('/v1/sessions', { account: parties.O1, password: 'Seven-Grey-Herons', totp: totp(secret, Date.now() + 30_000) }, { key: null });
    assert.equal(second.status, 201, second.text);
    const strong = new Client(own.url, { token: second.body.token });
    const registered = await strong.post('/v1/registrations', event);
    assert.equal(registered.status, 201, registered.text);
  } finally {
    await own.close();
  }
});
