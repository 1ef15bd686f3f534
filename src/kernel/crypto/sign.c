/* Signatures: Ed25519 and SM2 with SM3. */
#include "kernel/crypto/crypto.h"
#include "kernel/crypto/crypto_fail.h"
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

struct crypto_key {
	EVP_PKEY *pkey;
};

static struct crypto_key *key_of(EVP_PKEY *pkey)
{
	if (!pkey) {
		ERR_clear_error();
		return NULL;
	}
	struct crypto_key *k = malloc(sizeof(*k));
	if (!k) crypto_fail("malloc");
	k->pkey = pkey;
	return k;
}

void crypto_key_free(struct crypto_key *k)
{
	if (!k) return;
	EVP_PKEY_free(k->pkey);
	free(k);
}

struct crypto_key *crypto_ed25519_new(void)
{
	unsigned char seed[32];
	crypto_random(seed, sizeof(seed));
	struct crypto_key *k = crypto_ed25519_from_seed(seed);
	crypto_wipe(seed, sizeof(seed));
	return k;
}

struct crypto_key *crypto_ed25519_from_seed(const unsigned char seed[32])
{
	struct crypto_key *k = key_of(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32));
	if (!k) crypto_fail("ed25519");
	return k;
}

struct crypto_key *crypto_ed25519_public(const unsigned char public_key[32])
{
	return key_of(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, 32));
}

/* The y of the points whose order divides eight; the sign of x is the last bit, and does not matter. What is not below
 * 2^255 - 19 is another spelling of a small number. */
bool crypto_ed25519_sound(const unsigned char public_key[32])
{
	static const unsigned char small[][32] = { { 0 }, { 1 },
		{ 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
		        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
		{ 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
		        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a } };
	unsigned char y[32];
	bool high = true; /* all but the lowest byte as in the prime */
	memcpy(y, public_key, sizeof y);
	y[31] &= 0x7f;
	for (size_t i = 1; i < 31; i++)
		high = high && y[i] == 0xff;
	if (high && y[31] == 0x7f && y[0] >= 0xec) return false; /* -1, and what lies beyond */
	for (size_t i = 0; i < sizeof small / sizeof *small; i++)
		if (memcmp(y, small[i], sizeof y) == 0) return false;
	return true;
}

void crypto_ed25519_public_bytes(const struct crypto_key *k, unsigned char out[32])
{
	size_t n = 32;
	if (!EVP_PKEY_get_raw_public_key(k->pkey, out, &n) || n != 32) crypto_fail("ed25519");
}

void crypto_ed25519_seed(const struct crypto_key *k, unsigned char out[32])
{
	size_t n = 32;
	if (!EVP_PKEY_get_raw_private_key(k->pkey, out, &n) || n != 32) crypto_fail("ed25519");
}

void crypto_ed25519_sign(const struct crypto_key *k, struct str message, unsigned char out[64])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n = 64;
	if (!ctx || !EVP_DigestSignInit(ctx, NULL, NULL, NULL, k->pkey) ||
	        !EVP_DigestSign(ctx, out, &n, (const unsigned char *)message.p, message.n) || n != 64)
		crypto_fail("ed25519 sign");
	EVP_MD_CTX_free(ctx);
}

bool crypto_ed25519_verify(const struct crypto_key *k, struct str message, const unsigned char signature[64])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	if (!ctx || !EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, k->pkey)) crypto_fail("ed25519 verify");
	bool ok = EVP_DigestVerify(ctx, signature, 64, (const unsigned char *)message.p, message.n) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

struct crypto_key *crypto_sm2_new(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
	EVP_PKEY *pkey = NULL;
	if (!ctx || EVP_PKEY_keygen_init(ctx) <= 0 || EVP_PKEY_generate(ctx, &pkey) <= 0) crypto_fail("sm2 key");
	EVP_PKEY_CTX_free(ctx);
	return key_of(pkey);
}

struct crypto_key *crypto_sm2_from_der(struct str private_key)
{
	const unsigned char *p = (const unsigned char *)private_key.p;
	EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &p, (long)private_key.n);
	if (pkey && !EVP_PKEY_is_a(pkey, "SM2")) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	return key_of(pkey);
}

struct crypto_key *crypto_sm2_public(const unsigned char point[65])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	if (!ctx || !bld || !OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0) ||
	        !OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point, 65))
		crypto_fail("sm2 key");
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
	EVP_PKEY *pkey = NULL;
	if (!params || EVP_PKEY_fromdata_init(ctx) <= 0) crypto_fail("sm2 key");
	if (EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) <= 0) pkey = NULL;
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(ctx);
	return key_of(pkey);
}

static struct str private_der(struct arena *a, const struct crypto_key *k)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(k->pkey);
	unsigned char *der = NULL;
	int n = info ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : -1;
	if (n <= 0) crypto_fail("private key");
	struct str out = { arena_dup(a, der, (size_t)n), (size_t)n };
	OPENSSL_clear_free(der, (size_t)n);
	PKCS8_PRIV_KEY_INFO_free(info);
	return out;
}

struct str crypto_sm2_der(struct arena *a, const struct crypto_key *k)
{
	return private_der(a, k);
}

void crypto_sm2_point(const struct crypto_key *k, unsigned char out[65])
{
	size_t n = 0;
	if (!EVP_PKEY_get_octet_string_param(k->pkey, OSSL_PKEY_PARAM_PUB_KEY, out, 65, &n)) crypto_fail("sm2 point");
	if (n == 65) return;
	/* A key read from DER may hold the compressed form: ask for the other one. */
	unsigned char *encoded = NULL;
	if (!EVP_PKEY_set_utf8_string_param(k->pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed") ||
	        EVP_PKEY_get1_encoded_public_key(k->pkey, &encoded) != 65)
		crypto_fail("sm2 point");
	memcpy(out, encoded, 65);
	OPENSSL_free(encoded);
}

static EVP_MD_CTX *sm2_context(const struct crypto_key *k, struct str id)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = EVP_PKEY_CTX_new(k->pkey, NULL);
	if (!ctx || !pctx || id.n > 8191 || EVP_PKEY_CTX_set1_id(pctx, id.n ? id.p : "", (int)id.n) <= 0)
		crypto_fail("sm2 id");
	EVP_MD_CTX_set_pkey_ctx(ctx, pctx);
	return ctx;
}

static void sm2_context_free(EVP_MD_CTX *ctx)
{
	EVP_PKEY_CTX *pctx = EVP_MD_CTX_get_pkey_ctx(ctx);
	EVP_MD_CTX_free(ctx); /* does not own a key context that was set from outside */
	EVP_PKEY_CTX_free(pctx);
}

size_t crypto_sm2_sign_id(
        const struct crypto_key *k, struct str id, struct str message, unsigned char out[CRYPTO_SM2_SIG_MAX])
{
	EVP_MD_CTX *ctx = sm2_context(k, id);
	size_t n = CRYPTO_SM2_SIG_MAX;
	if (EVP_DigestSignInit(ctx, NULL, crypto_evp(CRYPTO_SM3), NULL, k->pkey) <= 0 ||
	        EVP_DigestSign(ctx, out, &n, (const unsigned char *)message.p, message.n) <= 0)
		crypto_fail("sm2 sign");
	sm2_context_free(ctx);
	return n;
}

bool crypto_sm2_verify_id(const struct crypto_key *k, struct str id, struct str message, struct str signature)
{
	EVP_MD_CTX *ctx = sm2_context(k, id);
	if (EVP_DigestVerifyInit(ctx, NULL, crypto_evp(CRYPTO_SM3), NULL, k->pkey) <= 0) crypto_fail("sm2 verify");
	bool ok = EVP_DigestVerify(ctx, (const unsigned char *)signature.p, signature.n,
	                  (const unsigned char *)message.p, message.n) == 1;
	sm2_context_free(ctx);
	ERR_clear_error();
	return ok;
}

size_t crypto_sm2_sign(const struct crypto_key *k, struct str message, unsigned char out[CRYPTO_SM2_SIG_MAX])
{
	return crypto_sm2_sign_id(k, S(CRYPTO_SM2_ID), message, out);
}

bool crypto_sm2_verify(const struct crypto_key *k, struct str message, struct str signature)
{
	return crypto_sm2_verify_id(k, S(CRYPTO_SM2_ID), message, signature);
}

/* --- RSA --- */

struct crypto_key *crypto_rsa_new(void)
{
	EVP_PKEY *pkey = EVP_RSA_gen(2048);
	if (!pkey) crypto_fail("rsa key");
	return key_of(pkey);
}

static struct crypto_key *rsa_of(EVP_PKEY *pkey)
{
	if (pkey && (!EVP_PKEY_is_a(pkey, "RSA") || EVP_PKEY_get_bits(pkey) < 2048)) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	return key_of(pkey);
}

struct crypto_key *crypto_rsa_from_der(struct str private_key)
{
	const unsigned char *p = (const unsigned char *)private_key.p;
	return rsa_of(d2i_AutoPrivateKey(NULL, &p, (long)private_key.n));
}

struct str crypto_rsa_der(struct arena *a, const struct crypto_key *k)
{
	return private_der(a, k);
}

struct crypto_key *crypto_rsa_public(struct str der)
{
	const unsigned char *p = (const unsigned char *)der.p;
	return rsa_of(d2i_PUBKEY(NULL, &p, (long)der.n));
}

struct str crypto_rsa_public_der(struct arena *a, const struct crypto_key *k)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(k->pkey, &der);
	if (n <= 0) crypto_fail("rsa key");
	struct str out = { arena_dup(a, der, (size_t)n), (size_t)n };
	OPENSSL_free(der);
	return out;
}

struct str crypto_rsa_sign(struct arena *a, const struct crypto_key *k, struct str message)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n = (size_t)EVP_PKEY_get_size(k->pkey);
	unsigned char *out = arena_alloc(a, n);
	if (!ctx || EVP_DigestSignInit(ctx, NULL, crypto_evp(CRYPTO_SHA256), NULL, k->pkey) <= 0 ||
	        EVP_DigestSign(ctx, out, &n, (const unsigned char *)message.p, message.n) <= 0)
		crypto_fail("rsa sign");
	EVP_MD_CTX_free(ctx);
	return (struct str){ (const char *)out, n };
}

bool crypto_rsa_verify(const struct crypto_key *k, struct str message, struct str signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	if (!ctx || EVP_DigestVerifyInit(ctx, NULL, crypto_evp(CRYPTO_SHA256), NULL, k->pkey) <= 0)
		crypto_fail("rsa verify");
	bool ok = EVP_DigestVerify(ctx, (const unsigned char *)signature.p, signature.n,
	                  (const unsigned char *)message.p, message.n) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

struct str crypto_key_pem(struct arena *a, const struct crypto_key *k)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p = NULL;
	if (!bio || !PEM_write_bio_PUBKEY(bio, k->pkey)) crypto_fail("pem");
	long n = BIO_get_mem_data(bio, &p);
	struct str out = str_dup(a, (struct str){ p, (size_t)n });
	BIO_free(bio);
	return out;
}
