/* The witness protocol of C2SP (c2sp.org/tlog-witness), the pure part: the request to add-checkpoint and what a witness
 * says to it. Who signs for a log only what goes on from what it signed before makes a split view impossible. */
#ifndef KERNEL_TLOG_WITNESS_H
#define KERNEL_TLOG_WITNESS_H
#include "kernel/tlog/tlog.h"

enum { WITNESS_REQUEST_MAX = TLOG_NOTE_MAX + 64 * 48, WITNESS_PROOF_MAX = 63, WITNESS_KEYS_MAX = 16 };
#define WITNESS_SIZE_MEDIA "text/x.tlog.size"

struct witness_request {
	int64_t old; /* size that the witness cosigned last */
	struct tlog_path proof;
	struct str note;
};
struct str witness_request_write(struct arena *a, const struct witness_request *q);
bool witness_request_parse(struct arena *a, struct str body, struct witness_request *out);

struct witness_state { /* of one log; {0}: nothing signed yet */
	int64_t size;
	struct tlog_hash root;
};
struct witness_verdict {
	int status;      /* 200; 400 malformed; 403 no good signature; 404 other log; 409 other size or root; 422 bad proof */
	struct str text; /* of the checkpoint, with 200 */
	struct witness_state next;
};
/* log: keys of one log, all of one name. */
struct witness_verdict witness_judge(struct arena *a, struct str body, const struct tlog_verifier *log, size_t n_log,
        const struct witness_state *state);
#endif
