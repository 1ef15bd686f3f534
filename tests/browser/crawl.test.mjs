// Every page that can be reached by links, for the public, a taxpayer and an officer: it answers, axe finds nothing, nothing
// stands out sideways at 360 px, the browser has no complaint (strict CSP), nothing is inline, ids are not left untranslated.
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { after, before, test } from 'node:test';
import { openBrowser, overflow, violations } from '../lib/browser.mjs';
import { parties } from '../lib/client.mjs';
import { Server } from '../lib/server.mjs';

const PAGES_MAX = 70;
let server, home;
before(async () => {
  server = await Server.start();
  home = await fetch(server.url + '/', { headers: { accept: 'text/html' } });
});
after(() => server.close());

const whenServed = (name, run) => test(name, (t) => (home.status === 200 ? run(t) : t.skip('there is no home page yet')));

async function signIn(page, account) {
  await page.goto(server.url + '/');
  if (!(await page.locator('input[type=password]').count())) {
    const link = page.locator('a[href*="session"], a[href*="login"], a:has-text("登录")').first();
    await page.goto(new URL(await link.getAttribute('href'), page.url()).href);
  }
  await page.locator('input[name=account]').first().fill(parties[account]);
  await page.locator('input[type=password]').first().fill('sandbox');
  await Promise.all([page.waitForNavigation(), page.locator('form:has(input[type=password]) [type=submit], form:has(input[type=password]) button').first().click()]);
  assert.equal(await page.locator('input[type=password]').count(), 0, 'signed in: ' + page.url());
}

/** All links of the same server, breadth first; for each page a list of faults. */
async function crawl(browser) {
  const { page } = browser;
  const seen = new Set(), from = new Map(), queue = [page.url().startsWith('http') ? page.url() : server.url + '/'], faults = [];
  queue.push(server.url + '/');
  while (queue.length && seen.size < PAGES_MAX) {
    const url = queue.shift().replace(/#.*/, '');
    if (seen.has(url)) continue;
    seen.add(url);
    const where = url.slice(server.url.length);
    const response = await page.goto(url).catch((e) => ({ failed: e.message }));
    if (response?.failed) {
      if (!/Download is starting|ERR_ABORTED/.test(response.failed)) faults.push(`${where}: ${response.failed}`);
      continue;
    }
    if (response.status() >= 400) { faults.push(`${where}: ${response.status()}, linked from ${from.get(url)}`); continue; }
    if (!/html/.test(response.headers()['content-type'] || '')) continue;
    const csp = response.headers()['content-security-policy'] || '';
    // the validator compiles WebAssembly, and may not send anything anywhere
    const stricter = where.startsWith('/invoices/validator') && csp.includes("connect-src 'none'") ? csp.replace(" 'wasm-unsafe-eval'", '') : csp;
    if (!/default-src 'self'/.test(csp) || /unsafe/.test(stricter)) faults.push(`${where}: CSP is "${csp}"`);
    const html = await response.text();
    if (/<script(?![^>]*\bsrc=)|\sstyle="|\son\w+="|javascript:/i.test(html)) faults.push(`${where}: inline code or style`);
    if (/\{\{|\}\}/.test(html)) faults.push(`${where}: a template tag is left`);
    const weight = gzipSync(html).length;
    if (weight > 10_000) faults.push(`${where}: ${weight} bytes compressed`);
    for (const v of await violations(page)) faults.push(`${where}: axe ${v}`);
    const wide = await overflow(page);
    if (wide > 0) faults.push(`${where}: ${wide} px stand out at the right`);
    const links = await page.locator('a[href]').evaluateAll((list) => list.map((a) => a.href)).catch(() => []);
    for (const link of links)
      if (link.startsWith(server.url + '/') && !/\.(pdf|xml|csv|xlsx|json|zip)(\?|$)/.test(link) && !/\/(openapi|metrics|log)/.test(link.slice(server.url.length)))
        {
          if (!from.has(link)) from.set(link, where);
          queue.push(link);
        }
  }
  return { seen, faults: [...faults, ...browser.faults.map((f) => `browser: ${f}`)] };
}

for (const [who, width] of [[null, 1280], [null, 360], ['T1', 1280], ['T1', 360], ['O1', 1280]]) {
  whenServed(`pages for ${who || 'the public'} at ${width} px`, async (t) => {
    const browser = await openBrowser({ width });
    try {
      if (who) await signIn(browser.page, who);
      const { seen, faults } = await crawl(browser);
      t.diagnostic(`${seen.size} pages`);
      assert.deepEqual(faults, []);
    } finally {
      await browser.close();
    }
  });
}

whenServed('the home page weighs at most 50 kB compressed with everything it loads', async () => {
  const browser = await openBrowser();
  try {
    let sum = 0;
    browser.page.on('response', async (r) => { const b = await r.body().catch(() => null); if (b) sum += gzipSync(b).length; });
    await browser.page.goto(server.url + '/', { waitUntil: 'networkidle' });
    assert.ok(sum <= 50_000, `${sum} bytes`);
  } finally {
    await browser.close();
  }
});
