/* Alipay's side: one gateway; parameters and answers signed with RSA2. */
#include "kernel/ctx/app.h"
#include "kernel/fetch/fetch.h"
#include "services/invoice/wallet_simulator/wallet_simulator.h"

static struct str text(struct ctx *c, const struct value *v)
{
	return value_json(c->arena, v);
}

static void put_state(struct ctx *c, struct value *v, struct str order_no, const struct wallet_state *s)
{
	value_put_str(c->arena, v, "out_biz_no", order_no);
	if (s->failed) {
		value_put_c(c->arena, v, "code", "40004");
		value_put_str(c->arena, v, "sub_code", s->reason);
		return;
	}
	value_put_c(c->arena, v, "code", "10000");
	value_put_str(c->arena, v, "order_id", s->provider_no);
	value_put_c(c->arena, v, "status", s->paid ? "SUCCESS" : "DEALING");
	value_put_money(c->arena, v, "trans_amount", s->amount);
}

static err_t transfer(struct ctx *c, const struct value *content, struct value *v)
{
	const struct value *payee = value_get(content, S("payee_info"));
	struct wallet_order o = { .channel = "alipay", .order_no = value_text(content, "out_biz_no") };
	struct wallet_state s;
	if (payee) o.account = value_text(payee, "identity");
	if (!o.order_no.n || !o.account.n || !money_parse(value_text(content, "trans_amount"), &o.amount))
		return wallet_refuse(c, "order");
	TRY(wallet_take(c, &o, &s));
	put_state(c, v, o.order_no, &s);
	return sandbox_partner_strikes(c, "wallet_simulator.no-answer") ? E_BUSY : OK;
}

static err_t query(struct ctx *c, const struct value *content, struct value *v)
{
	struct str order_no = value_text(content, "out_biz_no");
	struct wallet_state s;
	TRY(wallet_look(c, "alipay", order_no.p ? order_no : S(""), &s));
	if (s.known) {
		put_state(c, v, order_no, &s);
		return OK;
	}
	value_put_c(c->arena, v, "code", "40004");
	value_put_c(c->arena, v, "sub_code", "ORDER_NOT_EXIST");
	return OK;
}

static err_t bill(struct ctx *c, const struct value *content, struct value *v)
{
	struct date day;
	struct str csv;
	if (!date_parse(value_text(content, "bill_date"), &day)) return wallet_refuse(c, "day");
	TRY(wallet_bill(c, "alipay", day, &csv));
	value_put_c(c->arena, v, "code", "10000");
	value_put_str(c->arena, v, "bill", csv);
	return OK;
}

static err_t admit(struct ctx *c, struct str body, struct lottery_param *p, size_t *n)
{
	struct str der;
	TRY(sandbox_only(c));
	TRY(lottery_merchant_key(c, S("alipay"), &der));
	struct crypto_key *key = der.p ? crypto_rsa_public(der) : NULL;
	bool good = key && lottery_alipay_form_read(c->arena, body, p, n) &&
	            lottery_alipay_good(c->arena, key, p, *n, false) &&
	            str_is(lottery_param_get(p, *n, "app_id"), WALLET_MERCHANT);
	crypto_key_free(key);
	return good ? OK : wallet_refuse(c, "signature");
}

err_t wallet_alipay(struct ctx *c, const void *input, struct reply *out)
{
	static const struct {
		const char *method, *name;
		err_t (*run)(struct ctx *, const struct value *, struct value *);
	} methods[] = {
		{ "alipay.fund.trans.uni.transfer", "alipay_fund_trans_uni_transfer_response", transfer },
		{ "alipay.fund.trans.common.query", "alipay_fund_trans_common_query_response", query },
		{ "alipay.data.dataservice.bill.query", "alipay_data_dataservice_bill_query_response", bill },
	};
	const struct wallet_body_in *in = input;
	struct lottery_param p[LOTTERY_PARAMS_MAX];
	struct value *content, *v = value_object(c->arena);
	struct json_fault where;
	struct crypto_key *key;
	struct str secret;
	size_t n = 0, k = 0;
	TRY(admit(c, in->body, p, &n));
	struct str method = lottery_param_get(p, n, "method"), biz = lottery_param_get(p, n, "biz_content");
	while (k < COUNT(methods) && !str_is(method, methods[k].method))
		k++;
	if (k == COUNT(methods) || json_parse(c->arena, biz.p ? biz : S(""), &content, &where) != OK)
		return wallet_refuse(c, "method");
	TRY(methods[k].run(c, content, v));
	TRY(wallet_key(c, "alipay", &key, &secret));
	out->bytes = lottery_alipay_answer(c->arena, key, methods[k].name, text(c, v));
	out->media = "application/json";
	return OK;
}

int wallet_alipay_notify(struct ctx *c, struct str order_no, const struct wallet_state *s, bool forged)
{
	const char *own = __atomic_load_n(&c->app->address, __ATOMIC_ACQUIRE);
	struct crypto_key *key;
	struct str secret;
	struct value *v = value_object(c->arena);
	if (!own || wallet_key(c, "alipay", &key, &secret) != OK) return 0;
	value_put_str(c->arena, v, "out_biz_no", order_no);
	value_put_str(c->arena, v, "order_id", s->provider_no);
	value_put_c(c->arena, v, "status", s->paid ? "SUCCESS" : s->failed ? "FAIL" : "DEALING");
	value_put_money(c->arena, v, "trans_amount", s->amount);
	struct lottery_param p[10] = { { S("app_id"), S(WALLET_MERCHANT) },
		{ S("msg_method"), S("alipay.fund.trans.order.changed") },
		{ S("notify_id"), crypto_random_hex(c->arena, 16) }, { S("charset"), S("utf-8") },
		{ S("sign_type"), S("RSA2") }, { S("version"), S("1.1") },
		{ S("utc_timestamp"), str_printf(c->arena, "%lld000", (long long)(c->now / WALLET_SECOND)) },
		{ S("biz_content"), text(c, v) } };
	struct str raw = crypto_rsa_sign(
	        c->arena, key, forged ? S("something else") : lottery_alipay_text(c->arena, p, 8, true));
	p[8] = (struct lottery_param){ S("sign"), str_base64(c->arena, raw.p, raw.n) };
	struct fetch f = { .base = str_c(own),
		.path = "/v1/lottery/payouts/callbacks/alipay",
		.media = "application/x-www-form-urlencoded",
		.body = lottery_alipay_form(c->arena, p, 9) };
	struct fetched got = fetch_call(c->arena, &f);
	return got.status == 200 && !str_is(got.body, "success") ? 0 : got.status;
}
