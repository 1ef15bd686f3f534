/* QR texts come from strangers' cameras; what is accepted can be written and read again. */
#include "services/invoice/issue/qr_text.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct qr_text q, again;
	if (qr_text_parse(a, (struct str){ (const char *)data, size }, &q) == QR_TEXT_OK &&
	        qr_text_parse(a, qr_text_make(a, &q), &again) != QR_TEXT_OK)
		abort();
	arena_free(a);
	return 0;
}
