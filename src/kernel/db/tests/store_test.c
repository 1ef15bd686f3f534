/* The store under many writers, failures and kill -9; on SQLite, or on PostgreSQL with ETAX_TEST_DB. */
#include "kernel/db/db.h"
#include "kernel/db/engine.h"
#include "kernel/db/retry.h"
#include "kernel/db/store.h"
#include "kernel/db/testing.h"
#include "kernel/metrics/metrics.h"
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
		struct event *rows;
		assert_int_equal(outbox_read(&c, seen, &rows, &n), OK);
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

/* Holds the writer until the acts behind it have queued up, so that they are one group. */
struct gate {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	bool entered, opened;
};

static err_t hold(struct ctx *c, void *arg)
{
	struct gate *g = arg;
	(void)c;
	pthread_mutex_lock(&g->lock);
	g->entered = true;
	pthread_cond_broadcast(&g->moved);
	while (!g->opened)
		pthread_cond_wait(&g->moved, &g->lock);
	pthread_mutex_unlock(&g->lock);
	return OK;
}

enum kind_of_act { GOOD, REFUSED, FAILS_BEHIND_A_ROW, DOUBLES_AT_ITS_END, DOUBLES_AND_GOES_ON, MANY };
enum { ROWS_OF_MANY = 500 };
struct member {
	enum kind_of_act kind;
	int runs;
};

/* Nobody waits for its answer: PostgreSQL's comes later. */
static err_t a_row_that_is_there(struct ctx *c)
{
	return outbox_event_insert(c, 1, S("test.act"), 7, c->now, S("{}"), NULL);
}

static err_t run_member(struct ctx *c, void *arg)
{
	struct member *m = arg;
	int64_t n;
	m->runs++;
	TRY(db_counter(c, S("test.acts"), 1, &n));
	if (m->kind == REFUSED) return E_INPUT;
	TRY(outbox_emit(c, "test.act", 7, S("{}")));
	switch (m->kind) {
	case MANY:
		for (int i = 1; i < ROWS_OF_MANY; i++)
			TRY(outbox_emit(c, "test.act", 7, S("{}")));
		return OK;
	case DOUBLES_AT_ITS_END: return a_row_that_is_there(c);
	case DOUBLES_AND_GOES_ON: TRY(a_row_that_is_there(c)); return outbox_emit(c, "test.act", 7, S("{}"));
	case FAILS_BEHIND_A_ROW: return E_CONFLICT;
	case REFUSED:
	case GOOD: return OK;
	}
	return E_INTERNAL;
}

/* Runs the members as one group; counts that each answered as it should. */
static void run_as_group(struct app *app, struct member *m, size_t n)
{
	static const err_t expected[] = { [GOOD] = OK,
		[MANY] = OK,
		[REFUSED] = E_INPUT,
		[FAILS_BEHIND_A_ROW] = E_CONFLICT,
		[DOUBLES_AT_ITS_END] = E_CONFLICT,
		[DOUBLES_AND_GOES_ON] = E_CONFLICT };
	struct gate g = { .lock = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER };
	struct ctx first = test_ctx(app), c[8];
	struct db_pending *held = db_write_start(&first, hold, &g), *pending[8];
	assert_in_range(n, 1, 8);
	pthread_mutex_lock(&g.lock);
	while (!g.entered)
		pthread_cond_wait(&g.moved, &g.lock);
	pthread_mutex_unlock(&g.lock);
	for (size_t i = 0; i < n; i++) {
		c[i] = test_ctx(app);
		pending[i] = db_write_start(&c[i], run_member, &m[i]);
	}
	pthread_mutex_lock(&g.lock);
	g.opened = true;
	pthread_cond_broadcast(&g.moved);
	pthread_mutex_unlock(&g.lock);
	assert_int_equal(db_write_end(held), OK);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(db_write_end(pending[i]), expected[m[i].kind]);
		test_ctx_end(&c[i]);
	}
	test_ctx_end(&first);
}

/* docs/adr/0022: SQLite runs a group again only when an act has failed behind a row of its own. */
static void a_group_runs_again_only_for_rows(void **state)
{
	(void)state;
	struct test_app t;
	struct member calm[] = { { GOOD }, { REFUSED }, { GOOD } };
	struct member torn[] = { { GOOD }, { FAILS_BEHIND_A_ROW }, { REFUSED }, { GOOD } };
	struct member alone[] = { { FAILS_BEHIND_A_ROW } };
	test_app_open(&t);
	run_as_group(&t.app, calm, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(calm[i].runs, 1);
	assert_int_equal(events(&t.app), 2);
	run_as_group(&t.app, torn, 4);
	struct ctx c = test_ctx(&t.app);
	bool free_first = db_engine_of(c.db) == DB_SQLITE;
	test_ctx_end(&c);
	assert_int_equal(torn[0].runs, free_first ? 2 : 1);
	assert_int_equal(torn[1].runs, free_first ? 2 : 1);
	assert_int_equal(torn[3].runs, 1);
	assert_int_equal(events(&t.app), 4);
	run_as_group(&t.app, alone, 1);
	assert_int_equal(alone[0].runs, 1);
	assert_int_equal(events(&t.app), 4);
	assert_int_equal(counter(&t.app), 4);
	test_app_close(&t);
}

/* docs/adr/0026: what is sent ahead and fails takes its own act with it, not the one before and not the one behind. */
static void a_late_answer_is_its_acts_own(void **state)
{
	(void)state;
	struct test_app t;
	struct member first[] = { { GOOD } };
	struct member mixed[] = { { GOOD }, { DOUBLES_AT_ITS_END }, { GOOD }, { DOUBLES_AND_GOES_ON }, { MANY },
		{ REFUSED }, { DOUBLES_AT_ITS_END }, { GOOD } };
	struct member last[] = { { GOOD }, { DOUBLES_AT_ITS_END } };
	test_app_open(&t);
	run_as_group(&t.app, first, 1);
	run_as_group(&t.app, mixed, 8);
	assert_int_equal(events(&t.app), 1 + 3 + ROWS_OF_MANY);
	run_as_group(&t.app, last, 2);
	assert_int_equal(events(&t.app), 2 + 3 + ROWS_OF_MANY);
	assert_int_equal(counter(&t.app), 6);
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

/* --- another session in the way: PostgreSQL only --- */

static int slots[2];
static const uint8_t one_int[] = { DB_INT };
static const struct db_statement raise_row = { .name = "test.raise",
	.sql = "UPDATE duel SET n = n + 1 WHERE k = $1",
	.in = one_int,
	.n_in = 1,
	.writes = 1,
	.slot = &slots[0] };
static const struct db_statement read_row = { .name = "test.read",
	.sql = "SELECT n FROM duel WHERE k = $1",
	.in = one_int,
	.out = one_int,
	.n_in = 1,
	.n_out = 1,
	.slot = &slots[1] };

struct duel {
	struct test_app t;
	struct engine_connection *other;
	pthread_t thread;
	bool always; /* the other one is in the way of every run */
	int runs;
	int64_t position;
};

static void command(struct duel *d, const char *sql)
{
	if (!engine_postgresql.command(d->other, false, sql)) fail_msg("%s", sql);
}

static err_t raise_at(struct ctx *c, int64_t k)
{
	const struct db_value in = { .i = k };
	int64_t raised; /* asked for, so that the row is held when this returns */
	return db_run(c, &raise_row, &in, NULL, NULL, 0, &raised);
}

static int64_t number_at(struct ctx *c, int64_t k)
{
	const struct db_value in = { .i = k };
	struct db_value *row;
	size_t n;
	assert_int_equal(db_run(c, &read_row, &in, &row, &n, 1, NULL), OK);
	return n ? row->i : -1;
}

static void duel_begin(struct duel *d)
{
	const char *why;
	memset(d, 0, sizeof *d);
	test_app_open(&d->t);
	if (!d->t.url[0]) {
		test_app_close(&d->t);
		skip();
	}
	d->t.app.metrics = metrics_new();
	assert_int_equal(db_script(&d->t.app, false,
	                         S("CREATE TABLE duel (k BIGINT PRIMARY KEY, n BIGINT NOT NULL);"
	                           "INSERT INTO duel VALUES (1, 0), (2, 0)"),
	                         &why),
	        OK);
	d->other = engine_postgresql.open(d->t.url, ENGINE_WRITER);
	assert_non_null(d->other);
}

/* The act has happened so often, the other session's so often; the metric says how many runs were in vain. */
static void duel_end(struct duel *d, int64_t one, int64_t two, int64_t acts, const char *metric)
{
	struct ctx c = test_ctx(&d->t.app);
	struct buf text;
	assert_int_equal(number_at(&c, 1), one);
	assert_int_equal(number_at(&c, 2), two);
	buf_init(&text, c.arena, 1024);
	metrics_write(d->t.app.metrics, &text);
	assert_true(str_find(buf_done(&text), metric) >= 0);
	test_ctx_end(&c);
	assert_int_equal(events(&d->t.app), acts);
	assert_int_equal(counter(&d->t.app), acts);
	engine_postgresql.close(d->other);
	metrics_free(d->t.app.metrics);
	d->t.app.metrics = NULL;
	test_app_close(&d->t);
}

static void *take_row_one(void *arg)
{
	struct duel *d = arg;
	command(d, "UPDATE duel SET n = n + 10 WHERE k = 1"); /* waits for the act, which will wait for us */
	command(d, "COMMIT");
	return NULL;
}

/* The act holds row 1 and wants row 2, the other session holds row 2 and wants row 1. */
static err_t crosswise(struct ctx *c, void *arg)
{
	struct duel *d = arg;
	struct act a = { 0 };
	TRY(act(c, &a));
	TRY(raise_at(c, 1));
	if (++d->runs == 1) {
		command(d, "BEGIN");
		command(d, "SET LOCAL deadlock_timeout = '60s'"); /* the act is the one to give way */
		command(d, "UPDATE duel SET n = n + 10 WHERE k = 2");
		assert_int_equal(pthread_create(&d->thread, NULL, take_row_one, d), 0);
	}
	return raise_at(c, 2);
}

static void a_deadlock_is_run_again(void **state)
{
	struct duel d;
	(void)state;
	duel_begin(&d);
	struct ctx c = test_ctx(&d.t.app);
	assert_int_equal(db_write(&c, crosswise, &d), OK);
	pthread_join(d.thread, NULL);
	assert_int_equal(d.runs, 2);
	test_ctx_end(&c);
	duel_end(&d, 11, 11, 1, "etax_db_conflicts_total{end=\"again\"} 1\n");
}

static void serializable(struct duel *d)
{
	const char *why;
	assert_int_equal(db_script(&d->t.app, false,
	                         S("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE"), &why),
	        OK);
}

/* Write skew: each reads what the other one writes. The failure comes with the COMMIT. */
static err_t skewed(struct ctx *c, void *arg)
{
	struct duel *d = arg;
	struct act a = { 0 };
	TRY(act(c, &a));
	(void)number_at(c, 1);
	TRY(raise_at(c, 2));
	if (++d->runs == 1 || d->always) {
		command(d, "BEGIN ISOLATION LEVEL SERIALIZABLE");
		command(d, "SELECT sum(n) FROM duel");
		command(d, "UPDATE duel SET n = n + 10 WHERE k = 1");
		command(d, "COMMIT");
	}
	return OK;
}

static void a_serialization_failure_is_run_again(void **state)
{
	struct duel d;
	(void)state;
	duel_begin(&d);
	serializable(&d);
	struct ctx c = test_ctx(&d.t.app);
	assert_int_equal(db_write(&c, skewed, &d), OK);
	assert_int_equal(d.runs, 2);
	assert_int_equal(c.outbox_wait, 1); /* of the run that stayed */
	test_ctx_end(&c);
	duel_end(&d, 10, 1, 1, "etax_db_conflicts_total{end=\"again\"} 1\n");
}

static void it_ends_as_busy(void **state)
{
	struct duel d;
	(void)state;
	duel_begin(&d);
	serializable(&d);
	d.always = true;
	struct ctx c = test_ctx(&d.t.app);
	assert_int_equal(db_write(&c, skewed, &d), E_BUSY);
	assert_int_equal(d.runs, RETRY_TRIES);
	test_ctx_end(&c);
	duel_end(&d, 10 * RETRY_TRIES, 0, 0, "etax_db_conflicts_total{end=\"busy\"} 1\n");
}

static err_t cut_in_the_middle(struct ctx *c, void *arg)
{
	struct duel *d = arg;
	struct act a = { 0 };
	d->runs++;
	TRY(raise_at(c, 1));
	command(d, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
	           "WHERE state = 'idle in transaction' AND pid <> pg_backend_pid() AND datname = current_database()");
	(void)raise_at(c, 2);
	return act(c, &a); /* must not run outside the transaction on a new connection */
}

static void a_cut_inside_an_act_leaves_nothing(void **state)
{
	struct duel d;
	struct act a = { 0 };
	(void)state;
	duel_begin(&d);
	struct ctx c = test_ctx(&d.t.app);
	assert_int_not_equal(db_write(&c, cut_in_the_middle, &d), OK);
	assert_int_equal(d.runs, 1);
	assert_int_equal(db_write(&c, act, &a), OK);
	test_ctx_end(&c);
	duel_end(&d, 0, 0, 1, "");
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
		cmocka_unit_test(a_group_runs_again_only_for_rows),
		cmocka_unit_test(a_late_answer_is_its_acts_own),
		cmocka_unit_test(nested_writes_are_one),
		cmocka_unit_test(a_nested_failure_takes_all_back),
		cmocka_unit_test(no_write_outside_a_transaction),
		cmocka_unit_test(ids_grow_and_are_never_twice),
		cmocka_unit_test(a_cut_connection_comes_back),
		cmocka_unit_test(a_cut_inside_an_act_leaves_nothing),
		cmocka_unit_test(a_deadlock_is_run_again),
		cmocka_unit_test(a_serialization_failure_is_run_again),
		cmocka_unit_test(it_ends_as_busy),
		cmocka_unit_test(restart_keeps_data_and_migrations),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
