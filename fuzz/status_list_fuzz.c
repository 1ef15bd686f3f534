/* Status lists come by any way to who checks offline; what is read is written again as it was. */
#include "services/invoice/status/list.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str in = { (const char *)data, size };
	struct status_list l, again;
	if (status_list_read(a, in, NULL, 0, &l) == STATUS_GOOD) {
		struct str body = status_list_body(a, &l), text = status_list_text(a, &l, body);
		struct str file = status_list_file(a, text, S("— x AAAA\n"), body);
		if (status_list_read(a, file, NULL, 0, &again) != STATUS_GOOD || again.n_runs != l.n_runs) abort();
		(void)status_judge(&l, S("26332000000000000001"), (struct date){ 2026, 11, 24 });
	}
	arena_free(a);
	return 0;
}
