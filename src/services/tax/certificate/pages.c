/* What the pages need: the periods that something was paid for, and which verdict is shown. */
#include "kernel/access/access.h"
#include "kernel/i18n/i18n.h"
#include "services/tax/certificate/issue.h"
#include "services/tax/payment/payment.h"

/* One row a period, newest first. */
struct row {
	struct str period;
	struct money sum;
	int64_t n;
};

static err_t add_up(struct row *rows, size_t *used, const struct payment_paid *p)
{
	size_t i = 0;
	struct money both;
	while (i < *used && !str_eq(rows[i].period, p->period))
		i++;
	if (i == *used) rows[(*used)++].period = p->period;
	rows[i].n++;
	return money_add(p->amount, p->late_fee, &both) && money_add(rows[i].sum, both, &rows[i].sum) ? OK : E_INTERNAL;
}

err_t certificate_form(struct ctx *c, const void *input, struct reply *out)
{
	const struct certificate_form_in *in = input;
	const struct date first = { 1900, 1, 1 }, last = { 2999, 12, 31 };
	struct payment_paid *paid;
	size_t n, used = 0;
	TRY(access_open(c, c->caller.subject_id, "payments"));
	TRY(payment_paid_items(c, c->caller.subject_id, first, last, &paid, &n));
	struct row *rows = arena_array(c->arena, n + 1, sizeof *rows);
	for (size_t i = n; i-- > 0;)
		TRY(add_up(rows, &used, &paid[i]));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "periods");
	for (size_t i = 0; i < used; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "period", rows[i].period);
		value_put_int(c->arena, v, "items", rows[i].n);
		value_put_money(c->arena, v, "amount", rows[i].sum);
		value_push(c->arena, list, v);
	}
	struct value *form = value_put_object(c->arena, out->value, "form");
	value_put_c(c->arena, form, "type", "payment");
	if (in->has_period) value_put_str(c->arena, form, "period", period_format(c->arena, in->period));
	return OK;
}

err_t certificate_form_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	value_put_bool(c->arena, out->value, "any", value_get(out->value, S("periods"))->count > 0);
	return OK;
}

err_t certificate_list_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	value_put_bool(c->arena, out->value, "any", value_get(out->value, S("certificates"))->count > 0);
	return OK;
}

err_t certificate_check_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct certificate_check_in *in = input;
	struct str verdict = value_text(out->value, "verdict");
	value_put_bool(c->arena, out->value, "is_valid", str_is(verdict, "valid"));
	value_put_bool(c->arena, out->value, "is_unknown", str_is(verdict, "unknown"));
	value_put_str(c->arena, out->value, "asked", in ? in->number : STR_NONE);
	value_put_instant(c->arena, out->value, "checked_at", c->now);
	if (!in || value_get(out->value, S("form"))) return OK;
	/* What was asked stays in the form, to be corrected. */
	struct value *form = value_put_object(c->arena, out->value, "form");
	if (in->number.p) value_put_str(c->arena, form, "number", in->number);
	if (in->code.p) value_put_str(c->arena, form, "code", in->code);
	return OK;
}
