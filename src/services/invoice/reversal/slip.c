#include "services/invoice/reversal/slip.h"
#include "kernel/i18n/i18n.h"
#include "services/invoice/reversal/flow.h"
#include "services/invoice/reversal/red_state.h"

static const struct fault_def bad_cursor = { "cursor", N_("翻页位置不对，请从第一页重新查"), NULL, NULL };

static const struct {
	const char *word, *label;
} states[] = {
	[RED_NONE] = { "none", "" },
	[RED_NO_CONFIRMATION] = { "no-confirmation-needed", N_("无需确认") },
	[RED_WAITS_FOR_BUYER] = { "waits-for-buyer", N_("等购买方确认") },
	[RED_WAITS_FOR_SELLER] = { "waits-for-seller", N_("等销售方确认") },
	[RED_CONFIRMED] = { "confirmed", N_("双方已确认") },
	[RED_BUYER_REFUSED] = { "buyer-refused", N_("购买方已拒绝") },
	[RED_SELLER_REFUSED] = { "seller-refused", N_("销售方已拒绝") },
	[RED_EXPIRED] = { "expired", N_("超过 72 小时未确认，已作废") },
	[RED_WITHDRAWN] = { "withdrawn", N_("申请方已撤销") },
	[RED_WITHDRAWN_AFTER] = { "withdrawn-after", N_("确认后撤销") },
	[RED_ABNORMAL_VOUCHER] = { "abnormal-voucher", N_("异常凭证，已作废") },
	[RED_ABNORMAL_TAXPAYER] = { "abnormal-taxpayer", N_("纳税人状态异常，已作废") },
	[RED_PERSON_REFUSED] = { "person-refused", N_("自然人拒收，已作废") },
	[RED_REFUND_APPLIED] = { "refund-applied", N_("已开具退税申请单，已作废") },
};

err_t slip_load(struct ctx *c, struct str number, struct str slip, struct slip *out)
{
	bool found;
	*out = (struct slip){ 0 };
	TRY(reversal_get(c, number, slip, &out->row, &found));
	return found ? OK : E_INTERNAL;
}

/* What the one who asks may do now. */
static const char *turn(const struct ctx *c, const struct slip *s, enum red_state state)
{
	bool seller = c->caller.subject_id == s->row.seller_id;
	if (state != RED_WAITS_FOR_BUYER && state != RED_WAITS_FOR_SELLER) return "none";
	return seller == s->row.by_buyer ? "decide" : "withdraw";
}

struct value *slip_value(struct ctx *c, const struct slip *s)
{
	const struct reversal_get_row *r = &s->row;
	enum red_state state = (enum red_state)r->state;
	/* Overdue and not yet swept up by the job: nobody can answer it any more. */
	bool overdue = (state == RED_WAITS_FOR_BUYER || state == RED_WAITS_FOR_SELLER) && c->now >= r->expires_at;
	if (overdue) state = RED_EXPIRED;
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "id", r->slip);
	value_put_str(c->arena, v, "number", r->number);
	value_put_c(c->arena, v, "state", states[state].word);
	value_put_str(c->arena, v, "state_code", str_printf(c->arena, "%02d", (int)state));
	value_put_str(c->arena, v, "state_words", tr(c, states[state].label));
	value_put_c(c->arena, v, "by", r->by_buyer ? "buyer" : "seller");
	value_put_str(c->arena, v, "reason", r->reason);
	value_put_str(c->arena, v, "reason_words", tr(c, slip_reason(r->reason)));
	value_put_bool(c->arena, v, "partial", r->lines.n > 0);
	value_put_money(c->arena, v, "amount", r->amount);
	value_put_money(c->arena, v, "tax", r->tax);
	value_put_money(c->arena, v, "total", FEN(r->amount.fen + r->tax.fen));
	value_put_instant(c->arena, v, "started_at", r->started_at);
	value_put_instant(c->arena, v, "expires_at", r->expires_at);
	value_put_str(c->arena, v, "red_number", r->red_number.n ? r->red_number : STR_NONE);
	value_put_bool(c->arena, v, "transferred_out", s->transferred);
	value_put_c(c->arena, v, "turn", turn(c, s, state));
	return v;
}

err_t reversal_of_invoice(struct ctx *c, const void *input, struct reply *out)
{
	const struct decide_in *in = input;
	struct invoice blue;
	struct reversal_of_invoice_rows_row *rows;
	struct slip s;
	size_t n;
	TRY(issue_open(c, in->number, &blue));
	TRY(reversal_of_invoice_rows(c, in->number, &rows, &n));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "number", in->number);
	struct value *list = value_put_array(c->arena, out->value, "reversals");
	for (size_t i = 0; i < n; i++) {
		TRY(slip_load(c, in->number, rows[i].slip, &s));
		value_push(c->arena, list, slip_value(c, &s));
	}
	return OK;
}

err_t reversal_list(struct ctx *c, const void *input, struct reply *out)
{
	enum { PAGE = 50 };
	const struct slips_in *in = input;
	struct reversal_list_rows_row *rows;
	struct slip s;
	size_t n;
	int64_t open = str_is(in->state, "open") ? 1 : str_is(in->state, "done") ? 0 : -1;
	if (in->after.p && in->after.n != 20) FAULT(c, S("/after"), &bad_cursor);
	TRY(problem_result(&c->problem));
	TRY(reversal_list_rows(
	        c, c->caller.subject_id, in->after.p ? in->after : S("99999999999999999999"), open, &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "reversals");
	for (size_t i = 0; i < n && i < PAGE; i++) {
		TRY(slip_load(c, rows[i].number, rows[i].slip, &s));
		value_push(c->arena, list, slip_value(c, &s));
	}
	value_put_str(c->arena, out->value, "next", n > PAGE ? rows[PAGE - 1].slip : STR_NONE);
	return OK;
}
