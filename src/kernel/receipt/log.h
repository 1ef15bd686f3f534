/* The transparency log of this node: opened at start; read by the pages and the log's own addresses. */
#ifndef KERNEL_RECEIPT_LOG_H
#define KERNEL_RECEIPT_LOG_H
#include "kernel/ctx/app.h"
#include "kernel/receipt/receipt.h"
#include "kernel/tlog/tlog.h"

MUST_USE err_t receipt_log_open(struct app *app); /* after migrations; sets the store's hooks */
void receipt_log_close(struct app *app);

struct receipt {
	int64_t id, holder_id, position;
	enum act_kind kind;
	instant_us at;
	struct str act; /* canonical JSON */
	struct tlog_hash leaf;
	struct str salt;
};
MUST_USE err_t receipt_find(struct ctx *c, int64_t id, struct receipt *out, bool *found);
/* Receipts of a holder, newest first, those with id < before; invoices issued carry theirs and are not in it. */
enum { RECEIPT_LIST_MAX = 50 };
struct receipt_line {
	int64_t id;
	enum act_kind kind;
	instant_us at;
};
MUST_USE err_t receipt_list(
        struct ctx *c, int64_t holder_id, int64_t before, size_t most, struct receipt_line **out, size_t *n);
/* c2sp.org/tlog-proof@v1 against the newest witnessed checkpoint that covers it, or else the newest; extra as receipt_extra() makes it (verify.h). */
MUST_USE err_t receipt_proof(struct ctx *c, const struct receipt *r, struct str *file);
MUST_USE err_t receipt_checkpoint(struct ctx *c, struct str *note, int64_t *size);
MUST_USE err_t receipt_tile(struct ctx *c, int64_t level, int64_t n, unsigned width, struct str *bytes, bool *found);
MUST_USE err_t receipt_bundle(struct ctx *c, int64_t n, unsigned width, struct str *bytes, bool *found);
/* The newest checkpoint that witnesses have cosigned, with their lines; {0}: none yet. */
struct receipt_witnessed {
	struct str note;
	int64_t size, witnesses;
};
MUST_USE err_t receipt_witnessed(struct ctx *c, struct receipt_witnessed *out);
/* That the tree of the one size goes on as that of the other. */
bool receipt_root_at(struct ctx *c, int64_t size, struct tlog_hash *root);
bool receipt_consistency(struct ctx *c, int64_t old_size, int64_t size, struct tlog_path *out);
/* The newest checkpoint with the SM2 seal's signature as its second line: made when first asked for, so that issuing does
 * not pay for it. Behind it the witnesses' lines, if they have cosigned this one. */
MUST_USE err_t receipt_sealed_checkpoint(struct ctx *c, struct str *note, int64_t *size);
struct str receipt_verifier(struct ctx *c); /* of the log key in use */
/* Verifier lines of the log key, of the SM2 seal, and of the log keys before, in this order. */
struct str receipt_verifiers(struct ctx *c);
/* Rebuilds the tree from the entries and compares tiles and checkpoint. */
MUST_USE err_t receipt_check(struct ctx *c, int64_t *entries, bool *same);
#endif
