/* Paperless pilot: how many invoices are electronic, how many are still paper, and what one costs by published
 * parameters (policy/invoice-cost.yaml). E-invoices are counted from events, paper ones are what their sellers report.
 */
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/page/chart.h"
#include "kernel/policy/policy.h"
#include "kernel/receipt/receipt.h"
#include "platform_sql.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/platform/platform.h"

enum { MONTHS = 12 };
#define POSTED "invoice_cost.paper_posted" /* a share, the others are amounts */

static const struct fault_def no_rules = { "no-cost-rules", N_("这一天没有公布成本参数"), NULL, NULL };
static const struct fault_def month_only = { "period-month", N_("请填一个月份，如 2026-11"), NULL, NULL };
static const struct fault_def not_yet = { "period-future", N_("这个月还没有到"), NULL, NULL };

/* --- counting --- */

static struct str month_of(struct arena *a, instant_us at)
{
	return period_format(a, period_of(PERIOD_MONTH, date_of_instant(at)));
}

/* Red letters take nothing off: they are invoices that nobody had to print. Months follow one another in the events. */
err_t paperless_feed(struct ctx *c, const struct event *events, size_t n)
{
	struct str period = STR_NONE;
	int64_t count = 0;
	for (size_t i = 0; i < n; i++) {
		struct str body = events[i].body;
		struct invoice_event e = { 0 };
		while (issue_event_next(&body, &e)) {
			struct str month = month_of(c->arena, e.issued_at);
			if (period.p && !str_eq(period, month)) {
				TRY(platform_electronic_add(c, period, count, NULL));
				count = 0;
			}
			period = month;
			count++;
		}
		if (body.n) return E_INTERNAL;
	}
	return period.p ? platform_electronic_add(c, period, count, NULL) : OK;
}

err_t paperless_report(struct ctx *c, const void *input, struct reply *out)
{
	const struct paper_in *in = input;
	struct value *v = value_object(c->arena), *receipt;
	if (in->period.kind != PERIOD_MONTH)
		FAULT(c, S("/period"), &month_only);
	else if (date_cmp(period_first(in->period), c->today) > 0)
		FAULT(c, S("/period"), &not_yet);
	TRY(problem_result(&c->problem));
	struct str period = period_format(c->arena, in->period);
	TRY(platform_paper_put(c, c->caller.subject_id, period, in->paper, c->now, NULL));
	value_put_int(c->arena, v, "paper", in->paper);
	value_put_str(c->arena, v, "period", period);
	value_put_str(c->arena, v, "seller", c->caller.subject_tax_id);
	TRY(receipt_issue(c, ACT_PAPER_COUNTED, c->caller.subject_id, v, &receipt, NULL));
	value_put(c->arena, v, "receipt", receipt);
	out->value = v;
	return OK;
}

err_t paperless_paper(struct ctx *c, const void *input, struct reply *out)
{
	struct platform_paper_of_row *rows;
	size_t n;
	(void)input;
	TRY(platform_paper_of(c, c->caller.subject_id, &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "reports");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "period", rows[i].period);
		value_put_int(c->arena, v, "paper", rows[i].paper);
		value_put_instant(c->arena, v, "at", rows[i].at);
		value_push(c->arena, list, v);
	}
	return OK;
}

err_t paperless_paper_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	value_put_bool(c->arena, out->value, "any", value_get(out->value, S("reports"))->first != NULL);
	return OK;
}

/* --- what it costs --- */

static int64_t *slot_of(const struct policy_form *f, int64_t *values, const char *id)
{
	int slot = policy_slot(f, str_c(id));
	return slot < 0 ? NULL : &values[slot];
}

static err_t put_costs(struct ctx *c, struct value *v, int64_t electronic, int64_t paper)
{
	static const char *const lines[] = { "per_electronic", "per_paper", "total", "average", "all_paper", "saved" };
	const struct policy_form *f = c->app->policy ? policy_form(c->app->policy, "invoice-cost", c->today) : NULL;
	int bad;
	if (!f) return RAISE(c, E_CONFLICT, &no_rules);
	int64_t *values = policy_values(f, c->arena), *e = slot_of(f, values, "electronic"),
	        *p = slot_of(f, values, "paper");
	if (!e || !p) return E_INTERNAL;
	*e = electronic;
	*p = paper;
	if (policy_evaluate(f, values, &bad) != OK) return RAISE(c, E_CONFLICT, &no_rules);
	for (size_t i = 0; i < COUNT(lines); i++) {
		const int64_t *is = slot_of(f, values, lines[i]);
		if (is) value_put_money(c->arena, v, lines[i], FEN(*is));
	}
	value_put_str(c->arena, v, "policy_hash", policy_hash(f));
	return OK;
}

static void put_share(struct ctx *c, struct value *v, int64_t electronic, int64_t paper)
{
	int64_t all = electronic + paper;
	struct rate share = PPM(all ? (int32_t)((__int128)electronic * 1000000 / all) : 0);
	value_put_int(c->arena, v, "electronic", electronic);
	value_put_int(c->arena, v, "paper", paper);
	value_put(c->arena, v, "share", all ? value_str(c->arena, rate_format(c->arena, share)) : value_null(c->arena));
}

static void put_parameters(struct ctx *c, struct value *v)
{
	static const char *const ids[] = { "paper_form", "paper_issue", "paper_post", "paper_posted", "paper_keep",
		"electronic_issue", "electronic_keep" };
	struct value *list = value_put_array(c->arena, v, "parameters");
	struct policy_citation k;
	int64_t value;
	for (size_t i = 0; i < COUNT(ids); i++) {
		struct str id = str_printf(c->arena, "invoice_cost.%s", ids[i]);
		if (!policy_parameter(c->app->policy, id.p, c->today, &value, &k)) continue;
		struct value *p = value_object(c->arena);
		bool share = str_is(id, POSTED);
		value_put_str(c->arena, p, "id", id);
		value_put_str(c->arena, p, "title", k.title);
		value_put_str(c->arena, p, "value",
		        share ? rate_format(c->arena, PPM((int32_t)value)) : money_format(c->arena, FEN(value)));
		value_put_bool(c->arena, p, "verified", k.verified);
		value_push(c->arena, list, p);
	}
}

err_t paperless_show(struct ctx *c, const void *input, struct reply *out)
{
	struct period last = period_of(PERIOD_MONTH, c->today);
	struct str to = period_format(c->arena, last), from = period_format(c->arena, period_next(last, 1 - MONTHS));
	struct platform_electronic_months_row *es;
	struct platform_paper_months_row *ps;
	size_t n_e, n_p, e = 0, p = 0;
	int64_t electronic = 0, paper = 0;
	(void)input;
	TRY(platform_electronic_months(c, from, to, &es, &n_e));
	TRY(platform_paper_months(c, from, to, &ps, &n_p));
	struct value *v = out->value = value_object(c->arena), *months = value_put_array(c->arena, v, "months");
	for (int i = 0; i < MONTHS; i++) {
		struct str period = period_format(c->arena, period_next(last, i + 1 - MONTHS));
		bool has_e = e < n_e && str_eq(es[e].period, period), has_p = p < n_p && str_eq(ps[p].period, period);
		struct value *m = value_object(c->arena);
		value_put_str(c->arena, m, "period", period);
		put_share(c, m, has_e ? es[e].n : 0, has_p ? ps[p].n : 0);
		value_put_int(c->arena, m, "firms", has_p ? ps[p].firms : 0);
		value_push(c->arena, months, m);
		electronic += has_e ? es[e++].n : 0;
		paper += has_p ? ps[p++].n : 0;
	}
	struct value *all = value_put_object(c->arena, v, "all");
	put_share(c, all, electronic, paper);
	TRY(put_costs(c, all, electronic, paper));
	put_parameters(c, v);
	return OK;
}

/* One place is enough to read; what is not all never reads as 100 %. */
static struct str percent_of(struct ctx *c, struct rate share)
{
	int32_t ppm = (share.ppm + 500) / 1000 * 1000;
	return rate_percent(c->arena, PPM(ppm == 1000000 && share.ppm < ppm ? 999000 : ppm));
}

static void put_words(struct ctx *c, const struct value *parameters)
{
	for (const struct value_member *m = parameters->first; m; m = m->next) {
		struct rate share;
		value_set(c->arena, m->value, S("title"),
		        value_str(c->arena, tr(c, str_dup(c->arena, value_text(m->value, "title")).p)));
		if (str_is(value_text(m->value, "id"), POSTED) && rate_parse(value_text(m->value, "value"), &share))
			value_set(c->arena, m->value, S("value"), value_str(c->arena, percent_of(c, share)));
	}
}

err_t paperless_view(struct ctx *c, const void *input, struct reply *out)
{
	struct chart_bar bars[MONTHS];
	size_t n = 0;
	(void)input;
	const struct value *months = value_get(out->value, S("months"));
	for (const struct value_member *m = months->first; m && n < MONTHS; m = m->next) {
		struct rate share = PPM(0);
		struct str period = value_text(m->value, "period"), text = value_text(m->value, "share");
		if (text.p) (void)rate_parse(text, &share);
		value_put(c->arena, m->value, "share_percent",
		        text.p ? value_str(c->arena, percent_of(c, share)) : value_null(c->arena));
		bars[n++] = (struct chart_bar){ str_sub(period, 5, 2), share.ppm, !text.p };
	}
	put_words(c, value_get(out->value, S("parameters")));
	struct value *all = (struct value *)value_get(out->value, S("all"));
	struct rate share;
	struct str text = value_text(all, "share");
	value_put(c->arena, all, "share_percent",
	        text.p && rate_parse(text, &share) ? value_str(c->arena, percent_of(c, share)) : value_null(c->arena));
	struct chart k = { tr(c, N_("每月电子发票的比例，数据见下表")), bars, n, 10000, tr(c, N_("没有数据")),
		1000000 };
	value_put_str(c->arena, out->value, "chart_svg", chart_bars_svg(c->arena, &k));
	return OK;
}
