/* To-dos: one line for each thing to do, not for each record: a return covers four taxes, a payment all that is owed
 * for a period. */
#include "kernel/access/access.h"
#include "kernel/i18n/i18n.h"
#include "kernel/page/mustache.h"
#include "services/information/portal/parts.h"
#include <stdlib.h>

enum { SOON_DAYS = 7, TODOS_MAX = 100 };
static const struct date far_future = { 2999, 12, 31 };

struct todo {
	const char *kind, *title, *detail, *action, *href;
	struct str period;
	struct date due_on;
	struct money amount;
	bool has_amount;
};

struct str words(struct ctx *c, const char *id, struct str one, struct str two)
{
	const struct str args[4] = { one, two, STR_NONE, STR_NONE };
	return problem_fill(c->arena, tr(c, id).p, args);
}

void left_put(struct ctx *c, struct date due_on, struct value *out)
{
	int32_t days = date_days(due_on) - date_days(c->today);
	value_put_date(c->arena, out, "due_on", due_on);
	value_put_int(c->arena, out, "days", days < 0 ? -days : days);
	value_put_bool(c->arena, out, "late", days < 0);
	value_put_bool(c->arena, out, "today", days == 0);
	value_put_bool(c->arena, out, "soon", days > 0 && days <= SOON_DAYS);
}

/* Before the period has ended there is nothing to file yet. */
static bool can_be_filed(const struct ctx *c, const struct obligation *o)
{
	struct period p;
	return period_parse(o->period, &p) && date_cmp(period_last(p), c->today) < 0;
}

static struct todo *of_period(struct todo *list, size_t *n, const char *kind, const struct obligation *o)
{
	for (size_t i = 0; i < *n; i++)
		if (list[i].kind == kind && str_eq(list[i].period, o->period)) return &list[i];
	if (*n == TODOS_MAX) return NULL;
	struct todo *t = &list[(*n)++];
	*t = (struct todo){ .kind = kind, .period = o->period, .due_on = o->due_on };
	return t;
}

static void add_file(struct todo *list, size_t *n, const struct obligation *o)
{
	static const char *const kind = "file";
	struct todo *t = of_period(list, n, kind, o);
	if (!t) return;
	t->title = N_("增值税及附加税费申报");
	t->detail = N_("{1} · 已预填，等您核对");
	t->action = N_("核对提交");
	t->href = "/returns/vat/";
}

static err_t add_pay(struct ctx *c, struct todo *list, size_t *n, const struct obligation *o)
{
	static const char *const kind = "pay";
	struct ledger_due due = ledger_due_on(o, c->today);
	struct todo *t = of_period(list, n, kind, o);
	if (!t) return OK;
	t->title = N_("缴纳税费");
	t->detail = due.late_fee.fen ? N_("{1} · 已申报，含滞纳金") : N_("{1} · 已申报，还没有缴款");
	t->action = N_("去缴款");
	t->href = "/obligations";
	t->has_amount = true;
	return money_add(t->amount, due.tax, &t->amount) && money_add(t->amount, due.late_fee, &t->amount) ? OK
	                                                                                                   : E_INTERNAL;
}

static int by_date(const void *x, const void *y)
{
	return date_cmp(((const struct todo *)x)->due_on, ((const struct todo *)y)->due_on);
}

static struct value *shown(struct ctx *c, const struct todo *t, bool first)
{
	struct value *v = value_object(c->arena);
	struct str period = mustache_view(c->arena, t->period, S("month"), c->lang != NULL);
	bool by_period = t->href[1] == 'r';
	value_put_c(c->arena, v, "kind", t->kind);
	value_put_str(c->arena, v, "title", tr(c, t->title));
	value_put_str(c->arena, v, "detail", words(c, t->detail, period, STR_NONE));
	value_put_str(c->arena, v, "period", t->period);
	value_put(c->arena, v, "amount",
	        t->has_amount ? value_str(c->arena, money_format(c->arena, t->amount)) : value_null(c->arena));
	left_put(c, t->due_on, v);
	value_put_str(
	        c->arena, v, "href", str_printf(c->arena, "%s%.*s", t->href, STR_FMT(by_period ? t->period : S(""))));
	value_put_str(c->arena, v, "action", tr(c, t->action));
	value_put_bool(c->arena, v, "first", first);
	return v;
}

err_t todos_put(struct ctx *c, const struct obligation *list, size_t n, size_t max, struct value *out)
{
	struct todo *all = arena_array(c->arena, TODOS_MAX, sizeof *all);
	size_t count = 0;
	for (size_t i = 0; i < n; i++) {
		if (str_is(list[i].status, "due"))
			TRY(add_pay(c, all, &count, &list[i]));
		else if (str_is(list[i].tax, "vat") && can_be_filed(c, &list[i]))
			add_file(all, &count, &list[i]);
	}
	qsort(all, count, sizeof *all, by_date);
	value_put_int(c->arena, out, "todo_count", (int64_t)count);
	value_put_bool(c->arena, out, "any_todo", count > 0);
	struct value *shown_list = value_put_array(c->arena, out, "todos");
	for (size_t i = 0; i < count && i < max; i++)
		value_push(c->arena, shown_list, shown(c, &all[i], i == 0));
	return OK;
}

err_t todos(struct ctx *c, const void *input, struct reply *out)
{
	struct obligation *list;
	size_t n;
	(void)input;
	TRY(access_open(c, c->caller.subject_id, "obligations"));
	TRY(ledger_unsettled(c, c->caller.subject_id, far_future, &list, &n));
	out->value = value_object(c->arena);
	return todos_put(c, list, n, TODOS_MAX, out->value);
}
