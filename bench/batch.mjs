// 100,000 invoices of every kind in JSON lines, one request. ./dev bench batch [--lines N] [--store INVOICES]
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cpu, k, median, memory, option, quick, row, run, serves } from './lib/bench.mjs';
import { spread, withFirms } from './lib/firms.mjs';
import { mixed, numbered } from './lib/mixed.mjs';

const lines = Number(option('lines', quick ? 5000 : 100_000)), rounds = quick ? 1 : Number(option('rounds', 3));

const store = Number(option('store', 0)); // invoices that are there already

await run({
  name: 'batch', title: `A batch: ${k(lines)} invoices of every kind in JSON lines, one request, ${k(store)} in the store`,
  async measure(engine) {
    const { firms: count, each } = spread(Math.max(store, 1), rounds + 1);
    const { server, firms, dir } = await withFirms(engine, count, each);
    if (!(await serves(server.url, 'POST /v1/invoices/batch'))) {
      await server.close();
      return { rows: [row('invoices a second', 'not served yet', { asked: '≥ 50,000', good: false })] };
    }
    const body = path.join(dir, 'batch.jsonl'), answer = path.join(dir, 'answer.jsonl'), results = [];
    writeFileSync(body, numbered(lines).join('\n') + '\n');
    for (let i = 0; i < rounds; i++) {
      const before = cpu(server.process.pid);
      const [status, seconds] = execFileSync('curl', ['-sS', '-o', answer, '-w', '%{http_code} %{time_total}', '-X', 'POST', '-H', 'Expect:', '--data-binary', `@${body}`,
        '-H', 'Content-Type: application/x-ndjson', '-H', `Authorization: Bearer ${firms[i].bearer}`, '-H', `Idempotency-Key: batch-${i}`, `${server.url}/v1/invoices/batch`], { encoding: 'utf8' }).split(' ');
      const answers = readFileSync(answer, 'utf8').trim().split('\n');
      const issued = answers.filter((l) => l.includes('"number"')).length;
      if (status !== '200' || issued < lines) throw new Error(`status ${status}, ${issued} of ${lines} issued; first: ${answers[0]}`);
      results.push({ rate: lines / Number(seconds), seconds: Number(seconds), us: (cpu(server.process.pid) - before) / 1000 / lines });
    }
    const held = memory(server.process.pid), m = (key) => median(results.map((r) => r[key])), rate = m('rate');
    await server.stop();
    const fsck = await server.fsck();
    await server.close();
    const sqlite = engine === 'SQLite';
    return { rows: [
      row('invoices a second', k(rate), { ...(sqlite && { asked: '≥ 50,000', good: rate >= 50_000 }) }),
      row('seconds from the first byte sent to the last byte of the answer', m('seconds').toFixed(2)),
      row('CPU an invoice, server', `${m('us').toFixed(1)} µs`),
      row('private memory after the run', `${held.private.toFixed(0)} MB`),
    ], notes: [`medians of ${rounds} batches of ${mixed.length} kinds, each by another seller; client: curl on the same machine; afterwards etaxd fsck: ${fsck.code === 0 ? 'clean' : `exit ${fsck.code}: ${fsck.output}`}`] };
  },
});
