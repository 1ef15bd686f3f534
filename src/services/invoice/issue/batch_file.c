#include "services/invoice/issue/batch_file.h"
#include "kernel/i18n/i18n.h"
#include "services/invoice/issue/batch.h"
#include "services/invoice/issue/batch_table.h"

enum { SHOWN_MAX = 200 };

const struct field batch_file_fields[] = {
	{ "file", FIELD_BYTES, AT(struct batch_file_in, file), .required = true, .max = BATCH_FILE_BYTES_MAX,
	        .label = N_("发票文件"), .help = N_("CSV（UTF-8）表格，或一行一张的 JSON，最大 8 MB") },
	{ 0 },
};

err_t batch_page(struct ctx *c, const void *input, struct reply *out)
{
	struct issuer by;
	bool may;
	size_t n;
	const char *const *titles = batch_table_titles(&n);
	(void)input;
	TRY(issuer_find(c, &by, &may));
	out->value = value_object(c->arena);
	value_put_bool(c->arena, out->value, "may_issue", may);
	struct value *list = value_put_array(c->arena, out->value, "columns");
	for (size_t i = 0; i < n; i++)
		value_push(c->arena, list, value_str(c->arena, tr(c, titles[i])));
	value_put_int(c->arena, out->value, "max_bytes", BATCH_FILE_BYTES_MAX);
	return OK;
}

err_t batch_template(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	out->bytes = batch_table_template(c);
	if (!out->bytes.p) return E_INTERNAL;
	out->media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
	out->filename = S("invoice-batch.xlsx");
	return OK;
}

/* --- the result --- */

struct result {
	struct value *invoices, *faults;
	int64_t issued, refused;
};

/* "/lines/2/price" of invoice i: where that line stands in the table; other faults stand in its first row. */
static int64_t row_of(const struct batch_table *t, size_t i, struct str pointer)
{
	struct str rest = pointer, piece;
	int64_t k = 0;
	if (str_starts(pointer, "/lines/")) {
		rest = str_sub(pointer, 7, pointer.n);
		if (!str_split(&rest, '/', &piece) || !str_to_int(piece, &k)) k = 0;
	}
	size_t at = t->first[i] + (size_t)k;
	return t->row[at < t->first[i + 1] ? at : t->first[i]];
}

static void put_fault(struct ctx *c, struct result *r, int64_t row, const struct value *said, const struct value *fault)
{
	if (r->faults->count == SHOWN_MAX) return;
	struct value *v = value_object(c->arena);
	value_put_int(c->arena, v, "row", row);
	value_put_str(c->arena, v, "seller_ref", value_text(said, "seller_ref"));
	value_put_str(c->arena, v, "pointer", value_text(fault, "pointer"));
	value_put_str(c->arena, v, "detail", value_text(fault, "detail"));
	value_push(c->arena, r->faults, v);
}

static void put_invoice(struct ctx *c, struct result *r, int64_t row, const struct value *said)
{
	r->issued++;
	if (r->invoices->count == SHOWN_MAX) return;
	struct value *v = value_object(c->arena);
	value_put_int(c->arena, v, "row", row);
	value_put_str(c->arena, v, "seller_ref", value_text(said, "seller_ref"));
	value_put_str(c->arena, v, "number", value_text(said, "number"));
	value_push(c->arena, r->invoices, v);
}

/* Lines of the answer count from 1; of a table they are its invoices in order. */
static err_t take_answer(struct ctx *c, struct result *r, const struct batch_table *t, struct str answer)
{
	struct str text;
	while (answer.n && str_split(&answer, '\n', &text)) {
		struct value *said;
		struct json_fault where;
		if (!text.n) continue;
		if (json_parse(c->arena, text, &said, &where) != OK) return E_INTERNAL;
		int64_t line = value_number(said, "line", 1);
		size_t i = (size_t)(line - 1);
		bool table = t->n > 0;
		if (table && i >= t->n) return E_INTERNAL;
		if (value_text(said, "number").p) {
			put_invoice(c, r, table ? row_of(t, i, S("")) : line, said);
			continue;
		}
		r->refused++;
		const struct value *errors = value_get(said, S("errors"));
		for (const struct value_member *m = errors ? errors->first : NULL; m; m = m->next)
			put_fault(c, r, table ? row_of(t, i, value_text(m->value, "pointer")) : line, said, m->value);
	}
	return OK;
}

err_t batch_file(struct ctx *c, const void *input, struct reply *out)
{
	const struct batch_file_in *in = input;
	struct batch_in batch = { in->file };
	struct batch_table table = { 0 };
	struct reply answer = { 0 };
	struct result r = { 0 };
	struct str head = str_trim(in->file);
	if (!head.n || head.p[0] != '{') {
		TRY(batch_table_read(c, in->file, &table));
		batch.lines = table.lines;
	}
	TRY(issue_batch(c, &batch, &answer));
	struct value *v = out->value = value_object(c->arena);
	r.invoices = value_array(c->arena);
	r.faults = value_array(c->arena);
	TRY(take_answer(c, &r, &table, answer.bytes));
	value_put_int(c->arena, v, "issued", r.issued);
	value_put_int(c->arena, v, "refused", r.refused);
	value_put(c->arena, v, "faults", r.faults);
	value_put(c->arena, v, "invoices", r.invoices);
	value_put_bool(c->arena, v, "more", r.issued > SHOWN_MAX);
	return OK;
}
