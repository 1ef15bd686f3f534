/* Payout providers, one entry each: WeChat wallet, Alipay wallet, bank account. */
#include "base/csv.h"
#include "base/ids.h"
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/fetch/fetch.h"
#include "kernel/http/http.h"
#include "kernel/keys/keys.h"
#include "services/invoice/lottery/own.h"
#include "services/tax/payment/payment.h"
#include <string.h>

enum { BILL_LINES_MAX = 50000, SERIAL = 20 };

/* --- keys --- */

static void free_key(void *k)
{
	crypto_key_free(k);
}

static struct crypto_key *keep(struct arena *a, struct crypto_key *k)
{
	if (k) arena_cleanup(a, free_key, k);
	return k;
}

struct str provider_serial(struct arena *a, struct str der)
{
	unsigned char digest[32];
	crypto_sha256(der.p, der.n, digest);
	return str_hex(a, digest, SERIAL);
}

err_t lottery_provider_register(struct ctx *c, const struct lottery_provider *p)
{
	struct lottery_provider_get_row old;
	struct str own = S(""), secret;
	bool found;
	TRY(lottery_provider_get(c, p->channel, &old, &found));
	if (found) {
		own = old.key_sealed;
	} else if (!str_is(p->channel, "bank")) {
		struct crypto_key *k = keep(c->arena, crypto_rsa_new());
		own = keys_encrypt(c->app->keys, c->arena, crypto_rsa_der(c->arena, k));
	}
	secret = keys_encrypt(c->app->keys, c->arena, p->secret.p ? p->secret : S(""));
	return lottery_provider_put(c, p->channel, p->address.p ? p->address : S(""), p->merchant, own, secret,
	        p->their_key, p->their_serial, NULL);
}

bool provider_keys(struct ctx *c, const char *channel, struct provider_keys *out)
{
	struct lottery_provider_get_row row;
	struct str own;
	bool found;
	*out = (struct provider_keys){ 0 };
	if (lottery_provider_get(c, str_c(channel), &row, &found) != OK || !found) return false;
	const char *here = __atomic_load_n(&c->app->address, __ATOMIC_ACQUIRE);
	out->base = row.address.n ? row.address : str_c(here);
	out->prefix = row.address.n ? S("") : str_printf(c->arena, "/v1/sandbox/%s", channel);
	out->merchant = row.merchant;
	out->their_key = row.their_key;
	out->their_serial = row.their_serial;
	if (!out->base.p || keys_decrypt(c->app->keys, c->arena, row.secret_sealed, &out->secret) != OK) return false;
	if (!row.key_sealed.n) return true;
	if (keys_decrypt(c->app->keys, c->arena, row.key_sealed, &own) != OK) return false;
	out->own = keep(c->arena, crypto_rsa_from_der(own));
	out->theirs = keep(c->arena, crypto_rsa_public(row.their_key));
	if (!out->own || !out->theirs) return false;
	out->serial = provider_serial(c->arena, crypto_rsa_public_der(c->arena, out->own));
	return true;
}

err_t lottery_merchant_key(struct ctx *c, struct str channel, struct str *der)
{
	struct provider_keys k;
	*der = STR_NONE;
	if (provider_keys(c, str_dup(c->arena, channel).p, &k) && k.own) *der = crypto_rsa_public_der(c->arena, k.own);
	return OK;
}

/* --- WeChat Pay --- */

static bool fresh(struct str timestamp, instant_us now)
{
	int64_t at;
	if (!str_to_int(timestamp, &at)) return false;
	int64_t apart = at - now / SECOND;
	return apart <= LOTTERY_CLOCK_SECONDS && apart >= -LOTTERY_CLOCK_SECONDS;
}

static bool wechat_call(struct ctx *c, const char *method, const char *path, struct str body, struct fetched *got)
{
	struct provider_keys k;
	if (!provider_keys(c, "wechat", &k) || !k.own) return false;
	struct str authorization = lottery_wechat_authorization(
	        c->arena, k.own, k.merchant, k.serial, str_c(method), str_c(path), body, c->now);
	struct str headers[] = { str_printf(c->arena, "Authorization: %.*s", STR_FMT(authorization)),
		S("Accept: application/json") };
	struct fetch f = { .base = k.base,
		.path = str_printf(c->arena, "%.*s%s", STR_FMT(k.prefix), path).p,
		.media = body.n ? "application/json" : NULL,
		.body = body,
		.headers = headers,
		.n_headers = COUNT(headers) };
	*got = fetch_call(c->arena, &f);
	if (got->status != 200 && got->status != 404) return false;
	struct str at = fetch_header(got, "Wechatpay-Timestamp");
	bool good = fresh(at, c->now) && str_eq(fetch_header(got, "Wechatpay-Serial"), k.their_serial) &&
	            lottery_wechat_answer_good(c->arena, k.theirs, at, fetch_header(got, "Wechatpay-Nonce"), got->body,
	                    fetch_header(got, "Wechatpay-Signature"));
	if (!good) access_security(c, "payout-answer-refused", S("wechat"));
	return good;
}

static bool wechat_send(struct ctx *c, const struct payout *p, struct payout_report *out)
{
	struct value *v = value_object(c->arena);
	struct fetched got;
	value_put_c(c->arena, v, "appid", "wxetax0000000001");
	value_put_str(c->arena, v, "out_bill_no", p->order_no);
	value_put_c(c->arena, v, "transfer_scene_id", "1000"); /* 现金营销 */
	value_put_str(c->arena, v, "openid", p->account);
	value_put_int(c->arena, v, "transfer_amount", p->amount.fen);
	value_put_c(c->arena, v, "transfer_remark", "有奖发票奖金");
	value_put_c(c->arena, v, "notify_url", "/v1/lottery/payouts/callbacks/wechat");
	return wechat_call(c, "POST", "/v3/fund-app/mch-transfer/transfer-bills", value_json(c->arena, v), &got) &&
	       got.status == 200 && wechat_report_read(c->arena, got.body, out) && str_eq(out->order_no, p->order_no);
}

static bool wechat_query(struct ctx *c, struct str order_no, struct payout_report *out)
{
	struct fetched got;
	struct str path =
	        str_printf(c->arena, "/v3/fund-app/mch-transfer/transfer-bills/out-bill-no/%.*s", STR_FMT(order_no));
	if (!wechat_call(c, "GET", path.p, STR_NONE, &got)) return false;
	*out = (struct payout_report){ .order_no = order_no, .said = SAID_UNKNOWN };
	return got.status == 404 || (wechat_report_read(c->arena, got.body, out) && str_eq(out->order_no, order_no));
}

static bool wechat_bill(struct ctx *c, struct date day, struct str *csv)
{
	struct fetched got;
	struct str path = str_printf(c->arena, "/v3/bill/transfer-bills/%.*s", STR_FMT(date_format(c->arena, day)));
	bool good = wechat_call(c, "GET", path.p, STR_NONE, &got) && got.status == 200;
	if (good) *csv = got.body;
	return good;
}

static bool openid(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= '0' && s.p[i] <= '9') && !((s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'z') &&
		        s.p[i] != '_' && s.p[i] != '-')
			return false;
	return s.n >= 10 && s.n <= 64;
}

/* --- Alipay --- */

static bool alipay_call(struct ctx *c, const char *method, struct str content, struct value **out)
{
	struct provider_keys k;
	if (!provider_keys(c, "alipay", &k) || !k.own) return false;
	struct str at = instant_format(c->arena, c->now), stamp = str_printf(c->arena, "%.10s %.8s", at.p, at.p + 11);
	struct lottery_param p[12] = { { S("app_id"), k.merchant }, { S("method"), str_c(method) },
		{ S("format"), S("JSON") }, { S("charset"), S("utf-8") }, { S("sign_type"), S("RSA2") },
		{ S("timestamp"), stamp }, { S("version"), S("1.0") },
		{ S("notify_url"), S("/v1/lottery/payouts/callbacks/alipay") }, { S("biz_content"), content } };
	struct str raw = crypto_rsa_sign(c->arena, k.own, lottery_alipay_text(c->arena, p, 9, false));
	p[9] = (struct lottery_param){ S("sign"), str_base64(c->arena, raw.p, raw.n) };
	struct fetch f = { .base = k.base,
		.path = str_printf(c->arena, "%.*s/gateway.do", STR_FMT(k.prefix)).p,
		.media = "application/x-www-form-urlencoded",
		.body = lottery_alipay_form(c->arena, p, 10) };
	struct fetched got = fetch_call(c->arena, &f);
	struct buf name;
	buf_init(&name, c->arena, 80);
	for (const char *m = method; *m; m++)
		buf_char(&name, *m == '.' ? '_' : *m);
	buf_c(&name, "_response");
	if (got.status != 200) return false;
	bool good = lottery_alipay_answer_read(c->arena, k.theirs, got.body, buf_done(&name).p, out);
	if (!good) access_security(c, "payout-answer-refused", S("alipay"));
	return good;
}

static bool alipay_report(const struct value *v, struct str order_no, struct payout_report *out)
{
	struct str code = value_text(v, "code"), sub = value_text(v, "sub_code"), status = value_text(v, "status");
	struct str none = S("");
	*out = (struct payout_report){ .order_no = order_no, .provider_no = none, .reason = none };
	if (value_text(v, "order_id").n) out->provider_no = value_text(v, "order_id");
	if (value_text(v, "trans_amount").p && !money_parse(value_text(v, "trans_amount"), &out->amount)) return false;
	if (str_is(code, "10000")) {
		out->said = str_is(status, "SUCCESS") ? SAID_PAID : str_is(status, "FAIL") ? SAID_FAILED : SAID_PENDING;
	} else if (str_is(sub, "ORDER_NOT_EXIST")) {
		out->said = SAID_UNKNOWN;
	} else if (str_is(code, "40004")) {
		out->said = SAID_FAILED;
		out->reason = sub.p ? sub : none;
	} else {
		return false;
	}
	return str_is(code, "40004") || str_eq(value_text(v, "out_biz_no"), order_no);
}

static bool alipay_send(struct ctx *c, const struct payout *p, struct payout_report *out)
{
	struct value *v = value_object(c->arena), *payee, *got;
	value_put_str(c->arena, v, "out_biz_no", p->order_no);
	value_put_money(c->arena, v, "trans_amount", p->amount);
	value_put_c(c->arena, v, "product_code", "TRANS_ACCOUNT_NO_PWD");
	value_put_c(c->arena, v, "biz_scene", "DIRECT_TRANSFER");
	value_put_c(c->arena, v, "order_title", "有奖发票奖金");
	payee = value_put_object(c->arena, v, "payee_info");
	value_put_str(c->arena, payee, "identity", p->account);
	value_put_c(c->arena, payee, "identity_type", "ALIPAY_LOGON_ID");
	value_put_str(c->arena, payee, "name", p->name);
	return alipay_call(c, "alipay.fund.trans.uni.transfer", value_json(c->arena, v), &got) &&
	       alipay_report(got, p->order_no, out);
}

static bool alipay_query(struct ctx *c, struct str order_no, struct payout_report *out)
{
	struct value *v = value_object(c->arena), *got;
	value_put_str(c->arena, v, "out_biz_no", order_no);
	value_put_c(c->arena, v, "product_code", "TRANS_ACCOUNT_NO_PWD");
	value_put_c(c->arena, v, "biz_scene", "DIRECT_TRANSFER");
	return alipay_call(c, "alipay.fund.trans.common.query", value_json(c->arena, v), &got) &&
	       alipay_report(got, order_no, out);
}

static bool alipay_bill(struct ctx *c, struct date day, struct str *csv)
{
	struct value *v = value_object(c->arena), *got;
	value_put_c(c->arena, v, "bill_type", "signcustomer");
	value_put_date(c->arena, v, "bill_date", day);
	bool good = alipay_call(c, "alipay.data.dataservice.bill.query", value_json(c->arena, v), &got) &&
	            value_text(got, "bill").p;
	if (good) *csv = value_text(got, "bill");
	return good;
}

/* A mobile number or an address of mail. */
static bool logon(struct str s)
{
	return ids_mobile(s) == IDS_OK || (s.n >= 6 && s.n <= 64 && str_find(s, "@") > 0 && str_find(s, " ") < 0);
}

/* --- bank account, by etax-bank/1 --- */

static bool bank_call(struct ctx *c, const char *path, const struct value *message, struct str *answer)
{
	struct provider_keys k;
	struct payment_envelope e;
	struct str us = payment_bureau_name(c);
	if (!provider_keys(c, "bank", &k) || k.their_key.n != 65) return false;
	struct fetch f = { .base = k.base,
		.path = str_printf(c->arena, "%.*s%s", STR_FMT(k.prefix), path).p,
		.media = "application/json",
		.body = payment_seal(
		        c->arena, us, k.merchant, keys_seal(c->app->keys), c->now, value_json(c->arena, message)) };
	struct fetched got = fetch_call(c->arena, &f);
	if (got.status != 200) return false;
	bool good = payment_unseal(c->arena, got.body, k.merchant, us, (const unsigned char *)k.their_key.p, c->now,
	                    &e) == PAYMENT_OPENED;
	if (good) *answer = e.message;
	if (!good) access_security(c, "payout-answer-refused", S("bank"));
	return good;
}

static bool bank_order(struct ctx *c, struct str order_no, const char *path, struct value *v, struct payout_report *out)
{
	struct str answer;
	struct value *got;
	struct json_fault where;
	value_put_str(c->arena, v, "out_bill_no", order_no);
	if (!bank_call(c, path, v, &answer) || json_parse(c->arena, answer, &got, &where) != OK) return false;
	*out = (struct payout_report){ .order_no = order_no, .said = SAID_UNKNOWN };
	if (str_is(value_text(got, "state"), "UNKNOWN")) return str_eq(value_text(got, "out_bill_no"), order_no);
	return wechat_report_read(c->arena, answer, out) && str_eq(out->order_no, order_no);
}

static bool bank_send(struct ctx *c, const struct payout *p, struct payout_report *out)
{
	struct value *v = value_object(c->arena);
	value_put_c(c->arena, v, "kind", "payout");
	value_put_str(c->arena, v, "account", p->account);
	value_put_str(c->arena, v, "name", p->name);
	value_put_int(c->arena, v, "amount", p->amount.fen);
	return bank_order(c, p->order_no, "/payout", v, out);
}

static bool bank_query(struct ctx *c, struct str order_no, struct payout_report *out)
{
	struct value *v = value_object(c->arena);
	value_put_c(c->arena, v, "kind", "payout-query");
	return bank_order(c, order_no, "/payout-query", v, out);
}

static bool bank_bill(struct ctx *c, struct date day, struct str *csv)
{
	struct value *v = value_object(c->arena);
	value_put_c(c->arena, v, "kind", "payout-file");
	value_put_date(c->arena, v, "day", day);
	return bank_call(c, "/payout-file", v, csv);
}

static bool card(struct str s)
{
	return ids_card(s) == IDS_OK;
}

/* --- the table --- */

const struct provider providers[] = {
	{ "wechat", N_("微信钱包"), openid, wechat_send, wechat_query, wechat_bill },
	{ "alipay", N_("支付宝钱包"), logon, alipay_send, alipay_query, alipay_bill },
	{ "bank", N_("银行卡"), card, bank_send, bank_query, bank_bill },
	{ 0 },
};
const struct choice provider_choices[] = { { "wechat", N_("微信钱包") }, { "alipay", N_("支付宝钱包") },
	{ "bank", N_("银行卡") }, { 0 } };

const struct provider *provider_find(struct str code)
{
	for (const struct provider *k = providers; k->code; k++)
		if (str_is(code, k->code)) return k;
	return NULL;
}

/* "order,provider number,amount" a line; the last: "TOTAL,count,sum". */
bool payout_bill_read(struct arena *a, struct str csv, struct payout_line **out, size_t *n)
{
	struct csv_reader r;
	struct str row[4];
	size_t fields, room = 1;
	int64_t count;
	struct money sum = FEN(0), total;
	for (size_t i = 0; i < csv.n; i++)
		room += csv.p[i] == '\n';
	*n = 0;
	if (room > BILL_LINES_MAX) return false;
	*out = arena_array(a, room + 1, sizeof **out);
	csv_open(&r, csv);
	while (csv_read(&r, a, row, COUNT(row), &fields) == CSV_ROW) {
		struct payout_line *l = &(*out)[*n];
		if (fields != 3) return false;
		if (str_is(row[0], "TOTAL"))
			return str_to_int(row[1], &count) && money_parse(row[2], &total) && (size_t)count == *n &&
			       total.fen == sum.fen && csv_read(&r, a, row, COUNT(row), &fields) == CSV_END;
		*l = (struct payout_line){ row[0], row[1], FEN(0) };
		if (*n >= room || !row[0].n || row[0].n > 32 || !row[1].n || row[1].n > 64 ||
		        !money_parse(row[2], &l->amount) || !money_add(sum, l->amount, &sum))
			return false;
		(*n)++;
	}
	return false;
}

/* --- what providers say by themselves --- */

static const struct fault_def forged = { "signature", N_("报文签名不对，没有处理"), NULL, N_("电子签名法 第十三条") };
static const struct fault_def stale = { "stale", N_("报文时间和本机相差超过 5 分钟，请用现在的时间重新签名"), NULL,
	NULL };
static const struct fault_def unreadable = { "report", N_("报文内容不是一笔付款结果"), NULL, NULL };
static const struct fault_def no_order = { "order-unknown", N_("没有这个付款单号"), NULL, NULL };

struct said {
	const char *channel;
	struct str nonce;
	struct payout_report report;
	bool known;
};

/* The same nonce again is no news; the state table keeps a second booking away anyhow. */
static err_t hear(struct ctx *c, void *arg)
{
	struct said *s = arg;
	int64_t new;
	TRY(lottery_callback_insert(c, str_c(s->channel), s->nonce, c->now, &new));
	s->known = true;
	return new ? prize_apply(c, str_c(s->channel), &s->report, &s->known) : OK;
}

static err_t heard(struct ctx *c, struct said *s)
{
	TRY(db_write(c, hear, s));
	return s->known ? OK : RAISE(c, E_NOT_FOUND, &no_order);
}

static err_t refuse_forged(struct ctx *c, const char *channel)
{
	access_security(c, "payout-callback-forged", str_c(channel));
	return RAISE(c, E_FORBIDDEN, &forged);
}

err_t callback_wechat(struct ctx *c, const void *input, struct reply *out)
{
	const struct callback_in *in = input;
	struct provider_keys k;
	struct str plain, at = http_header(c->request, "Wechatpay-Timestamp"),
	                  nonce = http_header(c->request, "Wechatpay-Nonce");
	struct said s = { .channel = "wechat", .nonce = nonce };
	if (!provider_keys(c, "wechat", &k) || !k.theirs || !at.p || !nonce.p ||
	        !str_eq(http_header(c->request, "Wechatpay-Serial"), k.their_serial) ||
	        !lottery_wechat_answer_good(
	                c->arena, k.theirs, at, nonce, in->body, http_header(c->request, "Wechatpay-Signature")))
		return refuse_forged(c, "wechat");
	if (!fresh(at, c->now)) return RAISE(c, E_INPUT, &stale);
	if (!lottery_wechat_resource_open(c->arena, k.secret, in->body, &plain) ||
	        !wechat_report_read(c->arena, plain, &s.report))
		return RAISE(c, E_INPUT, &unreadable);
	TRY(heard(c, &s));
	out->value = value_object(c->arena);
	value_put_c(c->arena, out->value, "code", "SUCCESS");
	value_put_c(c->arena, out->value, "message", "");
	return OK;
}

err_t callback_alipay(struct ctx *c, const void *input, struct reply *out)
{
	const struct callback_in *in = input;
	struct provider_keys k;
	struct lottery_param p[LOTTERY_PARAMS_MAX];
	struct value *v;
	struct json_fault where;
	size_t n;
	struct said s = { .channel = "alipay" };
	if (!lottery_alipay_form_read(c->arena, in->body, p, &n)) return RAISE(c, E_INPUT, &unreadable);
	if (!provider_keys(c, "alipay", &k) || !k.theirs || !lottery_alipay_good(c->arena, k.theirs, p, n, true) ||
	        !str_eq(lottery_param_get(p, n, "app_id"), k.merchant))
		return refuse_forged(c, "alipay");
	struct str content = lottery_param_get(p, n, "biz_content"), time = lottery_param_get(p, n, "utc_timestamp");
	s.nonce = lottery_param_get(p, n, "notify_id");
	/* Milliseconds: the platform's own clock. */
	if (!fresh(str_sub(time.p ? time : S(""), 0, 10), c->now)) return RAISE(c, E_INPUT, &stale);
	if (!s.nonce.n || s.nonce.n > 128 || json_parse(c->arena, content.p ? content : S(""), &v, &where) != OK)
		return RAISE(c, E_INPUT, &unreadable);
	value_put_c(c->arena, v, "code", "10000");
	struct str order_no = value_text(v, "out_biz_no");
	if (!order_no.n || order_no.n > 32 || !alipay_report(v, order_no, &s.report))
		return RAISE(c, E_INPUT, &unreadable);
	TRY(heard(c, &s));
	out->bytes = S("success");
	out->media = "text/plain";
	return OK;
}

err_t callback_bank(struct ctx *c, const void *input, struct reply *out)
{
	const struct callback_in *in = input;
	struct provider_keys k;
	struct payment_envelope e;
	struct said s = { .channel = "bank" };
	enum payment_open open = PAYMENT_FORGED;
	if (provider_keys(c, "bank", &k) && k.their_key.n == 65)
		open = payment_unseal(c->arena, in->body, k.merchant, payment_bureau_name(c),
		        (const unsigned char *)k.their_key.p, c->now, &e);
	if (open == PAYMENT_STALE) return RAISE(c, E_INPUT, &stale);
	if (open != PAYMENT_OPENED) return refuse_forged(c, "bank");
	s.nonce = e.nonce;
	if (!wechat_report_read(c->arena, e.message, &s.report)) return RAISE(c, E_INPUT, &unreadable);
	TRY(heard(c, &s));
	out->value = value_object(c->arena);
	value_put_c(c->arena, out->value, "code", "SUCCESS");
	return OK;
}

static err_t forget(struct ctx *c, void *arg)
{
	(void)arg;
	return lottery_callbacks_forget(c, c->now - DAY, NULL);
}

err_t payouts_forget(struct ctx *c, struct str argument)
{
	(void)argument;
	return db_write(c, forget, NULL);
}
