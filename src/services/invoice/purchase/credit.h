/* Inputs and handlers of the purchase service. Inner header. */
#ifndef PURCHASE_CREDIT_H
#define PURCHASE_CREDIT_H
#include "services/invoice/purchase/purchase.h"

struct import_in {
	struct str xml;
};
struct purchase_number_in {
	struct str number;
};
struct credit_in {
	struct period period;
	struct str *numbers;
	size_t n_numbers;
};
struct credits_in {
	struct period period;
	bool has_period;
	struct str state, after;
};
op_run purchase_import, purchase_show, credit_confirm, credit_withdraw, credit_list;
MUST_USE err_t credit_close(struct ctx *c, const struct event *events, size_t n);
MUST_USE err_t credit_fsck(struct ctx *c, struct fsck *f);
#endif
