// Paper invoices in the browser: stock, application with its live reason, tracking, loss, public check, conversion (A07.e1, A09.e6).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from '../lib/browser.mjs';
import { Client } from '../lib/client.mjs';
import { apply, at, box, ok, ROLL, used } from '../lib/paper.mjs';
import { click, good, signIn } from '../lib/pages.mjs';
import { Server } from '../lib/server.mjs';

let server, t2;
before(async () => {
  server = await Server.start();
  t2 = await Client.signIn(server.url, 'T2');
});
after(() => server.close());

test('A07.2 an officer receives a box and sees the sums', async () => {
  const browser = await openBrowser({ width: 1280 });
  browser.axe = true;
  const { page } = browser;
  try {
    await signIn(page, server.url, 'O1');
    await page.goto(server.url + '/officer/paper');
    for (const [id, v] of [['code', ROLL], ['from', '1'], ['to', '4000'], ['per_unit', '100']]) await page.fill(`#f-${id}`, v);
    await click(page, 'main .btn-primary');
    assert.match(await page.textContent('main'), /4000/);
    await good(browser, 'paper-shelf');
    await page.fill('#f-code', '26');
    await page.fill('#f-from', '7');
    await page.fill('#f-to', '1');
    await click(page, 'main .btn-primary');
    assert.ok(await page.locator('#errors').count());
    await good(browser, 'paper-shelf-error');
    ok(await box(await Client.signIn(server.url, 'O1'), ROLL, 60000, 100, 4001), 201);
  } finally {
    await browser.close();
  }
});

let round = 0;
for (const [width, javaScript] of [[1280, true], [360, true], [360, false]])
  test(`A07.e1 A09.e6 T2: 48 of 50, courier, loss, conversion, ${width} px, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
    // what was held before this round is used up, so that each round begins alike
    if (round) {
      const left = ok(await t2.get('/v1/paper')).kinds.find((k) => k.kind === 'roll').unused;
      for (const u of left) ok(await used(t2, Number(u.from), Number(u.to)), 201);
    }
    const got = await at(t2, ok(await apply(t2, 50), 201).id, 'done'), from = Number(got.numbers[0].from);
    ok(await used(t2, from, from), 201);
    ok(await used(t2, from + 1, from + 4799), 201);
    round++;
    const browser = await openBrowser({ width, javaScript });
    browser.axe = javaScript;
    const { page } = browser;
    try {
      await signIn(page, server.url, 'T2');
      await page.goto(server.url + '/paper');
      await good(browser, 'paper-stock');
      await click(page, 'a[href="/paper/applications/new"]');
      await page.selectOption('#f-kind', 'roll');
      await page.fill('#f-units', '50');
      if (javaScript) await page.waitForFunction(() => /发给 48卷/.test(document.querySelector('[data-part=why]').textContent));
      else {
        await click(page, 'button.btn[name=_again]');
        assert.match(await page.textContent('[data-part=why]'), /其中 48卷已用完并上报[\s\S]*发给 48卷/);
      }
      await good(browser, 'paper-new');
      await page.selectOption('#f-way', 'courier');
      await page.fill('#f-recipient', '李小满');
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('#errors'), /收件地址[\s\S]*手机号/);
      assert.equal(await page.inputValue('#f-units'), '50');
      await good(browser, 'paper-new-error');
      await page.fill('#f-phone', '13800138000');
      await page.fill('#f-address', '杭州市西湖区文三路 2 号');
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('.et-verdict'), /申请 50卷，发给 48卷[\s\S]*48卷已用完并上报/);
      const id = page.url().split('/').at(-1);
      await at(t2, id, 'done');
      await page.reload();
      assert.match(await page.textContent('main'), /已签收[\s\S]*MN\d{12}[\s\S]*派送中/);
      await good(browser, 'paper-application');
      await page.goto(server.url + '/paper/losses/new');
      for (const [name, v] of [['code', ROLL], ['from', from + 4800], ['to', from + 4899]]) await page.fill(`#f-${name}`, String(v));
      await page.selectOption('#f-why', 'stolen');
      await good(browser, 'paper-loss');
      await click(page, 'main .btn-danger');
      assert.match(await page.textContent('.et-verdict'), /作废或遗失[\s\S]*被盗/);
      await good(browser, 'paper-check');
      await page.goto(server.url + '/paper/reports/new');
      await good(browser, 'paper-report');
      await page.goto(`${server.url}/returns/vat/2026Q4/lines/ordinary_1`); // of the day that is reported
      assert.match(await page.textContent('main'), /其中验旧上报的纸质发票 [\d,]+\.00[\s\S]*纸质发票，验旧时上报/);
      await good(browser, 'filing-line-paper');
      await page.goto(server.url + '/paper/conversions/new');
      await page.fill('#f-code', ROLL);
      await page.fill('#f-number', String(from).padStart(8, '0'));
      await click(page, 'main .btn-primary');
      assert.match(await page.textContent('#errors'), /项目名称/);
      await good(browser, 'paper-convert');
      await page.fill('#f-item', '面包');
      await page.fill('#f-tax_code', '1030201020000000000');
      await page.fill('#f-rate', '0.01');
      await click(page, 'main .btn-primary');
      const number = page.url().split('/').at(-1).slice(0, 20);
      assert.match(number, /^26\d{18}$/, await page.textContent('main'));
      await page.context().clearCookies();
      await page.goto(`${server.url}/public/paper-invoices?code=${ROLL}&number=${from}`);
      assert.match(await page.textContent('main'), new RegExp(`已换开电子发票[\\s\\S]*${number}`));
      await good(browser, 'paper-converted');
      await page.goto(`${server.url}/public/paper-invoices?lang=en`);
      assert.match(await page.textContent('h1'), /state of a paper invoice/);
      await page.goto(`${server.url}/public/paper-invoices?code=12&number=x`);
      await good(browser, 'paper-check-error');
    } finally {
      await browser.close();
    }
  });

test('A07.5 A07.2 lists, review, counter and locker of the officers', async () => {
  const browser = await openBrowser({ width: 360 });
  browser.axe = true;
  const { page } = browser;
  try {
    const asked = ok(await apply(t2, 70, { reason: '年底促销' }), 201);
    const t1 = await Client.signIn(server.url, 'T1');
    const hall = ok(await apply(t1, 1, { way: 'hall' }), 201);
    await signIn(page, server.url, 'O1');
    await page.goto(server.url + '/officer/paper/applications');
    await good(browser, 'paper-reviews');
    await click(page, `a[href*="${asked.id}"]`);
    await good(browser, 'paper-review');
    await page.fill('#f-note', '请先用完');
    await click(page, 'button[value=refuse]');
    assert.match(await page.textContent('main'), /没有等着办/);
    await page.goto(server.url + '/officer/paper/couriers');
    await good(browser, 'paper-couriers');
    await page.fill('#f-courier', 'z express');
    await page.fill('#f-title', '追风快运');
    await page.fill('#f-address', 'https://api.courier.example/v2');
    await click(page, 'main .btn-primary');
    assert.match(await page.textContent('#errors'), /代号用小写字母[\s\S]*不带路径/);
    assert.equal(await page.inputValue('#f-title'), '追风快运');
    await good(browser, 'paper-couriers-error');
    await page.fill('#f-courier', 'z-express');
    await page.fill('#f-address', 'https://api.courier.example');
    await click(page, 'main .btn-primary');
    const key = (await page.textContent('main code')).trim();
    assert.match(key, /^[0-9a-f]{64}$/);
    await good(browser, 'paper-courier-key');
    await page.goto(server.url + '/officer/paper/couriers');
    assert.ok(!(await page.content()).includes(key), 'shown once');
    await click(page, 'form[action="/officer/paper/couriers/z-express/key"] button');
    assert.notEqual((await page.textContent('main code')).trim(), key);
    await page.goto(server.url + '/officer/paper/couriers');
    await click(page, 'form[action="/officer/paper/couriers/z-express/end"] button');
    assert.match(await page.textContent('main'), /追风快运[\s\S]*已停用/);
    await page.goto(server.url + '/officer/paper/listings');
    for (const [name, v] of [['code', ROLL], ['from', '59901'], ['to', '60000'], ['why', '受潮']]) await page.fill(`#f-${name}`, v);
    await page.selectOption('#f-state', 'void');
    await click(page, 'main .btn-danger');
    assert.match(await page.textContent('main'), /受潮/);
    await good(browser, 'paper-listings');
    await page.goto(server.url + '/officer/paper/pickups');
    await page.fill('#f-code', '000000000000');
    await click(page, 'main .btn-primary');
    assert.match(await page.textContent('#errors'), /取件码不对/);
    await good(browser, 'paper-hall-error');
    await page.fill('#f-code', hall.pickup.code);
    await click(page, 'main .btn-primary');
    assert.match(await page.textContent('.et-verdict'), /交付 1卷/);
    await good(browser, 'paper-collected');
    await page.context().clearCookies();
    await page.goto(server.url + '/paper/pickups');
    await good(browser, 'paper-locker');
    await signIn(page, server.url, 'T2');
    await page.goto(server.url + '/paper/received');
    await good(browser, 'paper-received');
    await page.goto(`${server.url}/paper/applications/${asked.id}`);
    assert.match(await page.textContent('main'), /请先用完/);
    await good(browser, 'paper-refused');
  } finally {
    await browser.close();
  }
});
