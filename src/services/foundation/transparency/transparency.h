/* Transparency: receipts for their holders, and the public log (C2SP tlog-tiles). */
#ifndef FOUNDATION_TRANSPARENCY_H
#define FOUNDATION_TRANSPARENCY_H
#include "kernel/operation/service.h"
#include "kernel/receipt/receipt.h"

const char *transparency_act_title(enum act_kind kind); /* N_() */
/* The newest receipts of a holder as [{id, title, at, href}], for home pages. */
MUST_USE err_t transparency_recent(struct ctx *c, int64_t holder_id, size_t most, struct value **out);
#endif
