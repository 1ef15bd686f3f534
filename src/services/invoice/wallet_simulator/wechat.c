/* WeChat Pay's side: requests signed in the Authorization header, answers and callbacks signed in headers of their own.
 */
#include "kernel/ctx/app.h"
#include "kernel/fetch/fetch.h"
#include "kernel/http/http.h"
#include "services/invoice/wallet_simulator/wallet_simulator.h"

static err_t admit(struct ctx *c, const char *method, struct str path, struct str body)
{
	struct lottery_wechat_head h;
	struct str der;
	int64_t at;
	TRY(sandbox_only(c));
	TRY(lottery_merchant_key(c, S("wechat"), &der));
	struct crypto_key *key = der.p ? crypto_rsa_public(der) : NULL;
	bool good = key && lottery_wechat_authorization_read(c->arena, http_header(c->request, "Authorization"), &h) &&
	            str_is(h.merchant, WALLET_MERCHANT) &&
	            lottery_wechat_request_good(c->arena, &h, key, str_c(method), path, body);
	crypto_key_free(key);
	if (!good || !str_to_int(h.timestamp, &at)) return wallet_refuse(c, "signature");
	int64_t apart = at - c->now / WALLET_SECOND;
	return apart > LOTTERY_CLOCK_SECONDS || apart < -LOTTERY_CLOCK_SECONDS ? wallet_refuse(c, "stale") : OK;
}

static struct str serial_of(struct ctx *c, const struct crypto_key *key)
{
	struct str der = crypto_rsa_public_der(c->arena, key);
	unsigned char digest[32];
	crypto_sha256(der.p, der.n, digest);
	return str_hex(c->arena, digest, 20);
}

static struct str report(struct ctx *c, struct str order_no, const struct wallet_state *s)
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "out_bill_no", order_no);
	value_put_str(c->arena, v, "transfer_bill_no", s->provider_no);
	value_put_c(c->arena, v, "state", s->paid ? "SUCCESS" : s->failed ? "FAIL" : "PROCESSING");
	value_put_int(c->arena, v, "transfer_amount", s->amount.fen);
	if (s->reason.n) value_put_str(c->arena, v, "fail_reason", s->reason);
	return value_json(c->arena, v);
}

static err_t answer(struct ctx *c, struct str body, int status, const char *media, struct reply *out)
{
	struct crypto_key *key;
	struct str secret;
	TRY(wallet_key(c, "wechat", &key, &secret));
	struct str at = str_from_int(c->arena, c->now / WALLET_SECOND), nonce = crypto_random_hex(c->arena, 16);
	out->bytes = body;
	out->status = status;
	out->media = media;
	struct reply_header *h = arena_array(c->arena, 4, sizeof *h);
	h[0] = (struct reply_header){ "Wechatpay-Timestamp", at };
	h[1] = (struct reply_header){ "Wechatpay-Nonce", nonce };
	h[2] = (struct reply_header){ "Wechatpay-Serial", serial_of(c, key) };
	h[3] = (struct reply_header){ "Wechatpay-Signature",
		lottery_wechat_answer_signature(c->arena, key, at, nonce, body) };
	out->headers = h;
	out->n_headers = 4;
	return OK;
}

err_t wallet_wechat_order(struct ctx *c, const void *input, struct reply *out)
{
	const struct wallet_body_in *in = input;
	struct value *v;
	struct json_fault where;
	struct wallet_state s;
	TRY(admit(c, "POST", S("/v3/fund-app/mch-transfer/transfer-bills"), in->body));
	if (json_parse(c->arena, in->body, &v, &where) != OK) return wallet_refuse(c, "json");
	struct wallet_order o = { "wechat", value_text(v, "out_bill_no"), value_text(v, "openid"),
		FEN(value_number(v, "transfer_amount", 0)) };
	if (!o.order_no.n || !o.account.n || o.amount.fen <= 0) return wallet_refuse(c, "order");
	TRY(wallet_take(c, &o, &s));
	if (sandbox_partner_strikes(c, "wallet_simulator.no-answer")) return E_BUSY;
	return answer(c, report(c, o.order_no, &s), 200, "application/json", out);
}

err_t wallet_wechat_query(struct ctx *c, const void *input, struct reply *out)
{
	const struct wallet_order_in *in = input;
	struct wallet_state s;
	struct str path =
	        str_printf(c->arena, "/v3/fund-app/mch-transfer/transfer-bills/out-bill-no/%.*s", STR_FMT(in->order));
	TRY(admit(c, "GET", path, STR_NONE));
	TRY(wallet_look(c, "wechat", in->order, &s));
	if (!s.known)
		return answer(
		        c, S("{\"code\":\"NOT_FOUND\",\"message\":\"记录不存在\"}"), 404, "application/json", out);
	return answer(c, report(c, in->order, &s), 200, "application/json", out);
}

err_t wallet_wechat_bill(struct ctx *c, const void *input, struct reply *out)
{
	const struct wallet_bill_in *in = input;
	struct str csv;
	TRY(admit(c, "GET",
	        str_printf(c->arena, "/v3/bill/transfer-bills/%.*s", STR_FMT(date_format(c->arena, in->day))),
	        STR_NONE));
	TRY(wallet_bill(c, "wechat", in->day, &csv));
	return answer(c, csv, 200, "text/csv", out);
}

int wallet_wechat_notify(struct ctx *c, struct str order_no, const struct wallet_state *s, bool forged)
{
	const char *own = __atomic_load_n(&c->app->address, __ATOMIC_ACQUIRE);
	struct crypto_key *key;
	struct str secret;
	if (!own || wallet_key(c, "wechat", &key, &secret) != OK) return 0;
	struct str body = lottery_wechat_resource(c->arena, secret, order_no, report(c, order_no, s), c->now);
	struct str at = str_from_int(c->arena, c->now / WALLET_SECOND), nonce = crypto_random_hex(c->arena, 16);
	struct str signature =
	        lottery_wechat_answer_signature(c->arena, key, at, nonce, forged ? S("something else") : body);
	struct str headers[] = { str_printf(c->arena, "Wechatpay-Timestamp: %s", at.p),
		str_printf(c->arena, "Wechatpay-Nonce: %s", nonce.p),
		str_printf(c->arena, "Wechatpay-Serial: %s", serial_of(c, key).p),
		str_printf(c->arena, "Wechatpay-Signature: %s", signature.p) };
	struct fetch f = { .base = str_c(own),
		.path = "/v1/lottery/payouts/callbacks/wechat",
		.media = "application/json",
		.body = body,
		.headers = headers,
		.n_headers = COUNT(headers) };
	return fetch_call(c->arena, &f).status;
}
