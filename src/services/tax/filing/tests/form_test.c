/* The form: filled from sums of invoices, computed, compared with what was sent (A05.1, GC1). */
#include "services/tax/filing/form.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct setting {
	struct arena *arena;
	struct policy_store *store;
	struct facts facts;
	struct filled filled;
};

static void open(struct setting *s, const struct invoice_sale *sold, size_t n)
{
	struct str why;
	int line;
	s->arena = arena_new();
	if (policy_load(s->arena, &s->store, &why) != OK) fail_msg("%.*s", STR_FMT(why));
	s->facts.sold = sold;
	s->facts.n_sold = n;
	if (!s->facts.location) s->facts.location = 1;
	if (!s->facts.period.year) s->facts.period = (struct period){ PERIOD_MONTH, 2026, 11 };
	assert_int_equal(form_open(s->store, s->arena, &s->facts, &s->filled), FORM_OK);
	form_prefill(&s->facts, &s->filled);
	assert_int_equal(form_compute(s->store, &s->facts, &s->filled, &line), FORM_OK);
}

static struct invoice_sale sum(const char *kind, int32_t ppm, int section, int64_t amount, int64_t tax)
{
	return (struct invoice_sale){ .kind = str_c(kind),
		.treatment = section == 6 ? 3 : 0,
		.rate = PPM(ppm),
		.section = section,
		.n = 1,
		.amount = FEN(amount),
		.tax = FEN(tax) };
}

#define CELL_IS(s, n, fen_) assert_int_equal((s).filled.cell[n].fen, fen_)

static void the_golden_month(void **state)
{
	(void)state;
	const struct invoice_sale sold[] = { sum("special", 130000, 1, 100000000, 13000000) };
	struct setting s = { .facts = { .n_credits = 2, .credit_tax = FEN(7800000) } };
	open(&s, sold, 1);
	CELL_IS(s, 1, 100000000);
	CELL_IS(s, 2, 100000000);
	CELL_IS(s, 11, 13000000);
	CELL_IS(s, 12, 7800000);
	CELL_IS(s, 34, 5200000);
	CELL_IS(s, 39, 364000);
	CELL_IS(s, 40, 156000);
	CELL_IS(s, 41, 104000);
	assert_int_equal(s.filled.total.fen, 5824000);
	assert_false(s.filled.edu_exempt);
	arena_free(s.arena);
}

/* Every class of sale stands in its lines; red letters lower them. */
static void sales_by_class(void **state)
{
	(void)state;
	const struct invoice_sale sold[] = { sum("special", 130000, 1, 1000000, 130000),
		sum("special", 130000, 1, -200000, -26000), sum("special", 130000, 2, 300000, 39000),
		sum("ordinary", 60000, 3, 500000, 30000), sum("ordinary", 90000, 5, 100000, 9000),
		sum("ordinary", 30000, 3, 400000, 12000), sum("ordinary", 50000, 5, 200000, 10000),
		sum("ordinary", 0, 1, 70000, 0), sum("ordinary", 0, 3, 80000, 0), sum("ordinary", 0, 6, 999999, 0) };
	struct setting s = { 0 };
	open(&s, sold, sizeof sold / sizeof sold[0]);
	CELL_IS(s, 1, 1700000);
	CELL_IS(s, 2, 800000);
	CELL_IS(s, 3, 300000);
	CELL_IS(s, 11, 182000);
	CELL_IS(s, 5, 600000);
	CELL_IS(s, 21, 22000);
	CELL_IS(s, 9, 70000);
	CELL_IS(s, 10, 80000);
	CELL_IS(s, 8, 150000);
	assert_int_equal(form_sales(&s.filled).fen, 1700000 + 600000 + 150000);
	arena_free(s.arena);
}

/* 财税〔2016〕12号: 100,000.00 a month is still exempt, one fen more is not; the urban tax is due in both. */
static void education_levies_by_sales(void **state)
{
	(void)state;
	const struct invoice_sale at[] = { sum("special", 130000, 1, 10000000, 1300000) },
	                          above[] = { sum("special", 130000, 1, 10000001, 1300000) };
	struct setting s = { 0 }, t = { 0 };
	open(&s, at, 1);
	assert_true(s.filled.edu_exempt);
	CELL_IS(s, 39, 91000);
	CELL_IS(s, 40, 0);
	CELL_IS(s, 41, 0);
	open(&t, above, 1);
	CELL_IS(t, 40, 39000);
	CELL_IS(t, 41, 26000);
	arena_free(s.arena);
	arena_free(t.arena);
}

static void places_and_halves(void **state)
{
	(void)state;
	const struct invoice_sale sold[] = { sum("special", 130000, 1, 100000000, 13000000) };
	struct setting town = { .facts = { .location = 2, .half = true } }, other = { .facts = { .location = 3 } };
	open(&town, sold, 1);
	CELL_IS(town, 39, 325000); /* 130,000.00 * 5 % * 50 % */
	CELL_IS(town, 40, 195000);
	open(&other, sold, 1);
	CELL_IS(other, 39, 130000);
	arena_free(town.arena);
	arena_free(other.arena);
}

static void carried_over(void **state)
{
	(void)state;
	struct setting s = { .facts = { .has_previous = true,
		                     .carried = FEN(500000),
		                     .owed = FEN(5200000),
		                     .paid_previous = FEN(5200000),
		                     .arrears = FEN(10000) } };
	open(&s, NULL, 0);
	CELL_IS(s, 13, 500000);
	CELL_IS(s, 20, 500000);
	CELL_IS(s, 25, 5200000);
	CELL_IS(s, 27, 5210000);
	CELL_IS(s, 32, -10000);
	CELL_IS(s, 34, 0);
	assert_int_equal(s.filled.role[13], CELL_CARRIED);
	struct setting first = { 0 };
	open(&first, NULL, 0);
	assert_int_equal(first.filled.role[13], CELL_ENTERED);
	arena_free(s.arena);
	arena_free(first.arena);
}

static const struct form_fault *fault_at(const struct form_fault *f, size_t n, int line)
{
	for (size_t i = 0; i < n; i++)
		if (f[i].cell == line) return &f[i];
	return NULL;
}

static void what_was_sent(void **state)
{
	(void)state;
	const struct invoice_sale sold[] = { sum("special", 130000, 1, 100000000, 13000000) };
	struct form_fault f[FORM_FAULTS_MAX];
	struct setting s = { .facts = { .has_previous = true, .carried = FEN(100) } };
	struct sent sent = { 0 };
	open(&s, sold, 1);
	memcpy(sent.cell, s.filled.cell, sizeof sent.cell);
	for (int n = 1; n <= FORM_LINES; n++)
		sent.has[n] = true;
	assert_int_equal(form_take(s.store, &s.facts, &sent, &s.filled, f), 0);
	sent.cell[12] = FEN(7800000);  /* may be changed; 17, 18, 19 … follow and are wrong now */
	sent.cell[13] = FEN(200);      /* comes from the return before */
	sent.cell[28] = FEN(-1);       /* not negative */
	sent.cell[2] = FEN(100000001); /* a part above its whole */
	size_t n = form_take(s.store, &s.facts, &sent, &s.filled, f);
	assert_int_equal(fault_at(f, n, 13)->kind, FAULT_CARRIED);
	assert_int_equal(fault_at(f, n, 13)->expected.fen, 100);
	assert_int_equal(fault_at(f, n, 28)->kind, FAULT_NEGATIVE);
	assert_int_equal(fault_at(f, n, 2)->kind, FAULT_PARTS);
	assert_int_equal(fault_at(f, n, 19)->kind, FAULT_COMPUTED);
	assert_int_equal(fault_at(f, n, 19)->expected.fen, 13000000 - 7800000 - 100);
	assert_int_equal(fault_at(f, n, 39)->kind, FAULT_COMPUTED);
	assert_null(fault_at(f, n, 12));
	arena_free(s.arena);
}

static void beyond_the_range(void **state)
{
	(void)state;
	struct form_fault f[FORM_FAULTS_MAX];
	struct setting s = { 0 };
	struct sent sent = { 0 };
	open(&s, NULL, 0);
	sent.has[11] = true;
	sent.cell[11] = FEN(MONEY_MAX_FEN + 1);
	size_t n = form_take(s.store, &s.facts, &sent, &s.filled, f);
	assert_int_equal(n, 1);
	assert_int_equal(f[0].kind, FAULT_RANGE);
	assert_int_equal(f[0].cell, 11);
	arena_free(s.arena);
}

static void nothing_and_no_rules(void **state)
{
	(void)state;
	struct setting s = { .facts = { .has_previous = true, .carried = FEN(100) } };
	open(&s, NULL, 0);
	assert_true(form_nothing(&s.filled));
	s.facts.period = (struct period){ PERIOD_MONTH, 2031, 1 };
	s.facts.small = true; /* the rules for small-scale payers end with 2027, those of the general form do not */
	assert_int_equal(form_open(s.store, s.arena, &s.facts, &s.filled), FORM_NO_RULES);
	arena_free(s.arena);
}

/* GC3 and the boundary of 增值税法 第二十三条: a quarter's 300,000.00 is reached in 2026, not in 2025. */
static void small_scale(void **state)
{
	static const struct {
		struct period period;
		int64_t special, ordinary, due, exempt;
	} cases[] = {
		{ { PERIOD_QUARTER, 2026, 4 }, 0, 28000000, 0, 28000000 },
		{ { PERIOD_QUARTER, 2026, 4 }, 0, 32000000, 320000, 0 },
		{ { PERIOD_QUARTER, 2026, 4 }, 0, 30000000, 300000, 0 },
		{ { PERIOD_QUARTER, 2025, 4 }, 0, 30000000, 0, 30000000 },
		{ { PERIOD_QUARTER, 2026, 4 }, 10000000, 18000000, 100000, 18000000 },
		{ { PERIOD_MONTH, 2026, 11 }, 0, 10000001, 100000, 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct invoice_sale sold[] = { sum("special", 10000, 1, cases[i].special, 0),
			sum("ordinary", 10000, 1, cases[i].ordinary, 0) };
		struct setting s = {
			.facts = { .period = cases[i].period, .small = true, .household = true, .half = true }
		};
		open(&s, sold, 2);
		CELL_IS(s, 22, cases[i].due);
		CELL_IS(s, 11, cases[i].exempt);
		CELL_IS(s, 10, 0);
		assert_int_equal(s.filled.role[1], CELL_COMPUTED);
		assert_int_equal(s.filled.role[CELL_unbilled], CELL_ENTERED);
		assert_int_equal(s.filled.role[26], CELL_NONE);
		/* 城建税 7 % halved; the education levies only above 300,000.00 a quarter (100,000.00 a month) */
		CELL_IS(s, 23, cases[i].due * 35 / 1000);
		CELL_IS(s, 24, form_sales(&s.filled).fen > 30000000 || i == 5 ? cases[i].due * 15 / 1000 : 0);
		arena_free(s.arena);
	}
}

/* Sales without an invoice are the taxpayer's to add; they count for the threshold. */
static void small_scale_unbilled(void **state)
{
	(void)state;
	const struct invoice_sale sold[] = { sum("ordinary", 10000, 1, 28000000, 0) };
	struct setting s = { .facts = { .period = { PERIOD_QUARTER, 2026, 4 }, .small = true, .half = true } };
	struct form_fault f[FORM_FAULTS_MAX];
	struct sent sent = { 0 };
	open(&s, sold, 1);
	CELL_IS(s, 10, 28000000);
	sent.has[CELL_unbilled] = sent.has[27] = sent.has[CELL_addl_credit] = true;
	sent.cell[CELL_unbilled] = FEN(4000000);
	size_t n = form_take(s.store, &s.facts, &sent, &s.filled, f);
	assert_int_equal(n, 2);
	assert_int_equal(fault_at(f, n, 27)->kind, FAULT_UNKNOWN);
	assert_int_equal(fault_at(f, n, CELL_addl_credit)->kind, FAULT_UNKNOWN);
	CELL_IS(s, 1, 32000000);
	CELL_IS(s, 3, 28000000);
	CELL_IS(s, 22, 320000);
	arena_free(s.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_golden_month), cmocka_unit_test(sales_by_class),
		cmocka_unit_test(education_levies_by_sales), cmocka_unit_test(places_and_halves),
		cmocka_unit_test(carried_over), cmocka_unit_test(what_was_sent), cmocka_unit_test(beyond_the_range),
		cmocka_unit_test(nothing_and_no_rules), cmocka_unit_test(small_scale),
		cmocka_unit_test(small_scale_unbilled) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
