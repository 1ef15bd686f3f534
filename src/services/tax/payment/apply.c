/* Applying what the bank says: the table of states decides, money is booked once. */
#include "kernel/db/db.h"
#include "kernel/outbox/outbox.h"
#include "kernel/receipt/receipt.h"
#include "payment_sql.h"
#include "services/foundation/ledger/ledger.h"
#include "services/tax/payment/order.h"

#define SECOND INT64_C(1000000)

const char *payment_outcome_code(enum payment_outcome o)
{
	static const char *const codes[] = { [OUTCOME_BOOKED] = "booked",
		[OUTCOME_NOTED] = "noted",
		[OUTCOME_AMOUNT] = "amount-differs",
		[OUTCOME_DISPUTED] = "disputed",
		[OUTCOME_DUPLICATE] = "duplicate" };
	return codes[o];
}

bool payment_event_of(enum payment_said said, enum payment_event *e)
{
	switch (said) {
	case PAYMENT_UNKNOWN: return false;
	case PAYMENT_PENDING: *e = EVENT_ACKED; return true;
	case PAYMENT_DEBITED: *e = EVENT_DEBITED; return true;
	case PAYMENT_REFUSED: *e = EVENT_REFUSED; return true;
	}
	return false;
}

static err_t emit(struct ctx *c, const char *kind, const struct payment_order *o)
{
	struct value *v = value_object(c->arena);
	struct buf b;
	value_put_str(c->arena, v, "payment_id", str_from_int(c->arena, o->id));
	value_put_money(c->arena, v, "amount", o->amount);
	if (o->reason.p) value_put_str(c->arena, v, "reason", o->reason);
	buf_init(&b, c->arena, 128);
	value_write_canonical(&b, v);
	return outbox_emit(c, kind, o->taxpayer_id, buf_done(&b));
}

static err_t save(struct ctx *c, const struct payment_order *o)
{
	return payment_order_move(c, str_c(payment_state_code(o->state)), o->reason, o->sent_at, o->settled_at,
	        o->settlement_receipt, o->taxpayer_id, o->id, NULL);
}

/* An order that came late may find its obligation paid by another: then all of it is owed back (多缴税款), its late fee
 * too. */
static err_t pay_item(struct ctx *c, const struct payment_order *o, const struct payment_item_list_row *i)
{
	struct obligation there;
	bool found;
	struct money tax = i->tax_amount, late_fee = i->late_fee;
	TRY(ledger_obligation(c, o->taxpayer_id, i->obligation_id, &there, &found));
	if (!found) return E_INTERNAL;
	if (there.assessed.fen <= there.paid.fen) {
		if (!money_add(tax, late_fee, &tax)) return E_INTERNAL;
		late_fee = FEN(0);
	}
	return ledger_pay(c, o->taxpayer_id, i->obligation_id, tax, late_fee, o->id);
}

static struct value *act_of(struct ctx *c, const struct payment_order *o, const struct payment_report *r)
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "payment", str_from_int(c->arena, o->id));
	value_put_str(c->arena, v, "voucher", o->voucher);
	value_put_str(c->arena, v, "channel", o->channel);
	value_put_money(c->arena, v, "amount", o->amount);
	value_put_str(c->arena, v, "bank_no", r->bank_no);
	value_put_instant(c->arena, v, "debited_at", r->debited_at);
	return v;
}

/* Ledger, order, items, debit and receipt in one transaction. */
static err_t settle(struct ctx *c, struct payment_order *o, const struct payment_report *r)
{
	struct payment_item_list_row *items;
	struct value *receipt;
	size_t n;
	struct date day = date_of_instant(r->debited_at);
	TRY(payment_item_list(c, o->taxpayer_id, o->id, &items, &n));
	for (size_t i = 0; i < n; i++)
		TRY(pay_item(c, o, &items[i]));
	TRY(payment_debit_insert(
	        c, o->channel, o->voucher, r->bank_no, o->taxpayer_id, o->id, o->amount, r->debited_at, day, NULL));
	TRY(payment_items_close(c, day, o->taxpayer_id, o->id, NULL));
	TRY(receipt_issue(c, ACT_PAYMENT_SETTLED, o->taxpayer_id, act_of(c, o, r), &receipt, &o->settlement_receipt));
	o->settled_at = c->now;
	o->reason = STR_NONE;
	TRY(save(c, o));
	return emit(c, "payment.settled", o);
}

static err_t close_order(struct ctx *c, struct payment_order *o, struct str reason)
{
	o->reason = reason;
	o->settled_at = c->now;
	TRY(payment_items_close(c, (struct date){ 0 }, o->taxpayer_id, o->id, NULL));
	TRY(save(c, o));
	return emit(c, "payment.failed", o);
}

/* A debit must be the one that was ordered: amount, a time that can be, and a bank number that no other order has. */
static err_t examine(
        struct ctx *c, const struct payment_order *o, const struct payment_report *r, enum payment_outcome *outcome)
{
	struct payment_debit_by_bank_no_row other;
	struct payment_debit_get_row booked;
	bool used, there;
	TRY(payment_debit_by_bank_no(c, o->channel, r->bank_no, &other, &used));
	TRY(payment_debit_get(c, o->channel, o->voucher, &booked, &there));
	if (r->amount.fen != o->amount.fen)
		*outcome = OUTCOME_AMOUNT;
	else if ((used && !str_eq(other.voucher, o->voucher)) || (there && !str_eq(booked.bank_no, r->bank_no)))
		*outcome = OUTCOME_DISPUTED; /* a second debit, or one debit for two orders */
	else if (r->debited_at < o->ordered_at - PAYMENT_CLOCK_SECONDS * SECOND ||
	         r->debited_at > c->now + PAYMENT_CLOCK_SECONDS * SECOND)
		*outcome = OUTCOME_DISPUTED;
	return OK;
}

err_t payment_apply(struct ctx *c, struct payment_order *o, enum payment_event e, const struct payment_report *r,
        enum payment_outcome *outcome)
{
	struct payment_step step = payment_step(o->state, e);
	*outcome = OUTCOME_NOTED;
	if (e == EVENT_DEBITED) TRY(examine(c, o, r, outcome));
	if (*outcome != OUTCOME_NOTED) return OK;
	if (step.act != ACT_DISPUTE) o->state = step.next;
	switch (step.act) {
	case ACT_NONE: return OK;
	case ACT_DISPUTE: *outcome = OUTCOME_DISPUTED; return OK;
	case ACT_MOVE:
		if (o->state == STATE_SENT) o->sent_at = c->now;
		return save(c, o);
	case ACT_SETTLE: *outcome = OUTCOME_BOOKED; return settle(c, o, r);
	case ACT_CLOSE:
		return close_order(c, o,
		        e == EVENT_EXPIRED ? S("expired")
		        : r && r->reason.p ? r->reason
		                           : S("refused"));
	}
	return E_INTERNAL;
}
