/* Which invoice is to be reversed: those sold in a month, or the one whose number is known. */
#include "kernel/access/access.h"
#include "kernel/i18n/i18n.h"
#include "services/invoice/reversal/flow.h"

enum { PAGE = 100 };
static const struct fault_def not_month = { "period-month", N_("请按月份查，如 2026-11"), NULL, NULL };

static err_t put_one(struct ctx *c, struct value *list, const struct invoice_item *i)
{
	struct invoice_state state;
	struct value *v = value_object(c->arena);
	struct money total;
	if (!money_add(i->amount, i->tax, &total)) return E_INTERNAL;
	TRY(issue_state(c, i->number, &state));
	value_put_str(c->arena, v, "number", i->number);
	value_put_str(c->arena, v, "buyer", i->other_name);
	value_put_str(c->arena, v, "kind", i->kind);
	value_put_instant(c->arena, v, "issued_at", i->issued_at);
	value_put_money(c->arena, v, "total", total);
	value_put_c(c->arena, v, "status", issue_status(i->amount, state.amount));
	value_put_bool(c->arena, v, "locked", state.locked);
	value_push(c->arena, list, v);
	return OK;
}

static err_t by_number(struct ctx *c, struct str number, struct value *list)
{
	struct invoice i;
	struct value *doc;
	struct json_fault where;
	TRY(issue_open(c, number, &i));
	if (json_parse(c->arena, i.document, &doc, &where) != OK) return E_INTERNAL;
	bool seller = c->caller.subject_id == i.seller_id;
	struct invoice_item one = { .number = i.number,
		.other_name = value_text(value_get(doc, seller ? S("buyer") : S("seller")), "name"),
		.kind = i.kind,
		.issued_at = i.issued_at,
		.amount = i.amount,
		.tax = i.tax };
	return put_one(c, list, &one);
}

/* The newest first within the page. */
static err_t by_month(struct ctx *c, struct str month, struct str after, struct value *list, struct str *next)
{
	struct invoice_item *items;
	size_t n;
	TRY(access_open(c, c->caller.subject_id, "invoices"));
	TRY(issue_items(c, c->caller.subject_id, 0, month, after.p ? after : S(""), &items, &n));
	*next = n > PAGE ? items[PAGE - 1].number : STR_NONE;
	for (size_t i = n > PAGE ? PAGE : n; i > 0; i--)
		if (items[i - 1].amount.fen > 0) TRY(put_one(c, list, &items[i - 1]));
	return OK;
}

err_t reversal_choose(struct ctx *c, const void *input, struct reply *out)
{
	const struct choose_in *in = input;
	struct period p = in->has_period ? in->period : period_of(PERIOD_MONTH, c->today);
	struct str month = period_format(c->arena, p), next = STR_NONE;
	if (p.kind != PERIOD_MONTH) FAULT(c, S("/period"), &not_month);
	TRY(problem_result(&c->problem));
	struct value *v = out->value = value_object(c->arena);
	value_put_str(c->arena, v, "period", month);
	struct value *list = value_put_array(c->arena, v, "invoices");
	TRY(in->number.p ? by_number(c, in->number, list) : by_month(c, month, in->after, list, &next));
	value_put_str(c->arena, v, "next", next);
	return OK;
}
