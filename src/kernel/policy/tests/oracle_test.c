/* The general form against an oracle written apart from it in plain __int128: 20,000 random cases with edges, one at a
 * time and in columns; the trace of one case names formula and inputs. */
#include "kernel/policy/policy.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#define CASES 20000
#define NUMBERS 42

static uint64_t next(uint64_t *seed) /* xorshift: the same cases on every run */
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static int64_t amount(uint64_t *seed)
{
	static const int64_t edges[] = { 0, 1, -1, 49, 50, MONEY_MAX_FEN, -MONEY_MAX_FEN, MONEY_MAX_FEN - 1 };
	uint64_t r = next(seed);
	if (r % 4 == 0) return edges[r / 4 % 8];
	int64_t v = (int64_t)(next(seed) % (r % 3 == 0 ? 1000 : UINT64_C(100000000000)));
	return r % 7 == 0 ? -v : v;
}

static void oracle(const int64_t *in, __int128 credit, __int128 *l)
{
	for (int i = 0; i < NUMBERS; i++)
		l[i] = in[i];
	l[8] = l[9] + l[10];
	l[17] = l[12] + l[13] + l[16] - l[14] - l[15];
	l[18] = l[17] < l[11] ? l[17] : l[11];
	l[20] = l[17] - l[18];
	__int128 gross = l[11] - l[18], cut = gross < 0 ? 0 : gross < credit ? gross : credit;
	l[19] = gross - cut;
	__int128 most = l[19] + l[21] > 0 ? l[19] + l[21] : 0;
	l[24] = l[19] + l[21] - (l[23] < most ? l[23] : most);
	l[27] = l[28] + l[29] + l[30] + l[31];
	l[32] = l[24] + l[25] + l[26] - l[27];
	l[33] = l[25] + l[26] > l[27] ? l[25] + l[26] - l[27] : 0;
	l[34] = l[24] - l[28] - l[29];
	l[38] = l[16] + l[22] + l[36] - l[37];
}

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
		columns[n_in++] = arena_array(a, CASES, sizeof(int64_t));
	while (policy_line(f, n_out, &id, &title, &slot))
		out[n_out++] = arena_array(a, CASES, sizeof(int64_t));
	for (unsigned i = 0; i < n_in; i++)
		for (unsigned k = 0; k < CASES; k++) {
			(void)policy_input(f, i, &id, &unit);
			int64_t x = amount(&seed);
			columns[i][k] = str_is(id, "addl_credit") && x < 0 ? -x : x;
		}
	assert_int_equal(
	        policy_evaluate_columns(f, a, CASES, (const int64_t *const *)columns, (int64_t *const *)out), OK);
	for (unsigned k = 0; k < CASES; k++) {
		int64_t in[NUMBERS] = { 0 }, credit = 0;
		__int128 want[NUMBERS];
		for (unsigned i = 0; i < n_in; i++) {
			(void)policy_input(f, i, &id, &unit);
			v[i] = columns[i][k];
			if (str_to_int(str_sub(id, 1, 9), &number))
				in[number] = v[i];
			else
				credit = v[i];
		}
		assert_int_equal(policy_evaluate(f, v, &slot), OK);
		oracle(in, credit, want);
		for (unsigned i = 0; policy_line(f, i, &id, &title, &slot); i++) {
			assert_true(v[slot] == out[i][k]);
			if (str_to_int(str_sub(id, 1, 9), &number)) assert_true(v[slot] == want[number]);
		}
	}
	struct buf b;
	buf_init(&b, a, 4096);
	policy_trace_json(f, v, &b);
	assert_true(str_find(buf_done(&b), "\"formula\":\"l12 + l13 - l14 - l15 + l16\"") > 0);
	columns[0][CASES - 1] = MONEY_MAX_FEN + 1;
	assert_int_equal(
	        policy_evaluate_columns(f, a, CASES, (const int64_t *const *)columns, (int64_t *const *)out), E_INPUT);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(all_cases) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
