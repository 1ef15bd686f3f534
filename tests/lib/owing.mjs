// A taxpayer that owes something: invoices of this month are filed on the fifth of the next one.
import { Client, parties } from './client.mjs';
import { invoiceBody } from './main_job.mjs';

const must = (answer, ...statuses) => {
  if (!statuses.includes(answer.status)) throw new Error(`expected ${statuses}, got ${answer.status}: ${answer.text.slice(0, 500)}`);
  return answer.body;
};

export async function setClock(url, now) {
  must(await new Client(url).post('/v1/sandbox/clock', { now }), 200);
}

export async function clockOf(url) {
  return (await new Client(url).get('/healthz')).body.now;
}

/** Moves the sandbox clock by seconds. */
export async function forward(url, seconds) {
  const now = new Date(Date.parse(await clockOf(url)) + seconds * 1000);
  await setClock(url, now.toISOString());
}

let numbers = 0;

/** Files the month for the accounts (general payers), each with one sale of `net`. Gives per account {client, period, open}. */
export async function owing(url, accounts, net = '200000.00') {
  const month = (await clockOf(url)).slice(0, 7);
  for (const account of accounts) {
    const c = await Client.signIn(url, account);
    must(await c.post('/v1/invoices', invoiceBody({ ref: `owing-${++numbers}`, net,
      buyer: { tax_id: parties[account === 'T3' ? 'T1' : 'T3'], name: account === 'T3' ? '海川精密机械有限公司' : '远帆纺织进出口有限公司' } })), 201);
  }
  const [y, m] = month.split('-').map(Number);
  const next = m === 12 ? `${y + 1}-01` : `${y}-${String(m + 1).padStart(2, '0')}`;
  await setClock(url, `${next}-05T10:00:00+08:00`);
  const result = {};
  for (const account of accounts) {
    const client = await Client.signIn(url, account);
    const form = must(await client.get(`/v1/returns/vat/${month}`), 200);
    must(await client.post(`/v1/returns/vat/${month}`, { lines: form.lines }), 201);
    const open = must(await client.get('/v1/obligations'), 200).obligations
      .filter((o) => o.period === month && o.amount_due !== '0.00');
    result[account] = { client, period: month, open, ids: open.map((o) => o.id) };
  }
  return result;
}
