/* Explanations as pages say them: the formula in words, its terms with their values, the period by its name. */
#include "kernel/i18n/i18n.h"
#include "services/tax/filing/work.h"

static void put_part(struct ctx *c, struct value *list, struct str text, const struct money *m)
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "text", text);
	value_put(c->arena, v, "sum", m ? value_str(c->arena, money_format(c->arena, *m)) : value_null(c->arena));
	value_push(c->arena, list, v);
}

static struct str word_of(struct str token)
{
	static const struct {
		const char *token, *word;
	} words[] = { { "-", " − " }, { "+", " + " }, { "*", " × " }, { "/", " ÷ " }, { "(", "（" }, { ")", "）" },
		{ ",", "，" }, { "min", N_("取较小者") }, { "max", N_("取较大者") }, { "if", N_("如果") },
		{ "and", N_("且") }, { "or", N_("或") }, { "not", N_("非") } };
	for (size_t i = 0; i < COUNT(words); i++)
		if (str_is(token, words[i].token)) return str_c(words[i].word);
	return token;
}

static bool is_name(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_' || ch == '.' || ch == '%';
}

/* "l11 - l18" -> 销项税额 130,000.00 − 实际抵扣税额 78,000.00: names by their titles with their values. */
static void put_formula(struct ctx *c, const struct value *explain, struct value *to)
{
	struct value *list = value_put_array(c->arena, to, "words");
	struct str f = value_text(explain, "formula");
	value_put_bool(c->arena, to, "has_words", f.p != NULL);
	for (size_t i = 0, k; f.p && i < f.n; i = k) {
		k = i + 1;
		while (is_name(f.p[i]) && k < f.n && is_name(f.p[k]))
			k++;
		struct str token = str_sub(f, i, k - i);
		if (str_is(token, " ")) continue;
		const struct value *uses = value_get(explain, S("inputs")), *found = NULL;
		for (const struct value_member *m = uses->first; m && !found; m = m->next)
			if (str_eq(value_text(m->value, "id"), token)) found = m->value;
		for (const struct value_member *m = value_get(explain, S("parameters"))->first; m && !found;
		        m = m->next)
			if (str_eq(value_text(m->value, "id"), token)) found = m->value;
		struct money sum;
		struct str value = found ? value_text(found, "value") : STR_NONE;
		bool money = value.p && str_find(value, ".") >= 0 && money_parse(value, &sum);
		if (!found)
			put_part(c, list, tr(c, str_dup(c->arena, word_of(token)).p), NULL);
		else
			put_part(c, list, tr(c, str_dup(c->arena, value_text(found, "title")).p), money ? &sum : NULL);
	}
}

/* A value as it is read: an amount, a rate, a truth, a count. Amounts have two decimals, rates six. */
static struct str shown(struct ctx *c, const struct value *v)
{
	struct money m;
	struct rate r;
	if (!v) return S("");
	if (v->kind == VALUE_BOOL) return tr(c, v->boolean ? N_("是") : N_("否"));
	if (v->kind == VALUE_INT) return str_from_int(c->arena, v->integer);
	if (v->kind != VALUE_STR) return S("");
	if (money_parse(v->str, &m)) return money_grouped(c->arena, m);
	return rate_parse(v->str, &r) ? rate_percent(c->arena, r) : v->str;
}

static void put_terms(struct ctx *c, const struct draft *d, const struct value *from, struct value *to)
{
	for (const struct value_member *m = from->first; m; m = m->next) {
		struct value *v = value_object(c->arena);
		struct str id = value_text(m->value, "id"), law = value_text(m->value, "law");
		int n = 0;
		bool cell = form_cell_find(id, &n) && d->filled.role[n] != CELL_NONE;
		value_put_str(c->arena, v, "title", tr(c, str_dup(c->arena, value_text(m->value, "title")).p));
		value_put_str(c->arena, v, "note", law.p ? tr(c, str_dup(c->arena, law).p) : STR_NONE);
		value_put_str(c->arena, v, "shown", shown(c, value_get(m->value, S("value"))));
		value_put(c->arena, v, "href",
		        cell ? value_str(c->arena, str_printf(c->arena, "/returns/vat/%.*s/lines/%.*s",
		                                           STR_FMT(d->period), STR_FMT(id)))
		             : value_null(c->arena));
		value_push(c->arena, to, v);
	}
}

void view_why(struct ctx *c, const struct draft *d, const struct value *explain, struct value *to)
{
	struct value *terms = value_array(c->arena);
	value_put(c->arena, to, "e", (struct value *)(uintptr_t)explain);
	put_formula(c, explain, to);
	struct str paper = value_text(value_get(explain, S("sources")), "paper");
	value_put_str(c->arena, to, "paper_part", str_is(paper, "0.00") ? STR_NONE : paper);
	put_terms(c, d, value_get(explain, S("inputs")), terms);
	put_terms(c, d, value_get(explain, S("steps")), terms);
	put_terms(c, d, value_get(explain, S("parameters")), terms);
	value_put(c->arena, to, "terms", terms);
	value_put_bool(c->arena, to, "any_terms", terms->count > 0);
}

void view_period(struct ctx *c, const struct draft *d, struct value *to)
{
	struct period p = d->facts.period;
	int32_t left = date_days(d->due_on) - date_days(c->today);
	struct value *none = value_null(c->arena), *index = value_int(c->arena, p.index);
	value_put_int(c->arena, to, "period_year", p.year);
	value_put(c->arena, to, "period_month", p.kind == PERIOD_MONTH ? index : none);
	value_put(c->arena, to, "period_quarter", p.kind == PERIOD_QUARTER ? index : none);
	bool open = !d->filed && d->state == PERIOD_ENDED && left >= 0;
	value_put(c->arena, to, "days_to_go", open ? value_int(c->arena, left) : none);
}
