/* SHA-256 of short messages by the bare compression function: a context of the library costs more than the hash itself,
 * which counts where a draw has ten million tickets. The library's old interface is the only one that gives it. */
#include "kernel/crypto/crypto.h"
#include "kernel/crypto/crypto_fail.h"
#include "kernel/crypto/sha_pair.h"
#include <openssl/sha.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

/* Ten million times: what is written before it is read need not be cleared first. */
#define UNCLEARED __attribute__((uninitialized))

static const uint32_t first[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
	0x5be0cd19 };

static void write_words(const uint32_t h[8], unsigned char out[32])
{
	for (unsigned i = 0; i < 8; i++) {
		uint32_t w = __builtin_bswap32(h[i]);
		memcpy(out + 4 * i, &w, 4);
	}
}

/* The last block or two: the message, 0x80, zeros, its length in bits with what was hashed before it. */
static size_t pad(unsigned char block[128], const void *p, size_t n, size_t before)
{
	size_t blocks = n + 9 > 64 ? 2 : 1;
	uint64_t bits = __builtin_bswap64((uint64_t)(before + n) * 8);
	memcpy(block, p, n);
	block[n] = 0x80;
	memset(block + n + 1, 0, 64 * blocks - n - 9);
	memcpy(block + 64 * blocks - 8, &bits, 8);
	return blocks;
}

static void finish(SHA256_CTX *c, const void *p, size_t n, size_t before, unsigned char out[32])
{
	UNCLEARED unsigned char block[128];
	size_t blocks = pad(block, p, n, before);
	SHA256_Transform(c, block);
	if (blocks == 2) SHA256_Transform(c, block + 64);
	write_words(c->h, out);
}

/* The same for two messages of the same length, both from one state. */
static void finish_two(const uint32_t from[8], const void *p, const void *q, size_t n, size_t before,
        unsigned char *out_p, unsigned char *out_q)
{
	UNCLEARED unsigned char one[128], two[128];
	UNCLEARED uint32_t a[8], b[8];
	size_t blocks = pad(one, p, n, before);
	(void)pad(two, q, n, before);
	memcpy(a, from, sizeof a);
	memcpy(b, from, sizeof b);
	sha_pair_blocks(a, one, b, two, blocks);
	write_words(a, out_p);
	write_words(b, out_q);
}

void crypto_sha256_short(const void *p, size_t n, unsigned char out[32])
{
	UNCLEARED SHA256_CTX c;
	if (n > CRYPTO_SHORT_MAX) crypto_fail("sha256 of a long message");
	memcpy(c.h, first, sizeof first);
	finish(&c, p, n, 0, out);
}

void crypto_sha256_short_two(const void *p, const void *q, size_t n, unsigned char out_p[32], unsigned char out_q[32])
{
	if (n > CRYPTO_SHORT_MAX) crypto_fail("sha256 of a long message");
	if (sha_pair_there()) {
		finish_two(first, p, q, n, 0, out_p, out_q);
		return;
	}
	crypto_sha256_short(p, n, out_p);
	crypto_sha256_short(q, n, out_q);
}

void crypto_hmac_short_two(const struct crypto_hmac_key *k, const void *p, const void *q, size_t n,
        unsigned char out_p[32], unsigned char out_q[32])
{
	if (n > 55) crypto_fail("hmac of a long message");
	if (sha_pair_there()) {
		finish_two(k->inner, p, q, n, 64, out_p, out_q);
		finish_two(k->outer, out_p, out_q, 32, 64, out_p, out_q);
		return;
	}
	crypto_hmac_short(k, p, n, out_p);
	crypto_hmac_short(k, q, n, out_q);
}

void crypto_hmac_key_set(struct crypto_hmac_key *k, struct str key)
{
	unsigned char inner[64] = { 0 }, outer[64];
	SHA256_CTX c;
	if (key.n > sizeof inner)
		crypto_sha256(key.p, key.n, inner);
	else if (key.n)
		memcpy(inner, key.p, key.n);
	for (size_t i = 0; i < sizeof inner; i++) {
		outer[i] = inner[i] ^ 0x5c;
		inner[i] ^= 0x36;
	}
	(void)SHA256_Init(&c);
	SHA256_Transform(&c, inner);
	memcpy(k->inner, c.h, sizeof k->inner);
	(void)SHA256_Init(&c);
	SHA256_Transform(&c, outer);
	memcpy(k->outer, c.h, sizeof k->outer);
	crypto_wipe(inner, sizeof inner);
	crypto_wipe(outer, sizeof outer);
}

void crypto_hmac_short(const struct crypto_hmac_key *k, const void *p, size_t n, unsigned char out[32])
{
	UNCLEARED SHA256_CTX c;
	if (n > 55) crypto_fail("hmac of a long message");
	memcpy(c.h, k->inner, sizeof k->inner);
	finish(&c, p, n, 64, out);
	memcpy(c.h, k->outer, sizeof k->outer);
	finish(&c, out, 32, 64, out);
}
