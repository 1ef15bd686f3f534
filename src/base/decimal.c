#include "base/decimal.h"

static const int64_t power[] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000,
	100000000000, 1000000000000, 10000000000000 };

static struct decimal stripped(int64_t units, unsigned scale)
{
	while (scale && units % 10 == 0)
		units /= 10, scale--;
	return (struct decimal){ units, (uint8_t)scale };
}

bool decimal_parse(struct str s, unsigned max_scale, struct decimal *out)
{
	bool negative = s.n && s.p[0] == '-', point = false;
	int64_t units = 0;
	unsigned scale = 0, seen = 0;
	if (s.n > 16 || max_scale > 13) return false;
	for (size_t i = negative ? 1 : 0; i < s.n; i++) {
		if (s.p[i] == '.' && !point && seen) {
			point = true;
			continue;
		}
		if (s.p[i] < '0' || s.p[i] > '9') return false;
		units = units * 10 + (s.p[i] - '0');
		seen++;
		if (point) scale++;
	}
	if (!seen || scale > max_scale || s.p[s.n - 1] == '.') return false;
	*out = stripped(negative ? -units : units, scale);
	return true;
}

struct str decimal_format(struct arena *a, struct decimal d)
{
	char text[40];
	size_t at = sizeof text;
	unsigned places = 0;
	uint64_t v = d.units < 0 ? ~(uint64_t)d.units + 1 : (uint64_t)d.units;
	do {
		if (d.scale && places == d.scale) text[--at] = '.';
		places++;
		text[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v || places <= d.scale);
	if (d.units < 0) text[--at] = '-';
	return str_dup(a, (struct str){ text + at, sizeof text - at });
}

bool decimal_is_zero(struct decimal d)
{
	return d.units == 0;
}

static bool rounded(__int128 n, __int128 d, int64_t limit, int64_t *out)
{
	__int128 q = n >= 0 ? (2 * n + d) / (2 * d) : -((-2 * n + d) / (2 * d));
	if (q > limit || q < -limit) return false;
	*out = (int64_t)q;
	return true;
}

bool decimal_times(struct decimal a, struct decimal b, struct money *out)
{
	__int128 n = (__int128)a.units * b.units, d = (__int128)power[a.scale] * power[b.scale];
	/* 10^16 * 10^16 * 100 fits 128 bits (10^34 < 1.7*10^38). */
	return rounded(n * 100, d, MONEY_MAX_FEN, &out->fen);
}

bool decimal_over(struct money m, struct decimal d, unsigned scale, struct decimal *out)
{
	int64_t units;
	if (!d.units || scale > 13) return false;
	__int128 n = (__int128)m.fen * power[d.scale], by = (__int128)d.units * 100;
	if (by < 0) n = -n, by = -by;
	if (!rounded(n * power[scale], by, INT64_C(9999999999999999), &units)) return false;
	*out = stripped(units, scale);
	return true;
}
