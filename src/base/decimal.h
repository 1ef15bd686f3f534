/* Exact decimals with up to 13 places for quantity and price (domain/invoice.md §4.1): value = units / 10^scale. */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H
#include "base/money.h"

struct decimal {
	int64_t units;
	uint8_t scale; /* 0..13, trailing zeros stripped */
};

bool decimal_parse(struct str s, unsigned max_scale, struct decimal *out); /* at most 16 characters, no exponent */
struct str decimal_format(struct arena *a, struct decimal d);              /* trailing zeros stripped */
bool decimal_is_zero(struct decimal d);
bool decimal_times(struct decimal a, struct decimal b, struct money *out); /* round2(a*b); false: overflow */
bool decimal_over(struct money m, struct decimal d, unsigned scale, struct decimal *out); /* m/d rounded to scale */
#endif
