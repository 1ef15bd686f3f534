/* OFD packages from anywhere: what is refused has a reason, and what is taken has a number. */
#include "services/invoice/issue/spec/verify.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct spec_report *r = arena_new_of(a, struct spec_report);
	unsigned char *bytes = arena_alloc(a, size + 2);
	if (size) memcpy(bytes, data, size);
	if (size > 1) memcpy(bytes, "PK", 2);
	struct str file = { (const char *)bytes, size };
	spec_validate(a, file, r);
	spec_verify(r, file, NULL, 0);
	(void)spec_report_value(r, S("f"));
	if (!spec_valid(r) && !r->n_faults) abort();
	if (spec_valid(r) && r->number.n != 20) abort();
	arena_free(a);
	return 0;
}
