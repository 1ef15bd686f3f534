/* Sign-in and sessions: password (Argon2id) and TOTP, bearer tokens, page cookies, personal API tokens with scopes.
 * Only hashes of tokens are stored. Every refusal reads the same, so that nobody learns which accounts exist. */
#include "services/foundation/identity/session.h"
#include "identity_sql.h"
#include "kernel/access/access.h"
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/keys/keys.h"
#include <string.h>

enum {
	TOKEN_BYTES = 32,
	FAILURES_FREE = 5,  /* wrong passwords before the account pauses */
	PAUSE_SECONDS = 60, /* doubles with each further failure */
	PAUSE_SECONDS_MAX = 3600,
	SESSION_HOURS = 12,
};
#define SECOND_US INT64_C(1000000)

static const struct fault_def refused = { "sign-in-refused", N_("账号或密码不对，请核对后再登录"),
	N_("忘记密码可持身份证件到办税厅重置"), NULL };
static const struct fault_def paused = { "sign-in-paused", N_("输错次数多，账号暂停登录，请在 {1} 秒后再试"), NULL,
	NULL };
static const struct fault_def code_needed = { "totp-required", N_("这个账号开启了动态口令，请输入 6 位口令"), NULL,
	NULL };
static const struct fault_def expired = { "session-expired", N_("登录已过期，请重新登录；草稿都在，没有丢失"), NULL,
	NULL };
static const struct fault_def no_mandate = { "no-mandate",
	N_("您没有这个主体的授权。请它的法定代表人给您加上角色或委托"), NULL, NULL };

struct str identity_password_hash(struct ctx *c, struct str password)
{
	return crypto_password_hash(c->arena, password);
}

static struct str token_hash(struct ctx *c, struct str token)
{
	unsigned char digest[32];
	crypto_sha256(token.p, token.n, digest);
	return str_hex(c->arena, digest, sizeof digest);
}

/* What a role may do in its firm; the legal representative may do all. */
struct str session_role_scopes(struct str role)
{
	static const struct {
		const char *role, *scopes;
	} table[] = {
		{ "legal_representative", "*" },
		{ "finance_head", "invoice.issue invoice.read invoice.credit tax.file tax.pay tax.read "
		                  "certificate.issue registry.read registry.write" },
		{ "tax_clerk", "invoice.issue invoice.read invoice.credit tax.file tax.pay tax.read certificate.issue "
		               "registry.read" },
		{ "invoicing_clerk", "invoice.issue invoice.read" },
	};
	for (size_t i = 0; i < COUNT(table); i++)
		if (str_is(role, table[i].role)) return str_c(table[i].scopes);
	return S("");
}

/* --- sign-in --- */

static err_t throttled(struct ctx *c, struct str account_hash, struct identity_throttle_get_row *row)
{
	bool found;
	TRY(identity_throttle_get(c, account_hash, row, &found));
	if (!found) memset(row, 0, sizeof *row);
	if (row->blocked_until <= c->now) return OK;
	access_security(c, "sign-in-paused", account_hash);
	return RAISE(c, E_LIMITED, &paused, str_from_int(c->arena, (row->blocked_until - c->now) / SECOND_US + 1));
}

struct failure {
	struct str account_hash;
	int64_t failures;
};

static err_t note_failure(struct ctx *c, void *arg)
{
	struct failure *f = arg;
	int64_t over = f->failures - FAILURES_FREE, pause = 0;
	if (over >= 0) pause = over > 6 ? PAUSE_SECONDS_MAX : PAUSE_SECONDS << over;
	return identity_throttle_put(c, f->account_hash, f->failures, c->now + pause * SECOND_US, NULL);
}

static err_t refuse(struct ctx *c, struct str account_hash, int64_t failures, const struct fault_def *why)
{
	struct failure f = { account_hash, failures + 1 };
	TRY(db_write(c, note_failure, &f));
	access_security(c, "sign-in-refused", account_hash);
	return RAISE(c, E_UNAUTHENTICATED, why);
}

/* The person behind an account name and whom it acts for: a resident id is the person itself; a USCC signs in as the
 * legal representative, acting for the firm. */
static err_t account_of(struct ctx *c, struct str account, int64_t *person_id, int64_t *subject_id)
{
	struct party party;
	bool found;
	TRY(identity_party_by_tax_id(c, account, &party, &found));
	*person_id = *subject_id = found ? party.id : 0;
	if (!found || party.person) return OK;
	struct identity_role_holder_row holder;
	TRY(identity_role_holder(c, party.id, S("legal_representative"), &holder, &found));
	*person_id = found ? holder.person_id : 0;
	return OK;
}

struct totp_use {
	int64_t person_id, step;
};

static err_t note_totp(struct ctx *c, void *arg)
{
	const struct totp_use *u = arg;
	return identity_totp_used(c, u->step, u->person_id, NULL);
}

static err_t check_totp(
        struct ctx *c, int64_t person_id, const struct identity_credential_get_row *row, struct str code, bool *right)
{
	struct str secret;
	TRY(keys_decrypt(c->app->keys, c->arena, row->totp_secret, &secret));
	int64_t step = 0;
	*right = crypto_totp_verify(secret, c->now / SECOND_US, code, &step) &&
	         step > row->totp_last; /* a code serves once */
	if (!*right) return OK;
	struct totp_use use = { person_id, step };
	return db_write(c, note_totp, &use);
}

/* Runs before the transaction: Argon2 takes tens of milliseconds on purpose. */
err_t session_prove(struct ctx *c, const struct session_in *in, int64_t *person_id, int64_t *subject_id)
{
	struct str account_hash = keys_lookup_hash(c->app->keys, c->arena, in->account);
	struct identity_throttle_get_row throttle;
	struct identity_credential_get_row row = { 0 };
	bool found = false;
	TRY(throttled(c, account_hash, &throttle));
	TRY(account_of(c, in->account, person_id, subject_id));
	if (*person_id) TRY(identity_credential_get(c, *person_id, &row, &found));
	/* An unknown account costs the same time as a wrong password. */
	bool right = crypto_password_verify(found ? row.password_hash : STR_NONE, in->password);
	if (!right || !found) return refuse(c, account_hash, throttle.failures, &refused);
	if (row.totp_secret.p && row.totp_last > 0) {
		if (!in->totp.p) return RAISE(c, E_UNAUTHENTICATED, &code_needed);
		TRY(check_totp(c, *person_id, &row, in->totp, &right));
		if (!right) return refuse(c, account_hash, throttle.failures, &refused);
	}
	if (throttle.failures) {
		struct failure none = { account_hash, 0 };
		TRY(db_write(c, note_failure, &none));
	}
	return OK;
}

err_t session_open(struct ctx *c, const struct session_new *new, struct session_opened *out)
{
	unsigned char bytes[TOKEN_BYTES], csrf[16];
	crypto_random(bytes, sizeof bytes);
	crypto_random(csrf, sizeof csrf);
	out->token = str_hex(c->arena, bytes, sizeof bytes);
	out->id = db_new_id(c);
	out->expires_at = new->expires_at ? new->expires_at : c->now + SESSION_HOURS * 3600 * SECOND_US;
	return identity_session_insert(c, token_hash(c, out->token), out->id, new->person_id, new->subject_id,
	        str_c(new->kind), new->name, new->scopes, str_hex(c->arena, csrf, sizeof csrf), c->now, out->expires_at,
	        NULL);
}

/* --- who is behind a token --- */

/* The scopes the person has for the subject: by role, by mandate, or as itself; narrowed by a personal token. */
static err_t scopes_for(struct ctx *c, int64_t person_id, int64_t subject_id, struct str *role, struct str *scopes)
{
	*role = STR_NONE;
	if (person_id == subject_id) {
		*role = S("self");
		*scopes = S("*");
		return OK;
	}
	struct identity_role_of_row *roles;
	size_t n;
	struct buf b;
	buf_init(&b, c->arena, 200);
	TRY(identity_role_of(c, subject_id, person_id, &roles, &n));
	for (size_t i = 0; i < n; i++) {
		if (!role->p || str_is(roles[i].role, "legal_representative")) *role = roles[i].role;
		buf_str(&b, session_role_scopes(roles[i].role));
		buf_char(&b, ' ');
	}
	struct identity_mandates_for_row *mandates;
	TRY(identity_mandates_for(c, person_id, c->today, &mandates, &n));
	for (size_t i = 0; i < n; i++) {
		if (mandates[i].subject_id != subject_id) continue;
		if (!role->p) *role = S("agent");
		buf_str(&b, mandates[i].scopes);
		buf_char(&b, ' ');
	}
	*scopes = str_trim(buf_done(&b));
	return OK;
}

static bool scope_in(struct str scopes, struct str wanted)
{
	struct str piece;
	while (str_split(&scopes, ' ', &piece))
		if (str_eq(piece, wanted) || str_is(piece, "*")) return true;
	return false;
}

/* The scopes that both lists hold. */
static struct str narrowed(struct arena *a, struct str by_role, struct str by_token)
{
	struct buf b;
	struct str piece, rest = str_is(by_role, "*") ? by_token : by_role;
	struct str other = str_is(by_role, "*") ? by_role : by_token;
	buf_init(&b, a, rest.n + 1);
	while (str_split(&rest, ' ', &piece)) {
		if (!piece.n || !scope_in(other, piece)) continue;
		if (b.n) buf_char(&b, ' ');
		buf_str(&b, piece);
	}
	return buf_done(&b);
}

err_t session_act_for(struct ctx *c, int64_t person_id, int64_t subject_id, struct str token_scopes)
{
	struct party subject;
	bool found;
	struct caller *who = &c->caller;
	TRY(identity_party(c, subject_id, &subject, &found));
	if (!found) return RAISE(c, E_FORBIDDEN, &no_mandate);
	struct str scopes;
	TRY(scopes_for(c, person_id, subject_id, &who->role, &scopes));
	if (!scopes.n) return RAISE(c, E_FORBIDDEN, &no_mandate);
	who->subject_id = subject_id;
	who->subject_name = subject.name;
	who->subject_tax_id = subject.tax_id;
	who->scopes = str_is(token_scopes, "*") ? scopes : narrowed(c->arena, scopes, token_scopes);
	return OK;
}

static err_t acting_subject(struct ctx *c, struct str acting_for, int64_t usual, int64_t *subject_id)
{
	*subject_id = usual;
	if (!acting_for.p) return OK;
	struct party party;
	bool found;
	TRY(identity_party_by_tax_id(c, acting_for, &party, &found));
	if (!found) return RAISE(c, E_FORBIDDEN, &no_mandate); /* the same words as for a stranger's firm */
	*subject_id = party.id;
	return OK;
}

err_t session_authenticate(struct ctx *c, struct str token, bool by_cookie, struct str acting_for)
{
	struct identity_session_get_row s;
	bool found;
	TRY(identity_session_get(c, token_hash(c, token), &s, &found));
	if (!found || s.ended_at != DB_NULL || s.expires_at <= c->now || by_cookie != str_is(s.kind, "cookie"))
		return RAISE(c, E_UNAUTHENTICATED, &expired);
	struct caller *who = &c->caller;
	*who = (struct caller){ .person_id = s.person_id,
		.person_name = s.name,
		.session_id = s.session_id,
		.by_cookie = by_cookie,
		.csrf = by_cookie ? s.csrf : STR_NONE };
	struct identity_officer_get_row officer;
	TRY(identity_officer_get(c, s.person_id, &officer, &who->officer));
	if (who->officer) {
		who->office = officer.office;
		who->post = officer.post;
	}
	int64_t subject_id;
	TRY(acting_subject(c, acting_for, s.subject_id, &subject_id));
	return session_act_for(c, s.person_id, subject_id, s.scopes);
}
