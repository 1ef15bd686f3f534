/* Counters without gaps in the writer's memory: read once a group, written once before its commit. A number for every
 * act would else be a statement for every act. */
#ifndef KERNEL_DB_COUNTERS_H
#define KERNEL_DB_COUNTERS_H
#include "kernel/db/db.h"

enum { COUNTERS = 256, COUNTER_NAME_MAX = 80 };

struct counter {
	char name[COUNTER_NAME_MAX];
	size_t n;
	int64_t value, saved;
	bool changed, saved_changed;
};
struct counters {
	struct counter list[COUNTERS];
	size_t n;
};

void counters_forget(struct counters *k);    /* a group begins, or did not commit */
void counters_save(struct counters *k);      /* an act begins */
void counters_roll_back(struct counters *k); /* the act failed */
MUST_USE err_t counters_next(struct counters *k, struct ctx *c, struct str name, int64_t n, int64_t *first);
MUST_USE err_t counters_write(struct counters *k, struct ctx *c); /* before the commit */
#endif
