#include "kernel/access/access.h"
#include "access_sql.h"
#include "kernel/log/log.h"
#include "kernel/operation/operation.h"

static const struct fault_def sign_in = { "sign-in-first", N_("请先登录，再办这件事"), NULL, NULL };
static const struct fault_def lacks = { "scope-missing", N_("您在这个主体没有“{1}”权限。请它的法定代表人给您授权"),
	NULL, NULL };
static const struct fault_def officers = { "officers-only", N_("这件事由税务人员办理"), NULL, NULL };
static const struct fault_def purpose = { "purpose-missing", N_("查阅纳税人资料要先写明目的"), NULL,
	N_("税收征收管理法 第八条") };
static const struct fault_def not_there = { "not-found", N_("没有查到，请核对编号"), NULL, NULL };

bool access_has_scope(const struct ctx *c, const char *scope)
{
	struct str rest = c->caller.scopes, piece;
	while (str_split(&rest, ' ', &piece))
		if (str_is(piece, "*") || str_is(piece, scope)) return true;
	return false;
}

err_t access_check(struct ctx *c, const char *scope)
{
	if (!c->caller.person_id) return RAISE(c, E_UNAUTHENTICATED, &sign_in);
	if (!scope || access_has_scope(c, scope)) return OK;
	access_security(c, "scope-missing", str_c(scope));
	return RAISE(c, E_FORBIDDEN, &lacks, str_c(scope));
}

err_t access_officer(struct ctx *c, const char *post)
{
	if (!c->caller.person_id) return RAISE(c, E_UNAUTHENTICATED, &sign_in);
	if (c->caller.officer && (!post || str_is(c->caller.post, post))) return OK;
	access_security(c, "officers-only", post ? str_c(post) : STR_NONE);
	return RAISE(c, E_FORBIDDEN, &officers);
}

struct reading {
	int64_t subject_id;
	const char *what;
};

static err_t record(struct ctx *c, void *arg)
{
	const struct reading *r = arg;
	return access_entry_insert(c, r->subject_id, db_new_id(c), c->caller.person_id, c->caller.office,
	        str_c(r->what), c->purpose, c->now, NULL);
}

err_t access_open(struct ctx *c, int64_t subject_id, const char *what)
{
	if (subject_id && c->caller.subject_id == subject_id) return OK; /* its own data, or by role or mandate */
	if (c->caller.officer) {
		if (!c->purpose.n) return RAISE(c, E_FORBIDDEN, &purpose);
		struct reading r = { subject_id, what };
		return db_write(c, record, &r);
	}
	access_security(c, "foreign-read", str_c(what));
	return RAISE(c, E_NOT_FOUND, &not_there);
}

void access_security(struct ctx *c, const char *event, struct str detail)
{
	log_event(LOG_SECURITY_LEVEL, event, c->trace, "operation", c->op ? c->op->id : "-", "detail",
	        detail.p ? detail.p : "-", "person", str_from_int(c->arena, c->caller.person_id).p, "client",
	        c->client.p ? c->client.p : "-", NULL);
}
