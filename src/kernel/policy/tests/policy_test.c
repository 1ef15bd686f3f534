/* The policy room: the general VAT form against figures worked out by hand, and packages that must be refused. */
#include "kernel/policy/policy.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

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
	assert_null(policy_form(s, "surcharges", (struct date){ 2028, 1, 1 }));
	f = policy_form(s, "late-fee", (struct date){ 2024, 2, 23 });
	v = policy_values(f, a);
	put(f, v, "tax", 300001), put(f, v, "days", 21);
	assert_int_equal(policy_evaluate(f, v, &slot), OK);
	assert_int_equal(line(f, v, "late_fee"), 3150);
	arena_free(a);
}

static bool loads(const char *lines)
{
	struct arena *a = arena_new();
	struct policy_store *s;
	struct str why;
	bool good = policy_load_text(a, str_printf(a, HEAD "%s]}\n", lines), &s, &why) == OK;
	arena_free(a);
	return good;
}

static void refusals(void **state)
{
	(void)state;
	assert_true(loads("{id: y, title: y, formula: 'x * 13% / (100% + 13%)'}"));
	assert_false(loads("{id: y, title: y, formula: 'nobody + x'}"));
	assert_false(loads("{id: y, title: y, formula: 'z'}, {id: z, title: z, formula: 'y'}"));
	assert_false(loads("{id: y, title: y, formula: 'x * x'}"));
	assert_false(loads("{id: y, title: y, formula: 'x * 100000'}"));
	assert_false(loads("{id: y, title: y, formula: 'x / x'}"));
	assert_false(loads("{id: y, title: y, formula: 'x +'}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(general_form), cmocka_unit_test(surcharges_and_late_fee),
		cmocka_unit_test(refusals) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
