// Paying and certificates as a person sees them: with and without JavaScript, at 1280 and 360 px (A05.16, A07.7, A07.12).
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { test as plain } from 'node:test';
import { openBrowser, overflow, violations } from '../lib/browser.mjs';
import { Client, eventually, parties } from '../lib/client.mjs';
import { clockOf, forward, owing, setClock } from '../lib/owing.mjs';
import { Server } from '../lib/server.mjs';

let server;
const test = (title, run) => plain(title, async () => {
  server = await Server.start();
  try {
    await run();
  } finally {
    await server.close();
  }
});
const shots = process.env.ETAX_SCREENSHOTS;
if (shots) mkdirSync(shots, { recursive: true });

/** axe can not run where JavaScript is off (its promises never come); the same pages at the same width are run with it on. */
async function good(browser, name, axe = browser.axe) {
  const { page } = browser;
  if (axe) assert.deepEqual(await violations(page), [], `axe: ${page.url()}`);
  assert.ok(await overflow(page) <= 0, `stands out sideways: ${page.url()}`);
  assert.ok(!/\{\{|\}\}/.test(await page.content()));
  assert.deepEqual(browser.faults, []);
  if (shots) await page.screenshot({ path: `${shots}/${name}-${page.viewportSize().width}.png`, fullPage: true });
}

async function signIn(page, account) {
  await page.goto(server.url + '/login');
  await page.locator('input[name=account]').fill(parties[account]);
  await page.locator('#f-password').fill('sandbox');
  await Promise.all([page.waitForNavigation(), page.locator('form:has(#f-password) button').first().click()]);
}
const click = (page, what) => Promise.all([page.waitForNavigation(), page.locator(what).first().click()]);

for (const [account, width, javaScript] of [['T1', 1280, true], ['T3', 360, true], ['T4', 360, false]]) {
  test(`A05.16 A07.7 A07.12 choose, pay, see the result, get the certificate, check it: ${width} px, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
    const { [account]: who } = await owing(server.url, [account], '400000.00');
    const browser = await openBrowser({ width, javaScript });
    browser.axe = javaScript;
    const { page } = browser;
    try {
      await page.goto(server.url + '/verify/certificates');
      await good(browser, 'check-form');
      await signIn(page, account);
      await page.goto(server.url + '/payments');
      await good(browser, 'payments-empty');
      await page.goto(server.url + '/certificates/new');
      await good(browser, 'certificate-new-empty');
      await page.goto(server.url + '/payments/new');
      assert.match(await page.textContent('main'), /58,240\.00/);
      assert.match(await page.textContent('main'), /伍万捌仟贰佰肆拾圆整/);
      await good(browser, 'pay-new');
      // choose less, have it summed up by the server
      for (const box of (await page.locator('input[name=obligations]').all()).slice(1)) await box.uncheck();
      await click(page, 'button[name=_again]');
      assert.match(await page.textContent('aside'), /¥52,000\.00/);
      // none chosen: said at its place
      await page.locator('input[name=obligations]').first().uncheck();
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('#errors'), /要缴的项目/);
      await good(browser, 'pay-error');
      await page.goto(server.url + '/payments/new');
      await new Client(server.url).post('/v1/sandbox/bank/faults', { fault: 'hold', times: 1 });
      await click(page, 'main .btn-primary');
      assert.match(page.url(), /\/payments\/\d+$/);
      assert.match(await page.textContent('h1'), /正在/);
      if (!javaScript) await good(browser, 'pay-waiting'); // with it the page looks again by itself, under axe's feet
      await page.goto(server.url + '/payments/new'); // the same items wait in this order
      assert.match(await page.textContent('main'), /扣款中/);
      await page.goBack();
      const order = `/v1${new URL(page.url()).pathname}`;
      while ((await who.client.get(order)).body.status !== 'sent') await page.waitForTimeout(50); // the minute counts from the bank's word
      await forward(server.url, 61);
      await page.waitForTimeout(800);
      if (javaScript) await page.waitForFunction(() => /扣款成功/.test(document.querySelector('h1')?.textContent), null, { timeout: 15_000 });
      else await click(page, 'a:has-text("看看有结果没有")');
      assert.match(await page.textContent('h1'), /扣款成功/);
      await good(browser, 'pay-paid');
      await page.goto(server.url + '/payments');
      await good(browser, 'payments');
      await page.goBack();
      await click(page, 'a:has-text("开完税证明")');
      assert.match(await page.textContent('main'), /58,240\.00/);
      assert.equal(await page.inputValue('#f-period'), who.period);
      await good(browser, 'certificate-new');
      await page.locator('#f-period').fill('2019-01');
      await click(page, 'button.btn:not(.btn-primary):has-text("开具")');
      assert.match(await page.textContent('#errors'), /2019-01 没有已经入账的缴款/);
      await good(browser, 'certificate-error');
      await click(page, 'td .btn-primary');
      assert.match(page.url(), /\/certificates\/\d{18}$/);
      await good(browser, 'certificate-show');
      const number = page.url().slice(-18), code = (await page.textContent('.et-receipt .et-code')).trim();
      const cookie = (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join('; ');
      const pdf = await fetch(`${server.url}/certificates/${number}.pdf`, { headers: { cookie } });
      assert.equal(Buffer.from(await pdf.arrayBuffer()).subarray(0, 5).toString(), '%PDF-');
      await page.goto(server.url + '/certificates');
      await good(browser, 'certificates');
      await page.context().clearCookies();
      await page.goto(server.url + '/verify/certificates');
      await page.locator('#f-number').fill(number);
      await page.locator('#f-code').fill(code.toLowerCase());
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('.is-ok'), /真实有效/);
      assert.match(await page.textContent('main'), /58,240\.00/);
      await good(browser, 'check-valid');
      await page.locator('#f-code').fill('AAAAAAAAAAAAAAAA');
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('.is-bad'), /没有查到/);
      await good(browser, 'check-unknown');
      await page.goto(server.url + `/verify/certificates?number=${number}&code=${code}&lang=en`);
      assert.match(await page.textContent('.is-ok'), /genuine/i);
      await good(browser, 'check-valid-en');
      // the treasury's date is the same on the payment, once the bank's file agrees
      const paidOn = (await clockOf(server.url)).slice(0, 10);
      assert.equal(await page.textContent('td:nth-child(4)'), paidOn);
      await setClock(server.url, new Date(Date.parse(`${paidOn}T01:00:30+08:00`) + 86400_000).toISOString());
      const officer = await Client.signIn(server.url, 'O1');
      await eventually(() => officer.get(`/v1/reconciliations/bank-simulator/${paidOn}`), (r) => r.body?.balanced, 15_000);
      await signIn(page, account);
      await page.goto(`${server.url}${order.slice(3)}?lang=zh`);
      assert.equal(await page.getAttribute('.et-time li:has-text("税款入库") time', 'datetime'), paidOn);
      await good(browser, 'pay-treasury');
    } finally {
      await browser.close();
    }
  });
}

test('A05.16 the officer reconciles a day; a refused payment says why', async () => {
  const { T4 } = await owing(server.url, ['T4']);
  await new Client(server.url).post('/v1/sandbox/bank/faults', { fault: 'refuse', times: 1 });
  const browser = await openBrowser({ width: 360 });
  browser.axe = true;
  const { page } = browser;
  try {
    await signIn(page, 'T4');
    await page.goto(server.url + '/payments/new');
    await click(page, 'main .btn-primary');
    await page.waitForFunction(() => /扣款失败/.test(document.querySelector('h1')?.textContent), null, { timeout: 15_000 });
    assert.match(await page.textContent('main'), /账户余额不足/);
    await good(browser, 'pay-failed');
    await click(page, 'a:has-text("重新缴款")');
    await click(page, 'main .btn-primary');
    await page.waitForFunction(() => /扣款成功/.test(document.querySelector('h1')?.textContent), null, { timeout: 15_000 });
    const day = (await T4.client.get('/healthz')).body.now.slice(0, 10);
    await setClock(server.url, new Date(Date.parse(`${day}T00:20:00+08:00`) + 86400_000).toISOString());
    await page.context().clearCookies();
    await signIn(page, 'O1');
    await page.goto(server.url + '/reconciliations');
    await good(browser, 'reconciliations-empty');
    await page.locator('#f-day').fill(day.replace(/^20/, '20'));
    await click(page, 'main .btn-primary');
    assert.match(page.url(), new RegExp(`/reconciliations/bank-simulator/${day}$`));
    assert.match(await page.textContent('main'), /差额 0\.00/);
    await good(browser, 'reconciliation');
    await new Client(server.url).post('/v1/sandbox/bank/faults', { fault: 'extra', times: 1 });
    await page.goto(server.url + '/reconciliations');
    await page.locator('#f-day').fill(day);
    await click(page, 'main .btn-primary');
    assert.match(await page.textContent('main'), /长款/);
    await good(browser, 'reconciliation-open');
    await page.goto(server.url + '/reconciliations');
    await good(browser, 'reconciliations');
  } finally {
    await browser.close();
  }
});
