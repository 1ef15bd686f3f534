#include "services/invoice/purchase/purchase.h"
#include "kernel/receipt/receipt.h"
#include "kernel/xml/xml.h"
#include "purchase_sql.h"
#include "services/invoice/issue/issue.h"

enum { NUMBERS_MAX = 1000 };

static const struct fault_def bad_xml = { "xml", N_("XML 读不懂：第 {1} 行，{2}"), NULL, NULL };
static const struct fault_def no_element = { "element-missing", N_("文件里缺少 {1}，请用开票方给的 XML 原文件"), NULL,
	NULL };
static const struct fault_def not_buyer = { "buyer-differs", N_("这张发票的购买方不是您现在的办事身份"), NULL, NULL };
static const struct fault_def red = { "red-letter", N_("红字发票不能导入，请到红字发票里办理"), NULL, NULL };
static const struct fault_def sums = { "totals", N_("金额加税额不等于价税合计，文件可能被改动过"), NULL, NULL };
static const struct fault_def unknown = { "invoice-unknown", N_("没有查到您取得的这张发票，请先导入"), NULL, NULL };
static const struct fault_def ordinary = { "not-creditable", N_("普通发票不能抵扣进项税额"), NULL,
	N_("增值税法 第十六条") };
static const struct fault_def credited = { "credited", N_("这张发票已在 {1} 勾选过，不能重复抵扣"), NULL, NULL };

/* --- import --- */

struct import_in {
	struct str xml;
};
struct purchase {
	struct str number, seller_tax_id, seller_name, kind;
	struct date issued_on;
	struct money amount, tax, total;
};

static struct str text_of(struct ctx *c, const struct xml_node *root, const char *path)
{
	struct str s = xml_text(root, path);
	if (!s.p) FAULT(c, str_printf(c->arena, "/%s", path), &no_element, str_c(path));
	return s;
}

static struct money sum_of(struct ctx *c, const struct xml_node *root, const char *path)
{
	struct money m = FEN(0);
	struct str s = text_of(c, root, path);
	if (s.p && !money_parse(s, &m)) FAULT(c, str_printf(c->arena, "/%s", path), &no_element, str_c(path));
	return m;
}

/* Fields by local name, unknown elements ignored (domain/invoice.md §3.4). */
static err_t read_invoice(struct ctx *c, const struct xml_node *root, struct purchase *out)
{
	struct str type = text_of(c, root, "Header/InherentLabel/GeneralOrSpecialVAT/LabelCode");
	struct str issued = text_of(c, root, "TaxSupervisionInfo/IssueTime");
	struct str colour = xml_text(root, "Header/InherentLabel/InIssuType/LabelCode");
	*out = (struct purchase){ .number = text_of(c, root, "TaxSupervisionInfo/InvoiceNumber"),
		.seller_tax_id = text_of(c, root, "EInvoiceData/SellerInformation/SellerIdNum"),
		.seller_name = text_of(c, root, "EInvoiceData/SellerInformation/SellerName"),
		.kind = str_is(type, "01") ? S("special") : S("ordinary"),
		.amount = sum_of(c, root, "EInvoiceData/BasicInformation/TotalAmWithoutTax"),
		.tax = sum_of(c, root, "EInvoiceData/BasicInformation/TotalTaxAm"),
		.total = sum_of(c, root, "EInvoiceData/BasicInformation/TotalTax-includedAmount") };
	struct str buyer = text_of(c, root, "EInvoiceData/BuyerInformation/BuyerIdNum");
	if (issued.p && !date_parse(str_sub(issued, 0, 10), &out->issued_on))
		FAULT(c, S("/TaxSupervisionInfo/IssueTime"), &no_element, S("IssueTime"));
	if (out->number.p && out->number.n != 20)
		FAULT(c, S("/TaxSupervisionInfo/InvoiceNumber"), &no_element, S("InvoiceNumber"));
	if (str_is(colour, "N")) FAULT(c, S("/Header/InherentLabel/InIssuType"), &red);
	if (out->amount.fen + out->tax.fen != out->total.fen) FAULT(c, S("/EInvoiceData/BasicInformation"), &sums);
	if (buyer.p && !str_eq(buyer, c->caller.subject_tax_id))
		FAULT(c, S("/EInvoiceData/BuyerInformation/BuyerIdNum"), &not_buyer);
	return problem_result(&c->problem);
}

static err_t import(struct ctx *c, const void *input, struct reply *out)
{
	const struct import_in *in = input;
	struct xml_node *root;
	struct purchase p;
	int64_t line, added;
	const char *why;
	if (xml_parse(c->arena, in->xml, &root, &line, &why) != OK)
		return RAISE(c, E_INPUT, &bad_xml, str_from_int(c->arena, line), str_c(why));
	TRY(read_invoice(c, root, &p));
	TRY(purchase_insert(c, c->caller.subject_id, p.number, p.seller_tax_id, p.seller_name, p.kind, p.issued_on,
	        p.amount, p.tax, c->now, &added));
	struct value *v = value_object(c->arena), *receipt;
	value_put_str(c->arena, v, "number", p.number);
	value_put_str(c->arena, v, "seller", p.seller_name);
	value_put_str(c->arena, v, "kind", p.kind);
	value_put_date(c->arena, v, "issued_on", p.issued_on);
	value_put_money(c->arena, v, "amount", p.amount);
	value_put_money(c->arena, v, "tax", p.tax);
	value_put_bool(c->arena, v, "added", added == 1);
	TRY(receipt_issue(c, ACT_PURCHASE_IMPORTED, c->caller.subject_id, v, &receipt, NULL));
	value_put(c->arena, v, "receipt", receipt);
	out->value = v;
	out->status = added ? 201 : 200;
	return OK;
}

/* --- input tax --- */

struct credit_in {
	struct period period;
	struct str *numbers;
	size_t n_numbers;
};

/* An invoice that this taxpayer received: issued here, or imported. */
static err_t received(struct ctx *c, struct str number, struct str *kind, struct money *tax, bool *found)
{
	struct invoice i;
	struct purchase_get_row row;
	TRY(issue_find(c, number, &i, found));
	if (*found && i.buyer_id == c->caller.subject_id) {
		*kind = i.kind;
		*tax = i.tax;
		return OK;
	}
	TRY(purchase_get(c, c->caller.subject_id, number, &row, found));
	if (*found) {
		*kind = row.kind;
		*tax = row.tax;
	}
	return OK;
}

static err_t credit_one(struct ctx *c, const struct credit_in *in, size_t i, struct money *total)
{
	struct str at = str_printf(c->arena, "/numbers/%zu", i), kind, number = in->numbers[i];
	struct purchase_credit_get_row before;
	struct money tax = FEN(0);
	bool found, done;
	TRY(received(c, number, &kind, &tax, &found));
	TRY(purchase_credit_get(c, c->caller.subject_id, number, &before, &done));
	if (!found)
		FAULT(c, at, &unknown);
	else if (!str_is(kind, "special"))
		FAULT(c, at, &ordinary);
	else if (done)
		FAULT(c, at, &credited, before.period);
	else if (money_add(*total, tax, total))
		return purchase_credit_insert(
		        c, c->caller.subject_id, number, period_format(c->arena, in->period), tax, c->now, NULL);
	return OK;
}

err_t purchase_credited(struct ctx *c, int64_t buyer_id, struct str period, int64_t *n, struct money *tax)
{
	struct purchase_credit_totals_row row;
	bool found;
	TRY(purchase_credit_totals(c, buyer_id, period, &row, &found));
	*n = row.n;
	*tax = row.tax;
	return OK;
}

/* The seller's name of an invoice issued here stands in its document, of another in what was imported. */
static err_t seller_of(struct ctx *c, int64_t buyer_id, struct purchase_credit *out)
{
	struct invoice i;
	struct value *doc;
	struct json_fault where;
	struct purchase_seller_row row;
	bool found;
	TRY(issue_find(c, out->number, &i, &found));
	if (found && json_parse(c->arena, i.document, &doc, &where) == OK) {
		out->seller_name = value_text(value_get(doc, S("seller")), "name");
		out->amount = i.amount;
		return OK;
	}
	TRY(purchase_seller(c, buyer_id, out->number, &row, &found));
	if (found) {
		out->seller_name = row.seller_name;
		out->amount = row.amount;
	}
	return OK;
}

err_t purchase_credits(
        struct ctx *c, int64_t buyer_id, struct str period, struct str after, struct purchase_credit **out, size_t *n)
{
	struct purchase_credit_list_row *rows;
	TRY(purchase_credit_list(c, buyer_id, period, after, &rows, n));
	*out = arena_array(c->arena, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++) {
		(*out)[i] = (struct purchase_credit){ .number = rows[i].number, .tax = rows[i].tax };
		TRY(seller_of(c, buyer_id, &(*out)[i]));
	}
	return OK;
}

static err_t credit(struct ctx *c, const void *input, struct reply *out)
{
	const struct credit_in *in = input;
	struct money total = FEN(0), all;
	int64_t n;
	struct str period = period_format(c->arena, in->period);
	for (size_t i = 0; i < in->n_numbers; i++)
		TRY(credit_one(c, in, i, &total));
	TRY(problem_result(&c->problem));
	TRY(purchase_credited(c, c->caller.subject_id, period, &n, &all));
	struct value *v = value_object(c->arena), *receipt, *list;
	value_put_str(c->arena, v, "period", period);
	list = value_put_array(c->arena, v, "numbers");
	for (size_t i = 0; i < in->n_numbers; i++)
		value_push(c->arena, list, value_str(c->arena, in->numbers[i]));
	value_put_money(c->arena, v, "tax", total);
	value_put_int(c->arena, v, "period_count", n);
	value_put_money(c->arena, v, "period_tax", all);
	TRY(receipt_issue(c, ACT_INPUT_CREDITED, c->caller.subject_id, v, &receipt, NULL));
	value_put(c->arena, v, "receipt", receipt);
	out->value = v;
	out->status = 201;
	return OK;
}

static const struct field import_fields[] = {
	{ "xml", FIELD_BYTES, AT(struct import_in, xml), .required = true, .max = 1 << 20,
	        .label = N_("发票 XML 文件") },
	{ 0 },
};
static const struct field number_item = { "number", FIELD_TEXT, .min = 20, .max = 20, .label = N_("发票号码") };
static const struct field credit_fields[] = {
	{ "period", FIELD_PERIOD, AT(struct credit_in, period), .required = true, .label = N_("税款所属期") },
	{ "numbers", FIELD_LIST, AT(struct credit_in, numbers), COUNT_AT(struct credit_in, n_numbers), .required = true,
	        .min = 1, .max = NUMBERS_MAX, .item = &number_item, .size = sizeof(struct str),
	        .label = N_("发票号码") },
	{ 0 },
};

static const struct operation operations[] = {
	{ .id = "purchase.import",
	        .method = POST,
	        .path = "/purchases/import",
	        .who = MANDATE("invoice.credit"),
	        .in = import_fields,
	        .in_size = sizeof(struct import_in),
	        .run = import,
	        .idempotent = true,
	        .receipt = true,
	        .raw_body = "application/xml",
	        .max_body = 1 << 20,
	        .title = N_("导入取得的发票"),
	        .requirements = "A09.4 A09.10" },
	{ .id = "purchase.credit",
	        .method = POST,
	        .path = "/input-credits",
	        .who = MANDATE("invoice.credit"),
	        .in = credit_fields,
	        .in_size = sizeof(struct credit_in),
	        .run = credit,
	        .idempotent = true,
	        .receipt = true,
	        .title = N_("发票勾选确认"),
	        .law = N_("增值税法 第十六条"),
	        .requirements = "A09.10 A05.1" },
};

const struct service purchase_service = {
	.name = "purchase",
	.board = "invoice",
	.title = N_("取得发票"),
	.uses = "issue",
	.operations = operations,
	.n_operations = COUNT(operations),
};
