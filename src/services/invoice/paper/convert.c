/* From paper to electronic (A09.13, A09.e6): the paper number is marked converted, and an electronic invoice of the
 * same sum stands in its place, newly issued or already there. */
#include "kernel/i18n/i18n.h"
#include "kernel/outbox/outbox.h"
#include "kernel/receipt/receipt.h"
#include "paper_sql.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/paper/own.h"

static const struct fault_def bad_qr = { "paper-qr", N_("这不是纸质发票的二维码"), NULL, NULL };
static const struct fault_def need_number = { "paper-number", N_("发票号码是 8 位数字"), NULL, NULL };
static const struct fault_def need_code = { "paper-code", N_("不是纸质发票的代码：10 位，或者 0 开头的 12 位"), NULL,
	NULL };
static const struct fault_def not_yours = { "paper-not-reported", N_("没有您上报开具的这张纸质发票，先在验旧里上报"),
	NULL, NULL };
static const struct fault_def converted = { "paper-converted", N_("这张纸质发票已换开电子发票 {1}"), NULL, NULL };
static const struct fault_def need_total = { "paper-total",
	N_("这张是按号段上报的，要写它的价税合计，不超过上报的合计"), NULL, NULL };
static const struct fault_def other_total = { "paper-other-total", N_("电子发票的价税合计 {1} 和纸质发票的 {2} 不一致"),
	NULL, NULL };
static const struct fault_def no_electronic = { "paper-electronic", N_("没有您开具的这张电子发票"), NULL, NULL };
static const struct fault_def red = { "paper-electronic-red", N_("这张电子发票是红字发票，或者已红冲，不能关联"), NULL,
	NULL };
static const struct fault_def linked = { "paper-linked", N_("这张电子发票已关联纸质发票 {1}"), NULL, NULL };
static const struct fault_def need_new = { "paper-booked", N_("纸质发票已入账，不能再关联已有的电子发票"),
	N_("不填电子发票号码，换开一张新的；新的不能再入账"), NULL };
static const struct fault_def other_buyer = { "paper-other-buyer", N_("电子发票的种类或购买方和纸质发票不一致"), NULL,
	NULL };
static const struct fault_def need_item = { "paper-item", N_("换开新的电子发票要写项目名称、税收编码和税率"), NULL,
	NULL };

struct source {
	struct str code;
	int64_t number;
	struct paper_report_of_row report;
	struct money total;
	bool single, special, booked;
};

static err_t read_number(struct ctx *c, const struct convert_in *in, struct source *s)
{
	struct issue_qr qr = { 0 };
	struct str code = in->code, number = in->number;
	if (in->qr.n) {
		issue_qr_text_read(c->arena, in->qr, &qr);
		if (qr.fault || !qr.code.n) FAULT(c, S("/qr"), &bad_qr);
		TRY(problem_result(&c->problem));
		code = qr.code;
		number = qr.number;
	}
	if (paper_kind_of(code.p ? code : S("")) == PAPER_OTHER) FAULT(c, S("/code"), &need_code);
	if (!paper_number_read(number.p ? number : S(""), &s->number)) FAULT(c, S("/number"), &need_number);
	s->code = code;
	return problem_result(&c->problem);
}

static err_t read_source(struct ctx *c, const struct convert_in *in, struct source *s)
{
	struct paper_one one;
	struct paper_conversion_get_row done;
	struct paper_bookings_row *bookings;
	size_t n;
	bool found;
	TRY(read_number(c, in, s));
	TRY(span_one(c, s->code, s->number, &one));
	if (one.holder_id != c->caller.subject_id || (one.state != PAPER_USED && one.state != PAPER_CONVERTED)) {
		FAULT(c, S("/number"), &not_yours);
		return problem_result(&c->problem);
	}
	TRY(paper_conversion_get(c, s->code, s->number, &done, &found));
	if (found) return RAISE(c, E_CONFLICT, &converted, done.electronic);
	TRY(paper_report_of(c, s->code, s->number, &s->report, &found));
	if (!found) return E_INTERNAL;
	TRY(paper_bookings(c, s->code, s->number, &bookings, &n));
	s->booked = n > 0;
	s->single = s->report.from_no == s->report.to_no;
	s->special = paper_kind_of(s->code) == PAPER_SPECIAL;
	int64_t sum = s->report.amount.fen + s->report.tax.fen;
	s->total = s->single ? FEN(sum) : in->total;
	if (!s->single && (!in->has_total || in->total.fen > sum)) FAULT(c, S("/total"), &need_total);
	return problem_result(&c->problem);
}

/* One that is there already: of this seller, of the same sum and buyer, whole, and nobody's twin. */
static err_t link_electronic(struct ctx *c, const struct convert_in *in, const struct source *s)
{
	struct invoice i;
	struct invoice_state state = { 0 };
	struct paper_conversion_by_row other;
	bool found, taken;
	TRY(issue_find(c, in->electronic, &i, &found));
	if (!found || i.seller_id != c->caller.subject_id) {
		FAULT(c, S("/electronic"), &no_electronic);
		return problem_result(&c->problem);
	}
	TRY(issue_state(c, in->electronic, &state));
	TRY(paper_conversion_by(c, in->electronic, &other, &taken));
	if (taken)
		FAULT(c, S("/electronic"), &linked, paper_range_text(c->arena, other.code, other.number, other.number));
	if (i.total.fen < 0 || state.amount.fen)
		FAULT(c, S("/electronic"), &red);
	else if (i.total.fen != s->total.fen)
		FAULT(c, S("/electronic"), &other_total, money_format(c->arena, i.total),
		        money_format(c->arena, s->total));
	if (str_is(i.kind, "special") != s->special || (s->report.buyer_id && s->report.buyer_id != i.buyer_id))
		FAULT(c, S("/electronic"), &other_buyer);
	if (s->booked) FAULT(c, S("/electronic"), &need_new);
	return problem_result(&c->problem);
}

/* The rules speak of an invoice's fields: here they have other names. */
static void rename_faults(struct ctx *c)
{
	static const struct {
		const char *theirs, *ours;
	} names[] = { { "/lines/0/tax_code", "/tax_code" }, { "/lines/0/name", "/item" }, { "/lines/0/rate", "/rate" },
		{ "/lines/0/amount", "/total" }, { "/lines/0/coal", "/coal" }, { "/buyer/name", "/buyer_name" },
		{ "/buyer/tax_id", "/buyer_name" } };
	for (size_t i = 0; i < c->problem.n; i++)
		for (size_t k = 0; k < COUNT(names); k++)
			if (str_is(c->problem.faults[i].pointer, names[k].theirs))
				c->problem.faults[i].pointer = str_c(names[k].ours);
}

static err_t issue_new(struct ctx *c, const struct convert_in *in, const struct source *s, struct str *number)
{
	if (!in->item.n) FAULT(c, S("/item"), &need_item);
	if (!in->tax_code.n) FAULT(c, S("/tax_code"), &need_item);
	if (!in->has_rate) FAULT(c, S("/rate"), &need_item);
	TRY(problem_result(&c->problem));
	struct str given = in->buyer_name.n ? in->buyer_name : S("个人");
	struct issue_conversion to = { .paper = paper_word(c->arena, s->code, s->number),
		.buyer_tax_id = s->report.buyer_tax_id.n ? s->report.buyer_tax_id : STR_NONE,
		.buyer_name = s->report.buyer_name.n ? s->report.buyer_name : given,
		.tax_code = in->tax_code,
		.item = in->item,
		.total = s->total,
		.coal = in->coal,
		.rate = in->rate,
		.special = s->special };
	err_t e = issue_convert(c, &to, number);
	rename_faults(c);
	return e;
}

/* Of the electronic invoice: the return of that month leaves it out, because it is sold on paper. */
static err_t month_of(struct ctx *c, struct str electronic, struct str *month)
{
	struct invoice i;
	bool found;
	TRY(issue_find(c, electronic, &i, &found));
	if (!found) return E_INTERNAL;
	*month = period_format(c->arena, period_of(PERIOD_MONTH, date_of_instant(i.issued_at)));
	return OK;
}

err_t convert_one(struct ctx *c, const void *input, struct reply *out)
{
	const struct convert_in *in = input;
	struct source s = { 0 };
	struct str electronic = in->electronic, month;
	struct value *v = value_object(c->arena), *receipt;
	int64_t subject = c->caller.subject_id;
	TRY(read_source(c, in, &s));
	if (electronic.n)
		TRY(link_electronic(c, in, &s));
	else
		TRY(issue_new(c, in, &s, &electronic));
	struct paper_change w = {
		.code = s.code, .from = s.number, .to = s.number, .act = PAPER_CONVERT, .holder = subject
	};
	TRY(span_change(c, &w));
	TRY(month_of(c, electronic, &month));
	TRY(paper_conversion_insert(c, s.code, s.number, electronic, subject, month, c->now, NULL));
	value_put_str(c->arena, v, "code", s.code);
	value_put_str(c->arena, v, "number", paper_number_text(c->arena, s.number));
	value_put_str(c->arena, v, "electronic", electronic);
	value_put_bool(c->arena, v, "issued", !in->electronic.n);
	value_put_money(c->arena, v, "total", s.total);
	value_put_bool(c->arena, v, "paper_booked", s.booked);
	TRY(outbox_emit(c, "paper.converted", subject, value_json(c->arena, v)));
	TRY(receipt_issue(c, ACT_PAPER_CONVERTED, subject, v, &receipt, NULL));
	value_put(c->arena, v, "receipt", receipt);
	out->value = v;
	out->status = 201;
	return OK;
}

err_t convert_blank(struct ctx *c, const void *input, struct reply *out)
{
	const struct convert_in *in = input;
	out->value = value_object(c->arena);
	struct value *form = value_put_object(c->arena, out->value, "form");
	if (in->code.n) value_put_str(c->arena, form, "code", in->code);
	if (in->number.n) value_put_str(c->arena, form, "number", in->number);
	return OK;
}
