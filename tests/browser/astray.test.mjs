// Addresses that show nothing: the way on, and who one is, are still there (G06.1).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from '../lib/browser.mjs';
import { click, good, signIn } from '../lib/pages.mjs';
import { Server } from '../lib/server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(() => server.close());

for (const [width, javaScript] of [[1280, true], [360, false]])
  test(`G06.1 mistyped, reloaded and old addresses lead to the page above, ${width} px`, async () => {
    const browser = await openBrowser({ width, javaScript });
    browser.axe = javaScript;
    const { page } = browser, go = async (path) => (await page.goto(server.url + path)).status();
    try {
      assert.equal(await go('/paper/losses'), 405);
      assert.equal(await page.locator('a[href="/login"]').count() > 0, true, 'nobody is signed in');
      await signIn(page, server.url, 'T1');
      for (const [path, status, above] of [['/paper/losses', 405, '/paper'], ['/invoices/26332000000000009999', 404, '/invoices'], ['/paper/a/b/c', 404, '/paper']]) {
        assert.equal(await go(path), status, path);
        assert.equal(await page.locator('header a[href^="/login"]').count(), 0, 'signed in, and seen to be');
        await good(browser, 'astray');
        await click(page, `main a.btn[href="${above}"]`);
        assert.equal(new URL(page.url()).pathname, above);
      }
      assert.equal(await go('/nonsense/x'), 404);
      assert.deepEqual(await page.locator('main a.btn').evaluateAll((l) => l.map((a) => a.getAttribute('href'))).catch(() => ['/']), ['/']);
    } finally {
      await browser.close();
    }
  });
