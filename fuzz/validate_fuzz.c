/* The validator on XML, JSON, XBRL, PDF and anything else: a fault, or a number of 20 digits and sums that agree. */
#include "services/invoice/issue/spec/verify.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct spec_report *r = arena_new_of(a, struct spec_report);
	struct str file = { (const char *)data, size };
	struct money amount, tax, total;
	spec_validate(a, file, r);
	spec_verify(r, file, NULL, 0);
	(void)spec_report_value(r, S("f"));
	if (!spec_valid(r) && !r->n_faults) abort();
	if (spec_valid(r)) {
		bool sums = r->number.n == 20 && money_parse(value_text(r->core, "amount"), &amount) &&
		            money_parse(value_text(r->core, "tax"), &tax) &&
		            money_parse(value_text(r->core, "total"), &total);
		if (!sums || amount.fen + tax.fen != total.fen) abort();
	}
	arena_free(a);
	return 0;
}
