#include "kernel/operation/openapi.h"
#include "kernel/assets/assets.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/operation/router.h"
#include "kernel/operation/service.h"
#include "kernel/operation/system.h"
#include <stdlib.h>
#include <string.h>

static struct value *schema_of(struct arena *a, const struct field *f);

static struct value *object_schema(struct arena *a, const struct field *fields, const char *path)
{
	struct value *v = value_object(a), *required = value_array(a);
	value_put_c(a, v, "type", "object");
	struct value *properties = value_put_object(a, v, "properties");
	for (const struct field *f = fields; f->name; f++) {
		if (path && strstr(path, str_printf(a, "{%s}", f->name).p)) continue; /* a path parameter */
		value_put(a, properties, f->name, schema_of(a, f));
		if (f->required) value_push(a, required, value_str(a, str_c(f->name)));
	}
	if (required->count) value_put(a, v, "required", required);
	value_put_bool(a, v, "additionalProperties", false);
	return v;
}

static void put_pattern(struct arena *a, struct value *v, enum field_type type)
{
	static const char *const patterns[] = {
		[FIELD_MONEY] = "^-?[0-9]{1,14}(\\.[0-9]{1,2})?$",
		[FIELD_RATE] = "^[0-9.]+%?$",
		[FIELD_DECIMAL] = "^-?[0-9]+(\\.[0-9]{1,13})?$",
		[FIELD_PERIOD] = "^[0-9]{4}(-[0-9]{2}|Q[1-4])?$",
		[FIELD_USCC] = "^[0-9A-HJ-NP-RTUWXY]{18}$",
		[FIELD_RESID] = "^[0-9]{17}[0-9X]$",
		[FIELD_TAX_ID] = "^[0-9A-Z]{15,20}$",
		[FIELD_ID] = "^[1-9][0-9]{0,18}$",
	};
	if ((size_t)type < COUNT(patterns) && patterns[type]) value_put_c(a, v, "pattern", patterns[type]);
	if (type == FIELD_DATE) value_put_c(a, v, "format", "date");
	if (type == FIELD_INSTANT) value_put_c(a, v, "format", "date-time");
	if (type == FIELD_SECRET) value_put_c(a, v, "format", "password");
}

static void put_choices(struct arena *a, struct value *v, const struct choice *choices)
{
	struct value *list = value_put_array(a, v, "enum");
	for (const struct choice *o = choices; o->code; o++)
		value_push(a, list, value_str(a, str_c(o->code)));
}

static struct value *schema_of(struct arena *a, const struct field *f)
{
	if (f->type == FIELD_OBJECT) return object_schema(a, f->fields, NULL);
	struct value *v = value_object(a);
	bool text = f->type == FIELD_TEXT || f->type == FIELD_LINES || f->type == FIELD_SECRET;
	if (f->type == FIELD_LIST) {
		value_put_c(a, v, "type", "array");
		value_put(a, v, "items", f->fields ? object_schema(a, f->fields, NULL) : schema_of(a, f->item));
		if (f->min) value_put_int(a, v, "minItems", f->min);
		value_put_int(a, v, "maxItems", f->max);
	} else if (f->type == FIELD_INT) {
		value_put_c(a, v, "type", "integer");
		if (f->min || f->max) value_put_int(a, v, "minimum", f->min), value_put_int(a, v, "maximum", f->max);
	} else if (f->type == FIELD_BOOL) {
		value_put_c(a, v, "type", "boolean");
	} else if (f->type != FIELD_JSON) {
		value_put_c(a, v, "type", "string");
		put_pattern(a, v, f->type);
		if (text && f->min) value_put_int(a, v, "minLength", f->min);
		if (text) value_put_int(a, v, "maxLength", f->max ? f->max : 200);
	}
	if (f->choices) put_choices(a, v, f->choices);
	if (f->label) value_put_c(a, v, "description", f->help ? f->help : f->label);
	return v;
}

static void put_parameter(struct arena *a, struct value *list, const struct field *f, bool in_path)
{
	struct value *v = value_object(a);
	value_put_c(a, v, "name", f->name);
	value_put_c(a, v, "in", in_path ? "path" : "query");
	value_put_bool(a, v, "required", in_path || f->required);
	value_put(a, v, "schema", schema_of(a, f));
	value_push(a, list, v);
}

static void put_parameters(struct arena *a, struct value *to, const struct operation *op)
{
	struct value *list = value_array(a);
	for (const struct field *f = op->in; f && f->name; f++) {
		bool in_path = strstr(op->path, str_printf(a, "{%s}", f->name).p) != NULL;
		if (in_path || op->method == GET) put_parameter(a, list, f, in_path);
	}
	if (op->idempotent) {
		struct value *v = value_object(a), *schema;
		value_put_c(a, v, "name", "Idempotency-Key");
		value_put_c(a, v, "in", "header");
		value_put_bool(a, v, "required", true);
		schema = value_put_object(a, v, "schema");
		value_put_c(a, schema, "type", "string");
		value_put_int(a, schema, "maxLength", 200);
		value_push(a, list, v);
	}
	if (list->count) value_put(a, to, "parameters", list);
}

static void put_body(struct arena *a, struct value *to, const struct operation *op)
{
	if (op->method == GET || !op->in) return;
	struct value *body = value_put_object(a, to, "requestBody"), *content = value_put_object(a, body, "content");
	struct value *media = value_put_object(a, content, op->raw_body ? op->raw_body : "application/json");
	struct value *schema = op->raw_body ? value_object(a) : object_schema(a, op->in, op->path);
	if (op->raw_body) value_put_c(a, schema, "type", "string");
	value_put(a, media, "schema", schema);
	for (const struct field *f = op->in; op->raw_body && f->name; f++) {
		if (f->type != FIELD_LIST || !f->item || f->item->type != FIELD_BYTES) continue;
		media = value_put_object(a, content, "multipart/form-data");
		value_put(a, media, "schema", object_schema(a, op->in, op->path));
	}
}

/* docs/api/answers/OPERATION.json: {status: {media: schema}}, learnt from the tests (tests/lib/answers.mjs). */
static void put_answers(struct arena *a, struct value *all, const struct operation *op)
{
	struct value *answers;
	struct json_fault where;
	struct str text = asset_get(str_printf(a, "docs/api/answers/%s.json", op->id).p);
	const char *words = op->receipt ? N_("办好了，附回执") : N_("办好了");
	if (!text.p || json_parse(a, text, &answers, &where) != OK) {
		value_put_c(a, value_put_object(a, all, op->method == POST && op->idempotent ? "2XX" : "200"),
		        "description", words);
		return;
	}
	for (const struct value_member *status = answers->first; status; status = status->next) {
		struct value *good = value_put_object(a, all, status->key.p), *content;
		value_put_c(a, good, "description", words);
		content = value_put_object(a, good, "content");
		for (const struct value_member *media = status->value->first; media; media = media->next)
			value_put(a, value_put_object(a, content, media->key.p), "schema", media->value);
	}
}

/* Which problems an operation can answer with; each is a response of its own in the components. */
static void put_responses(struct arena *a, struct value *to, const struct operation *op)
{
	struct value *all = value_put_object(a, to, "responses");
	bool body = op->method != GET && op->in, account = op->who.kind != WHO_PUBLIC;
	const struct {
		const char *status;
		bool can;
	} problems[] = { { "400", true }, { "401", account }, { "403", account }, { "404", true }, { "405", true },
		{ "409", op->method != GET && !op->reads }, { "413", true }, { "415", body }, { "422", body },
		{ "429", true }, { "500", true }, { "503", true } };
	put_answers(a, all, op);
	for (size_t i = 0; i < COUNT(problems); i++)
		if (problems[i].can)
			value_put_str(a, value_put_object(a, all, problems[i].status), "$ref",
			        str_printf(a, "#/components/responses/%s", problems[i].status));
}

static void put_operation(struct arena *a, struct value *paths, const struct operation *op)
{
	static const char *const methods[] = { "get", "post", "put", "patch", "delete" };
	if (op->page_only) return;
	struct str path = str_printf(a, "%s%s", system_owns(op) ? "" : "/v1", op->path);
	struct value *item = NULL;
	for (struct value_member *m = paths->first; m; m = m->next)
		if (str_eq(m->key, path)) item = m->value;
	if (!item) item = value_put_object(a, paths, path.p);
	struct value *v = value_put_object(a, item, methods[op->method]), *tags;
	value_put_c(a, v, "operationId", op->id);
	value_put_c(a, v, "summary", op->title);
	if (op->law) value_put_c(a, v, "description", op->law);
	tags = value_put_array(a, v, "tags");
	struct str rest = str_c(op->id), area;
	(void)str_split(&rest, '.', &area);
	value_push(a, tags, value_str(a, str_dup(a, area)));
	struct value *security = value_put_array(a, v, "security");
	if (op->who.kind != WHO_PUBLIC) {
		struct value *needs = value_object(a);
		(void)value_put_array(a, needs, "bearer");
		value_push(a, security, needs);
	}
	put_parameters(a, v, op);
	put_body(a, v, op);
	put_responses(a, v, op);
}

struct paths {
	struct arena *a;
	const struct operation *list[1000];
	size_t n;
};

static void collect(void *arg, const struct operation *op)
{
	struct paths *p = arg;
	if (p->n < COUNT(p->list)) p->list[p->n++] = op;
}

static int by_path(const void *x, const void *y)
{
	const struct operation *a = *(const struct operation *const *)x, *b = *(const struct operation *const *)y;
	int order = strcmp(a->path, b->path);
	return order ? order : (int)a->method - (int)b->method;
}

static struct value *texts(struct arena *a, struct value *to, const char *const *names, size_t n)
{
	struct value *properties = value_put_object(a, to, "properties");
	value_put_c(a, to, "type", "object");
	for (size_t i = 0; i < n; i++)
		value_put_c(a, value_put_object(a, properties, names[i]), "type", "string");
	return properties;
}

static void put_required(struct arena *a, struct value *to, const char *const *names, size_t n)
{
	struct value *list = value_put_array(a, to, "required");
	for (size_t i = 0; i < n; i++)
		value_push(a, list, value_str(a, str_c(names[i])));
}

/* RFC 9457 with our members: code for programs, detail in the language asked for, errors[] at their fields. */
static void put_problem_schema(struct arena *a, struct value *schemas)
{
	static const char *const members[] = { "type", "title", "code", "detail", "trace", "fix", "law" },
	                         *const of_error[] = { "pointer", "code", "detail", "fix", "law" };
	struct value *problem = value_put_object(a, schemas, "problem");
	struct value *properties = texts(a, problem, members, COUNT(members));
	value_put_c(a, value_put_object(a, properties, "status"), "type", "integer");
	struct value *errors = value_put_object(a, properties, "errors"), *error = value_put_object(a, errors, "items");
	value_put_c(a, errors, "type", "array");
	value_put_int(a, errors, "maxItems", PROBLEM_FAULTS_MAX);
	struct value *parts = texts(a, error, of_error, COUNT(of_error));
	value_put_c(a, (struct value *)(uintptr_t)value_get(parts, S("pointer")), "format", "json-pointer");
	put_required(a, error, of_error, 3);
	struct value *total = value_put_object(a, properties, "errors_total");
	value_put_c(a, total, "type", "integer");
	value_put_c(a, total, "description", "how many faults there are when errors holds only the first");
	put_required(a, problem, members, 5);
}

static void put_problem_responses(struct arena *a, struct value *responses)
{
	static const struct {
		const char *status, *words;
	} list[] = {
		{ "400", N_("请求读不懂") },
		{ "401", N_("请先登录，再办这件事") },
		{ "403", N_("您没有这项权限") },
		{ "404", N_("没有查到，请核对编号或网址") },
		{ "405", N_("这个网址不支持这种操作") },
		{ "409", N_("现在的状态不能办这件事，请刷新后再看") },
		{ "413", N_("内容太大，请分几次提交") },
		{ "415", N_("请用 application/json 提交") },
		{ "422", N_("有几处要改，改好再提交；您填的内容都在") },
		{ "429", N_("操作太频繁，请稍等再试") },
		{ "500", N_("系统出错，已经记录。请稍后重试，同一个 Idempotency-Key 不会办两次") },
		{ "503", N_("正在处理的请求很多，请一秒后用同一个 Idempotency-Key 重试") },
	};
	for (size_t i = 0; i < COUNT(list); i++) {
		struct value *r = value_put_object(a, responses, list[i].status), *content;
		value_put_c(a, r, "description", list[i].words);
		if (strcmp(list[i].status, "429") == 0 || strcmp(list[i].status, "503") == 0) {
			struct value *retry = value_put_object(a, value_put_object(a, r, "headers"), "Retry-After");
			value_put_c(a, value_put_object(a, retry, "schema"), "type", "integer");
		}
		content = value_put_object(a, value_put_object(a, r, "content"), "application/problem+json");
		value_put_c(a, value_put_object(a, content, "schema"), "$ref", "#/components/schemas/problem");
	}
}

static void put_components(struct arena *a, struct value *doc)
{
	struct value *components = value_put_object(a, doc, "components");
	struct value *bearer = value_put_object(a, value_put_object(a, components, "securitySchemes"), "bearer");
	value_put_c(a, bearer, "type", "http");
	value_put_c(a, bearer, "scheme", "bearer");
	put_problem_schema(a, value_put_object(a, components, "schemas"));
	put_problem_responses(a, value_put_object(a, components, "responses"));
}

/* Titles, labels and help in the language asked for: what has no translation (the law's names) stays as it is. */
static void translate(struct ctx *c, struct value *v)
{
	if (v->kind != VALUE_OBJECT && v->kind != VALUE_ARRAY) return;
	for (struct value_member *m = v->first; m; m = m->next) {
		bool words = v->kind == VALUE_OBJECT && m->value->kind == VALUE_STR &&
		             (str_is(m->key, "summary") || str_is(m->key, "description"));
		if (words)
			m->value = value_str(c->arena, tr(c, str_dup(c->arena, m->value->str).p));
		else
			translate(c, m->value);
	}
}

err_t openapi_document(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	struct arena *a = c->arena;
	struct paths *p = arena_new_of(a, struct paths);
	struct value *doc = value_object(a), *info, *servers, *server;
	value_put_c(a, doc, "openapi", "3.1.0");
	info = value_put_object(a, doc, "info");
	value_put_c(a, info, "title", "etax");
	value_put_c(a, info, "version", "0.1.0");
	value_put_c(a, value_put_object(a, info, "license"), "name", "open");
	servers = value_put_array(a, doc, "servers");
	server = value_object(a);
	value_put_c(a, server, "url", "/");
	value_push(a, servers, server);
	struct value *paths = value_put_object(a, doc, "paths");
	router_each(c->app->router, collect, p);
	qsort(p->list, p->n, sizeof *p->list, by_path);
	for (size_t i = 0; i < p->n; i++)
		put_operation(a, paths, p->list[i]);
	put_components(a, doc);
	if (c->lang) translate(c, doc);
	out->value = doc;
	return OK;
}
