/* The general VAT form written by hand in plain 128-bit arithmetic, apart from the policy room: the measure for tests
 * and for the bench. in[n] is line n where it is an input; l[n] receives all lines. */
#ifndef POLICY_TESTS_VAT_ORACLE_H
#define POLICY_TESTS_VAT_ORACLE_H
#include "base/money.h"

#define ORACLE_LINES 42
#define ORACLE_CASES 20000

static inline void vat_oracle(const int64_t *in, __int128 credit, __int128 *l)
{
	for (int i = 0; i < ORACLE_LINES; i++)
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

static inline uint64_t oracle_next(uint64_t *seed) /* xorshift: the same cases on every run */
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* A quarter at the edges of what an amount may be and of rounding, the rest small and large sums, some negative. */
static inline int64_t oracle_amount(uint64_t *seed)
{
	static const int64_t edges[] = { 0, 1, -1, 49, 50, MONEY_MAX_FEN, -MONEY_MAX_FEN, MONEY_MAX_FEN - 1 };
	uint64_t r = oracle_next(seed);
	if (r % 4 == 0) return edges[r / 4 % 8];
	int64_t v = (int64_t)(oracle_next(seed) % (r % 3 == 0 ? 1000 : UINT64_C(100000000000)));
	return r % 7 == 0 ? -v : v;
}
#endif
