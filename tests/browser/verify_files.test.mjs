// Files and pictures on the public pages that check (A10.1, A10.2, A10.7): several files at once under their names, a changed one, a
// photo of a face whose QR code is read in the browser; without JavaScript it is told how.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openBrowser } from '../lib/browser.mjs';
import { Client, eventually, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { click, good, signIn } from '../lib/pages.mjs';
import { Server } from '../lib/server.mjs';

let server, dir, sold;
const files = {};
before(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'etax-verify-files-'));
  server = await Server.start();
  const t1 = await Client.signIn(server.url, 'T1');
  const r = await t1.post('/v1/invoices', invoiceBody({ ref: 'vf-1', buyer: { tax_id: parties.T3, name: '远帆纺织进出口有限公司' }, net: '1000.00' }));
  assert.equal(r.status, 201, r.text);
  sold = r.body;
  for (const form of ['xml', 'ofd', 'pdf']) {
    files[form] = path.join(dir, `票.${form}`);
    writeFileSync(files[form], (await t1.get(`/v1/invoices/${sold.number}.${form}`)).bytes);
  }
  files.bad = path.join(dir, '改过.xml');
  writeFileSync(files.bad, readFileSync(files.xml, 'utf8').replace('<SellerName>海川', '<SellerName>河川'));
  for (const [form, flag] of [['png', '-png'], ['jpg', '-jpeg']]) {
    execFileSync('pdftoppm', ['-r', '150', flag, '-singlefile', files.pdf, path.join(dir, 'face')]);
    files[form] = path.join(dir, `face.${form}`);
  }
  files.blank = path.join(dir, 'blank.png');
  writeFileSync(files.blank, Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=', 'base64'));
  await eventually(() => t1.get(`/v1/verify/invoices/${sold.number}`), (a) => a.body.verdict === 'valid');
});
after(async () => { await server.close(); rmSync(dir, { recursive: true, force: true }); });

for (const [width, javaScript] of [[1280, true], [360, true], [360, false]])
  test(`A10.1 A10.2 files from the page that checks, ${width} px, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
    const browser = await openBrowser({ width, javaScript });
    const { page } = browser;
    browser.axe = javaScript;
    try {
      await page.goto(server.url + '/verify/invoices');
      await good(browser, 'verify-with-files');
      await page.locator('#vf-files').setInputFiles([files.ofd]);
      await click(page, 'form[action="/verify/files"] button');
      assert.match(await page.textContent('.et-verdict.is-ok'), /真实有效/);
      const said = await page.textContent('main');
      for (const what of ['票.ofd', sold.number, 'OFD 各部分摘要', '电子签章的签名', '印章的签名', '签名盖住文件的全部内容']) assert.ok(said.includes(what), what);
      await good(browser, 'verify-file-valid');
      await page.locator('#f-files').setInputFiles([files.xml, files.bad, files.pdf]);
      await click(page, 'form[action="/verify/files"] button');
      assert.match(await page.textContent('.et-verdict.is-warn'), /3 个文件里有 1 个要看/);
      assert.match(await page.textContent('.et-verdict.is-bad'), /与开具内容不一致/);
      assert.match(await page.textContent('section:has(.et-verdict.is-bad)'), /改过\.xml/);
      assert.ok(await page.locator('section:has(.et-verdict.is-bad) li.is-bad').count() > 0);
      await good(browser, 'verify-files');
      await click(page, 'form[action="/verify/files"] button');
      assert.match(await page.textContent('#f-files-e'), /要查的文件|请/);
      await good(browser, 'verify-files-none');
      await page.goto(server.url + '/verify/files?lang=en');
      assert.match(await page.textContent('h1'), /Check files/);
      await good(browser, 'verify-files-en');
    } finally { await browser.close(); }
  });

test('A10.7 a photo or a screenshot: its QR code is read on the device, its signature is checked', async () => {
  const browser = await openBrowser({ width: 360 });
  const { page } = browser;
  try {
    for (const [form, from] of [['png', '/verify/invoices'], ['jpg', '/verify/files']]) {
      await page.goto(server.url + from);
      const sent = [];
      page.on('request', (r) => { if (r.method() === 'POST') sent.push(r.postData() ?? ''); });
      await page.waitForSelector('#picture-file:visible');
      await Promise.all([page.waitForNavigation(), page.locator('#picture-file').setInputFiles(files[form])]);
      assert.match(await page.textContent('h1'), /真实有效/);
      assert.match(await page.textContent('.et-checks'), /签名是本平台的/);
      assert.ok(sent.every((body) => body.length < 2000), 'the text alone was sent');
    }
    await page.goto(server.url + '/verify/files');
    await page.waitForSelector('#picture-file:visible');
    await page.locator('#picture-file').setInputFiles(files.blank);
    await page.waitForFunction(() => /没有找到二维码/.test(document.getElementById('picture-state').textContent));
    await page.locator('#f-files').setInputFiles([files.png]);
    await click(page, 'form[action="/verify/files"] button');
    assert.match(await page.textContent('.et-verdict'), /这是图片/);
  } finally { await browser.close(); }
});

test('A09.6 A10.8 the code on the face of the page carries its signature as well', async () => {
  const browser = await openBrowser({ width: 1280 });
  const { page } = browser;
  try {
    await signIn(page, server.url, 'T1');
    await page.goto(`${server.url}/invoices/${sold.number}`);
    const shot = path.join(dir, 'qr.png');
    await page.evaluate(() => { document.querySelector('.et-face .qr svg').style.cssText = 'width:400px;height:400px;background:#fff;padding:24px;box-sizing:content-box'; });
    await page.locator('.et-face .qr svg').screenshot({ path: shot });
    await page.goto(server.url + '/verify/files');
    await page.waitForSelector('#picture-file:visible');
    await Promise.all([page.waitForNavigation(), page.locator('#picture-file').setInputFiles(shot)]);
    assert.match(await page.textContent('.et-checks'), /签名是本平台的/);
    assert.match(await page.textContent('h1'), /真实有效/);
  } finally { await browser.close(); }
});

test('A10.7 without JavaScript it is told how a photo is checked', async () => {
  const browser = await openBrowser({ width: 360, javaScript: false });
  const { page } = browser;
  try {
    await page.goto(server.url + '/verify/files');
    assert.equal(await page.locator('#picture-file:visible').count(), 0);
    assert.match(await page.textContent('#picture noscript, #picture .et-note'), /手机扫一扫/);
    await Promise.all([page.waitForNavigation(), page.locator('#picture a[href="/verify/qr"]').click()]);
    assert.match(page.url(), /\/verify\/qr$/);
  } finally { await browser.close(); }
});
