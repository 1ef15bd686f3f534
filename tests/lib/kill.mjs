// kill -9 at any moment of a load of issuing and paying. What was acknowledged is there afterwards, a retry with the same key
// gets the first answer or makes the act once, each order is debited once, and etaxd fsck is clean after every kill.
import assert from 'node:assert/strict';
import { Client, eventually, parties } from './client.mjs';
import { invoiceBody } from './main_job.mjs';
import { clockOf, owing, setClock } from './owing.mjs';
import { Server } from './server.mjs';

const accounts = ['T1', 'T3'], clients = 12;
const body = (ref) => invoiceBody({ ref, buyer: { tax_id: parties.T3, name: '远帆纺织进出口有限公司' }, net: '1.00' });

class Drill {
  async start() {
    this.server = await Server.start();
    this.invoices = new Map(); // key -> number
    this.orders = new Map(); // key -> {who, obligation, id?, voucher?, amount?}
    this.due = []; // {who, obligation} that nobody has ordered yet
    this.made = 0;
    await this.signIn();
  }

  async signIn() {
    this.as = Object.fromEntries(await Promise.all(accounts.map(async (a) => [a, await Client.signIn(this.server.url, a)])));
  }

  /** Taxes to pay: another month is filed when none are left. At most twelve months, so that the law in force covers them. */
  async owe() {
    if (this.due.length > 2 || this.months >= 12) return;
    await this.decided(); // an order is good for a day, and the clock will leap a month
    this.months = (this.months || 0) + 1;
    this.recent = new Set(); // the clock leaps a month: first answers are kept for 30 days
    const owed = await owing(this.server.url, accounts);
    for (const who of accounts) for (const o of owed[who].open) this.due.push({ who, obligation: o.id });
    await this.signIn();
  }

  async issue(key) {
    const r = await this.as.T1.post('/v1/invoices', body(key), { key });
    assert.equal(r.status, 201, r.text);
    const before = this.invoices.get(key);
    if (before) assert.equal(r.body.number, before, key);
    this.invoices.set(key, r.body.number);
    this.recent.add(key);
  }

  async pay(key) {
    const order = this.orders.get(key);
    const r = await this.as[order.who].post('/v1/payments', { obligations: [order.obligation], channel: 'bank-simulator' }, { key });
    assert.ok([201, 202].includes(r.status), r.text);
    if (order.id) assert.deepEqual([r.body.id, r.body.amount], [order.id, order.amount], key);
    Object.assign(order, { id: r.body.id, voucher: r.body.voucher, amount: r.body.amount });
    this.recent.add(key);
  }

  /** Issues and pays until the server is gone; gives the keys whose answers never came. */
  load() {
    const unknown = [];
    let stop = false;
    const attempt = async (act, key) => {
      try {
        await this[act](key);
        return true;
      } catch (e) {
        if (e.code === 'ERR_ASSERTION') throw e;
        unknown.push([act, key]);
        return false;
      }
    };
    const issuers = Array.from({ length: clients }, async () => { while (!stop && await attempt('issue', `i${this.made++}`)); });
    const payers = this.due.splice(0, 2).map(async (d, i) => {
      await new Promise((r) => setTimeout(r, i * 60 + Math.random() * 120));
      const key = `p${this.made++}`;
      this.orders.set(key, d);
      await attempt('pay', key);
    });
    return { unknown, end: async () => { stop = true; await Promise.all([...issuers, ...payers]); } };
  }

  async round() {
    await this.owe();
    const now = await clockOf(this.server.url), load = this.load();
    await new Promise((done) => setTimeout(done, 30 + Math.random() * 400));
    await this.server.kill();
    await load.end();
    const fsck = await this.server.fsck(); // as the kill left it, before anybody puts it right
    assert.equal(fsck.code, 0, fsck.output);
    await this.server.launch();
    await setClock(this.server.url, now); // it is not kept over a restart
    await this.signIn();
    for (const [act, key] of load.unknown) await this[act](key);
    return load.unknown.length;
  }

  /** Every order ends, as paid. */
  async decided() {
    for (const [key, order] of this.orders) {
      if (order.paid) continue;
      const paid = await eventually(() => this.as[order.who].get(`/v1/payments/${order.id}`), (r) => ['paid', 'failed'].includes(r.body?.status), 60_000);
      assert.equal(paid.body.status, 'paid', key);
      order.paid = true;
    }
  }

  /** Every order is decided, each voucher debited once with its amount; keys give their first answers. */
  async verify() {
    for (const order of this.orders.values()) order.paid = false;
    await this.decided();
    const debits = (await new Client(this.server.url).get('/v1/sandbox/bank/debits')).body.debits;
    for (const [key, order] of this.orders) {
      const mine = debits.filter((d) => d.voucher === order.voucher);
      assert.deepEqual(mine.map((d) => d.amount), [order.amount], `${key}: one debit`);
    }
    const ids = [...this.orders.values()].map((o) => o.id);
    assert.equal(new Set(ids).size, ids.length, 'no order twice');
    for (const key of [...this.recent].filter((k, i) => this.orders.has(k) || i % 7 === 0)) await this[this.orders.has(key) ? 'pay' : 'issue'](key);
    assert.equal(new Set(this.invoices.values()).size, this.invoices.size, 'no number twice');
  }
}

export async function killDrill(rounds) {
  const drill = new Drill();
  await drill.start();
  try {
    let unanswered = 0;
    for (let i = 0; i < rounds; i++) unanswered += await drill.round();
    await drill.verify();
    await drill.server.stop();
    const fsck = await drill.server.fsck();
    assert.equal(fsck.code, 0, fsck.output);
    return { rounds, invoices: drill.invoices.size, payments: drill.orders.size, unanswered, fsck: fsck.output.trim() };
  } finally {
    await drill.server.close();
  }
}
