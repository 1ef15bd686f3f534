// The vectors of the specification through the command line and through the WebAssembly of the page: the same verdicts, the same
// codes at the same places (A09.e1). The expectations come from tools/invoice_vectors.py, not from the validator.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
const read = (name) => readFileSync(path.join(root, 'tests/vectors/invoice', name), 'utf8').trim().split('\n').map((l) => JSON.parse(l));
const vectors = [...read('positive.jsonl'), ...read('negative.jsonl')];
const dir = mkdtempSync(path.join(tmpdir(), 'etax-vectors-'));
after(() => rmSync(dir, { recursive: true, force: true }));
const bytesOf = (v) => Buffer.from(v.file, v.base64 ? 'base64' : 'utf8');
const faultsOf = (list) => list.map((f) => (Array.isArray(f) ? f.join(' ') : `${f.code} ${f.pointer}`)).sort();

function compare(v, report) {
  assert.deepEqual(faultsOf(report.faults), faultsOf(v.faults), `${v.id} ${v.why}`);
  assert.equal(report.verdict, v.verdict, `${v.id} ${v.why}`);
  for (const f of report.faults) for (const text of [f.rule, f.fix]) assert.ok(text.zh && text.en, `${v.id}: ${f.code} has both languages`);
}

// What a schema can say; sums, dates, check digits and the like are rules.
const STRUCTURE = new Set(['missing', 'type', 'member-unknown', 'text-empty', 'text-long', 'money', 'decimal', 'rate-form', 'choice', 'digits', 'lines-empty', 'lines-many']);
test('A09.4 the JSON Schema takes what is right and refuses what has the wrong shape', async () => {
  const { default: Ajv } = await import('ajv/dist/2020.js');
  const fits = new Ajv({ strict: true, allErrors: false, strictTypes: false }).compile(JSON.parse(readFileSync(path.join(root, 'docs/spec/invoice/invoice-1.schema.json'), 'utf8')));
  let taken = 0, refused = 0;
  for (const v of vectors.filter((x) => x.form === 'json' && x.verdict !== 'unreadable')) {
    const body = JSON.parse(v.file), core = body.core ?? body, structural = v.faults.some(([code, pointer]) => pointer && STRUCTURE.has(code));
    const good = fits(core);
    if (!v.faults.length) { assert.ok(good, `${v.id} ${v.why} ${JSON.stringify(fits.errors)}`); taken++; }
    if (structural) { assert.ok(!good, `${v.id} ${v.why}`); refused++; }
  }
  assert.ok(taken >= 50 && refused >= 100, `${taken} ${refused}`);
});

test('A09.4 schema, fields and error codes in docs are those of the validator', () => {
  for (const [what, file] of [['schema', 'invoice-1.schema.json'], ['fields', 'fields.md'], ['error-codes', 'error-codes.md']]) {
    const r = spawnSync(process.env.ETAXD ?? path.join(root, 'build/etaxd'), ['invoice', 'describe', what], { encoding: 'utf8' });
    assert.equal(r.stdout, readFileSync(path.join(root, 'docs/spec/invoice', file), 'utf8'), `etaxd invoice describe ${what} > docs/spec/invoice/${file}`);
  }
  const said = readFileSync(path.join(root, 'docs/spec/invoice/error-codes.md'), 'utf8');
  for (const v of vectors) for (const [code] of v.faults) assert.ok(said.includes(`| \`${code}\` |`), code);
});

test('A09.e1 at least 60 positive and at least 240 negative vectors', () => {
  assert.ok(vectors.filter((v) => v.verdict === 'valid').length >= 60);
  assert.ok(vectors.filter((v) => ['invalid', 'unreadable'].includes(v.verdict) && v.faults.length).length >= 240);
  assert.ok(vectors.every((v) => (v.faults.length > 0) === ['invalid', 'unreadable'].includes(v.verdict)));
  assert.equal(new Set(vectors.map((v) => v.id)).size, vectors.length);
});

for (const [how, ...options] of [['as anybody calls it, signatures and all'], ['by the rules alone', '--rules-only']]) test(`A09.e1 A09.4 the command line agrees with all of them, ${how}`, () => {
  const files = vectors.map((v) => { const p = path.join(dir, v.id); writeFileSync(p, bytesOf(v)); return p; });
  const r = spawnSync(process.env.ETAXD ?? path.join(root, 'build/etaxd'), ['invoice', 'validate', '--json', ...options, ...files], { encoding: 'utf8', maxBuffer: 1 << 28 });
  assert.equal(r.status, 1, r.stderr);
  const reports = r.stdout.trim().split('\n').map((l) => JSON.parse(l));
  assert.equal(reports.length, vectors.length);
  vectors.forEach((v, i) => compare(v, reports[i]));
});

test('A09.e1 A09.4 the WebAssembly of the page agrees with all of them', { skip: !existsSync(path.join(root, '.cache/validator.wasm')) }, async () => {
  let memory;
  const system = new Proxy({}, { get: (_, name) => (/^(environ|args)_/.test(name) ? (a, b) => {
    const v = new DataView(memory.buffer);
    if (/sizes/.test(name)) { v.setUint32(a, 0, true); v.setUint32(b, 0, true); }
    return 0;
  } : () => 52) });
  const { instance } = await WebAssembly.instantiate(readFileSync(path.join(root, '.cache/validator.wasm')), { wasi_snapshot_preview1: system });
  const rules = instance.exports;
  memory = rules.memory;
  rules._initialize?.();
  for (const v of vectors) {
    const bytes = bytesOf(v), at = rules.room(bytes.length);
    new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
    const report = rules.check(at, bytes.length) >>> 0;
    compare(v, JSON.parse(new TextDecoder().decode(new Uint8Array(memory.buffer, report, rules.length()))));
    rules.done();
  }
});
