#include "kernel/operation/pipeline.h"
#include "base/utf8.h"
#include "kernel/access/access.h"
#include "kernel/crypto/crypto.h"
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/limit/limit.h"
#include "kernel/log/log.h"
#include "kernel/operation/asked.h"
#include "kernel/operation/face.h"
#include "kernel/operation/form.h"
#include "kernel/operation/problem.h"
#include "kernel/operation/service.h"
#include "kernel/operation/spelled.h"
#include "kernel/operation/system.h"
#include "kernel/page/page.h"
#include "kernel/sandbox/sandbox.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DEFAULT_BODY = 64 * 1024, BACK_IN_SECONDS = 60, KEY_MAX = 200, PURPOSE_MAX = 600 };

static const struct fault_def bad_json = { "json", N_("JSON 读不懂：第 {1} 行第 {2} 列，{3}"), NULL, NULL };
static const struct fault_def key_needed = { "idempotency-key-missing",
	N_("请带上 Idempotency-Key，这样重试不会办两次"), N_("每次新的提交用一个新的随机值，如 UUID"), NULL };

static const struct fault_def key_long = { "idempotency-key-long", N_("Idempotency-Key 最多 200 个字符"), NULL, NULL };
static const struct fault_def key_form = { "idempotency-key-form",
	N_("Idempotency-Key 只能用可见的 ASCII 字符，如 UUID"), NULL, NULL };
static const struct fault_def bad_parts = { "multipart", N_("multipart/form-data 读不懂：各部分之间的分隔不完整"), NULL,
	NULL };
static const struct fault_def only_verifies = { "only-verification", N_("这个地址只查验发票，不办别的事"),
	N_("请到税务局的主地址办理；如果您就在主地址，主服务正在恢复，请稍后再来"), NULL };
static const struct fault_def other_media = { "media", N_("请用 {1} 提交"), NULL, NULL };

/* What the gate found out and the handler needs. */
struct found {
	struct route route;
	enum route_result result;
};

/* --- start and gate --- */

err_t pipeline_start(struct app *app, struct arena *lifetime)
{
	app->router = router_new(lifetime);
	app->spelled = spelled_new();
	for (size_t i = 0; i < n_services; i++)
		router_add(app->router, services[i]->operations, services[i]->n_operations);
	router_add(app->router, system_operations, n_system_operations);
	if (app->sandbox) router_add(app->router, sandbox_operations, n_sandbox_operations);
	if (!app->i18n) TRY(i18n_open(app, lifetime)); /* services that index texts had it opened before */
	return page_store_open(app, lifetime);
}

/* /v1/… is the interface; without it come pages, and a few operations of the kernel at their own root (/healthz). */
static struct str operation_path(struct http_request *r)
{
	r->v1 = str_starts(r->path, "/v1/");
	if (r->v1) return (struct str){ r->path.p + 3, r->path.n - 3 };
	return str_is(r->path, "/") ? S("/home") : r->path;
}

static bool serves_without_v1(const struct operation *op)
{
	return system_owns(op) || face_serves(op);
}

struct str pipeline_allow(void *arg, struct http_request *r)
{
	const struct app *app = arg;
	struct str path = operation_path(r);
	return router_allow(app->router, r->arena, path, r->v1 ? NULL : serves_without_v1);
}

static bool is_page(const struct http_request *r, const struct found *f)
{
	return !r->v1 && !(f->result == ROUTE_FOUND && system_owns(f->route.op));
}

struct http_gate pipeline_gate(void *arg, struct http_request *r)
{
	struct app *app = arg;
	struct found *f = arena_new_of(r->arena, struct found);
	f->result = router_find(app->router, r->method, operation_path(r), &f->route);
	if (f->result == ROUTE_FOUND && is_page(r, f) && !face_serves(f->route.op)) f->result = ROUTE_UNKNOWN;
	r->route = f;
	if (f->result != ROUTE_FOUND) return (struct http_gate){ OP_WORK, DEFAULT_BODY, 0 };
	const struct operation *op = f->route.op;
	enum op_class class = op->class == OP_FAST && is_page(r, f) ? OP_WORK : op->class;
	/* A file sent by a form stands between the lines of its multipart body. */
	return (struct http_gate){ class, (op->max_body ? op->max_body : DEFAULT_BODY) + (is_page(r, f) ? 8192 : 0),
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

err_t work_authenticate(struct ctx *c, struct str token, bool by_cookie, struct str acting_for)
{
	for (size_t i = 0; i < n_services; i++)
		if (services[i]->authenticate) return services[i]->authenticate(c, token, by_cookie, acting_for);
	return OK;
}

err_t work_admit(struct ctx *c, const struct operation *op)
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

/* "application/json; charset=utf-8" is application/json, "application/jsonx" is not. */
static bool media_is(struct str type, const char *media)
{
	size_t n = strlen(media);
	return type.n >= n && strncasecmp(type.p, media, n) == 0 && (type.n == n || strchr("; \t", type.p[n]));
}

/* A raw body takes the many names that its kind has in the world, but not the names of what we take elsewhere. */
static bool is_other_media(struct str type)
{
	static const char *const known[] = { "application/json", "application/x-www-form-urlencoded",
		"multipart/form-data" };
	for (size_t i = 0; i < COUNT(known); i++)
		if (media_is(type, known[i])) return true;
	return false;
}

/* JSON lines are JSON of a kind, and are sent as that: what is no line of JSON is told by the operation. */
static bool is_json_lines(const struct operation *op, struct str type)
{
	return strcmp(op->raw_body, "application/x-ndjson") == 0 && media_is(type, "application/json");
}

static bool takes_files(const struct field *f)
{
	return f->type == FIELD_LIST && f->item && f->item->type == FIELD_BYTES;
}

/* The raw body is the file, or the only one of a list; several come as multipart/form-data, as from a page. */
static err_t raw_tree(struct work *w, const struct http_request *r, struct str type, struct value **tree)
{
	struct ctx *c = w->c;
	struct form form;
	bool several = false;
	for (const struct field *f = w->op->in; f->name; f++)
		several |= takes_files(f);
	if (several && media_is(type, "multipart/form-data")) {
		err_t e = form_read(c->arena, type, r->body, w->op->in, &form);
		if (e != OK) return e == E_INPUT ? RAISE(c, E_INPUT, &bad_parts) : e;
		*tree = form.tree;
		return OK;
	}
	if (type.p && !media_is(type, w->op->raw_body) && is_other_media(type) && !is_json_lines(w->op, type))
		return RAISE(c, E_MEDIA, &other_media, str_c(w->op->raw_body));
	for (const struct field *f = w->op->in; f->name; f++) {
		if (f->type == FIELD_BYTES) value_put_str(c->arena, *tree, f->name, r->body);
		if (takes_files(f) && r->body.n)
			value_push(c->arena, value_put_array(c->arena, *tree, f->name), value_str(c->arena, r->body));
	}
	return OK;
}

static err_t body_tree(struct work *w, const struct http_request *r, struct value **tree)
{
	struct ctx *c = w->c;
	struct json_fault where = { 0 };
	*tree = value_object(c->arena);
	struct str type = http_header(r, "Content-Type");
	if (w->op->raw_body) return raw_tree(w, r, type, tree);
	if (!r->body.n) return OK;
	if (!media_is(type, "application/json")) return E_MEDIA;
	if (json_parse_numerals(c->arena, r->body, tree, &where) == OK) return OK;
	return RAISE(c, E_INPUT, &bad_json, str_from_int(c->arena, where.line), str_from_int(c->arena, where.column),
	        where.reason);
}

void work_put_parameters(struct work *w)
{
	if (w->tree->kind != VALUE_OBJECT) return;
	for (size_t i = 0; i < w->route->n_params; i++)
		value_set(w->c->arena, w->tree, router_param_name(w->op->path, i),
		        value_str(w->c->arena, w->route->params[i]));
}

static struct value *hash_of(struct ctx *c, struct str bytes)
{
	unsigned char digest[32];
	crypto_sha256(bytes.p, bytes.n, digest);
	return value_str(c->arena, str_hex(c->arena, digest, sizeof digest));
}

static struct value *hashes_of(struct ctx *c, const struct value *files)
{
	struct value *list = value_array(c->arena);
	for (const struct value_member *m = files->first; m; m = m->next)
		value_push(c->arena, list, m->value->kind == VALUE_STR ? hash_of(c, m->value->str) : m->value);
	return list;
}

/* What an Idempotency-Key stands for: the body with the path's parameters, or else two targets would look alike. Of raw
 * bytes (XML, which may be in any encoding) their hash stands there. */
static const struct value *identity_of(struct ctx *c, const struct operation *op, const struct value *tree)
{
	struct value *v = NULL;
	for (const struct field *f = op->in; f && f->name; f++) {
		const struct value *given = value_get(tree, str_c(f->name));
		bool file = f->type == FIELD_BYTES && given && given->kind == VALUE_STR;
		bool files = takes_files(f) && given && given->kind == VALUE_ARRAY;
		if (!file && !files) continue;
		if (!v) {
			v = value_object(c->arena);
			for (const struct value_member *m = tree->first; m; m = m->next)
				value_put(c->arena, v, m->key.p, m->value);
		}
		value_set(c->arena, v, str_c(f->name), file ? hash_of(c, given->str) : hashes_of(c, given));
	}
	return v ? v : tree;
}

err_t work_read(struct work *w)
{
	struct ctx *c = w->c;
	if (w->op->idempotent && !w->op->own_transaction) {
		struct buf b;
		w->identity = identity_of(c, w->op, w->tree);
		buf_init(&b, c->arena, 1024);
		value_write_canonical(&b, w->identity);
		w->canonical = buf_done(&b);
	}
	if (!w->op->in) return OK;
	w->in = arena_alloc(c->arena, w->op->in_size);
	err_t e = input_read(c, w->op->in, w->tree, w->in);
	if (e == E_INPUT && w->op->check) (void)w->op->check(c, w->in, &w->reply);
	return e;
}

/* The usual input of a fast operation needs no tree: false leaves it to the careful reader. */
static bool read_quickly(struct work *w, const struct http_request *r)
{
	struct input_pair params[8];
	const struct route *route = w->route;
	bool query = w->op->method == GET && !r->body.n;
	if (!w->op->spell || (!query && (route->n_params || r->query.n))) return false;
	w->in = arena_alloc(w->c->arena, w->op->in_size);
	if (!query)
		return media_is(http_header(r, "Content-Type"), "application/json") &&
		       input_read_direct(w->c, w->op->in, r->body, w->in);
	for (size_t i = 0; i < route->n_params; i++)
		params[i] = (struct input_pair){ router_param_name(w->op->path, i), route->params[i] };
	return input_read_pairs(w->c, w->op->in, r->query, params, route->n_params, w->in);
}

static err_t read_input(struct work *w, const struct http_request *r)
{
	if (read_quickly(w, r)) return OK;
	TRY(body_tree(w, r, &w->tree));
	if (w->tree->kind == VALUE_OBJECT && (w->op->method == GET || w->op->raw_body))
		TRY(form_pairs(w->c->arena, r->query, w->op->in, w->tree));
	work_put_parameters(w);
	return work_read(w);
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
		TRY(replay_find(c, w->canonical, w->identity, &w->answer));
		if (w->answer.replayed) return OK;
	}
	TRY(w->op->run(c, w->in, &w->reply));
	if (w->reply.bytes.p) return OK;
	take_answer(w);
	return keep ? replay_keep(c, w->canonical, &w->answer) : OK;
}

static bool in_transaction(const struct operation *op)
{
	return op->method != GET && !op->reads && !op->own_transaction;
}

static err_t before_run(struct work *w)
{
	struct ctx *c = w->c;
	TRY(sandbox_before(c));
	if (!w->op->blind) outbox_catch_up(c);
	if (w->op->prepare) TRY(w->op->prepare(c, w->in, &w->reply));
	bool lacks_key = w->op->idempotent && in_transaction(w->op) && !c->idempotency_key.p;
	return lacks_key ? RAISE(c, E_INPUT, &key_needed) : OK;
}

static bool leaves_word(const struct operation *op, err_t e)
{
	return op->refused && (e == E_INPUT || e == E_CONFLICT);
}

static err_t refused_once(struct ctx *c, void *arg)
{
	const struct work *w = arg;
	struct reply none = { 0 };
	return w->op->refused(c, w->in, &none);
}

static err_t run_in_transaction(struct work *w)
{
	struct ctx *c = w->c;
	err_t e = db_write(c, run_once, w);
	if (!leaves_word(w->op, e)) return e;
	struct problem said = c->problem;
	if (db_write(c, refused_once, w) == OK)
		outbox_wrote(c);
	else
		log_event(LOG_ERROR_LEVEL, "refusal-untold", c->trace, "operation", w->op->id, NULL);
	c->problem = said;
	return e;
}

err_t work_run(struct work *w)
{
	struct ctx *c = w->c;
	TRY(before_run(w));
	if (in_transaction(w->op)) {
		TRY(run_in_transaction(w));
	} else {
		TRY(w->op->run(c, w->in, &w->reply));
		if (!w->reply.bytes.p) take_answer(w);
	}
	outbox_wrote(c);
	return OK;
}

static err_t spell(struct work *w)
{
	TRY(before_run(w));
	w->reply.media = "application/json";
	return w->op->spell(w->c, w->in, &w->reply);
}

/* The name as given, and for names that are not ASCII the form of RFC 6266. */
static void set_filename(struct ctx *c, struct str name, struct http_response *out)
{
	http_set(out, "Content-Disposition",
	        str_printf(c->arena, "attachment; filename*=UTF-8''%.*s", STR_FMT(form_encode(c->arena, name))));
}

void work_send_bytes(const struct work *w, const struct http_request *r, struct http_response *out)
{
	const struct reply *reply = &w->reply;
	bool packed = reply->packed.p && str_find(http_header(r, "Accept-Encoding"), "gzip") >= 0;
	out->status = reply->status ? reply->status : 200;
	out->body = packed ? reply->packed : reply->bytes;
	http_set(out, "Content-Type", str_c(reply->media));
	if (packed) http_set(out, "Content-Encoding", S("gzip"));
	if (reply->packed.p) http_set(out, "Vary", S("Accept-Encoding"));
	if (reply->filename.p) set_filename(w->c, reply->filename, out);
	for (size_t i = 0; i < reply->n_headers && i < 8; i++)
		http_set(out, reply->headers[i].name, reply->headers[i].value);
}

static void send_answer(struct work *w, const struct http_request *r, struct http_response *out)
{
	struct ctx *c = w->c;
	if (w->reply.bytes.p) {
		work_send_bytes(w, r, out);
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

int work_status(const struct work *w, err_t e)
{
	return e == E_INPUT && (!w->c->problem.n || w->op->method == GET) ? 400 : err_status(e);
}

/* Both are kept in tables, so they must be text. */
static bool is_text(struct str s, size_t most)
{
	return s.n > 0 && s.n <= most && utf8_valid(s) && !memchr(s.p, '\t', s.n) && !memchr(s.p, 0x7f, s.n);
}

/* A key that is not taken is refused: dropping it would let a retry act twice. */
err_t work_take_key(struct ctx *c, struct str key)
{
	if (!key.p) return OK;
	if (key.n > KEY_MAX) return RAISE(c, E_INPUT, &key_long);
	if (!key.n) return RAISE(c, E_INPUT, &key_form);
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] < '!' || key.p[i] > '~') return RAISE(c, E_INPUT, &key_form);
	c->idempotency_key = key;
	return OK;
}

/* A request on its way; it outlives the worker that took it. */
struct task {
	struct ctx c;
	struct work w;
	struct db_act act;
	struct problem said; /* of a refusal, while what it leaves behind is written */
	err_t refusal;
	struct http_request *r;
	struct http_response *out;
};

static void answer(struct task *t, err_t e);

static void over(struct task *t, err_t e)
{
	answer(t, e);
	http_answered(t->r);
}

static void refused_over(struct db_act *a)
{
	struct task *t = a->arg;
	if (a->result == OK)
		outbox_wrote(&t->c);
	else
		log_event(LOG_ERROR_LEVEL, "refusal-untold", t->c.trace, "operation", t->w.op->id, NULL);
	t->c.problem = t->said;
	over(t, t->refusal);
}

static err_t refused_act(struct ctx *c, void *arg)
{
	struct task *t = arg;
	return refused_once(c, &t->w);
}

static void act_over(struct db_act *a)
{
	struct task *t = a->arg;
	if (leaves_word(t->w.op, a->result)) {
		t->refusal = a->result;
		t->said = t->c.problem;
		t->act = (struct db_act){ .c = &t->c, .fn = refused_act, .arg = t, .done = refused_over };
		db_write_later(&t->act);
		return;
	}
	if (a->result == OK) outbox_wrote(&t->c);
	over(t, a->result);
}

static err_t act_once(struct ctx *c, void *arg)
{
	struct task *t = arg;
	return run_once(c, &t->w);
}

/* No thread waits while an act becomes durable: the next request can be read meanwhile. */
static err_t run_later(struct task *t, bool *later)
{
	TRY(before_run(&t->w));
	*later = true;
	t->c.db = NULL;
	t->act = (struct db_act){ .c = &t->c, .fn = act_once, .arg = t, .done = act_over };
	http_answer_later();
	db_write_later(&t->act); /* t may be gone from here on */
	return OK;
}

static err_t serve(struct task *t, bool *later)
{
	struct work *w = &t->w;
	struct http_request *r = t->r;
	struct ctx *c = w->c;
	struct str token = asked_bearer(r);
	/* Without a database all is public: whoever asks, the answer is the same. */
	if (c->db && token.p) TRY(work_authenticate(c, token, false, http_header(r, "Etax-Acting-For")));
	TRY(limit_admit(c));
	TRY(work_admit(c, w->op));
	TRY(work_take_key(c, http_header(r, "Idempotency-Key")));
	TRY(read_input(w, r));
	if (w->op->spell) return spell(w);
	return in_transaction(w->op) ? run_later(t, later) : work_run(w);
}

/* 16 hexadecimal digits, scattered. */
static struct str trace_of(const struct http_request *r)
{
	char *p = arena_bytes(r->arena, 17);
	uint64_t v = (uint64_t)r->arrived * 2654435761u;
	for (int i = 15; i >= 0; i--, v >>= 4)
		p[i] = "0123456789abcdef"[v & 15];
	p[16] = '\0';
	return (struct str){ p, 16 };
}

static void begin(struct ctx *c, struct app *app, const struct http_request *r)
{
	ctx_init(c, app, r->arena);
	c->client = r->client;
	c->request = r;
	c->trace = trace_of(r);
	struct str purpose = http_header(r, "Etax-Purpose");
	if (is_text(purpose, PURPOSE_MAX)) c->purpose = purpose;
	c->lang = i18n_lang(app, asked_language(r));
}

static void refuse(struct work *w, err_t e, struct http_response *out)
{
	struct ctx *c = w->c;
	if (e == E_INTERNAL) log_event(LOG_ERROR_LEVEL, "operation-failed", c->trace, "operation", w->op->id, NULL);
	problem_answer(c, e, work_status(w, e), out);
	if (e == E_UNAUTHENTICATED) http_set(out, "WWW-Authenticate", S("Bearer"));
	if (e == E_LIMITED || e == E_BUSY)
		http_set(out, "Retry-After", str_from_int(c->arena, c->retry_after ? c->retry_after : 1));
}

static void unknown(
        struct app *app, struct work *w, struct http_request *r, const struct found *f, struct http_response *out)
{
	struct str allow = f->result == ROUTE_METHOD ? pipeline_allow(app, r) : S("");
	if (asked_data(r))
		problem_answer(w->c, allow.n ? E_METHOD : E_NOT_FOUND, allow.n ? 405 : 404, out);
	else
		face_unserved(w, r, allow.n ? E_METHOD : E_NOT_FOUND, allow.n ? 405 : 404, out);
	if (allow.n) http_set(out, "Allow", allow);
}

static void answer(struct task *t, err_t e)
{
	if (e == OK)
		send_answer(&t->w, t->r, t->out);
	else
		refuse(&t->w, e, t->out);
	t->out->lost = sandbox_reply_lost(&t->c);
}

/* Without a database there is none for a moment, or never: then this process is the plane alone, and trying again here
 * does not help. */
static err_t not_here(struct ctx *c)
{
	if (c->app->db) return E_BUSY;
	c->retry_after = BACK_IN_SECONDS;
	return RAISE(c, E_BUSY, &only_verifies);
}

void pipeline_handle(void *arg, struct http_request *r, struct http_response *out)
{
	struct app *app = arg;
	const struct found *f = r->route;
	struct task *t = arena_new_of(r->arena, struct task);
	struct ctx *c = &t->c;
	begin(c, app, r);
	t->r = r;
	t->out = out;
	t->w = (struct work){ .c = c, .op = f->route.op, .route = &f->route };
	c->db = http_thread_state();
	if (f->result != ROUTE_FOUND) {
		t->w.op = NULL;
		unknown(app, &t->w, r, f, out);
		return;
	}
	c->op = t->w.op;
	bool page = is_page(r, f), later = false;
	bool here = c->db || c->op->class == OP_FAST || (c->op->detached && !page);
	if (here && page) {
		face_serve(&t->w, r, out);
	} else if (page) {
		face_unserved(&t->w, r, not_here(c), 503, out);
	} else {
		err_t e = here ? serve(t, &later) : not_here(c);
		if (!later) answer(t, e);
		return;
	}
	out->lost = sandbox_reply_lost(c);
}

void pipeline_problem(void *arg, struct http_request *r, err_t kind, int status, struct http_response *out)
{
	struct ctx c;
	begin(&c, arg, r);
	problem_answer(&c, kind, status, out);
}
