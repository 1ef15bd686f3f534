/* Bank simulator: the bank of the sandbox. It is entered over HTTP only, with signed messages, as a real bank would be;
 * no service calls it. */
#ifndef TAX_BANK_SIMULATOR_H
#define TAX_BANK_SIMULATOR_H
#include "kernel/operation/service.h"

#define BANK_NAME "bank-simulator"

struct bank_in {
	struct str body;
};
struct debits_in {
	struct date day;
	bool has_day;
};
struct sign_in {
	struct str message;
};
err_t bank_order(struct ctx *c, const void *input, struct reply *out);
err_t bank_query(struct ctx *c, const void *input, struct reply *out);
err_t bank_file(struct ctx *c, const void *input, struct reply *out);
err_t bank_debits(struct ctx *c, const void *input, struct reply *out);
err_t bank_sign(struct ctx *c, const void *input, struct reply *out);
err_t bank_debit_job(struct ctx *c, struct str voucher);
err_t bank_notify_job(struct ctx *c, struct str voucher);
err_t bank_seed(struct ctx *c);
err_t bank_file_text(struct ctx *c, struct date day, struct str *file);
err_t bank_check(struct ctx *c, struct fsck *f);
extern const struct choice bank_faults[];
#endif
