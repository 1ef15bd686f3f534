/* What the pages need beside the answers. */
#include "kernel/access/access.h"
#include "kernel/i18n/i18n.h"
#include "services/invoice/quota/request.h"

static bool flag(const struct value *v, const char *name)
{
	const struct value *m = value_get(v, str_c(name));
	return m && m->kind == VALUE_BOOL && m->boolean;
}

static const char *mark_of(struct str state)
{
	static const char *const marks[] = { "warn", "warn", "off", "run", "bad", "warn", "run", "ok", "bad" };
	int64_t n;
	return str_to_int(state, &n) && n >= 1 && n <= 8 ? marks[n] : "off";
}

/* Steps of the formula as "title: value", sums first: who wants the formula itself unfolds it. */
static void put_steps(struct ctx *c, struct value *v)
{
	const struct value *formula = value_get(v, S("formula"));
	struct value *steps = value_put_array(c->arena, v, "steps");
	for (const struct value_member *m = formula && formula->kind == VALUE_ARRAY ? formula->first : NULL; m;
	        m = m->next) {
		struct value *one = value_object(c->arena);
		struct str title = value_text(m->value, "title");
		value_put_str(c->arena, one, "title", tr(c, str_dup(c->arena, title).p));
		value_put_str(c->arena, one, "value", value_text(m->value, "value"));
		value_put_str(c->arena, one, "formula", value_text(m->value, "formula"));
		value_push(c->arena, steps, one);
	}
}

static void put_inputs(struct ctx *c, struct value *v)
{
	const struct value *in = value_get(v, S("inputs"));
	bool good = flag(v, "at_once");
	value_put_bool(c->arena, v, "any_inputs", in && in->kind == VALUE_OBJECT);
	value_put_bool(c->arena, v, "low_risk", good);
	const struct value *ways = value_get(v, S("ways"));
	value_put_bool(c->arena, v, "any_ways", ways && ways->count > 0);
	put_steps(c, v);
}

err_t quota_show_view(struct ctx *c, const void *input, struct reply *out)
{
	static const struct {
		const char *way, *words;
	} ways[] = { { "month", N_("月初赋额") }, { "filed", N_("申报后放开") }, { "temporary", N_("临时调整") },
		{ "auto", N_("自动临时调整") }, { "manual", N_("人工调整") } };
	struct value *v = out->value;
	const struct value *requests = value_get(v, S("requests")), *changes = value_get(v, S("changes"));
	(void)input;
	put_inputs(c, v);
	for (const struct value_member *m = requests->first; m; m = m->next)
		value_put_c(c->arena, m->value, "mark", mark_of(value_text(m->value, "state")));
	for (const struct value_member *m = changes->first; m; m = m->next)
		for (size_t i = 0; i < COUNT(ways); i++)
			if (str_is(value_text(m->value, "way"), ways[i].way))
				value_put_str(c->arena, m->value, "way_words", tr(c, ways[i].words));
	value_put_bool(c->arena, v, "any_requests", requests->count > 0);
	value_put_bool(c->arena, v, "any_changes", changes->count > 0);
	value_put_bool(c->arena, v, "may_ask", access_has_scope(c, "invoice.issue"));
	if (!value_get(v, S("form"))) value_put(c->arena, v, "form", value_object(c->arena));
	return OK;
}

err_t quota_request_view(struct ctx *c, const void *input, struct reply *out)
{
	struct value *v = out->value;
	struct str state = value_text(v, "state");
	bool writes = access_has_scope(c, "invoice.issue");
	(void)input;
	put_inputs(c, v);
	value_put_c(c->arena, v, "mark", mark_of(state));
	value_put_bool(c->arena, v, "is_granted", str_is(state, "07"));
	value_put_bool(c->arena, v, "may_correct", writes && str_is(state, "05"));
	value_put_bool(c->arena, v, "may_withdraw",
	        writes && (str_is(state, "01") || str_is(state, "03") || str_is(state, "05")));
	value_put_bool(c->arena, v, "waits", str_is(state, "01") || str_is(state, "03") || str_is(state, "06"));
	if (value_get(v, S("form"))) return OK;
	struct value *form = value_put_object(c->arena, v, "form");
	value_put_str(c->arena, form, "amount", value_text(v, "amount"));
	value_put_str(c->arena, form, "contracts", value_text(v, "contracts"));
	value_put_str(c->arena, form, "reason", value_text(v, "reason"));
	return OK;
}

err_t quota_reviews_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct value *rows = value_get(out->value, S("requests"));
	(void)input;
	for (const struct value_member *m = rows->first; m; m = m->next)
		value_put_c(c->arena, m->value, "mark", mark_of(value_text(m->value, "state")));
	value_put_bool(c->arena, out->value, "any", rows->count > 0);
	return OK;
}

/* How long there is left of the term. */
static void put_left(struct ctx *c, struct value *v)
{
	struct date due_on;
	int32_t days = date_parse(value_text(v, "due_on"), &due_on) ? date_days(due_on) - date_days(c->today) : 0;
	value_put_int(c->arena, v, "days", days < 0 ? -days : days);
	value_put_bool(c->arena, v, "late", days < 0);
	value_put_bool(c->arena, v, "today", days == 0);
}

/* Only the buttons that the state allows. */
err_t quota_review_view(struct ctx *c, const void *input, struct reply *out)
{
	static const struct {
		const char *event, *label, *look;
	} all[] = { { "accept", N_("受理，额度先不变"), "btn-primary" },
		{ "review", N_("材料齐全，转审核"), "btn-primary" },
		{ "grant", N_("同意，调到上面的额度"), "btn-primary" }, { "return", N_("退回，请对方补正"), "" },
		{ "refuse", N_("不予受理，申请结束"), "btn-danger" },
		{ "deny", N_("不同意，额度不变"), "btn-danger" } };
	struct value *v = out->value, *list = value_put_array(c->arena, v, "decisions");
	int64_t n = 0;
	(void)input;
	put_inputs(c, v);
	value_put_c(c->arena, v, "mark", mark_of(value_text(v, "state")));
	if (!str_to_int(value_text(v, "state"), &n)) return E_INTERNAL;
	for (size_t i = 0; i < COUNT(all); i++) {
		enum quota_state state = (enum quota_state)n;
		if (!quota_state_step(&state, str_c(all[i].event))) continue;
		struct value *one = value_object(c->arena);
		value_put_c(c->arena, one, "code", all[i].event);
		value_put_str(c->arena, one, "words", tr(c, all[i].label));
		value_put_c(c->arena, one, "look", all[i].look);
		value_push(c->arena, list, one);
	}
	value_set(c->arena, v, S("any_ways"), value_bool(c->arena, false)); /* of no use to an officer */
	value_put_bool(c->arena, v, "may_decide", list->count > 0);
	value_put_bool(c->arena, v, "is_new", n == QUOTA_SUBMITTED);
	put_left(c, v);
	value_put_bool(c->arena, v, "may_grant", n == QUOTA_REVIEWED);
	if (!value_get(v, S("form"))) value_put(c->arena, v, "form", value_object(c->arena));
	return OK;
}
