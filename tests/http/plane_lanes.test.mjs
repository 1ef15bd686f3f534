// The plane and the devices of sellers (A10, A08.e5): what the tables say of each device, the live plane, a fresh build, a full set of
// segments and the segments behind it say too.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client, eventually } from '../lib/client.mjs';
import { Device, sale } from '../lib/lane.mjs';
import { clockOf } from '../lib/owing.mjs';
import { Server, etaxd, runEtaxd } from '../lib/server.mjs';

let server, open, t1, dir, key;
const devices = [];
const ok = (r, status = 200) => { assert.equal(r.status, status, r.text); return r.body; };
before(async () => {
  server = await Server.start();
  open = new Client(server.url);
  t1 = await Client.signIn(server.url, 'T1');
  dir = mkdtempSync(path.join(tmpdir(), 'etax-plane-lanes-'));
  key = path.join(dir, 'key');
  writeFileSync(key, (await open.get('/log/key')).text);
});
after(async () => { await server.close(); rmSync(dir, { recursive: true, force: true }); });
const store = () => ['--data', server.data, ...(server.database ? ['--db', server.database.url] : [])];
const run = async (...args) => { const r = await runEtaxd(['plane', ...args]); assert.equal(r.code, 0, r.output); };

async function enrol() {
  const d = await Device.enrol(t1), at = Date.parse(await clockOf(server.url));
  [d.reported, d.held] = [await d.issue(sale('12.00'), at), await d.issue(sale('30.00'), at)];
  ok(await d.sync(open, [d.reported]));
  devices.push(d);
}
const revoke = async (d) => ok(await t1.post(`/v1/lanes/${d.id}/revoke`, { reason: 'lost' }));

/** Each device through one plane, beside what the tables say of it. */
async function same(client, name) {
  for (const d of devices) {
    const { active } = ok(await t1.get(`/v1/lanes/${d.id}.json`)), state = active ? 'active' : 'revoked';
    for (const [entry, verdict] of [[d.reported, 'valid'], [d.held, active ? 'not-reported' : 'rejected']]) {
      const r = await eventually(() => client.post('/v1/verify/qr', { text: entry.qr }, { key: null }), (a) => a.body.verdict === verdict);
      assert.equal(r.body.checked.find((c) => c.what === 'lane').outcome, state, `${name}: device ${d.id}`);
      assert.equal(r.body.checked.find((c) => c.what === 'certificate').outcome, 'good', name);
    }
  }
}
async function alone(data, use) {
  const p = spawn(etaxd, ['verify', '--listen', '127.0.0.1:0', '--data', data], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await use(new Client(await new Promise((resolve) => p.stdout.on('data', (line) => resolve(/http:\S+/.exec(line)[0])))));
  } finally {
    p.kill('SIGTERM');
  }
}

test('A10 A08.e5 tables, live plane, fresh build, whole set and later segments say the same of each device', async () => {
  const segments = path.join(dir, 'segments'), replica = path.join(dir, 'replica');
  const ship = async () => {
    await run('export', ...store(), '--to', segments);
    await run('import', '--data', replica, '--from', segments, '--key', key);
    await alone(replica, (client) => same(client, 'replica'));
  };
  for (let i = 0; i < 4; i++) await enrol();
  await revoke(devices[1]);
  await same(open, 'live');
  await ship();
  // what changed since goes in a segment of its own: a device ends, one comes and ends, one comes
  await revoke(devices[2]);
  await enrol();
  await revoke(devices[4]);
  await enrol();
  await same(open, 'live');
  await ship();
  assert.ok(readdirSync(segments).some((n) => /^0*[1-9]\d*-/.test(n)), 'a segment behind the first set');
  // a fresh build from the log alone, then a whole set of it for another machine
  await run('rebuild', ...store());
  await same(open, 'built anew');
  await alone(server.data, (client) => same(client, 'built anew, alone'));
  const whole = path.join(dir, 'whole'), other = path.join(dir, 'other');
  await run('export', ...store(), '--to', whole, '--full');
  await run('import', '--data', other, '--from', whole, '--key', key);
  await alone(other, (client) => same(client, 'whole set'));
});
