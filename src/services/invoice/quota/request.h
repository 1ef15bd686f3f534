/* Requests for another quota, and who decides. Inner header. */
#ifndef QUOTA_REQUEST_H
#define QUOTA_REQUEST_H
#include "services/invoice/quota/formula.h"
#include "services/invoice/quota/quota.h"
#include "services/invoice/quota/state.h"

struct request_in {
	struct money amount, contracts;
	struct period period;
	bool has_period, has_contracts;
	struct str reason;
};
struct request_id_in {
	int64_t id;
	struct money amount, contracts;
	bool has_contracts;
	struct str reason;
};
struct review_in {
	int64_t taxpayer, id, after;
	struct str decision, note;
	struct money amount;
	bool has_amount;
};
op_run quota_show, quota_show_view, quota_request, quota_request_show, quota_request_view, quota_withdraw,
        quota_correct;
op_run quota_reviews, quota_reviews_view, quota_review_show, quota_review_view, quota_decide;

/* Another quota for the rest of the month, with its line in the history. In db_write. */
MUST_USE err_t quota_change_to(struct ctx *c, int64_t taxpayer_id, struct money before, struct money after,
        struct money full, const char *way);
struct event;
MUST_USE err_t quota_monthly(struct ctx *c, struct str argument);
MUST_USE err_t quota_raise(struct ctx *c, struct str argument);
MUST_USE err_t quota_filed(struct ctx *c, const struct event *events, size_t n);
MUST_USE err_t quota_fsck(struct ctx *c, struct fsck *f);
#endif
