/* Segments come by copying: whatever comes, what is read without a signature check breaks nothing. */
#include "kernel/plane/segment.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str in = { (const char *)data, size }, rest = in;
	struct segment s;
	struct plane_entry e;
	struct buf again;
	const char *why;
	if (segment_read(a, in, NULL, 0, &s, &why)) abort(); /* nothing is taken without a key */
	buf_init(&again, a, size + 16);
	while (segment_next(&rest, &e))
		segment_add(&again, e.kind, &e.key, e.value);
	struct segment_name name;
	char file[SEGMENT_NAME_MAX];
	for (struct str index = in; segment_index_next(&index, &name, file);)
		if (strchr(file, '/') || !segment_name_read(str_c(file), &name)) abort(); /* no way out of the folder */
	if (again.n != size - rest.n || (again.n && memcmp(again.p, data, again.n) != 0)) abort();
	arena_free(a);
	return 0;
}
