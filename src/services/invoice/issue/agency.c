/* Issuing for a natural person by the bureau (代开, 发票管理办法 第十六条): the same rules and the same writing,
 * another seller. */
#include "kernel/ctx/app.h"
#include "services/invoice/issue/write.h"

static void seller_of(struct ctx *c, const struct issue_agency *a, struct issuer *out)
{
	*out = (struct issuer){ .day = c->today, .period = period_format(c->arena, period_of(PERIOD_MONTH, c->today)) };
	out->taxpayer = (struct taxpayer){ .id = a->seller_id,
		.uscc = a->tax_id,
		.name = a->name,
		.normal = true,
		.region = str_c(c->app->node ? c->app->node : "33") };
	vat_rates_usable(false, c->today, &out->rates);
}

static void compose(struct ctx *c, const struct issue_agency *a, const struct issuer *by, struct face *f)
{
	struct line_in line = { .tax_code = a->tax_code,
		.name = a->item,
		.has_amount = true,
		.amount = a->total,
		.price_includes_tax = true,
		.rate = a->rate,
		.treatment = a->exempt    ? S("exempt")
		             : a->reduced ? S("reduced")
		                          : STR_NONE };
	const struct issue_in in = { .kind = a->special ? S("special") : S("ordinary"),
		.buyer = { a->buyer_tax_id, a->buyer_name },
		.remark = a->remark,
		.lines = &line,
		.n_lines = 1,
		.no_business = true };
	rules_compose(c, &in, by, f);
	f->agency = a->request;
	f->drawer = S("税务机关代开");
}

err_t issue_agency_check(struct ctx *c, const struct issue_agency *a, struct invoice_totals *out)
{
	struct issuer by;
	struct face f;
	seller_of(c, a, &by);
	compose(c, a, &by, &f);
	*out = (struct invoice_totals){ 1, f.sum.amount, f.sum.tax };
	return problem_result(&c->problem);
}

err_t issue_agency(struct ctx *c, const struct issue_agency *a, struct str *number)
{
	struct issuer by;
	struct face f;
	struct issued made;
	seller_of(c, a, &by);
	compose(c, a, &by, &f);
	TRY(problem_result(&c->problem));
	TRY(write_one(c, &f, &by, ACT_INVOICE_ISSUED, &made));
	*number = f.number;
	return OK;
}
