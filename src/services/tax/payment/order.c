/* Orders: made by a taxpayer, shown, listed. */
#include "services/tax/payment/order.h"
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/receipt/log.h"
#include "payment_sql.h"
#include "services/foundation/ledger/ledger.h"
#include "services/tax/payment/channel.h"
#include <string.h>

#define DAY (86400 * INT64_C(1000000))
enum { PAGE_OF_PAYMENTS = 100 };

static const struct fault_def unknown = { "obligation-unknown", N_("没有查到这一项应缴，请从应办事项里选"), NULL,
	NULL };
static const struct fault_def twice = { "obligation-twice", N_("同一项应缴选了两次"), NULL, NULL };
static const struct fault_def file_first = { "file-first", N_("这一项还没有申报，请先申报再缴款"), NULL,
	N_("税收征收管理法 第二十五条") };
static const struct fault_def nothing_due = { "nothing-due", N_("这一项已经缴清，不用再缴"), NULL, NULL };
static const struct fault_def busy = { "payment-open", N_("其中一项正在缴款单 {1} 里扣款，请等它有结果"), NULL, NULL };
static const struct fault_def no_channel = { "channel", N_("这种缴款方式现在不能用，请换一种"), NULL, NULL };
static const struct fault_def too_large = { "amount-range", N_("金额超出系统能记的范围，请分几次缴款"), NULL, NULL };
static const struct fault_def not_there = { "payment-unknown", N_("没有查到这张缴款单，请核对编号"), NULL, NULL };

/* --- making one --- */

struct item {
	struct obligation o;
	struct ledger_due due;
};
struct draft {
	struct item *items;
	size_t n;
	struct money amount;
	instant_us valid_until;
};

static err_t take_obligation(struct ctx *c, const struct order_in *in, size_t i, struct draft *d)
{
	struct item *item = &d->items[d->n];
	struct payment_item_open_row other;
	struct str at = str_printf(c->arena, "/obligations/%zu", i);
	bool found, open;
	for (size_t k = 0; k < i; k++)
		if (in->obligations[k] == in->obligations[i]) return FAULT(c, at, &twice), OK;
	TRY(ledger_obligation(c, c->caller.subject_id, in->obligations[i], &item->o, &found));
	if (!found) return FAULT(c, at, &unknown), OK;
	item->due = ledger_due_on(&item->o, c->today);
	if (str_is(item->o.status, "open")) return FAULT(c, at, &file_first), OK;
	if (item->due.tax.fen + item->due.late_fee.fen == 0) return FAULT(c, at, &nothing_due), OK;
	TRY(payment_item_open(c, c->caller.subject_id, item->o.id, &other, &open));
	if (open) return RAISE(c, E_CONFLICT, &busy, str_from_int(c->arena, other.payment_id));
	struct money both;
	if (!money_add(item->due.tax, item->due.late_fee, &both) || !money_add(d->amount, both, &d->amount))
		return RAISE(c, E_INPUT, &too_large);
	/* The late fee grows by the day: the sum holds to the end of the due date, or of today. */
	struct date last = item->due.days_late > 0 ? c->today : item->o.due_on;
	instant_us end = date_to_instant(date_add_days(last, 1));
	if (end < d->valid_until) d->valid_until = end;
	d->n++;
	return OK;
}

/* 税票号码: 3, node, year, and a number without gaps. */
static err_t new_voucher(struct ctx *c, struct str *out)
{
	int64_t n;
	struct str counter = str_printf(c->arena, "payment.voucher.%d", c->today.year);
	TRY(db_counter(c, counter, 1, &n));
	*out = str_printf(c->arena, "3%.2s00%02d%011lld", c->app->node, c->today.year % 100, (long long)n);
	return OK;
}

static err_t insert_items(struct ctx *c, const struct payment_order *o, const struct draft *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct item *item = &d->items[i];
		struct period p;
		struct date from = item->o.due_on, to = item->o.due_on;
		if (period_parse(item->o.period, &p)) {
			from = period_first(p);
			to = period_last(p);
		}
		TRY(payment_item_insert(c, o->taxpayer_id, o->id, (int64_t)i + 1, item->o.id, item->o.tax,
		        item->o.period, from, to, item->due.tax, item->due.late_fee, item->due.days_late, NULL));
	}
	return OK;
}

static struct value *act_of(struct ctx *c, const struct payment_order *o, const struct draft *d)
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "payment", str_from_int(c->arena, o->id));
	value_put_str(c->arena, v, "voucher", o->voucher);
	value_put_str(c->arena, v, "payer", c->caller.subject_tax_id);
	value_put_str(c->arena, v, "channel", o->channel);
	value_put_money(c->arena, v, "amount", o->amount);
	struct value *list = value_put_array(c->arena, v, "obligations");
	for (size_t i = 0; i < d->n; i++)
		value_push(c->arena, list, value_str(c->arena, str_from_int(c->arena, d->items[i].o.id)));
	return v;
}

static err_t answer_of(struct ctx *c, const struct payment_order *o, struct value **out);

err_t payment_create(struct ctx *c, const void *input, struct reply *out)
{
	const struct order_in *in = input;
	struct draft d = { .items = arena_array(c->arena, in->n_obligations + 1, sizeof *d.items),
		.valid_until = c->now + DAY };
	struct payment_order o = { .taxpayer_id = c->caller.subject_id,
		.id = db_new_id(c),
		.channel = in->channel,
		.state = STATE_CREATED,
		.ordered_at = c->now,
		.sent_at = DB_NULL,
		.settled_at = DB_NULL,
		.settlement_receipt = DB_NULL };
	struct value *receipt;
	if (!payment_channel_here(c, payment_channel_find(in->channel))) FAULT(c, S("/channel"), &no_channel);
	for (size_t i = 0; i < in->n_obligations; i++)
		TRY(take_obligation(c, in, i, &d));
	TRY(problem_result(&c->problem));
	o.amount = d.amount;
	o.valid_until = d.valid_until;
	TRY(new_voucher(c, &o.voucher));
	TRY(receipt_issue(c, ACT_PAYMENT_ORDERED, o.taxpayer_id, act_of(c, &o, &d), &receipt, &o.order_receipt));
	TRY(payment_order_insert(c, o.taxpayer_id, o.id, o.voucher, o.channel, o.amount, c->caller.person_id,
	        o.ordered_at, o.valid_until, o.order_receipt, NULL));
	TRY(payment_voucher_insert(c, o.voucher, o.taxpayer_id, o.id, NULL));
	TRY(insert_items(c, &o, &d));
	TRY(payment_deliver_at(c, &o, c->now));
	TRY(answer_of(c, &o, &out->value));
	out->status = 202;
	out->location = str_printf(c->arena, "/payments/%lld", (long long)o.id);
	return OK;
}

/* --- reading --- */

err_t payment_order_load(struct ctx *c, int64_t taxpayer_id, int64_t id, struct payment_order *out, bool *found)
{
	struct payment_order_get_row row;
	TRY(payment_order_get(c, taxpayer_id, id, &row, found));
	if (!*found) return OK;
	*out = (struct payment_order){ .taxpayer_id = taxpayer_id,
		.id = id,
		.voucher = row.voucher,
		.channel = row.channel,
		.amount = row.amount,
		.reason = row.reason,
		.ordered_at = row.ordered_at,
		.valid_until = row.valid_until,
		.sent_at = row.sent_at,
		.settled_at = row.settled_at,
		.tries = row.tries,
		.order_receipt = row.order_receipt,
		.settlement_receipt = row.settlement_receipt };
	return payment_state_of(row.state, &out->state) ? OK : E_INTERNAL;
}

const char *payment_reason_words(struct str code)
{
	static const struct {
		const char *code, *words;
	} reasons[] = {
		{ "insufficient-funds", N_("账户余额不足") },
		{ "account-frozen", N_("账户被冻结或已注销") },
		{ "expired", N_("在有效时间内没有扣到款，没有产生扣款") },
		{ "amount", N_("银行收到的金额和缴款单不符") },
	};
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (str_is(code, reasons[i].code)) return reasons[i].words;
	return N_("银行没有扣款");
}

static const char *state_words(enum payment_state s)
{
	static const char *const words[] = { [STATE_CREATED] = N_("已开票，正在送银行"),
		[STATE_SENT] = N_("银行已受理，正在扣款"),
		[STATE_PAID] = N_("扣款成功"),
		[STATE_FAILED] = N_("扣款失败"),
		[STATE_EXPIRED] = N_("已过有效时间") };
	return words[s];
}

static void put_instant(struct ctx *c, struct value *v, const char *key, instant_us at)
{
	if (at == DB_NULL)
		value_put(c->arena, v, key, value_null(c->arena));
	else
		value_put_instant(c->arena, v, key, at);
}

struct value *payment_order_head(struct ctx *c, const struct payment_order *o)
{
	struct value *v = value_object(c->arena);
	const struct payment_channel *channel = payment_channel_find(o->channel);
	bool failed = str_is(str_c(payment_state_shown(o->state)), "failed");
	value_put_str(c->arena, v, "id", str_from_int(c->arena, o->id));
	value_put_str(c->arena, v, "voucher", o->voucher);
	value_put_str(c->arena, v, "channel", o->channel);
	value_put_str(c->arena, v, "channel_title", channel ? tr(c, channel->title) : S(""));
	value_put_money(c->arena, v, "amount", o->amount);
	value_put_c(c->arena, v, "status", payment_state_shown(o->state));
	value_put_str(c->arena, v, "status_title", tr(c, state_words(o->state)));
	value_put_str(c->arena, v, "reason", failed ? o->reason : STR_NONE);
	value_put_str(c->arena, v, "detail", failed ? tr(c, payment_reason_words(o->reason)) : STR_NONE);
	value_put_instant(c->arena, v, "ordered_at", o->ordered_at);
	value_put_instant(c->arena, v, "valid_until", o->valid_until);
	put_instant(c, v, "sent_at", o->sent_at);
	put_instant(c, v, "settled_at", o->settled_at);
	return v;
}

static err_t put_receipt(struct ctx *c, struct value *v, const char *key, int64_t id)
{
	struct receipt r;
	bool found = false;
	if (id != DB_NULL && id) TRY(receipt_find(c, id, &r, &found));
	value_put(c->arena, v, key, found ? receipt_value(c, r.id, r.kind, r.at, r.leaf.b) : value_null(c->arena));
	return OK;
}

static err_t answer_of(struct ctx *c, const struct payment_order *o, struct value **out)
{
	struct payment_item_list_row *items;
	struct payment_debit_get_row debit;
	size_t n;
	bool debited;
	struct value *v = payment_order_head(c, o);
	TRY(payment_item_list(c, o->taxpayer_id, o->id, &items, &n));
	struct value *list = value_put_array(c->arena, v, "items");
	for (size_t i = 0; i < n; i++) {
		struct value *item = value_object(c->arena);
		value_put_str(c->arena, item, "obligation", str_from_int(c->arena, items[i].obligation_id));
		value_put_str(c->arena, item, "tax", items[i].tax);
		value_put_str(c->arena, item, "tax_title", tr(c, ledger_tax_title(items[i].tax)));
		value_put_str(c->arena, item, "period", items[i].period);
		value_put_money(c->arena, item, "amount", items[i].tax_amount);
		value_put_money(c->arena, item, "late_fee", items[i].late_fee);
		value_put_int(c->arena, item, "days_late", items[i].days_late);
		value_push(c->arena, list, item);
	}
	TRY(payment_debit_get(c, o->channel, o->voucher, &debit, &debited));
	value_put_str(c->arena, v, "bank_no", debited ? debit.bank_no : STR_NONE);
	put_instant(c, v, "debited_at", debited ? debit.debited_at : DB_NULL);
	TRY(put_receipt(c, v, "receipt", o->order_receipt));
	TRY(put_receipt(c, v, "settlement_receipt", o->settlement_receipt));
	*out = v;
	return OK;
}

err_t payment_show(struct ctx *c, const void *input, struct reply *out)
{
	const struct payment_in *in = input;
	struct payment_order o;
	bool found;
	TRY(access_open(c, c->caller.subject_id, "payment"));
	TRY(payment_order_load(c, c->caller.subject_id, in->id, &o, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &not_there);
	return answer_of(c, &o, &out->value);
}

err_t payment_list(struct ctx *c, const void *input, struct reply *out)
{
	const struct payments_in *in = input;
	struct payment_order_list_row *rows;
	size_t n;
	TRY(access_open(c, c->caller.subject_id, "payments"));
	TRY(payment_order_list(c, c->caller.subject_id, in->before ? in->before : INT64_MAX, &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "payments");
	for (size_t i = 0; i < n; i++) {
		struct payment_order o = { .taxpayer_id = c->caller.subject_id,
			.id = rows[i].payment_id,
			.voucher = rows[i].voucher,
			.channel = rows[i].channel,
			.amount = rows[i].amount,
			.reason = rows[i].reason,
			.ordered_at = rows[i].ordered_at,
			.valid_until = rows[i].valid_until,
			.sent_at = rows[i].sent_at,
			.settled_at = rows[i].settled_at };
		if (payment_state_of(rows[i].state, &o.state)) value_push(c->arena, list, payment_order_head(c, &o));
	}
	value_put_str(c->arena, out->value, "before",
	        n == PAGE_OF_PAYMENTS ? str_from_int(c->arena, rows[n - 1].payment_id) : STR_NONE);
	return OK;
}

/* --- for others --- */

err_t payment_paid_items(
        struct ctx *c, int64_t taxpayer_id, struct date from, struct date to, struct payment_paid **out, size_t *n)
{
	struct payment_items_paid_row *rows;
	TRY(payment_items_paid(c, taxpayer_id, from, to, &rows, n));
	*out = arena_array(c->arena, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct payment_paid){ .voucher = rows[i].voucher,
			.tax = rows[i].tax,
			.tax_title = ledger_tax_title(rows[i].tax),
			.period = rows[i].period,
			.period_from = rows[i].period_from,
			.period_to = rows[i].period_to,
			.paid_on = rows[i].paid_on,
			.amount = rows[i].tax_amount,
			.late_fee = rows[i].late_fee };
	return OK;
}

err_t payment_fate(struct ctx *c, struct str voucher, enum payment_fate *fate, struct money *amount)
{
	struct payment_voucher_get_row v;
	struct payment_order o;
	bool found;
	*fate = PAYMENT_FATE_NONE;
	TRY(payment_voucher_get(c, voucher, &v, &found));
	if (found) TRY(payment_order_load(c, v.taxpayer_id, v.payment_id, &o, &found));
	if (!found) return OK;
	static const enum payment_fate fates[] = { [STATE_CREATED] = PAYMENT_FATE_OPEN,
		[STATE_SENT] = PAYMENT_FATE_OPEN,
		[STATE_PAID] = PAYMENT_FATE_PAID,
		[STATE_FAILED] = PAYMENT_FATE_FAILED,
		[STATE_EXPIRED] = PAYMENT_FATE_FAILED };
	*fate = fates[o.state];
	*amount = o.amount;
	return OK;
}

err_t payment_debit_count(struct ctx *c, struct str channel, int64_t *n)
{
	struct payment_debit_total_row row;
	bool found;
	TRY(payment_debit_total(c, channel, &row, &found));
	*n = row.n;
	return OK;
}
