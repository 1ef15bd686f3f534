/* What the other pages add to their answers. */
#include "filing_sql.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "services/tax/filing/work.h"

static bool text_is(const struct value *v, const char *member, const char *text)
{
	return str_is(value_text(v, member), text);
}

static bool truth(const struct value *v, const char *member)
{
	const struct value *m = value_get(v, str_c(member));
	return m && m->kind == VALUE_BOOL && m->boolean;
}

static struct value *shared(const struct value *v)
{
	return (struct value *)(uintptr_t)v;
}

static bool has_money(const struct value *v, const char *member)
{
	struct money m;
	return money_parse(value_text(v, member), &m) && m.fen != 0;
}

/* --- /obligations --- */

struct lists {
	struct value *filing, *owed, *refunds, *done;
	bool can_file;
};

/* One reminder to file for all four: they are filed with the VAT return. */
static void put_filing(struct ctx *c, struct value *v, struct lists *to)
{
	struct period p;
	if (!text_is(v, "tax", "vat") || !period_parse(value_text(v, "period"), &p)) return;
	bool running = date_cmp(period_last(p), c->today) >= 0;
	value_put_bool(c->arena, v, "running", running);
	value_put_bool(c->arena, v, "soon",
	        !running && !text_is(v, "status", "overdue") && value_number(v, "days_left", 99) <= 7);
	value_put_bool(c->arena, v, "first", !running && !to->can_file);
	to->can_file |= !running;
	value_push(c->arena, to->filing, v);
}

/* Taxes of the registration that this system does not file: only when and where. The quarter that is due now, or the
 * one that runs. */
static err_t put_elsewhere(struct ctx *c, struct value *root)
{
	struct registry_elsewhere *taxes;
	size_t n;
	struct period p = periods_at(true, c->today), before = period_next(p, -1);
	struct value *list = value_put_array(c->arena, root, "elsewhere");
	if (date_cmp(periods_due(c->app->calendar, before), c->today) >= 0) p = before;
	TRY(registry_elsewhere(c, c->caller.subject_id, &taxes, &n));
	for (size_t i = 0; i < n; i++) {
		if (date_cmp(period_last(p), taxes[i].since) < 0) continue;
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "tax_title", taxes[i].title);
		value_put_str(c->arena, v, "period", period_format(c->arena, p));
		value_put_date(c->arena, v, "due_on", periods_due(c->app->calendar, p));
		value_push(c->arena, list, v);
	}
	value_put_bool(c->arena, root, "any_elsewhere", list->count > 0);
	return OK;
}

err_t obligations_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	struct value *root = out->value;
	struct lists l = { value_array(c->arena), value_array(c->arena), value_array(c->arena), value_array(c->arena),
		false };
	const struct value *all = value_get(root, S("obligations"));
	struct value *oldest[400];
	size_t n = 0;
	for (const struct value_member *m = all->first; m && n < COUNT(oldest); m = m->next)
		oldest[n++] = m->value;
	while (n > 0) { /* the nearest deadline first */
		struct value *v = oldest[--n];
		value_put_bool(c->arena, v, "late", text_is(v, "status", "overdue"));
		if (truth(v, "to_file"))
			put_filing(c, v, &l);
		else
			value_push(c->arena, truth(v, "to_pay") ? l.owed : l.done, v);
		if (has_money(v, "refund_due")) value_push(c->arena, l.refunds, v);
	}
	value_put(c->arena, root, "filing", l.filing);
	value_put(c->arena, root, "owed", l.owed);
	value_put(c->arena, root, "refunds", l.refunds);
	value_put(c->arena, root, "done", l.done);
	value_put_bool(c->arena, root, "any_to_file", l.filing->count > 0);
	value_put_bool(c->arena, root, "any_owed", l.owed->count > 0);
	value_put_bool(c->arena, root, "any_refund", l.refunds->count > 0);
	value_put_bool(c->arena, root, "any_done", l.done->count > 0);
	value_put_bool(c->arena, root, "can_file_now", l.can_file);
	return put_elsewhere(c, root);
}

/* --- /returns/vat/{period}/lines/{line} --- */

err_t explain_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct period_in *in = input;
	struct value *root = out->value;
	struct draft d;
	const struct value *e = value_get(root, S("explain"));
	int64_t number = value_number(e, "number", 0);
	struct str title = value_text(e, "title");
	TRY(draft_open(c, in->period, &d));
	view_why(c, &d, e, root);
	view_period(c, &d, root);
	value_put_str(c->arena, root, "heading",
	        number ? str_printf(c->arena, "%lld %.*s", (long long)number, STR_FMT(title)) : title);
	value_put_str(c->arena, root, "hash_short", str_sub(value_text(value_get(root, S("policy")), "hash"), 0, 12));
	const struct value *vouchers = value_get(root, S("invoices"));
	value_put_bool(c->arena, root, "any_invoices", vouchers->count > 0);
	for (const struct value_member *m = vouchers->first; m; m = m->next)
		value_put_bool(c->arena, m->value, "on_paper", str_is(value_text(m->value, "medium"), "paper"));
	return OK;
}

/* --- /returns, /returns/{id} --- */

err_t list_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	value_put_bool(c->arena, out->value, "any_returns", value_get(out->value, S("returns"))->count > 0);
	return OK;
}

static err_t put_one_charge(struct ctx *c, const char *tax, struct str amount, struct value *root, struct value *list,
        struct money *owed, struct money *refund)
{
	struct obligation o;
	bool found;
	struct value *v = value_object(c->arena);
	TRY(ledger_obligation_for(c, c->caller.subject_id, str_c(tax), value_text(root, "period"), &o, &found));
	if (!found) return E_INTERNAL;
	struct money due = ledger_due_on(&o, c->today).tax;
	bool late = date_cmp(c->today, o.due_on) > 0;
	value_put_str(c->arena, v, "tax_title", tr(c, ledger_tax_title(o.tax)));
	value_put_str(c->arena, v, "amount", amount);
	value_put_bool(c->arena, v, "paid", due.fen == 0);
	value_put_bool(c->arena, v, "late", due.fen > 0 && late);
	value_put_bool(c->arena, v, "due", due.fen > 0 && !late);
	value_push(c->arena, list, v);
	return money_add(*owed, due, owed) && money_add(*refund, o.refund, refund) ? OK : E_INTERNAL;
}

/* The lines that say something, with their titles of the package in force for the period. */
static void put_filled(struct ctx *c, struct value *root, const struct draft *d)
{
	const struct value *lines = value_get(root, S("lines")), *inputs = value_get(root, S("inputs"));
	struct value *list = value_put_array(c->arena, root, "filled_rows");
	for (int n = 1; n <= FORM_CELLS; n++) {
		struct str name = form_cell_name(c->arena, n);
		const struct value *of = n <= FORM_LINES ? lines : inputs, *m = of ? value_get(of, name) : NULL;
		if (!m || !has_money(of, name.p) || d->filled.role[n] == CELL_NONE) continue;
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "number", n <= FORM_LINES ? str_from_int(c->arena, n) : S(""));
		value_put_str(c->arena, v, "title", cell_text(c, &d->filled, n));
		value_put(c->arena, v, "value", shared(m));
		value_push(c->arena, list, v);
	}
}

err_t one_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	struct value *root = out->value;
	struct draft d;
	struct period p;
	struct money owed = FEN(0), refund = FEN(0);
	const struct value *s = value_get(root, S("surcharges"));
	struct value *list = value_put_array(c->arena, root, "charges");
	static const char *const taxes[] = { "urban_construction", "education", "local_education" };
	TRY(put_one_charge(c, "vat", value_text(root, "tax_due"), root, list, &owed, &refund));
	for (size_t i = 0; i < COUNT(taxes); i++)
		TRY(put_one_charge(c, taxes[i], value_text(s, taxes[i]), root, list, &owed, &refund));
	/* The document is kept in Chinese. */
	value_set(c->arena, root, S("form_title"),
	        value_str(c->arena, tr(c, str_dup(c->arena, value_text(root, "form_title")).p)));
	for (const struct value_member *m = value_get(root, S("differences"))->first; m; m = m->next)
		value_set(c->arena, m->value, S("title"),
		        value_str(c->arena, tr(c, str_dup(c->arena, value_text(m->value, "title")).p)));
	bool current = truth(root, "current");
	value_put_bool(c->arena, root, "to_pay", current && owed.fen > 0);
	value_put_money(c->arena, root, "owed_total", owed);
	value_put(c->arena, root, "refund",
	        refund.fen ? value_str(c->arena, money_format(c->arena, refund)) : value_null(c->arena));
	value_put_bool(c->arena, root, "any_differences", value_get(root, S("differences"))->count > 0);
	if (!period_parse(value_text(root, "period"), &p)) return E_INTERNAL;
	TRY(draft_open(c, p, &d));
	put_filled(c, root, &d);
	view_period(c, &d, root);
	return OK;
}
