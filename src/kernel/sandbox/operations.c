/* Steering the sandbox: clock and faults. No account is needed: whoever can reach the loopback address may. */
#include "kernel/clock/clock.h"
#include "kernel/db/db.h"
#include "kernel/operation/router.h"
#include "kernel/operation/service.h"
#include "kernel/sandbox/sandbox.h"
#include <string.h>
#include <strings.h>

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
	{ "503", N_("暂停服务（503）") }, /* what else people call them */
	{ "reply-lost", N_("办成后回答丢失") },
	{ "lost_reply", N_("办成后回答丢失") },
	{ "lost-reply", N_("办成后回答丢失") },
	{ 0 },
};
static const enum sandbox_fault meant[] = { SANDBOX_LATENCY, SANDBOX_UNAVAILABLE, SANDBOX_REPLY_LOST,
	SANDBOX_UNAVAILABLE, SANDBOX_REPLY_LOST, SANDBOX_REPLY_LOST, SANDBOX_REPLY_LOST };
struct fault_in {
	struct str operation, fault;
	int64_t times, milliseconds;
	bool has_times;
};
static const struct field fault_fields[] = {
	{ "operation", FIELD_TEXT, AT(struct fault_in, operation), .required = true, .min = 3, .max = 400,
	        .label = N_("操作"), .help = N_("operationId，或方法和网址，如 POST /v1/invoices"),
	        .example = "invoice.issue" },
	{ "fault", FIELD_ENUM, AT(struct fault_in, fault), .required = true, .max = 20, .choices = fault_choices,
	        .label = N_("故障") },
	{ "times", FIELD_INT, AT(struct fault_in, times), PRESENT_AT(struct fault_in, has_times), .min = 0,
	        .max = 1000000, .label = N_("次数"), .help = N_("接下来几次调用出故障，不填为 1；填 0 清掉") },
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

/* "POST /v1/invoices", "GET /v1/invoices/{number}" or with a number there: what this request would call. */
static const struct operation *called_by(const struct router *router, struct str call)
{
	static const char *const methods[] = { "GET", "POST", "PUT", "PATCH", "DELETE" };
	struct str method, path = STR_NONE;
	struct route route;
	if (!str_split(&call, ' ', &method) || !str_split(&call, '?', &path)) return NULL;
	path = str_trim(path);
	if (str_starts(path, "/v1/")) path = str_sub(path, 3, path.n);
	for (size_t m = 0; m < COUNT(methods) && path.n; m++)
		if (method.n == strlen(methods[m]) && strncasecmp(method.p, methods[m], method.n) == 0 &&
		        router_find(router, (enum op_method)m, path, &route) == ROUTE_FOUND)
			return route.op;
	return NULL;
}

static const struct operation *operation_of(const struct router *router, struct str name)
{
	struct wanted w = { name, NULL };
	router_each(router, look, &w);
	return w.found ? w.found : called_by(router, name);
}

static err_t set_fault(struct ctx *c, const void *input, struct reply *out)
{
	const struct fault_in *in = input;
	size_t word = 0;
	TRY(may_steer(c));
	while (!str_is(in->fault, fault_choices[word].code))
		word++;
	const enum sandbox_fault fault = meant[word];
	const struct operation *op = operation_of(c->app->router, in->operation);
	if (!op) {
		FAULT(c, S("/operation"), &no_operation, in->operation);
		return problem_result(&c->problem);
	}
	if (op->class == OP_FAST && fault != SANDBOX_UNAVAILABLE) FAULT(c, S("/fault"), &not_fast, in->operation);
	TRY(problem_result(&c->problem));
	unsigned ms = in->milliseconds ? (unsigned)in->milliseconds : 1000;
	unsigned times = in->has_times ? (unsigned)in->times : 1;
	if (!sandbox_arm(c->app->sandbox, op->id, fault, times, ms))
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
