/* Amounts, rates and words: what is read is in range and comes back the same. */
#include "base/decimal.h"
#include "base/rate.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str s = { (const char *)data, size };
	struct money m, back;
	struct decimal d;
	struct rate r;
	if (money_parse(s, &m) && (!money_parse(money_format(a, m), &back) || back.fen != m.fen)) abort();
	if (money_words_parse(s, &m) && (m.fen > MONEY_MAX_FEN || m.fen < -MONEY_MAX_FEN)) abort();
	if (rate_parse(s, &r) && (r.ppm < 0 || r.ppm > 1000000)) abort();
	if (decimal_parse(s, 13, &d)) (void)decimal_format(a, d);
	arena_free(a);
	return 0;
}
