/* WeChat Pay APIv3: signatures in headers, callbacks encrypted. Pure; safe on any bytes (fuzz/payout_message_fuzz.c).
 */
#include "services/invoice/lottery/own.h"
#include <string.h>

#define SCHEMA "WECHATPAY2-SHA256-RSA2048 "
enum { TOKEN_MAX = 128, NONCE_SIZE = 12, TAG = 16 };

static struct str request_text(
        struct arena *a, struct str method, struct str path, struct str timestamp, struct str nonce, struct str body)
{
	return str_printf(a, "%.*s\n%.*s\n%.*s\n%.*s\n%.*s\n", STR_FMT(method), STR_FMT(path), STR_FMT(timestamp),
	        STR_FMT(nonce), (int)body.n, body.p ? body.p : "");
}

struct str lottery_wechat_authorization(struct arena *a, const struct crypto_key *key, struct str merchant,
        struct str serial, struct str method, struct str path, struct str body, instant_us now)
{
	struct str nonce = crypto_random_hex(a, 16), at = str_from_int(a, now / SECOND);
	struct str raw = crypto_rsa_sign(a, key, request_text(a, method, path, at, nonce, body));
	struct str signature = str_base64(a, raw.p, raw.n);
	return str_printf(a,
	        SCHEMA "mchid=\"%.*s\",nonce_str=\"%.*s\",signature=\"%.*s\",timestamp=\"%.*s\",serial_no=\"%.*s\"",
	        STR_FMT(merchant), STR_FMT(nonce), STR_FMT(signature), STR_FMT(at), STR_FMT(serial));
}

/* Letters, digits and what base64 has: nothing that could end a line of the signed text. */
static bool plain(struct str s, size_t most)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '"') return false;
	return s.n > 0 && s.n <= most;
}

bool lottery_wechat_authorization_read(struct arena *a, struct str header, struct lottery_wechat_head *out)
{
	static const char *const names[] = { "mchid", "nonce_str", "signature", "timestamp", "serial_no" };
	struct str *const values[] = { &out->merchant, &out->nonce, &out->signature, &out->timestamp, &out->serial };
	struct str rest, piece;
	unsigned seen = 0;
	(void)a;
	*out = (struct lottery_wechat_head){ 0 };
	if (!str_starts(header, SCHEMA)) return false;
	rest = str_sub(header, sizeof SCHEMA - 1, header.n);
	while (rest.n && str_split(&rest, ',', &piece)) {
		ptrdiff_t at = str_find(piece, "=\"");
		if (at < 0 || piece.p[piece.n - 1] != '"' || (size_t)at + 3 > piece.n) return false;
		struct str name = str_sub(piece, 0, (size_t)at),
		           value = str_sub(piece, (size_t)at + 2, piece.n - (size_t)at - 3);
		for (size_t i = 0; i < COUNT(names); i++)
			if (str_is(name, names[i])) {
				if (seen & 1u << i) return false;
				*values[i] = value;
				seen |= 1u << i;
			}
	}
	return seen == 31 && plain(out->merchant, TOKEN_MAX) && plain(out->nonce, TOKEN_MAX) &&
	       plain(out->timestamp, 12) && plain(out->serial, TOKEN_MAX) && plain(out->signature, 1024);
}

static bool signed_by(struct arena *a, const struct crypto_key *key, struct str text, struct str signature)
{
	struct str raw;
	return key && signature.n <= 1024 && str_unbase64(a, signature, &raw) && crypto_rsa_verify(key, text, raw);
}

bool lottery_wechat_request_good(struct arena *a, const struct lottery_wechat_head *h, const struct crypto_key *key,
        struct str method, struct str path, struct str body)
{
	return signed_by(a, key, request_text(a, method, path, h->timestamp, h->nonce, body), h->signature);
}

static struct str answer_text(struct arena *a, struct str timestamp, struct str nonce, struct str body)
{
	return str_printf(
	        a, "%.*s\n%.*s\n%.*s\n", STR_FMT(timestamp), STR_FMT(nonce), (int)body.n, body.p ? body.p : "");
}

struct str lottery_wechat_answer_signature(
        struct arena *a, const struct crypto_key *key, struct str timestamp, struct str nonce, struct str body)
{
	struct str raw = crypto_rsa_sign(a, key, answer_text(a, timestamp, nonce, body));
	return str_base64(a, raw.p, raw.n);
}

bool lottery_wechat_answer_good(struct arena *a, const struct crypto_key *key, struct str timestamp, struct str nonce,
        struct str body, struct str signature)
{
	return plain(timestamp, 12) && plain(nonce, TOKEN_MAX) &&
	       signed_by(a, key, answer_text(a, timestamp, nonce, body), signature);
}

/* --- resources --- */

static const char associated[] = "mch_payment";

struct str lottery_wechat_resource(
        struct arena *a, struct str secret, struct str id, struct str plain_text, instant_us now)
{
	struct str nonce = crypto_random_hex(a, NONCE_SIZE / 2);
	unsigned char *sealed = arena_alloc(a, plain_text.n + TAG);
	struct value *v = value_object(a), *r;
	crypto_gcm_seal((const unsigned char *)secret.p, (const unsigned char *)nonce.p, S("mch_payment"), plain_text,
	        sealed, sealed + plain_text.n);
	value_put_str(a, v, "id", id);
	value_put_instant(a, v, "create_time", now);
	value_put_c(a, v, "resource_type", "encrypt-resource");
	value_put_c(a, v, "event_type", "MCHTRANSFER.BILL.FINISHED");
	value_put_c(a, v, "summary", "商家转账单据终态通知");
	r = value_put_object(a, v, "resource");
	value_put_c(a, r, "original_type", "mch_payment");
	value_put_c(a, r, "algorithm", "AEAD_AES_256_GCM");
	value_put_str(a, r, "ciphertext", str_base64(a, sealed, plain_text.n + TAG));
	value_put_c(a, r, "associated_data", associated);
	value_put_str(a, r, "nonce", nonce);
	return value_json(a, v);
}

bool lottery_wechat_resource_open(struct arena *a, struct str secret, struct str body, struct str *plain_text)
{
	struct value *v;
	struct json_fault where;
	struct str sealed;
	if (secret.n != 32 || json_parse(a, body, &v, &where) != OK) return false;
	const struct value *r = value_get(v, S("resource"));
	if (!r || !str_is(value_text(r, "algorithm"), "AEAD_AES_256_GCM")) return false;
	struct str nonce = value_text(r, "nonce"), data = value_text(r, "associated_data"),
	           text = value_text(r, "ciphertext");
	if (nonce.n != NONCE_SIZE || !text.p || !str_unbase64(a, text, &sealed) || sealed.n < TAG) return false;
	struct str inner = { sealed.p, sealed.n - TAG };
	char *out = arena_alloc(a, inner.n + 1);
	*plain_text = (struct str){ out, inner.n };
	return crypto_gcm_open((const unsigned char *)secret.p, (const unsigned char *)nonce.p, data.p ? data : S(""),
	        inner, (const unsigned char *)sealed.p + inner.n, (unsigned char *)out);
}

/* --- a bill (商家转账单据) --- */

static const char *const states[] = { [SAID_PENDING] = "PROCESSING", [SAID_PAID] = "SUCCESS", [SAID_FAILED] = "FAIL" };

struct str wechat_report_write(struct arena *a, const struct payout_report *r)
{
	struct value *v = value_object(a);
	value_put_str(a, v, "out_bill_no", r->order_no);
	value_put_str(a, v, "transfer_bill_no", r->provider_no);
	value_put_c(a, v, "state", states[r->said]);
	value_put_int(a, v, "transfer_amount", r->amount.fen);
	if (r->reason.n) value_put_str(a, v, "fail_reason", r->reason);
	return value_json(a, v);
}

bool wechat_report_read(struct arena *a, struct str json, struct payout_report *out)
{
	struct value *v;
	struct json_fault where;
	*out = (struct payout_report){ .provider_no = S(""), .reason = S("") };
	if (json_parse(a, json, &v, &where) != OK || v->kind != VALUE_OBJECT) return false;
	struct str state = value_text(v, "state");
	out->order_no = value_text(v, "out_bill_no");
	if (!plain(out->order_no, 32)) return false;
	if (value_text(v, "transfer_bill_no").n) out->provider_no = value_text(v, "transfer_bill_no");
	if (value_text(v, "fail_reason").n) out->reason = value_text(v, "fail_reason");
	out->amount = FEN(value_number(v, "transfer_amount", 0));
	out->said = str_is(state, "SUCCESS")                              ? SAID_PAID
	            : str_is(state, "FAIL") || str_is(state, "CANCELLED") ? SAID_FAILED
	            : str_is(state, "ACCEPTED") || str_is(state, "PROCESSING") || str_is(state, "TRANSFERING") ||
	                            str_is(state, "WAIT_USER_CONFIRM")
	                    ? SAID_PENDING
	                    : SAID_NOTHING;
	bool bounded = out->provider_no.n <= 64 && out->reason.n <= 60 && (!out->reason.n || plain(out->reason, 60));
	return out->said != SAID_NOTHING && bounded &&
	       (out->said != SAID_PAID || (plain(out->provider_no, 64) && out->amount.fen > 0));
}
