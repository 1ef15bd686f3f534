/* Codes, states, open units and booking: the rules of paper invoices (A07.3, A07.e1, A09.13). */
#include "base/arena.h"
#include "services/invoice/paper/rule.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_codes(void **state)
{
	static const struct {
		const char *code;
		enum paper_kind kind;
	} of[] = { { "1200154130", PAPER_SPECIAL }, { "4200161350", PAPER_PLAIN }, { "3300162620", PAPER_PLAIN },
		{ "033002600106", PAPER_ROLL }, { "033002600107", PAPER_ROLL }, { "050001700104", PAPER_PLAIN },
		{ "050001700111", PAPER_OTHER }, { "133002620106", PAPER_OTHER }, { "03300260010", PAPER_OTHER },
		{ "03300260010x", PAPER_OTHER }, { "", PAPER_OTHER } };
	struct str code;
	int64_t n;
	struct arena *a = arena_new();
	(void)state;
	for (size_t i = 0; i < sizeof of / sizeof *of; i++)
		assert_int_equal(paper_kind_of(str_c(of[i].code)), of[i].kind);
	assert_true(paper_word_read(S("03300260010600000012"), &code, &n));
	assert_true(str_is(code, "033002600106"));
	assert_int_equal(n, 12);
	assert_true(str_is(paper_word(a, code, n), "03300260010600000012"));
	assert_true(paper_word_read(S("330016413000000007"), &code, &n));
	assert_false(paper_word_read(S("26332000000000000001"), &code, &n)); /* electronic */
	assert_false(paper_word_read(S("03300260010600000000"), &code, &n));
	assert_false(paper_word_read(S("0330026001060000001"), &code, &n));
	assert_false(paper_number_read(S("-1"), &n));
	assert_false(paper_number_read(S("123456789"), &n));
	arena_free(a);
}

static void test_states(void **state)
{
	/* by state and act: the next state, -1: refused */
	static const int next[PAPER_STATES][PAPER_ACTS] = { { 1, -1, -1, -1, 4, 5, -1 }, { -1, 2, 0, -1, -1, 5, -1 },
		{ -1, -1, -1, 3, 4, 5, -1 }, { -1, -1, -1, -1, -1, -1, 6 }, { -1, -1, -1, -1, -1, -1, -1 },
		{ -1, -1, -1, -1, -1, -1, -1 }, { -1, -1, -1, -1, -1, -1, -1 } };
	(void)state;
	for (int from = 0; from < PAPER_STATES; from++)
		for (int act = 0; act < PAPER_ACTS; act++) {
			enum paper_state to = PAPER_STATES;
			bool went = paper_step((enum paper_state)from, (enum paper_act)act, &to);
			assert_int_equal(went, next[from][act] >= 0);
			assert_int_equal(to, went ? next[from][act] : (int)PAPER_STATES);
		}
	for (int s = 0; s < PAPER_STATES; s++)
		assert_int_equal(paper_state_named(str_c(paper_states[s].code)), s);
	assert_int_equal(paper_state_named(S("x")), PAPER_STATES);
}

static void test_units(void **state)
{
	const struct str a = S("033002600106"), b = S("033002600206");
	const struct paper_range two_rolls[] = { { a, 4801, 5000, 100 } }, /* A07.e1: 2 of 50 are open */
	        pieces[] = { { a, 1, 1, 100 }, { a, 50, 50, 100 }, { a, 100, 101, 100 }, { a, 199, 200, 100 } },
	                         codes[] = { { a, 1, 100, 100 }, { b, 1, 100, 100 }, { b, 101, 101, 100 } },
	                         single[] = { { a, 7, 11, 1 } };
	int64_t first;
	(void)state;
	assert_int_equal(paper_units_open(NULL, 0), 0);
	assert_int_equal(paper_units_open(two_rolls, 1), 2);
	assert_int_equal(paper_units_open(pieces, 4), 2);
	assert_int_equal(paper_units_open(codes, 3), 3);
	assert_int_equal(paper_units_open(single, 1), 5);
	const struct paper_range whole[] = { { a, 1, 20000, 100 }, { a, 2, 300, 100 }, { a, 101, 199, 100 },
		{ a, 100, 101, 100 }, { a, 5, 5, 1 } };
	static const int64_t units[] = { 200, 2, 0, 0, 1 }, firsts[] = { 1, 101, 101, 101, 5 };
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(paper_units_whole(&whole[i], &first), units[i]);
		assert_int_equal(first, firsts[i]);
	}
}

static void test_booking(void **state)
{
	const enum paper_medium p = PAPER_MEDIUM_PAPER, e = PAPER_MEDIUM_ELECTRONIC;
	const struct paper_book paper[] = { { p, true } }, twin[] = { { e, false } }, other_use[] = { { p, false } };
	(void)state;
	assert_int_equal(paper_booking(p, PAPER_USED, NULL, 0), PAPER_MAY);
	assert_int_equal(paper_booking(e, PAPER_CONVERTED, NULL, 0), PAPER_MAY);
	assert_int_equal(paper_booking(p, PAPER_CONVERTED, NULL, 0), PAPER_IS_CONVERTED);
	assert_int_equal(paper_booking(p, PAPER_USED, paper, 1), PAPER_IS_BOOKED);
	assert_int_equal(paper_booking(p, PAPER_USED, other_use, 1), PAPER_MAY);
	assert_int_equal(paper_booking(e, PAPER_CONVERTED, paper, 1), PAPER_TWIN_BOOKED);
	assert_int_equal(paper_booking(p, PAPER_CONVERTED, twin, 1), PAPER_TWIN_BOOKED);
	assert_int_equal(paper_booking(p, PAPER_LOST, NULL, 0), PAPER_IS_LISTED);
	assert_int_equal(paper_booking(p, PAPER_VOID, paper, 1), PAPER_IS_LISTED);
	assert_int_equal(paper_booking(p, PAPER_HANDED, NULL, 0), PAPER_NOT_USED);
	assert_int_equal(paper_booking(p, PAPER_STOCK, NULL, 0), PAPER_NOT_USED);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_codes), cmocka_unit_test(test_states),
		cmocka_unit_test(test_units), cmocka_unit_test(test_booking) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
