/* Every operation, walked in its table and in /openapi.json: pages and interface are one, each says what it is for and
 * what it takes, everything has a limit. (G02.1 G03.1) */
#include "kernel/assets/assets.h"
#include "kernel/ctx/app.h"
#include "kernel/operation/openapi.h"
#include "kernel/operation/router.h"
#include "kernel/operation/service.h"
#include "kernel/operation/system.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 1000 };
static const struct operation *all[MOST];
static size_t n_all;
static struct arena *a;
static int faults;

static void wrong(const struct operation *op, const char *what, const char *more)
{
	(void)fprintf(stderr, "%s: %s %s\n", op->id ? op->id : "?", what, more);
	faults++;
}

static void add(const struct operation *list, size_t n)
{
	for (size_t i = 0; i < n && n_all < MOST; i++)
		all[n_all++] = &list[i];
}

static int collect(void **state)
{
	(void)state;
	a = arena_new();
	n_all = 0;
	faults = 0;
	for (size_t i = 0; i < n_services; i++)
		add(services[i]->operations, services[i]->n_operations);
	add(system_operations, n_system_operations);
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static const struct operation *by_id(const char *id)
{
	for (size_t i = 0; i < n_all; i++)
		if (strcmp(all[i]->id, id) == 0) return all[i];
	return NULL;
}

static bool requirement(struct str id)
{
	return id.n >= 5 && (id.p[0] == 'A' || id.p[0] == 'G') && strspn(id.p + 1, "0123456789") == 2 && id.p[3] == '.';
}

static void check_words(const struct operation *op)
{
	struct str rest = str_c(op->requirements), id;
	if (!op->title || !*op->title) wrong(op, "no title", "");
	if (!rest.n) wrong(op, "no requirement", "");
	while (rest.n && str_split(&rest, ' ', &id))
		if (!requirement(id)) wrong(op, "is no requirement id:", op->requirements);
	if (!strchr(op->id, '.')) wrong(op, "an id is area.verb", "");
	if (op->path[0] != '/' || (op->path[1] && op->path[strlen(op->path) - 1] == '/')) wrong(op, "path", op->path);
	if (!op->run) wrong(op, "no run", "");
}

static void check_kind(const struct operation *op)
{
	if (op->class == OP_FAST && ((op->method != GET && !op->reads) || op->who.kind != WHO_PUBLIC))
		wrong(op, "a FAST operation has no database: public, and reads only", "");
	if (op->detached && (op->class != OP_WORK || !op->reads || op->who.kind != WHO_PUBLIC))
		wrong(op, "what needs no database is public, of class WORK, and reads only", "");
	if (op->method == GET && (op->idempotent || op->receipt || op->raw_body))
		wrong(op, "a GET changes nothing", "");
	if (op->who.kind == WHO_TAXPAYER && !op->who.scope) wrong(op, "no scope", "");
	if (op->receipt && !op->idempotent && !op->own_transaction)
		wrong(op, "makes a receipt, so it must be safe to send twice (idempotent)", "");
}

/* --- pages --- */

static void check_template(const struct operation *op, const char *page)
{
	const char *slash = strchr(page, '/');
	for (size_t i = 0; slash && i < n_assets; i++) {
		const char *path = assets[i].path, *pages = strstr(path, "/pages/");
		size_t folder = (size_t)(slash - page), name = strlen(slash + 1);
		if (pages && (size_t)(pages - path) > folder && memcmp(pages - folder, page, folder) == 0 &&
		        pages[-(ptrdiff_t)folder - 1] == '/' && strncmp(pages + 7, slash + 1, name) == 0 &&
		        strcmp(pages + 7 + name, ".html") == 0)
			return;
	}
	wrong(op, "there is no template", page);
}

/* What a page can do, a program can: an act of a page is an operation of the interface, or names the one that is. */
static void check_page(const struct operation *op)
{
	if (op->page) check_template(op, op->page);
	if (op->menu && op->method != GET) wrong(op, "only pages stand in the menu", op->menu);
	const struct operation *form = op->form ? by_id(op->form) : NULL;
	if (op->form && (!form || form->method != GET || !form->page)) wrong(op, ".form is no page:", op->form);
	if (op->then && op->then[0] != '/' && op->then[0] != '{') wrong(op, ".then is a path:", op->then);
	if (!op->page_only || (op->method == GET && strncmp(op->path, "/static/", 8) == 0)) return;
	const char *twin = strstr(op->page_only, "/v1/");
	bool found = false;
	for (size_t i = 0; twin && i < n_all; i++) {
		size_t n = strcspn(twin + 3, " ,;");
		found |= strlen(all[i]->path) == n && memcmp(all[i]->path, twin + 3, n) == 0 && !all[i]->page_only;
	}
	if (!found) wrong(op, "has no twin in the interface:", op->page_only);
}

/* --- fields --- */

static void check_field(const struct operation *op, const struct field *f, size_t size);

static void check_fields(const struct operation *op, const struct field *fields, size_t size)
{
	for (const struct field *f = fields; f && f->name; f++) {
		for (const struct field *other = fields; other != f; other++)
			if (strcmp(other->name, f->name) == 0) wrong(op, "field is there twice:", f->name);
		check_field(op, f, size);
	}
}

static void check_limit(const struct operation *op, const struct field *f)
{
	switch (f->type) {
	case FIELD_LIST:
	case FIELD_BYTES:
	case FIELD_JSON:
		if (f->max <= 0) wrong(op, "no limit:", f->name);
		break;
	case FIELD_INT:
		if (f->min == 0 && f->max == 0) wrong(op, "no range:", f->name);
		break;
	case FIELD_ENUM:
		if (!f->choices || !f->choices[0].code) wrong(op, "no choices:", f->name);
		break;
	case FIELD_TEXT: /* 200 when nothing is said */
	case FIELD_LINES:
	case FIELD_SECRET:
	case FIELD_MONEY: /* MONEY_MAX_FEN */
		if (f->max < 0 || (f->max && f->min > f->max)) wrong(op, "limits:", f->name);
		break;
	case FIELD_BOOL:
	case FIELD_RATE:
	case FIELD_DECIMAL:
	case FIELD_DATE:
	case FIELD_INSTANT:
	case FIELD_PERIOD:
	case FIELD_USCC:
	case FIELD_RESID:
	case FIELD_TAX_ID:
	case FIELD_ID:
	case FIELD_OBJECT: break;
	}
}

static void check_field(const struct operation *op, const struct field *f, size_t size)
{
	if (!f->label || !*f->label) wrong(op, "no label:", f->name);
	if (size && f->offset >= size) wrong(op, "beyond its struct:", f->name);
	check_limit(op, f);
	if (f->type == FIELD_OBJECT && !f->fields) wrong(op, "an object without fields:", f->name);
	if (f->type == FIELD_OBJECT) check_fields(op, f->fields, 0);
	if (f->type != FIELD_LIST) return;
	if (!f->size || !f->count || (!f->fields && !f->item))
		wrong(op, "a list needs .size, .count and .fields or .item:", f->name);
	if (f->fields) check_fields(op, f->fields, f->size);
	if (f->item) check_field(op, f->item, f->size);
}

static void check_input(const struct operation *op)
{
	struct str name;
	bool raw = false;
	if (op->in && !op->in_size) wrong(op, "no .in_size", "");
	check_fields(op, op->in, op->in_size);
	for (const struct field *f = op->in; f && f->name; f++)
		raw |= f->type == FIELD_BYTES || (f->type == FIELD_LIST && f->item && f->item->type == FIELD_BYTES);
	if (op->raw_body && !raw) wrong(op, "no field for the raw body", "");
	for (size_t i = 0; (name = router_param_name(op->path, i)).p; i++) {
		bool found = false;
		for (const struct field *f = op->in; f && f->name; f++)
			found |= str_is(name, f->name);
		if (!found) wrong(op, "a part of the path is no field:", op->path);
	}
}

static void every_operation_is_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_all; i++) {
		check_words(all[i]);
		check_kind(all[i]);
		check_page(all[i]);
		check_input(all[i]);
		for (size_t k = 0; k < i; k++) {
			if (strcmp(all[k]->id, all[i]->id) == 0) wrong(all[i], "id is there twice", "");
			if (all[k]->method == all[i]->method && strcmp(all[k]->path, all[i]->path) == 0)
				wrong(all[i], "the same method and path as", all[k]->id);
		}
	}
	assert_true(n_all > 30);
	assert_int_equal(faults, 0);
}

/* --- the document --- */

static const struct value *described(const struct value *doc, const struct operation *op)
{
	static const char *const methods[] = { "get", "post", "put", "patch", "delete" };
	for (const struct value_member *path = value_get(doc, S("paths"))->first; path; path = path->next) {
		const struct value *v = value_get(path->value, str_c(methods[op->method]));
		if (v && str_is(value_text(v, "operationId"), op->id)) return v;
	}
	return NULL;
}

static void check_described(const struct operation *op, const struct value *v)
{
	const struct value *responses = v ? value_get(v, S("responses")) : NULL;
	bool good = false;
	if (!v) {
		wrong(op, "is not in /openapi.json", "");
		return;
	}
	if (!value_text(v, "summary").n) wrong(op, "no summary in /openapi.json", "");
	for (const struct value_member *r = responses->first; r; r = r->next)
		good |= r->key.p[0] == '2' && value_get(r->value, S("content"));
	if (!good) wrong(op, "/openapi.json does not tell what it answers: ./dev answers", "");
	static const char *const always[] = { "400", "404", "405", "413", "429", "500", "503" };
	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		if (!value_get(responses, str_c(always[i]))) wrong(op, "no response", always[i]);
}

static void the_document_has_them_all(void **state)
{
	(void)state;
	struct app app = { 0 };
	struct ctx c = { .arena = a, .app = &app };
	struct reply reply = { 0 };
	app.router = router_new(a);
	for (size_t i = 0; i < n_services; i++)
		router_add(app.router, services[i]->operations, services[i]->n_operations);
	router_add(app.router, system_operations, n_system_operations);
	assert_int_equal(openapi_document(&c, NULL, &reply), OK);
	for (size_t i = 0; i < n_all; i++)
		if (!all[i]->page_only)
			check_described(all[i], described(reply.value, all[i]));
		else if (described(reply.value, all[i]))
			wrong(all[i], "is only for pages, and yet in /openapi.json", "");
	assert_int_equal(faults, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, collect, end)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(every_operation_is_whole), TEST(the_document_has_them_all) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
