#include "kernel/operation/frame.h"
#include "kernel/assets/assets.h"
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/operation/menu.h"
#include "kernel/operation/service.h"
#include "kernel/page/page.h"
#include <string.h>

static void put_actor(struct ctx *c, struct value *page)
{
	struct arena *a = c->arena;
	if (!c->caller.person_id) {
		value_put(a, page, "actor", value_null(a));
		return;
	}
	struct value *v = value_put_object(a, page, "actor");
	value_put_str(a, v, "name", c->caller.person_name);
	value_put_str(a, v, "role", c->caller.role);
	value_put_str(a, v, "subject", c->caller.subject_name.n ? c->caller.subject_name : c->caller.person_name);
	value_put_str(a, v, "tax_id", c->caller.subject_tax_id);
	value_put_bool(a, v, "officer", c->caller.officer);
	value_put_bool(a, v, "alone", c->caller.subject_id == c->caller.person_id && !c->caller.officer);
	value_put_bool(a, v, "firm", c->caller.subject_id != c->caller.person_id && !c->caller.officer);
}

/* --- the same as a command --- */

static void put_example(struct buf *b, const struct field *f)
{
	if (f->type == FIELD_OBJECT || (f->type == FIELD_LIST && f->fields)) {
		bool first = true;
		buf_c(b, f->type == FIELD_LIST ? "[{" : "{");
		for (const struct field *m = f->fields; m->name; m++) {
			if (!m->required) continue;
			buf_printf(b, "%s\"%s\": ", first ? "" : ", ", m->name);
			put_example(b, m);
			first = false;
		}
		buf_c(b, f->type == FIELD_LIST ? "}]" : "}");
	} else if (f->type == FIELD_BOOL) {
		buf_c(b, "true");
	} else {
		const char *text = f->example ? f->example : f->choices ? f->choices->code : "…";
		buf_printf(b, f->type == FIELD_LIST ? "[\"%s\"]" : "\"%s\"", text);
	}
}

static void put_post(struct buf *b, const struct operation *op)
{
	buf_printf(b, "\n\ncurl -X POST \"$ETAX/v1%s\" -H \"Authorization: Bearer $TOKEN\"", op->path);
	if (op->idempotent) buf_c(b, " \\\n  -H \"Idempotency-Key: $(uuidgen)\"");
	if (op->raw_body) {
		buf_printf(b, " \\\n  -H 'Content-Type: %s' --data-binary @FILE", op->raw_body);
		return;
	}
	struct field body = { .type = FIELD_OBJECT, .fields = op->in };
	if (!op->in) return;
	buf_c(b, " \\\n  -H 'Content-Type: application/json' -d '");
	put_example(b, &body);
	buf_char(b, '\'');
}

static struct str curl(struct ctx *c, const struct operation *page, const struct http_request *r)
{
	struct buf b;
	buf_init(&b, c->arena, 400);
	if (page->method == GET) {
		buf_printf(&b, "curl \"$ETAX/v1%.*s", STR_FMT(r->raw_path));
		if (r->query.n) buf_printf(&b, "?%.*s", STR_FMT(r->query));
		buf_char(&b, '"');
		if (page->who.kind != WHO_PUBLIC) buf_c(&b, " -H \"Authorization: Bearer $TOKEN\"");
	}
	for (size_t s = 0; s < n_services; s++)
		for (size_t i = 0; i < services[s]->n_operations; i++) {
			const struct operation *op = &services[s]->operations[i];
			if (op->form && strcmp(op->form, page->id) == 0 && op->method == POST && !op->page_only)
				put_post(&b, op);
		}
	return buf_done(&b);
}

/* Address of a built piece, with a mark of its content: /static/1a2b3c4d/etax.css */
static void put_static(struct ctx *c, struct value *page)
{
	struct value *v = value_put_object(c->arena, page, "file");
	static const struct {
		const char *member, *name;
	} files[] = { { "css", "etax.css" }, { "js", "etax.js" }, { "icons", "icons.svg" }, { "mark", "mark.svg" },
		{ "scan", "scan.js" }, { "picture", "picture.js" }, { "beacon", "beacon.js" } };
	/* not built where there is no compiler for WebAssembly */
	struct str validator = str_printf(c->arena, "/static/%s/validator.js", page_version(c->app->pages).p);
	value_put_str(c->arena, v, "validator", asset_get("web/dist/validator.js").p ? validator : STR_NONE);
	for (size_t i = 0; i < COUNT(files); i++)
		value_put_str(c->arena, v, files[i].member,
		        str_printf(c->arena, "/static/%s/%s", page_version(c->app->pages).p, files[i].name));
}

/* This page with room for one more name: "/verify/invoices?number=…&" */
static struct str here(struct ctx *c, const struct http_request *r)
{
	struct buf b;
	struct str rest = r->query, pair;
	buf_init(&b, c->arena, r->raw_path.n + r->query.n + 2);
	buf_str(&b, r->raw_path);
	buf_char(&b, '?');
	while (rest.n && str_split(&rest, '&', &pair)) {
		if (!pair.n || str_starts(pair, "lang=") || str_starts(pair, "size=")) continue;
		buf_str(&b, pair);
		buf_char(&b, '&');
	}
	return buf_done(&b);
}

/* What the address asks for holds at once, not only from the next page on, when the cookie is there. */
static bool is_large(const struct http_request *r)
{
	struct str rest = r->query, pair, size = http_cookie(r, "etax-size");
	while (rest.n && str_split(&rest, '&', &pair))
		if (str_is(pair, "size=large") || str_is(pair, "size=normal")) size = str_sub(pair, 5, pair.n);
	return str_is(size, "large");
}

err_t frame_put(struct ctx *c, const struct operation *op, const struct http_request *r, struct value *root)
{
	struct arena *a = c->arena;
	struct value *page = value_put_object(a, root, "page");
	bool english = c->lang != NULL;
	value_put_str(a, page, "title", op ? tr(c, op->title) : S(""));
	value_put_c(a, page, "lang", english ? "en" : "zh-CN");
	value_put_bool(a, page, "english", english);
	value_put_bool(a, page, "large", is_large(r));
	value_put_str(a, page, "here", here(c, r));
	value_put_str(a, page, "path", r->raw_path);
	value_put_bool(a, page, "home", str_is(r->path, "/"));
	value_put_str(a, page, "csrf", c->caller.csrf.p ? c->caller.csrf : S(""));
	value_put_str(a, page, "key", crypto_random_hex(a, 16));
	value_put_bool(a, page, "sandbox", c->app->sandbox != NULL);
	value_put_c(a, page, "node", c->app->node);
	value_put_instant(a, page, "now", c->now);
	value_put_date(a, page, "today", c->today);
	put_actor(c, page);
	value_put(a, page, "menu", menu_sections(c, op));
	value_put(a, page, "crumbs", menu_crumbs(c, op));
	value_put_str(a, page, "curl", op && !op->page_only ? curl(c, op, r) : STR_NONE);
	put_static(c, page);
	if (c->db && c->caller.person_id)
		for (size_t i = 0; i < n_services; i++)
			if (services[i]->frame) TRY(services[i]->frame(c, page));
	if (!value_get(page, S("mandates"))) (void)value_put_array(a, page, "mandates");
	if (!value_get(page, S("unread"))) value_put(a, page, "unread", value_null(a));
	return OK;
}
