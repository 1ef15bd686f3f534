/* The log held against itself and against the receipts, for etaxd fsck. What is wrong is named: the entry, the tile,
 * the part of the checkpoint, the receipt. Pages are read one by one into arenas of their own, so that a log of any
 * length fits.
 */
#include "kernel/receipt/check.h"
#include "kernel/db/db.h"
#include "kernel/receipt/log.h"
#include "kernel/receipt/verify.h"
#include "receipt_sql.h"
#include <string.h>

/* The tree as it grows from the entries, a tile of each level under way. */
struct growing {
	struct tlog_stack tree;
	struct tlog_hash tile[TLOG_LEVELS_MAX][TLOG_TILE_WIDTH];
	size_t width[TLOG_LEVELS_MAX];
	int64_t number[TLOG_LEVELS_MAX]; /* of the tile under way */
	int64_t tiles;
};

static err_t compare_tile(struct ctx *c, struct fsck *f, struct growing *g, unsigned level)
{
	struct receipt_tile_get_row row;
	bool found;
	struct str right = { (const char *)g->tile[level], g->width[level] * sizeof g->tile[level][0] };
	g->tiles++;
	TRY(receipt_tile_get(c, level, g->number[level], &row, &found));
	if (!found || !str_eq(row.hashes, right))
		FSCK_FAULT(f, "log: tile %u/%lld %s", level, (long long)g->number[level],
		        found ? "does not hold the hashes of its entries" : "is missing");
	return OK;
}

/* A hash comes to a level; a tile that is full is compared and gives its root to the level above. */
static err_t grow(struct ctx *c, struct fsck *f, struct growing *g, unsigned level, const struct tlog_hash *h)
{
	struct tlog_stack inside = { 0 };
	struct tlog_hash root;
	g->tile[level][g->width[level]++] = *h;
	if (g->width[level] < TLOG_TILE_WIDTH) return OK;
	TRY(compare_tile(c, f, g, level));
	for (unsigned i = 0; i < TLOG_TILE_WIDTH; i++)
		tlog_stack_append(&inside, &g->tile[level][i]);
	tlog_stack_root(&inside, &root);
	g->width[level] = 0;
	g->number[level]++;
	return level + 1 < TLOG_LEVELS_MAX ? grow(c, f, g, level + 1, &root) : OK;
}

/* One page of entries; *more: there may be another. */
static err_t read_entries(struct ctx *c, struct fsck *f, struct growing *g, bool *more)
{
	struct receipt_entries_from_row *rows;
	size_t n;
	TRY(receipt_entries_from(c, g->tree.size, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		struct tlog_hash leaf;
		if (rows[i].position != g->tree.size) {
			FSCK_FAULT(f, "log: entry %lld is missing", (long long)g->tree.size);
			*more = false;
			return OK;
		}
		tlog_leaf_hash(rows[i].entry.p, rows[i].entry.n, &leaf);
		tlog_stack_append(&g->tree, &leaf);
		TRY(grow(c, f, g, 0, &leaf));
	}
	*more = n == TLOG_TILE_WIDTH;
	return OK;
}

static err_t check_tiles(struct ctx *c, struct fsck *f, struct growing *g)
{
	struct receipt_tile_count_row tiles;
	bool found;
	for (unsigned level = 0; level < TLOG_LEVELS_MAX; level++)
		if (g->width[level]) TRY(compare_tile(c, f, g, level));
	TRY(receipt_tile_count(c, &tiles, &found));
	if (tiles.n != g->tiles)
		FSCK_FAULT(f, "log: %lld tiles, the entries make %lld", (long long)tiles.n, (long long)g->tiles);
	return OK;
}

static err_t check_checkpoint(struct ctx *c, struct fsck *f, const struct growing *g)
{
	struct tlog_verifier key;
	struct tlog_checkpoint cp;
	struct tlog_hash root;
	struct str note, text;
	int64_t size;
	unsigned good;
	TRY(receipt_checkpoint(c, &note, &size));
	if (size != g->tree.size)
		FSCK_FAULT(f, "log: the checkpoint stands at %lld, there are %lld entries", (long long)size,
		        (long long)g->tree.size);
	if (!note.p) return OK;
	if (!tlog_verifier_parse(c->arena, receipt_verifier(c), &key) ||
	        tlog_note_open(c->arena, note, &key, 1, &text, &good) != TLOG_OPENED) {
		FSCK_FAULT(f, "log: the checkpoint's signature is wrong");
		return OK;
	}
	tlog_stack_root(&g->tree, &root);
	if (!tlog_checkpoint_parse(c->arena, text, &cp) || cp.size != size ||
	        (size == g->tree.size && !tlog_hash_equal(&cp.root, &root)))
		FSCK_FAULT(f, "log: the signed root is not the root of the entries");
	return OK;
}

/* What the witnesses signed is a tree that this one goes on from: its root by our tiles is the root they saw. */
static err_t check_witnessed(struct ctx *c, struct fsck *f, const struct growing *g)
{
	struct receipt_witnessed w;
	struct tlog_checkpoint cp;
	struct tlog_hash root;
	TRY(receipt_witnessed(c, &w));
	ptrdiff_t split = w.note.p ? str_find(w.note, "\n\n") : -1;
	if (!w.note.p) return OK;
	if (split < 0 || !tlog_checkpoint_parse(c->arena, str_sub(w.note, 0, (size_t)split + 1), &cp) ||
	        cp.size != w.size || w.size > g->tree.size || !receipt_root_at(c, w.size, &root) ||
	        !tlog_hash_equal(&root, &cp.root))
		FSCK_FAULT(
		        f, "log: the checkpoint that witnesses cosigned (%lld) is not of this tree", (long long)w.size);
	return OK;
}

/* Each receipt's act, salt, kind and time make the entry at its place. */
static err_t check_receipts_after(struct ctx *c, struct fsck *f, int64_t *after, int64_t *count)
{
	struct receipt_after_row *rows;
	size_t n;
	TRY(receipt_after(c, *after, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		unsigned char entry[RECEIPT_ENTRY_SIZE];
		struct receipt_entry_get_row there;
		bool found;
		TRY(receipt_entry_get(c, rows[i].position, &there, &found));
		receipt_entry((enum act_kind)rows[i].kind, rows[i].at, rows[i].salt, rows[i].act, entry);
		if (!found || !str_eq(there.entry, (struct str){ (const char *)entry, sizeof entry }))
			FSCK_FAULT(f, "log: receipt %lld does not make entry %lld", (long long)rows[i].receipt_id,
			        (long long)rows[i].position);
	}
	*count += (int64_t)n;
	*after = n == 256 ? rows[n - 1].receipt_id : INT64_MAX;
	return OK;
}

static err_t check_pairs(struct ctx *c, struct fsck *f)
{
	struct receipt_entries_without_row *alone;
	struct receipt_doubled_row *doubled;
	size_t n;
	TRY(receipt_entries_without(c, &alone, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "log: entry %lld has no receipt", (long long)alone[i].position);
	TRY(receipt_doubled(c, &doubled, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "log: entry %lld has several receipts", (long long)doubled[i].position);
	return OK;
}

static err_t check_all(struct ctx *c, struct fsck *f, struct growing *g, int64_t *receipts)
{
	struct arena *own = c->arena;
	int64_t after = INT64_MIN;
	bool more = true;
	err_t e = OK;
	c->arena = arena_new();
	while (more && e == OK) {
		arena_reset(c->arena);
		e = read_entries(c, f, g, &more);
	}
	while (after != INT64_MAX && e == OK) {
		arena_reset(c->arena);
		e = check_receipts_after(c, f, &after, receipts);
	}
	arena_free(c->arena);
	c->arena = own;
	return e;
}

err_t receipt_fsck(struct ctx *c, struct fsck *f)
{
	struct growing *g = arena_new_of(c->arena, struct growing);
	int64_t receipts = 0;
	TRY(check_all(c, f, g, &receipts));
	TRY(check_tiles(c, f, g));
	TRY(check_checkpoint(c, f, g));
	TRY(check_witnessed(c, f, g));
	TRY(check_pairs(c, f));
	FSCK_INFO(f, "log: %lld entries under the signed checkpoint, %lld receipts", (long long)g->tree.size,
	        (long long)receipts);
	return OK;
}
