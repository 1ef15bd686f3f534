/* Handlers: signing in and out, switching, tokens, sessions. */
#include "identity_sql.h"
#include "kernel/access/access.h"
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/keys/keys.h"
#include "services/foundation/identity/mandates.h"
#include "services/foundation/identity/session.h"

#define DAY_US (INT64_C(86400) * 1000000)

static const struct fault_def no_session = { "session-unknown", N_("没有这次登录，或已经退出"), NULL, NULL };
static const struct fault_def wider = { "token-wider", N_("您自己没有“{1}”权限，不能给令牌"), NULL, NULL };
static const struct fault_def no_token = { "token-unknown", N_("没有这个令牌，或已经停用"), NULL, NULL };

struct sign_in_work {
	struct session_new new;
	struct session_opened opened;
};

static err_t open_in_transaction(struct ctx *c, void *arg)
{
	struct sign_in_work *w = arg;
	/* Who signs in again in the same browser leaves the old session. */
	if (c->caller.by_cookie) TRY(identity_session_end(c, c->now, c->caller.person_id, c->caller.session_id, NULL));
	return session_open(c, &w->new, &w->opened);
}

static err_t prove_and_open(struct ctx *c, const struct session_in *in, const char *kind, struct sign_in_work *w)
{
	struct session_proof proof;
	*w = (struct sign_in_work){ .new = { .kind = kind, .scopes = S("*") } };
	TRY(session_prove(c, in, &proof));
	w->new.person_id = proof.person_id;
	w->new.subject_id = proof.subject_id;
	w->new.strong = proof.strong;
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
	out->cookie = session_cookie(c->arena, w.opened.token);
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
	for (size_t i = 0; i < n; i++) {
		struct party subject; /* may be a natural person, whose number is kept encrypted */
		TRY(identity_party(c, given[i].subject_id, &subject, &found));
		if (found)
			put_subject(c, list, subject.tax_id, subject.name, S("agent"), given[i].scopes,
			        c->caller.subject_id == subject.id);
	}
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
	TRY(access_in_person(c));
	TRY(identity_party_by_tax_id(c, in->as, &party, &found));
	TRY(session_act_for(c, c->caller.person_id, found ? party.id : 0, S("*")));
	TRY(identity_session_switch(c, c->caller.subject_id, c->caller.person_id, c->caller.session_id, NULL));
	TRY(session_rotate(c, c->caller.strong, out)); /* another subject, other rights */
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "subject", c->caller.subject_name);
	value_put_str(c->arena, out->value, "role", c->caller.role);
	value_put_str(c->arena, out->value, "next", local_page(in->next));
	return OK;
}

/* The codes, and for people their titles. */
void identity_put_scopes(struct ctx *c, struct value *to, struct str scopes)
{
	struct str piece;
	value_put_str(c->arena, to, "scopes", scopes);
	struct value *titles = value_put_array(c->arena, to, "scope_titles");
	while (str_split(&scopes, ' ', &piece))
		if (piece.n)
			value_push(c->arena, titles,
			        value_str(c->arena, tr(c, access_scope_title(str_dup(c->arena, piece).p))));
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
		value_put_str(c->arena, v, "subject", rows[i].subject);
		value_put_bool(c->arena, v, "any_subject", rows[i].any_subject);
		identity_put_scopes(c, v, rows[i].scopes);
		value_put_instant(c->arena, v, "created_at", rows[i].created_at);
		value_put_instant(c->arena, v, "expires_at", rows[i].expires_at);
		value_push(c->arena, list, v);
	}
	return OK;
}

err_t tokens_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	value_put_bool(c->arena, out->value, "any", value_at(value_get(out->value, S("tokens")), 0) != NULL);
	return OK;
}

err_t token_new(struct ctx *c, const void *input, struct reply *out)
{
	const struct token_in *in = input;
	struct buf scopes;
	struct session_opened opened;
	TRY(access_in_person(c));
	buf_init(&scopes, c->arena, 200);
	for (size_t i = 0; i < in->n_scopes; i++) {
		if (!access_has_scope(c, str_dup(c->arena, in->scopes[i]).p))
			FAULT(c, str_printf(c->arena, "/scopes/%zu", i), &wider,
			        str_c(access_scope_title(str_dup(c->arena, in->scopes[i]).p)));
		if (i) buf_char(&scopes, ' ');
		buf_str(&scopes, in->scopes[i]);
	}
	TRY(problem_result(&c->problem));
	struct session_new new = { .person_id = c->caller.person_id,
		.subject_id = c->caller.subject_id,
		.kind = "personal",
		.name = in->name,
		.scopes = buf_done(&scopes),
		.any_subject = in->any_subject,
		.strong = c->caller.strong,
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
	TRY(access_in_person(c));
	TRY(identity_session_end(c, c->now, c->caller.person_id, in->id, &ended));
	if (!ended) return RAISE(c, E_NOT_FOUND, &no_token);
	out->value = value_object(c->arena);
	value_put_bool(c->arena, out->value, "ended", true);
	return OK;
}

/* --- where one is signed in --- */

err_t sessions(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	struct identity_sessions_open_row *rows;
	size_t n;
	TRY(identity_sessions_open(c, c->caller.person_id, c->now, &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "sessions");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "id", str_from_int(c->arena, rows[i].session_id));
		value_put_str(c->arena, v, "kind", rows[i].kind);
		value_put_bool(c->arena, v, "browser", str_is(rows[i].kind, "cookie"));
		value_put_bool(c->arena, v, "by_link", rows[i].name.n > 0);
		value_put_bool(c->arena, v, "two_factors", rows[i].strong);
		value_put_str(c->arena, v, "client", rows[i].client);
		value_put_instant(c->arena, v, "created_at", rows[i].created_at);
		value_put_instant(c->arena, v, "seen_at", rows[i].seen_at);
		value_put_instant(c->arena, v, "expires_at", rows[i].expires_at);
		value_put_bool(c->arena, v, "current", rows[i].session_id == c->caller.session_id);
		value_push(c->arena, list, v);
	}
	return OK;
}

err_t session_revoke(struct ctx *c, const void *input, struct reply *out)
{
	const struct id_in *in = input;
	int64_t ended;
	TRY(access_in_person(c));
	TRY(identity_session_end(c, c->now, c->caller.person_id, in->id, &ended));
	if (!ended) return RAISE(c, E_NOT_FOUND, &no_session);
	out->value = value_object(c->arena);
	value_put_bool(c->arena, out->value, "ended", true);
	return OK;
}

err_t sessions_revoke(struct ctx *c, const void *input, struct reply *out)
{
	int64_t ended;
	(void)input;
	TRY(access_in_person(c));
	TRY(identity_sessions_end_others(c, c->now, c->caller.person_id, c->caller.session_id, &ended));
	out->value = value_object(c->arena);
	value_put_int(c->arena, out->value, "ended", ended);
	return OK;
}

/* --- job: what has served its time --- */

#define MONTH_US (30 * DAY_US)

static err_t forget_some(struct ctx *c, void *arg)
{
	struct identity_sessions_old_row *sessions_gone;
	struct identity_throttles_old_row *throttles;
	size_t n, m;
	bool *more = arg;
	TRY(identity_sessions_old(c, c->now - MONTH_US, &sessions_gone, &n));
	for (size_t i = 0; i < n; i++)
		TRY(identity_session_delete(c, sessions_gone[i].token_hash, NULL));
	TRY(identity_throttles_old(c, c->now - 7 * DAY_US, &throttles, &m));
	for (size_t i = 0; i < m; i++)
		TRY(identity_throttle_delete(c, throttles[i].account_hash, NULL));
	*more = n == 1000 || m == 1000;
	return OK;
}

err_t identity_forget(struct ctx *c, struct str argument)
{
	bool more;
	(void)argument;
	do {
		TRY(db_write(c, forget_some, &more));
	} while (more);
	return OK;
}
