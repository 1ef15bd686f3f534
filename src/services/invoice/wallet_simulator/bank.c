/* The paying bank's side of etax-bank/1. */
#include "kernel/ctx/app.h"
#include "kernel/fetch/fetch.h"
#include "kernel/keys/keys.h"
#include "services/invoice/wallet_simulator/wallet_simulator.h"
#include "services/tax/payment/payment.h"

static err_t open_message(struct ctx *c, struct str body, const char *kind, struct value **v)
{
	struct payment_envelope e;
	struct json_fault where;
	unsigned char point[65];
	TRY(sandbox_only(c));
	crypto_sm2_point(keys_seal(c->app->keys), point);
	if (payment_unseal(c->arena, body, payment_bureau_name(c), S(WALLET_BANK), point, c->now, &e) != PAYMENT_OPENED)
		return wallet_refuse(c, "signature");
	if (json_parse(c->arena, e.message, v, &where) != OK || !str_is(value_text(*v, "kind"), kind))
		return wallet_refuse(c, "kind");
	return OK;
}

static struct str report(struct ctx *c, struct str order_no, const struct wallet_state *s)
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "out_bill_no", order_no);
	value_put_str(c->arena, v, "transfer_bill_no", s->provider_no);
	value_put_c(c->arena, v, "state",
	        !s->known   ? "UNKNOWN"
	        : s->paid   ? "SUCCESS"
	        : s->failed ? "FAIL"
	                    : "PROCESSING");
	value_put_int(c->arena, v, "transfer_amount", s->amount.fen);
	if (s->reason.n) value_put_str(c->arena, v, "fail_reason", s->reason);
	return value_json(c->arena, v);
}

static err_t answer(struct ctx *c, struct str message, struct reply *out)
{
	struct crypto_key *key;
	struct str secret;
	TRY(wallet_key(c, "bank", &key, &secret));
	out->bytes = payment_seal(c->arena, S(WALLET_BANK), payment_bureau_name(c), key, c->now, message);
	out->media = "application/json";
	return OK;
}

err_t wallet_bank_order(struct ctx *c, const void *input, struct reply *out)
{
	const struct wallet_body_in *in = input;
	struct value *v = NULL;
	struct wallet_state s;
	TRY(open_message(c, in->body, "payout", &v));
	struct wallet_order o = { "bank", value_text(v, "out_bill_no"), value_text(v, "account"),
		FEN(value_number(v, "amount", 0)) };
	if (!o.order_no.n || !o.account.n || o.amount.fen <= 0) return wallet_refuse(c, "order");
	TRY(wallet_take(c, &o, &s));
	if (sandbox_partner_strikes(c, "wallet_simulator.no-answer")) return E_BUSY;
	return answer(c, report(c, o.order_no, &s), out);
}

err_t wallet_bank_query(struct ctx *c, const void *input, struct reply *out)
{
	const struct wallet_body_in *in = input;
	struct value *v = NULL;
	struct wallet_state s;
	TRY(open_message(c, in->body, "payout-query", &v));
	struct str order_no = value_text(v, "out_bill_no");
	TRY(wallet_look(c, "bank", order_no.p ? order_no : S(""), &s));
	return answer(c, report(c, order_no, &s), out);
}

err_t wallet_bank_file(struct ctx *c, const void *input, struct reply *out)
{
	const struct wallet_body_in *in = input;
	struct value *v = NULL;
	struct date day;
	struct str csv;
	TRY(open_message(c, in->body, "payout-file", &v));
	if (!date_parse(value_text(v, "day"), &day)) return wallet_refuse(c, "day");
	TRY(wallet_bill(c, "bank", day, &csv));
	return answer(c, csv, out);
}

int wallet_bank_notify(struct ctx *c, struct str order_no, const struct wallet_state *s, bool forged)
{
	const char *own = __atomic_load_n(&c->app->address, __ATOMIC_ACQUIRE);
	struct crypto_key *key;
	struct str secret;
	if (!own || wallet_key(c, "bank", &key, &secret) != OK) return 0;
	struct fetch f = { .base = str_c(own),
		.path = "/v1/lottery/payouts/callbacks/bank",
		.media = "application/json",
		.body = payment_seal(c->arena, S(WALLET_BANK), forged ? S("etax-99") : payment_bureau_name(c), key,
		        c->now, report(c, order_no, s)) };
	return fetch_call(c->arena, &f).status;
}
