#include "services/foundation/audit/audit.h"
#include "kernel/access/access.h"
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/operation/replay.h"
#include "services/foundation/identity/identity.h"

#define DAY_US (INT64_C(86400) * 1000000)
enum { ANSWERS_DAYS = 30, EVENTS_DAYS = 180 };

struct page_in {
	int64_t before;
	struct str event;
};
static const struct field access_fields[] = {
	{ "before", FIELD_ID, AT(struct page_in, before), .label = N_("早于这一条") },
	{ 0 },
};
static const struct field event_fields[] = {
	{ "before", FIELD_ID, AT(struct page_in, before), .label = N_("早于这一条") },
	{ "event", FIELD_TEXT, AT(struct page_in, event), .max = 60, .label = N_("事件"), .example = "foreign-read" },
	{ 0 },
};

static err_t put_person(struct ctx *c, struct value *to, int64_t person_id)
{
	struct party p;
	bool found = false;
	if (person_id) TRY(identity_party(c, person_id, &p, &found));
	value_put_str(c->arena, to, "person", found ? p.name : STR_NONE);
	return OK;
}

static void put_more(struct ctx *c, struct value *to, size_t n, int64_t last)
{
	value_put(c->arena, to, "more",
	        n == 100 ? value_str(c->arena, str_from_int(c->arena, last)) : value_null(c->arena));
}

static err_t access_ledger(struct ctx *c, const void *input, struct reply *out)
{
	const struct page_in *in = input;
	struct access_read *list;
	size_t n;
	TRY(access_open(c, c->caller.subject_id, "access"));
	TRY(access_reads(c, c->caller.subject_id, in->before, &list, &n));
	out->value = value_object(c->arena);
	struct value *array = value_put_array(c->arena, out->value, "readings");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		TRY(put_person(c, v, list[i].person_id));
		value_put_str(c->arena, v, "office", list[i].office);
		value_put_c(c->arena, v, "by", list[i].office.p ? "officer" : "agent");
		value_put_bool(c->arena, v, "officer", list[i].office.p != NULL);
		value_put_str(c->arena, v, "what", list[i].what);
		value_put_str(c->arena, v, "purpose", list[i].purpose);
		value_put_instant(c->arena, v, "at", list[i].at);
		value_push(c->arena, array, v);
	}
	put_more(c, out->value, n, n ? list[n - 1].id : 0);
	return OK;
}

static err_t access_view(struct ctx *c, const void *input, struct reply *out)
{
	static const struct choice titles[] = {
		{ "registration", N_("登记信息") },
		{ "invoice", N_("一张发票") },
		{ "invoices", N_("发票清单") },
		{ "purchases", N_("进项发票") },
		{ "obligations", N_("应申报、应缴纳") },
		{ "return", N_("申报表") },
		{ "returns", N_("申报记录") },
		{ "payments", N_("缴款记录") },
		{ "payment", N_("一笔缴款") },
		{ "certificate", N_("完税证明") },
		{ "ledger", N_("税费台账") },
		{ "receipt", N_("回执") },
		{ "messages", N_("消息") },
		{ "access", N_("数据使用记录") },
		{ 0 },
	};
	(void)input;
	const struct value *list = value_get(out->value, S("readings"));
	value_put_bool(c->arena, out->value, "any", value_at(list, 0) != NULL);
	for (struct value_member *m = list->first; m; m = m->next) {
		struct str what = value_text(m->value, "what"), title = what;
		for (const struct choice *t = titles; t->code; t++)
			if (str_is(what, t->code)) title = tr(c, t->label);
		value_put_str(c->arena, m->value, "what_title", title);
	}
	return OK;
}

static err_t events_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	value_put_bool(c->arena, out->value, "any", value_at(value_get(out->value, S("events")), 0) != NULL);
	return OK;
}

static err_t security_events(struct ctx *c, const void *input, struct reply *out)
{
	const struct page_in *in = input;
	struct access_event *list;
	size_t n;
	access_security(c, "security-log-read", in->event);
	TRY(access_events(c, in->event, in->before, &list, &n));
	out->value = value_object(c->arena);
	struct value *array = value_put_array(c->arena, out->value, "events");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_instant(c->arena, v, "at", list[i].at);
		value_put_str(c->arena, v, "event", list[i].event);
		value_put_str(c->arena, v, "operation", list[i].operation);
		value_put_str(c->arena, v, "detail", list[i].detail);
		TRY(put_person(c, v, list[i].person_id));
		value_put_str(c->arena, v, "client", list[i].client);
		value_put_str(c->arena, v, "trace", list[i].trace);
		value_push(c->arena, array, v);
	}
	put_more(c, out->value, n, n ? list[n - 1].id : 0);
	return OK;
}

/* --- jobs --- */

static err_t forget_answers(struct ctx *c, struct str argument)
{
	(void)argument;
	return replay_forget(c, c->now - ANSWERS_DAYS * DAY_US);
}

struct forget {
	instant_us before;
	int64_t gone;
};

static err_t forget_some(struct ctx *c, void *arg)
{
	struct forget *f = arg;
	return access_events_forget(c, f->before, &f->gone);
}

static err_t forget_events(struct ctx *c, struct str argument)
{
	struct forget f = { .before = c->now - EVENTS_DAYS * DAY_US };
	(void)argument;
	do {
		TRY(db_write(c, forget_some, &f));
	} while (f.gone == 1000);
	return OK;
}

static const struct job_kind jobs[] = {
	{ .name = "audit.forget_answers", .run = forget_answers, .daily_at = "03:10" },
	{ .name = "audit.forget_events", .run = forget_events, .daily_at = "03:20" },
};

static const struct operation operations[] = {
	{ .id = "audit.access",
	        .method = GET,
	        .path = "/access",
	        .who = MANDATE("registry.read"),
	        .in = access_fields,
	        .in_size = sizeof(struct page_in),
	        .run = access_ledger,
	        .view = access_view,
	        .page = "audit/access",
	        .menu = "我的信息/数据使用记录",
	        .title = N_("数据使用记录"),
	        .law = N_("税收征收管理法 第八条"),
	        .requirements = "A04.15 A04.18 G03.4",
	        .words = "谁看过我的信息 access ledger 隐私" },
	{ .id = "audit.security_events",
	        .method = GET,
	        .path = "/security/events",
	        .who = OFFICER("security"),
	        .in = event_fields,
	        .in_size = sizeof(struct page_in),
	        .run = security_events,
	        .view = events_view,
	        .page = "audit/events",
	        .menu = "税务人端/安全事件",
	        .title = N_("安全事件"),
	        .law = N_("网络安全法 第二十一条"),
	        .requirements = "G03.4 G03.10",
	        .words = "security log 安全日志" },
};

const struct service audit_service = {
	.name = "audit",
	.board = "foundation",
	.title = N_("审计"),
	.uses = "identity",
	.operations = operations,
	.n_operations = COUNT(operations),
	.jobs = jobs,
	.n_jobs = COUNT(jobs),
};
