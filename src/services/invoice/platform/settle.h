/* Orders that waited become invoices: one way for claiming, merging and splitting. Inner header. */
#ifndef PLATFORM_SETTLE_H
#define PLATFORM_SETTLE_H
#include "services/invoice/platform/platform.h"

struct waiting {
	struct str order_no, state, kept, drawer, numbers;
	struct order order; /* of kept, while it waits */
	int64_t settle_id;
	struct money total;
};
struct settling {
	int64_t seller_id, platform_id;
	struct waiting *orders;
	size_t n;
	struct order_buyer buyer;
	struct str kind; /* STR_NONE: as the orders say */
	bool by_rate;
	struct money limit; /* 0: as the orders say */
};
struct settled {
	struct str numbers, errors; /* errors: JSON array, nothing was issued */
	struct money total;
	struct value *receipt; /* NULL: settled before */
};
/* Merges the orders and splits what comes out. Faults go to /tax_id, /limit, /orders. Makes its own transactions. */
MUST_USE err_t settle_orders(struct ctx *c, struct settling *s, struct settled *out);
/* One that is under way already, whoever began it. */
MUST_USE err_t settle_resume(struct ctx *c, int64_t settle_id, struct settled *out);
#endif
