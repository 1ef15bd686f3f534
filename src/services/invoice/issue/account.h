/* The tax account of a firm (税务数字账户): what it issued and received in one place. Inner header. */
#ifndef ISSUE_ACCOUNT_H
#define ISSUE_ACCOUNT_H
#include "services/invoice/issue/issue.h"

/* What an invoice is filed under: its rate in parts per million, or one of these. */
enum account_rate {
	ACCOUNT_EXEMPT = -1,    /* 免税 */
	ACCOUNT_ZERO = -2,      /* 零税率 */
	ACCOUNT_NOT_TAXED = -3, /* 不征税 */
	ACCOUNT_REDUCED = -4,   /* 5% 减按 1.5% */
	ACCOUNT_MIXED = -8,     /* several: a row each in party_mixed */
	ACCOUNT_UNKNOWN = -9,   /* imported: only its totals are known */
};
/* Of a part of a sale as the event tells it. What 差额征税 takes off is filed with the rate of its sale. */
int64_t account_rate_of(const struct invoice_sale *s);
/* The parts of an invoice by rate, at most ISSUE_SALES_MAX. */
struct account_part {
	int64_t rate;
	struct money amount, tax;
};
size_t account_parts(struct str sales, struct account_part *out);

enum account_side { ACCOUNT_ISSUED, ACCOUNT_RECEIVED };
struct account_in {
	struct str direction, kind, status, rate, booked, party, q, after;
	struct period period;
	bool has_period, has_min, has_max;
	struct money min, max;
};
extern const struct field account_fields[];

#endif
