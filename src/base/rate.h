/* Rates (税率, 征收率): exact, in parts per million: 13 % = 130000. Rounding is half away from zero to the fen. */
#ifndef BASE_RATE_H
#define BASE_RATE_H
#include "base/money.h"

struct rate {
	int32_t ppm;
};
#define PPM(n) ((struct rate){ (n) })

bool rate_parse(struct str s, struct rate *out);          /* "0.13", "0.130000", "13%" ; 0 <= rate <= 1 */
struct str rate_format(struct arena *a, struct rate r);   /* "0.13" */
struct str rate_percent(struct arena *a, struct rate r);  /* "13%", "0.5%" */
struct money rate_of(struct money base, struct rate r);   /* round(base*r); exact up to MONEY_MAX_FEN */
/* 价税分离: tax inside a tax-inclusive sum: round(incl*r/(1+r)); net = incl - tax. */
struct money rate_tax_inside(struct money inclusive, struct rate r);
#endif
