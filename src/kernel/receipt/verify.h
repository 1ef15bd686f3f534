/* Checking a receipt without the server: pure, no database, no network (house §6, plan A05.e 5). The first part that
 * fails is named, so that its holder knows what was changed. */
#ifndef KERNEL_RECEIPT_VERIFY_H
#define KERNEL_RECEIPT_VERIFY_H
#include "kernel/receipt/receipt.h"
#include "kernel/tlog/tlog.h"

enum receipt_part {
	RECEIPT_GOOD,
	RECEIPT_FILE,      /* not a proof file at all */
	RECEIPT_ACT,       /* the act is not the one that was logged */
	RECEIPT_SALT,      /* the salt does not lead to the commitment */
	RECEIPT_LEAF,      /* kind, time or commitment do not lead to the leaf */
	RECEIPT_PATH,      /* leaf, index and path do not lead to the root */
	RECEIPT_ROOT,      /* the checkpoint's size or root was changed */
	RECEIPT_SIGNATURE, /* not signed by this key */
	RECEIPT_ORIGIN,    /* another log */
};
extern const char *const receipt_part_names[]; /* "ok", "file", "act", … */

#define RECEIPT_SALT_SIZE 16
#define RECEIPT_ENTRY_SIZE 42 /* version, kind, time (8), commitment (32) */

/* The public entry of an act. */
void receipt_entry(
        enum act_kind kind, instant_us at, struct str salt, struct str act, unsigned char entry[RECEIPT_ENTRY_SIZE]);
/* What a proof file carries to rebuild the leaf: salt (16), entry (42), SHA-256 of the act (32), leaf (32), act. What
 * repeats is there to tell which part was changed. */
struct str receipt_extra(struct arena *a, enum act_kind kind, instant_us at, struct str salt, struct str act);

struct receipt_facts { /* filled as far as the check came */
	enum act_kind kind;
	instant_us at;
	struct str act;
	struct str origin;
	int64_t index, size;
	struct tlog_signatures signatures;
	enum tlog_suite unsigned_by; /* 0, or an algorithm that a key was given for and nobody signed with */
};
/* The proof file in what was saved: the bytes themselves, or the text in the JSON of a receipt ("tlog_proof"). */
struct str receipt_file(struct arena *a, struct str bytes);
/* keys: those of one log (its key, its seal, its keys before). Each signature by one of them must be right, and of each
 * algorithm that a key of the log is given for, one must be there. */
enum receipt_part receipt_verify(
        struct arena *a, struct str file, const struct tlog_verifier *keys, size_t n_keys, struct receipt_facts *facts);
#endif
