/* The log on SQLite: groups, rollbacks, tiles, proofs of every receipt, restart. */
#include "kernel/clock/clock.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/db/store.h"
#include "kernel/keys/keys.h"
#include "kernel/migrate/migrate.h"
#include "kernel/receipt/log.h"
#include "kernel/receipt/verify.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { RECEIPTS = 600 };

static struct app app;
static struct arena *a;
static struct ctx c;
static char dir[64], url[600]; /* url: a schema of our own, so that tests do not meet */
static int64_t ids[RECEIPTS + 520];
static size_t n_ids;

static void start(void)
{
	memset(&app, 0, sizeof app);
	app.node = "33";
	app.clock = calloc(1, sizeof *app.clock);
	assert_int_equal(db_store_open(&app, dir, url[0] ? url : NULL), OK);
	assert_int_equal(keys_open(&app, dir), OK);
	assert_int_equal(migrate_run(&app), OK);
	assert_int_equal(receipt_log_open(&app), OK);
	ctx_init(&c, &app, a);
	c.db = db_open(&app, a);
	assert_non_null(c.db);
}

static void stop(void)
{
	db_close(c.db);
	db_store_close(&app);
	receipt_log_close(&app);
	keys_close(&app);
	free(app.clock);
}

/* ETAX_TEST_DB: the same tests on PostgreSQL. */
static void fresh_schema(void)
{
	const char *base = getenv("ETAX_TEST_DB"), *why = "";
	if (!base || !*base) return;
	memset(&app, 0, sizeof app);
	assert_int_equal(db_store_open(&app, dir, base), OK);
	assert_int_equal(
	        db_script(&app, false, S("DROP SCHEMA IF EXISTS log_test CASCADE; CREATE SCHEMA log_test"), &why), OK);
	db_store_close(&app);
	(void)snprintf(url, sizeof url, "%s%coptions=-csearch_path%%3Dlog_test", base, strchr(base, '?') ? '&' : '?');
}

static int setup(void **state)
{
	(void)state;
	a = arena_new();
	(void)snprintf(dir, sizeof dir, "/tmp/log_test.XXXXXX");
	if (!mkdtemp(dir)) return -1;
	fresh_schema();
	start();
	return 0;
}

static void remove_all(const char *path)
{
	DIR *d = opendir(path);
	for (struct dirent *e; d && (e = readdir(d));) {
		char name[512];
		if (e->d_name[0] == '.') continue;
		(void)snprintf(name, sizeof name, "%s/%s", path, e->d_name);
		if (e->d_type == DT_DIR) remove_all(name);
		(void)remove(name);
	}
	if (d) (void)closedir(d);
}

static int teardown(void **state)
{
	(void)state;
	stop();
	remove_all(dir);
	(void)rmdir(dir);
	arena_free(a);
	return 0;
}

struct work {
	int n;
	bool fail;
};

static err_t issue(struct ctx *w, void *arg)
{
	const struct work *work = arg;
	for (int i = 0; i < work->n; i++) {
		struct value *act = value_object(w->arena), *out;
		int64_t id;
		value_put_int(w->arena, act, "n", i);
		TRY(receipt_issue(w, ACT_RETURN_FILED, 77, act, &out, &id));
		if (!work->fail) ids[n_ids++] = id;
	}
	return work->fail ? E_CONFLICT : OK;
}

static void check_all(void)
{
	struct tlog_verifier key;
	int64_t entries;
	bool same, found;
	assert_int_equal(receipt_check(&c, &entries, &same), OK);
	assert_true(same);
	assert_int_equal(entries, n_ids);
	assert_true(tlog_verifier_parse(a, receipt_verifier(&c), &key));
	for (size_t i = 0; i < n_ids; i += 1 + n_ids / 50) {
		struct receipt r;
		struct receipt_facts facts;
		struct str file;
		assert_int_equal(receipt_find(&c, ids[i], &r, &found), OK);
		assert_true(found);
		assert_int_equal(r.position, i);
		assert_int_equal(r.holder_id, 77);
		assert_int_equal(receipt_proof(&c, &r, &file), OK);
		assert_int_equal(receipt_verify(a, file, &key, 1, &facts), RECEIPT_GOOD);
		assert_int_equal(facts.size, n_ids);
	}
}

static void grows(void **state)
{
	/* steps that end before, on and behind the borders of tiles; some fail and must leave nothing */
	static const struct work steps[] = { { 1, false }, { 5, true }, { 2, false }, { 252, false }, { 1, false },
		{ 300, true }, { 256, false }, { 1, true }, { 3, false }, { 85, false } };
	(void)state;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct work w = steps[i];
		assert_int_equal(db_write(&c, issue, &w), w.fail ? E_CONFLICT : OK);
		check_all();
	}
	assert_int_equal(n_ids, RECEIPTS);
}

static void restarts(void **state)
{
	struct str bytes;
	bool found;
	(void)state;
	stop();
	n_ids = RECEIPTS;
	start();
	check_all();
	assert_int_equal(receipt_tile(&c, 0, 1, 256, &bytes, &found), OK);
	assert_true(found && bytes.n == 8192);
	assert_int_equal(receipt_tile(&c, 1, 0, 2, &bytes, &found), OK);
	assert_true(found && bytes.n == 64);
	assert_int_equal(receipt_tile(&c, 1, 0, 3, &bytes, &found), OK);
	assert_false(found);
	assert_int_equal(receipt_bundle(&c, 2, RECEIPTS - 512, &bytes, &found), OK);
	assert_true(found);
	assert_int_equal(bytes.n, (RECEIPTS - 512) * (2 + RECEIPT_ENTRY_SIZE));
	assert_int_equal(receipt_bundle(&c, 2, RECEIPTS - 511, &bytes, &found), OK);
	assert_false(found);
}

/* Two processes beside each other on PostgreSQL: each takes up what the other appended. */
static void two_processes(void **state)
{
	(void)state;
	if (!url[0]) return; /* SQLite has one writer process */
	struct app other = { .node = "34", .clock = app.clock };
	struct ctx o;
	struct work w = { 130, false };
	assert_int_equal(db_store_open(&other, dir, url), OK);
	assert_int_equal(keys_open(&other, dir), OK);
	assert_int_equal(receipt_log_open(&other), OK);
	ctx_init(&o, &other, a);
	o.db = db_open(&other, a);
	n_ids = RECEIPTS;
	for (int i = 0; i < 4; i++)
		assert_int_equal(db_write(i % 2 ? &o : &c, issue, &w), OK);
	check_all();
	db_close(o.db);
	db_store_close(&other);
	receipt_log_close(&other);
	keys_close(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(grows), cmocka_unit_test(restarts),
		cmocka_unit_test(two_processes) };
	return cmocka_run_group_tests(tests, setup, teardown);
}
