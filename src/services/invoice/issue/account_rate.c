/* By which rate an invoice is filed in the tax account. */
#include "services/invoice/issue/account.h"
#include "services/invoice/issue/face.h"

int64_t account_rate_of(const struct invoice_sale *s)
{
	switch ((enum treatment)s->treatment) {
	case TREATMENT_EXEMPT: return ACCOUNT_EXEMPT;
	case TREATMENT_ZERO: return ACCOUNT_ZERO;
	case TREATMENT_NOT_TAXED: return ACCOUNT_NOT_TAXED;
	case TREATMENT_REDUCED: return ACCOUNT_REDUCED;
	case TREATMENT_TAXED:
	case TREATMENT_DIFFERENCE:
	case TREATMENT_DEDUCTED: return s->rate.ppm;
	}
	return s->rate.ppm;
}

size_t account_parts(struct str sales, struct account_part *out)
{
	struct invoice_sale sale;
	size_t n = 0;
	while (issue_sale_next(&sales, &sale)) {
		int64_t rate = account_rate_of(&sale);
		size_t i = 0;
		while (i < n && out[i].rate != rate)
			i++;
		if (i == ISSUE_SALES_MAX) break; /* never: an event has no more */
		if (i == n) out[n++] = (struct account_part){ .rate = rate };
		out[i].amount.fen += sale.amount.fen;
		out[i].tax.fen += sale.tax.fen;
	}
	return n;
}
