/* Files of orders: JSON lines, one order each, or CSV, one item of an order in a row (rows of one order stand together).
 * No HTTP, no SQL. */
#ifndef PLATFORM_FILE_H
#define PLATFORM_FILE_H
#include "base/csv.h"
#include "services/invoice/platform/order.h"

enum { FILE_LINES_MAX = 100000, FILE_BYTES_MAX = 64 << 20, FILE_COLUMNS_MAX = 40 };

struct file_reader {
	struct str text;
	bool csv;
	size_t at;      /* where the next order begins */
	int64_t line;   /* of the last byte before it, from 0 */
	int column_of[FILE_COLUMNS_MAX];
	size_t n_columns;
};

/* Reads the head of a CSV; faults go to c->problem at /file. at, line: where reading goes on (0, 0: at the start). */
MUST_USE err_t file_open(struct ctx *c, struct file_reader *r, struct str text, bool csv, size_t at, int64_t line);

/* The next order. Its faults are left in c->problem (emptied first), as far as it could be read it is in out; line: where it begins, from
 * 1. false: the end. */
bool file_next(struct ctx *c, struct file_reader *r, struct order *out, int64_t *line);

int64_t file_count_lines(struct str text);
enum { FILE_COLUMNS = 19 };
const char *const *file_titles(size_t *n); /* of CSV columns, N_(): English names of the fields are known too */
const char *file_column(size_t i);
#endif
