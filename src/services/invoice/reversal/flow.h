/* Inputs and handlers of the reversal service. Inner header. */
#ifndef REVERSAL_FLOW_H
#define REVERSAL_FLOW_H
#include "services/invoice/issue/issue.h"
#include "services/invoice/reversal/reversal.h"

struct start_in {
	struct str number, reason;
	struct reverse_line *lines;
	size_t n_lines;
};
struct decide_in {
	struct str number, decision;
};
struct slips_in {
	struct str state, after;
};
op_run reversal_start, reversal_decide, reversal_withdraw, reversal_of_invoice, reversal_list;
MUST_USE err_t reversal_expire(struct ctx *c, struct str argument);
MUST_USE err_t reversal_fsck(struct ctx *c, struct fsck *f);
#endif
