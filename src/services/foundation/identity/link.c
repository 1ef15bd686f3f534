/* A signed-in screen shows a QR code; who scans it within two minutes, once, is signed in on the phone as the same
 * person for the same subject. Opening the link asks only: previews and scanners that fetch it use nothing up. */
#include "services/foundation/identity/link.h"
#include "identity_sql.h"
#include "kernel/access/access.h"
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/qr/qr.h"

#define LIFE_US (INT64_C(120) * 1000000)

static const struct fault_def gone = { "login-link", N_("这个登录码已用过或已过期，请在电脑上重新显示一个"), NULL,
	NULL };

static struct str hash_of(struct ctx *c, struct str code)
{
	unsigned char digest[32];
	struct str covered = str_printf(c->arena, "login-link|%.*s", STR_FMT(code));
	crypto_sha256(covered.p, covered.n, digest);
	return str_hex(c->arena, digest, sizeof digest);
}

err_t link_page(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	out->value = value_object(c->arena);
	value_put_int(c->arena, out->value, "seconds", LIFE_US / 1000000);
	return OK;
}

err_t link_new(struct ctx *c, const void *input, struct reply *out)
{
	struct str code = crypto_random_hex(c->arena, LINK_CODE / 2);
	(void)input;
	TRY(access_in_person(c));
	TRY(identity_links_forget(c, c->now, NULL));
	TRY(identity_link_insert(c, hash_of(c, code), c->caller.person_id, c->caller.subject_id, c->caller.session_id,
	        c->caller.strong, c->now + LIFE_US, NULL));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "path", str_printf(c->arena, "/phone/login?code=%.*s", STR_FMT(code)));
	value_put_instant(c->arena, out->value, "expires_at", c->now + LIFE_US);
	access_security(c, "login-link-shown", STR_NONE);
	return OK;
}

err_t link_ask(struct ctx *c, const void *input, struct reply *out)
{
	const struct link_in *in = input;
	struct identity_link_get_row row;
	struct party who;
	bool found, known = false;
	TRY(identity_link_get(c, hash_of(c, in->code), c->now, &row, &found));
	if (found) TRY(identity_party(c, row.person_id, &who, &known));
	out->value = value_object(c->arena);
	value_put_bool(c->arena, out->value, "good", found && known);
	value_put_str(c->arena, out->value, "name", known ? who.name : S(""));
	value_put_str(c->arena, out->value, "code", in->code);
	return OK;
}

struct use {
	struct str hash;
	struct session_new new;
	struct session_opened opened;
	bool good;
};

static err_t use_once(struct ctx *c, void *arg)
{
	struct use *u = arg;
	struct identity_link_get_row row;
	struct identity_session_alive_row alive;
	bool found;
	int64_t gone_now;
	u->good = false;
	TRY(identity_link_get(c, u->hash, c->now, &row, &found));
	if (!found) return OK;
	TRY(identity_link_delete(c, u->hash, &gone_now));
	/* Who has signed out on the screen takes the code with it. */
	TRY(identity_session_alive(c, row.person_id, row.session_id, c->now, &alive, &found));
	if (gone_now != 1 || alive.n != 1) return OK;
	u->new = (struct session_new){ .kind = "cookie",
		.scopes = S("*"),
		.name = S("扫码登录"),
		.person_id = row.person_id,
		.subject_id = row.subject_id,
		.strong = row.strong };
	u->good = true;
	return session_open(c, &u->new, &u->opened);
}

err_t link_use(struct ctx *c, const void *input, struct reply *out)
{
	const struct link_in *in = input;
	struct use u = { .hash = hash_of(c, in->code) };
	TRY(db_write(c, use_once, &u));
	if (!u.good) {
		access_security(c, "login-link-refused", STR_NONE);
		return RAISE(c, E_CONFLICT, &gone);
	}
	access_security(c, "login-link-used", STR_NONE);
	out->value = value_object(c->arena);
	value_put_c(c->arena, out->value, "next", "/mobile/app");
	out->cookie = session_cookie(c->arena, u.opened.token);
	return OK;
}

/* The code as a picture. The page draws it anew with the address that the browser knows, which may be another than
 * ours. */
err_t link_new_view(struct ctx *c, const void *input, struct reply *out)
{
	const char *own = __atomic_load_n(&c->app->address, __ATOMIC_ACQUIRE);
	struct str path = value_text(out->value, "path");
	struct qr qr;
	(void)input;
	if (!path.p) {
		value_put(c->arena, out->value, "path", value_null(c->arena));
		return OK;
	}
	if (!qr_make(c->arena, str_printf(c->arena, "%s%.*s", own && *own == 'h' ? own : "", STR_FMT(path)), QR_MEDIUM,
	            &qr))
		return E_INTERNAL;
	value_put_str(c->arena, out->value, "code_svg", qr_svg(c->arena, &qr, tr(c, N_("登录到手机的二维码"))));
	return OK;
}
