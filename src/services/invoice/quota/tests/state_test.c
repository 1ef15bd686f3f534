/* The eight states: what leads where, and that nothing leads out of an end. */
#include "services/invoice/quota/state.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_states(void **state)
{
	static const char *const events[] = { "withdraw", "accept", "refuse", "return", "review", "grant", "deny",
		"correct", "x" };
	/* by state 1 to 8 and event: the next state, 0: refused */
	static const int next[8][9] = { { 2, 3, 4, 5, 0, 0, 0, 0, 0 }, { 0 }, { 2, 0, 0, 5, 6, 0, 0, 0, 0 }, { 0 },
		{ 2, 0, 0, 0, 0, 0, 0, 1, 0 }, { 0, 0, 0, 0, 0, 7, 8, 0, 0 }, { 0 }, { 0 } };
	(void)state;
	for (int from = 1; from <= 8; from++)
		for (int e = 0; e < 9; e++) {
			enum quota_state s = (enum quota_state)from;
			bool went = quota_state_step(&s, str_c(events[e]));
			assert_int_equal(went, next[from - 1][e] != 0);
			assert_int_equal(s, went ? next[from - 1][e] : from);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_states) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
