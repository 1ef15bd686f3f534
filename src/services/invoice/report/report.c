/* Reports: the descriptor. */
#include "services/invoice/report/report.h"
#include "report_sql.h"

static const struct field blank_fields[] = {
	{ "number", FIELD_TEXT, AT(struct report_in, number), .max = 20, .label = N_("发票号码") },
	{ 0 },
};
static const struct field open_fields[] = {
	{ "number", FIELD_TEXT, AT(struct report_in, number), .min = 8, .max = 20, .label = N_("发票号码"),
	        .help = N_("票面右上角的号码；看不清就粘贴二维码内容") },
	{ "total", FIELD_MONEY, AT(struct report_in, total), PRESENT_AT(struct report_in, has_total),
	        .min = -MONEY_MAX_FEN, .max = MONEY_MAX_FEN, .label = N_("价税合计（元）") },
	{ "qr", FIELD_LINES, AT(struct report_in, qr), .max = 512, .label = N_("二维码内容") },
	{ "place", FIELD_TEXT, AT(struct report_in, place), .max = 100, .label = N_("在哪里拿到的"),
	        .help = N_("店名、地址或网址") },
	{ "story", FIELD_LINES, AT(struct report_in, story), .max = 1000, .label = N_("经过"),
	        .help = N_("什么时候、买了什么、谁给的") },
	{ "picture", FIELD_BYTES, AT(struct report_in, picture), .max = REPORT_PICTURE_MAX, .label = N_("票面照片"),
	        .help = N_("PNG、JPEG 或 WebP，最大 2 MB") },
	{ "picture_base64", FIELD_LINES, AT(struct report_in, picture_base64), .max = REPORT_PICTURE_MAX / 3 * 4 + 8,
	        .label = N_("票面照片（Base64）") },
	{ 0 },
};
static const struct field code_fields[] = {
	{ "code", FIELD_TEXT, AT(struct report_code_in, code), .required = true, .min = REPORT_CODE, .max = REPORT_CODE,
	        .label = N_("举报编号") },
	{ 0 },
};
static const struct choice states[] = { { "open", N_("待核查") }, { "confirmed", N_("查实") },
	{ "unfounded", N_("不属实") }, { "referred", N_("已移送") }, { 0 } };
static const struct field list_fields[] = {
	{ "state", FIELD_ENUM, AT(struct report_list_in, state), .max = 10, .choices = states, .label = N_("状态") },
	{ 0 },
};
static const struct choice outcomes[] = { { "confirmed", N_("查实") }, { "unfounded", N_("不属实") },
	{ "referred", N_("已移送") }, { 0 } };
static const struct field decide_fields[] = {
	{ "code", FIELD_TEXT, AT(struct report_decide_in, code), .required = true, .min = REPORT_CODE,
	        .max = REPORT_CODE, .label = N_("举报编号") },
	{ "outcome", FIELD_ENUM, AT(struct report_decide_in, outcome), .required = true, .max = 10, .choices = outcomes,
	        .label = N_("核查结果") },
	{ "answer", FIELD_LINES, AT(struct report_decide_in, answer), .required = true, .min = 2, .max = 1000,
	        .label = N_("答复举报人"), .help = N_("举报人凭编号能看到这段话") },
	{ 0 },
};

static err_t fsck(struct ctx *c, struct fsck *f)
{
	struct report_wrong_row *rows;
	size_t n;
	TRY(report_wrong(c, &rows, &n));
	for (size_t i = 0; i < n; i++)
		FSCK_FAULT(f, "report %.*s: its state and its end do not agree", STR_FMT(rows[i].code));
	return OK;
}

static const struct subscription subscriptions[] = {
	{ .consumer = "report.uses",
	        .kinds = "input.credited purchase.imported invoice.booked invoice.booking_refused "
	                 "invoice.booking_undone "
	                 "lottery.entered lottery.refused lottery.void",
	        .kind = CONSUMER_CORE,
	        .apply = alarm_feed },
};
static const struct job_kind jobs[] = {
	{ .name = "report.statistics", .run = report_statistics, .every_seconds = 3600 },
};

static const struct operation operations[] = {
	{ .id = "report.blank",
	        .method = GET,
	        .path = "/reports/invoices/new",
	        .who = PUBLIC,
	        .in = blank_fields,
	        .in_size = sizeof(struct report_in),
	        .run = report_blank,
	        .page = "report/new",
	        .menu = "公众服务/查验/举报假发票",
	        .title = N_("举报假发票"),
	        .law = N_("发票管理办法 第十五条"),
	        .requirements = "A10.9 A10.10",
	        .words = "假票 举报 投诉 false invoice report" },
	{ .id = "report.open",
	        .method = POST,
	        .path = "/reports/invoices",
	        .who = PUBLIC,
	        .in = open_fields,
	        .in_size = sizeof(struct report_in),
	        .run = report_open,
	        .idempotent = true,
	        .receipt = true,
	        .max_body = 4 << 20,
	        .per_minute = 10,
	        .page = "report/show",
	        .form = "report.blank",
	        .then = "/reports/invoices/{code}",
	        .title = N_("举报假发票"),
	        .law = N_("发票管理办法 第十五条"),
	        .requirements = "A10.9 A10.10" },
	{ .id = "report.show",
	        .method = GET,
	        .path = "/reports/invoices/{code}",
	        .who = PUBLIC, /* who has the code opened it, or was given it */
	        .in = code_fields,
	        .in_size = sizeof(struct report_code_in),
	        .run = report_show,
	        .view = report_show_view,
	        .per_minute = 60,
	        .page = "report/show",
	        .title = N_("举报进度"),
	        .requirements = "A10.9" },
	{ .id = "report.list",
	        .method = GET,
	        .path = "/officer/reports",
	        .who = OFFICER("registration"),
	        .in = list_fields,
	        .in_size = sizeof(struct report_list_in),
	        .run = report_list,
	        .view = report_list_view,
	        .page = "report/list",
	        .menu = "税务人端/假发票举报",
	        .title = N_("假发票举报"),
	        .requirements = "A10.9 A10.10",
	        .words = "举报 案件 cases" },
	{ .id = "report.case",
	        .method = GET,
	        .path = "/officer/reports/{code}",
	        .who = OFFICER("registration"),
	        .in = code_fields,
	        .in_size = sizeof(struct report_code_in),
	        .run = report_case,
	        .view = report_case_view,
	        .page = "report/case",
	        .title = N_("一件举报"),
	        .requirements = "A10.9 A10.10" },
	{ .id = "report.picture",
	        .method = GET,
	        .path = "/officer/reports/{code}/picture.png",
	        .who = OFFICER("registration"),
	        .in = code_fields,
	        .in_size = sizeof(struct report_code_in),
	        .run = report_picture,
	        .title = N_("举报的照片"),
	        .requirements = "A10.9" },
	{ .id = "report.decide",
	        .method = POST,
	        .path = "/officer/reports/{code}/decision",
	        .who = OFFICER("registration"),
	        .in = decide_fields,
	        .in_size = sizeof(struct report_decide_in),
	        .run = report_decide,
	        .idempotent = true,
	        .receipt = true,
	        .page = "report/case",
	        .form = "report.case",
	        .then = "/officer/reports/{code}",
	        .title = N_("办结举报"),
	        .requirements = "A10.9 A10.10" },
};

const struct service report_service = {
	.name = "report",
	.board = "invoice",
	.title = N_("假发票举报"),
	.uses = "verify issue",
	.operations = operations,
	.n_operations = COUNT(operations),
	.subscriptions = subscriptions,
	.n_subscriptions = COUNT(subscriptions),
	.jobs = jobs,
	.n_jobs = COUNT(jobs),
	.fsck = fsck,
};
