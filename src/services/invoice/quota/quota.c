/* Invoice quota: the descriptor. */
#include "services/invoice/quota/quota.h"
#include "services/invoice/quota/request.h"

static const struct choice decisions[] = { { "accept", N_("受理") }, { "refuse", N_("不予受理") },
	{ "return", N_("退回补正") }, { "review", N_("转审核") }, { "grant", N_("通过") }, { "deny", N_("不通过") },
	{ 0 } };

#define AMOUNT_FIELDS(type)                                                                                            \
	{ "amount", FIELD_MONEY, AT(type, amount), .required = true, .min = 1, .max = INT64_C(10000000000000),         \
		.label = N_("想要的月总额度（不含税）"), .example = "9000000.00" },                                    \
	        { "contracts", FIELD_MONEY, AT(type, contracts), PRESENT_AT(type, has_contracts), .min = 0,            \
		        .max = INT64_C(10000000000000), .label = N_("本月要履行的合同金额"),                           \
		        .help = N_("超过当场可调的数时填，由税务人员核实") },                                          \
	{                                                                                                              \
		"reason", FIELD_LINES, AT(type, reason), .max = 500, .label = N_("申请理由")                           \
	}

static const struct field request_fields[] = {
	AMOUNT_FIELDS(struct request_in),
	{ "period", FIELD_PERIOD, AT(struct request_in, period), PRESENT_AT(struct request_in, has_period),
	        .label = N_("月份"), .help = N_("只能是本月，不填就是本月") },
	{ 0 },
};
static const struct field id_fields[] = {
	{ "id", FIELD_ID, AT(struct request_id_in, id), .required = true, .label = N_("申请编号") },
	{ 0 },
};
static const struct field correct_fields[] = {
	{ "id", FIELD_ID, AT(struct request_id_in, id), .required = true, .label = N_("申请编号") },
	AMOUNT_FIELDS(struct request_id_in),
	{ 0 },
};
static const struct field reviews_fields[] = {
	{ "after", FIELD_ID, AT(struct review_in, after), .label = N_("翻页位置") },
	{ 0 },
};
static const struct field review_fields[] = {
	{ "taxpayer", FIELD_ID, AT(struct review_in, taxpayer), .required = true, .label = N_("纳税人") },
	{ "id", FIELD_ID, AT(struct review_in, id), .required = true, .label = N_("申请编号") },
	{ 0 },
};
static const struct field decide_fields[] = {
	{ "taxpayer", FIELD_ID, AT(struct review_in, taxpayer), .required = true, .label = N_("纳税人") },
	{ "id", FIELD_ID, AT(struct review_in, id), .required = true, .label = N_("申请编号") },
	{ "decision", FIELD_ENUM, AT(struct review_in, decision), .required = true, .max = 10, .choices = decisions,
	        .label = N_("办理") },
	{ "amount", FIELD_MONEY, AT(struct review_in, amount), PRESENT_AT(struct review_in, has_amount), .min = 1,
	        .max = INT64_C(10000000000000), .label = N_("批准的额度"), .help = N_("不填就按申请的数") },
	{ "note", FIELD_LINES, AT(struct review_in, note), .max = 500, .label = N_("意见") },
	{ 0 },
};

static const struct operation operations[] = {
	{ .id = "quota.show",
	        .method = GET,
	        .path = "/quota",
	        .who = MANDATE("invoice.read"),
	        .run = quota_show,
	        .view = quota_show_view,
	        .page = "quota/show",
	        .menu = "我要办税/发票使用/发票额度调整申请",
	        .firm = true,
	        .title = N_("发票额度调整申请"),
	        .law = N_("税务总局公告2024年第11号"),
	        .requirements = "A07.1 A07.2",
	        .words = "额度 提额 额度不够 发票不够 授信 总额度 发票申领 增量 quota" },
	{ .id = "quota.request",
	        .method = POST,
	        .path = "/quota/requests",
	        .who = MANDATE("invoice.issue"),
	        .in = request_fields,
	        .in_size = sizeof(struct request_in),
	        .run = quota_request,
	        .form = "quota.show",
	        .then = "/quota/requests/{id}",
	        .idempotent = true,
	        .receipt = true,
	        .title = N_("申请调整发票总额度"),
	        .law = N_("税务总局公告2024年第11号"),
	        .requirements = "A07.1 A07.2" },
	{ .id = "quota.request_show",
	        .method = GET,
	        .path = "/quota/requests/{id}",
	        .who = MANDATE("invoice.read"),
	        .in = id_fields,
	        .in_size = sizeof(struct request_id_in),
	        .run = quota_request_show,
	        .view = quota_request_view,
	        .page = "quota/request",
	        .title = N_("发票额度申请"),
	        .requirements = "A07.1" },
	{ .id = "quota.withdraw",
	        .method = POST,
	        .path = "/quota/requests/{id}/withdrawal",
	        .who = MANDATE("invoice.issue"),
	        .in = id_fields,
	        .in_size = sizeof(struct request_id_in),
	        .run = quota_withdraw,
	        .form = "quota.request_show",
	        .then = "/quota/requests/{id}",
	        .idempotent = true,
	        .title = N_("撤销额度申请"),
	        .requirements = "A07.2" },
	{ .id = "quota.correct",
	        .method = POST,
	        .path = "/quota/requests/{id}/correction",
	        .who = MANDATE("invoice.issue"),
	        .in = correct_fields,
	        .in_size = sizeof(struct request_id_in),
	        .run = quota_correct,
	        .form = "quota.request_show",
	        .then = "/quota/requests/{id}",
	        .idempotent = true,
	        .title = N_("补正额度申请"),
	        .requirements = "A07.2" },
	{ .id = "quota.reviews",
	        .method = GET,
	        .path = "/quota/reviews",
	        .who = OFFICER(NULL),
	        .in = reviews_fields,
	        .in_size = sizeof(struct review_in),
	        .run = quota_reviews,
	        .view = quota_reviews_view,
	        .page = "quota/reviews",
	        .menu = "税务人端/发票额度审核",
	        .title = N_("发票额度审核"),
	        .requirements = "A07.1" },
	{ .id = "quota.review",
	        .method = GET,
	        .path = "/quota/reviews/{taxpayer}/{id}",
	        .who = OFFICER(NULL),
	        .in = review_fields,
	        .in_size = sizeof(struct review_in),
	        .run = quota_review_show,
	        .view = quota_review_view,
	        .page = "quota/review",
	        .title = N_("发票额度申请"),
	        .requirements = "A07.1" },
	{ .id = "quota.decide",
	        .method = POST,
	        .path = "/quota/reviews/{taxpayer}/{id}",
	        .who = OFFICER(NULL),
	        .in = decide_fields,
	        .in_size = sizeof(struct review_in),
	        .run = quota_decide,
	        .form = "quota.review",
	        .then = "/quota/reviews",
	        .idempotent = true,
	        .receipt = true,
	        .title = N_("办理发票额度申请"),
	        .requirements = "A07.1" },
};
static const struct job_kind jobs[] = {
	{ .name = "quota.monthly", .run = quota_monthly, .daily_at = "00:15", .max_tries = 20 },
	{ .name = "quota.raise", .run = quota_raise, .every_seconds = 900 },
};
static const struct subscription subscriptions[] = {
	{ .consumer = "quota.filed", .kinds = "return.filed", .kind = CONSUMER_CORE, .apply = quota_filed },
};

const struct service quota_service = {
	.name = "quota",
	.board = "invoice",
	.title = N_("发票总额度"),
	.uses = "identity registry ledger issue",
	.operations = operations,
	.n_operations = COUNT(operations),
	.subscriptions = subscriptions,
	.n_subscriptions = COUNT(subscriptions),
	.jobs = jobs,
	.n_jobs = COUNT(jobs),
	.fsck = quota_fsck,
};
