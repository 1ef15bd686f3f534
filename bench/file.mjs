// VAT returns with receipt and ledger, pre-filled from 100 invoices each; each firm files once. ./dev bench file [--firms N]
import path from 'node:path';
import { Client } from '../tests/lib/client.mjs';
import { cpu, k, load, ms, option, quick, row, run, serves } from './lib/bench.mjs';
import { withFirms } from './lib/firms.mjs';
import { alike } from './lib/mixed.mjs';
import { raw, requestFile } from './lib/request.mjs';

const count = Number(option('firms', quick ? 40 : 3000)), each = Number(option('invoices', quick ? 10 : 100)), connections = Number(option('connections', 64));

await run({
  name: 'file', title: `VAT returns of ${k(count)} firms, pre-filled from ${each} invoices each, with receipt and ledger`,
  async measure(engine) {
    const { server, firms, dir, filled } = await withFirms(engine, count, each, { bodies: alike });
    if (!(await serves(server.url, 'POST /v1/returns/vat/{period}'))) {
      await server.close();
      return { rows: [row('returns a second', 'not served yet', { asked: '≥ 500', good: false })] };
    }
    // The month of the invoices ends: the fifth of the next one at ten in China.
    const now = new Date(Date.now() + 8 * 3600_000), period = now.toISOString().slice(0, 7);
    const next = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 5)).toISOString().slice(0, 10);
    const clock = await new Client(server.url).post('/v1/sandbox/clock', { now: `${next}T10:00:00+08:00` });
    if (clock.status !== 200) throw new Error(`clock: ${clock.text}`);
    const first = new Client(server.url, { token: firms[0].bearer });
    const shown = await first.get(`/v1/returns/vat/${period}`);
    if (shown.status !== 200) throw new Error(`pre-filled return: ${shown.text}`);
    const show = requestFile(path.join(dir, 'show.bin'), firms.map((f) => raw('GET', `/v1/returns/vat/${period}`, { headers: { Authorization: `Bearer ${f.bearer}` } })));
    const reading = await load(server.port, show, { connections, seconds: quick ? 1 : 5, warm: 1, expect: 200 });
    const file = requestFile(path.join(dir, 'file.bin'), firms.map((f, i) => raw('POST', `/v1/returns/vat/${period}`, { body: '{"lines":{}}',
      headers: { Authorization: `Bearer ${f.bearer}`, 'Idempotency-Key': `file-${i}` } })));
    const before = cpu(server.process.pid);
    const r = await load(server.port, file, { connections, seconds: 600, warm: 0, count, expect: 201 });
    const us = (cpu(server.process.pid) - before) / 1000 / r.sent;
    const filed = await first.get('/v1/obligations');
    const settled = filed.body.obligations.filter((o) => o.period === period);
    await server.stop();
    const fsck = await server.fsck();
    await server.close();
    return { rows: [
      row('returns a second', k(r.per_second), { asked: '≥ 500', good: r.per_second >= 500 }),
      row('p50', ms(r.p50_us)), row('p99', ms(r.p99_us)), row('longest', ms(r.max_us)),
      row('CPU a return, server', `${us.toFixed(0)} µs`),
      row('reading the pre-filled return, a second', k(reading.per_second), { beside: `p99 ${ms(reading.p99_us)}` }),
    ], notes: [`${connections} connections; the invoices were issued in ${filled.seconds} s; obligations of the first firm afterwards: ${settled.map((o) => `${o.tax} ${o.amount_due} ${o.status}`).join(', ')}; etaxd fsck: ${fsck.code === 0 ? 'clean' : `exit ${fsck.code}: ${fsck.output}`}`] };
  },
});
