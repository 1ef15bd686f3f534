/* Portal: the descriptor. */
#include "services/information/portal/portal.h"
#include "services/information/portal/parts.h"

static const struct field menu_fields[] = {
	{ "section", FIELD_TEXT, AT(struct menu_in, section), .max = 20, .label = N_("栏目") },
	{ 0 },
};
static const struct field find_fields[] = {
	{ "q", FIELD_TEXT, AT(struct find_in, q), .max = 100, .label = N_("我要…"), .example = "开票" },
	{ 0 },
};
static const struct field month_fields[] = {
	{ "month", FIELD_PERIOD, AT(struct month_in, month), PRESENT_AT(struct month_in, has_month),
	        .label = N_("月份"), .example = "2026-12" },
	{ 0 },
};

static const struct operation operations[] = {
	{ .id = "portal.home",
	        .method = GET,
	        .path = "/home",
	        .who = PUBLIC,
	        .run = home,
	        .view = home_view,
	        .page = "portal/home",
	        .title = N_("首页"),
	        .requirements = "G06.1 G06.2 G06.7 G06.8 A13.7" },
	{ .id = "portal.menu",
	        .method = GET,
	        .path = "/menu",
	        .who = PUBLIC,
	        .in = menu_fields,
	        .in_size = sizeof(struct menu_in),
	        .run = menu,
	        .page = "portal/menu",
	        .title = N_("全部事项"),
	        .requirements = "G06.2 G06.8" },
	{ .id = "portal.search",
	        .method = GET,
	        .path = "/search",
	        .who = PUBLIC,
	        .in = find_fields,
	        .in_size = sizeof(struct find_in),
	        .run = find,
	        .page = "portal/search",
	        .title = N_("查找"),
	        .requirements = "G06.8 A13.1" },
	{ .id = "portal.calendar",
	        .method = GET,
	        .path = "/calendar",
	        .who = PUBLIC,
	        .in = month_fields,
	        .in_size = sizeof(struct month_in),
	        .run = month,
	        .view = month_view,
	        .page = "portal/calendar",
	        .menu = "公众服务/办税日历",
	        .title = N_("办税日历"),
	        .law = N_("税收征收管理法实施细则 第一百零九条"),
	        .requirements = "A05.9 G06.8",
	        .words = "征期 申报期限 截止日 节假日 calendar deadline" },
	{ .id = "portal.todos",
	        .method = GET,
	        .path = "/todos",
	        .who = MANDATE("tax.read"),
	        .run = todos,
	        .page = "portal/todos",
	        .menu = "我要办税/待办/待办事项",
	        .title = N_("待办事项"),
	        .requirements = "A05.8 A05.9 G06.8",
	        .words = "待办 要办的事 todo" },
};

static const struct subscription subscriptions[] = {
	{ .consumer = "portal.taxpayers",
	        .kinds = "taxpayer.registered",
	        .kind = CONSUMER_EXTERNAL,
	        .apply = tasks_feed,
	        .position = tasks_position,
	        .advance = tasks_advance },
};

const struct service portal_service = {
	.name = "portal",
	.board = "information",
	.title = N_("统一门户"),
	.uses = "issue ledger message payment quota registry reversal transparency",
	.operations = operations,
	.n_operations = COUNT(operations),
	.subscriptions = subscriptions,
	.n_subscriptions = COUNT(subscriptions),
	.start = tasks_start,
};
