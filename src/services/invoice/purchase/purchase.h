/* Purchase invoices (取得的发票): import from the XML data file, and confirming input tax for a period (勾选确认). */
#ifndef INVOICE_PURCHASE_H
#define INVOICE_PURCHASE_H
#include "kernel/operation/service.h"

/* Input tax confirmed for deduction in a period (进项税额, 附列资料二): number of vouchers and their tax. */
MUST_USE err_t purchase_credited(struct ctx *c, int64_t buyer_id, struct str period, int64_t *n, struct money *tax);
/* Input tax to be transferred out in a period (进项税额转出): of red letters against invoices that were credited. */
MUST_USE err_t purchase_transferred_out(
        struct ctx *c, int64_t buyer_id, struct str period, int64_t *n, struct money *tax);

/* An invoice that a buyer received: issued here, or imported. */
struct purchase_received {
	struct str kind;
	struct date issued_on;
	struct money amount, tax, total; /* amount: without tax */
	bool found, red, paper;          /* paper: by code and number, not in the lists */
	bool locked;                     /* an open confirmation slip */
	bool reversed, all_reversed;     /* by red letters: something of it, all of it */
};
MUST_USE err_t purchase_find(struct ctx *c, int64_t buyer_id, struct str number, struct purchase_received *out);

/* Has the buyer confirmed its use (用途确认)? Then a red letter needs both sides (domain/invoice.md §3.9). */
MUST_USE err_t purchase_booked(struct ctx *c, int64_t buyer_id, struct str number, bool *booked);
/* In db_write, with the red letter: what was credited is transferred out in the current month. */
MUST_USE err_t purchase_reversed(
        struct ctx *c, int64_t buyer_id, struct str number, struct str red_number, struct money tax, bool *transferred);

/* The vouchers of a month confirmed for deduction behind `after` in order of their numbers: up to 200. */
struct purchase_credit {
	struct str number, seller_name;
	struct money amount, tax; /* amount: without tax */
};
MUST_USE err_t purchase_credits(
        struct ctx *c, int64_t buyer_id, struct str period, struct str after, struct purchase_credit **out, size_t *n);
/* The red letters of a month whose input tax is transferred out, in the same way: number is the red letter's, the
 * amounts are those taken back, without a sign. */
MUST_USE err_t purchase_transfers(
        struct ctx *c, int64_t buyer_id, struct str period, struct str after, struct purchase_credit **out, size_t *n);
#endif
