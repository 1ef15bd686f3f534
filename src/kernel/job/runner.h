/* Runs the jobs of all services[]: one thread of this process, and JOB_LANES more for those that wait for others. */
#ifndef KERNEL_JOB_RUNNER_H
#define KERNEL_JOB_RUNNER_H
#include "kernel/ctx/app.h"

struct fsck;
MUST_USE err_t job_start(struct app *app); /* after migrate_run */
void job_stop(struct app *app);            /* the jobs at work are finished first */
MUST_USE err_t job_check(struct ctx *c, struct fsck *f);
#endif
