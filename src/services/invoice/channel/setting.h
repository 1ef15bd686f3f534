/* Inner header of the channels. */
#ifndef CHANNEL_SETTING_H
#define CHANNEL_SETTING_H
#include "services/invoice/channel/channel.h"

MUST_USE err_t setting_read(struct ctx *c, const char *name, struct str *out); /* STR_NONE: not set */
MUST_USE err_t setting_seed(struct ctx *c);

enum { SMS_TEXT_MAX = 500, WECHAT_BYTES_MAX = 64 * 1024 };
struct sms_in {
	struct str from, text, key;
};
struct wechat_in {
	struct str signature, timestamp, nonce, echostr, encrypt_type, msg_signature, openid, xml;
};
struct spoken_in {
	struct str number;
	struct money total;
	struct date date;
	bool has_total, has_date;
};
struct prefix_in {
	struct str prefix;
};
struct token_in {
	struct str challenge, nonce;
};
enum { BULK_ITEMS_MAX = 1000 };
struct bulk_in {
	struct str token;
	struct spoken_in *items;
	size_t n_items;
};
op_run token_make, token_verify, public_spoken, public_groups, public_plane, sms_answer, wechat_bind, wechat_answer;
MUST_USE err_t wechat_forget(struct ctx *c, struct str argument);
#endif
