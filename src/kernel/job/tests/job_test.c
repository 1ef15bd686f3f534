/* Jobs: after a restart, with failures, by key, and by the timetable under a clock that is set. */
#include "job_sql.h"
#include "kernel/db/db.h"
#include "kernel/db/testing.h"
#include "kernel/job/job.h"
#include "kernel/job/runner.h"
#include "kernel/operation/service.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { WAIT_TRIES = 500, WAIT_US = 10000 };
#define SECOND INT64_C(1000000)
#define HOUR INT64_C(3600000000)

static int ran, failed, reports; /* written by the runner's thread, read with __atomic */

static err_t run(struct ctx *c, struct str argument)
{
	(void)c;
	if (!str_is(argument, "{\"n\":1}")) return E_INTERNAL;
	__atomic_add_fetch(&ran, 1, __ATOMIC_SEQ_CST);
	return OK;
}

static err_t give_back(struct ctx *c, struct str argument)
{
	(void)c, (void)argument;
	__atomic_add_fetch(&failed, 1, __ATOMIC_SEQ_CST);
	return E_BUSY;
}

static err_t report(struct ctx *c, struct str argument)
{
	(void)c, (void)argument;
	__atomic_add_fetch(&reports, 1, __ATOMIC_SEQ_CST);
	return OK;
}

/* "a": 150 ms each, "b": says when it ran; noted in order. */
enum { LANE_US = 150000, NOTED = 16 };
static int lanes, at_once, most_at_once, most_a, in_a;
static char noted[NOTED + 1];

static void grew(int *most, int now)
{
	if (now > *most) *most = now;
}

static pthread_mutex_t note = PTHREAD_MUTEX_INITIALIZER;
static err_t lane(struct ctx *c, struct str argument)
{
	struct value *v;
	struct json_fault where;
	if (json_parse(c->arena, argument, &v, &where) != OK) return E_INTERNAL;
	bool slow = value_number(v, "slow", 0) != 0;
	pthread_mutex_lock(&note);
	grew(&most_at_once, ++at_once);
	if (slow) grew(&most_a, ++in_a);
	pthread_mutex_unlock(&note);
	if (slow) usleep(LANE_US);
	pthread_mutex_lock(&note);
	noted[lanes] = value_text(v, "name").p[0];
	at_once--;
	if (slow) in_a--;
	pthread_mutex_unlock(&note);
	__atomic_add_fetch(&lanes, 1, __ATOMIC_SEQ_CST);
	return OK;
}

static const struct job_kind jobs[] = {
	{ .name = "test.lane", .run = lane },
	{ .name = "test.run", .run = run },
	{ .name = "test.fail", .run = give_back, .max_tries = 3 },
	{ .name = "test.report", .run = report, .daily_at = "02:30" },
};
static const struct service test_service = { .name = "test", .jobs = jobs, .n_jobs = COUNT(jobs) };
const struct service *const services[] = { &test_service, NULL };
const size_t n_services = 1;

static void wait_for(int *number, int value)
{
	for (int i = 0; i < WAIT_TRIES && __atomic_load_n(number, __ATOMIC_SEQ_CST) < value; i++)
		usleep(WAIT_US);
	assert_int_equal(__atomic_load_n(number, __ATOMIC_SEQ_CST), value);
}

static void enqueue(struct app *app, const char *kind, struct str key)
{
	struct ctx c = test_ctx(app);
	assert_int_equal(job_enqueue(&c, kind, key, S("{\"n\":1}"), c.now), OK);
	test_ctx_end(&c);
}

static void a_key_waits_once_and_survives_a_restart(void **state)
{
	(void)state;
	struct test_app t;
	test_app_open(&t);
	ran = 0;
	enqueue(&t.app, "test.run", S("a"));
	enqueue(&t.app, "test.run", S("a"));
	enqueue(&t.app, "test.run", STR_NONE);
	enqueue(&t.app, "test.run", STR_NONE);
	test_app_reopen(&t);
	assert_int_equal(job_start(&t.app), OK);
	wait_for(&ran, 3);
	enqueue(&t.app, "test.run", S("a"));
	wait_for(&ran, 4);
	job_stop(&t.app);
	test_app_close(&t);
}

static void an_unknown_kind_is_refused(void **state)
{
	(void)state;
	struct test_app t;
	test_app_open(&t);
	struct ctx c = test_ctx(&t.app);
	assert_int_equal(job_enqueue(&c, "test.unknown", STR_NONE, S("{}"), c.now), E_INTERNAL);
	test_ctx_end(&c);
	test_app_close(&t);
}

static void failures_are_tried_again_then_given_up(void **state)
{
	(void)state;
	struct test_app t;
	struct job_given_up_row row = { 0 };
	bool found;
	test_app_open(&t);
	failed = 0;
	enqueue(&t.app, "test.fail", STR_NONE);
	for (int i = 1; i <= 3; i++) { /* a fresh start each time: the clock is moved while nobody reads it */
		assert_int_equal(job_start(&t.app), OK);
		wait_for(&failed, i);
		job_stop(&t.app);
		clock_set(&t.clock, clock_now(&t.clock) + HOUR);
	}
	assert_int_equal(job_start(&t.app), OK);
	usleep(700000);
	job_stop(&t.app);
	assert_int_equal(failed, 3);
	struct ctx c = test_ctx(&t.app);
	assert_int_equal(job_given_up(&c, &row, &found), OK);
	assert_int_equal(row.n, 1);
	test_ctx_end(&c);
	test_app_close(&t);
}

struct crashed {
	int64_t job_id, lease, tries;
};
static err_t claim_and_die(struct ctx *c, void *arg)
{
	struct crashed *k = arg;
	struct job_claim_row row;
	struct timespec now;
	bool mine;
	clock_gettime(CLOCK_REALTIME, &now);
	instant_us wall = now.tv_sec * SECOND;
	TRY(job_claim(c, wall + k->lease, S("crashed"), k->job_id, wall, &row, &mine));
	k->tries = row.tries;
	return mine ? OK : E_CONFLICT;
}

/* A job that a process of that name has claimed, and then nothing more. */
static void crash(struct test_app *t, struct crashed *k)
{
	struct job_due_row due;
	bool found;
	ran = 0;
	enqueue(&t->app, "test.run", STR_NONE);
	struct ctx c = test_ctx(&t->app);
	assert_int_equal(job_due(&c, c.now + 1, 0, &due, &found), OK);
	assert_true(found);
	k->job_id = due.job_id;
	assert_int_equal(db_write(&c, claim_and_die, k), OK);
	assert_int_equal(db_write(&c, claim_and_die, k), E_CONFLICT); /* nobody else may take it now */
	test_ctx_end(&c);
}

static void a_job_cut_off_by_a_crash_runs_again(void **state)
{
	(void)state;
	struct test_app t;
	struct crashed k = { .lease = HOUR };
	test_app_open(&t);
	crash(&t, &k);
	test_app_reopen(&t);
	t.app.instance = "crashed"; /* started again: at once, however long the lease */
	assert_int_equal(job_start(&t.app), OK);
	wait_for(&ran, 1);
	job_stop(&t.app);
	test_app_close(&t);
}

/* PostgreSQL: another process waits for the lease, and the sandbox clock has no part in it. */
static void another_process_takes_it_when_the_lease_is_over(void **state)
{
	(void)state;
	struct test_app t;
	struct crashed k = { .lease = 3 * SECOND };
	test_app_open(&t);
	if (!t.url[0]) {
		test_app_close(&t);
		skip();
	}
	crash(&t, &k);
	clock_set(&t.clock, clock_now(&t.clock) + 2 * HOUR);
	assert_int_equal(job_start(&t.app), OK);
	usleep(1000000);
	assert_int_equal(__atomic_load_n(&ran, __ATOMIC_SEQ_CST), 0);
	wait_for(&ran, 1);
	job_stop(&t.app);
	test_app_close(&t);
}

static err_t claim_again(struct ctx *c, void *arg)
{
	struct crashed *k = arg;
	struct job_claim_row row;
	bool mine;
	TRY(job_claim(c, INT64_MAX, S("second"), k->job_id, INT64_MAX - 1, &row, &mine));
	assert_true(mine);
	k->tries = row.tries;
	return OK;
}

static err_t finish_late(struct ctx *c, void *arg)
{
	const struct crashed *k = arg;
	int64_t done, renewed, retried, given_up;
	TRY(job_done(c, k->job_id, k->tries, &done));
	TRY(job_renew(c, 1, k->job_id, k->tries, &renewed));
	TRY(job_retry(c, 1, k->job_id, k->tries, &retried));
	TRY(job_give_up(c, k->job_id, k->tries, &given_up));
	return done + renewed + retried + given_up == 0 ? OK : E_CONFLICT;
}

static err_t finish(struct ctx *c, void *arg)
{
	const struct crashed *k = arg;
	int64_t done;
	TRY(job_done(c, k->job_id, k->tries, &done));
	return done == 1 ? OK : E_CONFLICT;
}

static void who_lost_the_lease_cannot_finish(void **state)
{
	(void)state;
	struct test_app t;
	struct crashed old = { .lease = HOUR }, new;
	test_app_open(&t);
	crash(&t, &old);
	new = old;
	struct ctx c = test_ctx(&t.app);
	assert_int_equal(db_write(&c, claim_again, &new), OK);
	assert_true(new.tries > 1);
	old.tries = 1;
	assert_int_equal(db_write(&c, finish_late, &old), OK);
	assert_int_equal(db_write(&c, finish, &new), OK);
	test_ctx_end(&c);
	test_app_close(&t);
}

static void daily_once_a_day(void **state)
{
	(void)state;
	struct test_app t;
	test_app_open(&t);
	reports = 0;
	clock_set(&t.clock, date_to_instant((struct date){ 2026, 11, 24 }) + HOUR); /* 01:00 */
	assert_int_equal(job_start(&t.app), OK);
	usleep(700000);
	job_stop(&t.app);
	assert_int_equal(reports, 0);
	for (int day = 1; day <= 3; day++) {
		clock_set(&t.clock, date_to_instant(date_add_days((struct date){ 2026, 11, 23 }, day)) + 3 * HOUR);
		assert_int_equal(job_start(&t.app), OK);
		wait_for(&reports, day);
		usleep(700000); /* not again on the same day */
		job_stop(&t.app);
		assert_int_equal(reports, day);
	}
	test_app_close(&t);
}

static void enqueue_lane(struct app *app, const char *lane_name, const char *argument)
{
	struct ctx c = test_ctx(app);
	assert_int_equal(job_enqueue_lane(&c, "test.lane", str_c(lane_name), STR_NONE, str_c(argument), c.now), OK);
	test_ctx_end(&c);
}

/* One lane is slow: its own jobs come one after the other and in order, all others meanwhile. */
static void a_lane_holds_up_nobody_else(void **state)
{
	static const char *const slow[] = { "{\"name\":\"1\",\"slow\":1}", "{\"name\":\"2\",\"slow\":1}",
		"{\"name\":\"3\",\"slow\":1}" };
	(void)state;
	struct test_app t;
	test_app_open(&t);
	ran = lanes = 0;
	for (size_t i = 0; i < COUNT(slow); i++)
		enqueue_lane(&t.app, "a", slow[i]);
	enqueue_lane(&t.app, "b", "{\"name\":\"b\"}");
	enqueue_lane(&t.app, "c", "{\"name\":\"c\"}");
	enqueue(&t.app, "test.run", STR_NONE);
	assert_int_equal(job_start(&t.app), OK);
	wait_for(&ran, 1);
	wait_for(&lanes, 5);
	job_stop(&t.app);
	assert_int_equal(most_a, 1);
	assert_true(most_at_once > 1);
	struct str order = str_c(noted);
	ptrdiff_t one = str_find(order, "1"), two = str_find(order, "2"), three = str_find(order, "3");
	assert_true(one >= 0 && one < two && two < three);
	assert_true(str_find(order, "b") < two && str_find(order, "c") < two);
	test_app_close(&t);
}

struct rest {
	const char *lane;
	instant_us until;
};
static err_t rest(struct ctx *c, void *arg)
{
	const struct rest *r = arg;
	return job_rest_lane(c, str_c(r->lane), r->until);
}

/* A lane at rest waits, the others do not; then it goes on in its order. */
static void a_lane_rests(void **state)
{
	(void)state;
	struct test_app t;
	test_app_open(&t);
	lanes = 0;
	enqueue_lane(&t.app, "a", "{\"name\":\"1\"}");
	enqueue_lane(&t.app, "a", "{\"name\":\"2\"}");
	enqueue_lane(&t.app, "b", "{\"name\":\"b\"}");
	struct ctx c = test_ctx(&t.app);
	struct rest r = { "a", c.now + HOUR };
	assert_int_equal(db_write(&c, rest, &r), OK);
	test_ctx_end(&c);
	assert_int_equal(job_start(&t.app), OK);
	wait_for(&lanes, 1);
	usleep(700000);
	job_stop(&t.app);
	assert_int_equal(lanes, 1);
	assert_int_equal(noted[0], 'b');
	clock_set(&t.clock, clock_now(&t.clock) + 2 * HOUR);
	assert_int_equal(job_start(&t.app), OK);
	wait_for(&lanes, 3);
	job_stop(&t.app);
	assert_true(noted[1] == '1' && noted[2] == '2');
	test_app_close(&t);
}

/* Lanes that are all busy leave the common queue alone, and more lanes than JOB_LANES get their turn. */
static void many_lanes(void **state)
{
	(void)state;
	struct test_app t;
	test_app_open(&t);
	ran = lanes = most_at_once = 0;
	for (int i = 0; i < 2 * JOB_LANES; i++) {
		char name[2] = { (char)('a' + i), '\0' };
		enqueue_lane(&t.app, name, "{\"name\":\"x\",\"slow\":1}");
	}
	enqueue(&t.app, "test.run", STR_NONE);
	assert_int_equal(job_start(&t.app), OK);
	wait_for(&ran, 1);
	assert_true(__atomic_load_n(&lanes, __ATOMIC_SEQ_CST) < 2 * JOB_LANES);
	wait_for(&lanes, 2 * JOB_LANES);
	job_stop(&t.app);
	assert_true(most_at_once <= JOB_LANES);
	test_app_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_waits_once_and_survives_a_restart),
		cmocka_unit_test(an_unknown_kind_is_refused),
		cmocka_unit_test(failures_are_tried_again_then_given_up),
		cmocka_unit_test(a_job_cut_off_by_a_crash_runs_again),
		cmocka_unit_test(another_process_takes_it_when_the_lease_is_over),
		cmocka_unit_test(who_lost_the_lease_cannot_finish),
		cmocka_unit_test(daily_once_a_day),
		cmocka_unit_test(a_lane_holds_up_nobody_else),
		cmocka_unit_test(a_lane_rests),
		cmocka_unit_test(many_lanes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
