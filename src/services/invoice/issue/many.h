/* What those share who issue many invoices of one seller at once: batches and lanes. Inner header of the service. */
#ifndef ISSUE_MANY_H
#define ISSUE_MANY_H
#include "kernel/tlog/tlog.h"
#include "services/invoice/issue/write.h"

/* The same buyers come again: their ids by tax id, 0 for those not known here. */
struct many_buyers;
struct many_buyers *many_buyers_new(struct arena *a); /* what it remembers lives in a */
MUST_USE err_t many_buyer(struct ctx *c, struct many_buyers *b, struct str tax_id, int64_t *id);

/* The faults of c->problem as a JSON array. */
struct str many_errors(struct ctx *c);

/* One leaf of the log for n invoices from number `first` on: who holds one can prove it by the path to root, the Merkle
 * root of their documents (inside db_write). */
MUST_USE err_t many_receipt(struct ctx *c, const struct issuer *by, struct str first, size_t n,
        const struct tlog_hash *root, int64_t *id);
#endif
