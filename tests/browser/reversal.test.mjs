// Red letters by hand: the seller alone, one side asking and the other answering within 72 hours, a part, a refusal, a
// withdrawal, the clock that runs out; with and without JavaScript, at 1280 and 360 px (A09.1, A09.5, A09.e5).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from '../lib/browser.mjs';
import { Client, eventually, parties } from '../lib/client.mjs';
import { forward } from '../lib/owing.mjs';
import { click, good, signIn } from '../lib/pages.mjs';
import { Server } from '../lib/server.mjs';

const T3 = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
let server;
const ok = (r, status = 200) => { assert.equal(r.status, status, r.text); return r.body; };
before(async () => { server = await Server.start(); });
after(async () => {
  const fsck = await server.fsck();
  await server.close();
  assert.equal(fsck.code, 0, fsck.output);
});

const line = (name, quantity, price) => ({ tax_code: '1090105030000000000', name, rate: '0.13', unit: '台', quantity, price });
async function sell(booked) {
  const t1 = await Client.signIn(server.url, 'T1'), t3 = await Client.signIn(server.url, 'T3');
  const v = ok(await t1.post('/v1/invoices', { kind: 'special', buyer: T3, lines: [line('车床', '10', '100'), line('铣床', '2', '500')] }), 201);
  await eventually(() => t3.get(`/v1/input-credits`), (a) => a.body.invoices.some((i) => i.number === v.number));
  if (booked) ok(await t3.post('/v1/input-credits', { period: v.issued_at.slice(0, 7), numbers: [v.number] }), 201);
  return v;
}

for (const [width, javaScript] of [[1280, true], [360, true], [360, false]]) {
  const js = javaScript ? 'with' : 'without';
  test(`A09.1 the seller alone, before the buyer has booked it: ${width} px, ${js} JavaScript`, async () => {
    const v = await sell(false);
    const browser = await openBrowser({ width, javaScript });
    browser.axe = javaScript;
    const { page } = browser;
    try {
      await signIn(page, server.url, 'T3');
      await page.goto(`${server.url}/invoices/${v.number}/reversal`);
      assert.match(await page.textContent('main'), /请销售方直接开红字发票/);
      assert.equal(await page.locator('main form').count(), 0);
      await good(browser, 'reversal-buyer-unbooked');
      await signIn(page, server.url, 'T1');
      await page.goto(server.url + '/reversals');
      await good(browser, 'reversals-before');
      await page.goto(server.url + '/reversals/new');
      await good(browser, 'reversal-choose');
      await page.locator('#f-number').fill(v.number);
      await click(page, 'aside .btn-primary');
      assert.equal(await page.locator('tbody tr').count(), 1);
      await good(browser, 'reversal-choose-number');
      await click(page, 'tbody a.btn');
      await good(browser, 'reversal-start');
      await click(page, '.btn-danger');
      assert.match(await page.textContent('#errors'), /红冲原因/);
      await good(browser, 'reversal-no-reason');
      await page.locator('input[value=return]').check();
      await click(page, '.btn-danger');
      assert.match(await page.textContent('.et-verdict.is-ok'), /红字发票已开出/);
      assert.match(await page.textContent('main'), /2,260\.00/);
      assert.equal(await page.locator('main form').count(), 0, 'nothing is left to be reversed');
      await good(browser, 'reversal-done');
      const red = (await page.getAttribute('.btn-primary', 'href')).slice(-20);
      await page.goto(`${server.url}/invoices/${red}/reversal`);
      assert.match(await page.textContent('main'), /这张本身是红字发票/);
      await good(browser, 'reversal-of-red');
      await page.goto(server.url + '/reversals?state=done');
      assert.match(await page.textContent('tbody'), new RegExp(v.number));
      await good(browser, 'reversals');
    } finally {
      await browser.close();
    }
  });

  test(`A09.5 a part, asked for by the seller, agreed to by the buyer: ${width} px, ${js} JavaScript`, async () => {
    const v = await sell(true);
    const browser = await openBrowser({ width, javaScript });
    browser.axe = javaScript;
    const { page } = browser;
    const row = (name) => page.locator('tr', { hasText: name });
    try {
      await signIn(page, server.url, 'T1');
      await page.goto(`${server.url}/invoices/${v.number}/reversal`);
      await page.locator('input[value=allowance]').check();
      await page.locator('#f-lines summary').click();
      await good(browser, 'reversal-part');
      await row('铣床').locator('input[type=checkbox]').check();
      await row('铣床').locator('input[name$=amount]').fill('1000.01');
      await click(page, '.btn-danger');
      assert.match(await page.textContent('#errors'), /最多还能红冲 1000\.00 元/);
      assert.match(await row('铣床').textContent(), /最多还能红冲/);
      assert.ok(await row('铣床').locator('input[type=checkbox]').isChecked());
      assert.ok(await page.locator('input[value=allowance]').isChecked());
      assert.equal(await row('车床').locator('input[type=checkbox]').isChecked(), false);
      await good(browser, 'reversal-part-error');
      await row('铣床').locator('input[name$=amount]').fill('200');
      await row('车床').locator('input[type=checkbox]').check();
      await row('车床').locator('input[name$=quantity]').fill('3');
      await click(page, '.btn-danger');
      assert.match(await page.textContent('.et-verdict'), /已申请，等对方确认/);
      assert.match(await page.textContent('.et-clock'), /还剩 7[12] 小时/);
      assert.match(await page.textContent('main'), /565\.00/); // (300 + 200) and 13 %
      await good(browser, 'reversal-waits');
      // the other side: to-do, list, page
      await signIn(page, server.url, 'T3');
      await page.goto(server.url + '/todos');
      await click(page, `main a[href="/invoices/${v.number}/reversal"]`);
      assert.match(await page.textContent('.et-verdict'), /等您答复/);
      assert.match(await page.textContent('main'), /铣床[^]*200\.00[^]*车床[^]*3/);
      await good(browser, 'reversal-decide');
      await page.goto(server.url + '/reversals?state=open');
      await good(browser, 'reversals-open');
      await click(page, `th a[href$="${v.number}/reversal"]`);
      await click(page, 'button[value=confirm]');
      assert.match(await page.textContent('.et-verdict.is-ok'), /红字发票已开出/);
      await good(browser, 'reversal-agreed');
      await page.goto(server.url + '/input-credits');
      assert.match(await page.textContent('.et-figures'), /红字转出65\.00|红字转出\d/);
      // the rest can still be reversed: what is left is told
      await signIn(page, server.url, 'T1');
      await page.goto(`${server.url}/invoices/${v.number}/reversal`);
      assert.match(await page.textContent('main form'), /1,500\.00/);
      await good(browser, 'reversal-rest');
    } finally {
      await browser.close();
    }
  });

  test(`A09.5 the buyer asks: refused, asked again and withdrawn, asked again and lapsed: ${width} px, ${js} JavaScript`, async () => {
    const v = await sell(true);
    const browser = await openBrowser({ width, javaScript });
    browser.axe = javaScript;
    const { page } = browser;
    const address = `${server.url}/invoices/${v.number}/reversal`;
    const ask = async () => {
      await signIn(page, server.url, 'T3');
      await page.goto(address);
      await page.locator('input[value=error]').check();
      await click(page, '.btn-danger');
      assert.match(await page.textContent('.et-verdict'), /已申请，等对方确认/);
    };
    try {
      await ask();
      await signIn(page, server.url, 'T1');
      await page.goto(address);
      assert.match(await page.textContent('.et-verdict'), /购买方申请冲销 2,260\.00 元，原因：开票有误/);
      await click(page, 'button[value=refuse]');
      assert.match(await page.textContent('.et-verdict'), /销售方已拒绝/);
      await good(browser, 'reversal-refused');
      await ask();
      await click(page, 'main form button:has-text("撤销申请")');
      assert.match(await page.textContent('.et-verdict'), /申请方已撤销/);
      assert.equal(await page.locator('tbody').last().locator('tr').count(), 2);
      await good(browser, 'reversal-withdrawn');
      await ask();
      await signIn(page, server.url, 'T1');
      await page.goto(address); // the page stays open over the end of the 72 hours
      await forward(server.url, 72 * 3600 + 1);
      await click(page, 'button[value=confirm]');
      assert.match(await page.textContent('main, h1'), /登录|72 小时|已作废/);
      await signIn(page, server.url, 'T1');
      await page.goto(address);
      assert.match(await page.textContent('.et-verdict'), /超过 72 小时/);
      await good(browser, 'reversal-expired');
    } finally {
      await browser.close();
    }
  });
}
