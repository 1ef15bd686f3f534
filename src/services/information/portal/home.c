/* The home page of the three who come: the public, a taxpayer (a firm, or a person for itself), an officer. Few
 * statements: it is asked for more often than anything else (bench home). */
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/operation/menu.h"
#include "kernel/page/chart.h"
#include "kernel/page/mustache.h"
#include "kernel/receipt/log.h"
#include "services/foundation/registry/registry.h"
#include "services/foundation/transparency/transparency.h"
#include "services/information/message/message.h"
#include "services/information/portal/parts.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/quota/quota.h"
#include "services/tax/payment/payment.h"

enum { MONTHS = 12, RECENT = 4, CHART_UNIT_ZH = 1000000, CHART_UNIT_EN = 100000 };
static const struct date far_future = { 2999, 12, 31 };

/* --- the public --- */

static void put_visitor(struct ctx *c, struct value *out)
{
	struct value *v = value_put_object(c->arena, out, "visitor");
	tasks_put_groups(c, false, false, v);
}

/* --- a taxpayer --- */

/* What is open until the return is no total: said with what opens then. */
static err_t put_quota(struct ctx *c, bool firm, const struct taxpayer *t, struct value *v)
{
	bool held = false;
	struct money full;
	if (firm) TRY(quota_held(c, t->id, &held, &full));
	value_put(c->arena, v, "quota",
	        firm && t->quota.fen ? value_str(c->arena, money_format(c->arena, t->quota)) : value_null(c->arena));
	value_put(c->arena, v, "quota_when_filed",
	        held ? value_str(c->arena, money_format(c->arena, full)) : value_null(c->arena));
	return OK;
}

static err_t put_firm(struct ctx *c, struct value *v, bool *firm, bool *quarterly, bool *general)
{
	struct taxpayer t;
	TRY(registry_taxpayer_head(c, c->caller.subject_id, &t, firm));
	*quarterly = *firm && t.quarterly;
	*general = *firm && t.general;
	value_put_str(c->arena, v, "name", c->caller.subject_name.n ? c->caller.subject_name : c->caller.person_name);
	value_put_str(c->arena, v, "tax_id", *firm ? t.uscc : STR_NONE);
	value_put_str(
	        c->arena, v, "kind", !*firm ? STR_NONE : tr(c, t.general ? N_("一般纳税人") : N_("小规模纳税人")));
	/* 暂未评级 (M) and worse are nobody's headline. */
	value_put_str(c->arena, v, "credit_grade", *firm && str_is(t.credit_grade, "A") ? t.credit_grade : STR_NONE);
	return put_quota(c, *firm, &t, v);
}

static const struct invoice_month *month_of(const struct invoice_month *rows, size_t n, struct str period)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(rows[i].period, period)) return &rows[i];
	return NULL;
}

/* "sales": the twelve months up to this one, with zeros; "month": this month. */
static err_t put_sales(struct ctx *c, struct value *v)
{
	struct period now = period_of(PERIOD_MONTH, c->today);
	struct invoice_month *rows;
	size_t n;
	int64_t most = 0;
	struct value *list = value_put_array(c->arena, v, "sales"), *item = NULL;
	TRY(issue_month_sums(c, c->caller.subject_id, 0, period_format(c->arena, period_next(now, 1 - MONTHS)),
	        period_format(c->arena, now), &rows, &n));
	for (int i = 1 - MONTHS; i <= 0; i++) {
		struct str period = period_format(c->arena, period_next(now, i));
		const struct invoice_month *row = month_of(rows, n, period);
		item = value_object(c->arena);
		value_put_str(c->arena, item, "period", period);
		value_put_int(c->arena, item, "count", row ? row->n : 0);
		value_put_money(c->arena, item, "amount", row ? row->amount : FEN(0));
		value_put_money(c->arena, item, "tax", row ? row->tax : FEN(0));
		if (row && row->n > most) most = row->n;
		value_push(c->arena, list, item);
	}
	value_put(c->arena, v, "month", item);
	value_put_bool(c->arena, v, "has_sales", most > 0);
	return OK;
}

/* What is filed and owed, of all taxes. */
static err_t put_owed(struct ctx *c, const struct obligation *list, size_t n, struct value *v)
{
	struct money owed = FEN(0), late = FEN(0);
	for (size_t i = 0; i < n; i++) {
		struct ledger_due due = ledger_due_on(&list[i], c->today);
		if (!money_add(owed, due.tax, &owed) || !money_add(late, due.late_fee, &late)) return E_INTERNAL;
	}
	value_put_money(c->arena, v, "owed", owed);
	value_put_money(c->arena, v, "late_fee", late);
	return OK;
}

static err_t put_duties(struct ctx *c, struct value *v, struct value *out)
{
	struct obligation *list = NULL;
	size_t n = 0;
	if (access_has_scope(c, "tax.read")) TRY(ledger_unsettled(c, c->caller.subject_id, far_future, &list, &n));
	TRY(put_owed(c, list, n, v));
	month_put(c, period_of(PERIOD_MONTH, c->today), n ? list : NULL, n, true, out);
	return todos_put(c, list, n, TODOS_SHOWN, v);
}

static err_t put_taxpayer(struct ctx *c, struct value *out)
{
	struct value *v = value_put_object(c->arena, out, "taxpayer"), *messages, *recent;
	int64_t unread;
	bool firm, quarterly, general;
	TRY(access_open(c, c->caller.subject_id, "home"));
	TRY(put_firm(c, v, &firm, &quarterly, &general));
	value_put_bool(c->arena, v, "firm", firm);
	value_put_bool(c->arena, v, "quarterly", quarterly);
	value_put_bool(c->arena, v, "general", general);
	TRY(put_duties(c, v, out));
	bool sales = firm && access_has_scope(c, "invoice.read");
	value_put_bool(c->arena, v, "shows_sales", sales);
	if (sales) TRY(put_sales(c, v));
	TRY(transparency_recent(c, c->caller.subject_id, RECENT, &recent));
	value_put(c->arena, v, "recent", recent);
	value_put_bool(c->arena, v, "any_recent", recent->count > 0);
	TRY(message_newest(c, &messages, &unread));
	value_put(c->arena, v, "messages", messages);
	value_put_int(c->arena, v, "unread", unread);
	value_put_bool(c->arena, v, "any_message", messages->count > 0);
	tasks_put_groups(c, firm, general, v);
	return OK;
}

/* --- an officer --- */

static void put_registrations(struct ctx *c, const struct taxpayer *list, size_t n, struct value *v)
{
	struct value *rows = value_put_array(c->arena, v, "registrations");
	for (size_t i = 0; i < n; i++) {
		struct value *row = value_object(c->arena);
		value_put_str(c->arena, row, "uscc", list[i].uscc);
		value_put_str(c->arena, row, "name", list[i].name);
		value_put_str(c->arena, row, "kind", tr(c, list[i].general ? N_("一般纳税人") : N_("小规模纳税人")));
		value_put_date(c->arena, row, "registered_on", list[i].registered_on);
		value_push(c->arena, rows, row);
	}
}

static void put_days(struct ctx *c, const struct payment_day *list, size_t n, struct value *v)
{
	struct value *rows = value_put_array(c->arena, v, "reconciliations");
	for (size_t i = 0; i < n; i++) {
		struct value *row = value_object(c->arena);
		value_put_str(c->arena, row, "bank", list[i].bank);
		value_put_date(c->arena, row, "day", list[i].day);
		value_put_int(c->arena, row, "count", list[i].bank_count);
		value_put_money(c->arena, row, "sum", list[i].bank_sum);
		value_put_int(c->arena, row, "open", list[i].open);
		value_put_bool(c->arena, row, "balanced", list[i].open == 0);
		value_push(c->arena, rows, row);
	}
}

static err_t put_officer(struct ctx *c, struct value *out)
{
	struct value *v = value_put_object(c->arena, out, "officer");
	struct taxpayer *recent;
	struct payment_day *days;
	struct str note;
	size_t n;
	int64_t size;
	value_put_str(c->arena, v, "name", c->caller.person_name);
	value_put_str(c->arena, v, "office", c->caller.office);
	value_put_str(c->arena, v, "post", c->caller.post);
	TRY(inbox_put(c, v));
	TRY(registry_recent(c, &recent, &n));
	put_registrations(c, recent, n, v);
	TRY(payment_days(c, &days, &n));
	put_days(c, days, n, v);
	value_put_bool(c->arena, v, "any_day", n > 0);
	TRY(receipt_checkpoint(c, &note, &size));
	value_put_int(c->arena, v, "log_size", size);
	month_put(c, period_of(PERIOD_MONTH, c->today), NULL, 0, true, out);
	tasks_put_groups(c, false, false, v);
	return OK;
}

/* --- the operation --- */

err_t home(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	const char *who = !c->caller.person_id ? "public" : c->caller.officer ? "officer" : "taxpayer";
	out->value = value_object(c->arena);
	value_put_c(c->arena, out->value, "who", who);
	if (!c->caller.person_id) {
		put_visitor(c, out->value);
		month_put(c, period_of(PERIOD_MONTH, c->today), NULL, 0, true, out->value);
	} else {
		TRY(c->caller.officer ? put_officer(c, out->value) : put_taxpayer(c, out->value));
	}
	return OK;
}

/* --- only for the page --- */

static void put_null(struct ctx *c, struct value *root, const char *name)
{
	if (!value_get(root, str_c(name))) value_put(c->arena, root, name, value_null(c->arena));
}

static struct str short_month(struct ctx *c, struct str period)
{
	static const char *const names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
		"Nov", "Dec" };
	struct period p;
	if (!period_parse(period, &p) || p.index < 1 || p.index > MONTHS) return S("");
	return c->lang ? str_c(names[p.index - 1]) : str_printf(c->arena, "%d 月", p.index);
}

static void put_chart(struct ctx *c, struct value *taxpayer)
{
	const struct value *sales = value_get(taxpayer, S("sales"));
	struct chart_bar bars[MONTHS];
	size_t n = 0;
	for (const struct value_member *m = sales ? sales->first : NULL; m && n < MONTHS; m = m->next) {
		struct money amount = FEN(0);
		if (!money_parse(value_text(m->value, "amount"), &amount)) continue;
		bars[n++] = (struct chart_bar){ short_month(c, value_text(m->value, "period")), amount.fen, false };
	}
	struct chart k = { tr(c, N_("近 12 个月不含税销售额柱形图，数据见下表")), bars, n,
		c->lang ? CHART_UNIT_EN : CHART_UNIT_ZH, tr(c, N_("没有数据")), 0 };
	value_put_str(c->arena, taxpayer, "chart_svg", chart_bars_svg(c->arena, &k));
}

static bool is_true(const struct value *v, const char *name)
{
	const struct value *flag = value_get(v, str_c(name));
	return flag && flag->kind == VALUE_BOOL && flag->boolean;
}

err_t home_view(struct ctx *c, const void *input, struct reply *out)
{
	struct value *root = out->value;
	(void)input;
	put_null(c, root, "visitor");
	put_null(c, root, "taxpayer");
	put_null(c, root, "officer");
	month_put_weeks(c, root);
	struct value *taxpayer = (struct value *)(uintptr_t)value_get(root, S("taxpayer"));
	if (taxpayer->kind == VALUE_OBJECT) {
		if (value_get(taxpayer, S("sales"))) put_chart(c, taxpayer);
		tasks_put_shortcuts(c, is_true(taxpayer, "firm"), is_true(taxpayer, "general"), taxpayer);
	}
	value_put_bool(c->arena, root, "verification", tasks_page_at(c, S("/verify/invoices")) != NULL);
	tasks_put_large(c, root);
	return OK;
}

err_t menu(struct ctx *c, const void *input, struct reply *out)
{
	const struct menu_in *in = input;
	struct value *all = menu_all(c), *list;
	out->value = value_object(c->arena);
	list = value_put_array(c->arena, out->value, "sections");
	for (struct value_member *m = all->first; m; m = m->next)
		if (!in->section.n || str_eq(value_text(m->value, "id"), in->section))
			value_push(c->arena, list, m->value);
	value_put(c->arena, out->value, "section",
	        list->count == 1 && in->section.n ? value_str(c->arena, value_text(list->first->value, "name"))
	                                          : value_null(c->arena));
	value_put_bool(c->arena, out->value, "any", list->count > 0);
	return OK;
}
