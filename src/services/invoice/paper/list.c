/* Numbers that are void or lost: one act lists a whole roll, and every verifier sees it from then on. */
#include "kernel/i18n/i18n.h"
#include "kernel/outbox/outbox.h"
#include "kernel/receipt/receipt.h"
#include "paper_sql.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/paper/own.h"

static const struct fault_def backwards = { "paper-range", N_("止号不能小于起号"), NULL, NULL };
static const struct fault_def future = { "report-date", N_("开票日期不能在今天以后"), NULL, NULL };
static const struct fault_def bad_qr = { "paper-qr", N_("这不是纸质发票的二维码"), NULL, NULL };
static const struct fault_def bad_number = { "paper-number", N_("发票号码是 8 位数字"), NULL, NULL };

const struct choice paper_loss_choices[] = { { "stolen", N_("被盗") }, { "lost", N_("遗失") }, { 0 } };
const struct choice paper_listing_choices[] = { { "lost", N_("遗失或被盗") }, { "void", N_("作废") }, { 0 } };

static err_t put_on_list(struct ctx *c, const struct loss_in *in, const char *state, int64_t holder, struct reply *out)
{
	struct value *v = value_object(c->arena), *receipt;
	int64_t to = in->has_to ? in->to : in->from;
	bool lost = str_is(str_c(state), "lost");
	if (to < in->from) FAULT(c, S("/to"), &backwards);
	TRY(problem_result(&c->problem));
	struct paper_change w = {
		.code = in->code, .from = in->from, .to = to, .act = lost ? PAPER_LOSE : PAPER_CANCEL, .holder = holder
	};
	TRY(span_change(c, &w));
	TRY(paper_listing_insert(c, in->code, in->from, to, str_c(state), in->why, in->story.p ? in->story : S(""),
	        holder, holder == 0, c->now, NULL));
	value_put_str(c->arena, v, "code", in->code);
	value_put_str(c->arena, v, "from", paper_number_text(c->arena, in->from));
	value_put_str(c->arena, v, "to", paper_number_text(c->arena, to));
	value_put_int(c->arena, v, "numbers", to - in->from + 1);
	value_put_c(c->arena, v, "state", state);
	value_put_str(c->arena, v, "why", in->why);
	value_put_instant(c->arena, v, "listed_at", c->now);
	TRY(outbox_emit(c, "paper.listed", holder, value_json(c->arena, v)));
	TRY(receipt_issue(c, ACT_PAPER_LISTED, holder ? holder : c->caller.person_id, v, &receipt, NULL));
	value_put(c->arena, v, "receipt", receipt);
	out->value = v;
	out->status = 201;
	return OK;
}

/* 发票挂失: the holder's own numbers that were not used. */
err_t paper_loss_report(struct ctx *c, const void *input, struct reply *out)
{
	return put_on_list(c, input, "lost", c->caller.subject_id, out);
}

err_t paper_loss_blank(struct ctx *c, const void *input, struct reply *out)
{
	return use_blank(c, input, out);
}

err_t listing_add(struct ctx *c, const void *input, struct reply *out)
{
	const struct loss_in *in = input;
	return put_on_list(c, in, str_is(in->state, "void") ? "void" : "lost", 0, out);
}

/* Taxpayers choose a reason, officers write one. */
static struct str why_of(struct ctx *c, struct str why)
{
	if (str_is(why, "spoilt")) return tr(c, N_("开错作废"));
	for (const struct choice *k = paper_loss_choices; k->code; k++)
		if (str_is(why, k->code)) return tr(c, k->label);
	return why;
}

static struct value *listing_value(struct ctx *c, const struct paper_listings_row *r)
{
	struct value *v = value_object(c->arena);
	enum paper_state s = paper_state_named(r->state);
	value_put_str(c->arena, v, "code", r->code);
	value_put_str(c->arena, v, "from", paper_number_text(c->arena, r->from_no));
	value_put_str(c->arena, v, "to", paper_number_text(c->arena, r->to_no));
	value_put_str(c->arena, v, "state", r->state);
	value_put_str(c->arena, v, "state_words", tr(c, paper_states[s].title));
	value_put_str(c->arena, v, "why", r->why);
	value_put_str(c->arena, v, "why_words", why_of(c, r->why));
	value_put_bool(c->arena, v, "by_officer", r->by_officer);
	value_put_instant(c->arena, v, "listed_at", r->listed_at);
	return v;
}

err_t listing_list(struct ctx *c, const void *input, struct reply *out)
{
	enum { PAGE = 100 };
	const struct listings_in *in = input;
	struct paper_listings_row *rows;
	size_t n;
	TRY(paper_listings(c, in->has_before ? in->before : INT64_MAX, &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "listings");
	for (size_t i = 0; i < n && i < PAGE; i++)
		value_push(c->arena, list, listing_value(c, &rows[i]));
	value_put_str(
	        c->arena, out->value, "next", n > PAGE ? str_from_int(c->arena, rows[PAGE - 1].listed_at) : STR_NONE);
	return OK;
}

/* --- for everybody: one number --- */

static const struct {
	const char *verdict, *detail; /* detail: N_() */
} verdicts[PAPER_STATES + 1] = {
	[PAPER_STOCK] = { "not-used", N_("这张发票还没有发给任何人，不能用") },
	[PAPER_SENT] = { "not-used", N_("这张发票还在路上，没有开具，不能用") },
	[PAPER_HANDED] = { "not-used", N_("这张发票已经发给开票方，开票方还没有上报；过几天再查") },
	[PAPER_USED] = { "used", N_("开票方已经上报开具了这张发票") },
	[PAPER_VOID] = { "listed", N_("这张发票已作废，不要收，不能报销") },
	[PAPER_LOST] = { "listed", N_("这张发票是遗失或被盗的，不要收，不能报销") },
	[PAPER_CONVERTED] = { "converted", N_("这张纸质发票已换开电子发票，只能用电子的一张入账") },
	[PAPER_STATES] = { "unknown", N_("没有查到这个代码和号码，请核对") },
};

/* As asked against as reported; the true values are not told. */
static err_t compare(struct ctx *c, const struct check_in *in, int64_t number, struct value *checked)
{
	struct paper_report_of_row r;
	bool found;
	TRY(paper_report_of(c, in->code, number, &r, &found));
	if (!found || r.to_no < number || r.from_no != r.to_no) return OK;
	const struct {
		const char *what;
		bool asked, same;
	} items[] = { { "total", in->has_total, in->total.fen == r.amount.fen + r.tax.fen },
		{ "date", in->has_date, date_cmp(in->date, r.issued_from) == 0 } };
	for (size_t i = 0; i < COUNT(items); i++) {
		if (!items[i].asked) continue;
		struct value *v = value_object(c->arena);
		value_put_c(c->arena, v, "what", items[i].what);
		value_put_c(c->arena, v, "outcome", items[i].same ? "same" : "differs");
		value_push(c->arena, checked, v);
	}
	return OK;
}

static err_t put_pointers(struct ctx *c, struct str code, int64_t number, enum paper_state state, struct value *v)
{
	struct paper_listing_of_row listing;
	struct paper_conversion_get_row conversion;
	bool listed = false, converted = false;
	if (state == PAPER_VOID || state == PAPER_LOST) TRY(paper_listing_of(c, code, number, &listing, &listed));
	if (state == PAPER_CONVERTED) TRY(paper_conversion_get(c, code, number, &conversion, &converted));
	value_put_str(c->arena, v, "electronic", converted ? conversion.electronic : STR_NONE);
	value_put_str(c->arena, v, "listed_at", listed ? instant_format(c->arena, listing.listed_at) : STR_NONE);
	return OK;
}

static err_t judge(struct ctx *c, const struct check_in *in, int64_t number, struct reply *out)
{
	struct paper_one one;
	struct value *v = out->value;
	TRY(span_one(c, in->code, number, &one));
	enum paper_kind kind = paper_kind_of(in->code);
	value_put_str(c->arena, v, "code", in->code);
	value_put_str(c->arena, v, "number", paper_number_text(c->arena, number));
	value_put_str(c->arena, v, "kind_words", kind == PAPER_OTHER ? STR_NONE : tr(c, paper_kinds[kind].title));
	value_put_c(c->arena, v, "verdict", verdicts[one.state].verdict);
	value_put_c(c->arena, v, "state", one.state == PAPER_STATES ? "unknown" : paper_states[one.state].code);
	struct value *checked = value_array(c->arena);
	TRY(compare(c, in, number, checked));
	bool differs = false;
	for (const struct value_member *m = checked->first; m; m = m->next)
		differs = differs || str_is(value_text(m->value, "outcome"), "differs");
	if (one.state == PAPER_USED && differs)
		value_set(c->arena, v, S("verdict"), value_str(c->arena, S("not-as-issued")));
	value_put_str(c->arena, v, "detail",
	        tr(c, one.state == PAPER_USED && differs ? N_("和开票方上报的不一致，不要收")
	                                                 : verdicts[one.state].detail));
	value_put(c->arena, v, "checked", checked);
	return put_pointers(c, in->code, number, one.state, v);
}

err_t paper_check_one(struct ctx *c, const void *input, struct reply *out)
{
	const struct check_in *in = input;
	int64_t number;
	if (in->has_date && date_cmp(in->date, c->today) > 0) FAULT(c, S("/date"), &future);
	if (!paper_number_read(in->number, &number)) FAULT(c, S("/number"), &bad_number);
	TRY(problem_result(&c->problem));
	out->value = value_object(c->arena);
	return judge(c, in, number, out);
}

/* The page asks by its form: nothing typed yet, no answer. The text of a QR code fills in the rest. */
err_t paper_check_form(struct ctx *c, const void *input, struct reply *out)
{
	struct check_in in = *(const struct check_in *)input;
	struct issue_qr qr = { 0 };
	if (in.qr.n) {
		issue_qr_text_read(c->arena, in.qr, &qr);
		if (qr.fault || !qr.code.n) FAULT(c, S("/qr"), &bad_qr);
		TRY(problem_result(&c->problem));
		in.code = qr.code;
		in.number = qr.number;
	}
	if (in.code.n && in.number.n) return paper_check_one(c, &in, out);
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "verdict", STR_NONE);
	return OK;
}
