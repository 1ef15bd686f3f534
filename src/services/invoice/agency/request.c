/* Asking, and the way to the invoice. */
#include "services/invoice/agency/request.h"
#include "kernel/access/access.h"
#include "kernel/i18n/i18n.h"
#include "kernel/outbox/outbox.h"
#include "kernel/receipt/receipt.h"
#include "services/foundation/identity/identity.h"
#include "services/foundation/ledger/ledger.h"
#include "services/foundation/registry/registry.h"

static const struct fault_def not_person = { "agency-person", N_("代开发票只为没有办理税务登记的自然人办理"),
	N_("有税务登记的，请自己开具发票"), N_("发票管理办法 第十六条") };
static const struct fault_def open_one = { "agency-open", N_("上一份代开申请还没有办完，先缴税或者撤销"), NULL, NULL };
static const struct fault_def no_request = { "agency-unknown", N_("没有这份代开申请"), NULL, NULL };
static const struct fault_def wrong_state = { "agency-state", N_("这份申请现在是“{1}”，不能这样办"), NULL, NULL };
static const struct fault_def paid_some = { "agency-paid", N_("税款正在扣缴或已缴，不能撤销"), NULL, NULL };
static const struct fault_def need_note = { "agency-note", N_("请写明理由，申请人会看到"), NULL, NULL };

static const char *state_words(int64_t state)
{
	static const char *const words[] = { "", N_("待审核"), N_("待缴税"), N_("已开具"), N_("不予代开"), N_("已撤销"),
		N_("逾期未缴，已作废") };
	return state >= AGENCY_REVIEW && state <= AGENCY_EXPIRED ? words[state] : "";
}

static const char *risk_words(struct str code)
{
	return str_is(code, "large")  ? N_("单笔超过 10 万元")
	       : str_is(code, "many") ? N_("本月已代开 10 次以上")
	       : str_is(code, "self") ? N_("购买方是申请人自己")
	                              : "";
}

static struct value *request_value(struct ctx *c, const agency_row *r)
{
	struct arena *a = c->arena;
	struct value *v = value_object(a);
	value_put_str(a, v, "id", str_from_int(a, r->request_id));
	value_put_int(a, v, "state", r->state);
	value_put_str(a, v, "state_words", tr(c, state_words(r->state)));
	value_put_c(a, v, "kind", r->special ? "special" : "ordinary");
	struct value *buyer = value_put_object(a, v, "buyer");
	value_put_str(a, buyer, "tax_id", r->buyer_tax_id.n ? r->buyer_tax_id : STR_NONE);
	value_put_str(a, buyer, "name", r->buyer_name);
	value_put_str(a, v, "tax_code", r->tax_code);
	value_put_str(a, v, "item", r->item);
	value_put_str(a, v, "proof", r->proof);
	value_put_money(a, v, "total", r->total);
	value_put_str(a, v, "rate", rate_format(a, PPM((int32_t)r->rate_ppm)));
	value_put_bool(a, v, "exempt", r->exempt);
	value_put_bool(a, v, "reduced", r->reduced);
	value_put_money(a, v, "vat", r->vat);
	value_put_money(a, v, "urban_construction", r->urban);
	value_put_money(a, v, "education", r->education);
	value_put_money(a, v, "local_education", r->local);
	value_put_money(a, v, "due", FEN(r->vat.fen + r->urban.fen + r->education.fen + r->local.fen));
	value_put_str(a, v, "income_tax",
	        tr(c, str_is(str_sub(r->tax_code, 0, 9), "304050202")
	                        ? N_("个人所得税按财产租赁所得，由您自行申报或由支付方扣缴")
	                        : N_("个人所得税由支付方按劳务报酬等所得预扣预缴，代开时不征收")));
	value_put_str(a, v, "risk", r->risk.n ? tr(c, risk_words(r->risk)) : STR_NONE);
	const char *back = str_is(r->note, AGENCY_REVERSED) ? N_("发票已红冲，税款待退")
	                   : str_is(r->note, AGENCY_PARTLY) ? N_("发票已部分红冲，这部分税款待退")
	                                                    : NULL;
	value_put_str(a, v, "note", back ? tr(c, back) : r->note.n ? r->note : STR_NONE);
	value_put_str(a, v, "number", r->number.n ? r->number : STR_NONE);
	value_put_instant(a, v, "asked_at", r->asked_at);
	value_put_date(a, v, "pay_until", r->pay_until);
	return v;
}

static err_t tell(struct ctx *c, const agency_row *r)
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "id", str_from_int(c->arena, r->request_id));
	value_put_bool(c->arena, v, "issued", r->state == AGENCY_ISSUED);
	value_put_str(c->arena, v, "number", r->number);
	value_put_str(c->arena, v, "item", r->item);
	value_put_money(c->arena, v, "total", r->total);
	return outbox_emit(c, "agency.changed", r->person_id, value_json(c->arena, v));
}

static err_t save(struct ctx *c, const agency_row *r)
{
	TRY(agency_set(c, r->state, r->note, r->number, r->pay_until, r->person_id, r->request_id, NULL));
	return tell(c, r);
}

static err_t issue(struct ctx *c, agency_row *r)
{
	struct party person;
	bool found;
	TRY(identity_party(c, r->person_id, &person, &found));
	if (!found) return E_INTERNAL;
	struct issue_agency a = { .seller_id = r->person_id,
		.tax_id = person.tax_id,
		.name = person.name,
		.request = str_from_int(c->arena, r->request_id),
		.buyer_tax_id = r->buyer_tax_id.n ? r->buyer_tax_id : STR_NONE,
		.buyer_name = r->buyer_name,
		.tax_code = r->tax_code,
		.item = r->item,
		.remark = r->remark.n ? r->remark : STR_NONE,
		.total = r->total,
		.rate = PPM((int32_t)r->rate_ppm),
		.special = r->special,
		.exempt = r->exempt,
		.reduced = r->reduced };
	TRY(issue_agency(c, &a, &r->number));
	r->state = AGENCY_ISSUED;
	return OK;
}

/* All taxes of the month are paid, by an order or by what was due for refund. */
static err_t all_paid(struct ctx *c, const agency_row *r, bool *paid)
{
	static const char *const taxes[AGENCY_TAXES] = { "vat", "urban_construction", "education", "local_education" };
	const struct money sums[AGENCY_TAXES] = { r->vat, r->urban, r->education, r->local };
	*paid = true;
	for (size_t i = 0; i < AGENCY_TAXES; i++) {
		struct obligation o;
		bool found;
		if (!sums[i].fen) continue;
		TRY(ledger_obligation_for(c, r->person_id, str_c(taxes[i]), r->period, &o, &found));
		if (!found || o.paid.fen < o.assessed.fen) *paid = false;
	}
	return OK;
}

/* Tax first (发票管理办法 第十六条): without tax the invoice comes at once. */
err_t agency_go_on(struct ctx *c, agency_row *r)
{
	r->pay_until = date_add_days(c->today, AGENCY_PAY_DAYS);
	if (r->vat.fen + r->urban.fen + r->education.fen + r->local.fen == 0) return issue(c, r);
	bool paid;
	r->state = AGENCY_TO_PAY;
	TRY(agency_assess(c, r, false));
	TRY(all_paid(c, r, &paid));
	return paid ? issue(c, r) : OK;
}

/* --- the person --- */

err_t agency_form(struct ctx *c, const void *input, struct reply *out)
{
	struct agency_list_rows_row *rows;
	struct taxpayer t;
	size_t n;
	bool firm;
	(void)input;
	TRY(access_open(c, c->caller.subject_id, "invoices"));
	TRY(registry_taxpayer_head(c, c->caller.subject_id, &t, &firm));
	TRY(agency_list_rows(c, c->caller.subject_id, &rows, &n));
	struct value *v = out->value = value_object(c->arena), *list = value_put_array(c->arena, v, "requests");
	value_put_bool(c->arena, v, "may_ask", !firm);
	for (size_t i = 0; i < n; i++) {
		struct value *one = value_object(c->arena);
		value_put_str(c->arena, one, "id", str_from_int(c->arena, rows[i].request_id));
		value_put_int(c->arena, one, "state", rows[i].state);
		value_put_str(c->arena, one, "state_words", tr(c, state_words(rows[i].state)));
		value_put_str(c->arena, one, "item", rows[i].item);
		value_put_str(c->arena, one, "buyer", rows[i].buyer_name);
		value_put_money(c->arena, one, "total", rows[i].total);
		value_put_str(c->arena, one, "number", rows[i].number.n ? rows[i].number : STR_NONE);
		value_put_instant(c->arena, one, "asked_at", rows[i].asked_at);
		value_push(c->arena, list, one);
	}
	return OK;
}

static struct str or_empty(struct str s)
{
	return s.p ? s : S("");
}

err_t agency_create(struct ctx *c, const void *input, struct reply *out)
{
	const struct agency_in *in = input;
	struct agency_open_of_row open;
	struct taxpayer t;
	struct party person;
	struct value *receipt;
	const char *risk;
	bool found;
	TRY(registry_taxpayer_head(c, c->caller.subject_id, &t, &found));
	if (found) return RAISE(c, E_CONFLICT, &not_person);
	TRY(identity_party(c, c->caller.subject_id, &person, &found));
	if (!found || !person.person) return RAISE(c, E_CONFLICT, &not_person);
	TRY(agency_open_of(c, person.id, &open, &found));
	if (found) return RAISE(c, E_CONFLICT, &open_one);
	agency_row r = { .person_id = person.id,
		.request_id = db_new_id(c),
		.special = str_is(in->kind, "special"),
		.buyer_tax_id = or_empty(in->buyer.tax_id),
		.buyer_name = in->buyer.name,
		.tax_code = in->tax_code,
		.item = in->item,
		.remark = or_empty(in->remark),
		.proof = in->proof,
		.months = in->months,
		.period = period_format(c->arena, period_of(PERIOD_MONTH, c->today)),
		.total = in->total,
		.note = S(""),
		.number = S(""),
		.asked_at = c->now,
		.pay_until = c->today,
		.state = AGENCY_REVIEW };
	TRY(agency_compute(c, &r));
	TRY(agency_risk(c, &r, person.tax_id, &risk));
	r.risk = str_c(risk);
	TRY(agency_insert(c, r.person_id, r.request_id, r.state, r.special, r.buyer_tax_id, r.buyer_name, r.tax_code,
	        r.item, r.remark, r.proof, r.months, r.period, r.total, r.rate_ppm, r.exempt, r.reduced, r.vat, r.urban,
	        r.education, r.local, r.risk, r.note, r.number, r.asked_at, r.pay_until, NULL));
	if (!r.risk.n) TRY(agency_go_on(c, &r));
	TRY(save(c, &r));
	TRY(receipt_issue(c, ACT_AGENCY_REQUESTED, r.person_id, request_value(c, &r), &receipt, NULL));
	out->value = request_value(c, &r);
	value_put(c->arena, out->value, "receipt", receipt);
	out->status = 201;
	return OK;
}

static err_t load(struct ctx *c, int64_t person, int64_t id, agency_row *r)
{
	bool found;
	TRY(agency_get(c, person, id, r, &found));
	return found ? OK : RAISE(c, E_NOT_FOUND, &no_request);
}

err_t agency_show(struct ctx *c, const void *input, struct reply *out)
{
	const struct agency_id_in *in = input;
	agency_row r;
	TRY(access_open(c, c->caller.subject_id, "invoices"));
	TRY(load(c, c->caller.subject_id, in->id, &r));
	out->value = request_value(c, &r);
	return agency_put_returned(c, &r, out->value);
}

err_t agency_withdraw(struct ctx *c, const void *input, struct reply *out)
{
	const struct agency_id_in *in = input;
	agency_row r;
	bool paid;
	TRY(load(c, c->caller.subject_id, in->id, &r));
	if (r.state != AGENCY_REVIEW && r.state != AGENCY_TO_PAY)
		return RAISE(c, E_CONFLICT, &wrong_state, tr(c, state_words(r.state)));
	if (r.state == AGENCY_TO_PAY) {
		TRY(all_paid(c, &r, &paid));
		if (paid) return RAISE(c, E_CONFLICT, &paid_some);
		TRY(agency_assess(c, &r, true));
	}
	r.state = AGENCY_WITHDRAWN;
	TRY(save(c, &r));
	out->value = request_value(c, &r);
	return OK;
}

/* --- money arrived --- */

static err_t paid_one(struct ctx *c, int64_t person_id)
{
	struct agency_open_of_row open;
	agency_row r;
	bool found, paid;
	TRY(agency_open_of(c, person_id, &open, &found));
	if (!found || open.state != AGENCY_TO_PAY) return OK;
	TRY(load(c, person_id, open.request_id, &r));
	TRY(all_paid(c, &r, &paid));
	if (!paid) return OK;
	TRY(issue(c, &r));
	return save(c, &r);
}

err_t agency_paid(struct ctx *c, const struct event *events, size_t n)
{
	for (size_t i = 0; i < n; i++)
		TRY(paid_one(c, events[i].subject_id));
	return OK;
}

/* --- not paid in time --- */

static err_t expire_one(struct ctx *c, void *arg)
{
	const struct agency_unpaid_row *u = arg;
	agency_row r;
	bool paid;
	TRY(load(c, u->person_id, u->request_id, &r));
	if (r.state != AGENCY_TO_PAY) return OK;
	TRY(all_paid(c, &r, &paid));
	if (paid) return OK; /* about to be issued; what was paid in part is due for refund */
	TRY(agency_assess(c, &r, true));
	r.state = AGENCY_EXPIRED;
	return save(c, &r);
}

err_t agency_expire(struct ctx *c, struct str argument)
{
	struct agency_unpaid_row *rows;
	size_t n;
	(void)argument;
	TRY(agency_unpaid(c, c->today, &rows, &n));
	for (size_t i = 0; i < n; i++)
		TRY(db_write(c, expire_one, &rows[i]));
	return OK;
}

/* --- officers --- */

err_t agency_reviews(struct ctx *c, const void *input, struct reply *out)
{
	enum { PAGE = 50 };
	const struct agency_id_in *in = input;
	struct agency_review_rows_row *rows;
	size_t n;
	TRY(agency_review_rows(c, in->after, &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "requests");
	for (size_t i = 0; i < n && i < PAGE; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "id", str_from_int(c->arena, rows[i].request_id));
		value_put_str(c->arena, v, "person", str_from_int(c->arena, rows[i].person_id));
		value_put_str(c->arena, v, "item", rows[i].item);
		value_put_money(c->arena, v, "total", rows[i].total);
		value_put_str(c->arena, v, "risk", tr(c, risk_words(rows[i].risk)));
		value_put_instant(c->arena, v, "asked_at", rows[i].asked_at);
		value_push(c->arena, list, v);
	}
	value_put_str(
	        c->arena, out->value, "next", n > PAGE ? str_from_int(c->arena, rows[PAGE - 1].request_id) : STR_NONE);
	return OK;
}

static err_t review_value(struct ctx *c, const agency_row *r, struct value **out)
{
	struct party person;
	bool found;
	TRY(identity_party(c, r->person_id, &person, &found));
	*out = request_value(c, r);
	value_put_str(c->arena, *out, "person", str_from_int(c->arena, r->person_id));
	value_put_str(c->arena, *out, "name", found ? person.name : STR_NONE);
	return OK;
}

err_t agency_review(struct ctx *c, const void *input, struct reply *out)
{
	const struct agency_id_in *in = input;
	agency_row r;
	TRY(access_open_or(c, in->person, "agency-request", &no_request));
	TRY(load(c, in->person, in->id, &r));
	return review_value(c, &r, &out->value);
}

err_t agency_decide(struct ctx *c, const void *input, struct reply *out)
{
	const struct agency_id_in *in = input;
	agency_row r;
	bool refuse = str_is(in->decision, "refuse");
	if (!c->purpose.p) c->purpose = S("代开审核"); /* the act says what for */
	TRY(access_open_or(c, in->person, "agency-request", &no_request));
	TRY(load(c, in->person, in->id, &r));
	if (refuse && !in->note.n) FAULT(c, S("/note"), &need_note);
	TRY(problem_result(&c->problem));
	if (r.state != AGENCY_REVIEW) return RAISE(c, E_CONFLICT, &wrong_state, tr(c, state_words(r.state)));
	r.note = or_empty(in->note);
	if (refuse)
		r.state = AGENCY_REFUSED;
	else
		TRY(agency_go_on(c, &r));
	TRY(save(c, &r));
	struct value *receipt;
	TRY(receipt_issue(c, ACT_AGENCY_REQUESTED, r.person_id, request_value(c, &r), &receipt, NULL));
	TRY(review_value(c, &r, &out->value));
	value_put(c->arena, out->value, "receipt", receipt);
	return OK;
}

err_t agency_fsck(struct ctx *c, struct fsck *f)
{
	struct agency_wrong_row *rows;
	struct agency_returned_wrong_row *back;
	size_t n;
	TRY(agency_wrong(c, &rows, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(
		        f, "agency request %lld: its state and its invoice do not fit", (long long)rows[i].request_id);
	TRY(agency_returned_wrong(c, &back, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "agency request %lld: what was given back is not what its invoice says",
		        (long long)back[i].request_id);
	return OK;
}
