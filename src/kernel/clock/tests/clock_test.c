/* Real time, and the sandbox's time that runs on from where it was set. */
#include "kernel/clock/clock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000)

static void real_time_by_default(void **state)
{
	(void)state;
	struct clock k = { 0 };
	int64_t now = (int64_t)time(NULL) * SECOND;
	assert_in_range(clock_now(&k), now - SECOND, now + 2 * SECOND);
}

static void a_set_time_runs_on(void **state)
{
	(void)state;
	struct clock k = { 0 };
	static const char *const times[] = { "2026-12-25T09:00:00+08:00", "1900-01-01T00:00:00+08:00",
		"2999-12-31T23:59:59+08:00", "1970-01-01T00:00:00Z" };
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		instant_us wanted, first, second;
		assert_true(instant_parse(str_c(times[i]), &wanted));
		clock_set(&k, wanted);
		first = clock_now(&k);
		nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
		second = clock_now(&k);
		assert_true(first >= wanted && first < wanted + SECOND);
		assert_true(second >= first + 2000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_time_by_default),
		cmocka_unit_test(a_set_time_runs_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
