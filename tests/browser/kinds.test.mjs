// Special businesses, differential taxation, quota and agency issuing as a person does them: with and without JavaScript, at
// 1280 and 360 px (A07.1, A07.2, A09.1).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser } from '../lib/browser.mjs';
import { Client, eventually, parties } from '../lib/client.mjs';
import { periodsOf } from '../lib/owing.mjs';
import { click, good, signIn } from '../lib/pages.mjs';
import { Server } from '../lib/server.mjs';

async function journey(options, run) {
  const server = await Server.start();
  const browser = await openBrowser(options);
  browser.axe = options.javaScript !== false;
  browser.page.setDefaultTimeout(10_000);
  try {
    await run(server.url, browser.page, browser);
  } finally {
    await browser.close();
    await server.close();
  }
}
const fill = (page, fields) => Object.entries(fields).reduce((before, [name, value]) => before.then(() => page.locator(`[name="${name}"]`).last().fill(value)), Promise.resolve());

async function construction(url, page, browser, script) {
  await signIn(page, url, 'T1');
  await page.goto(url + '/invoices/new');
  await page.locator('#business summary').click();
  await page.locator('select[name=business]').selectOption('construction');
  if (!script) await click(page, '#business button[value=sum]');
  await page.locator('[name="special.0.place"]').waitFor();
  assert.equal(await page.locator('[name="special.0.vin"]').count(), 0, 'only the fields of the business');
  await fill(page, { 'buyer.tax_id': parties.T3, 'buyer.name': '远帆纺织进出口有限公司', 'special.0.place': '杭州市西湖区', 'lines.0.name': '工程款', 'lines.0.tax_code': '3050100000000000000', 'lines.0.quantity': '1', 'lines.0.price': '10000' });
  await page.locator('[name="lines.0.rate"]').selectOption('0.09');
  await good(browser, 'kinds-construction-form');
  await click(page, 'button.btn-primary:has-text("开具发票")');
  assert.match(await page.textContent('main'), /建筑服务要填建筑项目名称/);
  assert.equal((await page.locator('#errors li a').allTextContents()).join(), '建筑服务要填建筑项目名称', 'a field of the business is in no line');
  await good(browser, 'kinds-construction-fault');
  await fill(page, { 'special.0.project': '湖滨一期' });
  await click(page, 'button[formaction="/invoices/preview"]');
  assert.match(await page.textContent('main'), /湖滨一期/);
  await click(page, 'button.btn-primary');
  await page.locator('.et-face').waitFor();
  assert.match(await page.textContent('.et-face'), /建筑服务[\s\S]*杭州市西湖区[\s\S]*湖滨一期/);
  await good(browser, 'kinds-construction-face');
}

/* The kind and the business agree by themselves, and who the other side is stands at its fields. */
async function sides(url, page, script) {
  const shown = () => (script ? null : click(page, '#business button[value=sum]'));
  const label = (name) => page.locator(`label[for="f-${name}"]`);
  await page.goto(url + '/invoices/new');
  await page.locator('[name=kind][value=vehicle]').check();
  await page.locator('#business').evaluate((d) => { d.open = true; });
  await shown();
  await page.locator('[name="special.0.vin"]').waitFor();
  assert.equal(await page.locator('select[name=business]').inputValue(), 'vehicle_sale');
  if (script) await page.evaluate(() => sessionStorage.clear()); // what was typed comes back else
  await page.goto(url + '/invoices/new');
  await page.locator('#business').evaluate((d) => { d.open = true; });
  await page.locator('[name=kind][value=special]').check();
  await page.locator('select[name=business]').focus();
  await page.locator('select[name=business]').selectOption('toll');
  await shown();
  await page.locator('[name="special.0.passage_from"]').waitFor();
  assert.equal(await page.locator('[name=kind]:checked').inputValue(), 'ordinary');
  assert.match(await page.textContent('[data-part=kind]'), /只能开普通发票/);
  await page.locator('select[name=business]').selectOption('solar_purchase');
  await shown();
  await label('buyer.tax_id').filter({ hasText: '销售方税号' }).waitFor();
  assert.match(await label('buyer.name').textContent(), /销售方名称/);
  await click(page, 'button.btn-primary:has-text("开具发票")');
  assert.match(await page.textContent('#errors'), /请填写销售方名称/);
  assert.doesNotMatch(await page.textContent('#errors'), /购买方/);
  if (script) await page.evaluate(() => sessionStorage.clear());
}

/* Without a tax id there is no account: what to do instead is said. */
async function handing(url, page) {
  const t1 = await Client.signIn(url, 'T1');
  const line = { tax_code: '1090105030000000000', name: '车床', rate: '0.13', quantity: '1', price: '10.00' };
  for (const [buyer, words] of [[{ name: '李静' }, /没有税号，尚未交付/], [{ name: '远帆纺织进出口有限公司', tax_id: parties.T3 }, /购买方的数字账户，即时/]]) {
    const { number } = (await t1.post('/v1/invoices', { kind: 'ordinary', buyer, lines: [line] })).body;
    await page.goto(`${url}/invoices/${number}`);
    assert.match(await page.textContent('.et-time'), words);
  }
}

async function differential(url, page, browser, script) {
  await page.goto(url + '/invoices/new');
  await page.locator('#business summary').click();
  await page.locator('[name=kind][value=ordinary]').check();
  await page.locator('select[name="differential.form"]').selectOption('difference');
  if (!script) await click(page, '#business button[value=sum]');
  await page.locator('[name="differential.deduction"]').waitFor();
  await page.locator('[name="differential.proofs.0.kind"]').selectOption('09');
  await fill(page, { 'differential.deduction': '84000', 'differential.proofs.0.amount': '84000', 'differential.proofs.0.note': '工资和社保', 'buyer.tax_id': parties.T3, 'buyer.name': '远帆纺织进出口有限公司', 'lines.0.name': '劳务派遣', 'lines.0.tax_code': '3040803010000000000', 'lines.0.quantity': '1', 'lines.0.price': '105000' });
  await page.locator('[name="lines.0.rate"]').selectOption('0.05');
  await page.locator('[name="lines.0.price_includes_tax"]').check();
  if (script) await page.locator('[data-part=tax]:has-text("1,000.00")').first().waitFor();
  await good(browser, 'kinds-differential-form');
  await click(page, 'button.btn-primary:has-text("开具发票")');
  await page.locator('.et-face').waitFor();
  assert.match(await page.textContent('.et-face'), /差额征税-差额开票[\s\S]*104000\.00[\s\S]*\*\*\*[\s\S]*1000\.00[\s\S]*差额征税：84000\.00。/);
  await good(browser, 'kinds-differential-face');
}

async function quota(url, page, browser) {
  await page.goto(url + '/quota');
  await good(browser, 'kinds-quota');
  await fill(page, { amount: '2000000' });
  await click(page, 'form[action="/quota/requests"] button.btn-primary');
  assert.match(await page.textContent('main'), /按规则当场办结/);
  await page.locator('details.et-more summary').first().click();
  await good(browser, 'kinds-quota-decided');
  await page.goto(url + '/quota');
  await fill(page, { amount: '30000000', contracts: '29000000', reason: '年底交货' });
  await click(page, 'form[action="/quota/requests"] button.btn-primary');
  assert.match(await page.textContent('main'), /已提交/);
  await good(browser, 'kinds-quota-waits');
  await signIn(page, url, 'O1');
  await page.goto(url + '/quota/reviews');
  await good(browser, 'kinds-quota-reviews');
  await click(page, 'table a');
  for (const decision of ['accept', 'review', 'grant']) {
    await good(browser, `kinds-quota-review-${decision}`);
    await click(page, `button[value=${decision}]`);
    if (decision !== 'grant') await click(page, 'table a');
  }
  assert.match(await page.textContent('main'), /没有等着办的额度申请/);
}

async function agency(url, page, browser) {
  await signIn(page, url, 'P2');
  await page.goto(url + '/agency/requests/new');
  await good(browser, 'kinds-agency-form');
  await fill(page, { 'buyer.name': '远帆纺织进出口有限公司', 'buyer.tax_id': parties.T3, item: '工程设计', tax_code: '3040301010000000000', total: '10100', proof: '合同 SJ-7' });
  await click(page, 'form[action="/agency/requests"] button.btn-primary');
  assert.match(await page.textContent('main'), /缴 103\.50 元后马上开出/);
  await good(browser, 'kinds-agency-pay');
  const here = page.url();
  await click(page, 'main a[href="/payments/new"]');
  await click(page, 'form[action="/payments"] button.btn-primary');
  for (let i = 0; i < 60; i++) {
    await page.goto(here);
    if (/已开具/.test(await page.textContent('main'))) break;
    await page.waitForTimeout(250);
  }
  await good(browser, 'kinds-agency-issued');
  await click(page, 'a:has-text("看发票")');
  assert.match(await page.textContent('.et-face'), /代开/);
  await good(browser, 'kinds-agency-face');
}

for (const options of [{ width: 1280, height: 900 }, { width: 360, height: 740, javaScript: false }, { width: 360, height: 740 }]) {
  const script = options.javaScript !== false;
  test(`A09.1 A07.1 A07.2 construction, differential, quota, agency at ${options.width} px${script ? '' : ', no JavaScript'}`, () => journey(options, async (url, page, browser) => {
    await construction(url, page, browser, script);
    await sides(url, page, script);
    await handing(url, page);
    await differential(url, page, browser, script);
    await quota(url, page, browser);
    await agency(url, page, browser);
  }));
}

test('A09.1 coal: its kind is asked for at its field, which is open then; without JavaScript, at 360 px', () => journey({ width: 360, height: 740, javaScript: false }, async (url, page, browser) => {
  await signIn(page, url, 'T1');
  await page.goto(`${url}/invoices/new`);
  for (const [name, text] of [['buyer.name', '远帆纺织进出口有限公司'], ['buyer.tax_id', parties.T3], ['lines.0.name', '原煤'], ['lines.0.tax_code', '1020101000000000000'],
    ['lines.0.quantity', '10'], ['lines.0.price', '600'], ['lines.0.unit', '吨']]) await page.locator(`[name="${name}"]`).fill(text);
  await page.locator('[name="lines.0.rate"]').selectOption('0.13');
  await click(page, 'main button:has-text("开具发票")');
  assert.match(await page.textContent('main'), /煤炭要选种类/);
  assert.equal(await page.locator('[name="lines.0.coal"]').isVisible(), true);
  await good(browser, 'coal-fault');
  await page.locator('[name="lines.0.coal"]').selectOption('0300');
  await click(page, 'main button:has-text("开具发票")');
  assert.match(page.url(), /\/invoices\/\d{20}$/);
  assert.match(await page.textContent('main'), /原煤\s*市场煤/);
}));

test('A09.5 a part of 250 lines: chosen on two pages, without JavaScript, at 360 px', () => journey({ width: 360, height: 740, javaScript: false }, async (url, page, browser) => {
  const [t1, t3] = [await Client.signIn(url, 'T1'), await Client.signIn(url, 'T3')];
  const v = await t1.post('/v1/invoices', { kind: 'special', buyer: { tax_id: parties.T3, name: '远帆纺织进出口有限公司' }, lines: Array.from({ length: 250 }, (_, i) => ({ tax_code: '1090105030000000000', name: `车床${i + 1}`, rate: '0.13', amount: '100.00' })) });
  await eventually(async () => t3.post('/v1/input-credits', { period: (await periodsOf(url)).month, numbers: [v.body.number] }), (a) => a.status < 300);
  await signIn(page, url, 'T1');
  await page.goto(`${url}/invoices/${v.body.number}/reversal`);
  await page.locator('[name=reason][value=return]').check();
  await page.locator('#f-lines summary').click();
  await page.locator('[name="lines.1.line"]').check();
  await page.locator('[name="lines.1.amount"]').fill('40');
  await click(page, 'button[value="set from 101"]');
  assert.equal(await page.locator('#f-lines tbody tr').count(), 101, 'a hundred, and the one that is chosen');
  await click(page, 'button[value="set from 201"]');
  await page.locator('input[type=checkbox][value="250"]').check();
  await good(browser, 'kinds-reversal-lines');
  await click(page, 'form button.btn-danger');
  const [slip] = (await t1.get('/v1/reversals?state=open')).body.reversals;
  assert.deepEqual([slip.amount, slip.tax, slip.partial], ['140.00', '18.20', true]);
}));
