// etaxd fsck names what was changed behind the server's back: one byte, one row, one fen, on either database. (G05.1)
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Copy } from '../lib/corrupt.mjs';
import { Client } from '../lib/client.mjs';
import { mainJob } from '../lib/main_job.mjs';
import { box } from '../lib/paper.mjs';
import { issue, mandates, order } from '../lib/platform.mjs';
import { etaxd, Server } from '../lib/server.mjs';

let server;
before(async () => {
  server = await Server.start();
  const document = await (await fetch(server.url + '/openapi.json')).json();
  for (const step of mainJob(server.url).steps) {
    const [method, path] = step.needs.split(' ');
    if (!document.paths[path.replace(/\{period\}/, '{period}')]?.[method]) break;
    await step.run();
  }
  const [t1, t6, o1] = await Promise.all(['T1', 'T6', 'O1'].map((a) => Client.signIn(server.url, a)));
  const person = await (await Client.signIn(server.url, 'P2')).post('/v1/agency/requests', { kind: 'ordinary', buyer: { name: '散客' }, tax_code: '3040301010000000000', item: '工程设计', total: '505.00', proof: '合同' });
  assert.equal(person.body.state, 3, person.text);
  const number = (await t1.get('/v1/bookings')).body.invoices[0].number;
  assert.equal((await t1.post('/v1/bookings', { numbers: [number], entry: 'deductible', voucher: 'JZ-1' })).status, 201);
  assert.equal((await box(o1)).status, 201);
  await mandates(server.url);
  assert.equal((await issue(t6, [order('fsck-1')])).issued, 1);
  await server.stop();
});
after(() => server.close());

/** The copy as it is is good; each change alone is a fault that fsck names. */
const finds = (title, change, ...named) => test(title, async () => {
  const copy = new Copy(server);
  try {
    await change(copy);
    const r = await copy.fsck();
    assert.equal(r.code, 1, r.output);
    for (const pattern of named) assert.match(r.output, pattern);
  } finally {
    copy.close();
  }
});

test('what was not changed is good, and says how much there is', async () => {
  const copy = new Copy(server);
  const r = await copy.fsck();
  copy.close();
  assert.equal(r.code, 0, r.output);
  assert.doesNotMatch(r.output, /FAULT/);
  for (const part of ['ledger', 'log', 'invoice', 'plane', 'outbox', 'jobs']) assert.match(r.output, new RegExp(`^ok +${part}: `, 'm'));
});

test('G05.1 a folder that is none of a bureau is said, and nothing is made', async () => {
  const none = path.join(server.data, 'no-such-folder'), empty = mkdtempSync(path.join(tmpdir(), 'etax-empty-')), bare = { ...process.env, ETAX_DB: '' };
  delete bare.ETAX_DB;
  for (const [args, folder] of [[['fsck'], none], [['fsck'], empty], [['plane', 'rebuild'], none], [['plane', 'export', '--to', `${none}-out`], none],
    [['status', 'export', '--to', `${none}-out`], none], [['officer', 'add', '--person', '33010619800101003X', '--name', '王敏', '--office', '13301000000', '--posts', 'registration'], none],
    [['channel', 'set', 'sms.key'], none], [['key', 'rotate-log'], none], [['verify', '--listen', 'unix:/tmp/etax-no.sock'], none]]) {
    const r = spawnSync(etaxd, [...args, '--data', folder], { env: bare, input: 'x', encoding: 'utf8', timeout: 20_000 });
    assert.ok(r.status > 0, `${args}: ${r.stdout}${r.stderr}`);
    assert.doesNotMatch(r.stdout, /^ok/m);
    assert.equal(existsSync(none), false, args.join(' '));
  }
  assert.deepEqual(readdirSync(empty), []);
  assert.match(spawnSync(etaxd, ['fsck', '--data', empty], { env: bare, encoding: 'utf8' }).stderr, /is no data folder of etaxd/);
  rmSync(empty, { recursive: true });
});

test('beside a running server it is good too', async () => {
  await server.launch();
  assert.equal((await server.fsck()).code, 0);
  await server.stop();
});

finds('ledger: one fen more in one entry', (c) => c.run('UPDATE ledger_entry SET amount_fen = amount_fen + 1 WHERE line = 0 AND posting_id = (SELECT min(posting_id) FROM ledger_entry)'),
  /FAULT ledger: the sum of all entries is 1 fen/, /FAULT ledger: posting \d+ does not balance: 1 fen/);
finds('ledger: two entries that hide each other', async (c) => {
  c.run('UPDATE ledger_entry SET amount_fen = amount_fen + 1 WHERE account = 1 AND posting_id = (SELECT min(posting_id) FROM ledger_entry WHERE account = 1)');
  c.run('UPDATE ledger_entry SET amount_fen = amount_fen - 1 WHERE account <> 1 AND posting_id = (SELECT min(posting_id) FROM ledger_entry WHERE account = 1)');
}, /FAULT ledger: obligation \d+ owes/);
finds('ledger: an obligation says less', (c) => c.run("UPDATE obligation SET assessed_fen = assessed_fen - 1 WHERE tax = 'vat' AND assessed_fen > 0"), /FAULT ledger: obligation \d+ owes/);
finds('ledger: an obligation says it is done', (c) => c.run("UPDATE obligation SET status = 'fulfilled' WHERE status = 'open' AND return_id = 0"), /FAULT ledger: obligation \d+ says fulfilled/);
finds('ledger: an entry without its posting', (c) => c.run('DELETE FROM ledger_posting WHERE posting_id = (SELECT min(posting_id) FROM ledger_posting)'), /FAULT ledger: entry without posting/);
finds('ledger: a posting without entries', (c) => c.run('DELETE FROM ledger_entry WHERE posting_id = (SELECT min(posting_id) FROM ledger_posting)'), /FAULT ledger: posting \d+ has no entries/);

finds('log: one bit of an entry', (c) => c.flip('log_entry', 'entry', 'position = 1'), /FAULT log: tile 0\/0 does not hold/, /FAULT log: receipt \d+ does not make entry 1/, /FAULT log: the signed root is not/);
finds('log: one bit of a tile', (c) => c.flip('log_tile', 'hashes', 'level = 0'), /FAULT log: tile 0\/0 does not hold the hashes/);
finds('log: a tile is gone', (c) => c.run('DELETE FROM log_tile'), /FAULT log: tile 0\/0 is missing/);
finds('log: an entry is gone', (c) => c.run('DELETE FROM log_entry WHERE position = 2'), /FAULT log: entry 2 is missing/);
finds('log: the last entry is gone', (c) => c.run('DELETE FROM log_entry WHERE position = (SELECT max(position) FROM log_entry)'), /FAULT log: the checkpoint stands at/);
finds('log: one bit of a salt', (c) => c.flip('receipt', 'salt', 'position = 0'), /FAULT log: receipt \d+ does not make entry 0/);
finds('log: an act tells another figure', (c) => c.run("UPDATE receipt SET act = replace(act, '0', '1') WHERE position = 0"), /FAULT log: receipt \d+ does not make entry 0/);
finds('log: a receipt is gone', (c) => c.run('DELETE FROM receipt WHERE position = 1'), /FAULT log: entry 1 has no receipt/);
finds('log: a receipt is moved', (c) => c.run('UPDATE receipt SET position = 0 WHERE position = 1'), /FAULT log: entry 0 has several receipts/, /FAULT log: entry 1 has no receipt/);
finds('log: the checkpoint has another size', (c) => c.run("UPDATE log_checkpoint SET size = size + 1"), /FAULT/);

const one = '(SELECT min(number) FROM invoice)';
finds('invoice: a number in the middle is gone', (c) => c.run('DELETE FROM invoice WHERE number = (SELECT min(number) FROM invoice WHERE number > (SELECT min(number) FROM invoice))'),
  /FAULT invoice: 1 numbers are missing before \d{20}/, /FAULT invoice: \d+ are stored, \d+ were told/, /FAULT plane: invoice \d{20} has other values/);
finds('invoice: the last number is gone', (c) => c.run('DELETE FROM invoice WHERE number = (SELECT max(number) FROM invoice)'), /FAULT invoice: the last number of \d{5} is \d{20}, the counter stands at/);
finds('invoice: one fen more in a total', (c) => c.run(`UPDATE invoice SET total_fen = total_fen + 1 WHERE number = ${one}`),
  /FAULT invoice \d{20}: its document says something else/, /FAULT plane: invoice \d{20} has other values/, /FAULT invoice \d{20}: event \d+ says something else/);
finds('invoice: one character of a document', (c) => c.run(`UPDATE invoice SET document = replace(document, '海川', '海州') WHERE number = ${one}`), /FAULT invoice \d{20}: its receipt \d+ is not for this document/);
finds('invoice: the receipt of another', (c) => c.run(`UPDATE invoice SET receipt_id = (SELECT receipt_id FROM invoice WHERE number = (SELECT min(number) FROM invoice WHERE number > ${one})) WHERE number = ${one}`), /FAULT invoice \d{20}: its receipt \d+ is not for this document/);

finds('lists: a row is gone', (c) => c.run('DELETE FROM party_invoice WHERE side = 0 AND number = (SELECT min(number) FROM party_invoice WHERE imported = 0)', 'projection'),
  /FAULT invoice \d{20}: the list of its seller does not have it/, /FAULT invoice: the lists have \d+ rows/, /FAULT invoice: the sums of party/);
finds('lists: a row says another amount', (c) => c.run('UPDATE party_invoice SET amount_fen = amount_fen - 1 WHERE side = 0 AND number = (SELECT min(number) FROM party_invoice WHERE imported = 0)', 'projection'),
  /FAULT invoice \d{20}: the list of its seller says something else/);
finds('lists: a month says another sum', (c) => c.run('UPDATE party_month SET tax_fen = tax_fen + 1 WHERE side = 0', 'projection'), /FAULT invoice: the sums of party \d+/, /FAULT invoice: the rates of party/);
finds('lists: a rate says another sum', (c) => c.run('UPDATE party_sale SET amount_fen = amount_fen + 1 WHERE side = 0', 'projection'), /FAULT invoice: the rates of party/);
finds('lists: a row too many', (c) => c.run("INSERT INTO party_invoice (party_id, side, period, number, other_name, kind, issued_at, amount_fen, tax_fen, total_fen, status, original, credited, imported, rate, booked) SELECT party_id, side, period, '26332000000000099999', other_name, kind, issued_at, amount_fen, tax_fen, total_fen, status, original, credited, imported, rate, booked FROM party_invoice WHERE side = 0 AND number = (SELECT min(number) FROM party_invoice WHERE imported = 0)", 'projection'),
  /FAULT invoice: the lists have \d+ rows/);
test('lists and plane behind the events are no fault: they go on from there', async () => {
  const copy = new Copy(server);
  copy.run("DELETE FROM party_invoice", 'projection');
  copy.run("DELETE FROM party_month", 'projection');
  copy.run("DELETE FROM party_sale", 'projection');
  copy.run("DELETE FROM projection_consumer WHERE name = 'issue.party_list'", 'projection');
  rmSync(path.join(copy.data, 'plane'), { recursive: true });
  const r = await copy.fsck();
  copy.close();
  assert.equal(r.code, 0, r.output);
  assert.match(r.output, /outbox: issue\.party_list is \d+ events behind/);
  assert.match(r.output, /outbox: verify\.plane is \d+ events behind/);
});

finds('outbox: an event is gone', (c) => c.run('DELETE FROM event WHERE position = 1'), /FAULT outbox: \d+ events between 2 and/);
finds('outbox: the counter is behind', (c) => c.run("UPDATE counter SET value = value - 1 WHERE name = 'outbox'"), /FAULT outbox: the counter stands at/);
finds('outbox: a consumer is ahead', (c) => c.run('UPDATE projection_consumer SET position = position + 1000', 'projection'), /FAULT outbox: [\w.]+ stands at/);

finds('agency: more is given back than was collected', (c) => c.run('INSERT INTO agency_returned SELECT person_id, request_id, 1, 0, 0, 0 FROM agency_request'), /FAULT agency request \d+: what was given back is not what its invoice says/);
finds('booking: a total says another sum', (c) => c.run('UPDATE booking_total SET total_fen = total_fen + 1'), /FAULT booking: the totals of \d+ in/);
finds('booking: one is gone', (c) => c.run('DELETE FROM booking'), /FAULT booking: the totals of/, /FAULT booking: 0 invoices of party \d+ are booked, its list shows 1/);
finds('booking: the list does not show it', (c) => c.run("UPDATE party_invoice SET booked = '' WHERE booked <> ''", 'projection'), /FAULT booking: 1 invoices of party \d+ are booked, its list shows 0/);
finds('paper: a number is in no span', (c) => c.run('UPDATE paper_span SET to_no = to_no - 1'), /FAULT paper: \d+ \d+ is in no state, or in two/);
finds('paper: stock that somebody holds', (c) => c.run('UPDATE paper_span SET holder_id = 1'), /FAULT paper: \d+ 1 is in stock and has a holder/);
finds('platform: an order less', (c) => c.run('UPDATE platform_batch SET orders = orders + 1'), /FAULT platform batch \d+: its orders and their outcomes do not agree/);
finds('platform: an issued order without its invoice', (c) => c.run("UPDATE platform_order SET numbers = ''"), /FAULT order fsck-1 of seller \d+/);
