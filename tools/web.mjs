// Builds web/dist, what pages load: one style sheet (Tabler purged to what templates use, then web/etax.css), the icons
// that templates name, our script; each beside its gzip form. Refuses what the content security policy would block.
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync, constants } from 'node:zlib';
import { build, transform } from 'esbuild';
import { PurgeCSS } from 'purgecss';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
const out = path.join(root, 'web/dist'), modules = path.join(root, 'node_modules');
const LIMITS = { 'etax.css': 20_000, 'etax.js': 4_000, 'icons.svg': 4_000, 'scan.js': 6_000, 'picture.js': 1_500, 'verify-sw.js': 1_000, 'jsqr.js': 60_000, 'ed25519.js': 6_000, 'beacon.js': 1_000, 'bls.js': 30_000, 'validator.js': 220_000,
  'mobile-app.js': 16_000, 'mobile-scan.js': 60_000 }; // compressed

function walk(folder, fits) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((e) => {
    const p = path.join(folder, e.name);
    return e.isDirectory() ? walk(p, fits) : fits(p) ? [p] : [];
  }).sort();
}
const templates = [...walk(path.join(root, 'web'), (p) => p.endsWith('.html') && !p.includes('/dist/')),
  ...walk(path.join(root, 'src'), (p) => /\/pages\/.*\.html$/.test(p))];
// C code draws charts and calendars: their class names count too.
const drawn = walk(path.join(root, 'src'), (p) => p.endsWith('.c') && !p.includes('/tests/'));

async function styles() {
  const [tabler] = await new PurgeCSS().purge({
    content: [...templates, path.join(root, 'web/etax.js'), path.join(root, 'web/verify/scan.js')], css: [path.join(modules, '@tabler/core/dist/css/tabler.min.css')],
    variables: true, keyframes: true, fontFace: true, safelist: [/^is-/],
  });
  const own = fs.readFileSync(path.join(root, 'web/etax.css'), 'utf8');
  const { code } = await transform(tabler.css + '\n' + own, { loader: 'css', minify: true, charset: 'utf8' });
  // A data: image would be refused by default-src 'self'; our own rules replace those of Tabler that stay unreachable.
  return code.replace(/url\((["']?)data:[^)]*\)/g, 'none');
}

function icons() {
  const names = new Set();
  for (const file of [...templates, ...drawn])
    for (const m of fs.readFileSync(file, 'utf8').matchAll(/(?:\{\{page\.file\.icons\}\}#|icons\.svg#|ICON\(")([\w-]+)/g)) names.add(m[1]);
  const symbols = [...names].sort().map((name) => {
    const file = path.join(modules, '@tabler/icons/icons/outline', `${name}.svg`);
    if (!fs.existsSync(file)) throw new Error(`no icon called ${name}`);
    const inner = fs.readFileSync(file, 'utf8').replace(/<!--[\s\S]*?-->/g, '').replace(/\s*\n\s*/g, '')
      .replace(/^<svg[^>]*>/, '').replace(/<\/svg>$/, '').replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" ?\/>/, '');
    return `<symbol id="${name}" viewBox="0 0 24 24" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}

const read = (file) => fs.readFileSync(path.join(root, file));
// Modules of one page; what it needs rarely (a reader of pictures, a signature without WebCrypto) is a file of its own.
async function bundle(file, from) {
  const { outputFiles: [one] } = await build({ entryPoints: [file], bundle: true, minify: true, charset: 'utf8', format: 'esm', write: false,
    external: ['./jsqr.js', './ed25519.js', './bls.js'], absWorkingDir: root, legalComments: 'none', ...from });
  return one.text;
}
const module = (text) => ({ entryPoints: undefined, stdin: { contents: text, resolveDir: root } });
const pieces = {
  // the app under /mobile/: modules and the encoder of QR codes in one file
  'mobile-app.js': await bundle('web/mobile/app.js'),
  'mobile-scan.js': await bundle('web/mobile/scan.js'),
  'mobile-sw.js': (await transform(read('web/mobile/sw.js').toString(), { minify: true, charset: 'utf8' })).code,
  'mobile-manifest.webmanifest': read('web/mobile/manifest.webmanifest'),
  'mobile-icon.svg': read('web/mobile/icon.svg'),
  'mobile-icon-192.png': read('web/mobile/icon-192.png'),
  'mobile-icon-512.png': read('web/mobile/icon-512.png'),
  'etax.css': await styles(),
  'icons.svg': icons(),
  'etax.js': (await transform(read('web/etax.js').toString(), { minify: true, charset: 'utf8' })).code,
  'scan.js': await bundle('web/verify/scan.js'),
  'picture.js': await bundle('web/verify/picture.js'),
  'beacon.js': await bundle('web/verify/beacon.js'),
  'bls.js': await bundle('web/verify/bls.js'),
  'verify-sw.js': await bundle('web/verify/sw.js', { format: 'iife' }),
  'jsqr.js': await bundle('', module("export { default } from 'jsqr';")),
  'ed25519.js': await bundle('', module("export { verifyAsync } from '@noble/ed25519';")),
  'mark.svg': read('web/mark.svg'),
  'chevron.svg': read('web/chevron.svg'),
};
// The invoice validator: the module inside a script, because its page may connect to nothing at all.
const wasm = path.join(root, '.cache/validator.wasm');
if (fs.existsSync(wasm)) {
  const script = (await transform(read('web/validator.js').toString(), { minify: true, charset: 'utf8' })).code;
  pieces['validator.js'] = script.replace('@wasm@', fs.readFileSync(wasm).toString('base64'));
}
fs.mkdirSync(out, { recursive: true });
const wanted = new Set();
for (const [name, content] of Object.entries(pieces)) {
  const packed = gzipSync(content, { level: constants.Z_BEST_COMPRESSION });
  if (packed.length > (LIMITS[name] ?? Infinity)) throw new Error(`${name}: ${packed.length} bytes compressed, at most ${LIMITS[name]}`);
  for (const [file, bytes] of [[name, Buffer.from(content)], [`${name}.gz`, packed]]) {
    wanted.add(file);
    const at = path.join(out, file);
    if (!fs.existsSync(at) || !fs.readFileSync(at).equals(bytes)) fs.writeFileSync(at, bytes);
  }
  console.log(`${name}: ${Buffer.from(content).length} bytes, ${packed.length} compressed`);
}
for (const old of fs.readdirSync(out)) if (!wanted.has(old)) fs.rmSync(path.join(out, old));
