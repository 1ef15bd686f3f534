/* The XML data file of a digital invoice (EInvoice, domain/invoice.md §3.4) as it comes from outside. Inner header. */
#ifndef PURCHASE_EINVOICE_H
#define PURCHASE_EINVOICE_H
#include "base/money.h"
#include "kernel/ctx/ctx.h"

enum { EINVOICE_BYTES_MAX = 4 << 20 };

struct einvoice {
	struct str number, kind; /* kind: special, ordinary */
	struct str seller_tax_id, seller_name, buyer_tax_id, buyer_name;
	struct date issued_on;
	struct money amount, tax, total;
	size_t n_lines;
};
/* Faults go to c->problem at the path of the element ("/TaxSupervisionInfo/InvoiceNumber"). Matches by local name,
 * ignores what it does not know, refuses DTDs. */
MUST_USE err_t einvoice_read(struct ctx *c, struct str xml, struct einvoice *out);
#endif
