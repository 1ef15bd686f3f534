// All benches one after the other; their tables become docs/bench.md. ./dev bench all [--only a,b]
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../tests/lib/server.mjs';
import { option } from './lib/bench.mjs';

const order = ['verify', 'issue', 'batch', 'lanes', 'offline', 'growth', 'file', 'calc', 'home', 'start'];
// growth takes an hour and a disk of its own: only when it is asked for.
const wanted = option('only') ? option('only').split(',') : order.filter((n) => n !== 'growth');
const rest = process.argv.slice(2).filter((a, i, all) => a !== '--only' && all[i - 1] !== '--only');
const target = path.join(root, 'docs/bench.md'), folder = path.join(root, '.cache/bench'), kept = (name) => path.join(folder, `${name}.md`);
/** Tables of a bench: its own, then its parts by name. */
const tables = (name) => (existsSync(folder) ? readdirSync(folder) : []).filter((f) => f === `${name}.md` || (f.startsWith(`${name}.`) && f.endsWith('.md'))).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
let failed = 0;
for (const name of wanted) {
  const r = spawnSync('./dev', ['bench', name, ...rest], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 26 });
  process.stdout.write(r.stdout);
  if (r.status !== 0) { failed++; console.error(`bench ${name} ended with ${r.status}`); } // for calc: not all was reached
  if (name === 'calc' && r.stdout.includes('|')) { // a program of its own, which prints a table as it is
    const { mkdirSync } = await import('node:fs');
    mkdirSync(path.dirname(kept(name)), { recursive: true });
    writeFileSync(kept(name), `## Policy engine\n\n${r.stdout.trim()}\n\nMade by \`./dev bench calc\`.\n`);
  }
}
const head = `# Measurements

\`./dev bench NAME\` measures one thing beside its limit, in the same run and on the same machine; ✓ and ✗ say whether what was asked was
reached. What was not reached stays in, with what holds it. This page is made by \`./dev bench all\`; each table names its commit.
`;
writeFileSync(target, [head, ...order.flatMap(tables).map((f) => readFileSync(path.join(folder, f), 'utf8').trim() + '\n'), readFileSync(path.join(root, 'bench/held.md'), 'utf8')].join('\n'));
console.log(`docs/bench.md: ${order.flatMap(tables).join(', ')}`);
process.exit(failed ? 1 : 0);
