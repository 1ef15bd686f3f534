/* The calendar of a month: days off by the notice of the State Council, due dates by the published list or the law, and
 * the taxpayer's own duties. */
#include "base/calendar.h"
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/page/mustache.h"
#include "services/foundation/registry/registry.h"
#include "services/information/portal/parts.h"

enum { DATES_MAX = 31, WEEK = 7, QUARTER = 3, YEAR_MIN = 2000, YEAR_MAX = 2100 };

static const struct fault_def no_month = { "month-expected", N_("请按月查看，从 2000-01 到 2100-12，例如 2026-12"),
	NULL, NULL };

static struct str month_words(struct ctx *c, struct period p)
{
	return mustache_view(c->arena, period_format(c->arena, p), S("month"), c->lang != NULL);
}

/* own: the taxpayer's duties, which can be late; a general date is only past. */
static struct value *entry(struct ctx *c, struct value *list, struct date due_on, bool own)
{
	for (struct value_member *m = list->first; m; m = m->next)
		if (str_eq(value_text(m->value, "due_on"), date_format(c->arena, due_on))) return m->value;
	if (list->count == DATES_MAX) return NULL;
	struct value *v = value_object(c->arena);
	left_put(c, due_on, v);
	bool past = !own && date_cmp(due_on, c->today) < 0;
	value_set(c->arena, v, S("past"), value_bool(c->arena, past));
	if (past) value_set(c->arena, v, S("late"), value_bool(c->arena, false));
	(void)value_put_array(c->arena, v, "titles");
	value_push(c->arena, list, v);
	return v;
}

static void add(struct ctx *c, struct value *list, struct date due_on, bool own, struct str title)
{
	struct value *v = entry(c, list, due_on, own);
	if (!v) return;
	struct value *titles = (struct value *)(uintptr_t)value_get(v, S("titles")), *t = value_object(c->arena);
	value_put_str(c->arena, t, "title", title);
	value_push(c->arena, titles, t);
}

/* What everybody's calendar shows: the monthly and, in the month after a quarter, the quarterly returns. */
static void add_general(struct ctx *c, struct period month, struct value *list)
{
	struct date due = calendar_due(c->app->calendar, month.year, month.index);
	struct period before = period_next(month, -1);
	add(c, list, due, false, words(c, N_("按月申报的税费（{1}所属期）"), month_words(c, before), STR_NONE));
	if (before.index % QUARTER != 0) return;
	struct period quarter = period_of(PERIOD_QUARTER, period_first(before));
	add(c, list, due, false, words(c, N_("按季申报的税费（{1}所属期）"), month_words(c, quarter), STR_NONE));
}

static void add_own(struct ctx *c, struct period month, struct period last, const struct obligation *own, size_t n,
        struct value *list)
{
	struct date from = period_first(month), to = period_last(last);
	for (size_t i = 0; i < n; i++) {
		if (date_cmp(own[i].due_on, from) < 0 || date_cmp(own[i].due_on, to) > 0) continue;
		struct str period = mustache_view(c->arena, own[i].period, S("month"), c->lang != NULL);
		add(c, list, own[i].due_on, true,
		        words(c, N_("{1}（{2}）"), tr(c, ledger_tax_title(own[i].tax)), period));
	}
}

void month_put(
        struct ctx *c, struct period month, const struct obligation *own, size_t n, bool ahead, struct value *out)
{
	struct period last = ahead ? period_next(month, 1) : month;
	struct value *v = value_put_object(c->arena, out, "calendar");
	value_put_str(c->arena, v, "month", period_format(c->arena, month));
	value_put_str(c->arena, v, "previous", period_format(c->arena, period_next(month, -1)));
	value_put_str(c->arena, v, "next", period_format(c->arena, period_next(month, 1)));
	value_put_bool(c->arena, v, "covered", calendar_covers(c->app->calendar, month.year));
	struct value *list = value_put_array(c->arena, v, "due");
	if (own) {
		add_own(c, month, last, own, n, list);
		return;
	}
	if (!ahead || date_cmp(calendar_due(c->app->calendar, month.year, month.index), c->today) >= 0)
		add_general(c, month, list);
	if (ahead) add_general(c, last, list);
}

/* --- only for the page --- */

static struct value *cell(struct ctx *c, struct date d, const struct value *due)
{
	struct value *v = value_object(c->arena);
	struct str label = STR_NONE, text = date_format(c->arena, d);
	for (const struct value_member *m = due ? due->first : NULL; m; m = m->next)
		if (str_eq(value_text(m->value, "due_on"), text))
			label = value_text(value_at(value_get(m->value, S("titles")), 0), "title");
	value_put_int(c->arena, v, "day", d.day);
	value_put_bool(c->arena, v, "rest", !calendar_is_working(c->app->calendar, d));
	value_put_bool(c->arena, v, "holiday", calendar_is_holiday(c->app->calendar, d));
	value_put_bool(c->arena, v, "is_today", date_cmp(d, c->today) == 0);
	value_put_str(c->arena, v, "label", label);
	return v;
}

static struct value *blank(struct ctx *c)
{
	struct value *v = value_object(c->arena);
	value_put(c->arena, v, "day", value_null(c->arena));
	return v;
}

void month_put_weeks(struct ctx *c, struct value *root)
{
	struct value *calendar = (struct value *)(uintptr_t)value_get(root, S("calendar"));
	struct period month;
	if (!calendar || !period_parse(value_text(calendar, "month"), &month)) return;
	const struct value *due = value_get(calendar, S("due"));
	struct value *weeks = value_put_array(c->arena, calendar, "weeks"), *cells = NULL;
	struct date first = period_first(month), last = period_last(month);
	int before = date_weekday(first) - 1;
	for (int i = -before; i <= last.day - 1 || (i + before) % WEEK != 0; i++) {
		if ((i + before) % WEEK == 0) {
			struct value *week = value_object(c->arena);
			cells = value_put_array(c->arena, week, "cells");
			value_push(c->arena, weeks, week);
		}
		value_push(c->arena, cells, i < 0 || i >= last.day ? blank(c) : cell(c, date_add_days(first, i), due));
	}
}

/* --- the operation --- */

static void put_days(struct ctx *c, struct period month, struct value *out)
{
	struct value *list = value_put_array(c->arena, out, "days");
	struct date last = period_last(month);
	for (struct date d = period_first(month); date_cmp(d, last) <= 0; d = date_add_days(d, 1)) {
		struct value *v = value_object(c->arena);
		value_put_date(c->arena, v, "date", d);
		value_put_bool(c->arena, v, "working", calendar_is_working(c->app->calendar, d));
		value_put_bool(c->arena, v, "holiday", calendar_is_holiday(c->app->calendar, d));
		value_push(c->arena, list, v);
	}
}

err_t month(struct ctx *c, const void *input, struct reply *out)
{
	const struct month_in *in = input;
	struct period p = in->has_month ? in->month : period_of(PERIOD_MONTH, c->today);
	struct obligation *own = NULL;
	size_t n = 0;
	if (p.kind != PERIOD_MONTH || p.year < YEAR_MIN || p.year > YEAR_MAX) {
		FAULT(c, S("/month"), &no_month);
		return problem_result(&c->problem);
	}
	bool firm = c->caller.subject_id && access_has_scope(c, "tax.read");
	if (firm) {
		TRY(access_open(c, c->caller.subject_id, "obligations"));
		TRY(ledger_obligations(c, c->caller.subject_id, &own, &n));
	}
	out->value = value_object(c->arena);
	month_put(c, p, n ? own : NULL, n, false, out->value);
	struct value *calendar = (struct value *)(uintptr_t)value_get(out->value, S("calendar"));
	value_put_bool(c->arena, calendar, "own", n > 0);
	put_days(c, p, calendar);
	return OK;
}

/* What the registration says and this system does not file, in the month after a quarter. */
static err_t add_elsewhere(struct ctx *c, struct value *calendar)
{
	struct registry_elsewhere *taxes;
	struct period month;
	size_t n;
	const struct value *own = calendar ? value_get(calendar, S("own")) : NULL;
	if (!own || !own->boolean || !period_parse(value_text(calendar, "month"), &month)) return OK;
	struct period before = period_next(month, -1), quarter = period_of(PERIOD_QUARTER, period_first(before));
	if (before.index % QUARTER != 0) return OK;
	struct value *list = (struct value *)(uintptr_t)value_get(calendar, S("due"));
	struct date due_on = calendar_due(c->app->calendar, month.year, month.index);
	TRY(registry_elsewhere(c, c->caller.subject_id, &taxes, &n));
	for (size_t i = 0; i < n; i++)
		if (date_cmp(period_last(quarter), taxes[i].since) >= 0)
			add(c, list, due_on, false,
			        words(c, N_("{1}（{2}），请在其他渠道申报"), taxes[i].title, month_words(c, quarter)));
	return OK;
}

err_t month_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	TRY(add_elsewhere(c, (struct value *)(uintptr_t)value_get(out->value, S("calendar"))));
	month_put_weeks(c, out->value);
	return OK;
}
