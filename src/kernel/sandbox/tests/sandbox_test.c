#include "kernel/sandbox/sandbox.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* G02.1: faults are counted down by operation and kind. */
static void counted_down(void **state)
{
	struct sandbox *s = sandbox_new(true);
	(void)state;
	assert_false(sandbox_strikes(NULL, "a", SANDBOX_UNAVAILABLE));
	assert_false(sandbox_strikes(s, "a", SANDBOX_UNAVAILABLE));
	assert_true(sandbox_arm(s, "a", SANDBOX_UNAVAILABLE, 2, 0));
	assert_false(sandbox_strikes(s, "b", SANDBOX_UNAVAILABLE));
	assert_false(sandbox_strikes(s, "a", SANDBOX_REPLY_LOST));
	assert_true(sandbox_strikes(s, "a", SANDBOX_UNAVAILABLE));
	assert_true(sandbox_strikes(s, "a", SANDBOX_UNAVAILABLE));
	assert_false(sandbox_strikes(s, "a", SANDBOX_UNAVAILABLE));
	sandbox_free(s);
}

static void replaced_and_taken_away(void **state)
{
	struct sandbox *s = sandbox_new(true);
	(void)state;
	assert_true(sandbox_arm(s, "a", SANDBOX_REPLY_LOST, 5, 0));
	assert_true(sandbox_arm(s, "a", SANDBOX_REPLY_LOST, 1, 0));
	assert_true(sandbox_strikes(s, "a", SANDBOX_REPLY_LOST));
	assert_false(sandbox_strikes(s, "a", SANDBOX_REPLY_LOST));
	assert_true(sandbox_arm(s, "a", SANDBOX_REPLY_LOST, 9, 0));
	assert_true(sandbox_arm(s, "a", SANDBOX_REPLY_LOST, 0, 0));
	assert_false(sandbox_strikes(s, "a", SANDBOX_REPLY_LOST));
	sandbox_free(s);
}

static void bounded(void **state)
{
	static const char *const ids[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o",
		"p", "q", "r", "s", "t", "u", "v" };
	struct sandbox *s = sandbox_new(true);
	size_t armed = 0;
	(void)state;
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		for (int f = SANDBOX_LATENCY; f <= SANDBOX_REPLY_LOST; f++)
			armed += sandbox_arm(s, ids[i], (enum sandbox_fault)f, 1, 0);
	assert_int_equal(armed, SANDBOX_FAULTS_MAX);
	assert_true(sandbox_strikes(s, "a", SANDBOX_LATENCY));
	assert_true(sandbox_arm(s, "v", SANDBOX_REPLY_LOST, 1, 0));
	sandbox_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counted_down),
		cmocka_unit_test(replaced_and_taken_away),
		cmocka_unit_test(bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
