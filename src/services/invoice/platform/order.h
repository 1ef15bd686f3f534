/* Orders of an online shop (电商订单) as a platform gives them in, and the invoices they become. Rules alone: no HTTP, no
 * SQL. All sums are with tax, as the buyer paid them, and come out exact to the fen: what an order sums up to is what its
 * invoices sum up to. */
#ifndef PLATFORM_ORDER_H
#define PLATFORM_ORDER_H
#include "kernel/input/input.h"

enum {
	ORDER_NO_MAX = 48,
	ORDER_ITEMS_MAX = 200,
	ORDER_INVOICES_MAX = 100, /* of one order */
	ORDER_MERGE_MAX = 50,     /* orders in one invoice */
	ORDER_LINE_BYTES_MAX = 65536,
};

struct order_item {
	struct str tax_code, name, spec, unit, coal;
	int64_t quantity; /* whole pieces; 0: not told */
	bool has_quantity;
	struct money amount;   /* of all pieces, with tax, before the discount */
	struct money discount; /* with tax; part of the order's, see order_discount */
	struct rate rate;
};
struct order_buyer {
	struct str tax_id, name;
};
struct order {
	struct str seller, order_no, kind, issue, split, remark; /* issue: now, claim; split: none, rate */
	struct order_buyer buyer;
	struct order_item *items;
	size_t n_items;
	struct money discount, limit; /* limit: most that one invoice may sum up to, with tax; 0: none */
	bool has_discount, has_limit;
};
extern const struct field order_fields[];
extern const struct choice order_issue[], order_splits[];

/* What declared fields cannot say; faults go to c->problem at the order's pointers. Shares the discount out over the
 * items. */
void order_check(struct ctx *c, struct order *o);

/* total in parts by weights, largest remainder: sums up to total exactly, equal weights differ by one fen at most, equal
 * remainders go to the first. Weights >= 0, one of them > 0; 0 <= total. */
void order_share(int64_t total, const int64_t *weights, size_t n, int64_t *parts);

/* Invoices of an order: by rate (one rate each) and by limit (none over it, as few as filling in order gives). An item
 * over the limit is cut into pieces of like size, by whole pieces of goods if that works out, else without quantity. */
struct order_invoice {
	struct order_item *items;
	size_t n;
	struct money total;
};
/* false: more than ORDER_INVOICES_MAX. */
bool order_split(struct arena *a, const struct order *o, bool by_rate, struct money limit, struct order_invoice **out,
        size_t *n);

/* One JSON line for POST /invoices/batch, with its total for checking. */
void order_put_invoice(struct buf *b, const struct order_invoice *i, struct str kind, struct order_buyer buyer,
        struct str seller_ref, struct str remark);
/* The order as JSON that order_read_kept reads back: for orders that wait to be claimed. */
struct str order_keep(struct arena *a, const struct order *o);
MUST_USE err_t order_read_kept(struct ctx *c, struct str text, struct order *out);
#endif
