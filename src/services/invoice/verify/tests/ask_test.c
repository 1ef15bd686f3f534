/* What people type and say, read into a question. */
#include "services/invoice/verify/ask.h"
#include "services/invoice/verify/verify.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NUMBER "26332000000000000001"

static void test_words(void **state)
{
	static const struct {
		const char *text;
		int64_t fen; /* -1: none */
		bool date;
	} good[] = {
		{ "CY " NUMBER " 1130.00", 113000, false },
		{ "cy" NUMBER "#1130", 113000, false },
		{ "ＣＹ　" NUMBER "，１１３０．００", 113000, false },
		{ NUMBER ",1,130.00", 113000, false },
		{ NUMBER ",113,20261203", 11300, true },
		{ "CY " NUMBER " 20261203 1130.00", 113000, true },
		{ "查验 2633 2000 0000 0000 0001 2026-12-03 金额-12.5元", -1250, true },
		{ "二六三三二零零零零零零零零零零零零零零幺 一一三零点五", 113050, false },
		{ NUMBER " 2026年12月03日 ¥1,234,567.89", 123456789, true },
		{ NUMBER, -1, false },
	};
	struct arena *a = arena_new();
	struct verify_words w;
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		print_message("%s\n", good[i].text);
		assert_true(verify_words_read(a, str_c(good[i].text), &w));
		assert_true(str_is(w.in.number, NUMBER) && !w.legacy && w.in.has_date == good[i].date);
		assert_int_equal(w.in.has_total ? w.in.total.fen : -1, good[i].fen);
		assert_true(!w.in.has_date || (w.in.date.month == 12 && w.in.date.day == 3));
	}
	assert_true(verify_words_read(a, S("CY 033002000211 83089647 20200723 510.68"), &w) && w.legacy);
	arena_free(a);
}

static void test_refused(void **state)
{
	static const char *const bad[] = { "", "CY", "123", NUMBER "1", NUMBER " 1.2.3", NUMBER " 1 2 3",
		"2.6332E+19 1130", NUMBER " 99999999999999999999", "\xff\xfe" };
	struct arena *a = arena_new();
	struct verify_words w;
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(verify_words_read(a, str_c(bad[i]), &w));
	assert_true(verify_is_help(S("你好")) && verify_is_help(S("?")) && !verify_is_help(S("CY 1")) &&
	            !verify_is_help(S("查一下")));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_words), cmocka_unit_test(test_refused) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
