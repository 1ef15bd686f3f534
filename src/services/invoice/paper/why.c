/* How many a taxpayer gets now: what it has not used and reported yet counts against what it may hold (自动验旧,
 * A07.3), by the published formula policy/invoice-paper.yaml. */
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/policy/policy.h"
#include "paper_sql.h"
#include "services/invoice/paper/own.h"

static const struct fault_def no_rules = { "rules-missing", N_("今天没有适用的纸质发票领用规则，请到主管税务机关办理"),
	NULL, NULL };

static int grade_of(struct str letter)
{
	static const char grades[] = "ABMCD";
	for (int i = 0; i < 5; i++)
		if (letter.n == 1 && letter.p[0] == grades[i]) return i + 1;
	return 5;
}

static err_t read_shelf(struct ctx *c, enum paper_kind kind, int64_t *units)
{
	struct paper_shelf_row *rows;
	size_t n;
	int64_t first;
	*units = 0;
	TRY(paper_shelf(c, str_c(paper_kinds[kind].code), &rows, &n));
	for (size_t i = 0; i < n; i++) {
		struct paper_range r = { rows[i].code, rows[i].from_no, rows[i].to_no, rows[i].per_unit };
		*units += paper_units_whole(&r, &first);
	}
	return OK;
}

static void put_range(struct ctx *c, struct value *list, const struct paper_held_row *r)
{
	if (list->count >= PAPER_RANGES_SHOWN) return;
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "code", r->code);
	value_put_str(c->arena, v, "from", paper_number_text(c->arena, r->from_no));
	value_put_str(c->arena, v, "to", paper_number_text(c->arena, r->to_no));
	value_push(c->arena, list, v);
}

static err_t read_held(struct ctx *c, int64_t taxpayer_id, enum paper_kind kind, struct paper_why *out)
{
	struct paper_application_last_row last;
	struct paper_held_row *rows;
	size_t n, n_last = 0;
	struct str name = str_c(paper_kinds[kind].code);
	TRY(paper_application_last(c, taxpayer_id, name, &last, &out->any_last));
	TRY(paper_held(c, taxpayer_id, name, &rows, &n));
	struct paper_range *all = arena_array(c->arena, 2 * n + 1, sizeof *all), *of_last = all + n;
	out->ranges = value_array(c->arena);
	for (size_t i = 0; i < n; i++) {
		all[i] = (struct paper_range){ rows[i].code, rows[i].from_no, rows[i].to_no, rows[i].per_unit };
		if (out->any_last && rows[i].application_id == last.application_id) of_last[n_last++] = all[i];
		put_range(c, out->ranges, &rows[i]);
	}
	out->open = paper_units_open(all, n);
	out->last = out->any_last ? last.granted : 0;
	out->last_open = paper_units_open(of_last, n_last);
	return OK;
}

static void put(const struct policy_form *f, int64_t *values, const char *id, int64_t v)
{
	int slot = policy_slot(f, str_c(id));
	if (slot >= 0) values[slot] = v;
}

static int64_t get(const struct policy_form *f, const int64_t *values, const char *id)
{
	int slot = policy_slot(f, str_c(id));
	return slot < 0 ? 0 : values[slot];
}

err_t why_compute(struct ctx *c, const struct taxpayer *t, enum paper_kind kind, int64_t asked, struct paper_why *out)
{
	const struct policy_form *f = c->app->policy ? policy_form(c->app->policy, "invoice-paper", c->today) : NULL;
	int bad;
	*out = (struct paper_why){ .kind = kind, .asked = asked };
	if (!f) return RAISE(c, E_CONFLICT, &no_rules);
	TRY(read_held(c, t->id, kind, out));
	TRY(read_shelf(c, kind, &out->shelf));
	int64_t *v = policy_values(f, c->arena);
	put(f, v, "kind", kind);
	put(f, v, "asked", asked);
	put(f, v, "open", out->open);
	put(f, v, "shelf", out->shelf);
	put(f, v, "grade", grade_of(t->credit_grade));
	put(f, v, "normal", t->normal);
	if (policy_evaluate(f, v, &bad) != OK) return RAISE(c, E_CONFLICT, &no_rules);
	out->hold = get(f, v, "hold");
	out->allowed = get(f, v, "allowed");
	out->granted = get(f, v, "granted");
	out->at_once = get(f, v, "at_once") != 0;
	out->formula = policy_trace(f, v, c->arena);
	return OK;
}

struct value *why_value(struct ctx *c, const struct paper_why *w)
{
	struct arena *a = c->arena;
	struct value *v = value_object(a);
	value_put_c(a, v, "kind", paper_kinds[w->kind].code);
	value_put_int(a, v, "asked", w->asked);
	value_put_int(a, v, "last", w->last);
	value_put_int(a, v, "last_used", w->last - w->last_open);
	value_put_int(a, v, "open", w->open);
	value_put_int(a, v, "hold", w->hold);
	value_put_int(a, v, "allowed", w->allowed);
	value_put_int(a, v, "shelf", w->shelf);
	value_put_int(a, v, "granted", w->granted);
	value_put_bool(a, v, "at_once", w->at_once);
	value_put(a, v, "unused", w->ranges);
	value_put(a, v, "formula", w->formula);
	value_put_c(a, v, "law", "发票管理办法 第十五条");
	return v;
}

static struct str number(struct ctx *c, const struct value *v, const char *name)
{
	return str_from_int(c->arena, value_number(v, name, 0));
}

/* What the figures say, one sentence a fact. */
struct str why_words(struct ctx *c, const struct value *v)
{
	struct arena *a = c->arena;
	enum paper_kind kind = paper_kind_named(value_text(v, "kind"));
	struct str unit = tr(c, paper_kinds[kind].unit);
	int64_t asked = value_number(v, "asked", 0), granted = value_number(v, "granted", 0),
	        last = value_number(v, "last", 0);
	struct buf b;
	buf_init(&b, a, 512);
	const struct str of_last[4] = { number(c, v, "last"), number(c, v, "last_used"), unit },
	                 of_open[4] = { number(c, v, "open"), number(c, v, "hold"), unit },
	                 of_shelf[4] = { number(c, v, "shelf"), STR_NONE, unit },
	                 of_grant[4] = { number(c, v, "asked"), number(c, v, "granted"), unit };
	if (last) buf_str(&b, problem_fill(a, tr(c, N_("最近一次领用 {1}{3}，其中 {2}{3}已用完并上报。")).p, of_last));
	buf_str(&b, problem_fill(a, tr(c, N_("手上没有用完上报的 {1}{3}，最多可以持有 {2}{3}。")).p, of_open));
	if (value_number(v, "shelf", 0) < asked)
		buf_str(&b, problem_fill(a, tr(c, N_("库存还有 {1}{3}。")).p, of_shelf));
	buf_str(&b,
	        problem_fill(a,
	                tr(c, granted == asked ? N_("申请 {1}{3}，全部发给。") : N_("申请 {1}{3}，发给 {2}{3}。")).p,
	                of_grant));
	return buf_done(&b);
}
