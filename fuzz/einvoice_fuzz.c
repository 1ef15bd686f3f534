/* EInvoice XML from outside: whatever comes, what is accepted has a number of 20 digits and sums that agree. */
#include "services/invoice/purchase/einvoice.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct ctx c = { .arena = a, .today = { 2026, 11, 24 } };
	struct einvoice e;
	problem_init(&c.problem, a);
	if (einvoice_read(&c, (struct str){ (const char *)data, size }, &e) == OK &&
	        (e.number.n != 20 || e.amount.fen + e.tax.fen != e.total.fen || !e.n_lines))
		abort();
	arena_free(a);
	return 0;
}
