/* What holds for every form of every package: columns equal single evaluation, the JSON trace equals the tree,
 * stretches of time follow one another, the hash is one. Random inputs with the limits among them. */
#include "kernel/policy/policy.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define ROWS 1500 /* more than one block, and a rest */
#define INPUTS 128

static const char *const forms[] = { "vat-general", "vat-general-1", "vat-general-2", "vat-general-4", "vat-small",
	"vat-small-levy", "vat-small-inclusive", "vat-prepayment", "vat-refund", "vat-refund-ratio", "vat-output",
	"vat-differential", "vat-input-travel", "vat-input-farm", "vat-input-shared", "vat-per-time", "vat-rent",
	"vat-registration", "surcharges", "late-fee", "voucher" };

static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static int64_t within(uint64_t *seed, int64_t lo, int64_t hi)
{
	static const int64_t edges[] = { 0, 1, -1, 50, 49, 100, 10000000, 30000000 };
	uint64_t r = next(seed) % 8;
	int64_t v = r == 0 ? lo : r == 1 ? hi : r < 5 ? edges[next(seed) % 8] : (int64_t)(next(seed) % 100000000000);
	return v < lo ? lo : v > hi ? hi : v;
}

static void columns_equal_rows(const struct policy_form *f, struct arena *a, uint64_t *seed)
{
	int64_t *in[INPUTS] = { 0 }, *out[INPUTS] = { 0 }, lo, hi;
	struct str id, title;
	enum policy_unit unit;
	unsigned n_in = 0, n_out = 0;
	int slot;
	for (; policy_limits(f, n_in, &lo, &hi) && policy_input(f, n_in, &id, &unit); n_in++) {
		in[n_in] = arena_array(a, ROWS, sizeof(int64_t));
		for (unsigned k = 0; k < ROWS; k++)
			in[n_in][k] = within(seed, lo, hi);
	}
	while (policy_line(f, n_out, &id, &title, &slot))
		out[n_out++] = arena_array(a, ROWS, sizeof(int64_t));
	assert_int_equal(policy_evaluate_columns(f, a, ROWS, (const int64_t *const *)in, (int64_t *const *)out), OK);
	int64_t *v = policy_values(f, a);
	for (unsigned k = 0; k < ROWS; k++) {
		for (unsigned i = 0; i < n_in; i++)
			v[i] = in[i][k];
		assert_int_equal(policy_evaluate(f, v, &slot), OK);
		for (unsigned i = 0; policy_line(f, i, &id, &title, &slot); i++)
			assert_true(v[slot] == out[i][k]);
		if (k % 100) continue;
		struct buf text, tree;
		buf_init(&text, a, 64);
		buf_init(&tree, a, 4096);
		buf_c(&text, "x");
		policy_trace_json(f, v, &text);
		value_write_json(&tree, policy_trace(f, v, a));
		assert_true(str_eq(str_sub(buf_done(&text), 1, text.n), buf_done(&tree)));
	}
}

static void all_forms(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct policy_store *s;
	struct str why;
	uint64_t seed = 20261124;
	if (policy_load(a, &s, &why) != OK) fail_msg("%.*s", STR_FMT(why));
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
		for (int16_t year = 2020; year <= 2027; year++) {
			const struct policy_form *f = policy_form(s, forms[i], (struct date){ year, 11, 30 });
			if (!f) continue;
			struct arena *scratch = arena_new();
			assert_int_equal(policy_hash(f).n, 64);
			columns_equal_rows(f, scratch, &seed);
			arena_free(scratch);
		}
	arena_free(a);
}

/* A form that begins is in force on every day until it ends. */
static void no_day_between(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct policy_store *s;
	struct str why;
	assert_int_equal(policy_load(a, &s, &why), OK);
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		int changes = 0;
		bool before = false;
		for (int32_t d = date_days((struct date){ 2000, 1, 1 }); d < date_days((struct date){ 2035, 1, 1 });
		        d++) {
			bool now = policy_form(s, forms[i], date_from_days(d)) != NULL;
			changes += now != before;
			before = now;
		}
		assert_true(changes == 1 || changes == 2);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(all_forms), cmocka_unit_test(no_day_between) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
