/* Handlers of the transparency service, and what the act of a receipt is called. */
#ifndef TRANSPARENCY_HANDLERS_H
#define TRANSPARENCY_HANDLERS_H
#include "services/foundation/transparency/transparency.h"

struct receipt_in {
	int64_t id;
};
struct receipts_in {
	int64_t after;
};
struct check_in {
	int64_t id;
	struct str digest;
};
struct file_in {
	struct str file;
};
op_run receipts, receipt_show, receipt_view, receipt_check_public, receipt_check_file, log_show;
#endif
