/* The calendar and its reminders in the store, and what a correction does to money that was paid (A05.8 A05.9); on
 * SQLite, or on PostgreSQL with ETAX_TEST_DB. */
#include "kernel/assets/assets.h"
#include "kernel/db/db.h"
#include "kernel/db/testing.h"
#include "kernel/keys/keys.h"
#include "kernel/policy/policy.h"
#include "services/tax/filing/work.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct world {
	struct test_app t;
	struct arena *lifetime;
	int64_t firm, shop;
};

static void set(struct ctx *c, const char *instant)
{
	assert_true(instant_parse(str_c(instant), &c->now));
	c->today = date_of_instant(c->now);
}

static err_t register_both(struct ctx *c, void *arg)
{
	struct world *w = arg;
	struct registry_event e = { .uscc = S("91330100MA2H000142"),
		.name = S("海川精密机械有限公司"),
		.established_on = { 2020, 6, 1 },
		.taxpayer_kind = S("general") };
	TRY(registry_register(c, &e, &w->firm));
	e.uscc = S("92330106MA2H00022G");
	e.name = S("小满面包房");
	e.taxpayer_kind = S("small");
	TRY(registry_register(c, &e, &w->shop));
	struct event events[] = { { 1, S("taxpayer.registered"), w->firm, c->now, S("") },
		{ 2, S("taxpayer.registered"), w->shop, c->now, S("") } };
	return calendar_registered(c, events, 2);
}

static struct ctx begin(struct world *w)
{
	struct str why;
	unsigned line;
	memset(w, 0, sizeof *w);
	test_app_open(&w->t);
	w->lifetime = arena_new();
	assert_int_equal(keys_open(&w->t.app, w->t.dir), OK);
	assert_int_equal(policy_load(w->lifetime, &w->t.app.policy, &why), OK);
	w->t.app.calendar =
	        calendar_load(w->lifetime, asset_get("data/holidays.csv"), asset_get("data/due-dates.csv"), &line);
	struct ctx c = test_ctx(&w->t.app);
	set(&c, "2026-11-24T10:00:00+08:00");
	assert_int_equal(db_write(&c, register_both, w), OK);
	return c;
}

static void end(struct world *w, struct ctx *c)
{
	test_ctx_end(c);
	keys_close(&w->t.app);
	test_app_close(&w->t);
	arena_free(w->lifetime);
}

static size_t count(struct ctx *c, int64_t id)
{
	struct obligation *list;
	size_t n;
	assert_int_equal(ledger_obligations(c, id, &list, &n), OK);
	return n;
}

/* The outbox counts every event of the database. */
static err_t last_event(struct ctx *c, void *arg)
{
	return db_counter(c, S("outbox"), 0, arg);
}

static int64_t events(struct ctx *c)
{
	int64_t n;
	assert_int_equal(db_write(c, last_event, &n), OK);
	return n - 1;
}

static void opened_by_event_and_by_day(void **state)
{
	(void)state;
	struct world w;
	struct ctx c = begin(&w);
	int64_t opened;
	assert_int_equal(count(&c, w.firm), 4);
	assert_int_equal(count(&c, w.shop), 4);
	assert_int_equal(calendar_open(&c, w.firm, &opened), OK);
	assert_int_equal(opened, 0);
	set(&c, "2027-01-01T00:10:00+08:00");
	assert_int_equal(calendar_daily(&c, S("{}")), OK);
	assert_int_equal(count(&c, w.firm), 12);
	assert_int_equal(count(&c, w.shop), 8);
	struct obligation o;
	bool found;
	assert_int_equal(ledger_obligation_for(&c, w.shop, S("vat"), S("2026Q4"), &o, &found), OK);
	assert_true(found);
	assert_true(o.due_on.year == 2027 && o.due_on.month == 1);
	end(&w, &c);
}

/* A sandbox's clock goes both ways: what is due on the day is there, what has not begun is not. */
static void clock_both_ways(void **state)
{
	static const struct {
		const char *day;
		size_t firm;
	} steps[] = { { "2026-11-05T10:00:00+08:00", 8 }, { "2026-12-05T10:00:00+08:00", 12 },
		{ "2026-11-20T10:00:00+08:00", 8 }, { "2027-01-05T10:00:00+08:00", 16 } };
	(void)state;
	struct world w;
	struct ctx c = begin(&w);
	int64_t opened;
	for (size_t i = 0; i < COUNT(steps); i++) {
		set(&c, steps[i].day);
		assert_int_equal(calendar_open(&c, w.firm, &opened), OK);
		if (count(&c, w.firm) != steps[i].firm) fail_msg("%s: %zu", steps[i].day, count(&c, w.firm));
	}
	struct obligation o;
	bool found;
	assert_int_equal(ledger_unfiled_between(&c, w.firm, S("vat"), (struct date){ 2026, 11, 17 },
	                         (struct date){ 2027, 1, 15 }, &o, &found),
	        OK);
	assert_true(found && str_is(o.period, "2026-11"));
	end(&w, &c);
}

static void reminded_once_a_stage(void **state)
{
	/* Two firms are there; only the monthly one has a return due on 2026-12-15. */
	static const struct {
		const char *day;
		int64_t more;
	} days[] = { { "2026-12-07T00:10:00+08:00", 0 }, { "2026-12-08T00:10:00+08:00", 1 },
		{ "2026-12-09T00:10:00+08:00", 0 }, { "2026-12-12T00:10:00+08:00", 1 },
		{ "2026-12-14T00:10:00+08:00", 1 }, { "2026-12-14T12:00:00+08:00", 0 },
		{ "2026-12-16T00:10:00+08:00", 1 }, { "2026-12-20T00:10:00+08:00", 0 } };
	(void)state;
	struct world w;
	struct ctx c = begin(&w);
	for (size_t i = 0; i < COUNT(days); i++) {
		int64_t before = events(&c);
		set(&c, days[i].day);
		assert_int_equal(calendar_daily(&c, S("{}")), OK);
		if (events(&c) - before != days[i].more) fail_msg("%s", days[i].day);
	}
	end(&w, &c);
}

struct money_step {
	struct world *w;
	int64_t amount, pay;
	struct obligation after;
};

static err_t assess(struct ctx *c, void *arg)
{
	struct money_step *s = arg;
	TRY(ledger_assess(
	        c, s->w->firm, S("vat"), S("2026-11"), (struct date){ 2026, 12, 15 }, FEN(s->amount), 77, &s->after));
	if (!s->pay) return OK;
	bool found;
	TRY(ledger_pay(c, s->w->firm, s->after.id, FEN(s->pay), FEN(0), 78));
	return ledger_obligation(c, s->w->firm, s->after.id, &s->after, &found);
}

static void step(
        struct ctx *c, struct world *w, int64_t amount, int64_t pay, int64_t paid, int64_t refund, const char *status)
{
	struct money_step s = { w, amount, pay, { 0 } };
	assert_int_equal(db_write(c, assess, &s), OK);
	assert_int_equal(s.after.assessed.fen, amount);
	assert_int_equal(s.after.paid.fen, paid);
	assert_int_equal(s.after.refund.fen, refund);
	assert_true(str_is(s.after.status, status));
}

static size_t findings;
static void finding(struct fsck *f, bool fault, struct str text)
{
	(void)f;
	findings += fault;
	if (fault) print_message("%.*s\n", STR_FMT(text));
}

/* 52,000.00 paid; corrected down to 50,000.00: 2,000.00 to give back; up to 53,000.00: those are used first. */
static void corrections_and_money(void **state)
{
	(void)state;
	struct world w;
	struct ctx c = begin(&w);
	set(&c, "2026-12-05T10:00:00+08:00");
	step(&c, &w, 5200000, 0, 0, 0, "due");
	step(&c, &w, 5200000, 5200000, 5200000, 0, "fulfilled");
	step(&c, &w, 5000000, 0, 5000000, 200000, "fulfilled");
	step(&c, &w, 5300000, 0, 5200000, 0, "due");
	step(&c, &w, -100000, 0, -100000, 5300000, "fulfilled");
	step(&c, &w, 0, 0, 0, 5200000, "fulfilled");
	struct ledger_paid paid;
	assert_int_equal(
	        ledger_paid_between(&c, w.firm, S("vat"), S("2026-11"), date_to_instant((struct date){ 2026, 12, 1 }),
	                date_to_instant((struct date){ 2027, 1, 1 }), &paid),
	        OK);
	assert_int_equal(paid.period.fen, 5200000);
	assert_int_equal(paid.others.fen, 0);
	extern const struct service ledger_service;
	struct fsck f = { .arena = c.arena, .line = finding };
	findings = 0;
	assert_int_equal(ledger_service.fsck(&c, &f), OK);
	assert_int_equal(findings, 0);
	end(&w, &c);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(opened_by_event_and_by_day),
		cmocka_unit_test(clock_both_ways), cmocka_unit_test(reminded_once_a_stage),
		cmocka_unit_test(corrections_and_money) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
