/* The numbers: spans of one state each, cut where something changes. */
#include "kernel/ctx/app.h"
#include "paper_sql.h"
#include "services/invoice/paper/own.h"

static const struct fault_def unknown = { "paper-unknown", N_("没有这些号码，请核对发票代码和号码"), NULL, NULL };
static const struct fault_def wrong_state = { "paper-state", N_("{1} 现在是“{2}”，不能这样办"), NULL, NULL };
static const struct fault_def many = { "paper-pieces", N_("这一段分得太碎，请分几次办"), NULL, NULL };
static const struct fault_def twice = { "paper-received", N_("{1} 已经入库，不能重复"), NULL, NULL };
static const struct fault_def other_unit = { "paper-unit", N_("这个代码每卷（本）是 {1} 份，和以前入库的不一致"), NULL,
	NULL };

struct str paper_range_text(struct arena *a, struct str code, int64_t from, int64_t to)
{
	if (from == to) return str_printf(a, "%.*s %08lld", STR_FMT(code), (long long)from);
	return str_printf(a, "%.*s %08lld–%08lld", STR_FMT(code), (long long)from, (long long)to);
}

typedef struct paper_spans_over_row span_t;

static err_t put(struct ctx *c, struct str code, int64_t from, int64_t to, const span_t *s)
{
	if (from > to) return OK;
	return paper_span_insert(c, code, from, to, s->kind, s->state, s->holder_id, s->application_id, s->since, NULL);
}

/* All must be there without a gap, belong to the holder and allow the act: else one fault, at what was asked for. */
static err_t check(struct ctx *c, const struct paper_change *w, const span_t *rows, size_t n)
{
	int64_t next = w->from;
	enum paper_state to;
	for (size_t i = 0; i < n; i++) {
		enum paper_state now = paper_state_named(rows[i].state);
		if (rows[i].from_no > next || (w->holder && rows[i].holder_id != w->holder)) break;
		if (!paper_step(now, w->act, &to)) {
			int64_t first = rows[i].from_no > w->from ? rows[i].from_no : w->from,
			        last = rows[i].to_no < w->to ? rows[i].to_no : w->to;
			FAULT(c, S("/from"), &wrong_state, paper_range_text(c->arena, w->code, first, last),
			        str_c(paper_states[now].title));
			return problem_result(&c->problem);
		}
		next = rows[i].to_no + 1;
	}
	if (next <= w->to) FAULT(c, S("/from"), &unknown);
	return problem_result(&c->problem);
}

static err_t cut(struct ctx *c, const struct paper_change *w, const span_t *s)
{
	int64_t first = s->from_no > w->from ? s->from_no : w->from, last = s->to_no < w->to ? s->to_no : w->to;
	enum paper_state to;
	span_t now = *s;
	if (!paper_step(paper_state_named(s->state), w->act, &to)) return E_INTERNAL;
	now.state = str_c(paper_states[to].code);
	now.since = c->now;
	if (w->act == PAPER_SEND) {
		now.holder_id = w->new_holder;
		now.application_id = w->application;
	}
	TRY(paper_span_delete(c, w->code, s->from_no, NULL));
	TRY(put(c, w->code, s->from_no, first - 1, s));
	TRY(put(c, w->code, first, last, &now));
	return put(c, w->code, last + 1, s->to_no, s);
}

err_t span_change(struct ctx *c, const struct paper_change *w)
{
	span_t *rows;
	size_t n;
	TRY(paper_spans_over(c, w->code, w->from, w->to, &rows, &n));
	if (n > PAPER_SPANS_MAX) FAULT(c, S("/to"), &many);
	TRY(problem_result(&c->problem));
	TRY(check(c, w, rows, n));
	for (size_t i = 0; i < n; i++)
		TRY(cut(c, w, &rows[i]));
	return OK;
}

err_t span_receive(struct ctx *c, struct str code, int64_t from, int64_t to, int64_t per_unit)
{
	struct paper_box_over_row over;
	struct paper_code_get_row known;
	bool found;
	struct str kind = str_c(paper_kinds[paper_kind_of(code)].code);
	TRY(paper_box_over(c, code, from, to, &over, &found));
	if (found) FAULT(c, S("/from"), &twice, paper_range_text(c->arena, code, over.from_no, over.to_no));
	TRY(paper_code_put(c, code, kind, per_unit, NULL));
	TRY(paper_code_get(c, code, &known, &found));
	if (!found) return E_INTERNAL;
	if (known.per_unit != per_unit) FAULT(c, S("/per_unit"), &other_unit, str_from_int(c->arena, known.per_unit));
	TRY(problem_result(&c->problem));
	TRY(paper_box_insert(c, code, from, to, c->caller.person_id, c->now, NULL));
	return paper_span_insert(c, code, from, to, kind, S("stock"), 0, 0, c->now, NULL);
}

err_t span_one(struct ctx *c, struct str code, int64_t number, struct paper_one *out)
{
	struct paper_span_at_row row;
	bool found;
	*out = (struct paper_one){ .state = PAPER_STATES };
	TRY(paper_span_at(c, code, number, &row, &found));
	if (!found || row.to_no < number) return OK;
	*out = (struct paper_one){ paper_state_named(row.state), row.holder_id, row.since };
	return OK;
}
