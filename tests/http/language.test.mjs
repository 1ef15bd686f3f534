// Both languages, everywhere (issue §5.6): every page that links reach and every refusal is wholly Chinese or wholly English.
// Names and addresses are data and stay Chinese; what must not stay is a message id, and those are the ids of i18n/en/*.po.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { owing } from '../lib/owing.mjs';
import { Server, root } from '../lib/server.mjs';

const PAGES_MAX = 120, ALIKE_MAX = 2, HAN = /[\u3400-\u9fff]/;
let server;
before(async () => {
  server = await Server.start();
  const { T1 } = await owing(server.url, ['T1']);
  const order = (await T1.client.post('/v1/payments', { obligations: T1.ids, channel: 'bank-simulator' })).body;
  await eventually(() => T1.client.get(`/v1/payments/${order.id}`), (r) => r.body.status === 'paid');
  assert.equal((await T1.client.post('/v1/certificates', { type: 'payment', period: T1.period })).status, 201);
});
after(() => server.close());

// --- the texts ---

const unquote = (s) => JSON.parse(`"${s.replaceAll('\t', '\\t')}"`);
const texts = readdirSync(path.join(root, 'i18n/en')).flatMap((name) =>
  [...readFileSync(path.join(root, 'i18n/en', name), 'utf8').matchAll(/^msgid "(.+)"\nmsgstr "(.*)"/gm)].map((m) => [unquote(m[1]), unquote(m[2])]))
  .filter(([id]) => HAN.test(id));
const escaped = (s) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const PLACE = /\{\{\{?[^{}]*\}?\}\}|\{\d\}/;
/** Whole texts; those with places to fill in as patterns, unless nearly nothing but places is in them. */
const matcher = (list) => {
  const plain = new Set(list.filter((t) => !PLACE.test(t)));
  const filled = list.filter((t) => PLACE.test(t) && t.replace(new RegExp(PLACE, 'g'), '').length > 6)
    .map((t) => new RegExp(`^${t.split(PLACE).map(escaped).join('.*')}$`));
  return (t) => plain.has(t) || filled.some((p) => p.test(t));
};
const isId = matcher(texts.map(([id]) => id));
/** Long parts of ids, also in the middle of a text. */
const parts = texts.flatMap(([id]) => id.split(PLACE)).filter((p) => p.replace(/[^\u3400-\u9fff]/g, '').length >= 6);
const isEnglish = matcher(texts.map(([, words]) => words).filter((w) => / /.test(w) && /^[A-Za-z]/.test(w)));

const chineseLeft = (t) => HAN.test(t) && (isId(t) || parts.some((p) => t.includes(p)));
const englishLeft = (t) => !HAN.test(t) && isEnglish(t);
const HOLES = /\{\{|\}\}|\{\d\}/;

/** What a reader sees or hears of a page. Data: entered values, <pre>, and what says itself that it is Chinese (a signed document). */
function wordsOf(html) {
  const bare = html.replace(/<(script|style|pre|textarea)\b[\s\S]*?<\/\1>/g, '').replace(/<(?!html)(\w+)[^>]*\slang="zh-CN"[\s\S]*?<\/\1>/g, '');
  const found = [...bare.matchAll(/>([^<]+)<|\s(?:title|alt|placeholder|aria-label|data-l)="([^"]*)"/g)].map((m) => m[1] ?? m[2]);
  const entities = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
  return found.map((t) => t.replace(/&(?:amp|lt|gt|quot|#39);/g, (e) => entities[e]).trim()).filter(Boolean);
}

/** Chinese sentences follow each other without a blank; English ones that do have lost it between two texts. */
function touching(html) {
  const lines = html.replace(/<(script|style|pre|textarea|svg)\b[\s\S]*?<\/\1>/g, ' ').replace(/<\/?(?:a|b|em|small|span|strong)\b[^>]*>/g, '').replace(/<[^>]*>/g, '\n');
  return [...lines.matchAll(/[^\n]{0,20}[a-z]\.[A-Z][a-z]* [^\n]{0,20}/g)].map((m) => m[0]);
}

const faultsOf = (html, lang) => [...wordsOf(html).filter((t) => HOLES.test(t) || (lang === 'en' ? chineseLeft(t) : englishLeft(t))),
  ...(lang === 'en' ? touching(html) : [])].map((t) => `“${t.slice(0, 80)}”`);

// --- pages ---

/** A browser: keeps cookies. */
function visitor(lang) {
  const jar = { 'etax-lang': lang };
  return async (where, form) => {
    const headers = { accept: 'text/html', cookie: Object.entries(jar).map((pair) => pair.join('=')).join('; ') };
    if (form) headers['content-type'] = 'application/x-www-form-urlencoded';
    const r = await fetch(server.url + where, { method: form ? 'POST' : 'GET', redirect: 'manual', headers, body: form && new URLSearchParams(form) });
    for (const one of r.headers.getSetCookie?.() ?? [r.headers.get('set-cookie')].filter(Boolean)) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(one);
      jar[name] = value;
    }
    return { status: r.status, html: /html/.test(r.headers.get('content-type') || '') ? await r.text() : '' };
  };
}

/** All pages that links reach, at most a few of one shape: a thousand months look alike. */
async function walk(go, lang) {
  const seen = new Set(), shapes = new Map(), queue = ['/', '/menu'], faults = [];
  let pages = 0;
  while (queue.length && pages < PAGES_MAX) {
    const where = queue.shift(), shape = where.replace(/[0-9A-Z]{6,}|\d+/g, 'N').replace(/=[^&]*/g, '=');
    if (seen.has(where) || (shapes.get(shape) || 0) >= ALIKE_MAX) continue;
    seen.add(where);
    shapes.set(shape, (shapes.get(shape) || 0) + 1);
    const { html } = await go(where);
    if (!html) continue;
    pages++;
    if (!html.includes(lang === 'en' ? '<html lang="en"' : '<html lang="zh')) faults.push(`${where}: lang of the page`);
    faults.push(...faultsOf(html, lang).map((f) => `${where}: ${f}`));
    for (const [, href] of html.matchAll(/\shref="(\/[^"#]*)/g)) {
      const to = href.replaceAll('&amp;', '&');
      if (!/[?&](lang|size)=|^\/static/.test(to)) queue.push(to);
    }
  }
  return { pages, faults };
}

for (const lang of ['zh', 'en'])
  for (const who of [null, 'T1', 'T2', 'P1', 'O1'])
    test(`§5.6 pages of ${who || 'the public'} in ${lang}`, async (t) => {
      const go = visitor(lang);
      if (who) assert.equal((await go('/login', { account: parties[who], password: 'sandbox' })).status, 303);
      const { pages, faults } = await walk(go, lang);
      t.diagnostic(`${pages} pages`);
      assert.ok(pages > (who ? 20 : 10), `only ${pages} pages`);
      assert.deepEqual(faults, []);
    });

test('§5.6 refused forms and unknown addresses speak the language that was chosen', async () => {
  for (const lang of ['zh', 'en']) {
    const go = visitor(lang);
    for (const [where, form, status] of [['/nothing/here', null, 404], ['/login', { account: '', password: '' }, 422],
      ['/login', { account: parties.T1, password: 'wrong' }, 401], ['/verify/receipts?id=1&digest=x', null, 400]]) {
      const r = await go(where, form);
      assert.equal(r.status, status, `${lang} ${where}`);
      assert.ok(r.html.includes(`<html lang="${lang}`), `${lang} ${where}`);
      assert.deepEqual(faultsOf(r.html, lang), [], `${lang} ${where}`);
    }
  }
});

test('§5.6 the choice of a language is kept, and a page can be had in either', async () => {
  const go = visitor('zh');
  assert.match((await go('/?lang=en')).html, /<html lang="en"/);
  assert.match((await go('/menu')).html, /<html lang="en"/);
  assert.match((await go('/menu?lang=zh')).html, /<html lang="zh/);
});

// --- refusals of the API ---

/** The words of a problem: not what it repeats of the request. */
const said = (problem) => [problem.title, problem.detail, problem.fix, problem.law, ...(problem.errors || []).flatMap((e) => [e.message, e.detail, e.fix, e.law])]
  .filter((t) => typeof t === 'string' && t);

test('§5.6 every operation refuses in the language that was asked for', async (t) => {
  const api = (await new Client(server.url).get('/openapi.json')).body, faults = [];
  let refusals = 0;
  for (const language of ['zh', 'en']) {
    const stranger = new Client(server.url, { language });
    const t1 = Object.assign(await Client.signIn(server.url, 'T1'), { language });
    for (const [shape, operations] of Object.entries(api.paths))
      for (const method of Object.keys(operations).filter((m) => /^(get|post|put|patch|delete)$/.test(m))) {
        if (!shape.startsWith('/v1/') || /sandbox|sessions|credits/.test(shape) && method === 'delete') continue;
        // "0" is no number of anything here, and no operation takes this field: whatever is asked is refused.
        const where = shape.replace(/\{[^}]*\}/g, '0') + (method === 'get' ? '?no_such_field=1' : '');
        const body = /post|put|patch/.test(method) ? { no_such_field: 1 } : undefined;
        for (const c of [stranger, t1]) {
          const r = await c.call(method.toUpperCase(), where, body);
          if (r.status < 400 || !/problem/.test(r.headers.get('content-type') || '')) continue;
          refusals++;
          for (const words of said(r.body))
            if (language === 'en' ? HAN.test(words) : englishLeft(words)) faults.push(`${language} ${method} ${where}: “${words}”`);
        }
      }
  }
  t.diagnostic(`${refusals} refusals`);
  assert.ok(refusals > 200, `only ${refusals}`);
  assert.deepEqual(faults, []);
});

test('§5.6 English words are English sentences, too', async () => {
  const text = async (at) => (await (await fetch(server.url + at, { headers: { accept: 'text/html', 'accept-language': 'en' } })).text()).replace(/<[^>]*>/g, '');
  const large = await text('/?size=large');
  assert.match(large, /Call 12366 Taxpayer service hotline/);
  assert.match(large, /Beware of fraud\. The tax bureau/);
  assert.match(await text('/menu'), /listed here\. There is more/);
  const t1 = await Client.signIn(server.url, 'T1');
  const r = await t1.post('/v1/invoices', { kind: 'ordinary', seller_ref: 'words', buyer: {}, lines: [] }, { headers: { 'accept-language': 'en' } });
  const said = r.body.errors.map((e) => e.detail).join('\n');
  assert.match(said, /^[A-Z][^\n]*: 1 or more needed$/m);
  assert.doesNotMatch(said, /needs at least|fill in [A-Z]/);
});

test('a first visit is answered in the language of the browser; a choice stays', async () => {
  const html = async (headers, at = '/') => (await fetch(server.url + at, { headers: { Accept: 'text/html', ...headers } })).text();
  assert.match(await html({ 'Accept-Language': 'en-GB,en;q=0.9' }), /<html lang="en/);
  for (const accept of ['zh-CN,zh;q=0.9,en;q=0.8', 'fr-FR', '*']) assert.match(await html({ 'Accept-Language': accept }), /<html lang="zh/, accept);
  assert.match(await html({ 'Accept-Language': 'en', Cookie: 'etax-lang=zh' }), /<html lang="zh/);
  assert.match(await html({ 'Accept-Language': 'zh-CN', Cookie: 'etax-lang=en' }), /<html lang="en/);
  assert.match(await html({ 'Accept-Language': 'zh-CN' }, '/?lang=en'), /<html lang="en/);
});

test('the API description has its summaries in both languages', async () => {
  const of = async (lang) => (await fetch(`${server.url}/openapi.json`, { headers: { 'Accept-Language': lang } })).json();
  const en = await of('en'), zh = await of('zh');
  const summaries = (doc) => Object.values(doc.paths).flatMap((p) => Object.values(p).map((o) => o.summary));
  assert.deepEqual(summaries(en).filter((s) => HAN.test(s)), []);
  assert.ok(summaries(zh).every((s) => HAN.test(s)));
});
