/* Many invoices from a table: one a line, "number, total, date", as spreadsheets and people write them. A line that can
 * not be read is told in its place; the others are answered. */
#include "base/csv.h"
#include "base/utf8.h"
#include "kernel/i18n/i18n.h"
#include "services/invoice/verify/asked.h"
#include "services/invoice/verify/verify.h"
#include <string.h>

enum { NUMBER_DIGITS = 20, CELLS = 6, RAW_SHOWN = 40 };

static const struct fault_def nothing = { "table-empty", N_("还没有要查的发票，请粘贴号码或选择文件"), NULL, NULL };
static const struct fault_def too_many = { "table-long", N_("一次最多查 1,000 张，这里有 {1} 行，请分几次查"), NULL,
	NULL };

static bool is_separator(char ch)
{
	return ch == ',' || ch == '\t' || ch == ';' || ch == ' ' || ch == '"' || ch == '\r';
}

static size_t digits_in(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] >= '0' && s.p[i] <= '9';
	return n;
}

/* The next piece between separators. */
static bool next_piece(struct str *rest, struct str *piece)
{
	while (rest->n && is_separator(rest->p[0]))
		*rest = str_sub(*rest, 1, rest->n);
	size_t n = 0;
	while (n < rest->n && !is_separator(rest->p[n]))
		n++;
	*piece = str_sub(*rest, 0, n);
	*rest = str_sub(*rest, n, rest->n);
	return n > 0;
}

/* 2026-12-03, 2026/12/3, 20261203 */
static bool read_date(struct ctx *c, struct str s, struct date *out)
{
	int64_t part[3] = { 0 };
	size_t n = 0, digits = digits_in(s);
	if (digits == 8 && s.n == 8)
		return date_parse(str_printf(c->arena, "%.4s-%.2s-%.2s", s.p, s.p + 4, s.p + 6), out);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			part[n] = part[n] * 10 + (s.p[i] - '0');
		else if ((s.p[i] != '-' && s.p[i] != '/' && s.p[i] != '.') || ++n > 2)
			return false;
	}
	return n == 2 && digits <= 8 &&
	       date_parse(str_printf(c->arena, "%04lld-%02lld-%02lld", (long long)part[0], (long long)part[1],
	                          (long long)part[2]),
	               out);
}

/* Of several pieces: 1,130.00 was cut at its comma. */
static bool read_total(struct ctx *c, const struct str *pieces, size_t n, struct money *out)
{
	struct buf b;
	buf_init(&b, c->arena, 24);
	for (size_t i = 0; i < n; i++) {
		struct str s = pieces[i];
		if (str_starts(s, "¥")) s = str_sub(s, strlen("¥"), s.n);
		if (str_starts(s, "￥")) s = str_sub(s, strlen("￥"), s.n);
		buf_str(&b, s);
	}
	return money_parse(buf_done(&b), out);
}

/* NULL: read; else what is wrong with the line. */
static const char *read_line(struct ctx *c, struct str line, struct verify_in *out)
{
	struct str pieces[CELLS], rest = utf8_fold(c->arena, line);
	size_t n = 0;
	*out = (struct verify_in){ 0 };
	while (n < CELLS && next_piece(&rest, &pieces[n]))
		n++;
	if (!n || pieces[0].n != NUMBER_DIGITS || digits_in(pieces[0]) != NUMBER_DIGITS)
		return n && memchr(pieces[0].p, 'E', pieces[0].n) ? N_("号码被表格软件缩写了；请把这一列设成文本再复制")
		                                                  : N_("发票号码要 20 位数字");
	out->number = str_dup(c->arena, pieces[0]);
	if (n > 1 && read_date(c, pieces[n - 1], &out->date)) {
		out->has_date = true;
		n--;
	}
	if (n == 1) return NULL;
	out->has_total = read_total(c, pieces + 1, n - 1, &out->total);
	return out->has_total ? NULL : N_("合计或日期读不懂，写成 1130.00 和 2026-12-03");
}

static struct value *unreadable(struct ctx *c, struct str line, const char *why)
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "number", utf8_valid(line) ? utf8_clip(str_trim(line), RAW_SHOWN) : S("…"));
	value_put_c(c->arena, v, "verdict", "unreadable");
	value_put_str(c->arena, v, "detail", tr(c, why));
	(void)value_put_array(c->arena, v, "checked");
	value_put_str(c->arena, v, "reversed_by", STR_NONE);
	return v;
}

static err_t answer_line(struct ctx *c, int64_t place, struct str line, struct value *results)
{
	struct verify_in asked;
	struct value *one;
	const char *why = read_line(c, line, &asked);
	if (why)
		one = unreadable(c, line, why);
	else
		TRY(verify_judge(c, &asked, &one));
	verify_count(c, one);
	value_put_int(c->arena, one, "line", place);
	value_put_str(c->arena, one, "total", asked.has_total ? money_format(c->arena, asked.total) : STR_NONE);
	value_put_str(c->arena, one, "date", asked.has_date ? date_format(c->arena, asked.date) : STR_NONE);
	value_push(c->arena, results, one);
	return OK;
}

struct lines {
	struct str list[VERIFY_ITEMS_MAX];
	int64_t place[VERIFY_ITEMS_MAX]; /* of the line, from 1 */
	int64_t n, at;
};

/* Empty lines count in the places, so that a place is that of the user's own table; a heading has no digits. */
static void take_lines(struct lines *l, struct str text)
{
	struct str line;
	if (str_starts(text, "\xef\xbb\xbf")) text = str_sub(text, 3, text.n);
	for (bool first = true; str_split(&text, '\n', &line); first = false) {
		l->at++;
		line = str_trim(line);
		if (!line.n || (first && !digits_in(line))) continue;
		if (l->n < VERIFY_ITEMS_MAX) {
			l->list[l->n] = line;
			l->place[l->n] = l->at;
		}
		l->n++;
	}
}

err_t verify_table(struct ctx *c, const void *input, struct reply *out)
{
	const struct verify_table_in *in = input;
	struct lines *l = arena_new_of(c->arena, struct lines);
	*l = (struct lines){ 0 };
	if (in->file.p) take_lines(l, in->file);
	if (in->text.p) take_lines(l, in->text);
	if (!l->n) FAULT(c, S("/text"), &nothing);
	if (l->n > VERIFY_ITEMS_MAX)
		FAULT(c, in->text.p ? S("/text") : S("/file"), &too_many, str_from_int(c->arena, l->n));
	TRY(problem_result(&c->problem));
	out->value = value_object(c->arena);
	value_put_int(c->arena, out->value, "count", l->n);
	struct value *results = value_put_array(c->arena, out->value, "results");
	for (int64_t i = 0; i < l->n; i++)
		TRY(answer_line(c, l->place[i], l->list[i], results));
	return OK;
}

err_t verify_table_limits(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	out->value = value_object(c->arena);
	value_put_int(c->arena, out->value, "rows_max", VERIFY_ITEMS_MAX);
	value_put_int(c->arena, out->value, "bytes_max", VERIFY_TEXT_MAX);
	return OK;
}

err_t verify_table_csv(struct ctx *c, const void *input, struct reply *out)
{
	static const char *const heads[] = { N_("行"), N_("发票号码"), N_("价税合计"), N_("开票日期"), N_("结果"),
		N_("说明") };
	static const char *const members[] = { NULL, "number", "total", "date", "verdict", "detail" };
	struct str cells[COUNT(heads)];
	struct buf b;
	TRY(verify_table(c, input, out));
	buf_init(&b, c->arena, 64 * 1024);
	buf_c(&b, "\xef\xbb\xbf"); /* spreadsheets take the file for UTF-8 only with it */
	for (size_t i = 0; i < COUNT(heads); i++)
		cells[i] = tr(c, heads[i]);
	csv_write(&b, cells, COUNT(heads), true);
	for (const struct value_member *m = value_get(out->value, S("results"))->first; m; m = m->next) {
		cells[0] = str_from_int(c->arena, value_number(m->value, "line", 0));
		for (size_t i = 1; i < COUNT(members); i++) {
			struct str s = value_text(m->value, members[i]);
			/* a number of 20 digits would be rounded: the tab keeps it a text */
			if (i == 1 && s.n == NUMBER_DIGITS) s = str_printf(c->arena, "%.*s\t", STR_FMT(s));
			if (i == 4) s = verify_title(c, m->value);
			cells[i] = s.p ? s : S("");
		}
		csv_write(&b, cells, COUNT(cells), true);
	}
	*out = (struct reply){ .bytes = buf_done(&b),
		.media = "text/csv; charset=utf-8",
		.filename = str_printf(c->arena, "verify-%.*s.csv", STR_FMT(date_format(c->arena, c->today))) };
	return OK;
}
