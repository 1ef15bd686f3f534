/* Issuing: from the declared input to the stored document. */
#ifndef ISSUE_WRITE_H
#define ISSUE_WRITE_H
#include "base/decimal.h"
#include "base/rate.h"
#include "services/invoice/issue/issue.h"

struct line_in {
	struct str tax_code, name, spec, unit;
	struct decimal quantity, price;
	bool has_quantity, has_price, price_includes_tax, has_amount, has_discount;
	struct money amount; /* when there is no quantity and price; with or without tax as price_includes_tax says */
	struct rate rate;
	struct money discount;
};
struct buyer_in {
	struct str tax_id, name;
};
struct issue_in {
	struct str kind, seller_ref, remark;
	struct buyer_in buyer;
	struct line_in *lines;
	size_t n_lines;
};
struct number_in {
	struct str number;
};
struct list_in {
	struct str side;
	struct period period;
	bool has_period;
	struct str after;
};

op_run issue_one, issue_show, issue_list;
MUST_USE err_t issue_party_lists(struct ctx *c, const struct event *events, size_t n);
MUST_USE err_t issue_check(struct ctx *c, struct fsck *f);
#endif
