/* The rules of an invoice (domain/invoice.md §4, §6): all faults at once, each at its field. No I/O. */
#include "base/ids.h"
#include "services/invoice/issue/amounts.h"
#include "services/invoice/issue/spec/line.h"
#include "services/invoice/issue/write.h"
#include <string.h>

static const struct fault_def bad_code = { "tax-code-form", N_("税收分类编码是 19 位数字，请从列表里选"), NULL,
	N_("税务总局公告2016年第23号") };
static const struct fault_def no_code = { "tax-code-unknown", N_("税收分类编码表里没有 {1}，请从列表里选"), NULL,
	N_("税务总局公告2016年第23号") };
static const struct fault_def retired = { "tax-code-summary", N_("{1}已停用，请选别的具体项目"), NULL, NULL };
static const struct fault_def summary = { "tax-code-summary", N_("{1}是汇总项，不能开票"), N_("请选它下面的具体项目"),
	N_("税务总局公告2016年第23号") };
static const struct fault_def other_short = { "short-name", N_("星号里的简称应为“{1}”，或者不写星号"), NULL,
	N_("税务总局公告2017年第45号") };
static const struct fault_def bad_rate = { "rate", N_("这一天没有 {1} 这档税率，可用：{2}"), NULL,
	N_("增值税法 第十条、第十一条") };
static const struct fault_def treatment_rate_fault = { "treatment-rate", N_("免税、零税率、不征税的项目，税率填 0"),
	NULL, NULL };
static const struct fault_def treatment_code = { "treatment-code", N_("{1}属于不征税项目，税率填 0"), NULL, NULL };
static const struct fault_def treatment_not_taxed = { "treatment-not-taxed",
	N_("不征税只用于 6 开头的编码，免税请选免税"), NULL, NULL };
static const struct fault_def quantity_price = { "quantity-price", N_("数量和单价要么都填，要么都不填只填金额"), NULL,
	NULL };
static const struct fault_def no_amount = { "amount-missing", N_("请填写数量和单价，或者金额"), NULL, NULL };
static const struct fault_def not_above_zero = { "not-positive", N_("{1}要大于 0；退货或折让请开红字发票"), NULL,
	NULL };
static const struct fault_def out_of_range = { "amount-range", N_("金额超出范围，请核对数量和单价"), NULL, NULL };
static const struct fault_def product = { "amount-product", N_("金额和数量乘单价差得太多，最多差 0.01 元"), NULL,
	NULL };
static const struct fault_def not_positive = { "amount-not-positive", N_("金额要大于 0；退货或折让请开红字发票"), NULL,
	NULL };
static const struct fault_def tax_differs = { "tax-tolerance", N_("税额按税率算应为 {1}，最多差 0.06 元"), NULL, NULL };
static const struct fault_def tax_sum = { "tax-tolerance-sum", N_("各行税额的误差加起来超过 1.27 元"), NULL, NULL };
static const struct fault_def total_differs = { "total-differs", N_("价税合计应为 {1}，请核对"), NULL, NULL };
static const struct fault_def discount_high = { "discount", N_("折扣不能大于这一行的金额"), NULL, NULL };
static const struct fault_def buyer_id_missing = { "buyer-tax-id", N_("专用发票要有购买方税号"), NULL,
	N_("发票管理办法 第二十一条") };
static const struct fault_def buyer_person = { "buyer-person", N_("专用发票不能开给自然人，请改开普通发票"), NULL,
	NULL };
static const struct fault_def exempt_special = { "special-exempt", N_("免税项目不能开专用发票，请改开普通发票"), NULL,
	NULL };
static const struct fault_def reduced_rate = { "reduced-rate", N_("减按 1.5% 计征的项目，税率填 5%"), NULL,
	N_("财政部 税务总局公告2021年第24号") };
static const struct fault_def inclusive_only = { "inclusive", N_("差额开票和减按 1.5% 要填含税金额，请勾选含税"), NULL,
	NULL };
static const struct fault_def deduction_high = { "differential-high", N_("扣除额不能大于价税合计"), NULL, NULL };
static const struct fault_def small_reason = { "rate-reason", N_("小规模纳税人按 3% 开具，请选理由"), NULL,
	N_("财政部 税务总局公告2023年第19号") };
static const struct fault_def coal_missing = { "coal-kind", N_("煤炭要选种类"), N_("政府保供煤、中长期合同煤或市场煤"),
	NULL };
static const struct fault_def coal_other = { "coal-none", N_("只有煤炭编码才填煤炭种类"), NULL, NULL };
static const struct fault_def policy_rate = { "policy-rate", N_("优惠政策写的征收率和税率不一致"), NULL, NULL };
static const struct fault_def nothing_left = { "total-not-positive", N_("整张发票的金额要大于 0"), NULL, NULL };

static size_t faults_kept(const struct problem *p)
{
	return p->n < PROBLEM_FAULTS_MAX ? p->n : PROBLEM_FAULTS_MAX;
}

/* Whether one of the first n faults is at this very field. */
static bool faulty(const struct problem *p, size_t n, struct str pointer)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(p->faults[i].pointer, pointer)) return true;
	return false;
}

bool rules_faulty(const struct ctx *c, struct str pointer)
{
	return faulty(&c->problem, faults_kept(&c->problem), pointer);
}

/* What was told of the input says all there is to say about a field, and about what lies below it: faults of the rules
 * there, made from what could not be read, go. The first `input` faults are those of the input. */
static bool below_unreadable(const struct problem *p, size_t input, struct str pointer)
{
	for (size_t i = 0; i < input; i++) {
		struct str of = p->faults[i].pointer;
		if (pointer.n < of.n || memcmp(pointer.p, of.p, of.n) != 0) continue;
		if (pointer.n == of.n || pointer.p[of.n] == '/') return true;
	}
	return false;
}

static void drop_echoes(struct problem *p, size_t input)
{
	size_t kept = input, n = faults_kept(p);
	for (size_t i = input; i < n; i++)
		if (!below_unreadable(p, input, p->faults[i].pointer)) p->faults[kept++] = p->faults[i];
	p->n -= n - kept;
}

static struct str at(struct ctx *c, size_t line, const char *field)
{
	return str_printf(c->arena, "/lines/%zu/%s", line, field);
}

/* A line while it is composed. */
struct work {
	struct ctx *c;
	const struct issuer *by;
	const struct issue_in *all;
	const struct line_in *in;
	size_t i;
	bool difference;            /* 差额开票 */
	bool special, after_faults; /* some input could not be read: */
	size_t input;               /* so many faults tell of that */
	/* Members of the whole invoice that rules of a line look at. */
	bool kind_unread, business_unread, form_unread, deduction_unread;
	struct str short_name;
};

static bool readable(const struct work *w, const char *field)
{
	return !w->after_faults || !faulty(&w->c->problem, w->input, at(w->c, w->i, field));
}

/* A field that is not there, not even as something that could not be read. */
static bool absent(const struct work *w, bool given, const char *field)
{
	return !given && readable(w, field);
}

#define LINE_FAULT(w, field, ...) FAULT((w)->c, at((w)->c, (w)->i, (field)), __VA_ARGS__)

static void check_code(struct work *w)
{
	struct taxcode code;
	if (!w->in->tax_code.p || !readable(w, "tax_code")) return;
	switch (spec_tax_code(w->in->tax_code, &code)) {
	case SPEC_CODE_FORM: LINE_FAULT(w, "tax_code", &bad_code); return;
	case SPEC_CODE_UNKNOWN: LINE_FAULT(w, "tax_code", &no_code, w->in->tax_code); return;
	case SPEC_CODE_SUMMARY: LINE_FAULT(w, "tax_code", code.heading ? &summary : &retired, code.name); return;
	default: w->short_name = code.short_name;
	}
}

/* *简称*名称: must be printed so since 2018-01-01; a name that brings its short name keeps it. */
static struct str full_name(struct work *w)
{
	struct str name = w->in->name;
	if (!w->short_name.p || !name.n || !readable(w, "name")) return name;
	if (name.p[0] == '*') {
		if (!spec_short_name_fits(name, w->short_name)) LINE_FAULT(w, "name", &other_short, w->short_name);
		return name;
	}
	struct buf b;
	buf_init(&b, w->c->arena, name.n + w->short_name.n + 2);
	buf_char(&b, '*');
	buf_str(&b, w->short_name);
	buf_char(&b, '*');
	buf_str(&b, name);
	return buf_done(&b);
}

/* After faults: whether all that this rule of the rate looks at could be read. */
static bool rate_judged(const struct work *w, enum spec_code broken)
{
	if (broken == SPEC_RATE) return !w->business_unread || w->in->rate.ppm != SPECIAL_DEALER_PPM;
	return !w->kind_unread && readable(w, "tax_code") && readable(w, "treatment");
}

static void check_rate(struct work *w, enum treatment *out)
{
	const struct line_in *l = w->in;
	bool section_6 = l->tax_code.n && l->tax_code.p[0] == '6';
	(void)treatment_read(l->treatment, out); /* one of the choices, or not readable */
	if (!readable(w, "rate")) return;
	if (!l->treatment.p && l->rate.ppm == 0) *out = section_6 ? TREATMENT_NOT_TAXED : TREATMENT_EXEMPT;
	struct vat_rates usable = w->by->rates;
	if (special_rate(w->all->business, w->by->day, l->rate) && usable.n < VAT_RATES_MAX)
		usable.ppm[usable.n++] = l->rate.ppm;
	if (*out == TREATMENT_REDUCED) {
		if (l->rate.ppm != 50000) LINE_FAULT(w, "rate", &reduced_rate);
		return;
	}
	enum spec_code broken = spec_line_rate(&usable, l->rate, *out, l->tax_code, w->special);
	if (w->after_faults && !rate_judged(w, broken)) return;
	switch (broken) {
	case SPEC_RATE:
		LINE_FAULT(w, "rate", &bad_rate, rate_percent(w->c->arena, l->rate),
		        vat_rates_words(w->c->arena, &w->by->rates));
		return;
	case SPEC_TREATMENT_RATE: LINE_FAULT(w, "rate", &treatment_rate_fault); return;
	case SPEC_TREATMENT_CODE:
		LINE_FAULT(w, "rate", &treatment_code, w->short_name.p ? w->short_name : l->tax_code);
		return;
	case SPEC_TREATMENT_NOT_TAXED: LINE_FAULT(w, "treatment", &treatment_not_taxed); return;
	case SPEC_SPECIAL_EXEMPT: LINE_FAULT(w, "rate", &exempt_special); return;
	default:
		if (*out == TREATMENT_TAXED && l->rate.ppm == 0) *out = TREATMENT_ZERO; /* "taxed" and 0 at once */
	}
}

/* domain/invoice.md §3.7 */
bool rules_coal(struct str tax_code)
{
	static const char *const codes[] = { "1020101", "1020102", "1020199" };
	for (size_t i = 0; i < COUNT(codes); i++)
		if (tax_code.n && str_starts(tax_code, codes[i])) return true;
	return false;
}

static void check_coal(struct work *w)
{
	const struct line_in *l = w->in;
	if (!readable(w, "tax_code") || !readable(w, "coal")) return;
	if (rules_coal(l->tax_code) && !l->coal.n) LINE_FAULT(w, "coal", &coal_missing);
	if (l->coal.n && !rules_coal(l->tax_code)) LINE_FAULT(w, "coal", &coal_other);
}

static void check_policy(struct work *w)
{
	const struct line_in *l = w->in;
	int32_t wants = str_is(l->policy, "simple_3") ? 30000 : str_is(l->policy, "simple_5") ? 50000 : 0;
	if (wants && readable(w, "rate") && l->rate.ppm != wants) LINE_FAULT(w, "policy", &policy_rate);
}

/* Quantity and price each by itself; false: at least one of them is wrong or could not be read. */
static bool check_pair(struct work *w)
{
	const struct line_in *l = w->in;
	bool quantity = l->has_quantity && readable(w, "quantity"), price = l->has_price && readable(w, "price");
	bool good = quantity && price;
	if (quantity && absent(w, l->has_price, "price")) LINE_FAULT(w, "price", &quantity_price);
	if (price && absent(w, l->has_quantity, "quantity")) LINE_FAULT(w, "quantity", &quantity_price);
	if (quantity && l->quantity.units <= 0) {
		LINE_FAULT(w, "quantity", &not_above_zero, S(N_("数量")));
		good = false;
	}
	if (price && l->price.units <= 0) {
		LINE_FAULT(w, "price", &not_above_zero, S(N_("单价")));
		good = false;
	}
	return good;
}

/* Sum of the line as entered, with or without tax; false: told why, or not to be known. */
static bool entered_sum(struct work *w, struct money *sum)
{
	const struct line_in *l = w->in;
	bool amount = l->has_amount && readable(w, "amount");
	bool pair = (l->has_quantity || l->has_price) && check_pair(w);
	*sum = l->amount;
	if (!pair) {
		bool nothing = absent(w, l->has_quantity, "quantity") && absent(w, l->has_price, "price") &&
		               absent(w, l->has_amount, "amount");
		if (nothing) LINE_FAULT(w, "amount", &no_amount);
		return amount;
	}
	if (!decimal_times(l->quantity, l->price, sum)) {
		LINE_FAULT(w, "price", &out_of_range);
		return false;
	}
	if (!amount) return true;
	bool fits = amounts_product_fits(l->quantity, l->price, l->amount);
	if (!fits) LINE_FAULT(w, "amount", &product);
	*sum = l->amount;
	return fits;
}

/* The seller's own tax stands if it is within the tolerance (§4.1). */
static bool own_tax(struct work *w, struct money sum, struct line_amounts *out, int64_t *deviation)
{
	const struct line_in *l = w->in;
	int64_t distance;
	if (!l->has_tax || !readable(w, "tax") || !readable(w, "price_includes_tax") || w->form_unread) return true;
	struct line_amounts own = { sum, l->tax };
	if (l->price_includes_tax && !money_sub(sum, l->tax, &own.amount)) return false;
	if (!amounts_tax_fits(own.amount, l->rate, own.tax, &distance)) {
		LINE_FAULT(w, "tax", &tax_differs, money_format(w->c->arena, out->tax));
		return false;
	}
	*deviation += distance;
	*out = own;
	return true;
}

/* Lines whose tax is not amount times rate; entered with tax inside. false: told why. */
static bool other_tax(struct work *w, struct money sum, struct face_line *out)
{
	const struct differential *d = &w->all->differential;
	if (!w->in->price_includes_tax) {
		LINE_FAULT(w, "price_includes_tax", &inclusive_only);
		return false;
	}
	if (out->treatment == TREATMENT_REDUCED) {
		out->sum = amounts_reduced(sum);
	} else {
		out->treatment = TREATMENT_DIFFERENCE;
		if (!d->has_deduction || w->deduction_unread) return false; /* told at its field */
		if (!amounts_differential(sum, d->deduction, w->in->rate, &out->sum)) {
			FAULT(w->c, S("/differential/deduction"), &deduction_high);
			return false;
		}
	}
	if (w->in->has_tax && readable(w, "tax") && w->in->tax.fen != out->sum.tax.fen) {
		LINE_FAULT(w, "tax", &tax_differs, money_format(w->c->arena, out->sum.tax));
		return false;
	}
	return true;
}

static bool add(struct face *f, struct line_amounts l)
{
	return money_add(f->sum.amount, l.amount, &f->sum.amount) && money_add(f->sum.tax, l.tax, &f->sum.tax) &&
	       money_add(f->sum.amount, f->sum.tax, &f->total);
}

/* The discount line with the same name, code and rate, right behind its line (折扣行, §4.2). */
static void discount_line(struct work *w, struct face *f, const struct face_line *of)
{
	const struct line_in *l = w->in;
	struct line_amounts off;
	if (!l->has_discount || l->discount.fen == 0 || !readable(w, "discount")) return;
	off = amounts_split(FEN(-l->discount.fen), l->price_includes_tax, l->rate);
	if (-off.amount.fen > of->sum.amount.fen || !add(f, off)) {
		LINE_FAULT(w, "discount", &discount_high);
		return;
	}
	f->lines[f->n_lines++] = (struct face_line){ .tax_code = of->tax_code,
		.name = of->name,
		.rate = of->rate,
		.treatment = of->treatment,
		.sum = off,
		.discount = true };
}

/* Where the line came to no figures, its discount may still be above anything that was entered. A sign that is wrong
 * does not make the discount so. */
static void discount_alone(struct work *w)
{
	const struct line_in *l = w->in;
	struct money most;
	if (!l->has_discount || !readable(w, "discount")) return;
	bool amount = l->has_amount && readable(w, "amount");
	bool pair = l->has_quantity && l->has_price && readable(w, "quantity") && readable(w, "price");
	if (amount)
		most = l->amount;
	else if (!pair || !l->quantity.units || !l->price.units || !readable(w, "amount") ||
	         !decimal_times(l->quantity, l->price, &most))
		return;
	if (l->discount.fen > (most.fen < 0 ? -most.fen : most.fen)) LINE_FAULT(w, "discount", &discount_high);
}

static void compose_line(struct work *w, struct face *f, int64_t *deviation)
{
	const struct line_in *l = w->in;
	struct face_line *out = &f->lines[f->n_lines];
	struct money sum;
	w->short_name = STR_NONE;
	check_code(w);
	*out = (struct face_line){ .tax_code = l->tax_code,
		.name = full_name(w),
		.spec = l->spec,
		.unit = l->unit,
		.quantity = l->quantity,
		.price = l->price,
		.has_quantity = l->has_quantity,
		.policy = l->policy,
		.coal = l->coal.n ? l->coal : STR_NONE,
		.rate = l->rate };
	check_rate(w, &out->treatment);
	if (l->policy.p) check_policy(w);
	check_coal(w);
	if (!entered_sum(w, &sum) || !readable(w, "rate")) {
		discount_alone(w);
		return;
	}
	if (w->difference || out->treatment == TREATMENT_REDUCED) {
		if (!other_tax(w, sum, out)) return;
	} else {
		out->sum = amounts_split(sum, l->price_includes_tax, l->rate);
		if (!own_tax(w, sum, &out->sum, deviation)) {
			discount_alone(w);
			return;
		}
	}
	if (out->sum.amount.fen <= 0) {
		LINE_FAULT(w, l->has_quantity ? "price" : "amount", &not_positive);
		return;
	}
	if (!add(f, out->sum)) {
		LINE_FAULT(w, l->has_quantity ? "price" : "amount", &out_of_range);
		return;
	}
	/* The face shows the price without tax. */
	if (l->has_quantity && l->price_includes_tax && l->quantity.units > 0)
		out->price = amounts_unit_price(out->sum.amount, l->quantity);
	f->n_lines++;
	discount_line(w, f, out);
}

static void check_buyer(struct ctx *c, const struct issue_in *in)
{
	struct str pointer = S("/buyer/tax_id");
	if (!str_is(in->kind, "special")) return;
	if (!in->buyer.tax_id.p)
		FAULT(c, pointer, &buyer_id_missing);
	else if (ids_uscc(in->buyer.tax_id) != IDS_OK && ids_resident(in->buyer.tax_id, c->today) == IDS_OK)
		FAULT(c, pointer, &buyer_person);
}

/* 3 % where the day has a lower rate for small-scale payers. */
static void check_small(struct ctx *c, const struct issue_in *in, const struct issuer *by)
{
	struct small_scale rule;
	if (by->taxpayer.general || in->rate_reason.p || !vat_rates_small_scale(by->day, false, &rule)) return;
	for (size_t i = 0; rule.rate.ppm < 30000 && i < in->n_lines; i++)
		if (in->lines[i].rate.ppm == 30000) {
			FAULT(c, S("/rate_reason"), &small_reason);
			return;
		}
}

/* The document's own members of special businesses, and who is who. */
static void compose_more(struct ctx *c, const struct issue_in *in, struct face *out)
{
	const struct special_business *b = special_find(in->business);
	out->business = in->business;
	if (b && b->n_uses) {
		out->special = in->special;
		out->n_special = in->n_special;
	}
	out->differential = in->differential;
	if (in->differential.form.p && in->differential.has_deduction)
		out->remark = differential_remark(c->arena, &in->differential, in->remark);
	if (!b || !(b->flags & SPECIAL_SWAPS)) return;
	struct face_party issuer = out->seller;
	out->seller = out->buyer;
	out->buyer = issuer;
}

/* Where the buyer issues, what was told of the other side's fields is about the seller. */
static void call_seller(struct problem *p)
{
	static const char *const names[][2] = { { N_("购买方税号"), N_("销售方税号") },
		{ N_("购买方名称"), N_("销售方名称") } };
	for (size_t i = 0; i < faults_kept(p); i++) {
		struct fault *f = &p->faults[i];
		for (size_t k = 0; str_starts(f->pointer, "/buyer/") && k < COUNT(names); k++)
			if (str_is(f->arg[0], names[k][0])) f->arg[0] = str_c(names[k][1]);
	}
}

static bool unread(const struct work *w, const char *pointer)
{
	return faulty(&w->c->problem, w->input, str_c(pointer));
}

static void see_unread(struct work *w)
{
	bool differential = unread(w, "/differential");
	w->kind_unread = unread(w, "/kind");
	w->business_unread = unread(w, "/business");
	w->form_unread = differential || unread(w, "/differential/form");
	w->deduction_unread = differential || unread(w, "/differential/deduction");
}

void rules_compose(struct ctx *c, const struct issue_in *in, const struct issuer *by, struct face *out)
{
	struct work w = { .c = c,
		.by = by,
		.special = str_is(in->kind, "special"),
		.all = in,
		.difference = differential_is_difference(&in->differential),
		.after_faults = c->problem.n > 0,
		.input = faults_kept(&c->problem) };
	int64_t deviation = 0;
	size_t before = c->problem.n;
	*out = (struct face){ .kind = in->kind,
		.seller_ref = in->seller_ref,
		.remark = in->remark,
		.drawer = c->caller.person_name,
		.issued_at = c->now,
		.seller = { by->taxpayer.uscc, by->taxpayer.name },
		.buyer = { in->buyer.tax_id, in->buyer.name },
		.seller_general = by->taxpayer.general,
		.rate_reason = in->rate_reason,
		.lines = arena_array(c->arena, in->n_lines * 2 + 1, sizeof *out->lines) };
	if (w.after_faults) see_unread(&w);
	check_buyer(c, in);
	if (!by->taxpayer.general) check_small(c, in, by);
	if (in->business.p || in->n_special || (!w.special && !str_is(in->kind, "ordinary"))) special_check(c, in, by);
	if (!in->no_business) special_demand(c, in);
	if (in->differential.form.p || in->differential.has_deduction || in->differential.n_proofs)
		differential_check(c, in);
	if (in->business.p || in->differential.form.p) compose_more(c, in, out);
	for (size_t i = 0; i < in->n_lines; i++) {
		w.in = &in->lines[i];
		w.i = i;
		if (w.after_faults && faulty(&c->problem, w.input, str_printf(c->arena, "/lines/%zu", i))) continue;
		compose_line(&w, out, &deviation);
	}
	if (w.after_faults) drop_echoes(&c->problem, w.input);
	if (w.after_faults && special_swaps(in->business)) call_seller(&c->problem);
	if (c->problem.n > before || w.after_faults) return; /* the sums would mislead */
	if (!amounts_deviation_fits(deviation)) FAULT(c, S("/lines"), &tax_sum);
	if (out->total.fen <= 0) FAULT(c, S("/lines"), &nothing_left);
	if (in->differential.has_deduction && in->differential.deduction.fen > out->total.fen)
		FAULT(c, S("/differential/deduction"), &deduction_high);
	if (in->has_total && in->total.fen != out->total.fen)
		FAULT(c, S("/total"), &total_differs, money_format(c->arena, out->total));
}
