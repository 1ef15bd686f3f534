// Every page that can be reached by links, for the public, a taxpayer and an officer: it answers, axe finds nothing, nothing
// stands out sideways at 360 px, the browser has no complaint (strict CSP), nothing is inline, ids are not left untranslated.
// First in Chinese at the normal size; then a smaller round where texts are longest: English, large, 360 px. Links that switch
// language or size are not followed: the cookie they set would turn the rest of a round into another one.
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { after, before, test } from 'node:test';
import { openBrowser, overflow, violations } from '../lib/browser.mjs';
import { signIn } from '../lib/pages.mjs';
import { Server } from '../lib/server.mjs';

const PAGES_MAX = 70, LARGE_PAGES_MAX = 30;
let server, home;
before(async () => {
  server = await Server.start();
  home = await fetch(server.url + '/', { headers: { accept: 'text/html' } });
});
after(() => server.close());

const whenServed = (name, run) => test(name, (t) => (home.status === 200 ? run(t) : t.skip('there is no home page yet')));

/** Pages of one kind: numbers and values taken out of the address. */
const shapeOf = (where) => where.replace(/[0-9A-Z]{6,}|\d+/g, 'N').replace(/=[^&]*/g, '=');
const switches = (link) => /[?&](lang|size)=/.test(link);

/** All links of the same server, breadth first, of each kind of page the first; for each page a list of faults.
 * look: what <html> has to say about language and size. */
async function crawl(browser, { most, look }) {
  const { page } = browser;
  const seen = new Set(), shapes = new Set(), from = new Map(), queue = [page.url().startsWith('http') ? page.url() : server.url + '/'], faults = [];
  queue.push(server.url + '/');
  while (queue.length && seen.size < most) {
    const url = queue.shift().replace(/#.*/, '');
    const where = url.slice(server.url.length), shape = shapeOf(where);
    if (seen.has(url) || shapes.has(shape)) continue;
    seen.add(url);
    shapes.add(shape);
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
    if (!html.includes(look)) faults.push(`${where}: not as asked for: ${/<html[^>]*>/.exec(html)}`);
    if (/<script(?![^>]*\bsrc=)|\sstyle="|\son\w+="|javascript:/i.test(html)) faults.push(`${where}: inline code or style`);
    if (/\{\{|\}\}/.test(html)) faults.push(`${where}: a template tag is left`);
    const weight = gzipSync(html).length;
    if (weight > 10_000) faults.push(`${where}: ${weight} bytes compressed`);
    for (const v of await violations(page)) faults.push(`${where}: axe ${v}`);
    const wide = await overflow(page);
    if (wide > 0) faults.push(`${where}: ${wide} px stand out at the right`);
    const links = await page.locator('a[href]').evaluateAll((list) => list.map((a) => a.href)).catch(() => []);
    for (const link of links)
      if (link.startsWith(server.url + '/') && !switches(link) && !/\.(pdf|xml|csv|xlsx|json|zip)(\?|$)/.test(link) && !/\/(openapi|metrics|log)/.test(link.slice(server.url.length)))
        {
          if (!from.has(link)) from.set(link, where);
          queue.push(link);
        }
  }
  return { seen, faults: [...faults, ...browser.faults.map((f) => `browser: ${f}`)] };
}

async function round(t, who, width, cookies, limits) {
  const browser = await openBrowser({ width });
  try {
    if (who) await signIn(browser.page, server.url, who);
    await browser.context.addCookies(cookies.map(([name, value]) => ({ name, value, url: server.url })));
    const { seen, faults } = await crawl(browser, limits);
    t.diagnostic(`${seen.size} pages`);
    assert.deepEqual(faults, []);
  } finally {
    await browser.close();
  }
}

const CHINESE = { most: PAGES_MAX, look: '<html lang="zh-CN">' };
const LARGE = { most: LARGE_PAGES_MAX, look: '<html lang="en" data-mode="large">' };
for (const [who, width] of [[null, 1280], [null, 360], ['T1', 1280], ['T1', 360], ['O1', 1280]])
  whenServed(`pages for ${who || 'the public'} at ${width} px`, (t) => round(t, who, width, [], CHINESE));
for (const who of [null, 'T1', 'O1'])
  whenServed(`pages for ${who || 'the public'} in English, large, at 360 px`, (t) => round(t, who, 360, [['etax-lang', 'en'], ['etax-size', 'large']], LARGE));

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
