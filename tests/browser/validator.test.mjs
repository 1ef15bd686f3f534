// The public validator page: in the browser nothing is uploaded, without JavaScript the form uploads (A09.4, A09.e1); and the OFD
// shows the same face as the PDF, compared as pictures (issue 3 §6.2).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openBrowser } from '../lib/browser.mjs';
import { Client, parties } from '../lib/client.mjs';
import { bodyOf, kinds } from '../lib/kinds.mjs';
import { click, good } from '../lib/pages.mjs';
import { Server } from '../lib/server.mjs';

let server, t1, dir, files = {};
before(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'etax-validator-'));
  server = await Server.start();
  t1 = await Client.signIn(server.url, 'T1');
  const r = await t1.post('/v1/invoices', { kind: 'special', buyer: { tax_id: parties.T3, name: '远帆纺织进出口有限公司' }, remark: '合同 2026-017',
    lines: [{ tax_code: '1090105030000000000', name: '车床', spec: 'CK6140', unit: '台', quantity: '3', price: '333.33', rate: '0.13', discount: '10.00' },
      { tax_code: '3040201010000000000', name: '软件开发', rate: '0.06', amount: '1000.00' }] });
  assert.equal(r.status, 201, r.text);
  for (const form of ['xml', 'json', 'ofd', 'pdf']) {
    files[form] = path.join(dir, `one.${form}`);
    writeFileSync(files[form], (await t1.get(`/v1/invoices/${r.body.number}.${form}`)).bytes);
  }
  files.bare = path.join(dir, 'bare.json');
  writeFileSync(files.bare, JSON.stringify(JSON.parse(readFileSync(files.json, 'utf8')).core));
  files.bad = path.join(dir, 'bad.xml');
  writeFileSync(files.bad, readFileSync(files.xml, 'utf8').replace('<SellerName>海川', '<SellerName>河川').replace('<ComTaxAm>60.00', '<ComTaxAm>61.00'));
});
after(async () => { await server.close(); rmSync(dir, { recursive: true, force: true }); });

for (const width of [1280, 360]) {
  test(`A09.4 A09.e1 the file is checked in the browser and nothing leaves it, ${width} px`, async () => {
    const browser = await openBrowser({ width });
    const { page } = browser;
    browser.axe = true;
    try {
      const response = await page.goto(server.url + '/invoices/validator');
      assert.match(response.headers()['content-security-policy'], /connect-src 'none'/);
      await page.locator('form[data-validator] button').last().click();
      assert.match(await page.locator('form[data-validator] .et-error').innerText(), /请先选发票文件/);
      assert.equal(await page.evaluate(() => document.activeElement.type), 'file', 'without a file the field says so');
      await page.waitForSelector('[data-validator-here]');
      assert.ok(await page.isVisible('[data-validator-here]'));
      assert.ok(!await page.isVisible('[data-validator-upload]'));
      await good(browser, 'validator-form');
      const asked = [];
      page.on('request', (r) => asked.push(`${r.method()} ${r.url()}`));
      await page.locator('#vf').setInputFiles([files.xml, files.ofd, files.pdf, files.json]);
      await page.locator('[data-validator-out] .is-ok').nth(3).waitFor();
      await page.locator('#vf').setInputFiles([files.bare]);
      await page.waitForSelector('[data-validator-out] .is-warn');
      await page.locator('#vf').setInputFiles([files.bad]);
      await page.waitForSelector('[data-validator-out] .is-bad');
      const text = await page.textContent('[data-validator-out]');
      for (const code of ['tax-tolerance', 'sum-tax', 'core-hash', '/lines/2/tax']) assert.ok(text.includes(code), `${code}: ${text}`);
      await page.locator('main form .btn-primary').click();
      await page.waitForTimeout(200);
      assert.deepEqual(asked, [], 'not one request');
      const tried = await page.evaluate(() => fetch('/v1/keys').then(() => 'went out', () => 'refused'));
      assert.equal(tried, 'refused', 'the policy lets nothing out');
      assert.ok(browser.faults.every((f) => /connect-src|Content Security Policy/.test(f)), browser.faults.join());
      browser.faults.splice(0);
      await good(browser, 'validator-faults');
    } finally { await browser.close(); }
  });
}

test('A09.4 A09.7 without JavaScript the form uploads and signatures are checked too', async () => {
  const browser = await openBrowser({ width: 360, javaScript: false });
  const { page } = browser;
  try {
    await page.goto(server.url + '/invoices/validator');
    assert.ok(await page.isVisible('[data-validator-upload]'));
    await page.locator('#vf').setInputFiles(files.ofd);
    await click(page, 'main form .btn-primary');
    assert.match(await page.textContent('.et-verdict.is-ok'), /符合规范/);
    assert.equal(await page.locator('.et-checks .is-bad').count(), 0);
    assert.ok(await page.locator('.et-checks .is-ok').count() >= 16);
    await good(browser, 'validator-uploaded');
    await page.locator('#vf').setInputFiles(files.bare);
    await click(page, 'main form .btn-primary');
    assert.match(await page.textContent('.et-verdict.is-warn'), /没有签名证明/);
    await good(browser, 'validator-unproven');
    await page.locator('#vf').setInputFiles(files.bad);
    await click(page, 'main form .btn-primary');
    assert.match(await page.textContent('.et-verdict.is-bad'), /处不对/);
    await good(browser, 'validator-uploaded-faults');
    await page.goto(server.url + '/invoices/validator');
    await click(page, 'main form .btn-primary');
    assert.match(await page.textContent('main'), /发票文件/);
  } finally { await browser.close(); }
});

/** The OFD's objects as SVG, by the rules of GB/T 33190 that they use; the stamp by its picture from the seal. */
function svgOf(ofd) {
  const read = (name) => execFileSync('unzip', ['-p', ofd, name], { maxBuffer: 1 << 26 });
  const content = read('Doc_0/Pages/Page_0/Content.xml').toString(), signature = read('Doc_0/Signs/Sign_0/Signature.xml').toString();
  const value = read('Doc_0/Signs/Sign_0/SignedValue.dat'), from = value.indexOf(Buffer.from('89504e470d0a1a0a', 'hex'));
  const png = value.subarray(from, value.indexOf('IEND', from) + 8);
  const attribute = (s, n) => s.match(new RegExp(`[ :]${n}="([^"]*)"`))?.[1];
  const [, , w, h] = content.match(/PhysicalBox>([^<]*)</)[1].split(' ').map(Number);
  const colour = (s) => `rgb(${(s.match(/Color Value="([^"]*)"/)?.[1] ?? '0 0 0').split(' ').join(',')})`;
  const objects = [...content.matchAll(/<ofd:(Text|Path)Object([^>]*)>([\s\S]*?)<\/ofd:\1Object>/g)].map(([, kind, head, body]) => {
    const [x, y] = attribute(head, 'Boundary').split(' ').map(Number);
    if (kind === 'Path') {
      const d = body.match(/AbbreviatedData>([^<]*)</)[1].replaceAll('C', 'Z').replaceAll('B', 'C');
      const ctm = attribute(head, 'CTM');
      const paint = attribute(head, 'Fill') === 'true' ? `fill="${colour(body)}"` : `fill="none" stroke="${colour(body)}" stroke-width="${attribute(head, 'LineWidth')}"`;
      return `<g transform="translate(${x} ${y})${ctm ? ` matrix(${ctm})` : ''}"><path d="${d}" ${paint}/></g>`;
    }
    const code = body.match(/<ofd:TextCode([^>]*)>([^<]*)</), steps = [];
    const parts = (attribute(code[1], 'DeltaX') ?? '').split(' ').filter(Boolean);
    for (let i = 0; i < parts.length; i++) {
      if (parts[i] !== 'g') { steps.push(Number(parts[i])); continue; }
      steps.push(...Array(Number(parts[i + 1])).fill(Number(parts[i + 2])));
      i += 2;
    }
    const places = [x + Number(attribute(code[1], 'X'))];
    for (const s of steps) places.push(places.at(-1) + s);
    const font = Number(attribute(head, 'Font')), family = font >= 5 ? 'Noto Sans Mono CJK SC' : font >= 3 ? 'Noto Serif CJK SC' : 'Noto Sans CJK SC';
    return `<text x="${places.join(' ')}" y="${y + Number(attribute(code[1], 'Y'))}" font-family="${family}" font-size="${attribute(head, 'Size')}" ` +
      `font-weight="${font % 2 ? 'normal' : 'bold'}" fill="${colour(body)}" xml:space="preserve">${code[2]}</text>`;
  });
  const [sx, sy, sw, sh] = attribute(signature.match(/<ofd:StampAnnot[^>]*>/)[0], 'Boundary').split(' ').map(Number);
  return { w, h, svg: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w * 150 / 25.4}" height="${h * 150 / 25.4}">${objects.join('')}` +
    `<image x="${sx}" y="${sy}" width="${sw}" height="${sh}" preserveAspectRatio="none" href="data:image/png;base64,${png.toString('base64')}"/></svg>` };
}

/** How far the first page of an OFD, drawn, is from the picture of the PDF. */
async function compared(page, files) {
  execFileSync('pdftoppm', ['-r', '150', '-png', '-f', '1', '-l', '1', '-singlefile', files.pdf, path.join(dir, 'pdf')]);
  const pdf = readFileSync(path.join(dir, 'pdf.png')), { svg } = svgOf(files.ofd);
  const html = path.join(dir, 'face.html');
  writeFileSync(html, `<!doctype html><meta charset="utf-8"><body style="margin:0">${svg}</body>`);
  const fresh = await page.context().newPage();
  await fresh.goto(`file://${html}`);
  const shot = await fresh.locator('svg').screenshot();
  if (process.env.ETAX_KEEP) { writeFileSync(path.join(process.env.ETAX_KEEP, 'ofd.png'), shot); writeFileSync(path.join(process.env.ETAX_KEEP, 'pdf.png'), pdf); }
  // Two rasterisers never agree in each pixel: compared are the inks of 4 x 4 fields, a field counts when it differs by a third.
  const result = await fresh.evaluate(async ([a, b]) => {
    const load = async (s) => { const i = new Image(); i.src = `data:image/png;base64,${s}`; await i.decode(); return i; };
    const [x, y] = [await load(a), await load(b)], w = Math.min(x.width, y.width), h = Math.min(x.height, y.height), n = 4;
    const ink = (image) => {
      const c = document.createElement('canvas'); c.width = w; c.height = h;
      const g = c.getContext('2d'); g.fillStyle = '#fff'; g.fillRect(0, 0, w, h); g.drawImage(image, 0, 0);
      const d = g.getImageData(0, 0, w, h).data, fields = [];
      for (let r = 0; r + n <= h; r += n) for (let k = 0; k + n <= w; k += n) {
        let sum = 0;
        for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) { const at = ((r + i) * w + k + j) * 4; sum += 765 - d[at] - d[at + 1] - d[at + 2]; }
        fields.push(sum / (n * n * 765));
      }
      return fields;
    };
    const p = ink(x), q = ink(y);
    let inked = 0, differ = 0;
    p.forEach((v, i) => { if (v > 0.05 || q[i] > 0.05) inked++; if (Math.abs(v - q[i]) > 0.34) differ++; });
    return { size: [x.width, y.width, x.height, y.height], inked, differ };
  }, [pdf.toString('base64'), shot.toString('base64')]);
  await fresh.close();
  return result;
}
/* Of 25 kinds each one's OFD against its own PDF differs in less than 0.1 % of the inked fields, and against any other
   invoice's in 2.2 % to 13 %, however alike their kinds are: the limit stands between. */
const different = (result) => result.differ / result.inked >= 0.01;
function same(result, name) {
  assert.ok(Math.abs(result.size[0] - result.size[1]) <= 2 && Math.abs(result.size[2] - result.size[3]) <= 2, `${name} ${JSON.stringify(result)}`);
  assert.ok(result.inked > 3000 && !different(result), `${name} ${JSON.stringify(result)}`);
}

test('A09.e4 the OFD, drawn, is the picture that the PDF gives', async () => {
  const browser = await openBrowser({ width: 1280 });
  try {
    same(await compared(browser.page, files), 'special');
  } finally { await browser.close(); }
});

test('A09.e4 so is that of each kind of special business; another invoice\'s is not', async () => {
  const browser = await openBrowser({ width: 1280 });
  const of = {};
  try {
    for (const business of Object.keys(kinds)) {
      const r = await t1.post('/v1/invoices', bodyOf(business, { seller_ref: `picture-${business}` }));
      assert.equal(r.status, 201, r.text);
      of[business] = {};
      for (const form of ['ofd', 'pdf']) {
        of[business][form] = path.join(dir, `${business}.${form}`);
        writeFileSync(of[business][form], (await t1.get(`/v1/invoices/${r.body.number}.${form}`)).bytes);
      }
      same(await compared(browser.page, of[business]), business);
    }
    const other = await compared(browser.page, { ofd: of.freight.ofd, pdf: of.passenger.pdf });
    assert.ok(different(other), `the comparison sees a difference: ${JSON.stringify(other)}`);
  } finally { await browser.close(); }
});
