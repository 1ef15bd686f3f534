/* Cryptography: OpenSSL and Argon2 behind plain functions. Fixed sizes, bytes in, bytes out; a bool is true when all is
 * well. A failure of the library itself (no memory, no randomness) aborts the process: nothing can be trusted after it.
 *
 * Digests are fetched once for the process (a fetch for each call costs three times the hash, design/measurements §4).
 * SM2 always carries a distinguishing id: OpenSSL 3.0 would otherwise sign with an empty one, which no Chinese
 * verifier accepts (GM/T 0009). */
#ifndef KERNEL_CRYPTO_H
#define KERNEL_CRYPTO_H
#include "base/error.h"
#include "base/str.h"

#define CRYPTO_SHA256_SIZE 32
#define CRYPTO_SM2_ID "1234567812345678"

enum crypto_digest {
	CRYPTO_SHA256,
	CRYPTO_SM3,
	CRYPTO_SHA1, /* WeChat signatures and TOTP only */
	CRYPTO_SHA512,
};

/* Hashes. */
size_t crypto_digest_size(enum crypto_digest d);
void crypto_sha256(const void *p, size_t n, unsigned char out[32]);
void crypto_sha256_two(const void *p, size_t n, const void *q, size_t m, unsigned char out[32]); /* H(p || q) */
void crypto_sm3(const void *p, size_t n, unsigned char out[32]);
/* Many messages: four times as fast where the machine has AVX2. */
struct crypto_sm3_work {
	const void *p;
	size_t n;
	unsigned char out[32];
};
void crypto_sm3_many(struct crypto_sm3_work *list, size_t n);
void crypto_sha1(const void *p, size_t n, unsigned char out[20]);
void crypto_hmac(enum crypto_digest d, struct str key, struct str data, unsigned char *out);
void crypto_hmac_sha256(struct str key, struct str data, unsigned char out[32]);
/* For millions of short messages: SHA-256 without a context, 0.1 µs each. */
enum { CRYPTO_SHORT_MAX = 119 };
void crypto_sha256_short(const void *p, size_t n, unsigned char out[32]); /* n <= CRYPTO_SHORT_MAX */
struct crypto_hmac_key {                                                  /* a key that was put in once */
	uint32_t inner[8], outer[8];
};
void crypto_hmac_key_set(struct crypto_hmac_key *k, struct str key);
void crypto_hmac_short(const struct crypto_hmac_key *k, const void *p, size_t n, unsigned char out[32]); /* n <= 55 */
/* Two of the same length: where the machine has SHA-NI in little more than the time of one. */
void crypto_sha256_short_two(const void *p, const void *q, size_t n, unsigned char out_p[32], unsigned char out_q[32]);
void crypto_hmac_short_two(const struct crypto_hmac_key *k, const void *p, const void *q, size_t n,
        unsigned char out_p[32], unsigned char out_q[32]);
struct crypto_hash; /* incremental; freed with the arena */
struct crypto_hash *crypto_hash_new(struct arena *a, enum crypto_digest d);
void crypto_hash_add(struct crypto_hash *h, const void *p, size_t n);
void crypto_hash_end(struct crypto_hash *h, unsigned char *out); /* ready for the next message afterwards */

/* Randomness, secrets. */
void crypto_random(void *p, size_t n);
struct str crypto_random_hex(struct arena *a, size_t n_bytes);
bool crypto_equal(const void *p, const void *q, size_t n); /* in constant time */
void crypto_wipe(void *p, size_t n);

/* AES-256-GCM: 12-byte nonce, 16-byte tag. out has room for n bytes. */
void crypto_gcm_seal(const unsigned char key[32], const unsigned char nonce[12], struct str aad, struct str plain,
        unsigned char *out, unsigned char tag[16]);
bool crypto_gcm_open(const unsigned char key[32], const unsigned char nonce[12], struct str aad, struct str sealed,
        const unsigned char tag[16], unsigned char *out);
/* AES-256-CBC without padding, for WeChat messages (domain/invoice §9.1); n must be a multiple of 16. */
bool crypto_cbc_encrypt(const unsigned char key[32], const unsigned char iv[16], struct str plain, unsigned char *out);
bool crypto_cbc_decrypt(const unsigned char key[32], const unsigned char iv[16], struct str sealed, unsigned char *out);
/* SM4-ECB without padding (GB/T 32907); n must be a multiple of 16. */
bool crypto_sm4_ecb_encrypt(const unsigned char key[16], struct str plain, unsigned char *out);
bool crypto_sm4_ecb_decrypt(const unsigned char key[16], struct str sealed, unsigned char *out);

/* Signing keys. A key with only its public half verifies and does not sign. Keys may be shared by threads. */
struct crypto_key;
struct crypto_key *crypto_ed25519_new(void);
struct crypto_key *crypto_ed25519_from_seed(const unsigned char seed[32]);
/* false: of small order (under such a key anybody can make signatures), or no number below the field's prime */
bool crypto_ed25519_sound(const unsigned char public_key[32]);
struct crypto_key *crypto_ed25519_public(const unsigned char public_key[32]); /* NULL: refused */
void crypto_ed25519_public_bytes(const struct crypto_key *k, unsigned char out[32]);
void crypto_ed25519_seed(const struct crypto_key *k, unsigned char out[32]);
void crypto_ed25519_sign(const struct crypto_key *k, struct str message, unsigned char out[64]);
bool crypto_ed25519_verify(const struct crypto_key *k, struct str message, const unsigned char signature[64]);
/* Many by one key, on several cores: each .good tells whether its signature is right. */
struct crypto_check {
	struct str message;
	const unsigned char *signature; /* 64 bytes; NULL: not good */
	bool good;
};
void crypto_ed25519_verify_many(const struct crypto_key *k, struct crypto_check *list, size_t n);

struct crypto_key *crypto_sm2_new(void);
struct crypto_key *crypto_sm2_from_der(struct str private_key);         /* as crypto_sm2_der writes; NULL: refused */
struct crypto_key *crypto_sm2_public(const unsigned char point[65]);    /* 04 || x || y; NULL: not on the curve */
struct str crypto_sm2_der(struct arena *a, const struct crypto_key *k); /* private key, DER */
void crypto_sm2_point(const struct crypto_key *k, unsigned char out[65]);
#define CRYPTO_SM2_SIG_MAX 72
/* SM2 with SM3 over message, DER signature. The plain forms use the id 1234567812345678. */
size_t crypto_sm2_sign(const struct crypto_key *k, struct str message, unsigned char out[CRYPTO_SM2_SIG_MAX]);
bool crypto_sm2_verify(const struct crypto_key *k, struct str message, struct str signature);
size_t crypto_sm2_sign_id(
        const struct crypto_key *k, struct str id, struct str message, unsigned char out[CRYPTO_SM2_SIG_MAX]);
bool crypto_sm2_verify_id(const struct crypto_key *k, struct str id, struct str message, struct str signature);
/* RSA with SHA-256, PKCS #1 v1.5, 2048 bits: only for providers that know nothing else (WeChat Pay, Alipay). */
struct crypto_key *crypto_rsa_new(void);
struct crypto_key *crypto_rsa_from_der(struct str private_key); /* as crypto_rsa_der writes; NULL: refused */
struct str crypto_rsa_der(struct arena *a, const struct crypto_key *k);
struct crypto_key *crypto_rsa_public(struct str der); /* SubjectPublicKeyInfo; NULL: refused, or below 2048 bits */
struct str crypto_rsa_public_der(struct arena *a, const struct crypto_key *k);
struct str crypto_rsa_sign(struct arena *a, const struct crypto_key *k, struct str message);
bool crypto_rsa_verify(const struct crypto_key *k, struct str message, struct str signature);
struct str crypto_key_pem(struct arena *a, const struct crypto_key *k); /* public key, PEM */
void crypto_key_free(struct crypto_key *k);

/* Passwords: Argon2id, 19 MiB, 2 passes, 1 lane (about 20 ms). The encoded form carries parameters and salt. */
struct str crypto_password_hash(struct arena *a, struct str password);
bool crypto_password_verify(struct str encoded, struct str password);
bool crypto_password_stale(struct str encoded); /* made with other parameters: hash anew at the next sign-in */

/* TOTP (RFC 6238): 30 seconds, SHA-1 as authenticator apps expect. */
uint32_t crypto_totp(enum crypto_digest d, struct str secret, int64_t unix_seconds, unsigned digits);
/* Six digits, one step of clock difference allowed. *step is the step it matched; refuse steps <= the last used one. */
bool crypto_totp_verify(struct str secret, int64_t unix_seconds, struct str code, int64_t *step);

/* Base32 (RFC 4648), upper case, without padding; reading ignores case, blanks and padding. */
struct str crypto_base32(struct arena *a, const void *p, size_t n);
bool crypto_unbase32(struct arena *a, struct str text, struct str *bytes);
#endif
