/* Invariants of etaxd fsck: one debit for each paid order and none for others; money in transit is what was debited and
 * not yet reconciled. */
#include "payment_sql.h"
#include "services/foundation/ledger/ledger.h"
#include "services/tax/payment/order.h"

static err_t check_orders(struct ctx *c, struct fsck *f)
{
	struct payment_paid_without_debit_row *unpaid;
	struct payment_debit_without_order_row *strange;
	struct payment_items_differ_row *items;
	size_t n;
	TRY(payment_paid_without_debit(c, &unpaid, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "payment: order %lld is paid without its debit, or debited without being paid",
		        (long long)unpaid[i].payment_id);
	TRY(payment_debit_without_order(c, &strange, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "payment: debit of voucher %s has no order", strange[i].voucher.p);
	TRY(payment_items_differ(c, &items, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "payment: items of order %lld do not add up, or are open when it is not",
		        (long long)items[i].payment_id);
	return OK;
}

err_t payment_check(struct ctx *c, struct fsck *f)
{
	struct payment_transit_row ours;
	struct payment_reconciliation_open_row open;
	struct money ledger;
	bool found;
	TRY(check_orders(c, f));
	TRY(payment_transit(c, &ours, &found));
	TRY(ledger_balance(c, LEDGER_TRANSIT, &ledger));
	if (ours.amount.fen != ledger.fen)
		FSCK_FAULT(f, "payment: %lld fen debited and not reconciled, the transit account holds %lld",
		        (long long)ours.amount.fen, (long long)ledger.fen);
	TRY(payment_reconciliation_open(c, c->today, &open, &found));
	FSCK_INFO(f, "payment: transit %lld fen, %lld days with open differences", (long long)ledger.fen,
	        (long long)open.n);
	return OK;
}
