/* Applying and deciding. Low risk: at once, by the formula, up to its ceiling; the rest goes to an officer. */
#include "services/invoice/quota/request.h"
#include "base/calendar.h"
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/outbox/outbox.h"
#include "kernel/receipt/receipt.h"
#include "quota_sql.h"
#include "services/foundation/identity/identity.h"
#include "services/invoice/issue/issue.h"

static const struct fault_def no_taxpayer = { "taxpayer-unknown", N_("没有这个办事身份的税务登记，没有发票总额度"),
	NULL, NULL };
static const struct fault_def this_month = { "period-month", N_("只能申请本月的额度：{1}"), NULL, NULL };
static const struct fault_def open_one = { "quota-open", N_("上一份额度申请还没有办完，办完再申请，或者先撤销"), NULL,
	NULL };
static const struct fault_def no_request = { "quota-unknown", N_("没有这份额度申请"), NULL, NULL };
static const struct fault_def wrong_step = { "quota-state", N_("这份申请现在是“{1}”，不能这样办"), NULL, NULL };
static const struct fault_def need_note = { "quota-note", N_("请写明理由，申请人会看到"), NULL, NULL };
static const struct fault_def low_grant = { "quota-grant", N_("批准的额度不能低于现在的 {1} 元"), NULL, NULL };
static const struct fault_def past_month = { "quota-past", N_("申请的月份已经过去，不能再批准"), NULL, NULL };

typedef struct quota_request_get_row row_t;

/* --- what both sides see --- */

static struct value *json_or_null(struct ctx *c, struct str text)
{
	struct value *v;
	struct json_fault where;
	return text.n && json_parse(c->arena, text, &v, &where) == OK ? v : value_null(c->arena);
}

static struct value *request_value(struct ctx *c, int64_t id, const row_t *r)
{
	struct arena *a = c->arena;
	struct value *v = value_object(a);
	value_put_str(a, v, "id", str_from_int(a, id));
	value_put_str(a, v, "period", r->period);
	value_put_money(a, v, "amount", r->amount);
	value_put_money(a, v, "contracts", r->contracts);
	value_put_str(a, v, "reason", r->reason.n ? r->reason : STR_NONE);
	value_put_str(a, v, "state", str_printf(a, "%02d", (int)r->state));
	value_put_str(a, v, "state_words", tr(c, quota_state_words((enum quota_state)r->state)));
	value_put_bool(a, v, "instant", r->instant);
	value_put_money(a, v, "granted", r->granted);
	value_put_str(a, v, "note", r->note.n ? r->note : STR_NONE);
	value_put_instant(a, v, "asked_at", r->asked_at);
	if (r->decided_at)
		value_put_instant(a, v, "decided_at", r->decided_at);
	else
		value_put(a, v, "decided_at", value_null(a));
	const struct value *why = json_or_null(c, r->document);
	static const char *const members[] = { "formula", "inputs", "limit", "ceiling", "at_once", "ways", "law" };
	for (size_t i = 0; i < COUNT(members); i++) {
		const struct value *m = value_get(why, str_c(members[i]));
		value_put(a, v, members[i], m ? (struct value *)(uintptr_t)m : value_null(a));
	}
	return v;
}

static err_t taxpayer_of(struct ctx *c, int64_t id, struct taxpayer *t)
{
	bool found;
	TRY(registry_taxpayer_head(c, id, t, &found));
	return found ? OK : RAISE(c, E_NOT_FOUND, &no_taxpayer);
}

static struct str this_period(struct ctx *c)
{
	return period_format(c->arena, period_of(PERIOD_MONTH, c->today));
}

err_t quota_held(struct ctx *c, int64_t taxpayer_id, bool *held, struct money *full)
{
	struct quota_change_last_row last = { 0 };
	bool found;
	TRY(quota_change_last(c, taxpayer_id, this_period(c), &last, &found));
	*held = found && last.after.fen < last.full.fen;
	*full = last.full;
	return OK;
}

static err_t put_requests(struct ctx *c, struct value *out)
{
	struct quota_requests_row *rows;
	struct quota_changes_row *changes;
	size_t n;
	TRY(quota_requests(c, c->caller.subject_id, &rows, &n));
	struct value *list = value_put_array(c->arena, out, "requests");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "id", str_from_int(c->arena, rows[i].request_id));
		value_put_str(c->arena, v, "period", rows[i].period);
		value_put_money(c->arena, v, "amount", rows[i].amount);
		value_put_str(c->arena, v, "state", str_printf(c->arena, "%02d", (int)rows[i].state));
		value_put_str(c->arena, v, "state_words", tr(c, quota_state_words((enum quota_state)rows[i].state)));
		value_put_money(c->arena, v, "granted", rows[i].granted);
		value_put_instant(c->arena, v, "asked_at", rows[i].asked_at);
		value_push(c->arena, list, v);
	}
	TRY(quota_changes(c, c->caller.subject_id, &changes, &n));
	list = value_put_array(c->arena, out, "changes");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "period", changes[i].period);
		value_put_str(c->arena, v, "way", changes[i].way);
		value_put_money(c->arena, v, "before", changes[i].before);
		value_put_money(c->arena, v, "after", changes[i].after);
		value_put_instant(c->arena, v, "at", changes[i].at);
		value_push(c->arena, list, v);
	}
	return OK;
}

static err_t put_now(struct ctx *c, const struct taxpayer *t, struct value *out)
{
	struct quota_inputs in;
	struct money used, full;
	bool held;
	TRY(quota_inputs_of(c, t, &in));
	TRY(issue_quota_of(c, t->id, this_period(c), &used));
	value_put_str(c->arena, out, "period", this_period(c));
	value_put_money(c->arena, out, "quota", t->quota);
	value_put_money(c->arena, out, "used", used);
	value_put_money(c->arena, out, "left", FEN(t->quota.fen > used.fen ? t->quota.fen - used.fen : 0));
	TRY(quota_held(c, t->id, &held, &full));
	value_put_bool(c->arena, out, "held_until_filed", held);
	value_put_money(c->arena, out, "full", held ? full : t->quota);
	return quota_explain(c, &in, t->quota, out);
}

err_t quota_show(struct ctx *c, const void *input, struct reply *out)
{
	struct taxpayer t = { 0 };
	(void)input;
	TRY(access_open(c, c->caller.subject_id, "invoices"));
	TRY(taxpayer_of(c, c->caller.subject_id, &t));
	out->value = value_object(c->arena);
	TRY(put_now(c, &t, out->value));
	return put_requests(c, out->value);
}

/* --- applying --- */

err_t quota_change_to(
        struct ctx *c, int64_t taxpayer_id, struct money before, struct money after, struct money full, const char *way)
{
	TRY(registry_quota_set(c, taxpayer_id, after, str_is(str_c(way), "manual") ? "officer" : "rule"));
	return quota_change_insert(
	        c, taxpayer_id, db_new_id(c), this_period(c), str_c(way), before, after, full, c->now, NULL);
}

/* Told to the taxpayer; the receipt is the decision's proof. */
static err_t prove(struct ctx *c, int64_t taxpayer_id, int64_t id, const row_t *r, struct value **receipt)
{
	struct value *act = value_object(c->arena), *event = value_object(c->arena);
	value_put_str(c->arena, act, "request", str_from_int(c->arena, id));
	value_put_str(c->arena, act, "period", r->period);
	value_put_money(c->arena, act, "amount", r->amount);
	value_put_int(c->arena, act, "state", r->state);
	value_put_money(c->arena, act, "granted", r->granted);
	value_put_str(c->arena, act, "document", r->document);
	TRY(receipt_issue(c, ACT_QUOTA_DECIDED, taxpayer_id, act, receipt, NULL));
	if (r->instant) return OK;
	value_put_str(c->arena, event, "id", str_from_int(c->arena, id));
	value_put_bool(c->arena, event, "granted", r->state == QUOTA_GRANTED);
	value_put_money(c->arena, event, "granted_sum", r->granted);
	value_put_money(c->arena, event, "amount", r->amount);
	return outbox_emit(c, "quota.decided", taxpayer_id, value_json(c->arena, event));
}

static err_t check_request(struct ctx *c, const struct request_in *in)
{
	struct quota_request_open_row open;
	struct period now = period_of(PERIOD_MONTH, c->today);
	bool found;
	if (in->has_period &&
	        (in->period.kind != PERIOD_MONTH || in->period.year != now.year || in->period.index != now.index))
		FAULT(c, S("/period"), &this_month, period_format(c->arena, now));
	TRY(problem_result(&c->problem));
	TRY(quota_request_open(c, c->caller.subject_id, &open, &found));
	return found ? RAISE(c, E_CONFLICT, &open_one) : OK;
}

/* At once when the formula allows it and nobody has to judge evidence. */
static void judge(const struct quota_figures *f, struct money now, row_t *r, instant_us at)
{
	bool covered = r->amount.fen <= now.fen,
	     at_once = f->good && !r->contracts.fen && r->amount.fen <= f->ceiling.fen;
	r->instant = covered || at_once;
	r->state = r->instant ? QUOTA_GRANTED : QUOTA_SUBMITTED;
	r->granted = r->instant ? (covered ? now : r->amount) : FEN(0);
	r->decided_at = r->instant ? at : 0;
	r->note = S("");
}

err_t quota_request(struct ctx *c, const void *input, struct reply *out)
{
	const struct request_in *in = input;
	struct taxpayer t = { 0 };
	struct quota_inputs inputs;
	struct quota_figures f;
	struct value *why = value_object(c->arena), *receipt;
	TRY(taxpayer_of(c, c->caller.subject_id, &t));
	TRY(check_request(c, in));
	TRY(quota_inputs_of(c, &t, &inputs));
	TRY(quota_compute(c, &inputs, &f, NULL));
	row_t r = { .period = this_period(c),
		.amount = in->amount,
		.contracts = in->has_contracts ? in->contracts : FEN(0),
		.reason = in->reason.p ? in->reason : S(""),
		.asked_at = c->now };
	judge(&f, t.quota, &r, c->now);
	TRY(quota_explain(c, &inputs, r.instant ? r.granted : t.quota, why));
	r.document = value_json(c->arena, why);
	int64_t id = db_new_id(c);
	TRY(quota_request_insert(c, t.id, id, r.period, r.amount, r.contracts, r.reason, r.instant, r.state, r.granted,
	        r.note, r.document, r.asked_at, r.decided_at, NULL));
	if (r.instant && r.granted.fen > t.quota.fen)
		TRY(quota_change_to(c, t.id, t.quota, r.granted, r.granted, "temporary"));
	TRY(prove(c, t.id, id, &r, &receipt));
	out->value = request_value(c, id, &r);
	value_put_money(c->arena, out->value, "quota", r.instant ? r.granted : t.quota);
	value_put(c->arena, out->value, "receipt", receipt);
	out->status = 201;
	return OK;
}

static err_t own_request(struct ctx *c, int64_t id, row_t *r)
{
	bool found;
	TRY(quota_request_get(c, c->caller.subject_id, id, r, &found));
	return found ? OK : RAISE(c, E_NOT_FOUND, &no_request);
}

err_t quota_request_show(struct ctx *c, const void *input, struct reply *out)
{
	const struct request_id_in *in = input;
	row_t r = { 0 };
	TRY(access_open(c, c->caller.subject_id, "invoices"));
	TRY(own_request(c, in->id, &r));
	out->value = request_value(c, in->id, &r);
	return OK;
}

static err_t step(struct ctx *c, row_t *r, const char *event)
{
	enum quota_state state = (enum quota_state)r->state;
	if (!quota_state_step(&state, str_c(event)))
		return RAISE(c, E_CONFLICT, &wrong_step, str_c(quota_state_words((enum quota_state)r->state)));
	r->state = state;
	return OK;
}

err_t quota_withdraw(struct ctx *c, const void *input, struct reply *out)
{
	const struct request_id_in *in = input;
	row_t r = { 0 };
	TRY(own_request(c, in->id, &r));
	TRY(step(c, &r, "withdraw"));
	r.decided_at = c->now;
	TRY(quota_request_set(c, r.state, FEN(0), r.note, r.decided_at, c->caller.subject_id, in->id, NULL));
	out->value = request_value(c, in->id, &r);
	return OK;
}

/* 补正: what was asked for, again. */
err_t quota_correct(struct ctx *c, const void *input, struct reply *out)
{
	const struct request_id_in *in = input;
	row_t r = { 0 };
	TRY(own_request(c, in->id, &r));
	TRY(step(c, &r, "correct"));
	r.amount = in->amount;
	if (in->has_contracts) r.contracts = in->contracts;
	r.reason = in->reason;
	TRY(quota_request_amend(c, r.amount, r.contracts, r.reason, c->caller.subject_id, in->id, NULL));
	out->value = request_value(c, in->id, &r);
	return OK;
}

/* --- officers --- */

/* Five working days, as the page of the application promises. */
static struct date due_of(struct ctx *c, instant_us asked_at)
{
	enum { WORKING_DAYS = 5 };
	return calendar_add_working(c->app->calendar, date_of_instant(asked_at), WORKING_DAYS);
}

err_t quota_reviews(struct ctx *c, const void *input, struct reply *out)
{
	enum { PAGE = 50 };
	const struct review_in *in = input;
	struct quota_waiting_row *rows;
	struct taxpayer t = { 0 };
	size_t n;
	bool found;
	TRY(quota_waiting(c, in->after, &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "requests");
	for (size_t i = 0; i < n && i < PAGE; i++) {
		struct value *v = value_object(c->arena);
		TRY(registry_taxpayer_head(c, rows[i].taxpayer_id, &t, &found));
		value_put_str(c->arena, v, "id", str_from_int(c->arena, rows[i].request_id));
		value_put_str(c->arena, v, "taxpayer", str_from_int(c->arena, rows[i].taxpayer_id));
		value_put_str(c->arena, v, "name", found ? t.name : STR_NONE);
		value_put_str(c->arena, v, "period", rows[i].period);
		value_put_money(c->arena, v, "amount", rows[i].amount);
		value_put_money(c->arena, v, "contracts", rows[i].contracts);
		value_put_str(c->arena, v, "state", str_printf(c->arena, "%02d", (int)rows[i].state));
		value_put_str(c->arena, v, "state_words", tr(c, quota_state_words((enum quota_state)rows[i].state)));
		value_put_instant(c->arena, v, "asked_at", rows[i].asked_at);
		value_put_date(c->arena, v, "due_on", due_of(c, rows[i].asked_at));
		value_push(c->arena, list, v);
	}
	value_put_str(
	        c->arena, out->value, "next", n > PAGE ? str_from_int(c->arena, rows[PAGE - 1].request_id) : STR_NONE);
	return OK;
}

static err_t load_review(struct ctx *c, const struct review_in *in, row_t *r, struct taxpayer *t)
{
	bool found;
	TRY(access_open_or(c, in->taxpayer, "invoice-quota", &no_request));
	TRY(quota_request_get(c, in->taxpayer, in->id, r, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &no_request);
	return taxpayer_of(c, in->taxpayer, t);
}

static struct value *review_value(struct ctx *c, const struct review_in *in, const row_t *r, const struct taxpayer *t)
{
	struct value *v = request_value(c, in->id, r);
	value_put_str(c->arena, v, "taxpayer", str_from_int(c->arena, in->taxpayer));
	value_put_str(c->arena, v, "name", t->name);
	value_put_str(c->arena, v, "tax_id", t->uscc);
	value_put_money(c->arena, v, "quota", t->quota);
	value_put_date(c->arena, v, "due_on", due_of(c, r->asked_at));
	return v;
}

err_t quota_review_show(struct ctx *c, const void *input, struct reply *out)
{
	const struct review_in *in = input;
	struct taxpayer t = { 0 };
	row_t r = { 0 };
	TRY(load_review(c, in, &r, &t));
	out->value = review_value(c, in, &r, &t);
	return OK;
}

static err_t grant(struct ctx *c, const struct review_in *in, row_t *r, const struct taxpayer *t)
{
	struct money to = in->has_amount ? in->amount : r->amount;
	if (!str_eq(r->period, this_period(c))) return RAISE(c, E_CONFLICT, &past_month);
	if (to.fen < t->quota.fen) FAULT(c, S("/amount"), &low_grant, money_grouped(c->arena, t->quota));
	TRY(problem_result(&c->problem));
	r->granted = to;
	return quota_change_to(c, t->id, t->quota, to, to, "manual");
}

err_t quota_decide(struct ctx *c, const void *input, struct reply *out)
{
	const struct review_in *in = input;
	struct taxpayer t = { 0 };
	struct value *receipt = NULL;
	row_t r = { 0 };
	bool against = str_is(in->decision, "refuse") || str_is(in->decision, "return") || str_is(in->decision, "deny");
	if (!c->purpose.p) c->purpose = S("发票额度审核"); /* the act says what for */
	TRY(load_review(c, in, &r, &t));
	if (against && !in->note.n) FAULT(c, S("/note"), &need_note);
	TRY(problem_result(&c->problem));
	TRY(step(c, &r, str_dup(c->arena, in->decision).p));
	if (r.state == QUOTA_GRANTED) TRY(grant(c, in, &r, &t));
	r.note = in->note.p ? in->note : S("");
	r.decided_at = c->now;
	TRY(quota_request_set(c, r.state, r.granted, r.note, r.decided_at, t.id, in->id, NULL));
	TRY(prove(c, t.id, in->id, &r, &receipt));
	if (r.granted.fen) t.quota = r.granted;
	out->value = review_value(c, in, &r, &t);
	value_put(c->arena, out->value, "receipt", receipt);
	return OK;
}
