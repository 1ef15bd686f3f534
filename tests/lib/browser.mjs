// Debian's Chromium driven by playwright-core; axe on every page that a journey opens.
import { createRequire } from 'node:module';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const executable = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find((p) => p && existsSync(p));
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

/** options: width, height, javaScript (default true). Returns {page, close, violations}. */
export async function openBrowser({ width = 1280, height = 900, javaScript = true, locale = 'zh-CN', args = [] } = {}) {
  const profile = mkdtempSync(path.join(tmpdir(), 'etax-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: executable, headless: true, args: [...FLAGS, ...args], viewport: { width, height }, javaScriptEnabled: javaScript, locale,
    bypassCSP: false,
  });
  const page = context.pages()[0] || (await context.newPage());
  const faults = []; // what the browser itself complains about: CSP, scripts, broken references
  page.on('pageerror', (e) => faults.push(`script: ${e.message}`));
  page.on('console', (m) => m.type() === 'error' && !/status of (4|503)/.test(m.text()) && faults.push(`console: ${m.text()}`));
  return {
    page, context, faults,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** axe-core's findings on the page that is open (WCAG 2.1 A and AA), one line each. */
export async function violations(page) {
  // Evaluated through the debugger, which a page's content security policy does not bind.
  const client = await page.context().newCDPSession(page);
  const source = require('axe-core').source;
  await client.send('Runtime.evaluate', { expression: source });
  const { result, exceptionDetails } = await client.send('Runtime.evaluate', {
    expression: `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}).then(r => JSON.stringify(
      r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.target.join(' ') + ' — ' + v.help))))`,
    awaitPromise: true, returnByValue: true,
  });
  await client.detach();
  if (exceptionDetails) throw new Error('axe: ' + JSON.stringify(exceptionDetails));
  return JSON.parse(result.value);
}

/** Nothing stands out of the window sideways. */
export async function overflow(page) {
  const client = await page.context().newCDPSession(page);
  const { result } = await client.send('Runtime.evaluate', {
    expression: 'document.documentElement.scrollWidth - document.documentElement.clientWidth', returnByValue: true });
  await client.detach();
  return result.value;
}
