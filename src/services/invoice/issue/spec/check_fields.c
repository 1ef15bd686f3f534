/* Each field by itself: there or not, type, length, form. A field that is wrong here takes part in no further rule. */
#include "base/decimal.h"
#include "base/rate.h"
#include "base/utf8.h"
#include "services/invoice/issue/spec/fields.h"
#include "services/invoice/issue/spec/spec.h"

struct at {
	struct spec_report *r;
	struct str group; /* pointer of the object */
};

static struct str pointer(const struct at *w, struct str name)
{
	return str_printf(w->r->arena, "%.*s/%.*s", STR_FMT(w->group), STR_FMT(name));
}

static void fault(const struct at *w, const struct spec_field *f, enum spec_code code, struct str arg, struct str arg2)
{
	spec_fault(w->r, code, pointer(w, str_c(f->name)), arg, arg2);
}

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 && s.p[i] != '\n') return true;
	return false;
}

static bool blank(char ch)
{
	return ch == ' ' || ch == '\n' || ch == '\t';
}

static void check_text(const struct at *w, const struct spec_field *f, struct str s)
{
	if (!s.n)
		fault(w, f, SPEC_TEXT_EMPTY, STR_NONE, STR_NONE);
	else if (has_control(s))
		fault(w, f, SPEC_TEXT_CONTROL, STR_NONE, STR_NONE);
	else if (blank(s.p[0]) || blank(s.p[s.n - 1]))
		fault(w, f, SPEC_TEXT_BLANKS, STR_NONE, STR_NONE);
	if (s.n > (size_t)f->max && utf8_count(s) > (size_t)f->max)
		fault(w, f, SPEC_TEXT_LONG, str_from_int(w->r->arena, f->max), STR_NONE);
}

static bool one_of(struct str s, const char *choices)
{
	struct str rest = str_c(choices), piece;
	while (str_split(&rest, ' ', &piece))
		if (str_eq(piece, s)) return true;
	return false;
}

static bool all_digits(struct str s, size_t n)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9') return false;
	return s.n == n;
}

/* The canonical writing alone is right: what is written back is what was read. */
static bool form_fits(struct arena *a, const struct spec_field *f, struct str s, enum spec_code *code)
{
	struct money m;
	struct decimal d;
	struct rate rate;
	instant_us t;
	switch (f->type) {
	case SPEC_IS_MONEY: *code = SPEC_MONEY; return money_parse(s, &m) && str_eq(money_format(a, m), s);
	case SPEC_IS_DECIMAL: *code = SPEC_DECIMAL; return decimal_parse(s, 13, &d) && str_eq(decimal_format(a, d), s);
	case SPEC_IS_RATE: *code = SPEC_RATE_FORM; return rate_parse(s, &rate) && str_eq(rate_format(a, rate), s);
	case SPEC_IS_INSTANT: *code = SPEC_INSTANT; return instant_parse(s, &t) && str_eq(instant_format(a, t), s);
	case SPEC_IS_DIGITS: *code = SPEC_DIGITS; return all_digits(s, (size_t)f->max);
	case SPEC_IS_CHOICE: *code = SPEC_CHOICE; return one_of(s, f->choices);
	default: return true;
	}
}

static void check_string(const struct at *w, const struct spec_field *f, struct str s)
{
	enum spec_code code = SPEC_TYPE;
	if (f->type == SPEC_IS_TEXT) {
		check_text(w, f, s);
		return;
	}
	if (form_fits(w->r->arena, f, s, &code)) return;
	struct str right = f->type == SPEC_IS_CHOICE   ? str_c(f->choices)
	                   : f->type == SPEC_IS_DIGITS ? str_from_int(w->r->arena, f->max)
	                                               : STR_NONE;
	fault(w, f, code, utf8_clip(s, 40), right);
}

static void check_group(struct spec_report *r, enum spec_group group, const struct value *v, struct str at);

static void check_list(const struct at *w, const struct spec_field *f, const struct value *v)
{
	size_t i = 0;
	if (v->count == 0) fault(w, f, SPEC_LINES_EMPTY, STR_NONE, STR_NONE);
	if (v->count > (uint32_t)f->max) {
		fault(w, f, SPEC_LINES_MANY, str_from_int(w->r->arena, v->count), STR_NONE);
		return;
	}
	for (const struct value_member *m = v->first; m; m = m->next, i++) {
		struct str at = str_printf(w->r->arena, "%.*s/%s/%zu", STR_FMT(w->group), f->name, i);
		if (m->value->kind == VALUE_OBJECT)
			check_group(w->r, f->inner, m->value, at);
		else
			spec_fault(w->r, SPEC_TYPE, at, S("object"), STR_NONE);
	}
}

static void check_field(const struct at *w, const struct spec_field *f, const struct value *v)
{
	static const struct {
		enum value_kind kind;
		const char *name;
	} kinds[] = { [SPEC_IS_TEXT] = { VALUE_STR, "string" },
		[SPEC_IS_MONEY] = { VALUE_STR, "string" },
		[SPEC_IS_DECIMAL] = { VALUE_STR, "string" },
		[SPEC_IS_RATE] = { VALUE_STR, "string" },
		[SPEC_IS_INSTANT] = { VALUE_STR, "string" },
		[SPEC_IS_DIGITS] = { VALUE_STR, "string" },
		[SPEC_IS_CHOICE] = { VALUE_STR, "string" },
		[SPEC_IS_BOOL] = { VALUE_BOOL, "true" },
		[SPEC_IS_INT] = { VALUE_INT, "integer" },
		[SPEC_IS_GROUP] = { VALUE_OBJECT, "object" },
		[SPEC_IS_LIST] = { VALUE_ARRAY, "array" } };
	bool fits = v->kind == kinds[f->type].kind && (v->kind != VALUE_BOOL || v->boolean) &&
	            (v->kind != VALUE_INT || (v->integer >= 1 && v->integer <= f->max));
	if (!fits)
		fault(w, f, SPEC_TYPE, str_c(kinds[f->type].name), STR_NONE);
	else if (f->type == SPEC_IS_GROUP)
		check_group(w->r, f->inner, v, pointer(w, str_c(f->name)));
	else if (f->type == SPEC_IS_LIST)
		check_list(w, f, v);
	else if (v->kind == VALUE_STR)
		check_string(w, f, v->str);
}

static const struct spec_field *field_of(enum spec_group group, struct str name)
{
	for (size_t i = 0; i < spec_n_fields; i++)
		if (spec_fields[i].group == group && str_is(name, spec_fields[i].name)) return &spec_fields[i];
	return NULL;
}

static void check_group(struct spec_report *r, enum spec_group group, const struct value *v, struct str at)
{
	struct at w = { r, at };
	for (const struct value_member *m = v->first; m; m = m->next) {
		const struct spec_field *f = field_of(group, m->key);
		if (f)
			check_field(&w, f, m->value);
		else
			spec_fault(
			        r, SPEC_UNKNOWN, pointer(&w, utf8_clip(m->key, 40)), utf8_clip(m->key, 40), STR_NONE);
	}
	for (size_t i = 0; i < spec_n_fields; i++) {
		const struct spec_field *f = &spec_fields[i];
		bool absent_there = r->partial || (r->dialect && !f->xml); /* the form has no place for it */
		if (f->group == group && f->required && !absent_there && !value_get(v, str_c(f->name)))
			fault(&w, f, SPEC_MISSING, str_c(f->zh), str_c(f->en));
	}
}

void spec_check_fields(struct spec_report *r)
{
	check_group(r, SPEC_ROOT, r->core, S(""));
}
