/* Bank simulator: the descriptor. Everything here exists in the sandbox only. */
#include "services/tax/bank_simulator/bank_simulator.h"
#include "kernel/sandbox/sandbox.h"
#include "services/tax/payment/payment.h"

static const struct field bank_fields[] = {
	{ "body", FIELD_BYTES, AT(struct bank_in, body), .required = true, .max = PAYMENT_CALLBACK_MAX,
	        .label = N_("签名报文") },
	{ 0 },
};
static const struct field fault_fields[] = {
	{ "fault", FIELD_ENUM, AT(struct partner_fault_in, fault), .required = true, .max = 30, .choices = bank_faults,
	        .label = N_("故障") },
	{ "times", FIELD_INT, AT(struct partner_fault_in, times), .required = true, .min = 0, .max = 1000000,
	        .label = N_("次数") },
	{ 0 },
};
static const struct field debits_fields[] = {
	{ "day", FIELD_DATE, AT(struct debits_in, day), PRESENT_AT(struct debits_in, has_day), .label = N_("日期") },
	{ 0 },
};
static const struct field sign_fields[] = {
	{ "message", FIELD_TEXT, AT(struct sign_in, message), .required = true, .min = 1, .max = 4000,
	        .label = N_("报文") },
	{ 0 },
};

#define BANK_POST(name, address, fields, type, function, words)                                                        \
	{                                                                                                              \
		.id = "bank_simulator." name, .method = POST, .path = "/sandbox/bank/" address, .who = PUBLIC,         \
		.in = fields, .in_size = sizeof(type), .run = function, .own_transaction = true, .per_minute = 60000,  \
		.title = words, .requirements = "A05.16"                                                               \
	}
#define BANK_MESSAGE(name, address, function, words)                                                                   \
	{                                                                                                              \
		.id = "bank_simulator." name, .method = POST, .path = "/sandbox/bank/" address, .who = PUBLIC,         \
		.in = bank_fields, .in_size = sizeof(struct bank_in), .run = function, .own_transaction = true,        \
		.raw_body = "application/json", .max_body = PAYMENT_CALLBACK_MAX, .per_minute = 60000, .title = words, \
		.requirements = "A05.16"                                                                               \
	}

static const struct operation operations[] = {
	BANK_MESSAGE("order", "orders", bank_order, N_("模拟银行：收扣款指令")),
	BANK_MESSAGE("query", "queries", bank_query, N_("模拟银行：查扣款结果")),
	BANK_MESSAGE("file", "files", bank_file, N_("模拟银行：给对账文件")),
	BANK_POST(
	        "fault", "faults", fault_fields, struct partner_fault_in, sandbox_partner_arm, N_("模拟银行：设故障")),
	BANK_POST("sign", "envelopes", sign_fields, struct sign_in, bank_sign, N_("模拟银行：签一份报文")),
	{ .id = "bank_simulator.debits",
	        .method = GET,
	        .path = "/sandbox/bank/debits",
	        .who = PUBLIC,
	        .in = debits_fields,
	        .in_size = sizeof(struct debits_in),
	        .run = bank_debits,
	        .title = N_("模拟银行：自己的账"),
	        .requirements = "A05.16" },
};
static const struct job_kind jobs[] = {
	{ .name = "bank_simulator.debit", .run = bank_debit_job },
	{ .name = "bank_simulator.notify", .run = bank_notify_job },
};

const struct service bank_simulator_service = {
	.name = "bank_simulator",
	.board = "tax",
	.title = N_("银行模拟"),
	.uses = "payment",
	.operations = operations,
	.n_operations = COUNT(operations),
	.jobs = jobs,
	.n_jobs = COUNT(jobs),
	.seed = bank_seed,
	.fsck = bank_check,
};
