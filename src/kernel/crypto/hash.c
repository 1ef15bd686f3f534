/* Hashes, HMAC, randomness, base32. */
#include "kernel/crypto/crypto.h"
#include "kernel/crypto/crypto_fail.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_DIGESTS 4

static const char *const names[N_DIGESTS] = { "SHA256", "SM3", "SHA1", "SHA512" };
static const unsigned char sizes[N_DIGESTS] = { 32, 32, 20, 64 };

/* One-time tables of the process: digests fetched once, one context a thread. */
static EVP_MD *fetched[N_DIGESTS];
static pthread_key_t context_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

void crypto_fail(const char *what)
{
	fprintf(stderr, "crypto: %s failed\n", what);
	abort();
}

static void context_free(void *p)
{
	EVP_MD_CTX_free(p);
}

static void fetch_all(void)
{
	for (int i = 0; i < N_DIGESTS; i++) {
		fetched[i] = EVP_MD_fetch(NULL, names[i], NULL);
		if (!fetched[i]) crypto_fail(names[i]);
	}
	if (pthread_key_create(&context_key, context_free)) crypto_fail("thread key");
}

const EVP_MD *crypto_evp(enum crypto_digest d)
{
	pthread_once(&once, fetch_all);
	return fetched[d];
}

static EVP_MD_CTX *thread_context(void)
{
	pthread_once(&once, fetch_all);
	EVP_MD_CTX *ctx = pthread_getspecific(context_key);
	if (!ctx) {
		ctx = EVP_MD_CTX_new();
		if (!ctx || pthread_setspecific(context_key, ctx)) crypto_fail("context");
	}
	return ctx;
}

size_t crypto_digest_size(enum crypto_digest d)
{
	return sizes[d];
}

static void hash_two(enum crypto_digest d, const void *p, size_t n, const void *q, size_t m, unsigned char *out)
{
	EVP_MD_CTX *ctx = thread_context();
	if (!EVP_DigestInit_ex(ctx, fetched[d], NULL) || !EVP_DigestUpdate(ctx, p, n) ||
	        (m && !EVP_DigestUpdate(ctx, q, m)) || !EVP_DigestFinal_ex(ctx, out, NULL))
		crypto_fail("digest");
}

void crypto_sha256(const void *p, size_t n, unsigned char out[32])
{
	hash_two(CRYPTO_SHA256, p, n, NULL, 0, out);
}

void crypto_sha256_two(const void *p, size_t n, const void *q, size_t m, unsigned char out[32])
{
	hash_two(CRYPTO_SHA256, p, n, q, m, out);
}

void crypto_sha1(const void *p, size_t n, unsigned char out[20])
{
	hash_two(CRYPTO_SHA1, p, n, NULL, 0, out);
}

void crypto_hmac(enum crypto_digest d, struct str key, struct str data, unsigned char *out)
{
	if (!HMAC(crypto_evp(d), key.n ? key.p : "", (int)key.n, (const unsigned char *)data.p, data.n, out, NULL))
		crypto_fail("hmac");
}

/* RFC 2104 on the digest at hand: HMAC() looks its algorithm up at each call, which costs several times the hashing. */
void crypto_hmac_sha256(struct str key, struct str data, unsigned char out[32])
{
	unsigned char inner[64] = { 0 }, outer[64];
	if (key.n > sizeof inner)
		crypto_sha256(key.p, key.n, inner);
	else if (key.n)
		memcpy(inner, key.p, key.n);
	for (size_t i = 0; i < sizeof inner; i++) {
		outer[i] = inner[i] ^ 0x5c;
		inner[i] ^= 0x36;
	}
	crypto_sha256_two(inner, sizeof inner, data.p ? data.p : "", data.n, out);
	crypto_sha256_two(outer, sizeof outer, out, 32, out);
	crypto_wipe(inner, sizeof inner);
	crypto_wipe(outer, sizeof outer);
}

struct crypto_hash {
	EVP_MD_CTX *ctx;
	const EVP_MD *md;
};

struct crypto_hash *crypto_hash_new(struct arena *a, enum crypto_digest d)
{
	struct crypto_hash *h = arena_new_of(a, struct crypto_hash);
	h->md = crypto_evp(d);
	h->ctx = EVP_MD_CTX_new();
	if (!h->ctx || !EVP_DigestInit_ex(h->ctx, h->md, NULL)) crypto_fail("digest");
	arena_cleanup(a, context_free, h->ctx);
	return h;
}

void crypto_hash_add(struct crypto_hash *h, const void *p, size_t n)
{
	if (n && !EVP_DigestUpdate(h->ctx, p, n)) crypto_fail("digest");
}

void crypto_hash_end(struct crypto_hash *h, unsigned char *out)
{
	if (!EVP_DigestFinal_ex(h->ctx, out, NULL) || !EVP_DigestInit_ex(h->ctx, h->md, NULL)) crypto_fail("digest");
}

void crypto_random(void *p, size_t n)
{
	if (n > INT32_MAX || RAND_bytes(p, (int)n) != 1) crypto_fail("random");
}

struct str crypto_random_hex(struct arena *a, size_t n_bytes)
{
	unsigned char *p = arena_alloc(a, n_bytes);
	crypto_random(p, n_bytes);
	return str_hex(a, p, n_bytes);
}

bool crypto_equal(const void *p, const void *q, size_t n)
{
	return CRYPTO_memcmp(p, q, n) == 0;
}

void crypto_wipe(void *p, size_t n)
{
	OPENSSL_cleanse(p, n);
}

static const char base32_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

struct str crypto_base32(struct arena *a, const void *p, size_t n)
{
	const unsigned char *in = p;
	size_t length = (n * 8 + 4) / 5;
	char *out = arena_alloc(a, length + 1);
	uint32_t bits = 0;
	unsigned have = 0;
	size_t o = 0;
	for (size_t i = 0; i < n; i++) {
		bits = (bits << 8 | in[i]) & 0xffff;
		for (have += 8; have >= 5; have -= 5)
			out[o++] = base32_digits[bits >> (have - 5) & 31];
	}
	if (have) out[o++] = base32_digits[bits << (5 - have) & 31];
	return (struct str){ out, o };
}

bool crypto_unbase32(struct arena *a, struct str text, struct str *bytes)
{
	unsigned char *out = arena_alloc(a, text.n * 5 / 8 + 1);
	uint32_t bits = 0;
	unsigned have = 0;
	size_t o = 0;
	for (size_t i = 0; i < text.n; i++) {
		char ch = text.p[i];
		if (ch == ' ' || ch == '=') continue;
		uint32_t v;
		if (ch >= 'A' && ch <= 'Z')
			v = (uint32_t)(ch - 'A');
		else if (ch >= 'a' && ch <= 'z')
			v = (uint32_t)(ch - 'a');
		else if (ch >= '2' && ch <= '7')
			v = (uint32_t)(ch - '2' + 26);
		else
			return false;
		bits = (bits << 5 | v) & 0xfff;
		have += 5;
		if (have >= 8) {
			have -= 8;
			out[o++] = (unsigned char)(bits >> have);
		}
	}
	if (have >= 5 || (bits & ((1u << have) - 1)))
		return false; /* left-over bits must be zero: one text for one value */
	*bytes = (struct str){ (char *)out, o };
	return true;
}
