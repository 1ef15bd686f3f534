// Invoices of every kind by turns, as the API takes them: plain ones, several lines with a discount, both forms of differential
// taxation, letting at 1.5 %, and each special business. Prices are small, so that no quota ends a run.
import { T3, bodyOf, kinds } from '../../tests/lib/kinds.mjs';
import { COUNTED } from './request.mjs';

const lathe = { tax_code: '1090105030000000000', name: '车床', spec: 'CK6140', unit: '台', quantity: '1', price: '1.00', price_includes_tax: false, rate: '0.13', discount: '0.00' };
const inclusive = (tax_code, name, rate, amount, more = {}) => ({ tax_code, name, rate, amount, price_includes_tax: true, ...more });
const differential = (form) => ({ kind: 'ordinary', buyer: T3, lines: [inclusive('3040803010000000000', '劳务派遣', '0.05', '10.50')],
  differential: { form, deduction: '8.40', proofs: [{ kind: '09', note: '工资和社保', amount: '8.40' }] } });
const plain = { kind: 'special', buyer: T3, lines: [lathe], remark: '' };
const businesses = Object.keys(kinds).map((b) => bodyOf(b)).map((b) => ({ ...b, lines: b.lines.map((l) => ({ ...l, price: '1.00' })) }));

const bodies = [
  plain,
  { kind: 'ordinary', buyer: { name: '散客' }, lines: [inclusive('3070401000000000000', '餐费', '0.06', '1.06')] },
  { ...plain, lines: [lathe, { ...lathe, quantity: '3', discount: '0.50' }, inclusive('1040201000000000000', '服装', '0.13', '2.26')], remark: '合同 2026-11' },
  differential('full'), differential('difference'),
  { kind: 'ordinary', buyer: T3, lines: [inclusive('3040502020102000000', '住房租金', '0.05', '3.15', { treatment: 'reduced' })] },
  ...businesses,
];
const texts = (list) => list.map((b) => JSON.stringify({ ...b, seller_ref: `M${COUNTED}` }));

/** The bodies as texts; each has a number of its own in place of COUNTED. */
export const mixed = texts(bodies);
/** One kind alone, for benches of other things. */
export const alike = mixed.slice(0, 1);
/** Those that a device can issue offline: it knows no tax but amount times rate. */
export const onDevice = texts(bodies.filter((b) => !b.differential && b.lines.every((l) => l.treatment !== 'reduced')));

/** n bodies of a list by turns, numbered behind `from`. */
export const numbered = (n, from = 0, list = mixed) => Array.from({ length: n }, (_, i) => list[i % list.length].replace(COUNTED, String(from + i).padStart(COUNTED.length, '0')));
