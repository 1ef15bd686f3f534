#include "kernel/operation/face.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/limit/limit.h"
#include "kernel/log/log.h"
#include "kernel/operation/fields.h"
#include "kernel/operation/form.h"
#include "kernel/operation/frame.h"
#include "kernel/operation/menu.h"
#include "kernel/operation/problem.h"
#include "kernel/operation/service.h"
#include "kernel/page/page.h"
#include <string.h>

static const struct fault_def stale = { "form-expired", N_("这一页放得太久了。您填的内容都在，请核对后再提交一次"),
	NULL, NULL };
static const struct fault_def foreign = { "form-foreign", N_("这次提交不是从本站页面发出的，没有办理"),
	N_("请从本站页面重新进入"), NULL };
static const struct fault_def welcome_back = { "signed-in-again", N_("您已重新登录，刚才填的内容都在。请核对后提交"),
	NULL, NULL };

/* What a page request carries beside its tree. */
struct visit {
	struct work *w;
	struct http_request *r;
	struct http_response *out;
	struct form form;
};

bool face_serves(const struct operation *op)
{
	const char *last = strrchr(op->path, '/');
	bool file = op->method == GET && last && strchr(last, '.');
	return op->page || op->then || op->form || file;
}

/* --- sending --- */

static void set_safety(struct visit *v)
{
	struct http_response *out = v->out;
	struct str policy =
	        S("default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action "
	          "'self'");
	const struct operation *op = v->w ? v->w->op : NULL;
	if (op && op->csp) policy = str_printf(v->w->c->arena, "%.*s; %s", STR_FMT(policy), op->csp);
	http_set(out, "Content-Security-Policy", policy);
	http_set(out, "X-Content-Type-Options", S("nosniff"));
	http_set(out, "X-Frame-Options", S("DENY"));
	http_set(out, "Referrer-Policy", S("same-origin"));
	http_set(out, "Cross-Origin-Opener-Policy", S("same-origin"));
	http_set(out, "Permissions-Policy", S("camera=(self), microphone=(), geolocation=()"));
}

static void send_html(struct visit *v, int status, struct str html)
{
	v->out->status = status;
	v->out->body = html;
	http_set(v->out, "Content-Type", S("text/html; charset=utf-8"));
	http_set(v->out, "Cache-Control", S("no-store"));
	http_set(v->out, "Vary", S("Cookie"));
	set_safety(v);
}

static void redirect(struct visit *v, struct str to)
{
	v->out->status = 303;
	v->out->body = S("");
	http_set(v->out, "Location", to);
	http_set(v->out, "Cache-Control", S("no-store"));
}

/* When even the error page can not be rendered. */
static void send_plain_failure(struct visit *v)
{
	send_html(v, 500,
	        S("<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>出错了</title><p>系统出错，"
	          "已经记录，请稍后再试。<p lang=\"en\">Something went wrong on our side. Please try again "
	          "later.</html>"));
}

/* --- what the layout and the forms read --- */

static struct str action_of(struct ctx *c, const struct operation *op, const struct value *tree)
{
	struct buf b;
	buf_init(&b, c->arena, 80);
	for (const char *p = op->path; *p;) {
		const char *open = strchr(p, '{'), *close = open ? strchr(open, '}') : NULL;
		if (!open || !close) {
			buf_c(&b, p);
			break;
		}
		buf_add(&b, p, (size_t)(open - p));
		const struct value *v =
		        tree ? value_get(tree, (struct str){ open + 1, (size_t)(close - open - 1) }) : NULL;
		if (!v || v->kind != VALUE_STR) return STR_NONE; /* the template knows the missing part */
		buf_str(&b, form_encode(c->arena, v->str));
		p = close + 1;
	}
	return buf_done(&b);
}

/* Where a fault stands, from its pointer and the field table. */
struct place {
	const struct field *list, *leaf; /* NULL: not in a list; not declared */
	int64_t row;                     /* from 1; 0: none */
	size_t rows;                     /* that were typed */
};

static const struct field *field_named(const struct field *fields, struct str name)
{
	for (const struct field *f = fields; f && f->name; f++)
		if (str_is(name, f->name)) return f;
	return NULL;
}

static size_t rows_of(const struct value *list)
{
	size_t n = 0;
	for (const struct value_member *m = list && list->kind == VALUE_ARRAY ? list->first : NULL; m; m = m->next)
		n++;
	return n;
}

static struct place place_of(const struct field *fields, struct str pointer, const struct value *typed)
{
	struct place at = { 0 };
	struct str rest = pointer, piece;
	int64_t n;
	while (str_split(&rest, '/', &piece)) {
		if (!piece.n) continue;
		if (str_to_int(piece, &n) && n >= 0) {
			at.row = n + 1;
			at.list = at.leaf;
			at.rows = rows_of(typed);
			continue;
		}
		at.leaf = field_named(fields, piece);
		fields = at.leaf ? at.leaf->fields : NULL;
		typed = typed ? value_get(typed, piece) : NULL;
	}
	return at;
}

/* "/lines/2/price" stands in row 3. A list that may be missing (the vehicles, the passengers of a special business) has
 * no lines: the field's own name is said unless the message says it, and of several groups which one. */
static void put_place(
        struct ctx *c, struct value *item, struct str pointer, struct str message, const struct value *typed)
{
	struct arena *a = c->arena;
	struct place at = place_of(c->op ? c->op->in : NULL, pointer, typed);
	bool group = at.list && at.list->fields && !at.list->required;
	struct str name = group && at.leaf && at.leaf->label ? tr(c, at.leaf->label) : STR_NONE;
	if (name.p && str_find(message, name.p) >= 0) name = STR_NONE;
	value_put(a, item, "row", at.row && !group ? value_int(a, at.row) : value_null(a));
	value_put(a, item, "group", group && at.rows > 1 ? value_int(a, at.row) : value_null(a));
	value_put_str(a, item, "name", name);
}

static void put_problem(struct ctx *c, struct value *root, bool wrong, const struct value *typed)
{
	struct arena *a = c->arena;
	const struct problem *p = &c->problem;
	if (!wrong) {
		value_put(a, root, "problem", value_null(a));
		return;
	}
	struct value *v = value_put_object(a, root, "problem"), *faults;
	const struct fault_def *def = p->def;
	value_put_str(a, v, "title", def ? fields_message(c, def->message, p->arg) : STR_NONE);
	value_put_str(a, v, "fix", def && def->fix ? fields_message(c, def->fix, p->arg) : STR_NONE);
	value_put_str(a, v, "law", def && def->law ? tr(c, def->law) : STR_NONE);
	faults = value_put_array(a, v, "faults");
	for (size_t i = 0; i < p->n && i < PROBLEM_FAULTS_MAX; i++) {
		const struct fault *f = &p->faults[i];
		struct value *item = value_object(a);
		value_put_str(a, item, "field", fields_name(a, f->pointer));
		struct str message = fields_message(c, f->def->message, f->arg);
		put_place(c, item, f->pointer, message, typed);
		value_put_str(a, item, "message", message);
		value_put_str(a, item, "fix", f->def->fix ? fields_message(c, f->def->fix, f->arg) : STR_NONE);
		value_put_str(a, item, "law", f->def->law ? tr(c, f->def->law) : STR_NONE);
		value_push(a, faults, item);
	}
}

/* forms.NAME for each post that this page shows, NAME being the last part of its id; fields: those of the post that
 * came back, else of the first one, else of the page itself. */
static void put_forms(struct visit *v, const struct operation *page, const struct operation *post, bool wrong,
        struct value *root, const struct value *tree)
{
	struct ctx *c = v->w->c;
	struct value *forms = value_put_object(c->arena, root, "forms"), *fields = NULL;
	const struct value *typed = value_get(root, S("form"));
	for (size_t s = 0; s < n_services; s++)
		for (size_t i = 0; i < services[s]->n_operations; i++) {
			const struct operation *op = &services[s]->operations[i];
			if (!op->form || strcmp(op->form, page->id) != 0) continue;
			bool mine = post ? op == post : !fields;
			struct value *f = fields_value(c, op->in, mine ? typed : NULL, wrong && op == post);
			value_put_str(c->arena, f, "action", action_of(c, op, tree));
			const char *dot = strrchr(op->id, '.');
			value_put(c->arena, forms, dot ? dot + 1 : op->id, f);
			if (mine) fields = f;
		}
	if (!fields) fields = fields_value(c, page->in, typed ? typed : tree, wrong);
	value_put(c->arena, root, "fields", fields);
}

enum lost { LOST_NOTHING, LOST_FILE, LOST_SECRET };

/* What a form that comes back can not hold: browsers fill in no files, and passwords are never sent back. */
static enum lost lost_of(const struct field *f)
{
	enum lost lost = LOST_NOTHING;
	for (; f && f->name && lost != LOST_FILE; f++) {
		const struct field *inner = f->type == FIELD_LIST && f->item ? f->item : NULL;
		if (f->type == FIELD_BYTES || (inner && inner->type == FIELD_BYTES)) lost = LOST_FILE;
		if (f->type == FIELD_SECRET) lost = LOST_SECRET;
	}
	return lost;
}

/* What the words above the form may promise. shown: the form stands there again. */
static void put_kept(struct ctx *c, struct value *root, const struct operation *op, bool shown)
{
	struct value *problem = (struct value *)(uintptr_t)value_get(root, S("problem"));
	if (!problem || problem->kind != VALUE_OBJECT) return;
	enum lost lost = op ? lost_of(op->in) : LOST_NOTHING;
	bool files = lost == LOST_FILE && op->method == POST && !op->raw_body;
	value_put_bool(c->arena, problem, "kept", shown && lost == LOST_NOTHING);
	value_put_bool(c->arena, problem, "file_again", shown && files);
	value_put_bool(c->arena, problem, "secret_again", shown && lost == LOST_SECRET);
}

static err_t render_page(struct visit *v, const struct operation *page, const struct operation *post, bool wrong,
        struct value *root, struct str *html)
{
	struct ctx *c = v->w->c;
	if (root->kind != VALUE_OBJECT) return E_INTERNAL;
	TRY(frame_put(c, page, v->r, root));
	put_problem(c, root, wrong, v->w->tree);
	put_kept(c, root, post ? post : page, true);
	put_forms(v, page, post, wrong, root, v->w->tree);
	return page_render(c, str_c(page->page), root, html);
}

/* --- problems --- */

/* Where somebody may have wanted to go: the nearest page of his menu above an address that shows nothing; else null. */
static struct value *nearest(struct ctx *c, struct str path)
{
	struct route route;
	while (path.n > 1) {
		do
			path.n--;
		while (path.n > 1 && path.p[path.n] != '/');
		if (path.n <= 1 || router_find(c->app->router, GET, path, &route) != ROUTE_FOUND ||
		        !menu_shows(c, route.op))
			continue;
		struct value *page = value_object(c->arena);
		value_put_str(c->arena, page, "href", path);
		value_put_str(c->arena, page, "title", tr(c, route.op->title));
		return page;
	}
	return value_null(c->arena);
}

/* Where only the purpose is missing it is asked for, and the page opens with it. */
static void put_purpose(struct ctx *c, struct value *root, const struct http_request *r, bool asked)
{
	struct value *query = value_object(c->arena), *list;
	if (!asked) {
		value_put(c->arena, root, "purpose", value_null(c->arena));
		return;
	}
	struct value *v = value_put_object(c->arena, root, "purpose");
	value_put_str(c->arena, v, "action", r->raw_path);
	list = value_put_array(c->arena, v, "rest");
	if (form_pairs(c->arena, r->query, NULL, query) != OK) return;
	for (const struct value_member *m = query->first; m; m = m->next) {
		if (str_is(m->key, "purpose") || m->value->kind != VALUE_STR) continue;
		struct value *one = value_object(c->arena);
		value_put_str(c->arena, one, "name", m->key);
		value_put_str(c->arena, one, "value", m->value->str);
		value_push(c->arena, list, one);
	}
}

void face_problem(struct work *w, struct http_request *r, err_t e, int status, struct http_response *out)
{
	struct visit v = { .w = w, .r = r, .out = out };
	struct ctx *c = w->c;
	struct str html;
	const struct fault_def *def = problem_def(c, e);
	struct value *root = value_object(c->arena);
	value_put_int(c->arena, root, "status", status);
	value_put_str(c->arena, root, "what", fields_message(c, def->message, c->problem.arg));
	value_put_str(c->arena, root, "fix", def->fix ? fields_message(c, def->fix, c->problem.arg) : STR_NONE);
	value_put_str(c->arena, root, "law", def->law ? tr(c, def->law) : STR_NONE);
	value_put_str(c->arena, root, "trace", c->trace);
	bool nothing = status == 404 || status == 405, read = r->method == GET;
	bool person = c->caller.person_id && c->caller.subject_id == c->caller.person_id && !c->caller.officer;
	put_purpose(c, root, r, read && e == E_FORBIDDEN && str_is(str_c(def->code), "purpose-missing"));
	value_put_bool(c->arena, root, "firms_only", read && person && w->op && w->op->firm && e != E_INTERNAL);
	value_put(c->arena, root, "nearest", nothing || read ? nearest(c, r->path) : value_null(c->arena));
	err_t made = frame_put(c, NULL, r, root);
	if (made == OK)
		value_set(c->arena, (struct value *)(uintptr_t)value_get(root, S("page")), S("title"),
		        value_str(c->arena, value_text(root, "what")));
	put_problem(c, root, c->problem.n > 0, w->tree);
	put_kept(c, root, w->op, false);
	if (made == OK) made = page_render(c, S("page/error"), root, &html);
	if (made == OK)
		send_html(&v, status, html);
	else
		send_plain_failure(&v);
}

/* --- signing in on the way --- */

static const struct operation *login_page(const struct ctx *c, struct route *route)
{
	return router_find(c->app->router, GET, S("/login"), route) == ROUTE_FOUND ? route->op : NULL;
}

/* A GET goes to the sign-in and comes back; a form is taken along in the sign-in page, so that nothing is lost. */
static void to_login(struct visit *v)
{
	struct ctx *c = v->w->c;
	struct route route;
	const struct operation *login = login_page(c, &route);
	struct str here = v->r->query.n
	                          ? str_printf(c->arena, "%.*s?%.*s", STR_FMT(v->r->raw_path), STR_FMT(v->r->query))
	                          : v->r->raw_path;
	if (v->w->op->method == GET || !login) {
		redirect(v, str_printf(c->arena, "/login?next=%.*s", STR_FMT(form_encode(c->arena, here))));
		return;
	}
	struct value *root = value_object(c->arena);
	bool text = str_starts(http_header(v->r, "Content-Type"), "application/x-www-form-urlencoded");
	value_put_bool(c->arena, root, "sandbox", c->app->sandbox != NULL);
	value_put_str(c->arena, root, "resume",
	        text ? str_printf(c->arena, "%.*s&%.*s", STR_FMT(v->r->raw_path), STR_FMT(v->r->body)) : S(""));
	struct str html;
	c->problem.n = 0;
	if (render_page(v, login, NULL, false, root, &html) == OK)
		send_html(v, 401, html);
	else
		send_plain_failure(v);
}

/* --- the form again --- */

/* The page that shows the form is read anew, with what was typed on top of it. */
static err_t read_form_page(struct visit *v, const struct operation *page, struct reply *reply)
{
	struct work *w = v->w;
	struct ctx *c = w->c;
	struct work sub = { .c = c, .op = page, .tree = value_object(c->arena) };
	for (const struct field *f = page->in; f && f->name; f++) {
		struct str braces = str_printf(c->arena, "{%s}", f->name);
		const struct value *param = w->tree ? value_get(w->tree, str_c(f->name)) : NULL;
		if (strstr(page->path, braces.p) && param)
			value_set(c->arena, sub.tree, str_c(f->name), (struct value *)(uintptr_t)param);
	}
	TRY(work_read(&sub));
	TRY(page->run(c, sub.in, reply));
	if (!reply->value) reply->value = value_object(c->arena);
	value_set(c->arena, reply->value, S("form"), w->tree);
	if (v->form.resume.n) value_set(c->arena, reply->value, S("resume"), value_str(c->arena, v->form.resume));
	return page->view ? page->view(c, sub.in, reply) : OK;
}

static void show_form(struct visit *v, const struct operation *page, bool wrong, err_t e, int status)
{
	struct ctx *c = v->w->c;
	struct problem kept = c->problem;
	const struct operation *op = c->op;
	struct reply reply = { 0 };
	struct str html;
	problem_init(&c->problem, c->arena);
	c->op = page;
	err_t made = work_admit(c, page);
	if (made == OK) made = read_form_page(v, page, &reply);
	c->problem = kept;
	c->op = op;
	if (made == OK) made = render_page(v, page, v->w->op, wrong, reply.value, &html);
	if (made == OK)
		send_html(v, status, html);
	else
		face_problem(v->w, v->r, wrong ? e : made, wrong ? status : 500, v->out);
}

static void refuse(struct visit *v, err_t e)
{
	const struct work *w = v->w;
	if (e == E_UNAUTHENTICATED && w->op->who.kind != WHO_PUBLIC) {
		to_login(v);
		return;
	}
	const struct operation *page = w->op->form ? router_by_id(w->c->app->router, w->op->form) : NULL;
	int status = work_status(w, e);
	if (e == E_INTERNAL) log_event(LOG_ERROR_LEVEL, "operation-failed", w->c->trace, "operation", w->op->id, NULL);
	if (!page || e == E_INTERNAL || e == E_NOT_FOUND) {
		face_problem(v->w, v->r, e, status, v->out);
		return;
	}
	/* Without words of its own the problem gets the standard ones, so that the page says something. */
	if (!w->c->problem.n && !w->c->problem.def) w->c->problem.def = problem_def(w->c, e);
	show_form(v, page, true, e, status);
}

/* --- success --- */

/* "/returns/{id}": members of the answer; the whole may be one member ("{next}"). */
static struct str fill_path(struct ctx *c, const char *pattern, const struct value *answer)
{
	struct buf b;
	buf_init(&b, c->arena, 80);
	for (const char *p = pattern; *p;) {
		const char *open = strchr(p, '{'), *close = open ? strchr(open, '}') : NULL;
		if (!open || !close) {
			buf_c(&b, p);
			break;
		}
		buf_add(&b, p, (size_t)(open - p));
		struct str name = str_printf(c->arena, "%.*s", (int)(close - open - 1), open + 1);
		struct str value = value_text(answer, name.p);
		if (value.p && open == pattern && !close[1])
			buf_str(&b, value); /* a path of its own, checked where it was made */
		else
			buf_str(&b, form_encode(c->arena, value.p ? value : S("")));
		p = close + 1;
	}
	return buf_done(&b);
}

static void send_file(struct visit *v)
{
	int age = v->w->reply.max_age;
	work_send_bytes(v->w, v->r, v->out);
	http_set(v->out, "Cache-Control", age ? str_printf(v->w->c->arena, "public, max-age=%d", age) : S("no-store"));
}

/* Signed in again with a form in the hand: shows it under the new session. */
static bool resume(struct visit *v)
{
	struct ctx *c = v->w->c;
	struct str rest = v->form.resume, path, cookie = v->w->reply.cookie, name;
	struct route *route = arena_new_of(c->arena, struct route);
	if (!rest.n || !cookie.p || !str_split(&rest, '&', &path) ||
	        router_find(c->app->router, POST, path, route) != ROUTE_FOUND || !route->op->form)
		return false;
	const struct operation *page = router_by_id(c->app->router, route->op->form);
	struct str left = cookie, token;
	if (!page || !str_split(&left, '=', &name) || !str_split(&left, ';', &token)) return false;
	struct work *w = arena_new_of(c->arena, struct work);
	*w = (struct work){ .c = c, .op = route->op, .route = route };
	struct visit again = { .w = w, .r = v->r, .out = v->out };
	problem_init(&c->problem, c->arena);
	if (work_authenticate(c, token, true, STR_NONE) != OK || work_admit(c, route->op) != OK ||
	        form_read(c->arena, S("application/x-www-form-urlencoded"), rest, route->op->in, &again.form) != OK)
		return false;
	w->tree = again.form.tree;
	work_put_parameters(w);
	(void)RAISE(c, E_CONFLICT, &welcome_back);
	show_form(&again, page, true, E_CONFLICT, 200);
	return true;
}

static err_t answer_tree(struct work *w, struct value **root)
{
	struct json_fault where;
	*root = w->reply.value;
	if (!*root && w->answer.answer.n) return json_parse(w->c->arena, w->answer.answer, root, &where);
	if (!*root) *root = value_object(w->c->arena);
	return OK;
}

static void succeed(struct visit *v)
{
	struct work *w = v->w;
	struct value *root;
	struct str html;
	if (w->reply.cookie.p) http_set(v->out, "Set-Cookie", w->reply.cookie);
	if (w->reply.bytes.p) {
		send_file(v);
		return;
	}
	err_t e = answer_tree(w, &root);
	if (e == OK && resume(v)) return;
	if (e == OK && w->op->then) {
		redirect(v, fill_path(w->c, w->op->then, root));
		return;
	}
	w->reply.value = root;
	if (e == OK && w->op->view) e = w->op->view(w->c, w->in, &w->reply);
	if (e == OK) e = render_page(v, w->op, NULL, false, w->reply.value, &html);
	if (e == OK)
		send_html(v, w->reply.status ? w->reply.status : 200, html);
	else
		face_problem(w, v->r, e, work_status(w, e), v->out);
}

/* --- the road --- */

/* ?lang=en, ?size=large on any page: kept in a cookie of a year, no account needed. Who has not chosen a language gets
 * the one the browser asks for. */
static void preferences(struct visit *v)
{
	struct ctx *c = v->w->c;
	struct value *query = value_object(c->arena);
	struct str lang = STR_NONE, size = STR_NONE;
	if (v->r->method == GET && form_pairs(c->arena, v->r->query, NULL, query) == OK) {
		lang = value_text(query, "lang");
		size = value_text(query, "size");
		if (value_text(query, "purpose").n) c->purpose = value_text(query, "purpose");
	}
	if (str_is(lang, "zh") || str_is(lang, "en"))
		http_set(v->out, "Set-Cookie",
		        str_printf(c->arena, "etax-lang=%.*s; Path=/; Max-Age=31536000; SameSite=Lax", STR_FMT(lang)));
	if (str_is(size, "large") || str_is(size, "normal"))
		http_set(v->out, "Set-Cookie",
		        str_printf(c->arena, "etax-size=%.*s; Path=/; Max-Age=31536000; SameSite=Lax", STR_FMT(size)));
	struct str chosen = lang.n ? lang : http_cookie(v->r, "etax-lang");
	if (chosen.n) c->lang = i18n_lang(c->app, chosen);
	http_set(v->out, "Vary", S("Accept-Language, Cookie"));
}

static err_t read_page_query(struct visit *v)
{
	struct work *w = v->w;
	struct value *all = value_object(w->c->arena);
	w->tree = value_object(w->c->arena);
	TRY(form_pairs(w->c->arena, v->r->query, w->op->in, all));
	/* What a page does not know is left out: links from elsewhere carry names of their own. */
	for (const struct field *f = w->op->in; f && f->name; f++) {
		const struct value *given = value_get(all, str_c(f->name));
		if (given) value_set(w->c->arena, w->tree, str_c(f->name), (struct value *)(uintptr_t)given);
	}
	work_put_parameters(w);
	return work_read(w);
}

/* A browser says where a post comes from; forms of a session carry its token besides. */
static err_t check_origin(struct visit *v)
{
	struct ctx *c = v->w->c;
	struct str site = http_header(v->r, "Sec-Fetch-Site"), origin = http_header(v->r, "Origin");
	ptrdiff_t host = origin.p ? str_find(origin, "://") : -1;
	if (site.p && !str_is(site, "same-origin") && !str_is(site, "none")) return RAISE(c, E_FORBIDDEN, &foreign);
	if (!site.p && host >= 0 && !str_eq(str_sub(origin, (size_t)host + 3, origin.n), http_header(v->r, "Host")))
		return RAISE(c, E_FORBIDDEN, &foreign);
	if (c->caller.by_cookie && !str_eq_const_time(v->form.csrf.p ? v->form.csrf : S(""), c->caller.csrf))
		return RAISE(c, E_FORBIDDEN, &stale);
	return OK;
}

static err_t read_post(struct visit *v)
{
	struct work *w = v->w;
	struct ctx *c = w->c;
	TRY(form_read(c->arena, http_header(v->r, "Content-Type"), v->r->body, w->op->in, &v->form));
	w->tree = v->form.tree;
	work_put_parameters(w);
	TRY(check_origin(v));
	return work_take_key(c, v->form.key.n ? v->form.key : STR_NONE);
}

static err_t act(struct visit *v)
{
	struct work *w = v->w;
	TRY(work_read(w));
	return work_run(w);
}

/* A session that has ended is no obstacle to public pages. */
static void know_visitor(struct visit *v)
{
	struct ctx *c = v->w->c;
	struct str token = http_cookie(v->r, "__Host-etax");
	if (token.n && c->db && work_authenticate(c, token, true, STR_NONE) != OK) problem_init(&c->problem, c->arena);
}

static err_t walk(struct visit *v, bool *shown)
{
	struct work *w = v->w;
	know_visitor(v);
	TRY(limit_admit(w->c));
	TRY(work_admit(w->c, w->op));
	if (w->op->method == GET) {
		TRY(read_page_query(v));
		return work_run(w);
	}
	TRY(read_post(v));
	const struct operation *page = w->op->form ? router_by_id(w->c->app->router, w->op->form) : NULL;
	if (v->form.again.p && page) {
		form_edit(w->c->arena, w->tree, v->form.again);
		show_form(v, page, false, OK, 200);
		*shown = true;
		return OK;
	}
	return act(v);
}

void face_serve(struct work *w, struct http_request *r, struct http_response *out)
{
	struct visit v = { .w = w, .r = r, .out = out };
	bool shown = false;
	preferences(&v);
	err_t e = walk(&v, &shown);
	if (shown) return;
	if (e == OK)
		succeed(&v);
	else
		refuse(&v, e);
}

void face_unserved(struct work *w, struct http_request *r, err_t e, int status, struct http_response *out)
{
	struct visit v = { .w = w, .r = r, .out = out };
	preferences(&v);
	know_visitor(&v); /* who is signed in is not shown as if he were not */
	face_problem(w, r, e, status, out);
}
