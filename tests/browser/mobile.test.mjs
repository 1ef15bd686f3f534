// Mobile issuing in the real browser, with the network off and the server stopped besides (A08.e1–e6): enrol, issue offline, a
// buyer checks offline, a killed browser, two tabs, two devices, wiped storage, a lost phone; 360 px, without JavaScript.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from '../lib/browser.mjs';
import { Client, eventually } from '../lib/client.mjs';
import { Device, sale } from '../lib/lane.mjs';
import { click, good, signIn } from '../lib/pages.mjs';
import { Server } from '../lib/server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(async () => {
  await server.stop();
  const fsck = await server.fsck();
  await server.close();
  assert.equal(fsck.code, 0, fsck.output);
});

const ready = (page) => page.waitForSelector('html[data-ready="1"]');
/** Opens the app; the worker has kept its pages when it is active. */
async function openApp(page, path = '/mobile/app') {
  await page.goto(server.url + path);
  await ready(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
}
async function phone(account = 'T2', name = '店里的手机') {
  const browser = await openBrowser({ width: 360, height: 800 });
  browser.axe = true;
  const { page } = browser;
  try {
    await signIn(page, server.url, account);
    await openApp(page);
    await page.locator('#m-device').fill(name);
    await page.locator('#m-enrol button').click();
    await page.waitForSelector('#m-form:not([hidden])');
  } catch (e) {
    await browser.close(); // an open browser would keep the run from ending
    throw e;
  }
  return browser;
}
async function fill(page, amount, buyer = '路人甲') {
  await page.locator('#m-buyer').fill(buyer);
  await page.locator('#m-name').fill('餐饮服务');
  await page.locator('#m-code').fill('3070401000000000000');
  await page.locator('#m-amount').fill(amount);
}
async function issue(page, amount, buyer) {
  await fill(page, amount, buyer);
  await page.locator('#m-issue').click();
  await page.waitForFunction((a) => document.getElementById('m-shown-total').textContent === a && !document.getElementById('m-result').hidden && !document.getElementById('m-issue').disabled, amount);
  const stored = (await kept(page))[0];
  return stored;
}
const kept = (page) => page.evaluate(() => new Promise((done) => {
  const r = indexedDB.open('etax-mobile', 1);
  r.onsuccess = () => {
    const q = r.result.transaction('invoices').objectStore('invoices').getAll();
    q.onsuccess = () => { r.result.close(); done(q.result.sort((a, b) => b.sequence - a.sequence).map(({ number, total, qr, sequence, state }) => ({ number, total, qr, sequence, state }))); };
  };
}));
async function networkOff(...browsers) {
  browsers.forEach(calm);
  for (const b of browsers) await b.context.setOffline(true);
  await server.stop();
}
async function networkOn(...browsers) {
  await server.launch();
  for (const b of browsers) await b.context.setOffline(false);
}
/** What the browser says of a network that is off is no fault. */
const calm = (b) => {
  const noise = (f) => /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|ERR_FAILED|sw\.js/.test(f);
  const push = (f) => (noise(f) ? b.faults.length : Array.prototype.push.call(b.faults, f));
  Object.defineProperty(b.faults, 'push', { value: push, configurable: true }); // not enumerable: the list stays comparable
};

test('A08.e1–e4 airplane mode: three invoices, checked by the buyer offline; a killed browser leaves exactly one; all arrive', async () => {
  const seller = await phone(), buyer = await openBrowser({ width: 360, height: 800 });
  buyer.axe = true;
  const { page } = seller, t2 = await Client.signIn(server.url, 'T2');
  try {
    const lane = (await t2.get('/v1/mobile')).body.lanes[0];
    assert.deepEqual([lane.blocks[0].count, lane.open_numbers, lane.active], [20, 20, true]);
    assert.match(lane.blocks[0].first, /^\d{4}3\d{14}1$/);
    await good(seller, 'mobile-app');
    await openApp(buyer.page, '/mobile/check');
    await good(buyer, 'mobile-check');
    await networkOff(seller, buyer);
    await page.reload();
    await ready(page);
    const codes = [];
    for (const amount of ['12.00', '30.00', '58.50']) codes.push(await issue(page, amount));
    await good(seller, 'mobile-offline');
    assert.match(await page.textContent('#m-net'), /没有网络/);
    await buyer.page.reload();
    await ready(buyer.page);
    for (const [i, amount] of ['12.00', '30.00', '58.50'].entries()) {
      await buyer.page.locator('#c-text').fill(codes[i].qr);
      await buyer.page.locator('#c-form button.btn-primary').click();
      await buyer.page.waitForFunction((n) => document.getElementById('c-number').textContent === n, codes[i].number);
      assert.equal(await buyer.page.textContent('#c-total'), amount);
      assert.match(await buyer.page.textContent('#c-head'), /签名和证书都是真的/);
      assert.match(await buyer.page.textContent('#c-seller'), new RegExp(lane.seller.tax_id));
    }
    await good(buyer, 'mobile-check-good');
    await buyer.page.locator('#c-text').fill(codes[0].qr.replace('|etaxl1|', '|etaxl1|A').replace(/(etaxl1\|A.{86})./, '$1'));
    await buyer.page.locator('#c-form button.btn-primary').click();
    await buyer.page.waitForSelector('#c-result.is-bad');
    assert.match(await buyer.page.textContent('#c-head'), /签名和内容对不上/);
    // the fourth: the tab dies between the intent and the invoice
    await page.evaluate(() => { window.etaxPause = () => new Promise(() => {}); });
    await fill(page, '99.00');
    await page.locator('#m-issue').click();
    await page.waitForTimeout(300);
    const again = await seller.context.newPage();
    await page.close();
    await again.goto(server.url + '/mobile/app');
    await ready(again);
    assert.match(await again.textContent('#m-told'), /已补开/);
    await again.reload();
    await ready(again);
    assert.deepEqual((await kept(again)).map((i) => [i.sequence, i.total, i.state]), [[4, '99.00', 'queued'], [3, '58.50', 'queued'], [2, '30.00', 'queued'], [1, '12.00', 'queued']]);
    // network on; another device of the same seller in between
    await networkOn(seller, buyer);
    const other = await Device.enrol(await Client.signIn(server.url, 'T2'), { name: '平板' });
    await other.issue(sale('7.00', { rate: '0.01', code: '3070401000000000000', name: '餐饮服务' }));
    const on = Date.now();
    assert.equal((await other.sync(new Client(server.url))).body.issued, 1);
    await again.evaluate(() => dispatchEvent(new Event('online')));
    await again.waitForFunction(() => /全部已上报/.test(document.getElementById('m-net').textContent));
    const ms = Date.now() - on;
    assert.ok(ms < 2000 + 1000, `${ms} ms`); // the second thousand is for a busy machine
    const mine = await Client.signIn(server.url, 'T2');
    for (const i of await kept(again)) {
      const shown = await mine.get(`/v1/invoices/${i.number}`);
      assert.deepEqual([shown.status, shown.body.total], [200, i.total], shown.text);
    }
    const lanes = (await mine.get('/v1/mobile')).body;
    assert.deepEqual(lanes.lanes.map((l) => [l.device_name, l.issued, l.to_confirm]), [['平板', 1, 0], ['店里的手机', 4, 0]]);
  } finally {
    await seller.close();
    await buyer.close();
    if (server.process.exitCode !== null) await server.launch(); // a failure while the network is off is not that of the next tests
  }
});

test('A08.e1 A08.e6 an empty phone: login QR on the screen, scanned once; key, numbers, first invoice in a few steps', async () => {
  const screen = await openBrowser(), handset = await openBrowser({ width: 360, height: 800 });
  screen.axe = handset.axe = true;
  const { page } = handset;
  try {
    await signIn(screen.page, server.url, 'T3');
    await screen.page.goto(server.url + '/phone');
    await good(screen, 'phone');
    await click(screen.page, 'main form button');
    await good(screen, 'phone-code');
    const link = await screen.page.getAttribute('[data-phone]', 'data-phone');
    assert.equal((await fetch(server.url + link)).status, 200); // looking does not use it up
    const steps = [];
    await page.goto(server.url + link);
    steps.push('scan');
    await good(handset, 'phone-login');
    await click(page, 'main form button');
    steps.push('sign in');
    await ready(page);
    await page.locator('#m-enrol button').click();
    await page.waitForSelector('#m-form:not([hidden])');
    steps.push('key and numbers');
    await page.locator('#m-title').fill('名称：海川精密机械有限公司\n税号：91330100MA2H000142');
    assert.deepEqual([await page.inputValue('#m-buyer'), await page.inputValue('#m-buyer-id')], ['海川精密机械有限公司', '91330100MA2H000142']);
    await page.locator('#m-name').fill('餐饮服务');
    await page.locator('#m-name').blur();
    await page.waitForFunction(() => document.getElementById('m-code').value.length === 19);
    // the list under the code: what the bureau finds for words typed there, and (below) what was used before
    const offers = (code) => page.waitForFunction((c) => [...document.querySelectorAll('#m-codes option')].some((o) => o.value === c && o.label.startsWith(c)), code);
    const code = await page.inputValue('#m-code');
    await offers(code);
    await page.locator('#m-code').fill('车床');
    await offers('1090105030000000000');
    await page.locator('#m-code').fill(code);
    await page.locator('#m-amount').fill('88.00');
    await page.locator('#m-rate').selectOption('0.06');
    await page.locator('#m-issue').click();
    await page.waitForFunction(() => document.getElementById('m-shown-total').textContent === '88.00');
    steps.push('issue');
    await eventually(() => kept(page), (list) => list.length === 1 && list[0].state === 'issued');
    assert.equal(steps.length, 4);
    await offers(code);
    // again from the list, and the link that is shared
    await page.locator('#m-again').click();
    assert.equal(await page.inputValue('#m-amount'), '88.00');
    const shared = await page.getAttribute('#m-link', 'href');
    await eventually(() => fetch(shared).then((r) => r.text()).then((text) => ({ text })), (a) => /真实有效/.test(a.text));
    assert.match(await page.getAttribute('#m-mail', 'href'), /^mailto:\?subject=/);
    // once only, and it stands in the list of sessions
    await page.context().clearCookies();
    await page.goto(server.url + link);
    assert.match(await page.textContent('main'), /已用过或已过期/);
    await screen.page.goto(server.url + '/sessions');
    assert.match(await screen.page.textContent('main'), /扫码登录/);
  } finally {
    await screen.close();
    await handset.close();
  }
});

test('A08.2 several items on one invoice: added, taken off, said what is wrong, issued with their sum, repeated', async () => {
  const seller = await phone('T1', '几项'), { page } = seller;
  try {
    await fill(page, '10.60');
    await page.locator('#m-rate').selectOption('0.06');
    await page.locator('#m-more').click();
    await page.locator('#m-more').click(); // nothing typed: told at the fields, nothing is added
    assert.equal(await page.isVisible('#m-name-e'), true);
    await page.locator('#m-name').fill('矿泉水');
    await page.locator('#m-code').fill('1030301000000000000');
    await page.locator('#m-amount').fill('1.13');
    await page.locator('#m-rate').selectOption('0.13');
    assert.equal(await page.textContent('#m-total'), '11.73');
    await page.locator('#m-more').click();
    await page.locator('#m-lines li:first-child button').click();
    assert.equal(await page.textContent('#m-total'), '1.13');
    await fill(page, '21.20');
    await page.locator('#m-rate').selectOption('0.06');
    await good(seller, 'mobile-items');
    await page.locator('#m-issue').click();
    await page.waitForFunction(() => document.getElementById('m-shown-total').textContent === '22.33');
    const [made] = await eventually(() => kept(page), (list) => list[0]?.state === 'issued');
    const shown = (await (await Client.signIn(server.url, 'T1')).get(`/v1/invoices/${made.number}`)).body;
    assert.deepEqual(shown.lines.map((l) => [l.amount, l.tax]), [['1.00', '0.13'], ['20.00', '1.20']]);
    await page.locator('#m-again').click();
    assert.deepEqual([await page.locator('#m-lines li').count(), await page.inputValue('#m-amount'), await page.textContent('#m-total')], [1, '21.20', '22.33']);
  } finally {
    await seller.close();
  }
});

test('A08.2 A09.1 coal: its kind is asked for when the code is coal, and goes along', async () => {
  const seller = await phone('T1', '煤场'), { page } = seller;
  try {
    await fill(page, '678.00');
    assert.equal(await page.isVisible('#m-coal'), false);
    await page.locator('#m-code').fill('1020101000000000000');
    await page.locator('#m-rate').selectOption('0.13');
    await page.locator('#m-issue').click();
    assert.equal(await page.isVisible('#m-coal-e'), true);
    await good(seller, 'mobile-coal');
    await page.locator('#m-coal').selectOption('0300');
    await page.locator('#m-issue').click();
    await page.waitForFunction(() => document.getElementById('m-shown-total').textContent === '678.00');
    const [made] = await eventually(() => kept(page), (list) => list[0]?.state === 'issued');
    assert.equal((await (await Client.signIn(server.url, 'T1')).get(`/v1/invoices/${made.number}`)).body.lines[0].coal, '0300');
  } finally {
    await seller.close();
  }
});

test('A08.e3 two tabs never share a number; a double click makes one', async () => {
  const seller = await phone('T2', '两页'), { page } = seller;
  try {
    const second = await seller.context.newPage();
    await openApp(second);
    await Promise.all([issue(page, '1.00'), issue(second, '2.00'), ]);
    await fill(page, '3.00');
    await page.evaluate(() => { const b = document.getElementById('m-issue'); b.click(); b.click(); });
    await page.waitForFunction(() => document.getElementById('m-shown-total').textContent === '3.00');
    const all = await kept(page);
    assert.equal(all.length, 3);
    assert.equal(new Set(all.map((i) => i.number)).size, 3);
    assert.deepEqual(all.map((i) => i.sequence), [3, 2, 1]);
    await eventually(() => kept(page), (list) => list.every((i) => i.state === 'issued'));
  } finally {
    await seller.close();
  }
});

test('A08.3 wiped storage: the lane is revoked at the next visit, its numbers are explained; then anew', async () => {
  const seller = await phone('T2', '要清空的手机'), { page } = seller;
  try {
    await issue(page, '5.00');
    await eventually(() => kept(page), (list) => list.every((i) => i.state === 'issued'));
    await page.goto(server.url + '/mobile');
    await page.evaluate(() => new Promise((done) => { const r = indexedDB.deleteDatabase('etax-mobile'); r.onsuccess = done; r.onblocked = done; }));
    await openApp(page);
    assert.match(await page.textContent('#m-told'), /密钥已被清除/);
    const t2 = await Client.signIn(server.url, 'T2');
    const lost = (await t2.get('/v1/mobile')).body.lanes.find((l) => l.device_name === '要清空的手机');
    assert.deepEqual([lost.active, lost.ended_because, lost.open_numbers, lost.blocks[0].returned, lost.issued], [false, 'wiped', 0, 19, 1]);
    await page.locator('#m-enrol button').click();
    await page.waitForSelector('#m-form:not([hidden])');
    await good(seller, 'mobile-anew');
  } finally {
    await seller.close();
  }
});

for (const [width, javaScript] of [[1280, true], [360, false]]) {
  test(`A08.e5 a lost phone: revoked on the page, late invoices wait for the seller, ${width} px, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
    const t3 = await Client.signIn(server.url, 'T3'), open = new Client(server.url);
    const d = await Device.enrol(t3, { name: `丢了的手机${width}` });
    const e = [await d.issue(sale('10.00')), await d.issue(sale('20.00')), await d.issue(sale('30.00'))];
    await d.sync(open, [e[0]]);
    const browser = await openBrowser({ width, javaScript });
    browser.axe = javaScript;
    const { page } = browser;
    try {
      await signIn(page, server.url, 'T3');
      await page.goto(server.url + '/mobile');
      await good(browser, 'mobile-lanes');
      await click(page, `tr:has-text("丢了的手机${width}") button[value=lost]`);
      assert.match(await page.textContent(`tr:has-text("丢了的手机${width}")`), /已停用/);
      assert.equal((await d.sync(open)).body.to_confirm, 2);
      const forged = await eventually(() => open.post('/v1/verify/qr', { text: e[2].qr }, { key: null }), (a) => a.body.verdict === 'rejected');
      assert.equal(forged.status, 200);
      await page.goto(server.url + '/mobile');
      await good(browser, 'mobile-confirm');
      await click(page, `tr:has-text("${e[1].number}") button[value=confirm]`);
      await click(page, `tr:has-text("${e[2].number}") button[value=refuse]`);
      assert.match(await page.textContent('main'), /没有等您确认的发票/);
      assert.equal((await t3.get(`/v1/invoices/${e[1].number}`)).body.total, '20.00');
      assert.equal((await t3.get(`/v1/invoices/${e[2].number}`)).status, 404);
      if (!javaScript) {
        await page.goto(server.url + '/mobile/app');
        assert.match(await page.textContent('main'), /离线开票需要打开 JavaScript/);
      }
    } finally {
      await browser.close();
    }
  });
}
