/* The officer's inbox: open cases of the services in one list, by the time that is left. Each service has its own list
 * of what waits; this reads those of the caller's post, as the pages of the lists do. */
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/operation/form.h"
#include "kernel/operation/menu.h"
#include "kernel/operation/router.h"
#include "services/information/portal/parts.h"
#include <stdlib.h>

enum { CASES_MAX = 400, CASES_SHOWN = 20, DATE_CHARS = 10 };

static const struct source {
	const char *operation, *list, *title;
	const char *who, *since; /* members of a row; who NULL: no name stands there */
	const char *href;        /* where it is opened, and the members of the row that follow in the address */
	const char *parts[2];
	const char *purpose; /* NULL: the page needs none; "": the last part of the address */
} sources[] = {
	{ "quota.reviews", "requests", N_("发票额度调整申请"), "name", "asked_at", "/quota/reviews",
	        { "taxpayer", "id" }, N_("额度审核") },
	{ "paper.reviews", "applications", N_("纸质发票领用申请"), "name", "asked_at", "/officer/paper/applications",
	        { "taxpayer", "id" }, N_("领用审核") },
	{ "agency.reviews", "requests", N_("代开申请"), "item", "asked_at", "/agency/reviews", { "person", "id" },
	        N_("代开审核") },
	{ "report.list", "cases", N_("假发票举报"), "number", "opened_at", "/officer/reports", { "code" }, NULL },
	{ "lottery.cases", "cases", N_("举报拒开发票"), "seller", "happened_at", "/lottery/reports", { "number" }, "" },
};

struct waiting {
	struct str title, who, href;
	struct date since, due_on;
	bool has_due;
};

static bool day_of(struct str text, struct date *out)
{
	return date_parse(str_sub(text, 0, DATE_CHARS), out);
}

static struct str address_of(struct ctx *c, const struct source *s, const struct value *row)
{
	struct str last = STR_NONE;
	struct buf b;
	buf_init(&b, c->arena, 120);
	buf_c(&b, s->href);
	for (size_t i = 0; i < COUNT(s->parts) && s->parts[i]; i++) {
		last = value_text(row, s->parts[i]);
		buf_char(&b, '/');
		buf_str(&b, form_encode(c->arena, last));
	}
	if (s->purpose) {
		buf_c(&b, "?purpose=");
		buf_str(&b, form_encode(c->arena, *s->purpose ? tr(c, s->purpose) : last));
	}
	return buf_done(&b);
}

static bool is_closed(const struct value *row)
{
	const struct value *closed = value_get(row, S("is_closed"));
	return closed && closed->kind == VALUE_BOOL && closed->boolean;
}

static err_t collect(struct ctx *c, const struct source *s, struct waiting *list, size_t *n)
{
	const struct operation *op = router_by_id(c->app->router, s->operation);
	struct reply answer = { 0 };
	if (!op || !menu_shows(c, op)) return OK;
	TRY(op->run(c, arena_alloc(c->arena, op->in_size + 1), &answer));
	const struct value *rows = value_get(answer.value, str_c(s->list));
	for (const struct value_member *m = rows ? rows->first : NULL; m && *n < CASES_MAX; m = m->next) {
		struct waiting w = { .title = tr(c, s->title), .who = value_text(m->value, s->who) };
		if (is_closed(m->value) || !day_of(value_text(m->value, s->since), &w.since)) continue;
		w.has_due = day_of(value_text(m->value, "due_on"), &w.due_on);
		w.href = address_of(c, s, m->value);
		list[(*n)++] = w;
	}
	return OK;
}

/* What has a legal term first, the nearest one; then what waits longest. */
static int by_time(const void *x, const void *y)
{
	const struct waiting *a = x, *b = y;
	if (a->has_due != b->has_due) return a->has_due ? -1 : 1;
	return a->has_due ? date_cmp(a->due_on, b->due_on) : date_cmp(a->since, b->since);
}

static struct value *shown(struct ctx *c, const struct waiting *w)
{
	struct value *v = value_object(c->arena);
	int32_t waits = date_days(c->today) - date_days(w->since);
	value_put_str(c->arena, v, "title", w->title);
	value_put_str(c->arena, v, "who", w->who.n ? w->who : STR_NONE);
	value_put_str(c->arena, v, "href", w->href);
	value_put_date(c->arena, v, "since", w->since);
	value_put_int(c->arena, v, "waits", waits > 0 ? waits : 0);
	value_put_bool(c->arena, v, "fresh", waits <= 0);
	value_put_bool(c->arena, v, "has_due", w->has_due);
	if (w->has_due)
		left_put(c, w->due_on, v);
	else
		value_put(c->arena, v, "due_on", value_null(c->arena));
	return v;
}

err_t inbox_put(struct ctx *c, struct value *out)
{
	struct waiting *list = arena_array(c->arena, CASES_MAX, sizeof *list);
	size_t n = 0;
	for (size_t i = 0; i < COUNT(sources); i++)
		TRY(collect(c, &sources[i], list, &n));
	qsort(list, n, sizeof *list, by_time);
	struct value *rows = value_put_array(c->arena, out, "cases");
	for (size_t i = 0; i < n && i < CASES_SHOWN; i++)
		value_push(c->arena, rows, shown(c, &list[i]));
	value_put_int(c->arena, out, "case_count", (int64_t)n);
	value_put_bool(c->arena, out, "any_case", n > 0);
	return OK;
}
