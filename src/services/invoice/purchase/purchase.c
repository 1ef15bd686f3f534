/* Purchase invoices: the descriptor. */
#include "services/invoice/purchase/purchase.h"
#include "services/invoice/purchase/credit.h"
#include "services/invoice/purchase/einvoice.h"

enum { NUMBERS_MAX = 1000 };

static const struct field import_fields[] = {
	{ "xml", FIELD_BYTES, AT(struct import_in, xml), .required = true, .max = EINVOICE_BYTES_MAX,
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

static const struct choice states[] = { { "open", N_("可以勾选的") }, { "credited", N_("已经勾选的") }, { 0 } };
static const struct field credits_fields[] = {
	{ "period", FIELD_PERIOD, AT(struct credits_in, period), PRESENT_AT(struct credits_in, has_period),
	        .label = N_("税款所属期") },
	{ "state", FIELD_ENUM, AT(struct credits_in, state), .max = 10, .choices = states, .label = N_("状态") },
	{ "after", FIELD_TEXT, AT(struct credits_in, after), .max = 40, .label = N_("翻页位置") },
	{ 0 },
};
static const struct field purchase_fields[] = {
	{ "number", FIELD_TEXT, AT(struct purchase_number_in, number), .required = true, .min = 20, .max = 20,
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
	        .run = purchase_import,
	        .idempotent = true,
	        .receipt = true,
	        .raw_body = "application/xml",
	        .max_body = EINVOICE_BYTES_MAX,
	        .title = N_("导入取得的发票"),
	        .requirements = "A09.4 A09.10" },
	{ .id = "purchase.credit",
	        .method = POST,
	        .path = "/input-credits",
	        .who = MANDATE("invoice.credit"),
	        .in = credit_fields,
	        .in_size = sizeof(struct credit_in),
	        .run = credit_confirm,
	        .idempotent = true,
	        .receipt = true,
	        .title = N_("发票勾选确认"),
	        .law = N_("增值税法 第十六条"),
	        .requirements = "A09.10 A05.1" },
	{ .id = "purchase.withdraw",
	        .method = POST,
	        .path = "/input-credits/withdrawal",
	        .who = MANDATE("invoice.credit"),
	        .in = credit_fields,
	        .in_size = sizeof(struct credit_in),
	        .run = credit_withdraw,
	        .idempotent = true,
	        .receipt = true,
	        .title = N_("撤销发票勾选"),
	        .requirements = "A09.10 A05.1" },
	{ .id = "purchase.credits",
	        .method = GET,
	        .path = "/input-credits",
	        .who = MANDATE("invoice.credit"),
	        .in = credits_fields,
	        .in_size = sizeof(struct credits_in),
	        .run = credit_list,
	        .title = N_("进项发票勾选"),
	        .requirements = "A09.10 A05.1",
	        .words = "抵扣 勾选 用途确认 进项" },
	{ .id = "purchase.show",
	        .method = GET,
	        .path = "/purchases/{number}",
	        .who = MANDATE("invoice.read"),
	        .in = purchase_fields,
	        .in_size = sizeof(struct purchase_number_in),
	        .run = purchase_show,
	        .title = N_("导入的发票"),
	        .requirements = "A09.10" },
};
static const struct subscription subscriptions[] = {
	{ .consumer = "purchase.closed", .kinds = "return.filed", .kind = CONSUMER_CORE, .apply = credit_close },
};

const struct service purchase_service = {
	.name = "purchase",
	.board = "invoice",
	.title = N_("取得发票"),
	.uses = "issue registry",
	.operations = operations,
	.n_operations = COUNT(operations),
	.subscriptions = subscriptions,
	.n_subscriptions = COUNT(subscriptions),
	.fsck = credit_fsck,
};
