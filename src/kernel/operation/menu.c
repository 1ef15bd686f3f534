#include "kernel/operation/menu.h"
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/operation/form.h"
#include "kernel/operation/service.h"
#include "kernel/page/page.h"
#include <string.h>

/* The order users know; a section that no operation names does not show. */
static const char *const order[] = { N_("我要办税"), N_("我要查询"), N_("我要预约"), N_("互动中心"), N_("公众服务"),
	N_("地方特色"), N_("税务人端"), N_("我的信息") };

bool menu_shows(const struct ctx *c, const struct operation *op)
{
	if (!op->menu || op->method != GET || !op->page || !page_exists(c->app->pages, str_c(op->page))) return false;
	if (op->firm && c->caller.subject_id == c->caller.person_id) return false;
	switch (op->who.kind) {
	case WHO_PUBLIC: return true;
	case WHO_PERSON: return c->caller.person_id != 0;
	case WHO_TAXPAYER: return c->caller.subject_id && (!op->who.scope || access_has_scope(c, op->who.scope));
	case WHO_OFFICER: return c->caller.officer && (!op->who.scope || access_has_post(c, op->who.scope));
	}
	return false;
}

static struct str part(const struct operation *op, int level)
{
	struct str rest = str_c(op->menu ? op->menu : ""), piece = STR_NONE;
	for (int i = 0; i <= level; i++)
		if (!rest.n || !str_split(&rest, '/', &piece)) return STR_NONE;
	return piece;
}

static struct str section_href(struct ctx *c, struct str name)
{
	return str_printf(c->arena, "/menu?section=%.*s", STR_FMT(form_encode(c->arena, name)));
}

/* Operations in the order of their services; the menus are short, so nothing is kept between requests. */
static void each(struct ctx *c, const char *section, void (*fn)(void *arg, const struct operation *op), void *arg)
{
	for (size_t s = 0; s < n_services; s++)
		for (size_t i = 0; i < services[s]->n_operations; i++) {
			const struct operation *op = &services[s]->operations[i];
			if (op->menu && str_is(part(op, 0), section) && menu_shows(c, op)) fn(arg, op);
		}
}

static void count(void *arg, const struct operation *op)
{
	(void)op;
	++*(int *)arg;
}

struct value *menu_sections(struct ctx *c, const struct operation *page)
{
	struct value *list = value_array(c->arena);
	struct str here = page ? part(page, 0) : STR_NONE;
	for (size_t i = 0; i < COUNT(order); i++) {
		int n = 0;
		each(c, order[i], count, &n);
		if (!n) continue;
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "name", tr(c, order[i]));
		value_put_str(c->arena, v, "href", section_href(c, str_c(order[i])));
		value_put_bool(c->arena, v, "current", str_is(here, order[i]));
		value_push(c->arena, list, v);
	}
	return list;
}

struct filler {
	struct ctx *c;
	struct value *groups;
};

static void fill(void *arg, const struct operation *op)
{
	struct filler *f = arg;
	struct arena *a = f->c->arena;
	struct str group = part(op, 2).n ? part(op, 1) : STR_NONE, name = part(op, 2).n ? part(op, 2) : part(op, 1);
	struct str group_name = group.n ? lang_text(f->c->lang, group) : S("");
	struct value *at = NULL;
	for (struct value_member *m = f->groups->first; m; m = m->next)
		if (str_eq(value_text(m->value, "name"), group_name)) at = m->value;
	if (!at) {
		at = value_object(a);
		value_put_str(a, at, "name", group_name);
		(void)value_put_array(a, at, "items");
		value_push(a, f->groups, at);
	}
	struct value *item = value_object(a);
	value_put_str(a, item, "name", lang_text(f->c->lang, name));
	value_put_str(a, item, "title", tr(f->c, op->title));
	value_put_c(a, item, "href", op->path);
	value_put_str(a, item, "law", op->law ? tr(f->c, op->law) : STR_NONE);
	value_push(a, (struct value *)(uintptr_t)value_get(at, S("items")), item);
}

struct value *menu_all(struct ctx *c)
{
	struct value *list = value_array(c->arena);
	for (size_t i = 0; i < COUNT(order); i++) {
		struct filler f = { .c = c, .groups = value_array(c->arena) };
		each(c, order[i], fill, &f);
		if (!f.groups->count) continue;
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "name", tr(c, order[i]));
		value_put_c(c->arena, v, "id", order[i]);
		value_put_str(c->arena, v, "href", section_href(c, str_c(order[i])));
		value_put(c->arena, v, "groups", f.groups);
		value_push(c->arena, list, v);
	}
	return list;
}

struct value *menu_crumbs(struct ctx *c, const struct operation *page)
{
	struct value *list = value_array(c->arena);
	for (int i = 0; page && part(page, i).n; i++) {
		struct value *v = value_object(c->arena);
		bool last = !part(page, i + 1).n;
		value_put_str(c->arena, v, "name", lang_text(c->lang, part(page, i)));
		value_put_str(c->arena, v, "href", last ? STR_NONE : section_href(c, part(page, 0)));
		value_push(c->arena, list, v);
	}
	return list;
}
