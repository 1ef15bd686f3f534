#include "services/invoice/channel/setting.h"
#include "channel_sql.h"
#include "kernel/ctx/app.h"
#include "kernel/keys/keys.h"
#include "services/invoice/channel/wechat.h"

static bool fits(struct ctx *c, struct str name, struct str value)
{
	unsigned char key[32];
	static const char *const names[] = { "wechat.token", "wechat.appid", "wechat.aes_key", "sms.key", "sms.from" };
	bool known = false;
	for (size_t i = 0; i < COUNT(names); i++)
		known = known || str_is(name, names[i]);
	if (!known || !value.n || value.n > CHANNEL_SETTING_MAX) return false;
	return !str_is(name, "wechat.aes_key") || wechat_key(c->arena, value, key);
}

err_t channel_set(struct ctx *c, struct str name, struct str value)
{
	if (!fits(c, name, value)) return E_INPUT;
	struct str sealed = keys_encrypt(c->app->keys, c->arena, value);
	return channel_setting_put(c, name, str_base64(c->arena, sealed.p, sealed.n), c->now, NULL);
}

err_t setting_read(struct ctx *c, const char *name, struct str *out)
{
	struct channel_setting_get_row row;
	struct str sealed;
	bool found;
	*out = STR_NONE;
	TRY(channel_setting_get(c, str_c(name), &row, &found));
	if (!found) return OK;
	if (!str_unbase64(c->arena, row.sealed, &sealed)) return E_INTERNAL;
	return keys_decrypt(c->app->keys, c->arena, sealed, out);
}

/* The sandbox's secrets are those of the examples: it answers who tries them. */
err_t setting_seed(struct ctx *c)
{
	static const char *const set[][2] = { { "wechat.token", "fapiaocheck" },
		{ "wechat.appid", "wx0000000000000001" },
		{ "wechat.aes_key", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG" }, { "sms.key", "sandbox-sms-key" } };
	struct str there;
	for (size_t i = 0; i < COUNT(set); i++) {
		TRY(setting_read(c, set[i][0], &there));
		if (!there.p) TRY(channel_set(c, str_c(set[i][0]), str_c(set[i][1])));
	}
	return OK;
}
