// What a buyer does with the invoices it received: imports the files of sellers outside, picks what is to be deducted, undoes
// it, sees a closed month; with and without JavaScript, at 1280 and 360 px (A09.4, A09.10, A05.1).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from '../lib/browser.mjs';
import { Client, eventually, parties } from '../lib/client.mjs';
import { invoiceBody, purchaseXml } from '../lib/main_job.mjs';
import { setClock } from '../lib/owing.mjs';
import { click, good, signIn } from '../lib/pages.mjs';
import { Server } from '../lib/server.mjs';

const names = { T1: '海川精密机械有限公司', T3: '远帆纺织进出口有限公司' };
let server, t1, today, month, run = 0;
const ok = (r, status = 200) => { assert.equal(r.status, status, r.text); return r.body; };
before(async () => {
  server = await Server.start();
  t1 = await Client.signIn(server.url, 'T1');
  today = (await new Client(server.url).get('/healthz')).body.now.slice(0, 10);
  month = today.slice(0, 7);
});
after(async () => {
  const fsck = await server.fsck();
  await server.close();
  assert.equal(fsck.code, 0, fsck.output);
});

const file = (name, text) => ({ name, mimeType: 'application/xml', buffer: Buffer.from(text) });
const xml = (number, extra = {}) => purchaseXml({ number, buyer: parties.T3, buyerName: names.T3, net: '1000.00', tax: '130.00', issued: today, ...extra });

for (const [width, javaScript] of [[1280, true], [360, true], [360, false]]) {
  const n = ++run;
  test(`A09.4 A09.10 A05.1 import files, pick, sum, confirm, undo: ${width} px, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
    const outside = `2631200000000000${n}001`, other = `2631200000000000${n}002`;
    const here = [];
    for (let i = 0; i < 3; i++)
      here.push(ok(await t1.post('/v1/invoices', invoiceBody({ ref: `pick-${n}-${i}`, net: `${i + 1}00.00`, buyer: { tax_id: parties.T3, name: names.T3 } })), 201));
    const browser = await openBrowser({ width, javaScript });
    browser.axe = javaScript;
    const { page } = browser;
    try {
      await signIn(page, server.url, 'T3');
      await page.goto(server.url + '/purchases');
      if (n === 1) assert.match(await page.textContent('main'), /还没有导入过发票/);
      await good(browser, n === 1 ? 'purchases-empty' : 'purchases-before');
      await click(page, 'main .btn-primary, .et-empty .btn');
      await good(browser, 'purchase-import');
      await click(page, 'main form .btn-primary');
      assert.match(await page.textContent('#errors'), /发票 XML 文件/);
      await good(browser, 'purchase-import-empty');
      await page.locator('#f-files').setInputFiles([file('a.xml', xml(outside)), file('b.xml', xml(other, { net: '100000.00', tax: '13000.00' })),
        file('again.xml', xml(outside)), file('changed.xml', xml('26312000000000009999').replace('<TotalTaxAm>130.00', '<TotalTaxAm>131.00')),
        file('theirs.xml', xml('26312000000000009998', { buyer: parties.T1, buyerName: names.T1 })), file('scan.pdf', '%PDF-1.7 …')]);
      await click(page, 'main form .btn-primary');
      const text = await page.textContent('main');
      assert.match(text, /6 个文件里有 3 个没有导入/);
      assert.match(text, /新导入 2 张，以前导入过 1 张/);
      assert.match(text, /文件可能被改动过/);
      assert.match(text, /购买方不是您现在的办事身份/);
      assert.match(text, /XML 读不懂/);
      await good(browser, 'purchase-imported');
      await page.goto(server.url + '/purchases');
      assert.match(await page.textContent('table'), /云杉商场有限公司[^]*未勾选/);
      await good(browser, 'purchases');
      await click(page, `a[href="/purchases/${outside}"]`);
      assert.match(await page.textContent('main'), /壹仟壹佰叁拾圆整/);
      await good(browser, 'purchase-show');
      await eventually(() => t1.get(`/v1/verify/invoices/${here[2].number}`), (a) => a.body.verdict === 'valid');
      await click(page, 'aside .btn-primary');

      // picking: the sum follows, the server's as the script's
      await good(browser, 'credits');
      const box = (number) => page.locator(`input[value="${number}"]`);
      await box(here[0].number).check();
      await box(other).check();
      if (javaScript) {
        assert.equal(await page.textContent('[data-sum-total]'), '13,013.00');
        assert.ok(await page.locator('button[value=sum]').isHidden());
      } else {
        await click(page, 'button[value=sum]');
        assert.equal(await page.textContent('[data-sum-total]'), '13,013.00');
        assert.ok(await box(other).isChecked());
      }
      await good(browser, 'credits-picked');
      await click(page, 'button[value="set all 1"]');
      const boxes = await page.locator('input[name=numbers]').all();
      assert.equal(await page.textContent('[data-sum-count]'), String(boxes.length));
      for (const one of boxes) await one.setChecked([here[0].number, other].includes(await one.inputValue()));
      await click(page, '.et-bar .btn-primary');
      assert.match(await page.textContent('h1'), /已勾选 2 张/);
      assert.match(await page.textContent('main'), /13,013\.00/);
      await good(browser, 'credited');
      await page.goto(server.url + `/purchases/${other}`);
      assert.match(await page.textContent('aside'), /已勾选/);
      await good(browser, 'purchase-show-credited');
      // nothing chosen: said at its place
      await page.goto(server.url + '/input-credits');
      await click(page, '.et-bar .btn-primary');
      assert.match(await page.textContent('#errors'), /发票号码/);
      await good(browser, 'credits-none');
      // meanwhile a colleague has confirmed one of them
      const [mine] = [here[1].number];
      await box(mine).check();
      ok(await (await Client.signIn(server.url, 'T3')).post('/v1/input-credits', { period: month, numbers: [mine] }), 201);
      await click(page, '.et-bar .btn-primary');
      assert.match(await page.textContent('#errors'), /已在 \d{4}-\d\d 勾选过/);
      await good(browser, 'credits-conflict');
      // undone
      await click(page, 'nav.et-filter a:last-child');
      await box(other).check();
      await good(browser, 'credits-undo');
      await click(page, '.et-bar .btn-danger');
      assert.match(await page.textContent('h1'), /已撤销 1 张/);
      await good(browser, 'credited-undone');
      await click(page, 'a[href^="/input-credits/withdrawal"]');
      assert.equal(await box(other).count(), 0);
      assert.ok(await box(here[0].number).count());
    } finally {
      await browser.close();
    }
  });
}

test('A09.10 by keyboard alone; the session ends in the middle: signed in again, the picks are there', async () => {
  const v = ok(await t1.post('/v1/invoices', invoiceBody({ ref: 'keys', net: '700.00', buyer: { tax_id: parties.T3, name: names.T3 } })), 201);
  const t3 = await Client.signIn(server.url, 'T3');
  await eventually(() => t3.get('/v1/input-credits'), (a) => a.body.invoices.some((i) => i.number === v.number));
  const browser = await openBrowser({ width: 1280 });
  browser.axe = true;
  const { page } = browser;
  const box = page.locator(`input[value="${v.number}"]`);
  const press = async (wanted, key) => {
    for (let i = 0; i < 80 && !(await wanted.evaluate((e) => e === document.activeElement)); i++) await page.keyboard.press('Tab');
    assert.ok(await wanted.evaluate((e) => e === document.activeElement), 'reached by Tab');
    const [top, bar] = [await wanted.boundingBox(), await page.locator('.et-bar').boundingBox()];
    if (key === 'Space') assert.ok(top.y + top.height <= bar.y, 'not under the bar');
    await page.keyboard.press(key);
  };
  try {
    await signIn(page, server.url, 'T3');
    await page.goto(server.url + '/input-credits');
    await press(box, 'Space');
    assert.ok(await box.isChecked());
    await page.context().clearCookies();
    await Promise.all([page.waitForNavigation(), press(page.locator('.et-bar .btn-primary'), 'Enter')]);
    assert.ok(await page.locator('#f-password').count(), 'the sign-in with the form in its hand');
    await page.locator('input[name=account]').fill(parties.T3);
    await page.locator('#f-password').fill('sandbox');
    await Promise.all([page.waitForNavigation(), page.locator('form:has(#f-password) button').first().click()]);
    assert.ok(await box.isChecked(), 'nothing is lost');
    assert.equal(ok(await t3.get('/v1/input-credits')).invoices.some((i) => i.number === v.number), true, 'nothing was done yet');
    await good(browser, 'credits-resumed');
    await Promise.all([page.waitForNavigation(), press(page.locator('.et-bar .btn-primary'), 'Enter')]);
    assert.match(await page.textContent('h1'), /已勾选 1 张/);
    await click(page, 'a:has-text("继续勾选")');
    assert.equal(await box.count(), 0, 'the list as it is now');
    await page.goto(server.url + '/input-credits?lang=en');
    assert.match(await page.textContent('h1'), /input tax/i);
    assert.deepEqual((await page.textContent('main')).replaceAll(/云杉商场有限公司|海川精密机械有限公司/g, '').match(/[\u4e00-\u9fff]+/g), null);
    await good(browser, 'credits-en');
  } finally {
    await browser.close();
  }
});

test('A05.1 a small-scale taxpayer is told that there is nothing to pick; another month; a filed one is closed', async () => {
  const browser = await openBrowser({ width: 360 });
  browser.axe = true;
  const { page } = browser;
  try {
    await signIn(page, server.url, 'T2');
    await page.goto(server.url + '/input-credits');
    assert.match(await page.textContent('main'), /您是小规模纳税人/);
    await good(browser, 'credits-small');
    for (const [who, words] of [['P1', /您现在以个人身份办事/], ['O1', /您现在以税务人员身份办事/]]) {
      await signIn(page, server.url, who);
      await page.goto(server.url + '/input-credits');
      assert.match(await page.textContent('main'), words);
      assert.doesNotMatch(await page.textContent('main'), /小规模纳税人/);
      assert.equal(await page.locator('main a[href="/identity"]').count(), 1);
      await good(browser, `credits-${who}`);
    }
    await signIn(page, server.url, 'T3');
    await page.goto(server.url + '/input-credits');
    await click(page, 'a:has-text("←")');
    assert.match(await page.textContent('main'), /没有可以勾选的发票/);
    await good(browser, 'credits-month-before');
    assert.equal((await page.goto(server.url + '/input-credits?period=2026Q4')).status(), 400);
    // a refused post of the month before shows that month again
    const [y, m] = month.split('-').map(Number);
    await setClock(server.url, `${m === 12 ? y + 1 : y}-${String(m % 12 + 1).padStart(2, '0')}-05T10:00:00+08:00`);
    await signIn(page, server.url, 'T3');
    await page.goto(`${server.url}/input-credits?period=${month}`);
    await click(page, '.et-bar .btn-primary');
    assert.match(await page.textContent('h1'), new RegExp(`${m} 月`));
    // filed: closed
    const t3 = await Client.signIn(server.url, 'T3');
    const form = ok(await t3.get(`/v1/returns/vat/${month}`));
    ok(await t3.post(`/v1/returns/vat/${month}`, { lines: form.lines }), 201);
    await eventually(() => t3.get(`/v1/input-credits?period=${month}`), (a) => a.body.closed);
    await page.goto(`${server.url}/input-credits?period=${month}`);
    assert.match(await page.textContent('main'), /增值税已申报，不能再勾选或撤销/);
    assert.equal(await page.locator('.et-bar').count(), 0);
    await good(browser, 'credits-closed');
  } finally {
    await browser.close();
  }
});
