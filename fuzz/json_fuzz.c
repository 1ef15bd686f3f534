/* What is read can be written and read again to the same tree; texts end in a NUL; a refusal says where. */
#include "kernel/value/value.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct value *first, *again;
	struct json_fault where = { 0 };
	void (*const writers[])(
	        struct buf *, const struct value *) = { value_write_json, value_write_pretty, value_write_canonical };
	if (json_parse(a, (struct str){ (const char *)data, size }, &first, &where) != OK) {
		if (where.line < 1 || where.column < 1 || !where.reason.n) abort();
		arena_free(a);
		return 0;
	}
	for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
		struct buf b;
		buf_init(&b, a, 64);
		writers[i](&b, first);
		if (json_parse(a, buf_done(&b), &again, &where) != OK || !value_equal(first, again)) abort();
	}
	arena_free(a);
	return 0;
}
