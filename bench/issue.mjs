// Single invoices by 64 connections: durable, numbered, receipted. Beside it the same acts without HTTP, and bare rows.
// Every kind of invoice by turns (lib/mixed.mjs). ./dev bench issue [--store INVOICES] [--seconds S] [--rounds N]
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { freshDatabase } from '../tests/lib/server.mjs';
import { cpu, fill, k, load, median, memory, ms, option, quick, row, run } from './lib/bench.mjs';
import { bodiesFile, spread, withFirms } from './lib/firms.mjs';
import { mixed } from './lib/mixed.mjs';
import { COUNTED, raw, requestFile } from './lib/request.mjs';

const seconds = quick ? 2 : Number(option('seconds', 10)), rounds = quick ? 1 : Number(option('rounds', 3)), sellers = 64;

const store = Number(option('store', 0)); // invoices that are there already

function limit(kind, engine, dir, group) {
  const data = path.join(dir, `${kind}-${group}`), database = engine === 'PostgreSQL' ? freshDatabase() : null;
  mkdirSync(data);
  const r = fill(kind, data, quick ? 1 : 5, group, bodiesFile(dir), ...(database ? [database.url] : []));
  database?.drop();
  return r.per_second;
}

await run({
  name: 'issue', title: `Single invoices of every kind, 64 connections, ${k(store)} in the store: durable, numbered, receipted`,
  async measure(engine) {
    const { firms: count, each } = spread(Math.max(store, 1), sellers);
    const { server, firms, dir } = await withFirms(engine, count, each);
    // Seller and kind change with every request.
    const file = requestFile(path.join(dir, 'issue.bin'), mixed.flatMap((body) => firms.slice(0, sellers).map((f) => raw('POST', '/v1/invoices', { body,
      headers: { Authorization: `Bearer ${f.bearer}`, 'Idempotency-Key': `k${COUNTED}` } }))));
    const one = { connections: 64, warm: 2, expect: 201 }, results = [];
    let from = 1;
    for (let i = 0; i < rounds; i++) {
      const before = cpu(server.process.pid), r = await load(server.port, file, { ...one, seconds, from });
      results.push({ ...r, us: (cpu(server.process.pid) - before) / 1000 / r.sent });
      from = r.next;
    }
    const alone = await load(server.port, file, { connections: 1, seconds: quick ? 1 : 3, warm: 1, expect: 201, from });
    const m = (key) => median(results.map((r) => r[key])), held = memory(server.process.pid);
    await server.stop();
    const fsck = await server.fsck();
    await server.close();
    const acts = limit('acts', engine, dir, 64), rows64 = limit('rows', engine, dir, 64);
    const sqlite = engine === 'SQLite';
    const rate = m('per_second');
    return { rows: [
      row('invoices a second', k(rate), { beside: `without HTTP, 64 a commit: ${k(acts)}`, ratio: (rate / acts).toFixed(2), ...(sqlite && { asked: '≥ 10,000', good: rate >= 10_000 }) }),
      row('of bare rows of 1,200 bytes, 64 a commit', k(rate), { beside: k(rows64), ratio: (rate / rows64).toFixed(2) }),
      row('p50', ms(m('p50_us'))),
      row('p99', ms(m('p99_us')), { ...(sqlite && { asked: '≤ 30 ms', good: m('p99_us') <= 30000 }) }),
      row('longest', ms(Math.max(...results.map((r) => r.max_us)))),
      row('CPU an invoice, server', `${m('us').toFixed(0)} µs`, { beside: `load generator ${(m('own_cpu_s') * 1e6 / m('sent')).toFixed(0)} µs` }),
      row('one connection: invoices a second', k(alone.per_second), { beside: `p50 ${ms(alone.p50_us)}, p99 ${ms(alone.p99_us)}` }),
      row('private memory after the run', `${held.private.toFixed(0)} MB`),
    ], notes: [`${rounds} rounds of ${seconds} s, medians; ${k(from - 1)} invoices of ${mixed.length} kinds in all by ${sellers} sellers, each with a fresh Idempotency-Key`,
      `synchronous=FULL on SQLite, fsync and synchronous_commit on PostgreSQL; afterwards etaxd fsck: ${fsck.code === 0 ? 'clean' : `exit ${fsck.code}: ${fsck.output}`}`] };
  },
});
