/* Periods, due dates and reminders (A05.8 A05.9). */
#include "kernel/assets/assets.h"
#include "services/tax/filing/periods.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct period period(const char *s)
{
	struct period p;
	assert_true(period_parse(str_c(s), &p));
	return p;
}

static struct date day(const char *s)
{
	struct date d;
	assert_true(date_parse(str_c(s), &d));
	return d;
}

static void kinds(void **state)
{
	(void)state;
	assert_true(periods_fit(false, period("2026-11")));
	assert_false(periods_fit(false, period("2026Q4")));
	assert_true(periods_fit(true, period("2026Q4")));
	assert_false(periods_fit(true, period("2026")));
	assert_int_equal(periods_months(period("2026Q4")), 3);
	assert_int_equal(periods_months(period("2026-12")), 1);
}

/* 征管法实施细则 第一百零九条; the published list of 2026, and December filed in January. */
static void due_dates(void **state)
{
	static const struct {
		const char *period, *due;
	} cases[] = { { "2026-11", "2026-12-15" }, { "2025-12", "2026-01-20" }, { "2026-01", "2026-02-24" },
		{ "2026-09", "2026-10-26" }, { "2026Q3", "2026-10-26" }, { "2025Q4", "2026-01-20" } };
	(void)state;
	struct arena *a = arena_new();
	unsigned line;
	struct calendar *c = calendar_load(a, asset_get("data/holidays.csv"), asset_get("data/due-dates.csv"), &line);
	assert_non_null(c);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(date_cmp(periods_due(c, period(cases[i].period)), day(cases[i].due)), 0);
	arena_free(a);
}

/* The period that is due when the register begins is to be filed too; one that was due before is not. */
static void first_opened(void **state)
{
	static const struct {
		bool quarterly;
		const char *registered, *since, *from;
	} cases[] = { { false, "2020-06-01", "2026-12-01", "2026-11-01" },
		{ false, "2020-06-01", "2026-12-15", "2026-11-01" },
		{ false, "2020-06-01", "2026-12-16", "2026-12-16" },
		{ false, "2026-11-30", "2026-12-01", "2026-11-01" },
		{ false, "2026-12-01", "2026-12-01", "2026-12-01" }, { true, "2020-06-01", "2026-12-01", "2026-12-01" },
		{ true, "2020-06-01", "2026-10-26", "2026-07-01" } };
	(void)state;
	struct arena *a = arena_new();
	unsigned line;
	struct calendar *c = calendar_load(a, asset_get("data/holidays.csv"), asset_get("data/due-dates.csv"), &line);
	assert_non_null(c);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct date from = periods_from(c, cases[i].quarterly, day(cases[i].registered), day(cases[i].since));
		if (date_cmp(from, day(cases[i].from)) != 0) fail_msg("%s", cases[i].since);
	}
	arena_free(a);
}

static void states(void **state)
{
	(void)state;
	struct date registered = day("2026-03-20");
	assert_int_equal(periods_state(period("2026-02"), registered, day("2026-11-24")), PERIOD_BEFORE);
	assert_int_equal(periods_state(period("2026-03"), registered, day("2026-11-24")), PERIOD_ENDED);
	assert_int_equal(periods_state(period("2026-11"), registered, day("2026-11-30")), PERIOD_RUNNING);
	assert_int_equal(periods_state(period("2026-11"), registered, day("2026-12-01")), PERIOD_ENDED);
	assert_int_equal(periods_state(period("2026-12"), registered, day("2026-11-30")), PERIOD_FUTURE);
	assert_int_equal(periods_state(period("2026Q4"), registered, day("2026-12-31")), PERIOD_RUNNING);
	assert_int_equal(periods_state(period("2026Q4"), registered, day("2027-01-01")), PERIOD_ENDED);
}

static void opened_periods(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct period p[PERIODS_MAX];
	assert_int_equal(periods_open(false, day("2026-11-24"), day("2027-02-05"), p, PERIODS_MAX), 4);
	assert_true(str_is(period_format(a, p[0]), "2026-11"));
	assert_true(str_is(period_format(a, p[3]), "2027-02"));
	assert_int_equal(periods_open(true, day("2026-11-24"), day("2027-02-05"), p, PERIODS_MAX), 2);
	assert_true(str_is(period_format(a, p[0]), "2026Q4"));
	assert_true(str_is(period_format(a, p[1]), "2027Q1"));
	/* A clock set far ahead: the latest 36, not a thousand years. */
	assert_int_equal(periods_open(false, day("2026-11-24"), day("2998-01-01"), p, PERIODS_MAX), PERIODS_MAX);
	assert_true(str_is(period_format(a, p[PERIODS_MAX - 1]), "2998-01"));
	assert_int_equal(periods_open(false, day("2026-11-24"), day("2026-11-23"), p, PERIODS_MAX), 0);
	arena_free(a);
}

static void reminders(void **state)
{
	static const struct {
		const char *today;
		enum reminder stage;
	} cases[] = { { "2026-12-07", REMINDER_NONE }, { "2026-12-08", REMINDER_7 }, { "2026-12-11", REMINDER_7 },
		{ "2026-12-12", REMINDER_3 }, { "2026-12-13", REMINDER_3 }, { "2026-12-14", REMINDER_1 },
		{ "2026-12-15", REMINDER_1 }, { "2026-12-16", REMINDER_OVERDUE }, { "2027-03-01", REMINDER_OVERDUE } };
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(periods_reminder(day("2026-12-15"), day(cases[i].today)), cases[i].stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(kinds), cmocka_unit_test(due_dates),
		cmocka_unit_test(first_opened), cmocka_unit_test(states), cmocka_unit_test(opened_periods),
		cmocka_unit_test(reminders) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
