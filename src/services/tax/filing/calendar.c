/* The obligations calendar: opened by event, by the daily job, and when somebody looks; reminders once each (A05.8,
 * .9). */
#include "filing_sql.h"
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "services/tax/filing/work.h"

enum { LOOK_AHEAD_DAYS = 7 };

static const char *const taxes[CHARGES] = { "vat", "urban_construction", "education", "local_education" };

struct opening {
	int64_t taxpayer_id;
	bool quarterly;
	struct date since, from; /* in the register here; periods are opened from */
	int64_t opened;
};

/* A clock that was set back (the sandbox) begins earlier. */
static err_t since_of(struct ctx *c, int64_t taxpayer_id, struct date *since)
{
	struct filing_start_get_row start;
	bool started;
	TRY(filing_start_get(c, taxpayer_id, &start, &started));
	*since = started && date_cmp(start.since, c->today) < 0 ? start.since : c->today;
	return OK;
}

err_t calendar_first_due(struct ctx *c, const struct taxpayer *t, struct date *due_on)
{
	struct date since;
	TRY(since_of(c, t->id, &since));
	*due_on = periods_due(c->app->calendar, periods_at(t->quarterly, since));
	return OK;
}

static err_t find_opening(struct ctx *c, int64_t taxpayer_id, struct opening *o, bool *found)
{
	struct taxpayer t;
	TRY(registry_taxpayer_head(c, taxpayer_id, &t, found));
	if (!*found) return OK;
	*o = (struct opening){ .taxpayer_id = taxpayer_id, .quarterly = t.quarterly };
	TRY(since_of(c, taxpayer_id, &o->since));
	o->from = periods_from(c->app->calendar, t.quarterly, t.registered_on, o->since);
	/* Who is closed or not in order is the officer's matter: nothing new is opened. */
	*found = str_is(t.status, "normal");
	return OK;
}

static err_t open_all(struct ctx *c, void *arg)
{
	struct opening *o = arg;
	struct period periods[PERIODS_MAX];
	o->opened = 0;
	TRY(filing_start_put(c, o->taxpayer_id, o->since, NULL));
	size_t n = periods_open(o->quarterly, o->from, c->today, periods, PERIODS_MAX);
	for (size_t i = 0; i < n; i++) {
		struct str period = period_format(c->arena, periods[i]);
		struct date due_on = periods_due(c->app->calendar, periods[i]);
		for (size_t k = 0; k < CHARGES; k++) {
			int64_t id;
			TRY(ledger_obligation_open(c, o->taxpayer_id, str_c(taxes[k]), period, due_on, &id));
			o->opened++;
		}
	}
	return OK;
}

/* Reading first: a calendar that is complete costs no write. The running period and the one before it tell for all: the
 * older ones are opened together with them. */
static err_t is_complete(struct ctx *c, const struct opening *o, bool *complete)
{
	struct period periods[2];
	size_t n = periods_open(o->quarterly, o->from, c->today, periods, COUNT(periods));
	*complete = true;
	for (size_t i = n; i > 0 && *complete; i--) {
		struct obligation last;
		struct str period = period_format(c->arena, periods[i - 1]);
		TRY(ledger_obligation_for(c, o->taxpayer_id, str_c(taxes[CHARGES - 1]), period, &last, complete));
	}
	return OK;
}

err_t calendar_open(struct ctx *c, int64_t taxpayer_id, int64_t *opened)
{
	struct opening o;
	bool found, complete;
	*opened = 0;
	TRY(find_opening(c, taxpayer_id, &o, &found));
	if (!found) return OK;
	TRY(is_complete(c, &o, &complete));
	if (complete) return OK;
	TRY(db_write(c, open_all, &o));
	*opened = o.opened;
	return OK;
}

/* Subscription: whoever is registered owes returns from that day on. */
err_t calendar_registered(struct ctx *c, const struct event *events, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t opened;
		TRY(filing_start_put(c, events[i].subject_id, date_of_instant(events[i].at), NULL));
		TRY(calendar_open(c, events[i].subject_id, &opened));
	}
	return OK;
}

/* --- reminders --- */

struct reminding {
	int64_t taxpayer_id;
	struct obligation *list;
	size_t n;
};

static err_t remind(struct ctx *c, const struct obligation *o, enum reminder stage)
{
	int64_t added;
	struct value *v = value_object(c->arena);
	struct buf b;
	TRY(filing_reminder_put(c, o->taxpayer_id, o->id, (int64_t)stage, c->now, &added));
	if (!added) return OK;
	struct ledger_due due = ledger_due_on(o, c->today);
	value_put_str(c->arena, v, "obligation", str_from_int(c->arena, o->id));
	value_put_str(c->arena, v, "tax", o->tax);
	value_put_str(c->arena, v, "period", o->period);
	value_put_date(c->arena, v, "due_on", o->due_on);
	value_put_money(c->arena, v, "amount", due.tax);
	value_put_money(c->arena, v, "late_fee", due.late_fee);
	value_put_bool(c->arena, v, "to_file", str_is(o->status, "open"));
	value_put_int(c->arena, v, "days_left", date_days(o->due_on) - date_days(c->today));
	buf_init(&b, c->arena, 256);
	value_write_canonical(&b, v);
	return outbox_emit(c, stage == REMINDER_OVERDUE ? "obligation.overdue" : "obligation.due_soon", o->taxpayer_id,
	        buf_done(&b));
}

/* The surcharges are filed with the VAT return: one reminder to file is enough; what is owed is named tax by tax. */
static bool wanted(const struct obligation *o)
{
	return str_is(o->status, "due") || str_is(o->tax, "vat");
}

static err_t remind_all(struct ctx *c, void *arg)
{
	const struct reminding *r = arg;
	for (size_t i = 0; i < r->n; i++) {
		enum reminder stage = periods_reminder(r->list[i].due_on, c->today);
		if (stage != REMINDER_NONE && wanted(&r->list[i])) TRY(remind(c, &r->list[i], stage));
	}
	return OK;
}

static err_t one_taxpayer(struct ctx *c, int64_t taxpayer_id, void *arg)
{
	struct reminding r = { .taxpayer_id = taxpayer_id };
	int64_t opened, *total = arg;
	TRY(calendar_open(c, taxpayer_id, &opened));
	*total += opened;
	TRY(ledger_unsettled(c, taxpayer_id, date_add_days(c->today, LOOK_AHEAD_DAYS), &r.list, &r.n));
	return r.n ? db_write(c, remind_all, &r) : OK;
}

err_t calendar_daily(struct ctx *c, struct str argument)
{
	int64_t opened = 0;
	(void)argument;
	return registry_each(c, one_taxpayer, &opened);
}

/* --- who looks --- */

err_t obligations_show(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	struct obligation *list;
	size_t n;
	int64_t opened;
	struct money due = FEN(0), late = FEN(0);
	int64_t to_file = 0;
	TRY(access_open(c, c->caller.subject_id, "obligations"));
	TRY(calendar_open(c, c->caller.subject_id, &opened));
	TRY(ledger_obligations(c, c->caller.subject_id, &list, &n));
	out->value = value_object(c->arena);
	struct value *array = value_put_array(c->arena, out->value, "obligations");
	for (size_t i = 0; i < n; i++) {
		struct ledger_due d = ledger_due_on(&list[i], c->today);
		struct value *v = ledger_obligation_value(c, &list[i]);
		bool file = str_is(list[i].status, "open");
		to_file += file && str_is(list[i].tax, "vat");
		if (!money_add(due, d.tax, &due) || !money_add(late, d.late_fee, &late)) return E_INTERNAL;
		value_put_str(
		        c->arena, v, "return_href", str_printf(c->arena, "/returns/vat/%.*s", STR_FMT(list[i].period)));
		value_push(c->arena, array, v);
	}
	value_put_int(c->arena, out->value, "to_file", to_file);
	value_put_money(c->arena, out->value, "amount_due", due);
	value_put_money(c->arena, out->value, "late_fee", late);
	value_put_date(c->arena, out->value, "today", c->today);
	return OK;
}
