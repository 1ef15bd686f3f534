#include "services/invoice/issue/spec/fields.h"
#include "services/invoice/issue/special.h"

const struct spec_group_def spec_groups[SPEC_GROUPS] = {
	[SPEC_ROOT] = { "", "", "发票", "invoice" },
	[SPEC_SELLER] = { "seller", "EInvoiceData/SellerInformation", "销售方", "seller" },
	[SPEC_BUYER] = { "buyer", "EInvoiceData/BuyerInformation", "购买方", "buyer" },
	[SPEC_RED] = { "red", "EInvoiceData/SpecificInformation/RedEInvoice", "红字信息", "red letter" },
	[SPEC_LINE] = { "lines", "EInvoiceData/IssuItemInformation", "明细行", "line" },
	[SPEC_DIFFERENTIAL] = { "differential", "EInvoiceData/SpecificInformation/DifferentialTaxation", "差额征税",
	        "differential taxation" },
	[SPEC_VOUCHER] = { "proofs", "EInvoiceData/SpecificInformation/DifferentialTaxation/DeductionVoucher",
	        "扣除凭证", "voucher of deduction" },
	[SPEC_SPECIAL] = { "special", "EInvoiceData/SpecificInformation", "特定业务内容", "special business" },
};
#define BASIC "EInvoiceData/BasicInformation/"
#define CORE "EInvoiceData/AdditionalInformation/EtaxCore/"

/* The businesses of special.c, as one choice. */
#define BUSINESSES                                                                                                     \
	"refined_oil rare_earth construction freight real_estate_sale real_estate_lease "                              \
	"vessel_tax toll passenger hospital clinic own_produce "                                                       \
	"tractor motor_vehicle used_car_trade produce_purchase solar_purchase cigarettes "                             \
	"export produce scrap_purchase used_car_special reverse vehicle_sale "                                         \
	"used_car_sale"
#define POLICIES                                                                                                       \
	"simple_3 simple_5 rare_earth refund_first refund_100 refund_70 refund_50 refund_30 over_3 over_6 over_8 "     \
	"over_12"
/* Fields of special businesses are texts; their forms and which of them belong to a business: check_special.c. */
#define SPECIAL_ROW(name_, max_, form_, label_, xml_, choices_)                                                        \
	{ SPEC_SPECIAL, #name_, SPEC_IS_TEXT, .max = max_, .zh = label_, .en = xml_ },

const struct spec_field spec_fields[] = {
	{ SPEC_ROOT, "agency", SPEC_IS_TEXT, .max = 40, .zh = "代开申请编号", .en = "request of agency issuing" },
	{ SPEC_ROOT, "amount", SPEC_IS_MONEY, .required = true, .xml = BASIC "TotalAmWithoutTax", .pinyin = "HJJE",
	        .zh = "合计金额（不含税）", .en = "amount without tax" },
	{ SPEC_ROOT, "buyer", SPEC_IS_GROUP, .required = true, .inner = SPEC_BUYER, .zh = "购买方", .en = "buyer" },
	{ SPEC_ROOT, "business", SPEC_IS_CHOICE, .choices = BUSINESSES, .zh = "特定业务", .en = "special business" },
	{ SPEC_ROOT, "differential", SPEC_IS_GROUP, .inner = SPEC_DIFFERENTIAL, .zh = "差额征税",
	        .en = "differential taxation" },
	{ SPEC_ROOT, "drawer", SPEC_IS_TEXT, .max = 300, .xml = BASIC "Drawer", .pinyin = "KPR", .zh = "开票人",
	        .en = "drawer" },
	{ SPEC_ROOT, "issued_at", SPEC_IS_INSTANT, .required = true,
	        .xml = CORE "IssuedAt|TaxSupervisionInfo/IssueTime|" BASIC "RequestTime", .pinyin = "KPRQ",
	        .zh = "开票时间", .en = "time of issue" },
	{ SPEC_ROOT, "kind", SPEC_IS_CHOICE, .required = true, .choices = "special ordinary vehicle used_car",
	        .xml = "Header/InherentLabel/GeneralOrSpecialVAT/LabelCode", .pinyin = "FPPZDM", .zh = "发票种类",
	        .en = "kind" },
	{ SPEC_ROOT, "lines", SPEC_IS_LIST, .required = true, .max = SPEC_LINES, .inner = SPEC_LINE, .zh = "明细",
	        .en = "lines" },
	{ SPEC_ROOT, "number", SPEC_IS_DIGITS, .required = true, .max = 20,
	        .xml = "TaxSupervisionInfo/InvoiceNumber|Header/EIid", .pinyin = "FPHM", .zh = "发票号码",
	        .en = "number" },
	{ SPEC_ROOT, "qr", SPEC_IS_TEXT, .required = true, .max = 512, .zh = "二维码内容", .en = "QR text" },
	{ SPEC_ROOT, "rate_reason", SPEC_IS_CHOICE, .choices = "2 3", .zh = "按 3% 开具的理由",
	        .en = "reason for 3 %" },
	{ SPEC_ROOT, "red", SPEC_IS_GROUP, .inner = SPEC_RED, .zh = "红字信息", .en = "red letter" },
	{ SPEC_ROOT, "remark", SPEC_IS_TEXT, .max = 450, .xml = "EInvoiceData/AdditionalInformation/Remark",
	        .pinyin = "BZ", .zh = "备注", .en = "remark" },
	{ SPEC_ROOT, "seller", SPEC_IS_GROUP, .required = true, .inner = SPEC_SELLER, .zh = "销售方", .en = "seller" },
	{ SPEC_ROOT, "seller_ref", SPEC_IS_TEXT, .max = 64, .xml = CORE "SellerRef", .zh = "销售方单号",
	        .en = "seller's reference" },
	{ SPEC_ROOT, "special", SPEC_IS_LIST, .max = SPEC_LINES, .inner = SPEC_SPECIAL, .zh = "特定业务内容",
	        .en = "details of the special business" },
	{ SPEC_ROOT, "tax", SPEC_IS_MONEY, .required = true, .xml = BASIC "TotalTaxAm", .pinyin = "HJSE",
	        .zh = "合计税额", .en = "tax" },
	{ SPEC_ROOT, "total", SPEC_IS_MONEY, .required = true, .xml = BASIC "TotalTax-includedAmount", .pinyin = "JSHJ",
	        .zh = "价税合计", .en = "total with tax" },
	{ SPEC_ROOT, "total_in_words", SPEC_IS_TEXT, .required = true, .max = 300,
	        .xml = BASIC "TotalTax-includedAmountInChinese", .pinyin = "JSHJDX", .zh = "价税合计大写",
	        .en = "total in words" },

	{ SPEC_SELLER, "general", SPEC_IS_BOOL, .zh = "一般纳税人", .en = "general VAT payer" },
	{ SPEC_SELLER, "name", SPEC_IS_TEXT, .required = true, .max = 150, .xml = "SellerName", .pinyin = "XSFMC",
	        .zh = "销售方名称", .en = "seller's name" },
	{ SPEC_SELLER, "tax_id", SPEC_IS_TEXT, .required = true, .max = 20, .xml = "SellerIdNum", .pinyin = "XSFNSRSBH",
	        .zh = "销售方税号", .en = "seller's number" },
	{ SPEC_BUYER, "general", SPEC_IS_BOOL, .zh = "一般纳税人（购买方开具时）",
	        .en = "general VAT payer, if the buyer issues" },
	{ SPEC_BUYER, "name", SPEC_IS_TEXT, .required = true, .max = 150, .xml = "BuyerName", .pinyin = "GMFMC",
	        .zh = "购买方名称", .en = "buyer's name" },
	{ SPEC_BUYER, "tax_id", SPEC_IS_TEXT, .max = 20, .xml = "BuyerIdNum", .pinyin = "GMFNSRSBH", .zh = "购买方税号",
	        .en = "buyer's number" },
	{ SPEC_RED, "original", SPEC_IS_DIGITS, .required = true, .max = 20, .xml = "OriginalInvoiceCode",
	        .pinyin = "BHCLZFPHM|EI390", .zh = "被红冲发票号码", .en = "number of the blue invoice" },
	{ SPEC_RED, "reason", SPEC_IS_CHOICE, .required = true, .choices = "01 02 03 04", .zh = "红冲原因",
	        .en = "reason" },
	{ SPEC_RED, "slip", SPEC_IS_DIGITS, .required = true, .max = 20, .xml = "CreditNoteNumber",
	        .pinyin = "HZQRDBH|EI391", .zh = "红字确认单编号", .en = "confirmation slip" },

	{ SPEC_LINE, "amount", SPEC_IS_MONEY, .required = true, .xml = "Amount", .pinyin = "JE", .zh = "金额",
	        .en = "amount" },
	{ SPEC_LINE, "coal", SPEC_IS_CHOICE, .choices = "0100 0200 0300", .zh = "煤炭种类", .en = "kind of coal" },
	{ SPEC_LINE, "discount", SPEC_IS_BOOL, .zh = "折扣行", .en = "discount line" },
	{ SPEC_LINE, "line", SPEC_IS_INT, .max = SPEC_LINES, .xml = "EtaxLine/Line", .zh = "蓝字发票行号",
	        .en = "line of the blue invoice" },
	{ SPEC_LINE, "name", SPEC_IS_TEXT, .required = true, .max = 600, .xml = "ItemName", .pinyin = "XMMC",
	        .zh = "项目名称", .en = "name" },
	{ SPEC_LINE, "policy", SPEC_IS_CHOICE, .choices = POLICIES, .zh = "优惠政策", .en = "preference" },
	{ SPEC_LINE, "price", SPEC_IS_DECIMAL, .xml = "UnPrice", .pinyin = "DJ", .zh = "单价",
	        .en = "price without tax" },
	{ SPEC_LINE, "quantity", SPEC_IS_DECIMAL, .xml = "Quantity", .pinyin = "SL", .zh = "数量", .en = "quantity" },
	{ SPEC_LINE, "rate", SPEC_IS_RATE, .required = true, .xml = "TaxRate", .pinyin = "SLV", .zh = "税率",
	        .en = "rate" },
	{ SPEC_LINE, "spec", SPEC_IS_TEXT, .max = 150, .xml = "SpecMod", .pinyin = "GGXH", .zh = "规格型号",
	        .en = "model" },
	{ SPEC_LINE, "tax", SPEC_IS_MONEY, .required = true, .xml = "ComTaxAm", .pinyin = "SE", .zh = "税额",
	        .en = "tax" },
	{ SPEC_LINE, "tax_code", SPEC_IS_TEXT, .required = true, .max = 19, .xml = "TaxClassificationCode",
	        .pinyin = "SPHFWSSFLHBBM", .zh = "税收分类编码", .en = "tax code" },
	{ SPEC_LINE, "treatment", SPEC_IS_CHOICE, .choices = "exempt zero not_taxed reduced difference",
	        .xml = "EtaxLine/Treatment", .zh = "免税、零税率或不征税", .en = "treatment" },
	{ SPEC_LINE, "unit", SPEC_IS_TEXT, .max = 300, .xml = "MeaUnits", .pinyin = "DW", .zh = "单位", .en = "unit" },

	{ SPEC_DIFFERENTIAL, "deduction", SPEC_IS_MONEY, .required = true, .zh = "扣除额", .en = "deduction with tax" },
	{ SPEC_DIFFERENTIAL, "form", SPEC_IS_CHOICE, .required = true, .choices = "full difference", .zh = "方式",
	        .en = "form" },
	{ SPEC_DIFFERENTIAL, "proofs", SPEC_IS_LIST, .max = SPEC_LINES, .inner = SPEC_VOUCHER, .zh = "扣除凭证",
	        .en = "vouchers" },
	{ SPEC_VOUCHER, "amount", SPEC_IS_MONEY, .zh = "本次扣除金额", .en = "deducted now" },
	{ SPEC_VOUCHER, "date", SPEC_IS_TEXT, .max = 10, .zh = "凭证日期", .en = "date" },
	{ SPEC_VOUCHER, "kind", SPEC_IS_CHOICE, .required = true, .choices = "01 02 03 04 05 06 07 08 09",
	        .zh = "凭证类型", .en = "kind of voucher" },
	{ SPEC_VOUCHER, "note", SPEC_IS_TEXT, .max = 100, .zh = "说明", .en = "note" },
	{ SPEC_VOUCHER, "voucher_no", SPEC_IS_TEXT, .max = 40, .zh = "凭证号码", .en = "number" },
	SPECIAL_FIELDS(SPECIAL_ROW)
};
const size_t spec_n_fields = sizeof spec_fields / sizeof *spec_fields;

const struct spec_kind spec_kinds[] = {
	{ "special", "01", "电子发票（增值税专用发票）", "special VAT invoice", true },
	{ "ordinary", "02", "电子发票（普通发票）", "ordinary invoice", false },
	{ "vehicle", "01", "机动车销售统一发票", "motor-vehicle sales invoice", false },
	{ "used_car", "02", "二手车销售统一发票", "used-car sales invoice", false },
};
const size_t spec_n_kinds = sizeof spec_kinds / sizeof *spec_kinds;

const struct spec_kind *spec_kind_find(struct str kind)
{
	for (size_t i = 0; i < spec_n_kinds; i++)
		if (str_is(kind, spec_kinds[i].kind)) return &spec_kinds[i];
	return NULL;
}
