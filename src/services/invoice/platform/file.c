#include "services/invoice/platform/file.h"
#include "base/utf8.h"
#include "kernel/i18n/i18n.h"
#include "kernel/operation/service.h"
#include "services/invoice/issue/issue.h"
#include <string.h>

enum place { OF_ORDER, OF_BUYER, OF_ITEM };
enum { SELLER, ORDER_NO, COLUMNS = 19 };

static const char *const titles[COLUMNS] = { N_("商家税号"), N_("订单号"), N_("发票种类"), N_("开具时间"),
	N_("购买方税号"), N_("购买方名称"), N_("整单优惠（元）"), N_("拆分方式"), N_("每张最多（元）"), N_("备注"),
	N_("税收分类编码"), N_("项目名称"), N_("规格型号"), N_("单位"), N_("件数"), N_("含税金额（元）"),
	N_("含税折扣（元）"), N_("税率"), N_("煤炭种类") };
static const struct {
	const char *column, *member;
	enum place place;
} members[COLUMNS] = { { "seller", "seller", OF_ORDER }, { "order_no", "order_no", OF_ORDER },
	{ "kind", "kind", OF_ORDER }, { "issue", "issue", OF_ORDER }, { "buyer_tax_id", "tax_id", OF_BUYER },
	{ "buyer_name", "name", OF_BUYER }, { "order_discount", "discount", OF_ORDER }, { "split", "split", OF_ORDER },
	{ "limit", "limit", OF_ORDER }, { "remark", "remark", OF_ORDER }, { "tax_code", "tax_code", OF_ITEM },
	{ "name", "name", OF_ITEM }, { "spec", "spec", OF_ITEM }, { "unit", "unit", OF_ITEM },
	{ "quantity", "quantity", OF_ITEM }, { "amount", "amount", OF_ITEM }, { "discount", "discount", OF_ITEM },
	{ "rate", "rate", OF_ITEM }, { "coal", "coal", OF_ITEM } };

static const struct fault_def not_utf8 = { "table-encoding", N_("文件不是 UTF-8 编码"),
	N_("在 Excel 里另存为“CSV UTF-8（逗号分隔）”再上传"), NULL };
static const struct fault_def no_head = { "table-head", N_("第一行要是列名，没有见到“{1}”这一列"), NULL, NULL };
static const struct fault_def no_column = { "table-column-unknown", N_("没有“{1}”这样的列，请核对列名"), NULL, NULL };
static const struct fault_def broken = { "table-broken", N_("第 {1} 行读不懂，可能少了一个引号或列太多"), NULL, NULL };
static const struct fault_def bad_json = { "json", N_("JSON 读不懂：第 {1} 列，{2}"), NULL, NULL };
static const struct fault_def too_long = { "order-too-long", N_("一张订单最多 64 KB"), NULL, NULL };

const char *const *file_titles(size_t *n)
{
	*n = COLUMNS;
	return titles;
}

const char *file_column(size_t i)
{
	return members[i].column;
}

int64_t file_count_lines(struct str text)
{
	int64_t n = 0;
	const char *p = text.p, *end = text.p + text.n;
	for (; p < end; n++) {
		const char *at = memchr(p, '\n', (size_t)(end - p));
		p = at ? at + 1 : end;
	}
	return n;
}

/* --- CSV --- */

static int column_of(struct ctx *c, struct str title)
{
	for (int k = 0; k < COLUMNS; k++)
		if (str_is(title, titles[k]) || str_is(title, members[k].column) || str_eq(title, tr(c, titles[k])))
			return k;
	return -1;
}

static err_t read_head(struct ctx *c, struct file_reader *r, struct csv_reader *csv)
{
	struct str cells[FILE_COLUMNS_MAX];
	bool named[2] = { false, false };
	if (csv_read(csv, c->arena, cells, FILE_COLUMNS_MAX, &r->n_columns) != CSV_ROW) r->n_columns = 0;
	for (size_t i = 0; i < r->n_columns; i++) {
		struct str title = str_trim(cells[i]);
		int k = r->column_of[i] = column_of(c, title);
		if (k == SELLER || k == ORDER_NO) named[k] = true;
		if (k < 0 && title.n) FAULT(c, S("/file"), &no_column, title);
	}
	for (int k = SELLER; k <= ORDER_NO; k++)
		if (!named[k]) FAULT(c, S("/file"), &no_head, str_c(titles[k]));
	return problem_result(&c->problem);
}

err_t file_open(struct ctx *c, struct file_reader *r, struct str text, bool is_csv, size_t at, int64_t line)
{
	struct csv_reader csv;
	*r = (struct file_reader){ .text = text, .csv = is_csv, .at = at, .line = line };
	if (!utf8_valid(text)) {
		FAULT(c, S("/file"), &not_utf8);
		return problem_result(&c->problem);
	}
	if (!is_csv) return OK;
	csv_open(&csv, text);
	TRY(read_head(c, r, &csv));
	if (at == 0) {
		r->at = csv.at;
		r->line = csv.next_line - 1;
	}
	return OK;
}

/* A ' in front is how spreadsheets are told to leave a long number alone. */
static struct str cell_text(struct str s)
{
	s = str_trim(s);
	return s.n && s.p[0] == '\'' ? str_trim(str_sub(s, 1, s.n)) : s;
}

static struct str code_of(struct ctx *c, int k, struct str word)
{
	const struct choice *list = str_is(str_c(members[k].member), "issue")   ? order_issue
	                            : str_is(str_c(members[k].member), "split") ? order_splits
	                            : str_is(str_c(members[k].member), "coal")  ? issue_coals
	                                                                        : NULL;
	if (str_is(str_c(members[k].member), "kind"))
		return str_is(word, "专票") || str_is(word, "增值税专用发票") ? S("special")
		       : str_is(word, "普票") || str_is(word, "普通发票")     ? S("ordinary")
		                                                              : word;
	for (; list && list->code; list++)
		if (str_is(word, list->label) || str_eq(word, tr(c, list->label))) return str_c(list->code);
	return word;
}

static void put_cells(struct ctx *c, const struct file_reader *r, const struct str *cells, size_t n, enum place place,
        struct value *v)
{
	int64_t whole;
	for (size_t i = 0; i < n && i < r->n_columns; i++) {
		int k = r->column_of[i];
		struct str s = cell_text(cells[i]);
		if (k < 0 || !s.n || members[k].place != place || value_get(v, str_c(members[k].member))) continue;
		if (str_is(str_c(members[k].member), "quantity") && str_to_int(s, &whole))
			value_put_int(c->arena, v, members[k].member, whole);
		else
			value_put_str(c->arena, v, members[k].member, code_of(c, k, s));
	}
}

static struct str cell_at(const struct file_reader *r, const struct str *cells, size_t n, int wanted)
{
	for (size_t i = 0; i < n && i < r->n_columns; i++)
		if (r->column_of[i] == wanted) return cell_text(cells[i]);
	return S("");
}

/* A row that cannot be read: reading goes on behind the end of its line. */
static void pass_line(struct file_reader *r, struct csv_reader *csv)
{
	const char *end = memchr(r->text.p + r->at, '\n', r->text.n - r->at);
	csv->at = end ? (size_t)(end - r->text.p) + 1 : r->text.n;
	csv->next_line = (unsigned)r->line + 2;
}

static void skip_blank(struct file_reader *r)
{
	for (; r->at < r->text.n && (r->text.p[r->at] == '\n' || r->text.p[r->at] == '\r'); r->at++)
		if (r->text.p[r->at] == '\n') r->line++;
}

static bool next_rows(struct ctx *c, struct file_reader *r, struct value **tree, int64_t *line)
{
	skip_blank(r);
	struct csv_reader csv = { .text = r->text, .at = r->at, .next_line = (unsigned)r->line + 1 };
	struct str cells[FILE_COLUMNS_MAX], seller = STR_NONE, order_no = STR_NONE;
	struct value *items = NULL;
	*tree = NULL;
	for (size_t n = 0;;) {
		enum csv_result got = csv_read(&csv, c->arena, cells, FILE_COLUMNS_MAX, &n);
		if (got == CSV_END) {
			r->at = r->text.n;
			break;
		}
		if (got != CSV_ROW) {
			if (*tree) break; /* told when it is read again, as an order of its own */
			*line = r->line + 1;
			FAULT(c, S(""), &broken, str_from_int(c->arena, *line));
			pass_line(r, &csv);
			r->at = csv.at;
			r->line = (int64_t)csv.next_line - 1;
			return true;
		}
		struct str s = cell_at(r, cells, n, SELLER), o = cell_at(r, cells, n, ORDER_NO);
		if (*tree && !(str_eq(s, seller) && str_eq(o, order_no))) break;
		if (!*tree) {
			*tree = value_object(c->arena);
			*line = csv.line;
			seller = s;
			order_no = o;
			items = value_array(c->arena);
			put_cells(c, r, cells, n, OF_ORDER, *tree);
			struct value *buyer = value_object(c->arena);
			put_cells(c, r, cells, n, OF_BUYER, buyer);
			if (buyer->count) value_put(c->arena, *tree, "buyer", buyer);
			value_put(c->arena, *tree, "items", items);
		}
		struct value *item = value_object(c->arena);
		put_cells(c, r, cells, n, OF_ITEM, item);
		value_push(c->arena, items, item);
		r->at = csv.at;
		r->line = (int64_t)csv.next_line - 1;
	}
	return *tree != NULL;
}

/* --- JSON lines --- */

static bool next_json(struct ctx *c, struct file_reader *r, struct value **tree, int64_t *line)
{
	struct json_fault where = { 0 };
	*tree = NULL;
	while (r->at < r->text.n) {
		struct str rest = str_sub(r->text, r->at, r->text.n - r->at), text = STR_NONE;
		if (!str_split(&rest, '\n', &text)) break;
		r->at = rest.n ? (size_t)(rest.p - r->text.p) : r->text.n;
		*line = ++r->line;
		text = str_trim(text);
		if (!text.n) continue;
		if (text.n > ORDER_LINE_BYTES_MAX)
			FAULT(c, S(""), &too_long);
		else if (json_parse_numerals(c->arena, text, tree, &where) != OK)
			FAULT(c, S(""), &bad_json, str_from_int(c->arena, where.column), where.reason);
		return true;
	}
	return false;
}

bool file_next(struct ctx *c, struct file_reader *r, struct order *out, int64_t *line)
{
	struct value *tree;
	c->problem.n = 0;
	*out = (struct order){ 0 };
	*line = 0;
	if (!(r->csv ? next_rows(c, r, &tree, line) : next_json(c, r, &tree, line))) return false;
	if (c->problem.n) return true;
	if (input_read(c, order_fields, tree, out) == OK) order_check(c, out);
	return true;
}
