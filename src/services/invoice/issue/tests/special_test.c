/* The table of special businesses: sorted, without doubles, and each obligatory field is asked for, each form refused.
 */
#include "services/invoice/issue/write.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void begin(struct ctx *c, struct arena *a)
{
	*c = (struct ctx){ .arena = a, .today = { 2026, 11, 24 } };
	problem_init(&c->problem, a);
}

static struct str right(enum special_index i)
{
	switch (special_table[i].form) {
	case SPECIAL_TEXT: return S("x");
	case SPECIAL_DATE: return S("2026-11-24");
	case SPECIAL_MONEY: return S("1.00");
	case SPECIAL_MONTH: return S("2026-11");
	case SPECIAL_COUNT: return S("5");
	case SPECIAL_VIN: return S("LSVAA49J132047371");
	case SPECIAL_CHOICE: return str_c(special_table[i].choices[0].code);
	}
	return S("");
}

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 1; i < SPECIAL_N; i++) /* the canonical JSON writes them in this order */
		assert_true(strcmp(special_table[i - 1].name, special_table[i].name) < 0);
	assert_true(SPECIAL_N <= 64);
	for (const struct choice *o = special_choices; o->code; o++) {
		const struct special_business *b = special_find(str_c(o->code));
		assert_non_null(b);
		assert_string_equal(b->label, o->label);
		for (size_t i = 0; i < b->n_uses; i++)
			for (size_t k = 0; k < i; k++)
				assert_int_not_equal(b->uses[i].field, b->uses[k].field);
	}
}

static struct issue_in input_of(const struct special_business *b, struct special_item *item)
{
	return (struct issue_in){ .business = str_c(b->word),
		.kind = str_c(b->kind                         ? b->kind
		              : (b->flags & SPECIAL_ORDINARY) ? "ordinary"
		                                              : "special"),
		.buyer.tax_id = S("330106198511120028"),
		.special = item,
		.n_special = b->n_uses ? 1 : 0 };
}

static void fill(const struct special_business *b, struct special_item *item)
{
	*item = (struct special_item){ 0 };
	for (size_t k = 0; k < b->n_uses; k++)
		item->v[b->uses[k].field] = right(b->uses[k].field);
	if (item->v[SPECIAL_total].p) item->v[SPECIAL_total] = S("2.00"); /* tax and late fee */
}

static size_t faults(struct ctx *c, const struct issue_in *in)
{
	static const struct issuer by = { 0 };
	c->problem.n = 0;
	special_check(c, in, &by);
	return c->problem.n;
}

static void test_each(void **state)
{
	struct arena *a = arena_new();
	struct special_item item;
	struct ctx c;
	(void)state;
	begin(&c, a);
	for (const struct choice *o = special_choices; o->code; o++) {
		const struct special_business *b = special_find(str_c(o->code));
		fill(b, &item);
		struct issue_in in = input_of(b, &item);
		assert_int_equal(faults(&c, &in), 0);
		for (size_t i = 0; i < SPECIAL_N; i++) {
			struct str kept = item.v[i];
			const struct special_use *use = NULL;
			for (size_t k = 0; k < b->n_uses; k++)
				if (b->uses[k].field == i) use = &b->uses[k];
			if (!b->n_uses) continue;
			item.v[i] = use ? STR_NONE : right((enum special_index)i);
			if (i != SPECIAL_tax && i != SPECIAL_late_fee && i != SPECIAL_total)
				assert_int_equal(faults(&c, &in), use ? use->must : 1);
			item.v[i] = S("\xe4\xb9\xb1");
			bool any = special_table[i].form == SPECIAL_TEXT || special_table[i].form == SPECIAL_CHOICE;
			if (use && !any) assert_true(faults(&c, &in) >= 1);
			item.v[i] = kept;
		}
		in.kind = str_is(in.kind, "vehicle") ? S("ordinary") : S("vehicle");
		assert_true(faults(&c, &in) >= 1);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_table), cmocka_unit_test(test_each) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
