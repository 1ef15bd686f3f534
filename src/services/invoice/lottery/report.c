/* "The seller refused to issue" (拒开发票): one scan, place and time; a case with number, steps and outcome. */
#include "base/ids.h"
#include "kernel/access/access.h"
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/outbox/outbox.h"
#include "kernel/receipt/log.h"
#include "services/foundation/identity/identity.h"
#include "services/foundation/registry/registry.h"
#include "services/invoice/lottery/own.h"

enum { CASE_DAYS = 15 };

static const struct fault_def who = { "seller", N_("请扫商家的二维码，或者填商家名称"),
	N_("二维码里有统一社会信用代码就行：营业执照、门店码、以前的发票都可以"), NULL };
static const struct fault_def future = { "report-future", N_("时间不能晚于现在"), NULL, NULL };
static const struct fault_def not_there = { "case-unknown", N_("没有查到这个举报编号"), NULL, NULL };
static const struct fault_def closed = { "case-closed", N_("这件举报已经办结"), NULL, NULL };

static const struct {
	const char *code, *words;
} outcomes[] = { { "issued", N_("商家已补开发票") }, { "ordered", N_("已责令商家改正") },
	{ "fined", N_("已按发票管理办法处罚") }, { "unfounded", N_("查证没有发现拒开") } };

static const char *outcome_words(struct str code)
{
	for (size_t i = 0; i < COUNT(outcomes); i++)
		if (str_is(code, outcomes[i].code)) return outcomes[i].words;
	return "";
}

static const char *state_words(struct str state)
{
	return str_is(state, "open") ? N_("已受理") : str_is(state, "checking") ? N_("正在核查") : N_("已办结");
}

/* The first unified code in what was scanned: a licence, a shop's code, an address of our own pages. */
static struct str code_in(struct str text)
{
	for (size_t i = 0; i + 18 <= text.n; i++) {
		struct str piece = str_sub(text, i, 18);
		if (ids_uscc(piece) == IDS_OK) return piece;
	}
	return STR_NONE;
}

struct accused {
	int64_t id;
	struct str name;
};

static err_t find_seller(struct ctx *c, const struct report_in *in, struct accused *a)
{
	struct taxpayer t;
	struct issue_qr q;
	struct invoice invoice;
	struct party party;
	bool found = false;
	*a = (struct accused){ 0, in->seller.p ? in->seller : S("") };
	if (!in->qr.n) return OK;
	struct str uscc = code_in(in->qr);
	if (uscc.p) TRY(registry_taxpayer_by_uscc(c, uscc, &t, &found));
	if (found) *a = (struct accused){ t.id, t.name };
	if (found) return OK;
	issue_qr_read(c, in->qr, &q); /* an earlier invoice of the same shop */
	if (!q.fault) TRY(issue_find(c, q.number, &invoice, &found));
	if (found) TRY(identity_party(c, invoice.seller_id, &party, &found));
	if (found) *a = (struct accused){ party.id, party.name };
	return OK;
}

static err_t put_steps(struct ctx *c, struct str number, struct value *v)
{
	struct lottery_steps_row *rows;
	size_t n;
	TRY(lottery_steps(c, number, &rows, &n));
	struct value *list = value_put_array(c->arena, v, "steps");
	for (size_t i = 0; i < n; i++) {
		struct value *one = value_object(c->arena);
		value_put_instant(c->arena, one, "at", rows[i].at);
		value_put_str(c->arena, one, "state", rows[i].state);
		value_put_str(c->arena, one, "state_title", tr(c, state_words(rows[i].state)));
		value_put_str(c->arena, one, "note", rows[i].note);
		value_push(c->arena, list, one);
	}
	value_put_int(c->arena, v, "step_count", (int64_t)n);
	return OK;
}

static err_t case_value(struct ctx *c, struct str number, const struct lottery_case_get_row *r, struct value **out)
{
	struct value *v = *out = value_object(c->arena);
	struct receipt receipt;
	bool found;
	value_put_str(c->arena, v, "number", number);
	value_put_str(c->arena, v, "seller", r->seller);
	value_put_bool(c->arena, v, "seller_known", r->seller_id != 0);
	value_put_str(c->arena, v, "place", r->place);
	value_put_instant(c->arena, v, "happened_at", r->happened_at);
	value_put_money(c->arena, v, "amount", r->amount);
	value_put_str(c->arena, v, "note", r->note);
	value_put_str(c->arena, v, "state", r->state);
	value_put_str(c->arena, v, "state_title", tr(c, state_words(r->state)));
	value_put_str(c->arena, v, "outcome", r->outcome.n ? r->outcome : STR_NONE);
	value_put_str(c->arena, v, "outcome_title", r->outcome.n ? tr(c, outcome_words(r->outcome)) : STR_NONE);
	value_put_date(c->arena, v, "due_on", r->due_on);
	TRY(receipt_find(c, r->receipt_id, &receipt, &found));
	value_put(c->arena, v, "receipt",
	        found ? receipt_value(c, receipt.id, receipt.kind, receipt.at, receipt.leaf.b) : value_null(c->arena));
	return put_steps(c, number, v);
}

/* An event each for the reporter's box and, without the reporter, for the seller's risk (A19). */
static err_t tell(struct ctx *c, const char *kind, int64_t subject, struct str number, struct str outcome)
{
	struct value *v = value_object(c->arena);
	struct buf b;
	value_put_str(c->arena, v, "case", number);
	if (outcome.n) value_put_str(c->arena, v, "outcome", outcome);
	buf_init(&b, c->arena, 80);
	value_write_canonical(&b, v);
	return outbox_emit(c, kind, subject, buf_done(&b));
}

static err_t number_of(struct ctx *c, struct str *out)
{
	int64_t n;
	struct str day = draw_instant_name(c->arena, c->today);
	TRY(db_counter(c, str_printf(c->arena, "lottery.case.%.*s", STR_FMT(day)), 1, &n));
	*out = str_printf(c->arena, "JB%.*s%04lld", STR_FMT(day), (long long)n);
	return OK;
}

err_t report_new(struct ctx *c, const void *input, struct reply *out)
{
	const struct report_in *in = input;
	struct accused a;
	struct value *act = value_object(c->arena), *receipt;
	struct str number;
	int64_t receipt_id;
	instant_us at = in->has_at ? in->at : c->now;
	TRY(find_seller(c, in, &a));
	if (!a.name.n) FAULT(c, S("/qr"), &who);
	if (at > c->now + 60 * SECOND) FAULT(c, S("/at"), &future);
	TRY(problem_result(&c->problem));
	TRY(number_of(c, &number));
	value_put_str(c->arena, act, "number", number);
	value_put_str(c->arena, act, "taxpayer", a.name);
	value_put_instant(c->arena, act, "at", at);
	TRY(receipt_issue(c, ACT_LOTTERY_REPORT, c->caller.person_id, act, &receipt, &receipt_id));
	TRY(lottery_case_insert(c, number, db_new_id(c), c->caller.person_id, a.id, a.name, in->place, at,
	        in->has_amount ? in->amount : FEN(0), in->note.p ? in->note : S(""), date_add_days(c->today, CASE_DAYS),
	        receipt_id, NULL));
	TRY(lottery_step_insert(c, number, 1, c->now, S("open"), S(""), NULL));
	if (a.id) TRY(tell(c, "report.refused_to_issue", a.id, number, STR_NONE));
	struct lottery_case_get_row row;
	bool found;
	TRY(lottery_case_get(c, number, &row, &found));
	TRY(case_value(c, number, &row, &out->value));
	out->location = str_printf(c->arena, "/lottery/reports/%.*s", STR_FMT(number));
	return OK;
}

err_t report_form(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	out->value = value_object(c->arena);
	value_put_instant(c->arena, out->value, "now", c->now);
	return OK;
}

/* The reporter's own; officers see it in their queue, with its number only. */
err_t lottery_report_show(struct ctx *c, const void *input, struct reply *out)
{
	const struct case_in *in = input;
	struct lottery_case_get_row row;
	bool found;
	TRY(lottery_case_get(c, in->number, &row, &found));
	if (!found || (row.person_id != c->caller.person_id && !c->caller.officer))
		return RAISE(c, E_NOT_FOUND, &not_there);
	if (row.person_id != c->caller.person_id) TRY(access_open(c, row.person_id, "lottery-report"));
	TRY(case_value(c, in->number, &row, &out->value));
	value_put_bool(c->arena, out->value, "may_decide", c->caller.officer && !str_is(row.state, "closed"));
	value_put_bool(c->arena, out->value, "is_closed", str_is(row.state, "closed"));
	return OK;
}

/* --- officers --- */

err_t case_queue(struct ctx *c, const void *input, struct reply *out)
{
	static const char *const states[] = { "open", "checking", "closed" };
	(void)input;
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "cases");
	for (size_t k = 0; k < COUNT(states); k++) {
		struct lottery_cases_by_state_row *rows;
		size_t n;
		TRY(lottery_cases_by_state(c, str_c(states[k]), &rows, &n));
		for (size_t i = 0; i < n; i++) {
			struct value *v = value_object(c->arena);
			value_put_str(c->arena, v, "number", rows[i].case_no);
			value_put_str(c->arena, v, "seller", rows[i].seller);
			value_put_instant(c->arena, v, "happened_at", rows[i].happened_at);
			value_put_str(c->arena, v, "state", rows[i].state);
			value_put_str(c->arena, v, "state_title", tr(c, state_words(rows[i].state)));
			value_put_date(c->arena, v, "due_on", rows[i].due_on);
			value_put_bool(c->arena, v, "is_closed", k == 2);
			value_push(c->arena, list, v);
		}
	}
	value_put_bool(c->arena, out->value, "any", list->count > 0);
	return OK;
}

/* Without an outcome: taken up. With one: closed, and the reporter is told. */
err_t case_decide(struct ctx *c, const void *input, struct reply *out)
{
	const struct decide_in *in = input;
	struct lottery_case_get_row row;
	struct lottery_steps_row *steps;
	size_t n;
	bool found, done = in->outcome.n > 0;
	TRY(lottery_case_get(c, in->number, &row, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &not_there);
	if (str_is(row.state, "closed")) return RAISE(c, E_CONFLICT, &closed);
	TRY(lottery_steps(c, in->number, &steps, &n));
	struct str state = done ? S("closed") : S("checking");
	TRY(lottery_case_move(c, state, done ? in->outcome : S(""), in->number, NULL));
	TRY(lottery_step_insert(c, in->number, (int64_t)n + 1, c->now, state, in->note.p ? in->note : S(""), NULL));
	TRY(tell(c, "lottery.case", row.person_id, in->number, done ? in->outcome : STR_NONE));
	TRY(lottery_case_get(c, in->number, &row, &found));
	return case_value(c, in->number, &row, &out->value);
}
