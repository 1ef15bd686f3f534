/* Issuing: from the declared input to the stored document. Inner header of the service. */
#ifndef ISSUE_WRITE_H
#define ISSUE_WRITE_H
#include "base/decimal.h"
#include "base/rate.h"
#include "kernel/receipt/receipt.h"
#include "services/foundation/registry/registry.h"
#include "services/invoice/issue/face.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/issue/vat_rates.h"

enum { ISSUE_LINES_MAX = 2000 }; /* domain/invoice.md §4.2 */

struct line_in {
	struct str tax_code, name, spec, unit, treatment, policy, coal;
	struct decimal quantity, price;
	bool has_quantity, has_price, price_includes_tax, has_amount, has_tax, has_discount;
	struct money amount; /* with or without tax as price_includes_tax says; alone, or beside quantity and price */
	struct money tax;    /* as the seller's own program computed it: within the tolerance */
	struct rate rate;
	struct money discount;
};
struct buyer_in {
	struct str tax_id, name;
};
struct issue_in {
	struct str kind, seller_ref, remark, business, rate_reason;
	struct buyer_in buyer;
	struct special_item *special;
	size_t n_special;
	struct differential differential;
	struct line_in *lines;
	size_t n_lines;
	struct money total; /* as the seller's own program computed it: exact */
	bool has_total;
	int64_t draft;
	bool has_draft;
	bool no_business; /* a way of issuing without special businesses (代开、换开) */
};
extern const struct field issue_fields[];
extern const struct choice issue_kinds[], issue_treatments[], issue_policies[];

/* Who issues, and what holds for all invoices of this act. */
struct issuer {
	struct taxpayer taxpayer;
	struct vat_rates rates;
	struct date day;
	struct str period; /* month of the quota */
};
MUST_USE err_t issuer_find(struct ctx *c, struct issuer *out, bool *may);
MUST_USE err_t issuer_load(struct ctx *c, struct issuer *out); /* E_CONFLICT: may not issue now */

/* Every rule on the input; faults go to c->problem, each at its field, beside those of the input that are there
 * already: what could be read is judged, nothing is told of a field because another could not be read. What is left to
 * be filled in of the face afterwards: number, qr. */
void rules_compose(struct ctx *c, const struct issue_in *in, const struct issuer *by, struct face *out);
bool rules_faulty(const struct ctx *c, struct str pointer); /* something was told of this very field already */
bool rules_coal(struct str tax_code);                       /* a code that demands the kind of coal */

/* Number, quota, receipt, row and event of one invoice (inside db_write). */
struct issued {
	int64_t receipt_id;
	struct value *receipt;
};
MUST_USE err_t write_one(struct ctx *c, struct face *f, const struct issuer *by, enum act_kind act, struct issued *out);
/* Channels of the number: numbers of devices are given in blocks and may come back unused. */
#define CHANNEL_WEB '2'
#define CHANNEL_DEVICE ISSUE_CHANNEL_DEVICE
MUST_USE err_t write_number(
        struct ctx *c, const struct issuer *by, char channel, int64_t n, struct str *prefix, int64_t *first);
extern const struct fault_def issue_over_quota; /* quota, used, wanted */
struct str write_number_text(struct arena *a, struct str prefix, int64_t n);
bool write_number_read(struct str number, struct str *prefix, int64_t *n); /* false: is none */
MUST_USE err_t write_quota(struct ctx *c, const struct issuer *by, struct money amount);

struct number_in {
	struct str number;
};
MUST_USE err_t issue_fsck(struct ctx *c, struct fsck *f);
op_run issue_one, issue_check, issue_preview, issue_show;
#endif
