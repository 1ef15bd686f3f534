/* Status lists: an offline checker's knowledge of what was reversed (A10.d). */
#ifndef INVOICE_STATUS_H
#define INVOICE_STATUS_H
#include "kernel/operation/service.h"

/* Brings the files up to the last event: a delta for each month that changed; all: those that changed become new lists, and
 * those that did not get an empty delta, so that their day moves on. Calls db_write. *made: files. */
MUST_USE err_t status_make(struct ctx *c, bool all, int64_t *made);
/* Calls fn for each file, "33/202611/full" or "33/202611/delta/7"; stops at its failure. */
typedef err_t status_file_fn(void *arg, struct str path, struct str bytes);
MUST_USE err_t status_each(struct ctx *c, status_file_fn *fn, void *arg);
#endif
