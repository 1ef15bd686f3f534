/* A range is kept under its last number, so that the first entry at or behind a number is the range it may lie in. */
#include "services/invoice/verify/paper_fact.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "services/invoice/paper/paper.h"
#include <string.h>

enum { AT_STATE = 1, AT_FROM = 2, DIGITS = 8, AT_CODE = AT_FROM + DIGITS };

static bool key_of(struct arena *a, struct str code, int64_t number, struct plane_key *out)
{
	return plane_key_digits(str_printf(a, "%.*s%08lld", STR_FMT(code), (long long)number), out);
}

/* version, state, first number, code, blank, electronic number */
bool paper_fact_put(struct arena *a, struct str event, struct plane_entry *out)
{
	struct paper_mark m;
	if (!paper_mark_read(a, event, &m) || !key_of(a, m.code, m.to, &out->key)) return false;
	out->kind = PLANE_PAPER;
	out->value = str_printf(
	        a, "%c%c%08lld%.*s %.*s", 1, m.state, (long long)m.from, STR_FMT(m.code), STR_FMT(m.electronic));
	return out->value.n <= PLANE_VALUE_MAX;
}

struct search {
	struct arena *arena;
	struct str code, electronic;
	int64_t number;
	char state; /* 0: nothing is known */
};

static bool first(void *arg, enum plane_kind kind, const struct plane_key *key, struct str value)
{
	struct search *s = arg;
	int64_t from;
	(void)key;
	if (kind != PLANE_PAPER || value.n < AT_CODE || value.p[0] != 1 ||
	        !str_to_int(str_sub(value, AT_FROM, DIGITS), &from))
		return false;
	struct str rest = str_sub(str_dup(s->arena, value), AT_CODE, value.n), code;
	if (str_split(&rest, ' ', &code) && str_eq(code, s->code) && from <= s->number) {
		s->state = value.p[AT_STATE];
		s->electronic = rest;
	}
	return false;
}

static const char *words_of(char state)
{
	if (state == PAPER_MARK_LOST) return N_("这张发票是遗失或被盗的，不要收，不能报销");
	if (state == PAPER_MARK_VOID) return N_("这张发票已作废，不要收，不能报销");
	return N_("这张纸质发票已换开电子发票，只能用电子的一张入账");
}

err_t verify_paper(struct ctx *c, struct str code, struct str number, struct value **out, bool *found)
{
	struct search s = { .arena = c->arena, .code = code };
	struct plane_key key;
	*found = false;
	if (!str_to_int(number, &s.number) || !key_of(c->arena, code, s.number, &key)) return OK;
	TRY(plane_range(c->app->plane, PLANE_PAPER, &key, first, &s));
	if (!s.state) return OK;
	bool converted = s.state == PAPER_MARK_CONVERTED;
	struct value *v = *out = value_object(c->arena), *one = value_object(c->arena);
	value_put_str(c->arena, v, "number", number);
	value_put_c(c->arena, v, "verdict", converted ? "converted" : "listed");
	value_put_str(c->arena, v, "detail", tr(c, words_of(s.state)));
	value_put_c(c->arena, one, "what", "state");
	value_put_c(c->arena, one, "outcome", converted ? "converted" : "listed");
	value_put_str(c->arena, one, "detail", converted && s.electronic.n ? s.electronic : tr(c, words_of(s.state)));
	value_push(c->arena, value_put_array(c->arena, v, "checked"), one);
	value_put_str(c->arena, v, "reversed_by", STR_NONE);
	*found = true;
	return OK;
}
