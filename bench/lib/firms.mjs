// Servers over data that fill_bench made: firms with invoices (of every kind, unless other bodies are given), and a token and a page session of each.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freshDatabase, Server } from '../../tests/lib/server.mjs';
import { fill, scratch } from './bench.mjs';
import { mixed } from './mixed.mjs';

/** The file of bodies that fill_bench takes. */
export function bodiesFile(dir, bodies = mixed) {
  const file = path.join(dir, 'bodies.jsonl');
  writeFileSync(file, bodies.join('\n') + '\n');
  return file;
}

/** More firms, numbered behind `from`, with `each` invoices each: {filled, firms: [{uscc, bearer, cookie}]}. */
export function moreFirms(dir, data, firms, each, from, url, bodies) {
  const tokens = path.join(dir, 'tokens');
  const filled = fill('firms', data, firms, each, tokens, bodiesFile(dir, bodies), from, ...(url ? [url] : []));
  const list = readFileSync(tokens, 'utf8').trim().split('\n').map((l) => { const [uscc, bearer, cookie] = l.split(' '); return { uscc, bearer, cookie }; });
  return { filled, firms: list };
}

/** How the firms of a store of n invoices are: enough for its sessions, up to 10,000 invoices each. */
export function spread(n, least) {
  const firms = Math.max(least, Math.ceil(n / 10_000));
  return { firms, each: Math.ceil(n / firms) };
}

/** {server, firms: [{uscc, bearer, cookie}], filled, dir}; engine as run() gives it. */
export async function withFirms(engine, firms, each, { bodies, ...options } = {}) {
  const dir = scratch(), data = path.join(dir, 'data');
  mkdirSync(data);
  const database = engine === 'PostgreSQL' ? freshDatabase() : null;
  const { filled, firms: list } = moreFirms(dir, data, firms, each, 0, database?.url, bodies);
  const server = await Server.start({ data, ...(database ? { db: database.url } : {}), ...options });
  return { server, firms: list, filled, dir, data, database };
}
