/* Payment: the descriptor, its operations and jobs. */
#include "services/tax/payment/payment.h"
#include "services/tax/payment/channel.h"

enum { OBLIGATIONS_MAX = 100 };

static const struct field obligation_item = { "obligation", FIELD_ID, .label = N_("应缴项目") };
static const struct field order_fields[] = {
	{ "obligations", FIELD_LIST, AT(struct order_in, obligations), COUNT_AT(struct order_in, n_obligations),
	        .required = true, .min = 1, .max = OBLIGATIONS_MAX, .item = &obligation_item, .size = sizeof(int64_t),
	        .label = N_("要缴的项目") },
	{ "channel", FIELD_ENUM, AT(struct order_in, channel), .required = true, .max = 30,
	        .choices = payment_channel_choices, .label = N_("缴款方式") },
	{ 0 },
};
static const struct field payment_fields[] = {
	{ "id", FIELD_ID, AT(struct payment_in, id), .required = true, .label = N_("缴款单编号") },
	{ 0 },
};
static const struct field payments_fields[] = {
	{ "before", FIELD_ID, AT(struct payments_in, before), .label = N_("早于这一张") },
	{ 0 },
};
static const struct field callback_fields[] = {
	{ "channel", FIELD_TEXT, AT(struct callback_in, channel), .required = true, .max = 30,
	        .label = N_("缴款方式") },
	{ "body", FIELD_BYTES, AT(struct callback_in, body), .required = true, .max = PAYMENT_CALLBACK_MAX,
	        .label = N_("签名报文") },
	{ 0 },
};
static const struct field day_fields[] = {
	{ "bank", FIELD_TEXT, AT(struct day_in, bank), .required = true, .max = 30, .label = N_("银行"),
	        .example = "bank-simulator" },
	{ "day", FIELD_DATE, AT(struct day_in, day), .required = true, .label = N_("日期") },
	{ 0 },
};
static const struct field days_fields[] = {
	{ "before", FIELD_DATE, AT(struct days_in, before), PRESENT_AT(struct days_in, has_before),
	        .label = N_("早于这一天") },
	{ 0 },
};

static const struct operation operations[] = {
	{ .id = "payment.create",
	        .method = POST,
	        .path = "/payments",
	        .who = MANDATE("tax.pay"),
	        .in = order_fields,
	        .in_size = sizeof(struct order_in),
	        .run = payment_create,
	        .idempotent = true,
	        .receipt = true,
	        .title = N_("税费缴纳"),
	        .law = N_("税收征收管理法 第三十一条"),
	        .requirements = "A05.11 A05.13 A05.15 A05.16",
	        .words = "缴税 缴款 扣款 pay" },
	{ .id = "payment.list",
	        .method = GET,
	        .path = "/payments",
	        .who = MANDATE("tax.read"),
	        .in = payments_fields,
	        .in_size = sizeof(struct payments_in),
	        .run = payment_list,
	        .title = N_("缴款信息"),
	        .requirements = "A05.16",
	        .words = "缴款记录 税票 payments" },
	{ .id = "payment.show",
	        .method = GET,
	        .path = "/payments/{id}",
	        .who = MANDATE("tax.read"),
	        .in = payment_fields,
	        .in_size = sizeof(struct payment_in),
	        .run = payment_show,
	        .title = N_("缴款单"),
	        .requirements = "A05.16" },
	{ .id = "payment.callback",
	        .method = POST,
	        .path = "/payments/callbacks/{channel}",
	        .who = PUBLIC, /* the signature says who it is */
	        .in = callback_fields,
	        .in_size = sizeof(struct callback_in),
	        .run = payment_callback,
	        .own_transaction = true,
	        .raw_body = "application/json",
	        .max_body = PAYMENT_CALLBACK_MAX,
	        .per_minute = 60000,
	        .title = N_("银行回送扣款结果"),
	        .law = N_("电子签名法 第十三条"),
	        .requirements = "A05.16" },
	{ .id = "payment.reconcile",
	        .method = POST,
	        .path = "/reconciliations",
	        .who = OFFICER(NULL),
	        .in = day_fields,
	        .in_size = sizeof(struct day_in),
	        .run = payment_reconcile_now,
	        .own_transaction = true,
	        .title = N_("对账"),
	        .requirements = "A05.16" },
	{ .id = "payment.reconciliations",
	        .method = GET,
	        .path = "/reconciliations",
	        .who = OFFICER(NULL),
	        .in = days_fields,
	        .in_size = sizeof(struct days_in),
	        .run = payment_reconciliations,
	        .title = N_("对账单"),
	        .requirements = "A05.16",
	        .words = "对账 银行 国库 reconciliation" },
	{ .id = "payment.reconciliation",
	        .method = GET,
	        .path = "/reconciliations/{bank}/{day}",
	        .who = OFFICER(NULL),
	        .in = day_fields,
	        .in_size = sizeof(struct day_in),
	        .run = payment_reconciliation_show,
	        .title = N_("一天的对账单"),
	        .requirements = "A05.16" },
	{ .id = "payment.reconciliation_csv",
	        .method = GET,
	        .path = "/reconciliations/{bank}/{day}.csv",
	        .who = OFFICER(NULL),
	        .in = day_fields,
	        .in_size = sizeof(struct day_in),
	        .run = payment_reconciliation_csv,
	        .title = N_("一天的对账单（CSV）"),
	        .requirements = "A05.16" },
};

static const struct job_kind jobs[] = {
	{ .name = "payment.deliver", .run = payment_deliver, .max_tries = 20 },
	{ .name = "payment.reconcile", .run = payment_reconcile_all, .daily_at = "01:00", .max_tries = 8 },
	{ .name = "payment.forget", .run = payment_forget, .daily_at = "03:40" },
};

const struct service payment_service = {
	.name = "payment",
	.board = "tax",
	.title = N_("税费缴纳"),
	.uses = "identity ledger",
	.operations = operations,
	.n_operations = COUNT(operations),
	.jobs = jobs,
	.n_jobs = COUNT(jobs),
	.fsck = payment_check,
};
