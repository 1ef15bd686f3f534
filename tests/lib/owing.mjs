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

/** What stands in the place of dates in tests: they hold on any day. {day, month: 'YYYY-MM', quarter: 'YYYYQn', next: the month after,
    nextDue: whether a quarter ends with this month}. */
export async function periodsOf(url) {
  const day = (await clockOf(url)).slice(0, 10), [year, month] = day.split('-').map(Number);
  return { day, month: day.slice(0, 7), quarter: `${year}Q${Math.ceil(month / 3)}`, next: new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 7), nextDue: month % 3 === 0 };
}

/** For tests in which hours pass: late in the evening the clock goes on to the next morning first. */
export async function morning(url) {
  const [day, time] = (await clockOf(url)).split('T');
  if (Number(time.slice(0, 2)) < 20) return;
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  await setClock(url, `${next}T09:00:00+08:00`);
}

/** For tests that a month's beginning must not meet by itself: on the first and the last day of a month the clock goes on to the second. */
export async function withinMonth(url) {
  const day = (await clockOf(url)).slice(0, 10), after = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  if (after.endsWith('-02')) await setClock(url, `${after}T09:00:00+08:00`);
  if (after.endsWith('-01')) await setClock(url, `${after.slice(0, 8)}02T09:00:00+08:00`);
}

/** Moves the sandbox clock by seconds. */
export async function forward(url, seconds) {
  const now = new Date(Date.parse(await clockOf(url)) + seconds * 1000);
  await setClock(url, now.toISOString());
}

/** For tests that count duties: in the first half of a month the period before is still to be filed, later it is not. Files it. */
export async function fileDue(client) {
  for (const o of must(await client.get('/v1/obligations'), 200).obligations.filter((d) => d.tax === 'vat' && d.to_file))
    if (must(await client.get(`/v1/returns/vat/${o.period}`), 200).can_file) must(await client.post(`/v1/returns/vat/${o.period}`, { lines: {} }), 201);
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
