/* Appending: entries get their positions on the writer thread; before the group commits, their hashes go into the tiles
 * and one checkpoint is signed for all of them (design/house §6). What is in memory is only the size of the committed
 * tree, its right edge, and the leaves of the open group, so that a rollback is a truncation. */
#include "kernel/receipt/log.h"
#include "kernel/db/db.h"
#include "kernel/db/db_hooks.h"
#include "kernel/keys/keys.h"
#include "kernel/log/log.h"
#include "kernel/receipt/verify.h"
#include "receipt_sql.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRY = RECEIPT_ENTRY_SIZE, SALT = RECEIPT_SALT_SIZE, PENDING_MAX = 400000 };

struct receipt_log {
	struct tlog_stack tree;    /* committed */
	struct tlog_stack next;    /* with the open group, set just before the commit */
	struct tlog_hash *pending; /* leaves of the open group */
	size_t n_pending, cap, saved;
	unsigned char salts[256 * SALT]; /* randomness drawn ahead; what is handed out is wiped */
	size_t salts_left;
	pthread_mutex_t seal_lock;
	char sealed_text[512], seal_line[512]; /* the checkpoint text signed last, and its line */
};

static const char *const origin = "etax.example/log/33";

static void remember(struct app *app)
{
	app->receipts->saved = app->receipts->n_pending;
}

static void forget(struct app *app)
{
	app->receipts->n_pending = app->receipts->saved;
}

static void group_end(struct app *app, bool committed)
{
	struct receipt_log *log = app->receipts;
	if (committed && log->n_pending) log->tree = log->next;
	log->n_pending = log->saved = 0;
}

/* Appends hashes to a row of tiles, each tile in one write; a tile that is full gives its root to the row above. */
static err_t tiles_append(struct ctx *c, unsigned level, int64_t from, const struct tlog_hash *h, size_t n)
{
	struct receipt_tile_get_row row;
	while (n) {
		struct tlog_hash tile[TLOG_TILE_WIDTH], root;
		int64_t number = from / TLOG_TILE_WIDTH;
		size_t width = (size_t)(from % TLOG_TILE_WIDTH), room = TLOG_TILE_WIDTH - width,
		       some = room < n ? room : n;
		bool found = false;
		if (width) {
			TRY(receipt_tile_get(c, level, number, &row, &found));
			if (!found || row.hashes.n != width * sizeof *tile) return E_INTERNAL;
			memcpy(tile, row.hashes.p, row.hashes.n);
		}
		memcpy(tile + width, h, some * sizeof *tile);
		struct str bytes = { (const char *)tile, (width + some) * sizeof *tile };
		TRY(receipt_tile_put(c, level, number, bytes, NULL));
		if (some == room) {
			struct tlog_stack inside = { 0 };
			for (unsigned i = 0; i < TLOG_TILE_WIDTH; i++)
				tlog_stack_append(&inside, &tile[i]);
			tlog_stack_root(&inside, &root);
			TRY(tiles_append(c, level + 1, number, &root, 1));
		}
		from += (int64_t)some;
		h += some;
		n -= some;
	}
	return OK;
}

static err_t before_commit(struct ctx *c)
{
	struct receipt_log *log = c->app->receipts;
	struct tlog_hash root;
	if (!log->n_pending) return OK;
	log->next = log->tree;
	TRY(tiles_append(c, 0, log->tree.size, log->pending, log->n_pending));
	for (size_t i = 0; i < log->n_pending; i++)
		tlog_stack_append(&log->next, &log->pending[i]);
	tlog_stack_root(&log->next, &root);
	struct str text = tlog_checkpoint_text(c->arena, str_c(origin), log->next.size, &root);
	struct str line = tlog_signature_line(c->arena, text, str_c(origin), TLOG_ED25519, keys_log(c->app->keys), 0);
	return receipt_checkpoint_put(c, log->next.size, tlog_note(c->arena, text, line), NULL);
}

/* --- one receipt --- */

static void push(struct receipt_log *log, const struct tlog_hash *leaf)
{
	if (log->n_pending == log->cap) {
		log->cap = log->cap ? log->cap * 2 : 1024;
		log->pending = realloc(log->pending, log->cap * sizeof *log->pending);
		if (!log->pending) abort();
	}
	log->pending[log->n_pending++] = *leaf;
}

static void draw_salt(struct receipt_log *log, unsigned char out[SALT])
{
	if (!log->salts_left) {
		crypto_random(log->salts, sizeof log->salts);
		log->salts_left = sizeof log->salts;
	}
	log->salts_left -= SALT;
	memcpy(out, log->salts + log->salts_left, SALT);
	crypto_wipe(log->salts + log->salts_left, SALT);
}

err_t receipt_issue_bytes(
        struct ctx *c, enum act_kind kind, int64_t holder_id, struct str act, int64_t *id, unsigned char digest[32])
{
	struct receipt_log *log = c->app->receipts;
	unsigned char entry[ENTRY], random[SALT];
	struct tlog_hash leaf;
	if (log->n_pending >= PENDING_MAX) return E_BUSY;
	draw_salt(log, random);
	struct str salt = { (const char *)random, SALT };
	receipt_entry(kind, c->now, salt, act, entry);
	tlog_leaf_hash(entry, sizeof entry, &leaf);
	int64_t position = log->tree.size + (int64_t)log->n_pending;
	*id = db_new_id(c);
	TRY(receipt_entry_insert(c, position, (struct str){ (const char *)entry, sizeof entry }, NULL));
	TRY(receipt_insert(c, *id, holder_id, kind, position, c->now, salt, act, NULL));
	push(log, &leaf);
	memcpy(digest, leaf.b, 32);
	return OK;
}

struct value *receipt_value(
        struct ctx *c, int64_t id, enum act_kind kind, instant_us at, const unsigned char digest[32])
{
	struct value *v = value_object(c->arena);
	struct str text = str_from_int(c->arena, id);
	value_put_str(c->arena, v, "id", text);
	value_put_int(c->arena, v, "kind", kind);
	value_put_instant(c->arena, v, "at", at);
	value_put_str(c->arena, v, "digest", str_hex(c->arena, digest, 32));
	value_put_str(c->arena, v, "href", str_printf(c->arena, "/v1/receipts/%.*s", STR_FMT(text)));
	value_put_str(c->arena, v, "proof", str_printf(c->arena, "/v1/receipts/%.*s.tlog-proof", STR_FMT(text)));
	return v;
}

err_t receipt_issue(
        struct ctx *c, enum act_kind kind, int64_t holder_id, const struct value *act, struct value **out, int64_t *id)
{
	struct buf b;
	int64_t number;
	unsigned char digest[32];
	buf_init(&b, c->arena, 512);
	value_write_canonical(&b, act);
	TRY(receipt_issue_bytes(c, kind, holder_id, buf_done(&b), &number, digest));
	TRY(receipt_own_insert(c, holder_id, number, kind, c->now, NULL));
	*out = receipt_value(c, number, kind, c->now, digest);
	if (id) *id = number;
	return OK;
}

err_t receipt_find(struct ctx *c, int64_t id, struct receipt *out, bool *found)
{
	struct receipt_get_row row;
	unsigned char entry[ENTRY];
	TRY(receipt_get(c, id, &row, found));
	if (!*found) return OK;
	*out = (struct receipt){ .id = id,
		.holder_id = row.holder_id,
		.position = row.position,
		.kind = (enum act_kind)row.kind,
		.at = row.at,
		.act = row.act,
		.salt = row.salt };
	receipt_entry(out->kind, out->at, row.salt, row.act, entry);
	tlog_leaf_hash(entry, sizeof entry, &out->leaf);
	return OK;
}

err_t receipt_list(struct ctx *c, int64_t holder_id, int64_t before, size_t most, struct receipt_line **out, size_t *n)
{
	struct receipt_own_list_row *rows;
	TRY(receipt_own_list(
	        c, holder_id, before, (int64_t)(most < RECEIPT_LIST_MAX ? most : RECEIPT_LIST_MAX), &rows, n));
	*out = arena_array(c->arena, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct receipt_line){ rows[i].receipt_id, (enum act_kind)rows[i].kind, rows[i].at };
	return OK;
}

/* --- reading the log --- */

static const struct tlog_hash *fetch(void *arg, unsigned level, int64_t n, unsigned width)
{
	struct receipt_tile_get_row row;
	bool found;
	if (receipt_tile_get(arg, level, n, &row, &found) != OK || !found ||
	        row.hashes.n < width * sizeof(struct tlog_hash))
		return NULL;
	return (const struct tlog_hash *)(const void *)row.hashes.p;
}

err_t receipt_checkpoint(struct ctx *c, struct str *note, int64_t *size)
{
	struct receipt_checkpoint_get_row row;
	bool found;
	TRY(receipt_checkpoint_get(c, &row, &found));
	*note = found ? row.note : STR_NONE;
	*size = found ? row.size : 0;
	return OK;
}

static struct str seal_line(struct ctx *c, struct str text)
{
	struct receipt_log *log = c->app->receipts;
	struct str line;
	pthread_mutex_lock(&log->seal_lock);
	if (str_is(text, log->sealed_text)) {
		line = str_dup(c->arena, str_c(log->seal_line));
	} else {
		line = tlog_signature_line(c->arena, text, str_c(origin), TLOG_SM2, keys_seal(c->app->keys), 0);
		if (text.n < sizeof log->sealed_text && line.n < sizeof log->seal_line) {
			memcpy(log->sealed_text, text.p, text.n);
			log->sealed_text[text.n] = 0;
			memcpy(log->seal_line, line.p, line.n + 1);
		}
	}
	pthread_mutex_unlock(&log->seal_lock);
	return line;
}

err_t receipt_witnessed(struct ctx *c, struct receipt_witnessed *out)
{
	struct receipt_witnessed_get_row row;
	bool found;
	TRY(receipt_witnessed_get(c, &row, &found));
	*out = (struct receipt_witnessed){ 0 };
	if (found) *out = (struct receipt_witnessed){ row.note, row.size, row.witnesses };
	return OK;
}

bool receipt_root_at(struct ctx *c, int64_t size, struct tlog_hash *root)
{
	struct tlog_tiles tiles = { fetch, c, size };
	return tlog_root_at(size, tlog_read_tiles, &tiles, root);
}

bool receipt_consistency(struct ctx *c, int64_t old_size, int64_t size, struct tlog_path *out)
{
	struct tlog_tiles tiles = { fetch, c, size };
	return tlog_prove_consistency(old_size, size, tlog_read_tiles, &tiles, out);
}

static struct str sealed(struct ctx *c, struct str note)
{
	ptrdiff_t split = note.p ? str_find(note, "\n\n") : -1;
	if (split < 0) return note;
	struct str text = str_sub(note, 0, (size_t)split + 1), lines = str_sub(note, (size_t)split + 2, note.n), own;
	if (!str_split(&lines, '\n', &own)) return note;
	struct str line = seal_line(c, text);
	return str_printf(c->arena, "%.*s\n%.*s\n%.*s%.*s", STR_FMT(text), STR_FMT(own), STR_FMT(line), STR_FMT(lines));
}

err_t receipt_sealed_checkpoint(struct ctx *c, struct str *note, int64_t *size)
{
	struct receipt_witnessed w;
	TRY(receipt_checkpoint(c, note, size));
	TRY(receipt_witnessed(c, &w));
	*note = sealed(c, w.note.p && w.size == *size ? w.note : *note);
	return OK;
}

err_t receipt_proof(struct ctx *c, const struct receipt *r, struct str *file)
{
	struct tlog_proof proof = { .index = r->position };
	struct receipt_witnessed w;
	int64_t size;
	TRY(receipt_witnessed(c, &w));
	if (w.size > r->position) {
		proof.checkpoint = sealed(c, w.note);
		size = w.size;
	} else {
		TRY(receipt_sealed_checkpoint(c, &proof.checkpoint, &size));
	}
	struct tlog_tiles tiles = { fetch, c, size };
	if (!tlog_prove_inclusion(r->position, size, tlog_read_tiles, &tiles, &proof.path)) return E_INTERNAL;
	proof.extra = receipt_extra(c->arena, r->kind, r->at, r->salt, r->act);
	*file = tlog_proof_write(c->arena, &proof);
	return OK;
}

err_t receipt_tile(struct ctx *c, int64_t level, int64_t n, unsigned width, struct str *bytes, bool *found)
{
	struct receipt_tile_get_row row;
	TRY(receipt_tile_get(c, level, n, &row, found));
	*found = *found && row.hashes.n >= width * 32;
	if (*found) *bytes = (struct str){ row.hashes.p, width * 32 };
	return OK;
}

err_t receipt_bundle(struct ctx *c, int64_t n, unsigned width, struct str *bytes, bool *found)
{
	struct receipt_entries_from_row *rows;
	size_t there;
	struct buf b;
	TRY(receipt_entries_from(c, n * TLOG_TILE_WIDTH, &rows, &there));
	*found = there >= width;
	buf_init(&b, c->arena, width * 64);
	for (unsigned i = 0; i < width && *found; i++)
		tlog_bundle_add(&b, rows[i].entry);
	*bytes = buf_done(&b);
	return OK;
}

struct str receipt_verifier(struct ctx *c)
{
	return tlog_verifier_string(c->arena, str_c(origin), TLOG_ED25519, keys_log(c->app->keys));
}

struct str receipt_verifiers(struct ctx *c)
{
	const struct crypto_key *const *retired;
	size_t n = keys_log_retired(c->app->keys, &retired);
	struct buf b;
	buf_init(&b, c->arena, 600);
	buf_str(&b, receipt_verifier(c));
	buf_char(&b, '\n');
	buf_str(&b, tlog_verifier_string(c->arena, str_c(origin), TLOG_SM2, keys_seal(c->app->keys)));
	for (size_t i = 0; i < n; i++) {
		buf_char(&b, '\n');
		buf_str(&b, tlog_verifier_string(c->arena, str_c(origin), TLOG_ED25519, retired[i]));
	}
	return buf_done(&b);
}

/* The tree again from its entries alone. */
static err_t rebuild(struct ctx *c, struct tlog_stack *tree)
{
	struct receipt_entries_from_row *rows;
	size_t n;
	memset(tree, 0, sizeof *tree);
	do {
		TRY(receipt_entries_from(c, tree->size, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			struct tlog_hash leaf;
			if (rows[i].position != tree->size) return E_CONFLICT; /* a gap */
			tlog_leaf_hash(rows[i].entry.p, rows[i].entry.n, &leaf);
			tlog_stack_append(tree, &leaf);
		}
	} while (n == TLOG_TILE_WIDTH);
	return OK;
}

err_t receipt_check(struct ctx *c, int64_t *entries, bool *same)
{
	struct tlog_stack tree;
	struct tlog_hash root, by_tiles;
	struct tlog_checkpoint signed_one = { 0 };
	struct str note, text;
	int64_t size;
	*same = false;
	TRY(rebuild(c, &tree));
	*entries = tree.size;
	TRY(receipt_checkpoint(c, &note, &size));
	if (tree.size == 0) {
		*same = size == 0;
		return OK;
	}
	struct tlog_verifier known;
	unsigned good;
	struct tlog_tiles tiles = { fetch, c, size };
	tlog_stack_root(&tree, &root);
	*same = tree.size == size && tlog_verifier_parse(c->arena, receipt_verifier(c), &known) &&
	        tlog_note_open(c->arena, note, &known, 1, &text, &good) == TLOG_OPENED &&
	        tlog_checkpoint_parse(c->arena, text, &signed_one) && tlog_hash_equal(&signed_one.root, &root) &&
	        tlog_root_at(size, tlog_read_tiles, &tiles, &by_tiles) && tlog_hash_equal(&by_tiles, &root);
	return OK;
}

/* The right edge comes from the tiles: one subtree for each bit of the size. */
static err_t load(struct ctx *c, struct tlog_stack *tree)
{
	struct str note;
	int64_t size, at = 0;
	TRY(receipt_checkpoint(c, &note, &size));
	struct tlog_tiles tiles = { fetch, c, size };
	memset(tree, 0, sizeof *tree);
	for (int level = 62; level >= 0; level--) {
		if (!(size >> level & 1)) continue;
		if (!tlog_read_tiles(&tiles, (unsigned)level, at >> level, &tree->h[tree->n++])) return E_INTERNAL;
		at += INT64_C(1) << level;
	}
	tree->size = size;
	return OK;
}

/* Another process may have appended since our last group (PostgreSQL): then its tree is the one to go on with. */
static err_t group_begin(struct ctx *c)
{
	struct receipt_log *log = c->app->receipts;
	struct receipt_checkpoint_get_row row;
	bool found;
	if (db_engine_of(c->db) == DB_SQLITE) return OK;
	TRY(receipt_checkpoint_get(c, &row, &found));
	return found && row.size != log->tree.size ? load(c, &log->tree) : OK;
}

static err_t sign_again(struct ctx *c, void *arg)
{
	struct str note, *text = arg;
	int64_t size;
	TRY(receipt_checkpoint(c, &note, &size));
	struct str line = tlog_signature_line(c->arena, *text, str_c(origin), TLOG_ED25519, keys_log(c->app->keys), 0);
	return receipt_checkpoint_put(c, size, tlog_note(c->arena, *text, line), NULL);
}

/* After a change of the log key the newest checkpoint still bears the old one's signature: it is checked against the
 * retired keys and signed by the new one. One that no key of ours signed stops the start. */
static err_t check_signature(struct ctx *c)
{
	const struct crypto_key *const *retired;
	struct str note, text;
	int64_t size;
	unsigned good;
	struct tlog_verifier key;
	TRY(receipt_checkpoint(c, &note, &size));
	if (!note.p) return OK;
	for (size_t i = 0, n = keys_log_retired(c->app->keys, &retired); i <= n; i++) {
		struct str line = i ? tlog_verifier_string(c->arena, str_c(origin), TLOG_ED25519, retired[i - 1])
		                    : receipt_verifier(c);
		if (!tlog_verifier_parse(c->arena, line, &key) ||
		        tlog_note_open(c->arena, note, &key, 1, &text, &good) != TLOG_OPENED)
			continue;
		return i ? db_write(c, sign_again, &text) : OK;
	}
	log_event(LOG_ERROR_LEVEL, "checkpoint-signed-by-no-key-of-ours", STR_NONE, NULL);
	return E_INTERNAL;
}

err_t receipt_log_open(struct app *app)
{
	struct arena *a = arena_new();
	struct ctx c;
	app->receipts = calloc(1, sizeof *app->receipts);
	if (!app->receipts) abort();
	pthread_mutex_init(&app->receipts->seal_lock, NULL);
	ctx_init(&c, app, a);
	c.db = db_open(app, a);
	err_t e = c.db ? check_signature(&c) : E_INTERNAL;
	if (e == OK) e = load(&c, &app->receipts->tree);
	db_close(c.db);
	arena_free(a);
	static const struct db_hooks hooks = { .group_begin = group_begin,
		.savepoint = remember,
		.savepoint_rolled_back = forget,
		.before_commit = before_commit,
		.group_end = group_end };
	if (e == OK) db_set_hooks(app, &hooks);
	return e;
}

void receipt_log_close(struct app *app)
{
	if (!app->receipts) return;
	free(app->receipts->pending);
	free(app->receipts);
	app->receipts = NULL;
}
