/* Signed envelopes, reports and files of a day come from banks, or from who pretends to be one. */
#include "services/tax/payment/payment.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned char point[65] = { 4 };
	struct arena *a = arena_new();
	struct str in = { (const char *)data, size };
	struct payment_envelope e;
	struct payment_report r, again;
	struct payment_bank_line *lines;
	size_t n;
	struct money sum;
	int64_t line;
	/* Nothing opens: the point is on no curve. */
	if (payment_unseal(a, in, S("bank-simulator"), S("etax-33"), point, 0, &e) == PAYMENT_OPENED) abort();
	if (payment_report_read(a, in, &r) &&
	        (!payment_report_read(a, payment_report_write(a, &r), &again) || again.amount.fen != r.amount.fen ||
	                again.said != r.said || !str_eq(again.voucher, r.voucher)))
		abort();
	if (payment_file_read(a, in, &lines, &n, &sum, &line)) {
		struct money total = FEN(0);
		for (size_t i = 0; i < n; i++)
			total.fen += lines[i].amount.fen;
		if (total.fen != sum.fen) abort();
	}
	arena_free(a);
	return 0;
}
