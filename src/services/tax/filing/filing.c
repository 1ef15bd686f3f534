/* Filing: the descriptor. */
#include "services/tax/filing/filing.h"
#include "services/tax/filing/work.h"

/* Amounts of a form: any sign here; which lines may not be negative the form's table says. */
#define AMOUNT(name_, cell_, label_)                                                                                   \
	{ name_, FIELD_MONEY, AT(struct sent, cell[cell_]), PRESENT_AT(struct sent, has[cell_]),                       \
		.min = -MONEY_MAX_FEN, .max = MONEY_MAX_FEN, .label = label_ },
#define REASON(name_, cell_)                                                                                           \
	{ name_, FIELD_TEXT, AT(struct reasons, cell[cell_]), .max = 200, .label = N_("改动的原因") },
#define LINE(n) AMOUNT("l" #n, n, "第 " #n " 栏")
#define LINE_REASON(n) REASON("l" #n, n)
#define INPUT(name) AMOUNT(#name, CELL_##name, N_("本项金额"))
#define INPUT_REASON(name) REASON(#name, CELL_##name)
/* clang-format off */
#define LINES(X) \
	X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16) X(17) X(18) X(19) X(20) \
	X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31) X(32) X(33) X(34) X(35) X(36) X(37) X(38) \
	X(39) X(40) X(41)
/* clang-format on */

static const struct field line_fields[] = { LINES(LINE){ 0 } };
static const struct field input_fields[] = { FORM_INPUT_NAMES(INPUT){ 0 } };
static const struct field reason_fields[] = { LINES(LINE_REASON) FORM_INPUT_NAMES(INPUT_REASON){ 0 } };
const struct field filing_return_fields[] = {
	{ "period", FIELD_PERIOD, AT(struct return_in, period), .required = true, .label = N_("税款所属期"),
	        .example = "2026-11" },
	{ "lines", FIELD_OBJECT, AT(struct return_in, sent), PRESENT_AT(struct return_in, has_lines),
	        .fields = line_fields, .label = N_("申报表各栏") },
	{ "inputs", FIELD_OBJECT, AT(struct return_in, sent), PRESENT_AT(struct return_in, has_inputs),
	        .fields = input_fields, .label = N_("表外各项：未开票销售额等") },
	{ "zero", FIELD_BOOL, AT(struct return_in, zero), .label = N_("零申报：本期没有销售，也没有取得进项") },
	{ "corrects", FIELD_ID, AT(struct return_in, corrects), .label = N_("更正的申报表编号") },
	{ "reason", FIELD_TEXT, AT(struct return_in, reason), .max = 200, .label = N_("改动或更正的原因") },
	{ "reasons", FIELD_OBJECT, AT(struct return_in, reasons), .fields = reason_fields,
	        .label = N_("各栏改动的原因") },
	{ 0 },
};
static const struct field period_fields[] = {
	{ "period", FIELD_PERIOD, AT(struct period_in, period), .required = true, .label = N_("税款所属期"),
	        .example = "2026-11" },
	{ "explain", FIELD_TEXT, AT(struct period_in, explain), .max = 30, .label = N_("页面上展开说明的栏次") },
	{ "edit", FIELD_BOOL, AT(struct period_in, edit), .label = N_("页面上可以修改") },
	{ 0 },
};
static const struct field explain_fields[] = {
	{ "period", FIELD_PERIOD, AT(struct period_in, period), .required = true, .label = N_("税款所属期"),
	        .example = "2026-11" },
	{ "line", FIELD_TEXT, AT(struct period_in, line), .required = true, .min = 2, .max = 30, .label = N_("栏次"),
	        .example = "l11" },
	{ "after", FIELD_TEXT, AT(struct period_in, after), .max = 30, .label = N_("从这一张之后") },
	{ 0 },
};
static const struct field plain_period_fields[] = {
	{ "period", FIELD_PERIOD, AT(struct period_in, period), .required = true, .label = N_("税款所属期"),
	        .example = "2026-11" },
	{ 0 },
};
static const struct field file_fields[] = {
	{ "period", FIELD_PERIOD, AT(struct file_in, period), .required = true, .label = N_("税款所属期"),
	        .example = "2026-11" },
	{ "file", FIELD_BYTES, AT(struct file_in, file), .required = true, .max = RETURN_FILE_MAX,
	        .label = N_("申报表文件") },
	{ 0 },
};
static const struct field id_fields[] = {
	{ "id", FIELD_ID, AT(struct id_in, id), .required = true, .label = N_("申报表编号") },
	{ 0 },
};
static const struct field list_fields[] = {
	{ "before", FIELD_ID, AT(struct list_in, before), .label = N_("早于这一份") },
	{ 0 },
};

static const struct operation operations[] = {
	{ .id = "filing.obligations",
	        .method = GET,
	        .path = "/obligations",
	        .who = MANDATE("tax.read"),
	        .run = obligations_show,
	        .view = obligations_view,
	        .page = "filing/obligations",
	        .menu = "我要办税/税费申报及缴纳/应办事项",
	        .title = N_("应申报、应缴纳"),
	        .law = N_("税收征收管理法 第二十五条"),
	        .requirements = "A05.1 A05.8 A05.9",
	        .words = "应缴 欠税 申报 催报催缴 obligations 日历" },
	{ .id = "filing.show",
	        .method = GET,
	        .path = "/returns/vat/{period}",
	        .who = MANDATE("tax.read"),
	        .in = period_fields,
	        .in_size = sizeof(struct period_in),
	        .run = return_show,
	        .view = return_view,
	        .page = "filing/vat",
	        .title = N_("增值税及附加税费申报"),
	        .law = N_("国家税务总局公告2021年第20号"),
	        .requirements = "A05.1 A05.2",
	        .words = "申报 增值税 附加税 纳税申报 vat return" },
	{ .id = "filing.explain",
	        .method = GET,
	        .path = "/returns/vat/{period}/lines/{line}",
	        .who = MANDATE("tax.read"),
	        .in = explain_fields,
	        .in_size = sizeof(struct period_in),
	        .run = return_explain,
	        .view = explain_view,
	        .page = "filing/line",
	        .title = N_("这个数怎么来的"),
	        .requirements = "A05.1" },
	{ .id = "filing.file",
	        .method = POST,
	        .path = "/returns/vat/{period}",
	        .who = MANDATE("tax.file"),
	        .in = filing_return_fields,
	        .in_size = sizeof(struct return_in),
	        .run = return_file,
	        .check = return_check,
	        .form = "filing.show",
	        .then = "/returns/{id}",
	        .idempotent = true,
	        .receipt = true,
	        .title = N_("提交申报"),
	        .law = N_("税收征收管理法 第二十五条"),
	        .requirements = "A05.1 A05.2 A05.4" },
	{ .id = "filing.read_csv",
	        .method = POST,
	        .path = "/returns/vat/{period}/csv",
	        .who = MANDATE("tax.file"),
	        .in = file_fields,
	        .in_size = sizeof(struct file_in),
	        .run = return_read,
	        .reads = true,
	        .raw_body = "text/csv",
	        .title = N_("读取申报表文件（CSV）"),
	        .requirements = "A05.1 A05.2" },
	{ .id = "filing.read_xml",
	        .method = POST,
	        .path = "/returns/vat/{period}/xml",
	        .who = MANDATE("tax.file"),
	        .in = file_fields,
	        .in_size = sizeof(struct file_in),
	        .run = return_read,
	        .reads = true,
	        .raw_body = "application/xml",
	        .title = N_("读取申报表文件（XML）"),
	        .requirements = "A05.1 A05.2" },
	{ .id = "filing.csv",
	        .method = GET,
	        .path = "/returns/vat/{period}.csv",
	        .who = MANDATE("tax.read"),
	        .in = plain_period_fields,
	        .in_size = sizeof(struct period_in),
	        .run = return_csv,
	        .title = N_("申报表文件（CSV）"),
	        .requirements = "A05.1 A05.2" },
	{ .id = "filing.xml",
	        .method = GET,
	        .path = "/returns/vat/{period}.xml",
	        .who = MANDATE("tax.read"),
	        .in = plain_period_fields,
	        .in_size = sizeof(struct period_in),
	        .run = return_xml,
	        .title = N_("申报表文件（XML）"),
	        .requirements = "A05.1 A05.2" },
	{ .id = "filing.list",
	        .method = GET,
	        .path = "/returns",
	        .who = MANDATE("tax.read"),
	        .in = list_fields,
	        .in_size = sizeof(struct list_in),
	        .run = return_list,
	        .view = list_view,
	        .page = "filing/returns",
	        .menu = "我要查询/申报信息查询",
	        .title = N_("申报信息查询"),
	        .requirements = "A05.1",
	        .words = "申报记录 更正申报 returns" },
	{ .id = "filing.one",
	        .method = GET,
	        .path = "/returns/{id}",
	        .who = MANDATE("tax.read"),
	        .in = id_fields,
	        .in_size = sizeof(struct id_in),
	        .run = return_one,
	        .view = one_view,
	        .page = "filing/return",
	        .title = N_("申报表"),
	        .requirements = "A05.1" },
};
static const struct subscription subscriptions[] = {
	{ .consumer = "filing.calendar",
	        .kinds = "taxpayer.registered",
	        .kind = CONSUMER_CORE,
	        .apply = calendar_registered },
};
static const struct job_kind jobs[] = {
	{ .name = "filing.daily", .run = calendar_daily, .daily_at = "00:10" },
};

const struct service filing_service = {
	.name = "filing",
	.board = "tax",
	.title = N_("申报"),
	.uses = "registry ledger issue purchase",
	.operations = operations,
	.n_operations = COUNT(operations),
	.subscriptions = subscriptions,
	.n_subscriptions = COUNT(subscriptions),
	.jobs = jobs,
	.n_jobs = COUNT(jobs),
	.fsck = filing_check,
};
