// Issuing as a person does it: by mouse and by keyboard, with and without JavaScript, with faults, interruptions and second
// clicks, at 1280 and 360 px (A09.1, A09.10, A09.12).
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test as plain } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openBrowser, overflow, violations } from '../lib/browser.mjs';
import { Client, parties } from '../lib/client.mjs';
import { invoiceBody, purchaseXml } from '../lib/main_job.mjs';
import { Server } from '../lib/server.mjs';

const LATHE = '1090105030000000000', PAGE_BYTES = 10_000;
const shots = process.env.ETAX_SCREENSHOTS;
if (shots) mkdirSync(shots, { recursive: true });

/** A server, a browser and what is done with them again and again. */
function journey(title, options, run) {
  plain(title, async () => {
    const server = await Server.start();
    const browser = await openBrowser(options);
    const { page } = browser;
    page.setDefaultTimeout(10_000);
    const j = {
      server, page, browser,
      go: (path) => page.goto(server.url + path),
      click: (what) => Promise.all([page.waitForEvent('load'), page.locator(what).first().click()]),
      fill: (name, value) => page.locator(`[name="${name}"]`).last().fill(value),
      text: (what = 'main') => page.textContent(what),
      async signIn(account) {
        await j.go('/login');
        await page.locator('input[name=account]').fill(parties[account]);
        await page.locator('#f-password').fill('sandbox');
        await j.click('form:has(#f-password) button');
      },
      /** axe can not run where JavaScript is off; the same pages at the same width are run with it on. */
      async good(name) {
        if (options.javaScript !== false) assert.deepEqual(await violations(page), [], `axe: ${page.url()}`);
        assert.ok(await overflow(page) <= 0, `stands out sideways: ${page.url()}`);
        const html = await page.content();
        assert.ok(!/\{\{|\}\}/.test(html));
        assert.ok(gzipSync(html).length <= PAGE_BYTES, `${page.url()}: ${gzipSync(html).length} bytes compressed`);
        assert.deepEqual(browser.faults, []);
        if (shots) await page.screenshot({ path: `${shots}/invoice-${name}-${page.viewportSize().width}.png`, fullPage: true });
      },
      async issued(account = 'T1') {
        const t = await Client.signIn(server.url, account);
        return (await t.get('/v1/invoices')).body;
      },
    };
    try {
      await run(j);
    } finally {
      await browser.close();
      await server.close();
    }
  });
}

for (const width of [1280, 360])
  journey(`A09.1 A09.12 T1 issues to T2 by hand, figures while typing, one invoice for two clicks: ${width} px`, { width }, async (j) => {
    const { page } = j;
    await j.signIn('T1');
    await j.go('/invoices');
    assert.match(await j.text(), /没有开过发票/);
    await j.good('list-empty');
    await j.click('main a:has-text("开具发票")');
    assert.match(page.url(), /\/invoices\/new$/);
    await j.good('new');
    await j.fill('buyer.tax_id', parties.T2);
    await page.waitForFunction(() => document.querySelector('[name="buyer.name"]').value === '小满面包房');
    await j.fill('lines.0.name', '车床');
    await page.locator('.et-found button').first().click();
    assert.equal(await page.inputValue('[name="lines.0.tax_code"]'), LATHE);
    await j.fill('lines.0.unit', '台');
    await j.fill('lines.0.quantity', '1');
    await j.fill('lines.0.price', '1,000,000.00');
    await page.waitForFunction(() => /1,130,000\.00/.test(document.querySelector('.et-bar').textContent));
    assert.match(await j.text('tfoot'), /1,000,000\.00[^]*130,000\.00/);
    assert.match(await j.text('.et-words-cn'), /壹佰壹拾叁万圆整/);
    await j.good('new-filled');
    // looked at before it counts, changed, looked at again
    await j.click('button:has-text("预览")');
    assert.match(await j.text('.et-face'), /开具时编号[^]*1000000\.00[^]*130000\.00/);
    await j.good('preview');
    await j.click('button:has-text("回去改")');
    assert.equal(await page.inputValue('[name="lines.0.price"]'), '1000000');
    assert.equal(await page.inputValue('[name="lines.0.unit"]'), '台');
    await j.fill('remark', '合同 HC-2026-117');
    await j.click('button:has-text("预览")');
    assert.equal((await j.issued()).count, 0);
    // two clicks, one invoice: the second one does not even leave the browser, and the key would stop it on the server
    await Promise.all([page.waitForEvent('load'), page.locator('.et-bar .btn-primary').dblclick()]);
    assert.match(page.url(), /\/invoices\/\d{20}$/);
    const face = await j.text('.et-face');
    for (const said of ['合同 HC-2026-117', '小满面包房', '海川精密机械有限公司', '*机床*车床', '1000000.00', '130000.00', '壹佰壹拾叁万圆整', '1130000.00']) assert.ok(face.includes(said), said);
    assert.equal(await page.locator('.et-face .qr svg').count(), 1);
    await j.good('show');
    const cookie = (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join('; ');
    for (const [ending, begin] of [['pdf', '%PDF-'], ['xml', '<?xml']])
      assert.ok((await (await fetch(`${page.url()}.${ending}`, { headers: { cookie } })).text()).startsWith(begin), ending);
    // back: the form is there and usable; nothing was issued twice
    await page.goBack();
    assert.equal(await page.locator('form[data-live]').count(), 1);
    await page.goForward();
    assert.match(await j.text(), /怎么证明是真的/);
    assert.equal((await j.issued()).count, 1);
    // the same again from the copy, with a discount
    await j.click('a:has-text("照样再开")');
    await page.locator('details:has([name="lines.0.discount"]) summary').click();
    await j.fill('lines.0.discount', '100000');
    await page.waitForFunction(() => /1,017,000\.00/.test(document.querySelector('.et-bar').textContent));
    await j.click('.et-bar .btn-primary');
    assert.match(await j.text('.et-face'), /-100000\.00/);
    await j.go('/invoices');
    assert.match(await j.text('tfoot'), /全部 2 张合计[^]*1,900,000\.00[^]*247,000\.00[^]*2,147,000\.00/);
    assert.equal(await page.locator('.et-fig svg').count(), 1);
    await j.good('list');
    await j.fill('q', '面包');
    await j.click('form[role=search] .btn-primary');
    assert.match(await j.text('tfoot'), /全部 2 张/);
    const csv = await (await fetch(new URL(await page.getAttribute('a:has-text("CSV")', 'href'), page.url()), { headers: { cookie } })).text();
    assert.match(csv, /小满面包房/);
    await j.go('/invoices?period=abc');
    assert.match(await j.text('#errors'), /期间的格式不对/);
    await j.good('list-error');
    await j.go('/invoices?side=received');
    await j.good('list-received');
  });

/** Fields with a fault each. */
const WRONG = { 'buyer.tax_id': '92330106MA2H00022A', 'buyer.name': '', 'lines.0.name': '', 'lines.0.tax_code': '车床',
  'lines.0.quantity': 'abc', 'lines.1.price': '', 'lines.2.rate': '0' };
const RIGHT = { 'buyer.tax_id': parties.T2, 'buyer.name': '小满面包房', 'lines.0.name': '车床', 'lines.0.tax_code': LATHE,
  'lines.0.quantity': '1', 'lines.1.price': '200', 'lines.2.rate': '0.13' };

for (const [width, javaScript] of [[1280, true], [360, false]])
  journey(`A09.12 seven faults at once, each at its field, what was typed is kept: ${width} px, ${javaScript ? 'with' : 'without'} JavaScript`, { width, javaScript }, async (j) => {
    const { page } = j;
    const set = async (values) => {
      for (const [name, value] of Object.entries(values))
        if (name.endsWith('.rate')) await page.locator(`[name="${name}"]`).selectOption(value);
        else await j.fill(name, value);
    };
    await j.signIn('T1');
    await j.go('/invoices/new');
    await j.click('button:has-text("增加一行")');
    assert.equal(await page.locator('[data-row]').count(), 1, 'an empty row is not doubled');
    await set({ 'lines.0.spec': 'CK6140', 'lines.0.price': '100' });
    await j.click('button:has-text("增加一行")');
    await set({ 'lines.1.name': '铣床', 'lines.1.tax_code': LATHE, 'lines.1.quantity': '2' });
    await j.click('button:has-text("增加一行")');
    await set({ 'lines.2.name': '磨床', 'lines.2.tax_code': LATHE, 'lines.2.quantity': '3', 'lines.2.price': '300' });
    await set(WRONG);
    await j.click('.et-bar .btn-primary');
    const summary = await j.text('#errors');
    assert.match(summary, /7 处/);
    const links = await page.locator('#errors a').evaluateAll((list) => list.map((a) => a.getAttribute('href')));
    assert.deepEqual(links.map((l) => l.slice(3)).sort(), Object.keys(WRONG).sort());
    if (javaScript) assert.equal(await page.evaluate(() => document.activeElement.id), 'errors');
    for (const [name, value] of Object.entries(WRONG)) {
      const control = page.locator(`[id="f-${name}"]`);
      assert.equal(await control.inputValue(), value, name);
      assert.equal(await control.getAttribute('aria-invalid'), 'true', name);
      assert.ok((await page.textContent(`[id="f-${name}-e"]`)).length > 3, name);
    }
    assert.equal(await page.inputValue('[name="lines.0.spec"]'), 'CK6140');
    await j.good('faults');
    assert.equal((await j.issued()).count, 0);
    await j.click('button:has-text("预览")');
    assert.match(await j.text('#errors'), /7 处/, 'the preview says the same');
    await set(RIGHT);
    await j.click('.et-bar .btn-primary');
    assert.match(await j.text('.et-face'), /1400\.00/); // 100 + 400 + 900
  });

journey('A09.12 without JavaScript on a phone: codes by words, rows, figures, draft, issued from it', { width: 360, javaScript: false }, async (j) => {
  const { page } = j;
  await j.signIn('T1');
  await j.go('/invoices/new');
  await j.fill('buyer.tax_id', parties.T3);
  await j.fill('lines.0.name', '车床');
  await j.click('button:has-text("重新合计、找编码")');
  assert.equal(await page.inputValue('[name="buyer.name"]'), '远帆纺织进出口有限公司');
  await j.click('.et-found button');
  assert.equal(await page.inputValue('[name="lines.0.tax_code"]'), LATHE);
  await j.fill('lines.0.quantity', '2');
  await j.fill('lines.0.price', '1130');
  await page.locator('[name="lines.0.price_includes_tax"]').check();
  await j.click('button:has-text("增加一行")');
  assert.equal(await page.locator('[data-row]').count(), 2);
  assert.match(await j.text('.et-bar'), /2,260\.00/);
  assert.match(await j.text('tfoot'), /2,000\.00[^]*260\.00/);
  await j.fill('lines.1.name', '错写的一行');
  await j.click('button[aria-label="删除第 2 行"]');
  assert.equal(await page.locator('[data-row]').count(), 1);
  await j.good('no-js');
  await j.click('button:has-text("存草稿")');
  assert.match(page.url(), /\/invoices\/new\?draft=\d+$/);
  assert.equal(await page.inputValue('[name="lines.0.price"]'), '1130');
  assert.ok(await page.locator('[name="lines.0.price_includes_tax"]').isChecked());
  await j.fill('remark', '合同 7');
  await j.click('button:has-text("存草稿")');
  await j.go('/invoices/drafts');
  assert.equal(await page.locator('tbody tr').count(), 1, 'the same draft was saved');
  await j.good('drafts');
  await j.click('tbody a');
  assert.equal(await page.inputValue('[name="remark"]'), '合同 7');
  await j.click('.et-bar .btn-primary');
  assert.match(await j.text('.et-face'), /2000\.00[^]*合同 7/);
  await j.go('/invoices/drafts');
  assert.match(await j.text(), /没有草稿/);
  await j.good('drafts-empty');
  // an unfinished one is kept as it is, and thrown away
  await j.go('/invoices/new');
  await page.locator('details:has-text("选开过票的购买方") summary').click();
  await j.click('button:has-text("远帆纺织")');
  assert.equal(await page.inputValue('[name="buyer.tax_id"]'), parties.T3);
  await j.fill('lines.0.quantity', 'zwei');
  await j.click('button:has-text("存草稿")');
  assert.equal(await page.inputValue('[name="lines.0.quantity"]'), 'zwei');
  await j.go('/invoices/drafts');
  await j.click('tbody button');
  assert.match(await j.text(), /没有草稿/);
});

journey('A09.12 by keyboard only: Enter leads on and never issues, Ctrl+Enter adds a row', { width: 1280 }, async (j) => {
  const { page } = j;
  const focused = () => page.evaluate(() => document.activeElement.name || document.activeElement.textContent.trim());
  const tabTo = async (name) => {
    for (let i = 0; i < 80 && (await focused()) !== name; i++) await page.keyboard.press('Tab');
    assert.equal(await focused(), name);
    assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none', `${name}: the focus is seen`);
  };
  await j.signIn('T1');
  await j.go('/invoices/new');
  await tabTo('buyer.tax_id');
  await page.keyboard.type(parties.T2);
  await page.keyboard.press('Enter');
  assert.equal(await focused(), 'buyer.name');
  await page.keyboard.press('Enter');
  await page.keyboard.type('车床');
  await page.keyboard.press('Enter');
  await page.keyboard.type(LATHE);
  await tabTo('lines.0.quantity');
  await page.keyboard.type('1');
  await page.keyboard.press('Enter');
  await page.keyboard.type('1000000');
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Control+Enter')]);
  assert.equal(await focused(), 'lines.1.name', 'the new row has the focus');
  assert.equal(await page.inputValue('[name="buyer.name"]'), '小满面包房');
  await tabTo('开具发票');
  const box = await page.evaluate(() => { const r = document.activeElement.getBoundingClientRect(); return r.bottom <= innerHeight && r.top >= 0; });
  assert.ok(box, 'what has the focus is in the window');
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
  assert.match(page.url(), /\/invoices\/\d{20}$/);
  assert.match(await j.text('.et-face'), /1130000\.00/);
});

for (const javaScript of [true, false])
  journey(`A09.12 the session ends in the middle of the form: sign in, and all is there (${javaScript ? 'with' : 'without'} JavaScript)`, { width: 360, javaScript }, async (j) => {
    const { page } = j;
    await j.signIn('T1');
    await j.go('/invoices/new');
    for (const [name, value] of Object.entries({ 'buyer.tax_id': parties.T2, 'buyer.name': '小满面包房', 'lines.0.name': '车床', 'lines.0.tax_code': LATHE,
      'lines.0.quantity': '1', 'lines.0.price': '1000000', remark: '别丢了' })) await j.fill(name, value);
    await page.context().clearCookies();
    await j.click('.et-bar .btn-primary');
    await page.locator('input[name=account]').fill(parties.T1);
    await page.locator('#f-password').fill('sandbox');
    await j.click('form:has(#f-password) button');
    assert.match(await j.text('#errors'), /您已重新登录/);
    assert.equal(await page.inputValue('[name="lines.0.price"]'), '1000000');
    assert.equal(await page.inputValue('[name="remark"]'), '别丢了');
    assert.equal((await j.issued()).count, 0);
    await j.click('.et-bar .btn-primary');
    assert.match(await j.text('.et-face'), /1000000\.00[^]*别丢了/);
    assert.equal((await j.issued()).count, 1);
  });

journey('A09.10 a reversed invoice, its red letter, the buyer\'s side, a page of many', { width: 1280 }, async (j) => {
  const { page, server } = j;
  const t1 = await Client.signIn(server.url, 'T1');
  const one = await t1.post('/v1/invoices', invoiceBody({ buyer: { tax_id: parties.T2, name: '小满面包房' }, net: '500.00' }));
  await t1.post(`/v1/invoices/${one.body.number}/reversal`, { reason: '销货退回' });
  await j.signIn('T1');
  await j.go(`/invoices/${one.body.number}`);
  assert.match(await j.text(), /已全额红冲[^]*已冲销 500\.00 元/);
  await j.good('show-reversed');
  await j.click('.et-notice a');
  assert.match(await j.text(), /这是红字发票/);
  assert.match(await j.text('.et-face'), /-500\.00[^]*-65\.00/);
  assert.equal(await page.locator('a:has-text("照样再开")').count(), 0);
  await j.good('show-red');
  const lines = Array.from({ length: 120 }, (_, i) => JSON.stringify(invoiceBody({ ref: `b${i}`, buyer: { tax_id: parties.T3, name: '远帆纺织进出口有限公司' }, net: '10.00' })));
  assert.equal((await t1.post('/v1/invoices/batch', lines.join('\n'), { type: 'application/x-ndjson' })).status, 200);
  await j.go('/invoices');
  assert.equal(await page.locator('tbody tr th a[href^="/invoices/2"]').count(), 100);
  await j.click('a:has-text("下一页")');
  assert.equal(await page.locator('tbody tr th a[href^="/invoices/2"]').count(), 22);
  await j.click('a:has-text("回到第一页")');
  assert.equal(await page.locator('tbody tr th a[href^="/invoices/2"]').count(), 100);
  // what came as a file is not one of ours: its row leads to the service that took it in, or nowhere
  const issued = (await t1.get('/healthz')).body.now.slice(0, 10); // of China, as the lists are
  const xml = purchaseXml({ number: '26312000000000009999', buyer: parties.T1, buyerName: '海川精密机械有限公司', net: '1.00', tax: '0.13', issued: `${issued} 00:00:01` });
  assert.ok((await t1.post('/v1/purchases/import', xml, { type: 'application/xml' })).status < 300);
  await j.go('/invoices?side=received');
  assert.match(await j.text('tbody'), /26312000000000009999/);
  assert.equal(await page.locator('a[href="/invoices/26312000000000009999"]').count(), 0);
  await j.good('list-imported');
  await page.context().clearCookies();
  await j.signIn('P1');
  for (const path of ['/invoices/new', '/invoices/batch']) {
    await j.go(path);
    assert.match(await j.text(), /现在不能开票/);
    await j.good('no-issuer');
  }
  await page.context().clearCookies();
  await j.signIn('T2');
  await j.go('/invoices?side=received');
  await j.click('tbody a');
  assert.match(await j.text('.et-head'), /取自 海川精密机械有限公司/);
  await j.go('/invoices/new?lang=en');
  assert.equal(await page.getAttribute('html', 'lang'), 'en');
  await j.good('new-en');
});

journey('A09.1 what was typed and not sent is there again in the same tab, until it is sent, cleared, or somebody signs out', {}, async (j) => {
  const { page } = j, value = (name) => page.inputValue(`[name="${name}"]`);
  const typed = async () => {
    await j.fill('buyer.tax_id', parties.T2);
    await j.fill('lines.0.name', '车床');
    await page.waitForFunction(() => document.querySelector('[name="buyer.name"]').value === '小满面包房');
    await page.locator('.et-found button').first().click();
  };
  const back = () => page.waitForFunction(() => document.querySelector('[name="lines.0.name"]').value === '车床');
  await j.signIn('T1');
  await j.go('/invoices/new');
  await typed();
  await page.locator('details:has([name="lines.0.amount"]) summary').click();
  await j.fill('lines.0.amount', '113.00');
  await j.go('/calendar');
  await j.go('/invoices/new');
  await back();
  assert.equal(await page.isVisible('[data-kept]'), true);
  assert.deepEqual([await value('buyer.tax_id'), await value('buyer.name'), await value('lines.0.amount')], [parties.T2, '小满面包房', '113.00']);
  await j.good('new-kept');
  await j.click('.et-bar .btn-primary');
  assert.match(page.url(), /\/invoices\/\d{20}$/);
  await j.go('/invoices/new');
  await page.waitForTimeout(500);
  assert.equal(await value('lines.0.name'), '', 'it was issued');
  await typed();
  await j.go('/invoices/new');
  await back();
  await j.click('[data-kept] button');
  assert.equal(await value('lines.0.name'), '');
  await typed();
  await page.evaluate(() => document.querySelector('form[action="/logout"]').requestSubmit());
  await page.waitForURL((u) => !u.pathname.startsWith('/invoices'));
  await j.signIn('T1');
  await j.go('/invoices/new');
  await page.waitForTimeout(500);
  assert.equal(await value('lines.0.name'), '', 'who signs in next finds nothing');
});

const HEAD = '单号,发票种类,购买方税号,购买方名称,税收分类编码,项目名称,规格型号,单位,数量,单价,含税,金额,税率,征免方式,折扣,备注';

for (const [width, javaScript] of [[1280, true], [360, false]])
  journey(`A09.8 a table of invoices goes up: what was issued, what is wrong in which row: ${width} px, ${javaScript ? 'with' : 'without'} JavaScript`, { width, javaScript }, async (j) => {
    const { page } = j;
    const dir = mkdtempSync(path.join(tmpdir(), 'etax-table-')), file = path.join(dir, 'table.csv');
    const upload = async (content) => {
      writeFileSync(file, content);
      await page.locator('input[type=file]').setInputFiles(file);
      await j.click('.et-bar .btn-primary');
    };
    try {
      await j.signIn('T1');
      await j.go('/invoices/batch');
      await j.good('batch');
      await j.click('.et-bar .btn-primary');
      assert.match(await j.text('#errors'), /请填写发票文件/);
      await upload(Buffer.from([0xb5, 0xa5, 0xba, 0xc5, 10])); // 单号 in GBK
      assert.match(await j.text('#errors'), /不是 UTF-8[^]*CSV UTF-8/);
      await j.good('batch-error');
      await upload('\ufeff' + [HEAD, `A1,专票,${parties.T2},小满面包房,'${LATHE},车床,CK,台,1,1000.00,否,,13%,,,合同`, `A1,,,,${LATHE},铣床,,,,,,500.00,13%,,,`,
        `A2,专票,${parties.T2},,${LATHE},车床,,,abc,5,,,13%,,,`, 'A2,,,,10901,车床,,,1,5,,,13%,,,', `,普票,,张三,${LATHE},车床,,,2,113,是,,0.13,,,`].join('\r\n'));
      assert.match(await j.text('h1'), /开出 2 张，1 张没有开/);
      const rows = await page.locator('section:has-text("要改的") tbody tr').allTextContents();
      assert.deepEqual(rows.map((r) => Number(/第 (\d+) 行/.exec(r)[1])).sort(), [4, 4, 5]);
      await j.good('batch-done');
      await j.click('.et-table a[href^="/invoices/2"]');
      assert.match(await j.text('.et-face'), /1500\.00[^]*195\.00[^]*合同/);
      await page.goBack().catch(() => {});
      assert.equal((await j.issued()).count, 2);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

journey('A09.1 the form in English, large, at 360 px: nothing stands out, no button is cut off, a refusal neither', { width: 360, height: 740 }, async (j) => {
  await j.signIn('T1');
  await j.go('/invoices/new?lang=en');
  await j.go('/invoices/new?size=large');
  assert.equal(await j.page.locator('html').getAttribute('data-mode'), 'large', 'at once');
  await j.good('new-en-large');
  await j.click('button[name=_again][value="add lines"]');
  await j.click('.et-bar button.btn-primary');
  await j.page.locator('#errors').waitFor();
  await j.good('new-en-large-refused');
  const cut = await j.page.locator('.btn').evaluateAll((list) => list.filter((b) => b.scrollWidth > b.clientWidth + 1).map((b) => b.textContent));
  assert.deepEqual(cut, []);
});
