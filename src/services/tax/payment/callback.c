/* What a bank says by itself. Verified before it is read, counted once, booked once; what does not fit is kept and
 * told. */
#include "kernel/access/access.h"
#include "kernel/db/db.h"
#include "payment_sql.h"
#include "services/tax/payment/channel.h"

static const struct fault_def no_channel = { "channel", N_("没有这个缴款渠道"), NULL, NULL };
static const struct fault_def no_voucher = { "voucher-unknown", N_("没有这个税票号码"), NULL, NULL };
static const struct fault_def amount = { "amount-differs", N_("金额和缴款单不一致，没有入账，已留给税务人员核对"), NULL,
	NULL };
static const struct fault_def disputed = { "contradiction", N_("和以前的结果矛盾，没有入账，已留给税务人员核对"), NULL,
	NULL };
static const struct fault_def nonce_used = { "nonce-used", N_("这个随机数已经用过，内容却不同"), NULL, NULL };

struct arrival {
	const struct payment_channel *channel;
	struct payment_report report;
	struct str nonce, body;
	enum payment_outcome outcome;
};

/* The same words again are no news; other words under the same nonce are refused. */
static err_t replayed(struct ctx *c, struct arrival *a, bool *yes)
{
	struct payment_callback_get_row row;
	TRY(payment_callback_get(c, str_c(a->channel->code), a->nonce, &row, yes));
	if (!*yes) return OK;
	if (!str_eq(row.message, a->body)) return RAISE(c, E_CONFLICT, &nonce_used);
	a->outcome = str_is(row.outcome, "amount-differs") ? OUTCOME_AMOUNT
	             : str_is(row.outcome, "disputed")     ? OUTCOME_DISPUTED
	                                                   : OUTCOME_DUPLICATE;
	return OK;
}

static err_t arrive(struct ctx *c, void *arg)
{
	struct arrival *a = arg;
	struct payment_voucher_get_row v;
	struct payment_order o;
	enum payment_event e;
	bool found;
	TRY(replayed(c, a, &found));
	if (found) return OK;
	TRY(payment_voucher_get(c, a->report.voucher, &v, &found));
	if (found) TRY(payment_order_load(c, v.taxpayer_id, v.payment_id, &o, &found));
	if (!found || !str_is(o.channel, a->channel->code)) return RAISE(c, E_NOT_FOUND, &no_voucher);
	a->outcome = OUTCOME_NOTED;
	if (payment_event_of(a->report.said, &e)) TRY(payment_apply(c, &o, e, &a->report, &a->outcome));
	return payment_callback_insert(
	        c, o.channel, a->nonce, o.voucher, c->now, str_c(payment_outcome_code(a->outcome)), a->body, NULL);
}

err_t payment_callback(struct ctx *c, const void *input, struct reply *out)
{
	const struct callback_in *in = input;
	struct arrival a = { .channel = payment_channel_find(in->channel), .body = in->body };
	if (!payment_channel_here(c, a.channel)) return RAISE(c, E_NOT_FOUND, &no_channel);
	TRY(a.channel->callback(c, in->body, &a.report, &a.nonce));
	TRY(db_write(c, arrive, &a));
	if (a.outcome == OUTCOME_AMOUNT || a.outcome == OUTCOME_DISPUTED) {
		access_security(c, "payment-disputed", a.report.voucher);
		if (a.outcome == OUTCOME_DISPUTED) return RAISE(c, E_CONFLICT, &disputed);
		FAULT(c, S("/amount"), &amount);
		return problem_result(&c->problem);
	}
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "voucher", a.report.voucher);
	value_put_c(c->arena, out->value, "result", payment_outcome_code(a.outcome));
	return OK;
}
