/* The parts that answers about returns have in common. */
#include "kernel/i18n/i18n.h"
#include "services/tax/filing/work.h"

static struct value *cells(struct ctx *c, const struct filled *f, const struct money *cell, int from, int to)
{
	struct value *v = value_object(c->arena);
	for (int n = from; n <= to; n++)
		if (f->role[n] != CELL_NONE) value_put_money(c->arena, v, form_cell_name(c->arena, n).p, cell[n]);
	return v;
}

struct value *answer_lines(struct ctx *c, const struct filled *f, const struct money *cell)
{
	return cells(c, f, cell, 1, FORM_LINES);
}

struct value *answer_inputs(struct ctx *c, const struct filled *f, const struct money *cell)
{
	return cells(c, f, cell, FORM_LINES + 1, FORM_CELLS);
}

void answer_policy(struct ctx *c, const struct filled *f, struct value *to)
{
	struct value *v = value_put_object(c->arena, to, "policy");
	value_put_c(c->arena, v, "form", f->form->policy);
	value_put_str(c->arena, v, "law", tr(c, str_dup(c->arena, policy_form_law(f->vat)).p));
	value_put_str(c->arena, v, "hash", policy_hash(f->vat));
	value_put_str(c->arena, v, "surcharges_hash", policy_hash(f->surcharges));
}

void answer_sums(struct ctx *c, const struct filled *f, struct value *to)
{
	value_put_money(c->arena, to, "tax_due", f->cell[f->form->due]);
	struct value *v = value_put_object(c->arena, to, "surcharges");
	value_put_money(c->arena, v, "urban_construction", f->urban);
	value_put_money(c->arena, v, "education", f->education);
	value_put_money(c->arena, v, "local_education", f->local);
	value_put_money(c->arena, v, "total", FEN(f->urban.fen + f->education.fen + f->local.fen));
	value_put_money(c->arena, to, "total_due", f->total);
}

static const char *state_word(const struct draft *d, struct date today)
{
	if (d->filed) return "filed";
	if (d->state != PERIOD_ENDED) return "running";
	return date_cmp(today, d->due_on) > 0 ? "overdue" : "open";
}

void answer_head(struct ctx *c, const struct draft *d, struct value *v)
{
	value_put_c(c->arena, v, "form", d->filled.form->id);
	value_put_str(c->arena, v, "form_title", tr(c, d->filled.form->title));
	value_put_c(c->arena, v, "tax", "vat");
	value_put_str(c->arena, v, "period", d->period);
	value_put_date(c->arena, v, "period_from", period_first(d->facts.period));
	value_put_date(c->arena, v, "period_to", period_last(d->facts.period));
	value_put_date(c->arena, v, "due_on", d->due_on);
	value_put_int(c->arena, v, "days_left", date_days(d->due_on) - date_days(c->today));
	value_put_c(c->arena, v, "status", state_word(d, c->today));
	value_put_bool(c->arena, v, "can_file", d->state == PERIOD_ENDED && !d->filed);
	value_put_date(c->arena, v, "can_file_from", date_add_days(period_last(d->facts.period), 1));
	value_put_str(c->arena, v, "taxpayer", d->taxpayer.name);
	value_put_str(c->arena, v, "tax_id", d->taxpayer.uscc);
}
