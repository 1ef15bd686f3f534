/* What the pages need beside the answers: what is ticked and its sum, the months around, marks and words. */
#include "kernel/i18n/i18n.h"
#include "services/foundation/registry/registry.h"
#include "services/invoice/purchase/credit.h"

static const char *kind_words(struct str kind)
{
	return str_is(kind, "special") ? N_("增值税专用发票") : N_("普通发票");
}

static void put_kind(struct ctx *c, struct value *v)
{
	value_put_str(c->arena, v, "kind_words", tr(c, kind_words(value_text(v, "kind"))));
	value_put_bool(c->arena, v, "is_special", str_is(value_text(v, "kind"), "special"));
}

err_t purchase_list_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct value *rows = value_get(out->value, S("purchases"));
	(void)input;
	for (const struct value_member *m = rows->first; m; m = m->next)
		put_kind(c, m->value);
	value_put_bool(c->arena, out->value, "any", rows->count > 0);
	return OK;
}

err_t purchase_show_view(struct ctx *c, const void *input, struct reply *out)
{
	struct money amount, tax, total;
	(void)input;
	put_kind(c, out->value);
	if (!money_parse(value_text(out->value, "amount"), &amount) ||
	        !money_parse(value_text(out->value, "tax"), &tax) || !money_add(amount, tax, &total))
		return E_INTERNAL;
	value_put_money(c->arena, out->value, "total", total);
	struct date issued;
	bool dated = date_parse(value_text(out->value, "issued_on"), &issued);
	value_put_str(c->arena, out->value, "month",
	        period_format(c->arena, period_of(PERIOD_MONTH, dated ? issued : c->today)));
	return OK;
}

err_t purchase_import_view(struct ctx *c, const void *input, struct reply *out)
{
	static const struct {
		const char *outcome, *mark, *title;
	} looks[] = { { "added", "ok", N_("已导入") }, { "known", "warn", N_("以前导入过") },
		{ "refused", "bad", N_("没有导入") } };
	struct value *v = out->value;
	const struct value *results = value_get(v, S("results"));
	(void)input;
	for (const struct value_member *m = results ? results->first : NULL; m; m = m->next)
		for (size_t i = 0; i < COUNT(looks); i++)
			if (str_is(value_text(m->value, "outcome"), looks[i].outcome)) {
				value_put_c(c->arena, m->value, "mark", looks[i].mark);
				value_put_str(c->arena, m->value, "title", tr(c, looks[i].title));
			}
	value_put_bool(c->arena, v, "done", results != NULL);
	value_put_bool(c->arena, v, "all_good", results && value_number(v, "refused", 0) == 0);
	value_put_bool(c->arena, v, "any_refused", results && value_number(v, "refused", 0) > 0);
	return OK;
}

/* --- confirming --- */

/* A refused post names its own month: the list is read again for it. */
static err_t follow_form(struct ctx *c, struct reply *out, const struct value *form)
{
	struct period p;
	struct str typed = form ? value_text(form, "period") : STR_NONE;
	bool credited = str_is(value_text(out->value, "state"), "credited");
	if (!typed.p || str_eq(typed, value_text(out->value, "period"))) return OK;
	if (!period_parse(typed, &p) || p.kind != PERIOD_MONTH) return OK;
	out->value = value_object(c->arena);
	TRY(credit_put(c, p, credited, STR_NONE, out->value));
	value_put(c->arena, out->value, "form", (struct value *)(uintptr_t)form);
	return OK;
}

/* Place of an invoice among the ticked ones; -1: not ticked. */
static int64_t place_of(const struct value *chosen, struct str number)
{
	int64_t i = 0;
	for (const struct value_member *m = chosen && chosen->kind == VALUE_ARRAY ? chosen->first : NULL; m;
	        m = m->next) {
		if (m->value->kind == VALUE_STR && str_eq(m->value->str, number)) return i;
		i++;
	}
	return -1;
}

static err_t put_chosen(struct ctx *c, struct value *v, const struct value *form)
{
	const struct value *rows = value_get(v, S("invoices"));
	const struct value *chosen = form ? value_get(form, S("numbers")) : NULL;
	struct str all = form ? value_text(form, "all") : STR_NONE;
	struct money sum = FEN(0), tax;
	int64_t n = 0;
	for (const struct value_member *m = rows->first; m; m = m->next) {
		struct str number = value_text(m->value, "number");
		int64_t place = place_of(chosen, number);
		bool on = str_is(all, "1") || (place >= 0 && !str_is(all, "0"));
		value_put_bool(c->arena, m->value, "on", on);
		value_put_str(c->arena, m->value, "issued_on", str_sub(value_text(m->value, "issued_at"), 0, 10));
		value_put_str(c->arena, m->value, "control",
		        place >= 0 ? str_printf(c->arena, "f-numbers.%lld", (long long)place)
		                   : str_printf(c->arena, "n-%s", number.p));
		if (!on) continue;
		if (!money_parse(value_text(m->value, "tax"), &tax) || !money_add(sum, tax, &sum)) return E_INTERNAL;
		n++;
	}
	value_put_int(c->arena, v, "chosen_count", n);
	value_put_money(c->arena, v, "chosen_tax", sum);
	value_put_bool(c->arena, v, "any", rows->count > 0);
	return OK;
}

static err_t put_around(struct ctx *c, struct value *v)
{
	struct period p;
	if (!period_parse(value_text(v, "period"), &p)) return E_INTERNAL;
	struct period next = period_next(p, 1);
	bool later = date_cmp(period_first(next), c->today) <= 0;
	value_put_str(c->arena, v, "previous", period_format(c->arena, period_next(p, -1)));
	value_put_str(c->arena, v, "following", later ? period_format(c->arena, next) : STR_NONE);
	return OK;
}

static struct str use_words(struct ctx *c, struct str use)
{
	for (const struct choice *o = credit_uses; o->code; o++)
		if (str_is(use, o->code)) return tr(c, o->label);
	return STR_NONE;
}

/* Shown where something else than deduction is meant. */
static void put_use_words(struct ctx *c, struct value *v)
{
	const struct value *rows = value_get(v, S("invoices")), *uses = value_get(v, S("uses"));
	bool other = false;
	for (const struct value_member *m = rows->first; m; m = m->next) {
		struct str use = value_text(m->value, "use");
		value_put_str(c->arena, m->value, "use_words",
		        use.p && !str_is(use, "deduct") ? use_words(c, use) : STR_NONE);
	}
	for (const struct value_member *m = uses->first; m; m = m->next) {
		struct str use = value_text(m->value, "use");
		other = other || !str_is(use, "deduct");
		value_put_str(c->arena, m->value, "use_words", use_words(c, use));
	}
	value_put_bool(c->arena, v, "other_uses", other);
}

err_t credit_list_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct value *form = value_get(out->value, S("form"));
	struct taxpayer taxpayer;
	struct money credited, transferred, left;
	bool found;
	(void)input;
	TRY(follow_form(c, out, form));
	struct value *v = out->value;
	TRY(put_chosen(c, v, form));
	TRY(put_around(c, v));
	TRY(registry_taxpayer_head(c, c->caller.subject_id, &taxpayer, &found));
	if (!money_parse(value_text(v, "credited_tax"), &credited) ||
	        !money_parse(value_text(v, "transferred_out"), &transferred) ||
	        !money_sub(credited, transferred, &left))
		return E_INTERNAL;
	bool general = found && taxpayer.general, undo = str_is(value_text(v, "state"), "credited");
	bool closed = !str_is(value_text(v, "closed_at"), "") && value_text(v, "closed_at").p;
	if (!value_get(v, S("form"))) value_put_c(c->arena, value_put_object(c->arena, v, "form"), "use", "deduct");
	put_use_words(c, v);
	value_put_money(c->arena, v, "deductible", left);
	value_put_bool(c->arena, v, "is_undo", undo);
	value_put_bool(c->arena, v, "is_small", found && !general);
	value_put_bool(c->arena, v, "as_officer", !found && c->caller.officer);
	value_put_bool(c->arena, v, "as_person", !found && !c->caller.officer);
	value_put_bool(c->arena, v, "may_act", general && !closed && value_get(v, S("invoices"))->count > 0);
	value_put_c(c->arena, v, "action", undo ? "/input-credits/withdrawal" : "/input-credits");
	return OK;
}

err_t credit_done_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	value_put_bool(c->arena, out->value, "is_undo", str_is(value_text(out->value, "act"), "withdrawn"));
	value_put_bool(c->arena, out->value, "deducts", str_is(value_text(out->value, "use"), "deduct"));
	value_put_str(c->arena, out->value, "use_words", use_words(c, value_text(out->value, "use")));
	value_put_int(c->arena, out->value, "done_count", value_get(out->value, S("numbers"))->count);
	return OK;
}
