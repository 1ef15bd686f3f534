/* Verification plane: what the public may check, in LMDB (design/measurements §1): 10-byte keys, short values, one
 * table a kind, no read-ahead. A projection: it can be thrown away and built again, and it can serve alone, without the
 * core.
 *
 * Each build is a file of its own, DATA/plane/N.mdb; DATA/plane/current names the one in use and is replaced in one
 * step. Readers take no lock: each thread keeps one read transaction, renews it when something new was written, and
 * changes to the new file when it meets one. The position of the feed is stored in the same transaction as its entries.
 */
#ifndef KERNEL_PLANE_H
#define KERNEL_PLANE_H
#include "base/error.h"
#include "base/str.h"

/* GROUP: names of groups of invoice numbers, by hash. NOTE: what the plane says of itself ("as-of").
 * LANE: devices of sellers. PAPER: ranges of paper invoices that are void, lost or converted. */
enum plane_kind {
	PLANE_INVOICE,
	PLANE_CERTIFICATE,
	PLANE_RECEIPT,
	PLANE_TAXPAYER,
	PLANE_GROUP,
	PLANE_NOTE,
	PLANE_LANE,
	PLANE_PAPER,
	PLANE_KINDS
};

#define PLANE_VALUE_MAX 256

struct plane_key {
	unsigned char b[10];
};
struct plane_value {
	size_t n;
	unsigned char b[PLANE_VALUE_MAX];
};
struct plane_entry {
	enum plane_kind kind;
	struct plane_key key;
	struct str value; /* at most PLANE_VALUE_MAX; p == NULL takes the entry out */
};

struct plane;
struct plane_rebuild;

/* Up to 20 digits, packed two in a byte, zeros in front: keeps the order of numbers. False: not digits. */
bool plane_key_digits(struct str digits, struct plane_key *out);
/* Any other name (USCC, certificate number with letters): first 10 bytes of its SHA-256. */
void plane_key_text(struct str text, struct plane_key *out);

MUST_USE err_t plane_open(
        struct plane **out, const char *data_dir, bool readonly); /* makes an empty one if none is there */
void plane_close(struct plane *p);                                /* the other threads that read have ended */

MUST_USE err_t plane_get(struct plane *p, enum plane_kind kind, const struct plane_key *key, struct plane_value *out);
/* E_NOT_FOUND: not there */
MUST_USE err_t plane_put_batch(struct plane *p, const struct plane_entry *entries, size_t n, int64_t position);
/* The same, if the plane stands at `after` still (E_CONFLICT: it was built anew meanwhile). */
MUST_USE err_t plane_put_batch_after(
        struct plane *p, const struct plane_entry *entries, size_t n, int64_t after, int64_t position);
/* Calls fn for the entries from a key on, in order, until it returns false; one moment. */
typedef bool plane_seen(void *arg, enum plane_kind kind, const struct plane_key *key, struct str value);
MUST_USE err_t plane_range(
        struct plane *p, enum plane_kind kind, const struct plane_key *from, plane_seen *fn, void *arg);
/* All entries of all kinds, and the position they stand at. */
MUST_USE err_t plane_dump(struct plane *p, plane_seen *fn, void *arg, int64_t *position);
MUST_USE err_t plane_position(struct plane *p, int64_t *position); /* 0: nothing was fed yet */
MUST_USE err_t plane_count(struct plane *p, enum plane_kind kind, int64_t *n);
/* Another process may have built a new file: looks, and changes over; lets go of what idle threads still hold. Once a
 * second. */
MUST_USE err_t plane_refresh(struct plane *p);

/* A new build beside the one in use; one at a time (E_BUSY). Keys of one kind come in rising order (E_INPUT otherwise).
 */
MUST_USE err_t plane_rebuild_begin(struct plane *p, struct plane_rebuild **out);
MUST_USE err_t plane_rebuild_append(
        struct plane_rebuild *r, enum plane_kind kind, const struct plane_key *key, struct str value);
MUST_USE err_t plane_rebuild_commit(struct plane_rebuild *r, int64_t position); /* frees r, also on failure */
void plane_rebuild_abort(struct plane_rebuild *r);
#endif
