// Paper invoices for tests: a box for the bureau, an application, waiting for its end.
import assert from 'node:assert/strict';
import { eventually } from './client.mjs';

export const ROLL = '033002600106', SPECIAL = '3300261130';
export const ok = (r, status = 200) => { assert.equal(r.status, status, r.text); return r.body; };
export const box = (officer, code = ROLL, to = 20000, per_unit = 100, from = 1) => officer.post('/v1/officer/paper/boxes', { code, from, to, per_unit });
export const home = { way: 'courier', recipient: '李小满', phone: '13800138000', address: '杭州市西湖区文三路 2 号' };
export const apply = (who, units, more = {}, options) => who.post('/v1/paper/applications', { kind: 'roll', units, ...home, ...more }, options);
export const at = (who, id, state, ms) => eventually(() => who.get(`/v1/paper/applications/${id}`), (r) => r.body.state === state, ms).then((r) => r.body);
export const used = (who, from, to, more = {}) => who.post('/v1/paper/reports', { act: 'used', code: ROLL, from, to, issued_from: '2026-11-20', amount: '48000.00', tax: '480.00', ...more });
export const check = async (who, number, code = ROLL, query = '') => ok(await who.get(`/v1/public/paper-invoices/${code}/${number}${query}`));
/** Text of the QR code of a paper invoice, with its CRC-16 (domain: polynomial 0x8005, not reflected). */
export function qrText(code, number, amount, day, type = '01') {
  const text = `01,${type},${code},${String(number).padStart(8, '0')},${amount},${day},${type === '01' ? '' : '01234567890123456789'},`;
  let crc = 0;
  for (const byte of Buffer.from(text)) {
    crc ^= byte << 8;
    for (let i = 0; i < 8; i++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x8005 : crc << 1) & 0xffff;
  }
  return `${text}${crc.toString(16).toUpperCase().padStart(4, '0')},`;
}
