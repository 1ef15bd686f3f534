/* Calendar, CSV and UTF-8. The 36 published due dates prove the algorithm, not the table. */
#include "base/calendar.h"
#include "base/csv.h"
#include "base/utf8.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct str slurp(struct arena *a, const char *path)
{
	struct buf b;
	char chunk[4096];
	size_t n;
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	buf_init(&b, a, 4096);
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(&b, chunk, n);
	fclose(f);
	return buf_done(&b);
}

static void test_due_dates(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	unsigned line = 0, checked = 0;
	struct str due = slurp(a, "data/due-dates.csv"), f[8];
	struct calendar *c = calendar_load(a, slurp(a, "data/holidays.csv"), due, &line);
	assert_non_null(c);
	struct csv_reader r;
	size_t n = 0;
	csv_open(&r, due);
	assert_int_equal(csv_read(&r, a, f, 8, &n), CSV_ROW);
	while (csv_read(&r, a, f, 8, &n) == CSV_ROW) {
		int64_t year = 0, month = 0;
		struct date official = { 0 };
		assert_true(str_to_int(f[0], &year) && str_to_int(f[1], &month) && date_parse(f[2], &official));
		assert_int_equal(date_days(calendar_due_computed(c, (int)year, (int)month)), date_days(official));
		assert_int_equal(date_days(calendar_due(c, (int)year, (int)month)), date_days(official));
		checked++;
	}
	assert_int_equal(checked, 36);
	assert_true(calendar_covers(c, 2026));
	assert_false(calendar_covers(c, 2027));
	struct date sunday = { 2026, 5, 31 };
	assert_int_equal(date_days(calendar_due_nominal(c, sunday)), date_days((struct date){ 2026, 6, 1 }));
	assert_true(calendar_is_working(c, (struct date){ 2026, 2, 28 })); /* a Saturday worked in exchange */
	arena_free(a);
}

static void test_bad_rows(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	unsigned line = 0;
	assert_null(calendar_load(a, S("from,to,kind\n2026-01-03,2026-01-01,off\n"), STR_NONE, &line));
	assert_int_equal(line, 2);
	assert_null(calendar_load(a, S("from,to,kind\n2026-01-01,2026-01-01,rest\n"), STR_NONE, &line));
	assert_null(calendar_load(a, S("from,to,kind\n"), S("year,month,due\n2026,13,2026-01-01\n"), &line));
	assert_int_equal(line, 10002);
	/* A provincial postponement wins. */
	struct calendar *c =
	        calendar_load(a, S("h\n"), S("year,month,due\n2026,6,2026-06-15\n2026,6,2026-06-30\n"), &line);
	assert_non_null(c);
	assert_int_equal(calendar_due(c, 2026, 6).day, 30);
	arena_free(a);
}

static void test_csv(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct csv_reader r;
	struct str f[4];
	size_t n = 0;
	csv_open(&r, S("\xef\xbb\xbf"
	               "a,\"b \"\"c\"\",\r\nd\",\r\n\r\nx"));
	assert_int_equal(csv_read(&r, a, f, 4, &n), CSV_ROW);
	assert_int_equal(n, 3);
	assert_true(str_is(f[0], "a") && str_is(f[1], "b \"c\",\r\nd") && f[2].n == 0);
	assert_int_equal(csv_read(&r, a, f, 4, &n), CSV_ROW);
	assert_true(n == 1 && str_is(f[0], "x"));
	assert_int_equal(r.line, 4);
	assert_int_equal(csv_read(&r, a, f, 4, &n), CSV_END);
	csv_open(&r, S("1,2,3,4,5"));
	assert_int_equal(csv_read(&r, a, f, 4, &n), CSV_TOO_MANY);
	csv_open(&r, S("a\"b"));
	assert_int_equal(csv_read(&r, a, f, 4, &n), CSV_QUOTE);
	csv_open(&r, S("\"open"));
	assert_int_equal(csv_read(&r, a, f, 4, &n), CSV_QUOTE);
	struct buf b;
	buf_init(&b, a, 16);
	csv_write(&b, (struct str[]){ S("=1+1"), S("-12.50"), S("a,\"b") }, 3, true);
	assert_true(str_is(buf_done(&b), "'=1+1,-12.50,\"a,\"\"b\"\r\n"));
	arena_free(a);
}

static void test_utf8(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	assert_true(utf8_valid(S("税务 tax \xf0\x9f\x90\x89")));
	assert_false(utf8_valid(S("\xc0\xaf")));         /* not the shortest form */
	assert_false(utf8_valid(S("\xed\xa0\x80")));     /* surrogate */
	assert_false(utf8_valid(S("\xf4\x90\x80\x80"))); /* above U+10FFFF */
	assert_false(utf8_valid(S("\xe7\xa8")));         /* cut short */
	assert_int_equal(utf8_count(S("发票a")), 3);
	assert_true(str_eq(utf8_clip(S("发票a"), 2), S("发票")));
	assert_true(str_is(utf8_fold(a, S("０１，ＡＢ　税")), "01,AB 税"));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_due_dates), cmocka_unit_test(test_bad_rows),
		cmocka_unit_test(test_csv), cmocka_unit_test(test_utf8) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
