/* Every event once and in order: over a consumer that fails, and over a restart. */
#include "kernel/db/db.h"
#include "kernel/db/testing.h"
#include "kernel/operation/service.h"
#include "kernel/outbox/outbox.h"
#include "kernel/outbox/runner.h"
#include "outbox_sql.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { EVENTS = 500, WAIT_TRIES = 500, WAIT_US = 10000 };

static int failures_left; /* the consumer fails this often, after its effect */
static bool out_of_order;
static size_t most_bytes, most_events; /* of what the consumer was given at once */

static err_t count(struct ctx *c, const struct event *events, size_t n)
{
	int64_t first;
	size_t bytes = 0;
	for (size_t i = 0; i < n; i++)
		bytes += events[i].body.n;
	if (bytes > most_bytes) most_bytes = bytes;
	if (n > most_events) most_events = n;
	TRY(db_counter(c, S("test.seen"), (int64_t)n, &first));
	for (size_t i = 0; i < n; i++)
		if (events[i].subject_id != first + (int64_t)i) out_of_order = true;
	return failures_left > 0 ? failures_left--, E_BUSY : OK;
}

static err_t mirror(struct ctx *c, const struct event *events, size_t n)
{
	return outbox_projection_put(c, S("test.mirror-of"), events[n - 1].subject_id, NULL);
}

static const struct subscription subscriptions[] = {
	{ .consumer = "test.count", .kinds = "test.other test.act", .kind = CONSUMER_CORE, .apply = count },
	{ .consumer = "test.mirror", .kinds = "test.act", .kind = CONSUMER_PROJECTION, .apply = mirror },
};
static const struct service test_service = {
	.name = "test", .subscriptions = subscriptions, .n_subscriptions = COUNT(subscriptions)
};
const struct service *const services[] = { &test_service, NULL };
const size_t n_services = 1;

static err_t emit(struct ctx *c, void *arg)
{
	const int64_t *subject = arg;
	TRY(outbox_emit(c, "test.unwanted", 0, S("")));
	return outbox_emit(c, "test.act", *subject, S("{}"));
}

static err_t peek(struct ctx *c, void *arg)
{
	return db_counter(c, S("test.seen"), 0, arg);
}

static int64_t seen(struct app *app)
{
	int64_t value = 0;
	struct ctx c = test_ctx(app);
	assert_int_equal(db_write(&c, peek, &value), OK);
	test_ctx_end(&c);
	return value - 1;
}

static void emit_many(struct app *app, int64_t from, int64_t to)
{
	struct ctx c = test_ctx(app);
	for (int64_t i = from; i <= to; i++)
		assert_int_equal(db_write(&c, emit, &i), OK);
	test_ctx_end(&c);
}

static void wait_seen(struct app *app, int64_t n)
{
	for (int i = 0; i < WAIT_TRIES && seen(app) < n; i++)
		usleep(WAIT_US);
	assert_int_equal(seen(app), n);
}

static void once_and_in_order(void **state)
{
	(void)state;
	struct test_app t;
	test_app_open(&t);
	failures_left = 2;
	emit_many(&t.app, 1, EVENTS);
	assert_int_equal(outbox_start(&t.app), OK);
	wait_seen(&t.app, EVENTS);
	outbox_stop(&t.app);
	emit_many(&t.app, EVENTS + 1, EVENTS + 10);
	test_app_reopen(&t);
	assert_int_equal(outbox_start(&t.app), OK);
	wait_seen(&t.app, EVENTS + 10);
	outbox_stop(&t.app);
	assert_int_equal(failures_left, 0);
	assert_false(out_of_order);
	test_app_close(&t);
}

static err_t emit_large(struct ctx *c, void *arg)
{
	enum { LARGE = 500000 };
	const int64_t *subject = arg;
	char *bytes = arena_bytes(c->arena, LARGE);
	memset(bytes, 'x', LARGE);
	return outbox_emit(c, "test.act", *subject, (struct str){ bytes, LARGE });
}

/* Batches have events of a hundred kilobytes: as many of them at once as of small ones would be memory without end. */
static void large_events_come_a_few_at_a_time(void **state)
{
	(void)state;
	struct test_app t;
	test_app_open(&t);
	failures_left = 0;
	emit_many(&t.app, 1, EVENTS);
	for (int64_t i = EVENTS + 1; i <= EVENTS + 60; i++) {
		struct ctx c = test_ctx(&t.app);
		assert_int_equal(db_write(&c, emit_large, &i), OK);
		test_ctx_end(&c);
	}
	most_bytes = most_events = 0;
	assert_int_equal(outbox_start(&t.app), OK);
	wait_seen(&t.app, EVENTS + 60);
	outbox_stop(&t.app);
	assert_in_range(most_events, EVENTS / 2, 1000);
	assert_in_range(most_bytes, 500000, 5 << 20);
	assert_false(out_of_order);
	test_app_close(&t);
}

static void a_writer_reads_its_own_writes(void **state)
{
	(void)state;
	struct test_app t;
	test_app_open(&t);
	failures_left = 0;
	assert_int_equal(outbox_start(&t.app), OK);
	for (int64_t i = 1; i <= 50; i++) {
		struct ctx c = test_ctx(&t.app);
		struct outbox_projection_get_row row;
		bool found;
		assert_int_equal(db_write(&c, emit, &i), OK);
		assert_int_equal(outbox_wait(&c), OK);
		assert_int_equal(outbox_projection_get(&c, S("test.mirror-of"), &row, &found), OK);
		assert_true(found);
		assert_int_equal(row.position, i);
		test_ctx_end(&c);
	}
	outbox_stop(&t.app);
	test_app_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(once_and_in_order),
		cmocka_unit_test(large_events_come_a_few_at_a_time),
		cmocka_unit_test(a_writer_reads_its_own_writes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
