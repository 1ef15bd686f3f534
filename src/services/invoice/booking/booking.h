/* Entry of received invoices in the books (入账标识, A09.10): once, by whoever holds it; a second booking is refused and both
 * holders are told (A10.d). domain/invoice.md §3.10. */
#ifndef INVOICE_BOOKING_H
#define INVOICE_BOOKING_H
#include "kernel/operation/service.h"

/* Is an invoice in this party's name in somebody's books? Then a red letter needs both sides (domain/invoice.md §3.9). */
MUST_USE err_t booking_is_booked(struct ctx *c, int64_t buyer_id, struct str number, bool *booked);
#endif
