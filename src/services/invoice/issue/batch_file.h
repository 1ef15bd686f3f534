/* Batches by hand: a file goes up, what was issued and what is wrong in which row comes back. */
#ifndef ISSUE_BATCH_FILE_H
#define ISSUE_BATCH_FILE_H
#include "services/invoice/issue/write.h"

enum { BATCH_FILE_BYTES_MAX = 8 << 20 };
struct batch_file_in {
	struct str file;
};
extern const struct field batch_file_fields[];
op_run batch_page, batch_file, batch_template;
#endif
