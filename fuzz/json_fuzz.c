/* JSON from outside and the field tables behind it. What is read is written so that it reads the same, in canonical
 * form whatever the order; an input struct comes out only when every text in it is visible UTF-8 within its limits. */
#include "base/utf8.h"
#include "kernel/input/input.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct line {
	struct str name, code;
	struct decimal quantity;
	struct money amount;
	struct rate rate;
	bool tax_inside;
};
struct in {
	struct str kind, remark, secret, tax_id, uscc, resident;
	struct line buyer, *lines;
	size_t n_lines;
	struct str *words;
	size_t n_words;
	int64_t id, count;
	struct date date;
	instant_us instant;
	struct period period;
	const struct value *any;
};
static const struct choice kinds[] = { { "special", "s" }, { "ordinary", "o" }, { 0 } };
static const struct field line_fields[] = {
	{ "name", FIELD_TEXT, AT(struct line, name), .required = true, .max = 100, .label = "name" },
	{ "code", FIELD_TEXT, AT(struct line, code), .min = 19, .max = 19, .label = "code" },
	{ "quantity", FIELD_DECIMAL, AT(struct line, quantity), .label = "quantity" },
	{ "amount", FIELD_MONEY, AT(struct line, amount), .min = 1, .max = MONEY_MAX_FEN, .label = "amount" },
	{ "rate", FIELD_RATE, AT(struct line, rate), .label = "rate" },
	{ "tax_inside", FIELD_BOOL, AT(struct line, tax_inside), .label = "inside" },
	{ 0 },
};
static const struct field word = { "word", FIELD_TEXT, .max = 20, .label = "word" };
static const struct field fields[] = {
	{ "kind", FIELD_ENUM, AT(struct in, kind), .choices = kinds, .label = "kind" },
	{ "remark", FIELD_LINES, AT(struct in, remark), .max = 50, .label = "remark" },
	{ "secret", FIELD_SECRET, AT(struct in, secret), .max = 50, .label = "secret" },
	{ "tax_id", FIELD_TAX_ID, AT(struct in, tax_id), .label = "tax id" },
	{ "uscc", FIELD_USCC, AT(struct in, uscc), .label = "uscc" },
	{ "resident", FIELD_RESID, AT(struct in, resident), .label = "resident" },
	{ "buyer", FIELD_OBJECT, AT(struct in, buyer), .fields = line_fields, .label = "buyer" },
	{ "lines", FIELD_LIST, AT(struct in, lines), COUNT_AT(struct in, n_lines), .max = 10, .fields = line_fields,
	        .size = sizeof(struct line), .label = "lines" },
	{ "words", FIELD_LIST, AT(struct in, words), COUNT_AT(struct in, n_words), .max = 5, .item = &word,
	        .size = sizeof(struct str), .label = "words" },
	{ "id", FIELD_ID, AT(struct in, id), .label = "id" },
	{ "count", FIELD_INT, AT(struct in, count), .min = -10, .max = 10, .label = "count" },
	{ "date", FIELD_DATE, AT(struct in, date), .label = "date" },
	{ "instant", FIELD_INSTANT, AT(struct in, instant), .label = "instant" },
	{ "period", FIELD_PERIOD, AT(struct in, period), .label = "period" },
	{ "any", FIELD_JSON, AT(struct in, any), .max = 200, .label = "any" },
	{ 0 },
};

static void must(bool holds)
{
	if (!holds) abort();
}

static struct str text_of(struct arena *a, const struct value *v, void (*write)(struct buf *, const struct value *))
{
	struct buf b;
	buf_init(&b, a, 64);
	write(&b, v);
	return buf_done(&b);
}

static bool has_numeral(const struct value *v)
{
	if (v->kind == VALUE_NUMERAL) return true;
	if (v->kind != VALUE_ARRAY && v->kind != VALUE_OBJECT) return false;
	for (const struct value_member *m = v->first; m; m = m->next)
		if (has_numeral(m->value)) return true;
	return false;
}

static void same_again(struct arena *a, const struct value *v)
{
	static void (*const writers[])(
	        struct buf *, const struct value *) = { value_write_json, value_write_pretty, value_write_canonical };
	struct value *again;
	struct json_fault where;
	struct str canonical = text_of(a, v, value_write_canonical);
	for (size_t i = 0; i < 3; i++) {
		must(json_parse_numerals(a, text_of(a, v, writers[i]), &again, &where) == OK && value_equal(v, again));
		must(str_eq(text_of(a, again, value_write_canonical), canonical));
	}
	must(utf8_valid(canonical));
}

static void good_text(struct str s, size_t most)
{
	must(!s.p || (utf8_valid(s) && utf8_count(s) <= most && !memchr(s.p, 0, s.n)));
}

static void good_line(const struct line *l)
{
	must(l->name.n > 0);
	good_text(l->name, 100);
	good_text(l->code, 19);
	must(l->amount.fen >= 0 && l->amount.fen <= MONEY_MAX_FEN && l->rate.ppm >= 0 && l->rate.ppm <= 1000000);
}

static void good_input(const struct in *in)
{
	good_text(in->remark, 50);
	good_text(in->secret, 50);
	good_text(in->tax_id, 20);
	good_text(in->uscc, 18);
	good_text(in->resident, 18);
	must(in->n_lines <= 10 && in->n_words <= 5 && in->id >= 0 && in->count >= -10 && in->count <= 10);
	must(!in->date.year || date_valid(in->date));
	for (size_t i = 0; i < in->n_lines; i++)
		good_line(&in->lines[i]);
	for (size_t i = 0; i < in->n_words; i++)
		good_text(in->words[i], 20);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct value *tree;
	struct json_fault where = { 0 };
	if (json_parse_numerals(a, (struct str){ (const char *)data, size }, &tree, &where) != OK) {
		must(where.reason.n > 0 && utf8_valid(where.reason));
		arena_free(a);
		return 0;
	}
	same_again(a, tree);
	struct ctx c = { .arena = a, .today = { 2026, 11, 24 } };
	struct in in = { 0 };
	problem_init(&c.problem, a);
	if (input_read(&c, fields, tree, &in) == OK) {
		good_input(&in);
		must(!has_numeral(tree));
	} else
		must(c.problem.n > 0);
	for (size_t i = 0; i < c.problem.n && i < PROBLEM_FAULTS_MAX; i++) {
		const struct fault *f = &c.problem.faults[i];
		must(utf8_valid(f->pointer) && utf8_valid(problem_fill(a, f->def->message, f->arg)));
	}
	arena_free(a);
	return 0;
}
