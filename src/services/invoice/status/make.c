/* From events to files. Everything is read in order from the outbox, so a crash before the commit costs only the work.
 */
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/keys/keys.h"
#include "kernel/outbox/outbox.h"
#include "kernel/receipt/log.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/status/list.h"
#include "services/invoice/status/status.h"
#include "status_sql.h"

#define DAY_US INT64_C(86400000000)
enum { MONTHS_MAX = 600, KEEP_DAYS = 40 };

static const struct fault_def too_many = { "status-months", N_("一次变动的月份太多"), NULL, NULL };

/* What changed since the last time, by region and month. */
struct change {
	struct arena *arena; /* outlives the pages of events */
	struct status_list lists[MONTHS_MAX];
	size_t n;
	int64_t after, events;
	bool all;
	int64_t made;
};

static struct status_list *list_of(struct change *w, struct str number, struct str month)
{
	struct str region = str_sub(number, 2, 2);
	for (size_t i = w->n; i-- > 0;)
		if (str_eq(w->lists[i].month, month) && str_eq(w->lists[i].region, region)) return &w->lists[i];
	if (w->n == MONTHS_MAX) return NULL;
	struct status_list *l = &w->lists[w->n++];
	status_list_init(l, w->arena, str_dup(w->arena, region), str_dup(w->arena, month));
	return l;
}

static err_t note(struct ctx *c, struct change *w, struct str number, struct str month, enum status_state s)
{
	struct status_number n;
	if (!status_number_read(number, &n)) return OK; /* of an older kind */
	struct status_list *l = list_of(w, number, month);
	if (!l) return RAISE(c, E_TOO_LARGE, &too_many);
	status_list_set(l, n, s);
	return OK;
}

static err_t take_issued(struct ctx *c, struct change *w, struct str body)
{
	struct invoice_event e = { 0 };
	while (issue_event_next(&body, &e)) {
		struct period month = period_of(PERIOD_MONTH, date_of_instant(e.issued_at));
		TRY(note(c, w, e.number, period_format(c->arena, month), STATUS_VALID));
	}
	return body.n ? E_INTERNAL : OK;
}

static err_t take_reversed(struct ctx *c, struct change *w, struct str body)
{
	struct value *v;
	struct json_fault where;
	if (json_parse(c->arena, body, &v, &where) != OK) return E_INTERNAL;
	enum status_state s = value_number(v, "all", 0) ? STATUS_REVERSED : STATUS_PARTLY;
	return note(c, w, value_text(v, "number"), value_text(v, "period"), s);
}

static err_t read_page(struct ctx *c, struct change *w, bool *more)
{
	struct event *events;
	size_t n;
	TRY(outbox_read(c, w->events, &events, &n));
	for (size_t i = 0; i < n; i++) {
		if (str_is(events[i].kind, "invoice.issued")) TRY(take_issued(c, w, events[i].body));
		if (str_is(events[i].kind, "invoice.reversed")) TRY(take_reversed(c, w, events[i].body));
		w->events = events[i].position;
	}
	*more = n > 0;
	return OK;
}

static err_t read_changes(struct ctx *c, struct change *w)
{
	struct status_progress_row row;
	struct arena *own = c->arena;
	bool found, more = true;
	err_t e = OK;
	TRY(status_progress(c, &row, &found));
	w->after = w->events = found ? row.events : 0;
	c->arena = arena_new();
	while (more && e == OK) {
		arena_reset(c->arena);
		e = read_page(c, w, &more);
	}
	arena_free(c->arena);
	c->arena = own;
	return e;
}

/* --- writing --- */

static err_t write_list(struct ctx *c, const struct status_list *l)
{
	struct tlog_verifier who;
	struct str body = status_list_body(c->arena, l), text = status_list_text(c->arena, l, body);
	if (!tlog_verifier_parse(c->arena, receipt_verifier(c), &who)) return E_INTERNAL;
	struct str line = tlog_signature_line(c->arena, text, who.name, TLOG_ED25519, keys_log(c->app->keys), 0);
	struct str file = status_list_file(c->arena, text, line, body);
	return status_put(c, l->region, l->month, l->number, l->last, l->events, l->as_of, (int64_t)file.n, file, NULL);
}

/* The next delta of a month; the first news of a month are its list. */
static err_t write_delta(struct ctx *c, struct change *w, struct status_list *l)
{
	struct status_newest_row newest;
	bool found;
	TRY(status_newest(c, l->region, l->month, &newest, &found));
	l->number = l->last = found ? newest.n + 1 : 0;
	if (found && newest.n == 0) {
		struct status_get_row full;
		TRY(status_get(c, l->region, l->month, 0, &full, &found));
		l->number = l->last = full.last + 1;
	}
	l->after = w->after;
	l->events = w->events;
	l->as_of = c->now;
	w->made++;
	return write_list(c, l);
}

static err_t apply_deltas(struct ctx *c, struct status_list *full)
{
	struct status_deltas_row *rows;
	size_t n;
	do {
		TRY(status_deltas(c, full->region, full->month, full->last, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			struct status_list delta;
			if (status_list_read(c->arena, rows[i].bytes, NULL, 0, &delta) != STATUS_GOOD ||
			        !status_list_apply(full, &delta))
				return E_INTERNAL;
		}
	} while (n > 0);
	return OK;
}

/* All deltas become part of the list. */
static err_t write_full(struct ctx *c, struct change *w, struct str region, struct str month)
{
	struct status_get_row row;
	struct status_list full;
	bool found;
	TRY(status_get(c, region, month, 0, &row, &found));
	if (!found || status_list_read(c->arena, row.bytes, NULL, 0, &full) != STATUS_GOOD) return E_INTERNAL;
	int64_t before = full.last;
	TRY(apply_deltas(c, &full));
	if (full.last == before) return OK;
	w->made++;
	full.after = 0;
	TRY(write_list(c, &full));
	return status_forget(c, c->now - KEEP_DAYS * DAY_US, region, month, full.last, NULL);
}

/* Months without news: the day up to which that is known moves on. */
static err_t write_quiet(struct ctx *c, struct change *w)
{
	struct status_months_row *rows;
	size_t n;
	TRY(status_months(c, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		struct status_newest_row newest;
		struct status_list l;
		bool found;
		TRY(status_newest(c, rows[i].region, rows[i].month, &newest, &found));
		instant_us known = newest.as_of > rows[i].as_of ? newest.as_of : rows[i].as_of;
		if (c->now - known < DAY_US / 2) continue;
		status_list_init(&l, c->arena, rows[i].region, rows[i].month);
		TRY(write_delta(c, w, &l));
	}
	return OK;
}

static err_t write_all(struct ctx *c, void *arg)
{
	struct change *w = arg;
	struct status_progress_row row;
	struct status_months_row *rows;
	size_t n;
	bool found;
	w->made = 0;
	TRY(status_progress(c, &row, &found));
	if ((found ? row.events : 0) != w->after) return E_CONFLICT; /* somebody else was at it */
	for (size_t i = 0; i < w->n; i++)
		TRY(write_delta(c, w, &w->lists[i]));
	TRY(status_progress_put(c, w->events, NULL));
	if (!w->all) return OK;
	TRY(write_quiet(c, w));
	TRY(status_months(c, &rows, &n));
	for (size_t i = 0; i < n; i++)
		TRY(write_full(c, w, rows[i].region, rows[i].month));
	return OK;
}

err_t status_make(struct ctx *c, bool all, int64_t *made)
{
	struct change *w = arena_new_of(c->arena, struct change);
	*w = (struct change){ .arena = arena_new(), .all = all };
	err_t e = read_changes(c, w);
	if (e == OK) e = db_write(c, write_all, w);
	*made = w->made;
	arena_free(w->arena);
	return e;
}

/* --- reading --- */

static err_t each_of(struct ctx *c, struct str region, struct str month, status_file_fn *fn, void *arg)
{
	struct status_get_row row;
	struct status_deltas_row *rows;
	int64_t after = 0;
	size_t n;
	bool found;
	struct str dir = str_printf(c->arena, "%.*s/%.4s%.2s", STR_FMT(region), month.p, month.p + 5);
	TRY(status_get(c, region, month, 0, &row, &found));
	if (found) TRY(fn(arg, str_printf(c->arena, "%.*s/full", STR_FMT(dir)), row.bytes));
	do {
		TRY(status_deltas(c, region, month, after, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			after = rows[i].n;
			TRY(fn(arg, str_printf(c->arena, "%.*s/delta/%lld", STR_FMT(dir), (long long)after),
			        rows[i].bytes));
		}
	} while (n > 0);
	return OK;
}

err_t status_each(struct ctx *c, status_file_fn *fn, void *arg)
{
	struct status_months_row *rows;
	size_t n;
	TRY(status_months(c, &rows, &n));
	for (size_t i = 0; i < n; i++)
		TRY(each_of(c, rows[i].region, rows[i].month, fn, arg));
	return OK;
}
