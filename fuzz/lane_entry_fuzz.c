/* Entries come from devices that nobody controls; what is accepted is canonical and has its hash. */
#include "services/invoice/lane/text.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct lane_entry e;
	if (!lane_entry_parse(a, (struct str){ (const char *)data, size }, &e) &&
	        (strlen(e.hash) != LANE_HASH || e.number.n != 20 || e.sequence < 1))
		abort();
	arena_free(a);
	return 0;
}
