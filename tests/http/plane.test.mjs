// etaxd verify: the public checks from the plane alone, beside the core and without it (A10).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { Client, eventually, parties } from '../lib/client.mjs';
import { invoiceBody } from '../lib/main_job.mjs';
import { Server, etaxd } from '../lib/server.mjs';

function planeAlone(data) {
  const p = spawn(etaxd, ['verify', '--listen', '127.0.0.1:0', '--data', data], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => p.once('exit', (code) => resolve(code)));
  return new Promise((resolve, reject) => {
    p.stdout.on('data', (line) => resolve({ process: p, exited, client: new Client(/http:\S+/.exec(line)[0]) }));
    p.once('exit', (code) => reject(new Error(`etaxd verify ended: ${code}`)));
  });
}

test('the plane answers beside the core, after it has gone, and says what is not here', async () => {
  const core = await Server.start();
  let plane;
  try {
    const seller = await Client.signIn(core.url, 'T1');
    const issued = await seller.post('/v1/invoices', invoiceBody({
      ref: 'plane-1', buyer: { tax_id: parties.T3, name: '远帆纺织进出口有限公司' }, net: '100.00' }));
    assert.equal(issued.status, 201, issued.text);
    const path = `/v1/verify/invoices/${issued.body.number}`;
    await eventually(() => new Client(core.url).get(path), (a) => a.body?.verdict === 'valid');
    plane = await planeAlone(core.data);
    const beside = await plane.client.get(path + '?total=113.00');
    assert.equal(beside.body?.verdict, 'valid', beside.text);
    assert.equal(await core.stop().then((e) => e.code), 0);
    assert.equal((await plane.client.get(path + '?total=113.00')).body?.verdict, 'valid');
    assert.notEqual((await plane.client.get(path + '?total=114.00')).body?.verdict, 'valid');
    const away = await plane.client.post('/v1/sessions', { account: parties.T1, password: 'sandbox' });
    assert.deepEqual([away.status, away.body.code], [503, 'only-verification'], away.text);
    for (const where of ['/public/status/general/1', '/channels/sms', '/v1/log', '/log/checkpoint', '/v1/invoices']) {
      const elsewhere = await plane.client.get(where);
      assert.doesNotMatch(elsewhere.text, /Idempotency-Key|\bbusy\b/, where);
      if (elsewhere.status === 503) assert.deepEqual([elsewhere.body.code, elsewhere.headers.get('retry-after')], ['only-verification', '60'], where);
    }
    const page = await fetch(plane.client.url + '/login', { headers: { accept: 'text/html' } });
    assert.equal(page.status, 503);
    assert.match(await page.text(), /<title>这个地址只查验发票，不办别的事 – /);
    plane.process.kill('SIGTERM');
    assert.equal(await plane.exited, 0);
  } finally {
    plane?.process.kill('SIGKILL');
    await core.close();
  }
});
