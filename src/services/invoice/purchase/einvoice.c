#include "services/invoice/purchase/einvoice.h"
#include "base/decimal.h"
#include "kernel/xml/xml.h"

static const struct fault_def bad_xml = { "xml", N_("XML 读不懂：第 {1} 行，{2}"), NULL, NULL };
static const struct fault_def no_element = { "element-missing", N_("文件里缺少 {1}，请用开票方给的 XML 原文件"), NULL,
	NULL };
static const struct fault_def bad_element = { "element", N_("{1} 的内容不对：{2}"), NULL, NULL };
static const struct fault_def red = { "red-letter", N_("红字发票不能导入，请到红字发票里办理"), NULL, NULL };
static const struct fault_def sums = { "totals", N_("金额加税额不等于价税合计，文件可能被改动过"), NULL, NULL };
static const struct fault_def line_sums = { "line-totals", N_("各行相加不等于合计，文件可能被改动过"), NULL, NULL };

static struct str pointer(struct ctx *c, const char *path)
{
	return str_printf(c->arena, "/%s", path);
}

static struct str text_of(struct ctx *c, const struct xml_node *root, const char *path)
{
	struct str s = xml_text(root, path);
	if (!s.p) FAULT(c, pointer(c, path), &no_element, str_c(path));
	return s.p ? s : S("");
}

/* Amounts come with two or six places; an exempt line's tax as ***. */
static bool read_money(struct str s, struct money *out)
{
	struct decimal d, one = { 1, 0 };
	*out = FEN(0);
	if (str_is(s, "***")) return true;
	return decimal_parse(s, 6, &d) && d.scale <= 2 && decimal_times(d, one, out);
}

static struct money sum_of(struct ctx *c, const struct xml_node *root, const char *path)
{
	struct money m;
	struct str s = text_of(c, root, path);
	if (s.n && !read_money(s, &m)) FAULT(c, pointer(c, path), &bad_element, str_c(path), s);
	return s.n ? m : FEN(0);
}

/* The sums of the lines are the totals, exactly (§4.1). */
static void check_lines(struct ctx *c, const struct xml_node *data, struct einvoice *out)
{
	struct money amount = FEN(0), tax = FEN(0), m;
	for (const struct xml_node *n = data ? data->first : NULL; n; n = n->next) {
		if (!str_is(n->name, "IssuItemInformation")) continue;
		out->n_lines++;
		struct str a = xml_text(n, "Amount"), t = xml_text(n, "ComTaxAm");
		bool good = a.p && read_money(a, &m) && money_add(amount, m, &amount);
		good = good && (!t.p || (read_money(t, &m) && money_add(tax, m, &tax)));
		if (good) continue;
		FAULT(c, str_printf(c->arena, "/EInvoiceData/IssuItemInformation/%zu", out->n_lines - 1), &bad_element,
		        S("Amount, ComTaxAm"), a.p ? a : S(""));
		return;
	}
	if (!out->n_lines)
		FAULT(c, S("/EInvoiceData/IssuItemInformation"), &no_element, S("IssuItemInformation"));
	else if (!c->problem.n && (amount.fen != out->amount.fen || tax.fen != out->tax.fen))
		FAULT(c, S("/EInvoiceData/IssuItemInformation"), &line_sums);
}

static void check_number(struct ctx *c, struct str number)
{
	bool digits = number.n == 20;
	for (size_t i = 0; i < number.n; i++)
		digits = digits && number.p[i] >= '0' && number.p[i] <= '9';
	if (number.n && !digits)
		FAULT(c, S("/TaxSupervisionInfo/InvoiceNumber"), &bad_element, S("InvoiceNumber"), number);
}

err_t einvoice_read(struct ctx *c, struct str xml, struct einvoice *out)
{
	struct xml_node *root;
	int64_t line;
	const char *why;
	if (xml_parse(c->arena, xml, &root, &line, &why) != OK)
		return RAISE(c, E_INPUT, &bad_xml, str_from_int(c->arena, line), str_c(why));
	if (!str_is(root->name, "EInvoice")) FAULT(c, S(""), &no_element, S("EInvoice"));
	struct str type = text_of(c, root, "Header/InherentLabel/GeneralOrSpecialVAT/LabelCode");
	struct str issued = xml_text(root, "TaxSupervisionInfo/IssueTime");
	if (!issued.p) issued = text_of(c, root, "EInvoiceData/BasicInformation/RequestTime");
	*out = (struct einvoice){ .number = text_of(c, root, "TaxSupervisionInfo/InvoiceNumber"),
		.kind = str_is(type, "01") ? S("special") : S("ordinary"),
		.seller_tax_id = text_of(c, root, "EInvoiceData/SellerInformation/SellerIdNum"),
		.seller_name = text_of(c, root, "EInvoiceData/SellerInformation/SellerName"),
		.buyer_tax_id = text_of(c, root, "EInvoiceData/BuyerInformation/BuyerIdNum"),
		.buyer_name = text_of(c, root, "EInvoiceData/BuyerInformation/BuyerName"),
		.amount = sum_of(c, root, "EInvoiceData/BasicInformation/TotalAmWithoutTax"),
		.tax = sum_of(c, root, "EInvoiceData/BasicInformation/TotalTaxAm"),
		.total = sum_of(c, root, "EInvoiceData/BasicInformation/TotalTax-includedAmount") };
	check_number(c, out->number);
	if (out->seller_name.n > 450)
		FAULT(c, S("/EInvoiceData/SellerInformation/SellerName"), &bad_element, S("SellerName"), S("150"));
	if (issued.n && !date_parse(str_sub(issued, 0, 10), &out->issued_on))
		FAULT(c, S("/TaxSupervisionInfo/IssueTime"), &bad_element, S("IssueTime"), issued);
	if (str_is(xml_text(root, "Header/InherentLabel/InIssuType/LabelCode"), "N"))
		FAULT(c, S("/Header/InherentLabel/InIssuType"), &red);
	if (!c->problem.n && out->amount.fen + out->tax.fen != out->total.fen)
		FAULT(c, S("/EInvoiceData/BasicInformation"), &sums);
	check_lines(c, xml_child(root, "EInvoiceData"), out);
	return problem_result(&c->problem);
}
