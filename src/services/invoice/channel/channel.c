/* Channels: the descriptor. */
#include "services/invoice/channel/channel.h"
#include "services/invoice/channel/setting.h"

static const struct field sms_fields[] = {
	{ "from", FIELD_TEXT, AT(struct sms_in, from), .required = true, .max = 30, .label = N_("手机号") },
	{ "text", FIELD_LINES, AT(struct sms_in, text), .max = SMS_TEXT_MAX, .label = N_("短信内容"),
	        .example = "CY 26332000000000000001 1130.00" },
	{ "key", FIELD_SECRET, AT(struct sms_in, key), .max = 100, .label = N_("网关的密钥") },
	{ 0 },
};
static const struct field bind_fields[] = {
	{ "signature", FIELD_TEXT, AT(struct wechat_in, signature), .required = true, .max = 40, .label = N_("签名") },
	{ "timestamp", FIELD_TEXT, AT(struct wechat_in, timestamp), .required = true, .max = 20, .label = N_("时间") },
	{ "nonce", FIELD_TEXT, AT(struct wechat_in, nonce), .required = true, .max = 64, .label = N_("随机数") },
	{ "echostr", FIELD_TEXT, AT(struct wechat_in, echostr), .max = 200, .label = N_("原样返回的文字") },
	{ 0 },
};
static const struct field message_fields[] = {
	{ "signature", FIELD_TEXT, AT(struct wechat_in, signature), .required = true, .max = 40, .query = true,
	        .label = N_("签名") },
	{ "timestamp", FIELD_TEXT, AT(struct wechat_in, timestamp), .required = true, .max = 20, .query = true,
	        .label = N_("时间") },
	{ "nonce", FIELD_TEXT, AT(struct wechat_in, nonce), .required = true, .max = 64, .query = true,
	        .label = N_("随机数") },
	{ "openid", FIELD_TEXT, AT(struct wechat_in, openid), .max = 64, .query = true, .label = N_("微信用户") },
	{ "encrypt_type", FIELD_TEXT, AT(struct wechat_in, encrypt_type), .max = 10, .query = true,
	        .label = N_("加密方式") },
	{ "msg_signature", FIELD_TEXT, AT(struct wechat_in, msg_signature), .max = 40, .query = true,
	        .label = N_("消息签名") },
	{ "xml", FIELD_BYTES, AT(struct wechat_in, xml), .required = true, .max = WECHAT_BYTES_MAX,
	        .label = N_("消息（XML）") },
	{ 0 },
};
static const struct field spoken_fields[] = {
	{ "number", FIELD_TEXT, AT(struct spoken_in, number), .required = true, .min = 20, .max = 20,
	        .label = N_("发票号码") },
	{ "total", FIELD_MONEY, AT(struct spoken_in, total), PRESENT_AT(struct spoken_in, has_total),
	        .min = -MONEY_MAX_FEN, .max = MONEY_MAX_FEN, .label = N_("价税合计") },
	{ "date", FIELD_DATE, AT(struct spoken_in, date), PRESENT_AT(struct spoken_in, has_date),
	        .label = N_("开票日期") },
	{ 0 },
};
static const struct field prefix_fields[] = {
	{ "prefix", FIELD_TEXT, AT(struct prefix_in, prefix), .required = true, .min = 2, .max = 8,
	        .label = N_("哈希前缀"), .example = "a3f" },
	{ 0 },
};

static const struct operation operations[] = {
	{ .id = "channel.groups",
	        .method = GET,
	        .path = "/public/invoices/prefix/{prefix}",
	        .who = PUBLIC,
	        .in = prefix_fields,
	        .in_size = sizeof(struct prefix_in),
	        .run = public_groups,
	        .class = OP_FAST,
	        .per_minute = 120,
	        .title = N_("按哈希前缀查一批发票的状态"),
	        .requirements = "A10.1 A10.7" },
	{ .id = "channel.plane",
	        .method = GET,
	        .path = "/verify/plane",
	        .who = PUBLIC,
	        .run = public_plane,
	        .class = OP_FAST,
	        .page = "channel/plane",
	        .title = N_("查验库的进度"),
	        .requirements = "A10.1 A10.7" },
	{ .id = "channel.spoken",
	        .method = GET,
	        .path = "/public/invoices/{number}",
	        .who = PUBLIC,
	        .in = spoken_fields,
	        .in_size = sizeof(struct spoken_in),
	        .run = public_spoken,
	        .class = OP_FAST,
	        .title = N_("查验结果（朗读）"),
	        .requirements = "A10.1 A10.7 A10.8" },
	{ .id = "channel.sms",
	        .method = GET,
	        .path = "/channels/sms",
	        .who = PUBLIC, /* the key and the address say who it is */
	        .in = sms_fields,
	        .in_size = sizeof(struct sms_in),
	        .run = sms_answer,
	        .blind = true,
	        .per_minute = 60000,
	        .title = N_("短信查验"),
	        .requirements = "A10.6 A10.7" },
	{ .id = "channel.wechat_bind",
	        .method = GET,
	        .path = "/channels/wechat",
	        .who = PUBLIC, /* the signature says who it is */
	        .in = bind_fields,
	        .in_size = sizeof(struct wechat_in),
	        .run = wechat_bind,
	        .blind = true,
	        .per_minute = 6000,
	        .title = N_("微信公众号接入"),
	        .requirements = "A10.5" },
	{ .id = "channel.wechat",
	        .method = POST,
	        .path = "/channels/wechat",
	        .who = PUBLIC, /* the signature says who it is */
	        .in = message_fields,
	        .in_size = sizeof(struct wechat_in),
	        .run = wechat_answer,
	        .blind = true,
	        .own_transaction = true,
	        .raw_body = "text/xml",
	        .max_body = WECHAT_BYTES_MAX,
	        .per_minute = 60000,
	        .title = N_("微信公众号查验"),
	        .requirements = "A10.5 A10.7" },
};

static const struct job_kind jobs[] = {
	{ .name = "channel.forget", .run = wechat_forget, .daily_at = "03:50" },
};

const struct service channel_service = {
	.name = "channel",
	.board = "invoice",
	.title = N_("查验渠道"),
	.uses = "verify",
	.operations = operations,
	.n_operations = COUNT(operations),
	.jobs = jobs,
	.n_jobs = COUNT(jobs),
	.seed = setting_seed,
};
