/* CSV (RFC 4180): a reader with limits and a writer. CRLF and LF are read, CRLF is written, a leading BOM is skipped.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H
#include "base/buf.h"

#define CSV_FIELDS_MAX 256
#define CSV_FIELD_BYTES_MAX 65536

enum csv_result {
	CSV_ROW,
	CSV_END,
	CSV_QUOTE,    /* a quote inside a plain field, text behind a closing quote, or no closing quote */
	CSV_TOO_MANY, /* more fields than the caller has room for */
	CSV_TOO_LONG, /* a field over CSV_FIELD_BYTES_MAX */
};

struct csv_reader {
	struct str text;
	size_t at;
	unsigned line; /* of the row read last, from 1 */
	unsigned next_line;
};

void csv_open(struct csv_reader *r, struct str text);
/* One row; *n_fields is set for CSV_ROW. Fields without quotes are slices of the text. Rows without any byte are
 * skipped. */
enum csv_result csv_read(struct csv_reader *r, struct arena *a, struct str *fields, size_t max, size_t *n_fields);

/* One row with its line end. safe: a field that a spreadsheet would run as a formula (= + - @ tab CR first, unless it
 * is a number) gets a ' in front (OWASP CSV injection). */
void csv_write(struct buf *b, const struct str *fields, size_t n, bool safe);
#endif
