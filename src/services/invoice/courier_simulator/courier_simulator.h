/* Courier simulator: the courier of the sandbox. Entered over HTTP only, with signed messages, as a real one would be;
 * no service calls it. */
#ifndef INVOICE_COURIER_SIMULATOR_H
#define INVOICE_COURIER_SIMULATOR_H
#include "services/invoice/paper/paper.h"

#define COURIER_NAME "courier-simulator"

struct courier_body_in {
	struct str body;
};
struct courier_sign_in {
	struct str body, word; /* word: event when it is not there; order and query are what the bureau says */
	int64_t shift;         /* seconds off the right time */
};
op_run courier_order, courier_query, courier_orders, courier_sign;
extern const struct choice courier_faults[];
MUST_USE err_t courier_seed(struct ctx *c);
MUST_USE err_t courier_move_job(struct ctx *c, struct str argument);
MUST_USE err_t courier_notify_job(struct ctx *c, struct str argument);
MUST_USE err_t courier_check(struct ctx *c, struct fsck *f);
#endif
