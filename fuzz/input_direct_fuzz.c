/* The quick readers of declared input (JSON, query) against the careful one: what they accept, it accepts too, with the
 * same result. */
#include "kernel/input/input.h"
#include "kernel/operation/form.h"
#include <stdlib.h>
#include <string.h>

struct item {
	struct str name, kind;
	struct decimal quantity;
	struct rate rate;
	bool flag, has_quantity;
};
struct in {
	struct str name, lines_text, tax_id;
	struct money amount;
	struct date date;
	struct item one, *list;
	size_t n;
	int64_t count;
	bool has_count, has_amount;
};
static const struct choice kinds[] = { { "a", "a" }, { "bb", "bb" }, { 0 } };
static const struct field item_fields[] = {
	{ "name", FIELD_TEXT, AT(struct item, name), .required = true, .max = 5, .label = "n" },
	{ "kind", FIELD_ENUM, AT(struct item, kind), .max = 5, .choices = kinds, .label = "k" },
	{ "quantity", FIELD_DECIMAL, AT(struct item, quantity), PRESENT_AT(struct item, has_quantity), .label = "q" },
	{ "rate", FIELD_RATE, AT(struct item, rate), .label = "r" },
	{ "flag", FIELD_BOOL, AT(struct item, flag), .label = "f" },
	{ 0 },
};
static const struct field fields[] = {
	{ "name", FIELD_TEXT, AT(struct in, name), .max = 10, .label = "n" },
	{ "text", FIELD_LINES, AT(struct in, lines_text), .max = 10, .label = "t" },
	{ "tax_id", FIELD_TAX_ID, AT(struct in, tax_id), .max = 20, .label = "i" },
	{ "amount", FIELD_MONEY, AT(struct in, amount), PRESENT_AT(struct in, has_amount), .min = -100, .max = 100000,
	        .label = "a" },
	{ "date", FIELD_DATE, AT(struct in, date), .label = "d" },
	{ "one", FIELD_OBJECT, AT(struct in, one), .fields = item_fields, .label = "o" },
	{ "list", FIELD_LIST, AT(struct in, list), COUNT_AT(struct in, n), .min = 1, .max = 3, .fields = item_fields,
	        .size = sizeof(struct item), .label = "l" },
	{ "count", FIELD_INT, AT(struct in, count), PRESENT_AT(struct in, has_count), .min = -5, .max = 1000,
	        .label = "c" },
	{ 0 },
};

static bool same_item(const struct item *a, const struct item *b)
{
	return str_eq(a->name, b->name) && str_eq(a->kind, b->kind) && a->quantity.units == b->quantity.units &&
	       a->quantity.scale == b->quantity.scale && a->rate.ppm == b->rate.ppm && a->flag == b->flag &&
	       a->has_quantity == b->has_quantity;
}

static bool same(const struct in *a, const struct in *b)
{
	bool same = str_eq(a->name, b->name) && str_eq(a->lines_text, b->lines_text) && str_eq(a->tax_id, b->tax_id) &&
	            a->amount.fen == b->amount.fen && date_cmp(a->date, b->date) == 0 && same_item(&a->one, &b->one) &&
	            a->n == b->n && a->count == b->count && a->has_count == b->has_count &&
	            a->has_amount == b->has_amount;
	for (size_t i = 0; i < a->n && same; i++)
		same = same_item(&a->list[i], &b->list[i]);
	return same;
}

static void query(struct ctx *c, struct str text)
{
	struct in quick = { 0 }, careful = { 0 };
	const struct input_pair param = { S("name"), S("n1") };
	if (!input_read_pairs(c, fields, text, &param, 1, &quick)) return;
	struct value *tree = value_object(c->arena);
	if (form_pairs(c->arena, text, fields, tree) != OK) abort();
	value_set(c->arena, tree, param.name, value_str(c->arena, param.value));
	if (input_read(c, fields, tree, &careful) != OK || !same(&quick, &careful)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct ctx c = { .arena = a, .today = { 2026, 11, 24 } };
	struct str text = str_dup(a, (struct str){ (const char *)data, size });
	struct in quick = { 0 }, careful = { 0 };
	struct value *tree;
	struct json_fault where;
	problem_init(&c.problem, a);
	if (input_read_direct(&c, fields, text, &quick)) {
		if (json_parse_numerals(a, text, &tree, &where) != OK || input_read(&c, fields, tree, &careful) != OK ||
		        !same(&quick, &careful))
			abort();
	}
	query(&c, text);
	arena_free(a);
	return 0;
}
