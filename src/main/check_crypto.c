#include "kernel/crypto/crypto.h"
#include "main/check.h"
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

static int by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* WeChat: SHA-1 of the parts sorted bytewise and joined (domain/invoice.md §9.1). */
static struct value *wx_join(struct arena *a, const struct value *in, bool encrypted)
{
	struct str parts[4] = { value_text(in, "token"), value_text(in, "timestamp"), value_text(in, "nonce"),
		encrypted ? value_text(in, "encrypt") : S("") };
	struct buf b;
	unsigned char digest[20];
	qsort(parts, 4, sizeof *parts, by_bytes);
	buf_init(&b, a, 128);
	for (size_t i = 0; i < 4; i++) {
		if (!parts[i].p) return NULL;
		buf_str(&b, parts[i]);
	}
	crypto_sha1(b.p, b.n, digest);
	return hex(a, digest, 20);
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

/* 16 random bytes, length (4 bytes, big end first), message, application id, padding to 32. */
static bool wx_open(struct str plain, struct str appid, struct str *message)
{
	if (plain.n < 32) return false;
	const unsigned char *p = (const unsigned char *)plain.p;
	size_t pad = p[plain.n - 1];
	if (pad < 1 || pad > 32 || pad > plain.n - 20) return false;
	for (size_t i = 0; i < pad; i++)
		if (p[plain.n - 1 - i] != pad) return false;
	size_t n = (size_t)p[16] << 24 | (size_t)p[17] << 16 | (size_t)p[18] << 8 | p[19], body = plain.n - 20 - pad;
	if (n > body || body - n != appid.n || memcmp(p + 20 + n, appid.p, appid.n) != 0) return false;
	*message = (struct str){ plain.p + 20, n };
	return true;
}

static struct value *wx_aes(struct arena *a, const struct value *in)
{
	struct str text_key = value_text(in, "encodingAESKey"), appid = value_text(in, "appid"), key, sealed, message;
	if (text_key.n != 43 || !appid.p || !str_unbase64(a, value_text(in, "encrypt"), &sealed)) return NULL;
	/* The 43rd digit has two bits too many and platforms do not clear them, so strict Base64 with "=" would refuse
	 * it: a digit is appended, and the 33rd byte is left alone. */
	if (!str_unbase64(a, str_printf(a, "%.*sA", STR_FMT(text_key)), &key) || key.n != 33) return NULL;
	if (!sealed.n || sealed.n % 16) return NULL;
	unsigned char *plain = arena_alloc(a, sealed.n);
	const unsigned char *k = (const unsigned char *)key.p;
	struct value *signature = wx_join(a, in, true);
	if (!signature || !crypto_cbc_decrypt(k, k, sealed, plain)) return NULL;
	if (!wx_open((struct str){ (const char *)plain, sealed.n }, appid, &message)) return NULL;
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
