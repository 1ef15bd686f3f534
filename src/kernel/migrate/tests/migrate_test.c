/* Migrations: twice, changed, from the future, and killed in the middle; SQLite, or PostgreSQL with ETAX_TEST_DB. */
#include "kernel/db/store.h"
#include "kernel/db/testing.h"
#include "kernel/migrate/migrate.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { KILLS = 24, STEP_US = 1500 };

static void script(struct test_app *t, bool projection, const char *sql)
{
	const char *why = "";
	if (db_script(&t->app, projection, str_c(sql), &why) != OK) fail_msg("%s: %s", sql, why);
}

static void all_statements_fit(struct test_app *t)
{
	struct ctx c = test_ctx(&t->app);
	for (const struct db_statement *const *const *list = statement_lists; *list; list++)
		for (const struct db_statement *const *st = *list; *st; st++) {
			struct str fault = db_misfit(&c, *st);
			if (fault.p) fail_msg("%s: %s", (*st)->name, fault.p);
		}
	test_ctx_end(&c);
}

static void twice_is_once(void **state)
{
	(void)state;
	struct test_app t;
	test_app_open(&t);
	assert_int_equal(migrate_run(&t.app), OK);
	assert_int_equal(migrate_run(&t.app), OK);
	all_statements_fit(&t);
	test_app_close(&t);
}

static void a_changed_file_is_refused(void **state)
{
	(void)state;
	struct test_app t;
	test_app_open(&t);
	script(&t, false, "UPDATE migration SET hash = 'x' WHERE name = '0001_counter.sql'");
	assert_int_equal(migrate_run(&t.app), E_CONFLICT);
	test_app_close(&t);
}

static void a_newer_database_is_refused(void **state)
{
	(void)state;
	for (int projection = 0; projection < 2; projection++) {
		struct test_app t;
		test_app_open(&t);
		script(&t, projection, "INSERT INTO migration (name, hash, at) VALUES ('9999_future.sql', 'x', 1)");
		assert_int_equal(migrate_run(&t.app), E_CONFLICT);
		test_app_close(&t);
	}
}

/* A projection store that is gone is made anew. */
static void a_lost_projection_comes_back(void **state)
{
	(void)state;
	struct test_app t;
	char path[300];
	test_app_open(&t);
	if (!t.url[0]) {
		test_app_shut(&t);
		static const char *const names[] = { "projection.db", "projection.db-wal", "projection.db-shm" };
		for (size_t i = 0; i < 3; i++) {
			(void)snprintf(path, sizeof path, "%s/%s", t.dir, names[i]);
			(void)unlink(path);
		}
		test_app_reopen(&t);
		all_statements_fit(&t);
	}
	test_app_close(&t);
}

static void killed_in_the_middle(void **state)
{
	(void)state;
	int unfinished = 0;
	for (int i = 0; i < KILLS; i++) {
		struct test_app t;
		int status;
		test_app_open_bare(&t);
		test_app_shut(&t);
		pid_t pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			test_app_reopen(&t);
			_exit(0);
		}
		(void)usleep((useconds_t)(i * STEP_US));
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		unfinished += WIFSIGNALED(status) != 0;
		test_app_reopen(&t); /* aborts when the migrations do not run */
		all_statements_fit(&t);
		test_app_close(&t);
	}
	assert_true(unfinished > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_in_the_middle),
		cmocka_unit_test(twice_is_once),
		cmocka_unit_test(a_changed_file_is_refused),
		cmocka_unit_test(a_newer_database_is_refused),
		cmocka_unit_test(a_lost_projection_comes_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
