#include "services/invoice/issue/pages.h"
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/operation/form.h"
#include "kernel/operation/router.h"
#include "kernel/page/chart.h"
#include "kernel/qr/qr.h"
#include "services/invoice/issue/lists.h"
#include "services/invoice/issue/write.h"

enum { CHART_UNIT_ZH = 1000000, CHART_UNIT_EN = 100000, API_PREFIX = 3, CHART_MONTHS = 12 };

static bool flag(const struct value *v, const char *name)
{
	const struct value *m = value_get(v, str_c(name));
	return m && m->kind == VALUE_BOOL && m->boolean;
}

static void put_default(struct ctx *c, struct value *v, const char *name)
{
	if (!value_get(v, str_c(name))) value_put(c->arena, v, name, value_null(c->arena));
}

/* ok, warn, off, bad and run: the marks of design/ui. */
static void put_status(struct ctx *c, struct value *v, struct str status)
{
	bool partly = str_is(status, "partly-reversed"), reversed = str_is(status, "reversed"),
	     red = str_is(status, "red");
	value_put_c(c->arena, v, "mark", reversed ? "off" : partly ? "warn" : red ? "bad" : "ok");
	value_put_str(c->arena, v, "status_word",
	        tr(c, red          ? N_("红字发票")
	                : reversed ? N_("已全额红冲")
	                : partly   ? N_("部分红冲")
	                           : N_("正常")));
}

/* Is there a page of this operation yet, and may the caller come in? */
static bool may_open(const struct ctx *c, const char *id)
{
	const struct operation *op = router_by_id(c->app->router, id);
	return op && op->page && (op->who.kind == WHO_PUBLIC || access_has_scope(c, op->who.scope));
}

/* --- one invoice --- */

static void put_word(
        struct ctx *c, struct value *line, const char *member, const struct choice *choices, const char *word)
{
	struct str code = value_text(line, member);
	const char *label = NULL;
	for (const struct choice *o = choices; o->code; o++)
		if (str_is(code, o->code)) label = o->label;
	value_put_str(c->arena, line, word, label ? str_c(label) : STR_NONE);
}

static err_t put_lines(struct ctx *c, const struct value *lines)
{
	struct rate rate;
	enum treatment t;
	for (const struct value_member *m = lines->first; m; m = m->next) {
		static const char *const optional[] = { "spec", "unit", "quantity", "price" };
		struct value *line = m->value;
		for (size_t i = 0; i < COUNT(optional); i++)
			put_default(c, line, optional[i]);
		if (!rate_parse(value_text(line, "rate"), &rate) || !treatment_read(value_text(line, "treatment"), &t))
			return E_INTERNAL;
		value_put_str(c->arena, line, "rate_word", treatment_rate(c->arena, t, rate));
		value_put_bool(c->arena, line, "starred", t == TREATMENT_EXEMPT || t == TREATMENT_NOT_TAXED);
		put_default(c, line, "policy");
		put_word(c, line, "policy", issue_policies, "policy_word");
		put_default(c, line, "coal");
		put_word(c, line, "coal", issue_coals, "coal_word");
	}
	return OK;
}

static void put_links(struct ctx *c, struct value *v, bool red)
{
	struct str number = value_text(v, "number"), status = value_text(v, "status");
	struct str receipt = value_text(v, "receipt_href");
	bool issued = str_is(value_text(v, "side"), "issued"), writes = access_has_scope(c, "invoice.issue");
	bool left = !red && !str_is(status, "reversed");
	value_put_bool(
	        c->arena, v, "may_reverse", left && !flag(v, "locked") && writes && may_open(c, "reversal.show"));
	value_put_bool(c->arena, v, "may_see_slip", flag(v, "locked") && may_open(c, "reversal.show"));
	value_put_bool(c->arena, v, "may_copy", issued && !red && writes);
	value_put_str(c->arena, v, "receipt_page", issued ? str_sub(receipt, API_PREFIX, receipt.n) : STR_NONE);
	value_put_str(c->arena, v, "verify_page",
	        may_open(c, "verify.invoice")
	                ? str_printf(c->arena, "/verify/invoices/%.*s?total=%.*s&date=%.*s", STR_FMT(number),
	                          STR_FMT(value_text(v, "total")), STR_FMT(str_sub(value_text(v, "issued_at"), 0, 10)))
	                : STR_NONE);
}

/* Fields of the special business as they are printed, and the marks at the top left. The face is Chinese. */
static void put_special(struct ctx *c, struct value *v)
{
	struct arena *a = c->arena;
	const struct special_business *b = special_find(value_text(v, "business"));
	const struct value *items = value_get(v, S("special"));
	struct face f = { .business = value_text(v, "business"), .agency = value_text(v, "agency") };
	f.differential.form = value_text(value_get(v, S("differential")), "form");
	value_put_str(a, v, "face_mark", face_mark(a, &f));
	struct value *list = value_put_array(a, v, "special_rows");
	for (const struct value_member *m = b && items ? items->first : NULL; m; m = m->next) {
		struct value *row = value_object(a), *cells = value_put_array(a, row, "cells");
		for (size_t k = 0; k < b->n_uses; k++) {
			size_t field = b->uses[k].field;
			struct str s = value_text(m->value, special_table[field].name);
			if (!s.p) continue;
			const char *choice = special_choice_label((enum special_index)field, s);
			struct value *cell = value_object(a);
			value_put_c(a, cell, "name", special_table[field].label);
			value_put_str(a, cell, "text", choice ? str_c(choice) : s);
			value_push(a, cells, cell);
		}
		value_push(a, list, row);
	}
	value_put_bool(a, v, "any_special", list->count > 0);
}

/* What stands on the face beside the answer's members. */
static err_t put_face(struct ctx *c, struct value *v)
{
	static const char *const optional[] = { "red", "remark", "seller_ref", "drawer" };
	instant_us at;
	for (size_t i = 0; i < COUNT(optional); i++)
		put_default(c, v, optional[i]);
	put_default(c, (struct value *)(uintptr_t)value_get(v, S("buyer")), "tax_id");
	TRY(put_lines(c, value_get(v, S("lines"))));
	value_put_c(c->arena, v, "face_title", special_kind(value_text(v, "kind"))->title);
	put_special(c, v);
	if (!instant_parse(value_text(v, "issued_at"), &at)) return E_INTERNAL;
	struct date day = date_of_instant(at);
	value_put_str(c->arena, v, "face_date", str_printf(c->arena, "%d年%02d月%02d日", day.year, day.month, day.day));
	return OK;
}

err_t issue_show_view(struct ctx *c, const void *input, struct reply *out)
{
	struct value *v = out->value;
	struct qr qr;
	(void)input;
	TRY(put_face(c, v));
	bool red = value_get(v, S("red"))->kind == VALUE_OBJECT;
	put_status(c, v, red ? S("red") : value_text(v, "status"));
	put_links(c, v, red);
	value_put_bool(c->arena, v, "is_valid", !red && str_is(value_text(v, "status"), "valid"));
	value_put_bool(c->arena, v, "any_red", value_get(v, S("red_numbers"))->count > 0);
	/* Without a tax id there is no account that it could have come to. */
	value_put_bool(c->arena, v, "handed", value_text(value_get(v, S("buyer")), "tax_id").n > 0);
	value_put_bool(c->arena, v, "is_issued", str_is(value_text(v, "side"), "issued"));
	if (!qr_make(c->arena, value_text(v, "qr_signed"), QR_MEDIUM, &qr)) return E_INTERNAL;
	value_put_str(c->arena, v, "qr_svg", qr_svg(c->arena, &qr, tr(c, N_("发票二维码"))));
	return OK;
}

/* --- the preview: what was typed goes along, to be issued or changed --- */

static void hold(struct ctx *c, struct value *list, struct str name, struct str text)
{
	if (!text.n) return;
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "name", name);
	value_put_str(c->arena, v, "value", text);
	value_push(c->arena, list, v);
}

static void hold_line(struct ctx *c, struct value *list, size_t at, const struct line_in *l)
{
	struct arena *a = c->arena;
	const struct {
		const char *name;
		struct str text;
	} members[] = { { "tax_code", l->tax_code }, { "name", l->name }, { "spec", l->spec }, { "unit", l->unit },
		{ "quantity", l->has_quantity ? decimal_format(a, l->quantity) : STR_NONE },
		{ "price", l->has_price ? decimal_format(a, l->price) : STR_NONE },
		{ "price_includes_tax", l->price_includes_tax ? S("true") : STR_NONE },
		{ "amount", l->has_amount ? money_format(a, l->amount) : STR_NONE },
		{ "rate", rate_format(a, l->rate) }, { "treatment", l->treatment }, { "policy", l->policy },
		{ "coal", l->coal }, { "tax", l->has_tax ? money_format(a, l->tax) : STR_NONE },
		{ "discount", l->has_discount ? money_format(a, l->discount) : STR_NONE } };
	for (size_t i = 0; i < COUNT(members); i++)
		hold(c, list, str_printf(a, "lines.%zu.%s", at, members[i].name), members[i].text);
}

static void hold_more(struct ctx *c, struct value *list, const struct issue_in *in)
{
	struct arena *a = c->arena;
	const struct differential *d = &in->differential;
	hold(c, list, S("business"), in->business);
	hold(c, list, S("rate_reason"), in->rate_reason);
	for (size_t i = 0; i < in->n_special; i++)
		for (size_t k = 0; k < SPECIAL_N; k++)
			hold(c, list, str_printf(a, "special.%zu.%s", i, special_table[k].name), in->special[i].v[k]);
	hold(c, list, S("differential.form"), d->form);
	if (d->has_deduction) hold(c, list, S("differential.deduction"), money_format(a, d->deduction));
	for (size_t i = 0; i < d->n_proofs; i++) {
		const struct differential_proof *p = &d->proofs[i];
		const struct {
			const char *name;
			struct str text;
		} members[] = { { "kind", p->kind }, { "voucher_no", p->voucher_no },
			{ "date", p->has_date ? date_format(a, p->date) : STR_NONE },
			{ "amount", p->has_amount ? money_format(a, p->amount) : STR_NONE }, { "note", p->note } };
		for (size_t k = 0; k < COUNT(members); k++)
			hold(c, list, str_printf(a, "differential.proofs.%zu.%s", i, members[k].name), members[k].text);
	}
}

err_t issue_preview_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct issue_in *in = input;
	struct value *v = out->value, *list = value_put_array(c->arena, v, "held");
	TRY(put_face(c, v));
	value_put(c->arena, v, "qr_svg", value_null(c->arena));
	hold(c, list, S("kind"), in->kind);
	hold(c, list, S("seller_ref"), in->seller_ref);
	hold(c, list, S("buyer.tax_id"), in->buyer.tax_id);
	hold(c, list, S("buyer.name"), in->buyer.name);
	for (size_t i = 0; i < in->n_lines; i++)
		hold_line(c, list, i, &in->lines[i]);
	hold_more(c, list, in);
	hold(c, list, S("remark"), in->remark);
	if (in->has_total) hold(c, list, S("total"), money_format(c->arena, in->total));
	if (in->has_draft) hold(c, list, S("draft"), str_from_int(c->arena, in->draft));
	return OK;
}

/* --- the list --- */

void pages_query_add(struct ctx *c, struct buf *b, struct value *form, const char *name, struct str s)
{
	if (!s.n) return;
	value_put_str(c->arena, form, name, s);
	buf_printf(b, "%s%s=", b->n ? "&" : "", name);
	buf_str(b, form_encode(c->arena, s));
}

/* The conditions: into the controls (a form that came back has its own), and as a query for links. */
static struct str put_query(struct ctx *c, struct value *v, const struct list_in *in)
{
	struct value *form = value_object(c->arena);
	struct buf b;
	buf_init(&b, c->arena, 120);
	pages_query_add(c, &b, form, "side", value_text(v, "side"));
	pages_query_add(c, &b, form, "period", value_text(v, "period"));
	pages_query_add(c, &b, form, "kind", in->kind);
	pages_query_add(c, &b, form, "party", in->party);
	pages_query_add(c, &b, form, "q", in->q);
	pages_query_add(c, &b, form, "status", in->status);
	pages_query_add(c, &b, form, "sort", in->sort);
	if (in->has_min) pages_query_add(c, &b, form, "min", money_format(c->arena, in->min));
	if (in->has_max) pages_query_add(c, &b, form, "max", money_format(c->arena, in->max));
	if (!value_get(v, S("form"))) value_put(c->arena, v, "form", form);
	return buf_done(&b);
}

struct str pages_month_word(struct ctx *c, struct str period)
{
	static const char *const names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
		"Nov", "Dec" };
	struct period p;
	if (!period_parse(period, &p) || p.index < 1 || p.index > 12) return S("");
	return c->lang ? str_c(names[p.index - 1]) : str_printf(c->arena, "%d 月", p.index);
}

/* Twelve bars up to the last month of the list; months without invoices are empty places. */
static void put_chart(struct ctx *c, struct value *v)
{
	const struct value *months = value_get(v, S("months"));
	struct chart_bar bars[CHART_MONTHS];
	struct period chosen, month;
	const struct value_member *m = months->first;
	if (!period_parse(value_text(v, "period"), &chosen)) return;
	struct period last = period_of(PERIOD_MONTH, period_last(chosen));
	for (int i = 0; i < CHART_MONTHS; i++) {
		month = period_next(last, i + 1 - CHART_MONTHS);
		struct str text = period_format(c->arena, month);
		struct money amount = FEN(0);
		if (m && str_eq(value_text(m->value, "period"), text)) {
			(void)money_parse(value_text(m->value, "amount"), &amount);
			m = m->next;
		}
		bars[i] = (struct chart_bar){ pages_month_word(c, text), amount.fen, false };
	}
	struct chart k = { tr(c, N_("十二个月不含税金额柱形图，数据见下表")), bars, CHART_MONTHS,
		c->lang ? CHART_UNIT_EN : CHART_UNIT_ZH, tr(c, N_("没有数据")), 0 };
	value_put_str(c->arena, v, "chart_svg", chart_bars_svg(c->arena, &k));
}

static const char *kind_short(struct str kind)
{
	return str_is(kind, "special")    ? N_("专票")
	       : str_is(kind, "vehicle")  ? N_("机动车")
	       : str_is(kind, "used_car") ? N_("二手车")
	                                  : N_("普票");
}

err_t issue_list_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct list_in *in = input;
	struct value *v = out->value;
	const struct value *rows = value_get(v, S("invoices"));
	struct str query = put_query(c, v, in);
	value_put_str(c->arena, v, "query", query);
	value_put_bool(c->arena, v, "is_issued", str_is(value_text(v, "side"), "issued"));
	value_put_bool(c->arena, v, "any", rows->count > 0);
	value_put_bool(c->arena, v, "any_month", value_get(v, S("months"))->count > 0);
	value_put_bool(c->arena, v, "later_page", in->after.n > 0);
	value_put_bool(c->arena, v, "narrowed",
	        in->kind.n || in->party.n || in->q.n || in->status.n || in->sort.n || in->has_min || in->has_max);
	value_put_bool(c->arena, v, "may_issue", access_has_scope(c, "invoice.issue"));
	put_chart(c, v);
	put_default(c, v, "chart_svg");
	bool elsewhere = may_open(c, "purchase.show");
	for (const struct value_member *m = rows->first; m; m = m->next) {
		/* What came as a file was not issued here: the service that took it in shows it. */
		bool imported = flag(m->value, "imported");
		value_put_str(c->arena, m->value, "href",
		        imported && !elsewhere ? STR_NONE
		                               : str_printf(c->arena, "/%s/%.*s", imported ? "purchases" : "invoices",
		                                         STR_FMT(value_text(m->value, "number"))));
		put_status(c, m->value, value_text(m->value, "status"));
		value_put_str(c->arena, m->value, "kind_word", tr(c, kind_short(value_text(m->value, "kind"))));
	}
	return OK;
}
