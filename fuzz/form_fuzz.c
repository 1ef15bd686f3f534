/* What a browser sends: the first line of the input is the Content-Type, the rest the body. Whatever comes, the tree
 * fits the field table or is refused with faults, and stays within the limits; escapes round-trip; a cookie's value is
 * part of its header. */
#include "base/utf8.h"
#include "kernel/http/http.h"
#include "kernel/operation/form.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct part {
	struct str name;
};
struct line {
	struct str name, rate;
	struct part *parts;
	size_t n_parts;
	bool yes;
};
struct in {
	struct str kind, file;
	struct part buyer;
	struct line *lines;
	size_t n_lines;
	struct str *scopes;
	size_t n_scopes;
};
static const struct choice rates[] = { { "0.13", "13%" }, { 0 } };
static const struct field part_fields[] = {
	{ "name", FIELD_TEXT, AT(struct part, name), .label = "name" },
	{ 0 },
};
static const struct field line_fields[] = {
	{ "name", FIELD_TEXT, AT(struct line, name), .label = "name" },
	{ "rate", FIELD_ENUM, AT(struct line, rate), .choices = rates, .label = "rate" },
	{ "parts", FIELD_LIST, AT(struct line, parts), COUNT_AT(struct line, n_parts), .max = 3, .fields = part_fields,
	        .size = sizeof(struct part), .label = "parts" },
	{ "yes", FIELD_BOOL, AT(struct line, yes), .label = "yes" },
	{ 0 },
};
static const struct field scope = { "scope", FIELD_TEXT, .max = 20, .label = "scope" };
static const struct field fields[] = {
	{ "kind", FIELD_TEXT, AT(struct in, kind), .label = "kind" },
	{ "file", FIELD_BYTES, AT(struct in, file), .max = 1000, .label = "file" },
	{ "buyer", FIELD_OBJECT, AT(struct in, buyer), .fields = part_fields, .label = "buyer" },
	{ "lines", FIELD_LIST, AT(struct in, lines), COUNT_AT(struct in, n_lines), .max = 5, .fields = line_fields,
	        .size = sizeof(struct line), .label = "lines" },
	{ "scopes", FIELD_LIST, AT(struct in, scopes), COUNT_AT(struct in, n_scopes), .max = 5, .item = &scope,
	        .size = sizeof(struct str), .label = "scopes" },
	{ 0 },
};

static void must(bool holds)
{
	if (!holds) abort();
}

static void read_tree(struct arena *a, const struct value *tree)
{
	struct ctx c = { .arena = a, .today = { 2026, 11, 24 } };
	struct in in = { 0 };
	problem_init(&c.problem, a);
	err_t e = input_read(&c, fields, tree, &in);
	must((e == OK) == (c.problem.n == 0));
	if (e != OK) return;
	must(utf8_valid(in.kind) && utf8_valid(in.buyer.name) && in.n_lines <= 5 && in.n_scopes <= 5 &&
	        in.file.n <= 1000);
	for (size_t i = 0; i < in.n_lines; i++)
		must(utf8_valid(in.lines[i].name) && in.lines[i].n_parts <= 3);
}

static void cookies(struct arena *a, struct str text)
{
	struct http_header h = { S("Cookie"), str_dup(a, text) };
	struct http_request r = { .arena = a, .headers = &h, .n_headers = 1 };
	struct str v = http_cookie(&r, "__Host-etax");
	must(!v.p || v.n == 0 || (v.p >= h.value.p && v.p + v.n <= h.value.p + h.value.n && !memchr(v.p, ';', v.n)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str all = { (const char *)data, size }, body = all, type;
	if (!str_split(&body, '\n', &type)) type = S("");
	type = str_dup(a, type);
	body = str_dup(a, body.p ? body : S(""));
	struct form form;
	must(str_eq(form_decode(a, form_encode(a, all)), all));
	if (form_read(a, type, body, fields, &form) == OK) {
		read_tree(a, form.tree);
		form_edit(a, form.tree, form.again);
		form_edit(a, form.tree, type);
		read_tree(a, form.tree);
	}
	struct value *query = value_object(a);
	if (form_pairs(a, body, fields, query) == OK) read_tree(a, query);
	if (form_read(a, type, body, NULL, &form) == OK) must(form.tree->kind == VALUE_OBJECT);
	cookies(a, type);
	arena_free(a);
	return 0;
}
