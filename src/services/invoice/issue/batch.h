/* Batches of invoices. Inner header. */
#ifndef ISSUE_BATCH_H
#define ISSUE_BATCH_H
#include "services/invoice/issue/write.h"

enum { BATCH_LINES_MAX = 100000, BATCH_BYTES_MAX = 128 << 20 };

struct batch_in {
	struct str lines;
};
op_run issue_batch, issue_proof;
#endif
