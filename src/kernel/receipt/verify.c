#include "kernel/receipt/verify.h"
#include <string.h>

enum {
	AT_ENTRY = RECEIPT_SALT_SIZE,
	AT_DIGEST = AT_ENTRY + RECEIPT_ENTRY_SIZE,
	AT_LEAF = AT_DIGEST + 32,
	AT_ACT = AT_LEAF + 32
};

const char *const receipt_part_names[] = { "ok", "file", "act", "salt", "leaf", "path", "root", "signature", "origin" };

void receipt_entry(
        enum act_kind kind, instant_us at, struct str salt, struct str act, unsigned char entry[RECEIPT_ENTRY_SIZE])
{
	entry[0] = 1; /* version */
	entry[1] = (unsigned char)kind;
	for (int i = 0; i < 8; i++)
		entry[2 + i] = (unsigned char)((uint64_t)at >> (56 - 8 * i));
	crypto_sha256_two(salt.p, salt.n, act.p, act.n, entry + 10);
}

struct str receipt_extra(struct arena *a, enum act_kind kind, instant_us at, struct str salt, struct str act)
{
	unsigned char entry[RECEIPT_ENTRY_SIZE], digest[32];
	struct tlog_hash leaf;
	struct buf b;
	receipt_entry(kind, at, salt, act, entry);
	tlog_leaf_hash(entry, sizeof entry, &leaf);
	crypto_sha256(act.p, act.n, digest);
	buf_init(&b, a, AT_ACT + act.n + 1);
	buf_str(&b, salt);
	buf_add(&b, entry, sizeof entry);
	buf_add(&b, digest, sizeof digest);
	buf_add(&b, leaf.b, sizeof leaf.b);
	buf_str(&b, act);
	return buf_done(&b);
}

/* Act, salt and leaf: everything that the holder's own copy must agree on. */
static enum receipt_part check_extra(struct str extra, struct receipt_facts *facts, struct tlog_hash *leaf)
{
	unsigned char digest[32], commitment[32];
	if (extra.n < AT_ACT) return RECEIPT_ACT;
	const unsigned char *p = (const unsigned char *)extra.p, *entry = p + AT_ENTRY;
	facts->act = str_sub(extra, AT_ACT, extra.n);
	facts->kind = (enum act_kind)entry[1];
	uint64_t at = 0;
	for (int i = 0; i < 8; i++)
		at = at << 8 | entry[2 + i];
	facts->at = (instant_us)at;
	tlog_leaf_hash(entry, RECEIPT_ENTRY_SIZE, leaf);
	bool leaf_good = memcmp(leaf->b, p + AT_LEAF, 32) == 0;
	crypto_sha256(facts->act.p, facts->act.n, digest);
	crypto_sha256_two(p, RECEIPT_SALT_SIZE, facts->act.p, facts->act.n, commitment);
	if (memcmp(digest, p + AT_DIGEST, 32) != 0) return RECEIPT_ACT;
	if (memcmp(commitment, entry + 10, 32) != 0) return leaf_good ? RECEIPT_SALT : RECEIPT_LEAF;
	return leaf_good && entry[0] == 1 ? RECEIPT_GOOD : RECEIPT_LEAF;
}

/* Why the file could not even be read: which line is it? */
static enum receipt_part broken_line(struct arena *a, struct str file)
{
	struct str rest = file, line, bytes;
	if (!str_split(&rest, '\n', &line) || !str_is(line, "c2sp.org/tlog-proof@v1")) return RECEIPT_FILE;
	if (!str_split(&rest, '\n', &line)) return RECEIPT_FILE;
	if (!str_starts(line, "extra ") || !str_unbase64(a, str_sub(line, 6, line.n), &bytes)) return RECEIPT_ACT;
	return RECEIPT_PATH;
}

/* A checkpoint that did not open: was its text changed or its signature? */
static enum receipt_part broken_note(struct arena *a, const struct tlog_proof *p, const struct tlog_hash *leaf)
{
	struct tlog_checkpoint cp;
	struct tlog_hash root;
	ptrdiff_t at = str_find(p->checkpoint, "\n\n");
	if (at < 0) return RECEIPT_SIGNATURE;
	struct str text = str_sub(p->checkpoint, 0, (size_t)at + 1);
	if (!tlog_checkpoint_parse(a, text, &cp)) return RECEIPT_ROOT;
	bool leads = tlog_inclusion_root(p->index, cp.size, leaf, p->path.h, p->path.n, &root) &&
	             tlog_hash_equal(&root, &cp.root);
	return leads ? RECEIPT_SIGNATURE : RECEIPT_ROOT;
}

struct str receipt_file(struct arena *a, struct str bytes)
{
	struct value *v;
	struct json_fault where;
	if (!str_starts(str_trim(bytes), "{") || json_parse(a, bytes, &v, &where) != OK) return bytes;
	struct str text = value_text(v, "tlog_proof");
	return text.p ? text : bytes;
}

/* Of each algorithm that there is a key of this log for, a line must be good: else a line could be taken away by
 * changing its name. */
static enum tlog_suite not_signed_by(
        const struct tlog_signatures *found, struct str origin, const struct tlog_verifier *keys, size_t n_keys)
{
	for (size_t i = 0; i < n_keys; i++) {
		bool there = !str_eq(keys[i].name, origin);
		for (unsigned k = 0; k < found->n && !there; k++)
			there = found->lines[k].state == TLOG_LINE_GOOD && found->lines[k].suite == keys[i].suite &&
			        str_eq(found->lines[k].name, origin);
		if (!there) return keys[i].suite;
	}
	return 0;
}

enum receipt_part receipt_verify(
        struct arena *a, struct str file, const struct tlog_verifier *keys, size_t n_keys, struct receipt_facts *facts)
{
	struct tlog_proof p;
	struct tlog_hash leaf;
	struct tlog_checkpoint cp;
	struct str rest, origin;
	memset(facts, 0, sizeof *facts);
	if (!tlog_proof_parse(a, file, &p)) return broken_line(a, file);
	facts->index = p.index;
	if (!p.extra.p) return RECEIPT_ACT;
	enum receipt_part part = check_extra(p.extra, facts, &leaf);
	if (part != RECEIPT_GOOD) return part;
	rest = p.checkpoint;
	if (!str_split(&rest, '\n', &origin) || !n_keys || !str_eq(origin, keys->name)) return RECEIPT_ORIGIN;
	facts->origin = origin;
	if (tlog_note_check(a, p.checkpoint, keys, n_keys, &facts->signatures) != TLOG_OPENED)
		return broken_note(a, &p, &leaf);
	facts->unsigned_by = not_signed_by(&facts->signatures, origin, keys, n_keys);
	if (facts->unsigned_by) return RECEIPT_SIGNATURE;
	if (!tlog_checkpoint_parse(a, facts->signatures.text, &cp)) return RECEIPT_ROOT;
	facts->size = cp.size;
	return tlog_verify_inclusion(p.index, cp.size, &leaf, &cp.root, p.path.h, p.path.n) ? RECEIPT_GOOD
	                                                                                    : RECEIPT_PATH;
}
