#include "base/csv.h"
#include <string.h>

void csv_open(struct csv_reader *r, struct str text)
{
	*r = (struct csv_reader){ .text = text, .next_line = 1 };
	if (str_starts(text, "\xef\xbb\xbf")) r->at = 3;
}

static bool line_end(const struct csv_reader *r)
{
	struct str t = r->text;
	return r->at < t.n && (t.p[r->at] == '\n' || (t.p[r->at] == '\r' && r->at + 1 < t.n && t.p[r->at + 1] == '\n'));
}

static void skip_line_end(struct csv_reader *r)
{
	r->at += r->text.p[r->at] == '\r' ? 2 : 1;
	r->next_line++;
}

static enum csv_result quoted(struct csv_reader *r, struct arena *a, struct str *field)
{
	struct str t = r->text;
	struct buf b;
	buf_init(&b, a, 32);
	for (r->at++; r->at < t.n; r->at++) {
		char c = t.p[r->at];
		if (c == '"') {
			if (r->at + 1 >= t.n || t.p[r->at + 1] != '"') break;
			r->at++;
		}
		if (c == '\n') r->next_line++;
		if (b.n >= CSV_FIELD_BYTES_MAX) return CSV_TOO_LONG;
		buf_char(&b, c);
	}
	if (r->at >= t.n) return CSV_QUOTE;
	r->at++;
	*field = buf_done(&b);
	return r->at >= t.n || t.p[r->at] == ',' || line_end(r) ? CSV_ROW : CSV_QUOTE;
}

static enum csv_result plain(struct csv_reader *r, struct str *field)
{
	struct str t = r->text;
	size_t from = r->at;
	while (r->at < t.n && t.p[r->at] != ',' && !line_end(r)) {
		if (t.p[r->at] == '"') return CSV_QUOTE;
		r->at++;
	}
	*field = (struct str){ t.p + from, r->at - from };
	return field->n > CSV_FIELD_BYTES_MAX ? CSV_TOO_LONG : CSV_ROW;
}

enum csv_result csv_read(struct csv_reader *r, struct arena *a, struct str *fields, size_t max, size_t *n_fields)
{
	size_t n = 0;
	while (line_end(r))
		skip_line_end(r);
	if (r->at >= r->text.n) return CSV_END;
	r->line = r->next_line;
	for (;;) {
		if (n == max || n == CSV_FIELDS_MAX) return CSV_TOO_MANY;
		bool quote = r->at < r->text.n && r->text.p[r->at] == '"';
		enum csv_result result = quote ? quoted(r, a, &fields[n]) : plain(r, &fields[n]);
		if (result != CSV_ROW) return result;
		n++;
		if (r->at >= r->text.n || r->text.p[r->at] != ',') break;
		r->at++;
	}
	if (r->at < r->text.n) skip_line_end(r);
	*n_fields = n;
	return CSV_ROW;
}

static bool is_number(struct str s)
{
	size_t from = s.p[0] == '-' || s.p[0] == '+' ? 1 : 0, digits = 0;
	for (size_t i = from; i < s.n; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			digits++;
		else if (s.p[i] != '.' && s.p[i] != ',')
			return false;
	}
	return digits > 0;
}

void csv_write(struct buf *b, const struct str *fields, size_t n, bool safe)
{
	for (size_t i = 0; i < n; i++) {
		struct str f = fields[i];
		bool shield = safe && f.n && f.p[0] && strchr("=+-@\t\r", f.p[0]) && !is_number(f), quote = false;
		for (size_t k = 0; k < f.n; k++)
			quote = quote || f.p[k] == '"' || f.p[k] == ',' || f.p[k] == '\n' || f.p[k] == '\r';
		if (i) buf_char(b, ',');
		if (quote) buf_char(b, '"');
		if (shield) buf_char(b, '\'');
		for (size_t k = 0; k < f.n; k++) {
			if (f.p[k] == '"') buf_char(b, '"');
			buf_char(b, f.p[k]);
		}
		if (quote) buf_char(b, '"');
	}
	buf_c(b, "\r\n");
}
