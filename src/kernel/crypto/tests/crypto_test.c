/* Vectors: GB/T 32905, 32907, 32918.5 (domain/invoice §10), RFC 6238 appendix B, RFC 4231, RFC 8032, RFC 4648. */
#include "kernel/crypto/crypto.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct str hex(struct arena *a, const char *text)
{
	struct str out;
	assert_true(str_unhex(a, str_c(text), &out));
	return out;
}

static void digests(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	unsigned char out[64];
	crypto_sm3("abc", 3, out);
	assert_string_equal(str_hex(a, out, 32).p, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
	crypto_sm3("", 0, out);
	assert_string_equal(str_hex(a, out, 32).p, "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b");
	crypto_sha256("abc", 3, out);
	assert_string_equal(str_hex(a, out, 32).p, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	crypto_sha256_two("a", 1, "bc", 2, out + 32);
	assert_memory_equal(out, out + 32, 32);
	crypto_sha1("1763894400884201fapiaocheck", 27, out);
	assert_string_equal(str_hex(a, out, 20).p, "84d47673331d5cb9ede01b98ea2c6f6cdbb070aa");
	struct crypto_hash *h = crypto_hash_new(a, CRYPTO_SHA256);
	for (int round = 0; round < 2; round++) {
		crypto_hash_add(h, "ab", 2);
		crypto_hash_add(h, "c", 1);
		crypto_hash_end(h, out + 32);
		crypto_sha256("abc", 3, out);
		assert_memory_equal(out, out + 32, 32);
	}
	crypto_hmac_sha256(S("Jefe"), S("what do ya want for nothing?"), out);
	assert_string_equal(str_hex(a, out, 32).p, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	arena_free(a);
}

/* Our SM3 against OpenSSL's, at each length around the ends of blocks. */
static void sm3_is_that_of_the_library(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct crypto_hash *h = crypto_hash_new(a, CRYPTO_SM3);
	unsigned char message[1000], ours[32], theirs[32];
	for (size_t i = 0; i < sizeof message; i++)
		message[i] = (unsigned char)(i * 31 + i / 251);
	for (size_t n = 0; n <= sizeof message; n++) {
		crypto_sm3(message, n, ours);
		crypto_hash_add(h, message, n);
		crypto_hash_end(h, theirs);
		assert_memory_equal(ours, theirs, 32);
	}
	arena_free(a);
}

/* Any number of messages of any lengths, as each alone. */
static void many_messages_at_once(void **state)
{
	(void)state;
	enum { MOST = 40 };
	unsigned char message[4000], alone[32];
	struct crypto_sm3_work list[MOST];
	for (size_t i = 0; i < sizeof message; i++)
		message[i] = (unsigned char)(i * 17 + i / 241);
	for (size_t n = 0; n <= MOST; n++) {
		for (size_t i = 0; i < n; i++) {
			size_t length = (n * 977 + i * i * 131) % (i % 5 ? 300 : 3900);
			list[i] = (struct crypto_sm3_work){ .p = message + i, .n = length };
		}
		crypto_sm3_many(list, n);
		for (size_t i = 0; i < n; i++) {
			crypto_sm3(list[i].p, list[i].n, alone);
			assert_memory_equal(list[i].out, alone, 32);
		}
	}
}

static void two_short_ones_at_once(void **state)
{
	(void)state;
	unsigned char p[CRYPTO_SHORT_MAX], q[CRYPTO_SHORT_MAX], alone[32], a[32], b[32];
	struct crypto_hmac_key key;
	crypto_hmac_key_set(&key, S("a key"));
	for (size_t i = 0; i < sizeof p; i++) {
		p[i] = (unsigned char)(i * 7 + 1);
		q[i] = (unsigned char)(i * 13 + 5);
	}
	for (size_t n = 0; n <= CRYPTO_SHORT_MAX; n++) {
		crypto_sha256_short_two(p, q, n, a, b);
		crypto_sha256(p, n, alone);
		assert_memory_equal(a, alone, 32);
		crypto_sha256(q, n, alone);
		assert_memory_equal(b, alone, 32);
		if (n > 55) continue;
		crypto_hmac_short_two(&key, p, q, n, a, b);
		crypto_hmac_sha256(S("a key"), (struct str){ (const char *)p, n }, alone);
		assert_memory_equal(a, alone, 32);
		crypto_hmac_sha256(S("a key"), (struct str){ (const char *)q, n }, alone);
		assert_memory_equal(b, alone, 32);
	}
}

static void ciphers(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct str k = hex(a, "0123456789abcdeffedcba9876543210");
	unsigned char out[64], back[64], tag[16], key[32] = { 7 }, nonce[12] = { 9 };
	assert_true(crypto_sm4_ecb_encrypt((const unsigned char *)k.p, k, out));
	assert_string_equal(str_hex(a, out, 16).p, "681edf34d206965e86b3e94f536e4246");
	assert_true(crypto_sm4_ecb_decrypt((const unsigned char *)k.p, (struct str){ (char *)out, 16 }, back));
	assert_memory_equal(back, k.p, 16);
	assert_false(crypto_sm4_ecb_encrypt((const unsigned char *)k.p, S("odd"), out));
	assert_true(crypto_cbc_encrypt(key, key, S("0123456789abcdef0123456789abcdef"), out));
	assert_true(crypto_cbc_decrypt(key, key, (struct str){ (char *)out, 32 }, back));
	assert_memory_equal(back, "0123456789abcdef0123456789abcdef", 32);
	assert_false(crypto_cbc_decrypt(key, key, (struct str){ (char *)out, 31 }, back));
	crypto_gcm_seal(key, nonce, S("aad"), S("geheim"), out, tag);
	assert_true(crypto_gcm_open(key, nonce, S("aad"), (struct str){ (char *)out, 6 }, tag, back));
	assert_memory_equal(back, "geheim", 6);
	assert_false(crypto_gcm_open(key, nonce, S("aae"), (struct str){ (char *)out, 6 }, tag, back));
	out[0] ^= 1;
	assert_false(crypto_gcm_open(key, nonce, S("aad"), (struct str){ (char *)out, 6 }, tag, back));
	arena_free(a);
}

static void sm2(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct str pub = hex(a, "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
	                        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13");
	struct str sig = hex(a, "3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
	                        "022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa");
	struct crypto_key *k = crypto_sm2_public((const unsigned char *)pub.p);
	assert_non_null(k);
	assert_true(crypto_sm2_verify(k, S("message digest"), sig));
	assert_false(crypto_sm2_verify_id(k, S("ALICE123@YAHOO.COM"), S("message digest"), sig));
	assert_false(crypto_sm2_verify_id(k, S(""), S("message digest"), sig));
	assert_false(crypto_sm2_verify(k, S("message digesu"), sig));
	assert_false(crypto_sm2_verify(k, S("message digest"), S("nonsense")));
	crypto_key_free(k);
	unsigned char bad[65];
	memcpy(bad, pub.p, 65);
	bad[64] ^= 1;
	assert_null(crypto_sm2_public(bad)); /* not on the curve */

	k = crypto_sm2_new();
	unsigned char out[CRYPTO_SM2_SIG_MAX], point[65], point2[65];
	size_t n = crypto_sm2_sign(k, S("act"), out);
	crypto_sm2_point(k, point);
	struct crypto_key *p = crypto_sm2_public(point);
	assert_true(crypto_sm2_verify(p, S("act"), (struct str){ (char *)out, n }));
	struct crypto_key *again = crypto_sm2_from_der(crypto_sm2_der(a, k));
	assert_non_null(again);
	crypto_sm2_point(again, point2);
	assert_memory_equal(point, point2, 65);
	n = crypto_sm2_sign(again, S("other"), out);
	assert_true(crypto_sm2_verify(k, S("other"), (struct str){ (char *)out, n }));
	assert_null(crypto_sm2_from_der(S("not a key")));
	assert_true(str_starts(crypto_key_pem(a, p), "-----BEGIN PUBLIC KEY-----"));
	crypto_key_free(again);
	crypto_key_free(p);
	crypto_key_free(k);
	arena_free(a);
}

static void ed25519(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	/* RFC 8032 §7.1 test 2 */
	struct str seed = hex(a, "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
	struct crypto_key *k = crypto_ed25519_from_seed((const unsigned char *)seed.p);
	unsigned char pub[32], sig[64];
	crypto_ed25519_public_bytes(k, pub);
	assert_string_equal(str_hex(a, pub, 32).p, "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
	crypto_ed25519_sign(k, S("\x72"), sig);
	assert_string_equal(str_hex(a, sig, 64).p, "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	                                           "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
	struct crypto_key *p = crypto_ed25519_public(pub);
	assert_true(crypto_ed25519_verify(p, S("\x72"), sig));
	assert_false(crypto_ed25519_verify(p, S("\x73"), sig));
	sig[3] ^= 1;
	assert_false(crypto_ed25519_verify(p, S("\x72"), sig));
	crypto_key_free(p);
	crypto_key_free(k);
	arena_free(a);
}

static void passwords(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct str h = crypto_password_hash(a, S("sandbox"));
	assert_true(str_starts(h, "$argon2id$v=19$m=19456,t=2,p=1$"));
	assert_true(crypto_password_verify(h, S("sandbox")));
	assert_false(crypto_password_verify(h, S("sandboX")));
	assert_false(crypto_password_verify(h, S("")));
	assert_false(crypto_password_verify(S("$argon2id$broken"), S("sandbox")));
	assert_false(crypto_password_verify(STR_NONE, S("sandbox")));
	assert_false(crypto_password_stale(h));
	/* vector of the reference implementation: argon2id, t=2, m=65536, p=1, "password", salt "somesalt" */
	struct str old = S("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc");
	assert_true(crypto_password_verify(old, S("password")));
	assert_true(crypto_password_stale(old));
	assert_false(str_eq(h, crypto_password_hash(a, S("sandbox")))); /* salted */
	arena_free(a);
}

static void totp(void **state)
{
	(void)state;
	struct str s1 = S("12345678901234567890"), s256 = S("12345678901234567890123456789012");
	struct str s512 = S("1234567890123456789012345678901234567890123456789012345678901234");
	assert_int_equal(crypto_totp(CRYPTO_SHA1, s1, 59, 8), 94287082);
	assert_int_equal(crypto_totp(CRYPTO_SHA256, s256, 59, 8), 46119246);
	assert_int_equal(crypto_totp(CRYPTO_SHA512, s512, 59, 8), 90693936);
	assert_int_equal(crypto_totp(CRYPTO_SHA1, s1, 1111111109, 8), 7081804);
	assert_int_equal(crypto_totp(CRYPTO_SHA1, s1, 20000000000, 8), 65353130);
	assert_int_equal(crypto_totp(CRYPTO_SHA256, s256, 20000000000, 8), 77737706);
	int64_t step = 0;
	assert_true(crypto_totp_verify(s1, 59 + 29, S("287082"), &step));
	assert_int_equal(step, 1);
	assert_false(crypto_totp_verify(s1, 59 + 61, S("287082"), &step));
	assert_false(crypto_totp_verify(s1, 59, S("287083"), &step));
	assert_false(crypto_totp_verify(s1, 59, S("28708"), &step));
}

static void base32(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	static const char *const v[][2] = { { "", "" }, { "f", "MY" }, { "fo", "MZXQ" }, { "foo", "MZXW6" },
		{ "foob", "MZXW6YQ" }, { "foobar", "MZXW6YTBOI" } };
	for (size_t i = 0; i < 6; i++) {
		struct str back;
		assert_true(str_is(crypto_base32(a, v[i][0], strlen(v[i][0])), v[i][1]));
		assert_true(crypto_unbase32(a, str_c(v[i][1]), &back));
		assert_int_equal(back.n, strlen(v[i][0]));
		assert_memory_equal(back.p, v[i][0], back.n);
	}
	struct str back;
	assert_true(crypto_unbase32(a, S("mzxw 6ytb oi======"), &back));
	assert_true(str_is(back, "foobar"));
	assert_false(crypto_unbase32(a, S("M1"), &back));
	assert_false(crypto_unbase32(a, S("MZ"), &back));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests),
		cmocka_unit_test(sm3_is_that_of_the_library),
		cmocka_unit_test(many_messages_at_once),
		cmocka_unit_test(two_short_ones_at_once),
		cmocka_unit_test(ciphers),
		cmocka_unit_test(sm2),
		cmocka_unit_test(ed25519),
		cmocka_unit_test(passwords),
		cmocka_unit_test(totp),
		cmocka_unit_test(base32),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
