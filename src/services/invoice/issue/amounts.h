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
/* Price without tax of a line, with as many of 13 places as 16 characters hold (§4.1). */
struct decimal amounts_unit_price(struct money amount, struct decimal quantity);
/* A sum with or without tax, split. */
struct line_amounts amounts_split(struct money sum, bool inclusive, struct rate rate);

/* Limits of the check of amounts that come from outside (§4.1). */
#define AMOUNTS_LINE_TOLERANCE_FEN 1      /* |round(quantity * price) - amount| */
#define AMOUNTS_TAX_TOLERANCE_FEN 6       /* |round(amount * rate) - tax| */
#define AMOUNTS_INVOICE_TOLERANCE_FEN 127 /* sum of the latter over the invoice */
bool amounts_product_fits(struct decimal quantity, struct decimal price, struct money amount);
/* *deviation_fen is the distance of this line, to be added up for amounts_deviation_fits. */
bool amounts_tax_fits(struct money amount, struct rate rate, struct money tax, int64_t *deviation_fen);
bool amounts_deviation_fits(int64_t deviation_sum_fen);
/* Difference form (差额征税-差额开票, 国家税务总局公告2016年第23号): only what exceeds the deduction is taxed.
 * False: out of range, or the deduction is larger than the sum. */
bool amounts_differential(struct money inclusive, struct money deduction, struct rate rate, struct line_amounts *out);
/* Dwellings let by individuals: 5 % reduced to 1.5 %: tax = inclusive / 1.05 * 0.015. */
struct line_amounts amounts_reduced(struct money inclusive);
/* Discount line (折扣行) of a line: negative, same rate. False: below zero or larger than the line. */
bool amounts_discount(struct money line_amount, struct money discount, struct rate rate, struct line_amounts *out);
/* Exact sums; false: overflow. total may be NULL. */
bool amounts_total(const struct line_amounts *lines, size_t n, struct line_amounts *sum, struct money *total);
#endif
