/* Issuing e-invoices (数电票, A09): numbered, taxed line by line, receipted, in one transaction. */
#ifndef INVOICE_ISSUE_H
#define INVOICE_ISSUE_H
#include "kernel/operation/service.h"

struct invoice {
	struct str number;
	int64_t seller_id, buyer_id; /* buyer_id 0: not a party known here */
	struct str kind;             /* special (增值税专用发票), ordinary (普通发票) */
	instant_us issued_at;
	struct money amount, tax, total; /* amount: without tax */
	struct str document;             /* canonical JSON: what was issued */
	int64_t receipt_id;
};
MUST_USE err_t issue_find(struct ctx *c, struct str number, struct invoice *out, bool *found);

/* Sums of a party's invoices of a month: sold (side 0) or bought (side 1). */
struct invoice_totals {
	int64_t n;
	struct money amount, tax;
};
MUST_USE err_t issue_totals(struct ctx *c, int64_t party_id, int side, struct str period, struct invoice_totals *out);
#endif
