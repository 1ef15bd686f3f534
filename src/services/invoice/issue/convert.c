/* An electronic invoice in the place of a paper one that the seller issued before (A09.13): one line, the same rules
 * and the same writing as any other. */
#include "services/invoice/issue/write.h"

static void compose(struct ctx *c, const struct issue_conversion *in, const struct issuer *by, struct face *f)
{
	struct line_in line = { .tax_code = in->tax_code,
		.name = in->item,
		.has_amount = true,
		.amount = in->total,
		.price_includes_tax = true,
		.rate = in->rate,
		.coal = in->coal };
	const struct issue_in whole = { .kind = in->special ? S("special") : S("ordinary"),
		.buyer = { in->buyer_tax_id, in->buyer_name },
		.remark = str_printf(c->arena, "换开纸质发票 %.*s", STR_FMT(in->paper)),
		.lines = &line,
		.n_lines = 1,
		.no_business = true };
	rules_compose(c, &whole, by, f);
}

err_t issue_convert(struct ctx *c, const struct issue_conversion *in, struct str *number)
{
	struct issuer by;
	struct face f;
	struct issued made;
	TRY(issuer_load(c, &by));
	compose(c, in, &by, &f);
	TRY(problem_result(&c->problem));
	TRY(write_one(c, &f, &by, ACT_INVOICE_ISSUED, &made));
	*number = f.number;
	return OK;
}
