/* Paper invoices: the descriptor. */
#include "kernel/access/access.h"
#include "services/invoice/paper/own.h"

enum { TEXT = 100, STORY = 500 };

const struct choice paper_kind_choices[] = { { "roll", N_("增值税普通发票（卷票）") },
	{ "plain", N_("增值税普通发票（纸质）") }, { "special", N_("增值税专用发票（纸质）") }, { 0 } };
const struct choice paper_way_choices[] = { { "courier", N_("快递送上门") }, { "hall", N_("到办税厅取") },
	{ "locker", N_("到自助柜取") }, { 0 } };
static const struct choice acts[] = { { "used", N_("已开具") }, { "void", N_("开错作废") }, { 0 } };
static const struct choice decisions[] = { { "grant", N_("发给") }, { "refuse", N_("不予发给") }, { 0 } };

#define CODE_FIELD(type)                                                                                               \
	"code", FIELD_TEXT, AT(type, code), .max = 12, .label = N_("发票代码"), .example = "033002600106"
#define NUMBER_FIELD(type, member) FIELD_INT, AT(type, member), .min = 1, .max = PAPER_NUMBER_MAX

static const struct field blank_fields[] = {
	{ "kind", FIELD_ENUM, AT(struct apply_in, kind), .max = 10, .choices = paper_kind_choices,
	        .label = N_("发票种类") },
	{ "units", FIELD_INT, AT(struct apply_in, units), .min = 0, .max = PAPER_UNITS_MAX, .label = N_("申请数量") },
	{ 0 },
};
static const struct field apply_fields[] = {
	{ "kind", FIELD_ENUM, AT(struct apply_in, kind), .required = true, .max = 10, .choices = paper_kind_choices,
	        .label = N_("发票种类") },
	{ "units", FIELD_INT, AT(struct apply_in, units), .required = true, .min = 1, .max = PAPER_UNITS_MAX,
	        .label = N_("申请数量"), .help = N_("卷票按卷，其他按份") },
	{ "way", FIELD_ENUM, AT(struct apply_in, way), .required = true, .max = 10, .choices = paper_way_choices,
	        .label = N_("怎么领") },
	{ "recipient", FIELD_TEXT, AT(struct apply_in, recipient), .max = TEXT, .label = N_("收件人") },
	{ "phone", FIELD_TEXT, AT(struct apply_in, phone), .max = 20, .label = N_("收件手机号") },
	{ "address", FIELD_TEXT, AT(struct apply_in, address), .max = 200, .label = N_("收件地址") },
	{ "reason", FIELD_LINES, AT(struct apply_in, reason), .max = STORY, .label = N_("需要更多的理由"),
	        .help = N_("写了理由，规则不够发时由税务人员办理") },
	{ 0 },
};
static const struct field id_fields[] = {
	{ "id", FIELD_ID, AT(struct application_id_in, id), .required = true, .label = N_("申请编号") },
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
	{ "units", FIELD_INT, AT(struct review_in, units), PRESENT_AT(struct review_in, has_units), .min = 1,
	        .max = PAPER_UNITS_MAX, .label = N_("发给的数量"), .help = N_("不填就按申请的数") },
	{ "note", FIELD_LINES, AT(struct review_in, note), .max = STORY, .label = N_("意见") },
	{ 0 },
};
static const struct field box_fields[] = {
	{ CODE_FIELD(struct box_in), .required = true, .min = 10 },
	{ "from", NUMBER_FIELD(struct box_in, from), .required = true, .label = N_("起号") },
	{ "to", NUMBER_FIELD(struct box_in, to), .required = true, .label = N_("止号") },
	{ "per_unit", FIELD_INT, AT(struct box_in, per_unit), .required = true, .min = 1, .max = 1000,
	        .label = N_("每卷（本）份数"), .help = N_("按份发的写 1") },
	{ 0 },
};
static const struct field report_fields[] = {
	{ "act", FIELD_ENUM, AT(struct use_in, act), .required = true, .max = 10, .choices = acts,
	        .label = N_("怎么用的") },
	{ CODE_FIELD(struct use_in), .required = true, .min = 10 },
	{ "from", NUMBER_FIELD(struct use_in, from), .required = true, .label = N_("起号") },
	{ "to", NUMBER_FIELD(struct use_in, to), PRESENT_AT(struct use_in, has_to), .label = N_("止号"),
	        .help = N_("只有一张就不填") },
	{ "issued_from", FIELD_DATE, AT(struct use_in, issued_from), .required = true, .label = N_("第一张的日期") },
	{ "issued_to", FIELD_DATE, AT(struct use_in, issued_to), PRESENT_AT(struct use_in, has_issued_to),
	        .label = N_("最后一张的日期"), .help = N_("同一天就不填") },
	{ "amount", FIELD_MONEY, AT(struct use_in, amount), PRESENT_AT(struct use_in, has_amount), .min = 0,
	        .max = INT64_C(10000000000000), .label = N_("金额合计（不含税）") },
	{ "tax", FIELD_MONEY, AT(struct use_in, tax), PRESENT_AT(struct use_in, has_tax), .min = 0,
	        .max = INT64_C(10000000000000), .label = N_("税额合计") },
	{ "section", FIELD_ENUM, AT(struct use_in, section), .max = 12, .choices = use_sections,
	        .label = N_("卖的是什么"), .help = N_("货物和劳务在申报表里单列；不填按服务") },
	{ "buyer_tax_id", FIELD_TAX_ID, AT(struct use_in, buyer_tax_id), .max = 20, .label = N_("购买方税号") },
	{ "buyer_name", FIELD_TEXT, AT(struct use_in, buyer_name), .max = TEXT, .label = N_("购买方名称") },
	{ 0 },
};
static const struct field loss_fields[] = {
	{ CODE_FIELD(struct loss_in), .required = true, .min = 10 },
	{ "from", NUMBER_FIELD(struct loss_in, from), .required = true, .label = N_("起号") },
	{ "to", NUMBER_FIELD(struct loss_in, to), PRESENT_AT(struct loss_in, has_to), .label = N_("止号"),
	        .help = N_("只有一张就不填") },
	{ "why", FIELD_ENUM, AT(struct loss_in, why), .required = true, .max = 10, .choices = paper_loss_choices,
	        .label = N_("怎么丢的") },
	{ "story", FIELD_LINES, AT(struct loss_in, story), .max = STORY, .label = N_("经过") },
	{ 0 },
};
static const struct field listing_fields[] = {
	{ "state", FIELD_ENUM, AT(struct loss_in, state), .required = true, .max = 10, .choices = paper_listing_choices,
	        .label = N_("列入") },
	{ CODE_FIELD(struct loss_in), .required = true, .min = 10 },
	{ "from", NUMBER_FIELD(struct loss_in, from), .required = true, .label = N_("起号") },
	{ "to", NUMBER_FIELD(struct loss_in, to), PRESENT_AT(struct loss_in, has_to), .label = N_("止号"),
	        .help = N_("只有一张就不填") },
	{ "why", FIELD_TEXT, AT(struct loss_in, why), .required = true, .min = 2, .max = TEXT, .label = N_("原因") },
	{ 0 },
};
static const struct field listings_fields[] = {
	{ "before", FIELD_INT, AT(struct listings_in, before), PRESENT_AT(struct listings_in, has_before), .min = 1,
	        .max = INT64_MAX, .label = N_("翻页位置") },
	{ 0 },
};
static const struct field pickup_fields[] = {
	{ "code", FIELD_TEXT, AT(struct pickup_in, code), .required = true, .min = PICKUP_DIGITS, .max = 18,
	        .label = N_("取件码"), .help = N_("12 位数字，在申请的页面上") },
	{ 0 },
};
#define CHECK_REST                                                                                                     \
	{ "total", FIELD_MONEY, AT(struct check_in, total), PRESENT_AT(struct check_in, has_total), .min = 0,          \
		.max = INT64_C(10000000000000), .label = N_("价税合计") },                                             \
	{                                                                                                              \
		"date", FIELD_DATE, AT(struct check_in, date), PRESENT_AT(struct check_in, has_date),                  \
		        .label = N_("开票日期")                                                                        \
	}
static const struct field check_fields[] = {
	{ CODE_FIELD(struct check_in), .required = true, .min = 10 },
	{ "number", FIELD_TEXT, AT(struct check_in, number), .required = true, .max = PAPER_NUMBER_DIGITS,
	        .label = N_("发票号码") },
	CHECK_REST,
	{ 0 },
};
static const struct field check_form_fields[] = {
	{ "qr", FIELD_TEXT, AT(struct check_in, qr), .max = 300, .label = N_("二维码内容") },
	{ CODE_FIELD(struct check_in) },
	{ "number", FIELD_TEXT, AT(struct check_in, number), .max = PAPER_NUMBER_DIGITS, .label = N_("发票号码") },
	CHECK_REST,
	{ 0 },
};
static const struct field convert_blank_fields[] = {
	{ CODE_FIELD(struct convert_in) },
	{ "number", FIELD_TEXT, AT(struct convert_in, number), .max = PAPER_NUMBER_DIGITS, .label = N_("发票号码") },
	{ 0 },
};
static const struct field convert_fields[] = {
	{ "qr", FIELD_TEXT, AT(struct convert_in, qr), .max = 300, .label = N_("二维码内容"),
	        .help = N_("扫了二维码就不用写代码和号码") },
	{ CODE_FIELD(struct convert_in) },
	{ "number", FIELD_TEXT, AT(struct convert_in, number), .max = PAPER_NUMBER_DIGITS, .label = N_("发票号码") },
	{ "electronic", FIELD_TEXT, AT(struct convert_in, electronic), .min = 20, .max = 20,
	        .label = N_("已有的电子发票号码"), .help = N_("不填就开一张新的") },
	{ "item", FIELD_TEXT, AT(struct convert_in, item), .max = TEXT, .label = N_("项目名称") },
	{ "tax_code", FIELD_TEXT, AT(struct convert_in, tax_code), .max = 19, .label = N_("商品和服务税收编码") },
	{ "rate", FIELD_RATE, AT(struct convert_in, rate), PRESENT_AT(struct convert_in, has_rate), .min = 0,
	        .max = 1000000, .label = N_("税率或征收率"), .help = N_("例如 0.01") },
	{ "coal", FIELD_ENUM, AT(struct convert_in, coal), .max = 4, .choices = issue_coals, .label = N_("煤炭种类"),
	        .help = N_("原煤、洗煤等编码要选；别的不填") },
	{ "buyer_name", FIELD_TEXT, AT(struct convert_in, buyer_name), .max = TEXT, .label = N_("购买方名称"),
	        .help = N_("上报时写过的不用再写") },
	{ "total", FIELD_MONEY, AT(struct convert_in, total), PRESENT_AT(struct convert_in, has_total), .min = 1,
	        .max = INT64_C(10000000000000), .label = N_("价税合计"), .help = N_("一张一张上报的不用写") },
	{ 0 },
};
static const struct field event_fields[] = {
	{ "courier", FIELD_TEXT, AT(struct courier_event_in, courier), .required = true, .max = 32,
	        .label = N_("快递公司") },
	{ "body", FIELD_BYTES, AT(struct courier_event_in, body), .required = true, .max = PAPER_MESSAGE_MAX,
	        .label = N_("签名报文") },
	{ 0 },
};
static const struct field courier_fields[] = {
	{ "courier", FIELD_TEXT, AT(struct courier_in, courier), .required = true, .min = 3, .max = 32,
	        .label = N_("代号"), .help = N_("写在它回送消息的地址里，登记后不能改"), .example = "sf-express" },
	{ "title", FIELD_TEXT, AT(struct courier_in, title), .required = true, .min = 2, .max = TEXT,
	        .label = N_("名称"), .help = N_("纳税人看到的名称") },
	{ "address", FIELD_TEXT, AT(struct courier_in, address), .required = true, .min = 8, .max = 200,
	        .label = N_("接口地址"), .help = N_("寄件单和查询发到这里"), .example = "https://api.courier.example" },
	{ 0 },
};
static const struct field courier_key_fields[] = {
	{ "courier", FIELD_TEXT, AT(struct courier_in, courier), .required = true, .min = 3, .max = 32,
	        .label = N_("代号") },
	{ "leaked", FIELD_BOOL, AT(struct courier_in, leaked), .label = N_("旧密钥已经泄露"),
	        .help = N_("旧密钥立即失效；否则等对方换好，最多一天") },
	{ 0 },
};
static const struct field courier_name_fields[] = {
	{ "courier", FIELD_TEXT, AT(struct courier_in, courier), .required = true, .min = 3, .max = 32,
	        .label = N_("代号") },
	{ 0 },
};

#define TAXPAYER_GET(scope, name, address, function)                                                                   \
	.id = "paper." name, .method = GET, .path = address, .who = MANDATE(scope), .run = function
#define TAXPAYER_POST(scope, name, address, fields, type, function)                                                    \
	.id = "paper." name, .method = POST, .path = address, .who = MANDATE(scope), .in = fields,                     \
	.in_size = sizeof(type), .run = function, .idempotent = true
#define OFFICER_GET(name, address, function)                                                                           \
	.id = "paper." name, .method = GET, .path = address, .who = OFFICER("registration"), .run = function
#define OFFICER_POST(name, address, fields, type, function)                                                            \
	.id = "paper." name, .method = POST, .path = address, .who = OFFICER("registration"), .in = fields,            \
	.in_size = sizeof(type), .run = function, .idempotent = true

static const struct operation operations[] = {
	{ TAXPAYER_GET("invoice.read", "stock", "/paper", paper_stock), .view = paper_stock_view, .page = "paper/stock",
	        .menu = "我要办税/发票使用/纸质发票领用", .firm = true, .title = N_("我的纸质发票"),
	        .law = N_("发票管理办法 第十五条"), .requirements = "A07.2 A07.3",
	        .words = "发票领用 领发票 领购 缴销 纸质发票 卷票 邮寄 paper-stock" },
	{ TAXPAYER_GET("invoice.issue", "blank", "/paper/applications/new", paper_blank), .in = blank_fields,
	        .in_size = sizeof(struct apply_in), .view = paper_blank_view, .page = "paper/new",
	        .form = "paper.blank", .title = N_("申请领用纸质发票"), .law = N_("发票管理办法 第十五条"),
	        .requirements = "A07.2 A07.3", .words = "发票申领 纸质发票邮寄 卷票 apply paper" },
	{ TAXPAYER_POST("invoice.issue", "apply", "/paper/applications", apply_fields, struct apply_in, paper_apply),
	        .receipt = true, .form = "paper.blank", .then = "/paper/applications/{id}",
	        .title = N_("提交纸质发票领用申请"), .law = N_("发票管理办法 第十五条"),
	        .requirements = "A07.2 A07.3 A07.4 A07.5" },
	{ TAXPAYER_GET("invoice.read", "application", "/paper/applications/{id}", paper_application), .in = id_fields,
	        .in_size = sizeof(struct application_id_in), .view = paper_application_view,
	        .page = "paper/application", .title = N_("纸质发票领用申请"), .requirements = "A07.2 A07.4 A07.5" },
	{ TAXPAYER_POST("invoice.issue", "withdraw", "/paper/applications/{id}/withdrawal", id_fields,
	          struct application_id_in, paper_withdraw),
	        .form = "paper.application", .then = "/paper/applications/{id}", .title = N_("撤回领用申请"),
	        .requirements = "A07.2" },
	{ TAXPAYER_GET("invoice.issue", "use_blank", "/paper/reports/new", use_blank), .view = paper_plain_view,
	        .page = "paper/report", .menu = "我要办税/发票使用/纸质发票验旧", .firm = true,
	        .title = N_("上报用过的纸质发票"), .requirements = "A07.3",
	        .words = "验旧 验旧供新 作废纸质发票 report-used-paper" },
	{ TAXPAYER_POST("invoice.issue", "report", "/paper/reports", report_fields, struct use_in, use_report),
	        .receipt = true, .form = "paper.use_blank", .then = "/paper", .title = N_("纸质发票验旧"),
	        .requirements = "A07.3" },
	{ TAXPAYER_GET("invoice.issue", "loss_blank", "/paper/losses/new", paper_loss_blank), .view = paper_plain_view,
	        .page = "paper/loss", .menu = "我要办税/发票使用/发票挂失", .firm = true, .title = N_("纸质发票挂失"),
	        .law = N_("发票管理办法实施细则"), .requirements = "A07.5 A09.13",
	        .words = "丢失 遗失 被盗 挂失 lost stolen" },
	{ TAXPAYER_POST("invoice.issue", "lose", "/paper/losses", loss_fields, struct loss_in, paper_loss_report),
	        .receipt = true, .form = "paper.loss_blank", .then = "/public/paper-invoices?code={code}&number={from}",
	        .title = N_("提交挂失"), .law = N_("发票管理办法实施细则"), .requirements = "A07.5 A09.13" },
	{ TAXPAYER_GET("invoice.issue", "convert_blank", "/paper/conversions/new", convert_blank),
	        .in = convert_blank_fields, .in_size = sizeof(struct convert_in), .view = paper_plain_view,
	        .page = "paper/convert", .menu = "我要办税/发票使用/纸质发票换开电子", .firm = true,
	        .title = N_("纸质发票换开电子发票"), .law = N_("发票管理办法 第三条"), .requirements = "A09.13",
	        .words = "纸电转换 换票 convert paper electronic" },
	{ TAXPAYER_POST(
	          "invoice.issue", "convert", "/paper/conversions", convert_fields, struct convert_in, convert_one),
	        .receipt = true, .form = "paper.convert_blank", .then = "/invoices/{electronic}",
	        .title = N_("换开电子发票"), .law = N_("发票管理办法 第三条"), .requirements = "A09.13" },
	{ TAXPAYER_GET("invoice.read", "received", "/paper/received", paper_received_list), .view = paper_received_view,
	        .page = "paper/received", .menu = "我要办税/税务数字账户/取得的纸质发票", .firm = true,
	        .title = N_("取得的纸质发票"), .requirements = "A09.13", .words = "进项 纸质专票 勾选 received paper" },
	{ OFFICER_GET("shelf", "/officer/paper", paper_shelf_show), .view = paper_shelf_view, .page = "paper/shelf",
	        .menu = "税务人端/纸质发票库存", .title = N_("纸质发票库存"), .requirements = "A07.2 A07.4" },
	{ OFFICER_POST("receive", "/officer/paper/boxes", box_fields, struct box_in, paper_receive), .receipt = true,
	        .form = "paper.shelf", .then = "/officer/paper", .title = N_("纸质发票入库"), .requirements = "A07.2" },
	{ OFFICER_GET("couriers", "/officer/paper/couriers", courier_list), .view = courier_list_view,
	        .page = "paper/couriers", .menu = "税务人端/快递公司", .title = N_("快递公司"), .requirements = "A07.4",
	        .words = "快递 物流 密钥 courier" },
	/* A key is in the answer: not kept for replays. */
	{ .id = "paper.courier_add",
	        .method = POST,
	        .path = "/officer/paper/couriers",
	        .who = OFFICER("registration"),
	        .in = courier_fields,
	        .in_size = sizeof(struct courier_in),
	        .run = courier_add,
	        .own_transaction = true,
	        .receipt = true,
	        .per_minute = 30,
	        .page = "paper/courier_key",
	        .form = "paper.couriers",
	        .title = N_("登记快递公司"),
	        .requirements = "A07.4" },
	{ .id = "paper.courier_rekey",
	        .method = POST,
	        .path = "/officer/paper/couriers/{courier}/key",
	        .who = OFFICER("registration"),
	        .in = courier_key_fields,
	        .in_size = sizeof(struct courier_in),
	        .run = courier_rekey,
	        .own_transaction = true,
	        .receipt = true,
	        .per_minute = 30,
	        .page = "paper/courier_key",
	        .form = "paper.couriers",
	        .title = N_("换快递公司的密钥"),
	        .requirements = "A07.4" },
	{ OFFICER_POST("courier_close", "/officer/paper/couriers/{courier}/end", courier_name_fields, struct courier_in,
	          courier_close),
	        .receipt = true, .form = "paper.couriers", .then = "/officer/paper/couriers",
	        .title = N_("停用快递公司"), .requirements = "A07.4" },
	{ OFFICER_GET("reviews", "/officer/paper/applications", paper_reviews), .in = reviews_fields,
	        .in_size = sizeof(struct review_in), .view = paper_reviews_view, .page = "paper/reviews",
	        .menu = "税务人端/纸质发票领用审核", .title = N_("纸质发票领用审核"), .requirements = "A07.2" },
	{ OFFICER_GET("review", "/officer/paper/applications/{taxpayer}/{id}", paper_review), .in = review_fields,
	        .in_size = sizeof(struct review_in), .view = paper_review_view, .page = "paper/review",
	        .title = N_("一份领用申请"), .requirements = "A07.2" },
	{ OFFICER_POST("decide", "/officer/paper/applications/{taxpayer}/{id}", decide_fields, struct review_in,
	          paper_decide),
	        .receipt = true, .form = "paper.review", .then = "/officer/paper/applications",
	        .title = N_("办理领用申请"), .requirements = "A07.2" },
	{ OFFICER_GET("listings", "/officer/paper/listings", listing_list), .in = listings_fields,
	        .in_size = sizeof(struct listings_in), .view = paper_listing_view, .page = "paper/listings",
	        .menu = "税务人端/作废和遗失发票", .title = N_("作废和遗失的纸质发票"),
	        .requirements = "A07.5 A09.13" },
	{ OFFICER_POST("list", "/officer/paper/listings", listing_fields, struct loss_in, listing_add), .receipt = true,
	        .form = "paper.listings", .then = "/officer/paper/listings", .title = N_("列入名单"),
	        .requirements = "A07.5 A09.13" },
	{ OFFICER_GET("hall_blank", "/officer/paper/pickups", pickup_blank), .page = "paper/hall",
	        .menu = "税务人端/纸质发票窗口领取", .title = N_("纸质发票窗口领取"), .requirements = "A07.5" },
	{ .id = "paper.hall",
	        .method = POST,
	        .path = "/officer/paper/pickups",
	        .who = OFFICER("registration"),
	        .in = pickup_fields,
	        .in_size = sizeof(struct pickup_in),
	        .run = pickup_hall,
	        .own_transaction = true,
	        .receipt = true,
	        .page = "paper/collected",
	        .form = "paper.hall_blank",
	        .title = N_("凭取件码交付"),
	        .requirements = "A07.5" },
	{ .id = "paper.locker_blank",
	        .method = GET,
	        .path = "/paper/pickups",
	        .who = PUBLIC, /* the screen of the locker: the code is all it asks for */
	        .run = pickup_blank,
	        .page = "paper/locker",
	        .title = N_("自助柜取纸质发票"),
	        .requirements = "A07.5" },
	{ .id = "paper.locker",
	        .method = POST,
	        .path = "/paper/pickups",
	        .who = PUBLIC,
	        .in = pickup_fields,
	        .in_size = sizeof(struct pickup_in),
	        .run = pickup_locker,
	        .own_transaction = true,
	        .receipt = true,
	        .per_minute = 10,
	        .page = "paper/collected",
	        .form = "paper.locker_blank",
	        .title = N_("自助柜凭取件码取发票"),
	        .requirements = "A07.5" },
	{ .id = "paper.check",
	        .method = GET,
	        .path = "/public/paper-invoices/{code}/{number}",
	        .who = PUBLIC,
	        .in = check_fields,
	        .in_size = sizeof(struct check_in),
	        .run = paper_check_one,
	        .view = paper_check_view,
	        .per_minute = 60,
	        .page = "paper/check",
	        .form = "paper.check_form",
	        .title = N_("纸质发票状态"),
	        .requirements = "A09.13 A10.2" },
	{ .id = "paper.check_form",
	        .method = GET,
	        .path = "/public/paper-invoices",
	        .who = PUBLIC,
	        .in = check_form_fields,
	        .in_size = sizeof(struct check_in),
	        .run = paper_check_form,
	        .view = paper_check_view,
	        .per_minute = 60,
	        .page = "paper/check",
	        .form = "paper.check_form",
	        .menu = "公众服务/查验/纸质发票状态",
	        .title = N_("查纸质发票状态"),
	        .requirements = "A09.13 A10.2",
	        .words = "发票状态 纸票作废 挂失 遗失发票 旧版发票 卷票 paper invoice status" },
	{ .id = "paper.courier_event",
	        .method = POST,
	        .path = "/paper/couriers/{courier}/events",
	        .who = PUBLIC, /* the signature says who */
	        .in = event_fields,
	        .in_size = sizeof(struct courier_event_in),
	        .run = courier_event,
	        .own_transaction = true,
	        .receipt = true,
	        .raw_body = "application/json",
	        .max_body = PAPER_MESSAGE_MAX,
	        .per_minute = 6000,
	        .title = N_("快递公司的物流消息"),
	        .law = N_("电子签名法 第十三条"),
	        .requirements = "A07.4" },
};
static const struct job_kind jobs[] = {
	{ .name = "paper.order", .run = parcel_order_job, .max_tries = 20 },
	{ .name = "paper.poll", .run = parcel_poll_job, .every_seconds = 300 },
	{ .name = "paper.late", .run = pickup_late_job, .every_seconds = 3600 },
};

const struct service paper_service = {
	.name = "paper",
	.board = "invoice",
	.title = N_("纸质发票"),
	.uses = "identity registry issue",
	.operations = operations,
	.n_operations = COUNT(operations),
	.jobs = jobs,
	.n_jobs = COUNT(jobs),
	.fsck = paper_fsck,
};
