#include "services/invoice/quota/formula.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "services/foundation/ledger/ledger.h"
#include "services/invoice/issue/issue.h"
#include <string.h>

enum { MONTHS = 12 };

static const struct fault_def no_rules = { "rules-missing", N_("今天没有适用的发票总额度规则，请到主管税务机关办理"),
	NULL, NULL };

/* --- what is known --- */

static err_t read_turnover(struct ctx *c, int64_t taxpayer_id, struct money *best)
{
	struct period now = period_of(PERIOD_MONTH, c->today);
	struct invoice_month *months;
	size_t n;
	TRY(issue_month_sums(c, taxpayer_id, 0, period_format(c->arena, period_next(now, -MONTHS)),
	        period_format(c->arena, now), &months, &n));
	for (size_t i = 0; i < n; i++)
		if (months[i].amount.fen > best->fen) *best = months[i].amount;
	return OK;
}

static err_t read_debts(struct ctx *c, int64_t taxpayer_id, struct quota_inputs *out)
{
	struct obligation *list;
	size_t n;
	TRY(ledger_unsettled(c, taxpayer_id, date_add_days(c->today, -1), &list, &n));
	for (size_t i = 0; i < n; i++) {
		if (str_is(list[i].status, "open"))
			out->unfiled++;
		else
			out->arrears.fen += list[i].assessed.fen - list[i].paid.fen;
	}
	return OK;
}

/* Risk (assumed, until there is a risk service): an abnormal registration is high, credit grade D middle. */
err_t quota_inputs_of(struct ctx *c, const struct taxpayer *t, struct quota_inputs *out)
{
	static const char grades[] = "ABMCD";
	*out = (struct quota_inputs){ .general = t->general, .grade = 5 };
	for (int i = 0; i < 5; i++)
		if (t->credit_grade.n == 1 && t->credit_grade.p[0] == grades[i]) out->grade = i + 1;
	out->risk = !t->normal ? 2 : out->grade == 5 ? 1 : 0;
	TRY(read_turnover(c, t->id, &out->best_month));
	return read_debts(c, t->id, out);
}

/* --- the formula --- */

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

err_t quota_compute(struct ctx *c, const struct quota_inputs *in, struct quota_figures *out, struct value **trace)
{
	const struct policy_form *f = c->app->policy ? policy_form(c->app->policy, "invoice-quota", c->today) : NULL;
	int bad;
	if (!f) return RAISE(c, E_CONFLICT, &no_rules);
	int64_t *v = policy_values(f, c->arena);
	put(f, v, "general", in->general);
	put(f, v, "grade", in->grade);
	put(f, v, "best_month", in->best_month.fen);
	put(f, v, "contracts", in->contracts.fen);
	put(f, v, "risk", in->risk);
	put(f, v, "unfiled", in->unfiled);
	put(f, v, "arrears", in->arrears.fen);
	if (policy_evaluate(f, v, &bad) != OK) return RAISE(c, E_CONFLICT, &no_rules);
	*out = (struct quota_figures){ FEN(get(f, v, "limit")), FEN(get(f, v, "ceiling")), get(f, v, "good") != 0 };
	if (trace) *trace = policy_trace(f, v, c->arena);
	return OK;
}

/* --- the cheapest ways --- */

enum { WAY_TEMPORARY, WAY_FILE, WAY_PAY, WAY_FILE_PAY, WAY_CONTRACTS, WAY_TURNOVER, WAY_GRADE, WAYS };
static const struct {
	const char *word, *words;
	int effort; /* 1: minutes on this site … 5: a year */
} levers[WAYS] = {
	[WAY_TEMPORARY] = { "temporary", N_("在本页申请临时调整，当场办结"), 1 },
	[WAY_FILE] = { "file", N_("把逾期的申报补上"), 2 },
	[WAY_PAY] = { "pay", N_("缴清逾期的税款 {1} 元"), 2 },
	[WAY_FILE_PAY] = { "file_and_pay", N_("把逾期的申报补上，并缴清税款 {1} 元"), 3 },
	[WAY_CONTRACTS] = { "contracts", N_("申请人工调整，写明本月要履行的合同 {1} 元以上"), 3 },
	[WAY_TURNOVER] = { "turnover", N_("开票增加：一个月开到 {1} 元"), 4 },
	[WAY_GRADE] = { "grade", N_("纳税信用提高一级"), 5 },
};

static struct money tenth_more(struct money m)
{
	return FEN(m.fen + m.fen / 10);
}

/* The inputs as they would be; false: this way is not open. */
static bool would_be(
        int way, const struct quota_inputs *in, struct money now, struct quota_inputs *out, struct money *needs)
{
	*out = *in;
	*needs = in->arrears;
	switch (way) {
	case WAY_FILE: out->unfiled = 0; return in->unfiled && !in->arrears.fen;
	case WAY_PAY: out->arrears = FEN(0); return in->arrears.fen && !in->unfiled;
	case WAY_FILE_PAY:
		out->unfiled = 0;
		out->arrears = FEN(0);
		return in->unfiled && in->arrears.fen;
	case WAY_CONTRACTS: out->contracts = *needs = tenth_more(now); return in->risk == 0;
	case WAY_TURNOVER: out->best_month = *needs = tenth_more(now); return true;
	case WAY_GRADE: out->grade--; return in->grade > 1;
	default: return way == WAY_TEMPORARY;
	}
}

/* Insertion by effort, the higher result first. */
static void keep(struct quota_way *list, size_t *n, const struct quota_way *w)
{
	size_t at = *n;
	while (at && (list[at - 1].effort > w->effort ||
	                     (list[at - 1].effort == w->effort && list[at - 1].limit.fen < w->limit.fen)))
		at--;
	if (at == QUOTA_WAYS) return;
	if (*n < QUOTA_WAYS) ++*n;
	for (size_t i = *n - 1; i > at; i--)
		list[i] = list[i - 1];
	list[at] = *w;
}

/* A way that is there already gives as much for no more effort; the levers stand in order of effort. */
static bool easier(const struct quota_way *list, size_t n, const struct quota_way *w)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].effort <= w->effort && list[i].limit.fen >= w->limit.fen) return true;
	return false;
}

err_t quota_ways(struct ctx *c, const struct quota_inputs *in, struct money now, struct quota_way *out, size_t *n)
{
	struct quota_figures today = { 0 };
	TRY(quota_compute(c, in, &today, NULL));
	/* What is open at once anyhow is no goal of a way that takes more effort. */
	struct money easy = today.ceiling.fen > now.fen ? today.ceiling : now;
	*n = 0;
	for (int i = 0; i < WAYS; i++) {
		struct quota_inputs then = *in;
		struct quota_figures f = { 0 };
		struct quota_way w = { levers[i].word, levers[i].words, FEN(0), levers[i].effort, FEN(0) };
		if (!would_be(i, in, easy, &then, &w.needs)) continue;
		TRY(quota_compute(c, &then, &f, NULL));
		w.limit = i == WAY_TEMPORARY ? f.ceiling : f.limit;
		if (w.limit.fen > now.fen && !easier(out, *n, &w)) keep(out, n, &w);
	}
	return OK;
}

/* {1} of a translated text. */
static struct str filled(struct ctx *c, struct str words, struct str first)
{
	const char *hole = memmem(words.p, words.n, "{1}", 3);
	if (!hole) return words;
	size_t at = (size_t)(hole - words.p);
	return str_printf(
	        c->arena, "%.*s%.*s%.*s", (int)at, words.p, STR_FMT(first), (int)(words.n - at - 3), hole + 3);
}

err_t quota_explain(struct ctx *c, const struct quota_inputs *in, struct money now, struct value *out)
{
	struct arena *a = c->arena;
	struct quota_figures f = { 0 };
	struct quota_way ways[QUOTA_WAYS] = { { 0 } };
	struct value *trace = NULL;
	size_t n = 0;
	TRY(quota_compute(c, in, &f, &trace));
	TRY(quota_ways(c, in, now, ways, &n));
	value_put(a, out, "formula", trace);
	struct value *v = value_put_object(a, out, "inputs");
	value_put_bool(a, v, "general", in->general);
	value_put_str(a, v, "credit_grade", str_printf(a, "%c", "ABMCD"[in->grade - 1]));
	value_put_money(a, v, "best_month", in->best_month);
	value_put_money(a, v, "contracts", in->contracts);
	value_put_int(a, v, "risk", in->risk);
	value_put_int(a, v, "unfiled", in->unfiled);
	value_put_money(a, v, "arrears", in->arrears);
	value_put_money(a, out, "limit", f.limit);
	value_put_money(a, out, "ceiling", f.ceiling);
	value_put_bool(a, out, "at_once", f.good);
	struct value *list = value_put_array(a, out, "ways");
	for (size_t i = 0; i < n; i++) {
		struct value *way = value_object(a);
		struct str needs = money_grouped(a, ways[i].needs);
		value_put_c(a, way, "way", ways[i].word);
		value_put_str(a, way, "words", filled(c, tr(c, ways[i].words), needs));
		value_put_money(a, way, "limit", ways[i].limit);
		value_put_int(a, way, "effort", ways[i].effort);
		value_push(a, list, way);
	}
	value_put_c(a, out, "law", "国家税务总局公告2024年第11号");
	return OK;
}
