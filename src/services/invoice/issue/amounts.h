/* Amount rules of an invoice (domain/invoice.md §4): exact decimals, rounded half up once a line. No I/O. */
#ifndef ISSUE_AMOUNTS_H
#define ISSUE_AMOUNTS_H
#include "base/decimal.h"
#include "base/rate.h"

struct line_amounts {
	struct money amount, tax; /* without tax, and the tax */
};
/* quantity * price at a rate; inclusive: the price holds the tax (含税单价). False: out of range. */
bool amounts_line(
        struct decimal quantity, struct decimal price, bool inclusive, struct rate rate, struct line_amounts *out);
/* A sum with or without tax, split. */
struct line_amounts amounts_split(struct money sum, bool inclusive, struct rate rate);
/* Text of the QR code of a digital invoice: fields, and CRC-16 (0x8005) over them (domain/invoice.md §2.4). */
struct str amounts_qr(struct arena *a, bool special, struct str number, struct money total, struct str yyyymmdd);
#endif
