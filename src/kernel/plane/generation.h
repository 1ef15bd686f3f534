/* Inside the room: one LMDB file with its tables, counted by those who use it. */
#ifndef KERNEL_PLANE_GENERATION_H
#define KERNEL_PLANE_GENERATION_H
#include "kernel/plane/plane.h"
#include <lmdb.h>

struct generation {
	MDB_env *env;
	MDB_dbi kinds[PLANE_KINDS], meta;
	int64_t number;
	int users; /* under the plane's lock */
};

struct generation *generation_open(const char *dir, int64_t number, bool readonly, bool building); /* NULL: cannot */
void generation_close(struct generation *g);
void generation_path(const char *dir, int64_t number, const char *ending, char out[4096]);
int generation_put_position(struct generation *g, MDB_txn *txn, int64_t position);
int64_t generation_position(struct generation *g, MDB_txn *txn);
#endif
