// The lottery as people see it: enter, win, be paid, look at the proof, report; officers' pages. 1280 and 360 px (A11.e 1, 5).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser } from '../lib/browser.mjs';
import { Client, eventually } from '../lib/client.mjs';
import { issue, openDraw } from '../lib/lottery.mjs';
import { click, good, signIn } from '../lib/pages.mjs';
import { Server } from '../lib/server.mjs';

/** Round 1000 of drand's quicknet, as its servers answer it. */
const REAL = { chain: '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971', round: 1000,
  signature: 'b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39',
  randomness: 'fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd' };

/** A11.d The button on the page of a draw: the sandbox's beacon proves nothing, a real one holds, any change is told. */
async function checksBeacon(page) {
  const told = async (beacon) => {
    if (beacon) await page.route('**/beacon.json', (r) => r.fulfill({ json: beacon }));
    await page.locator('#beacon button').click();
    await page.waitForFunction(() => !document.querySelector('#beacon button').disabled);
    if (beacon) await page.unroute('**/beacon.json');
    return page.textContent('#beacon [role="status"]');
  };
  assert.match(await told(null), /不是 drand quicknet/);
  assert.match(await told(REAL), /签名是 drand 网络（quicknet）第 1000 轮的/);
  const end = (text, to) => text.slice(0, -2) + to;
  for (const wrong of [{ round: 1001 }, { signature: end(REAL.signature, '38') }, { randomness: end(REAL.randomness, 'dc') }, { signature: 'zz' }])
    assert.match(await told({ ...REAL, ...wrong }), /不可信/);
}

for (const [width, javaScript] of [[1280, true], [360, true], [360, false]]) {
  test(`A11.e1 e5 enter, win, be paid, report: ${width} px, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
    const server = await Server.start(), browser = await openBrowser({ width, javaScript }), { page } = browser, url = server.url;
    browser.axe = javaScript;
    const main = () => page.textContent('main');
    try {
      const T2 = await Client.signIn(url, 'T2'), L1 = await Client.signIn(url, 'L1');
      const { draw } = await openDraw(url);
      await page.goto(url + '/lottery/schemes');
      assert.match(await main(), /杭州餐饮有奖发票（演示）[\s\S]*10,000\.00/);
      await good(browser, 'lottery-schemes');
      await page.goto(url + '/lottery/schemes/hangzhou-catering');
      assert.match(await main(), /共 1000 个签，中奖率 50%，平均每张 10\.40 元/);
      await good(browser, 'lottery-scheme');
      await signIn(page, url, 'P2');
      await page.goto(url + '/lottery');
      await good(browser, 'lottery-empty');
      // a fault in the form comes back at its field
      await page.locator('#f-qr').fill('01,32,,2633200000000');
      await click(page, 'form[action="/lottery/entries"] button');
      await good(browser, 'lottery-fault');
      const small = await issue(T2, '30.00');
      await page.locator('#f-qr').fill(small.qr);
      await click(page, 'form[action="/lottery/entries"] button');
      assert.match(await main(), /不能参加[\s\S]*低于活动的最低金额（< 100）/);
      await good(browser, 'lottery-refused');
      let won = false;
      for (let i = 0; i < 60 && !won; i++) {
        const invoice = await issue(T2, '128.00');
        await page.goto(url + '/lottery');
        await page.locator('#f-qr').fill(invoice.qr);
        await click(page, 'form[action="/lottery/entries"] button');
        won = /中奖了/.test(await page.textContent('h1'));
        if (!won) assert.match(await page.textContent('h1'), /这次没有中奖/);
      }
      assert.ok(won);
      await good(browser, 'lottery-won');
      await page.goto(url + '/lottery');
      await good(browser, 'lottery-home');
      // the account: then the prize goes out by itself
      if (!(await page.locator('#f-account').isVisible())) await page.locator('summary:has-text("收款账户"), summary:has-text("换一个账户")').first().click();
      await page.locator('#f-channel').selectOption('wechat');
      await page.locator('#f-account').fill('oUpF8uMuAJO_M2pxb1Q9zNjWeS6o');
      await click(page, 'form[action="/lottery/account"] button');
      assert.match(await main(), /微信钱包[\s\S]*eS6o/);
      const P2 = await Client.signIn(url, 'P2');
      const first = (await eventually(() => P2.get('/v1/lottery'), (r) => r.body.prizes.every((p) => p.state === 'paid'), 20_000)).body.prizes[0];
      await page.goto(url + `/lottery/prizes/${first.id}`);
      assert.match(await page.textContent('h1'), /奖金已到账/);
      await good(browser, 'lottery-prize');
      await page.goto(url + `/lottery/schemes/hangzhou-catering/${draw}`);
      if (javaScript) await checksBeacon(page);
      await good(browser, 'lottery-draw');
      await page.goto(url + '/lottery/schemes/hangzhou-catering');
      await good(browser, 'lottery-scheme-after');
      await page.goto(url + '/messages');
      assert.match(await main(), /奖金 [\d.,]+ 元已到账/);
      // giving a ticket away
      await page.goto(url + '/lottery');
      await page.locator('summary:has-text("捐出这张奖票")').first().click();
      await click(page, 'form[action$="/donation"] button');
      assert.match(await main(), /捐给\s+红十字会（演示账户）/);
      // the seller refused to issue
      await page.goto(url + '/lottery/reports/new');
      await good(browser, 'lottery-report-new');
      await page.locator('#f-at').fill('2026-11-20 18:30');
      await click(page, 'form[action="/lottery/reports"] button');
      await good(browser, 'lottery-report-faults');
      assert.equal(await page.locator('#f-at').inputValue(), '2026-11-20 18:30', 'a time as people write it is taken and shown so');
      assert.equal(await page.locator('#f-at.is-invalid').count(), 0);
      await page.locator('#f-qr').fill('https://etax.example/taxpayers/92330106MA2H00022G');
      await page.locator('#f-place').fill('文三路 2 号');
      await page.locator('#f-note').fill('说机器坏了');
      await click(page, 'form[action="/lottery/reports"] button');
      assert.match(await main(), /小满面包房/);
      const number = page.url().split('/').pop();
      await good(browser, 'lottery-report');
      // officers
      await L1.post('/v1/lottery/releases', { scheme: 'hangzhou-catering', amount: '5000.00', reason: '十二月活动' });
      await signIn(page, url, 'L2');
      await page.goto(url + '/lottery/pools');
      await good(browser, 'lottery-pools');
      await click(page, 'form[action$="/decisions"] button');
      assert.match(await main(), /已拨/);
      await signIn(page, url, 'O1');
      await page.goto(url + '/lottery/cases');
      await good(browser, 'lottery-cases');
      await click(page, 'th a');
      assert.ok(page.url().includes(number));
      await good(browser, 'lottery-case');
      await page.locator('#f-outcome').selectOption('issued');
      await page.locator('#f-note').fill('商家已补开');
      await click(page, 'form[action$="/decisions"] button');
      assert.match(await main(), /已办结/);
      await page.goto(url + '/lottery/schemes?lang=en');
      await good(browser, 'lottery-schemes-en');
    } finally {
      await browser.close();
      await server.close();
    }
  });
}
