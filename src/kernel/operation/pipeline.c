#include "kernel/operation/pipeline.h"
#include "kernel/access/access.h"
#include "kernel/db/db.h"
#include "kernel/log/log.h"
#include "kernel/operation/problem.h"
#include "kernel/operation/replay.h"
#include "kernel/operation/router.h"
#include "kernel/operation/service.h"
#include "kernel/operation/system.h"
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_BODY = 64 * 1024 };

static const struct fault_def bad_json = { "json", N_("JSON 读不懂：第 {1} 行第 {2} 列，{3}"), NULL, NULL };
static const struct fault_def key_needed = { "idempotency-key-missing",
	N_("请带上 Idempotency-Key，这样重试不会办两次"), N_("每次新的提交用一个新的随机值，如 UUID"), NULL };

/* What the gate found out and the handler needs. */
struct found {
	struct route route;
	enum route_result result;
};

struct work {
	struct ctx *c;
	const struct operation *op;
	const struct value *tree;
	struct str canonical; /* of the body, for replays */
	void *in;
	struct reply reply;
	struct replay answer;
};

/* --- start and gate --- */

err_t pipeline_start(struct app *app, struct arena *lifetime)
{
	app->router = router_new(lifetime);
	for (size_t i = 0; i < n_services; i++)
		router_add(app->router, services[i]->operations, services[i]->n_operations);
	router_add(app->router, system_operations, n_system_operations);
	return OK;
}

/* /v1/… is the interface; a few operations of the kernel have their own root (/healthz, /openapi.json). */
static struct str operation_path(struct http_request *r)
{
	r->v1 = str_starts(r->path, "/v1/");
	return r->v1 ? (struct str){ r->path.p + 3, r->path.n - 3 } : r->path;
}

struct http_gate pipeline_gate(void *arg, struct http_request *r)
{
	struct app *app = arg;
	struct found *f = arena_new_of(r->arena, struct found);
	struct str path = operation_path(r);
	f->result = router_find(app->router, r->method, path, &f->route);
	if (f->result == ROUTE_FOUND && !r->v1 && !system_owns(f->route.op)) f->result = ROUTE_UNKNOWN;
	r->route = f;
	if (f->result != ROUTE_FOUND) return (struct http_gate){ OP_WORK, DEFAULT_BODY, 0 };
	return (struct http_gate){ f->route.op->class, f->route.op->max_body ? f->route.op->max_body : DEFAULT_BODY,
		0 };
}

void *pipeline_thread_start(void *arg, enum op_class class)
{
	return class == OP_FAST ? NULL : db_open(arg, NULL);
}

void pipeline_thread_end(void *arg, void *thread)
{
	(void)arg;
	db_close(thread);
}

/* --- who --- */

static struct str bearer(const struct http_request *r)
{
	struct str h = http_header(r, "Authorization");
	return str_starts(h, "Bearer ") ? str_trim(str_sub(h, 7, 512)) : STR_NONE;
}

static err_t authenticate(struct ctx *c, const struct http_request *r)
{
	struct str token = bearer(r);
	if (!token.p) return OK;
	for (size_t i = 0; i < n_services; i++)
		if (services[i]->authenticate)
			return services[i]->authenticate(c, token, false, http_header(r, "Etax-Acting-For"));
	return OK;
}

static err_t admit(struct ctx *c, const struct operation *op)
{
	switch (op->who.kind) {
	case WHO_PUBLIC: return OK;
	case WHO_PERSON: return access_check(c, NULL);
	case WHO_TAXPAYER: return access_check(c, op->who.scope);
	case WHO_OFFICER: return access_officer(c, op->who.scope);
	}
	return E_INTERNAL;
}

/* --- input --- */

static int unhex(char ch)
{
	return ch >= '0' && ch <= '9'   ? ch - '0'
	       : ch >= 'a' && ch <= 'f' ? ch - 'a' + 10
	       : ch >= 'A' && ch <= 'F' ? ch - 'A' + 10
	                                : -1;
}

static struct str form_decoded(struct arena *a, struct str s)
{
	struct buf b;
	buf_init(&b, a, s.n);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' && i + 2 < s.n && unhex(s.p[i + 1]) >= 0 && unhex(s.p[i + 2]) >= 0) {
			buf_char(&b, (char)(unhex(s.p[i + 1]) * 16 + unhex(s.p[i + 2])));
			i += 2;
		} else {
			buf_char(&b, s.p[i] == '+' ? ' ' : s.p[i]);
		}
	}
	return buf_done(&b);
}

static void put_query(struct ctx *c, struct str query, struct value *tree)
{
	struct str pair, name;
	for (int n = 0; n < 100 && query.n && str_split(&query, '&', &pair); n++) {
		struct str value = pair;
		(void)str_split(&value, '=', &name);
		value_set(c->arena, tree, form_decoded(c->arena, name),
		        value_str(c->arena, form_decoded(c->arena, value.p ? value : S(""))));
	}
}

static err_t body_tree(struct work *w, const struct http_request *r, struct value **tree)
{
	struct ctx *c = w->c;
	struct json_fault where = { 0 };
	*tree = value_object(c->arena);
	if (w->op->raw_body) {
		for (const struct field *f = w->op->in; f->name; f++)
			if (f->type == FIELD_BYTES) value_put_str(c->arena, *tree, f->name, r->body);
		return OK;
	}
	if (!r->body.n) return OK;
	struct str type = http_header(r, "Content-Type");
	if (!str_starts(type, "application/json")) return E_MEDIA;
	if (json_parse(c->arena, r->body, tree, &where) == OK) return OK;
	return RAISE(c, E_INPUT, &bad_json, str_from_int(c->arena, where.line), str_from_int(c->arena, where.column),
	        where.reason);
}

static err_t read_input(struct work *w, const struct http_request *r, const struct route *route)
{
	struct ctx *c = w->c;
	struct value *tree;
	TRY(body_tree(w, r, &tree));
	if (tree->kind == VALUE_OBJECT) {
		if (w->op->method == GET || w->op->raw_body) put_query(c, r->query, tree);
		for (size_t i = 0; i < route->n_params; i++)
			value_set(c->arena, tree, router_param_name(w->op->path, i),
			        value_str(c->arena, route->params[i]));
	}
	/* What an Idempotency-Key stands for: the body with the path's parameters, or else two targets would look
	 * alike. */
	struct buf b;
	buf_init(&b, c->arena, r->body.n + 64);
	value_write_canonical(&b, tree);
	w->canonical = buf_done(&b);
	w->tree = tree;
	if (!w->op->in) return OK;
	w->in = arena_alloc(c->arena, w->op->in_size);
	err_t e = input_read(c, w->op->in, tree, w->in);
	if (e == E_INPUT && w->op->check) (void)w->op->check(c, w->in, &w->reply);
	return e;
}

/* --- running --- */

static void take_answer(struct work *w)
{
	struct reply *reply = &w->reply;
	struct buf b;
	buf_init(&b, w->c->arena, 1024);
	if (reply->value) value_write_json(&b, reply->value);
	w->answer.status = reply->status ? reply->status : reply->location.p ? 201 : 200;
	w->answer.location = reply->location;
	w->answer.answer = buf_done(&b);
}

/* One transaction: look for the first answer, else act and keep the answer. */
static err_t run_once(struct ctx *c, void *arg)
{
	struct work *w = arg;
	memset(&w->reply, 0, sizeof w->reply);
	bool keep = w->op->idempotent && c->idempotency_key.p; /* others may answer secrets: never kept */
	if (keep) {
		TRY(replay_find(c, w->canonical, w->tree, &w->answer));
		if (w->answer.replayed) return OK;
	}
	TRY(w->op->run(c, w->in, &w->reply));
	if (w->reply.bytes.p) return OK;
	take_answer(w);
	return keep ? replay_keep(c, w->canonical, &w->answer) : OK;
}

static err_t run(struct work *w)
{
	struct ctx *c = w->c;
	if (w->op->prepare) TRY(w->op->prepare(c, w->in, &w->reply));
	if (w->op->method != GET && !w->op->reads && !w->op->own_transaction) {
		if (w->op->idempotent && !c->idempotency_key.p) return RAISE(c, E_INPUT, &key_needed);
		TRY(db_write(c, run_once, w));
	} else {
		TRY(w->op->run(c, w->in, &w->reply));
		if (!w->reply.bytes.p) take_answer(w);
	}
	return outbox_wait(c);
}

static void send_answer(struct work *w, struct http_response *out)
{
	struct ctx *c = w->c;
	if (w->reply.bytes.p) {
		out->status = w->reply.status ? w->reply.status : 200;
		out->body = w->reply.bytes;
		http_set(out, "Content-Type", str_c(w->reply.media));
		if (w->reply.filename.p)
			http_set(out, "Content-Disposition",
			        str_printf(c->arena, "attachment; filename=\"%.*s\"", STR_FMT(w->reply.filename)));
	} else {
		out->status = w->answer.status;
		out->body = w->answer.answer;
		http_set(out, "Content-Type", S("application/json"));
	}
	if (w->answer.location.p)
		http_set(out, "Location", str_printf(c->arena, "/v1%.*s", STR_FMT(w->answer.location)));
	if (w->answer.replayed) http_set(out, "Idempotency-Replayed", S("true"));
	if (w->reply.max_age)
		http_set(out, "Cache-Control", str_printf(c->arena, "public, max-age=%d", w->reply.max_age));
}

static err_t serve(struct work *w, struct http_request *r, const struct route *route)
{
	struct ctx *c = w->c;
	/* FAST is public and has no database: whoever asks, the answer is the same. */
	if (w->op->class != OP_FAST) TRY(authenticate(c, r));
	TRY(admit(c, w->op));
	TRY(read_input(w, r, route));
	return run(w);
}

static void begin(struct ctx *c, struct app *app, const struct http_request *r)
{
	ctx_init(c, app, r->arena);
	c->client = r->client;
	c->trace = str_printf(r->arena, "%016llx", (unsigned long long)r->arrived * 2654435761u);
	c->purpose = http_header(r, "Etax-Purpose");
	struct str key = http_header(r, "Idempotency-Key");
	if (key.n && key.n <= 200) c->idempotency_key = key;
}

void pipeline_handle(void *arg, struct http_request *r, struct http_response *out)
{
	struct app *app = arg;
	const struct found *f = r->route;
	struct ctx c;
	begin(&c, app, r);
	if (f->result != ROUTE_FOUND) {
		bool method = f->result == ROUTE_METHOD;
		problem_answer(&c, method ? E_METHOD : E_NOT_FOUND, method ? 405 : 404, out);
		if (method) http_set(out, "Allow", router_allow(app->router, c.arena, operation_path(r)));
		return;
	}
	struct work w = { .c = &c, .op = f->route.op };
	c.op = w.op;
	c.db = http_thread_state();
	err_t e = c.db || w.op->class == OP_FAST ? serve(&w, r, &f->route) : E_BUSY;
	if (e == OK) {
		send_answer(&w, out);
		return;
	}
	if (e == E_INTERNAL) log_event(LOG_ERROR_LEVEL, "operation-failed", c.trace, "operation", w.op->id, NULL);
	problem_answer(&c, e, e == E_INPUT && (!c.problem.n || w.op->method == GET) ? 400 : err_status(e), out);
	if (e == E_UNAUTHENTICATED) http_set(out, "WWW-Authenticate", S("Bearer"));
	if (e == E_LIMITED || e == E_BUSY) http_set(out, "Retry-After", S("1"));
}

void pipeline_problem(void *arg, struct http_request *r, err_t kind, int status, struct http_response *out)
{
	struct ctx c;
	begin(&c, arg, r);
	problem_answer(&c, kind, status, out);
}
