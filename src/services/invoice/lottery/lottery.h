/* Invoice lottery (有奖发票, A11): schemes as data, instant and periodic draws that anybody can run again, a pool that never goes
 * below zero, payouts exactly once. Services call only what is here; the sandbox's wallets speak the providers' own protocols. */
#ifndef INVOICE_LOTTERY_H
#define INVOICE_LOTTERY_H
#include "kernel/crypto/crypto.h"
#include "kernel/operation/service.h"

/* --- for the sandbox's providers --- */

/* The keys of a payout provider (wechat, alipay, bank), and where it listens (STR_NONE: in this server). Our own key pair is made
 * when there is none. their_key: RSA public key (DER), or the SM2 point of a bank. secret: APIv3 key of WeChat Pay. In db_write. */
struct lottery_provider {
	struct str channel, address, merchant, their_key, their_serial, secret;
};
MUST_USE err_t lottery_provider_register(struct ctx *c, const struct lottery_provider *p);
/* Our public key at that provider (DER); STR_NONE: not registered. */
MUST_USE err_t lottery_merchant_key(struct ctx *c, struct str channel, struct str *der);

/* For the books of the sandbox's providers: what became of an order number. */
enum lottery_fate { LOTTERY_FATE_NONE, LOTTERY_FATE_OPEN, LOTTERY_FATE_PAID, LOTTERY_FATE_FAILED };
MUST_USE err_t lottery_fate(struct ctx *c, struct str order_no, enum lottery_fate *fate, struct money *amount);

/* --- WeChat Pay APIv3 and Alipay open platform, as both ends need them: pure, safe on any bytes --- */

/* "method\npath\ntimestamp\nnonce\nbody\n", RSA-SHA256, as WECHATPAY2-SHA256-RSA2048. */
struct lottery_wechat_head {
	struct str merchant, nonce, timestamp, serial, signature; /* signature: base64 */
};
struct str lottery_wechat_authorization(struct arena *a, const struct crypto_key *key, struct str merchant,
        struct str serial, struct str method, struct str path, struct str body, instant_us now);
bool lottery_wechat_authorization_read(struct arena *a, struct str header, struct lottery_wechat_head *out);
bool lottery_wechat_request_good(struct arena *a, const struct lottery_wechat_head *h, const struct crypto_key *key,
        struct str method, struct str path, struct str body);
/* Answers and callbacks are signed over "timestamp\nnonce\nbody\n" in headers of their own. */
struct str lottery_wechat_answer_signature(
        struct arena *a, const struct crypto_key *key, struct str timestamp, struct str nonce, struct str body);
bool lottery_wechat_answer_good(struct arena *a, const struct crypto_key *key, struct str timestamp, struct str nonce,
        struct str body, struct str signature);
/* The encrypted resource of a callback: AES-256-GCM under the APIv3 key. */
struct str lottery_wechat_resource(
        struct arena *a, struct str secret, struct str id, struct str plain, instant_us now); /* the callback's body */
bool lottery_wechat_resource_open(struct arena *a, struct str secret, struct str body, struct str *plain);

/* Parameters of the Alipay gateway: sorted by name, "name=value" joined by &, RSA2 over it (without sign; of what comes to us
 * without sign_type too). */
enum { LOTTERY_PARAMS_MAX = 40 };
struct lottery_param {
	struct str name, value;
};
bool lottery_alipay_form_read(struct arena *a, struct str body, struct lottery_param *out, size_t *n);
struct str lottery_alipay_form(struct arena *a, const struct lottery_param *p, size_t n);
struct str lottery_param_get(const struct lottery_param *p, size_t n, const char *name);
struct str lottery_alipay_text(struct arena *a, const struct lottery_param *p, size_t n, bool incoming);
bool lottery_alipay_good(
        struct arena *a, const struct crypto_key *key, const struct lottery_param *p, size_t n, bool incoming);
/* The text of a member of a JSON object as it stands, which is what the gateway signs: {"NAME_response":{…},"sign":"…"}. */
bool lottery_alipay_answer_read(
        struct arena *a, const struct crypto_key *key, struct str body, const char *name, struct value **out);
struct str lottery_alipay_answer(struct arena *a, const struct crypto_key *key, const char *name, struct str node);

#define LOTTERY_CLOCK_SECONDS 300
#endif
