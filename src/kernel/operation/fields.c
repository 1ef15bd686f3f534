#include "kernel/operation/fields.h"
#include "kernel/i18n/i18n.h"
#include <string.h>

struct builder {
	struct ctx *c;
	bool wrong;
};

static struct value *build(struct builder *b, const struct field *fields, const struct value *form, struct str prefix);

struct str fields_name(struct arena *a, struct str pointer)
{
	struct buf b;
	buf_init(&b, a, pointer.n + 1);
	for (size_t i = pointer.n && pointer.p[0] == '/' ? 1 : 0; i < pointer.n; i++)
		buf_char(&b, pointer.p[i] == '/' ? '.' : pointer.p[i]);
	return buf_done(&b);
}

struct str fields_message(struct ctx *c, const char *text, const struct str arg[4])
{
	struct str words[4];
	for (size_t i = 0; i < 4; i++)
		words[i] = arg[i].p ? lang_text(c->lang, arg[i]) : arg[i];
	return problem_fill(c->arena, tr(c, text).p, words);
}

static const struct fault *fault_at(const struct builder *b, struct str name)
{
	const struct problem *p = &b->c->problem;
	for (size_t i = 0; b->wrong && i < p->n && i < PROBLEM_FAULTS_MAX; i++)
		if (str_eq(fields_name(b->c->arena, p->faults[i].pointer), name)) return &p->faults[i];
	return NULL;
}

static void put_fault(struct builder *b, struct value *v, struct str name)
{
	struct arena *a = b->c->arena;
	const struct fault *f = fault_at(b, name);
	value_put_str(a, v, "error", f ? fields_message(b->c, f->def->message, f->arg) : STR_NONE);
	value_put_str(a, v, "fix", f && f->def->fix ? fields_message(b->c, f->def->fix, f->arg) : STR_NONE);
}

static struct str text_of(struct arena *a, const struct value *v)
{
	if (!v) return S("");
	switch (v->kind) {
	case VALUE_STR:
	case VALUE_NUMERAL: return v->str;
	case VALUE_INT: return str_from_int(a, v->integer);
	case VALUE_BOOL: return v->boolean ? S("true") : S("");
	case VALUE_NULL:
	case VALUE_ARRAY:
	case VALUE_OBJECT: break;
	}
	return S("");
}

/* A time as people write it: 2026-12-20 18:30, seconds only where there are some. */
static struct str time_text(struct arena *a, struct str s)
{
	enum { DAY = 10, MINUTES = 16, SECONDS = 19 };
	if (s.n != SECONDS + sizeof "+08:00" - 1 || s.p[DAY] != 'T' || !str_is(str_sub(s, SECONDS, s.n), "+08:00"))
		return s;
	size_t to = str_is(str_sub(s, MINUTES, 3), ":00") ? MINUTES : SECONDS;
	return str_printf(a, "%.*s %.*s", DAY, s.p, (int)(to - DAY - 1), s.p + DAY + 1);
}

static bool holds(struct arena *a, const struct value *list, struct str code)
{
	for (const struct value_member *m = list && list->kind == VALUE_ARRAY ? list->first : NULL; m; m = m->next)
		if (str_eq(text_of(a, m->value), code)) return true;
	return false;
}

static void put_choices(struct builder *b, struct value *v, const struct choice *choices, const struct value *form)
{
	struct arena *a = b->c->arena;
	struct value *list = value_put_array(a, v, "choices");
	struct str chosen = text_of(a, form);
	for (const struct choice *o = choices; o && o->code; o++) {
		struct value *item = value_object(a);
		value_put_c(a, item, "code", o->code);
		value_put_str(a, item, "label", o->label ? tr(b->c, o->label) : str_c(o->code));
		value_put_bool(a, item, "on", str_is(chosen, o->code) || holds(a, form, str_c(o->code)));
		value_push(a, list, item);
	}
}

enum look { TEXT, LINES, NUMBER, MONEY, DATE, PERIOD, SECRET, FILED, BOOL, CHOICE, CHECKS };
static const char *const looks[] = { "is_text", "is_lines", "is_number", "is_money", "is_date", "is_period",
	"is_secret", "is_file", "is_bool", "is_choice", "is_checks" };

static enum look look_of(const struct field *f)
{
	switch (f->type) {
	case FIELD_LINES:
	case FIELD_JSON: return LINES;
	case FIELD_INT: return NUMBER;
	case FIELD_MONEY:
	case FIELD_DECIMAL: return MONEY;
	case FIELD_DATE: return DATE;
	case FIELD_PERIOD: return PERIOD;
	case FIELD_SECRET: return SECRET;
	case FIELD_BYTES: return FILED;
	case FIELD_BOOL: return BOOL;
	case FIELD_ENUM: return CHOICE;
	case FIELD_LIST: return CHECKS;
	case FIELD_TEXT:
	case FIELD_RATE:
	case FIELD_INSTANT:
	case FIELD_USCC:
	case FIELD_RESID:
	case FIELD_TAX_ID:
	case FIELD_ID:
	case FIELD_OBJECT: break;
	}
	return TEXT;
}

static struct value *control(struct builder *b, const struct field *f, const struct value *form, struct str name)
{
	struct arena *a = b->c->arena;
	struct value *v = value_object(a);
	enum look look = look_of(f);
	value_put_str(a, v, "name", name);
	value_put_str(a, v, "id", str_printf(a, "f-%.*s", STR_FMT(name)));
	value_put_str(a, v, "label", f->label ? tr(b->c, f->label) : str_c(f->name));
	value_put_str(a, v, "help", f->help ? tr(b->c, f->help) : STR_NONE);
	value_put_str(a, v, "law", f->law ? tr(b->c, f->law) : STR_NONE);
	value_put_c(a, v, "example", f->example);
	value_put_bool(a, v, "required", f->required);
	value_put_str(a, v, "value",
	        f->type == FIELD_SECRET || f->type == FIELD_BYTES ? S("")
	        : f->type == FIELD_INSTANT                        ? time_text(a, text_of(a, form))
	                                                          : text_of(a, form));
	value_put(a, v, "max", look == TEXT || look == LINES ? value_int(a, f->max ? f->max : 200) : value_null(a));
	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
		value_put_bool(a, v, looks[i], i == (size_t)look);
	value_put_bool(
	        a, v, "on", look == BOOL && (str_is(text_of(a, form), "true") || str_is(text_of(a, form), "on")));
	put_choices(b, v, look == CHECKS ? f->item->choices : f->choices, form);
	put_fault(b, v, name);
	return v;
}

static struct value *rows(struct builder *b, const struct field *f, const struct value *form, struct str name)
{
	struct arena *a = b->c->arena;
	struct value *v = value_object(a), *list;
	value_put_str(a, v, "name", name);
	value_put_str(a, v, "id", str_printf(a, "f-%.*s", STR_FMT(name)));
	value_put_str(a, v, "label", f->label ? tr(b->c, f->label) : str_c(f->name));
	put_fault(b, v, name);
	list = value_put_array(a, v, "rows");
	int64_t i = 0;
	for (const struct value_member *m = form && form->kind == VALUE_ARRAY ? form->first : NULL; m;
	        m = m->next, i++) {
		struct str at = str_printf(a, "%.*s.%lld", STR_FMT(name), (long long)i);
		struct value *row = build(b, f->fields, m->value, at);
		value_put_str(a, row, "at", at);
		value_put_int(a, row, "position", i);
		value_put_int(a, row, "number", i + 1);
		const struct value *view = value_get(m->value, S("_view"));
		value_put(a, row, "view", view ? (struct value *)(uintptr_t)view : value_null(a));
		value_push(a, list, row);
	}
	return v;
}

static struct value *build(struct builder *b, const struct field *fields, const struct value *form, struct str prefix)
{
	struct arena *a = b->c->arena;
	struct value *all = value_object(a);
	for (const struct field *f = fields; f && f->name; f++) {
		struct str name = prefix.n ? str_printf(a, "%.*s.%s", STR_FMT(prefix), f->name) : str_c(f->name);
		const struct value *typed = form ? value_get(form, str_c(f->name)) : NULL;
		struct value *v = f->type == FIELD_OBJECT              ? build(b, f->fields, typed, name)
		                  : f->type == FIELD_LIST && f->fields ? rows(b, f, typed, name)
		                                                       : control(b, f, typed, name);
		value_put(a, all, f->name, v);
	}
	return all;
}

struct value *fields_value(struct ctx *c, const struct field *fields, const struct value *form, bool wrong)
{
	struct builder b = { .c = c, .wrong = wrong };
	return build(&b, fields, form, S(""));
}
