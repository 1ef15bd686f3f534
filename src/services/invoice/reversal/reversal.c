/* Red letters: the descriptor. */
#include "services/invoice/reversal/reversal.h"
#include "services/invoice/reversal/flow.h"

enum { LINES_MAX = 2000 };

static const struct choice decisions[] = { { "confirm", N_("同意") }, { "refuse", N_("不同意") }, { 0 } };
static const struct choice states[] = { { "open", N_("待确认") }, { "done", N_("已办完") }, { 0 } };

static const struct field line_fields[] = {
	{ "line", FIELD_INT, AT(struct reverse_line, line), .required = true, .min = 1, .max = LINES_MAX,
	        .label = N_("第几行") },
	{ "quantity", FIELD_DECIMAL, AT(struct reverse_line, quantity), PRESENT_AT(struct reverse_line, has_quantity),
	        .label = N_("数量") },
	{ "amount", FIELD_MONEY, AT(struct reverse_line, amount), PRESENT_AT(struct reverse_line, has_amount), .min = 1,
	        .max = MONEY_MAX_FEN, .label = N_("金额"),
	        .help = N_("不含税；不填就按数量，都不填就是这一行剩下的全部") },
	{ 0 },
};
static const struct field start_fields[] = {
	{ "number", FIELD_TEXT, AT(struct start_in, number), .required = true, .min = 20, .max = 20,
	        .label = N_("发票号码") },
	{ "reason", FIELD_TEXT, AT(struct start_in, reason), .required = true, .max = 20, .label = N_("红冲原因"),
	        .help = N_("error 开票有误、return 销货退回、stop 服务中止、allowance 销售折让"), .example = "return" },
	{ "lines", FIELD_LIST, AT(struct start_in, lines), COUNT_AT(struct start_in, n_lines), .max = LINES_MAX,
	        .fields = line_fields, .size = sizeof(struct reverse_line), .label = N_("部分红冲的行"),
	        .help = N_("不填就是全额红冲") },
	{ 0 },
};
static const struct field decide_fields[] = {
	{ "number", FIELD_TEXT, AT(struct decide_in, number), .required = true, .min = 20, .max = 20,
	        .label = N_("发票号码") },
	{ "decision", FIELD_ENUM, AT(struct decide_in, decision), .required = true, .max = 10, .choices = decisions,
	        .label = N_("答复") },
	{ 0 },
};
static const struct field number_fields[] = {
	{ "number", FIELD_TEXT, AT(struct decide_in, number), .required = true, .min = 20, .max = 20,
	        .label = N_("发票号码") },
	{ 0 },
};
static const struct field slips_fields[] = {
	{ "state", FIELD_ENUM, AT(struct slips_in, state), .max = 10, .choices = states, .label = N_("状态") },
	{ "after", FIELD_TEXT, AT(struct slips_in, after), .max = 20, .label = N_("翻页位置") },
	{ 0 },
};

static const struct field choose_fields[] = {
	{ "number", FIELD_TEXT, AT(struct choose_in, number), .min = 20, .max = 20, .label = N_("发票号码"),
	        .help = N_("知道号码就直接填；也可以在下面选") },
	{ "period", FIELD_PERIOD, AT(struct choose_in, period), PRESENT_AT(struct choose_in, has_period),
	        .label = N_("开票月份") },
	{ "after", FIELD_TEXT, AT(struct choose_in, after), .max = 20, .label = N_("翻页位置") },
	{ 0 },
};

static const struct operation operations[] = {
	{ .id = "reversal.start",
	        .method = POST,
	        .path = "/invoices/{number}/reversal",
	        .who = MANDATE("invoice.issue"),
	        .in = start_fields,
	        .in_size = sizeof(struct start_in),
	        .run = reversal_start,
	        .form = "reversal.show",
	        .then = "/invoices/{number}/reversal",
	        .idempotent = true,
	        .receipt = true,
	        .max_body = 512 << 10,
	        .title = N_("红字发票"),
	        .law = N_("发票管理办法实施细则 第二十六条"),
	        .requirements = "A09.1 A09.5",
	        .words = "红冲 冲红 退货 折让 作废 red letter" },
	{ .id = "reversal.decide",
	        .method = POST,
	        .path = "/invoices/{number}/reversal/confirmation",
	        .who = MANDATE("invoice.issue"),
	        .in = decide_fields,
	        .in_size = sizeof(struct decide_in),
	        .run = reversal_decide,
	        .form = "reversal.show",
	        .then = "/invoices/{number}/reversal",
	        .idempotent = true,
	        .receipt = true,
	        .title = N_("确认红字发票"),
	        .requirements = "A09.5" },
	{ .id = "reversal.withdraw",
	        .method = POST,
	        .path = "/invoices/{number}/reversal/withdrawal",
	        .who = MANDATE("invoice.issue"),
	        .in = number_fields,
	        .in_size = sizeof(struct decide_in),
	        .run = reversal_withdraw,
	        .form = "reversal.show",
	        .then = "/invoices/{number}/reversal",
	        .idempotent = true,
	        .receipt = true,
	        .title = N_("撤销红字申请"),
	        .requirements = "A09.5" },
	{ .id = "reversal.show",
	        .method = GET,
	        .path = "/invoices/{number}/reversal",
	        .who = MANDATE("invoice.read"),
	        .in = number_fields,
	        .in_size = sizeof(struct decide_in),
	        .run = reversal_of_invoice,
	        .view = reversal_show_view,
	        .page = "reversal/show",
	        .title = N_("这张发票的红字确认单"),
	        .requirements = "A09.5" },
	{ .id = "reversal.choose",
	        .method = GET,
	        .path = "/reversals/new",
	        .who = MANDATE("invoice.issue"),
	        .in = choose_fields,
	        .in_size = sizeof(struct choose_in),
	        .run = reversal_choose,
	        .view = reversal_choose_view,
	        .page = "reversal/choose",
	        .form = "reversal.choose",
	        .menu = "我要办税/发票使用/红字发票开具",
	        .title = N_("红字发票开具"),
	        .law = N_("发票管理办法实施细则 第二十六条"),
	        .requirements = "A09.1 A09.5",
	        .words = "红冲 冲红 退货 折让 作废 开错 red letter" },
	{ .id = "reversal.list",
	        .method = GET,
	        .path = "/reversals",
	        .who = MANDATE("invoice.read"),
	        .in = slips_fields,
	        .in_size = sizeof(struct slips_in),
	        .run = reversal_list,
	        .view = reversal_list_view,
	        .page = "reversal/list",
	        .menu = "我要办税/发票使用/红字发票信息确认单",
	        .title = N_("红字确认单"),
	        .requirements = "A09.5",
	        .words = "红字确认单 红字信息表" },
};
static const struct job_kind jobs[] = {
	{ .name = "reversal.expire", .run = reversal_expire, .every_seconds = 60 },
};

const struct service reversal_service = {
	.name = "reversal",
	.board = "invoice",
	.title = N_("红字发票"),
	.uses = "issue purchase",
	.operations = operations,
	.n_operations = COUNT(operations),
	.jobs = jobs,
	.n_jobs = COUNT(jobs),
	.fsck = reversal_fsck,
};
