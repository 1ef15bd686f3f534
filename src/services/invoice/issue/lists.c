#include "services/invoice/issue/lists.h"
#include "base/csv.h"
#include "issue_sql.h"
#include "kernel/access/access.h"
#include "kernel/i18n/i18n.h"
#include "kernel/sheet/sheet.h"
#include "services/invoice/issue/write.h"

enum { PAGE = 100, EXPORT_MAX = 20000, MONTHS = 12 };

static const struct fault_def bad_cursor = { "cursor", N_("翻页位置不对，请从第一页重新查"), NULL, NULL };
static const struct fault_def min_max = { "min-max", N_("最小金额大于最大金额"), NULL, NULL };
static const struct fault_def too_many = { "export-too-many", N_("一次最多导出 20,000 张，请缩小期间或条件"), NULL,
	NULL };

static const char *const status_words[] = { "valid", "partly-reversed", "reversed", "red" };
static const struct choice sides[] = { { "issued", N_("开出的") }, { "received", N_("取得的") }, { 0 } };
static const struct choice statuses[] = { { "valid", N_("正常") }, { "partly-reversed", N_("部分红冲") },
	{ "reversed", N_("已全额红冲") }, { "red", N_("红字发票") }, { 0 } };

static const struct choice sorts[] = { { "newest", N_("最新的在前") }, { "amount", N_("金额大的在前") },
	{ "other", N_("按对方名称") }, { 0 } };

const struct field list_fields[] = {
	{ "side", FIELD_ENUM, AT(struct list_in, side), .max = 10, .choices = sides, .label = N_("方向") },
	{ "period", FIELD_PERIOD, AT(struct list_in, period), PRESENT_AT(struct list_in, has_period),
	        .label = N_("期间") },
	{ "kind", FIELD_ENUM, AT(struct list_in, kind), .max = 10, .choices = issue_kinds, .label = N_("发票种类") },
	{ "party", FIELD_TEXT, AT(struct list_in, party), .max = 100, .label = N_("对方名称") },
	{ "q", FIELD_TEXT, AT(struct list_in, q), .max = 100, .label = N_("号码或名称") },
	{ "status", FIELD_ENUM, AT(struct list_in, status), .max = 20, .choices = statuses, .label = N_("状态") },
	{ "min", FIELD_MONEY, AT(struct list_in, min), PRESENT_AT(struct list_in, has_min), .min = -MONEY_MAX_FEN,
	        .max = MONEY_MAX_FEN, .label = N_("最小金额") },
	{ "max", FIELD_MONEY, AT(struct list_in, max), PRESENT_AT(struct list_in, has_max), .min = -MONEY_MAX_FEN,
	        .max = MONEY_MAX_FEN, .label = N_("最大金额") },
	{ "sort", FIELD_ENUM, AT(struct list_in, sort), .max = 10, .choices = sorts, .label = N_("排序") },
	{ "after", FIELD_TEXT, AT(struct list_in, after), .max = 40, .label = N_("翻页位置") },
	{ 0 },
};

/* The conditions as the statements take them. */
struct where {
	int64_t party_id, status;
	int side;
	struct str from, to, kind, party, q, before_period, before_number;
	struct money least, most;
	struct str sort;
};
typedef struct issue_party_list_row row_t;
/* The statements of all orders give the same columns. */
_Static_assert(sizeof(row_t) == sizeof(struct issue_party_by_amount_row), "rows differ");
_Static_assert(sizeof(row_t) == sizeof(struct issue_party_by_other_row), "rows differ");

struct str lists_pattern(struct arena *a, struct str s)
{
	struct buf b;
	if (!s.n) return S("");
	buf_init(&b, a, s.n + 8);
	buf_char(&b, '%');
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		if (ch == '%' || ch == '_' || ch == '!') buf_char(&b, '!');
		buf_char(&b, ch >= 'A' && ch <= 'Z' ? (char)(ch + 32) : ch);
	}
	buf_char(&b, '%');
	return buf_done(&b);
}

static err_t where_of(struct ctx *c, const struct list_in *in, struct where *w)
{
	struct period p = in->has_period ? in->period : period_of(PERIOD_MONTH, c->today);
	struct str rest = in->after;
	*w = (struct where){ .party_id = c->caller.subject_id,
		.side = str_is(in->side, "received"),
		.from = period_format(c->arena, period_of(PERIOD_MONTH, period_first(p))),
		.to = period_format(c->arena, period_of(PERIOD_MONTH, period_last(p))),
		.kind = in->kind.p ? in->kind : S(""),
		.party = lists_pattern(c->arena, in->party),
		.q = lists_pattern(c->arena, in->q),
		.status = -1,
		.before_period = S("9999-99"),
		.before_number = S(""),
		.sort = in->sort,
		.least = in->has_min ? in->min : FEN(-MONEY_MAX_FEN),
		.most = in->has_max ? in->max : FEN(MONEY_MAX_FEN) };
	for (int i = 0; i <= LIST_RED; i++)
		if (str_is(in->status, status_words[i])) w->status = i;
	if (in->after.p && (!str_split(&rest, '.', &w->before_period) || !rest.p || w->before_period.n != 7))
		FAULT(c, S("/after"), &bad_cursor);
	else if (in->after.p)
		w->before_number = rest;
	if (in->has_min && in->has_max && in->min.fen > in->max.fen) FAULT(c, S("/min"), &min_max);
	TRY(problem_result(&c->problem));
	return access_open(c, c->caller.subject_id, "invoices");
}

static err_t by_amount(struct ctx *c, const struct where *w, row_t **rows, size_t *n)
{
	struct issue_party_by_amount_row *list = NULL;
	TRY(issue_party_by_amount(c, w->party_id, w->side, w->from, w->to, w->kind, w->party, w->q, w->status, w->least,
	        w->most, w->before_number, w->before_period, &list, n));
	*rows = (row_t *)(void *)list;
	return OK;
}

static err_t by_other(struct ctx *c, const struct where *w, row_t **rows, size_t *n)
{
	struct issue_party_by_other_row *list = NULL;
	TRY(issue_party_by_other(c, w->party_id, w->side, w->from, w->to, w->kind, w->party, w->q, w->status, w->least,
	        w->most, w->before_number, w->before_period, &list, n));
	*rows = (row_t *)(void *)list;
	return OK;
}

static err_t rows_of(struct ctx *c, const struct where *w, row_t **rows, size_t *n)
{
	if (str_is(w->sort, "amount")) return by_amount(c, w, rows, n);
	if (str_is(w->sort, "other")) return by_other(c, w, rows, n);
	return issue_party_list(c, w->party_id, w->side, w->from, w->to, w->before_period, w->before_number, w->kind,
	        w->party, w->q, w->status, w->least, w->most, rows, n);
}

static struct value *row_value(struct ctx *c, const row_t *r)
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "number", r->number);
	value_put_str(c->arena, v, "other", r->other_name);
	value_put_str(c->arena, v, "kind", r->kind);
	value_put_instant(c->arena, v, "issued_at", r->issued_at);
	value_put_money(c->arena, v, "amount", r->amount);
	value_put_money(c->arena, v, "tax", r->tax);
	value_put_money(c->arena, v, "total", r->total);
	value_put_c(c->arena, v, "status", status_words[r->status]);
	value_put_str(c->arena, v, "original", r->original.n ? r->original : STR_NONE);
	value_put_str(c->arena, v, "credited", r->credited.n ? r->credited : STR_NONE);
	value_put_bool(c->arena, v, "imported", r->imported);
	return v;
}

/* The last twelve months up to the end of the list, for the chart and for comparison. */
static err_t put_months(struct ctx *c, const struct where *w, struct value *out)
{
	struct issue_months_row *rows;
	struct period last;
	size_t n;
	if (!period_parse(w->to, &last)) return E_INTERNAL;
	TRY(issue_months(
	        c, w->party_id, w->side, period_format(c->arena, period_next(last, 1 - MONTHS)), w->to, &rows, &n));
	struct value *list = value_put_array(c->arena, out, "months");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "period", rows[i].period);
		value_put_int(c->arena, v, "count", rows[i].n);
		value_put_money(c->arena, v, "amount", rows[i].amount);
		value_put_money(c->arena, v, "tax", rows[i].tax);
		value_push(c->arena, list, v);
	}
	return OK;
}

err_t issue_list(struct ctx *c, const void *input, struct reply *out)
{
	const struct list_in *in = input;
	struct where w;
	struct issue_party_sum_row sum;
	row_t *rows;
	size_t n;
	bool found;
	TRY(where_of(c, in, &w));
	TRY(rows_of(c, &w, &rows, &n));
	TRY(issue_party_sum(
	        c, w.party_id, w.side, w.from, w.to, w.kind, w.party, w.q, w.status, w.least, w.most, &sum, &found));
	struct value *v = out->value = value_object(c->arena);
	value_put_c(c->arena, v, "side", w.side ? "received" : "issued");
	value_put_str(c->arena, v, "period",
	        period_format(c->arena, in->has_period ? in->period : period_of(PERIOD_MONTH, c->today)));
	value_put_int(c->arena, v, "count", sum.n);
	value_put_money(c->arena, v, "amount", sum.amount);
	value_put_money(c->arena, v, "tax", sum.tax);
	value_put_money(c->arena, v, "total", sum.total);
	struct value *list = value_put_array(c->arena, v, "invoices");
	for (size_t i = 0; i < n && i < PAGE; i++)
		value_push(c->arena, list, row_value(c, &rows[i]));
	value_put(c->arena, v, "next",
	        n > PAGE ? value_str(c->arena, str_printf(c->arena, "%.*s.%.*s", STR_FMT(rows[PAGE - 1].period),
	                                               STR_FMT(rows[PAGE - 1].number)))
	                 : value_null(c->arena));
	return put_months(c, &w, v);
}

/* --- export --- */

static const char *const titles[] = { N_("发票号码"), N_("开票日期"), N_("对方名称"), N_("发票种类"), N_("金额"),
	N_("税额"), N_("价税合计"), N_("状态"), N_("勾选属期"), N_("来源") };
enum { COLUMNS = sizeof titles / sizeof *titles, FIRST_AMOUNT = 4, LAST_AMOUNT = 6 };

static void cells_of(struct ctx *c, const row_t *r, struct str *cell)
{
	cell[0] = r->number;
	cell[1] = date_format(c->arena, date_of_instant(r->issued_at));
	cell[2] = r->other_name;
	cell[3] = tr(c, special_kind(r->kind)->label);
	cell[4] = money_format(c->arena, r->amount);
	cell[5] = money_format(c->arena, r->tax);
	cell[6] = money_format(c->arena, r->total);
	cell[7] = tr(c, statuses[r->status].label);
	cell[8] = r->credited;
	cell[9] = tr(c, r->imported ? N_("文件导入") : N_("本平台"));
}

typedef void put_row(void *arg, const struct str *cells, size_t n, bool head);

/* Page by page through the whole list; fn gets the head line and each row. */
static err_t each_row(struct ctx *c, const struct list_in *in, put_row *fn, void *arg)
{
	struct where w;
	struct str cells[COLUMNS];
	row_t *rows;
	size_t n, done = 0;
	TRY(where_of(c, in, &w));
	for (size_t i = 0; i < COLUMNS; i++)
		cells[i] = tr(c, titles[i]);
	fn(arg, cells, COLUMNS, true);
	do {
		TRY(rows_of(c, &w, &rows, &n));
		for (size_t i = 0; i < n && i < PAGE; i++) {
			if (++done > EXPORT_MAX) return RAISE(c, E_TOO_LARGE, &too_many);
			cells_of(c, &rows[i], cells);
			fn(arg, cells, COLUMNS, false);
			w.before_period = rows[i].period;
			w.before_number = rows[i].number;
		}
	} while (n > PAGE);
	return OK;
}

static void put_csv(void *arg, const struct str *cells, size_t n, bool head)
{
	(void)head;
	csv_write(arg, cells, n, true);
}

static struct str file_name(struct ctx *c, const struct list_in *in, const char *ending)
{
	struct period p = in->has_period ? in->period : period_of(PERIOD_MONTH, c->today);
	return str_printf(c->arena, "invoices-%s-%s.%s", str_is(in->side, "received") ? "received" : "issued",
	        period_format(c->arena, p).p, ending);
}

err_t issue_list_csv(struct ctx *c, const void *input, struct reply *out)
{
	struct buf b;
	buf_init(&b, c->arena, 16384);
	buf_c(&b, "\xef\xbb\xbf"); /* spreadsheets take the file for UTF-8 only with it */
	TRY(each_row(c, input, put_csv, &b));
	out->bytes = buf_done(&b);
	out->media = "text/csv; charset=utf-8";
	out->filename = file_name(c, input, "csv");
	return OK;
}

static void put_sheet(void *arg, const struct str *cells, size_t n, bool head)
{
	for (size_t i = 0; i < n; i++)
		sheet_cell(arg, cells[i],
		        !head && i >= FIRST_AMOUNT && i <= LAST_AMOUNT ? SHEET_AMOUNT
		        : head                                         ? SHEET_HEAD
		                                                       : SHEET_TEXT);
	sheet_row_end(arg);
}

err_t issue_list_xlsx(struct ctx *c, const void *input, struct reply *out)
{
	static const int widths[COLUMNS] = { 24, 12, 34, 18, 16, 14, 16, 12, 10, 10 };
	struct sheet *s = sheet_new(c->arena,
	        str_is(((const struct list_in *)input)->side, "received") ? tr(c, N_("取得的发票"))
	                                                                  : tr(c, N_("开出的发票")),
	        widths, COLUMNS);
	TRY(each_row(c, input, put_sheet, s));
	out->bytes = sheet_done(s);
	if (!out->bytes.p) return E_INTERNAL;
	out->media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
	out->filename = file_name(c, input, "xlsx");
	return OK;
}

err_t issue_creditable(struct ctx *c, int64_t buyer_id, struct str period, bool credited, struct str after,
        struct received **out, size_t *n, struct str *next)
{
	struct issue_creditable_rows_row *rows;
	struct str rest = after.p ? after : S("0000-00."), from;
	if (!str_split(&rest, '.', &from) || !rest.p) {
		FAULT(c, S("/after"), &bad_cursor);
		return problem_result(&c->problem);
	}
	TRY(issue_creditable_rows(c, buyer_id, period, from, rest, credited ? period : S(""), &rows, n));
	*next = STR_NONE;
	if (*n > PAGE) {
		*n = PAGE;
		*next = str_printf(
		        c->arena, "%.*s.%.*s", STR_FMT(rows[PAGE - 1].period), STR_FMT(rows[PAGE - 1].number));
	}
	*out = arena_array(c->arena, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct received){ rows[i].number, rows[i].other_name, rows[i].period, rows[i].credited,
			rows[i].issued_at, rows[i].amount, rows[i].tax };
	return OK;
}

err_t issue_unbooked(struct ctx *c, int64_t buyer_id, struct str period, struct str after, struct received **out,
        size_t *n, struct str *next)
{
	struct issue_unbooked_rows_row *rows;
	struct str rest = after.p ? after : S("9999-99.9"), from;
	if (!str_split(&rest, '.', &from) || !rest.p) {
		FAULT(c, S("/after"), &bad_cursor);
		return problem_result(&c->problem);
	}
	TRY(issue_unbooked_rows(c, buyer_id, period, from, rest, &rows, n));
	*next = STR_NONE;
	if (*n > PAGE) {
		*n = PAGE;
		*next = str_printf(
		        c->arena, "%.*s.%.*s", STR_FMT(rows[PAGE - 1].period), STR_FMT(rows[PAGE - 1].number));
	}
	*out = arena_array(c->arena, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct received){ rows[i].number, rows[i].other_name, rows[i].period, rows[i].credited,
			rows[i].issued_at, rows[i].amount, rows[i].tax };
	return OK;
}

err_t issue_booked_counts(struct ctx *c, int64_t after, struct issue_booked **out, size_t *n)
{
	struct issue_booked_rows_row *rows;
	TRY(issue_booked_rows(c, after, &rows, n));
	*out = arena_array(c->arena, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct issue_booked){ rows[i].party_id, rows[i].n };
	return OK;
}
