// What each operation answers, learnt from the tests themselves: docs/api/answers/OPERATION.json holds {status: {media: schema}}
// and becomes the responses of /openapi.json. ETAX_ANSWERS=record writes what was seen (./dev answers); ETAX_ANSWERS=FILE
// adds a line to FILE for each answer that /openapi.json does not tell. Schemas: the part of JSON Schema that is written here.
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../docs/api/answers');
const mode = process.env.ETAX_ANSWERS;
const formats = { date: /^\d{4}-\d\d-\d\d$/, 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/ };
const MONEY = '^-?[0-9]+\\.[0-9]{2}$';

/** Members that are data rather than names (most of them l1, l2 …, or codes of digits): the schema is that of any of them. */
const isMap = (keys) => keys.filter((k) => /^[a-z]*\d[\w.]*$/.test(k)).length * 2 > keys.length;

export function infer(v) {
  if (v === null) return { type: ['null'] };
  if (Array.isArray(v)) return v.length ? { type: ['array'], items: v.map(infer).reduce(merge) } : { type: ['array'] };
  if (typeof v === 'object') {
    const keys = Object.keys(v);
    if (isMap(keys)) return { type: ['object'], additionalProperties: keys.map((k) => infer(v[k])).reduce(merge) };
    return { type: ['object'], properties: Object.fromEntries(keys.map((k) => [k, infer(v[k])])), required: keys };
  }
  if (typeof v !== 'string') return { type: [Number.isInteger(v) ? 'integer' : typeof v] };
  const format = Object.keys(formats).find((f) => formats[f].test(v));
  return format ? { type: ['string'], format } : new RegExp(MONEY).test(v) ? { type: ['string'], pattern: MONEY } : { type: ['string'] };
}

export function merge(a, b) {
  const out = { type: [...new Set([...a.type, ...b.type])] }, has = (s, t) => s.type.includes(t);
  for (const key of ['format', 'pattern']) {
    const strings = [a, b].filter((s) => has(s, 'string'));
    if (strings.length && strings.every((s) => s[key] === strings[0][key]) && strings[0][key]) out[key] = strings[0][key];
  }
  if (a.items || b.items) out.items = a.items && b.items ? merge(a.items, b.items) : a.items || b.items;
  const objects = [a, b].filter((s) => has(s, 'object'));
  const maps = objects.map((s) => s.additionalProperties).filter(Boolean);
  if (maps.length) out.additionalProperties = maps.reduce(merge);
  const shapes = objects.filter((s) => s.properties);
  if (shapes.length) {
    out.properties = {};
    for (const s of shapes) for (const [k, v] of Object.entries(s.properties)) out.properties[k] = out.properties[k] ? merge(out.properties[k], v) : v;
    out.required = objects.length > shapes.length ? [] : shapes.map((s) => s.required).reduce((x, y) => x.filter((k) => y.includes(k)));
  }
  return out;
}

/** Where the value is not as the schema tells; null: nowhere. */
export function differs(v, s, at = '') {
  const kind = v === null ? 'null' : Array.isArray(v) ? 'array' : Number.isInteger(v) ? 'integer' : typeof v;
  if (![s.type].flat().includes(kind)) return `${at}: ${kind}, not ${s.type}`;
  if (kind === 'string' && s.format && !formats[s.format].test(v)) return `${at}: no ${s.format}`;
  if (kind === 'string' && s.pattern && !new RegExp(s.pattern).test(v)) return `${at}: not ${s.pattern}`;
  if (kind === 'array') return v.map((x, i) => (s.items ? differs(x, s.items, `${at}/${i}`) : `${at}: items`)).find(Boolean) || null;
  if (kind !== 'object') return null;
  const missing = (s.required || []).find((k) => !(k in v));
  if (missing) return `${at}/${missing}: is missing`;
  for (const [k, x] of Object.entries(v)) {
    const member = s.properties?.[k] || s.additionalProperties;
    const found = member ? differs(x, member, `${at}/${k}`) : `${at}/${k}: is not told`;
    if (found) return found;
  }
  return null;
}

/* One type is written as a word, no required members not at all. */
const plain = (s) => {
  const out = { ...s, type: s.type.length === 1 ? s.type[0] : s.type };
  if (out.items) out.items = plain(out.items);
  if (out.additionalProperties) out.additionalProperties = plain(out.additionalProperties);
  if (out.properties) out.properties = Object.fromEntries(Object.entries(out.properties).map(([k, v]) => [k, plain(v)]));
  if (out.required && !out.required.length) delete out.required;
  return out;
};
const loose = (s) => {
  const out = { ...s, type: [s.type].flat() };
  if (out.items) out.items = loose(out.items);
  if (out.additionalProperties) out.additionalProperties = loose(out.additionalProperties);
  if (out.properties) out.properties = Object.fromEntries(Object.entries(out.properties).map(([k, v]) => [k, loose(v)]));
  if (out.properties && !out.required) out.required = [];
  return out;
};

const routes = new Map(); // server -> promise of [{method, pattern, id}]
const seen = new Map(); // operation -> {status: {media: schema}}

async function table(url) {
  const document = await (await fetch(url + '/openapi.json')).json();
  const list = Object.entries(document.paths).flatMap(([p, methods]) => Object.entries(methods).map(([method, op]) => ({ method: method.toUpperCase(), id: op.operationId, length: p.replace(/\{\w+\}/g, '').length,
    literal: !p.includes('{'), pattern: new RegExp('^' + p.split(/\{\w+\}/).map((s) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^/]+') + '$') })));
  return list.sort((a, b) => b.literal - a.literal || b.length - a.length);
}

const read = (id) => { try { return JSON.parse(readFileSync(path.join(folder, id + '.json'), 'utf8')); } catch { return {}; } };

/** Called with every answer that a test's client gets. */
export async function observe(url, method, target, response, json) {
  if (!mode || response.status < 200 || response.status > 299 || method === 'HEAD') return;
  if (!routes.has(url)) routes.set(url, table(url));
  const where = target.split('?')[0];
  const op = (await routes.get(url)).find((r) => r.method === method && r.pattern.test(where));
  if (!op) return;
  const media = (response.headers.get('content-type') || '').split(';')[0].trim();
  if (!media) return;
  const schema = media === 'application/json' && op.id !== 'system.openapi' ? infer(json) : op.id === 'system.openapi' ? { type: ['object'] } : { type: ['string'] };
  if (mode === 'record') {
    const all = seen.get(op.id) || {};
    const of = (all[response.status] ||= {});
    of[media] = of[media] ? merge(of[media], schema) : schema;
    seen.set(op.id, all);
    return;
  }
  const known = read(op.id)[response.status]?.[media];
  const fault = !known ? `${response.status} ${media} is not told` : media === 'application/json' && known.properties ? differs(json, known) : null;
  appendFileSync(mode, `${op.id}\t${fault || ''}\n`);
}

if (mode === 'record')
  process.on('exit', () => {
    mkdirSync(folder, { recursive: true });
    for (const [id, answers] of seen) {
      const all = read(id);
      for (const [status, media] of Object.entries(answers))
        for (const [m, schema] of Object.entries(media)) {
          const before = all[status]?.[m];
          (all[status] ||= {})[m] = plain(before ? merge(loose(before), schema) : schema);
        }
      writeFileSync(path.join(folder, id + '.json'), JSON.stringify(all, null, 1) + '\n');
    }
  });
