/* The outbox's consumers in this process: one thread. */
#ifndef KERNEL_OUTBOX_RUNNER_H
#define KERNEL_OUTBOX_RUNNER_H
#include "kernel/ctx/app.h"

MUST_USE err_t outbox_start(struct app *app); /* consumers of all services[]; after migrate_run */
void outbox_stop(struct app *app);

struct subscription;
struct fsck;
struct event;
/* What outbox_read gives; more: there may be more behind it at once. */
MUST_USE err_t outbox_window(struct ctx *c, int64_t after, struct event **events, size_t *n, bool *more);
/* How far a consumer has come; 0: it has seen nothing. */
MUST_USE err_t outbox_position(struct ctx *c, const struct subscription *s, int64_t *position);
MUST_USE err_t outbox_check(struct ctx *c, struct fsck *f);
#endif
