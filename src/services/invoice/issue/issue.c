/* Issuing: the descriptor. */
#include "services/invoice/issue/issue.h"
#include "services/invoice/issue/write.h"

static const struct choice kinds[] = { { "special", N_("增值税专用发票") }, { "ordinary", N_("普通发票") }, { 0 } };
static const struct choice sides[] = { { "issued", N_("开出的") }, { "received", N_("取得的") }, { 0 } };

static const struct field buyer_fields[] = {
	{ "tax_id", FIELD_TAX_ID, AT(struct buyer_in, tax_id), .max = 20, .label = N_("购买方税号") },
	{ "name", FIELD_TEXT, AT(struct buyer_in, name), .required = true, .min = 1, .max = 100,
	        .label = N_("购买方名称") },
	{ 0 },
};
static const struct field line_fields[] = {
	{ "tax_code", FIELD_TEXT, AT(struct line_in, tax_code), .required = true, .min = 19, .max = 19,
	        .label = N_("税收分类编码") },
	{ "name", FIELD_TEXT, AT(struct line_in, name), .required = true, .min = 1, .max = 90,
	        .label = N_("项目名称") },
	{ "spec", FIELD_TEXT, AT(struct line_in, spec), .max = 150, .label = N_("规格型号") },
	{ "unit", FIELD_TEXT, AT(struct line_in, unit), .max = 20, .label = N_("单位") },
	{ "quantity", FIELD_DECIMAL, AT(struct line_in, quantity), PRESENT_AT(struct line_in, has_quantity),
	        .label = N_("数量") },
	{ "price", FIELD_DECIMAL, AT(struct line_in, price), PRESENT_AT(struct line_in, has_price),
	        .label = N_("单价") },
	{ "price_includes_tax", FIELD_BOOL, AT(struct line_in, price_includes_tax), .label = N_("含税") },
	{ "amount", FIELD_MONEY, AT(struct line_in, amount), PRESENT_AT(struct line_in, has_amount), .min = 1,
	        .max = MONEY_MAX_FEN, .label = N_("金额") },
	{ "rate", FIELD_RATE, AT(struct line_in, rate), .required = true, .label = N_("税率") },
	{ "discount", FIELD_MONEY, AT(struct line_in, discount), PRESENT_AT(struct line_in, has_discount), .min = 0,
	        .max = MONEY_MAX_FEN, .label = N_("折扣") },
	{ 0 },
};
static const struct field issue_fields[] = {
	{ "kind", FIELD_ENUM, AT(struct issue_in, kind), .required = true, .max = 10, .choices = kinds,
	        .label = N_("发票种类") },
	{ "seller_ref", FIELD_TEXT, AT(struct issue_in, seller_ref), .max = 64, .label = N_("销售方自己的单号") },
	{ "buyer", FIELD_OBJECT, AT(struct issue_in, buyer), .required = true, .fields = buyer_fields,
	        .label = N_("购买方") },
	{ "lines", FIELD_LIST, AT(struct issue_in, lines), COUNT_AT(struct issue_in, n_lines), .required = true,
	        .min = 1, .max = 2000, .fields = line_fields, .size = sizeof(struct line_in), .label = N_("项目明细") },
	{ "remark", FIELD_LINES, AT(struct issue_in, remark), .max = 450, .label = N_("备注") },
	{ 0 },
};
static const struct field number_fields[] = {
	{ "number", FIELD_TEXT, AT(struct number_in, number), .required = true, .min = 20, .max = 20,
	        .label = N_("发票号码") },
	{ 0 },
};
static const struct field list_fields[] = {
	{ "side", FIELD_ENUM, AT(struct list_in, side), .max = 10, .choices = sides, .label = N_("方向") },
	{ "period", FIELD_PERIOD, AT(struct list_in, period), PRESENT_AT(struct list_in, has_period),
	        .label = N_("月份") },
	{ "after", FIELD_TEXT, AT(struct list_in, after), .max = 20, .label = N_("从这个号码之后") },
	{ 0 },
};

static const struct operation operations[] = {
	{ .id = "invoice.issue",
	        .method = POST,
	        .path = "/invoices",
	        .who = MANDATE("invoice.issue"),
	        .in = issue_fields,
	        .in_size = sizeof(struct issue_in),
	        .run = issue_one,
	        .blind = true,
	        .idempotent = true,
	        .receipt = true,
	        .max_body = 2 << 20,
	        .title = N_("开具发票"),
	        .law = N_("发票管理办法 第十八条"),
	        .requirements = "A09.1 A09.3 A09.5 A08.2",
	        .words = "开票 蓝字发票 数电票 invoice" },
	{ .id = "invoice.list",
	        .method = GET,
	        .path = "/invoices",
	        .who = MANDATE("invoice.read"),
	        .in = list_fields,
	        .in_size = sizeof(struct list_in),
	        .run = issue_list,
	        .title = N_("发票查询统计"),
	        .requirements = "A09.10",
	        .words = "发票查询 税务数字账户" },
	{ .id = "invoice.show",
	        .method = GET,
	        .path = "/invoices/{number}",
	        .who = MANDATE("invoice.read"),
	        .in = number_fields,
	        .in_size = sizeof(struct number_in),
	        .run = issue_show,
	        .title = N_("发票"),
	        .requirements = "A09.10" },
};
static const struct subscription subscriptions[] = {
	{ .consumer = "issue.party_list",
	        .kinds = "invoice.issued",
	        .kind = CONSUMER_PROJECTION,
	        .apply = issue_party_lists },
};

const struct service issue_service = {
	.name = "issue",
	.board = "invoice",
	.title = N_("发票开具"),
	.uses = "identity registry",
	.operations = operations,
	.n_operations = COUNT(operations),
	.subscriptions = subscriptions,
	.n_subscriptions = COUNT(subscriptions),
	.fsck = issue_check,
};
