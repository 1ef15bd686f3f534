/* Inputs and handlers of the purchase service. Inner header. */
#ifndef PURCHASE_CREDIT_H
#define PURCHASE_CREDIT_H
#include "services/invoice/purchase/purchase.h"

struct import_in {
	struct str xml;
};
enum { IMPORT_FILES_MAX = 50, IMPORT_BYTES_MAX = 8 << 20 };
struct import_files_in {
	struct str *files;
	size_t n_files;
};
struct purchases_in {
	struct str before;
};
struct purchase_number_in {
	struct str number;
};
/* What an invoice is used for (用途, code of exchange): deduct 抵扣 1, refund 出口退税 2, agent-refund 代办退税 3, not-deduct 不抵扣 6. */
extern const struct choice credit_uses[];
struct credit_in {
	struct period period;
	struct str use; /* STR_NONE: deduct */
	struct str *numbers;
	size_t n_numbers;
};
struct credits_in {
	struct period period;
	bool has_period;
	struct str state, after;
};
op_run purchase_import, purchase_import_files, purchase_import_limits, purchase_list, purchase_show;
op_run credit_confirm, credit_withdraw, credit_list, credit_undo_list;
op_run purchase_list_view, purchase_import_view, purchase_show_view, credit_list_view, credit_done_view;
/* For pages: the list of a month once more, into the answer that is there. */
MUST_USE err_t credit_put(struct ctx *c, struct period p, bool chosen, struct str after, struct value *v);
MUST_USE err_t credit_close(struct ctx *c, const struct event *events, size_t n);
MUST_USE err_t credit_fsck(struct ctx *c, struct fsck *f);
#endif
