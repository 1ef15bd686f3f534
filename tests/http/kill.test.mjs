// A few rounds of the kill drill (tests/drills/kill.mjs runs fifty). (A09.e2 A05.e5)
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killDrill } from '../lib/kill.mjs';

test('kill -9 in the middle of issuing and paying, 5 times', async (t) => {
  const done = await killDrill(5);
  assert.ok(done.invoices > 0 && done.payments > 0);
  t.diagnostic(`${done.invoices} invoices, ${done.payments} payments, ${done.unanswered} unanswered`);
});
