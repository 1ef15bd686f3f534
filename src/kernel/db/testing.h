/* For tests: a fresh database with all migrations, on SQLite in a directory of its own, or in a schema of its own of
 * the PostgreSQL that ETAX_TEST_DB=postgresql://… names. */
#ifndef KERNEL_DB_TESTING_H
#define KERNEL_DB_TESTING_H
#include "kernel/clock/clock.h"
#include "kernel/ctx/app.h"

struct test_app {
	struct app app;
	struct clock clock;
	char dir[256];
	char url[1024]; /* empty: SQLite */
};

void test_app_open(struct test_app *t);      /* aborts when it cannot */
void test_app_open_bare(struct test_app *t); /* without migrations */
void test_app_reopen(struct test_app *t);    /* as after a restart of the process: the same data, opened again */
void test_app_shut(struct test_app *t);      /* closes the store, keeps the data */
void test_app_close(struct test_app *t);     /* closes and removes the data */

/* A context with a connection of its own in a new arena; for threads. */
struct ctx test_ctx(struct app *app);
void test_ctx_end(struct ctx *c);
#endif
