#include "kernel/access/access.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "kernel/access/recorder.h"
#include "kernel/ctx/app.h"
#include "kernel/log/log.h"
#include "kernel/operation/operation.h"
#include <stdio.h>
#include <string.h>

static const struct fault_def sign_in = { "sign-in-first", N_("请先登录，再办这件事"), NULL, NULL };
static const struct fault_def lacks = { "scope-missing", N_("您在这个主体没有“{1}”权限。请它的法定代表人给您授权"),
	N_("在“人员权限管理”或“委托授权管理”里加上这项权限"), NULL };
static const struct fault_def officers = { "officers-only", N_("这件事由税务人员办理"), NULL, NULL };
static const struct fault_def weak = { "second-factor-missing", N_("税务人员要用动态口令登录后才能办这件事"),
	N_("先开启动态口令，再重新登录"), N_("GB/T 22239-2019 8.1.4.1 d)") };
static const struct fault_def purpose = { "purpose-missing", N_("查阅纳税人资料要先写明目的"),
	N_("在请求头 Etax-Purpose 里写明目的"), N_("税收征收管理法 第八条") };
static const struct fault_def not_there = { "not-found", N_("没有查到，请核对编号"), NULL, NULL };
static const struct fault_def not_by_token = { "token-not-enough", N_("接口令牌不能办这件事，请用密码登录后办理"), NULL,
	NULL };
static const struct fault_def over_limit = { "mandate-limit", N_("超出委托的单笔限额 {1} 元"),
	N_("请委托人自己办理，或提高委托限额"), NULL };

const struct choice access_scopes[] = {
	{ "invoice.issue", N_("开具发票") },
	{ "invoice.read", N_("查看发票") },
	{ "invoice.credit", N_("勾选确认") },
	{ "tax.file", N_("申报") },
	{ "tax.pay", N_("缴款") },
	{ "tax.read", N_("查看申报和缴款") },
	{ "certificate.issue", N_("开具证明") },
	{ "registry.read", N_("查看登记信息") },
	{ "registry.write", N_("变更登记信息") },
	{ 0 },
};

const char *access_scope_title(const char *scope)
{
	for (const struct choice *s = access_scopes; s->code; s++)
		if (strcmp(s->code, scope) == 0) return s->label;
	return strcmp(scope, "people.manage") == 0 ? N_("管理人员和委托") : scope;
}

static bool listed(struct str list, const char *wanted)
{
	struct str piece;
	while (str_split(&list, ' ', &piece))
		if (str_is(piece, "*") || str_is(piece, wanted)) return true;
	return false;
}

bool access_has_scope(const struct ctx *c, const char *scope)
{
	return listed(c->caller.scopes, scope);
}

bool access_has_post(const struct ctx *c, const char *post)
{
	return listed(c->caller.post, post);
}

err_t access_check(struct ctx *c, const char *scope)
{
	if (!c->caller.person_id) return RAISE(c, E_UNAUTHENTICATED, &sign_in);
	if (!scope || access_has_scope(c, scope)) return OK;
	access_security(c, "scope-missing", str_c(scope));
	return RAISE(c, E_FORBIDDEN, &lacks, str_c(access_scope_title(scope)));
}

err_t access_officer(struct ctx *c, const char *post)
{
	if (!c->caller.person_id) return RAISE(c, E_UNAUTHENTICATED, &sign_in);
	if (!c->caller.officer || (post && !access_has_post(c, post))) {
		access_security(c, "officers-only", post ? str_c(post) : STR_NONE);
		return RAISE(c, E_FORBIDDEN, &officers);
	}
	return c->caller.strong || c->app->sandbox ? OK : RAISE(c, E_FORBIDDEN, &weak);
}

err_t access_in_person(struct ctx *c)
{
	if (!c->caller.personal_token) return OK;
	access_security(c, "token-not-enough", STR_NONE);
	return RAISE(c, E_FORBIDDEN, &not_by_token);
}

static bool within(const struct ctx *c, struct money amount)
{
	return !c->caller.limit_fen || amount.fen <= c->caller.limit_fen;
}

bool access_each_within_limit(struct ctx *c, struct money amount, struct str pointer)
{
	if (within(c, amount)) return true;
	FAULT(c, pointer, &over_limit, money_format(c->arena, FEN(c->caller.limit_fen)));
	return false;
}

err_t access_within_limit(struct ctx *c, struct money amount)
{
	if (within(c, amount)) return OK;
	access_security(c, ACCESS_BEYOND_LIMIT, STR_NONE);
	return RAISE(c, E_FORBIDDEN, &over_limit, money_format(c->arena, FEN(c->caller.limit_fen)));
}

static struct str person_text(struct ctx *c)
{
	return str_from_int(c->arena, c->caller.person_id);
}

static void copy(char *to, size_t size, struct str s)
{
	(void)snprintf(to, size, "%.*s", s.p ? (int)s.n : 0, s.p ? s.p : "");
}

/* The purpose as it was meant: header values are ASCII, so Chinese comes percent-encoded. */
static struct str purpose_of(struct ctx *c)
{
	struct buf b;
	buf_init(&b, c->arena, c->purpose.n + 1);
	for (size_t i = 0; i < c->purpose.n; i++) {
		struct str byte, hex = str_sub(c->purpose, i + 1, 2);
		if (c->purpose.p[i] == '%' && hex.n == 2 && str_unhex(c->arena, hex, &byte)) {
			buf_str(&b, byte);
			i += 2;
		} else {
			buf_char(&b, c->purpose.p[i]);
		}
	}
	struct str text = str_trim(buf_done(&b));
	return utf8_valid(text) ? text : STR_NONE;
}

static err_t record_read(struct ctx *c, int64_t subject_id, const char *what)
{
	struct access_record r = { .subject_id = subject_id, .person_id = c->caller.person_id, .at = c->now };
	if (c->opened == subject_id) return OK;
	c->opened = subject_id;
	copy(r.office, sizeof r.office, c->caller.officer ? c->caller.office : STR_NONE);
	copy(r.what, sizeof r.what, str_c(what));
	copy(r.purpose, sizeof r.purpose, purpose_of(c));
	return access_record(c, &r);
}

err_t access_open_or(struct ctx *c, int64_t subject_id, const char *what, const struct fault_def *missing)
{
	if (subject_id && c->caller.subject_id == subject_id) /* its own data, or by role or mandate */
		return str_is(c->caller.role, "agent") ? record_read(c, subject_id, what) : OK;
	if (subject_id && c->caller.officer) {
		TRY(access_officer(c, NULL));
		return purpose_of(c).n ? record_read(c, subject_id, what) : RAISE(c, E_FORBIDDEN, &purpose);
	}
	access_security(c, "foreign-read", str_c(what));
	return RAISE(c, E_NOT_FOUND, missing);
}

err_t access_open(struct ctx *c, int64_t subject_id, const char *what)
{
	return access_open_or(c, subject_id, what, &not_there);
}

void access_security(struct ctx *c, const char *event, struct str detail)
{
	struct access_record r = {
		.event = true, .subject_id = c->caller.subject_id, .person_id = c->caller.person_id, .at = c->now
	};
	log_event(LOG_SECURITY_LEVEL, event, c->trace, "operation", c->op ? c->op->id : "-", "detail",
	        detail.p ? detail.p : "-", "person", person_text(c).p, "client", c->client.p ? c->client.p : "-", NULL);
	copy(r.what, sizeof r.what, str_c(event));
	copy(r.office, sizeof r.office, str_c(c->op ? c->op->id : NULL));
	copy(r.purpose, sizeof r.purpose, detail);
	copy(r.client, sizeof r.client, c->client);
	copy(r.trace, sizeof r.trace, c->trace);
	if (access_record(c, &r) != OK)
		log_event(LOG_ERROR_LEVEL, "security-event-not-kept", c->trace, "event", event, NULL);
}
