/* The policy room: the general VAT form against figures worked out by hand, and packages that must be refused. */
#include "kernel/policy/policy.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#define HEAD "forms:\n  - {id: f, title: t, law: l, from: 2020-01-01, inputs: [{id: x, title: x}], lines: ["

static int64_t line(const struct policy_form *f, const int64_t *v, const char *id)
{
	int slot = policy_slot(f, str_c(id));
	assert_true(slot >= 0);
	return v[slot];
}

static void put(const struct policy_form *f, int64_t *v, const char *id, int64_t fen)
{
	int slot = policy_slot(f, str_c(id));
	assert_true(slot >= 0);
	v[slot] = fen;
}

static void general_form(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct policy_store *s;
	struct str why;
	if (policy_load(a, &s, &why) != OK) fail_msg("%.*s", STR_FMT(why));
	const struct policy_form *f = policy_form(s, "vat-general", (struct date){ 2026, 11, 1 });
	assert_non_null(f);
	int64_t *v = policy_values(f, a);
	int slot;
	put(f, v, "l11", 8840000), put(f, v, "l12", 6123456), put(f, v, "l21", 300000), put(f, v, "l23", 28000);
	put(f, v, "l28", 100000), put(f, v, "l25", 500000), put(f, v, "l30", 500000);
	assert_int_equal(policy_evaluate(f, v, &slot), OK);
	assert_int_equal(line(f, v, "l19"), 2716544);
	assert_int_equal(line(f, v, "l24"), 2988544);
	assert_int_equal(line(f, v, "l32"), 2888544);
	assert_int_equal(line(f, v, "l33"), 0);
	v = policy_values(f, a);
	put(f, v, "l11", 8000000), put(f, v, "l12", 7600000), put(f, v, "addl_credit", 1000000);
	assert_int_equal(policy_evaluate(f, v, &slot), OK);
	assert_int_equal(line(f, v, "l19"), 0);
	assert_int_equal(line(f, v, "addl_carry"), 600000);
	put(f, v, "l11", MONEY_MAX_FEN + 1);
	assert_int_equal(policy_evaluate(f, v, &slot), E_INPUT);
	assert_int_equal(slot, policy_slot(f, S("l11")));
	arena_free(a);
}

static void surcharges_and_late_fee(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct policy_store *s;
	struct str why;
	int slot;
	if (policy_load(a, &s, &why) != OK) fail_msg("%.*s", STR_FMT(why));
	const struct policy_form *f = policy_form(s, "surcharges", (struct date){ 2026, 11, 1 });
	assert_non_null(f);
	int64_t *v = policy_values(f, a);
	put(f, v, "vat", 300001), put(f, v, "location", 2), put(f, v, "half", 1);
	assert_int_equal(policy_evaluate(f, v, &slot), OK);
	assert_int_equal(line(f, v, "urban"), 7500);
	assert_int_equal(line(f, v, "total"), 15000);
	put(f, v, "vat", 123456), put(f, v, "location", 1), put(f, v, "half", 0), put(f, v, "edu_exempt", 1);
	assert_int_equal(policy_evaluate(f, v, &slot), OK);
	assert_int_equal(line(f, v, "total"), 8642);
	f = policy_form(s, "surcharges", (struct date){ 2028, 1, 1 }); /* halving has ended, the surcharges have not */
	v = policy_values(f, a);
	put(f, v, "vat", 300001), put(f, v, "location", 2), put(f, v, "half", 1);
	assert_int_equal(policy_evaluate(f, v, &slot), OK);
	assert_int_equal(line(f, v, "total"), 30000);
	f = policy_form(s, "late-fee", (struct date){ 2024, 2, 23 });
	v = policy_values(f, a);
	put(f, v, "tax", 300001), put(f, v, "days", 21);
	assert_int_equal(policy_evaluate(f, v, &slot), OK);
	assert_int_equal(line(f, v, "late_fee"), 3150);
	arena_free(a);
}

/* The small-scale form: exemption below the standard, special invoices taxed all the same, immovables apart. */
static void small_form(void **state)
{
	(void)state;
	static const struct {
		struct date end;
		int64_t special_1, special_3, ordinary_1, immovable, used;
		int64_t l1, l4, l9, l15, l16, l20;
	} cases[] = {
		/* 2026Q1: 300,000.00 reaches the standard (增值税法 第二十三条); 299,999.99 does not; 2025Q4:
		   300,000.00 does not */
		{ { 2026, 3, 31 }, 0, 0, 30000000, 0, 0, 30000000, 0, 0, 900000, 600000, 300000 },
		{ { 2026, 3, 31 }, 0, 0, 29999999, 0, 0, 0, 0, 29999999, 0, 0, 0 },
		{ { 2025, 12, 31 }, 0, 0, 30000000, 0, 0, 0, 0, 30000000, 0, 0, 0 },
		/* special invoices are taxed below it too; those at 3 % without the cut */
		{ { 2026, 3, 31 }, 10000000, 0, 18000000, 0, 0, 10000000, 0, 18000000, 300000, 200000, 100000 },
		{ { 2026, 3, 31 }, 0, 10000000, 18000000, 0, 0, 10000000, 0, 18000000, 300000, 0, 300000 },
		/* above with an immovable, below without it: only the immovable is taxed */
		{ { 2025, 6, 30 }, 0, 0, 25000000, 60000000, 0, 0, 60000000, 25000000, 3000000, 0, 3000000 },
		/* 2022Q2: all of 3 % exempt whatever the size, special invoices at 3 % */
		{ { 2022, 6, 30 }, 1000000, 0, 80000000, 0, 0, 1000000, 0, 80000000, 30000, 0, 30000 },
		/* used assets above the standard: 3 % less 1 % */
		{ { 2026, 3, 31 }, 0, 0, 40000000, 0, 1000000, 40000000, 0, 0, 1230000, 810000, 420000 },
	};
	struct arena *a = arena_new();
	struct policy_store *s;
	struct str why;
	int slot;
	if (policy_load(a, &s, &why) != OK) fail_msg("%.*s", STR_FMT(why));
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct policy_form *f = policy_form(s, "vat-small", cases[i].end);
		assert_non_null(f);
		int64_t *v = policy_values(f, a);
		put(f, v, "special_1", cases[i].special_1), put(f, v, "special_3", cases[i].special_3);
		put(f, v, "ordinary_1", cases[i].ordinary_1), put(f, v, "immovable_ordinary", cases[i].immovable);
		put(f, v, "used_invoiced", cases[i].used), put(f, v, "quarter", 1);
		assert_int_equal(policy_evaluate(f, v, &slot), OK);
		assert_int_equal(line(f, v, "l1"), cases[i].l1);
		assert_int_equal(line(f, v, "l4"), cases[i].l4);
		assert_int_equal(line(f, v, "l9"), cases[i].l9);
		assert_int_equal(line(f, v, "l15"), cases[i].l15);
		assert_int_equal(line(f, v, "l16"), cases[i].l16);
		assert_int_equal(line(f, v, "l20"), cases[i].l20);
		assert_int_equal(line(f, v, "l22"), cases[i].l20);
	}
	arena_free(a);
}

static void worked_examples(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct policy_store *s;
	struct str why;
	unsigned n;
	if (policy_load(a, &s, &why) != OK) fail_msg("%.*s", STR_FMT(why));
	if (policy_examples(s, STR_NONE, &n, &why) != OK) fail_msg("%.*s", STR_FMT(why));
	assert_true(n > 40);
	arena_free(a);
}

/* Every figure of a package that is put in force has a worked example beside it. */
static void every_form_has_an_example(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct policy_store *s;
	struct str why, form;
	struct str ids = S("vat-general vat-general-1 vat-general-2 vat-general-4 vat-small vat-small-levy "
	                   "vat-small-inclusive vat-prepayment vat-refund vat-refund-ratio vat-output vat-differential "
	                   "vat-input-travel vat-input-farm vat-input-shared vat-per-time vat-rent vat-registration "
	                   "surcharges late-fee voucher");
	unsigned n;
	if (policy_load(a, &s, &why) != OK) fail_msg("%.*s", STR_FMT(why));
	while (str_split(&ids, ' ', &form)) {
		assert_non_null(policy_form(s, str_dup(a, form).p, (struct date){ 2026, 11, 30 }));
		assert_int_equal(policy_examples_of(s, form, &n, &why), OK);
		if (!n) fail_msg("no example: %.*s", STR_FMT(form));
	}
	arena_free(a);
}

static bool text_loads(struct arena *a, struct str yaml, struct str *why)
{
	struct policy_store *s;
	return policy_load_text(a, yaml, &s, why) == OK;
}

static bool loads(const char *lines)
{
	struct arena *a = arena_new();
	struct str why;
	bool good = text_loads(a, str_printf(a, HEAD "%s]}\n", lines), &why);
	assert_true(good == (why.n == 0));
	arena_free(a);
	return good;
}

static void refused_formulas(void **state)
{
	(void)state;
	assert_true(loads("{id: y, title: y, formula: 'x * 13% / (100% + 13%)'}"));
	assert_true(loads("{id: y, title: y, formula: 'portion(x, x, x)'}"));
	assert_true(loads("{id: y, title: y, formula: 'x * 50% * 50%'}"));
	static const char *const wrong[] = {
		"nobody + x", /* unknown name */
		"x * x",      /* money times money */
		"x * 100000",
		"x * 9 * 9 * 9 * 9 * 9", /* can pass int64 */
		"x / x",
		"x / 0", /* divisor can be 0 */
		"x +",
		"x x",
		"(x",
		"x)",
		"",
		"+ x",
		"min(x",
		"if(x, 1.00, 2.00)",
		"not x",
		"x and x",
		"1.234",
		"x + 1",
		"round(x, 0.00)",
		"bracket(x, x)",
		"portion(x, x, 5)",
		"x == 5%",
	};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		char line[200];
		(void)snprintf(line, sizeof line, "{id: y, title: y, formula: '%s'}", wrong[i]);
		if (loads(line)) fail_msg("loaded: %s", wrong[i]);
	}
	assert_false(loads("{id: y, title: y, formula: 'z'}, {id: z, title: z, formula: 'y'}")); /* circle */
	assert_false(loads("{id: y, title: y, formula: 'y'}"));
	assert_false(loads("{id: y, title: y, formula: 'x'}, {id: y, title: y, formula: 'x'}")); /* twice */
	assert_false(loads("{id: x, title: x, formula: 'x'}"));
	assert_false(loads("{id: max, title: y, formula: 'x'}"));             /* a word of the language */
	assert_false(loads("{id: y, formula: 'x'}"));                         /* no title */
	assert_false(loads("{id: y, title: y, formla: 'x'}"));                /* unknown key */
	assert_false(loads("{id: y, title: y, formula: 'x', formula: 'x'}")); /* key twice */
}

static void refused_packages(void **state)
{
	(void)state;
	static const struct {
		const char *values, *why; /* why NULL: loads */
	} cases[] = {
		{ "{from: 2020-01-01, to: 2020-12-31, value: '0.1', law: l}, {from: 2021-01-01, value: '0.2', law: l}",
		        NULL },
		{ "{from: 2020-01-01, to: 2020-12-31, value: '0.1', law: l}, {from: 2021-01-02, value: '0.2', law: l}",
		        "gap or overlap" },
		{ "{from: 2020-01-01, to: 2020-12-31, value: '0.1', law: l}, {from: 2020-12-31, value: '0.2', law: l}",
		        "gap or overlap" },
		{ "{from: 2020-01-01, value: '0.1', law: l}, {from: 2021-01-01, value: '0.2', law: l}",
		        "gap or overlap" },
		{ "{from: 2020-01-01, value: '0.1'}", "citation" },
		{ "{from: 2020-01-01, value: '0.1', law: ''}", "citation" },
		{ "{from: 2020-13-01, value: '0.1', law: l}", "dates" },
		{ "{from: 2020-01-02, to: 2020-01-01, value: '0.1', law: l}", "dates" },
		{ "{from: 2020-01-01, value: '1.1', law: l}", "value" },
		{ "{from: 2020-01-01, value: '0.1', laww: l}", "unknown key" },
		{ "", "no values" },
		{ "{from: 2020-01-01, to: 2024-12-31, value: '0.1', law: l}", "no value at this date" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct arena *a = arena_new();
		struct str why;
		struct str yaml = str_printf(a,
		        "parameters: [{id: r, title: r, unit: rate, values: [%s]}]\nforms:\n  - {id: f, title: t, law: "
		        "l, from: "
		        "2020-01-01, inputs: [{id: x, title: x}], lines: [{id: y, title: y, formula: 'x * r'}]}\n",
		        cases[i].values);
		bool good = text_loads(a, yaml, &why);
		if (good != !cases[i].why || (!good && str_find(why, cases[i].why) < 0))
			fail_msg("%s: %.*s", cases[i].values, STR_FMT(why));
		arena_free(a);
	}
	struct arena *a = arena_new();
	struct str why;
	assert_false(text_loads(a, S("a: [1"), &why));
	assert_false(text_loads(a, S("form: []"), &why));                                     /* unknown key */
	assert_false(text_loads(a, S("forms: [{id: f, title: t, from: 2020-01-01}]"), &why)); /* no law */
	assert_false(text_loads(a,
	        S("forms: [{id: f, title: t, law: l, from: 2020-01-01}, {id: f, title: t, law: l, from: "
	          "2021-01-01}]"),
	        &why)); /* two at one date */
	assert_false(text_loads(a,
	        S("forms: [{id: f, title: t, law: l, from: 2020-01-01, inputs: [{id: x, title: x}], "
	          "checks: [{at: q, title: t, formula: 'x > 0'}]}]"),
	        &why));
	assert_false(text_loads(a,
	        S("forms: [{id: f, title: t, law: l, from: 2020-01-01, inputs: [{id: x, title: x}], "
	          "checks: [{at: x, title: t, formula: 'x + x'}]}]"),
	        &why));
	arena_free(a);
}

/* An example that does not come out is named with its figures. */
static void wrong_example(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct policy_store *s;
	struct str why;
	unsigned n;
	struct str yaml =
	        S("forms: [{id: f, title: t, law: l, from: 2020-01-01, inputs: [{id: x, title: x}], lines: [{id: y, "
	          "title: y, formula: 'x * 50%'}], examples: [{title: e, date: 2020-05-01, inputs: {x: '3.01'}, "
	          "lines: {y: '1.50'}}]}]");
	assert_int_equal(policy_load_text(a, yaml, &s, &why), OK);
	assert_int_equal(policy_examples(s, yaml, &n, &why), E_INPUT);
	assert_true(str_find(why, "is 151, should be 150") > 0);
	arena_free(a);
}

/* Cross-rules of the general form: shown at their line, only where they are broken. */
static void checks(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct policy_store *s;
	struct str why, at, title;
	int slot;
	unsigned broken = 0;
	bool holds;
	assert_int_equal(policy_load(a, &s, &why), OK);
	const struct policy_form *f = policy_form(s, "vat-general", (struct date){ 2026, 11, 30 });
	int64_t *v = policy_values(f, a);
	put(f, v, "l1", 100), put(f, v, "l2", 101), put(f, v, "l23", 1);
	assert_int_equal(policy_evaluate(f, v, &slot), OK);
	policy_run_checks(f, v);
	for (unsigned i = 0; policy_check(f, i, v, &at, &title, &holds); i++) {
		if (holds) continue;
		assert_true(str_is(at, "l2") || str_is(at, "l23"));
		broken++;
	}
	assert_int_equal(broken, 2);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(general_form), cmocka_unit_test(surcharges_and_late_fee),
		cmocka_unit_test(small_form), cmocka_unit_test(worked_examples),
		cmocka_unit_test(every_form_has_an_example), cmocka_unit_test(refused_formulas),
		cmocka_unit_test(refused_packages), cmocka_unit_test(wrong_example), cmocka_unit_test(checks) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
