// One key, two targets: the second act must not be taken for a replay of the first.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from '../lib/client.mjs';
import { Server } from '../lib/server.mjs';

let server;
before(async () => { server = await Server.start(); });
after(() => server.close());

test('a key counts for one target, and answers with secrets are never kept', async () => {
  const t1 = await Client.signIn(server.url, 'T1');
  const make = async () => (await t1.post('/v1/tokens', { name: 'x', scopes: ['invoice.read'], days: 1 }, { key: 'one-key' })).body;
  const a = await make(), b = await make();
  assert.notEqual(a.token, b.token);
  const end = (id) => t1.post(`/v1/tokens/${id}/revocation`, {}, { key: 'revoke-key' });
  assert.equal((await end(a.id)).status, 200);
  assert.equal((await end(b.id)).status, 200);
  for (const token of [a.token, b.token]) {
    const answer = await fetch(server.url + '/v1/registration', { headers: { authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 401);
  }
});

test('ended mandates under one key', async () => {
  const t1 = await Client.signIn(server.url, 'T1');
  const grant = async (key) => (await t1.post('/v1/mandates', { agent: '91330100MA2H00057F', scopes: ['invoice.read'], until: '2027-12-31' }, { key })).body;
  const a = await grant('g1'), b = await grant('g2');
  assert.equal((await t1.post(`/v1/mandates/${a.id}/revocation`, {}, { key: 'e' })).status, 200);
  const other = await t1.post(`/v1/mandates/${b.id}/revocation`, {}, { key: 'e' });
  assert.equal(other.status, 409, other.text);
});
