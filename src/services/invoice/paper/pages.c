/* What the pages need beside the answers. */
#include "kernel/access/access.h"
#include "kernel/i18n/i18n.h"
#include "services/invoice/paper/own.h"

static const char *mark_of(struct str state)
{
	static const struct {
		const char *state, *mark;
	} marks[] = { { "review", "warn" }, { "sending", "run" }, { "on-way", "run" }, { "ready", "run" },
		{ "done", "ok" }, { "returned", "bad" }, { "refused", "bad" }, { "lost", "bad" }, { "void", "off" } };
	for (size_t i = 0; i < COUNT(marks); i++)
		if (str_is(state, marks[i].state)) return marks[i].mark;
	return "off";
}

static void mark_all(struct ctx *c, const struct value *list)
{
	for (const struct value_member *m = list->first; m; m = m->next)
		value_put_c(c->arena, m->value, "mark", mark_of(value_text(m->value, "state")));
}

static void need_form(struct ctx *c, struct value *v)
{
	if (!value_get(v, S("form"))) value_put(c->arena, v, "form", value_object(c->arena));
}

static void put_any(struct ctx *c, struct value *v, const char *name, const char *list)
{
	const struct value *l = value_get(v, str_c(list));
	value_put_bool(c->arena, v, name, l && l->count > 0);
}

err_t paper_plain_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	put_any(c, out->value, "any_unused", "unused");
	need_form(c, out->value);
	return OK;
}

err_t paper_stock_view(struct ctx *c, const void *input, struct reply *out)
{
	struct value *v = out->value;
	const struct value *kinds = value_get(v, S("kinds"));
	(void)input;
	mark_all(c, value_get(v, S("applications")));
	put_any(c, v, "any_applications", "applications");
	for (const struct value_member *m = kinds->first; m; m = m->next)
		put_any(c, m->value, "any_unused", "unused");
	value_put_bool(c->arena, v, "may_ask", access_has_scope(c, "invoice.issue"));
	return OK;
}

/* The form that came back asks for the figures of what was typed. */
err_t paper_blank_view(struct ctx *c, const void *input, struct reply *out)
{
	struct value *v = out->value;
	const struct value *form = value_get(v, S("form"));
	struct reply now = { 0 };
	int64_t units = 0;
	struct apply_in in = { 0 };
	(void)input;
	if (form) {
		in.kind = value_text(form, "kind");
		if (!str_to_int(value_text(form, "units"), &units)) units = value_number(form, "units", 0);
	}
	bool known = paper_kind_named(in.kind.p ? in.kind : S("")) != PAPER_OTHER;
	if (known && units > 0 && units <= PAPER_UNITS_MAX) {
		in.units = units;
		TRY(paper_blank(c, &in, &now));
		value_set(c->arena, v, S("why"), (struct value *)(uintptr_t)value_get(now.value, S("why")));
		value_set(c->arena, v, S("why_words"), value_str(c->arena, value_text(now.value, "why_words")));
	}
	value_put_bool(c->arena, v, "any_why", value_text(v, "why_words").n > 0);
	return OK;
}

static void put_steps(struct ctx *c, struct value *v)
{
	const struct value *formula = value_get(value_get(v, S("why")), S("formula"));
	struct value *steps = value_put_array(c->arena, v, "steps");
	for (const struct value_member *m = formula && formula->kind == VALUE_ARRAY ? formula->first : NULL; m;
	        m = m->next) {
		struct value *one = value_object(c->arena);
		value_put_str(c->arena, one, "title", tr(c, str_dup(c->arena, value_text(m->value, "title")).p));
		value_put_str(c->arena, one, "value", value_text(m->value, "value"));
		value_put_str(c->arena, one, "formula", value_text(m->value, "formula"));
		value_push(c->arena, steps, one);
	}
}

static void put_unused(struct ctx *c, struct value *v)
{
	const struct value *unused = value_get(value_get(v, S("why")), S("unused"));
	struct value *list = value_put_array(c->arena, v, "unused");
	for (const struct value_member *m = unused && unused->kind == VALUE_ARRAY ? unused->first : NULL; m;
	        m = m->next)
		value_push(c->arena, list, m->value);
	value_put_bool(c->arena, v, "any_unused", list->count > 0);
}

err_t paper_application_view(struct ctx *c, const void *input, struct reply *out)
{
	struct value *v = out->value;
	struct str state = value_text(v, "state");
	(void)input;
	value_put_c(c->arena, v, "mark", mark_of(state));
	value_put_bool(c->arena, v, "decided", value_number(v, "granted", 0) > 0);
	value_put_bool(c->arena, v, "may_withdraw", str_is(state, "review") && access_has_scope(c, "invoice.issue"));
	put_any(c, v, "any_numbers", "numbers");
	put_steps(c, v);
	put_unused(c, v);
	return OK;
}

err_t paper_reviews_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	mark_all(c, value_get(out->value, S("applications")));
	put_any(c, out->value, "any", "applications");
	return OK;
}

err_t paper_review_view(struct ctx *c, const void *input, struct reply *out)
{
	TRY(paper_application_view(c, input, out));
	value_put_bool(c->arena, out->value, "may_decide", str_is(value_text(out->value, "state"), "review"));
	need_form(c, out->value);
	return OK;
}

err_t paper_shelf_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	put_any(c, out->value, "any", "boxes");
	need_form(c, out->value);
	return OK;
}

err_t paper_listing_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	mark_all(c, value_get(out->value, S("listings")));
	put_any(c, out->value, "any", "listings");
	need_form(c, out->value);
	return OK;
}

err_t paper_check_view(struct ctx *c, const void *input, struct reply *out)
{
	static const struct {
		const char *verdict, *title, *mark; /* title: N_() */
	} all[] = { { "not-used", N_("没有开具"), "warn" }, { "used", N_("已开具"), "ok" },
		{ "not-as-issued", N_("不一致"), "bad" }, { "listed", N_("作废或遗失"), "bad" },
		{ "converted", N_("已换开电子发票"), "warn" }, { "unknown", N_("查无此票"), "bad" } };
	struct value *v = out->value;
	const struct check_in *in = input;
	struct str verdict = value_text(v, "verdict");
	value_put_bool(c->arena, v, "any", verdict.n > 0);
	for (size_t i = 0; i < COUNT(all); i++)
		if (str_is(verdict, all[i].verdict)) {
			value_put_str(c->arena, v, "title", tr(c, all[i].title));
			value_put_c(c->arena, v, "mark", all[i].mark);
		}
	if (value_get(v, S("form"))) return OK;
	struct value *form = value_put_object(c->arena, v, "form");
	struct str code = value_text(v, "code").n ? value_text(v, "code") : in->code;
	struct str number = value_text(v, "number").n ? value_text(v, "number") : in->number;
	value_put_str(c->arena, form, "code", code);
	value_put_str(c->arena, form, "number", number);
	return OK;
}

err_t paper_received_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	put_any(c, out->value, "any", "invoices");
	value_put_str(c->arena, out->value, "month", period_format(c->arena, period_of(PERIOD_MONTH, c->today)));
	value_put_bool(c->arena, out->value, "may_credit", access_has_scope(c, "invoice.credit"));
	return OK;
}
