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
/* Small-scale taxpayers (小规模纳税人); Hubei had its own rule in 2020. False: no rule known on that day. */
bool vat_rates_small_scale(struct date d, bool hubei, struct small_scale *out);
#endif
