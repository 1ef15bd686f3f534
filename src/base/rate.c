#include "base/rate.h"

static bool scaled(struct str s, int places, int64_t *out)
{
	int64_t v = 0;
	size_t i = 0;
	int seen = -1;
	for (; i < s.n; i++) {
		if (s.p[i] == '.' && seen < 0) {
			seen = 0;
			continue;
		}
		if (s.p[i] < '0' || s.p[i] > '9' || v > INT64_C(100000000000)) return false;
		if (seen >= places) {
			if (s.p[i] != '0') return false;
			continue;
		}
		if (seen >= 0) seen++;
		v = v * 10 + (s.p[i] - '0');
	}
	if (s.n == 0 || s.p[0] == '.' || s.p[s.n - 1] == '.') return false;
	for (int k = seen < 0 ? 0 : seen; k < places; k++)
		v *= 10;
	*out = v;
	return true;
}

bool rate_parse(struct str s, struct rate *out)
{
	int64_t ppm;
	bool percent = s.n && s.p[s.n - 1] == '%';
	if (percent) s.n--;
	if (!scaled(s, percent ? 4 : 6, &ppm) || ppm > 1000000) return false;
	out->ppm = (int32_t)ppm;
	return true;
}

/* v / 10^places with trailing zeros stripped, and a suffix. */
static struct str fraction(struct arena *a, int64_t v, int places, char suffix)
{
	char text[40];
	size_t at = sizeof text;
	if (suffix) text[--at] = suffix;
	while (places && v % 10 == 0)
		v /= 10, places--;
	for (int done = 0; v || done <= places; v /= 10) {
		if (places && done == places) text[--at] = '.';
		done++;
		text[--at] = (char)('0' + v % 10);
	}
	return str_dup(a, (struct str){ text + at, sizeof text - at });
}

struct str rate_format(struct arena *a, struct rate r)
{
	return fraction(a, r.ppm, 6, 0);
}

struct str rate_percent(struct arena *a, struct rate r)
{
	return fraction(a, r.ppm, 4, '%');
}

/* Half away from zero; 128 bits so that nothing can wrap (design/measurements §2: 64 bits did, silently). */
static int64_t divide_rounded(__int128 n, __int128 d)
{
	__int128 half = d / 2;
	return (int64_t)(n >= 0 ? (n + half) / d : -((-n + half) / d));
}

struct money rate_of(struct money base, struct rate r)
{
	return FEN(divide_rounded((__int128)base.fen * r.ppm, 1000000));
}

/* An odd divisor has no exact half, so adding d/2 rounds right there too. */
struct money rate_tax_inside(struct money inclusive, struct rate r)
{
	return FEN(divide_rounded((__int128)inclusive.fen * r.ppm, 1000000 + r.ppm));
}
