// A copy of a stopped server's data, changed behind its back, for etaxd fsck to find. SQLite through Python's own module,
// PostgreSQL through psql.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runEtaxd } from './server.mjs';

const psql = (database, sql) => execFileSync('psql', ['-qXAt', '-v', 'ON_ERROR_STOP=1', '-d', database, '-c', sql], { stdio: 'pipe' }).toString();
const python = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
if sys.argv[2] == 'flip':
    table, column, where = sys.argv[3:6]
    row, value = db.execute(f'SELECT rowid, {column} FROM {table} WHERE {where} LIMIT 1').fetchone()
    b = bytearray(value)
    b[len(b) // 2] ^= 1
    n = db.execute(f'UPDATE {table} SET {column} = ? WHERE rowid = ?', (bytes(b), row)).rowcount
else:
    n = db.execute(sys.argv[3]).rowcount
db.commit()
print(n)
`;

export class Copy {
  /** of a stopped Server */
  constructor(server) {
    this.data = mkdtempSync(path.join(tmpdir(), 'etax-copy-'));
    cpSync(server.data, this.data, { recursive: true, filter: (from) => !from.endsWith('.sock') });
    if (!server.database) return;
    this.name = 'etax_' + randomBytes(6).toString('hex');
    const from = new URL(server.database.url.replace('@/', '@x/')).pathname.slice(1);
    psql('postgres', `CREATE DATABASE ${this.name} TEMPLATE ${from}`);
    this.url = server.database.url.replace(`/${from}?`, `/${this.name}?`);
  }

  /** One statement on the core or the projection store; at least one row must change. */
  run(sql, store = 'core') {
    const n = this.name ? Number(psql(this.name, `WITH done AS (${sql.replace(/;$/, '')} RETURNING 1) SELECT count(*) FROM done`))
      : Number(execFileSync('python3', ['-c', python, path.join(this.data, store + '.db'), 'run', sql]).toString());
    if (!(n > 0)) throw new Error(`no row was changed by ${sql}`);
  }

  /** One bit in the middle of a bytes column. */
  flip(table, column, where) {
    if (this.name) this.run(`UPDATE ${table} SET ${column} = set_byte(${column}, length(${column}) / 2, get_byte(${column}, length(${column}) / 2) # 1) WHERE ${where}`);
    else execFileSync('python3', ['-c', python, path.join(this.data, 'core.db'), 'flip', table, column, where]);
  }

  fsck() { return runEtaxd(['fsck', '--data', this.data, ...(this.url ? ['--db', this.url] : [])]); }

  close() {
    if (this.name) psql('postgres', `DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
    rmSync(this.data, { recursive: true, force: true });
  }
}
