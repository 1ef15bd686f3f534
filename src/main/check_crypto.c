#include "kernel/crypto/crypto.h"
#include "main/check.h"
#include "services/invoice/channel/wechat.h"
#include "services/invoice/lottery/draw.h"
#include <stdlib.h>
#include <string.h>

#define DRAW_ENTRIES_MAX 10000

static bool bytes_of(struct arena *a, const struct value *in, const char *key, struct str *out)
{
	return str_unhex(a, value_text(in, key), out);
}

static struct value *hex(struct arena *a, const void *p, size_t n)
{
	return value_str(a, str_hex(a, p, n));
}

/* WeChat (domain/invoice.md §9.1), by the code of the channel. */
static bool wx_parts(const struct value *in, bool encrypted, struct str parts[4])
{
	parts[0] = value_text(in, "token");
	parts[1] = value_text(in, "timestamp");
	parts[2] = value_text(in, "nonce");
	parts[3] = encrypted ? value_text(in, "encrypt") : S("");
	return parts[0].p && parts[1].p && parts[2].p && parts[3].p;
}

static struct value *wx_join(struct arena *a, const struct value *in, bool encrypted)
{
	struct str parts[4];
	if (!wx_parts(in, encrypted, parts)) return NULL;
	return value_str(a, wechat_signature(a, parts, encrypted ? 4 : 3));
}

static struct value *wx_signature(struct arena *a, const struct value *in)
{
	return wx_join(a, in, false);
}

static struct value *wx_signature_bad(struct arena *a, const struct value *in)
{
	struct value *right = wx_join(a, in, false);
	if (!right) return NULL;
	return value_str(a, str_eq_const_time(right->str, value_text(in, "signature")) ? S("ok") : S("reject"));
}

static struct value *wx_aes(struct arena *a, const struct value *in)
{
	unsigned char key[32];
	struct str message, appid = value_text(in, "appid"), encrypted = value_text(in, "encrypt");
	struct value *signature = wx_join(a, in, true);
	if (!signature || !wechat_key(a, value_text(in, "encodingAESKey"), key)) return NULL;
	if (!wechat_open(a, key, appid, encrypted, &message)) return NULL;
	struct value *v = value_object(a);
	value_put(a, v, "msg_signature", signature);
	value_put_str(a, v, "plaintext", message);
	return v;
}

static struct value *sm3(struct arena *a, const struct value *in)
{
	unsigned char digest[32];
	if (in->kind != VALUE_STR) return NULL;
	crypto_sm3(in->str.p, in->str.n, digest);
	return hex(a, digest, 32);
}

static struct value *sm4_ecb(struct arena *a, const struct value *in)
{
	struct str key, plain;
	if (!bytes_of(a, in, "key", &key) || key.n != 16 || !bytes_of(a, in, "pt", &plain) || plain.n % 16) return NULL;
	unsigned char *out = arena_alloc(a, plain.n + 1);
	if (!crypto_sm4_ecb_encrypt((const unsigned char *)key.p, plain, out)) return NULL;
	return hex(a, out, plain.n);
}

static struct value *sm2_verify(struct arena *a, const struct value *in)
{
	struct str point, signature, message = value_text(in, "msg_ascii"), id = value_text(in, "id");
	if (!bytes_of(a, in, "pub", &point) || point.n != 65 || !bytes_of(a, in, "sig_der", &signature)) return NULL;
	if (!message.p || !id.p) return NULL;
	struct crypto_key *key = crypto_sm2_public((const unsigned char *)point.p);
	bool good = key && crypto_sm2_verify_id(key, id, message, signature);
	crypto_key_free(key);
	return value_str(a, good ? S("ok") : S("fail"));
}

static struct value *drand_randomness(struct arena *a, const struct value *in)
{
	struct str signature;
	unsigned char digest[32];
	if (!bytes_of(a, in, "signature", &signature)) return NULL;
	crypto_sha256(signature.p, signature.n, digest);
	return hex(a, digest, 32);
}

static bool strings_of(struct arena *a, const struct value *list, struct str **out)
{
	if (!list || list->kind != VALUE_ARRAY || list->count > DRAW_ENTRIES_MAX) return false;
	struct str *s = *out = arena_array(a, list->count + 1U, sizeof **out);
	for (const struct value_member *m = list->first; m; m = m->next) {
		if (m->value->kind != VALUE_STR) return false;
		*s++ = m->value->str;
	}
	return true;
}

static struct value *draw(struct arena *a, const struct value *in)
{
	struct draw d = { .draw_id = value_text(in, "draw_id") };
	unsigned char seed[32], commitment[32];
	struct str *entries, *winners;
	int64_t n = value_number(in, "winners", -1);
	const struct value *list = value_get(in, S("entries"));
	if (!bytes_of(a, in, "server_secret", &d.secret) || !bytes_of(a, in, "public", &d.public_value)) return NULL;
	if (!d.draw_id.p || n < 0 || n > DRAW_ENTRIES_MAX || !strings_of(a, list, &entries)) return NULL;
	draw_commitment(d.secret, commitment);
	if (!str_eq(str_hex(a, commitment, 32), value_text(in, "commitment"))) return NULL;
	draw_seed(&d, seed);
	winners = arena_array(a, (size_t)n + 1, sizeof *winners);
	size_t got = draw_winners(a, seed, entries, list->count, winners, (size_t)n);
	struct value *v = value_object(a), *names;
	value_put(a, v, "seed", hex(a, seed, 32));
	names = value_put_array(a, v, "winners");
	for (size_t i = 0; i < got; i++)
		value_push(a, names, value_str(a, winners[i]));
	return v;
}

static struct value *tw_match(struct arena *a, const struct value *in)
{
	struct str *first, number = value_text(in, "number");
	const struct value *list = value_get(in, S("first_prize"));
	if (!number.p || !strings_of(a, list, &first)) return NULL;
	return value_int(a, draw_suffix_prize(first, list->count, number));
}

check_fn *check_crypto_group(struct str group)
{
	static const struct {
		const char *name;
		check_fn *fn;
	} groups[] = {
		{ "wx_signature", wx_signature },
		{ "wx_signature_bad", wx_signature_bad },
		{ "wx_aes", wx_aes },
		{ "sm3", sm3 },
		{ "sm4_ecb", sm4_ecb },
		{ "sm2_verify", sm2_verify },
		{ "drand_randomness", drand_randomness },
		{ "draw", draw },
		{ "tw_match", tw_match },
	};
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		if (str_is(group, groups[i].name)) return groups[i].fn;
	return NULL;
}
