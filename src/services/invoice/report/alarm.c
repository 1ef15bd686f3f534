/* An invoice that is booked, credited or drawn by a second holder: all of its holders are told, each once a holder that
 * comes new. Statistics of what was asked in vain go to who watches for fraud. */
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/metrics/metrics.h"
#include "kernel/outbox/outbox.h"
#include "report_sql.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/report/report.h"
#include "services/invoice/verify/verify.h"

static err_t warn(struct ctx *c, int64_t holder, struct str number, const char *use, size_t holders)
{
	struct value *v = value_object(c->arena);
	struct buf b;
	value_put_str(c->arena, v, "number", number);
	value_put_c(c->arena, v, "use", use);
	value_put_int(c->arena, v, "holders", (int64_t)holders);
	buf_init(&b, c->arena, 128);
	value_write_canonical(&b, v);
	return outbox_emit(c, "invoice.used_twice", holder, buf_done(&b));
}

static err_t used(struct ctx *c, struct str number, const char *use, int64_t holder, instant_us at)
{
	struct report_uses_row *rows;
	size_t n;
	int64_t fresh;
	TRY(report_use_put(c, number, str_c(use), holder, at, &fresh));
	if (!fresh) return OK;
	TRY(report_uses(c, number, str_c(use), &rows, &n));
	for (size_t i = 0; i < n && n > 1; i++)
		TRY(warn(c, rows[i].holder_id, number, use, n));
	return OK;
}

/* "period \t number \t credited" a line; withdrawn: without the last. */
static err_t credited(struct ctx *c, const struct event *e)
{
	struct str body = e->body, line, period, number;
	while (body.n && str_split(&body, '\n', &line)) {
		if (!str_split(&line, '\t', &period) || !str_split(&line, '\t', &number)) return E_INTERNAL;
		if (line.n)
			TRY(used(c, number, "credited", e->subject_id, e->at));
		else
			TRY(report_use_forget(c, number, S("credited"), e->subject_id, NULL));
	}
	return OK;
}

static err_t imported(struct ctx *c, const struct event *e)
{
	struct str body = e->body;
	struct invoice_event i = { 0 };
	while (issue_event_next(&body, &i))
		TRY(used(c, i.number, "booked", i.buyer_id, e->at));
	return body.n ? E_INTERNAL : OK;
}

/* Events {"number": …} of services that book and draw. Whoever tried in vain holds the invoice as well: that is the
 * second holder. */
static const struct {
	const char *kind, *use;
	bool ends;
} named[] = {
	{ "invoice.booked", "booked", false },
	{ "invoice.booking_refused", "booked", false },
	{ "invoice.booking_undone", "booked", true },
	{ "lottery.entered", "drawn", false },
	{ "lottery.refused", "drawn", false },
	{ "lottery.void", "drawn", true },
};

static err_t take_named(struct ctx *c, const struct event *e)
{
	struct value *v;
	struct json_fault where;
	for (size_t i = 0; i < COUNT(named); i++) {
		if (!str_is(e->kind, named[i].kind)) continue;
		if (json_parse(c->arena, e->body, &v, &where) != OK) return E_INTERNAL;
		struct str number = value_text(v, "number");
		if (!number.p) return OK;
		return named[i].ends ? report_use_forget(c, number, str_c(named[i].use), e->subject_id, NULL)
		                     : used(c, number, named[i].use, e->subject_id, e->at);
	}
	return OK;
}

err_t alarm_feed(struct ctx *c, const struct event *events, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct event *e = &events[i];
		if (str_is(e->kind, "input.credited")) TRY(credited(c, e));
		if (str_is(e->kind, "purchase.imported")) TRY(imported(c, e));
		TRY(take_named(c, e));
	}
	return OK;
}

struct tally {
	struct value *counts;
	int64_t n;
};

static err_t emit(struct ctx *c, void *arg)
{
	struct tally *t = arg;
	struct buf b;
	struct value *v = value_object(c->arena);
	value_put_instant(c->arena, v, "at", c->now);
	value_put(c->arena, v, "verdicts", t->counts);
	buf_init(&b, c->arena, 256);
	value_write_canonical(&b, v);
	return outbox_emit(c, "verify.statistics", 0, buf_done(&b));
}

/* What was counted is taken off when the event is durable: a crash loses at most an hour's count, and counts nothing
 * twice. */
err_t report_statistics(struct ctx *c, struct str argument)
{
	struct tally t = { .counts = value_object(c->arena) };
	int64_t taken[VERIFY_COUNTED];
	(void)argument;
	for (int i = 0; i < VERIFY_COUNTED; i++) {
		taken[i] = metric_value(verify_counter(c, i));
		value_put_int(c->arena, t.counts, verify_counted[i], taken[i]);
		t.n += taken[i];
	}
	if (!t.n) return OK;
	TRY(db_write(c, emit, &t));
	for (int i = 0; i < VERIFY_COUNTED; i++)
		metric_add(verify_counter(c, i), -taken[i]);
	return OK;
}
