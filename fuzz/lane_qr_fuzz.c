/* QR texts of devices come from strangers' cameras; a certificate that is read can be written and read again. */
#include "services/invoice/lane/text.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str text = { (const char *)data, size };
	struct lane_certificate c, again;
	struct lane_qr q;
	(void)lane_qr_is(text);
	if (lane_qr_check(a, text, NULL, 0, &q) == LANE_QR_GOOD) abort(); /* nothing is good without a key */
	if (lane_certificate_parse(a, text, &c) && !lane_certificate_parse(a, lane_certificate_text(a, &c), &again))
		abort();
	arena_free(a);
	return 0;
}
