/* Confirming input tax (用途确认, 勾选): once an invoice, for a month that is not filed yet; it can be undone until
 * then (domain/invoice.md §3.10). */
#include "services/invoice/purchase/credit.h"
#include "kernel/outbox/outbox.h"
#include "kernel/receipt/receipt.h"
#include "purchase_sql.h"
#include "services/foundation/registry/registry.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/paper/paper.h"

static const struct fault_def unknown = { "invoice-unknown", N_("没有查到您取得的这张发票，请先导入"), NULL, NULL };
static const struct fault_def ordinary = { "not-creditable", N_("普通发票不能抵扣进项税额"), NULL,
	N_("增值税法 第十六条") };
static const struct fault_def red_letter = { "red-letter", N_("红字发票不用勾选，已抵扣的会自动转出"), NULL, NULL };
static const struct fault_def credited = { "credited", N_("这张发票已在 {1} 勾选过，不能重复抵扣"), NULL, NULL };
static const struct fault_def not_credited = { "not-credited", N_("这张发票在 {1} 没有勾选过"), NULL, NULL };
static const struct fault_def locked = { "locked", N_("这张发票有待确认的红字确认单，先处理完再勾选"), NULL, NULL };
static const struct fault_def reversed = { "reversed", N_("这张发票已被红冲，不能勾选或撤销"), NULL, NULL };
static const struct fault_def later = { "issued-later", N_("开票日期 {1} 晚于属期"), NULL, NULL };
static const struct fault_def not_month = { "period-month", N_("勾选的属期是月份，如 2026-11"), NULL, NULL };
static const struct fault_def future = { "period-future", N_("这个月还没有到，不能勾选"), NULL, NULL };
static const struct fault_def closed = { "period-closed", N_("{1} 的增值税已申报，不能再勾选或撤销"), NULL, NULL };
static const struct fault_def small = { "small-scale", N_("小规模纳税人不抵扣进项税额"), NULL, N_("增值税法 第九条") };

/* On paper, by code and number in one word. */
static err_t find_paper(struct ctx *c, int64_t buyer_id, struct str number, struct purchase_received *out)
{
	struct paper_purchase p;
	bool found;
	TRY(paper_purchase(c, buyer_id, number, &p, &found));
	if (!found) return OK;
	*out = (struct purchase_received){
		.kind = p.kind, .issued_on = p.issued_on, .amount = p.amount, .tax = p.tax, .found = true, .paper = true
	};
	return money_add(p.amount, p.tax, &out->total) ? OK : E_INTERNAL;
}

err_t purchase_find(struct ctx *c, int64_t buyer_id, struct str number, struct purchase_received *out)
{
	struct invoice i;
	struct invoice_state state;
	struct purchase_get_row row;
	bool found;
	*out = (struct purchase_received){ 0 };
	TRY(issue_find(c, number, &i, &found));
	if (found && i.buyer_id == buyer_id) {
		TRY(issue_state(c, number, &state));
		*out = (struct purchase_received){ .kind = i.kind,
			.issued_on = date_of_instant(i.issued_at),
			.amount = i.amount,
			.tax = i.tax,
			.total = i.total,
			.found = true,
			.red = i.total.fen<0, .locked = state.locked, .reversed = state.amount.fen> 0,
			.all_reversed = state.amount.fen > 0 && state.amount.fen == i.amount.fen };
		return OK;
	}
	TRY(purchase_get(c, buyer_id, number, &row, &found));
	if (!found) return find_paper(c, buyer_id, number, out);
	*out = (struct purchase_received){
		.kind = row.kind, .issued_on = row.issued_on, .amount = row.amount, .tax = row.tax, .found = true
	};
	return money_add(row.amount, row.tax, &out->total) ? OK : E_INTERNAL;
}

static err_t find(struct ctx *c, struct str number, struct purchase_received *out)
{
	return purchase_find(c, c->caller.subject_id, number, out);
}

const struct choice credit_uses[] = { { "deduct", N_("抵扣") }, { "refund", N_("出口退税") },
	{ "agent-refund", N_("代办退税") }, { "not-deduct", N_("不抵扣") }, { 0 } };

static err_t check_period(struct ctx *c, struct period p)
{
	struct purchase_closed_get_row row;
	struct taxpayer taxpayer;
	bool found;
	if (p.kind != PERIOD_MONTH)
		FAULT(c, S("/period"), &not_month);
	else if (date_cmp(period_first(p), c->today) > 0)
		FAULT(c, S("/period"), &future);
	TRY(problem_result(&c->problem));
	TRY(registry_taxpayer_head(c, c->caller.subject_id, &taxpayer, &found));
	if (!found || !taxpayer.general) return RAISE(c, E_CONFLICT, &small);
	TRY(purchase_closed_get(c, c->caller.subject_id, period_format(c->arena, p), &row, &found));
	return found ? RAISE(c, E_CONFLICT, &closed, period_format(c->arena, p)) : OK;
}

static void put_mark(struct buf *marks, struct ctx *c, struct date issued_on, struct str number, struct str period)
{
	buf_str(marks, period_format(c->arena, period_of(PERIOD_MONTH, issued_on)));
	buf_char(marks, '\t');
	buf_str(marks, number);
	buf_char(marks, '\t');
	buf_str(marks, period);
	buf_char(marks, '\n');
}

static struct str use_of(const struct credit_in *in)
{
	return in->use.n ? in->use : S("deduct");
}

static err_t confirm_one(struct ctx *c, const struct credit_in *in, size_t i, struct buf *marks, struct money *total)
{
	struct str at = str_printf(c->arena, "/numbers/%zu", i), number = in->numbers[i];
	struct str period = period_format(c->arena, in->period);
	struct purchase_credit_get_row before;
	struct purchase_received r;
	struct paper_bar bar;
	bool done;
	TRY(find(c, number, &r));
	TRY(purchase_credit_get(c, c->caller.subject_id, number, &before, &done));
	TRY(paper_may_be_booked(c, number, "credited", &bar));
	if (!r.found)
		FAULT(c, at, &unknown);
	else if (r.red)
		FAULT(c, at, &red_letter);
	else if (!str_is(r.kind, "special"))
		FAULT(c, at, &ordinary);
	else if (done)
		FAULT(c, at, &credited, before.period);
	else if (r.locked)
		FAULT(c, at, &locked);
	else if (r.reversed)
		FAULT(c, at, &reversed);
	else if (date_cmp(r.issued_on, period_last(in->period)) > 0)
		FAULT(c, at, &later, date_format(c->arena, r.issued_on));
	else if (bar.barred)
		FAULT(c, at, bar.why, bar.pointer);
	else if (money_add(*total, r.tax, total)) {
		put_mark(marks, c, r.issued_on, number, period);
		TRY(paper_booked(c, number, "credited", c->caller.subject_id));
		return purchase_credit_insert(c, c->caller.subject_id, number, period, r.tax, c->now, use_of(in), NULL);
	}
	return OK;
}

static err_t withdraw_one(struct ctx *c, const struct credit_in *in, size_t i, struct buf *marks, struct money *total)
{
	struct str at = str_printf(c->arena, "/numbers/%zu", i), number = in->numbers[i];
	struct str period = period_format(c->arena, in->period);
	struct purchase_credit_get_row before;
	struct purchase_received r;
	bool done;
	TRY(find(c, number, &r));
	TRY(purchase_credit_get(c, c->caller.subject_id, number, &before, &done));
	if (!done || !str_eq(before.period, period)) {
		FAULT(c, at, &not_credited, period);
	} else if (r.locked || r.reversed) {
		FAULT(c, at, r.locked ? &locked : &reversed);
	} else if (money_add(*total, before.tax, total)) {
		put_mark(marks, c, r.issued_on, number, S(""));
		TRY(paper_unbooked(c, number, "credited"));
		return purchase_credit_delete(c, c->caller.subject_id, number, NULL);
	}
	return OK;
}

static err_t answer(struct ctx *c, const struct credit_in *in, const char *act, struct money total, struct reply *out)
{
	struct str period = period_format(c->arena, in->period);
	struct money all;
	int64_t n;
	TRY(purchase_credited(c, c->caller.subject_id, period, &n, &all));
	struct value *v = value_object(c->arena), *receipt, *list;
	value_put_str(c->arena, v, "period", period);
	value_put_c(c->arena, v, "act", act);
	list = value_put_array(c->arena, v, "numbers");
	for (size_t i = 0; i < in->n_numbers; i++)
		value_push(c->arena, list, value_str(c->arena, in->numbers[i]));
	value_put_str(c->arena, v, "use", use_of(in));
	value_put_money(c->arena, v, "tax", total);
	value_put_int(c->arena, v, "period_count", n);
	value_put_money(c->arena, v, "period_tax", all);
	TRY(receipt_issue(c, ACT_INPUT_CREDITED, c->caller.subject_id, v, &receipt, NULL));
	value_put(c->arena, v, "receipt", receipt);
	out->value = v;
	return OK;
}

typedef err_t one_fn(struct ctx *c, const struct credit_in *in, size_t i, struct buf *marks, struct money *total);

static err_t act_on_all(struct ctx *c, const struct credit_in *in, one_fn *fn, const char *act, struct reply *out)
{
	struct money total = FEN(0);
	struct buf marks;
	buf_init(&marks, c->arena, 64 * in->n_numbers);
	TRY(check_period(c, in->period));
	for (size_t i = 0; i < in->n_numbers; i++)
		TRY(fn(c, in, i, &marks, &total));
	TRY(problem_result(&c->problem));
	TRY(outbox_emit(c, "input.credited", c->caller.subject_id, buf_done(&marks)));
	return answer(c, in, act, total, out);
}

err_t credit_confirm(struct ctx *c, const void *input, struct reply *out)
{
	TRY(act_on_all(c, input, confirm_one, "confirmed", out));
	out->status = 201;
	return OK;
}

err_t credit_withdraw(struct ctx *c, const void *input, struct reply *out)
{
	return act_on_all(c, input, withdraw_one, "withdrawn", out);
}

/* Of all uses, so that what is not deducted is seen too. */
static err_t put_uses(struct ctx *c, struct str period, struct value *v)
{
	struct purchase_credit_uses_row *rows;
	size_t n;
	TRY(purchase_credit_uses(c, c->caller.subject_id, period, &rows, &n));
	struct value *list = value_put_array(c->arena, v, "uses");
	for (size_t i = 0; i < n; i++) {
		struct value *one = value_object(c->arena);
		value_put_str(c->arena, one, "use", rows[i].purpose);
		value_put_int(c->arena, one, "count", rows[i].n);
		value_put_money(c->arena, one, "tax", rows[i].tax);
		value_push(c->arena, list, one);
	}
	return OK;
}

static err_t put_month(struct ctx *c, struct str period, struct value *v)
{
	struct purchase_closed_get_row row;
	struct money tax, transferred;
	int64_t count, reds;
	bool is_closed;
	TRY(purchase_credited(c, c->caller.subject_id, period, &count, &tax));
	TRY(purchase_transferred_out(c, c->caller.subject_id, period, &reds, &transferred));
	TRY(purchase_closed_get(c, c->caller.subject_id, period, &row, &is_closed));
	value_put_bool(c->arena, v, "closed", is_closed);
	value_put(c->arena, v, "closed_at", value_null(c->arena));
	if (is_closed)
		value_set(c->arena, v, S("closed_at"), value_str(c->arena, instant_format(c->arena, row.closed_at)));
	value_put_int(c->arena, v, "credited_count", count);
	value_put_money(c->arena, v, "credited_tax", tax);
	value_put_money(c->arena, v, "transferred_out", transferred);
	return put_uses(c, period, v);
}

static err_t put_use(struct ctx *c, struct str number, bool chosen, struct value *one)
{
	struct purchase_credit_get_row row;
	bool found = false;
	if (chosen) TRY(purchase_credit_get(c, c->caller.subject_id, number, &row, &found));
	value_put_str(c->arena, one, "use", found ? row.purpose : STR_NONE);
	return OK;
}

err_t credit_put(struct ctx *c, struct period p, bool chosen, struct str after, struct value *v)
{
	struct str period = period_format(c->arena, p), next;
	struct received *list;
	size_t n;
	TRY(issue_creditable(c, c->caller.subject_id, period, chosen, after, &list, &n, &next));
	value_put_str(c->arena, v, "period", period);
	value_put_c(c->arena, v, "state", chosen ? "credited" : "open");
	TRY(put_month(c, period, v));
	struct value *invoices = value_put_array(c->arena, v, "invoices");
	for (size_t i = 0; i < n; i++) {
		struct value *one = value_object(c->arena);
		value_put_str(c->arena, one, "number", list[i].number);
		value_put_str(c->arena, one, "seller", list[i].seller);
		value_put_instant(c->arena, one, "issued_at", list[i].issued_at);
		value_put_money(c->arena, one, "amount", list[i].amount);
		value_put_money(c->arena, one, "tax", list[i].tax);
		TRY(put_use(c, list[i].number, chosen, one));
		value_push(c->arena, invoices, one);
	}
	value_put_str(c->arena, v, "next", next);
	return OK;
}

static err_t list_of(struct ctx *c, const struct credits_in *in, bool chosen, struct reply *out)
{
	struct period p = in->has_period ? in->period : period_of(PERIOD_MONTH, c->today);
	if (p.kind != PERIOD_MONTH) FAULT(c, S("/period"), &not_month);
	TRY(problem_result(&c->problem));
	out->value = value_object(c->arena);
	return credit_put(c, p, chosen, in->after, out->value);
}

/* What can be confirmed for a month, or what is confirmed for it. */
err_t credit_list(struct ctx *c, const void *input, struct reply *out)
{
	const struct credits_in *in = input;
	return list_of(c, in, str_is(in->state, "credited"), out);
}

/* What can be undone: the same by the address of the undoing, so that its page shows its own faults. */
err_t credit_undo_list(struct ctx *c, const void *input, struct reply *out)
{
	return list_of(c, input, true, out);
}

/* --- for other services --- */

err_t purchase_credited(struct ctx *c, int64_t buyer_id, struct str period, int64_t *n, struct money *tax)
{
	struct purchase_credit_totals_row row;
	bool found;
	TRY(purchase_credit_totals(c, buyer_id, period, &row, &found));
	*n = row.n;
	*tax = row.tax;
	return OK;
}

/* The seller's name of an invoice issued here stands in its document, of another in what was imported. */
static err_t seller_of(struct ctx *c, int64_t buyer_id, struct purchase_credit *out)
{
	struct invoice i;
	struct value *doc;
	struct json_fault where;
	struct purchase_get_row row;
	struct paper_purchase paper;
	bool found;
	TRY(issue_find(c, out->number, &i, &found));
	if (found && json_parse(c->arena, i.document, &doc, &where) == OK) {
		out->seller_name = value_text(value_get(doc, S("seller")), "name");
		out->amount = i.amount;
		return OK;
	}
	TRY(purchase_get(c, buyer_id, out->number, &row, &found));
	if (found) {
		out->seller_name = row.seller_name;
		out->amount = row.amount;
		return OK;
	}
	TRY(paper_purchase(c, buyer_id, out->number, &paper, &found));
	if (found) {
		out->seller_name = paper.seller_name;
		out->amount = paper.amount;
	}
	return OK;
}

err_t purchase_credits(
        struct ctx *c, int64_t buyer_id, struct str period, struct str after, struct purchase_credit **out, size_t *n)
{
	struct purchase_credit_list_row *rows;
	TRY(purchase_credit_list(c, buyer_id, period, after, &rows, n));
	*out = arena_array(c->arena, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++) {
		(*out)[i] = (struct purchase_credit){ .number = rows[i].number, .tax = rows[i].tax };
		TRY(seller_of(c, buyer_id, &(*out)[i]));
	}
	return OK;
}

err_t purchase_transfers(
        struct ctx *c, int64_t buyer_id, struct str period, struct str after, struct purchase_credit **out, size_t *n)
{
	struct purchase_transfer_list_row *rows;
	TRY(purchase_transfer_list(c, buyer_id, period, after, &rows, n));
	*out = arena_array(c->arena, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++) {
		struct purchase_credit *one = &(*out)[i];
		*one = (struct purchase_credit){ .number = rows[i].red_number, .tax = rows[i].tax };
		TRY(seller_of(c, buyer_id, one));
		if (one->amount.fen < 0) one->amount.fen = -one->amount.fen;
	}
	return OK;
}

err_t purchase_transferred_out(struct ctx *c, int64_t buyer_id, struct str period, int64_t *n, struct money *tax)
{
	struct purchase_transfer_total_row row;
	bool found;
	TRY(purchase_transfer_total(c, buyer_id, period, &row, &found));
	*n = row.n;
	*tax = row.tax;
	return OK;
}

err_t purchase_booked(struct ctx *c, int64_t buyer_id, struct str number, bool *booked)
{
	struct purchase_credit_get_row row;
	return purchase_credit_get(c, buyer_id, number, &row, booked);
}

err_t purchase_reversed(
        struct ctx *c, int64_t buyer_id, struct str number, struct str red_number, struct money tax, bool *transferred)
{
	struct purchase_credit_get_row row;
	TRY(purchase_credit_get(c, buyer_id, number, &row, transferred));
	*transferred = *transferred && str_is(row.purpose, "deduct"); /* of the other uses nothing was deducted */
	if (!*transferred) return OK;
	struct str period = period_format(c->arena, period_of(PERIOD_MONTH, c->today));
	return purchase_transfer_insert(c, buyer_id, red_number, number, period, tax, c->now, NULL);
}

/* return.filed {return_id, tax, period}: the month is closed. Once more does no harm. */
err_t credit_close(struct ctx *c, const struct event *events, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct value *v;
		struct json_fault where;
		if (json_parse(c->arena, events[i].body, &v, &where) != OK) return E_INTERNAL;
		struct str tax = value_text(v, "tax"), period = value_text(v, "period");
		if (!period.p || !(str_is(tax, "vat") || str_is(tax, "VAT") || str_is(tax, "增值税"))) continue;
		TRY(purchase_closed_insert(c, events[i].subject_id, period, c->now, NULL));
	}
	return OK;
}

/* No more is transferred out of an invoice than was credited. */
err_t credit_fsck(struct ctx *c, struct fsck *f)
{
	struct purchase_transfers_wrong_row *rows;
	size_t n;
	TRY(purchase_transfers_wrong(c, &rows, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "input tax of %.*s: more is transferred out than was credited", STR_FMT(rows[i].number));
	return OK;
}
