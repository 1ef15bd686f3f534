#include "services/invoice/issue/differential.h"
#include "services/invoice/issue/write.h"

const struct choice differential_forms[] = { { "full", N_("差额征税-全额开票") },
	{ "difference", N_("差额征税-差额开票") }, { 0 } };
const struct choice differential_proof_kinds[] = { { "01", N_("数电发票") }, { "02", N_("增值税专用发票") },
	{ "03", N_("增值税普通发票") }, { "04", N_("营业税发票") }, { "05", N_("财政票据") },
	{ "06", N_("法院裁决书") }, { "07", N_("契税完税凭证") }, { "08", N_("其他发票类") },
	{ "09", N_("其他扣除凭证") }, { 0 } };

static const struct field proof_fields[] = {
	{ "kind", FIELD_ENUM, AT(struct differential_proof, kind), .required = true, .max = 2,
	        .choices = differential_proof_kinds, .label = N_("凭证类型") },
	{ "voucher_no", FIELD_TEXT, AT(struct differential_proof, voucher_no), .max = 40, .label = N_("凭证号码") },
	{ "date", FIELD_DATE, AT(struct differential_proof, date), PRESENT_AT(struct differential_proof, has_date),
	        .label = N_("凭证日期") },
	{ "amount", FIELD_MONEY, AT(struct differential_proof, amount),
	        PRESENT_AT(struct differential_proof, has_amount), .min = 1, .max = MONEY_MAX_FEN,
	        .label = N_("本次扣除金额") },
	{ "note", FIELD_TEXT, AT(struct differential_proof, note), .max = 100, .label = N_("说明") },
	{ 0 },
};
const struct field differential_fields[] = {
	{ "form", FIELD_ENUM, AT(struct differential, form), .max = 10, .choices = differential_forms,
	        .label = N_("差额征税") },
	{ "deduction", FIELD_MONEY, AT(struct differential, deduction), PRESENT_AT(struct differential, has_deduction),
	        .min = 1, .max = MONEY_MAX_FEN, .label = N_("扣除额"), .help = N_("含税，各张凭证的合计") },
	{ "proofs", FIELD_LIST, AT(struct differential, proofs), COUNT_AT(struct differential, n_proofs),
	        .max = DIFFERENTIAL_PROOFS_MAX, .fields = proof_fields, .size = sizeof(struct differential_proof),
	        .label = N_("扣除凭证") },
	{ 0 },
};

static const struct fault_def no_form = { "differential-form", N_("填了扣除额，请选全额开票还是差额开票"), NULL, NULL };
static const struct fault_def no_deduction = { "differential-deduction", N_("差额征税要填扣除额"), NULL,
	N_("税务总局公告2016年第23号") };
static const struct fault_def no_proof = { "differential-proofs", N_("差额开票要填扣除凭证"), NULL,
	N_("财税〔2016〕36号") };
static const struct fault_def no_amount = { "differential-amount", N_("请填写这张凭证本次扣除的金额"), NULL, NULL };
static const struct fault_def no_number = { "differential-number", N_("请填写凭证号码"), NULL, NULL };
static const struct fault_def bad_number = { "differential-number", N_("数电发票号码是 20 位数字"), NULL, NULL };
static const struct fault_def no_note = { "differential-note", N_("其他扣除凭证要写明是什么"), NULL, NULL };
static const struct fault_def bad_sum = { "differential-sum", N_("各凭证合计 {1}，和扣除额不一致"), NULL, NULL };
static const struct fault_def one_line = { "differential-lines", N_("差额开票只能有一行项目"), NULL,
	N_("税务总局公告2016年第23号") };
static const struct fault_def one_rate = { "differential-rate", N_("差额征税的各行要用同一档税率"), NULL, NULL };
static const struct fault_def no_discount = { "differential-discount", N_("差额开票不能有折扣"), NULL, NULL };

const char *differential_label(struct str form)
{
	return str_is(form, "difference") ? differential_forms[1].label : differential_forms[0].label;
}

bool differential_is_difference(const struct differential *d)
{
	return str_is(d->form, "difference");
}

static bool twenty_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9') return false;
	return s.n == 20;
}

static void check_proof(struct ctx *c, const struct differential_proof *p, size_t i, bool difference)
{
#define AT_PROOF(field) str_printf(c->arena, "/differential/proofs/%zu/" field, i)
	if (str_is(p->kind, "09") ? !p->note.p : false) FAULT(c, AT_PROOF("note"), &no_note);
	if (p->kind.p && !str_is(p->kind, "09") && !p->voucher_no.p)
		FAULT(c, AT_PROOF("voucher_no"), &no_number);
	else if (str_is(p->kind, "01") && !twenty_digits(p->voucher_no))
		FAULT(c, AT_PROOF("voucher_no"), &bad_number);
	if (difference && !p->has_amount) FAULT(c, AT_PROOF("amount"), &no_amount);
#undef AT_PROOF
}

static struct str amount_at(struct ctx *c, size_t i)
{
	return str_printf(c->arena, "/differential/proofs/%zu/amount", i);
}

static void check_proofs(struct ctx *c, const struct differential *d, bool difference)
{
	struct money sum = FEN(0);
	bool all = d->n_proofs > 0;
	for (size_t i = 0; i < d->n_proofs; i++) {
		check_proof(c, &d->proofs[i], i, difference);
		all = all && d->proofs[i].has_amount && (!c->problem.n || !rules_faulty(c, amount_at(c, i))) &&
		      money_add(sum, d->proofs[i].amount, &sum);
	}
	if (difference && !d->n_proofs) FAULT(c, S("/differential/proofs"), &no_proof);
	if (all && d->has_deduction && sum.fen != d->deduction.fen)
		FAULT(c, S("/differential/deduction"), &bad_sum, money_format(c->arena, sum));
}

void differential_check(struct ctx *c, const struct issue_in *in)
{
	const struct differential *d = &in->differential;
	bool difference = differential_is_difference(d);
	if (!d->form.p) {
		if (d->has_deduction || d->n_proofs) FAULT(c, S("/differential/form"), &no_form);
		return;
	}
	if (!d->has_deduction) FAULT(c, S("/differential/deduction"), &no_deduction);
	check_proofs(c, d, difference);
	if (difference && in->n_lines > 1) FAULT(c, S("/lines"), &one_line);
	bool first = !rules_faulty(c, S("/lines/0/rate")) && !rules_faulty(c, S("/lines/0"));
	for (size_t i = 1; !difference && first && i < in->n_lines; i++)
		if (in->lines[i].rate.ppm != in->lines[0].rate.ppm)
			FAULT(c, str_printf(c->arena, "/lines/%zu/rate", i), &one_rate);
	if (difference && in->n_lines && in->lines[0].has_discount && in->lines[0].discount.fen)
		FAULT(c, S("/lines/0/discount"), &no_discount);
}

struct str differential_remark(struct arena *a, const struct differential *d, struct str remark)
{
	struct str head = str_printf(a, "差额征税：%s。", money_format(a, d->deduction).p);
	return remark.n ? str_printf(a, "%.*s%.*s", STR_FMT(head), STR_FMT(remark)) : head;
}

struct line_amounts differential_part(const struct face *f)
{
	const struct differential *d = &f->differential;
	if (differential_is_difference(d)) return (struct line_amounts){ d->deduction, FEN(0) };
	return amounts_split(d->deduction, true, f->n_lines ? f->lines[0].rate : PPM(0));
}
