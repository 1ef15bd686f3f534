// What becomes slower as the store grows, and what does not: one store, filled step by step, measured at each size. Every kind of
// invoice by turns. ./dev bench growth [--sizes 1,10,50] (millions) [--dir DIR ON A LARGE DISK] [--seconds S]
// Prints a table and draws docs/growth.svg. An invoice takes 1.6 kB in a batch: ten millions 16 GB, fifty 80.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Server, freshDatabase, root } from '../tests/lib/server.mjs';
import { cpu, fill, k, load, median, memory, ms, option, quick, run, scratch, tool } from './lib/bench.mjs';
import { moreFirms } from './lib/firms.mjs';
import { drawGrowth } from './lib/growth_svg.mjs';
import { mixed, numbered } from './lib/mixed.mjs';
import { COUNTED, raw, requestFile } from './lib/request.mjs';

const sizes = quick ? [2000, 6000] : String(option('sizes', '1,10,50')).split(',').map((m) => Number(m) * 1_000_000);
const seconds = quick ? 1 : Number(option('seconds', 8)), rounds = quick ? 1 : 3, lines = quick ? 2000 : 100_000, each = quick ? 100 : 10_000, sellers = quick ? 8 : 64;

/** Bytes below a directory, by what they are for. */
function bytesOf(dir) {
  const sum = { core: 0, lists: 0, plane: 0, other: 0 };
  for (const entry of readdirSync(dir, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.path, entry.name), inside = path.relative(dir, file);
    sum[/^core\.db/.test(inside) ? 'core' : /^projection\.db/.test(inside) ? 'lists' : /^plane/.test(inside) ? 'plane' : 'other'] += statSync(file).size;
  }
  return sum;
}

async function start(server) {
  const times = [];
  for (let i = 0; i < rounds; i++) {
    if (server.process) await server.stop();
    const from = process.hrtime.bigint();
    await server.launch();
    times.push(Number(process.hrtime.bigint() - from) / 1e6);
  }
  await new Promise((r) => setTimeout(r, 2000));
  return { start_ms: median(times), idle_mb: memory(server.process.pid).private };
}

/** Requests a second over three rounds, with the server's CPU for one. */
async function loaded(server, file, options) {
  const results = [];
  let from = 1;
  for (let i = 0; i < rounds; i++) {
    const before = cpu(server.process.pid), r = await load(server.port, file, { ...options, seconds, warm: 1, from: from + options.base });
    results.push({ ...r, us: (cpu(server.process.pid) - before) / 1000 / r.sent });
    from += r.sent;
  }
  return { sent: from - 1, ...Object.fromEntries(['per_second', 'p50_us', 'p99_us', 'us'].map((key) => [key, median(results.map((r) => r[key]))])) };
}

function batch(server, dir, seller, size) {
  const body = path.join(dir, 'batch.jsonl'), answer = path.join(dir, 'answer.jsonl'), rates = [];
  writeFileSync(body, numbered(lines).join('\n') + '\n');
  for (let i = 0; i < rounds; i++) {
    const [status, time] = execFileSync('curl', ['-sS', '-o', answer, '-w', '%{http_code} %{time_total}', '-X', 'POST', '-H', 'Expect:', '--data-binary', `@${body}`, '-H', 'Content-Type: application/x-ndjson',
      '-H', `Authorization: Bearer ${seller.bearer}`, '-H', `Idempotency-Key: growth-${size}-${i}`, `${server.url}/v1/invoices/batch`], { encoding: 'utf8' }).split(' ');
    const issued = readFileSync(answer, 'utf8').split('"number"').length - 1;
    if (status !== '200' || issued !== lines) throw new Error(`batch: status ${status}, ${issued} of ${lines}`);
    rates.push(lines / Number(time));
  }
  return median(rates);
}

/** One size: what the store takes, then every figure. */
async function measureAt(size, { server, dir, data, firms, database }) {
  const sample = execFileSync(tool('fill'), ['sample', data, String(quick ? 200 : 20_000), ...(database ? [database.url] : [])], { encoding: 'utf8', maxBuffer: 1 << 26 }).trim().split('\n').map((l) => l.split(' '));
  const started = await start(server), bytes = database ? null : bytesOf(data);
  const verify = requestFile(path.join(dir, 'verify.bin'), shuffled(sample).map(([number, total, date]) => raw('GET', `/v1/verify/invoices/${number}?total=${total}&date=${date}`)));
  const home = requestFile(path.join(dir, 'home.bin'), firms.map((f) => raw('GET', '/', { headers: { Cookie: `__Host-etax=${f.cookie}`, Accept: 'text/html' } })));
  const issue = requestFile(path.join(dir, 'issue.bin'), mixed.flatMap((body) => firms.slice(0, sellers).map((f) => raw('POST', '/v1/invoices', { body,
    headers: { Authorization: `Bearer ${f.bearer}`, 'Idempotency-Key': `g${COUNTED}` } }))));
  const verified = await loaded(server, verify, { connections: 64, expect: 200, base: 0 }), page = await loaded(server, home, { connections: 32, expect: 200, base: 0 });
  const issued = await loaded(server, issue, { connections: 64, expect: 201, base: size }), batched = batch(server, dir, firms[sellers], size);
  return { size, ...started, bytes, verified, page, issued, batched, after_mb: memory(server.process.pid).private };
}

function shuffled(list) { // the same order in each run
  const out = [...list];
  for (let i = out.length - 1, x = 12345; i > 0; i--) {
    x = (x * 1103515245 + 12345) % 2147483648;
    const j = x % (i + 1);
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}

const gib = (n) => `${(n / 2 ** 30).toFixed(2)} GiB`, per = (n, size) => `${Math.round(n / size)} B`;

/** A row of the table: its figure at each size. run()'s columns are engines; here they are sizes, so the notes hold the table. */
function table(results) {
  const rows = [
    ['invoices a second, single, 64 connections', (r) => k(r.issued.per_second)], ['… p99', (r) => ms(r.issued.p99_us)], ['… CPU an invoice, server', (r) => `${r.issued.us.toFixed(0)} µs`],
    [`invoices a second, batch of ${k(lines)}`, (r) => k(r.batched)],
    ['verifications a second, 64 connections', (r) => k(r.verified.per_second)], ['… p99', (r) => ms(r.verified.p99_us)],
    ['home page, 32 connections: pages a second', (r) => k(r.page.per_second)], ['… p99', (r) => ms(r.page.p99_us)],
    ['start to ready', (r) => `${(r.start_ms / 1000).toFixed(3)} s`], ['private memory, idle', (r) => `${r.idle_mb.toFixed(1)} MB`], ['… after the load', (r) => `${r.after_mb.toFixed(1)} MB`],
    ...(results[0].bytes ? [['core.db', (r) => gib(r.bytes.core)], ['… an invoice', (r) => per(r.bytes.core, r.size)], ['projection.db', (r) => gib(r.bytes.lists)], ['… an invoice', (r) => per(r.bytes.lists, r.size)],
      ['plane', (r) => gib(r.bytes.plane)], ['… an invoice', (r) => per(r.bytes.plane, r.size)]] : []),
    ['filled since the size before', (r) => `${k(r.filled.invoices)} in ${r.filled.seconds} s, with lists and plane ${r.filled.with_projections} s`],
  ];
  return [`| invoices in the store | ${results.map((r) => k(r.size)).join(' | ')} |`, `|---|${results.map(() => '--:').join('|')}|`, ...rows.map(([name, of]) => `| ${name} | ${results.map(of).join(' | ')} |`)].join('\n');
}

await run({
  name: 'growth', title: 'A store that grows', engines: ['SQLite'],
  async measure(engine) {
    const dir = scratch(), data = path.join(dir, 'data'), results = [], firms = [];
    mkdirSync(data);
    const database = engine === 'PostgreSQL' ? freshDatabase() : null;
    let there = 0;
    for (const size of sizes) {
      // What the measurements before have issued is there, too.
      const count = Math.max(1, Math.round((size - there) / each)), more = moreFirms(dir, data, count, each, firms.length, database?.url);
      firms.push(...more.firms);
      const server = new Server();
      Object.assign(server, { data, ownData: false, database, options: {} });
      there += more.filled.invoices;
      results.push({ ...(await measureAt(size, { server, dir, data, firms: firms.slice(-200), database })), filled: more.filled });
      there += results.at(-1).issued.sent + rounds * lines;
      process.stderr.write(`${k(size)}: ${JSON.stringify(results.at(-1))}\n`);
      await server.stop();
    }
    if (!quick) writeFileSync(path.join(root, 'docs/growth.svg'), drawGrowth(results));
    database?.drop();
    return { rows: [], notes: [], text: `${table(results)}${quick ? '' : '\n\n![The figures as curves](growth.svg)'}` };
  },
});
