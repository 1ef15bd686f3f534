/* Tasks: what can be done here, read from the operation tables, so that nothing is offered that does not work. They are
 * indexed at start, by the words of both menu generations; taxpayers are indexed for officers from the outbox. */
#include "kernel/access/access.h"
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/operation/menu.h"
#include "kernel/operation/router.h"
#include "kernel/page/page.h"
#include "kernel/search/search.h"
#include "services/foundation/registry/registry.h"
#include "services/information/portal/parts.h"
#include <string.h>

enum { TASK_PREFER = 60, TASKS_MAX = 500 };
static const char *const source_tasks = "portal.tasks", *const source_taxpayers = "portal.taxpayers";

/* --- which --- */

/* A page of its own, that one can go to without knowing a number. */
static bool is_task(const struct operation *op)
{
	return op->method == GET && op->menu && !strchr(op->path, '{');
}

const struct operation *tasks_page_at(const struct ctx *c, struct str path)
{
	struct route route;
	if (router_find(c->app->router, GET, path, &route) != ROUTE_FOUND || !route.op->page) return NULL;
	return page_exists(c->app->pages, str_c(route.op->page)) ? route.op : NULL;
}

/* The last part of its place in the menu: what users call it. */
static struct str short_name(const struct operation *op)
{
	const char *slash = strrchr(op->menu, '/');
	return str_c(slash ? slash + 1 : op->menu);
}

static bool offered(const struct ctx *c, const struct operation *op)
{
	if (!is_task(op) || !op->page || !page_exists(c->app->pages, str_c(op->page))) return false;
	/* Who has not signed in sees what firms and persons can do: the way there leads over the sign-in. */
	return menu_shows(c, op) || (!c->caller.person_id && op->who.kind != WHO_OFFICER);
}

/* Who does this: bits of task.who. */
enum {
	BY_VISITOR = 1,
	BY_SMALL = 2,
	BY_GENERAL = 4,
	BY_FIRM = BY_SMALL | BY_GENERAL,
	BY_PERSON = 8,
	BY_OFFICER = 16,
	PATHS_MAX = 8
};

/* What is done most, by whom, in the order of how often: not all there is, that is the menu. */
static const struct task_group {
	int who;
	const char *name;
	struct {
		const char *path, *name; /* name NULL: as in the menu */
		int who;                 /* 0: all of the group */
	} tasks[PATHS_MAX];
} task_groups[] = {
	{ BY_VISITOR, N_("企业和个体工商户"),
	        { { .path = "/invoices/new" }, { "/returns", N_("增值税及附加税费申报"), 0 },
	                { .path = "/payments/new" }, { .path = "/input-credits" }, { .path = "/reversals/new" },
	                { .path = "/quota" } } },
	{ BY_FIRM, N_("发票"),
	        { { .path = "/invoices/new" }, { .path = "/reversals/new" }, { .path = "/invoices" },
	                { .path = "/quota" }, { .path = "/invoices/batch" }, { .path = "/paper" } } },
	{ BY_FIRM, N_("申报和缴款"),
	        { { "/returns", N_("增值税及附加税费申报"), 0 }, { .path = "/input-credits", .who = BY_GENERAL },
	                { .path = "/payments/new" }, { .path = "/obligations" }, { .path = "/certificates/new" },
	                { .path = "/ledger" } } },
	{ BY_FIRM, N_("企业和人员"),
	        { { .path = "/registration" }, { .path = "/people" }, { .path = "/mandates" }, { .path = "/bookings" },
	                { .path = "/receipts" }, { .path = "/access" } } },
	{ BY_PERSON | BY_VISITOR, N_("个人"),
	        { { .path = "/agency/requests/new" }, { .path = "/certificates/new" },
	                { .path = "/invoice-claims/mine" }, { .path = "/lottery" }, { .path = "/mandates" },
	                { .path = "/access" } } },
	{ BY_PERSON, N_("缴款和查询"),
	        { { .path = "/obligations" }, { .path = "/payments/new" }, { .path = "/invoices" },
	                { .path = "/certificates" }, { .path = "/receipts" } } },
	{ BY_PERSON, N_("账号"),
	        { { .path = "/identity" }, { .path = "/phone" }, { .path = "/password" }, { .path = "/sessions" } } },
	{ BY_OFFICER, N_("其他工作"),
	        { { .path = "/registrations" }, { .path = "/enrolments" }, { .path = "/officer/paper/pickups" },
	                { .path = "/officer/paper/listings" }, { .path = "/officer/paper" },
	                { .path = "/officer/paper/couriers" }, { .path = "/reconciliations" },
	                { .path = "/security/events" } } },
	{ BY_VISITOR, N_("不用登录"),
	        { { .path = "/verify/invoices" }, { .path = "/verify/certificates" }, { .path = "/public/taxpayers" },
	                { .path = "/claim" }, { .path = "/tax-codes" }, { .path = "/reports/invoices/new" } } },
};

static int who_asks(const struct ctx *c, bool firm, bool general)
{
	if (!c->caller.person_id) return BY_VISITOR;
	if (c->caller.officer) return BY_OFFICER;
	return !firm ? BY_PERSON : general ? BY_GENERAL : BY_SMALL;
}

static void put_group(struct ctx *c, const struct task_group *g, int who, struct value *groups)
{
	struct value *group = value_object(c->arena), *items;
	value_put_str(c->arena, group, "name", tr(c, g->name));
	items = value_put_array(c->arena, group, "items");
	for (size_t i = 0; i < PATHS_MAX && g->tasks[i].path; i++) {
		const struct operation *op = tasks_page_at(c, str_c(g->tasks[i].path));
		if ((g->tasks[i].who && !(g->tasks[i].who & who)) || !op || !offered(c, op)) continue;
		struct value *item = value_object(c->arena);
		value_put_str(c->arena, item, "name",
		        g->tasks[i].name ? tr(c, g->tasks[i].name) : lang_text(c->lang, short_name(op)));
		value_put_c(c->arena, item, "href", op->path);
		value_push(c->arena, items, item);
	}
	if (items->count) value_push(c->arena, groups, group);
}

void tasks_put_groups(struct ctx *c, bool firm, bool general, struct value *out)
{
	struct value *groups = value_put_array(c->arena, out, "groups");
	int who = who_asks(c, firm, general);
	for (size_t i = 0; i < COUNT(task_groups); i++)
		if (task_groups[i].who & who) put_group(c, &task_groups[i], who, groups);
}

/* The few that are done every week, as buttons. */
void tasks_put_shortcuts(struct ctx *c, bool firm, bool general, struct value *out)
{
	static const struct {
		const char *path, *name;
		int who;
	} list[] = { { "/invoices/new", N_("开发票"), BY_FIRM }, { "/returns", N_("申报"), BY_FIRM },
		{ "/obligations", N_("缴款"), BY_FIRM | BY_PERSON }, { "/input-credits", N_("勾选确认"), BY_GENERAL },
		{ "/agency/requests/new", N_("申请代开发票"), BY_PERSON },
		{ "/certificates/new", N_("开完税证明"), BY_PERSON } };
	struct value *shortcuts = value_put_array(c->arena, out, "shortcuts");
	int who = who_asks(c, firm, general);
	for (size_t i = 0; i < COUNT(list); i++) {
		const struct operation *op = tasks_page_at(c, str_c(list[i].path));
		if (!(list[i].who & who) || !op || !menu_shows(c, op)) continue;
		struct value *v = value_object(c->arena);
		value_put_c(c->arena, v, "href", list[i].path);
		value_put_str(c->arena, v, "name", tr(c, list[i].name));
		value_push(c->arena, shortcuts, v);
	}
	value_put_bool(c->arena, out, "shortcuts_any", shortcuts->count > 0);
}

/* Six at most, each with a sentence of its own (design/ui §10). */
#define ICON(name) (&"icons.svg#" name[10])
void tasks_put_large(struct ctx *c, struct value *out)
{
	static const struct {
		const char *path, *title, *help, *icon;
	} list[] = {
		{ "/verify/invoices", N_("查发票真假"), N_("填发票号码，马上知道"), ICON("qrcode") },
		{ "/todos", N_("看看要办什么"), N_("要申报、要缴款的都在这里"), ICON("list-check") },
		{ "/invoices/new", N_("开发票"), N_("一步一步填，最后再核对"), ICON("receipt-yuan") },
		{ "/verify/certificates", N_("查证明真假"), N_("完税证明上的编号和校验码"), ICON("file-text") },
		{ "/public/taxpayers", N_("查一家企业"), N_("看看它登记了没有"), ICON("building") },
		{ "/calendar", N_("看办税日历"), N_("哪天截止，哪天放假"), ICON("calendar") },
		{ "/mandates", N_("请别人帮我办"), N_("您同意后，别人替您办；随时可以收回"), ICON("users") },
		{ "/messages", N_("看消息"), N_("税务局告诉您的事"), ICON("bell") },
	};
	enum { LARGE_MAX = 6 };
	struct value *choices = value_put_array(c->arena, out, "choices");
	for (size_t i = 0; i < COUNT(list) && choices->count < LARGE_MAX; i++) {
		const struct operation *op = tasks_page_at(c, str_c(list[i].path));
		if (!op || (op->who.kind != WHO_PUBLIC && !menu_shows(c, op))) continue;
		struct value *v = value_object(c->arena);
		value_put_c(c->arena, v, "href", list[i].path);
		value_put_str(c->arena, v, "title", tr(c, list[i].title));
		value_put_str(c->arena, v, "help", tr(c, list[i].help));
		value_put_c(c->arena, v, "icon", list[i].icon);
		value_push(c->arena, choices, v);
	}
}

/* --- the index --- */

static void put_words(struct buf *b, const struct operation *op, struct str other_title)
{
	/* One word, not several: "issue" alone is not what a page named "Issue a red invoice" is for. */
	for (size_t i = 0; i < other_title.n; i++)
		buf_char(b, other_title.p[i] == ' ' ? '-' : other_title.p[i]);
	buf_char(b, ' ');
	for (const char *p = op->menu; *p; p++)
		buf_char(b, *p == '/' ? ' ' : *p);
	buf_char(b, ' ');
	if (op->words) buf_c(b, op->words);
}

/* One for Chinese, one for English; each is found by the words of the other too. */
static void add_task(
        struct arena *a, const struct lang *english, const struct operation *op, struct search_document *out)
{
	struct str zh = str_c(op->title), en = lang_text(english, zh);
	for (int k = 0; k < 2; k++) {
		struct buf b;
		buf_init(&b, a, 200);
		put_words(&b, op, k ? zh : en);
		out[k] = (struct search_document){ .kind = S("task"),
			.id = str_c(op->id),
			.lang = k ? S("en") : S("zh"),
			.title = k ? en : zh,
			.words = buf_done(&b),
			.body = op->law ? str_c(op->law) : S(""),
			.href = str_c(op->path),
			.prefer = TASK_PREFER };
	}
}

static void add_elsewhere(
        struct arena *a, const struct lang *english, const struct elsewhere *e, struct search_document *out)
{
	struct str zh = str_c(e->title), en = lang_text(english, zh);
	for (int k = 0; k < 2; k++)
		out[k] = (struct search_document){ .kind = S("elsewhere"),
			.id = str_printf(a, "elsewhere.%s", e->id),
			.lang = k ? S("en") : S("zh"),
			.title = k ? en : zh,
			.words = str_printf(a, "%s %.*s", e->words, STR_FMT(zh)),
			.href = S("") };
}

static struct str version_of(struct arena *a, const struct search_document *list, size_t n)
{
	struct buf b;
	unsigned char digest[32];
	buf_init(&b, a, 64 * 1024);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%.*s\n%.*s\n%.*s\n%.*s\n", STR_FMT(list[i].id), STR_FMT(list[i].title),
		        STR_FMT(list[i].words), STR_FMT(list[i].body));
	crypto_sha256(b.p, b.n, digest);
	return str_hex(a, digest, 16);
}

err_t tasks_start(struct app *app)
{
	struct arena *a = arena_new();
	struct search_document *list = arena_array(a, TASKS_MAX * 2, sizeof *list);
	size_t n = 0;
	for (size_t s = 0; s < n_services; s++)
		for (size_t i = 0; i < services[s]->n_operations && n < TASKS_MAX * 2; i++)
			if (is_task(&services[s]->operations[i])) {
				add_task(a, i18n_lang(app, S("en")), &services[s]->operations[i], &list[n]);
				n += 2;
			}
	for (size_t i = 0; i < n_elsewhere && n < TASKS_MAX * 2; i++, n += 2)
		add_elsewhere(a, i18n_lang(app, S("en")), &elsewhere_list[i], &list[n]);
	struct str version = version_of(a, list, n);
	err_t e = search_has(app->search, source_tasks, version)
	                  ? OK
	                  : search_replace(app->search, source_tasks, version, list, n);
	arena_free(a);
	return e;
}

err_t tasks_feed(struct ctx *c, const struct event *events, size_t n)
{
	struct search_document *list = arena_array(c->arena, n, sizeof *list);
	size_t used = 0;
	for (size_t i = 0; i < n; i++) {
		struct taxpayer t;
		bool found;
		TRY(registry_taxpayer_head(c, events[i].subject_id, &t, &found));
		if (!found) continue;
		list[used++] = (struct search_document){ .kind = S("taxpayer"),
			.id = t.uscc,
			.lang = S(""),
			.owner = SEARCH_OFFICERS,
			.title = t.name,
			.body = t.uscc,
			.href = str_printf(c->arena, "/registrations/%.*s", STR_FMT(t.uscc)) };
	}
	return search_put(c->app->search, source_taxpayers, list, used, events[n - 1].position);
}

err_t tasks_position(struct ctx *c, int64_t *position)
{
	return search_position(c->app->search, source_taxpayers, position);
}

err_t tasks_advance(struct ctx *c, int64_t position)
{
	return search_advance(c->app->search, source_taxpayers, position);
}
