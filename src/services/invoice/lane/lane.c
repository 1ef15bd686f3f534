/* Mobile issuing: the descriptor. */
#include "services/invoice/lane/inner.h"

static const struct choice suites[] = { { LANE_SUITE, "Ed25519" }, { 0 } };
static const struct choice reasons[] = { { "lost", N_("手机丢了或被盗") }, { "wiped", N_("手机里的数据被清除") },
	{ "done", N_("不再用这台手机开票") }, { 0 } };
static const struct choice decisions[] = { { "confirm", N_("是我开的，确认") }, { "refuse", N_("不是我开的") }, { 0 } };

#define LIMIT_FIELD(type)                                                                                              \
	{                                                                                                              \
		"limit", FIELD_MONEY, AT(type, limit), PRESENT_AT(type, has_limit),                                    \
		        .min = 1, .max = MONEY_MAX_FEN, .label = N_("离线额度"),                                       \
		        .help = N_("不含税，从本月发票总额度里留出；不填为 10,000 元或剩余额度")                       \
	}
#define NUMBERS_FIELD(type)                                                                                            \
	{                                                                                                              \
		"numbers", FIELD_INT, AT(type, numbers), PRESENT_AT(type, has_numbers),                                \
		        .min = 1, .max = LANE_NUMBERS_MAX, .label = N_("号码个数"), .help = N_("不填为 20 个")         \
	}
#define ID_FIELD(type)                                                                                                 \
	{                                                                                                              \
		"id", FIELD_ID, AT(type, id), .required = true, .label = N_("设备编号")                                \
	}

static const struct field open_fields[] = {
	{ "device_name", FIELD_TEXT, AT(struct open_in, device_name), .required = true, .min = 1, .max = 40,
	        .label = N_("设备名称"), .example = "店里的手机" },
	{ "public_key", FIELD_TEXT, AT(struct open_in, public_key), .required = true, .min = 43, .max = 64,
	        .label = N_("设备公钥"),
	        .help = N_("Ed25519：32 字节或 SPKI DER，base64 或 base64url；私钥不离开手机") },
	{ "suite", FIELD_ENUM, AT(struct open_in, suite), .max = 20, .choices = suites, .label = N_("签名方式") },
	NUMBERS_FIELD(struct open_in),
	LIMIT_FIELD(struct open_in),
	{ 0 },
};
static const struct field block_fields[] = {
	ID_FIELD(struct block_in),
	NUMBERS_FIELD(struct block_in),
	LIMIT_FIELD(struct block_in),
	{ 0 },
};
static const struct field id_fields[] = { ID_FIELD(struct lane_id_in), { 0 } };
static const struct field revoke_fields[] = {
	ID_FIELD(struct revoke_in),
	{ "reason", FIELD_ENUM, AT(struct revoke_in, reason), .required = true, .max = 10, .choices = reasons,
	        .label = N_("停用原因") },
	{ 0 },
};
static const struct field confirm_fields[] = {
	ID_FIELD(struct confirm_in),
	{ "number", FIELD_TEXT, AT(struct confirm_in, number), .required = true, .min = 20, .max = 20,
	        .label = N_("发票号码") },
	{ "decision", FIELD_ENUM, AT(struct confirm_in, decision), .required = true, .max = 10, .choices = decisions,
	        .label = N_("答复") },
	{ 0 },
};
static const struct field item_fields[] = {
	{ "entry", FIELD_TEXT, AT(struct sync_item, entry), .required = true, .min = 2, .max = LANE_ENTRY_MAX,
	        .label = N_("发票（规范 JSON 文本）"), .help = N_("写法、签名和示例见 docs/spec/lane.md") },
	{ "signature", FIELD_TEXT, AT(struct sync_item, signature), .required = true, .min = 1, .max = 100,
	        .label = N_("设备签名（base64）") },
	{ 0 },
};
static const struct field sync_fields[] = {
	ID_FIELD(struct sync_in),
	{ "entries", FIELD_LIST, AT(struct sync_in, entries), COUNT_AT(struct sync_in, n_entries), .required = true,
	        .min = 0, .max = LANE_ENTRIES_MAX, .fields = item_fields, .size = sizeof(struct sync_item),
	        .label = N_("离线开具的发票") },
	{ 0 },
};

static const struct operation operations[] = {
	{ .id = "lane.open",
	        .method = POST,
	        .path = "/lanes",
	        .who = MANDATE("invoice.issue"),
	        .in = open_fields,
	        .in_size = sizeof(struct open_in),
	        .run = lane_open,
	        .idempotent = true,
	        .receipt = true,
	        .form = "lane.mobile",
	        .then = "/lanes/{id}.json",
	        .title = N_("绑定开票手机"),
	        .law = N_("发票管理办法 第十八条"),
	        .requirements = "A08.1 A08.3 A08.4 A08.5 A08.6",
	        .words = "移动开票 手机开票 离线开票 device key" },
	{ .id = "lane.block",
	        .method = POST,
	        .path = "/lanes/{id}/blocks",
	        .who = MANDATE("invoice.issue"),
	        .in = block_fields,
	        .in_size = sizeof(struct block_in),
	        .run = lane_block,
	        .idempotent = true,
	        .receipt = true,
	        .form = "lane.mobile",
	        .then = "/lanes/{id}.json",
	        .title = N_("给手机领新的号码段"),
	        .requirements = "A08.1 A08.4" },
	{ .id = "lane.sync",
	        .method = POST,
	        .path = "/lanes/{id}/sync",
	        .who = PUBLIC, /* the device's signature is the authority */
	        .in = sync_fields,
	        .in_size = sizeof(struct sync_in),
	        .run = lane_sync,
	        .own_transaction = true,
	        .receipt = true,
	        .max_body = 64 << 20,
	        .per_minute = 240,
	        .title = N_("送交离线开具的发票"),
	        .law = N_("发票管理办法 第十八条"),
	        .requirements = "A08.1 A08.2 A08.3 A08.4",
	        .words = "离线 同步 offline sync" },
	{ .id = "lane.revoke",
	        .method = POST,
	        .path = "/lanes/{id}/revoke",
	        .who = MANDATE("invoice.issue"),
	        .in = revoke_fields,
	        .in_size = sizeof(struct revoke_in),
	        .run = lane_revoke,
	        .idempotent = true,
	        .receipt = true,
	        .form = "lane.mobile",
	        .then = "/mobile",
	        .title = N_("停用开票手机"),
	        .requirements = "A08.3",
	        .words = "手机丢失 挂失 停用 revoke" },
	{ .id = "lane.confirm",
	        .method = POST,
	        .path = "/lanes/{id}/confirmations",
	        .who = MANDATE("invoice.issue"),
	        .in = confirm_fields,
	        .in_size = sizeof(struct confirm_in),
	        .run = lane_confirm,
	        .idempotent = true,
	        .receipt = true,
	        .form = "lane.mobile",
	        .then = "/mobile",
	        .title = N_("确认迟到的离线发票"),
	        .requirements = "A08.3" },
	{ .id = "lane.mobile",
	        .method = GET,
	        .path = "/mobile",
	        .who = MANDATE("invoice.issue"),
	        .run = lane_mobile,
	        .view = lane_mobile_view,
	        .page = "lane/mobile",
	        .menu = "我要办税/发票使用/手机开票",
	        .firm = true,
	        .title = N_("手机开票"),
	        .law = N_("发票管理办法 第十八条"),
	        .requirements = "A08.1 A08.3 A08.4 A08.5",
	        .words = "移动开票 手机开票 离线开票 mobile offline" },
	{ .id = "lane.device",
	        .method = GET,
	        .path = "/lanes/{id}.json",
	        .who = MANDATE("invoice.issue"),
	        .in = id_fields,
	        .in_size = sizeof(struct lane_id_in),
	        .run = lane_device,
	        .title = N_("开票手机的号码段和证书"),
	        .requirements = "A08.3 A08.4" },
	{ .id = "lane.session",
	        .method = GET,
	        .path = "/mobile/session.json",
	        .who = PUBLIC,
	        .run = lane_session,
	        .title = N_("手机开票：登录状态和验证公钥"),
	        .requirements = "A08.1 A08.3" },
	{ .id = "lane.app",
	        .method = GET,
	        .path = "/mobile/app",
	        .who = PUBLIC,
	        .run = lane_app,
	        .page = "lane/app",
	        .title = N_("离线开票"),
	        .requirements = "A08.1 A08.4 A08.5 A08.6" },
	{ .id = "lane.check",
	        .method = GET,
	        .path = "/mobile/check",
	        .who = PUBLIC,
	        .run = lane_check,
	        .page = "lane/check",
	        .title = N_("离线验票"),
	        .requirements = "A08.1 A08.3" },
#define FILE_OPERATION(word, name)                                                                                     \
	{                                                                                                              \
		.id = "lane." word, .method = GET, .path = "/mobile/" name, .who = PUBLIC, .run = lane_file,           \
		.title = N_("手机开票的程序文件"), .requirements = "A08.1"                                             \
	}
	FILE_OPERATION("worker", "sw.js"),
	FILE_OPERATION("script", "app.js"),
	FILE_OPERATION("scanner", "scan.js"),
	FILE_OPERATION("manifest", "manifest.webmanifest"),
	FILE_OPERATION("icon", "icon.svg"),
	FILE_OPERATION("icon_small", "icon-192.png"),
	FILE_OPERATION("icon_large", "icon-512.png"),
};
static const struct job_kind jobs[] = { { .name = "lane.lapse", .run = lane_lapse, .every_seconds = 60 } };

const struct service lane_service = {
	.name = "lane",
	.board = "invoice",
	.title = N_("手机开票"),
	.uses = "issue",
	.operations = operations,
	.n_operations = COUNT(operations),
	.jobs = jobs,
	.n_jobs = COUNT(jobs),
	.fsck = lane_fsck,
};
