/* What the parts of the service share. Inner header. */
#ifndef LANE_INNER_H
#define LANE_INNER_H
#include "lane_sql.h"
#include "services/invoice/lane/text.h"

enum {
	LANE_NUMBERS = 20, /* of a block, when nothing else is asked for */
	LANE_NUMBERS_MAX = 10000,
	LANE_ENTRIES_MAX = 10000,
	LANE_ACTIVE_MAX = 50, /* devices of one seller */
	LANE_CONFIRM_DAYS = 7,
	LANE_LATE_DAYS = 7, /* after the turn of the year, for what was issued before it */
};
#define LANE_LIMIT_FEN INT64_C(1000000) /* 10,000.00 without tax, when nothing else is asked for */
#define LANE_SECOND_US INT64_C(1000000)
#define LANE_DAY_US (86400 * LANE_SECOND_US)
#define LANE_AHEAD_US (600 * LANE_SECOND_US)  /* how far a device's clock may be ahead, on the same day … */
#define LANE_BEHIND_US (300 * LANE_SECOND_US) /* … and behind the grant of its block */

enum lane_state { LANE_ACTIVE, LANE_REVOKED };
enum entry_state { ENTRY_ISSUED, ENTRY_WAITS, ENTRY_LAPSED, ENTRY_REFUSED };

struct lane_id_in {
	int64_t id;
};
struct open_in {
	struct str device_name, public_key, suite;
	int64_t numbers;
	bool has_numbers, has_limit;
	struct money limit;
};
struct block_in {
	int64_t id, numbers;
	bool has_numbers, has_limit;
	struct money limit;
};
struct revoke_in {
	int64_t id;
	struct str reason;
};
struct confirm_in {
	int64_t id;
	struct str number, decision;
};
struct sync_item {
	struct str entry, signature;
};
struct sync_in {
	int64_t id;
	struct sync_item *entries;
	size_t n_entries;
};
op_run lane_open, lane_block, lane_sync, lane_revoke, lane_confirm, lane_mobile, lane_device, lane_session, lane_app,
        lane_check, lane_file, lane_mobile_view;
err_t lane_lapse(struct ctx *c, struct str argument);
err_t lane_fsck(struct ctx *c, struct fsck *f);

/* A lane of the caller's subject; others get E_NOT_FOUND. */
MUST_USE err_t lane_own(struct ctx *c, int64_t id, struct lane_get_row *out);
MUST_USE err_t lane_value(struct ctx *c, const struct lane_get_row *lane, struct value **out);
/* In db_write. */
MUST_USE err_t lane_close_block(struct ctx *c, const struct issue_desk *d, int64_t lane_id, struct str first);
MUST_USE err_t lane_tell(struct ctx *c, const struct lane_get_row *lane, bool revoked); /* event lane.status */
MUST_USE err_t lane_act(struct ctx *c, const struct lane_get_row *lane, const char *what, const char *member,
        struct str text, struct value **receipt);
bool lane_block_holds(const struct lane_blocks_row *b, struct str number);
const char *lane_reason_words(struct str reason);
#endif
