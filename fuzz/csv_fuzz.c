/* Whatever the reader accepts, the writer writes so that the reader reads the same. */
#include "base/csv.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct csv_reader r, again;
	struct str f[16], g[16];
	size_t n, m;
	csv_open(&r, (struct str){ (const char *)data, size });
	while (csv_read(&r, a, f, 16, &n) == CSV_ROW) {
		struct buf b;
		buf_init(&b, a, 64);
		csv_write(&b, f, n, true);
		b.n = 0;
		csv_write(&b, f, n, false);
		if (n == 1 && !f[0].n) continue; /* an empty row is no row */
		csv_open(&again, buf_done(&b));
		if (str_starts(again.text, "\xef\xbb\xbf")) continue;
		if (csv_read(&again, a, g, 16, &m) != CSV_ROW || m != n) abort();
		for (size_t i = 0; i < n; i++)
			if (!str_eq(f[i], g[i])) abort();
	}
	arena_free(a);
	return 0;
}
