/* What the pages need beside the answers: what can be paid today, sums of what is ticked, words of the states. */
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "payment_sql.h"
#include "services/foundation/ledger/ledger.h"
#include "services/tax/payment/channel.h"

static err_t put_payable(struct ctx *c, struct value *list, const struct obligation *o, struct money *total)
{
	struct ledger_due due = ledger_due_on(o, c->today);
	struct payment_item_open_row other;
	struct money both;
	bool open;
	if (!str_is(o->status, "due") || due.tax.fen + due.late_fee.fen == 0) return OK;
	TRY(payment_item_open(c, c->caller.subject_id, o->id, &other, &open));
	if (!money_add(due.tax, due.late_fee, &both)) return E_INTERNAL;
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "id", str_from_int(c->arena, o->id));
	value_put_str(c->arena, v, "tax", o->tax);
	value_put_str(c->arena, v, "tax_title", tr(c, ledger_tax_title(o->tax)));
	value_put_str(c->arena, v, "period", o->period);
	value_put_date(c->arena, v, "due_on", o->due_on);
	value_put_money(c->arena, v, "amount", due.tax);
	value_put_money(c->arena, v, "late_fee", due.late_fee);
	value_put_int(c->arena, v, "days_late", due.days_late);
	value_put_money(c->arena, v, "total", both);
	value_put_str(c->arena, v, "payment", open ? str_from_int(c->arena, other.payment_id) : STR_NONE);
	value_push(c->arena, list, v);
	return open || money_add(*total, both, total) ? OK : E_INTERNAL;
}

/* All that is filed and owed; those in an open order name it. At first all others are chosen. */
err_t payment_due(struct ctx *c, const void *input, struct reply *out)
{
	struct obligation *list;
	size_t n;
	struct money total = FEN(0);
	(void)input;
	TRY(access_open(c, c->caller.subject_id, "obligations"));
	TRY(ledger_obligations(c, c->caller.subject_id, &list, &n));
	struct value *v = out->value = value_object(c->arena), *rows = value_put_array(c->arena, v, "payable");
	/* The list is the newest due date first; here what is due first comes first, of one date in its order. */
	for (size_t end = n; end > 0;) {
		size_t first = end - 1;
		while (first > 0 && date_cmp(list[first - 1].due_on, list[end - 1].due_on) == 0)
			first--;
		for (size_t i = first; i < end; i++)
			TRY(put_payable(c, rows, &list[i], &total));
		end = first;
	}
	value_put_money(c->arena, v, "total", total);
	struct value *form = value_put_object(c->arena, v, "form");
	struct value *chosen = value_put_array(c->arena, form, "obligations");
	for (const struct value_member *m = rows->first; m; m = m->next)
		if (!value_text(m->value, "payment").p)
			value_push(c->arena, chosen, value_str(c->arena, value_text(m->value, "id")));
	return OK;
}

/* Place of an id among the chosen ones; -1: not chosen. */
static int64_t place_of(const struct value *chosen, struct str id)
{
	int64_t i = 0;
	for (const struct value_member *m = chosen && chosen->kind == VALUE_ARRAY ? chosen->first : NULL; m;
	        m = m->next) {
		if (m->value->kind == VALUE_STR && str_eq(m->value->str, id)) return i;
		i++;
	}
	return -1;
}

err_t payment_due_view(struct ctx *c, const void *input, struct reply *out)
{
	struct value *v = out->value;
	const struct value *rows = value_get(v, S("payable")), *form = value_get(v, S("form"));
	const struct value *chosen = form ? value_get(form, S("obligations")) : NULL;
	struct money sum = FEN(0), one;
	int64_t n = 0, blocked = 0;
	(void)input;
	for (const struct value_member *m = rows->first; m; m = m->next) {
		struct value *row = m->value;
		int64_t place = place_of(chosen, value_text(row, "id"));
		bool free = !value_text(row, "payment").p;
		value_put_bool(c->arena, row, "on", place >= 0 && free);
		value_put_bool(c->arena, row, "late", value_number(row, "days_late", 0) > 0);
		value_put_str(c->arena, row, "control",
		        place >= 0 ? str_printf(c->arena, "f-obligations.%lld", (long long)place)
		                   : str_printf(c->arena, "o-%s", value_text(row, "id").p));
		blocked += !free;
		if (place < 0 || !free || !money_parse(value_text(row, "total"), &one)) continue;
		if (!money_add(sum, one, &sum)) return E_INTERNAL;
		n++;
	}
	value_put_bool(c->arena, v, "any", rows->count > 0);
	value_put_bool(c->arena, v, "all_blocked", rows->count > 0 && blocked == rows->count);
	value_put_int(c->arena, v, "chosen_count", n);
	value_put_money(c->arena, v, "chosen_total", sum);
	const struct payment_channel *k = payment_channels;
	value_put_str(c->arena, v, "channel_help", payment_channel_here(c, k) ? tr(c, k->help) : STR_NONE);
	return OK;
}

/* ok, bad, warn: which mark a state gets. */
static const char *mark_of(struct str status)
{
	return str_is(status, "paid") ? "ok" : str_is(status, "failed") ? "bad" : "warn";
}

err_t payment_show_view(struct ctx *c, const void *input, struct reply *out)
{
	struct value *v = out->value;
	struct str status = value_text(v, "status");
	const struct value *items = value_get(v, S("items"));
	const struct value *first = value_at(items, 0);
	struct payment_debit_get_row debit;
	bool late = false, booked;
	(void)input;
	TRY(payment_debit_get(c, value_text(v, "channel"), value_text(v, "voucher"), &debit, &booked));
	/* As on the certificate: into the treasury on the day of the debit, known when the bank's file agrees. */
	bool reconciled = booked && debit.reconciled_on.year;
	value_put_str(c->arena, v, "treasury_on", reconciled ? date_format(c->arena, debit.day) : STR_NONE);
	for (const struct value_member *m = items->first; m; m = m->next)
		late = late || !str_is(value_text(m->value, "late_fee"), "0.00");
	value_put_bool(c->arena, v, "is_paid", str_is(status, "paid"));
	value_put_bool(c->arena, v, "is_failed", str_is(status, "failed"));
	value_put_bool(c->arena, v, "is_waiting", !str_is(status, "paid") && !str_is(status, "failed"));
	value_put_c(c->arena, v, "mark", mark_of(status));
	value_put_bool(c->arena, v, "any_late_fee", late);
	value_put_str(c->arena, v, "period", first ? value_text(first, "period") : S(""));
	return OK;
}

err_t payment_list_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct value *rows = value_get(out->value, S("payments"));
	(void)input;
	for (const struct value_member *m = rows->first; m; m = m->next)
		value_put_c(c->arena, m->value, "mark", mark_of(value_text(m->value, "status")));
	value_put_bool(c->arena, out->value, "any", rows->count > 0);
	return OK;
}

err_t payment_reconciliation_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct value *rows = value_get(out->value, S("differences"));
	(void)input;
	for (const struct value_member *m = rows->first; m; m = m->next)
		value_put_c(c->arena, m->value, "mark", str_is(value_text(m->value, "class"), "cut") ? "warn" : "bad");
	value_put_bool(c->arena, out->value, "any", rows->count > 0);
	return OK;
}

err_t payment_reconciliations_view(struct ctx *c, const void *input, struct reply *out)
{
	const struct value *rows = value_get(out->value, S("reconciliations"));
	(void)input;
	value_put_bool(c->arena, out->value, "any", rows->count > 0);
	value_put_date(c->arena, out->value, "yesterday", date_add_days(c->today, -1));
	return OK;
}
