// A return from a file (A05.1, A05.e3): all faults at their lines, the text stays and is put right in place, what was read goes into
// the form; with and without scripts, at 1280 and 360 px.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from '../lib/browser.mjs';
import { Client, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { click, good } from '../lib/pages.mjs';
import { Server } from '../lib/server.mjs';

let server;
const now = new Date(Date.now() + 8 * 3600_000).toISOString(), P = now.slice(0, 7);
const next = new Date(Date.UTC(Number(P.slice(0, 4)), Number(P.slice(5)), 1)).toISOString().slice(0, 7);
before(async () => {
  server = await Server.start();
  const t1 = await Client.signIn(server.url, 'T1');
  assert.equal((await t1.post('/v1/invoices', invoiceBody({ ref: 'U1', net: '1000000.00', buyer: { tax_id: parties.T3, name: '远帆纺织进出口有限公司' } }))).status, 201);
});
after(() => server.close());

async function signIn(page, to) {
  await page.goto(`${server.url}/login?next=${encodeURIComponent(to)}`);
  await page.locator('input[name=account]').fill(parties.T1);
  await page.locator('#f-password').fill('sandbox');
  await Promise.all([page.waitForNavigation(), page.locator('form:has(#f-password) button').first().click()]);
}
const upload = (page, name, text) => page.locator('#f-file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

test('A05.1 before the period ends a file can be read, not yet taken over', async () => {
  const browser = await openBrowser({ width: 1280 });
  const { page } = browser;
  try {
    await signIn(page, `/returns/vat/${P}/file`);
    await upload(page, 'vat.csv', 'l1,1000000.00\nl2,1000000.00\nl11,130000.00\n');
    await click(page, 'main .btn-primary');
    assert.match(await page.textContent('.et-verdict.is-ok'), /各栏都符合规则/);
    assert.match(await page.textContent('main'), /还没有结束/);
    assert.equal(await page.locator('[name=_again]').count(), 0);
  } finally { await browser.close(); }
  await new Client(server.url).post('/v1/sandbox/clock', { now: `${next}-05T10:00:00+08:00` });
});

for (const [width, javaScript] of [[1280, true], [360, true], [360, false]])
  test(`A05.e3 faults at their lines, nothing lost, then into the form, ${width} px, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
    const browser = await openBrowser({ width, javaScript });
    const { page } = browser;
    browser.axe = javaScript;
    try {
      await signIn(page, `/returns/vat/${P}`);
      await Promise.all([page.waitForNavigation(), page.locator('a:has-text("上传 CSV 或 XML")').click()]);
      await good(browser, 'return-upload');
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('#f-file-e'), /请选择申报表文件/);
      const text = 'name,amount\nperiod,2001-01\nl1,900000.00\nl99,1.00\nl2,12.345\nl1,1.00\n';
      await upload(page, 'vat.csv', text);
      await click(page, 'main .btn-primary');
      const faults = await page.textContent('#errors');
      for (const said of [/第 4 行：没有“l99”这一栏/, /第 5 行：“12\.345”不是金额/, /第 6 行：“l1”出现了两次/, /所属期是 2001-01/]) assert.match(faults, said);
      assert.equal((await page.inputValue('#f-text')).replaceAll('\r', ''), text, 'nothing is lost');
      await good(browser, 'return-upload-faults');
      // put right in place: no second upload
      await page.locator('#f-text').fill('name,amount\nl1,900000.00\nl2,900000.00\nl11,117000.00\n');
      await click(page, 'main .et-cols .btn-primary');
      assert.match(await page.textContent('.et-verdict.is-ok'), /有 3 栏和预填不一样/);
      assert.match(await page.textContent('tr.is-changed'), /1,000,000\.00[\s\S]*900,000\.00/);
      await good(browser, 'return-upload-read');
      await click(page, '[name=_again]');
      assert.equal(await page.inputValue('[name="lines.l1"]'), '900000.00');
      assert.match(await page.textContent('.et-notice.is-warn'), /您改了 3 处/);
      assert.match(await page.textContent('.et-bar'), /117,000\.00|131,040\.00/);
      await good(browser, 'return-upload-taken');
    } finally { await browser.close(); }
  });

test('A05.e3 an XML file, and one that is no text', async () => {
  const browser = await openBrowser({ width: 1280 });
  const { page } = browser;
  try {
    await signIn(page, `/returns/vat/${P}/file`);
    await page.locator('#f-file').setInputFiles({ name: 'vat.xml', mimeType: 'application/xml', buffer: Buffer.from('<VATReturn><lines><l1>1.00</l1></VATReturn>') });
    await click(page, 'main .btn-primary');
    assert.match(await page.textContent('#errors'), /第 1 行读不出来/);
    assert.match(await page.inputValue('#f-text'), /^<VATReturn>/);
    await page.locator('#f-text').fill('');
    await page.locator('#f-file').setInputFiles({ name: 'vat.xls', mimeType: 'application/vnd.ms-excel', buffer: Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xff]) });
    await click(page, 'main .btn-primary');
    assert.match(await page.textContent('#errors'), /不是 UTF-8/);
    await good(browser, 'return-upload-no-text');
  } finally { await browser.close(); }
});
