// ./dev bench validate: invoices issued here, each form through the validator on one core (bench/validate_bench.c).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, parties } from '../tests/lib/client.mjs';
import { Server } from '../tests/lib/server.mjs';

const dir = mkdtempSync(path.join(tmpdir(), 'etax-bench-')), server = await Server.start();
try {
  const t1 = await Client.signIn(server.url, 'T1');
  const { body } = await t1.post('/v1/invoices', { kind: 'special', buyer: { tax_id: parties.T3, name: '远帆纺织进出口有限公司' },
    lines: [{ tax_code: '1090105030000000000', name: '车床', spec: 'CK6140', unit: '台', quantity: '1', price: '1000', rate: '0.13' }] });
  const files = [];
  for (const form of ['xml', 'json', 'xbrl', 'ofd', 'pdf']) {
    const file = path.join(dir, `one.${form}`);
    writeFileSync(file, (await t1.get(`/v1/invoices/${body.number}.${form}`)).bytes);
    files.push(file);
  }
  const r = spawnSync('build/validate_bench', files, { stdio: ['ignore', 'inherit', 'inherit'] });
  process.exitCode = r.status;
} finally {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
}
