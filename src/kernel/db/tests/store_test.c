/* The store under many writers, failures and kill -9; on SQLite, or on PostgreSQL with ETAX_TEST_DB. */
#include "kernel/db/db.h"
#include "kernel/db/store.h"
#include "kernel/db/testing.h"
#include "kernel/outbox/outbox.h"
#include "outbox_sql.h"
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { THREADS = 64, WRITES = 200, ONE_FAILS_OF = 10, ACKNOWLEDGED = 300 };

struct act {
	bool fails;
	int64_t position;
};

static err_t act(struct ctx *c, void *arg)
{
	struct act *a = arg;
	int64_t n;
	TRY(db_counter(c, S("test.acts"), 1, &n));
	TRY(outbox_emit(c, "test.act", 7, S("{}")));
	a->position = c->outbox_wait;
	return a->fails ? E_CONFLICT : OK;
}

static err_t peek_counter(struct ctx *c, void *arg)
{
	return db_counter(c, S("test.acts"), 0, arg);
}

/* The counter adds n = 0 and gives "first of none": the value plus one. */
static int64_t counter(struct app *app)
{
	int64_t value = -1;
	struct ctx c = test_ctx(app);
	assert_int_equal(db_write(&c, peek_counter, &value), OK);
	test_ctx_end(&c);
	return value - 1;
}

/* Events stand at 1, 2, 3 … without a gap; their number. */
static int64_t events(struct app *app)
{
	struct ctx c = test_ctx(app);
	int64_t seen = 0;
	for (size_t n = 1; n > 0;) {
		struct outbox_events_after_row *rows;
		assert_int_equal(outbox_events_after(&c, seen, &rows, &n), OK);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(rows[i].position, ++seen);
	}
	test_ctx_end(&c);
	return seen;
}

static void *write_many(void *arg)
{
	struct app *app = arg;
	struct ctx c = test_ctx(app);
	intptr_t wrong = 0;
	for (int i = 0; i < WRITES; i++) {
		struct act a = { .fails = i % ONE_FAILS_OF == 3 };
		wrong += db_write(&c, act, &a) != (a.fails ? E_CONFLICT : OK);
	}
	test_ctx_end(&c);
	return (void *)wrong;
}

static void only_the_good_writes_stay(void **state)
{
	(void)state;
	struct test_app t;
	pthread_t threads[THREADS];
	test_app_open(&t);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, write_many, &t.app), 0);
	for (int i = 0; i < THREADS; i++) {
		void *wrong;
		pthread_join(threads[i], &wrong);
		assert_null(wrong);
	}
	int64_t good = (int64_t)THREADS * WRITES * (ONE_FAILS_OF - 1) / ONE_FAILS_OF;
	assert_int_equal(events(&t.app), good);
	assert_int_equal(counter(&t.app), good);
	test_app_close(&t);
}

static err_t outer(struct ctx *c, void *arg)
{
	struct act in = { 0 };
	TRY(act(c, arg));
	return db_write(c, act, &in);
}

static void nested_writes_are_one(void **state)
{
	(void)state;
	struct test_app t;
	struct act a = { 0 };
	test_app_open(&t);
	struct ctx c = test_ctx(&t.app);
	assert_int_equal(db_write(&c, outer, &a), OK);
	assert_int_equal(counter(&t.app), 2);
	test_ctx_end(&c);
	test_app_close(&t);
}

static err_t inner_fails(struct ctx *c, void *arg)
{
	struct act in = { .fails = true };
	TRY(act(c, arg));
	return db_write(c, act, &in);
}

static void a_nested_failure_takes_all_back(void **state)
{
	(void)state;
	struct test_app t;
	struct act a = { 0 };
	test_app_open(&t);
	struct ctx c = test_ctx(&t.app);
	assert_int_equal(db_write(&c, inner_fails, &a), E_CONFLICT);
	assert_int_equal(counter(&t.app), 0);
	assert_int_equal(events(&t.app), 0);
	test_ctx_end(&c);
	test_app_close(&t);
}

static void no_write_outside_a_transaction(void **state)
{
	(void)state;
	struct test_app t;
	test_app_open(&t);
	struct ctx c = test_ctx(&t.app);
	assert_int_equal(outbox_event_insert(&c, 1, S("test.act"), 7, c.now, S("{}"), NULL), E_INTERNAL);
	test_ctx_end(&c);
	assert_int_equal(events(&t.app), 0);
	test_app_close(&t);
}

static void ids_grow_and_are_never_twice(void **state)
{
	(void)state;
	struct test_app t;
	test_app_open(&t);
	struct ctx c = test_ctx(&t.app);
	int64_t last = 0;
	for (int i = 0; i < 100000; i++) {
		int64_t id = db_new_id(&c);
		assert_true(id > last);
		last = id;
	}
	test_ctx_end(&c);
	test_app_close(&t);
}

static void restart_keeps_data_and_migrations(void **state)
{
	(void)state;
	struct test_app t;
	struct act a = { 0 };
	test_app_open(&t);
	struct ctx c = test_ctx(&t.app);
	assert_int_equal(db_write(&c, act, &a), OK);
	test_ctx_end(&c);
	test_app_reopen(&t);
	assert_int_equal(events(&t.app), 1);
	test_app_close(&t);
}

/* PostgreSQL only: the writer's connection is cut; the next write makes a new one. */
static void a_cut_connection_comes_back(void **state)
{
	(void)state;
	struct test_app t;
	struct act a = { 0 };
	const char *why;
	test_app_open(&t);
	if (!t.url[0]) {
		test_app_close(&t);
		skip();
	}
	assert_int_not_equal(db_script(&t.app, false, S("SELECT pg_terminate_backend(pg_backend_pid())"), &why), OK);
	struct ctx c = test_ctx(&t.app);
	assert_int_equal(db_write(&c, act, &a), OK);
	test_ctx_end(&c);
	assert_int_equal(events(&t.app), 1);
	test_app_close(&t);
}

/* --- kill -9 --- */

static int acknowledgements; /* write end of the pipe, in the child */
static struct test_app crashing;

static void *write_for_ever(void *arg)
{
	struct ctx c = test_ctx(arg);
	for (;;) {
		struct act a = { 0 };
		if (db_write(&c, act, &a) != OK || write(acknowledgements, &a.position, sizeof a.position) < 0)
			_exit(1);
	}
}

static void child(int pipe_end)
{
	pthread_t threads[4];
	acknowledgements = pipe_end;
	test_app_reopen(&crashing);
	for (int i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, write_for_ever, &crashing.app) != 0) _exit(1);
	pause();
}

static void what_was_acknowledged_survives_a_kill(void **state)
{
	(void)state;
	int ends[2], status;
	int64_t position, highest = 0, total = 0;
	test_app_open(&crashing);
	test_app_shut(&crashing);
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) child(ends[1]);
	close(ends[1]);
	while (read(ends[0], &position, sizeof position) == sizeof position) {
		if (position > highest) highest = position;
		if (++total == ACKNOWLEDGED) kill(pid, SIGKILL);
	}
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	test_app_reopen(&crashing);
	assert_true(total >= ACKNOWLEDGED);
	assert_true(events(&crashing.app) >= highest); /* without gaps: every acknowledged one is there */
	assert_int_equal(counter(&crashing.app), events(&crashing.app));
	test_app_close(&crashing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_acknowledged_survives_a_kill),
		cmocka_unit_test(only_the_good_writes_stay),
		cmocka_unit_test(nested_writes_are_one),
		cmocka_unit_test(a_nested_failure_takes_all_back),
		cmocka_unit_test(no_write_outside_a_transaction),
		cmocka_unit_test(ids_grow_and_are_never_twice),
		cmocka_unit_test(a_cut_connection_comes_back),
		cmocka_unit_test(restart_keeps_data_and_migrations),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
