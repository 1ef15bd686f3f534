/* What only the pages need: rows in groups, inputs with what was typed and what is wrong with it, formulas in words. */
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/operation/fields.h"
#include "services/tax/filing/work.h"
#include <string.h>

static const struct group {
	const char *form, *title;
	int from, to;
} groups[] = {
	{ "vat-general", N_("销售额"), 1, 10 },
	{ "vat-general", N_("税款计算"), 11, 24 },
	{ "vat-general", N_("税款缴纳"), 25, 38 },
	{ "vat-general", N_("附加税费"), 39, 41 },
	{ "vat-general", N_("加计抵减"), CELL_addl_credit, CELL_addl_credit },
	{ "vat-small", N_("本期销售（按发票和征收率）"), CELL_special_1, CELL_export_unbilled },
	{ "vat-small", N_("计税依据"), 1, 14 },
	{ "vat-small", N_("税款计算"), 15, 22 },
	{ "vat-small", N_("附加税费"), 23, 25 },
	{ "vat-small", N_("其他减征"), CELL_reduction, CELL_reduction },
};

/* A page being made: the draft, and what was typed over it. */
struct sheet {
	struct ctx *c;
	struct draft d;
	struct money before[FORM_CELLS + 1], year[FORM_CELLS + 1]; /* before: prefilled */
	struct money before_due, before_surcharges, before_total;
	const struct value *typed; /* the form that came back, or NULL */
	struct str open;           /* the cell whose explanation is open */
	bool editing, correcting;
};

/* --- rows --- */

/* The first fault at a cell, in the reader's language. */
static struct str fault_at(struct ctx *c, struct str pointer)
{
	for (size_t i = 0; i < c->problem.n && i < PROBLEM_FAULTS_MAX; i++) {
		const struct fault *f = &c->problem.faults[i];
		if (str_eq(f->pointer, pointer)) return fields_message(c, f->def->message, f->arg);
	}
	return STR_NONE;
}

static struct str typed_at(const struct sheet *s, int n, struct str name)
{
	const struct value *of = s->typed ? value_get(s->typed, n <= FORM_LINES ? S("lines") : S("inputs")) : NULL;
	const struct value *v = of ? value_get(of, name) : NULL;
	return v && v->kind == VALUE_STR ? v->str : STR_NONE;
}

static const char *row_class(const struct sheet *s, int n)
{
	const struct filled *f = &s->d.filled;
	if (f->role[n] == CELL_ENTERED && f->cell[n].fen != s->before[n].fen) return "is-changed";
	if (n == f->form->due || (!s->d.facts.small && n == 19)) return "is-key";
	return f->cell[n].fen == 0 && !s->editing ? "is-zero" : "";
}

static void put_panel(struct sheet *s, int n, const struct value *e, struct value *row)
{
	struct ctx *c = s->c;
	struct value *panel = value_put_object(c->arena, row, "panel");
	value_put_str(c->arena, panel, "heading", cell_text(c, &s->d.filled, n));
	view_why(c, &s->d, e, panel);
}

static void put_row(struct sheet *s, int n, const struct value *explains, struct value *list)
{
	struct ctx *c = s->c;
	struct value *v = value_object(c->arena);
	struct str name = form_cell_name(c->arena, n), group = n <= FORM_LINES ? S("lines") : S("inputs");
	const struct value *e = value_get(explains, name);
	bool input = s->editing && s->d.filled.role[n] == CELL_ENTERED, year = form_accumulates(s->d.filled.form, n);
	struct str typed = typed_at(s, n, name);
	struct money m = s->d.filled.cell[n];
	value_put_str(c->arena, v, "name", name);
	value_put_str(c->arena, v, "field", str_printf(c->arena, "%.*s.%.*s", STR_FMT(group), STR_FMT(name)));
	value_put(c->arena, v, "number", n <= FORM_LINES ? value_int(c->arena, n) : value_null(c->arena));
	value_put_str(c->arena, v, "title", cell_text(c, &s->d.filled, n));
	value_put_money(c->arena, v, "now", m);
	value_put_money(c->arena, v, "prefilled", s->before[n]);
	value_put(c->arena, v, "year",
	        year && n <= FORM_LINES ? value_str(c->arena, money_format(c->arena, s->year[n]))
	                                : value_null(c->arena));
	value_put_c(c->arena, v, "class", row_class(s, n));
	value_put_bool(c->arena, v, "changed", s->d.filled.role[n] == CELL_ENTERED && m.fen != s->before[n].fen);
	value_put_bool(c->arena, v, "input", input);
	value_put_bool(c->arena, v, "entered", s->d.filled.role[n] == CELL_ENTERED);
	value_put_str(c->arena, v, "typed", typed.p ? typed : money_format(c->arena, m));
	value_put_str(c->arena, v, "error",
	        s->typed ? fault_at(c, str_printf(c->arena, "/%.*s/%.*s", STR_FMT(group), STR_FMT(name))) : STR_NONE);
	value_put_bool(c->arena, v, "carried", s->d.filled.role[n] == CELL_CARRIED);
	value_put_bool(c->arena, v, "computed", value_text(e, "formula").p != NULL);
	int64_t count = value_number(value_get(e, S("sources")), "count", 0);
	value_put(c->arena, v, "count", count ? value_int(c->arena, count) : value_null(c->arena));
	value_put_str(c->arena, v, "href", value_text(e, "href"));
	if (str_eq(name, s->open))
		put_panel(s, n, e, v);
	else
		value_put(c->arena, v, "panel", value_null(c->arena));
	value_push(c->arena, list, v);
}

static void put_groups(struct sheet *s, const struct value *explains, struct value *root)
{
	struct ctx *c = s->c;
	struct value *list = value_put_array(c->arena, root, "groups");
	for (size_t g = 0; g < COUNT(groups); g++) {
		if (!str_is(str_c(groups[g].form), s->d.filled.form->id)) continue;
		struct value *v = value_object(c->arena), *rows = value_array(c->arena);
		value_put_str(c->arena, v, "group", tr(c, groups[g].title));
		for (int n = groups[g].from; n <= groups[g].to; n++)
			if (s->d.filled.role[n] != CELL_NONE) put_row(s, n, explains, rows);
		value_put(c->arena, v, "rows", rows);
		value_push(c->arena, list, v);
	}
}

/* --- differences --- */

static void put_difference(struct ctx *c, struct value *list, struct str title, struct money before, struct money now)
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "title", title);
	value_put_money(c->arena, v, "before", before);
	value_put_money(c->arena, v, "now", now);
	value_put_bool(c->arena, v, "changed", before.fen != now.fen);
	value_push(c->arena, list, v);
}

static void put_differences(struct sheet *s, struct value *root)
{
	struct ctx *c = s->c;
	const struct filled *f = &s->d.filled;
	int64_t changes = 0;
	struct value *list = value_put_array(c->arena, root, "compare");
	for (int n = 1; n <= FORM_CELLS; n++)
		if (f->role[n] == CELL_ENTERED && f->cell[n].fen != s->before[n].fen) {
			put_difference(c, list, cell_text(c, f, n), s->before[n], f->cell[n]);
			changes++;
		}
	int64_t surcharges = f->urban.fen + f->education.fen + f->local.fen;
	put_difference(c, list, tr(c, N_("增值税")), s->before_due, f->cell[f->form->due]);
	put_difference(c, list, tr(c, N_("附加税费")), s->before_surcharges, FEN(surcharges));
	value_put(c->arena, root, "changes", changes ? value_int(c->arena, changes) : value_null(c->arena));
	value_put_money(c->arena, root, "before_total", s->before_total);
	value_put_money(c->arena, root, "now_total", f->total);
	value_put_money(c->arena, root, "now_due", f->cell[f->form->due]);
	value_put_money(c->arena, root, "now_surcharges", FEN(surcharges));
	int64_t more = f->total.fen - s->before_total.fen;
	value_put(c->arena, root, "more",
	        more > 0 ? value_str(c->arena, money_format(c->arena, FEN(more))) : value_null(c->arena));
	value_put(c->arena, root, "less",
	        more < 0 ? value_str(c->arena, money_format(c->arena, FEN(-more))) : value_null(c->arena));
}

static void keep_before(struct sheet *s)
{
	const struct filled *f = &s->d.filled;
	memcpy(s->before, s->d.prefilled, sizeof s->before);
	s->before_due = f->cell[f->form->due];
	s->before_surcharges = FEN(f->urban.fen + f->education.fen + f->local.fen);
	s->before_total = f->total;
}

/* What was typed is read and computed as filing would, so that the page shows the same faults at the same fields. */
static void take_typed(struct sheet *s)
{
	struct ctx *c = s->c;
	struct return_in in = { 0 };
	struct form_fault faults[FORM_FAULTS_MAX];
	bool readable = input_read(c, filing_return_fields, s->typed, &in) == OK;
	size_t n = form_take(c->app->policy, &s->d.facts, &in.sent, &s->d.filled, faults);
	for (size_t i = 0; i < n; i++)
		if (readable || faults[i].kind != FAULT_COMPUTED) filing_line_fault(c, &s->d, &faults[i]);
}

/* --- the page of a return --- */

/* What the inputs hold when nothing was typed yet. */
static void put_form(struct sheet *s, struct value *root)
{
	struct ctx *c = s->c;
	struct value *form = value_object(c->arena);
	value_set(c->arena, root, S("form"), form);
	if (s->correcting) value_put_str(c->arena, form, "corrects", str_from_int(c->arena, s->d.return_id));
}

err_t return_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct period_in *in = input;
	struct value *root = out->value;
	struct sheet *s = arena_new_of(c->arena, struct sheet);
	s->c = c;
	/* The answer's own member "form" names the form; a form that came back stands in its place as a tree. */
	const struct value *form = value_get(root, S("form"));
	s->typed = form && form->kind == VALUE_OBJECT ? form : NULL;
	TRY(draft_open(c, in->period, &s->d));
	keep_before(s);
	if (s->d.filed) TRY(draft_take_filed(c, &s->d));
	bool may = s->d.state == PERIOD_ENDED && access_has_scope(c, "tax.file");
	s->editing = may && (in->edit || s->typed);
	s->correcting = s->editing && s->d.filed;
	if (s->editing && s->typed) take_typed(s);
	TRY(draft_year(c, &s->d, s->year));
	struct value *explains = explain_all(c, &s->d);
	if (!s->typed) put_form(s, root);
	s->open = in->explain.p ? in->explain : S("");
	put_groups(s, explains, root);
	put_differences(s, root);
	value_put_bool(c->arena, root, "editing", s->editing);
	value_put_bool(c->arena, root, "correcting", s->correcting);
	value_put_bool(c->arena, root, "reading", !s->editing);
	value_put_bool(c->arena, root, "may_file", may && !s->d.filed);
	value_put_bool(c->arena, root, "may_correct", may && s->d.filed);
	value_put_bool(c->arena, root, "is_small", s->d.facts.small);
	value_put_bool(c->arena, root, "is_late", may && !s->d.filed && date_cmp(c->today, s->d.due_on) > 0);
	value_put_bool(c->arena, root, "is_running", s->d.state != PERIOD_ENDED);
	view_period(c, &s->d, root);
	value_put_str(c->arena, root, "hash_short", str_sub(policy_hash(s->d.filled.vat), 0, 12));
	return OK;
}
