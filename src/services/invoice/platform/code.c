/* Claim codes: what the buyer of an order is given. A code follows from the order and a key, and only a keyed hash of
 * it is kept. The key lies in the database with the orders: a node that was set up from a backup, with keys of its own,
 * knows every code that was given out. Orders from before that have their codes by the keys of the node. */
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/keys/keys.h"
#include "platform_sql.h"
#include "services/invoice/platform/platform.h"

enum { KEY_BYTES = 32, CODE_BYTES = 10 };

/* In db_write: the first order that waits makes it. */
static err_t make_key(struct ctx *c, void *arg)
{
	struct platform_code_key_row *row = arg;
	unsigned char random[KEY_BYTES];
	bool found;
	crypto_random(random, sizeof random);
	TRY(platform_code_key_put(c, (struct str){ arena_dup(c->arena, random, sizeof random), sizeof random }, NULL));
	crypto_wipe(random, sizeof random);
	TRY(platform_code_key(c, row, &found));
	return found ? OK : E_INTERNAL;
}

static err_t key_of(struct ctx *c, struct str *key)
{
	struct platform_code_key_row row;
	bool found;
	TRY(platform_code_key(c, &row, &found));
	if (!found) TRY(db_write(c, make_key, &row));
	*key = row.secret;
	return OK;
}

static struct str what_of(struct ctx *c, int64_t seller_id, int64_t platform_id, struct str order_no)
{
	return str_printf(c->arena, "platform-order\n%lld\n%lld\n%.*s", (long long)seller_id, (long long)platform_id,
	        STR_FMT(order_no));
}

static struct str hash_by(struct ctx *c, struct str key, struct str code)
{
	unsigned char digest[32];
	crypto_hmac_sha256(key, str_printf(c->arena, "platform-code\n%.*s", STR_FMT(code)), digest);
	return str_hex(c->arena, digest, sizeof digest);
}

err_t platform_code_new(
        struct ctx *c, int64_t seller_id, int64_t platform_id, struct str order_no, struct str *code, struct str *hash)
{
	unsigned char digest[32];
	struct str key;
	TRY(key_of(c, &key));
	crypto_hmac_sha256(key, what_of(c, seller_id, platform_id, order_no), digest);
	*code = crypto_base32(c->arena, digest, CODE_BYTES);
	*hash = hash_by(c, key, *code);
	return OK;
}

err_t platform_code_of(struct ctx *c, int64_t seller_id, int64_t platform_id, struct str order_no, struct str *code)
{
	struct platform_order_code_row row;
	struct str hash;
	bool found;
	TRY(platform_order_code(c, seller_id, platform_id, order_no, &row, &found));
	TRY(platform_code_new(c, seller_id, platform_id, order_no, code, &hash));
	if (found && str_eq(row.code_hash, hash)) return OK;
	*code = keys_check_code(c->app->keys, c->arena, what_of(c, seller_id, platform_id, order_no));
	if (!found || !str_eq(row.code_hash, keys_lookup_hash(c->app->keys, c->arena, *code))) *code = STR_NONE;
	return OK;
}

err_t platform_code_find(struct ctx *c, struct str code, struct platform_order_by_code_row *row, bool *found)
{
	struct str key;
	TRY(key_of(c, &key));
	TRY(platform_order_by_code(c, hash_by(c, key, code), row, found));
	return *found ? OK : platform_order_by_code(c, keys_lookup_hash(c->app->keys, c->arena, code), row, found);
}
