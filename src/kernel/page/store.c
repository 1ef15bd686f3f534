#include "kernel/assets/assets.h"
#include "kernel/crypto/crypto.h"
#include "kernel/i18n/i18n.h"
#include "kernel/log/log.h"
#include "kernel/page/mustache.h"
#include "kernel/page/page.h"
#include <stdlib.h>
#include <string.h>

enum { TEMPLATES_MAX = 1000 };

struct template
{
	struct str name;
	const struct mustache *compiled;
};
struct page_store {
	struct arena *arena;
	struct template *list; /* sorted by name */
	size_t n;
	err_t result;
	struct str version;
};

/* "src/services/invoice/issue/pages/new.html" -> "issue/new"; "web/partials/field.html" -> "field". */
static struct str name_of(struct arena *a, const char *path)
{
	struct str s = { path, strlen(path) - strlen(".html") };
	const char *pages = strstr(path, "/pages/");
	if (!pages) {
		while (s.n && memchr(s.p, '/', s.n)) {
			s.p++;
			s.n--;
		}
		return str_starts(str_c(path), "web/layout/") ? str_printf(a, "layout:%.*s", STR_FMT(s)) : s;
	}
	const char *service = pages;
	while (service > path && service[-1] != '/')
		service--;
	const char *file = pages + strlen("/pages/");
	return str_printf(a, "%.*s/%.*s", (int)(pages - service), service, (int)(path + s.n - file), file);
}

static void add(void *arg, const char *path, struct str bytes)
{
	struct page_store *s = arg;
	struct mustache_fault fault = { 0 };
	if (!str_ends(str_c(path), ".html") || s->n == TEMPLATES_MAX || s->result != OK) return;
	struct template *t = &s->list[s->n];
	t->name = name_of(s->arena, path);
	s->result = mustache_compile(s->arena, bytes, &t->compiled, &fault);
	if (s->result == OK)
		s->n++;
	else
		log_event(LOG_ERROR_LEVEL, "template", STR_NONE, "file", path, "why", fault.why, "line",
		        str_from_int(s->arena, fault.line).p, NULL);
}

static int by_name(const void *x, const void *y)
{
	return str_cmp(((const struct template *)x)->name, ((const struct template *)y)->name);
}

static void gather(void *arg, const char *path, struct str bytes)
{
	(void)path;
	buf_str(arg, bytes);
}

static struct str version_of(struct arena *lifetime)
{
	struct arena *a = arena_new();
	struct buf all;
	unsigned char digest[32];
	buf_init(&all, a, 256 * 1024);
	asset_each("web/dist/", gather, &all);
	crypto_sha256(all.p, all.n, digest);
	struct str version = str_hex(lifetime, digest, 6);
	arena_free(a);
	return version;
}

struct str page_version(const struct page_store *s)
{
	return s->version;
}

err_t page_store_open(struct app *app, struct arena *lifetime)
{
	struct page_store *s = arena_new_of(lifetime, struct page_store);
	s->arena = lifetime;
	s->list = arena_array(lifetime, TEMPLATES_MAX, sizeof *s->list);
	asset_each("web/", add, s);
	asset_each("src/", add, s);
	qsort(s->list, s->n, sizeof *s->list, by_name);
	s->version = version_of(lifetime);
	app->pages = s;
	return s->result;
}

static const struct mustache *find(const struct page_store *s, struct str name)
{
	const struct template key = { .name = name };
	const struct template *t = s->n ? bsearch(&key, s->list, s->n, sizeof *s->list, by_name) : NULL;
	return t ? t->compiled : NULL;
}

bool page_exists(const struct page_store *s, struct str name)
{
	return s && find(s, name);
}

static const struct mustache *partial(void *arg, struct str name)
{
	const struct ctx *c = arg;
	return find(c->app->pages, name);
}

static struct str translated(void *arg, struct str id)
{
	const struct ctx *c = arg;
	return lang_text(c->lang, id);
}

static err_t render(struct ctx *c, struct str name, const struct value *root, struct str *html)
{
	struct mustache_fault fault = { 0 };
	const struct mustache_env env = { .partial = partial,
		.translate = translated,
		.arg = c,
		.strict = c->app->sandbox != NULL,
		.english = str_is(str_c(lang_code(c->lang)), "en"),
		.fault = &fault };
	const struct mustache *t = find(c->app->pages, name);
	struct buf b;
	buf_init(&b, c->arena, 16 * 1024);
	if (!t) fault = (struct mustache_fault){ name, "no such template", 0 };
	if (t && mustache_render(t, &env, root, &b) == OK) {
		*html = buf_done(&b);
		return OK;
	}
	log_event(LOG_ERROR_LEVEL, "page", c->trace, "template", str_dup(c->arena, name).p, "tag",
	        str_dup(c->arena, fault.name.p ? fault.name : S("")).p, "why", fault.why ? fault.why : "", NULL);
	return E_INTERNAL;
}

err_t page_render(struct ctx *c, struct str name, struct value *root, struct str *html)
{
	struct str content;
	TRY(render(c, name, root, &content));
	value_put_str(c->arena, root, "content_html", content);
	return render(c, S("layout:page"), root, html);
}
