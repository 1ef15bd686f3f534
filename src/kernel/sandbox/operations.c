/* Steering the sandbox: clock and faults. No account is needed: whoever can reach the loopback address may. */
#include "kernel/clock/clock.h"
#include "kernel/db/db.h"
#include "kernel/operation/router.h"
#include "kernel/operation/service.h"
#include "kernel/sandbox/sandbox.h"

static const struct fault_def elsewhere = { "sandbox-loopback-only",
	N_("这台演示服务器不在本机回环地址上，不能从外面调时钟和故障"), N_("用 --listen 127.0.0.1:端口 启动后再试"),
	NULL };
static const struct fault_def no_operation = { "operation-unknown",
	N_("没有“{1}”这个操作，请在 /openapi.json 里查 operationId"), NULL, NULL };
static const struct fault_def not_fast = { "fault-not-here", N_("“{1}”由事件线程直接回答，只能设 unavailable"), NULL,
	NULL };
static const struct fault_def full = { "faults-full", N_("已有 {1} 个操作设了故障，请先清掉一些（times 填 0）"), NULL,
	NULL };

struct clock_in {
	instant_us now;
};
static const struct field clock_fields[] = {
	{ "now", FIELD_INSTANT, AT(struct clock_in, now), .required = true, .label = N_("时间"),
	        .example = "2026-12-25T09:00:00+08:00" },
	{ 0 },
};

static const struct choice fault_choices[] = {
	{ "latency", N_("延迟") },
	{ "unavailable", N_("暂停服务（503）") },
	{ "reply_lost", N_("办成后回答丢失") },
	{ 0 },
};
struct fault_in {
	struct str operation, fault;
	int64_t times, milliseconds;
};
static const struct field fault_fields[] = {
	{ "operation", FIELD_TEXT, AT(struct fault_in, operation), .required = true, .min = 3, .max = 80,
	        .label = N_("操作"), .example = "invoice.issue" },
	{ "fault", FIELD_ENUM, AT(struct fault_in, fault), .required = true, .max = 20, .choices = fault_choices,
	        .label = N_("故障") },
	{ "times", FIELD_INT, AT(struct fault_in, times), .required = true, .min = 0, .max = 1000000,
	        .label = N_("次数"), .help = N_("接下来几次调用出故障；填 0 清掉") },
	{ "milliseconds", FIELD_INT, AT(struct fault_in, milliseconds), .min = 0, .max = 20000, .label = N_("延迟毫秒"),
	        .help = N_("只用于延迟，不填为 1000") },
	{ 0 },
};

static err_t may_steer(struct ctx *c)
{
	return sandbox_steerable(c->app->sandbox) ? OK : RAISE(c, E_FORBIDDEN, &elsewhere);
}

static err_t show(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	out->value = sandbox_value(c);
	value_put_instant(c->arena, out->value, "now", clock_now(c->app->clock));
	value_put_c(c->arena, out->value, "password", "sandbox");
	value_put_bool(c->arena, out->value, "steerable", sandbox_steerable(c->app->sandbox));
	return OK;
}

static err_t tell_leap(struct ctx *c, void *arg)
{
	const int64_t *us = arg;
	for (size_t i = 0; i < n_services; i++)
		if (services[i]->leap) TRY(services[i]->leap(c, *us));
	return OK;
}

/* Hours are how a test lets things run out; who leaps to another day or month plays on where they are. */
static err_t set_clock(struct ctx *c, const void *input, struct reply *out)
{
	const int64_t day = INT64_C(86400000000);
	const struct clock_in *in = input;
	TRY(may_steer(c));
	int64_t us = in->now - clock_now(c->app->clock);
	clock_set(c->app->clock, in->now);
	if (us > day || us < -day) TRY(db_write(c, tell_leap, &us));
	out->value = value_object(c->arena);
	value_put_instant(c->arena, out->value, "now", clock_now(c->app->clock));
	return OK;
}

struct wanted {
	struct str id;
	const struct operation *found;
};

static void look(void *arg, const struct operation *op)
{
	struct wanted *w = arg;
	if (str_is(w->id, op->id)) w->found = op;
}

static err_t set_fault(struct ctx *c, const void *input, struct reply *out)
{
	const struct fault_in *in = input;
	struct wanted w = { in->operation, NULL };
	enum sandbox_fault fault = SANDBOX_LATENCY;
	TRY(may_steer(c));
	while (!str_is(in->fault, fault_choices[fault].code))
		fault++;
	router_each(c->app->router, look, &w);
	if (!w.found) {
		FAULT(c, S("/operation"), &no_operation, in->operation);
		return problem_result(&c->problem);
	}
	if (w.found->class == OP_FAST && fault != SANDBOX_UNAVAILABLE) FAULT(c, S("/fault"), &not_fast, in->operation);
	TRY(problem_result(&c->problem));
	unsigned ms = in->milliseconds ? (unsigned)in->milliseconds : 1000;
	if (!sandbox_arm(c->app->sandbox, w.found->id, fault, (unsigned)in->times, ms))
		return RAISE(c, E_CONFLICT, &full, str_from_int(c->arena, SANDBOX_FAULTS_MAX));
	return show(c, NULL, out);
}

const struct operation sandbox_operations[] = {
	{ .id = "sandbox.show",
	        .method = GET,
	        .path = "/sandbox",
	        .who = PUBLIC,
	        .run = show,
	        .title = N_("演示环境"),
	        .requirements = "G02.1",
	        .words = "sandbox 演示 测试账号" },
	{ .id = "sandbox.clock",
	        .method = POST,
	        .path = "/sandbox/clock",
	        .who = PUBLIC,
	        .in = clock_fields,
	        .in_size = sizeof(struct clock_in),
	        .run = set_clock,
	        .reads = true,
	        .title = N_("演示环境的时钟"),
	        .requirements = "G02.1" },
	{ .id = "sandbox.faults",
	        .method = POST,
	        .path = "/sandbox/faults",
	        .who = PUBLIC,
	        .in = fault_fields,
	        .in_size = sizeof(struct fault_in),
	        .run = set_fault,
	        .reads = true,
	        .title = N_("演示环境的故障"),
	        .requirements = "G02.1" },
};
const size_t n_sandbox_operations = COUNT(sandbox_operations);
