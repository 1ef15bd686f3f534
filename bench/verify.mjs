// Verification on the plane against nginx serving a static file of the same size; then cold; on a plane of ten million and
// one of fifty. ./dev bench verify [--invoices N,M] [--drop-caches]
import { execFileSync, spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { etaxd, freePort } from '../tests/lib/server.mjs';
import { cpu, fill, k, load, median, memory, ms, nginx, option, quick, row, run, scratch, wrk } from './lib/bench.mjs';
import { raw, requestFile } from './lib/request.mjs';

const sizes = option('invoices', quick ? '200000,400000' : '10000000,50000000').split(',').map(Number), seconds = quick ? 1 : Number(option('seconds', 4)), rounds = quick ? 2 : Number(option('rounds', 7));

async function serve(data, listen) {
  const port = listen ? 0 : await freePort();
  const p = spawn(etaxd, ['verify', '--listen', listen ?? `127.0.0.1:${port}`, '--data', data], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((ready, failed) => { p.stdout.once('data', ready); p.once('exit', () => failed(new Error('etaxd verify ended'))); });
  return { port, pid: p.pid, stop: () => new Promise((done) => { p.removeAllListeners('exit'); p.once('exit', done); p.kill(); }) };
}

const amount = (n) => { const fen = (n * 7919) % 10000000 + 100; return `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`; };
const target = (n) => `/v1/verify/invoices/26332${String(n).padStart(15, '0')}?total=${amount(n)}&date=2026-11-03`;

/** One server's share of a round: requests a second, CPU a request. */
async function turn(url, prefix, pids, connections, invoices) {
  const before = cpu(pids), r = await wrk(url, 'verify.lua', { connections, seconds, args: [prefix, invoices] });
  if (r.not_2xx || r.broken) throw new Error(`wrk: ${JSON.stringify(r)}`);
  return { ...r, us: (cpu(pids) - before) / 1000 / r.requests };
}

async function hot(dir, { data, invoices, of }, connections, rows) {
  const us = await serve(data), other = await nginx(dir), ours = [], theirs = [];
  const url = `http://127.0.0.1:${us.port}`;
  await wrk(url, 'verify.lua', { connections, seconds: 2, args: ['-', invoices] }); // warms the plane
  for (let i = 0; i < rounds; i++) { // interleaved, so that a disturbance hits both
    ours.push(await turn(url, '-', us.pid, connections, invoices));
    theirs.push(await turn(`http://127.0.0.1:${other.port}`, '/answer.json', other.pids, connections, invoices));
  }
  const m = (list, key) => median(list.map((r) => r[key]));
  const ratio = m(ours, 'per_second') / m(theirs, 'per_second'), share = m(ours, 'us') / m(theirs, 'us'), asked = connections === 64;
  rows.push(row(`requests a second, ${connections} connections${of}`, k(m(ours, 'per_second')), { beside: `nginx ${k(m(theirs, 'per_second'))}`, ratio: ratio.toFixed(2), ...(asked && { asked: '≥ 1.1 ×', good: ratio >= 1.1 }) }));
  rows.push(row(`CPU a request, ${connections} connections${of}`, `${m(ours, 'us').toFixed(2)} µs`, { beside: `nginx ${m(theirs, 'us').toFixed(2)} µs`, ratio: share.toFixed(2), ...(asked && { asked: '≤ 1.0 ×', good: share <= 1 }) }));
  rows.push(row(`p99, ${connections} connections${of}`, ms(m(ours, 'p99_us')), { beside: `nginx ${ms(m(theirs, 'p99_us'))}` }));
  if (asked) rows.push(row(`private memory of the plane server${of}`, `${memory(us.pid).private.toFixed(1)} MB`));
  await us.stop();
  await other.stop();
}

/** Milliseconds until the whole answer is there. */
function call(agent, socketPath, body) {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const r = request({ agent, socketPath, method: 'POST', path: '/v1/verify/invoices', headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) } }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`status ${answer.statusCode}`));
      answer.on('data', () => {}).once('end', () => resolve(performance.now() - began));
    });
    r.once('error', reject);
    r.end(body);
  });
}

/** A thousand random invoices in one call, over the Unix socket as behind nginx: congestion control paces large answers on loopback TCP. */
async function batches(dir, { data, invoices }, rows) {
  const n = quick ? 10 : 300, socketPath = path.join(dir, 'verify.sock'), agent = new Agent({ keepAlive: true, maxSockets: 1 }), times = [];
  const item = (i) => ({ number: `26332${String(i).padStart(15, '0')}`, total: amount(i), date: '2026-11-03' });
  const body = () => JSON.stringify({ items: Array.from({ length: 1000 }, () => item(1 + Math.floor(Math.random() * invoices))) });
  const us = await serve(data, `unix:${socketPath}`);
  for (let i = 0; i < n + 5; i++) times.push(await call(agent, socketPath, body()));
  agent.destroy();
  await us.stop();
  const sorted = times.slice(5).sort((a, b) => a - b), at = (q) => sorted[Math.floor(q * (n - 1))];
  rows.push(row(`1,000 invoices in one call, ${n} calls over the Unix socket: p99`, `${at(0.99).toFixed(1)} ms`, { beside: `p50 ${at(0.5).toFixed(1)} ms`, asked: '≤ 20 ms', good: at(0.99) <= 20 }));
}

/** The file leaves the page cache while nobody maps it; then random look-ups, one at a time. */
async function cold(dir, { data, invoices, of }, rows) {
  const n = quick ? 500 : 5000, plane = path.join(data, 'plane', '2.mdb');
  const seen = new Set();
  while (seen.size < n) seen.add(1 + Math.floor(Math.random() * invoices));
  const file = requestFile(path.join(dir, 'cold.bin'), [...seen].map((i) => raw('GET', target(i))));
  fill('evict', plane);
  let how = 'posix_fadvise';
  if (process.argv.includes('--drop-caches')) { // disturbs all that runs on the machine
    execFileSync('sh', ['-c', 'sync; echo 3 > /proc/sys/vm/drop_caches'], { stdio: 'ignore' });
    how += ' and drop_caches';
  }
  const us = await serve(data);
  const r = await load(us.port, file, { connections: 1, seconds: 60, warm: 0, count: n, expect: 200 });
  rows.push(row(`cold, one connection, ${k(n)} look-ups: p99${of}`, ms(r.p99_us), { beside: `p50 ${ms(r.p50_us)}, max ${ms(r.max_us)}`, asked: '≤ 1 ms', good: r.p99_us <= 1000 }));
  await us.stop();
  return how;
}

/** A plane of so many invoices, and the answer that nginx is to serve beside it. */
async function build(dir, invoices) {
  const data = path.join(dir, String(invoices));
  mkdirSync(data);
  const { seconds: took } = fill('plane', data, invoices);
  const us = await serve(data), one = await fetch(`http://127.0.0.1:${us.port}${target(1)}`), body = Buffer.from(await one.arrayBuffer());
  if (one.status !== 200 || JSON.parse(body).verdict !== 'valid') throw new Error(`not verified: ${body}`);
  await us.stop();
  mkdirSync(path.join(dir, 'www'), { recursive: true });
  writeFileSync(path.join(dir, 'www', 'answer.json'), body);
  return { data, invoices, of: invoices === sizes[0] ? '' : `, ${k(invoices)} invoices`, took, bytes: body.length };
}

await run({
  name: 'verify', title: `Verification: GET on the plane with ${k(sizes[0])} invoices, keep-alive`, engines: ['plane'],
  async measure() {
    const dir = scratch(), rows = [], plane = await build(dir, sizes[0]);
    await hot(dir, plane, 64, rows);
    await hot(dir, plane, 256, rows);
    await batches(dir, plane, rows);
    const how = await cold(dir, plane, rows), built = [`${k(sizes[0])} in ${plane.took} s`];
    for (const n of sizes.slice(1)) {
      const large = await build(dir, n);
      await hot(dir, large, 64, rows);
      await cold(dir, large, rows);
      built.push(`${k(n)} in ${large.took} s`);
    }
    return { rows, notes: [`answer and nginx's file: ${plane.bytes} bytes; both get the same requests of the same wrk (one thread, 50,000 prepared ones); medians of ${rounds} interleaved rounds of ${seconds} s`,
      `the planes were built: ${built.join(', ')}`, `cold: the file was dropped by ${how} before the start; what the host keeps of it is unknown`,
      'wrk holds one of the cores: requests a second are no capacity figure, CPU a request is'] };
  },
});
