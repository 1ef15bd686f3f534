/* What the pages need beside the answers: the invoice, whose turn it is, the clock of 72 hours, the lines to choose
 * from. */
#include "kernel/access/access.h"
#include "kernel/i18n/i18n.h"
#include "services/invoice/purchase/purchase.h"
#include "services/invoice/reversal/flow.h"
#include "services/invoice/reversal/red_state.h"
#include "services/invoice/reversal/slip.h"

enum { LINES_SHOWN = 100 };

static const char *kind_words(struct str kind)
{
	return str_is(kind, "special") ? N_("增值税专用发票") : N_("普通发票"); /* by its class */
}

/* --- slips --- */

static const char *mark_of(struct str state)
{
	static const struct {
		const char *state, *mark;
	} marks[] = { { "waits-for-buyer", "warn" }, { "waits-for-seller", "warn" }, { "confirmed", "ok" },
		{ "no-confirmation-needed", "ok" }, { "buyer-refused", "bad" }, { "seller-refused", "bad" } };
	for (size_t i = 0; i < COUNT(marks); i++)
		if (str_is(state, marks[i].state)) return marks[i].mark;
	return "off";
}

static void put_clock(struct ctx *c, struct value *slip)
{
	enum { MINUTES = RED_STATE_HOURS * 60 };
	instant_us end = 0;
	int64_t left = 0;
	if (instant_parse(value_text(slip, "expires_at"), &end) && end > c->now) left = (end - c->now) / 60000000;
	if (left > MINUTES) left = MINUTES;
	value_put_int(c->arena, slip, "hours", left / 60);
	value_put_int(c->arena, slip, "minutes", left % 60);
	value_put_str(
	        c->arena, slip, "clock_path", str_printf(c->arena, "M0 0h%lldv10H0z", (long long)(MINUTES - left)));
}

static void put_slip(struct ctx *c, struct value *slip)
{
	struct str turn = value_text(slip, "turn"), state = value_text(slip, "state");
	bool open = str_is(state, "waits-for-buyer") || str_is(state, "waits-for-seller");
	value_put_c(c->arena, slip, "mark", mark_of(state));
	value_put_bool(c->arena, slip, "is_open", open);
	value_put_bool(c->arena, slip, "may_decide", open && str_is(turn, "decide"));
	value_put_bool(c->arena, slip, "may_withdraw", open && str_is(turn, "withdraw"));
	value_put_bool(c->arena, slip, "by_buyer", str_is(value_text(slip, "by"), "buyer"));
	put_clock(c, slip);
}

err_t reversal_list_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct slips_in *in = input;
	const struct value *rows = value_get(out->value, S("reversals"));
	for (const struct value_member *m = rows->first; m; m = m->next)
		put_slip(c, m->value);
	value_put_bool(c->arena, out->value, "any", rows->count > 0);
	value_put_bool(c->arena, out->value, "only_open", str_is(in->state, "open"));
	value_put_bool(c->arena, out->value, "only_done", str_is(in->state, "done"));
	value_put_bool(c->arena, out->value, "all", !in->state.p);
	value_put_str(c->arena, out->value, "state", in->state.p ? in->state : S(""));
	return OK;
}

/* --- choosing --- */

err_t reversal_choose_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct choose_in *in = input;
	struct value *v = out->value;
	const struct value *rows = value_get(v, S("invoices"));
	struct period p;
	if (!period_parse(value_text(v, "period"), &p)) return E_INTERNAL;
	for (const struct value_member *m = rows->first; m; m = m->next) {
		struct str status = value_text(m->value, "status");
		bool gone = str_is(status, "reversed");
		const struct value *locked = value_get(m->value, S("locked"));
		value_put_str(c->arena, m->value, "kind_words", tr(c, kind_words(value_text(m->value, "kind"))));
		value_put_str(c->arena, m->value, "issued_on", str_sub(value_text(m->value, "issued_at"), 0, 10));
		value_put_bool(c->arena, m->value, "is_gone", gone);
		value_put_bool(c->arena, m->value, "is_partly", str_is(status, "partly-reversed"));
		value_put_bool(c->arena, m->value, "is_free", !gone && !(locked && locked->boolean));
	}
	struct period next = period_next(p, 1);
	value_put_bool(c->arena, v, "any", rows->count > 0);
	value_put_bool(c->arena, v, "by_number", in && in->number.p != NULL);
	value_put_str(c->arena, v, "previous", period_format(c->arena, period_next(p, -1)));
	value_put_str(c->arena, v, "following",
	        date_cmp(period_first(next), c->today) <= 0 ? period_format(c->arena, next) : STR_NONE);
	if (!in || !in->number.p || value_get(v, S("form"))) return OK;
	value_put_str(c->arena, value_put_object(c->arena, v, "form"), "number", in->number);
	return OK;
}

/* --- one invoice --- */

struct shown {
	struct invoice blue;
	struct invoice_state state;
	struct value *document;
	bool seller, booked;
};

static err_t load(struct ctx *c, struct str number, struct shown *s)
{
	struct json_fault where;
	bool found;
	TRY(issue_find(c, number, &s->blue, &found));
	if (!found || json_parse(c->arena, s->blue.document, &s->document, &where) != OK) return E_INTERNAL;
	TRY(issue_state(c, number, &s->state));
	s->seller = c->caller.subject_id == s->blue.seller_id;
	return reversal_in_use(c, s->blue.buyer_id, number, &s->booked);
}

static void put_invoice(struct ctx *c, const struct shown *s, struct value *v)
{
	struct value *i = value_put_object(c->arena, v, "invoice");
	value_put_str(c->arena, i, "kind_words", tr(c, kind_words(s->blue.kind)));
	value_put_str(c->arena, i, "seller", value_text(value_get(s->document, S("seller")), "name"));
	value_put_str(c->arena, i, "buyer", value_text(value_get(s->document, S("buyer")), "name"));
	value_put_date(c->arena, i, "issued_on", date_of_instant(s->blue.issued_at));
	value_put_money(c->arena, i, "amount", s->blue.amount);
	value_put_money(c->arena, i, "tax", s->blue.tax);
	value_put_money(c->arena, i, "total", s->blue.total);
	value_put_money(c->arena, i, "reversed", s->state.amount);
	value_put_bool(c->arena, i, "any_reversed", s->state.amount.fen > 0);
}

/* What is left of a line, or of all (line 0). */
static err_t left_of(struct ctx *c, struct str number, int64_t line, struct reversed *out)
{
	struct reverse_line one = { .line = line };
	struct reverse r = { .original = number, .lines = &one, .n_lines = line ? 1 : 0 };
	*out = (struct reversed){ 0 };
	err_t e = issue_reverse_plan(c, &r, out);
	problem_init(&c->problem, c->arena);
	return e == E_INPUT || e == E_CONFLICT ? OK : e;
}

static err_t describe(struct ctx *c, const struct shown *s, int64_t number, const struct value *line, struct value *row)
{
	struct value *v = value_put_object(c->arena, row, "_view");
	struct str quantity = value_text(line, "quantity"), left = value_text(line, "amount");
	struct reversed rest;
	if (s->state.amount.fen > 0) {
		TRY(left_of(c, s->blue.number, number, &rest));
		left = money_format(c->arena, rest.amount);
	}
	value_put_int(c->arena, v, "no", number);
	value_put_str(c->arena, v, "name", value_text(line, "name"));
	value_put_str(c->arena, v, "quantity", quantity);
	value_put_str(c->arena, v, "unit", value_text(line, "unit"));
	value_put_str(c->arena, v, "left", left);
	return OK;
}

static struct value *row_of_line(const struct value *rows, int64_t number)
{
	int64_t n;
	for (const struct value_member *m = rows->first; m; m = m->next) {
		const struct value *line = value_get(m->value, S("line"));
		if (line && line->kind == VALUE_STR && str_to_int(line->str, &n) && n == number) return m->value;
	}
	return NULL;
}

/* First line of the hundred that are shown. */
static int64_t window_of(const struct value *form)
{
	const struct value *v = value_get(form, S("from"));
	int64_t from = 1;
	if (v && v->kind == VALUE_STR && !str_to_int(v->str, &from)) from = 1;
	return from > 1 ? from : 1;
}

/* Rows that were sent keep their places, so that their faults find them; the other lines follow. */
static err_t put_lines(struct ctx *c, const struct shown *s, struct value *form)
{
	const struct value *lines = value_get(s->document, S("lines"));
	struct value *rows = (struct value *)(uintptr_t)value_get(form, S("lines"));
	int64_t number = 0, from = window_of(form);
	if (!rows || rows->kind != VALUE_ARRAY) value_set(c->arena, form, S("lines"), rows = value_array(c->arena));
	for (const struct value_member *m = lines->first; m; m = m->next) {
		const struct value *discount = value_get(m->value, S("discount"));
		struct value *row = row_of_line(rows, ++number);
		if (discount && discount->kind == VALUE_BOOL && discount->boolean) continue;
		if (!row && (number < from || number >= from + LINES_SHOWN)) continue; /* on another page */
		if (!row) value_push(c->arena, rows, row = value_object(c->arena));
		TRY(describe(c, s, number, m->value, row));
	}
	return OK;
}

/* What a slip asks for, when it is not all. */
static err_t put_asked(struct ctx *c, const struct shown *s, struct value *slip)
{
	struct value *list, *asked = value_put_array(c->arena, slip, "asked");
	struct json_fault where;
	struct slip row;
	TRY(slip_load(c, s->blue.number, value_text(slip, "id"), &row));
	value_put_bool(c->arena, slip, "any_asked", row.row.lines.n > 0);
	if (!row.row.lines.n) return OK;
	if (json_parse(c->arena, row.row.lines, &list, &where) != OK) return E_INTERNAL;
	for (const struct value_member *m = list->first; m; m = m->next) {
		int64_t number = value_number(m->value, "line", 0);
		const struct value *line = value_at(value_get(s->document, S("lines")), (size_t)number - 1);
		struct value *one = value_object(c->arena);
		value_put_int(c->arena, one, "line", number);
		value_put_str(c->arena, one, "name", line ? value_text(line, "name") : STR_NONE);
		value_put_str(c->arena, one, "quantity", value_text(m->value, "quantity"));
		value_put_str(c->arena, one, "amount", value_text(m->value, "amount"));
		value_push(c->arena, asked, one);
	}
	return OK;
}

/* The slip that is open, or else the last one: "current". */
static err_t put_slips(struct ctx *c, const struct shown *s, struct value *v, bool *open)
{
	const struct value *rows = value_get(v, S("reversals"));
	struct value *current = NULL;
	*open = false;
	for (const struct value_member *m = rows->first; m; m = m->next) {
		put_slip(c, m->value);
		const struct value *waits = value_get(m->value, S("is_open"));
		if (!current || (waits->boolean && !*open)) current = m->value;
		*open = *open || waits->boolean;
	}
	if (current) TRY(put_asked(c, s, current));
	value_put(c->arena, v, "current", current ? current : value_null(c->arena));
	value_put_bool(c->arena, v, "any_before", rows->count > 1);
	return OK;
}

/* Which hundred lines, and where the others are. */
static int64_t put_window(struct ctx *c, const struct shown *s, const struct value *form, struct value *v)
{
	int64_t first = window_of(form), lines = (int64_t)value_get(s->document, S("lines"))->count;
	value_put_int(c->arena, v, "from", first);
	value_put_int(c->arena, v, "line_count", lines);
	value_put_str(c->arena, v, "before_from",
	        first > 1 ? str_from_int(c->arena, first > LINES_SHOWN ? first - LINES_SHOWN : 1) : STR_NONE);
	value_put_str(c->arena, v, "after_from",
	        first + LINES_SHOWN <= lines ? str_from_int(c->arena, first + LINES_SHOWN) : STR_NONE);
	value_put_bool(c->arena, v, "paged", lines > LINES_SHOWN);
	return first;
}

static err_t put_start(struct ctx *c, const struct shown *s, bool open, struct value *v)
{
	const struct value *typed = value_get(v, S("form"));
	struct value *form = (struct value *)(uintptr_t)typed;
	bool red = s->blue.total.fen < 0, gone = !red && s->state.amount.fen >= s->blue.amount.fen;
	bool free = !open && !red && !gone,
	     may = free && (s->seller || s->booked) && access_has_scope(c, "invoice.issue");
	bool part = may && s->booked;
	struct reversed all;
	if (!form) form = value_put_object(c->arena, v, "form");
	value_put_bool(c->arena, v, "is_red", red);
	value_put_bool(c->arena, v, "is_gone", gone);
	value_put_bool(c->arena, v, "may_start", may);
	value_put_bool(c->arena, v, "wants_sellers_act", free && !s->seller && !s->booked);
	value_put_bool(c->arena, v, "at_once", may && !s->booked);
	value_put_bool(c->arena, v, "may_part", part);
	const struct value *rows = value_get(form, S("lines"));
	int64_t first = put_window(c, s, form, v);
	value_put_bool(c->arena, v, "part_chosen", (rows && rows->count > 0) || first > 1);
	reversal_reasons_put(c, v, value_text(form, "reason"));
	if (may) {
		TRY(left_of(c, s->blue.number, 0, &all));
		value_put_money(c->arena, v, "left_amount", all.amount);
		value_put_money(c->arena, v, "left_tax", all.tax);
		value_put_money(c->arena, v, "left_total", all.total);
	}
	return part ? put_lines(c, s, form) : OK;
}

err_t reversal_show_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct decide_in *in = input;
	struct shown s = { 0 };
	struct value *v = out->value;
	bool open;
	TRY(load(c, in->number, &s));
	put_invoice(c, &s, v);
	value_put_bool(c->arena, v, "is_seller", s.seller);
	value_put_bool(c->arena, v, "booked", s.booked);
	TRY(put_slips(c, &s, v, &open));
	return put_start(c, &s, open, v);
}
