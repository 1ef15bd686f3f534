#include "kernel/operation/problem.h"
#include "kernel/i18n/i18n.h"
#include "kernel/operation/fields.h"
#include "kernel/value/value.h"

/* The standard words of each kind, for problems that no rule has put into words. */
static const struct fault_def *standard(err_t kind)
{
	static const struct fault_def defs[] = {
		[OK] = { "ok", "", NULL, NULL },
		[E_INPUT] = { "input", N_("有几处要改，改好再提交；您填的内容都在"), NULL, NULL },
		[E_UNAUTHENTICATED] = { "sign-in-first", N_("请先登录，再办这件事"), NULL, NULL },
		[E_FORBIDDEN] = { "forbidden", N_("您没有这项权限"), NULL, NULL },
		[E_NOT_FOUND] = { "not-found", N_("没有查到，请核对编号或网址"), NULL, NULL },
		[E_METHOD] = { "method", N_("这个网址不支持这种操作"), NULL, NULL },
		[E_NOT_ACCEPTABLE] = { "not-acceptable", N_("没有您要的格式"), NULL, NULL },
		[E_CONFLICT] = { "conflict", N_("现在的状态不能办这件事，请刷新后再看"), NULL, NULL },
		[E_TOO_LARGE] = { "too-large-body", N_("内容太大，请分几次提交"), NULL, NULL },
		[E_MEDIA] = { "media", N_("请用 application/json 提交"), NULL, NULL },
		[E_LIMITED] = { "limited", N_("操作太频繁，请稍等再试"), NULL, NULL },
		[E_BUSY] = { "busy", N_("正在处理的请求很多，请一秒后用同一个 Idempotency-Key 重试"), NULL, NULL },
		[E_INTERNAL] = { "internal", N_("系统出错，已经记录。请稍后重试，同一个 Idempotency-Key 不会办两次"),
		        NULL, NULL },
	};
	return &defs[kind];
}

void problem_put_errors(struct ctx *c, struct value *body)
{
	const struct problem *p = &c->problem;
	struct value *errors = value_put_array(c->arena, body, "errors");
	for (size_t i = 0; i < p->n && i < PROBLEM_FAULTS_MAX; i++) {
		const struct fault *f = &p->faults[i];
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "pointer", f->pointer);
		value_put_c(c->arena, v, "code", f->def->code);
		value_put_str(c->arena, v, "detail", fields_message(c, f->def->message, f->arg));
		if (f->def->law) value_put_str(c->arena, v, "law", tr(c, f->def->law));
		if (f->def->fix) value_put_str(c->arena, v, "fix", fields_message(c, f->def->fix, f->arg));
		value_push(c->arena, errors, v);
	}
	if (p->n > PROBLEM_FAULTS_MAX) value_put_int(c->arena, body, "errors_total", (int64_t)p->n);
}

const struct fault_def *problem_def(const struct ctx *c, err_t kind)
{
	return c->problem.def && c->problem.kind == kind ? c->problem.def : standard(kind);
}

void problem_answer(struct ctx *c, err_t kind, int status, struct http_response *out)
{
	const struct fault_def *def = problem_def(c, kind);
	struct value *body = value_object(c->arena);
	value_put_str(c->arena, body, "type", str_printf(c->arena, "/problems/%s", def->code));
	value_put_str(c->arena, body, "title", fields_message(c, def->message, c->problem.arg));
	value_put_int(c->arena, body, "status", status);
	value_put_c(c->arena, body, "code", def->code);
	value_put_str(c->arena, body, "detail", fields_message(c, def->message, c->problem.arg));
	if (def->fix) value_put_str(c->arena, body, "fix", fields_message(c, def->fix, c->problem.arg));
	if (def->law) value_put_str(c->arena, body, "law", tr(c, def->law));
	if (c->problem.n) problem_put_errors(c, body);
	value_put_str(c->arena, body, "trace", c->trace);
	struct buf b;
	buf_init(&b, c->arena, 512);
	value_write_json(&b, body);
	out->status = status;
	out->body = buf_done(&b);
	http_set(out, "Content-Type", S("application/problem+json"));
}
