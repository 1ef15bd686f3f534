/* Explain any number of the form: formula with its inputs and parameters, or the records it was filled from, with the
 * law and the source vouchers (A05.d). */
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "services/invoice/paper/paper.h"
#include "services/invoice/purchase/purchase.h"
#include "services/tax/filing/work.h"

enum { PAGE = 200 };
enum { LINE_CREDITS = 12, LINE_TRANSFERS = 14 }; /* of the general form */

/* Where the lines without a formula come from. */
static const struct origin {
	const char *form;
	int line;
	const char *how, *law;
} origins[] = {
	{ "vat-general", 1, N_("本期开具的 13%、9%、6% 发票不含税金额合计，红字为负"), N_("增值税法 第十条") },
	{ "vat-general", 2, N_("第 1 栏中货物（税收分类编码 1 开头）的部分"), N_("增值税法 第十条") },
	{ "vat-general", 3, N_("第 1 栏中加工、修理修配劳务（编码 2 开头）的部分"), N_("增值税法 第十条") },
	{ "vat-general", 5, N_("本期开具的征收率（5%、3%）发票不含税金额合计"), N_("增值税法 第十一条") },
	{ "vat-general", 7, N_("本期开具的零税率（出口）发票金额合计"), N_("增值税法 第十条") },
	{ "vat-general", 9, N_("本期开具的免税货物发票金额合计"), N_("增值税法 第二十四条") },
	{ "vat-general", 10, N_("本期开具的免税服务、劳务等发票金额合计"), N_("增值税法 第二十四条") },
	{ "vat-general", 11, N_("本期开具的 13%、9%、6% 发票税额合计，红字为负"), N_("增值税法 第十六条") },
	{ "vat-general", 12, N_("本期勾选确认的增值税专用发票税额合计"), N_("增值税法 第十六条") },
	{ "vat-general", 13, N_("上期申报表第 20 栏"), N_("增值税法 第二十一条") },
	{ "vat-general", 14, N_("本期红字发票冲减的已抵扣税额合计；其他用途的转出由您加上"), NULL },
	{ "vat-general", 21, N_("本期开具的征收率（5%、3%）发票税额合计"), N_("增值税法 第十一条") },
	{ "vat-general", 25, N_("上期申报表第 32 栏"), NULL },
	{ "vat-general", 30, N_("本期内缴纳的上期增值税，取自台账"), NULL },
	{ "vat-general", 31, N_("本期内缴纳的更早各期增值税，取自台账"), NULL },
};
static const char by_you[] = N_("系统没有数据，由您填写；没有就是 0.00");
static const char by_invoices[] = N_("本期开具的发票，按票种、税率和项目合计，红字为负");

static const struct origin *origin_of(const struct form *form, int n)
{
	for (size_t i = 0; i < COUNT(origins); i++)
		if (origins[i].line == n && str_is(str_c(origins[i].form), form->id)) return &origins[i];
	return NULL;
}

/* A value may stand in two trees: nobody changes it after it is made. */
static struct value *shared(const struct value *v)
{
	return (struct value *)(uintptr_t)v;
}

/* The traces of both packages, once for all lines. */
static struct value *traces_of(struct arena *a, const struct draft *d)
{
	struct value *both = value_object(a);
	value_put(a, both, "vat", policy_trace(d->filled.vat, d->filled.v, a));
	value_put(a, both, "surcharges", policy_trace(d->filled.surcharges, d->filled.s, a));
	return both;
}

static const struct value *find_trace(const struct value *list, struct str id)
{
	for (const struct value_member *m = list->first; m; m = m->next)
		if (str_eq(value_text(m->value, "id"), id)) return m->value;
	return NULL;
}

static const struct value *trace_of(struct arena *a, const struct draft *d, const struct value *traces, int n)
{
	static const char *const surcharges[] = { "urban", "edu", "local_edu" };
	if (d->filled.role[n] == CELL_COMPUTED) return find_trace(value_get(traces, S("vat")), form_cell_name(a, n));
	if (d->filled.role[n] != CELL_SURCHARGE) return NULL;
	return find_trace(value_get(traces, S("surcharges")), str_c(surcharges[n - d->filled.form->surcharge]));
}

/* The inner lines of the surcharges' package, so that a reader sees how base and rate came about. */
static void put_steps(struct ctx *c, const struct value *traces, struct value *v)
{
	static const char *const inner[] = { "base", "share", "urban_rate" };
	struct value *steps = value_put_array(c->arena, v, "steps");
	for (size_t i = 0; traces && i < COUNT(inner); i++) {
		const struct value *t = find_trace(value_get(traces, S("surcharges")), str_c(inner[i]));
		if (t) value_push(c->arena, steps, shared(t));
	}
}

static const char *role_word(enum cell_role r)
{
	static const char *const words[] = { [CELL_NONE] = "none",
		[CELL_ENTERED] = "entered",
		[CELL_CARRIED] = "carried",
		[CELL_COMPUTED] = "computed",
		[CELL_SURCHARGE] = "computed" };
	return words[r];
}

/* Where a sale comes from: its electronic invoice, or what the seller reported of its paper ones (验旧). */
static const char *const medium_words[] = { "electronic", "paper" };

/* How many groups of invoice lines, and how much of them, stand behind the line. */
static bool put_sum(struct ctx *c, const struct draft *d, int n, struct value *v)
{
	int64_t invoices = 0;
	struct money on_paper = FEN(0);
	struct value *list = value_array(c->arena);
	for (size_t i = 0; i < d->facts.n_sold; i++) {
		const struct invoice_sale *s = &d->facts.sold[i];
		struct money share = form_share(d->filled.form, n, s);
		if (share.fen == 0) continue;
		struct value *o = value_object(c->arena);
		bool paper = i + d->facts.n_paper >= d->facts.n_sold;
		if (paper) on_paper.fen += share.fen;
		value_put_c(c->arena, o, "medium", medium_words[paper]);
		value_put_str(c->arena, o, "kind", s->kind);
		value_put_str(c->arena, o, "rate", rate_format(c->arena, s->rate));
		value_put_int(c->arena, o, "count", s->n);
		value_put_money(c->arena, o, "amount", s->amount);
		value_put_money(c->arena, o, "tax", s->tax);
		value_put_money(c->arena, o, "share", share);
		value_push(c->arena, list, o);
		invoices += s->n;
	}
	if (n == LINE_CREDITS && !d->facts.small) invoices = d->facts.n_credits;
	if (n == LINE_TRANSFERS && !d->facts.small) invoices = d->facts.n_transfers;
	value_put_int(c->arena, v, "count", invoices);
	value_put_money(c->arena, v, "paper", on_paper);
	value_put(c->arena, v, "groups", list);
	return invoices > 0;
}

static const char *source_of(const struct form *form, const struct origin *origin, int n)
{
	return origin ? origin->how : form_is_sold(form, n) ? by_invoices : by_you;
}

struct value *explain_line(struct ctx *c, const struct draft *d, const struct value *traces, int n)
{
	struct value *v = value_object(c->arena);
	const struct origin *origin = origin_of(d->filled.form, n);
	enum cell_role role = d->filled.role[n];
	if (!traces) traces = traces_of(c->arena, d);
	const struct value *t = trace_of(c->arena, d, traces, n);
	value_put(c->arena, v, "number", n <= FORM_LINES ? value_int(c->arena, n) : value_null(c->arena));
	value_put_str(c->arena, v, "title", cell_text(c, &d->filled, n));
	value_put_money(c->arena, v, "value", d->filled.cell[n]);
	value_put_money(c->arena, v, "prefilled", d->prefilled[n]);
	value_put_bool(c->arena, v, "changed", d->prefilled[n].fen != d->filled.cell[n].fen);
	value_put_c(c->arena, v, "role", role_word(role));
	value_put_bool(c->arena, v, "editable", role == CELL_ENTERED);
	value_put(c->arena, v, "formula", t ? value_str(c->arena, value_text(t, "formula")) : value_null(c->arena));
	value_put(c->arena, v, "inputs", t ? shared(value_get(t, S("uses"))) : value_array(c->arena));
	value_put(c->arena, v, "parameters", t ? shared(value_get(t, S("parameters"))) : value_array(c->arena));
	put_steps(c, role == CELL_SURCHARGE ? traces : NULL, v);
	value_put(c->arena, v, "source",
	        t ? value_null(c->arena) : value_str(c->arena, tr(c, source_of(d->filled.form, origin, n))));
	struct str law =
	        str_dup(c->arena, policy_form_law(role == CELL_SURCHARGE ? d->filled.surcharges : d->filled.vat));
	value_put_str(c->arena, v, "law", origin && origin->law ? tr(c, origin->law) : tr(c, law.p));
	value_put_bool(c->arena, v, "has_sources", put_sum(c, d, n, value_put_object(c->arena, v, "sources")));
	value_put_str(c->arena, v, "href",
	        str_printf(c->arena, "/returns/vat/%.*s/lines/%s", STR_FMT(d->period), form_cell_name(c->arena, n).p));
	return v;
}

struct value *explain_all(struct ctx *c, const struct draft *d)
{
	struct value *all = value_object(c->arena), *traces = traces_of(c->arena, d);
	for (int n = 1; n <= FORM_CELLS; n++)
		if (d->filled.role[n] != CELL_NONE)
			value_put(c->arena, all, form_cell_name(c->arena, n).p, explain_line(c, d, traces, n));
	return all;
}

struct str explain_formula(const struct draft *d, struct arena *a, int n)
{
	const struct value *t = trace_of(a, d, traces_of(a, d), n);
	return t ? value_text(t, "formula") : STR_NONE;
}

/* --- the vouchers --- */

static void put_voucher(struct ctx *c, struct value *list, struct str number, struct str other, struct money amount,
        struct money tax, struct money share)
{
	struct value *v = value_object(c->arena);
	value_put_c(c->arena, v, "medium", medium_words[0]);
	value_put_str(c->arena, v, "number", number);
	value_put_str(c->arena, v, "other", other.p ? other : S(""));
	value_put_money(c->arena, v, "amount", amount);
	value_put_money(c->arena, v, "tax", tax);
	value_put_money(c->arena, v, "share", share);
	value_put_str(c->arena, v, "href", str_printf(c->arena, "/invoices/%.*s", STR_FMT(number)));
	value_push(c->arena, list, v);
}

static void put_paper(struct ctx *c, struct value *list, const struct paper_sale *s, struct money share)
{
	struct value *v = value_object(c->arena);
	bool one = str_eq(s->from, s->to);
	value_put_c(c->arena, v, "medium", medium_words[1]);
	value_put_str(
	        c->arena, v, "number", str_printf(c->arena, one ? "%s %s" : "%s %s–%s", s->code.p, s->from.p, s->to.p));
	value_put_str(c->arena, v, "other", s->buyer_name);
	value_put_money(c->arena, v, "amount", s->sale.amount);
	value_put_money(c->arena, v, "tax", s->sale.tax);
	value_put_money(c->arena, v, "share", share);
	value_put_str(c->arena, v, "href",
	        str_printf(c->arena, "/public/paper-invoices?code=%s&number=%s", s->code.p, s->from.p));
	value_push(c->arena, list, v);
}

/* What the lines of one invoice put into line n of the form. */
static err_t voucher_share(
        struct ctx *c, const struct draft *d, int n, const struct invoice_item *item, bool *any, struct money *share)
{
	struct invoice i;
	struct invoice_sale groups[ISSUE_SALES_MAX];
	size_t k;
	bool found;
	*any = false;
	*share = FEN(0);
	TRY(issue_find(c, item->number, &i, &found));
	if (!found) return OK;
	TRY(issue_document_sales(c, &i, groups, &k));
	for (size_t g = 0; g < k; g++) {
		struct money m = form_share(d->filled.form, n, &groups[g]);
		share->fen += m.fen;
		*any |= m.fen != 0;
	}
	return OK;
}

static bool among(const struct str *list, size_t n, struct str one)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i], one)) return true;
	return false;
}

/* One month's page of issued invoices, those that do not touch the line or are sold on paper left out; *more: the page
 * was full. */
static err_t sold_page(struct ctx *c, const struct draft *d, int n, struct period month, struct str after,
        struct value *list, struct str *last, bool *more)
{
	struct invoice_item *items;
	struct str *twins;
	size_t k, n_twins;
	TRY(issue_items(c, d->taxpayer.id, 0, period_format(c->arena, month), after, &items, &k));
	TRY(paper_twins(c, d->taxpayer.id, month, &twins, &n_twins));
	for (size_t i = 0; i < k; i++) {
		bool any;
		struct money share;
		TRY(voucher_share(c, d, n, &items[i], &any, &share));
		if (any && !among(twins, n_twins, items[i].number))
			put_voucher(
			        c, list, items[i].number, items[i].other_name, items[i].amount, items[i].tax, share);
		*last = items[i].number;
	}
	*more = k == PAGE;
	return OK;
}

/* And then what was reported on paper, behind "p" and the word of the last. */
static err_t paper_page(struct ctx *c, const struct draft *d, int n, struct period month, struct str after,
        struct value *list, struct str *last, bool *more)
{
	struct paper_sale *items;
	size_t k;
	TRY(paper_sale_items(c, d->taxpayer.id, month, after, &items, &k));
	for (size_t i = 0; i < k; i++) {
		struct money share = form_share(d->filled.form, n, &items[i].sale);
		if (share.fen) put_paper(c, list, &items[i], share);
		*last = str_printf(c->arena, "p%.*s", STR_FMT(items[i].word));
	}
	*more = k == PAGE;
	return OK;
}

static err_t sold_pages(struct ctx *c, const struct draft *d, int n, struct period month, struct str after,
        struct value *list, struct str *last, bool *more)
{
	bool on_paper = str_starts(after, "p");
	if (!on_paper) TRY(sold_page(c, d, n, month, after, list, last, more));
	if (*more) return OK;
	return paper_page(c, d, n, month, on_paper ? str_sub(after, 1, after.n - 1) : S(""), list, last, more);
}

/* Vouchers that were confirmed, or red letters that take back what was. */
static err_t credit_page(struct ctx *c, const struct draft *d, int n, struct str month, struct str after,
        struct value *list, struct str *last, bool *more)
{
	struct purchase_credit *rows;
	size_t k;
	if (n == LINE_CREDITS)
		TRY(purchase_credits(c, d->taxpayer.id, month, after, &rows, &k));
	else
		TRY(purchase_transfers(c, d->taxpayer.id, month, after, &rows, &k));
	for (size_t i = 0; i < k; i++) {
		put_voucher(c, list, rows[i].number, rows[i].seller_name, rows[i].amount, rows[i].tax, rows[i].tax);
		*last = rows[i].number;
	}
	*more = k == PAGE;
	return OK;
}

/* `after` is "MONTH.NUMBER"; the pages of the months follow each other. */
err_t explain_sources(struct ctx *c, const struct draft *d, int n, struct str after, struct value *to)
{
	struct value *list = value_put_array(c->arena, to, "invoices");
	struct str month = STR_NONE, number = S(""), last = S("");
	struct period first = period_of(PERIOD_MONTH, period_first(d->facts.period));
	bool more = false, credits = (n == LINE_CREDITS || n == LINE_TRANSFERS) && !d->facts.small,
	     sold = form_is_sold(d->filled.form, n);
	if (after.p && str_split(&after, '.', &month)) number = after.p ? after : S("");
	for (int i = 0; i < periods_months(d->facts.period) && !more; i++) {
		struct str now = period_format(c->arena, period_next(first, i));
		int order = month.p ? str_cmp(now, month) : 1;
		if (order < 0 || (!credits && !sold)) continue;
		struct str from = order == 0 ? number : S("");
		if (credits)
			TRY(credit_page(c, d, n, now, from, list, &last, &more));
		else
			TRY(sold_pages(c, d, n, period_next(first, i), from, list, &last, &more));
		if (more) last = str_printf(c->arena, "%.*s.%.*s", STR_FMT(now), STR_FMT(last));
	}
	value_put(c->arena, to, "next", more ? value_str(c->arena, last) : value_null(c->arena));
	return OK;
}
