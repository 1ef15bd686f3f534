/* Issuing e-invoices (数电票, A09): numbered, taxed line by line, receipted, in one transaction. */
#ifndef INVOICE_ISSUE_H
#define INVOICE_ISSUE_H
#include "base/rate.h"
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

/* The same by kind, rate and section of the tax code (1 goods, 2 labour, 3 services, 4 intangible, 5 immovable, 6 no
 * sale), over the months from..to ("2026-10", "2026-12"); red letters are in it with negative amounts. */
struct invoice_sum {
	struct str kind;
	struct rate rate;
	int section;
	int64_t n; /* invoices with such lines */
	struct money amount, tax;
};
MUST_USE err_t issue_sums(
        struct ctx *c, int64_t seller_id, struct str from, struct str to, struct invoice_sum **out, size_t *n);
/* Lines of one invoice's document grouped in the same way; number of groups (at most max). */
size_t issue_document_sums(const struct value *document, struct str kind, struct invoice_sum *out, size_t max);

/* A party's invoices of a month behind `after` in order of their numbers: up to 200. */
struct invoice_item {
	struct str number, other_name, kind;
	instant_us issued_at;
	struct money amount, tax;
};
MUST_USE err_t issue_items(struct ctx *c, int64_t party_id, int side, struct str month, struct str after,
        struct invoice_item **out, size_t *n);
#endif
