/* What was issued on paper (or spoilt) is reported by its holder: a run of numbers with its sum, or one with its buyer.
 * From then on it counts as used (验旧, A07.3). */
#include "kernel/i18n/i18n.h"
#include "kernel/outbox/outbox.h"
#include "kernel/receipt/receipt.h"
#include "paper_sql.h"
#include "services/foundation/identity/identity.h"
#include "services/invoice/paper/own.h"

static const struct fault_def backwards = { "paper-range", N_("止号不能小于起号"), NULL, NULL };
static const struct fault_def need_amount = { "report-amount", N_("已开具的要写金额和税额（不含税金额，可以是 0）"),
	NULL, NULL };
static const struct fault_def future = { "report-date", N_("开票日期不能在今天以后"), NULL, NULL };
static const struct fault_def order = { "report-dates", N_("最后一张的日期不能早于第一张"), NULL, NULL };
static const struct fault_def one_month = { "report-month", N_("一次只报一个月开的，跨月的请分开上报"),
	N_("上报的合计按月计入增值税申报表"), NULL };
static const struct fault_def one_rate = { "report-rate", N_("税额和金额对不上一个税率；不同税率的请分开上报"),
	N_("上报的合计按税率计入增值税申报表"), N_("增值税法 第十条") };
static const struct fault_def one_buyer = { "report-buyer", N_("一段号码有多个购买方，要写购买方请一张一张报"), NULL,
	NULL };
static const struct fault_def need_buyer = { "report-special", N_("专用发票要一张一张报，并写购买方税号和名称"), NULL,
	NULL };

static void check_rate(struct ctx *c, const struct use_in *in, int64_t numbers)
{
	bool fits;
	(void)paper_rate_of(in->amount, in->tax, numbers, &fits);
	if (!fits) FAULT(c, S("/tax"), &one_rate);
}

static err_t check(struct ctx *c, const struct use_in *in, int64_t to, struct date last)
{
	bool used = str_is(in->act, "used"), buyer = in->buyer_tax_id.n || in->buyer_name.n;
	if (to < in->from) FAULT(c, S("/to"), &backwards);
	if (used && !in->has_amount) FAULT(c, S("/amount"), &need_amount);
	if (used && !in->has_tax) FAULT(c, S("/tax"), &need_amount);
	if (date_cmp(in->issued_from, c->today) > 0) FAULT(c, S("/issued_from"), &future);
	if (date_cmp(last, in->issued_from) < 0)
		FAULT(c, S("/issued_to"), &order);
	else if (date_cmp(last, c->today) > 0)
		FAULT(c, S("/issued_to"), &future);
	else if (used && (last.year != in->issued_from.year || last.month != in->issued_from.month))
		FAULT(c, S("/issued_to"), &one_month);
	if (used && in->has_amount && in->has_tax && to >= in->from) check_rate(c, in, to - in->from + 1);
	if (buyer && to != in->from) FAULT(c, S("/buyer_tax_id"), &one_buyer);
	if (used && paper_kind_of(in->code) == PAPER_SPECIAL &&
	        (to != in->from || !in->buyer_tax_id.n || !in->buyer_name.n))
		FAULT(c, S("/buyer_tax_id"), &need_buyer);
	return problem_result(&c->problem);
}

static err_t buyer_of(struct ctx *c, struct str tax_id, int64_t *id)
{
	struct party p;
	bool found;
	*id = 0;
	if (!tax_id.n) return OK;
	TRY(identity_party_by_tax_id(c, tax_id, &p, &found));
	if (found) *id = p.id;
	return OK;
}

/* What the return tells apart: goods and labour have lines of their own (一般纳税人主表 第 2、3 栏). */
const struct choice use_sections[] = { { "goods", N_("货物") }, { "labour", N_("加工修理修配劳务") },
	{ "services", N_("服务") }, { "intangibles", N_("无形资产") }, { "immovables", N_("不动产") }, { 0 } };

static int64_t section_of(struct str word)
{
	for (int64_t i = 0; word.n && use_sections[i].code; i++)
		if (str_is(word, use_sections[i].code)) return i + 1;
	return 0;
}

err_t use_report(struct ctx *c, const void *input, struct reply *out)
{
	const struct use_in *in = input;
	struct value *v = value_object(c->arena), *receipt;
	int64_t subject = c->caller.subject_id, to = in->has_to ? in->to : in->from, buyer;
	struct date last = in->has_issued_to ? in->issued_to : in->issued_from;
	struct money amount = in->has_amount ? in->amount : FEN(0), tax = in->has_tax ? in->tax : FEN(0);
	struct str none = S("");
	bool used = str_is(in->act, "used");
	TRY(check(c, in, to, last));
	struct paper_change w = {
		.code = in->code, .from = in->from, .to = to, .act = used ? PAPER_USE : PAPER_CANCEL, .holder = subject
	};
	TRY(span_change(c, &w));
	TRY(buyer_of(c, in->buyer_tax_id, &buyer));
	TRY(paper_report_insert(c, in->code, in->from, to, in->act, subject, in->issued_from, last, amount, tax,
	        used ? section_of(in->section) : 0, buyer, in->buyer_tax_id.p ? in->buyer_tax_id : none,
	        in->buyer_name.p ? in->buyer_name : none, c->now, NULL));
	if (!used)
		TRY(paper_listing_insert(
		        c, in->code, in->from, to, S("void"), S("spoilt"), none, subject, false, c->now, NULL));
	value_put_str(c->arena, v, "code", in->code);
	value_put_str(c->arena, v, "from", paper_number_text(c->arena, in->from));
	value_put_str(c->arena, v, "to", paper_number_text(c->arena, to));
	value_put_int(c->arena, v, "numbers", to - in->from + 1);
	value_put_str(c->arena, v, "act", in->act);
	value_put_money(c->arena, v, "amount", amount);
	value_put_money(c->arena, v, "tax", tax);
	value_put_str(c->arena, v, "section", used && in->section.n ? in->section : STR_NONE);
	if (!used) TRY(outbox_emit(c, "paper.listed", subject, value_json(c->arena, v)));
	TRY(receipt_issue(c, used ? ACT_PAPER_REPORTED : ACT_PAPER_LISTED, subject, v, &receipt, NULL));
	value_put(c->arena, v, "receipt", receipt);
	out->value = v;
	out->status = 201;
	return OK;
}

/* What is still unused, so that nobody has to copy numbers. */
err_t use_blank(struct ctx *c, const void *input, struct reply *out)
{
	struct paper_held_row *rows;
	size_t n;
	(void)input;
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "unused");
	for (int k = PAPER_SPECIAL; k < PAPER_KINDS; k++) {
		TRY(paper_held(c, c->caller.subject_id, str_c(paper_kinds[k].code), &rows, &n));
		for (size_t i = 0; i < n && list->count < PAPER_RANGES_SHOWN; i++) {
			if (!str_is(rows[i].state, "handed")) continue;
			struct value *v = value_object(c->arena);
			value_put_str(c->arena, v, "kind_words", tr(c, paper_kinds[k].title));
			value_put_str(c->arena, v, "code", rows[i].code);
			value_put_str(c->arena, v, "from", paper_number_text(c->arena, rows[i].from_no));
			value_put_str(c->arena, v, "to", paper_number_text(c->arena, rows[i].to_no));
			value_push(c->arena, list, v);
		}
	}
	return OK;
}
