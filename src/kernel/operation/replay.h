/* Exactly once: the first answer of an Idempotency-Key is stored in the act's own transaction and given again. */
#ifndef KERNEL_REPLAY_H
#define KERNEL_REPLAY_H
#include "kernel/operation/operation.h"

struct replay {
	bool replayed;
	int status;
	struct str location, answer;
};
/* In db_write. *found: this key was used for the same body before; E_CONFLICT names what differs. */
MUST_USE err_t replay_find(struct ctx *c, struct str body, const struct value *tree, struct replay *out);
MUST_USE err_t replay_keep(struct ctx *c, struct str body, const struct replay *answer);
/* Takes away answers older than `before`: goes through the table in its own order, a thousand at a time, so that no index on
 * time burdens the hot path. Calls db_write itself. */
MUST_USE err_t replay_forget(struct ctx *c, instant_us before);
#endif
