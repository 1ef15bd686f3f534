/* Many bookings from a table: a line each, "number, entry, voucher, period", as spreadsheets write it (CSV or tabs).
 * The first line may be a heading. */
#include "base/csv.h"
#include "base/utf8.h"
#include "services/invoice/booking/book.h"

enum { NUMBER_DIGITS = 20, CELLS = 8, PERIOD_CHARS = 7 };

static const struct fault_def empty = { "table-empty", N_("还没有要入账的发票，请粘贴或选择文件"), NULL, NULL };
static const struct fault_def too_many = { "table-long", N_("一次最多入账 1,000 张，请分几次办"), NULL, NULL };
static const struct fault_def not_utf8 = { "table-encoding", N_("文件不是 UTF-8 编码"),
	N_("在 Excel 里另存为“CSV UTF-8（逗号分隔）”再上传"), NULL };
static const struct fault_def broken = { "table-broken", N_("这一行读不懂，可能少了一个引号或列太多"), NULL, NULL };
static const struct fault_def bad_number = { "number", N_("发票号码要 20 位数字"), NULL, NULL };
static const struct fault_def bad_entry = { "entry", N_("入账状态写 02（税前扣除）或 03（不扣除）"), NULL, NULL };
static const struct fault_def bad_voucher = { "voucher", N_("缺少记账凭证号，或超过 40 个字"), NULL, NULL };

static bool is_number(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9') return false;
	return s.n == NUMBER_DIGITS;
}

/* The code of the entry status, as it is exchanged, our own word, or the words of the form. */
static struct str read_entry(struct arena *a, struct str s)
{
	static const char *const codes[] = { "02", "03" }, *const short_codes[] = { "2", "3" };
	for (size_t i = 0; i < COUNT(codes); i++)
		if (str_is(s, codes[i]) || str_is(s, short_codes[i]) || str_is(s, booking_choices[i].code) ||
		        str_eq(s, utf8_fold(a, str_c(booking_choices[i].label))))
			return str_c(booking_choices[i].code);
	return STR_NONE;
}

/* ' in front and a tab behind keep a long number a text in spreadsheets. */
static struct str cell(struct ctx *c, struct str s)
{
	s = str_trim(utf8_fold(c->arena, s));
	return s.n && s.p[0] == '\'' ? str_trim(str_sub(s, 1, s.n)) : s;
}

static void read_row(struct ctx *c, const struct str *cells, size_t n, struct str at, struct booking_entry *e)
{
	struct str entry = n > 1 ? cell(c, cells[1]) : S(""), period = n > 3 ? cell(c, cells[3]) : S("");
	*e = (struct booking_entry){ .number = cell(c, cells[0]), .voucher = n > 2 ? cell(c, cells[2]) : S("") };
	e->entry = entry.n ? read_entry(c->arena, entry) : S("deductible");
	if (!is_number(e->number)) FAULT(c, at, &bad_number);
	if (!e->entry.p) FAULT(c, at, &bad_entry);
	if (!e->voucher.n || utf8_count(e->voucher) > BOOKING_VOUCHER_MAX) FAULT(c, at, &bad_voucher);
	if (!period.n) return;
	e->has_period = period_parse(period, &e->period) && e->period.kind == PERIOD_MONTH && period.n == PERIOD_CHARS;
	if (!e->has_period) FAULT(c, at, &booking_not_month);
}

/* A heading has no digits in its first cell. */
static bool is_heading(const struct csv_reader *r, struct str first)
{
	for (size_t i = 0; i < first.n; i++)
		if (first.p[i] >= '0' && first.p[i] <= '9') return false;
	return r->line == 1;
}

/* Tabs, as they come from the clipboard, are the separators when the text has no comma. */
static struct str with_commas(struct ctx *c, struct str text)
{
	struct buf b;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == ',') return text;
	buf_init(&b, c->arena, text.n + 1);
	for (size_t i = 0; i < text.n; i++)
		buf_char(&b, text.p[i] == '\t' ? ',' : text.p[i]);
	return buf_done(&b);
}

static void read_text(struct ctx *c, struct str text, const char *field, struct booking_list *out)
{
	struct str cells[CELLS] = { { 0 } }, at = str_printf(c->arena, "/%s", field);
	struct csv_reader r;
	enum csv_result got;
	size_t n;
	if (!utf8_valid(text)) {
		FAULT(c, at, &not_utf8);
		return;
	}
	csv_open(&r, with_commas(c, text));
	while ((got = csv_read(&r, c->arena, cells, CELLS, &n)) == CSV_ROW) {
		at = str_printf(c->arena, "/%s/%u", field, r.line - 1);
		if (!n || (n == 1 && !str_trim(cells[0]).n) || is_heading(&r, cells[0])) continue;
		if (out->n == BOOKING_MAX) {
			FAULT(c, str_printf(c->arena, "/%s", field), &too_many);
			return;
		}
		out->at[out->n] = at;
		read_row(c, cells, n, at, &out->entries[out->n++]);
	}
	if (got != CSV_END) FAULT(c, str_printf(c->arena, "/%s/%u", field, r.line - 1), &broken);
}

err_t booking_table_read(struct ctx *c, const struct booking_table_in *in, struct booking_list *out)
{
	out->entries = arena_array(c->arena, BOOKING_MAX, sizeof *out->entries);
	out->at = arena_array(c->arena, BOOKING_MAX, sizeof *out->at);
	out->n = 0;
	if (in->file.n) read_text(c, in->file, "file", out);
	if (in->text.n) read_text(c, in->text, "text", out);
	if (!out->n && !c->problem.n) FAULT(c, S("/text"), &empty);
	return problem_result(&c->problem);
}
