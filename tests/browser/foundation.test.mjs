// Account and registration pages as people use them: sign-in, people and mandates, tokens, two factors, own data, who read it,
// the public check; at 1280 and 360 px, with and without JavaScript (G01, A04.2–A04.4, A04.7, A04.15).
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { openBrowser, overflow, violations } from '../lib/browser.mjs';
import { Client, parties } from '../lib/client.mjs';
import { Server } from '../lib/server.mjs';

const shots = process.env.ETAX_SHOTS; // a folder for screenshots, when somebody wants to look
let server;
before(async () => { server = await Server.start(); if (shots) mkdirSync(shots, { recursive: true }); });
after(() => server.close());

async function good(b, name) {
  if (b.scripts !== false) assert.deepEqual(await violations(b.page), [], name); // axe itself needs scripts
  assert.ok((await overflow(b.page)) <= 0, `${name} stands out at the right`);
  assert.ok(!/\{\{|\}\}/.test(await b.page.content()), `${name}: a tag is left`);
  if (shots) await b.page.screenshot({ path: `${shots}/${name}-${b.page.viewportSize().width}.png`, fullPage: true });
}

async function visit(b, path, name) {
  const r = await b.page.goto(server.url + path);
  assert.equal(r.status(), 200, `${path}: ${r.status()}`);
  await good(b, name || path.slice(1).replace(/\W+/g, '-'));
}

const press = (b, selector) => Promise.all([b.page.waitForNavigation(), b.page.locator(selector).first().click()]);

async function signIn(b, account) {
  await visit(b, '/login?next=/identity', 'login');
  await b.page.fill('input[name=account]', parties[account] || account);
  await b.page.fill('input[name=password]', 'sandbox');
  await press(b, 'main button.btn-primary');
  assert.equal(new URL(b.page.url()).pathname, '/identity', await b.page.locator('main').innerText());
}

const totp = (base32, ms) => {
  const bits = [...base32].map((ch) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(ch).toString(2).padStart(5, '0')).join('');
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(ms / 30000)));
  const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((x) => parseInt(x, 2)))).update(counter).digest(), at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
};

for (const [width, javaScript] of [[1280, true], [360, false]]) {
  test(`A04.2 A04.3 A04.4 own data, a change, an account, at ${width} px${javaScript ? '' : ' without JavaScript'}`, async () => {
    const b = Object.assign(await openBrowser({ width, javaScript }), { scripts: javaScript });
    try {
      await signIn(b, 'T1');
      await good(b, 'identity');
      await visit(b, '/registration');
      const main = () => b.page.locator('main').innerText();
      assert.match(await main(), /市场监管登记/);
      await b.page.selectOption('#f-field', 'phone');
      await b.page.fill('[name=value]', 'not a phone');
      await press(b, '#change button');
      assert.equal(await b.page.locator('.et-error').first().innerText(), '联系电话是 7 到 20 位数字，可以有 + 和短横线');
      assert.equal(await b.page.inputValue('[name=value]'), 'not a phone', 'what was typed is still there');
      await good(b, 'registration-fault');
      await b.page.fill('[name=value]', `0571-8000${width}`);
      await press(b, '#change button');
      assert.equal(new URL(b.page.url()).pathname, '/registration');
      assert.match(await main(), new RegExp(`0571-8000${width}`));
      await b.page.fill('[name=bank]', '杭州银行滨江支行');
      await b.page.fill('[name=account]', `6222 0000 0000 ${width}`.padEnd(19, '7'));
      await press(b, 'form[action="/registration/accounts"] button');
      assert.match(await main(), /杭州银行滨江支行/);
      await press(b, '#accounts button');
      assert.match(await main(), /还没有报告存款账户/);
      assert.deepEqual(b.faults, []);
    } finally {
      await b.close();
    }
  });

  test(`G01.8 G02.1 people, mandates, tokens, sessions at ${width} px${javaScript ? '' : ' without JavaScript'}`, async () => {
    const b = Object.assign(await openBrowser({ width, javaScript }), { scripts: javaScript });
    try {
      await signIn(b, 'T2');
      const main = () => b.page.locator('main').innerText();
      await visit(b, '/people');
      await b.page.fill('form[action="/people"] [name=person]', parties.P2);
      await b.page.selectOption('form[action="/people"] [name=role]', 'tax_clerk');
      await press(b, 'form[action="/people"] button');
      assert.match(await main(), /李静[\s\S]*办税员/);
      await b.page.fill('#end-person', parties.P2);
      await b.page.selectOption('#end-role', 'tax_clerk');
      await press(b, '#remove button');
      assert.ok(!/李静/.test(await main()));
      await visit(b, '/mandates');
      await press(b, 'form[action="/mandates"] button');
      assert.equal(await b.page.locator('.et-errors').count(), 1, 'an empty form comes back with its faults');
      await good(b, 'mandates-faults');
      await b.page.fill('[name=agent]', parties.T5);
      await b.page.check('input[name=scopes][value="tax.file"]');
      await b.page.fill('[name=limit]', '50000.00');
      await b.page.fill('[name=until]', '2099-12-31');
      await press(b, 'form[action="/mandates"] button');
      assert.match(await main(), /正衡税务师事务所[\s\S]*50,000\.00/);
      await good(b, 'mandates-given');
      await press(b, 'form[action$="/revocation"] button');
      assert.match(await main(), /已终止/);
      await visit(b, '/tokens');
      await b.page.fill('[name=name]', '对账程序');
      await b.page.check('input[name=scopes][value="invoice.read"]');
      await b.page.fill('[name=days]', '30');
      await press(b, 'form[action="/tokens"] button');
      const token = await b.page.locator('dd.et-code').innerText();
      assert.equal((await new Client(server.url, { token: token.trim() }).get('/v1/invoices')).status, 200);
      await good(b, 'token');
      await visit(b, '/tokens', 'tokens-one');
      await press(b, 'form[action$="/revocation"] button');
      assert.equal((await new Client(server.url, { token: token.trim() }).get('/v1/invoices')).status, 401);
      await visit(b, '/sessions');
      assert.match(await main(), /当前/);
      await visit(b, '/password');
      await b.page.fill('[name=current]', 'sandbox');
      await b.page.fill('[name=new]', 'short');
      await press(b, 'form[action="/password"] button');
      assert.match(await main(), /至少 8 个字符/);
      assert.match(await main(), /请重新输入密码/);
      assert.doesNotMatch(await main(), /没有丢失/, 'passwords are not sent back');
      await good(b, 'password-fault');
      await visit(b, '/access');
      await visit(b, '/ledger');
      assert.deepEqual(b.faults, []);
    } finally {
      await b.close();
    }
  });
}

test('G01.3 two factors: the picture, the code, recovery codes, the next sign-in', async () => {
  const b = await openBrowser();
  try {
    await signIn(b, 'P2');
    await visit(b, '/totp');
    await press(b, 'form[action="/totp"] button');
    assert.equal(await b.page.locator('main svg[role=img]').count(), 1);
    await good(b, 'totp-new');
    const secret = (await b.page.locator('span.et-code').innerText()).trim();
    await b.page.fill('[name=code]', totp(secret, Date.now()));
    await press(b, 'form[action="/totp/confirmation"] button');
    assert.equal(await b.page.locator('.et-checks li').count(), 10);
    await good(b, 'recovery-codes');
    await visit(b, '/totp', 'totp-on');
    await b.context.clearCookies();
    await b.page.goto(server.url + '/login');
    await b.page.fill('input[name=account]', parties.P2);
    await b.page.fill('input[name=password]', 'sandbox');
    await press(b, 'main button.btn-primary');
    assert.match(await b.page.locator('main').innerText(), /请输入 6 位口令/);
    await good(b, 'login-totp');
    await b.page.fill('input[name=account]', parties.P2);
    await b.page.fill('input[name=password]', 'sandbox');
    await b.page.fill('input[name=totp]', totp(secret, Date.now() + 30_000));
    await press(b, 'main button.btn-primary');
    assert.ok(!/login/.test(b.page.url()), b.page.url());
  } finally {
    await b.close();
  }
});

for (const [width, javaScript] of [[1280, true], [360, false]])
  test(`A04.15 G01.8 the purpose is asked for where it is missing; a person gets on to the firm, at ${width} px${javaScript ? '' : ' without JavaScript'}`, async () => {
    const b = Object.assign(await openBrowser({ width, javaScript }), { scripts: javaScript });
    const main = () => b.page.locator('main').innerText();
    try {
      await signIn(b, 'O1');
      assert.equal((await b.page.goto(`${server.url}/registrations/${parties.T1}`)).status(), 403);
      assert.doesNotMatch(await main(), /Etax-Purpose/);
      if (javaScript) assert.equal(await b.page.evaluate(() => document.activeElement.name), 'purpose');
      await good(b, 'purpose-missing');
      await b.page.fill('main [name=purpose]', '核实电话');
      await press(b, 'main .et-panel button');
      assert.match(await main(), /海川精密机械有限公司/);
      await b.page.goto(server.url + '/?size=large');
      assert.equal(await b.page.locator('a[href*="size=normal"]').first().evaluate((a) => a.compareDocumentPosition(document.querySelector('main')) & 4), 4, 'the way back stands on top');
      const sprite = await (await b.page.request.get(server.url + (await b.page.locator('.et-big use').first().getAttribute('href')).split('#')[0])).text();
      for (const use of await b.page.locator('.et-big use').all()) assert.ok(sprite.includes(`id="${(await use.getAttribute('href')).split('#')[1]}"`));
      await b.page.goto(server.url + '/?size=normal');
      await b.page.goto(server.url + '/nothing/here');
      assert.match(await b.page.title(), /^.{4,} – 电子税务局$/);
      await b.context.clearCookies();
      await visit(b, '/login?next=/quota', 'login-quota');
      await b.page.fill('input[name=account]', parties.P1);
      await b.page.fill('input[name=password]', 'sandbox');
      await press(b, 'main button.btn-primary');
      assert.equal(new URL(b.page.url()).pathname, '/quota');
      assert.equal(await b.page.locator('main a[href="/agency/requests/new"]').count(), 1);
      await good(b, 'firm-only');
      await press(b, `main button[value="${parties.T1}"]`);
      assert.equal(new URL(b.page.url()).pathname, '/quota', 'on to where it was asked for');
      assert.match(await main(), /发票总额度 7,500,000.00/);
    } finally {
      await b.close();
    }
  });

for (const width of [1280, 360])
  test(`A04.7 A04.15 the public check and the officer's file at ${width} px`, async () => {
    const b = await openBrowser({ width });
    try {
      await visit(b, '/public/taxpayers', 'public-search');
      await b.page.fill('[name=uscc]', '91330100MA2H000143');
      await press(b, 'aside button');
      assert.match(await b.page.locator('main').innerText(), /第 18 位应为 2/);
      await good(b, 'public-fault');
      await visit(b, `/public/taxpayers?uscc=${parties.T1}`, 'public-found');
      assert.match(await b.page.locator('main').innerText(), /海川精密机械有限公司[\s\S]*SM2/);
      await visit(b, '/enrolment');
      await signIn(b, 'O1');
      await visit(b, '/registrations?q=' + encodeURIComponent('海川'), 'registrations');
      await b.page.fill('[name=purpose]', '核实注册地址');
      await press(b, 'td button');
      assert.match(await b.page.locator('main').innerText(), /已经记录/);
      await good(b, 'registrations-show');
      await visit(b, '/enrolments');
      await b.page.fill('[name=person]', parties.P1);
      await press(b, 'form[action="/enrolments"] button');
      assert.match(await b.page.locator('main').innerText(), /[A-Z2-7]{4}-[A-Z2-7]{4}/);
      await good(b, 'enrolment-code');
      await b.context.clearCookies();
      await signIn(b, 'T1');
      await visit(b, '/access', 'access-read');
      assert.match(await b.page.locator('main').innerText(), /赵老师[\s\S]*核实注册地址/);
      await b.context.clearCookies();
      await signIn(b, '330106198203040042');
      await visit(b, '/security/events', 'security-events');
      const t1 = await Client.signIn(server.url, 'T1');
      const { receipt } = (await t1.post('/v1/registration/changes', { field: 'email', value: `w${width}@haichuan.example` })).body;
      await b.context.clearCookies();
      await signIn(b, 'T1');
      await visit(b, `/receipts/${receipt.id}`, 'receipt');
    } finally {
      await b.close();
    }
  });
