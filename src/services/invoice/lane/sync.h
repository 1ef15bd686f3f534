/* A call that hands entries over. Inner header. */
#ifndef LANE_SYNC_H
#define LANE_SYNC_H
#include "kernel/db/db.h"
#include "services/invoice/lane/inner.h"

enum sync_outcome { SYNC_OPEN, SYNC_ISSUED, SYNC_ALREADY, SYNC_WAITS, SYNC_REFUSED, SYNC_OUTCOMES };
struct item {
	size_t index; /* in the call */
	struct str text, signature;
	const unsigned char *signature_bytes;
	struct lane_entry entry;
	struct issue_given given;
	enum sync_outcome outcome;
	const char *reason;
	bool judged; /* in the transaction, not before */
};
struct sync;
/* A part owns its arena and context; two of them take turns. */
struct part {
	struct ctx c;
	struct sync *sync;
	struct item **items;
	size_t n;
	struct db_pending *pending;
};
struct sync {
	struct ctx *c;
	int64_t lane_id;
	struct str lane_text;
	struct issue_desk *desk;
	struct crypto_key *key;
	struct item *items, **order; /* order: by place in the chain */
	size_t n, at;
	struct part parts[2];
};
db_closure sync_store; /* of a part */
#endif
