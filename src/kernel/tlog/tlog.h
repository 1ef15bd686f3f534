/* Transparency log: pure functions over the tree of RFC 6962 and the C2SP formats tlog-tiles, tlog-checkpoint,
 * signed-note and tlog-proof (domain/tlog.md). No I/O, no state: the receipt room stores, this room computes. */
#ifndef KERNEL_TLOG_H
#define KERNEL_TLOG_H
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"
#include "kernel/crypto/crypto.h"

#define TLOG_TILE_WIDTH 256
#define TLOG_LEVELS_MAX 8     /* tile levels: 256^8 leaves are more than int64 counts */
#define TLOG_PROOF_MAX 64     /* hashes of one inclusion proof; a consistency proof has at most one more */
#define TLOG_NOTE_MAX 16384   /* bytes of a checkpoint with its signatures */
#define TLOG_SIGNATURES_MAX 32
#define TLOG_ENTRY_MAX 65535

struct tlog_hash {
	unsigned char b[32];
};

/* Tree (RFC 6962 §2.1). */
void tlog_leaf_hash(const void *entry, size_t n, struct tlog_hash *out);
void tlog_node_hash(const struct tlog_hash *left, const struct tlog_hash *right, struct tlog_hash *out);
bool tlog_hash_equal(const struct tlog_hash *a, const struct tlog_hash *b);

/* The right edge of a tree as its perfect subtrees, largest first: enough to append and to know the root. */
struct tlog_stack {
	int64_t size;
	unsigned n;
	struct tlog_hash h[63];
};
void tlog_stack_append(struct tlog_stack *s, const struct tlog_hash *leaf);
void tlog_stack_root(const struct tlog_stack *s, struct tlog_hash *out);

/* Gives the root of the perfect subtree of 2^level leaves that starts at leaf index << level. */
typedef bool tlog_read(void *arg, unsigned level, int64_t index, struct tlog_hash *out);
struct tlog_path {
	size_t n;
	struct tlog_hash h[TLOG_PROOF_MAX + 2];
};
/* False: out of range or the reader failed. */
bool tlog_prove_inclusion(int64_t index, int64_t size, tlog_read *read, void *arg, struct tlog_path *out);
bool tlog_prove_consistency(int64_t old_size, int64_t size, tlog_read *read, void *arg, struct tlog_path *out);
bool tlog_root_at(int64_t size, tlog_read *read, void *arg, struct tlog_hash *out);
/* The root that an inclusion proof leads to; false: wrong length or index. */
bool tlog_inclusion_root(int64_t index, int64_t size, const struct tlog_hash *leaf, const struct tlog_hash *path,
			 size_t n, struct tlog_hash *root);
bool tlog_verify_inclusion(int64_t index, int64_t size, const struct tlog_hash *leaf, const struct tlog_hash *root,
			   const struct tlog_hash *path, size_t n);
bool tlog_verify_consistency(int64_t old_size, int64_t size, const struct tlog_hash *old_root,
			     const struct tlog_hash *root, const struct tlog_hash *path, size_t n);

/* Reader over tiles: fetch gives the hashes of tile (level, n), at least width of them. */
typedef const struct tlog_hash *tlog_tile_fetch(void *arg, unsigned level, int64_t n, unsigned width);
struct tlog_tiles {
	tlog_tile_fetch *fetch;
	void *arg;
	int64_t size; /* of the tree that the tiles are read for */
};
bool tlog_read_tiles(void *tiles, unsigned level, int64_t index, struct tlog_hash *out);

/* Tile names. level -1 = entry bundle; width 1..256 (256: full). */
struct tlog_tile_name {
	int level;
	int64_t n;
	unsigned width;
};
struct str tlog_tile_path(struct arena *a, struct tlog_tile_name name); /* "tile/0/x001/234.p/17", "tile/entries/067" */
bool tlog_tile_number_parse(struct str text, int64_t *n, unsigned *width); /* "x001/234.p/17"; canonical forms only */
/* Hashes that tile (level, n) holds in a tree of that size: 0..256. */
unsigned tlog_tile_width(int64_t size, unsigned level, int64_t n);
void tlog_bundle_add(struct buf *b, struct str entry);
bool tlog_bundle_next(struct str *rest, struct str *entry); /* false: the end, or broken (rest->n > 0 then) */

/* Signed notes. */
enum tlog_suite { TLOG_ED25519 = 0x01, TLOG_COSIGNATURE = 0x04, TLOG_SM2 = 0xff };
struct tlog_verifier {
	struct str name;
	uint32_t key_id;
	enum tlog_suite suite;
	struct crypto_key *key; /* freed with the arena it was parsed in */
	struct str key_bytes;   /* type byte and public key, as in the verifier string */
};
struct str tlog_verifier_string(struct arena *a, struct str name, enum tlog_suite suite, const struct crypto_key *key);
bool tlog_verifier_parse(struct arena *a, struct str text, struct tlog_verifier *out);
struct str tlog_checkpoint_text(struct arena *a, struct str origin, int64_t size, const struct tlog_hash *root);
/* One signature line for a text (a text ends with a newline). TLOG_COSIGNATURE needs unix_seconds. */
struct str tlog_signature_line(struct arena *a, struct str text, struct str name, enum tlog_suite suite,
			       const struct crypto_key *key, int64_t unix_seconds);
struct str tlog_note(struct arena *a, struct str text, struct str signature_lines);

enum tlog_open {
	TLOG_OPENED,
	TLOG_MALFORMED,
	TLOG_UNSIGNED,      /* no signature by a key that we know */
	TLOG_BAD_SIGNATURE, /* by a known key, and wrong */
};
/* Splits a note and checks every signature of the known keys; *text includes its last newline. */
enum tlog_open tlog_note_open(struct arena *a, struct str note, const struct tlog_verifier *known, size_t n_known,
			      struct str *text, unsigned *n_good);
/* The same, with what became of each line. */
struct tlog_signature {
	struct str name;
	enum { TLOG_LINE_UNKNOWN, TLOG_LINE_GOOD, TLOG_LINE_WRONG } state; /* unknown: no key for it */
	enum tlog_suite suite;                                             /* of the key, if there is one */
};
struct tlog_signatures {
	struct str text;
	struct tlog_signature lines[TLOG_SIGNATURES_MAX];
	unsigned n;
};
enum tlog_open tlog_note_check(struct arena *a, struct str note, const struct tlog_verifier *known, size_t n_known,
			       struct tlog_signatures *out);
struct tlog_checkpoint {
	struct str origin;
	int64_t size;
	struct tlog_hash root;
};
bool tlog_checkpoint_parse(struct arena *a, struct str text, struct tlog_checkpoint *out);
bool tlog_origin_valid(struct str origin);

/* Proof file. */
struct tlog_proof {
	struct str extra; /* decoded; STR_NONE: none */
	int64_t index;
	struct tlog_path path;
	struct str checkpoint; /* the note, verbatim */
};
struct str tlog_proof_write(struct arena *a, const struct tlog_proof *p);
bool tlog_proof_parse(struct arena *a, struct str file, struct tlog_proof *out);
#endif
