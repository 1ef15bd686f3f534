// Public verification as anybody sees it: one invoice, its QR code, a table of many; with and without JavaScript, at 1280
// and 360 px, in English (A10.1, A10.3, A10.4, A10.7–A10.9).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { openBrowser } from '../lib/browser.mjs';
import { Client, eventually, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { click, good } from '../lib/pages.mjs';
import { Server } from '../lib/server.mjs';

let server, sold, reversed, day, shown, other;
const ok = (r, status = 200) => { assert.equal(r.status, status, r.text); return r.body; };
before(async () => {
  server = await Server.start();
  const t1 = await Client.signIn(server.url, 'T1');
  const buyer = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
  sold = ok(await t1.post('/v1/invoices', invoiceBody({ ref: 'page-1', buyer, net: '1000.00' })), 201);
  reversed = ok(await t1.post('/v1/invoices', invoiceBody({ ref: 'page-2', buyer, net: '2000.00' })), 201);
  ok(await t1.post(`/v1/invoices/${reversed.number}/reversal`, { reason: 'return' }), 201);
  shown = ok(await t1.get(`/v1/invoices/${sold.number}`));
  other = ok(await t1.get(`/v1/invoices/${reversed.number}`));
  day = sold.issued_at.slice(0, 10);
  await eventually(() => t1.get(`/v1/verify/invoices/${reversed.number}?total=2260.00`), (a) => a.body.verdict === 'reversed');
});
after(() => server.close());

async function fill(page, number, total, date) {
  await page.locator('#f-number').fill(number);
  await page.locator('#f-total').fill(total);
  await page.locator('#f-date').fill(date);
  await click(page, 'main .btn-primary');
}

for (const [width, javaScript] of [[1280, true], [360, true], [360, false]]) {
  test(`A10.1 A10.7 A10.8 number, total, date: each verdict says what to do, ${width} px, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
    const browser = await openBrowser({ width, javaScript });
    browser.axe = javaScript;
    const { page } = browser;
    try {
      await page.goto(server.url + '/');
      await page.locator('#v-no').fill(sold.number);
      await page.locator('#v-am').fill('1,130.00');
      await page.locator('#v-d').fill(day);
      await click(page, '.et-panel .btn-primary');
      assert.match(await page.textContent('.et-verdict.is-ok h1'), /真实有效/);
      assert.match(await page.textContent('.et-checks'), /没有查的/);
      await good(browser, 'verify-valid');
      await page.goto(server.url + '/verify/invoices');
      await good(browser, 'verify-form');
      await fill(page, sold.number, '1180.00', day);
      assert.match(await page.textContent('.et-verdict.is-bad h1'), /与开具内容不一致/);
      assert.ok(!(await page.textContent('main')).includes('1,130'), 'the true total is not told');
      assert.match(await page.textContent('main'), /不要付款/);
      assert.equal(await page.inputValue('#f-total'), '1180.00');
      await good(browser, 'verify-mismatch');
      await fill(page, reversed.number, '2260.00', day);
      assert.match(await page.textContent('.et-verdict.is-bad h1'), /已全额红冲/);
      await good(browser, 'verify-reversed');
      await fill(page, sold.number, '', '');
      assert.match(await page.textContent('.et-verdict.is-warn'), /内容没有核对/);
      await good(browser, 'verify-bare');
      await fill(page, '26332009999999999999', '1.00', day);
      assert.match(await page.textContent('.et-verdict.is-bad h1'), /没有查到/);
      await good(browser, 'verify-unknown');
      await fill(page, '123', '1e9', '');
      assert.match(await page.textContent('#errors'), /发票号码/);
      assert.match(await page.textContent('#f-total-e'), /价税合计|金额/);
      assert.equal(await page.inputValue('#f-number'), '123');
      await good(browser, 'verify-error');
      await page.goto(`${server.url}/verify/invoices/${sold.number}?total=1130.00&date=${day}`);
      assert.match(await page.textContent('h1'), /真实有效/);
      await good(browser, 'verify-by-address');
    } finally {
      await browser.close();
    }
  });

  test(`A10.3 A10.4 the text of the QR code, ${width} px, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
    const browser = await openBrowser({ width, javaScript });
    browser.axe = javaScript;
    const { page } = browser;
    const ask = async (text) => {
      await page.locator('#f-text').fill(text);
      await click(page, 'main .btn-primary');
    };
    try {
      await page.goto(server.url + '/verify/qr');
      await good(browser, 'verify-qr');
      await ask(shown.qr_signed);
      assert.match(await page.textContent('.is-ok h1'), /真实有效/);
      assert.match(await page.textContent('.et-checks'), /签名是本平台的/);
      await good(browser, 'verify-qr-good');
      await ask(shown.qr_signed.replace('1130', '1131'));
      assert.match(await page.textContent('.is-bad h1'), /读不懂/);
      await good(browser, 'verify-qr-misread');
      await ask(`${other.qr}|${shown.qr_signed.split('|').slice(1).join('|')}`);
      assert.match(await page.textContent('.is-bad h1'), /与开具内容不一致/);
      assert.match(await page.textContent('.et-checks'), /签名和内容对不上/);
      await good(browser, 'verify-qr-forged');
      await ask('');
      assert.match(await page.textContent('#errors'), /二维码内容/);
      await good(browser, 'verify-qr-empty');
    } finally {
      await browser.close();
    }
  });

  test(`A10.9 a table of many: problems first, the file of results, ${width} px, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
    const browser = await openBrowser({ width, javaScript });
    browser.axe = javaScript;
    const { page } = browser;
    try {
      await page.goto(server.url + '/verify/batch');
      await good(browser, 'verify-batch');
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('#f-text-e'), /还没有要查的发票/);
      await good(browser, 'verify-batch-empty');
      await page.locator('#f-text').fill(['发票号码,价税合计,开票日期', `${sold.number},"1,130.00",${day.replaceAll('-', '/')}`,
        `${sold.number}\t1180.00\t${day}`, '', `${reversed.number}，2260.00，${day}`, '2.6332E+19,1130.00,2026-11-24', '12345', sold.number].join('\n'));
      await click(page, 'main .btn-primary');
      const bad = await page.locator('tbody').first().textContent();
      assert.match(bad, /与开具内容不一致[^]*已全额红冲[^]*号码被表格软件缩写了[^]*20 位数字[^]*有这个号码/);
      assert.match(await page.textContent('.et-verdict'), /6 张里有 5 张要看/);
      assert.equal(await page.locator('tbody').nth(1).locator('tr').count(), 1);
      assert.equal(await page.locator('tbody').first().locator('tr').nth(1).locator('td').first().textContent(), '5', 'the place is that of the table');
      await good(browser, 'verify-batch-result');
      const [download] = await Promise.all([page.waitForEvent('download'), page.locator('button[formaction]').click()]);
      const csv = readFileSync(await download.path(), 'utf8');
      assert.match(download.suggestedFilename(), /^verify-\d{4}-\d\d-\d\d\.csv$/);
      assert.ok(csv.startsWith('\ufeff') && csv.trim().split('\r\n').length === 7, csv);
      // a file of a thousand, as a spreadsheet of the old kind writes its heading
      const many = Array.from({ length: 1000 }, (_, i) => (i % 100 ? `${sold.number},1130.00,${day}` : `${26332000000001000000n + BigInt(i)},1.00,${day}`));
      const file = Buffer.concat([Buffer.from([0xb7, 0xa2, 0xc6, 0xb1]), Buffer.from(',x\r\n' + many.join('\r\n'))]);
      await page.goto(server.url + '/verify/batch');
      await page.locator('#f-file').setInputFiles({ name: '发票.csv', mimeType: 'text/csv', buffer: file });
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('.et-verdict'), /1000 张里有 10 张要看/);
      assert.match(await page.textContent('main'), /还有 890 张一致的没有列出/);
      await good(browser, 'verify-batch-file');
      await page.goto(server.url + '/verify/batch');
      await page.locator('#f-file').setInputFiles({ name: 'x.csv', mimeType: 'text/csv', buffer: Buffer.from([...many, many[1]].join('\n')) });
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('#errors'), /一次最多查 1,000 张，这里有 1001 行/);
    } finally {
      await browser.close();
    }
  });
}

test('A10.7 English: the pages are complete and say the same', async () => {
  const browser = await openBrowser({ width: 1280, locale: 'en' });
  browser.axe = true;
  const { page } = browser;
  const chinese = async () => (await page.textContent('main')).match(/[\u4e00-\u9fff]+/g);
  try {
    await page.goto(`${server.url}/verify/invoices?number=${sold.number}&total=1130.00&date=${day}&lang=en`);
    assert.match(await page.textContent('.is-ok h1'), /genuine/i);
    assert.equal(await chinese(), null);
    await good(browser, 'verify-valid-en');
    for (const query of ['', `?number=${sold.number}&total=1.00`, `?number=${reversed.number}&total=2260.00`, '?number=26332009999999999999', `?number=${sold.number}`, '?number=1']) {
      await page.goto(server.url + '/verify/invoices' + query);
      assert.equal(await chinese(), null, query);
      await good(browser, 'verify-en');
    }
    await page.goto(server.url + '/verify/qr');
    assert.equal(await chinese(), null);
    await page.goto(server.url + '/verify/batch');
    await page.locator('#f-text').fill(`${sold.number},1130.00,${day}\n123\n${sold.number},1.00`);
    await click(page, 'main .btn-primary');
    assert.equal(await chinese(), null);
    await good(browser, 'verify-batch-en');
  } finally {
    await browser.close();
  }
});
