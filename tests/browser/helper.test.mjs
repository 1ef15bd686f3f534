// The helper itself: axe must find a fault that is there, and none where there is none; overflow must be seen.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser, overflow, violations } from '../lib/browser.mjs';

const page_with = (body) => `<!doctype html><html lang="zh-CN"><head><title>测试</title>
  <meta name="viewport" content="width=device-width"></head><body><main><h1>测试</h1>${body}</main></body></html>`;

test('axe finds an image without a text and is silent without it', async () => {
  const b = await openBrowser({ width: 360 });
  try {
    await b.page.setContent(page_with('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'));
    assert.match((await violations(b.page)).join('\n'), /image-alt/);
    await b.page.setContent(page_with('<p>正常</p>'));
    assert.deepEqual(await violations(b.page), []);
    assert.equal(await overflow(b.page), 0);
  } finally {
    await b.close();
  }
});

test('a page wider than the window is noticed, also without scripts', async () => {
  const b = await openBrowser({ width: 360, javaScript: false });
  try {
    await b.page.setContent(page_with('<div style="width:600px">宽</div>'));
    assert.ok((await overflow(b.page)) > 100);
  } finally {
    await b.close();
  }
});
