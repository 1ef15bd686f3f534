/* Jobs: a queue and a scheduler in the database; they survive a restart, run at least once (make effects idempotent), and
 * several processes share them (claim by UPDATE … RETURNING). Times follow the sandbox clock. */
#ifndef KERNEL_JOB_H
#define KERNEL_JOB_H
#include "kernel/ctx/ctx.h"

struct job_kind {
	const char *name;                                /* "filing.reminders" */
	err_t (*run)(struct ctx *c, struct str argument);/* argument: JSON given at enqueue; calls db_write itself */
	const char *daily_at;                            /* "02:30" China time: runs once a day; NULL: only when enqueued */
	int every_seconds;                               /* or: runs at this interval; 0: not */
	int max_tries;                                   /* 0: 5, with growing pauses */
};

/* Inside or outside db_write. key: at most one waiting job of this kind and key; STR_NONE: any number. */
MUST_USE err_t job_enqueue(struct ctx *c, const char *kind, struct str key, struct str argument, instant_us not_before);
/* The same for work that waits for a program of others (a webhook): it holds up no other job. lane: whom it waits for; the
 * jobs of a lane run one after the other, in order of their times. Up to JOB_LANES lanes at once in a process. */
enum { JOB_LANES = 4 };
MUST_USE err_t job_enqueue_lane(
        struct ctx *c, const char *kind, struct str lane, struct str key, struct str argument, instant_us not_before);
/* In db_write. Nothing that waits in the lane runs before that: who did not answer is not asked for the next thing at once, so
 * that a few silent ones do not take all the lanes for themselves. */
MUST_USE err_t job_rest_lane(struct ctx *c, struct str lane, instant_us until);
#endif
