#include "kernel/db/testing.h"
#include "kernel/db/store.h"
#include "kernel/migrate/migrate.h"
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPEN_FILES = 8 };

static void need(bool good, const char *what)
{
	if (good) return;
	(void)fprintf(stderr, "test database: %s failed\n", what);
	abort();
}

/* A schema of its own in the shared database: the connections find it by their search path. */
static void name_places(struct test_app *t)
{
	const char *tmp = getenv("TMPDIR"), *url = getenv("ETAX_TEST_DB");
	int n = snprintf(t->dir, sizeof t->dir, "%s/etax-test-XXXXXX", tmp ? tmp : "/tmp");
	need(n > 0 && (size_t)n < sizeof t->dir && mkdtemp(t->dir), "directory");
	if (!url || !*url) return;
	n = snprintf(t->url, sizeof t->url, "%s%coptions=-csearch_path%%3Dtest_%d_%.6s", url,
	        strchr(url, '?') ? '&' : '?', (int)getpid(), t->dir + strlen(t->dir) - 6);
	need(n > 0 && (size_t)n < sizeof t->url, "address");
}

static void schema(struct test_app *t, const char *verb, const char *tail)
{
	struct arena *a = arena_new();
	const char *why = "";
	if (t->url[0])
		need(db_script(&t->app, false, str_printf(a, "%s %s%s", verb, strstr(t->url, "%3Dtest_") + 3, tail),
		             &why) == OK,
		        verb);
	arena_free(a);
}

static void open_store(struct test_app *t)
{
	memset(&t->app, 0, sizeof t->app);
	t->app.clock = &t->clock;
	t->app.node = "33";
	need(db_store_open(&t->app, t->dir, t->url[0] ? t->url : NULL) == OK, "opening");
}

void test_app_open_bare(struct test_app *t)
{
	memset(t, 0, sizeof *t);
	name_places(t);
	open_store(t);
	schema(t, "CREATE SCHEMA", "");
}

void test_app_open(struct test_app *t)
{
	test_app_open_bare(t);
	need(migrate_run(&t->app) == OK, "migrations");
}

void test_app_shut(struct test_app *t)
{
	db_store_close(&t->app);
}

void test_app_reopen(struct test_app *t)
{
	if (t->app.db) test_app_shut(t);
	open_store(t);
	need(migrate_run(&t->app) == OK, "migrations after a restart");
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

void test_app_close(struct test_app *t)
{
	schema(t, "DROP SCHEMA", " CASCADE");
	test_app_shut(t);
	(void)nftw(t->dir, remove_one, OPEN_FILES, FTW_DEPTH | FTW_PHYS);
}

struct ctx test_ctx(struct app *app)
{
	struct ctx c;
	struct arena *a = arena_new();
	ctx_init(&c, app, a);
	c.db = db_open(app, a);
	need(c.db != NULL, "connection");
	return c;
}

void test_ctx_end(struct ctx *c)
{
	db_close(c->db);
	arena_free(c->arena);
}
