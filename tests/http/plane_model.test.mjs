// Ten thousand issues, reversals and verifications at random against a model kept here: the plane equals the tables at every
// quiet moment; it is built anew while it serves, and shipped to a machine that has nothing but `etaxd verify` (A10; issue 3 §6.4).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { Server, etaxd, runEtaxd } from '../lib/server.mjs';

const ACTS = Number(process.env.ETAX_MODEL_ACTS || 10_000), QUIET = 4, LANES = 16;
let server, open, t1, dir, key;
const model = new Map(); // number -> {total, state}
const ok = (r, status = 200) => { assert.equal(r.status, status, r.text); return r.body; };
let seed = 20261124;
const random = (n) => { seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; return Math.floor(seed / 4294967296 * n); };
before(async () => {
  server = await Server.start();
  open = new Client(server.url);
  t1 = await Client.signIn(server.url, 'T1');
  dir = mkdtempSync(path.join(tmpdir(), 'etax-plane-'));
  key = path.join(dir, 'key');
  writeFileSync(key, (await open.get('/log/key')).text);
});
after(async () => { await server.close(); rmSync(dir, { recursive: true, force: true }); });

const buyer = { tax_id: parties.T3, name: '远帆纺织进出口有限公司' };
let serial = 0;
async function issue() {
  const net = `${1 + random(90)}.00`, i = ok(await t1.post('/v1/invoices', invoiceBody({ ref: `m${serial++}`, buyer, net })), 201);
  model.set(i.number, { total: i.total, state: 'valid', busy: false });
}
function idle() {
  const all = [...model].filter(([, m]) => m.state === 'valid' && !m.busy && !m.total.startsWith('-'));
  return all.length ? all[random(all.length)] : null;
}
async function reverse() {
  const one = idle();
  if (!one) return issue();
  const [number, m] = one;
  m.busy = true;
  m.pending = 'reversed'; // on its way: seen by others before its answer comes
  const r = ok(await t1.post(`/v1/invoices/${number}/reversal`, { reason: 'return' }), 201);
  m.state = 'reversed';
  m.busy = false;
  const red = r.red_number ?? r.number;
  model.set(red, { total: `-${m.total}`, state: 'valid', busy: true });
}
async function verify(client = open) {
  const all = [...model], [number, m] = all[random(all.length)] ?? [];
  if (!number) return;
  // wrong amounts of one number are counted: beyond ten an hour nothing more is told of it
  const right = random(2) === 0 || (m.wrong ?? 0) >= 8, before = m.state;
  if (!right) m.wrong = (m.wrong ?? 0) + 1;
  const a = ok(await client.get(`/v1/verify/invoices/${number}?total=${right ? m.total : '0.07'}`));
  // It may not be there for a moment; never does it say something that is not so.
  const allowed = right ? ['unknown', before, m.state, m.pending, 'valid'] : ['unknown', 'not-as-issued'];
  assert.ok(allowed.includes(a.verdict), `${number}: ${a.verdict}, model ${before}`);
}

/** All numbers through one client: what the plane says is what the model has. */
async function same(client) {
  const all = [...model];
  for (let i = 0; i < all.length; i += 1000) {
    const part = all.slice(i, i + 1000);
    const { results } = ok(await client.post('/v1/verify/invoices', { items: part.map(([number, m]) => ({ number, total: m.total })) }, { key: null }));
    part.forEach(([number, m], k) => assert.equal(results[k].verdict, m.state, number));
  }
}
const caughtUp = async () => {
  const last = [...model.keys()].sort().at(-1);
  await eventually(() => open.get(`/v1/verify/invoices/${last}`), (a) => a.body.verdict === 'valid', 30_000);
  await eventually(async () => ok(await open.get('/v1/verify/plane')).invoices, (n) => n === model.size, 30_000);
};
/** The reversal's event comes behind that of its red letter: a moment later the plane is quiet. */
async function soonSame(client) {
  for (const end = Date.now() + 10_000; ;)
    try {
      return await same(client);
    } catch (e) {
      if (Date.now() > end) throw e;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
}
const store = () => ['--data', server.data, ...(server.database ? ['--db', server.database.url] : [])];

function planeAlone(data) {
  const p = spawn(etaxd, ['verify', '--listen', '127.0.0.1:0', '--data', data], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    p.stdout.on('data', (line) => resolve({ process: p, client: new Client(/http:\S+/.exec(line)[0]) }));
    p.once('exit', (code) => reject(new Error(`etaxd verify ended: ${code}`)));
  });
}

test('A10 ten thousand acts at random; at each quiet moment plane, tables, a fresh build and the replica agree', async () => {
  const replica = path.join(dir, 'replica'), segments = path.join(dir, 'segments');
  let alone = null;
  try {
    for (let moment = 0; moment < QUIET; moment++) {
      let left = ACTS / QUIET;
      const lane = async () => {
        while (left-- > 0) {
          const dice = random(10);
          if (dice < 3) await issue(); else if (dice < 5) await reverse(); else await verify(alone && dice === 9 ? alone.client : open);
        }
      };
      const lanes = Array.from({ length: LANES }, lane);
      // built anew while all this goes on
      const rebuilt = await runEtaxd(['plane', 'rebuild', ...store()]);
      assert.equal(rebuilt.code, 0, rebuilt.output);
      await Promise.all(lanes);
      await caughtUp();
      await soonSame(open);
      const fsck = await server.fsck();
      assert.equal(fsck.code, 0, fsck.output);
      // Until the server has changed over to the new file (a second), what is exported is right for an earlier event.
      await eventually(() => runEtaxd(['plane', 'export', ...store(), '--to', segments]).then((out) => Promise.all([out, open.get('/v1/verify/plane')])),
        ([out, at]) => Number(/ to (\d+)/.exec(out.output)?.[1]) === at.body.position && at.body.invoices === model.size);
      await soonSame(open);
      assert.equal((await runEtaxd(['plane', 'export', ...store(), '--to', segments])).code, 0);
      const taken = await runEtaxd(['plane', 'import', '--data', replica, '--from', segments, '--key', key]);
      assert.equal(taken.code, 0, taken.output);
      alone ||= await planeAlone(replica);
      await same(alone.client);
      const at = ok(await alone.client.get('/v1/verify/plane'));
      assert.deepEqual([at.invoices, at.position], [model.size, ok(await open.get('/v1/verify/plane')).position]);
      assert.ok(at.age_seconds >= 0 && at.age_seconds < 60);
    }
    const states = [...model.values()].map((m) => m.state);
    assert.ok(states.filter((s) => s === 'reversed').length > ACTS / 20, 'enough was reversed');
    // the core is stopped: the replica goes on
    await server.stop();
    await same(alone.client);
    assert.match((await alone.client.get('/metrics')).text, new RegExp(`etax_plane_invoices ${model.size}\n`));
    await server.launch();
    // a segment that was changed, or signed by another, is not taken
    const name = readdirSync(segments).find((n) => /^0+-/.test(n)), file = path.join(segments, name), bytes = readFileSync(file);
    bytes[bytes.length - 5] ^= 1;
    writeFileSync(file, bytes);
    const bad = await runEtaxd(['plane', 'import', '--data', path.join(dir, 'other'), '--from', segments, '--key', key]);
    assert.deepEqual([bad.code, /was changed/.test(bad.output)], [1, true], bad.output);
    const forged = await runEtaxd(['plane', 'import', '--data', path.join(dir, 'other'), '--from', segments, '--key', 'etax.example/log/33+2b7ea4b4+AWXPtyO7Ai4ZQ1GvQ9Y7GRJ+PvLNdXXLoxAC9jGSRB0q']);
    assert.notEqual(forged.code, 0);
  } finally {
    alone?.process.kill('SIGKILL');
  }
});

test('A10.d a prefix of the hash of a group gives whole groups: who asks does not say for which number', async () => {
  const [number, m] = [...model][0], hash = createHash('sha256').update(number.slice(0, 17)).digest('hex');
  const r = ok(await open.get(`/v1/public/invoices/prefix/${hash.slice(0, 4)}`));
  const group = r.groups.find((g) => g.first === number.slice(0, 17) + '000');
  assert.equal(group.states.length, 1000);
  assert.equal(group.states[Number(number.slice(17))], m.state === 'reversed' ? '3' : '1');
  const mine = [...model].filter(([n]) => n.startsWith(number.slice(0, 17)));
  assert.equal([...group.states].filter((s) => s !== '0').length, mine.length);
  assert.deepEqual(ok(await open.get('/v1/public/invoices/prefix/00000000')).groups, []);
  for (const bad of ['g0', 'A3', '0', '123456789']) assert.ok([400, 422].includes((await open.get(`/v1/public/invoices/prefix/${bad}`)).status), bad);
});
