/* The door of the official account: who may come in, what was asked before, what is answered (domain/invoice.md §9.1).
 * A message is taken when its signature is right, its time is within five minutes of ours, and it was not answered more
 * than a minute ago: WeChat itself repeats a message up to three times within seconds, and gets the same answer then.
 * What comes more often, and another message under a head that was used, is played back by somebody: refused, logged.
 */
#include "channel_sql.h"
#include "kernel/access/access.h"
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/keys/keys.h"
#include "kernel/limit/limit.h"
#include "services/invoice/channel/setting.h"
#include "services/invoice/channel/wechat.h"
#include "services/invoice/verify/verify.h"

#define SECOND_US INT64_C(1000000)
enum { WINDOW_SECONDS = 300, REPEAT_SECONDS = 60, REPEATS = 3, PER_SENDER = 30, KEEP_SECONDS = 86400 };

static const struct fault_def closed = { "wechat-closed", N_("公众号还没有开通"), NULL, NULL };
static const struct fault_def unsigned_one = { "wechat-signature", N_("签名不对，不是微信平台发来的"), NULL, NULL };
static const struct fault_def stale = { "wechat-stale", N_("这条消息的时间和现在相差太多"), NULL, NULL };
static const struct fault_def replayed = { "wechat-replay", N_("这条消息已经答复过"), NULL, NULL };
static const struct fault_def plain = { "wechat-plain", N_("已设消息加解密密钥，只收加密的消息"), NULL, NULL };
static const struct fault_def broken = { "wechat-message", N_("消息读不懂"), NULL, NULL };

/* One call, from the head to the answer. */
struct call {
	const struct wechat_in *in;
	struct str token, appid;
	unsigned char key[32];
	bool safe; /* in AES mode */
	struct wechat_message m;
};

static err_t refuse(struct ctx *c, err_t kind, const struct fault_def *def)
{
	access_security(c, def->code, STR_NONE);
	return RAISE(c, kind, def);
}

static bool signed_by(struct ctx *c, const struct call *w, struct str more, struct str signature)
{
	const struct str parts[] = { w->token, w->in->timestamp, w->in->nonce, more };
	struct str right = wechat_signature(c->arena, parts, more.p ? 4 : 3);
	return signature.n == right.n && str_eq_const_time(right, signature);
}

static err_t check_head(struct ctx *c, struct call *w)
{
	int64_t seconds;
	TRY(setting_read(c, "wechat.token", &w->token));
	TRY(setting_read(c, "wechat.appid", &w->appid));
	if (!w->token.p || !w->appid.p) return RAISE(c, E_FORBIDDEN, &closed);
	if (!signed_by(c, w, STR_NONE, w->in->signature)) return refuse(c, E_FORBIDDEN, &unsigned_one);
	if (!str_to_int(w->in->timestamp, &seconds) || seconds < c->now / SECOND_US - WINDOW_SECONDS ||
	        seconds > c->now / SECOND_US + WINDOW_SECONDS)
		return refuse(c, E_FORBIDDEN, &stale);
	return OK;
}

err_t wechat_bind(struct ctx *c, const void *input, struct reply *out)
{
	struct call w = { .in = input };
	TRY(check_head(c, &w));
	out->media = "text/plain; charset=utf-8";
	out->bytes = w.in->echostr.p ? w.in->echostr : S("");
	return OK;
}

static err_t open_safe(struct ctx *c, struct call *w)
{
	struct str text;
	TRY(setting_read(c, "wechat.aes_key", &text));
	if (!text.p || !wechat_key(c->arena, text, w->key)) return RAISE(c, E_FORBIDDEN, &closed);
	if (!signed_by(c, w, w->m.encrypted, w->in->msg_signature)) return refuse(c, E_FORBIDDEN, &unsigned_one);
	if (!wechat_open(c->arena, w->key, w->appid, w->m.encrypted, &text)) return refuse(c, E_FORBIDDEN, &broken);
	return wechat_read(c->arena, text, &w->m) && !w->m.encrypted.n ? OK : refuse(c, E_INPUT, &broken);
}

/* With a key in place the plain mode is shut: its signature does not cover the message. */
static err_t read_message(struct ctx *c, struct call *w)
{
	struct str key;
	w->safe = str_is(w->in->encrypt_type, "aes");
	if (!wechat_read(c->arena, w->in->xml, &w->m)) return refuse(c, E_INPUT, &broken);
	if (w->safe) return w->m.encrypted.n ? open_safe(c, w) : refuse(c, E_INPUT, &broken);
	TRY(setting_read(c, "wechat.aes_key", &key));
	if (key.p) return refuse(c, E_FORBIDDEN, &plain);
	return w->m.from.n ? OK : refuse(c, E_INPUT, &broken);
}

static err_t answer_asked(struct ctx *c, struct str from, struct str text, struct str *out)
{
	struct value *answer;
	if (!text.p || verify_is_help(text)) {
		*out = tr(c,
		        N_("查验发票：点菜单“扫码查验”，或者发来发票号码和价税合计，如：26332000000000000001 1130.00"));
		return OK;
	}
	TRY(verify_ask(c, text, from, &answer));
	*out = verify_long(c, answer);
	return OK;
}

/* STR_NONE: nothing is said. */
static err_t answer_message(struct ctx *c, const struct wechat_message *m, struct str *out)
{
	*out = STR_NONE;
	if (str_is(m->type, "event")) {
		if (m->scanned.n) return answer_asked(c, m->from, m->scanned, out);
		return str_is(m->event, "subscribe") || str_is(m->event, "CLICK")
		               ? answer_asked(c, m->from, STR_NONE, out)
		               : OK;
	}
	if (str_is(m->type, "image")) {
		*out = tr(c, N_("图片里的二维码这里读不了。请点菜单“扫码查验”，从相册里选这张图"));
		return OK;
	}
	return answer_asked(c, m->from, str_sub(m->content, 0, VERIFY_ASK_MAX), out);
}

/* --- answered once --- */

struct keep {
	struct str id, head, digest, answer;
	bool fresh, again; /* again: neither new nor one of the repeats */
};

static err_t keep_answer(struct ctx *c, void *arg)
{
	struct keep *k = arg;
	struct channel_head_get_row head;
	bool found;
	int64_t n;
	TRY(channel_head_put(c, k->head, k->id, c->now, NULL));
	TRY(channel_head_get(c, k->head, &head, &found));
	k->again = !found || !str_eq(head.message, k->id);
	if (k->again) return OK;
	TRY(channel_message_put(c, k->id, k->digest, k->answer, c->now, &n));
	k->fresh = n == 1;
	if (k->fresh) return OK;
	TRY(channel_message_repeat(c, REPEATS, k->id, &n));
	k->again = n == 0;
	return OK;
}

/* Asked before: the same within a minute, else it is played back by somebody. */
static err_t look_back(struct ctx *c, struct keep *k, bool *found)
{
	struct channel_message_get_row row;
	TRY(channel_message_get(c, k->id, &row, found));
	if (!*found) return OK;
	if (!str_eq(row.digest, k->digest) || c->now - row.at > REPEAT_SECONDS * SECOND_US)
		return refuse(c, E_FORBIDDEN, &replayed);
	k->answer = row.answer;
	return OK;
}

static void name_message(struct ctx *c, const struct call *w, struct keep *k)
{
	const struct wechat_message *m = &w->m;
	unsigned char digest[CRYPTO_SHA256_SIZE];
	struct str id = m->id.n ? m->id : m->created, key;
	struct str all = str_printf(c->arena, "%.*s\n%.*s\n%.*s\n%.*s", STR_FMT(m->type), STR_FMT(m->content),
	        STR_FMT(m->event), STR_FMT(m->scanned));
	crypto_sha256(all.p, all.n, digest);
	key = str_printf(c->arena, "wechat\n%.*s\n%.*s", STR_FMT(m->from), STR_FMT(id));
	struct str head =
	        str_printf(c->arena, "wechat-head\n%.*s\n%.*s", STR_FMT(w->in->timestamp), STR_FMT(w->in->nonce));
	*k = (struct keep){ .id = keys_lookup_hash(c->app->keys, c->arena, key),
		.head = keys_lookup_hash(c->app->keys, c->arena, head),
		.digest = str_hex(c->arena, digest, sizeof digest) };
}

static err_t answer_once(struct ctx *c, const struct call *w, struct str *content)
{
	struct keep k;
	bool found;
	name_message(c, w, &k);
	TRY(look_back(c, &k, &found));
	if (!found) {
		TRY(answer_message(c, &w->m, &k.answer));
		if (!k.answer.p) k.answer = S("");
	}
	TRY(db_write(c, keep_answer, &k));
	if (k.again) return refuse(c, E_FORBIDDEN, &replayed);
	if (!found && !k.fresh) TRY(look_back(c, &k, &found));
	*content = k.answer;
	return OK;
}

static err_t write_reply(struct ctx *c, const struct call *w, struct str content, struct reply *out)
{
	unsigned char random[16];
	out->media = "text/xml; charset=utf-8";
	out->bytes = S("success");
	if (!content.n) return OK;
	struct str xml = wechat_reply(c->arena, &w->m, c->now / SECOND_US, content);
	if (w->safe) {
		crypto_random(random, sizeof random);
		struct str sealed = wechat_seal(c->arena, w->key, w->appid, xml, random);
		struct str at = str_from_int(c->arena, c->now / SECOND_US), nonce = crypto_random_hex(c->arena, 8);
		const struct str parts[] = { w->token, at, nonce, sealed };
		if (!sealed.p) return E_INTERNAL;
		xml = wechat_envelope(c->arena, sealed, wechat_signature(c->arena, parts, 4), at, nonce);
	}
	out->bytes = xml;
	return OK;
}

err_t wechat_answer(struct ctx *c, const void *input, struct reply *out)
{
	struct call w = { .in = input };
	struct str content = S("");
	TRY(check_head(c, &w));
	TRY(read_message(c, &w));
	TRY(limit_sender(c, "wechat", w.m.from, PER_SENDER));
	TRY(answer_once(c, &w, &content));
	return write_reply(c, &w, content, out);
}

static err_t forget(struct ctx *c, void *arg)
{
	(void)arg;
	TRY(channel_head_forget(c, c->now - KEEP_SECONDS * SECOND_US, NULL));
	return channel_message_forget(c, c->now - KEEP_SECONDS * SECOND_US, NULL);
}

err_t wechat_forget(struct ctx *c, struct str argument)
{
	(void)argument;
	return db_write(c, forget, NULL);
}
