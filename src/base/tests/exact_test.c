/* Amounts at the edges: rates against 128-bit arithmetic near 10^15 fen, words read back, leap years of the range. */
#include "base/date.h"
#include "base/decimal.h"
#include "base/rate.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static uint64_t next(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

static void words_read_back(void **state)
{
	(void)state;
	uint64_t x = 88172645463325252u;
	struct arena *a = arena_new();
	for (int i = 0; i < 100000; i++) {
		int64_t range = INT64_C(1) << (next(&x) % 50);
		struct money m = FEN((int64_t)(next(&x) % (uint64_t)range)), back = FEN(-1);
		if (next(&x) % 8 == 0) m.fen = -m.fen;
		if (next(&x) % 4 == 0) m.fen = m.fen / 10000 * 10000; /* many zeros */
		assert_true(money_words_parse(money_words(a, m), &back));
		assert_int_equal(back.fen, m.fen);
		arena_reset(a);
	}
	arena_free(a);
}

/* |result * d - n| <= d / 2: the nearest whole fen, and a tie goes away from zero. */
static void nearest(int64_t result, __int128 n, __int128 d)
{
	__int128 off = (__int128)result * d - n, twice = 2 * (off < 0 ? -off : off);
	assert_true(twice < d || (twice == d && (n < 0) == (off < 0)));
}

static void rates_exact(void **state)
{
	(void)state;
	uint64_t x = 42;
	for (int i = 0; i < 100000; i++) {
		int64_t fen = MONEY_MAX_FEN - (int64_t)(next(&x) % (i % 2 ? 1000u : (uint64_t)MONEY_MAX_FEN));
		int32_t ppm = (int32_t)(next(&x) % 1000001);
		if (i % 3 == 0) fen = -fen;
		nearest(rate_of(FEN(fen), PPM(ppm)).fen, (__int128)fen * ppm, 1000000);
		nearest(rate_tax_inside(FEN(fen), PPM(ppm)).fen, (__int128)fen * ppm, 1000000 + ppm);
	}
	assert_int_equal(rate_of(FEN(50), PPM(130000)).fen, 7);
	assert_int_equal(rate_of(FEN(-50), PPM(130000)).fen, -7);
}

static void limits(void **state)
{
	(void)state;
	struct money m;
	struct decimal d, e;
	assert_true(money_add(FEN(MONEY_MAX_FEN - 1), FEN(1), &m));
	assert_false(money_add(FEN(MONEY_MAX_FEN), FEN(1), &m));
	assert_false(money_sub(FEN(-MONEY_MAX_FEN), FEN(1), &m));
	assert_true(decimal_parse(S("9999999999999999"), 0, &d));
	assert_false(decimal_parse(S("99999999999999999"), 0, &e));
	assert_false(decimal_times(d, d, &m));
	assert_true(decimal_parse(S("0.0000000000001"), 13, &e));
	assert_true(decimal_times(d, e, &m));
	assert_int_equal(m.fen, 100000); /* 999.9999999999999 */
}

static void leap_years(void **state)
{
	(void)state;
	for (int16_t y = 1900; y <= 2999; y++) {
		bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
		assert_int_equal(date_valid((struct date){ y, 2, 29 }), leap);
		assert_int_equal(date_month_end((struct date){ y, 2, 1 }).day, leap ? 29 : 28);
	}
	assert_false(date_valid((struct date){ 1899, 12, 31 }));
	assert_false(date_valid((struct date){ 3000, 1, 1 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(words_read_back), cmocka_unit_test(rates_exact),
		cmocka_unit_test(limits), cmocka_unit_test(leap_years) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
