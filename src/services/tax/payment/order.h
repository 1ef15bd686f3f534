/* Orders inside this service. */
#ifndef TAX_PAYMENT_ORDER_H
#define TAX_PAYMENT_ORDER_H
#include "services/tax/payment/payment.h"
#include "services/tax/payment/state.h"

struct payment_order {
	int64_t taxpayer_id, id;
	struct str voucher, channel;
	struct money amount;
	enum payment_state state;
	struct str reason; /* code, when failed */
	instant_us ordered_at, valid_until, sent_at, settled_at; /* DB_NULL: not yet */
	int64_t tries, order_receipt, settlement_receipt;
};
MUST_USE err_t payment_order_load(
        struct ctx *c, int64_t taxpayer_id, int64_t id, struct payment_order *out, bool *found);
struct value *payment_order_head(struct ctx *c, const struct payment_order *o); /* without items and receipts */
const char *payment_reason_words(struct str code);                             /* N_() */

/* What came of an event. */
enum payment_outcome {
	OUTCOME_BOOKED,    /* the money is in the ledger now */
	OUTCOME_NOTED,     /* state moved, or nothing new */
	OUTCOME_AMOUNT,    /* another amount than ordered: nothing is booked, kept for an officer */
	OUTCOME_DISPUTED,  /* contradicts what was said before, or a second debit: likewise */
	OUTCOME_DUPLICATE, /* this very message was there before */
};
const char *payment_outcome_code(enum payment_outcome o);
/* The only place where an order changes its state and money is booked. In db_write. r: what the bank said; NULL for
 * EVENT_EXPIRED. */
MUST_USE err_t payment_apply(struct ctx *c, struct payment_order *o, enum payment_event e,
        const struct payment_report *r, enum payment_outcome *outcome);
/* Which event a report means; false: none (unknown). */
bool payment_event_of(enum payment_said said, enum payment_event *e);

/* Has the job look after this order at the time. In db_write. */
MUST_USE err_t payment_deliver_at(struct ctx *c, const struct payment_order *o, instant_us at);
err_t payment_deliver(struct ctx *c, struct str argument); /* the job */
err_t payment_forget(struct ctx *c, struct str argument);  /* daily: old nonces */

/* Pages: what can be paid today, and what only pages show. */
err_t payment_due(struct ctx *c, const void *input, struct reply *out);
err_t payment_due_view(struct ctx *c, const void *input, struct reply *out);
err_t payment_show_view(struct ctx *c, const void *input, struct reply *out);
err_t payment_list_view(struct ctx *c, const void *input, struct reply *out);
err_t payment_reconciliation_view(struct ctx *c, const void *input, struct reply *out);
err_t payment_reconciliations_view(struct ctx *c, const void *input, struct reply *out);

/* Operations. */
struct order_in {
	int64_t *obligations;
	size_t n_obligations;
	struct str channel;
};
struct payment_in {
	int64_t id;
};
struct payments_in {
	int64_t before;
};
struct callback_in {
	struct str channel, body;
};
struct day_in {
	struct str bank;
	struct date day;
};
struct days_in {
	struct date before;
	bool has_before;
};
err_t payment_create(struct ctx *c, const void *input, struct reply *out);
err_t payment_show(struct ctx *c, const void *input, struct reply *out);
err_t payment_list(struct ctx *c, const void *input, struct reply *out);
err_t payment_callback(struct ctx *c, const void *input, struct reply *out);
err_t payment_reconcile_now(struct ctx *c, const void *input, struct reply *out);
err_t payment_reconciliation_show(struct ctx *c, const void *input, struct reply *out);
err_t payment_reconciliation_csv(struct ctx *c, const void *input, struct reply *out);
err_t payment_reconciliations(struct ctx *c, const void *input, struct reply *out);
err_t payment_reconcile_all(struct ctx *c, struct str argument); /* the job */
err_t payment_check(struct ctx *c, struct fsck *f);
#endif
