/* States of an order and what the bank's words do to them: a table, no I/O. */
#ifndef TAX_PAYMENT_STATE_H
#define TAX_PAYMENT_STATE_H
#include "base/str.h"

enum payment_state {
	STATE_CREATED, /* in our books, not yet acknowledged by the bank */
	STATE_SENT,    /* acknowledged (划款中) */
	STATE_PAID,    /* debited and booked (扣款成功) */
	STATE_FAILED,  /* the bank said that it will never debit */
	STATE_EXPIRED, /* no debit until valid_until as far as we know; shown as failed */
};
enum payment_event {
	EVENT_ACKED,   /* the bank has it */
	EVENT_DEBITED, /* by callback, answer to a query, or the file of the day */
	EVENT_REFUSED,
	EVENT_EXPIRED,
};
enum payment_act {
	ACT_NONE,
	ACT_MOVE,   /* only the state changes */
	ACT_SETTLE, /* book the money: once */
	ACT_CLOSE,  /* release the obligations: failed */
	ACT_DISPUTE /* contradicts what the bank said before: kept for an officer, nothing is booked */
};
struct payment_step {
	enum payment_state next;
	enum payment_act act;
};
struct payment_step payment_step(enum payment_state s, enum payment_event e);

const char *payment_state_code(enum payment_state s);
bool payment_state_of(struct str code, enum payment_state *s);
/* What interfaces show: created, sent, paid, failed. */
const char *payment_state_shown(enum payment_state s);

/* Seconds until the next try after `tries` tries. */
int64_t payment_pause(int64_t tries, bool acknowledged);
#endif
