#include "services/invoice/issue/amounts.h"

struct line_amounts amounts_split(struct money sum, bool inclusive, struct rate rate)
{
	struct line_amounts out = { sum, inclusive ? rate_tax_inside(sum, rate) : rate_of(sum, rate) };
	if (inclusive) out.amount.fen -= out.tax.fen;
	return out;
}

bool amounts_line(
        struct decimal quantity, struct decimal price, bool inclusive, struct rate rate, struct line_amounts *out)
{
	struct money sum;
	if (!decimal_times(quantity, price, &sum)) return false;
	*out = amounts_split(sum, inclusive, rate);
	return true;
}

/* Polynomial 0x8005, start 0, not reflected: found by fitting public samples. It catches misreading, it proves nothing.
 */
static unsigned crc16(struct str s)
{
	unsigned crc = 0;
	for (size_t i = 0; i < s.n; i++) {
		crc ^= (unsigned)(unsigned char)s.p[i] << 8;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc & 0x8000 ? crc << 1 ^ 0x8005 : crc << 1) & 0xffff;
	}
	return crc;
}

struct str amounts_qr(struct arena *a, bool special, struct str number, struct money total, struct str yyyymmdd)
{
	struct str text = str_printf(a, "01,%s,,%.*s,%s,%.*s,,", special ? "31" : "32", STR_FMT(number),
	        money_format(a, total).p, STR_FMT(yyyymmdd));
	return str_printf(a, "%.*s%04X", STR_FMT(text), crc16(text));
}
