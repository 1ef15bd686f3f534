// Report of a false invoice in the browser: from the verdict to the case, to O1's queue and back to the reporter (A10.9, A10.e5).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from '../lib/browser.mjs';
import { click, good, signIn } from '../lib/pages.mjs';
import { Server } from '../lib/server.mjs';

let server;
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=', 'base64');
before(async () => { server = await Server.start(); });
after(() => server.close());

for (const [width, javaScript] of [[1280, true], [360, true], [360, false]])
  test(`A10.9 A10.10 report, queue, answer, ${width} px, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
    const browser = await openBrowser({ width, javaScript });
    browser.axe = javaScript;
    const { page } = browser;
    try {
      await page.goto(server.url + '/reports/invoices/new?number=26332009999999999999');
      assert.equal(await page.inputValue('#f-number'), '26332009999999999999');
      await good(browser, 'report-new');
      await page.fill('#f-number', '');
      await page.fill('#f-place', '某某饭店');
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('#errors'), /填发票号码/);
      assert.equal(await page.inputValue('#f-place'), '某某饭店');
      await good(browser, 'report-error');
      await page.fill('#f-number', '26332009999999999999');
      await page.fill('#f-total', '88');
      await page.setInputFiles('#f-picture', { name: 'a.png', mimeType: 'image/png', buffer: PNG });
      await click(page, 'main .btn-primary');
      const address = page.url(), code = address.split('/').at(-1);
      assert.match(code, /^[A-Z2-7]{16}$/);
      assert.match(await page.textContent('main'), /待核查[\s\S]*没有查到[\s\S]*某某饭店/);
      await good(browser, 'report-open');
      await signIn(page, server.url, 'O1');
      await page.goto(server.url + '/officer/reports');
      assert.match(await page.textContent('main'), /待核查 1/);
      await good(browser, 'report-list');
      await click(page, `a[href="/officer/reports/${code}"]`);
      assert.equal(await page.locator('.et-picture').evaluate((i) => i.naturalWidth).catch(() => 1), 1);
      await good(browser, 'report-case');
      await page.selectOption('#f-outcome', 'confirmed').catch(() => page.check('input[name=outcome][value=confirmed]'));
      await page.fill('#f-answer', '已查实，谢谢您。');
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('main'), /已经办结/);
      await good(browser, 'report-decided');
      await page.context().clearCookies();
      await page.goto(address);
      assert.match(await page.textContent('.et-verdict'), /查实[\s\S]*谢谢您/);
      await good(browser, 'report-closed');
      await page.goto(address + '?lang=en');
      assert.match(await page.textContent('h1'), /Progress/);
    } finally {
      await browser.close();
    }
  });
