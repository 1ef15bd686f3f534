// What every journey through pages does: sign in, click on, and look whether the page that stands there is a good one.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { overflow, violations } from './browser.mjs';
import { parties } from './client.mjs';

const shots = process.env.ETAX_SCREENSHOTS;
if (shots) mkdirSync(shots, { recursive: true });
export const LATER_PAGE_BYTES = 10_000;

/** axe can not run where JavaScript is off (its promises never come); the same pages at the same width are run with it on. */
export async function good(browser, name) {
  const { page } = browser;
  if (shots) await page.screenshot({ path: `${shots}/${name}-${page.viewportSize().width}.png`, fullPage: true });
  const html = await page.content();
  if (browser.axe) assert.deepEqual(await violations(page), [], `axe: ${name} ${page.url()}`);
  assert.ok(await overflow(page) <= 0, `stands out sideways: ${name} ${page.url()}`);
  assert.ok(!/\{\{|\}\}/.test(html), `a template tag is left: ${name}`);
  assert.ok(gzipSync(html).length <= LATER_PAGE_BYTES, `${name} weighs ${gzipSync(html).length} bytes compressed`);
  assert.deepEqual(browser.faults, [], name);
}

export async function signIn(page, url, account) {
  await page.context().clearCookies();
  await page.goto(url + '/login');
  await page.locator('input[name=account]').fill(parties[account]);
  await page.locator('#f-password').fill('sandbox');
  await Promise.all([page.waitForNavigation(), page.locator('form:has(#f-password) button').first().click()]);
}

export const click = (page, what) => Promise.all([page.waitForNavigation(), page.locator(what).first().click()]);
