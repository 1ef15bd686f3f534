// Start to ready on a million invoices, memory when idle, size of the binary. ./dev bench start [--invoices N]
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { etaxd } from '../tests/lib/server.mjs';
import { k, median, memory, option, quick, row, run } from './lib/bench.mjs';
import { withFirms } from './lib/firms.mjs';
import { alike } from './lib/mixed.mjs';

const invoices = Number(option('invoices', quick ? 2000 : 1_000_000)), firms = quick ? 20 : 1000, rounds = quick ? 2 : 5;

await run({
  name: 'start', title: `Start to ready on ${k(invoices)} invoices; memory; binary`,
  async measure(engine) {
    const { server, dir, filled } = await withFirms(engine, firms, invoices / firms, { bodies: alike });
    const times = [], sizes = [];
    for (let i = 0; i < rounds; i++) {
      await server.stop();
      const from = process.hrtime.bigint();
      await server.launch();
      times.push(Number(process.hrtime.bigint() - from) / 1e6);
      await new Promise((r) => setTimeout(r, 2000));
      sizes.push(memory(server.process.pid));
    }
    const stripped = path.join(dir, 'etaxd');
    execFileSync('strip', ['-o', stripped, etaxd]);
    const ready = median(times), held = median(sizes.map((s) => s.private)), binary = statSync(stripped).size / 2 ** 20;
    await server.close();
    return { rows: [
      row('start to ready', `${(ready / 1000).toFixed(3)} s`, { asked: '≤ 0.5 s', good: ready <= 500, beside: `longest of ${rounds}: ${(Math.max(...times) / 1000).toFixed(3)} s` }),
      row('private memory, idle', `${held.toFixed(1)} MB`, { asked: '≤ 60 MB', good: held <= 60, beside: `RSS ${median(sizes.map((s) => s.rss)).toFixed(1)} MB, anonymous ${median(sizes.map((s) => s.anonymous)).toFixed(1)} MB` }),
      row('binary, stripped', `${binary.toFixed(1)} MB`, { asked: '≤ 10 MB', good: binary <= 10 }),
    ], notes: [`time from spawning the process to its line "listening on"; the invoices were issued in ${filled.seconds} s; private memory is Private_Clean + Private_Dirty of smaps_rollup, 2 s after the start`] };
  },
});
