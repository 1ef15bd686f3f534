/* Passwords (Argon2id) and one-time codes (RFC 6238). */
#include "kernel/crypto/crypto.h"
#include "kernel/crypto/crypto_fail.h"
#include <argon2.h>
#include <stdio.h>
#include <string.h>

#define PASSES 2
#define MEMORY_KIB 19456
#define LANES 1
#define ENCODED_MAX 160
#define TOTP_STEP_SECONDS 30

struct str crypto_password_hash(struct arena *a, struct str password)
{
	unsigned char salt[16];
	char encoded[ENCODED_MAX];
	crypto_random(salt, sizeof(salt));
	int rc = argon2id_hash_encoded(PASSES, MEMORY_KIB, LANES, password.n ? password.p : "", password.n, salt,
	        sizeof(salt), 32, encoded, sizeof(encoded));
	if (rc != ARGON2_OK) crypto_fail(argon2_error_message(rc));
	return str_dup(a, str_c(encoded));
}

bool crypto_password_verify(struct str encoded, struct str password)
{
	char text[ENCODED_MAX];
	if (!encoded.p || encoded.n >= sizeof(text)) return false;
	memcpy(text, encoded.p, encoded.n);
	text[encoded.n] = 0;
	return argon2id_verify(text, password.n ? password.p : "", password.n) == ARGON2_OK;
}

bool crypto_password_stale(struct str encoded)
{
	char prefix[64];
	snprintf(prefix, sizeof(prefix), "$argon2id$v=19$m=%d,t=%d,p=%d$", MEMORY_KIB, PASSES, LANES);
	return !str_starts(encoded, prefix);
}

uint32_t crypto_totp(enum crypto_digest d, struct str secret, int64_t unix_seconds, unsigned digits)
{
	static const uint32_t powers[] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000 };
	uint64_t step = (uint64_t)(unix_seconds / TOTP_STEP_SECONDS);
	unsigned char counter[8], mac[64];
	for (int i = 0; i < 8; i++)
		counter[i] = (unsigned char)(step >> (56 - 8 * i));
	crypto_hmac(d, secret, (struct str){ (char *)counter, 8 }, mac);
	const unsigned char *p = mac + (mac[crypto_digest_size(d) - 1] & 15);
	uint32_t v = ((uint32_t)p[0] & 127) << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	return v % powers[digits > 8 ? 8 : digits];
}

bool crypto_totp_verify(struct str secret, int64_t unix_seconds, struct str code, int64_t *step)
{
	char expected[16];
	if (code.n != 6 || unix_seconds < TOTP_STEP_SECONDS) return false;
	for (int64_t d = -1; d <= 1; d++) {
		int64_t at = unix_seconds + d * TOTP_STEP_SECONDS;
		snprintf(expected, sizeof(expected), "%06u", crypto_totp(CRYPTO_SHA1, secret, at, 6));
		if (crypto_equal(expected, code.p, 6)) {
			if (step) *step = at / TOTP_STEP_SECONDS;
			return true;
		}
	}
	return false;
}
