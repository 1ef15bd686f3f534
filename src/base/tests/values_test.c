#include "base/date.h"
#include "base/decimal.h"
#include "base/format.h"
#include "base/ids.h"
#include "base/rate.h"
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena *a;

static int library(char *out, size_t room, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static int library(char *out, size_t room, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	int n = vsnprintf(out, room, fmt, args);
	va_end(args);
	return n;
}

static int ours(char *out, size_t room, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static int ours(char *out, size_t room, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	int n = format_print(out, room, fmt, args);
	va_end(args);
	return n;
}

/* Both print the same, and cut it at the same byte. */
#define SAME(...)                                                                                                      \
	for (size_t room = 0; room < 60; room++) {                                                                     \
		char theirs[64], own[64];                                                                              \
		memset(theirs, 7, sizeof theirs);                                                                      \
		memset(own, 7, sizeof own);                                                                            \
		assert_int_equal(library(theirs, room, __VA_ARGS__), ours(own, room, __VA_ARGS__));                    \
		assert_memory_equal(theirs, own, sizeof own);                                                          \
	}

static void printing_is_that_of_the_library(void **state)
{
	(void)state;
	const char *volatile none = NULL;
	SAME("plain");
	SAME("%d%%, %d, %d, %u", 0, INT_MIN, INT_MAX, UINT_MAX);
	SAME("%lld/%lld/%zu", LLONG_MIN, LLONG_MAX, SIZE_MAX);
	SAME("<%s|%.*s|%.3s|%.0s|%c>", "text", 2, "abc", "abcdef", "abc", 'x');
	SAME("%.*s|%.*s|%.*s", 9, "a\0b", -1, "whole", 0, none);
	SAME("%.5s|%.6s", none, none);
	SAME("%05d %x %-4s %02lld", 12, 255, "l", 7LL); /* not ours */
}

static void is(struct str got, const char *want)
{
	assert_string_equal(got.p, want);
}

static void money_texts(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t fen;
	} good[] = { { "0", 0 }, { "12.3", 1230 }, { "-0.05", -5 }, { "10000000000000.00", MONEY_MAX_FEN } };
	static const char *const bad[] = { "", "-", ".5", "1.", "1.234", "1,000", " 1", "1e3", "10000000000000.01",
		"99999999999999999999" };
	struct money m;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(money_parse(str_c(good[i].text), &m));
		assert_int_equal(m.fen, good[i].fen);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(money_parse(str_c(bad[i]), &m));
	is(money_format(a, FEN(-123450)), "-1234.50");
	is(money_grouped(a, FEN(-123456789)), "-1,234,567.89");
	is(money_grouped(a, FEN(99900)), "999.00");
	assert_false(money_add(FEN(MONEY_MAX_FEN), FEN(1), &m));
}

static void money_in_words(void **state)
{
	(void)state;
	static const struct {
		int64_t fen;
		const char *words;
	} table[] = { { 0, "零圆整" }, { 5, "伍分" }, { 50, "伍角整" }, { 1070, "壹拾圆柒角整" }, { 101, "壹圆零壹分" },
		{ 140950, "壹仟肆佰零玖圆伍角整" }, { 10700053, "壹拾万柒仟圆伍角叁分" },
		{ 13086419, "壹拾叁万零捌佰陆拾肆圆壹角玖分" }, { 10000500000, "壹亿零伍仟圆整" },
		{ 100000000000000, "壹万亿圆整" }, { -1640902, "（负数）壹万陆仟肆佰零玖圆零贰分" } };
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		is(money_words(a, FEN(table[i].fen)), table[i].words);
}

static void rates(void **state)
{
	(void)state;
	struct rate r;
	assert_true(rate_parse(S("0.130000"), &r) && r.ppm == 130000);
	assert_true(rate_parse(S("6%"), &r) && r.ppm == 60000);
	assert_false(rate_parse(S("1.5"), &r));
	assert_false(rate_parse(S("0.0000001"), &r));
	is(rate_format(a, PPM(5000)), "0.005");
	is(rate_percent(a, PPM(5000)), "0.5%");
	assert_int_equal(rate_of(FEN(50), PPM(130000)).fen, 7);    /* 0.065 -> 0.07 */
	assert_int_equal(rate_of(FEN(-150), PPM(90000)).fen, -14); /* away from zero */
	assert_int_equal(rate_of(FEN(MONEY_MAX_FEN), PPM(450000)).fen, INT64_C(450000000000000));
	assert_int_equal(rate_tax_inside(FEN(1600000), PPM(10000)).fen, 15842);
	assert_int_equal(rate_tax_inside(FEN(-7910000), PPM(130000)).fen, -910000);
}

static void decimals(void **state)
{
	(void)state;
	struct decimal d = { 0 }, e = { 0 };
	struct money m;
	assert_true(decimal_parse(S("1.2300"), 13, &d));
	is(decimal_format(a, d), "1.23");
	assert_false(decimal_parse(S("1.23456789012345"), 13, &d));
	assert_true(decimal_parse(S("0.3333333333333"), 13, &d) && decimal_parse(S("3"), 13, &e));
	assert_true(decimal_times(d, e, &m) && m.fen == 100);
	assert_true(decimal_over(FEN(10000), e, 13, &d));
	is(decimal_format(a, d), "33.3333333333333");
}

static void dates(void **state)
{
	(void)state;
	struct date d;
	struct period p;
	instant_us t;
	assert_true(date_parse(S("2024-02-29"), &d) && date_weekday(d) == 4);
	assert_false(date_parse(S("1900-02-29"), &d));
	assert_false(date_parse(S("0000-00-00"), &d));
	assert_false(date_parse(S("9999-12-31"), &d));
	for (int32_t i = -25567; i < 376200; i += 13)
		assert_int_equal(date_days(date_from_days(i)), i);
	assert_true(instant_parse(S("2026-11-24T00:30:00+08:00"), &t));
	is(date_format(a, date_of_instant(t)), "2026-11-24");
	is(instant_format(a, t), "2026-11-24T00:30:00.000+08:00");
	assert_false(instant_parse(S("2026-11-24T00:30:00"), &t));
	assert_true(period_parse(S("2026Q4"), &p));
	is(date_format(a, period_last(p)), "2026-12-31");
	is(period_format(a, period_next(p, 1)), "2027Q1");
	is(date_format(a, date_add_months((struct date){ 2026, 1, 31 }, 1)), "2026-02-28");
}

static void identifiers(void **state)
{
	(void)state;
	static const char *const good[] = { "91330100MA2H000142", "92330106MA2H00022G", "91330200MA2H00030W",
		"91310101MA1F000453", "91330100MA2H00057F", "91330110MA2H00065R", "911101087T8601L382" };
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_int_equal(ids_uscc_check(str_c(good[i])), good[i][17]);
	assert_int_equal(ids_uscc(S("911101087T8601L382")), IDS_OK);
	assert_int_equal(ids_uscc(S("91110105TA4B93H50X")), IDS_ORGANISATION_CHECK);
	assert_int_equal(ids_uscc(S("91110105TO4B93H511")), IDS_ALPHABET);
	struct date today = { 2026, 11, 23 };
	assert_int_equal(ids_resident(S("11010519491231002X"), today), IDS_OK);
	assert_int_equal(ids_resident(S("110101190002290046"), today), IDS_DATE);
	assert_int_equal(ids_resident(S("990101190501010014"), today), IDS_PROVINCE);
	assert_int_equal(ids_organisation(S("D2143569-X")), IDS_OK);
	assert_int_equal(ids_card(S("6299990000564848")), IDS_OK);
	assert_int_equal(ids_mobile(S("+8613800138000")), IDS_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(printing_is_that_of_the_library),
		cmocka_unit_test(money_texts), cmocka_unit_test(money_in_words), cmocka_unit_test(rates),
		cmocka_unit_test(decimals), cmocka_unit_test(dates), cmocka_unit_test(identifiers) };
	a = arena_new();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(a);
	return failed;
}
