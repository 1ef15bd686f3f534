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
/* "0.13", "exempt", … and back; words: as shown. */
struct str account_rate_code(struct arena *a, int64_t rate);
bool account_rate_parse(struct str code, int64_t *rate);
struct str account_rate_words(struct ctx *c, int64_t rate);

/* Sums of the same rate and month. */
struct account_sum {
	int side;
	struct str period;
	int64_t rate;
	struct money amount, tax;
};
struct account_total {
	int64_t n;
	struct money amount, tax, total;
};
/* The conditions as the statements take them. */
struct account_where {
	int64_t party_id, status, rate;
	bool side[2], plain; /* plain: nothing but direction and period is asked for */
	bool chosen;         /* … and what lists of choices offer: no words, no amounts */
	struct str from, to, kind, party, q, booked;
	struct money least, most;
	struct str before_period, before_number; /* place in the list */
	int before_side;                         /* of the row that was last */
};
enum { ACCOUNT_ANY_RATE = 2000000, ACCOUNT_SUMS_MAX = 2000 };
MUST_USE err_t account_where_of(struct ctx *c, const struct account_in *in, struct account_where *w);
MUST_USE err_t account_totals(
        struct ctx *c, const struct account_where *w, struct account_total *of_side, struct account_sum *sums, size_t *n);
/* Up to 100 rows of both sides, the newest first; *more: others follow, from where w stands then. */
struct account_row {
	int side;
	struct str number, period, other_name, kind, original, credited, booked;
	instant_us issued_at;
	struct money amount, tax, total;
	int64_t status, rate;
	bool imported;
};
enum { ACCOUNT_PAGE = 100 };
MUST_USE err_t account_page(
        struct ctx *c, struct account_where *w, struct account_row *rows, size_t *n, bool *more);
struct str account_cursor(struct ctx *c, const struct account_where *w);
op_run account_show, account_csv, account_xlsx, account_xml, account_view;

#endif
