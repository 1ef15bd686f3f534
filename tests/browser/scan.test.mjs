// The page that verifies by camera, picture and text, and without a network (A10.3, A10.4, A10.7; A10.e1, e3, e5).
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { checkSignature, readKeys, readQr, verifies } from '../../web/verify/core.js';
import { openBrowser } from '../lib/browser.mjs';
import { Client, eventually, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { good, signIn } from '../lib/pages.mjs';
import { Server } from '../lib/server.mjs';

let server, t1, o1, sold, dir;
const ok = (r, status = 200) => { assert.equal(r.status, status, r.text); return r.body; };
const buyer = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
const make = async () => ok(await o1.post('/v1/status/lists', {}));
const mine = createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]), format: 'der', type: 'pkcs8' });
before(async () => {
  server = await Server.start();
  t1 = await Client.signIn(server.url, 'T1');
  o1 = await Client.signIn(server.url, 'O1');
  dir = mkdtempSync(path.join(tmpdir(), 'etax-scan-'));
  sold = [];
  for (let i = 0; i < 3; i++) {
    const { number } = ok(await t1.post('/v1/invoices', invoiceBody({ ref: `scan${i}`, buyer, net: '1000.00' })), 201);
    sold.push(ok(await t1.get(`/v1/invoices/${number}`)));
  }
  await eventually(() => t1.get(`/v1/verify/invoices/${sold[2].number}`), (a) => a.body.verdict === 'valid');
  await make();
});
after(async () => { await server.close(); rmSync(dir, { recursive: true, force: true }); });

const code = (page) => page.getAttribute('#scan-verdict', 'data-code');
async function ask(page, text) {
  await page.evaluate(() => { document.getElementById('scan-verdict').dataset.code = ''; });
  await page.fill('#f-text', text);
  await page.click('#scan-form .btn');
  await page.waitForFunction(() => document.getElementById('scan-verdict').dataset.code);
  return { code: await code(page), title: await page.textContent('#scan-verdict h2'), where: await page.textContent('#scan-where') };
}
const ready = (page) => page.waitForSelector('#scan-state[data-ready=yes]');

test('A10.4 a library checks signatures where the browser can not', async () => {
  const keys = readKeys(ok(await t1.get('/v1/keys')).verifiers), qr = readQr(sold[0].qr_signed);
  assert.equal(await checkSignature(qr, keys, () => assert.fail('not needed')), 'good');
  const key = createPublicKey(mine).export({ format: 'der', type: 'spki' }).subarray(-32);
  const signature = sign(null, Buffer.from('x'), mine), other = () => import('@noble/ed25519');
  const { importKey } = crypto.subtle;
  crypto.subtle.importKey = () => Promise.reject(new Error('unknown algorithm'));
  try {
    assert.equal(await verifies(key, Buffer.from('x'), signature, other), true);
    assert.equal(await verifies(key, Buffer.from('y'), signature, other), false);
  } finally {
    crypto.subtle.importKey = importKey;
  }
  assert.equal(readQr(sold[0].qr.replace('1130', '1131')), null, 'misread');
  assert.equal(readQr(sold[0].qr.replaceAll(',', '，')).number, sold[0].number);
});

for (const width of [1280, 360])
  test(`A10.3 A10.7 A10.e3 A10.e5 with and without a network, ${width} px`, async () => {
    const browser = await openBrowser({ width });
    browser.axe = true;
    const { page, context } = browser, [, , v] = sold;
    const one = width === 1280 ? sold[0] : sold[1];
    try {
      await page.goto(server.url + '/verify/scan');
      await ready(page);
      await good(browser, 'scan');
      const on = await ask(page, one.qr_signed);
      assert.deepEqual([on.code, on.title], ['valid', '真实有效']);
      assert.match(on.where, /联网核对/);
      await good(browser, 'scan-online');
      // the network goes: in the browser, and the server itself
      await context.setOffline(true);
      await server.stop();
      await page.goto(server.url + '/verify/scan');
      await ready(page);
      const off = await ask(page, one.qr_signed);
      assert.equal(off.code, 'valid');
      assert.match(off.title, /^截至 \d{4}-\d\d-\d\d \d\d:\d\d，真实有效$/);
      assert.match(off.where, /没有联网/);
      assert.match(await page.textContent('#scan-checks'), /签名是本平台的/);
      const forged = `${one.qr}|etax1|deadbeef|${sign(null, Buffer.from(`etax-qr-v1\n${one.qr}`), mine).toString('base64')}`;
      assert.equal((await ask(page, forged)).code, 'not-as-issued:unknown-key');
      assert.match(await page.getAttribute('#scan-report', 'href'), new RegExp(one.number));
      const swapped = `${v.qr}|${one.qr_signed.split('|').slice(1).join('|')}`;
      assert.equal((await ask(page, swapped)).code, 'not-as-issued:forged');
      assert.equal((await ask(page, 'hello')).code, 'unreadable');
      assert.match(await page.textContent('#scan-verdict'), /重新扫/);
      assert.equal((await ask(page, '01,32,,26427000000375586818,10.70,20260430,,FAFB')).code, 'other-list');
      browser.faults.length = 0; // requests that failed without a network
      await page.screenshot({ path: path.join(dir, 'offline.png') });
      // another address of the same part falls back to the page
      await page.goto(server.url + '/verify/invoices');
      await page.waitForSelector('#scan-form');
      // reversed meanwhile: the old list can not know, the delta does
      await server.launch();
      t1.url = o1.url = server.url;
      ok(await t1.post(`/v1/invoices/${one.number}/reversal`, { reason: 'return' }), 201);
      await make();
      await server.stop();
      await page.goto(server.url + '/verify/scan');
      await ready(page);
      assert.equal((await ask(page, one.qr_signed)).code, 'valid');
      await server.launch();
      await context.setOffline(false);
      await page.reload();
      await ready(page);
      await page.waitForFunction(async (text) => (await (await caches.open('etax-verify')).keys()).some((r) => r.url.includes(text)), '/delta/');
      await context.setOffline(true);
      await server.stop();
      await page.goto(server.url + '/verify/scan');
      await ready(page);
      const gone = await ask(page, one.qr_signed);
      assert.deepEqual([gone.code, gone.title], ['reversed', '已全额红冲']);
      browser.faults.length = 0;
      await good(browser, 'scan-offline');
    } finally {
      await browser.close();
      if (server.process.exitCode !== null) await server.launch();
    }
  });

/** The QR code as the invoice's page draws it, as PNG, and as a film of one frame for the camera. */
async function picture() {
  const browser = await openBrowser({ width: 1280 });
  try {
    const { page } = browser;
    await signIn(page, server.url, 'T1');
    await page.goto(`${server.url}/invoices/${sold[2].number}`);
    const svg = await page.locator('.et-face .qr svg').first().evaluate((e) => e.outerHTML);
    await page.evaluate((html) => { document.body.innerHTML = html; const s = document.querySelector('svg'); s.setAttribute('width', '420'); s.setAttribute('height', '420'); }, svg);
    const png = await page.locator('svg').screenshot();
    const gray = await page.evaluate(async (bytes) => {
      const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(640, 480), pen = canvas.getContext('2d');
      pen.fillStyle = '#fff';
      pen.fillRect(0, 0, 640, 480);
      pen.drawImage(image, 110, 30, 420, 420);
      const { data } = pen.getImageData(0, 0, 640, 480);
      return Array.from({ length: 640 * 480 }, (_, i) => 16 + Math.round(data[i * 4] * 219 / 255));
    }, [...png]);
    const frame = Buffer.concat([Buffer.from('FRAME\n'), Buffer.from(gray), Buffer.alloc(640 * 480 / 2, 128)]);
    const film = path.join(dir, 'camera.y4m');
    writeFileSync(film, Buffer.concat([Buffer.from('YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420\n'), ...Array(10).fill(frame)]));
    writeFileSync(path.join(dir, 'code.png'), png);
    return film;
  } finally {
    await browser.close();
  }
}

test('A10.3 A10.4 the camera sees the code, a picture of it is read, another picture is not', async () => {
  const film = await picture();
  const browser = await openBrowser({ width: 360, args: ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`] });
  browser.axe = true;
  const { page } = browser;
  try {
    await page.goto(server.url + '/verify/scan');
    await ready(page);
    await page.click('#scan-camera');
    await page.waitForFunction(() => document.getElementById('scan-verdict').dataset.code, null, { timeout: 20_000 });
    assert.deepEqual([await code(page), await page.textContent('#scan-verdict h2')], ['valid', '真实有效']);
    assert.ok((await page.inputValue('#f-text')).includes(sold[2].number));
    assert.equal(await page.isVisible('#scan-video'), false, 'the camera is closed again');
    await good(browser, 'scan-camera');
    await page.evaluate(() => { document.getElementById('scan-verdict').dataset.code = ''; });
    await page.setInputFiles('#scan-picture', path.join(dir, 'code.png'));
    await page.waitForFunction(() => document.getElementById('scan-verdict').dataset.code);
    assert.equal(await code(page), 'valid');
    await page.setInputFiles('#scan-picture', { name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
    await page.waitForFunction(() => /没有找到二维码/.test(document.getElementById('scan-state').textContent));
  } finally {
    await browser.close();
  }
});

test('A10.7 without JavaScript the page leads on', async () => {
  const browser = await openBrowser({ width: 360, javaScript: false });
  try {
    await browser.page.goto(server.url + '/verify/scan');
    await browser.page.fill('#f-text', sold[2].qr);
    await Promise.all([browser.page.waitForNavigation(), browser.page.click('#scan-form .btn')]);
    assert.match(await browser.page.textContent('h1'), /真实有效/);
  } finally {
    await browser.close();
  }
});
