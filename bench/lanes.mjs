// 10,000 invoices of every kind that a device issued offline, handed over in one call. ./dev bench lanes [--entries N] [--store INVOICES]
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { cpu, k, median, memory, option, quick, row, run } from './lib/bench.mjs';
import { Client } from '../tests/lib/client.mjs';
import { Device } from '../tests/lib/lane.mjs';
import { spread, withFirms } from './lib/firms.mjs';
import { numbered, onDevice } from './lib/mixed.mjs';

const entries = Number(option('entries', quick ? 500 : 10_000)), rounds = quick ? 1 : Number(option('rounds', 3));
const store = Number(option('store', 0)); // invoices that are there already

await run({
  name: 'lanes', title: `A lane: ${k(entries)} offline invoices of every kind in one call, ${k(store)} in the store`,
  async measure(engine) {
    const { firms: count, each } = spread(Math.max(store, 1), 1), { server, dir } = await withFirms(engine, count, each);
    const t1 = await Client.signIn(server.url, 'T1'), bodies = numbered(entries, 0, onDevice).map((b) => JSON.parse(b)), results = [];
    const now = Date.parse((await t1.get('/v1/mobile/session.json')).body.now);
    for (let i = 0; i < rounds; i++) {
      const d = await Device.enrol(t1, { numbers: entries, limit: `${entries * 4}.00` });
      for (const body of bodies) await d.issue(body, now);
      const body = path.join(dir, 'lane.json');
      writeFileSync(body, JSON.stringify({ entries: d.entries.map(({ entry, signature }) => ({ entry, signature })) }));
      const before = cpu(server.process.pid);
      const [status, seconds] = execFileSync('curl', ['-sS', '-o', path.join(dir, 'answer.json'), '-w', '%{http_code} %{time_total}', '-X', 'POST', '-H', 'Expect:', '--data-binary', `@${body}`,
        '-H', 'Content-Type: application/json', `${server.url}/v1/lanes/${d.id}/sync`], { encoding: 'utf8' }).split(' ');
      const lane = (await t1.get(`/v1/lanes/${d.id}.json`)).body;
      if (status !== '200' || lane.issued !== entries) throw new Error(`status ${status}, ${lane.issued} of ${entries} issued`);
      results.push({ seconds: Number(seconds), us: (cpu(server.process.pid) - before) / 1000 / entries });
    }
    const held = memory(server.process.pid), m = (key) => median(results.map((r) => r[key])), seconds = m('seconds');
    await server.stop();
    const fsck = await server.fsck();
    await server.close();
    return { rows: [
      row('seconds from the first byte sent to the last byte of the answer', seconds.toFixed(2), { asked: '≤ 2', good: seconds <= 2 }),
      row('invoices a second', k(entries / seconds)),
      row('CPU an invoice, server', `${m('us').toFixed(1)} µs`),
      row('private memory after the run', `${held.private.toFixed(0)} MB`),
    ], notes: [`medians of ${rounds} calls of ${onDevice.length} kinds, each by another device; each entry's Ed25519 signature is checked; client: curl on the same machine; afterwards etaxd fsck: ${fsck.code === 0 ? 'clean' : `exit ${fsck.code}: ${fsck.output}`}`] };
  },
});
