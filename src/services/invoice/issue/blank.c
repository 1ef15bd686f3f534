/* GET /invoices/new: seller, quota, rates, earlier buyers, drafts, and the form as it stands at first: empty, from a
 * draft, or a copy of an invoice. */
#include "services/invoice/issue/blank.h"
#include "issue_sql.h"
#include "kernel/access/access.h"
#include "services/invoice/issue/drafts.h"
#include <string.h>

enum { BUYERS_MAX = 8 };

static const struct fault_def no_copy = { "copy-red", N_("红字发票不能照着再开，请照它的蓝字发票开"), NULL, NULL };
static const struct fault_def not_own = { "copy-other", N_("只能照自己开出的发票再开"), NULL, NULL };

const struct field blank_fields[] = {
	{ "draft", FIELD_ID, AT(struct blank_in, draft), .label = N_("草稿编号"), .help = N_("接着填这份草稿") },
	{ "copy", FIELD_TEXT, AT(struct blank_in, copy), .min = 20, .max = 20, .label = N_("照着开的发票号码") },
	{ 0 },
};

/* --- what the seller has --- */

static err_t put_quota(struct ctx *c, struct value *v, const struct issuer *by)
{
	struct issue_quota_used_row row;
	struct money left;
	bool found;
	TRY(issue_quota_used(c, by->taxpayer.id, by->period, &row, &found));
	struct money used = found ? row.used : FEN(0);
	if (!money_sub(by->taxpayer.quota, used, &left)) return E_INTERNAL;
	value_put_str(c->arena, v, "period", by->period);
	value_put_money(c->arena, v, "quota", by->taxpayer.quota);
	value_put_money(c->arena, v, "quota_used", used);
	value_put_money(c->arena, v, "quota_left", left);
	return OK;
}

static struct rate usual_rate(const struct issuer *by)
{
	struct small_scale rule;
	return !by->taxpayer.general && vat_rates_small_scale(by->day, false, &rule) ? rule.rate
	                                                                             : PPM(by->rates.ppm[0]);
}

static void put_seller(struct ctx *c, struct value *v, const struct issuer *by)
{
	struct value *seller = value_put_object(c->arena, v, "seller");
	value_put_str(c->arena, seller, "name", by->taxpayer.name);
	value_put_str(c->arena, seller, "tax_id", by->taxpayer.uscc);
	value_put_bool(c->arena, seller, "general", by->taxpayer.general);
	value_put_str(c->arena, v, "usual_rate", rate_format(c->arena, usual_rate(by)));
	struct value *rates = value_put_array(c->arena, v, "rates");
	for (size_t i = 0; i < by->rates.n; i++)
		value_push(c->arena, rates, value_str(c->arena, rate_format(c->arena, PPM(by->rates.ppm[i]))));
}

static bool has_name(const struct value *list, struct str name)
{
	for (const struct value_member *m = list->first; m; m = m->next)
		if (str_eq(value_text(m->value, "name"), name)) return true;
	return false;
}

/* Who got the newest invoices, each once; the list knows names only, the invoices the tax ids. */
static err_t put_buyers(struct ctx *c, struct value *v)
{
	struct issue_party_list_row *rows;
	struct value *list = value_put_array(c->arena, v, "buyers");
	size_t n;
	TRY(issue_party_list(c, c->caller.subject_id, 0, S("0000-00"), S("9999-99"), S("9999-99"), S(""), S(""), S(""),
	        S(""), 0, FEN(-MONEY_MAX_FEN), FEN(MONEY_MAX_FEN), &rows, &n));
	value_put_str(c->arena, v, "last", n ? rows[0].number : STR_NONE);
	for (size_t i = 0; i < n && list->count < BUYERS_MAX; i++) {
		struct invoice invoice;
		struct value *document;
		bool found;
		if (has_name(list, rows[i].other_name)) continue;
		TRY(issue_find(c, rows[i].number, &invoice, &found));
		if (!found) continue;
		TRY(face_value(c->arena, invoice.document, &document));
		const struct value *buyer = value_get(document, S("buyer"));
		struct value *one = value_object(c->arena);
		value_put_str(c->arena, one, "name", value_text(buyer, "name"));
		value_put_str(c->arena, one, "tax_id", value_text(buyer, "tax_id"));
		value_push(c->arena, list, one);
	}
	return OK;
}

/* --- the form --- */

static void fresh(struct ctx *c, const struct issuer *by, struct value *form)
{
	value_put_c(c->arena, form, "kind", by->taxpayer.general ? "special" : "ordinary");
	(void)value_put_array(c->arena, form, "lines");
}

/* *轴承*精密滚动轴承: the form holds what stands behind the short name. */
static struct str bare_name(struct str name)
{
	const char *end = name.n > 1 && name.p[0] == '*' ? memchr(name.p + 1, '*', name.n - 1) : NULL;
	return end ? str_sub(name, (size_t)(end + 1 - name.p), name.n) : name;
}

/* Entered with the tax inside. */
static void copy_inclusive(struct arena *a, struct value *v, const struct face_line *l)
{
	struct money all = FEN(l->sum.amount.fen + l->sum.tax.fen);
	if (l->treatment == TREATMENT_REDUCED) value_put_c(a, v, "treatment", treatment_word(l->treatment));
	value_put_bool(a, v, "price_includes_tax", true);
	if (l->has_quantity)
		value_set(a, v, S("price"), value_str(a, decimal_format(a, amounts_unit_price(all, l->quantity))));
	else
		value_set(a, v, S("amount"), value_str(a, money_format(a, all)));
}

static void copy_line(struct ctx *c, struct value *lines, const struct face_line *l)
{
	struct arena *a = c->arena;
	if (l->discount && lines->last) {
		value_put_money(a, lines->last->value, "discount", FEN(-l->sum.amount.fen));
		return;
	}
	struct value *v = value_object(a);
	value_put_str(a, v, "tax_code", l->tax_code);
	value_put_str(a, v, "name", bare_name(l->name));
	value_put_str(a, v, "spec", l->spec);
	value_put_str(a, v, "unit", l->unit);
	if (l->has_quantity) {
		value_put_str(a, v, "quantity", decimal_format(a, l->quantity));
		value_put_str(a, v, "price", decimal_format(a, l->price));
	} else {
		value_put_money(a, v, "amount", l->sum.amount);
	}
	value_put_str(a, v, "rate", rate_format(a, l->rate));
	if (l->treatment == TREATMENT_REDUCED || l->treatment == TREATMENT_DIFFERENCE)
		copy_inclusive(a, v, l);
	else if (l->treatment != TREATMENT_TAXED)
		value_put_c(a, v, "treatment", treatment_word(l->treatment));
	value_put_str(a, v, "policy", l->policy);
	value_put_str(a, v, "coal", l->coal);
	value_push(a, lines, v);
}

/* Special fields as they are; the proofs of a deduction were used up, so that only its form is kept. */
static err_t copy_more(struct ctx *c, struct str document, const struct face *f, struct value *form)
{
	struct arena *a = c->arena;
	struct value *doc;
	TRY(face_value(a, document, &doc));
	const struct value *special = value_get(doc, S("special"));
	if (special) value_put(a, form, "special", (struct value *)(uintptr_t)special);
	if (f->business.p) value_put_str(a, form, "business", f->business);
	if (f->rate_reason.p) value_put_str(a, form, "rate_reason", f->rate_reason);
	if (f->differential.form.p)
		value_put_str(a, value_put_object(a, form, "differential"), "form", f->differential.form);
	return OK;
}

static err_t copy_of(struct ctx *c, struct str number, struct value *form)
{
	struct invoice i;
	struct face f;
	TRY(issue_open(c, number, &i));
	if (i.seller_id != c->caller.subject_id)
		FAULT(c, S("/copy"), &not_own);
	else if (i.total.fen <= 0)
		FAULT(c, S("/copy"), &no_copy);
	TRY(problem_result(&c->problem));
	TRY(face_read(c->arena, i.document, &f));
	value_put_str(c->arena, form, "kind", f.kind);
	struct value *buyer = value_put_object(c->arena, form, "buyer");
	const struct face_party *other = special_swaps(f.business) ? &f.seller : &f.buyer;
	value_put_str(c->arena, buyer, "tax_id", other->tax_id);
	value_put_str(c->arena, buyer, "name", other->name);
	struct value *lines = value_put_array(c->arena, form, "lines");
	for (size_t k = 0; k < f.n_lines; k++)
		copy_line(c, lines, &f.lines[k]);
	TRY(copy_more(c, i.document, &f, form));
	value_put_str(c->arena, form, "remark", f.differential.form.p ? S("") : f.remark);
	return OK;
}

static err_t from_draft(struct ctx *c, int64_t id, struct value *v)
{
	struct draft_in in = { .id = id };
	struct reply draft = { 0 };
	TRY(draft_show(c, &in, &draft));
	struct value *content = (struct value *)(uintptr_t)value_get(draft.value, S("content"));
	value_set(c->arena, content, S("draft"), value_str(c->arena, str_from_int(c->arena, id)));
	value_put(c->arena, v, "form", content);
	value_put_str(c->arena, v, "saved_at", value_text(draft.value, "saved_at"));
	return OK;
}

err_t issue_blank(struct ctx *c, const void *input, struct reply *out)
{
	const struct blank_in *in = input;
	struct issuer by;
	struct issue_draft_count_row drafts;
	bool found, may;
	TRY(issuer_find(c, &by, &may));
	TRY(access_open(c, c->caller.subject_id, "invoices"));
	struct value *v = out->value = value_object(c->arena);
	/* Who may not issue learns it before filling in, not after. */
	value_put_bool(c->arena, v, "may_issue", may);
	if (!may) return OK;
	put_seller(c, v, &by);
	TRY(put_quota(c, v, &by));
	TRY(put_buyers(c, v));
	TRY(issue_draft_count(c, c->caller.subject_id, &drafts, &found));
	value_put_int(c->arena, v, "drafts", found ? drafts.n : 0);
	if (in->draft) return from_draft(c, in->draft, v);
	value_put(c->arena, v, "saved_at", value_null(c->arena));
	struct value *form = value_put_object(c->arena, v, "form");
	if (in->copy.p) return copy_of(c, in->copy, form);
	fresh(c, &by, form);
	return OK;
}

/* --- a draft of what stands in the form, right or not yet right --- */

/* --- a draft of what stands in the form, right or not yet right --- */

static const struct field keep_buyer_fields[] = {
	{ "tax_id", FIELD_TEXT, AT(struct keep_buyer, tax_id), .max = 40, .label = N_("购买方税号") },
	{ "name", FIELD_TEXT, AT(struct keep_buyer, name), .max = 200, .label = N_("购买方名称") },
	{ 0 },
};
static const struct field keep_line_fields[] = {
	{ "tax_code", FIELD_TEXT, AT(struct keep_line, tax_code), .max = 60, .label = N_("税收分类编码") },
	{ "name", FIELD_TEXT, AT(struct keep_line, name), .max = 200, .label = N_("项目名称") },
	{ "spec", FIELD_TEXT, AT(struct keep_line, spec), .max = 200, .label = N_("规格型号") },
	{ "unit", FIELD_TEXT, AT(struct keep_line, unit), .max = 40, .label = N_("单位") },
	{ "quantity", FIELD_TEXT, AT(struct keep_line, quantity), .max = 40, .label = N_("数量") },
	{ "price", FIELD_TEXT, AT(struct keep_line, price), .max = 40, .label = N_("单价") },
	{ "price_includes_tax", FIELD_BOOL, AT(struct keep_line, price_includes_tax), .label = N_("含税") },
	{ "amount", FIELD_TEXT, AT(struct keep_line, amount), .max = 40, .label = N_("金额") },
	{ "rate", FIELD_TEXT, AT(struct keep_line, rate), .max = 20, .label = N_("税率") },
	{ "treatment", FIELD_ENUM, AT(struct keep_line, treatment), .max = 10, .choices = issue_treatments,
	        .label = N_("征免方式") },
	{ "policy", FIELD_ENUM, AT(struct keep_line, policy), .max = 20, .choices = issue_policies,
	        .label = N_("优惠政策") },
	{ "coal", FIELD_ENUM, AT(struct keep_line, coal), .max = 4, .choices = issue_coals, .label = N_("煤炭种类") },
	{ "discount", FIELD_TEXT, AT(struct keep_line, discount), .max = 40, .label = N_("折扣") },
	{ 0 },
};
static const struct field keep_proof_fields[] = {
	{ "kind", FIELD_ENUM, AT(struct keep_proof, kind), .max = 2, .choices = differential_proof_kinds,
	        .label = N_("凭证类型") },
	{ "voucher_no", FIELD_TEXT, AT(struct keep_proof, voucher_no), .max = 100, .label = N_("凭证号码") },
	{ "date", FIELD_TEXT, AT(struct keep_proof, date), .max = 20, .label = N_("凭证日期") },
	{ "amount", FIELD_TEXT, AT(struct keep_proof, amount), .max = 40, .label = N_("本次扣除金额") },
	{ "note", FIELD_TEXT, AT(struct keep_proof, note), .max = 200, .label = N_("说明") },
	{ 0 },
};
static const struct field keep_differential_fields[] = {
	{ "form", FIELD_ENUM, AT(struct keep_differential, form), .max = 10, .choices = differential_forms,
	        .label = N_("差额征税") },
	{ "deduction", FIELD_TEXT, AT(struct keep_differential, deduction), .max = 40, .label = N_("扣除额") },
	{ "proofs", FIELD_LIST, AT(struct keep_differential, proofs), COUNT_AT(struct keep_differential, n_proofs),
	        .max = DIFFERENTIAL_PROOFS_MAX, .fields = keep_proof_fields, .size = sizeof(struct keep_proof),
	        .label = N_("扣除凭证") },
	{ 0 },
};
const struct field keep_fields[] = {
	{ "kind", FIELD_ENUM, AT(struct keep_in, kind), .max = 10, .choices = issue_kinds, .label = N_("发票种类") },
	{ "seller_ref", FIELD_TEXT, AT(struct keep_in, seller_ref), .max = 64, .label = N_("销售方自己的单号") },
	{ "buyer", FIELD_OBJECT, AT(struct keep_in, buyer), .fields = keep_buyer_fields, .label = N_("购买方") },
	{ "lines", FIELD_LIST, AT(struct keep_in, lines), COUNT_AT(struct keep_in, n_lines), .max = ISSUE_LINES_MAX,
	        .fields = keep_line_fields, .size = sizeof(struct keep_line), .label = N_("项目明细") },
	{ "business", FIELD_ENUM, AT(struct keep_in, business), .max = 20, .choices = special_choices,
	        .label = N_("特定业务") },
	{ "special", FIELD_LIST, AT(struct keep_in, special), COUNT_AT(struct keep_in, n_special), .max = 200,
	        .fields = special_fields, .size = sizeof(struct special_item), .label = N_("特定业务的内容") },
	{ "differential", FIELD_OBJECT, AT(struct keep_in, differential), .fields = keep_differential_fields,
	        .label = N_("差额征税") },
	{ "rate_reason", FIELD_TEXT, AT(struct keep_in, rate_reason), .max = 1, .label = N_("按 3% 开具的理由") },
	{ "remark", FIELD_LINES, AT(struct keep_in, remark), .max = 900, .label = N_("备注") },
	{ "draft", FIELD_ID, AT(struct keep_in, draft), .label = N_("草稿编号"), .help = N_("已有的草稿，不填是新的") },
	{ 0 },
};

static void put_given(struct ctx *c, struct value *v, const char *name, struct str s)
{
	if (s.n) value_put_str(c->arena, v, name, s);
}

static void keep_one(struct ctx *c, struct value *lines, const struct keep_line *l)
{
	struct value *v = value_object(c->arena);
	const struct {
		const char *name;
		struct str text;
	} members[] = { { "tax_code", l->tax_code }, { "name", l->name }, { "spec", l->spec }, { "unit", l->unit },
		{ "quantity", l->quantity }, { "price", l->price }, { "amount", l->amount }, { "rate", l->rate },
		{ "treatment", l->treatment }, { "policy", l->policy }, { "coal", l->coal },
		{ "discount", l->discount } };
	for (size_t i = 0; i < COUNT(members); i++)
		put_given(c, v, members[i].name, members[i].text);
	if (l->price_includes_tax) value_put_bool(c->arena, v, "price_includes_tax", true);
	value_push(c->arena, lines, v);
}

static void keep_special(struct ctx *c, struct value *v, const struct keep_in *in)
{
	struct value *list = in->n_special ? value_put_array(c->arena, v, "special") : NULL;
	for (size_t i = 0; i < in->n_special; i++) {
		struct value *row = value_object(c->arena);
		for (size_t k = 0; k < SPECIAL_N; k++)
			put_given(c, row, special_table[k].name, in->special[i].v[k]);
		value_push(c->arena, list, row);
	}
}

static void keep_differential(struct ctx *c, struct value *v, const struct keep_differential *d)
{
	if (!d->form.n) return;
	struct value *of = value_put_object(c->arena, v, "differential"), *list;
	put_given(c, of, "form", d->form);
	put_given(c, of, "deduction", d->deduction);
	list = value_put_array(c->arena, of, "proofs");
	for (size_t i = 0; i < d->n_proofs; i++) {
		const struct keep_proof *p = &d->proofs[i];
		struct value *row = value_object(c->arena);
		put_given(c, row, "kind", p->kind);
		put_given(c, row, "voucher_no", p->voucher_no);
		put_given(c, row, "date", p->date);
		put_given(c, row, "amount", p->amount);
		put_given(c, row, "note", p->note);
		value_push(c->arena, list, row);
	}
}

static struct value *content_of(struct ctx *c, const struct keep_in *in)
{
	struct value *v = value_object(c->arena);
	put_given(c, v, "kind", in->kind);
	put_given(c, v, "seller_ref", in->seller_ref);
	struct value *buyer = value_put_object(c->arena, v, "buyer");
	put_given(c, buyer, "tax_id", in->buyer.tax_id);
	put_given(c, buyer, "name", in->buyer.name);
	struct value *lines = value_put_array(c->arena, v, "lines");
	for (size_t i = 0; i < in->n_lines; i++)
		keep_one(c, lines, &in->lines[i]);
	put_given(c, v, "business", in->business);
	put_given(c, v, "rate_reason", in->rate_reason);
	keep_special(c, v, in);
	keep_differential(c, v, &in->differential);
	put_given(c, v, "remark", in->remark);
	return v;
}

/* A draft that is gone (issued or deleted elsewhere) is made anew: what was typed is not lost. */
err_t draft_keep(struct ctx *c, const void *input, struct reply *out)
{
	const struct keep_in *in = input;
	struct draft_in draft = { .id = in->draft, .content = content_of(c, in) };
	struct issue_draft_get_row row;
	bool found = false;
	if (in->draft) TRY(issue_draft_get(c, c->caller.subject_id, in->draft, &row, &found));
	return found ? draft_save(c, &draft, out) : draft_new(c, &draft, out);
}
