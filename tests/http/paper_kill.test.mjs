// kill -9 while parcels are ordered and carried: each application has one parcel and comes to one end, each number one state.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, eventually } from '../lib/client.mjs';
import { apply, box, ok, ROLL } from '../lib/paper.mjs';
import { clockOf, forward, setClock } from '../lib/owing.mjs';
import { Server } from '../lib/server.mjs';

test('A07.4 kill -9 six times between application and sign-off: one parcel each, fsck clean after every kill', async () => {
  const server = await Server.start();
  try {
    const names = ['T1', 'T2', 'T3'], keys = [];
    let who;
    const signIn = async () => (who = Object.fromEntries(await Promise.all(names.map(async (n) => [n, await Client.signIn(server.url, n)]))));
    await signIn();
    ok(await box(await Client.signIn(server.url, 'O1')), 201);
    for (let round = 0; round < 6; round++) {
      // one application of each after the other; what was on its way when the server died is asked again under the same key
      for (const n of names) keys.push([n, `k${round}${n}`]);
      const load = keys.slice(-3).map(([n, key]) => apply(who[n], 2, {}, { key }).catch(() => null));
      await new Promise((r) => setTimeout(r, 5 + round * 250));
      const now = await clockOf(server.url).catch(() => null);
      await server.kill();
      await Promise.all(load);
      const fsck = await server.fsck();
      assert.equal(fsck.code, 0, fsck.output);
      await server.launch();
      if (now) await setClock(server.url, now);
      await signIn();
      for (const [n, key] of keys.slice(-3)) {
        const made = ok(await apply(who[n], 2, {}, { key }), 201);
        await eventually(async () => {
          const r = await who[n].get(`/v1/paper/applications/${made.id}`);
          if (r.body.state !== 'done') await forward(server.url, 20).then(signIn); // pauses of jobs are those of the clock
          return r;
        }, (r) => r.body.state === 'done', 60_000);
      }
    }
    const orders = ok(await new Client(server.url).get('/v1/sandbox/courier/orders')).orders;
    assert.equal(orders.length, keys.length);
    assert.ok(orders.every((o) => o.state === 'signed' && o.pieces === 2), JSON.stringify(orders));
    assert.equal(new Set(orders.map((o) => o.waybill)).size, keys.length);
    for (const n of names) {
      const roll = ok(await who[n].get('/v1/paper')).kinds.find((k) => k.kind === 'roll');
      assert.equal(roll.open, 12);
      assert.ok(roll.unused.every((u) => u.code === ROLL));
    }
    const fsck = await server.fsck();
    assert.equal(fsck.code, 0, fsck.output);
  } finally {
    await server.close();
  }
});
