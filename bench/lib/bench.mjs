// What all benches share: machine facts, CPU of processes, load generators, nginx, engines, and the table they print.
//
// A bench calls run({name, title, engines, measure}). With --engine E it measures on that engine and prints JSON; else it calls
// itself once for each engine (PostgreSQL inside a private cluster with fsync on) and prints one Markdown table.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { etaxd, freePort, root } from '../../tests/lib/server.mjs';

const build = path.dirname(etaxd);
export const tool = (name) => path.join(build, `${name}_bench`);

/** --name value of the command line. */
export function option(name, otherwise) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1] ?? true;
}
export const quick = process.argv.includes('--quick'); // a small run that shows the script works; its figures mean nothing

/** A directory on a real disk (not /dev/shm), removed at the end. */
export function scratch() {
  const dir = mkdtempSync(path.join(option('dir', tmpdir()), 'etax-bench-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const text = (command, ...args) => {
  try { return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim(); } catch { return ''; }
};
const stderrOf = (command, ...args) => String(spawnSync(command, args, { encoding: 'utf8' }).stderr || '').trim();

export const fill = (...args) => JSON.parse(execFileSync(tool('fill'), args.map(String), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim().split('\n').pop());

/** What a reader needs to judge the figures. */
export function machine(dir) {
  const sync = fill('sync', dir);
  return {
    cores: `${cpus().length} × ${cpus()[0].model.trim()}`, memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`, kernel: release(),
    file_system: text('stat', '-f', '-c', '%T', dir), durable_write_4k: `p50 ${(sync.p50_us / 1000).toFixed(2)} ms, p99 ${(sync.p99_us / 1000).toFixed(2)} ms`,
    load_before: loadavg()[0].toFixed(2), etax: `${text(etaxd, 'version')} ${text('git', '-C', root, 'rev-parse', '--short', 'HEAD')}`,
    nginx: stderrOf('nginx', '-v').replace('nginx version: nginx/', ''), node: process.version,
    sqlite: text('dpkg-query', '-W', '-f', '${Version}', 'libsqlite3-0'), postgresql: text('dpkg-query', '-W', '-f', '${Version}', 'postgresql-15'),
    libmicrohttpd: text('dpkg-query', '-W', '-f', '${Version}', 'libmicrohttpd12'), lmdb: text('dpkg-query', '-W', '-f', '${Version}', 'liblmdb0'),
    date: new Date().toISOString().slice(0, 10),
  };
}

/** CPU nanoseconds of processes, all their threads; children of nginx's master are given by their own pids. */
export function cpu(pids) {
  let ns = 0;
  for (const pid of [pids].flat())
    for (const task of readdirSync(`/proc/${pid}/task`))
      try { ns += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]); } catch { /* it ended */ }
  return ns;
}
/** CPU of one thread name's threads: [{name, us}] for a report of who did what. */
export function memory(pid) {
  const s = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kb = (name) => Number(s.match(new RegExp(`^${name}:\\s+(\\d+)`, 'm'))[1]) / 1024;
  return { rss: kb('Rss'), private: kb('Private_Dirty') + kb('Private_Clean'), anonymous: kb('Anonymous') };
}

const capture = (command, args, env = {}) => new Promise((resolve, reject) => {
  const p = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let out = '', err = '';
  p.stdout.on('data', (c) => (out += c));
  p.stderr.on('data', (c) => (err += c));
  p.once('error', reject);
  p.once('close', (code) => (code === 0 ? resolve(out) : reject(new Error(`${command} ${args.join(' ')}: ${code}\n${err}${out}`))));
});

/** Our own load generator: {per_second, p50_us …}; requests: a file of requestFile(). */
export async function load(port, requests, options = {}) {
  const args = ['--to', `127.0.0.1:${port}`, '--requests', requests];
  for (const [k, v] of Object.entries(options)) args.push(`--${k}`, String(v));
  return JSON.parse((await capture(tool('load'), args)).trim().split('\n').pop());
}

/** wrk with a script whose done() prints one line of JSON (bench/*.lua). */
export async function wrk(url, script, { connections = 64, seconds = 5, args = [] } = {}) {
  const out = await capture('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', path.join(root, 'bench', script), url, '--', ...args.map(String)]);
  const line = out.split('\n').find((l) => l.startsWith('JSON '));
  if (!line) throw new Error(`wrk said:\n${out}`);
  return JSON.parse(line.slice(5));
}

/** nginx with two workers serving a directory, as tuned as a static server is: open_file_cache, no access log. */
export async function nginx(dir) {
  const port = await freePort(), conf = path.join(dir, 'nginx.conf');
  const user = process.getuid() === 0 ? 'user root;' : '';
  writeFileSync(conf, `${user} worker_processes ${cpus().length}; pid ${dir}/nginx.pid; error_log ${dir}/nginx.log crit; daemon off;
events { worker_connections 4096; }
http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; keepalive_timeout 300s;
  default_type application/json; open_file_cache max=1000 inactive=300s; open_file_cache_valid 300s;
  client_body_temp_path ${dir}/t1; proxy_temp_path ${dir}/t2; fastcgi_temp_path ${dir}/t3; uwsgi_temp_path ${dir}/t4; scgi_temp_path ${dir}/t5;
  server { listen 127.0.0.1:${port}; root ${dir}/www; } }`);
  const p = spawn('nginx', ['-p', dir, '-c', conf, '-e', path.join(dir, 'nginx.log')], { stdio: 'inherit' });
  for (let i = 0; i < 100; i++) {
    await new Promise((r) => setTimeout(r, 50));
    if (await fetch(`http://127.0.0.1:${port}/`).catch(() => null)) break;
  }
  const pids = text('pgrep', '-P', String(p.pid)).split('\n').filter(Boolean).map(Number);
  return { port, pids, stop: () => new Promise((done) => { p.once('exit', done); p.kill('SIGQUIT'); }) };
}

export const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
export const k = (n) => Math.round(n).toLocaleString('en');
export const ms = (us) => `${(us / 1000).toFixed(2)} ms`;

/** The operations the server has; a bench whose call is not served yet says so instead of failing. */
export async function serves(url, call) {
  const [method, route] = call.split(' ');
  const api = await (await fetch(`${url}/openapi.json`)).json();
  return Boolean(api.paths?.[route]?.[method.toLowerCase()]);
}

/** row: figure by name. good: true or false against what was asked, undefined where nothing was. */
export const row = (figure, value, { asked = '', beside = '', ratio = '', good } = {}) => ({ figure, value, asked, beside, ratio, good });

const factsLine = (facts) => `${Object.entries(facts).map(([n, v]) => `${n.replaceAll('_', ' ')} ${v}`).join('; ')}.`;

function table(title, facts, columns) {
  const engines = Object.keys(columns), out = [`## ${title}`, ''];
  const figures = [...new Set(Object.values(columns).flatMap((rows) => rows.map((r) => r.figure)))];
  const mark = (r) => (r.good === undefined ? '' : r.good ? ' ✓' : ' ✗');
  out.push(`| figure | ${engines.map((e) => `${e} | limit beside it | ratio`).join(' | ')} | asked |`);
  out.push(`|---|${engines.map(() => '--:|--:|--:').join('|')}|---|`);
  for (const f of figures) {
    const cells = engines.map((e) => columns[e].find((r) => r.figure === f)).map((r) => (r ? `${r.value}${mark(r)} | ${r.beside} | ${r.ratio}` : '– | | '));
    const asked = Object.values(columns).flat().find((r) => r.figure === f).asked;
    out.push(`| ${f} | ${cells.join(' | ')} | ${asked} |`);
  }
  out.push('', factsLine(facts), '');
  return out.join('\n');
}

/** engines: ['SQLite', 'PostgreSQL'] or one that touches no database. measure(engine) gives {rows, notes}, or its own {text}. */
export async function run({ name, title, engines = ['SQLite', 'PostgreSQL'], measure }) {
  const engine = option('engine');
  if (engine) {
    const told = await measure(engine).catch((e) => { console.error(e); process.exit(1); }); // a server may be left: it must not hold us
    console.log('BENCH ' + JSON.stringify(told));
    return;
  }
  const wanted = option('engines') ? option('engines').split(',') : engines;
  const dir = scratch(), facts = machine(dir), columns = {}, notes = [], texts = [];
  for (const one of wanted) {
    const self = [process.argv[1], ...process.argv.slice(2), '--engine', one];
    const inside = one === 'PostgreSQL' ? [path.join(root, 'tests/lib/with_postgres'), process.execPath, ...self] : [process.execPath, ...self];
    process.stderr.write(`${name} on ${one} …\n`);
    const out = await capture(inside[0], inside.slice(1), { ETAX_TEST_FSYNC: 'on', ...(one === 'PostgreSQL' ? {} : { ETAX_TEST_DB: '' }) });
    const line = out.split('\n').find((l) => l.startsWith('BENCH '));
    if (!line) throw new Error(`${name} on ${one} said:\n${out}`);
    const { rows, notes: more = [], text: own } = JSON.parse(line.slice(6));
    if (own) texts.push(own);
    columns[one] = rows;
    notes.push(...more.map((n) => (wanted.length > 1 ? `${one}: ${n}` : n)));
  }
  const options = process.argv.slice(2).join(' ');
  const said = [texts.length ? [`## ${title}`, '', ...texts, '', factsLine(facts), ''].join('\n') : table(title, facts, columns), ...notes.map((n) => `- ${n}`), '', `Made by \`./dev bench ${name}${options ? ' ' + options : ''}\`.`,
    ...(quick ? ['A quick run: it shows that the script works, its figures mean nothing.'] : []), ''].join('\n');
  console.log(said);
  mkdirSync(path.join(root, '.cache/bench'), { recursive: true });
  // --part NAME: a table of its own beside the one of no name (another size, another engine).
  writeFileSync(path.join(root, '.cache/bench', `${option('part') ? `${name}.${option('part')}` : name}.md`), said);
}
export { existsSync };
