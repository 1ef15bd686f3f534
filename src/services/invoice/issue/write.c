#include "services/invoice/issue/write.h"
#include "issue_sql.h"
#include "kernel/access/access.h"
#include "kernel/receipt/receipt.h"
#include "services/foundation/identity/identity.h"
#include "services/foundation/registry/registry.h"
#include "services/invoice/issue/amounts.h"
#include "services/invoice/issue/taxcode.h"
#include <string.h>

static const struct fault_def no_code = { "tax-code-unknown", N_("税收分类编码表里没有 {1}，请从列表里选"), NULL,
	N_("税务总局公告2016年第23号") };
static const struct fault_def summary = { "tax-code-summary", N_("{1}是汇总项，请选它下面的具体项目"), NULL, NULL };
static const struct fault_def bad_rate = { "rate", N_("这一天没有 {1} 这档税率，可用：{2}"), NULL,
	N_("增值税法 第十条、第十一条") };
static const struct fault_def quantity_price = { "quantity-price", N_("数量和单价要么都填，要么都不填只填金额"), NULL,
	NULL };
static const struct fault_def no_amount = { "amount-missing", N_("请填写数量和单价，或者金额"), NULL, NULL };
static const struct fault_def out_of_range = { "amount-range", N_("金额超出范围，请核对数量和单价"), NULL, NULL };
static const struct fault_def not_positive = { "amount-not-positive", N_("金额要大于 0；退货或折让请开红字发票"), NULL,
	NULL };
static const struct fault_def discount_high = { "discount", N_("折扣不能大于这一行的金额"), NULL, NULL };
static const struct fault_def buyer_id_missing = { "buyer-tax-id", N_("专用发票要有购买方税号"), NULL,
	N_("发票管理办法 第二十一条") };
static const struct fault_def buyer_person = { "buyer-person", N_("专用发票不能开给自然人，请改开普通发票"), NULL,
	NULL };
static const struct fault_def exempt_special = { "special-exempt", N_("免税项目不能开专用发票，请改开普通发票"), NULL,
	NULL };
static const struct fault_def not_a_seller = { "seller-status", N_("{1}现在不能开票，请到主管税务机关办理"), NULL,
	NULL };
static const struct fault_def over_quota = { "quota", N_("本月发票总额度 {1} 元，已用 {2} 元，这张还要 {3} 元，不够"),
	N_("可以申请调整发票总额度"), N_("税务总局公告2024年第11号") };

struct totals {
	struct money amount, tax, total;
};

/* Rates in force from 2019-04-01 and unchanged by the VAT law (domain/invoice.md §6); 1 % is the reduced levy to
 * 2027-12-31. */
static bool rate_allowed(bool general, struct rate r, const char **allowed)
{
	static const int32_t for_general[] = { 130000, 90000, 60000, 50000, 30000, 0 },
	                     for_small[] = { 10000, 30000, 50000, 0 };
	*allowed = general ? "13%、9%、6%、5%、3%、0" : "1%、3%、5%、0";
	const int32_t *list = general ? for_general : for_small;
	for (size_t i = 0; i < (general ? COUNT(for_general) : COUNT(for_small)); i++)
		if (list[i] == r.ppm) return true;
	return false;
}

static struct str at(struct ctx *c, size_t line, const char *field)
{
	return str_printf(c->arena, "/lines/%zu/%s", line, field);
}

static void check_line(struct ctx *c, const struct line_in *l, size_t i, bool special, bool general)
{
	struct taxcode code;
	const char *allowed;
	if (!taxcode_find(l->tax_code, &code))
		FAULT(c, at(c, i, "tax_code"), &no_code, l->tax_code);
	else if (!code.short_name.n)
		FAULT(c, at(c, i, "tax_code"), &summary, code.name);
	if (!rate_allowed(general, l->rate, &allowed))
		FAULT(c, at(c, i, "rate"), &bad_rate, rate_percent(c->arena, l->rate), str_c(allowed));
	if (special && l->rate.ppm == 0) FAULT(c, at(c, i, "rate"), &exempt_special);
	if (l->has_quantity != l->has_price)
		FAULT(c, at(c, i, l->has_quantity ? "price" : "quantity"), &quantity_price);
	else if (!l->has_quantity && !l->has_amount)
		FAULT(c, at(c, i, "amount"), &no_amount);
}

static void check_buyer(struct ctx *c, const struct issue_in *in)
{
	if (!str_is(in->kind, "special")) return;
	if (!in->buyer.tax_id.p) FAULT(c, S("/buyer/tax_id"), &buyer_id_missing);
	/* A number that is a person's: six digits of area, then a birth year. */
	else if (in->buyer.tax_id.n == 18 && in->buyer.tax_id.p[0] <= '8' &&
	         (in->buyer.tax_id.p[6] == '1' || in->buyer.tax_id.p[6] == '2') &&
	         (in->buyer.tax_id.p[7] == '9' || in->buyer.tax_id.p[7] == '0'))
		FAULT(c, S("/buyer/tax_id"), &buyer_person);
}

static void put_line(
        struct ctx *c, struct value *lines, const struct line_in *l, struct line_amounts sum, bool discount)
{
	struct taxcode code;
	struct value *v = value_object(c->arena);
	if (!taxcode_find(l->tax_code, &code)) return; /* checked before */
	value_put_str(c->arena, v, "tax_code", l->tax_code);
	/* A name that brings its short name between asterisks keeps it. */
	struct str name = l->name;
	if (name.p[0] != '*') name = str_printf(c->arena, "*%.*s*%.*s", STR_FMT(code.short_name), STR_FMT(l->name));
	value_put_str(c->arena, v, "name", name);
	if (!discount && l->spec.p) value_put_str(c->arena, v, "spec", l->spec);
	if (!discount && l->unit.p) value_put_str(c->arena, v, "unit", l->unit);
	if (!discount && l->has_quantity) {
		struct decimal net = l->price;
		/* The face shows the price without tax. */
		if (l->price_includes_tax) (void)decimal_over(sum.amount, l->quantity, 13, &net);
		value_put_str(c->arena, v, "quantity", decimal_format(c->arena, l->quantity));
		value_put_str(c->arena, v, "price", decimal_format(c->arena, net));
	}
	value_put_str(c->arena, v, "rate", rate_format(c->arena, l->rate));
	value_put_money(c->arena, v, "amount", sum.amount);
	value_put_money(c->arena, v, "tax", sum.tax);
	if (discount) value_put_bool(c->arena, v, "discount", true);
	value_push(c->arena, lines, v);
}

static bool add(struct totals *t, struct line_amounts l)
{
	return money_add(t->amount, l.amount, &t->amount) && money_add(t->tax, l.tax, &t->tax) &&
	       money_add(t->amount, t->tax, &t->total);
}

/* One line and, behind it, its discount line with the same code and rate (折扣行). */
static void compute_line(struct ctx *c, const struct line_in *l, size_t i, struct value *lines, struct totals *t)
{
	struct line_amounts sum = { 0 };
	bool good = l->has_quantity ? amounts_line(l->quantity, l->price, l->price_includes_tax, l->rate, &sum)
	                            : (sum = amounts_split(l->amount, l->price_includes_tax, l->rate), true);
	if (!good || !add(t, sum)) {
		FAULT(c, at(c, i, "price"), &out_of_range);
		return;
	}
	if (sum.amount.fen <= 0) FAULT(c, at(c, i, l->has_quantity ? "price" : "amount"), &not_positive);
	put_line(c, lines, l, sum, false);
	if (!l->has_discount || l->discount.fen == 0) return;
	struct line_amounts off = amounts_split(FEN(-l->discount.fen), l->price_includes_tax, l->rate);
	if (-off.amount.fen > sum.amount.fen || !add(t, off))
		FAULT(c, at(c, i, "discount"), &discount_high);
	else
		put_line(c, lines, l, off, true);
}

/* YY + region + channel 2 (web and interface) + 15 digits without gaps (domain/invoice.md §3.2). */
static err_t next_number(struct ctx *c, const struct taxpayer *seller, struct str *number)
{
	struct str prefix = str_printf(c->arena, "%02d%.*s2", c->today.year % 100, STR_FMT(seller->region));
	int64_t n;
	TRY(db_counter(c, str_printf(c->arena, "invoice.%.*s", STR_FMT(prefix)), 1, &n));
	*number = str_printf(c->arena, "%.*s%015lld", STR_FMT(prefix), (long long)n);
	return OK;
}

/* Check and use are one statement of the same transaction: two clerks at once never overdraw. */
static err_t use_quota(struct ctx *c, const struct taxpayer *seller, struct money amount)
{
	struct issue_quota_add_row row;
	bool found;
	struct str month = period_format(c->arena, period_of(PERIOD_MONTH, c->today));
	TRY(issue_quota_add(c, seller->id, month, amount, &row, &found));
	if (row.used.fen <= seller->quota.fen) return OK;
	return RAISE(c, E_CONFLICT, &over_quota, money_grouped(c->arena, seller->quota),
	        money_grouped(c->arena, FEN(row.used.fen - amount.fen)), money_grouped(c->arena, amount));
}

static void put_party(struct ctx *c, struct value *doc, const char *key, struct str tax_id, struct str name)
{
	struct value *v = value_put_object(c->arena, doc, key);
	if (tax_id.p) value_put_str(c->arena, v, "tax_id", tax_id);
	value_put_str(c->arena, v, "name", name);
}

static err_t store(struct ctx *c, const struct issue_in *in, const struct taxpayer *seller, struct value *lines,
        const struct totals *t, struct reply *out)
{
	struct str number;
	struct party buyer = { 0 };
	bool known = false;
	int64_t receipt_id;
	unsigned char digest[32];
	TRY(next_number(c, seller, &number));
	TRY(use_quota(c, seller, t->amount));
	if (in->buyer.tax_id.p) TRY(identity_party_by_tax_id(c, in->buyer.tax_id, &buyer, &known));
	struct value *doc = value_object(c->arena);
	struct str day = date_format(c->arena, c->today);
	value_put_str(c->arena, doc, "number", number);
	value_put_str(c->arena, doc, "kind", in->kind);
	value_put_instant(c->arena, doc, "issued_at", c->now);
	put_party(c, doc, "seller", seller->uscc, seller->name);
	put_party(c, doc, "buyer", in->buyer.tax_id, in->buyer.name);
	value_put(c->arena, doc, "lines", lines);
	value_put_money(c->arena, doc, "amount", t->amount);
	value_put_money(c->arena, doc, "tax", t->tax);
	value_put_money(c->arena, doc, "total", t->total);
	value_put_str(c->arena, doc, "total_in_words", money_words(c->arena, t->total));
	if (in->remark.p) value_put_str(c->arena, doc, "remark", in->remark);
	if (in->seller_ref.p) value_put_str(c->arena, doc, "seller_ref", in->seller_ref);
	value_put_str(c->arena, doc, "drawer", c->caller.person_name);
	struct str digits = str_printf(c->arena, "%.4s%.2s%.2s", day.p, day.p + 5, day.p + 8);
	value_put_str(c->arena, doc, "qr", amounts_qr(c->arena, str_is(in->kind, "special"), number, t->total, digits));
	struct buf b;
	buf_init(&b, c->arena, 2048);
	value_write_canonical(&b, doc);
	TRY(receipt_issue_bytes(c, ACT_INVOICE_ISSUED, seller->id, buf_done(&b), &receipt_id, digest));
	TRY(issue_insert(c, number, seller->id, known ? buyer.id : 0, in->kind, c->now, t->amount, t->tax, t->total,
	        buf_done(&b), receipt_id, NULL));
	TRY(outbox_emit(c, "invoice.issued", seller->id, number));
	value_put_c(c->arena, doc, "status", "valid");
	value_put(c->arena, doc, "receipt", receipt_value(c, receipt_id, ACT_INVOICE_ISSUED, c->now, digest));
	out->value = doc;
	out->status = 201;
	out->location = str_printf(c->arena, "/invoices/%.*s", STR_FMT(number));
	return OK;
}

err_t issue_one(struct ctx *c, const void *input, struct reply *out)
{
	const struct issue_in *in = input;
	struct taxpayer seller;
	struct totals t = { 0 };
	bool found, special = str_is(in->kind, "special");
	TRY(registry_taxpayer(c, c->caller.subject_id, &seller, &found));
	if (!found || !seller.normal) return RAISE(c, E_CONFLICT, &not_a_seller, c->caller.subject_name);
	check_buyer(c, in);
	for (size_t i = 0; i < in->n_lines; i++)
		check_line(c, &in->lines[i], i, special, seller.general);
	TRY(problem_result(&c->problem));
	struct value *lines = value_array(c->arena);
	for (size_t i = 0; i < in->n_lines; i++)
		compute_line(c, &in->lines[i], i, lines, &t);
	TRY(problem_result(&c->problem));
	TRY(access_within_limit(c, t.total));
	return store(c, in, &seller, lines, &t, out);
}
