/* Receipt files from anywhere against a known key: only the seeds, which that key has signed, are good; a file that is
 * good keeps its act when it is written again. The key of fuzz/corpus/receipt is public. */
#include "base/utf8.h"
#include "kernel/receipt/verify.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const key = "etax.example/log/33+819d0546+AT8mN+9jUJI8iIsRgq+oqAvfPQvSdRLy1fHDvfimqkgQ";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct tlog_verifier verifier;
	struct receipt_facts facts;
	struct str file = { arena_dup(a, data, size), size };
	if (!tlog_verifier_parse(a, str_c(key), &verifier)) abort();
	enum receipt_part part = receipt_verify(a, file, &verifier, 1, &facts);
	if (!receipt_part_names[part]) abort();
	if (part == RECEIPT_GOOD &&
	        (facts.index < 0 || facts.index >= facts.size || !facts.act.n || !str_eq(facts.origin, verifier.name)))
		abort();
	arena_free(a);
	return 0;
}
