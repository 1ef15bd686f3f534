#include "kernel/keys/files.h"
#include "kernel/log/log.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET = 32, FILE_MAX = 64 * 1024, NONCE = 12, TAG = 16, RETIRED_MAX = 64 };

struct keys {
	struct crypto_key *log, *seal;
	struct crypto_key *retired[RETIRED_MAX];
	size_t n_retired;
	struct arena *kept;
	struct seal_kit kit;
	unsigned char lookup[SECRET], check[SECRET], field[SECRET];
};

/* Reads a key file; STR_NONE: there is none yet. */
err_t keys_file_read(struct arena *a, const char *path, struct str *out)
{
	char bytes[FILE_MAX];
	*out = STR_NONE;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) return errno == ENOENT ? OK : E_INTERNAL;
	ssize_t n = read(fd, bytes, sizeof bytes);
	(void)close(fd);
	if (n < 0) return E_INTERNAL;
	*out = (struct str){ arena_dup(a, bytes, (size_t)n), (size_t)n };
	crypto_wipe(bytes, sizeof bytes);
	return OK;
}

/* Written whole to a new file and renamed, so that a crash leaves no half key. */
err_t keys_file_write(struct arena *a, const char *path, struct str bytes)
{
	struct str draft = str_printf(a, "%s.new", path);
	int fd = open(draft.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) return E_INTERNAL;
	bool good = write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n && fsync(fd) == 0;
	good = close(fd) == 0 && good && rename(draft.p, path) == 0;
	return good ? OK : E_INTERNAL;
}

static err_t secret(struct arena *a, const char *dir, const char *name, unsigned char out[SECRET])
{
	struct str path = str_printf(a, "%s/keys/%s", dir, name), bytes;
	TRY(keys_file_read(a, path.p, &bytes));
	if (!bytes.p) {
		crypto_random(out, SECRET);
		return keys_file_write(a, path.p, (struct str){ (const char *)out, SECRET });
	}
	if (bytes.n != SECRET) return E_INTERNAL;
	memcpy(out, bytes.p, SECRET);
	return OK;
}

static err_t seal_key(struct arena *a, const char *dir, struct crypto_key **out)
{
	struct str path = str_printf(a, "%s/keys/seal.sm2", dir), bytes;
	TRY(keys_file_read(a, path.p, &bytes));
	*out = bytes.p ? crypto_sm2_from_der(bytes) : crypto_sm2_new();
	if (!*out) return E_INTERNAL;
	return bytes.p ? OK : keys_file_write(a, path.p, crypto_sm2_der(a, *out));
}

static struct str retired_path(struct arena *a, const char *dir, size_t i)
{
	return str_printf(a, "%s/keys/log.ed25519.%zu.pub", dir, i + 1);
}

static err_t load_retired(struct keys *k, struct arena *a, const char *dir)
{
	for (size_t i = 0; i < RETIRED_MAX; i++) {
		struct str bytes;
		TRY(keys_file_read(a, retired_path(a, dir, i).p, &bytes));
		if (!bytes.p) return OK;
		struct crypto_key *key =
		        bytes.n == SECRET ? crypto_ed25519_public((const unsigned char *)bytes.p) : NULL;
		if (!key) return E_INTERNAL;
		k->retired[k->n_retired++] = key;
	}
	return OK;
}

static err_t load(struct keys *k, struct arena *a, const char *dir)
{
	unsigned char seed[SECRET];
	TRY(secret(a, dir, "log.ed25519", seed));
	k->log = crypto_ed25519_from_seed(seed);
	crypto_wipe(seed, sizeof seed);
	TRY(load_retired(k, a, dir));
	TRY(secret(a, dir, "lookup.hmac", k->lookup));
	TRY(secret(a, dir, "check.hmac", k->check));
	TRY(secret(a, dir, "field.aes", k->field));
	return seal_key(a, dir, &k->seal);
}

err_t keys_open(struct app *app, const char *data_dir)
{
	struct arena *a = arena_new();
	struct keys *k = calloc(1, sizeof *k);
	if (!k) abort();
	app->keys = k;
	struct str dir = str_printf(a, "%s/keys", data_dir);
	err_t e = mkdir(dir.p, 0700) == 0 || errno == EEXIST ? load(k, a, data_dir) : E_INTERNAL;
	if (e != OK) log_event(LOG_ERROR_LEVEL, "keys-unreadable", STR_NONE, NULL);
	arena_free(a);
	return e;
}

err_t keys_make_seal(struct app *app, const char *data_dir, const struct seal_design *d, const char *prefix)
{
	struct keys *k = app->keys;
	if (!k->kept) k->kept = arena_new();
	return keys_kit_load(k->kept, data_dir, k->seal, d, prefix, &k->kit);
}

const struct seal_kit *keys_seal_kit(const struct keys *k)
{
	return k->kit.seal.p ? &k->kit : NULL;
}

void keys_close(struct app *app)
{
	struct keys *k = app->keys;
	if (!k) return;
	crypto_key_free(k->log);
	for (size_t i = 0; i < k->n_retired; i++)
		crypto_key_free(k->retired[i]);
	crypto_key_free(k->seal);
	if (k->kept) arena_free(k->kept);
	crypto_wipe(k, sizeof *k);
	free(k);
	app->keys = NULL;
}

const struct crypto_key *keys_log(const struct keys *k)
{
	return k->log;
}

size_t keys_log_retired(const struct keys *k, const struct crypto_key *const **out)
{
	*out = (const struct crypto_key *const *)k->retired;
	return k->n_retired;
}

static err_t rotate(struct arena *a, const char *dir, unsigned *number)
{
	unsigned char seed[SECRET], public[SECRET];
	struct str bytes, path = str_printf(a, "%s/keys/log.ed25519", dir);
	size_t i = 0;
	TRY(keys_file_read(a, path.p, &bytes));
	if (bytes.n != SECRET) return E_NOT_FOUND;
	for (struct str there = S(""); there.p && i <= RETIRED_MAX; i++)
		TRY(keys_file_read(a, retired_path(a, dir, i).p, &there));
	if (i > RETIRED_MAX) return E_TOO_LARGE;
	struct crypto_key *old = crypto_ed25519_from_seed((const unsigned char *)bytes.p);
	crypto_ed25519_public_bytes(old, public);
	crypto_key_free(old);
	TRY(keys_file_write(a, retired_path(a, dir, i - 1).p, (struct str){ (const char *)public, SECRET }));
	crypto_random(seed, sizeof seed);
	err_t e = keys_file_write(a, path.p, (struct str){ (const char *)seed, SECRET });
	crypto_wipe(seed, sizeof seed);
	*number = (unsigned)i;
	return e;
}

err_t keys_rotate_log(const char *data_dir, unsigned *number)
{
	struct arena *a = arena_new();
	err_t e = rotate(a, data_dir, number);
	arena_free(a);
	return e;
}

const struct crypto_key *keys_seal(const struct keys *k)
{
	return k->seal;
}

struct str keys_seal_id(const struct keys *k, struct arena *a)
{
	unsigned char point[65], digest[32];
	crypto_sm2_point(k->seal, point);
	crypto_sm3(point, sizeof point, digest);
	return str_hex(a, digest, 8);
}

static struct str of_secret(const unsigned char *p)
{
	return (struct str){ (const char *)p, SECRET };
}

struct str keys_lookup_hash(const struct keys *k, struct arena *a, struct str text)
{
	unsigned char digest[32];
	crypto_hmac_sha256(of_secret(k->lookup), text, digest);
	return str_hex(a, digest, sizeof digest);
}

struct str keys_check_code(const struct keys *k, struct arena *a, struct str document)
{
	unsigned char digest[32];
	crypto_hmac_sha256(of_secret(k->check), document, digest);
	return crypto_base32(a, digest, 10);
}

struct str keys_encrypt(const struct keys *k, struct arena *a, struct str plain)
{
	size_t n = 1 + NONCE + plain.n + TAG;
	unsigned char *out = arena_alloc(a, n + 1), *text = out + 1 + NONCE;
	out[0] = 1; /* version of the key */
	crypto_random(out + 1, NONCE);
	crypto_gcm_seal(k->field, out + 1, S("etax-field"), plain, text, text + plain.n);
	return (struct str){ (const char *)out, n };
}

err_t keys_decrypt(const struct keys *k, struct arena *a, struct str sealed, struct str *plain)
{
	if (sealed.n < 1 + NONCE + TAG || sealed.p[0] != 1) return E_INTERNAL;
	const unsigned char *nonce = (const unsigned char *)sealed.p + 1;
	struct str text = { sealed.p + 1 + NONCE, sealed.n - 1 - NONCE - TAG };
	unsigned char *out = arena_alloc(a, text.n + 1);
	if (!crypto_gcm_open(k->field, nonce, S("etax-field"), text, (const unsigned char *)text.p + text.n, out))
		return E_INTERNAL;
	*plain = (struct str){ (const char *)out, text.n };
	return OK;
}

struct str keys_sm2_sign_base64(const struct keys *k, struct arena *a, struct str bytes)
{
	unsigned char signature[CRYPTO_SM2_SIG_MAX];
	size_t n = crypto_sm2_sign(k->seal, bytes, signature);
	return str_base64(a, signature, n);
}
