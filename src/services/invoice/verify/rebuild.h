/* The plane from the log of events alone, beside the one that serves. */
#ifndef VERIFY_REBUILD_H
#define VERIFY_REBUILD_H
#include "kernel/ctx/ctx.h"
#include "kernel/plane/plane.h"

MUST_USE err_t verify_rebuild(struct ctx *c, struct plane *p, int64_t *invoices, int64_t *position);
#endif
