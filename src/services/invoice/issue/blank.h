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
	struct str tax_code, name, spec, unit, quantity, price, amount, rate, treatment, policy, coal, discount;
	bool price_includes_tax;
};
struct keep_proof {
	struct str kind, voucher_no, date, amount, note;
};
struct keep_differential {
	struct str form, deduction;
	struct keep_proof *proofs;
	size_t n_proofs;
};
struct keep_in {
	struct str kind, seller_ref, remark;
	struct keep_buyer buyer;
	struct keep_line *lines;
	size_t n_lines;
	struct str business, rate_reason;
	struct special_item *special;
	size_t n_special;
	struct keep_differential differential;
	int64_t draft;
};
op_run issue_blank, issue_blank_view, draft_keep;
#endif
