// docs/howto/*.md: the sh blocks of a page are run one after the other in one shell; a text block says what the block before it
// prints: its lines in this order, … stands for anything. (house rule: what we tell users has been run)
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { etaxd, freePort, root } from '../lib/server.mjs';

const folder = path.join(root, 'docs/howto');
const MARK = '--- block', LIMIT_MS = 120_000;

/** [{code, says: [line…]}] of a page. */
function blocks(text) {
  const list = [];
  for (const [, kind, body] of text.matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
    if (kind === 'sh') list.push({ code: body, says: [] });
    else if (kind === 'text' && list.length) list.at(-1).says = body.trimEnd().split('\n');
  }
  return list;
}

/** One shell with a process group of its own, so that what it left running ends with it. */
function run(script, cwd) {
  return new Promise((resolve) => {
    const env = { ...process.env, PATH: `${path.dirname(etaxd)}:${process.env.PATH}`, ETAX_DB: '' };
    delete env.ETAX_DB;
    const p = spawn('bash', ['-euo', 'pipefail', '-c', script], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    p.stdout.on('data', (c) => (out += c));
    p.stderr.on('data', (c) => (out += c));
    const end = () => { try { process.kill(-p.pid, 'SIGKILL'); } catch { /* nobody is left */ } };
    const timer = setTimeout(end, LIMIT_MS);
    p.once('exit', (code) => {
      clearTimeout(timer);
      end();
      resolve({ code, out });
    });
  });
}

/** The script with a free port for each that the page names. */
async function withPorts(script) {
  for (const named of new Set(script.match(/127\.0\.0\.1:\d+/g))) script = script.replaceAll(named, `127.0.0.1:${await freePort()}`);
  return script;
}

/** Lines in their order; "…" is anything within a line. Gives the first that is missing. */
function missing(says, out) {
  let at = 0;
  for (const line of says) {
    const found = new RegExp(line.split('…').map((s) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^\\n]*'), 'g');
    found.lastIndex = at;
    if (!found.exec(out)) return line;
    at = found.lastIndex;
  }
  return null;
}

for (const name of readdirSync(folder).filter((f) => f.endsWith('.md'))) {
  const list = blocks(readFileSync(path.join(folder, name), 'utf8'));
  if (!list.length) continue;
  test(`docs/howto/${name}`, async () => {
    const cwd = mkdtempSync(path.join(tmpdir(), 'etax-howto-'));
    try {
      const script = await withPorts(list.map((b, i) => `printf '\\n${MARK} ${i}\\n'\n${b.code}`).join(''));
      const { code, out } = await run(script, cwd);
      assert.equal(code, 0, code === null ? `did not end within ${LIMIT_MS} ms:\n${out}` : out);
      const parts = out.split(new RegExp(`^${MARK} \\d+\n`, 'm')).slice(1);
      list.forEach((b, i) => assert.equal(missing(b.says, parts[i] || ''), null, `block ${i + 1} prints:\n${parts[i]}`));
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  });
}
