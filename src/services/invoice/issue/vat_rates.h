/* VAT rates by the date the liability arose (domain/invoice.md §6), each with its law. No I/O. */
#ifndef ISSUE_VAT_RATES_H
#define ISSUE_VAT_RATES_H
#include "base/date.h"
#include "base/error.h"
#include "base/rate.h"

/* General method (一般计税). kind: goods, processing, leasing_movables, farm_produce, utilities, books, transport,
 * basic_telecom, construction, real_estate, modern_services, living_services, financial_services.
 * False: unknown kind, or not yet subject to VAT on that day. law may be NULL. */
bool vat_rates_general(struct str kind, struct date d, struct rate *out, const char **law);

struct small_scale {
	struct rate rate;                                /* effective levy rate of 3 % items (征收率) */
	bool exempt;                                     /* rate 0: plain invoices say 免税 */
	struct money month_threshold, quarter_threshold; /* sales below it: exempt (起征) */
	const char *law;
};
/* Every rate that a line of an invoice may carry on that day, highest first: the statutory rates (general payers), the levy
 * rates (征收率: simple method, small-scale) and 0 (exempt, zero rate, not taxed). */
enum { VAT_RATES_MAX = 12 };
struct vat_rates {
	int32_t ppm[VAT_RATES_MAX];
	size_t n;
};
void vat_rates_usable(bool general, struct date d, struct vat_rates *out);
bool vat_rates_has(const struct vat_rates *set, struct rate r);
struct str vat_rates_words(struct arena *a, const struct vat_rates *set); /* "13%、9%、6%、5%、3%、0%" */

/* Small-scale taxpayers (小规模纳税人); Hubei had its own rule in 2020. False: no rule known on that day. */
bool vat_rates_small_scale(struct date d, bool hubei, struct small_scale *out);
#endif
