/* Purchase invoices (取得的发票): import from the XML data file, and confirming input tax for a period (勾选确认). */
#ifndef INVOICE_PURCHASE_H
#define INVOICE_PURCHASE_H
#include "kernel/operation/service.h"

/* Input tax confirmed for a period (进项税额): number of vouchers and their tax. */
MUST_USE err_t purchase_credited(struct ctx *c, int64_t buyer_id, struct str period, int64_t *n, struct money *tax);

/* The confirmed vouchers of a month behind `after` in order of their numbers: up to 200. */
struct purchase_credit {
	struct str number, seller_name;
	struct money amount, tax; /* amount: without tax */
};
MUST_USE err_t purchase_credits(struct ctx *c, int64_t buyer_id, struct str period, struct str after,
        struct purchase_credit **out, size_t *n);
#endif
