// node tests/drills/kill.mjs [rounds]: kill -9 at any moment of a load of issuing; every acknowledged invoice is there afterwards,
// a retry with the same key gets the first answer, and etaxd fsck is clean.
import assert from 'node:assert/strict';
import { Client, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { Server } from '../lib/server.mjs';

const rounds = Number(process.argv[2] || 10), clients = 16;
const body = (ref) => invoiceBody({ ref, buyer: { tax_id: parties.T3, name: '远帆纺织进出口有限公司' }, net: '1.00' });
const acknowledged = new Map();
const server = await Server.start();
let made = 0, unknown = [];
for (let round = 0; round < rounds; round++) {
  const t1 = await Client.signIn(server.url, 'T1');
  for (const key of unknown) {
    const r = await t1.post('/v1/invoices', body(key), { key });
    assert.equal(r.status, 201, r.text);
    acknowledged.set(key, r.body.number);
  }
  unknown = [];
  let stop = false;
  const work = Array.from({ length: clients }, async (_, i) => {
    while (!stop) {
      const key = `r${round}c${i}n${made++}`;
      try {
        const r = await t1.post('/v1/invoices', body(key), { key });
        assert.equal(r.status, 201, r.text);
        acknowledged.set(key, r.body.number);
      } catch (e) {
        if (e.code === 'ERR_ASSERTION') throw e;
        unknown.push(key); // no answer: it may or may not have happened
        return;
      }
    }
  });
  await new Promise((done) => setTimeout(done, 50 + Math.random() * 400));
  await server.kill();
  stop = true;
  await Promise.all(work);
  await server.launch();
}
const t1 = await Client.signIn(server.url, 'T1');
for (const [key, number] of [...acknowledged].filter((_, i) => i % 7 === 0)) {
  const again = await t1.post('/v1/invoices', body(key), { key });
  assert.equal(again.body.number, number, key);
}
assert.equal(new Set(acknowledged.values()).size, acknowledged.size, 'no number twice');
const fsck = await server.fsck();
console.log(fsck.output.trim());
console.log(`${rounds} kills, ${acknowledged.size} invoices acknowledged, fsck exit ${fsck.code}`);
await server.close();
process.exit(fsck.code);
