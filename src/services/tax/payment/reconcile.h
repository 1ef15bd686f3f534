/* Comparing the bank's file of a day with our debits (domain/tax.md §7.4): rules only, no I/O. */
#ifndef TAX_PAYMENT_RECONCILE_H
#define TAX_PAYMENT_RECONCILE_H
#include "services/tax/payment/payment.h"

enum difference_class {
	CLASS_EVEN,   /* 平: voucher and amount agree */
	CLASS_CUT,    /* 日切: agrees, the other side has it on a neighbouring day */
	CLASS_LONG,   /* 长款: the bank debited, we did not book */
	CLASS_SHORT,  /* 短款: we booked, the bank's file has it not */
	CLASS_AMOUNT, /* 金额不符 */
};
const char *difference_code(enum difference_class k);

/* One voucher on our side: amount booked (0: none), of this day or another. */
struct our_side {
	bool booked, same_day;
	struct money amount;
	bool elsewhere; /* the file of another day had it already */
};
/* bank: amount in the file; has: whether it is there. */
enum difference_class difference_of(bool has, struct money bank, const struct our_side *ours);

struct balance {
	int64_t bank_count, ledger_count, matched_count, open_count;
	struct money bank, ledger, matched;
	struct money difference; /* what the bank debited or we booked, and the other has not: 0.00 is balanced */
};
MUST_USE bool balance_add(struct balance *b, enum difference_class k, bool has, struct money bank, const struct our_side *ours);
#endif
