/* Dates, instants and periods: what is read is valid and comes back the same. */
#include "base/date.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str s = { (const char *)data, size };
	struct date d;
	struct period p;
	instant_us t;
	if (date_parse(s, &d) && (!date_valid(d) || !str_eq(date_format(a, d), s))) abort();
	if (period_parse(s, &p) && !str_eq(period_format(a, p), s)) abort();
	if (instant_parse(s, &t)) (void)instant_format(a, t);
	arena_free(a);
	return 0;
}
