/* A batch as bookkeepers have it: a table, one row a line of an invoice, made into JSON lines. */
#ifndef ISSUE_BATCH_TABLE_H
#define ISSUE_BATCH_TABLE_H
#include "services/invoice/issue/write.h"

struct batch_table {
	struct str lines;    /* one invoice a line */
	const unsigned *row; /* where each row of the table stands in the file, from 1 */
	const size_t *first; /* of invoice i: its first row; one more than there are invoices */
	size_t n;            /* invoices */
};
/* Faults go to /file. */
MUST_USE err_t batch_table_read(struct ctx *c, struct str csv, struct batch_table *out);
/* The empty table with two examples, every cell a text so that long numbers stay whole; STR_NONE: failed. */
struct str batch_table_template(struct ctx *c);
const char *const *batch_table_titles(size_t *n); /* N_() */
#endif
