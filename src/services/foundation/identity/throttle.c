#include "identity_sql.h"
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/keys/keys.h"
#include "services/foundation/identity/session.h"
#include <string.h>

#define SECOND_US INT64_C(1000000)
enum {
	PAUSE_SECONDS = 60, /* doubles with each further failure */
	PAUSE_SECONDS_MAX = 3600,
	FORGOTTEN_HOURS = 24,
	N_KEYS = 3,
};
/* Failures that cost nothing: of this account from this client, from this client, of this account. */
static const int64_t free_failures[N_KEYS] = { 5, 30, 100 };

static const struct fault_def paused = { "sign-in-paused", N_("输错次数多，暂停登录，请在 {1} 秒后再试"), NULL, NULL };

/* Keyed hashes: neither accounts nor addresses stand in the table. */
static struct str key_of(struct ctx *c, struct str account, size_t i)
{
	account = identity_fold(c->arena, account); /* one account, however it is typed */
	struct str client = c->client.p ? c->client : S("-");
	const struct str text[N_KEYS] = {
		str_printf(c->arena, "%.*s|%.*s", STR_FMT(account), STR_FMT(client)),
		str_printf(c->arena, "|%.*s", STR_FMT(client)),
		account,
	};
	return keys_lookup_hash(c->app->keys, c->arena, text[i]);
}

static err_t row_of(struct ctx *c, struct str key, struct identity_throttle_get_row *row)
{
	bool found;
	TRY(identity_throttle_get(c, key, row, &found));
	bool old = found && row->blocked_until + FORGOTTEN_HOURS * 3600 * SECOND_US < c->now;
	/* No pause is as long as that: the clock was set back since. */
	bool ahead = found && row->blocked_until > c->now + PAUSE_SECONDS_MAX * SECOND_US;
	if (!found || old || ahead) memset(row, 0, sizeof *row);
	return OK;
}

err_t throttle_check(struct ctx *c, struct str account)
{
	instant_us until = 0;
	for (size_t i = 0; i < N_KEYS; i++) {
		struct identity_throttle_get_row row;
		TRY(row_of(c, key_of(c, account, i), &row));
		if (row.failures >= free_failures[i] && row.blocked_until > until) until = row.blocked_until;
	}
	if (until <= c->now) return OK;
	c->retry_after = (until - c->now) / SECOND_US + 1;
	access_security(c, "sign-in-paused", key_of(c, account, 2));
	return RAISE(c, E_LIMITED, &paused, str_from_int(c->arena, c->retry_after));
}

static err_t count(struct ctx *c, void *arg)
{
	const struct str *account = arg;
	for (size_t i = 0; i < N_KEYS; i++) {
		struct identity_throttle_get_row row;
		struct str key = key_of(c, *account, i);
		TRY(row_of(c, key, &row));
		int64_t over = ++row.failures - free_failures[i], pause = 0;
		if (over >= 0) pause = over > 6 ? PAUSE_SECONDS_MAX : (int64_t)PAUSE_SECONDS << over;
		if (pause > PAUSE_SECONDS_MAX) pause = PAUSE_SECONDS_MAX;
		TRY(identity_throttle_put(c, key, row.failures, c->now + pause * SECOND_US, c->now, NULL));
	}
	return OK;
}

err_t throttle_failed(struct ctx *c, struct str account)
{
	access_security(c, "sign-in-refused", key_of(c, account, 2));
	return db_write(c, count, &account);
}

static err_t clear(struct ctx *c, void *arg)
{
	const struct str *account = arg;
	TRY(identity_throttle_delete(c, key_of(c, *account, 0), NULL));
	return identity_throttle_delete(c, key_of(c, *account, 2), NULL);
}

/* What came from the client for other accounts stays counted. */
err_t throttle_cleared(struct ctx *c, struct str account)
{
	struct identity_throttle_get_row mine, all;
	TRY(row_of(c, key_of(c, account, 0), &mine));
	TRY(row_of(c, key_of(c, account, 2), &all));
	return mine.failures || all.failures ? db_write(c, clear, &account) : OK;
}
