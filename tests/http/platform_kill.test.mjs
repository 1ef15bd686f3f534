// kill -9 while a batch is issued: each order has exactly one invoice, whatever was on its way (A09.8, A09.e3).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { clockOf, setClock } from '../lib/owing.mjs';
import { all, item, lines, mandates, order, upload } from '../lib/platform.mjs';
import { Server } from '../lib/server.mjs';

const SIMPLE = 5200, SPLIT = 40;

test('A09.8 kill -9 again and again during a batch of 5,240 orders of two sellers: one invoice a line, fsck clean after every kill', async () => {
  const server = await Server.start();
  try {
    await mandates(server.url);
    let t6 = await Client.signIn(server.url, 'T6');
    const orders = Array.from({ length: SIMPLE }, (_, i) => order(`K${i}`, i % 3 ? { items: [item('1.13')] } : { seller: parties.T2, items: [item('1.01', { rate: '0.01' })] }));
    for (let i = 0; i < SPLIT; i++) orders.splice(i * 130, 0, order(`P${i}`, { items: [item('3.00', { quantity: 3 })], limit: '1.00' }));
    const id = await upload(t6, lines(orders), { part: 300_000 });
    assert.equal((await t6.post(`/v1/platform/batches/${id}/finish`)).status, 200);
    let kills = 0, state = 'working';
    for (let round = 0; round < 12 && state === 'working'; round++) {
      await new Promise((r) => setTimeout(r, 20 + round * 35));
      const now = await clockOf(server.url).catch(() => null);
      await server.kill();
      kills++;
      const fsck = await server.fsck();
      assert.equal(fsck.code, 0, fsck.output);
      await server.launch();
      if (now) await setClock(server.url, new Date(Date.parse(now) + 31_000).toISOString());
      t6 = await Client.signIn(server.url, 'T6');
      state = (await t6.get(`/v1/platform/batches/${id}`)).body.state;
    }
    assert.ok(kills >= 3, `${kills} kills`);
    // On PostgreSQL the job of a killed process is free when its lease has run out, half a minute later.
    const end = await eventually(() => t6.get(`/v1/platform/batches/${id}`), (r) => r.body?.state === 'done', 240_000);
    assert.deepEqual([end.body.orders, end.body.issued, end.body.refused, end.body.known], [SIMPLE + SPLIT, SIMPLE + SPLIT, 0, 0]);
    const list = await all(t6, id);
    assert.deepEqual(list.map((l) => l.order_no), orders.map((o) => o.order_no));
    assert.ok(list.every((l) => l.numbers.length === (l.order_no.startsWith('P') ? 3 : 1)));
    const numbers = list.flatMap((l) => l.numbers);
    assert.equal(new Set(numbers).size, SIMPLE + 3 * SPLIT);
    // and no invoice besides: what the sellers see is what the platform was told
    let seen = 0;
    for (const who of ['T1', 'T2']) {
      const c = await Client.signIn(server.url, who);
      const count = list.filter((l) => l.seller === parties[who]).reduce((n, l) => n + l.numbers.length, 0);
      seen += (await eventually(() => c.get('/v1/invoices'), (r) => r.body?.count >= count)).body.count;
    }
    assert.equal(seen, numbers.length);
    const fsck = await server.fsck();
    assert.equal(fsck.code, 0, fsck.output);
  } finally {
    await server.close();
  }
});
