/* Messages: the descriptor and its operations. */
#include "services/information/message/message.h"
#include "services/information/message/box.h"
#include "services/information/message/texts.h"

static const struct field list_fields[] = {
	{ "unread", FIELD_BOOL, AT(struct list_in, unread), .label = N_("只看未读") },
	{ "after", FIELD_ID, AT(struct list_in, after), .label = N_("从这一条之后（更早的）") },
	{ 0 },
};
static const struct field read_fields[] = {
	{ "id", FIELD_ID, AT(struct read_in, id), .required = true, .label = N_("消息编号") },
	{ "stay", FIELD_BOOL, AT(struct read_in, stay), .label = N_("只标为已读，不打开") },
	{ 0 },
};
static const struct field all_fields[] = {
	{ "up_to", FIELD_ID, AT(struct all_in, up_to), .label = N_("到这一条为止（含）") },
	{ 0 },
};

static const struct operation operations[] = {
	{ .id = "message.list",
	        .method = GET,
	        .path = "/messages",
	        .who = PERSON,
	        .in = list_fields,
	        .in_size = sizeof(struct list_in),
	        .run = box_list,
	        .page = "message/list",
	        .menu = "互动中心/我的提醒",
	        .title = N_("消息"),
	        .requirements = "A15.5 A05.7 A05.8 A05.9",
	        .words = "消息 站内消息 通知 提醒 催报 催缴 message inbox" },
	{ .id = "message.read",
	        .method = POST,
	        .path = "/messages/{id}/read",
	        .who = PERSON,
	        .in = read_fields,
	        .in_size = sizeof(struct read_in),
	        .run = box_read,
	        .page = "message/list",
	        .form = "message.list",
	        .then = "{next}",
	        .title = N_("标为已读"),
	        .requirements = "A15.5" },
	{ .id = "message.read_all",
	        .method = POST,
	        .path = "/messages/read-all",
	        .who = PERSON,
	        .in = all_fields,
	        .in_size = sizeof(struct all_in),
	        .run = box_read_all,
	        .page = "message/list",
	        .form = "message.list",
	        .then = "/messages",
	        .title = N_("全部标为已读"),
	        .requirements = "A15.5" },
};

static const struct subscription subscriptions[] = {
	{ .consumer = "message.box", .kinds = MESSAGE_KINDS, .kind = CONSUMER_CORE, .apply = box_feed },
};

static const struct job_kind jobs[] = {
	{ .name = "message.received", .run = box_received, .every_seconds = 60 },
	{ .name = "message.retention", .run = box_retention, .daily_at = "03:40" },
};

const struct service message_service = {
	.name = "message",
	.board = "information",
	.title = N_("消息"),
	.uses = "issue ledger",
	.operations = operations,
	.n_operations = COUNT(operations),
	.subscriptions = subscriptions,
	.n_subscriptions = COUNT(subscriptions),
	.jobs = jobs,
	.n_jobs = COUNT(jobs),
	.frame = box_frame,
};
