/* Bodies of the event invoice.issued, QR texts with signatures: read without harm; what an event says comes back the
 * same. */
#include "services/invoice/issue/issue.h"
#include "services/invoice/issue/qr_signed.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str s = { (const char *)data, size }, rest = s, text;
	struct invoice_event e = { 0 };
	struct invoice_sale sale;
	while (issue_event_next(&rest, &e)) {
		struct buf b;
		struct invoice_event back = { 0 };
		buf_init(&b, a, 256);
		if (e.of.id) issue_event_act(&b, &e.of);
		issue_event_put(&b, &e);
		struct str again = buf_done(&b);
		if (!issue_event_next(&again, &back) || back.seller_id != e.seller_id ||
		        back.issued_at != e.issued_at || back.total.fen != e.total.fen ||
		        !str_eq(back.buyer_name, e.buyer_name))
			abort();
		while (issue_sale_next(&e.sales, &sale))
			;
	}
	if (qr_signed_check(a, s, NULL, &text) == QR_SIGNED) abort();
	arena_free(a);
	return 0;
}
