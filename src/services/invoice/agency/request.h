/* Requests inside this service. */
#ifndef AGENCY_REQUEST_H
#define AGENCY_REQUEST_H
#include "agency_sql.h"
#include "services/invoice/agency/agency.h"
#include "services/invoice/issue/issue.h"

enum agency_state { AGENCY_REVIEW = 1, AGENCY_TO_PAY, AGENCY_ISSUED, AGENCY_REFUSED, AGENCY_WITHDRAWN, AGENCY_EXPIRED };
enum { AGENCY_PAY_DAYS = 7, AGENCY_TAXES = 4 };

struct agency_buyer {
	struct str tax_id, name;
};
struct agency_in {
	struct str kind, tax_code, item, remark, proof;
	struct agency_buyer buyer;
	struct money total;
	int64_t months;
};
struct agency_id_in {
	int64_t person, id, after;
	struct str decision, note;
};
typedef struct agency_get_row agency_row;

/* Words of .note that are not an officer's. */
#define AGENCY_REVERSED "reversed"
#define AGENCY_PARTLY "partly-reversed"

/* Rate, exemption and taxes of a request by the policy packages; faults go to c->problem. */
MUST_USE err_t agency_compute(struct ctx *c, agency_row *r);
/* Why an officer should look at it first; "": nothing strikes. */
MUST_USE err_t agency_risk(struct ctx *c, const agency_row *r, struct str tax_id, const char **code);
/* Puts the taxes into the ledger (or, less, takes them out again). In db_write. */
MUST_USE err_t agency_assess(struct ctx *c, const agency_row *r, bool less);
MUST_USE err_t agency_go_on(
        struct ctx *c, agency_row *r); /* from review or new: to be paid, or issued when nothing is */
struct event;
MUST_USE err_t agency_paid(struct ctx *c, const struct event *events, size_t n);
MUST_USE err_t agency_reversed(struct ctx *c, const struct event *events, size_t n);
MUST_USE err_t agency_put_returned(struct ctx *c, const agency_row *r, struct value *v); /* "returned": sum so far */
MUST_USE err_t agency_expire(struct ctx *c, struct str argument);
MUST_USE err_t agency_fsck(struct ctx *c, struct fsck *f);
op_run agency_form, agency_form_view, agency_create, agency_show, agency_show_view, agency_withdraw;
op_run agency_reviews, agency_reviews_view, agency_review, agency_review_view, agency_decide;
#endif
