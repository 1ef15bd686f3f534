#include "services/foundation/transparency/transparency.h"
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "kernel/keys/keys.h"
#include "kernel/receipt/check.h"
#include "kernel/receipt/log.h"
#include <string.h>

static const struct fault_def unknown = { "receipt-unknown", N_("没有查到这张回执，请核对编号"), NULL, NULL };
static const struct fault_def no_tile = { "tile-unknown", N_("日志里还没有这一块"), NULL, NULL };

struct receipt_in {
	int64_t id;
};
struct tile_in {
	struct str level, a, b, c;
};
static const struct field receipt_fields[] = {
	{ "id", FIELD_ID, AT(struct receipt_in, id), .required = true, .label = N_("回执编号") },
	{ 0 },
};
static const struct field tile_fields[] = {
	{ "level", FIELD_TEXT, AT(struct tile_in, level), .required = true, .max = 10, .label = N_("层") },
	{ "a", FIELD_TEXT, AT(struct tile_in, a), .required = true, .max = 10, .label = N_("块号") },
	{ "b", FIELD_TEXT, AT(struct tile_in, b), .max = 10, .label = N_("块号") },
	{ "c", FIELD_TEXT, AT(struct tile_in, c), .max = 10, .label = N_("块号") },
	{ 0 },
};

static err_t open_receipt(struct ctx *c, const struct receipt_in *in, struct receipt *r)
{
	bool found;
	TRY(receipt_find(c, in->id, r, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &unknown);
	return access_open_or(c, r->holder_id, "receipt", &unknown);
}

static err_t show(struct ctx *c, const void *input, struct reply *out)
{
	struct receipt r;
	struct str note;
	int64_t size;
	struct value *act;
	struct json_fault where;
	TRY(open_receipt(c, input, &r));
	TRY(receipt_sealed_checkpoint(c, &note, &size));
	out->value = receipt_value(c, r.id, r.kind, r.at, r.leaf.b);
	value_put_int(c->arena, out->value, "index", r.position);
	value_put_int(c->arena, out->value, "tree_size", size);
	if (json_parse(c->arena, r.act, &act, &where) == OK) value_put(c->arena, out->value, "act", act);
	value_put_str(c->arena, out->value, "checkpoint", note);
	value_put_str(c->arena, out->value, "log_key", receipt_verifiers(c));
	value_put_str(
	        c->arena, out->value, "proof", str_printf(c->arena, "/v1/receipts/%lld.tlog-proof", (long long)r.id));
	return OK;
}

static err_t proof(struct ctx *c, const void *input, struct reply *out)
{
	struct receipt r;
	TRY(open_receipt(c, input, &r));
	TRY(receipt_proof(c, &r, &out->bytes));
	out->media = "text/plain; charset=utf-8";
	out->filename = str_printf(c->arena, "etax-%lld.tlog-proof", (long long)r.id);
	return OK;
}

static err_t checkpoint(struct ctx *c, const void *input, struct reply *out)
{
	int64_t size;
	(void)input;
	TRY(receipt_sealed_checkpoint(c, &out->bytes, &size));
	if (!size) return RAISE(c, E_NOT_FOUND, &no_tile);
	out->media = "text/plain; charset=utf-8";
	out->max_age = 1;
	return OK;
}

static err_t key(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	out->bytes = receipt_verifiers(c);
	out->media = "text/plain; charset=utf-8";
	return OK;
}

static void put_key(struct ctx *c, struct value *list, struct str id, const char *suite, const char *use,
        const struct crypto_key *k, bool sm2)
{
	unsigned char public[65];
	if (sm2)
		crypto_sm2_point(k, public);
	else
		crypto_ed25519_public_bytes(k, public);
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "id", id);
	value_put_c(c->arena, v, "suite", suite);
	value_put_c(c->arena, v, "use", use);
	value_put_str(c->arena, v, "public", str_base64(c->arena, public, sm2 ? 65 : 32));
	value_put_str(c->arena, v, "pem", crypto_key_pem(c->arena, k));
	value_push(c->arena, list, v);
}

/* What is needed to check, without us, what we signed. */
static err_t public_keys(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	const struct keys *k = c->app->keys;
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "keys");
	put_key(c, list, keys_seal_id(k, c->arena), "SM2-SM3", "documents", keys_seal(k), true);
	put_key(c, list, S("log"), "Ed25519", "log", keys_log(k), false);
	value_put_str(c->arena, out->value, "verifiers", receipt_verifiers(c));
	value_put_c(c->arena, out->value, "sm2_id", CRYPTO_SM2_ID);
	return OK;
}

/* The tile's name lies in one to three segments, the last may be ".p/W" of a partial tile: put together again. */
static err_t tile(struct ctx *c, const void *input, struct reply *out)
{
	const struct tile_in *in = input;
	struct buf name;
	int64_t n, level;
	unsigned width;
	bool found;
	buf_init(&name, c->arena, 40);
	buf_str(&name, in->a);
	if (in->b.p) buf_printf(&name, "/%.*s", STR_FMT(in->b));
	if (in->c.p) buf_printf(&name, "/%.*s", STR_FMT(in->c));
	if (!tlog_tile_number_parse(buf_done(&name), &n, &width)) return RAISE(c, E_NOT_FOUND, &no_tile);
	if (str_is(in->level, "entries"))
		TRY(receipt_bundle(c, n, width, &out->bytes, &found));
	else if (str_to_int(in->level, &level) && level >= 0 && level < TLOG_LEVELS_MAX)
		TRY(receipt_tile(c, level, n, width, &out->bytes, &found));
	else
		found = false;
	if (!found) return RAISE(c, E_NOT_FOUND, &no_tile);
	out->media = "application/octet-stream";
	out->max_age = 86400 * 365; /* a tile never changes */
	return OK;
}

#define TILE(suffix, pattern)                                                                                          \
	{                                                                                                              \
		.id = "log.tile" suffix, .method = GET, .path = pattern, .who = PUBLIC, .in = tile_fields,             \
		.in_size = sizeof(struct tile_in), .run = tile, .title = N_("透明日志的一块"),                         \
		.requirements = "A05.16"                                                                               \
	}

static const struct operation operations[] = {
	{ .id = "receipt.show",
	        .method = GET,
	        .path = "/receipts/{id}",
	        .who = PERSON,
	        .in = receipt_fields,
	        .in_size = sizeof(struct receipt_in),
	        .run = show,
	        .title = N_("回执"),
	        .requirements = "A04.18 A05.16" },
	{ .id = "receipt.proof",
	        .method = GET,
	        .path = "/receipts/{id}.tlog-proof",
	        .who = PERSON,
	        .in = receipt_fields,
	        .in_size = sizeof(struct receipt_in),
	        .run = proof,
	        .title = N_("回执的证明文件"),
	        .requirements = "A05.16" },
	{ .id = "log.checkpoint",
	        .method = GET,
	        .path = "/log/checkpoint",
	        .who = PUBLIC,
	        .run = checkpoint,
	        .title = N_("透明日志的签名根"),
	        .requirements = "A05.16" },
	{ .id = "log.key",
	        .method = GET,
	        .path = "/log/key",
	        .who = PUBLIC,
	        .run = key,
	        .title = N_("透明日志的公钥"),
	        .requirements = "A05.16" },
	{ .id = "log.public_keys",
	        .method = GET,
	        .path = "/keys",
	        .who = PUBLIC,
	        .run = public_keys,
	        .title = N_("本局签名的公钥"),
	        .requirements = "A04.7 A05.16" },
	TILE("", "/log/tile/{level}/{a}"),
	TILE("_2", "/log/tile/{level}/{a}/{b}"),
	TILE("_3", "/log/tile/{level}/{a}/{b}/{c}"),
};

const struct service transparency_service = {
	.name = "transparency",
	.board = "foundation",
	.title = N_("透明日志"),
	.uses = "",
	.operations = operations,
	.n_operations = COUNT(operations),
	.fsck = receipt_fsck,
};
