/* What became of each line of a batch: page by page, or as one CSV. */
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "platform_sql.h"
#include "services/foundation/identity/identity.h"
#include "services/invoice/platform/platform.h"

enum { SHOWN = 100, READ = 1000 };

struct value *platform_numbers(struct arena *a, struct str numbers)
{
	struct value *list = value_array(a);
	struct str piece;
	while (numbers.n && str_split(&numbers, ' ', &piece))
		value_push(a, list, value_str(a, piece));
	return list;
}

static err_t rows_behind(
        struct ctx *c, const struct lines_in *in, int64_t after, struct platform_line_rows_row **rows, size_t *n)
{
	struct platform_line_rows_of_row *some;
	if (!in->state.p) return platform_line_rows(c, in->id, after, rows, n);
	TRY(platform_line_rows_of(c, in->id, in->state, after, &some, n));
	*rows = arena_array(c->arena, *n + 1, sizeof **rows);
	for (size_t i = 0; i < *n; i++)
		(*rows)[i] = (struct platform_line_rows_row){ some[i].line, some[i].seller, some[i].order_no,
			some[i].state, some[i].numbers, some[i].errors };
	return OK;
}

static err_t code_of(struct ctx *c, const struct platform_line_rows_row *row, struct str *code)
{
	struct party party;
	bool found = false;
	*code = STR_NONE;
	bool waits = str_is(row->state, "held") || (str_is(row->state, "known") && !row->numbers.n);
	if (!waits) return OK;
	TRY(identity_party_by_tax_id(c, row->seller, &party, &found));
	return found ? platform_code_of(c, party.id, c->caller.subject_id, row->order_no, code) : OK;
}

static err_t put_line(struct ctx *c, struct value *list, const struct platform_line_rows_row *row)
{
	struct value *v = value_object(c->arena), *errors = NULL;
	struct json_fault where;
	struct str code;
	TRY(code_of(c, row, &code));
	value_put_int(c->arena, v, "line", row->line);
	value_put_str(c->arena, v, "seller", row->seller);
	value_put_str(c->arena, v, "order_no", row->order_no);
	value_put_str(c->arena, v, "state", row->state);
	value_put(c->arena, v, "numbers", platform_numbers(c->arena, row->numbers));
	value_put(c->arena, v, "claim_code", value_str(c->arena, code));
	if (row->errors.n && json_parse(c->arena, row->errors, &errors, &where) != OK) return E_INTERNAL;
	value_put(c->arena, v, "errors", errors ? errors : value_array(c->arena));
	value_push(c->arena, list, v);
	return OK;
}

static err_t known_batch(struct ctx *c, int64_t id)
{
	struct platform_batch_get_row row;
	bool found = false;
	TRY(platform_batch_get(c, c->caller.subject_id, id, &row, &found));
	return found ? OK : RAISE(c, E_NOT_FOUND, &platform_no_batch);
}

err_t platform_lines(struct ctx *c, const void *input, struct reply *out)
{
	const struct lines_in *in = input;
	struct platform_line_rows_row *rows;
	size_t n;
	TRY(known_batch(c, in->id));
	TRY(rows_behind(c, in, in->has_after ? in->after : 0, &rows, &n));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "batch", str_from_int(c->arena, in->id));
	struct value *list = value_put_array(c->arena, out->value, "lines");
	for (size_t i = 0; i < n && i < SHOWN; i++)
		TRY(put_line(c, list, &rows[i]));
	value_put(c->arena, out->value, "next",
	        n > SHOWN ? value_str(c->arena, str_from_int(c->arena, rows[SHOWN - 1].line)) : value_null(c->arena));
	return OK;
}

struct str platform_first_detail(struct ctx *c, struct str errors)
{
	struct value *list;
	struct json_fault where;
	if (!errors.n || json_parse(c->arena, errors, &list, &where) != OK) return S("");
	struct str s = value_text(value_at(list, 0), "detail");
	return s.p ? s : S("");
}

err_t platform_lines_csv(struct ctx *c, const void *input, struct reply *out)
{
	const struct lines_in *in = input;
	struct str head[] = { S("line"), S("seller"), S("order_no"), S("state"), S("numbers"), S("claim_code"),
		S("problem") };
	struct platform_line_rows_row *rows;
	struct buf b;
	int64_t after = in->has_after ? in->after : 0;
	size_t n;
	TRY(known_batch(c, in->id));
	buf_init(&b, c->arena, 65536);
	buf_c(&b, "\xef\xbb\xbf"); /* spreadsheets take the file for UTF-8 only with it */
	csv_write(&b, head, COUNT(head), true);
	do {
		TRY(rows_behind(c, in, after, &rows, &n));
		for (size_t i = 0; i < n; i++) {
			struct str code;
			TRY(code_of(c, &rows[i], &code));
			struct str cells[] = { str_from_int(c->arena, rows[i].line), rows[i].seller, rows[i].order_no,
				rows[i].state, rows[i].numbers, code.p ? code : S(""),
				platform_first_detail(c, rows[i].errors) };
			csv_write(&b, cells, COUNT(cells), true);
			after = rows[i].line;
		}
	} while (n == READ);
	out->bytes = buf_done(&b);
	out->media = "text/csv; charset=utf-8";
	out->filename = str_printf(c->arena, "batch-%lld.csv", (long long)in->id);
	return OK;
}

/* An empty table with the columns and one example, for people. */
err_t platform_template(struct ctx *c, const void *input, struct reply *out)
{
	static const char *const example[] = { "91330100MA2H000142", "SO-1001", "普通发票", "立即开具", "", "李静",
		"10.00", "不拆分", "", "", "1090105030000000000", "车床", "CK6140", "台", "1", "1130.00", "", "0.13",
		"" };
	struct str cells[COUNT(example)];
	size_t n;
	const char *const *titles = file_titles(&n);
	struct buf b;
	(void)input;
	buf_init(&b, c->arena, 1024);
	buf_c(&b, "\xef\xbb\xbf");
	if (n > COUNT(example)) n = COUNT(example);
	for (size_t i = 0; i < n; i++)
		cells[i] = tr(c, titles[i]);
	csv_write(&b, cells, n, true);
	for (size_t i = 0; i < n; i++)
		cells[i] = str_c(example[i]);
	csv_write(&b, cells, n, true);
	out->bytes = buf_done(&b);
	out->media = "text/csv; charset=utf-8";
	out->filename = S("orders.csv");
	return OK;
}
