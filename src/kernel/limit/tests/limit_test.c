#include "kernel/limit/limit.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000)

static int64_t let_through(struct limiter *l, uint64_t key, int64_t per_minute, int64_t now, int64_t tries)
{
	int64_t n = 0;
	for (int64_t i = 0; i < tries; i++)
		n += limit_take(l, key, per_minute, now) == 0;
	return n;
}

/* A full bucket holds one minute's calls; then they come back evenly. */
static void bucket(void **state)
{
	struct limiter *l = limit_new(0);
	int64_t now = 1000 * SECOND;
	(void)state;
	assert_int_equal(let_through(l, 7, 60, now, 100), 60);
	assert_true(limit_take(l, 7, 60, now) > 0);
	assert_true(limit_take(l, 7, 60, now) <= SECOND);
	assert_int_equal(let_through(l, 7, 60, now + 10 * SECOND, 100), 10);
	assert_int_equal(let_through(l, 7, 60, now + 1000 * SECOND, 100), 60);
	assert_int_equal(let_through(l, 8, 60, now, 100), 60); /* somebody else's is full */
	limit_free(l);
}

/* A flood of keys ends nowhere and costs no memory; the one who keeps calling stays known. */
static void bounded(void **state)
{
	struct limiter *l = limit_new(0);
	int64_t now = 1000 * SECOND;
	(void)state;
	for (uint64_t k = 1; k < 400000; k++)
		assert_int_equal(limit_take(l, k * UINT64_C(0x9e3779b97f4a7c15), 600, now), 0);
	assert_int_equal(let_through(l, 7, 60, now + SECOND, 100), 60);
	limit_free(l);
}

static void off(void **state)
{
	(void)state;
	assert_null(limit_new(LIMIT_OFF));
	limit_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(bucket), cmocka_unit_test(bounded),
		cmocka_unit_test(off) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
