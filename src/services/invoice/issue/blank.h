/* The form of an invoice as a page: what it starts from, what it shows while it is filled in, and drafts of it. */
#ifndef ISSUE_BLANK_H
#define ISSUE_BLANK_H
#include "services/invoice/issue/write.h"

struct blank_in {
	int64_t draft;
	struct str copy;
};
extern const struct field blank_fields[], keep_fields[];
struct keep_buyer {
	struct str tax_id, name;
};
struct keep_line {
	struct str tax_code, name, spec, unit, quantity, price, amount, rate, treatment, discount;
	bool price_includes_tax;
};
struct keep_in {
	struct str kind, seller_ref, remark;
	struct keep_buyer buyer;
	struct keep_line *lines;
	size_t n_lines;
	int64_t draft;
};
op_run issue_blank, issue_blank_view, draft_keep;
#endif
