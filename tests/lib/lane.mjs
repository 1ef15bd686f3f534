// A device as a till would be: key, block, chain of entries, by the same code that runs on phones (web/mobile/core.js).
import { webcrypto } from 'node:crypto';
import * as core from '../../web/mobile/core.js';

globalThis.crypto ??= webcrypto;
export { core };

export const sale = (total, { buyer = { name: '散客' }, rate = '0.13', name = '车床', code = '1090105030000000000', kind = 'ordinary' } = {}) => ({ kind, buyer,
  lines: [{ tax_code: code, name, amount: total, price_includes_tax: true, rate }] });

export class Device {
  /** Enrols with the session of a client. */
  static async enrol(client, { name = '店里的手机', numbers, limit } = {}) {
    const d = new Device();
    d.pair = await core.newKey();
    const body = { device_name: name, public_key: await core.publicKey(d.pair), ...(numbers && { numbers }), ...(limit && { limit }) };
    const r = await client.post('/v1/lanes', body);
    if (r.status !== 201) throw new Error(`${r.status} ${r.text}`);
    d.lane = r.body;
    d.id = r.body.id;
    d.used = 0;
    d.sequence = 0;
    d.previous = core.NO_ENTRY;
    d.entries = [];
    return d;
  }
  get block() { return this.lane.blocks[this.lane.blocks.length - 1]; }
  number(k) { return core.numberAt(this.block.first, k); }
  async issue(invoice, at = Date.now(), over = {}) {
    const number = this.number(this.used++);
    const e = await core.makeEntry({ lane: this.id, key: this.pair.privateKey, block: this.block, number, sequence: ++this.sequence, previous: this.previous, at, invoice, ...over });
    this.previous = e.hash;
    this.entries.push(e);
    return e;
  }
  sync(client, entries = this.entries) {
    return client.post(`/v1/lanes/${this.id}/sync`, { entries: entries.map(({ entry, signature }) => ({ entry, signature })) }, { key: null });
  }
}
