// Servers over data that fill_bench made: firms with invoices, and a token and a page session of each.
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { freshDatabase, Server } from '../../tests/lib/server.mjs';
import { fill, scratch } from './bench.mjs';

/** {server, firms: [{uscc, bearer, cookie}], filled, dir}; engine as run() gives it. */
export async function withFirms(engine, firms, each, options = {}) {
  const dir = scratch(), data = path.join(dir, 'data'), tokens = path.join(dir, 'tokens');
  mkdirSync(data);
  const database = engine === 'PostgreSQL' ? freshDatabase() : null;
  const filled = fill('firms', data, firms, each, tokens, ...(database ? [database.url] : []));
  const server = await Server.start({ data, ...(database ? { db: database.url } : {}), ...options });
  const list = readFileSync(tokens, 'utf8').trim().split('\n').map((l) => { const [uscc, bearer, cookie] = l.split(' '); return { uscc, bearer, cookie }; });
  return { server, firms: list, filled, dir, data, database };
}
