/* The two sides of a red letter. Without the buyer's confirmation of use the seller alone reverses all of it; with it
 * the one side asks, the other answers within 72 hours, and the red letter comes into being with the answer: list,
 * plane, quota, input tax and receipts in the same transaction (domain/invoice.md §3.9, A09.e5). */
#include "services/invoice/reversal/flow.h"
#include "kernel/access/access.h"
#include "kernel/i18n/i18n.h"
#include "kernel/outbox/outbox.h"
#include "kernel/receipt/receipt.h"
#include "reversal_sql.h"
#include "services/foundation/registry/registry.h"
#include "services/invoice/booking/booking.h"
#include "services/invoice/purchase/purchase.h"
#include "services/invoice/reversal/red_state.h"
#include "services/invoice/reversal/slip.h"

static const struct fault_def bad_reason = { "reason", N_("红冲原因只能是：开票有误、销货退回、服务中止、销售折让"),
	NULL, NULL };
static const struct fault_def error_all = { "reason-all", N_("开票有误只能全额红冲，请去掉部分红冲的行"), NULL, NULL };
static const struct fault_def alone_all = { "partial-unbooked", N_("购买方还没有勾选或入账这张发票，只能全额红冲"),
	NULL, NULL };
static const struct fault_def not_booked = { "buyer-unbooked", N_("您还没有勾选或入账这张发票，请销售方直接开红字发票"),
	NULL, NULL };
static const struct fault_def waits = { "slip-open", N_("这张发票有待确认的红字确认单 {1}，先处理完再申请"), NULL,
	NULL };
static const struct fault_def none_waits = { "slip-none", N_("这张发票没有待确认的红字确认单"), NULL, NULL };
static const struct fault_def expired = { "slip-expired", N_("确认单超过 72 小时没有确认，已作废，请重新申请"), NULL,
	NULL };
static const struct fault_def others_turn = { "others-turn", N_("要由对方确认；您可以撤销申请"), NULL, NULL };
static const struct fault_def not_starter = { "not-starter", N_("只有申请的一方可以撤销；您可以确认或拒绝"), NULL,
	NULL };

/* Codes chyyDm; words and labels are taken too. */
static const struct {
	const char *code, *word, *label;
} reasons[] = {
	{ "01", "error", N_("开票有误") },
	{ "02", "return", N_("销货退回") },
	{ "03", "stop", N_("服务中止") },
	{ "04", "allowance", N_("销售折让") },
};

static const char *reason_code(struct str given)
{
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (str_is(given, reasons[i].code) || str_is(given, reasons[i].word) || str_is(given, reasons[i].label))
			return reasons[i].code;
	return NULL;
}

void reversal_reasons_put(struct ctx *c, struct value *out, struct str chosen)
{
	struct value *list = value_put_array(c->arena, out, "reasons");
	const char *code = chosen.p ? reason_code(chosen) : NULL;
	for (size_t i = 0; i < COUNT(reasons); i++) {
		struct value *v = value_object(c->arena);
		value_put_c(c->arena, v, "word", reasons[i].word);
		value_put_str(c->arena, v, "label", tr(c, reasons[i].label));
		value_put_bool(c->arena, v, "on", code && str_is(str_c(code), reasons[i].code));
		value_push(c->arena, list, v);
	}
}

const char *slip_reason(struct str code)
{
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (str_is(code, reasons[i].code)) return reasons[i].label;
	return "";
}

/* --- the slip --- */

static err_t slip_number(struct ctx *c, struct str *out)
{
	struct str prefix = str_printf(c->arena, "%s%02d", c->app->node ? c->app->node : "33", c->today.year % 100);
	int64_t n;
	TRY(db_counter(c, str_printf(c->arena, "slip.%.*s", STR_FMT(prefix)), 1, &n));
	*out = str_printf(c->arena, "%.*s%016lld", STR_FMT(prefix), (long long)n);
	return OK;
}

err_t slip_move(struct ctx *c, struct slip *s, enum red_state state, struct str red_number)
{
	bool open = state == RED_WAITS_FOR_BUYER || state == RED_WAITS_FOR_SELLER;
	s->row.state = state;
	s->row.red_number = red_number;
	TRY(reversal_set_state(c, state, red_number, s->row.number, s->row.slip, NULL));
	TRY(reversal_party_open(c, open, s->row.seller_id, s->row.slip, NULL));
	if (s->row.buyer_id) TRY(reversal_party_open(c, open, s->row.buyer_id, s->row.slip, NULL));
	return issue_lock(c, s->row.number, open);
}

/* The open slip of an invoice; one that is overdue is closed in passing. */
static err_t waiting(struct ctx *c, struct str number, struct slip *out, bool *found, bool *was_expired)
{
	struct reversal_waiting_of_row w;
	*was_expired = false;
	TRY(reversal_waiting_of(c, number, &w, found));
	if (!*found) return OK;
	TRY(slip_load(c, number, w.slip, out));
	if (c->now < out->row.expires_at) return OK;
	*found = false;
	*was_expired = true;
	return slip_move(c, out, RED_EXPIRED, S(""));
}

static err_t lines_text(struct ctx *c, const struct start_in *in, struct str *out)
{
	struct value *list = value_array(c->arena);
	for (size_t i = 0; i < in->n_lines; i++) {
		struct value *v = value_object(c->arena);
		value_put_int(c->arena, v, "line", in->lines[i].line);
		if (in->lines[i].has_quantity)
			value_put_str(c->arena, v, "quantity", decimal_format(c->arena, in->lines[i].quantity));
		if (in->lines[i].has_amount) value_put_money(c->arena, v, "amount", in->lines[i].amount);
		value_push(c->arena, list, v);
	}
	*out = in->n_lines ? value_json(c->arena, list) : S("");
	return OK;
}

static err_t lines_read(struct ctx *c, const struct slip *s, struct reverse *out)
{
	struct value *list;
	struct json_fault where;
	if (!s->row.lines.n) return OK;
	if (json_parse(c->arena, s->row.lines, &list, &where) != OK || list->kind != VALUE_ARRAY) return E_INTERNAL;
	struct reverse_line *lines = arena_array(c->arena, list->count + 1, sizeof *lines);
	for (const struct value_member *m = list->first; m; m = m->next) {
		struct reverse_line *l = &lines[out->n_lines++];
		struct str quantity = value_text(m->value, "quantity"), amount = value_text(m->value, "amount");
		l->line = value_number(m->value, "line", 0);
		l->has_quantity = quantity.p != NULL;
		l->has_amount = amount.p != NULL;
		if (l->has_quantity && !decimal_parse(quantity, 13, &l->quantity)) return E_INTERNAL;
		if (l->has_amount && !money_parse(amount, &l->amount)) return E_INTERNAL;
	}
	out->lines = lines;
	return OK;
}

/* --- the red letter --- */

/* The caller's own receipt goes into the answer; the other side can fetch its own. */
static err_t complete(struct ctx *c, struct slip *s, enum red_state state, struct value **receipt)
{
	struct reverse r = { .original = s->row.number, .slip = s->row.slip, .reason = s->row.reason };
	struct reversed made;
	struct value *buyers = NULL;
	bool transferred = false;
	TRY(lines_read(c, s, &r));
	TRY(issue_reverse(c, &r, &made));
	if (s->row.buyer_id)
		TRY(purchase_reversed(c, s->row.buyer_id, s->row.number, made.number, made.tax, &transferred));
	TRY(slip_move(c, s, state, made.number));
	s->transferred = transferred;
	if (s->row.buyer_id)
		TRY(receipt_issue(c, ACT_INVOICE_REVERSED, s->row.buyer_id, slip_value(c, s), &buyers, NULL));
	*receipt = c->caller.subject_id == s->row.seller_id || !buyers ? made.receipt : buyers;
	return OK;
}

static err_t ask(struct ctx *c, struct slip *s, struct value **receipt)
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "number", s->row.number);
	value_put_str(c->arena, v, "reversal_id", s->row.slip);
	value_put_money(c->arena, v, "amount", FEN(s->row.amount.fen + s->row.tax.fen));
	value_put_str(c->arena, v, "by", c->caller.subject_name);
	TRY(issue_lock(c, s->row.number, true));
	TRY(outbox_emit(c, "invoice.reversal_requested", s->row.by_buyer ? s->row.seller_id : s->row.buyer_id,
	        value_json(c->arena, v)));
	return receipt_issue(c, ACT_REVERSAL_REQUESTED, c->caller.subject_id, slip_value(c, s), receipt, NULL);
}

static void reply_slip(struct ctx *c, const struct slip *s, struct value *receipt, struct reply *out)
{
	out->value = slip_value(c, s);
	value_put(c->arena, out->value, "receipt", receipt);
}

/* --- operations --- */

err_t reversal_in_use(struct ctx *c, int64_t buyer_id, struct str number, bool *used)
{
	*used = false;
	if (!buyer_id) return OK;
	TRY(purchase_booked(c, buyer_id, number, used));
	return *used ? OK : booking_is_booked(c, buyer_id, number, used);
}

static err_t check_start(struct ctx *c, const struct start_in *in, bool by_buyer, bool booked, const char **code)
{
	*code = reason_code(in->reason);
	if (!*code) FAULT(c, S("/reason"), &bad_reason);
	if (*code && str_is(str_c(*code), "01") && in->n_lines) FAULT(c, S("/lines"), &error_all);
	TRY(problem_result(&c->problem));
	if (by_buyer && !booked) return RAISE(c, E_CONFLICT, &not_booked);
	if (!booked && in->n_lines) FAULT(c, S("/lines"), &alone_all);
	return problem_result(&c->problem);
}

err_t reversal_start(struct ctx *c, const void *input, struct reply *out)
{
	const struct start_in *in = input;
	struct invoice blue;
	struct slip s = { 0 };
	struct reversed plan;
	struct value *receipt;
	const char *code;
	enum red_state state = RED_NONE;
	bool booked = false, found, was_expired;
	TRY(issue_open(c, in->number, &blue));
	bool by_buyer = c->caller.subject_id != blue.seller_id;
	TRY(reversal_in_use(c, blue.buyer_id, in->number, &booked));
	TRY(check_start(c, in, by_buyer, booked, &code));
	TRY(waiting(c, in->number, &s, &found, &was_expired));
	if (found) return RAISE(c, E_CONFLICT, &waits, s.row.slip);
	struct reverse r = { .original = in->number, .lines = in->lines, .n_lines = in->n_lines };
	TRY(issue_reverse_plan(c, &r, &plan));
	struct str event = by_buyer ? S("buyer_apply:buyer_booked")
	                   : booked ? S("seller_apply:buyer_booked")
	                            : S("seller_apply:not_booked");
	if (!red_state_step(&state, event)) return E_INTERNAL;
	s.row = (struct reversal_get_row){ .number = in->number,
		.seller_id = blue.seller_id,
		.buyer_id = blue.buyer_id,
		.by_buyer = by_buyer,
		.state = state,
		.reason = str_c(code),
		.amount = plan.amount,
		.tax = plan.tax,
		.started_at = c->now,
		.expires_at = c->now + RED_STATE_HOURS * INT64_C(3600000000),
		.red_number = S("") };
	TRY(slip_number(c, &s.row.slip));
	TRY(lines_text(c, in, &s.row.lines));
	TRY(reversal_insert(c, s.row.number, s.row.slip, s.row.seller_id, s.row.buyer_id, by_buyer, state, s.row.reason,
	        s.row.lines, s.row.amount, s.row.tax, s.row.started_at, s.row.expires_at, NULL));
	bool waits_now = !red_state_may_issue(state);
	TRY(reversal_party_insert(c, blue.seller_id, s.row.slip, in->number, waits_now, NULL));
	if (blue.buyer_id) TRY(reversal_party_insert(c, blue.buyer_id, s.row.slip, in->number, waits_now, NULL));
	TRY(waits_now ? ask(c, &s, &receipt) : complete(c, &s, state, &receipt));
	reply_slip(c, &s, receipt, out);
	out->status = 201;
	return OK;
}

/* 自然人拒收 has a state of its own. */
static err_t is_person(struct ctx *c, bool *person)
{
	struct taxpayer t;
	bool firm;
	TRY(registry_taxpayer_head(c, c->caller.subject_id, &t, &firm));
	*person = !firm;
	return OK;
}

/* The newest slip of the invoice, if the red letter came of it and the caller is the side that did not ask for it. */
static err_t settled(struct ctx *c, struct str number, struct slip *out, bool *is)
{
	struct reversal_of_invoice_rows_row *rows;
	size_t n;
	*is = false;
	TRY(reversal_of_invoice_rows(c, number, &rows, &n));
	if (!n) return OK;
	TRY(slip_load(c, number, rows[0].slip, out));
	bool seller = c->caller.subject_id == out->row.seller_id;
	*is = red_state_may_issue((enum red_state)out->row.state) && seller == out->row.by_buyer;
	return OK;
}

/* To agree to what is done already changes nothing: the slip as it stands. */
static err_t nothing_waits(struct ctx *c, struct str number, bool refuse, struct reply *out)
{
	struct slip s;
	bool done;
	TRY(settled(c, number, &s, &done));
	if (refuse || !done) return RAISE(c, E_CONFLICT, &none_waits);
	out->value = slip_value(c, &s);
	return OK;
}

err_t reversal_decide(struct ctx *c, const void *input, struct reply *out)
{
	const struct decide_in *in = input;
	struct invoice blue;
	struct slip s;
	struct value *receipt;
	bool found, was_expired, refuse = str_is(in->decision, "refuse");
	TRY(issue_open(c, in->number, &blue));
	TRY(waiting(c, in->number, &s, &found, &was_expired));
	if (was_expired) return RAISE(c, E_CONFLICT, &expired);
	if (!found) return nothing_waits(c, in->number, refuse, out);
	bool seller = c->caller.subject_id == s.row.seller_id;
	if (seller != s.row.by_buyer) return RAISE(c, E_CONFLICT, &others_turn);
	enum red_state state = (enum red_state)s.row.state;
	bool normal, person;
	TRY(reversal_sides_normal(c, s.row.seller_id, s.row.buyer_id, &normal));
	TRY(is_person(c, &person));
	struct str event = !normal   ? S("abnormal_taxpayer")
	                   : seller  ? refuse ? S("seller_refuse") : S("seller_confirm")
	                    : !refuse ? S("buyer_confirm")
	                   : person  ? S("person_refuse")
	                             : S("buyer_refuse");
	if (!red_state_step(&state, event)) return RAISE(c, E_CONFLICT, &none_waits);
	if (red_state_may_issue(state)) {
		TRY(complete(c, &s, state, &receipt));
	} else {
		TRY(slip_move(c, &s, state, S("")));
		TRY(receipt_issue(c, ACT_REVERSAL_REQUESTED, c->caller.subject_id, slip_value(c, &s), &receipt, NULL));
	}
	reply_slip(c, &s, receipt, out);
	return OK;
}

err_t reversal_withdraw(struct ctx *c, const void *input, struct reply *out)
{
	const struct decide_in *in = input;
	struct invoice blue;
	struct slip s;
	struct value *receipt;
	bool found, was_expired;
	TRY(issue_open(c, in->number, &blue));
	TRY(waiting(c, in->number, &s, &found, &was_expired));
	if (was_expired) return RAISE(c, E_CONFLICT, &expired);
	if (!found) return RAISE(c, E_CONFLICT, &none_waits);
	if ((c->caller.subject_id == s.row.seller_id) == s.row.by_buyer) return RAISE(c, E_CONFLICT, &not_starter);
	enum red_state state = (enum red_state)s.row.state;
	if (!red_state_step(&state, S("withdraw"))) return RAISE(c, E_CONFLICT, &none_waits);
	TRY(slip_move(c, &s, state, S("")));
	TRY(receipt_issue(c, ACT_REVERSAL_REQUESTED, c->caller.subject_id, slip_value(c, &s), &receipt, NULL));
	reply_slip(c, &s, receipt, out);
	return OK;
}

/* --- 72 hours --- */

struct expired_one {
	struct str number, slip;
};

static err_t expire_one(struct ctx *c, void *arg)
{
	const struct expired_one *e = arg;
	struct slip s;
	TRY(slip_load(c, e->number, e->slip, &s));
	enum red_state state = (enum red_state)s.row.state;
	/* answered in between: nothing to do */
	if (c->now < s.row.expires_at) {
		bool normal;
		TRY(reversal_sides_normal(c, s.row.seller_id, s.row.buyer_id, &normal));
		if (normal || !red_state_step(&state, S("abnormal_taxpayer"))) return OK;
		return slip_move(c, &s, state, S(""));
	}
	return red_state_step(&state, S("wait_72h")) ? slip_move(c, &s, state, S("")) : OK;
}

/* Open slips of a side that is not normal any more. */
static err_t sweep_abnormal(struct ctx *c)
{
	struct reversal_waiting_row *rows;
	struct str after = S("");
	size_t n;
	do {
		TRY(reversal_waiting(c, after, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			struct reversal_waiting_of_row w;
			struct slip s;
			bool found, normal;
			after = rows[i].number;
			TRY(reversal_waiting_of(c, after, &w, &found));
			if (!found) continue;
			TRY(slip_load(c, after, w.slip, &s));
			TRY(reversal_sides_normal(c, s.row.seller_id, s.row.buyer_id, &normal));
			struct expired_one one = { after, w.slip };
			if (!normal) TRY(db_write(c, expire_one, &one));
		}
	} while (n == 1000);
	return OK;
}

err_t reversal_expire(struct ctx *c, struct str argument)
{
	struct reversal_expired_row *rows;
	size_t n;
	(void)argument;
	TRY(sweep_abnormal(c));
	do {
		TRY(reversal_expired(c, c->now, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			struct expired_one e = { rows[i].number, rows[i].slip };
			TRY(db_write(c, expire_one, &e));
		}
	} while (n == 100);
	return OK;
}

/* An open slip locks its invoice. */
err_t reversal_fsck(struct ctx *c, struct fsck *f)
{
	struct reversal_waiting_row *rows;
	struct str after = S("");
	size_t n;
	do {
		TRY(reversal_waiting(c, after, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			struct invoice_state state;
			TRY(issue_state(c, rows[i].number, &state));
			if (!state.locked)
				FSCK_FAULT(f, "invoice %.*s: its open slip does not lock it", STR_FMT(rows[i].number));
			after = rows[i].number;
		}
	} while (n == 1000);
	return OK;
}
