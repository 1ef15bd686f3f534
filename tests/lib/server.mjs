// A server of its own for a test: free port, fresh data directory, SQLite or (ETAX_TEST_DB set by with_postgres) a fresh
// PostgreSQL database. `await using` is not in Node 18, so suites call close() in after().
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { randomBytes, randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const etaxd = process.env.ETAXD || path.join(root, 'build/etaxd');
const READY_MS = Number(process.env.ETAX_READY_MS || 60_000);

/** A fresh, empty PostgreSQL database in the cluster of with_postgres; null when the run is on SQLite. */
export function freshDatabase() {
  if (!process.env.ETAX_TEST_DB) return null;
  const { PGHOST: host, PGUSER: user } = process.env; // set beside it by with_postgres
  const name = 'etax_' + randomBytes(6).toString('hex');
  const psql = (sql) => execFileSync('psql', ['-qX', '-d', 'postgres', '-c', sql], { stdio: 'pipe' });
  psql(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'`);
  return {
    url: `postgresql://${user}@/${name}?host=${host}`,
    drop: () => psql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** A TCP port of the loopback that nobody listens on. */
/** A port nobody listens on. From below those the system gives to outgoing connections: test files run side by side, and a port
    of a server that stops and starts again must not become the other end of a neighbour's request in between. */
export async function freePort() {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(PORTS.from, PORTS.to);
    if (await canListen(port)) return port;
  }
  throw new Error('no free port');
}

const PORTS = { from: 10_000, to: 32_000 };

function canListen(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

export class Server {
  /** options: listen (default a free port), data (kept when given), db (URL; default as the run says), args, sandbox */
  static async start(options = {}) {
    const s = new Server();
    s.ownData = !options.data;
    s.data = options.data || mkdtempSync(path.join(tmpdir(), 'etax-test-'));
    s.database = options.db === undefined ? freshDatabase() : options.db ? { url: options.db, drop() {} } : null;
    s.options = options;
    await s.launch();
    return s;
  }

  async launch() {
    this.port ||= await freePort();
    const args = ['serve', '--listen', this.options.listen || `127.0.0.1:${this.port}`, '--data', this.data];
    if (this.options.sandbox !== false) args.push('--sandbox');
    if (this.database) args.push('--db', this.database.url);
    args.push(...(this.options.args || []));
    this.output = '';
    this.process = spawn(etaxd, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    this.exited = new Promise((resolve) => this.process.once('exit', (code, signal) => resolve({ code, signal })));
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not ready after ${READY_MS} ms:\n${this.output}`)), READY_MS);
      const hear = (chunk) => {
        this.output = (this.output + chunk).slice(-20_000);
        const m = this.output.match(/listening on (http:\/\/[\d.:]+)/);
        if (m) {
          clearTimeout(timer);
          this.url = m[1];
          this.port = Number(new URL(m[1]).port);
          resolve();
        }
      };
      this.process.stdout.on('data', hear);
      this.process.stderr.on('data', hear);
      this.exited.then(({ code, signal }) => {
        clearTimeout(timer);
        reject(new Error(`etaxd ended (${code ?? signal}) before it was ready:\n${this.output}`));
      });
    });
  }

  /** SIGTERM: the server drains; the exit status is given. */
  async stop(signal = 'SIGTERM') {
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill(signal);
    return this.exited;
  }

  async kill() {
    return this.stop('SIGKILL');
  }

  /** etaxd fsck on this server's data: {code, output}. */
  fsck() {
    const args = ['fsck', '--data', this.data, ...(this.database ? ['--db', this.database.url] : [])];
    return runEtaxd(args);
  }

  async close() {
    await this.stop();
    if (this.database) this.database.drop();
    if (this.ownData) rmSync(this.data, { recursive: true, force: true });
  }
}

/** Runs etaxd with arguments (and text on stdin) to its end. */
export function runEtaxd(args, input = '') {
  return new Promise((resolve) => {
    const p = spawn(etaxd, args, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '', stderr = '';
    p.stdout.on('data', (c) => (stdout += c));
    p.stderr.on('data', (c) => (stderr += c));
    p.stdin.on('error', () => {});
    p.stdin.end(input);
    p.once('close', (code) => resolve({ code, stdout, stderr, output: stdout + stderr }));
  });
}
