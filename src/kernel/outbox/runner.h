/* The outbox's consumers in this process: one thread. */
#ifndef KERNEL_OUTBOX_RUNNER_H
#define KERNEL_OUTBOX_RUNNER_H
#include "kernel/ctx/app.h"

MUST_USE err_t outbox_start(struct app *app); /* consumers of all services[]; after migrate_run */
void outbox_stop(struct app *app);
#endif
