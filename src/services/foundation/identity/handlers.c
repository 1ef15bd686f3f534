/* Handlers: signing in and out, switching, tokens, TOTP. */
#include "identity_sql.h"
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/keys/keys.h"
#include "services/foundation/identity/mandates.h"
#include "services/foundation/identity/session.h"

#define DAY_US (INT64_C(86400) * 1000000)

static const struct fault_def wrong_code = { "totp-wrong", N_("口令不对，请看手机上当前的 6 位数字"), NULL, NULL };
static const struct fault_def has_totp = { "totp-exists", N_("动态口令已经开启。换手机请持身份证件到办税厅重置"), NULL,
	NULL };
static const struct fault_def no_token = { "token-unknown", N_("没有这个令牌，或已经停用"), NULL, NULL };

struct sign_in_work {
	struct session_new new;
	struct session_opened opened;
};

static err_t open_in_transaction(struct ctx *c, void *arg)
{
	struct sign_in_work *w = arg;
	return session_open(c, &w->new, &w->opened);
}

static err_t prove_and_open(struct ctx *c, const struct session_in *in, const char *kind, struct sign_in_work *w)
{
	*w = (struct sign_in_work){ .new = { .kind = kind, .scopes = S("*") } };
	TRY(session_prove(c, in, &w->new.person_id, &w->new.subject_id));
	return db_write(c, open_in_transaction, w);
}

err_t sign_in(struct ctx *c, const void *input, struct reply *out)
{
	struct sign_in_work w;
	TRY(prove_and_open(c, input, "bearer", &w));
	out->value = value_object(c->arena);
	out->status = 201;
	value_put_str(c->arena, out->value, "token", w.opened.token);
	value_put_instant(c->arena, out->value, "expires_at", w.opened.expires_at);
	return OK;
}

/* Only our own pages: "//host" and "/\host" would leave the site. */
static struct str local_page(struct str next)
{
	bool local = next.n >= 1 && next.p[0] == '/' && (next.n == 1 || (next.p[1] != '/' && next.p[1] != '\\'));
	return local ? next : S("/");
}

err_t sign_in_page(struct ctx *c, const void *input, struct reply *out)
{
	const struct session_in *in = input;
	struct sign_in_work w;
	TRY(prove_and_open(c, in, "cookie", &w));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "next", local_page(in->next));
	out->cookie = str_printf(
	        c->arena, "__Host-etax=%.*s; Path=/; Secure; HttpOnly; SameSite=Lax", STR_FMT(w.opened.token));
	return OK;
}

err_t login_page(struct ctx *c, const void *input, struct reply *out)
{
	const struct session_in *in = input;
	out->value = value_object(c->arena);
	value_put_str(c->arena, value_put_object(c->arena, out->value, "form"), "next", local_page(in->next));
	value_put_bool(c->arena, out->value, "sandbox", c->app->sandbox != NULL);
	value_put(
	        c->arena, out->value, "resume", value_null(c->arena)); /* a form that waits: kernel/operation/face.c */
	return OK;
}

err_t sign_out(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	TRY(identity_session_end(c, c->now, c->caller.person_id, c->caller.session_id, NULL));
	out->value = value_object(c->arena);
	value_put_bool(c->arena, out->value, "signed_out", true);
	out->cookie = S("__Host-etax=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
	return OK;
}

static void put_subject(struct ctx *c, struct value *list, struct str id, struct str name, struct str role,
        struct str scopes, bool current)
{
	struct value *v = value_object(c->arena);
	value_put_str(c->arena, v, "id", id);
	value_put_str(c->arena, v, "name", name);
	value_put_str(c->arena, v, "role", role);
	value_put_str(c->arena, v, "role_name", identity_role_name(c, role));
	value_put_str(c->arena, v, "scopes", scopes);
	value_put_bool(c->arena, v, "current", current);
	value_push(c->arena, list, v);
}

/* Everybody the person may act for: itself, its firms (first role counts), its office's principals. */
static err_t list_subjects(struct ctx *c, struct value *list)
{
	struct party self;
	bool found;
	TRY(identity_party(c, c->caller.person_id, &self, &found));
	if (found) put_subject(c, list, self.tax_id, self.name, S("self"), S("*"), c->caller.subject_id == self.id);
	struct identity_subjects_of_row *firms;
	size_t n;
	TRY(identity_subjects_of(c, c->caller.person_id, &firms, &n));
	for (size_t i = 0; i < n; i++)
		put_subject(c, list, firms[i].tax_id, firms[i].name, firms[i].role, session_role_scopes(firms[i].role),
		        c->caller.subject_id == firms[i].subject_id);
	struct identity_mandates_for_row *given;
	TRY(identity_mandates_for(c, c->caller.person_id, c->today, &given, &n));
	for (size_t i = 0; i < n; i++)
		put_subject(c, list, given[i].tax_id, given[i].name, S("agent"), given[i].scopes,
		        c->caller.subject_id == given[i].subject_id);
	return OK;
}

err_t subjects(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	out->value = value_object(c->arena);
	return list_subjects(c, value_put_array(c->arena, out->value, "subjects"));
}

err_t mandates_frame(struct ctx *c, struct value *page)
{
	if (!c->caller.person_id) return OK;
	return list_subjects(c, value_put_array(c->arena, page, "mandates"));
}

err_t switch_subject(struct ctx *c, const void *input, struct reply *out)
{
	const struct switch_in *in = input;
	struct party party;
	bool found;
	TRY(identity_party_by_tax_id(c, in->as, &party, &found));
	TRY(session_act_for(c, c->caller.person_id, found ? party.id : 0, S("*")));
	TRY(identity_session_switch(c, c->caller.subject_id, c->caller.person_id, c->caller.session_id, NULL));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "subject", c->caller.subject_name);
	value_put_str(c->arena, out->value, "role", c->caller.role);
	return OK;
}

err_t tokens(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	struct identity_tokens_row *rows;
	size_t n;
	TRY(identity_tokens(c, c->caller.person_id, &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "tokens");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "id", str_from_int(c->arena, rows[i].session_id));
		value_put_str(c->arena, v, "name", rows[i].name);
		value_put_str(c->arena, v, "scopes", rows[i].scopes);
		value_put_instant(c->arena, v, "created_at", rows[i].created_at);
		value_put_instant(c->arena, v, "expires_at", rows[i].expires_at);
		value_push(c->arena, list, v);
	}
	return OK;
}

err_t token_new(struct ctx *c, const void *input, struct reply *out)
{
	const struct token_in *in = input;
	struct buf scopes;
	struct session_opened opened;
	buf_init(&scopes, c->arena, 200);
	for (size_t i = 0; i < in->n_scopes; i++) {
		if (i) buf_char(&scopes, ' ');
		buf_str(&scopes, in->scopes[i]);
	}
	struct session_new new = { .person_id = c->caller.person_id,
		.subject_id = c->caller.subject_id,
		.kind = "personal",
		.name = in->name,
		.scopes = buf_done(&scopes),
		.expires_at = c->now + in->days * DAY_US };
	TRY(session_open(c, &new, &opened));
	out->value = value_object(c->arena);
	out->status = 201;
	value_put_str(c->arena, out->value, "id", str_from_int(c->arena, opened.id));
	value_put_str(c->arena, out->value, "token", opened.token);
	value_put_str(c->arena, out->value, "name", in->name);
	value_put_str(c->arena, out->value, "scopes", new.scopes);
	value_put_instant(c->arena, out->value, "expires_at", opened.expires_at);
	return OK;
}

err_t token_end(struct ctx *c, const void *input, struct reply *out)
{
	const struct id_in *in = input;
	int64_t ended;
	TRY(identity_session_end(c, c->now, c->caller.person_id, in->id, &ended));
	if (!ended) return RAISE(c, E_NOT_FOUND, &no_token);
	out->value = value_object(c->arena);
	value_put_bool(c->arena, out->value, "ended", true);
	return OK;
}

/* Until a code proves that the phone holds the secret (totp_last > 0) sign-in does not ask for one: a half-done set-up
 * locks nobody out. One that is confirmed is not replaced from a session alone. */
err_t totp_begin(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	unsigned char secret[20];
	struct identity_credential_get_row row;
	bool found;
	TRY(identity_credential_get(c, c->caller.person_id, &row, &found));
	if (found && row.totp_last > 0) return RAISE(c, E_CONFLICT, &has_totp);
	crypto_random(secret, sizeof secret);
	struct str raw = { (const char *)secret, sizeof secret };
	TRY(identity_totp_set(c, keys_encrypt(c->app->keys, c->arena, raw), c->caller.person_id, NULL));
	out->value = value_object(c->arena);
	struct str text = crypto_base32(c->arena, secret, sizeof secret);
	value_put_str(c->arena, out->value, "secret", text);
	value_put_str(c->arena, out->value, "uri",
	        str_printf(c->arena, "otpauth://totp/etax?secret=%.*s&issuer=etax", STR_FMT(text)));
	return OK;
}

err_t totp_confirm(struct ctx *c, const void *input, struct reply *out)
{
	const struct code_in *in = input;
	struct identity_credential_get_row row;
	bool found;
	TRY(identity_credential_get(c, c->caller.person_id, &row, &found));
	struct str secret;
	if (!found || !row.totp_secret.p) return RAISE(c, E_CONFLICT, &wrong_code);
	TRY(keys_decrypt(c->app->keys, c->arena, row.totp_secret, &secret));
	int64_t step = 0;
	if (!crypto_totp_verify(secret, c->now / 1000000, in->code, &step) || step <= row.totp_last)
		return RAISE(c, E_INPUT, &wrong_code);
	TRY(identity_totp_used(c, step, c->caller.person_id, NULL));
	out->value = value_object(c->arena);
	value_put_bool(c->arena, out->value, "totp", true);
	return OK;
}
