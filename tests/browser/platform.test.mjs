// A platform's batch, its webhooks, and the buyer's page in the browser (A09.8, G09.22, A09.11).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from '../lib/browser.mjs';
import { Client, parties } from '../lib/client.mjs';
import { all, done, item, lines, mandates, order, upload } from '../lib/platform.mjs';
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
      assert.match(await page.textContent('#errors'), /请填写购买方名称/);
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
      const axis = await page.locator('figure svg text[text-anchor=end]').allTextContents();
      assert.deepEqual(axis, ['0', '25', '50', '75', '100'], 'a share ends at 100 %');
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

for (const [width, javaScript, lang] of [[1280, true, 'zh'], [360, true, 'en'], [360, false, 'zh']])
  test(`A09.8 G09.22 a platform merges and splits orders that wait, ${width} px, ${lang}, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
    const browser = await openBrowser({ width, javaScript });
    browser.axe = javaScript;
    const { page } = browser, tag = `${width}${javaScript}`, words = lang === 'en' ? { done: /The invoice is issued/, buyer: /buyer/ } : { done: /发票已经开好/, buyer: /购买方名称/ };
    const held = (no, more) => order(no, { buyer: undefined, issue: 'claim', ...more });
    const at = (no, more = {}) => held(`M ${tag}/${no}`, more);
    const items = [item('113.00'), item('50.00', { rate: '0.06', tax_code: '3040203000000000000', name: '软件服务' })];
    try {
      await signIn(page, server.url, 'T6');
      await page.context().addCookies([{ name: 'etax-lang', value: lang, url: server.url }]);
      await page.goto(server.url + '/platform/orders');
      await good(browser, `orders-before-${lang}`);
      await done(t6, await upload(t6, lines([at(1), at(2, { items: [item('20.00')] }), at(3, { items }), at(4)])).then(async (id) => { await t6.post(`/v1/platform/batches/${id}/finish`); return id; }));
      await page.goto(server.url + '/platform/orders');
      await good(browser, `orders-${lang}`);
      await click(page, 'main td a[href*="/shops/"]');
      await good(browser, `orders-shop-${lang}`);
      // nothing chosen, no buyer: both are said, then what was chosen stays chosen
      await click(page, 'main .btn-primary');
      assert.equal(await page.locator('#errors li').count(), 2);
      await good(browser, `orders-nothing-${lang}`);
      for (const no of [1, 2]) await page.locator(`input[name=orders][value="M ${tag}/${no}"]`).check();
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('#errors'), words.buyer);
      assert.equal(await page.locator('input[name=orders]:checked').count(), 2, 'what was chosen stays chosen');
      await good(browser, `orders-refused-${lang}`);
      await page.fill('#f-name', '李静');
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('.et-verdict'), words.done);
      assert.match(await page.textContent('main'), /133\.00/);
      await good(browser, `orders-merged-${lang}`);
      await page.goto(server.url + '/platform/orders');
      assert.equal(await page.locator(`main th a:text-is("M ${tag}/1")`).count(), 0, 'it waits no more');
      await click(page, `main th a:text-is("M ${tag}/3")`);
      assert.match(await page.textContent('main'), /13%[^]*6%[^]*163\.00/);
      await good(browser, `order-${lang}`);
      await click(page, 'main .btn-primary');
      assert.ok(await page.locator('#errors').count());
      assert.match(await page.textContent('main'), /13%[^]*6%[^]*163\.00/, 'the order stands there again');
      await good(browser, `order-refused-${lang}`);
      await page.selectOption('#f-by', 'rate');
      await page.fill('#f-name', '李静');
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('.et-verdict'), words.done);
      assert.equal(new Set((await page.textContent('main')).match(/\d{20}/g)).size, 2);
      await good(browser, `order-split-${lang}`);
      await page.goto(server.url + '/platform/orders/one');
      await good(browser, `order-find-${lang}`);
      await page.locator('main input[name=seller]').fill(parties.T1);
      await page.locator('main input[name=order_no]').fill('nothing');
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('#errors'), /nothing/);
      await page.locator('main input[name=order_no]').fill(`M ${tag}/3`);
      await click(page, 'main .btn-primary');
      assert.equal(new Set((await page.textContent('main')).match(/\d{20}/g)).size, 2);
      await good(browser, `order-issued-${lang}`);
      await click(page, 'main .et-head a');
      await click(page, 'main .et-filter a >> nth=1');
      assert.match(await page.textContent('main'), new RegExp(`M ${tag}/1`));
      await good(browser, `orders-all-${lang}`);
    } finally {
      await browser.close();
    }
  });
