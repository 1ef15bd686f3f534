// A firm books what it received, under one voucher; a table; an employee hands an invoice in; undoing; the tax account with its
// sums, chart and files. With and without JavaScript, at 1280 and 360 px, Chinese and English (A09.10, A10.9).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from '../lib/browser.mjs';
import { Client, eventually, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { click, good, signIn } from '../lib/pages.mjs';
import { Server } from '../lib/server.mjs';

let server, t1, t3, run = 0;
const ok = (r, status = 200) => { assert.equal(r.status, status, r.text); return r.body; };
const T3 = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
before(async () => {
  server = await Server.start();
  t1 = await Client.signIn(server.url, 'T1');
  t3 = await Client.signIn(server.url, 'T3');
});
after(async () => {
  const fsck = await server.fsck();
  await server.close();
  assert.equal(fsck.code, 0, fsck.output);
});
const sell = async (ref, buyer = T3, kind = 'special') =>
  ok(await t1.post('/v1/invoices', invoiceBody({ kind, ref, net: '100.00', buyer })), 201).number;

for (const [width, javaScript] of [[1280, true], [360, true], [360, false]]) {
  const n = ++run;
  test(`A09.10 A10.9 book, refuse, undo, hand in: ${width} px, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
    const numbers = [await sell(`x${n}`), await sell(`y${n}`), await sell(`z${n}`)];
    const claim = await sell(`k${n}`, { tax_id: parties.P2, name: '李静' }, 'ordinary');
    await eventually(() => t3.get('/v1/bookings'), (r) => numbers.every((x) => r.body.invoices.some((i) => i.number === x)));
    const browser = await openBrowser({ width, javaScript });
    browser.axe = javaScript;
    const { page } = browser;
    try {
      await signIn(page, server.url, 'P2');
      await page.goto(server.url + '/invoice-claims/mine');
      await good(browser, 'claims-mine');
      await page.fill('main aside [name=number]', claim);
      await page.fill('main aside [name=firm]', parties.T3);
      await click(page, 'main aside .btn-primary');
      assert.match(await page.textContent('main'), new RegExp(`${claim}[^]*等单位入账`));
      await good(browser, 'claims-mine-after');
      await page.context().clearCookies();
      await signIn(page, server.url, 'T3');
      await page.goto(server.url + '/invoice-claims');
      assert.match(await page.textContent('main'), new RegExp(`${claim}[^]*李静`));
      await good(browser, 'claims');
      await page.goto(server.url + '/bookings');
      await good(browser, 'bookings');
      await page.check(`[name=numbers][value="${claim}"]`);
      await page.check(`[name=numbers][value="${numbers[0]}"]`);
      if (await page.locator('.et-bar button[value=sum]').isVisible()) await click(page, '.et-bar button[value=sum]');
      assert.match((await page.textContent('.et-bar dl')).replace(/\s+/g, ''), /^选中2张价税合计¥(213|226)\.00$/);
      await click(page, '.et-bar .btn-primary');
      assert.match(await page.textContent('#errors'), /记账凭证号/);
      assert.equal(await page.isChecked(`[name=numbers][value="${claim}"]`), true, 'what was ticked stays ticked');
      await good(browser, 'bookings-refused');
      await page.fill('[name=voucher]', `JZ-${n}`);
      await click(page, '.et-bar .btn-primary');
      assert.match(await page.textContent('main'), /已入账 2 张[^]*213.00|已入账 2 张[^]*226.00/);
      await good(browser, 'booked');
      await page.goto(server.url + '/bookings/table');
      await page.fill('[name=text]', `${numbers[0]},02,V-${n}\n${numbers[1]},9,V`);
      await click(page, 'main form .btn-primary');
      assert.match(await page.textContent('#errors'), /第 2 行[^]*02（税前扣除）/);
      await good(browser, 'booking-table-refused');
      await page.fill('[name=text]', `${numbers[0]},02,V-${n}\n${numbers[1]},02,V-${n}`);
      await click(page, 'main form .btn-primary');
      assert.match(await page.textContent('#errors'), /第 1 行[^]*不能重复入账/);
      await page.fill('[name=text]', `${numbers[1]},03,V-${n}`);
      await click(page, 'main form .btn-primary');
      assert.match(await page.textContent('main'), /已入账 1 张[^]*所得税不扣除/);
      await page.goto(server.url + '/bookings/cancellation');
      await page.check(`[name=numbers][value="${numbers[1]}"]`);
      await good(browser, 'bookings-undo');
      await click(page, '.et-bar .btn-danger');
      assert.match(await page.textContent('main'), /已撤销入账 1 张/);
      await page.goto(server.url + '/bookings?lang=en');
      await good(browser, 'bookings-en');
      assert.match(await page.textContent('main'), /Booking of invoices/);
      await page.goto(server.url + '/bookings?lang=zh');
    } finally {
      await browser.close();
    }
  });

  test(`A09.7 A09.10 the tax account: ${width} px, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
    const browser = await openBrowser({ width, javaScript });
    browser.axe = javaScript;
    const { page } = browser;
    try {
      await signIn(page, server.url, 'T3');
      await page.goto(server.url + '/tax-account?period=2020');
      assert.match(await page.textContent('main'), /没有符合条件的发票/);
      await good(browser, 'tax-account-empty');
      await page.goto(server.url + '/tax-account');
      assert.match(await page.textContent('main'), /按税率和月份[^]*13%/);
      assert.equal(await page.locator('figure svg').count(), 2, 'a chart a direction');
      await good(browser, 'tax-account');
      await page.selectOption('[name=rate]', '0.13');
      await click(page, 'main form .btn-primary');
      assert.match(page.url(), /rate=0\.13/);
      const link = await page.getAttribute('main a[href^="/tax-account.csv"]', 'href');
      assert.match(link, /rate=0\.13/);
      assert.equal((await page.request.get(server.url + link)).status(), 200);
      await page.goto(server.url + '/tax-account?min=9&max=1');
      assert.match(await page.textContent('#errors'), /最小金额大于最大金额/);
      await good(browser, 'tax-account-refused');
      await page.goto(server.url + '/tax-account?direction=received&lang=en');
      await good(browser, 'tax-account-en');
      await page.goto(server.url + '/tax-account?lang=zh');
    } finally {
      await browser.close();
    }
  });
}
