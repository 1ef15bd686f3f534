/* Limits on calls: token buckets, one for each caller and operation, and one for each caller and class of operations.
 * The caller is the signed-in person, else the client's address. The table is bounded and takes no lock, so it may be
 * asked on the event threads too; when it is full, the caller that has been quiet longest is forgotten. */
#ifndef KERNEL_LIMIT_H
#define KERNEL_LIMIT_H
#include "kernel/ctx/app.h"

enum { LIMIT_OFF = -1, LIMIT_CALLS = 600, LIMIT_TOTAL = 6000 };

struct limiter;
/* per_minute: LIMIT_OFF; 0: the usual limits (LIMIT_CALLS for operations that do not say otherwise, LIMIT_TOTAL for all
 * of a class together); else this many for both. An operation's own limit holds in any case but LIMIT_OFF. */
struct limiter *limit_new(int64_t per_minute); /* NULL for LIMIT_OFF */
void limit_free(struct limiter *l);

/* One call of the bucket `key` that holds per_minute tokens; microseconds to wait, 0: go on. */
int64_t limit_take(struct limiter *l, uint64_t key, int64_t per_minute, int64_t now_us);

/* A call of c->op by c->caller. E_LIMITED: c->retry_after says when. */
MUST_USE err_t limit_admit(struct ctx *c);
/* Something a client should not do often, whoever it says it is (wrong tokens). */
MUST_USE err_t limit_client(struct ctx *c, const char *what, int64_t per_minute);
/* Something one sender behind a gateway should not do often: who is told apart by `sender`, not by the address. */
MUST_USE err_t limit_sender(struct ctx *c, const char *what, struct str sender, int64_t per_minute);
#endif
