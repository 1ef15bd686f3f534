/* Keys of this node, made at the first start and kept under DATA/keys with mode 0600: the SM2 seal, the Ed25519 log
 * key, secrets for keyed hashes and check codes, and the key that encrypts grade-3 personal fields (services.md §13).
 */
#ifndef KERNEL_KEYS_H
#define KERNEL_KEYS_H
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/seal/seal.h"

MUST_USE err_t keys_open(struct app *app, const char *data_dir);
void keys_close(struct app *app);

const struct crypto_key *keys_log(const struct keys *k); /* Ed25519: checkpoints of the transparency log */
/* Log keys that were retired, the oldest first: public halves, for checkpoints of their time. */
size_t keys_log_retired(const struct keys *k, const struct crypto_key *const **out);
/* A new log key; the public half of the old one is kept. The server must not run. *number: of the retired key. */
MUST_USE err_t keys_rotate_log(const char *data_dir, unsigned *number);
const struct crypto_key *keys_seal(const struct keys *k); /* SM2: documents and signed answers */

struct str keys_seal_id(const struct keys *k, struct arena *a); /* first 16 hex digits of SM3 of its public point */

/* The electronic seal (GB/T 38540) of this node for documents: certificate of the SM2 seal key, and the seal that its
 * maker signed. prefix: files of different seals beside each other ("seal", "sample"). */
struct seal_kit {
	struct str certificate, maker_certificate, seal;
};
MUST_USE err_t keys_make_seal(struct app *app, const char *data_dir, const struct seal_design *d, const char *prefix);
const struct seal_kit *keys_seal_kit(const struct keys *k); /* NULL: none was made */

/* Keyed hash (HMAC-SHA256, hex) under which a personal number is found; says nothing without the key. */
struct str keys_lookup_hash(const struct keys *k, struct arena *a, struct str text);
/* Check code of a document (16 base32 characters of an HMAC): domain/tax.md §7.5. */
struct str keys_check_code(const struct keys *k, struct arena *a, struct str document);
/* Envelope: version, 12-byte nonce, AES-256-GCM text, 16-byte tag. */
struct str keys_encrypt(const struct keys *k, struct arena *a, struct str plain);
MUST_USE err_t keys_decrypt(const struct keys *k, struct arena *a, struct str sealed, struct str *plain);
/* SM2-with-SM3 over the bytes, id 1234567812345678, DER in base64. */
struct str keys_sm2_sign_base64(const struct keys *k, struct arena *a, struct str bytes);
#endif
