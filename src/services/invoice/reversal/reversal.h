/* Red letters (红字发票): asking for them, the answer of the other side, the red invoice (domain/invoice.md §3.9). */
#ifndef INVOICE_REVERSAL_H
#define INVOICE_REVERSAL_H
#include "kernel/operation/service.h"
/* Slips that wait for this party's answer, at most 20, the oldest first. */
struct reversal_wait {
	struct str number; /* of the blue invoice */
	struct money amount, tax;
	instant_us expires_at; /* without an answer the application lapses then */
};
MUST_USE err_t reversal_waits(struct ctx *c, int64_t party_id, struct reversal_wait **out, size_t *n);
#endif
