// Orders of a platform: T6 gives them in for T1 and T2, who gave it a mandate.
import { createHash } from 'node:crypto';
import assert from 'node:assert/strict';
import { Client, eventually, parties } from './client.mjs';

export const LATHE = '1090105030000000000';
export const item = (amount, more = {}) => ({ tax_code: LATHE, name: '车床', amount, rate: '0.13', ...more });
export const order = (no, more = {}) => ({ seller: parties.T1, order_no: no, buyer: { name: '李静' }, items: [item('113.00')], ...more });

/** T1 and T2 let T6 issue for them. */
export async function mandates(url, limit) {
  const until = '2027-12-31';
  for (const who of ['T1', 'T2']) {
    const c = await Client.signIn(url, who);
    const r = await c.post('/v1/mandates', { agent: parties.T6, scopes: ['invoice.issue'], until, ...(limit ? { limit } : {}) });
    assert.equal(r.status, 201, r.text);
  }
}

export const digest = (bytes, algorithm = 'sha256') => createHash(algorithm).update(bytes).digest('hex');

/** Announces and sends a file in parts; gives its id. */
export async function upload(c, text, { format = 'ndjson', algorithm = 'sha256', part = 1 << 20, name = 'orders' } = {}) {
  const bytes = Buffer.from(text);
  const r = await c.post('/v1/platform/batches', { name, format, algorithm, size: bytes.length, digest: digest(bytes, algorithm) });
  assert.equal(r.status, 201, r.text);
  for (let at = 0; at < bytes.length; at += part) {
    const sent = await c.patch(`/v1/platform/batches/${r.body.id}/content?offset=${at}`, bytes.subarray(at, at + part), { type: 'application/octet-stream' });
    assert.equal(sent.status, 200, sent.text);
  }
  return r.body.id;
}

export const lines = (orders) => orders.map((o) => (typeof o === 'string' ? o : JSON.stringify(o))).join('\n') + '\n';

/** The whole way: upload, finish, wait; gives the batch at its end. */
export async function issue(c, orders, options) {
  const id = await upload(c, typeof orders === 'string' ? orders : lines(orders), options);
  const f = await c.post(`/v1/platform/batches/${id}/finish`);
  assert.equal(f.status, 200, f.text);
  return (await done(c, id)).body;
}

export const done = (c, id, ms = 60_000) => eventually(() => c.get(`/v1/platform/batches/${id}`), (r) => r.body?.state === 'done', ms);

/** Every line of a batch, page by page. */
export async function all(c, id, state = '') {
  const list = [];
  for (let after = '0'; after !== null;) {
    const r = await c.get(`/v1/platform/batches/${id}/lines?after=${after}${state ? `&state=${state}` : ''}`);
    assert.equal(r.status, 200, r.text);
    list.push(...r.body.lines);
    after = r.body.next;
  }
  return list;
}
