/* fsck: the plane against what was issued. As far as the plane has come, each invoice stands in it with total, date and
 * state, and there is no other. */
#include "kernel/ctx/app.h"
#include "kernel/outbox/outbox.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/verify/fact.h"

struct walk {
	int64_t position, events, issued;
};

static err_t check_one(struct ctx *c, struct fsck *f, const struct invoice_event *e)
{
	struct invoice row;
	struct fact fact = { 0 };
	bool stored, there;
	TRY(issue_find(c, e->number, &row, &stored));
	if (fact_find(c, e->number, &fact, &there) != OK) there = false;
	if (!there) {
		FSCK_FAULT(f, "plane: invoice %.*s is not in it", STR_FMT(e->number));
		return OK;
	}
	bool red = e->original.n > 0;
	if (!stored || fact.total.fen != row.total.fen || date_cmp(fact.date, date_of_instant(row.issued_at)) != 0 ||
	        red != (fact.state == FACT_RED))
		FSCK_FAULT(f, "plane: invoice %.*s has other values than were issued", STR_FMT(e->number));
	return OK;
}

static err_t check_issued(struct ctx *c, struct fsck *f, struct walk *w, struct str body)
{
	struct invoice_event e = { 0 };
	while (issue_event_next(&body, &e)) {
		w->issued++;
		TRY(check_one(c, f, &e));
	}
	return OK;
}

/* The plane may know of a later red letter; it never goes back to an earlier state. */
static err_t check_reversed(struct ctx *c, struct fsck *f, struct str body)
{
	struct value *v;
	struct json_fault where;
	struct fact fact = { 0 };
	bool there;
	if (json_parse(c->arena, body, &v, &where) != OK) return E_INTERNAL;
	struct str number = value_text(v, "number");
	if (fact_find(c, number, &fact, &there) != OK || !there) return OK; /* told above */
	bool all = value_number(v, "all", 0) != 0;
	if (fact.state != FACT_REVERSED && (all || fact.state != FACT_PARTLY))
		FSCK_FAULT(f, "plane: invoice %.*s does not stand as reversed", STR_FMT(number));
	return OK;
}

static err_t check_page(struct ctx *c, struct fsck *f, struct walk *w, bool *more)
{
	struct event *events;
	size_t n;
	TRY(outbox_read(c, w->events, &events, &n));
	*more = n > 0;
	for (size_t i = 0; i < n && *more; i++) {
		*more = events[i].position <= w->position;
		if (!*more) return OK;
		if (str_is(events[i].kind, "invoice.issued")) TRY(check_issued(c, f, w, events[i].body));
		if (str_is(events[i].kind, "invoice.reversed")) TRY(check_reversed(c, f, events[i].body));
	}
	if (n) w->events = events[n - 1].position;
	return OK;
}

err_t verify_fsck(struct ctx *c, struct fsck *f)
{
	struct arena *own = c->arena;
	struct walk w = { 0 };
	int64_t there = 0;
	bool more = true;
	err_t e = plane_position(c->app->plane, &w.position);
	if (e == OK) e = plane_count(c->app->plane, PLANE_INVOICE, &there);
	c->arena = arena_new();
	while (more && e == OK) {
		arena_reset(c->arena);
		e = check_page(c, f, &w, &more);
	}
	arena_free(c->arena);
	c->arena = own;
	TRY(e);
	if (there != w.issued)
		FSCK_FAULT(
		        f, "plane: %lld invoices are in it, %lld were issued", (long long)there, (long long)w.issued);
	FSCK_INFO(f, "plane: %lld invoices as issued", (long long)w.issued);
	return OK;
}
