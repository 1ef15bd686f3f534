/* Applying for paper invoices and deciding (发票领用, A07.2): at once by the formula, or by an officer. */
#include "base/ids.h"
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/keys/keys.h"
#include "kernel/outbox/outbox.h"
#include "kernel/receipt/receipt.h"
#include "paper_sql.h"
#include "services/invoice/paper/own.h"

static const struct fault_def no_taxpayer = { "taxpayer-unknown", N_("没有这个办事身份的税务登记，不能领用纸质发票"),
	NULL, NULL };
static const struct fault_def open_one = { "paper-open", N_("上一份同种类的申请还没有办完，签收以后再申请"), NULL,
	NULL };
static const struct fault_def none_left = { "paper-none", N_("这次不能发：{1}"),
	N_("把用过的先上报；或者写明理由，由税务人员办理"), N_("发票管理办法 第十五条") };
static const struct fault_def need_recipient = { "paper-recipient", N_("邮寄要写收件人"), NULL, NULL };
static const struct fault_def need_address = { "paper-address", N_("邮寄要写收件地址"), NULL, NULL };
static const struct fault_def need_phone = { "paper-phone", N_("邮寄要写收件人的手机号，11 位"), NULL, NULL };
static const struct fault_def no_application = { "paper-application", N_("没有这份领用申请"), NULL, NULL };
static const struct fault_def over = { "paper-over", N_("这份申请已经办完"), NULL, NULL };
static const struct fault_def need_note = { "paper-note", N_("请写明理由，申请人会看到"), NULL, NULL };
static const struct fault_def too_many = { "paper-shelf", N_("库存只有 {1}，不够发"), NULL, NULL };
static const struct fault_def on_its_way = { "paper-on-its-way", N_("已经发给您，不能撤销；不签收、不来取会退回"), NULL,
	NULL };

typedef struct paper_application_get_row row_t;

static const struct state_words {
	const char *code, *words, *mark;
} states[] = { { "review", N_("等待税务人员办理"), "warn" }, { "sending", N_("已发给，正在交寄"), "run" },
	{ "on-way", N_("在路上"), "run" }, { "ready", N_("可以来取"), "run" }, { "done", N_("已签收"), "ok" },
	{ "returned", N_("没有签收，已退回"), "bad" }, { "refused", N_("不予发给"), "bad" },
	{ "withdrawn", N_("已撤回"), "off" } };

static const struct state_words *words_of(struct str state)
{
	size_t i = 0;
	while (i + 1 < COUNT(states) && !str_is(state, states[i].code))
		i++;
	return &states[i];
}

/* --- delivery data: personal, stored sealed --- */

struct str delivery_seal(struct ctx *c, const struct delivery *d)
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "recipient", d->recipient);
	value_put_str(c->arena, v, "phone", d->phone);
	value_put_str(c->arena, v, "address", d->address);
	return keys_encrypt(c->app->keys, c->arena, value_json(c->arena, v));
}

err_t delivery_open(struct ctx *c, struct str sealed, struct delivery *out)
{
	struct str text;
	struct value *v;
	struct json_fault where;
	TRY(keys_decrypt(c->app->keys, c->arena, sealed, &text));
	if (json_parse(c->arena, text, &v, &where) != OK) return E_INTERNAL;
	*out = (struct delivery){ value_text(v, "recipient"), value_text(v, "phone"), value_text(v, "address") };
	return OK;
}

/* --- what both sides see --- */

static struct value *parsed(struct ctx *c, struct str text)
{
	struct value *v;
	struct json_fault where;
	return json_parse(c->arena, text, &v, &where) == OK ? v : value_null(c->arena);
}

static void put_head(struct ctx *c, struct value *v, int64_t id, struct str kind, struct str state, struct str way)
{
	const struct state_words *w = words_of(state);
	enum paper_kind k = paper_kind_named(kind);
	value_put_str(c->arena, v, "id", str_from_int(c->arena, id));
	value_put_str(c->arena, v, "kind", kind);
	value_put_str(c->arena, v, "kind_words", tr(c, paper_kinds[k].title));
	value_put_str(c->arena, v, "unit", tr(c, paper_kinds[k].unit));
	value_put_str(c->arena, v, "state", state);
	value_put_str(c->arena, v, "state_words", tr(c, w->words));
	value_put_str(c->arena, v, "way", way);
}

static err_t put_numbers(struct ctx *c, int64_t taxpayer_id, int64_t id, struct value *v)
{
	struct paper_spans_of_row *rows;
	size_t n;
	struct value *list = value_put_array(c->arena, v, "numbers");
	TRY(paper_spans_of(c, taxpayer_id, id, &rows, &n));
	for (size_t i = 0; i < n && i < PAPER_RANGES_SHOWN; i++) {
		struct value *one = value_object(c->arena);
		value_put_str(c->arena, one, "code", rows[i].code);
		value_put_str(c->arena, one, "from", paper_number_text(c->arena, rows[i].from_no));
		value_put_str(c->arena, one, "to", paper_number_text(c->arena, rows[i].to_no));
		value_put_str(c->arena, one, "state", rows[i].state);
		value_push(c->arena, list, one);
	}
	return OK;
}

static void put_instant(struct ctx *c, struct value *v, const char *name, instant_us at)
{
	if (at)
		value_put_instant(c->arena, v, name, at);
	else
		value_put(c->arena, v, name, value_null(c->arena));
}

err_t application_value(struct ctx *c, int64_t taxpayer_id, int64_t id, const row_t *r, bool own, struct value **out)
{
	struct value *v = *out = value_object(c->arena), *why = parsed(c, r->why);
	put_head(c, v, id, r->kind, r->state, r->way);
	value_put_int(c->arena, v, "asked", r->asked);
	value_put_int(c->arena, v, "granted", r->granted);
	value_put_str(c->arena, v, "reason", r->reason.n ? r->reason : STR_NONE);
	value_put_str(c->arena, v, "note", r->note.n ? r->note : STR_NONE);
	value_put_str(c->arena, v, "why_words", why_words(c, why));
	value_put(c->arena, v, "why", why);
	put_instant(c, v, "asked_at", r->asked_at);
	put_instant(c, v, "decided_at", r->decided_at);
	put_instant(c, v, "ended_at", r->ended_at);
	TRY(put_numbers(c, taxpayer_id, id, v));
	value_put(c->arena, v, "parcel", value_null(c->arena));
	value_put(c->arena, v, "pickup", value_null(c->arena));
	if (r->order_no.n) TRY(parcel_put(c, r->order_no, v));
	return str_is(r->way, "courier") ? OK : pickup_put(c, taxpayer_id, id, own, v);
}

static err_t taxpayer_of(struct ctx *c, int64_t id, struct taxpayer *t)
{
	bool found;
	TRY(registry_taxpayer_head(c, id, t, &found));
	return found ? OK : RAISE(c, E_NOT_FOUND, &no_taxpayer);
}

/* --- the taxpayer's stock --- */

static err_t put_kind(struct ctx *c, const struct taxpayer *t, enum paper_kind kind, struct value *list)
{
	struct paper_why w;
	TRY(why_compute(c, t, kind, 1, &w));
	struct value *v = value_object(c->arena);
	value_put_c(c->arena, v, "kind", paper_kinds[kind].code);
	value_put_str(c->arena, v, "kind_words", tr(c, paper_kinds[kind].title));
	value_put_str(c->arena, v, "unit", tr(c, paper_kinds[kind].unit));
	value_put_int(c->arena, v, "open", w.open);
	value_put_int(c->arena, v, "hold", w.hold);
	value_put_int(c->arena, v, "allowed", w.allowed);
	value_put(c->arena, v, "unused", w.ranges);
	value_push(c->arena, list, v);
	return OK;
}

err_t paper_stock(struct ctx *c, const void *input, struct reply *out)
{
	struct taxpayer t = { 0 };
	struct paper_applications_row *rows;
	size_t n;
	(void)input;
	TRY(access_open(c, c->caller.subject_id, "invoices"));
	TRY(taxpayer_of(c, c->caller.subject_id, &t));
	out->value = value_object(c->arena);
	struct value *kinds = value_put_array(c->arena, out->value, "kinds");
	for (int k = PAPER_SPECIAL; k < PAPER_KINDS; k++)
		TRY(put_kind(c, &t, (enum paper_kind)k, kinds));
	TRY(paper_applications(c, t.id, &rows, &n));
	struct value *list = value_put_array(c->arena, out->value, "applications");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		put_head(c, v, rows[i].application_id, rows[i].kind, rows[i].state, rows[i].way);
		value_put_int(c->arena, v, "asked", rows[i].asked);
		value_put_int(c->arena, v, "granted", rows[i].granted);
		value_put_instant(c->arena, v, "asked_at", rows[i].asked_at);
		value_push(c->arena, list, v);
	}
	return OK;
}

/* --- applying --- */

/* The form, and with kind and units the answer that would be given now. */
err_t paper_blank(struct ctx *c, const void *input, struct reply *out)
{
	const struct apply_in *in = input;
	struct taxpayer t = { 0 };
	struct paper_why w;
	TRY(taxpayer_of(c, c->caller.subject_id, &t));
	out->value = value_object(c->arena);
	struct value *form = value_put_object(c->arena, out->value, "form");
	value_put_str(c->arena, form, "kind", in->kind.p ? in->kind : S("roll"));
	if (in->units) value_put_int(c->arena, form, "units", in->units);
	value_put_c(c->arena, form, "way", "courier");
	value_put(c->arena, out->value, "why", value_null(c->arena));
	value_put_str(c->arena, out->value, "why_words", STR_NONE);
	if (!in->units) return OK;
	TRY(why_compute(c, &t, in->kind.p ? paper_kind_named(in->kind) : PAPER_ROLL, in->units, &w));
	struct value *why = why_value(c, &w);
	value_set(c->arena, out->value, S("why"), why);
	value_set(c->arena, out->value, S("why_words"), value_str(c->arena, why_words(c, why)));
	return OK;
}

static err_t check_apply(struct ctx *c, const struct apply_in *in)
{
	struct paper_application_open_row open;
	bool found;
	if (str_is(in->way, "courier")) {
		if (!in->recipient.n) FAULT(c, S("/recipient"), &need_recipient);
		if (!in->address.n) FAULT(c, S("/address"), &need_address);
		if (!in->phone.n || ids_mobile(in->phone) != IDS_OK) FAULT(c, S("/phone"), &need_phone);
	}
	TRY(problem_result(&c->problem));
	TRY(paper_application_open(c, c->caller.subject_id, in->kind, &open, &found));
	return found ? RAISE(c, E_CONFLICT, &open_one) : OK;
}

/* Takes whole units from the shelf, in order of their numbers. */
static err_t take(struct ctx *c, int64_t taxpayer_id, int64_t id, struct str kind, int64_t units)
{
	struct paper_shelf_row *rows;
	size_t n;
	TRY(paper_shelf(c, kind, &rows, &n));
	for (size_t i = 0; i < n && units; i++) {
		struct paper_range r = { rows[i].code, rows[i].from_no, rows[i].to_no, rows[i].per_unit };
		int64_t first, there = paper_units_whole(&r, &first), some = there < units ? there : units;
		if (!some) continue;
		struct paper_change w = { .code = r.code,
			.from = first,
			.to = first + some * r.per_unit - 1,
			.act = PAPER_SEND,
			.new_holder = taxpayer_id,
			.application = id };
		TRY(span_change(c, &w));
		units -= some;
	}
	return units ? RAISE(c, E_CONFLICT, &too_many, S("0")) : OK;
}

/* tell: an officer decided; who was answered at once needs no message. */
static err_t prove(struct ctx *c, int64_t taxpayer_id, int64_t id, const row_t *r, bool tell, struct value **receipt)
{
	struct value *act = value_object(c->arena), *event = value_object(c->arena);
	value_put_str(c->arena, act, "application", str_from_int(c->arena, id));
	value_put_str(c->arena, act, "kind", r->kind);
	value_put_int(c->arena, act, "asked", r->asked);
	value_put_int(c->arena, act, "granted", r->granted);
	value_put_str(c->arena, act, "state", r->state);
	value_put_str(c->arena, act, "why", r->why);
	TRY(put_numbers(c, taxpayer_id, id, act));
	TRY(receipt_issue(c, ACT_PAPER_GRANTED, taxpayer_id, act, receipt, NULL));
	if (!tell) return OK;
	value_put_str(c->arena, event, "id", str_from_int(c->arena, id));
	value_put_int(c->arena, event, "asked", r->asked);
	value_put_int(c->arena, event, "count", r->granted);
	value_put_bool(c->arena, event, "granted", r->granted > 0);
	return outbox_emit(c, "paper.decided", taxpayer_id, value_json(c->arena, event));
}

/* Numbers leave the shelf; a parcel or a code for the pick-up is made. r->granted and r->way are set. */
static err_t dispatch(struct ctx *c, int64_t taxpayer_id, int64_t id, row_t *r)
{
	TRY(take(c, taxpayer_id, id, r->kind, r->granted));
	if (str_is(r->way, "courier")) {
		r->state = S("sending");
		return parcel_open(c, taxpayer_id, id, &r->order_no);
	}
	r->state = S("ready");
	return pickup_open(c, taxpayer_id, id, r->way);
}

err_t paper_apply(struct ctx *c, const void *input, struct reply *out)
{
	const struct apply_in *in = input;
	struct taxpayer t = { 0 };
	struct paper_why w;
	struct value *receipt = NULL;
	TRY(taxpayer_of(c, c->caller.subject_id, &t));
	TRY(check_apply(c, in));
	TRY(why_compute(c, &t, paper_kind_named(in->kind), in->units, &w));
	bool officer = !w.at_once || (w.granted < w.asked && in->reason.n);
	struct value *why = why_value(c, &w);
	if (!officer && !w.granted) return RAISE(c, E_CONFLICT, &none_left, why_words(c, why));
	struct delivery to = { in->recipient, in->phone, in->address };
	int64_t id = db_new_id(c);
	row_t r = { .kind = in->kind,
		.asked = in->units,
		.granted = officer ? 0 : w.granted,
		.state = S("review"),
		.way = in->way,
		.delivery = delivery_seal(c, &to),
		.reason = in->reason.p ? in->reason : S(""),
		.why = value_json(c->arena, why),
		.note = S(""),
		.order_no = S(""),
		.asked_at = c->now,
		.decided_at = officer ? 0 : c->now };
	if (!officer) TRY(dispatch(c, t.id, id, &r));
	TRY(paper_application_insert(c, t.id, id, r.kind, r.asked, r.granted, r.state, r.way, r.delivery, r.reason,
	        r.why, r.order_no, r.asked_at, r.decided_at, NULL));
	TRY(prove(c, t.id, id, &r, false, &receipt));
	TRY(application_value(c, t.id, id, &r, true, &out->value));
	value_put(c->arena, out->value, "receipt", receipt);
	out->status = 201;
	return OK;
}

static err_t own_application(struct ctx *c, int64_t taxpayer_id, int64_t id, row_t *r)
{
	bool found;
	TRY(paper_application_get(c, taxpayer_id, id, r, &found));
	return found ? OK : RAISE(c, E_NOT_FOUND, &no_application);
}

err_t paper_application(struct ctx *c, const void *input, struct reply *out)
{
	const struct application_id_in *in = input;
	row_t r = { 0 };
	TRY(access_open(c, c->caller.subject_id, "invoices"));
	TRY(own_application(c, c->caller.subject_id, in->id, &r));
	return application_value(c, c->caller.subject_id, in->id, &r, true, &out->value);
}

err_t paper_withdraw(struct ctx *c, const void *input, struct reply *out)
{
	const struct application_id_in *in = input;
	int64_t subject = c->caller.subject_id;
	row_t r = { 0 };
	TRY(own_application(c, subject, in->id, &r));
	if (str_is(r.state, "sending") || str_is(r.state, "on-way") || str_is(r.state, "ready"))
		return RAISE(c, E_CONFLICT, &on_its_way);
	if (!str_is(r.state, "review")) return RAISE(c, E_CONFLICT, &over);
	TRY(paper_application_end(c, S("withdrawn"), c->now, subject, in->id, NULL));
	TRY(own_application(c, subject, in->id, &r));
	return application_value(c, subject, in->id, &r, true, &out->value);
}

/* --- the end: delivered, or back on the shelf --- */

err_t application_end(struct ctx *c, int64_t taxpayer_id, int64_t id, bool delivered, const char *by)
{
	struct value *act = value_object(c->arena), *receipt;
	struct str state = delivered ? S("done") : S("returned");
	int64_t n;
	TRY(paper_application_end(c, state, c->now, taxpayer_id, id, &n));
	if (!n) return OK;
	value_put_str(c->arena, act, "application", str_from_int(c->arena, id));
	value_put_str(c->arena, act, "state", state);
	value_put_c(c->arena, act, "by", by);
	TRY(put_numbers(c, taxpayer_id, id, act));
	if (delivered)
		TRY(paper_spans_deliver(c, c->now, taxpayer_id, id, NULL));
	else
		TRY(paper_spans_back(c, c->now, taxpayer_id, id, NULL));
	TRY(receipt_issue(c, ACT_PAPER_DELIVERED, taxpayer_id, act, &receipt, NULL));
	struct value *event = value_object(c->arena);
	value_put_str(c->arena, event, "id", str_from_int(c->arena, id));
	value_put_bool(c->arena, event, "delivered", delivered);
	return outbox_emit(c, "paper.delivered", taxpayer_id, value_json(c->arena, event));
}

/* --- officers --- */

err_t paper_reviews(struct ctx *c, const void *input, struct reply *out)
{
	enum { PAGE = 50 };
	const struct review_in *in = input;
	struct paper_waiting_row *rows;
	struct taxpayer t = { 0 };
	size_t n;
	bool found;
	TRY(paper_waiting(c, in->after, &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "applications");
	for (size_t i = 0; i < n && i < PAGE; i++) {
		struct value *v = value_object(c->arena);
		TRY(registry_taxpayer_head(c, rows[i].taxpayer_id, &t, &found));
		put_head(c, v, rows[i].application_id, rows[i].kind, S("review"), STR_NONE);
		value_put_str(c->arena, v, "taxpayer", str_from_int(c->arena, rows[i].taxpayer_id));
		value_put_str(c->arena, v, "name", found ? t.name : STR_NONE);
		value_put_int(c->arena, v, "asked", rows[i].asked);
		value_put_str(c->arena, v, "reason", rows[i].reason.n ? rows[i].reason : STR_NONE);
		value_put_instant(c->arena, v, "asked_at", rows[i].asked_at);
		value_push(c->arena, list, v);
	}
	value_put_str(c->arena, out->value, "next",
	        n > PAGE ? str_from_int(c->arena, rows[PAGE - 1].application_id) : STR_NONE);
	return OK;
}

static err_t review_value(struct ctx *c, const struct review_in *in, const row_t *r, struct value **out)
{
	struct taxpayer t = { 0 };
	struct paper_why w;
	TRY(taxpayer_of(c, in->taxpayer, &t));
	TRY(application_value(c, t.id, in->id, r, false, out));
	TRY(why_compute(c, &t, paper_kind_named(r->kind), r->asked, &w));
	value_put_str(c->arena, *out, "taxpayer", str_from_int(c->arena, t.id));
	value_put_str(c->arena, *out, "name", t.name);
	value_put_str(c->arena, *out, "tax_id", t.uscc);
	value_put_str(c->arena, *out, "credit_grade", t.credit_grade);
	value_put_int(c->arena, *out, "shelf", w.shelf);
	return OK;
}

err_t paper_review(struct ctx *c, const void *input, struct reply *out)
{
	const struct review_in *in = input;
	row_t r = { 0 };
	TRY(access_open_or(c, in->taxpayer, "invoice-paper", &no_application));
	TRY(own_application(c, in->taxpayer, in->id, &r));
	return review_value(c, in, &r, &out->value);
}

static err_t grant(struct ctx *c, const struct review_in *in, row_t *r)
{
	struct taxpayer t = { 0 };
	struct paper_why w;
	r->granted = in->has_units ? in->units : r->asked;
	TRY(taxpayer_of(c, in->taxpayer, &t));
	TRY(why_compute(c, &t, paper_kind_named(r->kind), r->asked, &w));
	if (r->granted > w.shelf) FAULT(c, S("/units"), &too_many, str_from_int(c->arena, w.shelf));
	TRY(problem_result(&c->problem));
	w.granted = r->granted;
	r->why = value_json(c->arena, why_value(c, &w));
	return dispatch(c, in->taxpayer, in->id, r);
}

err_t paper_decide(struct ctx *c, const void *input, struct reply *out)
{
	const struct review_in *in = input;
	struct value *receipt = NULL;
	row_t r = { 0 };
	bool refuse = str_is(in->decision, "refuse");
	if (!c->purpose.p) c->purpose = S("纸质发票领用"); /* the act says what for */
	TRY(access_open_or(c, in->taxpayer, "invoice-paper", &no_application));
	TRY(own_application(c, in->taxpayer, in->id, &r));
	if (!str_is(r.state, "review")) return RAISE(c, E_CONFLICT, &over);
	if (refuse && !in->note.n) FAULT(c, S("/note"), &need_note);
	TRY(problem_result(&c->problem));
	if (refuse)
		r.state = S("refused");
	else
		TRY(grant(c, in, &r));
	r.note = in->note.p ? in->note : S("");
	r.decided_at = c->now;
	r.ended_at = refuse ? c->now : 0;
	TRY(paper_application_decide(c, r.granted, r.state, r.why, r.note, r.order_no, r.decided_at, r.ended_at,
	        in->taxpayer, in->id, NULL));
	TRY(prove(c, in->taxpayer, in->id, &r, true, &receipt));
	TRY(review_value(c, in, &r, &out->value));
	value_put(c->arena, out->value, "receipt", receipt);
	return OK;
}
