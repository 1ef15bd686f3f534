#include "services/invoice/channel/setting.h"
#include "channel_sql.h"
#include "kernel/ctx/app.h"
#include "kernel/keys/keys.h"
#include "kernel/sandbox/sandbox.h"
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

/* The sandbox answers who tries it, before anything is set: messages in plain mode under a token that it tells, short
 * messages without a key. */
static const char *const sandbox_settings[][2] = { { "wechat.token", "sandbox" },
	{ "wechat.appid", "wx0000000000000001" } };

err_t setting_read(struct ctx *c, const char *name, struct str *out)
{
	struct channel_setting_get_row row;
	struct str sealed;
	bool found;
	*out = STR_NONE;
	TRY(channel_setting_get(c, str_c(name), &row, &found));
	for (size_t i = 0; !found && c->app->sandbox && i < COUNT(sandbox_settings); i++)
		if (str_is(str_c(name), sandbox_settings[i][0])) *out = str_c(sandbox_settings[i][1]);
	if (!found) return OK;
	if (!str_unbase64(c->arena, row.sealed, &sealed)) return E_INTERNAL;
	return keys_decrypt(c->app->keys, c->arena, sealed, out);
}

/* What GET /sandbox tells: what holds without settings; of one that is set, only that it is. */
err_t setting_seed(struct ctx *c)
{
	static const char *const told[][2] = { { "sms.key", "" }, { "wechat.token", "sandbox" },
		{ "wechat.aes_key", "" } };
	for (size_t i = 0; i < COUNT(told); i++) {
		struct channel_setting_get_row row;
		bool found;
		TRY(channel_setting_get(c, str_c(told[i][0]), &row, &found));
		sandbox_setting(c->app->sandbox, told[i][0], found ? NULL : told[i][1]);
	}
	return OK;
}
