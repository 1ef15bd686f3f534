#include "services/invoice/issue/amounts.h"

struct line_amounts amounts_split(struct money sum, bool inclusive, struct rate rate)
{
	struct line_amounts out = { sum, inclusive ? rate_tax_inside(sum, rate) : rate_of(sum, rate) };
	if (inclusive) out.amount.fen -= out.tax.fen;
	return out;
}

/* 15 digits and a point are 16 characters. */
#define UNIT_PRICE_END INT64_C(1000000000000000)

struct decimal amounts_unit_price(struct money amount, struct decimal quantity)
{
	struct decimal price = { 0 };
	for (unsigned scale = 14; scale-- > 0;)
		if (decimal_over(amount, quantity, scale, &price) && price.units < UNIT_PRICE_END &&
		        price.units > -UNIT_PRICE_END)
			break;
	return price;
}

bool amounts_line(
        struct decimal quantity, struct decimal price, bool inclusive, struct rate rate, struct line_amounts *out)
{
	struct money sum;
	if (!decimal_times(quantity, price, &sum)) return false;
	*out = amounts_split(sum, inclusive, rate);
	return true;
}

static int64_t distance(struct money a, struct money b)
{
	return a.fen > b.fen ? a.fen - b.fen : b.fen - a.fen;
}

bool amounts_product_fits(struct decimal quantity, struct decimal price, struct money amount)
{
	struct money product;
	return decimal_times(quantity, price, &product) && distance(product, amount) <= AMOUNTS_LINE_TOLERANCE_FEN;
}

bool amounts_tax_fits(struct money amount, struct rate rate, struct money tax, int64_t *deviation_fen)
{
	*deviation_fen = distance(rate_of(amount, rate), tax);
	bool signs_agree = tax.fen == 0 || amount.fen == 0 || (tax.fen > 0) == (amount.fen > 0);
	return signs_agree && *deviation_fen <= AMOUNTS_TAX_TOLERANCE_FEN;
}

bool amounts_deviation_fits(int64_t deviation_sum_fen)
{
	return deviation_sum_fen <= AMOUNTS_INVOICE_TOLERANCE_FEN;
}

bool amounts_differential(struct money inclusive, struct money deduction, struct rate rate, struct line_amounts *out)
{
	struct money taxed;
	if (deduction.fen < 0 || deduction.fen > inclusive.fen || !money_sub(inclusive, deduction, &taxed))
		return false;
	out->tax = rate_tax_inside(taxed, rate);
	return money_sub(inclusive, out->tax, &out->amount);
}

struct line_amounts amounts_reduced(struct money inclusive)
{
	/* 0.015 / 1.05 = 1 / 70; half away from zero, as everywhere. */
	int64_t half = inclusive.fen < 0 ? -35 : 35;
	struct money tax = FEN((inclusive.fen + half) / 70);
	return (struct line_amounts){ FEN(inclusive.fen - tax.fen), tax };
}

bool amounts_discount(struct money line_amount, struct money discount, struct rate rate, struct line_amounts *out)
{
	if (discount.fen < 0 || discount.fen > line_amount.fen) return false;
	out->amount = FEN(-discount.fen);
	out->tax = rate_of(out->amount, rate);
	return true;
}

bool amounts_total(const struct line_amounts *lines, size_t n, struct line_amounts *sum, struct money *total)
{
	*sum = (struct line_amounts){ FEN(0), FEN(0) };
	for (size_t i = 0; i < n; i++) {
		if (!money_add(sum->amount, lines[i].amount, &sum->amount)) return false;
		if (!money_add(sum->tax, lines[i].tax, &sum->tax)) return false;
	}
	return !total || money_add(sum->amount, sum->tax, total);
}
