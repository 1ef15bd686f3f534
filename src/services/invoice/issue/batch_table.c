#include "services/invoice/issue/batch_table.h"
#include "base/csv.h"
#include "base/utf8.h"
#include "kernel/i18n/i18n.h"
#include "kernel/sheet/sheet.h"

enum place { OF_INVOICE, OF_BUYER, OF_LINE };
enum column {
	REF,
	KIND,
	BUYER_ID,
	BUYER_NAME,
	CODE,
	NAME,
	SPEC,
	UNIT,
	QUANTITY,
	PRICE,
	INCLUDES,
	AMOUNT,
	RATE,
	TREATMENT,
	COAL,
	DISCOUNT,
	REMARK,
	COLUMNS
};
enum { ROWS_MAX = 20000, FILE_COLUMNS_MAX = 40 };

static const char *const titles[COLUMNS] = { N_("单号"), N_("发票种类"), N_("购买方税号"), N_("购买方名称"),
	N_("税收分类编码"), N_("项目名称"), N_("规格型号"), N_("单位"), N_("数量"), N_("单价"), N_("含税"), N_("金额"),
	N_("税率"), N_("征免方式"), N_("煤炭种类"), N_("折扣"), N_("备注") };
static const struct {
	const char *name;
	enum place place;
} members[COLUMNS] = { { "seller_ref", OF_INVOICE }, { "kind", OF_INVOICE }, { "tax_id", OF_BUYER },
	{ "name", OF_BUYER }, { "tax_code", OF_LINE }, { "name", OF_LINE }, { "spec", OF_LINE }, { "unit", OF_LINE },
	{ "quantity", OF_LINE }, { "price", OF_LINE }, { "price_includes_tax", OF_LINE }, { "amount", OF_LINE },
	{ "rate", OF_LINE }, { "treatment", OF_LINE }, { "coal", OF_LINE }, { "discount", OF_LINE },
	{ "remark", OF_INVOICE } };

static const struct fault_def not_utf8 = { "table-encoding", N_("文件不是 UTF-8 编码"),
	N_("在 Excel 里另存为“CSV UTF-8（逗号分隔）”再上传"), NULL };
static const struct fault_def no_head = { "table-head", N_("第一行要是列名，没有见到“{1}”这一列"),
	N_("请用本页的表格模板"), NULL };
static const struct fault_def no_column = { "table-column", N_("没有“{1}”这样的列"), N_("请用本页的表格模板"), NULL };
static const struct fault_def broken = { "table-broken", N_("第 {1} 行读不懂，可能少了一个引号或列太多"), NULL, NULL };
static const struct fault_def too_long = { "table-too-long", N_("一个文件最多 20,000 行，请分几次上传"), NULL, NULL };

const char *const *batch_table_titles(size_t *n)
{
	*n = COLUMNS;
	return titles;
}

/* --- reading --- */

struct reader {
	struct ctx *c;
	struct csv_reader csv;
	int column_of[FILE_COLUMNS_MAX];
	size_t n_columns;
	struct str cell[COLUMNS]; /* of the row read last; STR_NONE: no such column */
	struct value *invoice, *lines;
	struct str ref;
	struct buf out;
	unsigned *row;
	size_t *first, n, n_rows;
};

static err_t read_head(struct reader *r)
{
	struct str cells[FILE_COLUMNS_MAX];
	bool named = false;
	if (csv_read(&r->csv, r->c->arena, cells, FILE_COLUMNS_MAX, &r->n_columns) != CSV_ROW) r->n_columns = 0;
	for (size_t i = 0; i < r->n_columns; i++) {
		struct str title = str_trim(cells[i]);
		r->column_of[i] = -1;
		for (int k = 0; k < COLUMNS; k++)
			if (str_is(title, titles[k]) || str_eq(title, tr(r->c, titles[k]))) r->column_of[i] = k;
		named |= r->column_of[i] == NAME;
		if (r->column_of[i] < 0 && title.n) FAULT(r->c, S("/file"), &no_column, title);
	}
	if (!named && !r->c->problem.n) FAULT(r->c, S("/file"), &no_head, str_c(titles[NAME]));
	return problem_result(&r->c->problem);
}

/* A ' in front is how spreadsheets are told to leave a long number alone. */
static struct str cell_text(struct str s)
{
	s = str_trim(s);
	return s.n && s.p[0] == '\'' ? str_trim(str_sub(s, 1, s.n)) : s;
}

static struct str choice_code(struct str word, const struct choice *choices)
{
	for (const struct choice *o = choices; o->code; o++)
		if (str_is(word, o->label) || str_is(word, o->code)) return str_c(o->code);
	return word;
}

static struct str kind_code(struct str word)
{
	return str_is(word, "专票")   ? S("special")
	       : str_is(word, "普票") ? S("ordinary")
	                              : choice_code(word, issue_kinds);
}

static bool yes(struct str s)
{
	return str_is(s, "是") || str_is(s, "含税") || str_is(s, "true") || str_is(s, "TRUE") || str_is(s, "1");
}

static void put_cells(struct reader *r, struct value *v, enum place place)
{
	for (int k = 0; k < COLUMNS; k++) {
		struct str s = r->cell[k];
		if (members[k].place != place || !s.n) continue;
		if (k == INCLUDES)
			value_put_bool(r->c->arena, v, members[k].name, yes(s));
		else
			value_put_str(r->c->arena, v, members[k].name,
			        k == KIND        ? kind_code(s)
			        : k == TREATMENT ? choice_code(s, issue_treatments)
			        : k == COAL      ? choice_code(s, issue_coals)
			                         : s);
	}
}

/* The table has no column for special businesses; where every code demands one, it is meant. */
static void put_business(struct reader *r)
{
	const struct special_business *all = NULL;
	for (const struct value_member *m = r->lines->first; m; m = m->next) {
		all = special_demanded(value_text(m->value, "tax_code"));
		if (!all) return;
	}
	if (all) value_put_str(r->c->arena, r->invoice, "business", str_c(all->word));
}

static void end_invoice(struct reader *r)
{
	if (!r->invoice) return;
	put_business(r);
	value_write_json(&r->out, r->invoice);
	buf_char(&r->out, '\n');
	r->invoice = NULL;
}

static void take_row(struct reader *r)
{
	struct arena *a = r->c->arena;
	bool same = r->invoice && r->cell[REF].n && str_eq(r->cell[REF], r->ref);
	if (!same) {
		end_invoice(r);
		r->invoice = value_object(a);
		r->ref = r->cell[REF];
		put_cells(r, r->invoice, OF_INVOICE);
		put_cells(r, value_put_object(a, r->invoice, "buyer"), OF_BUYER);
		r->lines = value_put_array(a, r->invoice, "lines");
		r->first[r->n++] = r->n_rows;
	}
	struct value *line = value_object(a);
	put_cells(r, line, OF_LINE);
	value_push(a, r->lines, line);
	r->row[r->n_rows++] = r->csv.line;
}

static err_t read_rows(struct reader *r)
{
	struct str cells[FILE_COLUMNS_MAX];
	size_t n;
	for (;;) {
		enum csv_result got = csv_read(&r->csv, r->c->arena, cells, FILE_COLUMNS_MAX, &n);
		bool any = false;
		if (got == CSV_END) break;
		if (got != CSV_ROW) {
			FAULT(r->c, S("/file"), &broken, str_from_int(r->c->arena, r->csv.line));
			break;
		}
		for (size_t k = 0; k < COLUMNS; k++)
			r->cell[k] = STR_NONE;
		for (size_t i = 0; i < n && i < r->n_columns; i++) {
			if (r->column_of[i] < 0) continue;
			r->cell[r->column_of[i]] = cell_text(cells[i]);
			any |= r->cell[r->column_of[i]].n > 0;
		}
		if (any && r->n_rows == ROWS_MAX) {
			FAULT(r->c, S("/file"), &too_long);
			break;
		}
		if (any) take_row(r);
	}
	end_invoice(r);
	return problem_result(&r->c->problem);
}

err_t batch_table_read(struct ctx *c, struct str csv, struct batch_table *out)
{
	struct reader *r = arena_new_of(c->arena, struct reader);
	*r = (struct reader){ .c = c };
	if (!utf8_valid(csv)) {
		FAULT(c, S("/file"), &not_utf8);
		return problem_result(&c->problem);
	}
	csv_open(&r->csv, csv);
	buf_init(&r->out, c->arena, csv.n * 2 + 100);
	r->row = arena_array(c->arena, ROWS_MAX, sizeof *r->row);
	r->first = arena_array(c->arena, ROWS_MAX + 1, sizeof *r->first);
	TRY(read_head(r));
	TRY(read_rows(r));
	r->first[r->n] = r->n_rows;
	*out = (struct batch_table){ buf_done(&r->out), r->row, r->first, r->n };
	return OK;
}

/* --- the template --- */

struct str batch_table_template(struct ctx *c)
{
	static const int widths[COLUMNS] = { 14, 16, 22, 28, 22, 18, 14, 8, 10, 12, 8, 12, 8, 10, 10, 20 };
	static const char *const examples[][COLUMNS] = {
		{ "HT-001", "增值税专用发票", "92330106MA2H00022G", "小满面包房", "1090105030000000000", "车床",
		        "CK6140", "台", "1", "1000.00", "否", "", "13%", "", "", "合同 HT-001" },
		{ "HT-001", "", "", "", "1090105030000000000", "铣床", "", "", "", "", "", "500.00", "13%", "", "",
		        "" },
	};
	struct sheet *s = sheet_new(c->arena, tr(c, N_("批量开票")), widths, COLUMNS);
	for (size_t k = 0; k < COLUMNS; k++)
		sheet_cell(s, tr(c, titles[k]), SHEET_HEAD);
	sheet_row_end(s);
	for (size_t i = 0; i < COUNT(examples); i++) {
		for (size_t k = 0; k < COLUMNS; k++)
			sheet_cell(s, str_c(examples[i][k]), SHEET_TEXT);
		sheet_row_end(s);
	}
	return sheet_done(s);
}
