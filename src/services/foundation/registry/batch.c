/* Registrations from a file (A04.1): CSV with the names of the event's fields in the first row. Each row is an event of
 * its own: checked with all its faults, taken or refused by itself; a row sent again changes nothing. */
#include "base/csv.h"
#include "kernel/db/db.h"
#include "kernel/operation/fields.h"
#include "services/foundation/registry/handlers.h"
#include <string.h>

enum { COLUMNS_MAX = 20, TOGETHER = 200 };

static const struct fault_def no_header = { "csv-header", N_("第一行应是项目名称，如 uscc,name,representative_name"),
	NULL, NULL };
static const struct fault_def bad_column = { "csv-column", N_("第一行里的“{1}”不是登记项目，或出现了两次"), NULL,
	NULL };
static const struct fault_def bad_csv = { "csv", N_("第 {1} 行的引号或列数不对，后面的行没有读"), NULL, NULL };
static const struct fault_def many_rows = { "csv-rows", N_("一次最多 {1} 行，请分几次提交"), NULL, NULL };
static const struct fault_def columns_differ = { "csv-columns", N_("这一行有 {1} 列，第一行有 {2} 列"), NULL, NULL };

struct row {
	struct registry_event event;
	struct str uscc;
	struct value *errors; /* NULL: good so far */
	struct value *receipt;
	unsigned line;
	enum registry_outcome outcome;
	bool done;
};

struct batch {
	struct str columns[COLUMNS_MAX];
	size_t n_columns;
	struct row *rows;
	size_t n, from, to; /* from, to: what one transaction takes */
};

static err_t read_header(struct ctx *c, struct csv_reader *r, struct batch *b)
{
	if (csv_read(r, c->arena, b->columns, COLUMNS_MAX, &b->n_columns) != CSV_ROW)
		return RAISE(c, E_INPUT, &no_header);
	for (size_t i = 0; i < b->n_columns; i++) {
		bool known = false;
		b->columns[i] = str_trim(b->columns[i]);
		for (const struct field *f = registry_event_fields; f->name; f++)
			known |= str_is(b->columns[i], f->name);
		for (size_t k = 0; k < i; k++)
			known &= !str_eq(b->columns[i], b->columns[k]);
		if (!known) return RAISE(c, E_INPUT, &bad_column, b->columns[i]);
	}
	return OK;
}

/* The faults of c->problem as the answer tells them; the problem is ready for the next row afterwards. */
static struct value *take_faults(struct ctx *c)
{
	struct value *list = value_array(c->arena);
	const struct problem *p = &c->problem;
	for (size_t i = 0; i < p->n && i < PROBLEM_FAULTS_MAX; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "pointer", p->faults[i].pointer);
		value_put_c(c->arena, v, "code", p->faults[i].def->code);
		value_put_str(c->arena, v, "detail", fields_message(c, p->faults[i].def->message, p->faults[i].arg));
		value_push(c->arena, list, v);
	}
	if (!p->n && p->def) {
		struct value *v = value_object(c->arena);
		value_put_c(c->arena, v, "pointer", "");
		value_put_c(c->arena, v, "code", p->def->code);
		value_put_str(c->arena, v, "detail", fields_message(c, p->def->message, p->arg));
		value_push(c->arena, list, v);
	}
	problem_init(&c->problem, c->arena);
	return list;
}

static void read_row(struct ctx *c, const struct batch *b, const struct str *cells, size_t n, struct row *row)
{
	struct value *tree = value_object(c->arena);
	if (n != b->n_columns)
		FAULT(c, S(""), &columns_differ, str_from_int(c->arena, (int64_t)n),
		        str_from_int(c->arena, (int64_t)b->n_columns));
	for (size_t i = 0; i < n && i < b->n_columns; i++)
		value_put(c->arena, tree, str_dup(c->arena, b->columns[i]).p, value_str(c->arena, cells[i]));
	row->uscc = value_text(tree, "uscc");
	if (input_read(c, registry_event_fields, tree, &row->event) != OK || c->problem.n) row->errors = take_faults(c);
}

static err_t read_rows(struct ctx *c, struct str csv, struct batch *b)
{
	struct csv_reader r;
	struct str cells[COLUMNS_MAX + 1];
	enum csv_result got;
	size_t n, cap = 64;
	csv_open(&r, csv);
	TRY(read_header(c, &r, b));
	b->rows = arena_array(c->arena, cap, sizeof *b->rows);
	while ((got = csv_read(&r, c->arena, cells, COLUMNS_MAX + 1, &n)) == CSV_ROW) {
		if (b->n == REGISTRY_BATCH_ROWS)
			return RAISE(c, E_TOO_LARGE, &many_rows, str_from_int(c->arena, REGISTRY_BATCH_ROWS));
		if (b->n == cap) {
			struct row *more = arena_array(c->arena, cap * 2, sizeof *more);
			memcpy(more, b->rows, cap * sizeof *more);
			b->rows = more;
			cap *= 2;
		}
		struct row *row = &b->rows[b->n++];
		memset(row, 0, sizeof *row);
		row->line = r.line;
		read_row(c, b, cells, n, row);
	}
	return got == CSV_END ? OK : RAISE(c, E_INPUT, &bad_csv, str_from_int(c->arena, r.line));
}

static err_t take_row(struct ctx *c, struct row *row)
{
	int64_t id;
	TRY(registry_take(c, &row->event, &id, &row->outcome));
	if (row->outcome == REGISTRY_UNCHANGED) return OK;
	struct value *to = value_object(c->arena);
	enum act_kind kind = row->outcome == REGISTRY_CREATED ? ACT_REGISTERED : ACT_REGISTRATION_CHANGED;
	TRY(registry_receipt(c, kind, id, row->event.uscc, S("registration"), row->event.name, to));
	row->receipt = (struct value *)(uintptr_t)value_get(to, S("receipt"));
	return OK;
}

static err_t take_rows(struct ctx *c, void *arg)
{
	struct batch *b = arg;
	for (size_t i = b->from; i < b->to; i++)
		if (!b->rows[i].errors) TRY(take_row(c, &b->rows[i]));
	return OK;
}

/* Many rows in one transaction; when one of them is refused there, each by itself. */
static err_t take_all(struct ctx *c, struct batch *b)
{
	for (size_t at = 0; at < b->n; at += TOGETHER) {
		b->from = at;
		b->to = at + TOGETHER < b->n ? at + TOGETHER : b->n;
		size_t end = b->to;
		if (db_write(c, take_rows, b) == OK) continue;
		problem_init(&c->problem, c->arena);
		for (size_t i = at; i < end; i++) {
			b->from = i;
			b->to = i + 1;
			err_t e = db_write(c, take_rows, b);
			if (e == E_INTERNAL || e == E_BUSY) return e;
			if (e != OK) b->rows[i].errors = take_faults(c);
		}
	}
	return OK;
}

static void put_row(struct ctx *c, struct value *list, const struct row *row)
{
	static const char *const words[] = { "created", "updated", "unchanged" };
	struct value *v = value_object(c->arena);
	value_put_int(c->arena, v, "line", row->line);
	value_put_str(c->arena, v, "uscc", row->uscc);
	value_put_c(c->arena, v, "result", row->errors ? "refused" : words[row->outcome]);
	if (row->errors) value_put(c->arena, v, "errors", row->errors);
	if (row->receipt) value_put_str(c->arena, v, "receipt", value_text(row->receipt, "id"));
	value_push(c->arena, list, v);
}

err_t registration_batch(struct ctx *c, const void *input, struct reply *out)
{
	const struct batch_in *in = input;
	struct batch b = { .n = 0 };
	int64_t counts[3] = { 0 }, refused = 0;
	TRY(read_rows(c, in->csv, &b));
	TRY(take_all(c, &b));
	out->value = value_object(c->arena);
	for (size_t i = 0; i < b.n; i++) {
		if (b.rows[i].errors)
			refused++;
		else
			counts[b.rows[i].outcome]++;
	}
	value_put_int(c->arena, out->value, "created", counts[REGISTRY_CREATED]);
	value_put_int(c->arena, out->value, "updated", counts[REGISTRY_UPDATED]);
	value_put_int(c->arena, out->value, "unchanged", counts[REGISTRY_UNCHANGED]);
	value_put_int(c->arena, out->value, "refused", refused);
	struct value *list = value_put_array(c->arena, out->value, "rows");
	for (size_t i = 0; i < b.n; i++)
		put_row(c, list, &b.rows[i]);
	return OK;
}
