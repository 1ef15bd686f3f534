/* fsck: spans fill their boxes without gap or overlap, so that every number is in one state; the sums of each state
 * agree with the reports, lists and conversions that led to it; parcels and applications have come equally far. */
#include "paper_sql.h"
#include "services/invoice/paper/own.h"

struct walk {
	struct paper_spans_after_row *rows;
	size_t n, at;
	int64_t numbers, spans;
};

/* The next span, whatever page it stands on. */
static err_t next_span(struct ctx *c, struct walk *w, const struct paper_spans_after_row **out)
{
	if (w->at == w->n && (w->n || !w->spans)) {
		struct str code = w->n ? w->rows[w->n - 1].code : S("");
		int64_t from = w->n ? w->rows[w->n - 1].from_no : 0;
		TRY(paper_spans_after(c, code, from, &w->rows, &w->n));
		w->at = 0;
	}
	*out = w->at < w->n ? &w->rows[w->at] : NULL;
	return OK;
}

static void take(struct fsck *f, struct walk *w, const struct paper_spans_after_row *s)
{
	bool free = str_is(s->state, "stock");
	if (free && s->holder_id)
		FSCK_FAULT(f, "paper: %.*s %lld is in stock and has a holder", STR_FMT(s->code), (long long)s->from_no);
	if ((str_is(s->state, "sent") || str_is(s->state, "handed") || str_is(s->state, "used") ||
	            str_is(s->state, "converted")) &&
	        (!s->holder_id || !s->application_id))
		FSCK_FAULT(f, "paper: %.*s %lld is out and nobody has it", STR_FMT(s->code), (long long)s->from_no);
	w->numbers += s->to_no - s->from_no + 1;
	w->spans++;
	w->at++;
}

/* Spans begin where the last one ended and end with their box. */
static err_t check_box(struct ctx *c, struct fsck *f, struct walk *w, const struct paper_boxes_after_row *b)
{
	const struct paper_spans_after_row *s;
	int64_t next = b->from_no;
	while (next <= b->to_no) {
		TRY(next_span(c, w, &s));
		if (!s || !str_eq(s->code, b->code) || s->from_no != next || s->to_no > b->to_no) {
			FSCK_FAULT(f, "paper: %.*s %lld is in no state, or in two", STR_FMT(b->code), (long long)next);
			return OK;
		}
		next = s->to_no + 1;
		take(f, w, s);
	}
	return OK;
}

static err_t check_boxes(struct ctx *c, struct fsck *f, struct walk *w)
{
	struct paper_boxes_after_row *rows;
	size_t n;
	struct str code = S("");
	int64_t from = 0;
	do {
		TRY(paper_boxes_after(c, code, from, &rows, &n));
		for (size_t i = 0; i < n; i++)
			TRY(check_box(c, f, w, &rows[i]));
		if (n) {
			code = rows[n - 1].code;
			from = rows[n - 1].from_no;
		}
	} while (n);
	return OK;
}

struct tally {
	struct str code;
	int64_t used, cancelled, lost, converted; /* by the numbers, less what led to it */
};
struct tallies {
	struct tally *list;
	size_t n, cap;
};

static struct tally *of(struct ctx *c, struct tallies *t, struct str code)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_eq(t->list[i].code, code)) return &t->list[i];
	if (t->n == t->cap) {
		struct tally *more = arena_array(c->arena, t->cap = t->cap ? 2 * t->cap : 64, sizeof *more);
		for (size_t i = 0; i < t->n; i++)
			more[i] = t->list[i];
		t->list = more;
	}
	t->list[t->n] = (struct tally){ .code = code };
	return &t->list[t->n++];
}

static err_t add_numbers(struct ctx *c, struct tallies *t)
{
	struct paper_in_state_row *rows;
	size_t n;
	TRY(paper_in_state(c, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		struct tally *one = of(c, t, rows[i].code);
		switch (paper_state_named(rows[i].state)) {
		case PAPER_USED: one->used += rows[i].numbers; break;
		case PAPER_CONVERTED:
			one->used += rows[i].numbers;
			one->converted += rows[i].numbers;
			break;
		case PAPER_VOID: one->cancelled += rows[i].numbers; break;
		case PAPER_LOST: one->lost += rows[i].numbers; break;
		case PAPER_STOCK:
		case PAPER_SENT:
		case PAPER_HANDED:
		case PAPER_STATES: break;
		}
	}
	return OK;
}

static err_t take_causes(struct ctx *c, struct tallies *t)
{
	struct paper_reported_row *reports;
	struct paper_listed_row *lists;
	struct paper_converted_row *conversions;
	size_t n;
	TRY(paper_reported(c, &reports, &n));
	for (size_t i = 0; i < n; i++) {
		struct tally *one = of(c, t, reports[i].code);
		if (str_is(reports[i].act, "used")) one->used -= reports[i].numbers;
	}
	TRY(paper_listed(c, &lists, &n));
	for (size_t i = 0; i < n; i++) {
		struct tally *one = of(c, t, lists[i].code);
		*(str_is(lists[i].state, "void") ? &one->cancelled : &one->lost) -= lists[i].numbers;
	}
	TRY(paper_converted(c, &conversions, &n));
	for (size_t i = 0; i < n; i++)
		of(c, t, conversions[i].code)->converted -= conversions[i].numbers;
	return OK;
}

static err_t check_sums(struct ctx *c, struct fsck *f)
{
	struct tallies t = { 0 };
	TRY(add_numbers(c, &t));
	TRY(take_causes(c, &t));
	for (size_t i = 0; i < t.n; i++) {
		const struct tally *o = &t.list[i];
		if (o->used || o->cancelled || o->lost || o->converted)
			FSCK_FAULT(f,
			        "paper: numbers of %.*s do not agree with what was reported, listed and converted",
			        STR_FMT(o->code));
	}
	return OK;
}

err_t paper_fsck(struct ctx *c, struct fsck *f)
{
	struct walk w = { 0 };
	const struct paper_spans_after_row *more;
	struct paper_parcels_wrong_row *parcels;
	struct paper_bookings_twice_row *twice;
	size_t n;
	TRY(check_boxes(c, f, &w));
	TRY(next_span(c, &w, &more));
	if (more) FSCK_FAULT(f, "paper: %.*s %lld came in no box", STR_FMT(more->code), (long long)more->from_no);
	TRY(check_sums(c, f));
	TRY(paper_parcels_wrong(c, &parcels, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(
		        f, "paper: parcel %.*s and its application are not equally far", STR_FMT(parcels[i].order_no));
	TRY(paper_bookings_twice(c, &twice, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "paper: %.*s %lld is booked on paper and electronically", STR_FMT(twice[i].code),
		        (long long)twice[i].number);
	FSCK_INFO(f, "paper: %lld numbers in %lld spans", (long long)w.numbers, (long long)w.spans);
	return OK;
}
