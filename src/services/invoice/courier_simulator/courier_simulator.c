/* Courier simulator: the descriptor. Everything here exists in the sandbox only. */
#include "services/invoice/courier_simulator/courier_simulator.h"
#include "kernel/sandbox/sandbox.h"

static const struct field body_fields[] = {
	{ "body", FIELD_BYTES, AT(struct courier_body_in, body), .required = true, .max = PAPER_MESSAGE_MAX,
	        .label = N_("签名报文") },
	{ 0 },
};
static const struct field fault_fields[] = {
	{ "fault", FIELD_ENUM, AT(struct partner_fault_in, fault), .required = true, .max = 30,
	        .choices = courier_faults, .label = N_("故障") },
	{ "times", FIELD_INT, AT(struct partner_fault_in, times), .required = true, .min = 0, .max = 1000000,
	        .label = N_("次数") },
	{ 0 },
};
static const struct choice words[] = { { "event", N_("快递公司的消息") }, { "order", N_("税务局的寄件单") },
	{ "query", N_("税务局的查询") }, { 0 } };
static const struct field sign_fields[] = {
	{ "body", FIELD_TEXT, AT(struct courier_sign_in, body), .required = true, .min = 1, .max = 4000,
	        .label = N_("报文") },
	{ "word", FIELD_ENUM, AT(struct courier_sign_in, word), .max = 10, .choices = words, .label = N_("报文种类") },
	{ "shift", FIELD_INT, AT(struct courier_sign_in, shift), .min = -100000, .max = 100000, .label = N_("差几秒") },
	{ 0 },
};

#define MESSAGE(name, address, function, words)                                                                        \
	{                                                                                                              \
		.id = "courier_simulator." name, .method = POST, .path = "/sandbox/courier/" address, .who = PUBLIC,   \
		.in = body_fields, .in_size = sizeof(struct courier_body_in), .run = function,                         \
		.own_transaction = true, .raw_body = "application/json", .max_body = PAPER_MESSAGE_MAX,                \
		.per_minute = 60000, .title = words, .requirements = "A07.4"                                           \
	}

static const struct operation operations[] = {
	MESSAGE("order", "orders", courier_order, N_("模拟快递：收寄件单")),
	MESSAGE("query", "queries", courier_query, N_("模拟快递：查物流")),
	{ .id = "courier_simulator.orders",
	        .method = GET,
	        .path = "/sandbox/courier/orders",
	        .who = PUBLIC,
	        .run = courier_orders,
	        .title = N_("模拟快递：自己的账"),
	        .requirements = "A07.4" },
	{ .id = "courier_simulator.fault",
	        .method = POST,
	        .path = "/sandbox/courier/faults",
	        .who = PUBLIC,
	        .in = fault_fields,
	        .in_size = sizeof(struct partner_fault_in),
	        .run = sandbox_partner_arm,
	        .own_transaction = true,
	        .title = N_("模拟快递：设故障"),
	        .requirements = "A07.4" },
	{ .id = "courier_simulator.sign",
	        .method = POST,
	        .path = "/sandbox/courier/signatures",
	        .who = PUBLIC,
	        .in = sign_fields,
	        .in_size = sizeof(struct courier_sign_in),
	        .run = courier_sign,
	        .reads = true,
	        .title = N_("模拟快递：签一份报文"),
	        .requirements = "A07.4" },
};
static const struct job_kind jobs[] = {
	{ .name = "courier_simulator.move", .run = courier_move_job },
	{ .name = "courier_simulator.notify", .run = courier_notify_job },
};

const struct service courier_simulator_service = {
	.name = "courier_simulator",
	.board = "invoice",
	.title = N_("快递模拟"),
	.uses = "paper",
	.operations = operations,
	.n_operations = COUNT(operations),
	.jobs = jobs,
	.n_jobs = COUNT(jobs),
	.seed = courier_seed,
	.fsck = courier_check,
};
