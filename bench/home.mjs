// A taxpayer's home page with its data, as a browser with a session asks for it; 32 connections. ./dev bench home
import path from 'node:path';
import { cpu, k, load, memory, ms, option, quick, row, run } from './lib/bench.mjs';
import { withFirms } from './lib/firms.mjs';
import { alike } from './lib/mixed.mjs';
import { raw, requestFile } from './lib/request.mjs';

const count = quick ? 20 : 200, each = quick ? 5 : 100, seconds = quick ? 2 : Number(option('seconds', 8)), at = option('path', '/');

await run({
  name: 'home', title: `The taxpayer's home page (${at}), ${count} firms with ${each} invoices each, 32 connections`,
  async measure(engine) {
    const { server, firms, dir } = await withFirms(engine, count, each, { bodies: alike });
    const headers = (f) => ({ Cookie: `__Host-etax=${f.cookie}`, Accept: 'text/html', 'Accept-Language': 'zh-CN' });
    const page = await fetch(server.url + at, { headers: headers(firms[0]), redirect: 'manual' }), html = await page.text();
    if (page.status !== 200 || !html.includes('测算用第000001号有限公司')) {
      await server.close();
      return { rows: [row('pages a second', `not served yet (${page.status})`, { asked: '≥ 2,000', good: false })] };
    }
    const file = requestFile(path.join(dir, 'home.bin'), firms.map((f) => raw('GET', at, { headers: headers(f) })));
    const before = cpu(server.process.pid);
    const r = await load(server.port, file, { connections: 32, seconds, warm: 2, expect: 200 });
    const us = (cpu(server.process.pid) - before) / 1000 / r.sent, held = memory(server.process.pid);
    await server.close();
    return { rows: [
      row('pages a second', k(r.per_second), { asked: '≥ 2,000', good: r.per_second >= 2000 }),
      row('p50', ms(r.p50_us)), row('p99', ms(r.p99_us), { asked: '≤ 20 ms', good: r.p99_us <= 20000 }), row('longest', ms(r.max_us)),
      row('CPU a page, server', `${us.toFixed(0)} µs`), row('private memory after the run', `${held.private.toFixed(0)} MB`),
    ], notes: [`page of ${(r.bytes / r.answers / 1024).toFixed(1)} KiB with its head, not compressed (nginx compresses)`] };
  },
});
