// What anybody runs without the server: building the plane, status lists, draws, the validator. ./dev bench offline
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client, parties } from '../tests/lib/client.mjs';
import { Server } from '../tests/lib/server.mjs';
import { k, median, quick, row, run, scratch, tool } from './lib/bench.mjs';

const rounds = quick ? 1 : 3;
const told = (name, ...args) => execFileSync(tool(name), args.map(String), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
/** A program that prints one line of JSON, some times over: figure by figure the median. */
const medians = (name, ...args) => {
  const all = Array.from({ length: rounds }, () => JSON.parse(told(name, ...args)));
  return (figure) => median(all.map((r) => r[figure]));
};
const atLeast = (name, n, asked, more = {}) => row(name, k(n), { asked: `≥ ${k(asked)}`, good: n >= asked, ...more });
const atMost = (name, s, asked, more = {}) => row(name, `${s.toFixed(2)} s`, { asked: `≤ ${asked} s`, good: s <= asked, ...more });

/** One special invoice in each of its forms, as files. */
async function forms(dir) {
  const server = await Server.start();
  try {
    const t1 = await Client.signIn(server.url, 'T1');
    const { body } = await t1.post('/v1/invoices', { kind: 'special', buyer: { tax_id: parties.T3, name: '远帆纺织进出口有限公司' },
      lines: [{ tax_code: '1090105030000000000', name: '车床', spec: 'CK6140', unit: '台', quantity: '1', price: '1000', rate: '0.13' }] });
    const files = [];
    for (const form of ['xml', 'json', 'xbrl', 'ofd', 'pdf']) {
      files.push(path.join(dir, `one.${form}`));
      writeFileSync(files.at(-1), (await t1.get(`/v1/invoices/${body.number}.${form}`)).bytes);
    }
    return files;
  } finally {
    await server.close();
  }
}

/** "xml 7423 bytes rules … 25,000 files/s" lines of the validator's program. */
function validator(files) {
  // Sixteen together is how `etaxd invoice validate FILE…` takes them.
  const asked = { 'xml the same, 16 together': 30_000, 'ofd the same, 16 together': 10_000 };
  return told('validate', ...files).trim().split('\n').map((line) => {
    const [, form, bytes, what, n] = line.match(/^(\S+)\s+(\d+) bytes\s+(.*?)\s+(\d+) files\/s$/);
    const name = `validator: ${form}, ${what}, files a second`, want = asked[`${form} ${what}`];
    return want ? atLeast(name, Number(n), want, { beside: `${bytes} bytes` }) : row(name, k(Number(n)), { beside: `${bytes} bytes` });
  });
}

await run({
  name: 'offline', title: 'Without a server: plane, status lists, draws, validator', engines: ['no database'],
  async measure() {
    const files = await forms(scratch()), tickets = quick ? 100_000 : 10_000_000, invoices = quick ? 100_000 : 10_000_000;
    const plane = medians('plane', invoices), status = medians('status'), draw = medians('draw', tickets, 2), alone = medians('draw', tickets, 1);
    return { rows: [
      atLeast(`plane: entries appended a second, ${k(invoices)}`, plane('append_per_s'), 2_000_000),
      row('plane: events read a second', k(plane('events_per_s'))),
      atLeast('status list: checks a second by number', status('checks_per_s'), 1_000_000),
      atLeast('status list: checks a second from QR texts', status('qr_checks_per_s'), 1_000_000, { beside: `list of 1,000,000: ${k(status('file_bytes'))} bytes` }),
      atMost(`draw of ${k(tickets)} tickets`, draw('draw_s'), 5, { beside: `one thread: ${alone('draw_s').toFixed(2)} s` }),
      atMost('its verification', draw('verify_s'), 10, { beside: `one thread: ${alone('verify_s').toFixed(2)} s` }),
      ...validator(files),
    ], notes: [`medians of ${rounds} runs; the validator runs 2 s for each line, on one core, from memory`] };
  },
});
