// kill -9 during payouts: each prize is paid once, whatever was on its way (issue 3 §6 point 5).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, eventually } from '../lib/client.mjs';
import { clockOf, setClock } from '../lib/owing.mjs';
import { credits, enter, fen, openDraw, sale } from '../lib/lottery.mjs';
import { Server } from '../lib/server.mjs';

test('A11.7 kill -9 eight times during payouts over three channels: each prize once, fsck clean after every kill', async () => {
  const server = await Server.start();
  try {
    await openDraw(server.url);
    const accounts = [['wechat', 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o'], ['alipay', '13800138000'], ['bank', '6222021001116245710']];
    let T2, P2, wins = new Map();
    const signIn = async () => ([T2, P2] = await Promise.all([Client.signIn(server.url, 'T2'), Client.signIn(server.url, 'P2')]));
    await signIn();
    for (let round = 0; round < 8; round++) {
      const [channel, account] = accounts[round % 3];
      assert.equal((await P2.post('/v1/lottery/account', { channel, account })).status, 200);
      const sold = await Promise.all(Array.from({ length: 12 }, () => T2.post('/v1/invoices', sale('128.00'))));
      const load = sold.map((r) => enter(P2, r.body.qr).catch(() => null));
      await new Promise((r) => setTimeout(r, 10 + round * 40));
      const now = await clockOf(server.url).catch(() => null);
      await server.kill();
      await Promise.all(load);
      const fsck = await server.fsck();
      assert.equal(fsck.code, 0, fsck.output);
      await server.launch();
      // On PostgreSQL a job of the killed process counts as being worked on for 15 minutes.
      if (now) await setClock(server.url, server.database ? new Date(Date.parse(now) + 901_000).toISOString() : now);
      await signIn();
      // what was asked before the kill is asked again: the same invoice gives the same result
      for (const r of sold) {
        const a = await eventually(() => enter(P2, r.body.qr), (x) => x.status === 200 && x.body.outcome !== 'waiting', 10_000);
        assert.ok(['won', 'not-won', 'pool-empty'].includes(a.body.outcome), a.text);
        if (a.body.prize) wins.set(a.body.prize.id, a.body.prize.net);
      }
    }
    assert.ok(wins.size > 10, `${wins.size}`);
    const sum = [...wins.values()].reduce((s, v) => s + fen(v), 0);
    const end = await eventually(async () => {
      const k = await credits(server.url);
      if (fen(k.sum) < sum && server.database) await setClock(server.url, new Date(Date.parse(await clockOf(server.url)) + 20_000).toISOString());
      return k;
    }, (k) => fen(k.sum) >= sum, 60_000);
    assert.equal(fen(end.sum), sum);
    assert.equal(end.count, wins.size);
    assert.equal(new Set(end.credits.map((k) => k.order_no.split('N')[0])).size, wins.size);
    const anyone = new Client(server.url);
    await eventually(() => anyone.get('/v1/lottery/schemes/hangzhou-catering'), (r) => r.body.totals.length === 1 && r.body.totals[0].state === 'paid' && r.body.totals[0].count === wins.size, 60_000);
    const fsck = await server.fsck();
    assert.equal(fsck.code, 0, fsck.output);
  } finally {
    await server.close();
  }
});
