/* The tax account as an answer, as a page and as files. */
#include "base/csv.h"
#include "issue_sql.h"
#include "kernel/i18n/i18n.h"
#include "kernel/page/chart.h"
#include "kernel/sheet/sheet.h"
#include "services/invoice/issue/account.h"
#include "services/invoice/issue/files.h"
#include "services/invoice/issue/pages.h"
#include "services/invoice/issue/special.h"

enum { EXPORT_MAX = 20000, MONTHS = 12, UNIT_ZH = 1000000, UNIT_EN = 100000 };

static const struct fault_def too_many = { "export-too-many", N_("一次最多导出 20,000 张，请缩小期间或条件"), NULL,
	NULL };
static const char *const status_codes[] = { "valid", "partly-reversed", "reversed", "red" };
static const char *const status_words[] = { N_("正常"), N_("部分红冲"), N_("已全额红冲"), N_("红字发票") };
static const char *const status_marks[] = { "ok", "warn", "off", "bad" };
static const char *const side_codes[] = { "issued", "received" };
static const char *const side_words[] = { N_("开出的"), N_("取得的") };

static const char *entry_words(struct str booked)
{
	return str_is(booked, "deductible")       ? N_("已入账（所得税税前扣除）")
	       : str_is(booked, "not-deductible") ? N_("已入账（所得税不扣除）")
	       : str_is(booked, "cancelled")      ? N_("已撤销入账")
	                                          : N_("未入账");
}

static void put_total(struct ctx *c, struct value *v, const struct account_total *t)
{
	value_put_int(c->arena, v, "count", t->n);
	value_put_money(c->arena, v, "amount", t->amount);
	value_put_money(c->arena, v, "tax", t->tax);
	value_put_money(c->arena, v, "total", t->total);
}

static void put_totals(struct ctx *c, struct value *v, const struct account_where *w,
        const struct account_total *of_side, const struct account_sum *sums, size_t n)
{
	struct value *sides = value_put_array(c->arena, v, "sides"), *rates = value_put_array(c->arena, v, "rates");
	for (int side = ACCOUNT_ISSUED; side <= ACCOUNT_RECEIVED; side++) {
		struct value *one = value_object(c->arena);
		if (!w->side[side]) continue;
		value_put_c(c->arena, one, "direction", side_codes[side]);
		put_total(c, one, &of_side[side]);
		value_push(c->arena, sides, one);
	}
	for (size_t i = 0; i < n; i++) {
		struct value *one = value_object(c->arena);
		value_put_c(c->arena, one, "direction", side_codes[sums[i].side]);
		value_put_str(c->arena, one, "period", sums[i].period);
		value_put_str(c->arena, one, "rate", account_rate_code(c->arena, sums[i].rate));
		value_put_money(c->arena, one, "amount", sums[i].amount);
		value_put_money(c->arena, one, "tax", sums[i].tax);
		value_push(c->arena, rates, one);
	}
}

static struct value *row_value(struct ctx *c, const struct account_row *r)
{
	struct value *v = value_object(c->arena);
	value_put_c(c->arena, v, "direction", side_codes[r->side]);
	value_put_str(c->arena, v, "number", r->number);
	value_put_str(c->arena, v, "other", r->other_name);
	value_put_str(c->arena, v, "kind", r->kind);
	value_put_instant(c->arena, v, "issued_at", r->issued_at);
	value_put_money(c->arena, v, "amount", r->amount);
	value_put_money(c->arena, v, "tax", r->tax);
	value_put_money(c->arena, v, "total", r->total);
	value_put_str(c->arena, v, "rate", account_rate_code(c->arena, r->rate));
	value_put_c(c->arena, v, "status", status_codes[r->status]);
	value_put_str(c->arena, v, "original", r->original.n ? r->original : STR_NONE);
	value_put_str(c->arena, v, "credited", r->credited.n ? r->credited : STR_NONE);
	value_put_str(c->arena, v, "booked",
	        r->side == ACCOUNT_ISSUED ? STR_NONE
	        : r->booked.n             ? r->booked
	                                  : S("open"));
	value_put_bool(c->arena, v, "imported", r->imported);
	return v;
}

/* The last twelve months up to the end of the list, of one side: for the chart. */
static err_t put_months(struct ctx *c, const struct account_where *w, int side, struct value *list)
{
	struct issue_months_row *rows;
	struct period last;
	size_t n;
	if (!period_parse(w->to, &last)) return E_INTERNAL;
	TRY(issue_months(
	        c, w->party_id, side, period_format(c->arena, period_next(last, 1 - MONTHS)), w->to, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_c(c->arena, v, "direction", side_codes[side]);
		value_put_str(c->arena, v, "period", rows[i].period);
		value_put_int(c->arena, v, "count", rows[i].n);
		value_put_money(c->arena, v, "amount", rows[i].amount);
		value_put_money(c->arena, v, "tax", rows[i].tax);
		value_push(c->arena, list, v);
	}
	return OK;
}

static struct str period_text(struct ctx *c, const struct account_in *in)
{
	return period_format(c->arena, in->has_period ? in->period : period_of(PERIOD_MONTH, c->today));
}

err_t account_show(struct ctx *c, const void *input, struct reply *out)
{
	const struct account_in *in = input;
	struct account_where w;
	struct account_total of_side[2];
	struct account_sum *sums = arena_array(c->arena, ACCOUNT_SUMS_MAX, sizeof *sums);
	struct account_row *rows = arena_array(c->arena, ACCOUNT_PAGE, sizeof *rows);
	size_t n_sums, n;
	bool more;
	TRY(account_where_of(c, in, &w));
	TRY(account_totals(c, &w, of_side, sums, &n_sums));
	struct value *v = out->value = value_object(c->arena);
	value_put_str(c->arena, v, "direction", in->direction.n ? in->direction : S("all"));
	value_put_str(c->arena, v, "period", period_text(c, in));
	put_totals(c, v, &w, of_side, sums, n_sums);
	struct value *months = value_put_array(c->arena, v, "months");
	for (int side = ACCOUNT_ISSUED; side <= ACCOUNT_RECEIVED; side++)
		if (w.side[side]) TRY(put_months(c, &w, side, months));
	/* A side without any needs no pass over all its invoices to find none. */
	for (int side = ACCOUNT_ISSUED; side <= ACCOUNT_RECEIVED; side++)
		w.side[side] = w.side[side] && of_side[side].n;
	TRY(account_page(c, &w, rows, &n, &more));
	struct value *list = value_put_array(c->arena, v, "invoices");
	for (size_t i = 0; i < n; i++)
		value_push(c->arena, list, row_value(c, &rows[i]));
	value_put_str(c->arena, v, "next", more ? account_cursor(c, &w) : STR_NONE);
	return OK;
}

/* --- files --- */

static const char *const titles[] = { N_("方向"), N_("发票号码"), N_("开票日期"), N_("对方名称"), N_("发票种类"),
	N_("税率"), N_("金额"), N_("税额"), N_("价税合计"), N_("状态"), N_("勾选属期"), N_("入账状态"), N_("来源") };
static const char *const elements[] = { "Direction", "InvoiceNumber", "IssuedOn", "OtherName", "Kind", "TaxRate",
	"Amount", "Tax", "Total", "Status", "CreditPeriod", "EntryStatus", "Source" };
enum { COLUMNS = sizeof titles / sizeof *titles, FIRST_AMOUNT = 6, LAST_AMOUNT = 8 };

/* codes: as programs read them, else in the user's words. */
static void cells_of(struct ctx *c, const struct account_row *r, bool codes, struct str *cell)
{
	bool received = r->side == ACCOUNT_RECEIVED;
	cell[0] = codes ? str_c(side_codes[r->side]) : tr(c, side_words[r->side]);
	cell[1] = r->number;
	cell[2] = date_format(c->arena, date_of_instant(r->issued_at));
	cell[3] = r->other_name;
	cell[4] = codes ? r->kind : tr(c, special_kind(r->kind)->label);
	cell[5] = codes ? account_rate_code(c->arena, r->rate) : account_rate_words(c, r->rate);
	cell[6] = money_format(c->arena, r->amount);
	cell[7] = money_format(c->arena, r->tax);
	cell[8] = money_format(c->arena, r->total);
	cell[9] = codes ? str_c(status_codes[r->status]) : tr(c, status_words[r->status]);
	cell[10] = r->credited;
	cell[11] = !received ? S("") : codes ? (r->booked.n ? r->booked : S("open")) : tr(c, entry_words(r->booked));
	cell[12] =
	        codes ? (r->imported ? S("imported") : S("here")) : tr(c, r->imported ? N_("文件导入") : N_("本平台"));
}

typedef void put_row(void *arg, const struct str *cells, bool head);

static err_t each_row(struct ctx *c, const struct account_in *in, bool codes, put_row *fn, void *arg)
{
	struct account_where w;
	struct account_row *rows = arena_array(c->arena, ACCOUNT_PAGE, sizeof *rows);
	struct str cells[COLUMNS];
	size_t n, done = 0;
	bool more = true;
	TRY(account_where_of(c, in, &w));
	for (size_t i = 0; i < COLUMNS; i++)
		cells[i] = codes ? str_c(elements[i]) : tr(c, titles[i]);
	fn(arg, cells, true);
	while (more) {
		TRY(account_page(c, &w, rows, &n, &more));
		done += n;
		if (done > EXPORT_MAX) return RAISE(c, E_TOO_LARGE, &too_many);
		for (size_t i = 0; i < n; i++) {
			cells_of(c, &rows[i], codes, cells);
			fn(arg, cells, false);
		}
	}
	return OK;
}

static void name_file(
        struct ctx *c, const struct account_in *in, const char *ending, const char *media, struct reply *out)
{
	out->media = media;
	out->filename = str_printf(c->arena, "tax-account-%s-%s.%s", in->direction.n ? in->direction.p : "all",
	        period_text(c, in).p, ending);
}

static void put_csv(void *arg, const struct str *cells, bool head)
{
	(void)head;
	csv_write(arg, cells, COLUMNS, true);
}

err_t account_csv(struct ctx *c, const void *input, struct reply *out)
{
	struct buf b;
	buf_init(&b, c->arena, 16384);
	buf_c(&b, "\xef\xbb\xbf"); /* spreadsheets take the file for UTF-8 only with it */
	TRY(each_row(c, input, false, put_csv, &b));
	out->bytes = buf_done(&b);
	name_file(c, input, "csv", "text/csv; charset=utf-8", out);
	return OK;
}

static void put_sheet(void *arg, const struct str *cells, bool head)
{
	for (size_t i = 0; i < COLUMNS; i++)
		sheet_cell(arg, cells[i],
		        head                                    ? SHEET_HEAD
		        : i >= FIRST_AMOUNT && i <= LAST_AMOUNT ? SHEET_AMOUNT
		                                                : SHEET_TEXT);
	sheet_row_end(arg);
}

err_t account_xlsx(struct ctx *c, const void *input, struct reply *out)
{
	static const int widths[COLUMNS] = { 8, 24, 12, 34, 18, 10, 16, 14, 16, 12, 10, 24, 10 };
	struct sheet *s = sheet_new(c->arena, tr(c, N_("税务数字账户")), widths, COLUMNS);
	TRY(each_row(c, input, false, put_sheet, s));
	out->bytes = sheet_done(s);
	if (!out->bytes.p) return E_INTERNAL;
	name_file(c, input, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", out);
	return OK;
}

static void put_xml(void *arg, const struct str *cells, bool head)
{
	if (head) return;
	buf_c(arg, "<Invoice>");
	for (size_t i = 0; i < COLUMNS; i++)
		files_xml_element(arg, elements[i], cells[i]);
	buf_c(arg, "</Invoice>\n");
}

err_t account_xml(struct ctx *c, const void *input, struct reply *out)
{
	const struct account_in *in = input;
	struct buf b;
	buf_init(&b, c->arena, 16384);
	buf_c(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<TaxAccount version=\"1\">\n");
	files_xml_element(&b, "TaxpayerId", c->caller.subject_tax_id);
	files_xml_element(&b, "Period", period_text(c, in));
	files_xml_element(&b, "MadeAt", instant_format(c->arena, c->now));
	buf_char(&b, '\n');
	TRY(each_row(c, in, true, put_xml, &b));
	buf_c(&b, "</TaxAccount>\n");
	out->bytes = buf_done(&b);
	name_file(c, in, "xml", "application/xml", out);
	return OK;
}

/* --- the page --- */

/* The conditions: into the controls (a form that came back has its own), and as a query for links. */
static struct str put_query(struct ctx *c, struct value *v, const struct account_in *in)
{
	struct value *form = value_object(c->arena);
	struct buf b;
	buf_init(&b, c->arena, 160);
	pages_query_add(c, &b, form, "direction", value_text(v, "direction"));
	pages_query_add(c, &b, form, "period", value_text(v, "period"));
	pages_query_add(c, &b, form, "kind", in->kind);
	pages_query_add(c, &b, form, "status", in->status);
	pages_query_add(c, &b, form, "rate", in->rate);
	pages_query_add(c, &b, form, "booked", in->booked);
	pages_query_add(c, &b, form, "party", in->party);
	pages_query_add(c, &b, form, "q", in->q);
	if (in->has_min) pages_query_add(c, &b, form, "min", money_format(c->arena, in->min));
	if (in->has_max) pages_query_add(c, &b, form, "max", money_format(c->arena, in->max));
	if (!value_get(v, S("form"))) value_put(c->arena, v, "form", form);
	return buf_done(&b);
}

static struct str words_of(struct ctx *c, struct str code, const char *const *codes, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(code, codes[i])) return tr(c, words[i]);
	return S("");
}

/* Twelve bars of one side; months without invoices are empty places. */
static struct str chart_of(struct ctx *c, const struct value *months, const char *side, struct period last)
{
	struct chart_bar bars[MONTHS];
	for (int i = 0; i < MONTHS; i++) {
		struct str text = period_format(c->arena, period_next(last, i + 1 - MONTHS));
		struct money amount = FEN(0);
		for (const struct value_member *m = months->first; m; m = m->next)
			if (str_is(value_text(m->value, "direction"), side) &&
			        str_eq(value_text(m->value, "period"), text))
				(void)money_parse(value_text(m->value, "amount"), &amount);
		bars[i] = (struct chart_bar){ pages_month_word(c, text), amount.fen, false };
	}
	struct chart k = { tr(c, N_("十二个月不含税金额柱形图，数据见下表")), bars, MONTHS, c->lang ? UNIT_EN : UNIT_ZH,
		tr(c, N_("没有数据")), 0 };
	return chart_bars_svg(c->arena, &k);
}

static void put_charts(struct ctx *c, struct value *v)
{
	const struct value *sides = value_get(v, S("sides")), *months = value_get(v, S("months"));
	struct value *charts = value_put_array(c->arena, v, "charts");
	struct period chosen;
	if (!period_parse(value_text(v, "period"), &chosen) || !months->count) return;
	for (const struct value_member *m = sides->first; m; m = m->next) {
		struct str side = value_text(m->value, "direction");
		struct value *one = value_object(c->arena), *list = value_put_array(c->arena, one, "months");
		value_put_str(c->arena, one, "direction", side);
		value_put_str(c->arena, one, "title", words_of(c, side, side_codes, side_words, 2));
		value_put_str(c->arena, one, "chart_svg",
		        chart_of(c, months, side.p, period_of(PERIOD_MONTH, period_last(chosen))));
		for (const struct value_member *k = months->first; k; k = k->next)
			if (str_eq(value_text(k->value, "direction"), side)) value_push(c->arena, list, k->value);
		value_push(c->arena, charts, one);
	}
}

static void put_row_words(struct ctx *c, struct value *r)
{
	int64_t rate;
	struct str side = value_text(r, "direction"), booked = value_text(r, "booked"),
	           number = value_text(r, "number");
	value_put_str(c->arena, r, "direction_words", words_of(c, side, side_codes, side_words, 2));
	if (account_rate_parse(value_text(r, "rate"), &rate))
		value_put_str(c->arena, r, "rate_words", account_rate_words(c, rate));
	if (!number.p) return;
	value_put_str(c->arena, r, "status_words", words_of(c, value_text(r, "status"), status_codes, status_words, 4));
	for (size_t i = 0; i < 4; i++)
		if (str_is(value_text(r, "status"), status_codes[i])) value_put_c(c->arena, r, "mark", status_marks[i]);
	value_put_str(c->arena, r, "kind_words", tr(c, special_kind(value_text(r, "kind"))->label));
	value_put_str(c->arena, r, "booked_words", booked.p ? tr(c, entry_words(booked)) : STR_NONE);
	const struct value *imported = value_get(r, S("imported"));
	value_put_str(c->arena, r, "href",
	        str_printf(c->arena, "/%s/%.*s", imported && imported->boolean ? "purchases" : "invoices",
	                STR_FMT(number)));
}

err_t account_view(struct ctx *c, const void *input, struct reply *out)
{
	static const char *const lists[] = { "sides", "rates", "invoices" };
	const struct account_in *in = input;
	struct value *v = out->value;
	struct str direction = value_text(v, "direction");
	value_put_str(c->arena, v, "query", put_query(c, v, in));
	for (size_t i = 0; i < 3; i++)
		for (const struct value_member *m = value_get(v, str_c(lists[i]))->first; m; m = m->next)
			put_row_words(c, m->value);
	put_charts(c, v);
	value_put_bool(c->arena, v, "is_all", str_is(direction, "all"));
	value_put_bool(c->arena, v, "is_issued", str_is(direction, "issued"));
	value_put_bool(c->arena, v, "is_received", str_is(direction, "received"));
	value_put_bool(c->arena, v, "any", value_get(v, S("invoices"))->count > 0);
	value_put_bool(c->arena, v, "any_rate", value_get(v, S("rates"))->count > 0);
	value_put_bool(c->arena, v, "any_month", value_get(v, S("months"))->count > 0);
	value_put_bool(c->arena, v, "later_page", in->after.n > 0);
	value_put_bool(c->arena, v, "narrowed",
	        in->kind.n || in->party.n || in->q.n || in->status.n || in->rate.n || in->booked.n || in->has_min ||
	                in->has_max);
	return OK;
}
