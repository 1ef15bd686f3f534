/* Wallet simulator: the descriptor. Everything here exists in the sandbox only. */
#include "services/invoice/wallet_simulator/wallet_simulator.h"

enum { BODY_MAX = 16384 };

static const struct field body_fields[] = {
	{ "body", FIELD_BYTES, AT(struct wallet_body_in, body), .required = true, .max = BODY_MAX,
	        .label = N_("签名报文") },
	{ 0 },
};
static const struct field order_fields[] = {
	{ "order", FIELD_TEXT, AT(struct wallet_order_in, order), .required = true, .max = 32,
	        .label = N_("付款单号") },
	{ 0 },
};
static const struct field bill_fields[] = {
	{ "day", FIELD_DATE, AT(struct wallet_bill_in, day), .required = true, .label = N_("日期") },
	{ 0 },
};
static const struct field fault_fields[] = {
	{ "fault", FIELD_ENUM, AT(struct partner_fault_in, fault), .required = true, .max = 30,
	        .choices = wallet_faults, .label = N_("故障") },
	{ "times", FIELD_INT, AT(struct partner_fault_in, times), .required = true, .min = 0, .max = 1000000,
	        .label = N_("次数") },
	{ 0 },
};

#define MESSAGE(name, address, function, media, words)                                                                 \
	{                                                                                                              \
		.id = "wallet_simulator." name, .method = POST, .path = "/sandbox/" address, .who = PUBLIC,            \
		.in = body_fields, .in_size = sizeof(struct wallet_body_in), .run = function, .own_transaction = true, \
		.raw_body = media, .max_body = BODY_MAX, .per_minute = 60000, .title = words, .requirements = "A11.7"  \
	}

static const struct operation operations[] = {
	MESSAGE("wechat_order", "wechat/v3/fund-app/mch-transfer/transfer-bills", wallet_wechat_order,
	        "application/json", N_("模拟微信支付：收付款指令")),
	{ .id = "wallet_simulator.wechat_query",
	        .method = GET,
	        .path = "/sandbox/wechat/v3/fund-app/mch-transfer/transfer-bills/out-bill-no/{order}",
	        .who = PUBLIC,
	        .in = order_fields,
	        .in_size = sizeof(struct wallet_order_in),
	        .run = wallet_wechat_query,
	        .per_minute = 60000,
	        .title = N_("模拟微信支付：查付款结果"),
	        .requirements = "A11.7" },
	{ .id = "wallet_simulator.wechat_bill",
	        .method = GET,
	        .path = "/sandbox/wechat/v3/bill/transfer-bills/{day}",
	        .who = PUBLIC,
	        .in = bill_fields,
	        .in_size = sizeof(struct wallet_bill_in),
	        .run = wallet_wechat_bill,
	        .title = N_("模拟微信支付：账单"),
	        .requirements = "A11.7" },
	MESSAGE("alipay", "alipay/gateway.do", wallet_alipay, "application/x-www-form-urlencoded",
	        N_("模拟支付宝：网关")),
	MESSAGE("bank_order", "bank/payout", wallet_bank_order, "application/json", N_("模拟付款银行：收付款指令")),
	MESSAGE("bank_query", "bank/payout-query", wallet_bank_query, "application/json",
	        N_("模拟付款银行：查付款结果")),
	MESSAGE("bank_file", "bank/payout-file", wallet_bank_file, "application/json", N_("模拟付款银行：账单")),
	{ .id = "wallet_simulator.fault",
	        .method = POST,
	        .path = "/sandbox/wallets/faults",
	        .who = PUBLIC,
	        .in = fault_fields,
	        .in_size = sizeof(struct partner_fault_in),
	        .run = sandbox_partner_arm,
	        .title = N_("模拟付款方：设故障"),
	        .requirements = "A11.7" },
	{ .id = "wallet_simulator.credits",
	        .method = GET,
	        .path = "/sandbox/wallets/credits",
	        .who = PUBLIC,
	        .run = wallet_credits,
	        .title = N_("模拟付款方：自己的账"),
	        .requirements = "A11.7" },
};
static const struct subscription subscriptions[] = {
	{ .consumer = "wallet_simulator.keys",
	        .kinds = "lottery.account_set lottery.won",
	        .kind = CONSUMER_CORE,
	        .apply = wallet_feed },
};
static const struct job_kind jobs[] = {
	{ .name = "wallet_simulator.pay", .run = wallet_pay_job },
	{ .name = "wallet_simulator.notify", .run = wallet_notify_job },
};

const struct service wallet_simulator_service = {
	.name = "wallet_simulator",
	.board = "invoice",
	.title = N_("付款方模拟"),
	.uses = "lottery payment",
	.operations = operations,
	.n_operations = COUNT(operations),
	.subscriptions = subscriptions,
	.n_subscriptions = COUNT(subscriptions),
	.jobs = jobs,
	.n_jobs = COUNT(jobs),
	.fsck = wallet_check,
};
