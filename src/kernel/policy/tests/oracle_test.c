/* The general form against an oracle written apart from it in plain __int128: 20,000 random cases with edges, one at a
 * time and in columns; the trace of one case names formula and inputs. */
#include "kernel/policy/policy.h"
#include "kernel/policy/tests/vat_oracle.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void all_cases(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct policy_store *s;
	struct str why, id, title;
	enum policy_unit unit;
	assert_int_equal(policy_load(a, &s, &why), OK);
	const struct policy_form *f = policy_form(s, "vat-general", (struct date){ 2026, 11, 1 });
	int64_t *columns[64] = { 0 }, *out[64] = { 0 }, *v = policy_values(f, a), number = 0;
	unsigned n_in = 0, n_out = 0;
	int slot;
	uint64_t seed = 20261124;
	while (policy_input(f, n_in, &id, &unit))
		columns[n_in++] = arena_array(a, ORACLE_CASES, sizeof(int64_t));
	while (policy_line(f, n_out, &id, &title, &slot))
		out[n_out++] = arena_array(a, ORACLE_CASES, sizeof(int64_t));
	for (unsigned i = 0; i < n_in; i++)
		for (unsigned k = 0; k < ORACLE_CASES; k++) {
			(void)policy_input(f, i, &id, &unit);
			int64_t x = oracle_amount(&seed);
			columns[i][k] = str_is(id, "addl_credit") && x < 0 ? -x : x;
		}
	assert_int_equal(
	        policy_evaluate_columns(f, a, ORACLE_CASES, (const int64_t *const *)columns, (int64_t *const *)out),
	        OK);
	for (unsigned k = 0; k < ORACLE_CASES; k++) {
		int64_t in[ORACLE_LINES] = { 0 }, credit = 0;
		__int128 want[ORACLE_LINES];
		for (unsigned i = 0; i < n_in; i++) {
			(void)policy_input(f, i, &id, &unit);
			v[i] = columns[i][k];
			if (str_to_int(str_sub(id, 1, 9), &number))
				in[number] = v[i];
			else
				credit = v[i];
		}
		assert_int_equal(policy_evaluate(f, v, &slot), OK);
		vat_oracle(in, credit, want);
		for (unsigned i = 0; policy_line(f, i, &id, &title, &slot); i++) {
			assert_true(v[slot] == out[i][k]);
			if (str_to_int(str_sub(id, 1, 9), &number)) assert_true(v[slot] == want[number]);
		}
	}
	struct buf b;
	buf_init(&b, a, 4096);
	policy_trace_json(f, v, &b);
	assert_true(str_find(buf_done(&b), "\"formula\":\"l12 + l13 - l14 - l15 + l16\"") > 0);
	columns[0][ORACLE_CASES - 1] = MONEY_MAX_FEN + 1;
	assert_int_equal(
	        policy_evaluate_columns(f, a, ORACLE_CASES, (const int64_t *const *)columns, (int64_t *const *)out),
	        E_INPUT);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(all_cases) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
