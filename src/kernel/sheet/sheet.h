/* Spreadsheets (XLSX, ECMA-376): one sheet of rows, written with libzip. Texts go in as inline strings, so that nothing in
 * them can run as a formula; amounts go in as numbers with two places. The same calls give the same bytes. */
#ifndef KERNEL_SHEET_H
#define KERNEL_SHEET_H
#include "base/str.h"

#define SHEET_ROWS_MAX 100000

enum sheet_kind {
	SHEET_TEXT,
	SHEET_HEAD,   /* text in bold */
	SHEET_AMOUNT, /* "-1234.50" */
};
struct sheet;

/* widths: of the columns, in characters. */
struct sheet *sheet_new(struct arena *a, struct str title, const int *widths, size_t n_columns);
void sheet_cell(struct sheet *s, struct str text, enum sheet_kind kind);
void sheet_row_end(struct sheet *s);
/* The file; STR_NONE: too many rows, or the library failed. */
struct str sheet_done(struct sheet *s);
/* A member of a zip file; STR_NONE: not there, or no zip. For tests and readers of our own files; at most max bytes. */
struct str sheet_member(struct arena *a, struct str zip, const char *name, size_t max);
#endif
