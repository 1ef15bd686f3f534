/* By which rate an invoice is filed in the tax account. */
#include "kernel/i18n/i18n.h"
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

static const struct {
	int64_t rate;
	const char *code, *words;
} named[] = {
	{ ACCOUNT_EXEMPT, "exempt", N_("免税") },
	{ ACCOUNT_ZERO, "zero", N_("零税率") },
	{ ACCOUNT_NOT_TAXED, "not-taxed", N_("不征税") },
	{ ACCOUNT_REDUCED, "reduced", N_("5% 减按 1.5%") },
	{ ACCOUNT_MIXED, "mixed", N_("多个税率") },
	{ ACCOUNT_UNKNOWN, "unknown", N_("导入的，未分税率") },
};

struct str account_rate_code(struct arena *a, int64_t rate)
{
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (named[i].rate == rate) return str_c(named[i].code);
	return rate_format(a, PPM((int32_t)rate));
}

bool account_rate_parse(struct str code, int64_t *rate)
{
	struct rate r;
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (str_is(code, named[i].code)) {
			*rate = named[i].rate;
			return true;
		}
	if (!rate_parse(code, &r)) return false;
	*rate = r.ppm;
	return true;
}

struct str account_rate_words(struct ctx *c, int64_t rate)
{
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (named[i].rate == rate) return tr(c, named[i].words);
	return treatment_rate(c->arena, TREATMENT_TAXED, PPM((int32_t)rate));
}
