/* Inputs and handlers of the reversal service. Inner header. */
#ifndef REVERSAL_FLOW_H
#define REVERSAL_FLOW_H
#include "services/invoice/issue/issue.h"
#include "services/invoice/reversal/reversal.h"

struct start_in {
	struct str number, reason;
	int64_t from; /* the page shows lines from here */
	struct reverse_line *lines;
	size_t n_lines;
};
struct decide_in {
	struct str number, decision;
};
struct void_in {
	struct str number, cause, note;
};
struct slips_in {
	struct str state, after;
};
struct choose_in {
	struct str number, after;
	struct period period;
	bool has_period;
};
op_run reversal_choose, reversal_choose_view, reversal_show_view, reversal_list_view;
/* The four reasons as {code, label, on}; chosen: as typed. */
void reversal_reasons_put(struct ctx *c, struct value *out, struct str chosen);
op_run reversal_void; /* by the bureau: void.c */
/* Has the buyer confirmed its use, or entered it in the books (用途确认、入账)? */
MUST_USE err_t reversal_in_use(struct ctx *c, int64_t buyer_id, struct str number, bool *used);
/* Sides that may no longer act make their open slips void (11). In db_write. */
MUST_USE err_t reversal_sides_normal(struct ctx *c, int64_t seller_id, int64_t buyer_id, bool *normal);
op_run reversal_start, reversal_decide, reversal_withdraw, reversal_of_invoice, reversal_list;
MUST_USE err_t reversal_expire(struct ctx *c, struct str argument);
MUST_USE err_t reversal_fsck(struct ctx *c, struct fsck *f);
#endif
