/* Work instead of a picture puzzle: who has a machine solve a small riddle may ask in bulk without an account, and
 * nobody is followed. Nothing is stored: challenge and token carry a keyed check, and a solution always gives the same
 * token. */
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/keys/keys.h"
#include "kernel/limit/limit.h"
#include "services/invoice/channel/setting.h"
#include "services/invoice/verify/verify.h"

#define SECOND_US INT64_C(1000000)
enum { BITS = 18, CHALLENGE_SECONDS = 300, TOKEN_SECONDS = 3600, TOKEN_CALLS = 600, CHECK_HEX = 32 };

static const struct fault_def bad_challenge = { "challenge", N_("这道题过期了或不是这里出的，请重新取一道"), NULL,
	NULL };
static const struct fault_def unsolved = { "challenge-unsolved", N_("还没有解开：摘要开头要有 {1} 个零比特"), NULL,
	NULL };
static const struct fault_def bad_token = { "verify-token", N_("令牌过期了或不是这里发的，请重新取"), NULL, NULL };

static struct str check_of(struct ctx *c, const char *what, struct str text)
{
	struct str all = str_printf(c->arena, "%s\n%.*s", what, STR_FMT(text));
	return str_sub(keys_lookup_hash(c->app->keys, c->arena, all), 0, CHECK_HEX);
}

/* EXPIRY.RANDOM.CHECK */
static struct str sealed(struct ctx *c, const char *what, int64_t expires, struct str random)
{
	struct str text = str_printf(c->arena, "%lld.%.*s", (long long)expires, STR_FMT(random));
	return str_printf(c->arena, "%.*s.%.*s", STR_FMT(text), STR_FMT(check_of(c, what, text)));
}

static bool opened(struct ctx *c, const char *what, struct str text, int64_t *expires, struct str *random)
{
	struct str rest = text, first, check;
	if (!str_split(&rest, '.', &first) || !str_to_int(first, expires) || !str_split(&rest, '.', random) ||
	        !str_split(&rest, '.', &check) || rest.p || *expires < c->now / SECOND_US)
		return false;
	return str_eq_const_time(check, check_of(c, what, str_sub(text, 0, first.n + 1 + random->n)));
}

static int zero_bits(const unsigned char *p, size_t n)
{
	int bits = 0;
	for (size_t i = 0; i < n; i++) {
		if (p[i]) return bits + __builtin_clz(p[i]) - 24;
		bits += 8;
	}
	return bits;
}

static err_t challenge(struct ctx *c, struct reply *out)
{
	int64_t expires = c->now / SECOND_US + CHALLENGE_SECONDS;
	out->value = value_object(c->arena);
	value_put_str(
	        c->arena, out->value, "challenge", sealed(c, "challenge", expires, crypto_random_hex(c->arena, 16)));
	value_put_int(c->arena, out->value, "bits", BITS);
	value_put_str(c->arena, out->value, "token", STR_NONE);
	value_put_int(c->arena, out->value, "per_minute", TOKEN_CALLS);
	value_put_instant(c->arena, out->value, "expires_at", expires * SECOND_US);
	return OK;
}

err_t token_make(struct ctx *c, const void *input, struct reply *out)
{
	const struct token_in *in = input;
	unsigned char digest[CRYPTO_SHA256_SIZE];
	struct str random;
	int64_t expires;
	if (!in->challenge.p) return challenge(c, out);
	if (!opened(c, "challenge", in->challenge, &expires, &random)) return RAISE(c, E_CONFLICT, &bad_challenge);
	struct str all =
	        str_printf(c->arena, "%.*s.%.*s", STR_FMT(in->challenge), STR_FMT(in->nonce.p ? in->nonce : S("")));
	crypto_sha256(all.p, all.n, digest);
	if (zero_bits(digest, sizeof digest) < BITS)
		return RAISE(c, E_CONFLICT, &unsolved, str_from_int(c->arena, BITS));
	expires += TOKEN_SECONDS;
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "challenge", in->challenge);
	value_put_int(c->arena, out->value, "bits", BITS);
	value_put_str(c->arena, out->value, "token", sealed(c, "token", expires, random));
	value_put_int(c->arena, out->value, "per_minute", TOKEN_CALLS);
	value_put_instant(c->arena, out->value, "expires_at", expires * SECOND_US);
	return OK;
}

static struct str words_of(struct ctx *c, const struct spoken_in *in)
{
	struct buf text;
	buf_init(&text, c->arena, 64);
	buf_str(&text, in->number);
	if (in->has_date) buf_printf(&text, " %s", date_format(c->arena, in->date).p);
	if (in->has_total) buf_printf(&text, " %s", money_format(c->arena, in->total).p);
	return buf_done(&text);
}

err_t token_verify(struct ctx *c, const void *input, struct reply *out)
{
	const struct bulk_in *in = input;
	struct str random;
	int64_t expires;
	if (!opened(c, "token", in->token, &expires, &random)) return RAISE(c, E_FORBIDDEN, &bad_token);
	TRY(limit_sender(c, "verify-token", random, TOKEN_CALLS));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "results"), *one;
	for (size_t i = 0; i < in->n_items; i++) {
		TRY(verify_ask(c, words_of(c, &in->items[i]), STR_NONE, &one));
		value_push(c->arena, list, one);
	}
	return OK;
}
