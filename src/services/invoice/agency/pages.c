/* What the pages need beside the answers. */
#include "services/invoice/agency/request.h"

static const char *mark_of(int64_t state)
{
	static const char *const marks[] = { "off", "run", "warn", "ok", "bad", "off", "off" };
	return state >= 1 && state <= AGENCY_EXPIRED ? marks[state] : "off";
}

err_t agency_form_view(struct ctx *c, const void *input, struct reply *out)
{
	struct value *v = out->value;
	const struct value *rows = value_get(v, S("requests"));
	(void)input;
	for (const struct value_member *m = rows->first; m; m = m->next)
		value_put_c(c->arena, m->value, "mark", mark_of(value_number(m->value, "state", 0)));
	value_put_bool(c->arena, v, "any", rows->count > 0);
	if (value_get(v, S("form"))) return OK;
	value_put_c(c->arena, value_put_object(c->arena, v, "form"), "kind", "ordinary");
	return OK;
}

err_t agency_show_view(struct ctx *c, const void *input, struct reply *out)
{
	struct value *v = out->value;
	int64_t state = value_number(v, "state", 0);
	(void)input;
	value_put_c(c->arena, v, "mark", mark_of(state));
	value_put_bool(c->arena, v, "to_pay", state == AGENCY_TO_PAY);
	value_put_bool(c->arena, v, "in_review", state == AGENCY_REVIEW);
	value_put_bool(c->arena, v, "may_withdraw", state == AGENCY_TO_PAY || state == AGENCY_REVIEW);
	value_put_bool(c->arena, v, "officer_said", state != AGENCY_ISSUED);
	const struct value *returned = value_get(v, S("returned"));
	value_put_bool(c->arena, v, "any_returned", returned && !str_is(returned->str, "0.00"));
	return OK;
}

err_t agency_reviews_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	value_put_bool(c->arena, out->value, "any", value_get(out->value, S("requests"))->count > 0);
	return OK;
}

err_t agency_review_view(struct ctx *c, const void *input, struct reply *out)
{
	if (!value_get(out->value, S("form"))) value_put(c->arena, out->value, "form", value_object(c->arena));
	return agency_show_view(c, input, out);
}
