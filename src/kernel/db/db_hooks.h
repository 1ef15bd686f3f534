/* Where the receipt room takes part in a write: leaves are sequenced and the checkpoint is signed inside the
 * transaction. All are called on the SQLite writer thread; c->db is the writer's connection. Any may be NULL. */
#ifndef KERNEL_DB_HOOKS_H
#define KERNEL_DB_HOOKS_H
#include "kernel/ctx/ctx.h"

struct db_hooks {
	err_t (*group_begin)(struct ctx *c);            /* before the first closure of a group; c->db is the writer */
	void (*savepoint)(struct app *app);             /* before each closure: remember the state in memory */
	void (*savepoint_rolled_back)(struct app *app); /* the closure failed: back to that state */
	err_t (*before_commit)(struct ctx *c);          /* once a group; failing fails the whole group */
	void (*group_end)(struct app *app, bool committed); /* false: back to the state of group_begin */
	err_t (*wait_durable)(struct ctx *c); /* PostgreSQL, after the commit: until c->log_wait is in a checkpoint */
};
void db_set_hooks(struct app *app, const struct db_hooks *hooks); /* before serving */
#endif
