/* The officer's view of registrations: a list by code or name, and one file, opened with a purpose (A04.15). */
#include "kernel/access/access.h"
#include "registry_sql.h"
#include "services/foundation/registry/handlers.h"

enum { PAGE = 50 };

static const struct fault_def unknown = { "taxpayer-unknown", N_("没有查到这个代码的登记信息"),
	N_("请对照营业执照核对 18 位代码"), NULL };

/* "%words%" with the signs that LIKE knows made plain. */
static struct str pattern_of(struct ctx *c, struct str words)
{
	struct buf b;
	buf_init(&b, c->arena, words.n * 2 + 3);
	buf_char(&b, '%');
	for (size_t i = 0; i < words.n; i++) {
		char ch = words.p[i];
		if (ch == '%' || ch == '_' || ch == '!') buf_char(&b, '!');
		buf_char(&b, ch);
	}
	buf_char(&b, '%');
	return buf_done(&b);
}

err_t registration_list(struct ctx *c, const void *input, struct reply *out)
{
	const struct search_in *in = input;
	struct registry_list_row *rows;
	size_t n;
	TRY(registry_list(c, in->after.p ? in->after : S(""), pattern_of(c, in->q.p ? in->q : S("")), &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "taxpayers");
	for (size_t i = 0; i < n && i < PAGE; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "uscc", rows[i].uscc);
		value_put_str(c->arena, v, "name", rows[i].name);
		value_put_bool(c->arena, v, "general", str_is(rows[i].kind, "general"));
		value_put_str(c->arena, v, "status", rows[i].status);
		value_put_bool(c->arena, v, "normal", str_is(rows[i].status, "normal"));
		value_put_date(c->arena, v, "registered_on", rows[i].registered_on);
		value_push(c->arena, list, v);
	}
	value_put_str(c->arena, out->value, "after", n > PAGE ? rows[PAGE - 1].uscc : STR_NONE);
	value_put_str(c->arena, out->value, "q", in->q.p ? in->q : S(""));
	return OK;
}

err_t taxpayers_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	value_put_bool(c->arena, out->value, "any", value_at(value_get(out->value, S("taxpayers")), 0) != NULL);
	return OK;
}

err_t registration_show(struct ctx *c, const void *input, struct reply *out)
{
	const struct uscc_in *in = input;
	struct taxpayer t;
	bool found;
	TRY(registry_taxpayer_by_uscc(c, in->uscc, &t, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &unknown);
	TRY(access_open_or(c, t.id, "registration", &unknown));
	out->value = value_object(c->arena);
	return registry_file(c, &t, out->value);
}
