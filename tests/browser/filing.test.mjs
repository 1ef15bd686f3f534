// The return in a browser (A05.1, A05.e 1, 2): calendar, pre-filled form, every number explained, a change with its effect, faults at
// their fields, filing, receipt, correction; with and without scripts, at 1280 and 360 px, axe silent, nothing sticks out.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mkdirSync } from 'node:fs';
import { openBrowser, overflow, violations } from '../lib/browser.mjs';
import { Client, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { fileDue } from '../lib/owing.mjs';
import { Server } from '../lib/server.mjs';

const pictures = process.env.ETAX_PICTURES; // a directory: screenshots for the eye
if (pictures) mkdirSync(pictures, { recursive: true });

let server;
before(async () => { server = await Server.start(); });
after(() => server.close());

const now = new Date(Date.now() + 8 * 3600_000).toISOString();
const month = (n) => new Date(Date.UTC(Number(now.slice(0, 4)), Number(now.slice(5, 7)) - 1 + n, 1)).toISOString().slice(0, 7);
const P = month(0);

async function signIn(page, account, next) {
  await page.goto(`${server.url}/login?next=${encodeURIComponent(next)}`);
  await page.locator('input[name=account]').fill(parties[account]);
  await page.locator('#f-password').fill('sandbox');
  await Promise.all([page.waitForNavigation(), page.locator('form:has(#f-password) button').first().click()]);
}

/** axe needs scripts; without them the same pages are looked at for what sticks out. */
async function look(page, name, scripts = true) {
  if (scripts) assert.deepEqual(await violations(page), [], `axe on ${name}`);
  assert.equal(await overflow(page), 0, `${name} sticks out`);
  if (pictures) await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
}
const press = (page, text) => Promise.all([page.waitForNavigation(), page.locator(`main :is(button, a):visible:has-text("${text}")`).first().click()]);
const text = (page, selector) => page.locator(selector).first().innerText();

test('the journey of a general payer', async (t) => {
  let t1 = await Client.signIn(server.url, 'T1');
  await fileDue(t1);
  const t3 = await Client.signIn(server.url, 'T3');
  const buyer = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
  for (const [i, net] of ['250000.00', '300000.00', '450000.00'].entries())
    assert.equal((await t1.post('/v1/invoices', invoiceBody({ ref: `B${i}`, buyer, net }))).status, 201);
  const bought = await t3.post('/v1/invoices', invoiceBody({ ref: 'B9', buyer: { tax_id: parties.T1, name: '海川精密机械有限公司' }, net: '600000.00' }));
  assert.equal((await t1.post('/v1/input-credits', { period: P, numbers: [bought.body.number] })).status, 201);

  await t.test('A05.e1 before the period ends the page shows the figures and when it can be filed', async () => {
    const b = await openBrowser({ width: 1280 });
    try {
      await signIn(b.page, 'T1', `/returns/vat/${P}`);
      assert.match(await text(b.page, '.et-notice'), /还没有结束/);
      assert.match(await text(b.page, '#l34'), /52,000\.00/);
      assert.equal(await b.page.locator('.et-bar button').count(), 0);
      await look(b.page, 'running-1280');
    } finally { await b.close(); }
  });

  await new Client(server.url).post('/v1/sandbox/clock', { now: `${month(1)}-05T10:00:00+08:00` });

  for (const [name, options] of [['desk', { width: 1280 }], ['phone', { width: 360 }], ['bare', { width: 360, javaScript: false }]])
    await t.test(`A05.e1 ${name}: calendar, return, explanation, change and its effect, faults at their fields`, async () => {
      const b = await openBrowser(options);
      const { page } = b, scripts = options.javaScript !== false;
      try {
        await signIn(page, 'T1', '/obligations');
        assert.match(await text(page, 'main'), /增值税及附加税费申报/);
        // a registered tax that is not filed here: when and where, and no amount
        assert.match(await text(page, 'tr:has-text("企业所得税")'), /Q[1-4][^]*请到办税服务厅或原渠道办理/);
        await look(page, `obligations-${name}`, scripts);
        const quarterDue = [1, 2, 3].map(month).find((m) => Number(m.slice(5)) % 3 === 1);
        await page.goto(`${server.url}/calendar?month=${quarterDue}`);
        assert.match(await text(page, 'main'), /企业所得税（.*），请在其他渠道申报/);
        await page.goto(`${server.url}/obligations`);
        await press(page, options.width < 768 ? '增值税及附加税费申报' : '去申报');
        assert.match(await text(page, '.et-bar'), /58,240\.00/);
        await look(page, `vat-${name}`, scripts);
        await Promise.all([page.waitForNavigation(), page.locator('#l19 .et-src a').click()]);
        assert.match(await text(page, '.et-explain'), /销项税额 130,000\.00 − 实际抵扣税额 78,000\.00/);
        await look(page, `explain-${name}`, scripts);
        await Promise.all([page.waitForNavigation(), page.locator('#l11 .et-src a').click()]);
        assert.equal(await page.locator('tbody a.et-num').count(), 3);
        await look(page, `line-${name}`, scripts);
        await press(page, '回到申报表');
        await press(page, '修改');
        await page.locator('[name="lines.l14"]').fill('1300.00');
        await press(page, '重新计算');
        assert.match(await text(page, '.et-notice'), /您改了 1 处/);
        assert.match(await text(page, '.et-bar'), /59,696\.00/);
        await look(page, `changed-${name}`, scripts);
        await page.locator('[name="lines.l14"]').fill('many');
        await page.locator('[name="lines.l28"]').fill('-5');
        await press(page, '提交申报');
        assert.equal(await page.locator('.et-errors li').count(), 2);
        assert.equal(await page.locator('[name="lines.l14"]').inputValue(), 'many', 'what was typed is kept');
        assert.equal(await page.locator('[aria-invalid=true]').count(), 2);
        await look(page, `faults-${name}`, scripts);
        assert.deepEqual(b.faults, []);
      } finally { await b.close(); }
    });

  await t.test('A05.e2 filed by one press; the receipt; pressed again from the old page: the same return', async () => {
    const b = await openBrowser({ width: 1280 });
    const { page } = b;
    try {
      await signIn(page, 'T1', `/returns/vat/${P}`);
      const html = await page.content();
      await press(page, '确认申报');
      assert.match(page.url(), /\/returns\/\d+$/);
      assert.match(await text(page, '.et-verdict'), /申报成功/);
      assert.match(await text(page, '.et-verdict'), /58,240\.00/);
      await look(page, 'receipt-1280');
      assert.ok(html.includes('_key'));
      const receipt = page.url();
      await page.goBack();
      if (await page.locator('button:has-text("确认申报")').count()) {
        await press(page, '确认申报');
        assert.equal(page.url(), receipt, 'the same key leads to the same return');
      } else {
        assert.match(await text(page, '.et-notice'), /已经申报/);
      }
      await page.goto(`${server.url}/obligations`);
      assert.match(await text(page, 'main'), /待缴纳/);
      await look(page, 'owed-1280');
      await page.goto(`${server.url}/returns`);
      await look(page, 'returns-1280');
    } finally { await b.close(); }
  });

  await t.test('A05.1 a correction on the phone without scripts: reason asked for, both versions kept', async () => {
    const b = await openBrowser({ width: 360, javaScript: false });
    const { page } = b;
    try {
      await signIn(page, 'T1', `/returns/vat/${P}`);
      await press(page, '更正申报');
      await page.locator('[name="lines.l14"]').fill('1300.00');
      await press(page, '提交更正');
      assert.match(await text(page, '.et-errors'), /更正原因/);
      await page.locator('[name=reason]').fill('集体福利领用');
      await press(page, '提交更正');
      assert.match(await text(page, '.et-verdict'), /申报成功/);
      assert.match(await text(page, 'aside'), /集体福利领用/);
      await look(page, 'corrected-360', false);
      t1 = await Client.signIn(server.url, 'T1');
      const list = (await t1.get('/v1/returns')).body.returns;
      assert.deepEqual(list.filter((r) => r.period === P).map((r) => r.version), [2, 1]);
      await page.goto(`${server.url}/returns/${list[1].id}`);
      assert.match(await text(page, '.et-verdict'), /已被更正/);
      await look(page, 'old-version-360', false);
    } finally { await b.close(); }
  });

  await t.test('A05.1 a zero return of a firm without business, in English', async () => {
    const b = await openBrowser({ width: 360, locale: 'en' });
    const { page } = b;
    try {
      await signIn(page, 'T4', `/returns/vat/${P}?lang=en`);
      const main = await text(page, 'main');
      assert.ok(!/[\u4e00-\u9fff]/.test(main.replace(/云杉商场有限公司/g, '')), `Chinese is left: ${main.match(/.{0,20}[\u4e00-\u9fff]+.{0,20}/)?.[0]}`);
      await look(page, 'zero-en-360');
      await press(page, 'File a zero return');
      assert.match(await text(page, '.et-verdict'), /filed/i);
      await look(page, 'zero-filed-en-360');
    } finally { await b.close(); }
  });

  await t.test('A05.1 small-scale: the quarter with its sales', async () => {
    const b = await openBrowser({ width: 1280 });
    try {
      const q = `${P.slice(0, 4)}Q${Math.ceil(Number(P.slice(5, 7)) / 3)}`;
      await signIn(b.page, 'T2', `/returns/vat/${q}`);
      assert.match(await text(b.page, 'main'), /小规模纳税人/);
      await look(b.page, 'small-1280');
    } finally { await b.close(); }
  });
});
