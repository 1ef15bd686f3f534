/* Outbox: events turn dependencies round. A service emits inside its transaction; subscribers get every event once, in
 * order, after the commit: projections (party lists, totals, the verification plane), messages, search.
 * A consumer's position is stored in the same transaction as its effect, so it survives crashes and can be rebuilt:
 * position 0 = from the first event. Lag is in /metrics (etax_outbox_lag). */
#ifndef KERNEL_OUTBOX_H
#define KERNEL_OUTBOX_H
#include "kernel/ctx/ctx.h"
#include "kernel/value/value.h"

struct event {
	int64_t position;   /* 1, 2, 3 … without gaps per database */
	struct str kind;    /* "invoice.issued" */
	int64_t subject_id; /* party it is about */
	instant_us at;
	struct str body; /* canonical JSON, or packed bytes agreed between emitter and subscriber */
};

/* Adds an event to the open transaction (inside db_write only). */
MUST_USE err_t outbox_emit(struct ctx *c, const char *kind, int64_t subject_id, struct str body);

enum consumer_kind {
	CONSUMER_PROJECTION, /* effect in the projection store; readers see their own writes (outbox_catch_up) */
	CONSUMER_CORE,       /* effect in the core database through db_write: messages, follow-up obligations */
	CONSUMER_EXTERNAL,   /* keeps its own position (LMDB plane): load/save by the two functions */
};
struct subscription {
	const char *consumer; /* "issue.party_list": name of its position */
	const char *kinds;    /* blank-separated event kinds */
	enum consumer_kind kind;
	err_t (*apply)(struct ctx *c, const struct event *events, size_t n); /* a batch of up to 1,000, in order */
	err_t (*position)(struct ctx *c, int64_t *position);                 /* CONSUMER_EXTERNAL only */
	err_t (*advance)(struct ctx *c, int64_t position); /* CONSUMER_EXTERNAL: batch held no event for it */
};

/* Writers do not wait for the projections; readers do, and see what was answered for before they asked: their own acts
 * always (at most 2 s), those of others if it is a matter of milliseconds. */
void outbox_wrote(struct ctx *c);    /* after the commit of an act, before its answer */
void outbox_catch_up(struct ctx *c); /* before reading */
/* Waits until all projections reached the position of this context's own last event. */
MUST_USE err_t outbox_wait(struct ctx *c);

/* For checks and rebuilding: events behind `after` in order, up to 1,000 or a few megabytes (none: there are no more);
 * how far a consumer has come (-1: no such one). */
MUST_USE err_t outbox_read(struct ctx *c, int64_t after, struct event **events, size_t *n);
/* When the first event behind that position happened. */
MUST_USE err_t outbox_next(struct ctx *c, int64_t after, instant_us *at, bool *found);
MUST_USE err_t outbox_seen_by(struct ctx *c, const char *consumer, int64_t *position);
#endif
