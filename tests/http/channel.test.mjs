// WeChat and short messages (A10.5, A10.6; A10.e1, e2): the same verdict and reasons as page and API; strangers, replays, old times.
import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { bodyOf } from '../lib/kinds.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { Server, runEtaxd } from '../lib/server.mjs';

const TOKEN = 'sandbox', APP = 'wx0000000000000001';
const AES_KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG', KEY = Buffer.from(`${AES_KEY}=`, 'base64');
const sha1 = (...parts) => createHash('sha1').update(parts.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).join('')).digest('hex');
let server, open, sold, reversed, shown, day;
const ok = (r, status = 200) => { assert.equal(r.status, status, r.text); return r.body; };
before(async () => {
  server = await Server.start();
  open = new Client(server.url);
  const t1 = await Client.signIn(server.url, 'T1');
  const buyer = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
  sold = ok(await t1.post('/v1/invoices', invoiceBody({ ref: 'c1', buyer, net: '1000.00' })), 201);
  reversed = ok(await t1.post('/v1/invoices', invoiceBody({ ref: 'c2', buyer, net: '2000.00' })), 201);
  ok(await t1.post(`/v1/invoices/${reversed.number}/reversal`, { reason: 'return' }), 201);
  shown = ok(await t1.get(`/v1/invoices/${sold.number}`));
  day = sold.issued_at.slice(0, 10);
  await eventually(() => open.get(`/v1/verify/invoices/${reversed.number}?total=2260.00`), (a) => a.body.verdict === 'reversed');
});
after(() => server.close());

const clock = async () => Math.floor(Date.parse(ok(await open.get('/healthz')).now) / 1000);
function head(timestamp, nonce = randomBytes(4).toString('hex'), token = TOKEN) {
  return { timestamp: String(timestamp), nonce, signature: sha1(token, String(timestamp), nonce) };
}
const post = (query, xml, type = 'text/xml') => open.post('/channels/wechat?' + new URLSearchParams(query), xml, { key: null, type });
let serial = 100;
const message = (type, members, { from = 'oUser1', id = ++serial, at = 1763894400 } = {}) => `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[${from}]]></FromUserName>`
  + `<CreateTime>${at}</CreateTime><MsgType><![CDATA[${type}]]></MsgType>${members}${id ? `<MsgId>${id}</MsgId>` : ''}</xml>`;
const text = (content, options) => message('text', `<Content><![CDATA[${content}]]></Content>`, options);
const content = (xml) => /<Content><!\[CDATA\[([\s\S]*?)\]\]><\/Content>/.exec(xml)?.[1];
async function wechat(xml) {
  const r = await post(head(await clock()), xml);
  assert.equal(r.status, 200, r.text);
  assert.match(r.headers.get('content-type'), /text\/xml/);
  return r.text;
}
const sms = (words, { from = '13800138000', client = open, ...key } = {}) => client.get('/channels/sms?' + new URLSearchParams({ from, text: words, ...key }));
/** Settings of a server that is stopped for them. */
async function configure(s, settings) {
  await s.stop();
  const args = ['--data', s.data, ...(s.database ? ['--db', s.database.url] : [])];
  for (const [name, value] of settings) assert.equal((await runEtaxd(['channel', 'set', ...args, name], value)).code, 0, name);
  await s.launch();
}

test('A10.5 the address is bound: signature and time, the echo comes back as it was', async () => {
  const now = await clock();
  const get = (query) => open.get('/channels/wechat?' + new URLSearchParams(query));
  const good = await get({ ...head(now), echostr: '5927782489442352469' });
  assert.deepEqual([good.status, good.text], [200, '5927782489442352469']);
  assert.equal((await get({ ...head(now), signature: 'afe7ad3e783bf47954babdf2425f60310852b87f', echostr: '1' })).status, 403);
  assert.equal((await get({ ...head(now, 'n', 'other'), echostr: '1' })).status, 403);
  for (const away of [-305, 305]) assert.equal((await get({ ...head(now + away), echostr: '1' })).status, 403, String(away));
});

test('A10.5 A10.6 A10.e1 A10.e2 one verdict and one code in page, API, WeChat, short message and voice', async () => {
  const cases = [
    [`CY ${sold.number} 1130.00`, 'valid', `/v1/public/invoices/${sold.number}?total=1130.00`],
    [`CY ${sold.number} ${day.replaceAll('-', '')} 1130.00`, 'valid', `/v1/public/invoices/${sold.number}?total=1130.00&date=${day}`],
    [`CY ${sold.number} 1130.01`, 'not-as-issued:total', `/v1/public/invoices/${sold.number}?total=1130.01`],
    [`CY ${sold.number} 20200101 1130.01`, 'not-as-issued:total,date', `/v1/public/invoices/${sold.number}?total=1130.01&date=2020-01-01`],
    [`CY ${reversed.number} 2260`, 'reversed', `/v1/public/invoices/${reversed.number}?total=2260.00`],
    ['CY 26332009999999999999 1.00', 'unknown', '/v1/public/invoices/26332009999999999999?total=1.00'],
  ];
  for (const [words, code, path] of cases) {
    const spoken = ok(await open.get(path));
    const api = ok(await open.get(path.replace('/public/', '/verify/')));
    assert.equal(spoken.code, code);
    assert.deepEqual([spoken.verdict, spoken.checked], [api.verdict, api.checked]);
    const short = (await sms(words)).text;
    assert.ok(short.includes(code), `${words}: ${short}`);
    assert.ok([...short].length <= 70 && short.length <= 70, `${short.length}: ${short}`);
    const chat = content(await wechat(text(words)));
    assert.ok(chat.includes(`\n${code} `), chat);
    if (code.startsWith('not-as-issued')) for (const said of [short, chat, spoken.spoken]) assert.ok(!said.includes('1130.00') && !said.includes('1,130'), said);
  }
  const spoken = ok(await open.get(`/v1/public/invoices/${sold.number}?total=1130.00`)).spoken;
  assert.match(spoken, /^真实有效。/);
  assert.match(spoken, /发票号码：二六三三，二零零零，/);
  assert.equal((await open.get(`/v1/public/invoices/${sold.number}`, { headers: { 'accept-language': 'en' } })).body.spoken.match(/2 6 3 3, 2 0 0 0/)?.length, 1);
});

test('A10.5 A10.6 QR codes of vehicles (types 83, 84): one verdict on the page, in the API, by WeChat and by short message', async () => {
  const t1 = await Client.signIn(server.url, 'T1');
  for (const [business, type] of [['vehicle_sale', '83'], ['used_car_sale', '84']]) {
    const { number } = ok(await t1.post('/v1/invoices', bodyOf(business)), 201);
    const car = ok(await t1.get(`/v1/invoices/${number}`));
    assert.ok(car.qr.startsWith(`01,${type},,${number},`), car.qr);
    await eventually(() => open.get(`/v1/verify/invoices/${number}`), (a) => a.body.verdict === 'valid');
    const bent = car.qr_signed.replace(/\|etax1\|(.{8})\|./, (all, id) => `|etax1|${id}|${all.endsWith('A') ? 'B' : 'A'}`);
    for (const [words, verdict, code] of [[car.qr, 'valid', 'valid'], [car.qr_signed, 'valid', 'valid'], [bent, 'not-as-issued', 'not-as-issued:forged']]) {
      const api = ok(await open.post('/v1/verify/qr', { text: words }, { key: null }));
      assert.deepEqual([api.verdict, api.number], [verdict, number], words);
      const page = await fetch(`${server.url}/verify/qr`, { method: 'POST', body: new URLSearchParams({ text: words }) });
      assert.match(await page.text(), verdict === 'valid' ? /真实有效/ : /与开具内容不一致/);
      assert.ok((await sms(words)).text.includes(code), words);
      assert.ok(content(await wechat(text(words))).includes(`\n${code} `), words);
    }
  }
});

test('A10.5 scan by the menu, voice, events, pictures; what is no question gets help', async () => {
  const scan = content(await wechat(message('event', `<Event>scancode_waitmsg</Event><EventKey>scan</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult><![CDATA[${shown.qr_signed}]]></ScanResult></ScanCodeInfo>`, { id: 0, at: 1763894401 })));
  assert.match(scan, /^真实有效\n/);
  assert.match(scan, /\nvalid /);
  const digits = [...sold.number].map((d) => '零一二三四五六七八九'[d]).join('');
  const voice = content(await wechat(message('voice', `<MediaId>m</MediaId><Format>amr</Format><Recognition><![CDATA[查验${digits}，一一三零点零零元]]></Recognition>`)));
  assert.match(voice, /\nvalid /);
  assert.match(content(await wechat(message('event', '<Event>subscribe</Event>', { id: 0, at: 1763894402 }))), /扫码查验/);
  assert.equal(await wechat(message('event', '<Event>unsubscribe</Event>', { id: 0, at: 1763894403 })), 'success');
  assert.match(content(await wechat(message('image', '<PicUrl>http://x</PicUrl><MediaId>m</MediaId>'))), /扫码查验/);
  assert.match(content(await wechat(text('你好'))), /26332000000000000001 1130\.00/);
  assert.match(content(await wechat(text('12345'))), /unreadable:words/);
});

test('A10.5 safe mode: what a client encrypts is read, and the answer can be decrypted; plain messages are refused', async (t) => {
  const other = await Server.start();
  t.after(() => other.close());
  await configure(other, [['wechat.token', TOKEN], ['wechat.appid', APP], ['wechat.aes_key', AES_KEY]]);
  const safe = new Client(other.url), now = Math.floor(Date.parse(ok(await safe.get('/healthz')).now) / 1000);
  const post = (query, xml) => safe.post('/channels/wechat?' + new URLSearchParams(query), xml, { key: null, type: 'text/xml' });
  const seal = (xml, app = APP) => {
    const body = Buffer.from(xml), length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    let plain = Buffer.concat([randomBytes(16), length, body, Buffer.from(app)]);
    const pad = 32 - (plain.length % 32);
    plain = Buffer.concat([plain, Buffer.alloc(pad, pad)]);
    const c = createCipheriv('aes-256-cbc', KEY, KEY.subarray(0, 16)).setAutoPadding(false);
    return Buffer.concat([c.update(plain), c.final()]).toString('base64');
  };
  const send = (encrypted, { signature } = {}) => {
    const h = head(now);
    return post({ ...h, openid: 'oUser1', encrypt_type: 'aes', msg_signature: signature ?? sha1(TOKEN, h.timestamp, h.nonce, encrypted) },
      `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`);
  };
  const r = await send(seal(text(`${sold.number} 1130.00`)));
  assert.equal(r.status, 200, r.text);
  const plainly = await post(head(now), text(`${sold.number} 1130.00`));
  assert.deepEqual([plainly.status, plainly.body?.type?.split('/').at(-1) ?? plainly.text], [403, 'wechat-plain']);
  const [encrypted, signature, at, nonce] = ['Encrypt', 'MsgSignature', 'TimeStamp', 'Nonce'].map((m) => new RegExp(`<${m}>(?:<!\\[CDATA\\[)?(.*?)(?:\\]\\]>)?</${m}>`).exec(r.text)[1]);
  assert.equal(signature, sha1(TOKEN, at, nonce, encrypted));
  const d = createDecipheriv('aes-256-cbc', KEY, KEY.subarray(0, 16)).setAutoPadding(false);
  let plain = Buffer.concat([d.update(Buffer.from(encrypted, 'base64')), d.final()]);
  plain = plain.subarray(16, plain.length - plain.at(-1));
  const n = plain.readUInt32BE();
  assert.equal(plain.subarray(4 + n).toString(), APP);
  assert.match(content(plain.subarray(4, 4 + n).toString()), /\nunknown /);
  assert.equal((await send(seal(text('x')), { signature: '0'.repeat(40) })).status, 403);
  assert.equal((await send(seal(text('x'), 'wx0000000000000002'))).status, 403);
  assert.equal((await send('AAAA')).status, 403);
  // the whole message under the signature of another
  assert.equal((await post({ ...head(now), encrypt_type: 'aes', msg_signature: sha1('x') }, text('x'))).status, 400);
});

test('A10.5 repeats get the same answer; replays, old and changed messages are refused and logged', async () => {
  const xml = text(`${sold.number} 1130.00`, { id: 555001 });
  const first = await wechat(xml);
  const again = await wechat(xml);
  assert.equal(content(again), content(first));
  assert.equal((await post(head(await clock()), text('26332000000000000001 1.00', { id: 555001 }))).status, 403, 'another text under the same id');
  // the protocol repeats three times; who has the message may not go on asking with it, nor put another under its head
  for (let i = 0; i < 2; i++) assert.equal(content(await wechat(xml)), content(first));
  assert.equal((await post(head(await clock()), xml)).status, 403, 'the fourth repeat');
  const captured = head(await clock());
  assert.equal((await post(captured, text(`${sold.number} 1130.00`, { id: 555003 }))).status, 200);
  assert.equal((await post(captured, text(`${sold.number} 1.00`, { id: 555004 }))).status, 403, 'another message under a captured head');
  assert.equal((await post(captured, text(`${sold.number} 1130.00`, { id: 555003, from: 'oUser2' }))).status, 403);
  assert.equal((await post(captured, text(`${sold.number} 1130.00`, { id: 555003 }))).status, 200, 'its own repeat');
  const old = head((await clock()) - 400);
  assert.equal((await post(old, text('x', { id: 555002 }))).status, 403);
  assert.equal((await post({ ...head(await clock()), signature: '0'.repeat(40) }, xml)).status, 403);
  const now = Date.parse(ok(await open.get('/healthz')).now);
  ok(await open.post('/v1/sandbox/clock', { now: new Date(now + 90_000).toISOString() }, { key: null }));
  assert.equal((await post(head(await clock()), xml)).status, 403, 'a minute later');
  const o2 = await Client.signIn(server.url, '330106198203040042');
  for (const event of ['wechat-replay', 'wechat-stale', 'wechat-signature'])
    await eventually(() => o2.get(`/v1/security/events?event=${event}`), (r) => r.body.events.length > 0);
});

test('A10.5 hostile messages: too large, a DTD, not XML, another kind', async () => {
  const h = async () => head(await clock());
  assert.equal((await post(await h(), text('x'.repeat(70_000)))).status, 413);
  assert.ok([400, 422].includes((await post(await h(), '<!DOCTYPE xml [<!ENTITY a "aaaa">]><xml><Content>&a;</Content></xml>')).status));
  for (const body of ['<xml>', 'hello', '<html/>', '<xml><MsgType>text</MsgType></xml>'])
    assert.ok([400, 422].includes((await post(await h(), body)).status), body);
  assert.equal((await post(await h(), '{}', 'application/json')).status, 415);
});

test('A10.6 short messages: strangers are refused and logged; help; a sender who asks too often is told', async () => {
  assert.equal((await open.get('/channels/sms?from=1&text=x')).status, 200, 'a sandbox without a key asks for none');
  assert.match((await sms('')).text, /^【电子税务局】发票查验请发：CY/);
  assert.ok((await sms('')).text.length <= 70);
  assert.match((await sms(shown.qr)).text, /valid/);
  const limited = await Server.start({ args: ['--rate-limit', 'on'] });
  try {
    const ask = (from) => new Client(limited.url).get('/channels/sms?' + new URLSearchParams({ from, text: 'CY 26332009999999999999', key: 'a-key' }));
    assert.deepEqual(ok(await new Client(limited.url).get('/v1/sandbox')).settings.map((s) => [s.name, s.value]), [['sms.key', ''], ['wechat.token', 'sandbox'], ['wechat.aes_key', '']]);
    await configure(limited, [['sms.key', 'a-key']]);
    assert.equal(ok(await new Client(limited.url).get('/v1/sandbox')).settings[0].value, null);
    for (const key of [{}, { key: 'wrong' }]) assert.equal((await sms('CY', { client: new Client(limited.url), ...key })).status, 403);
    const o2 = await Client.signIn(limited.url, '330106198203040042');
    await eventually(() => o2.get('/v1/security/events?event=sms-stranger'), (r) => r.body.events.length > 0);
    const said = [];
    for (let i = 0; i < 12; i++) said.push((await ask('13900139000')).text);
    assert.deepEqual(said.map((s) => /太频繁/.test(s)), [...Array(10).fill(false), true, true]);
    assert.match((await ask('13900139001')).text, /unknown/);
  } finally {
    await limited.close();
  }
});

test('A10.5 settings are set at the machine, by standard input', async () => {
  const other = await Server.start({ sandbox: false });
  try {
    const now = Math.floor(Date.now() / 1000), strange = new Client(other.url);
    assert.equal((await strange.get('/channels/wechat?' + new URLSearchParams({ ...head(now), echostr: 'yes' }))).status, 403, 'only a sandbox has a token of its own');
    assert.equal((await strange.get('/channels/sms?from=1&text=CY')).status, 403);
    await other.stop();
    const args = ['--data', other.data, ...(other.database ? ['--db', other.database.url] : [])];
    assert.equal((await runEtaxd(['channel', 'set', ...args, 'sms.from'], '10.0.0.1')).code, 0);
    for (const [name, value, code] of [['wechat.token', 'abc\n', 0], ['wechat.appid', 'wx1', 0], ['wechat.aes_key', 'short', 1], ['nothing', 'x', 1]])
      assert.equal((await runEtaxd(['channel', 'set', ...args, name], value)).code, code, name);
    assert.equal((await runEtaxd(['channel', 'set'])).code, 2);
    await other.launch();
    const r = await new Client(other.url).get('/channels/wechat?' + new URLSearchParams({ ...head(now, 'n', 'abc'), echostr: 'yes' }));
    assert.equal(r.text, 'yes');
  } finally {
    await other.close();
  }
});

test('A10.d a token for work, not a picture puzzle: more calls a minute without an account', async () => {
  const limited = await Server.start({ args: ['--rate-limit', 'on'] });
  try {
    const anyone = new Client(limited.url), items = [{ number: '26332009999999999999', total: '1.00' }];
    const c = ok(await anyone.post('/v1/verify/tokens', {}, { key: null }));
    assert.deepEqual([c.bits, c.token], [18, null]);
    assert.equal((await anyone.post('/v1/verify/tokens', { challenge: c.challenge, nonce: 'no' }, { key: null })).status, 409);
    let nonce = 0;
    while (createHash('sha256').update(`${c.challenge}.${nonce}`).digest().readUInt32BE() >>> 14) nonce++;
    const solved = { challenge: c.challenge, nonce: String(nonce) };
    const { token } = ok(await anyone.post('/v1/verify/tokens', solved, { key: null }));
    assert.equal(ok(await anyone.post('/v1/verify/tokens', solved, { key: null })).token, token, 'one solution, one token');
    const plain = [], bulk = [];
    for (let i = 0; i < 130; i++) plain.push((await anyone.post('/v1/verify/invoices', { items }, { key: null })).status);
    for (let i = 0; i < 200; i++) bulk.push((await anyone.post(`/v1/verify/tokens/${token}/invoices`, { items }, { key: null })).status);
    assert.ok(plain.includes(429), 'without a token 120 a minute');
    assert.deepEqual([...new Set(bulk)], [200]);
    const [one] = ok(await anyone.post(`/v1/verify/tokens/${token}/invoices`, { items }, { key: null })).results;
    assert.equal(one.verdict, 'unknown');
    for (const bad of [token.slice(0, -1) + (token.endsWith('0') ? '1' : '0'), c.challenge, 'x', `9${token}`])
      assert.equal((await anyone.post(`/v1/verify/tokens/${bad}/invoices`, { items }, { key: null })).status, 403, bad);
    assert.equal((await anyone.post('/v1/verify/tokens', { challenge: `9${c.challenge}`, nonce: '1' }, { key: null })).status, 409);
    assert.equal((await anyone.post(`/v1/verify/tokens/${token}/invoices`, { items: Array(1001).fill(items[0]) }, { key: null })).status, 422);
  } finally {
    await limited.close();
  }
});
