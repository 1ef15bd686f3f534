/* Renderer: walks the steps with a stack of contexts. */
#include "kernel/page/steps.h"
#include <string.h>

struct renderer {
	const struct mustache_env *env;
	struct buf *out;
	struct {
		const struct value *value;
		uint32_t index; /* from 1, for {{index}}; 0: no item */
	} stack[MUSTACHE_DEPTH_MAX];
	uint32_t n, calls;
};

static err_t run(struct renderer *r, const struct mustache *t, uint32_t from, uint32_t to);

static err_t fail(struct renderer *r, struct str name, const char *why)
{
	if (r->env->fault) *r->env->fault = (struct mustache_fault){ name, why, 0 };
	return E_INTERNAL;
}

static bool truthy(const struct value *v)
{
	if (!v) return false;
	switch (v->kind) {
	case VALUE_NULL: return false;
	case VALUE_BOOL: return v->boolean;
	case VALUE_INT: return true;
	case VALUE_STR:
	case VALUE_NUMERAL: return v->str.n > 0;
	case VALUE_ARRAY: return v->count > 0;
	case VALUE_OBJECT: return true;
	}
	return false;
}

static const struct value *view(struct renderer *r, const struct value *v, struct str name)
{
	struct arena *a = r->out->arena;
	if (v->kind == VALUE_ARRAY && str_is(name, "count")) return value_int(a, v->count);
	if (v->kind != VALUE_STR) return NULL;
	struct str s = mustache_view(a, v->str, name, r->env->english);
	return s.p ? value_str(a, s) : NULL;
}

/* Dotted names: the first part is searched up the stack, the rest only inside what was found (spec). */
static const struct value *look_up(struct renderer *r, struct str name)
{
	if (str_is(name, ".")) return r->stack[r->n - 1].value;
	const char *dot = memchr(name.p, '.', name.n);
	struct str part = { name.p, dot ? (size_t)(dot - name.p) : name.n };
	const struct value *v = NULL;
	for (uint32_t i = r->n; i-- > 0 && !v;) {
		v = value_get(r->stack[i].value, part);
		if (!v && r->stack[i].index && str_is(part, "index")) v = value_int(r->out->arena, r->stack[i].index);
	}
	while (v && dot) {
		const char *begin = dot + 1, *end = name.p + name.n;
		dot = memchr(begin, '.', (size_t)(end - begin));
		part = (struct str){ begin, (size_t)((dot ? dot : end) - begin) };
		const struct value *member = value_get(v, part);
		v = member ? member : view(r, v, part);
	}
	return v;
}

static void escape(struct buf *b, struct str s)
{
	size_t from = 0;
	for (size_t i = 0; i < s.n; i++) {
		const char *e = NULL;
		switch (s.p[i]) {
		case '&': e = "&amp;"; break;
		case '<': e = "&lt;"; break;
		case '>': e = "&gt;"; break;
		case '"': e = "&quot;"; break;
		case '\'': e = "&#39;"; break;
		default: continue;
		}
		buf_add(b, s.p + from, i - from);
		buf_c(b, e);
		from = i + 1;
	}
	if (s.n > from) buf_add(b, s.p + from, s.n - from);
}

static err_t variable(struct renderer *r, const struct step *s)
{
	const struct value *v = look_up(r, s->text);
	if (!v) return r->env->strict ? fail(r, s->text, "missing") : OK;
	switch (v->kind) {
	case VALUE_NULL: return OK;
	case VALUE_BOOL: buf_c(r->out, v->boolean ? "true" : "false"); return OK;
	case VALUE_INT: buf_int(r->out, v->integer); return OK;
	case VALUE_STR:
	case VALUE_NUMERAL:
		if (s->kind == STEP_RAW)
			buf_str(r->out, v->str);
		else
			escape(r->out, v->str);
		return OK;
	case VALUE_ARRAY:
	case VALUE_OBJECT: return fail(r, s->text, "not printable");
	}
	return OK;
}

static err_t push_run(struct renderer *r, const struct mustache *t, uint32_t i, const struct value *v, uint32_t index)
{
	if (r->n == MUSTACHE_DEPTH_MAX) return fail(r, t->steps[i].text, "too deep");
	r->stack[r->n].value = v;
	r->stack[r->n++].index = index;
	err_t e = run(r, t, i + 1, t->steps[i].end);
	r->n--;
	return e;
}

static err_t section(struct renderer *r, const struct mustache *t, uint32_t i)
{
	const struct step *s = &t->steps[i];
	const struct value *v = look_up(r, s->text);
	if (!v && r->env->strict) return fail(r, s->text, "missing");
	if (s->kind == STEP_INVERTED) return truthy(v) ? OK : run(r, t, i + 1, s->end);
	if (!v || !truthy(v)) return OK;
	if (v->kind != VALUE_ARRAY) return push_run(r, t, i, v, 0);
	uint32_t index = 0;
	for (const struct value_member *m = v->first; m; m = m->next)
		TRY(push_run(r, t, i, m->value, ++index));
	return OK;
}

static err_t call(struct renderer *r, const struct mustache *t, struct str name)
{
	if (r->calls == MUSTACHE_DEPTH_MAX) return fail(r, name, "too deep");
	r->calls++;
	err_t e = run(r, t, 0, t->n);
	r->calls--;
	return e;
}

static err_t translate(struct renderer *r, const struct step *s)
{
	struct str id = s->text, text = r->env->translate ? r->env->translate(r->env->arg, id) : id;
	const struct mustache *t = s->own;
	if (text.p == id.p) return call(r, t, id);
	if (mustache_compile(r->out->arena, text, &t, r->env->fault) != OK) return E_INTERNAL;
	return call(r, t, id);
}

static err_t partial(struct renderer *r, struct str name)
{
	const struct mustache *t = r->env->partial ? r->env->partial(r->env->arg, name) : NULL;
	if (!t) return r->env->strict ? fail(r, name, "no such partial") : OK;
	return call(r, t, name);
}

static err_t run(struct renderer *r, const struct mustache *t, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++) {
		const struct step *s = &t->steps[i];
		if (r->out->n > MUSTACHE_BYTES_MAX) return fail(r, s->text, "page too large");
		switch (s->kind) {
		case STEP_TEXT: buf_str(r->out, s->text); break;
		case STEP_VARIABLE:
		case STEP_RAW: TRY(variable(r, s)); break;
		case STEP_SECTION:
		case STEP_INVERTED:
			TRY(section(r, t, i));
			i = s->end - 1;
			break;
		case STEP_PARTIAL: TRY(partial(r, s->text)); break;
		case STEP_TRANSLATE: TRY(translate(r, s)); break;
		}
	}
	return OK;
}

err_t mustache_render(
        const struct mustache *t, const struct mustache_env *env, const struct value *root, struct buf *out)
{
	struct renderer r = { .env = env, .out = out, .n = 1 };
	r.stack[0].value = root;
	return run(&r, t, 0, t->n);
}
