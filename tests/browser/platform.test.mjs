// A platform's batch, its webhooks, and the buyer's page in the browser (A09.8, G09.22, A09.11).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from '../lib/browser.mjs';
import { Client } from '../lib/client.mjs';
import { all, done, item, lines, mandates, order } from '../lib/platform.mjs';
import { click, good, signIn } from '../lib/pages.mjs';
import { Server } from '../lib/server.mjs';

let server, t6;
before(async () => {
  server = await Server.start();
  await mandates(server.url);
  t6 = await Client.signIn(server.url, 'T6');
});
after(() => server.close());

for (const [width, javaScript] of [[1280, true], [360, true], [360, false]])
  test(`A09.8 G09.22 A09.11 batch, claim, webhook, paperless, ${width} px, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
    const browser = await openBrowser({ width, javaScript });
    browser.axe = javaScript;
    const { page } = browser, tag = `${width}${javaScript}`;
    try {
      await signIn(page, server.url, 'T6');
      await page.goto(server.url + '/platform/batches');
      await good(browser, 'platform-batches');
      const file = lines([order(`B${tag}`), order(`C${tag}`, { buyer: undefined, issue: 'claim', items: [item('88.00', { quantity: 2 })] }), order(`D${tag}`, { items: [item('1.00', { rate: '0.99' })] })]);
      await page.fill('#f-name', '双十一');
      await page.setInputFiles('#f-file', { name: 'orders.jsonl', mimeType: 'application/x-ndjson', buffer: Buffer.from(file) });
      await click(page, 'main .btn-primary');
      const id = page.url().split('/').at(-1);
      assert.match(id, /^\d+$/);
      await good(browser, 'platform-working');
      await done(t6, id);
      await page.reload();
      assert.match(await page.textContent('main'), /已办完[\s\S]*共 3 张订单[\s\S]*要改的[\s\S]*没有 99% 这档税率|已办完[\s\S]*共 3 张订单[\s\S]*要改的/);
      assert.equal(await page.getAttribute('progress', 'value'), '100');
      await good(browser, 'platform-done');
      await page.goto(server.url + '/platform/batches?lang=en');
      assert.match(await page.textContent('h1'), /Platform batches/);
      await page.goto(server.url + '/platform/hooks?lang=zh');
      await page.fill('#f-url', 'http://10.0.0.1/');
      await page.locator('input[name=events]').first().check();
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('#errors'), /内部网络/);
      await good(browser, 'platform-hook-error');
      await page.fill('#f-url', 'https://127.0.0.1:9/hook');
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('main'), /[0-9a-f]{64}/);
      await good(browser, 'platform-hook');
      await page.goto(server.url + '/platform/hooks');
      await good(browser, 'platform-hooks');
      await click(page, 'main td .btn-sm');
      await page.goto(server.url + '/platform/deliveries');
      await good(browser, 'platform-deliveries');

      const held = (await all(t6, id, 'held'))[0];
      await page.context().clearCookies();
      await page.goto(server.url + '/claim');
      await good(browser, 'claim-empty');
      await page.fill('#f-code', held.claim_code);
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('main'), /海川精密机械有限公司[\s\S]*88\.00/);
      await good(browser, 'claim-order');
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('#errors'), /请填购买方名称/);
      assert.match(await page.textContent('main'), /88\.00/);
      await good(browser, 'claim-error');
      await page.fill('#f-name', '李静');
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('.et-verdict'), /发票已经开好/);
      await good(browser, 'claimed');
      await page.goto(`${server.url}/claim?code=${held.claim_code}`);
      assert.match(await page.textContent('main'), /已开的发票[\s\S]*\d{20}/);
      await good(browser, 'claim-again');

      await page.goto(server.url + '/paperless');
      assert.match(await page.textContent('main'), /5\.00 元[\s\S]*0\.20 元/);
      await good(browser, 'paperless');
      await signIn(page, server.url, 'T1');
      await page.goto(server.url + '/paperless/reports');
      await page.fill('#f-period', '2026-10');
      await page.fill('#f-paper', '12');
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('main table'), /2026-10[\s\S]*12/);
      await good(browser, 'paper');
    } finally {
      await browser.close();
    }
  });
