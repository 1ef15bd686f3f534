/* Invoice quota (发票总额度, A07.1): how much a taxpayer may issue in a month, by a published formula. */
#ifndef INVOICE_QUOTA_H
#define INVOICE_QUOTA_H
#include "kernel/operation/service.h"

/* Between the first of the month and the return only what last month left is open: held, and what opens then. */
MUST_USE err_t quota_held(struct ctx *c, int64_t taxpayer_id, bool *held, struct money *full);
#endif
