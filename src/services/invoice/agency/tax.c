/* What is due before an invoice is issued for a natural person: rate by the item, exemption by policy/vat-persons.yaml,
 * surcharges by policy/surcharges.yaml. */
#include "kernel/ctx/app.h"
#include "kernel/policy/policy.h"
#include "services/foundation/identity/identity.h"
#include "services/foundation/ledger/ledger.h"
#include "services/invoice/agency/request.h"

static const struct fault_def no_rules = { "rules-missing", N_("今天没有适用的自然人计税规则，请到办税服务厅办理"),
	NULL, NULL };
static const struct fault_def no_sale = { "agency-section-6", N_("不征税项目不能代开发票"), NULL,
	N_("发票管理办法 第十六条") };
static const struct fault_def special_only = { "agency-special", N_("自然人只有出租、销售不动产才能代开专用发票"), NULL,
	N_("税务总局公告2016年第16号") };
static const struct fault_def need_months = { "agency-months", N_("出租不动产要填租赁期有几个月"), NULL, NULL };

static bool begins(struct str s, const char *with)
{
	struct str w = str_c(with);
	return s.n >= w.n && str_eq(str_sub(s, 0, w.n), w);
}

static bool compute(struct ctx *c, const char *form, const char *const *names, const int64_t *in, size_t n,
        const char *const *wanted, int64_t *out, size_t m)
{
	const struct policy_form *f = c->app->policy ? policy_form(c->app->policy, form, c->today) : NULL;
	int bad;
	if (!f) return false;
	int64_t *v = policy_values(f, c->arena);
	for (size_t i = 0; i < n; i++) {
		int slot = policy_slot(f, str_c(names[i]));
		if (slot < 0) return false;
		v[slot] = in[i];
	}
	if (policy_evaluate(f, v, &bad) != OK) return false;
	for (size_t i = 0; i < m; i++) {
		int slot = policy_slot(f, str_c(wanted[i]));
		if (slot < 0) return false;
		out[i] = v[slot];
	}
	return true;
}

/* 500 or 1,000 yuan a time; rent that is received at once is spread over its months. */
static bool exempt(struct ctx *c, const agency_row *r, struct money net, bool letting, bool *out)
{
	static const char *const once[] = { "amount" }, *const rent[] = { "rent", "months" },
	                         *const is[] = { "exempt" };
	int64_t in[] = { net.fen, r->months }, yes = 0;
	bool good = letting ? compute(c, "vat-rent", rent, in, 2, is, &yes, 1)
	                    : compute(c, "vat-per-time", once, in, 1, is, &yes, 1);
	*out = yes != 0;
	return good;
}

static bool surcharges(struct ctx *c, agency_row *r, struct money net)
{
	static const char *const names[] = { "vat", "location", "half", "edu_exempt" };
	static const char *const wanted[] = { "urban", "edu", "local_edu" };
	int64_t limit = 0, out[3] = { 0 };
	if (!policy_parameter(c->app->policy, "education.exempt_sales", c->today, &limit, NULL)) return false;
	int64_t in[] = { r->vat.fen, 1, 1, net.fen <= limit };
	if (!compute(c, "surcharges", names, in, 4, wanted, out, 3)) return false;
	r->urban = FEN(out[0]);
	r->education = FEN(out[1]);
	r->local = FEN(out[2]);
	return true;
}

/* 5 % for immovables, of it 1.5 % for dwellings let; else the levy rate of the day. */
static bool rate_of_item(struct ctx *c, agency_row *r, bool letting)
{
	bool immovable = begins(r->tax_code, "5");
	int64_t levy = 0;
	r->reduced = begins(r->tax_code, "3040502020102");
	if (letting || immovable) {
		r->rate_ppm = 50000;
		return true;
	}
	if (!policy_parameter(c->app->policy, "small.levy", c->today, &levy, NULL)) return false;
	r->rate_ppm = levy;
	return true;
}

err_t agency_compute(struct ctx *c, agency_row *r)
{
	bool letting = begins(r->tax_code, "304050202"), is_exempt, immovable = begins(r->tax_code, "5");
	if (begins(r->tax_code, "6")) FAULT(c, S("/tax_code"), &no_sale);
	if (r->special && !letting && !immovable) FAULT(c, S("/kind"), &special_only);
	if (letting && r->months < 1) FAULT(c, S("/months"), &need_months);
	TRY(problem_result(&c->problem));
	if (!rate_of_item(c, r, letting)) return RAISE(c, E_CONFLICT, &no_rules);
	struct money net = FEN(r->total.fen - rate_tax_inside(r->total, PPM((int32_t)r->rate_ppm)).fen);
	if (immovable)
		is_exempt = false;
	else if (!exempt(c, r, net, letting, &is_exempt))
		return RAISE(c, E_CONFLICT, &no_rules);
	r->exempt = is_exempt && !r->special; /* a special invoice is always taxed */
	r->reduced = r->reduced && !r->exempt;
	if (r->exempt) r->rate_ppm = 0;
	struct invoice_totals sum;
	struct issue_agency a = { .tax_id = S(""),
		.buyer_tax_id = r->buyer_tax_id.n ? r->buyer_tax_id : STR_NONE,
		.buyer_name = r->buyer_name,
		.tax_code = r->tax_code,
		.item = r->item,
		.total = r->total,
		.rate = PPM((int32_t)r->rate_ppm),
		.special = r->special,
		.exempt = r->exempt,
		.reduced = r->reduced };
	TRY(issue_agency_check(c, &a, &sum));
	r->vat = sum.tax;
	return surcharges(c, r, net) ? OK : RAISE(c, E_CONFLICT, &no_rules);
}

/* Rules that strike (assumed): a large sum, many in a month, a buyer that is the person itself. */
err_t agency_risk(struct ctx *c, const agency_row *r, struct str tax_id, const char **code)
{
	enum { LARGE_YUAN = 100000, MANY = 10 };
	struct agency_count_of_row count;
	bool found;
	TRY(agency_count_of(c, r->person_id, r->period, &count, &found));
	*code = r->total.fen > INT64_C(100) * LARGE_YUAN ? "large"
	        : found && count.n >= MANY               ? "many"
	        : str_eq(r->buyer_tax_id, tax_id)        ? "self"
	                                                 : "";
	return OK;
}

static const char *const taxes[AGENCY_TAXES] = { "vat", "urban_construction", "education", "local_education" };

/* A month has one obligation of a tax: what other requests brought stays in it. */
err_t agency_assess(struct ctx *c, const agency_row *r, bool less)
{
	const struct money sums[AGENCY_TAXES] = { r->vat, r->urban, r->education, r->local };
	for (size_t i = 0; i < AGENCY_TAXES; i++) {
		struct obligation o = { 0 };
		bool found;
		if (!sums[i].fen) continue;
		TRY(ledger_obligation_for(c, r->person_id, str_c(taxes[i]), r->period, &o, &found));
		struct money to = FEN((found ? o.assessed.fen : 0) + (less ? -sums[i].fen : sums[i].fen));
		TRY(ledger_assess(c, r->person_id, str_c(taxes[i]), r->period, date_add_days(c->today, AGENCY_PAY_DAYS),
		        to, r->request_id, &o));
	}
	return OK;
}
