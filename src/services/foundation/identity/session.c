/* Sign-in and sessions: password (Argon2id) and TOTP, bearer tokens, page cookies, personal API tokens with scopes.
 * Only hashes of tokens are stored. Every refusal reads the same, so that nobody learns which accounts exist. */
#include "services/foundation/identity/session.h"
#include "identity_sql.h"
#include "kernel/access/access.h"
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/keys/keys.h"
#include "kernel/limit/limit.h"
#include <string.h>

enum { TOKEN_BYTES = 32, TOUCH_SECONDS = 60, BAD_TOKENS_A_MINUTE = 60 };
#define SECOND_US INT64_C(1000000)
#define HOUR_US (3600 * SECOND_US)

/* How long a session lives (services.md §13.6, [assumed]). Idle ends are for browsers that were left open; a program's
 * bearer token ends by its absolute time, a personal token by its own date. */
static const struct {
	const char *kind;
	int64_t idle_minutes, hours, officer_idle_minutes, officer_hours;
} lives[] = {
	{ "cookie", 30, 12, 15, 8 },
	{ "bearer", 0, 12, 0, 8 },
	{ "personal", 0, 0, 0, 0 },
};

static const struct fault_def refused = { "sign-in-refused", N_("账号或密码不对，请核对后再登录"),
	N_("忘记密码可持身份证件到办税厅重置"), NULL };
static const struct fault_def code_needed = { "totp-required", N_("这个账号开启了动态口令，请输入 6 位口令"), NULL,
	NULL };
static const struct fault_def other_subject = { "token-other-subject", N_("这个接口令牌只能为它指定的主体办事"), NULL,
	NULL };
static const struct fault_def again_wrong = { "password-wrong", N_("当前密码不对"), NULL, NULL };
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

/* Recovery codes are read without blanks and hyphens, in any case. */
struct str session_recovery_hash(struct ctx *c, struct str code)
{
	struct buf b;
	buf_init(&b, c->arena, code.n + 10);
	buf_c(&b, "recovery|");
	for (size_t i = 0; i < code.n; i++) {
		char ch = code.p[i];
		if (ch != '-' && ch != ' ') buf_char(&b, ch >= 'a' && ch <= 'z' ? (char)(ch - 32) : ch);
	}
	return keys_lookup_hash(c->app->keys, c->arena, buf_done(&b));
}

struct recovery_use {
	int64_t person_id, used;
	struct str hash;
};

static err_t use_recovery(struct ctx *c, void *arg)
{
	struct recovery_use *u = arg;
	return identity_recovery_use(c, c->now, u->person_id, u->hash, &u->used);
}

err_t session_second_factor(struct ctx *c, int64_t person_id, struct str code, bool *right)
{
	struct identity_credential_get_row row;
	struct str secret;
	bool found;
	int64_t step = 0;
	*right = false;
	TRY(identity_credential_get(c, person_id, &row, &found));
	if (!found || !row.totp_secret.p) return OK;
	if (code.n > 6) {
		struct recovery_use u = { .person_id = person_id, .hash = session_recovery_hash(c, code) };
		TRY(db_write(c, use_recovery, &u));
		*right = u.used == 1;
		if (*right) access_security(c, "recovery-code-used", STR_NONE);
		return OK;
	}
	TRY(keys_decrypt(c->app->keys, c->arena, row.totp_secret, &secret));
	/* A code serves once. */
	*right = crypto_totp_verify(secret, c->now / SECOND_US, code, &step) && step > row.totp_last;
	struct totp_use use = { person_id, step };
	return *right ? db_write(c, note_totp, &use) : OK;
}

/* An unknown account costs the same time as a wrong password: something is hashed in any case. */
static bool password_right(struct str hash, struct str password)
{
	static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
	                             "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	return crypto_password_verify(hash.p ? hash : str_c(nobody), password) && hash.p;
}

static err_t refuse(struct ctx *c, struct str account)
{
	TRY(throttle_failed(c, account));
	return RAISE(c, E_UNAUTHENTICATED, &refused);
}

struct rehash {
	int64_t person_id;
	struct str hash;
};

static err_t keep_hash(struct ctx *c, void *arg)
{
	const struct rehash *r = arg;
	return identity_password_set(c, r->hash, r->person_id, NULL);
}

/* Runs before the transaction: Argon2 takes tens of milliseconds on purpose. */
err_t session_prove(struct ctx *c, const struct session_in *in, struct session_proof *out)
{
	struct identity_credential_get_row row = { 0 };
	bool found = false;
	*out = (struct session_proof){ 0 };
	TRY(throttle_check(c, in->account));
	TRY(account_of(c, in->account, &out->person_id, &out->subject_id));
	if (out->person_id) TRY(identity_credential_get(c, out->person_id, &row, &found));
	if (!password_right(found ? row.password_hash : STR_NONE, in->password)) return refuse(c, in->account);
	if (row.totp_secret.p && row.totp_last > 0) {
		if (!in->totp.p) return RAISE(c, E_UNAUTHENTICATED, &code_needed);
		TRY(session_second_factor(c, out->person_id, in->totp, &out->strong));
		if (!out->strong) return refuse(c, in->account);
	}
	if (crypto_password_stale(row.password_hash)) {
		struct rehash r = { out->person_id, crypto_password_hash(c->arena, in->password) };
		TRY(db_write(c, keep_hash, &r));
	}
	return throttle_cleared(c, in->account);
}

err_t session_prove_again(struct ctx *c, struct str password, const char *pointer)
{
	struct identity_credential_get_row row;
	struct party self;
	bool found;
	TRY(identity_party(c, c->caller.person_id, &self, &found));
	if (!found) return E_INTERNAL;
	TRY(throttle_check(c, self.tax_id));
	TRY(identity_credential_get(c, c->caller.person_id, &row, &found));
	if (password_right(found ? row.password_hash : STR_NONE, password)) return throttle_cleared(c, self.tax_id);
	TRY(throttle_failed(c, self.tax_id));
	FAULT(c, str_c(pointer), &again_wrong);
	return problem_result(&c->problem);
}

/* --- opening --- */

static err_t usual_end(struct ctx *c, const struct session_new *new, instant_us *out)
{
	struct identity_officer_get_row officer;
	bool is_officer;
	size_t i = 0;
	TRY(identity_officer_get(c, new->person_id, &officer, &is_officer));
	while (strcmp(lives[i].kind, new->kind) != 0)
		i++;
	*out = c->now + (is_officer ? lives[i].officer_hours : lives[i].hours) * HOUR_US;
	return OK;
}

static struct str fresh(struct ctx *c, size_t n)
{
	return crypto_random_hex(c->arena, n);
}

err_t session_open(struct ctx *c, const struct session_new *new, struct session_opened *out)
{
	out->token = fresh(c, TOKEN_BYTES);
	out->id = db_new_id(c);
	out->expires_at = new->expires_at;
	if (!out->expires_at) TRY(usual_end(c, new, &out->expires_at));
	return identity_session_insert(c, token_hash(c, out->token), out->id, new->person_id, new->subject_id,
	        str_c(new->kind), new->name, new->scopes, fresh(c, 16), c->now, out->expires_at, new->strong,
	        new->any_subject, c->client, NULL);
}

struct str session_cookie(struct arena *a, struct str token)
{
	return str_printf(a, "__Host-etax=%.*s; Path=/; Secure; HttpOnly; SameSite=Lax", STR_FMT(token));
}

err_t session_rotate(struct ctx *c, bool strong, struct reply *out)
{
	if (!c->caller.by_cookie) return OK;
	struct str token = fresh(c, TOKEN_BYTES);
	c->caller.csrf = fresh(c, 16);
	out->cookie = session_cookie(c->arena, token);
	return identity_session_rotate(
	        c, token_hash(c, token), c->caller.csrf, strong, c->caller.person_id, c->caller.session_id, NULL);
}

/* --- who is behind a token --- */

/* What a person may do for a subject, and up to which amount. */
struct rights {
	struct str role, scopes;
	int64_t limit_fen;
};

/* The limit of one act: of the mandates that allow what this operation needs, the widest counts; none for members. */
static void widen_limit(struct ctx *c, struct rights *r, struct str scopes, int64_t limit_fen, bool *limited)
{
	const char *needed = c->op && c->op->who.kind == WHO_TAXPAYER ? c->op->who.scope : NULL;
	if (needed && !session_scope_in(scopes, str_c(needed))) return;
	if (limit_fen == DB_NULL) *limited = false;
	if (limit_fen != DB_NULL && limit_fen > r->limit_fen) r->limit_fen = limit_fen;
}

/* By role, by mandate, or as itself. */
static err_t rights_for(struct ctx *c, int64_t person_id, int64_t subject_id, struct rights *r)
{
	*r = (struct rights){ 0 };
	if (person_id == subject_id) {
		*r = (struct rights){ S("self"), S("*"), 0 };
		return OK;
	}
	struct identity_role_of_row *roles;
	size_t n;
	bool limited = true;
	struct buf b;
	buf_init(&b, c->arena, 200);
	TRY(identity_role_of(c, subject_id, person_id, &roles, &n));
	for (size_t i = 0; i < n; i++) {
		struct str scopes = session_role_scopes(roles[i].role);
		if (!r->role.p || str_is(roles[i].role, "legal_representative")) r->role = roles[i].role;
		buf_str(&b, scopes);
		buf_char(&b, ' ');
		widen_limit(c, r, scopes, DB_NULL, &limited);
	}
	r->scopes = str_trim(buf_done(&b));
	if (str_is(r->scopes, "*")) return OK; /* the legal representative: no mandate can add to it */
	struct identity_mandates_by_row *mandates;
	TRY(identity_mandates_by(c, subject_id, person_id, c->today, &mandates, &n));
	for (size_t i = 0; i < n; i++) {
		if (!r->role.p) r->role = S("agent");
		buf_str(&b, mandates[i].scopes);
		buf_char(&b, ' ');
		widen_limit(c, r, mandates[i].scopes, mandates[i].limit_fen, &limited);
	}
	r->scopes = str_trim(buf_done(&b));
	if (!limited) r->limit_fen = 0;
	return OK;
}

bool session_scope_in(struct str scopes, struct str wanted)
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
		if (!piece.n || !session_scope_in(other, piece)) continue;
		if (b.n) buf_char(&b, ' ');
		buf_str(&b, piece);
	}
	return buf_done(&b);
}

static err_t act_for(struct ctx *c, int64_t person_id, const struct party *subject, struct str token_scopes)
{
	struct caller *who = &c->caller;
	struct rights r;
	TRY(rights_for(c, person_id, subject->id, &r));
	if (!r.scopes.n) {
		access_security(c, "no-mandate", STR_NONE);
		return RAISE(c, E_FORBIDDEN, &no_mandate);
	}
	who->role = r.role;
	who->limit_fen = r.limit_fen;
	who->subject_id = subject->id;
	who->subject_name = subject->name;
	who->subject_tax_id = subject->tax_id;
	who->scopes = str_is(token_scopes, "*") ? r.scopes : narrowed(c->arena, r.scopes, token_scopes);
	return OK;
}

err_t session_act_for(struct ctx *c, int64_t person_id, int64_t subject_id, struct str token_scopes)
{
	struct party subject;
	bool found;
	TRY(identity_party(c, subject_id, &subject, &found));
	return found ? act_for(c, person_id, &subject, token_scopes) : RAISE(c, E_FORBIDDEN, &no_mandate);
}

/* The session's own subject came with it. */
static err_t act_for_usual(struct ctx *c, const struct identity_session_get_row *s)
{
	struct party subject;
	if (!s->subject_kind.p) return RAISE(c, E_FORBIDDEN, &no_mandate);
	TRY(identity_party_of_row(c, s->subject_id, s->subject_kind, s->subject_name, s->subject_tax_id, &subject));
	return act_for(c, s->person_id, &subject, s->scopes);
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

struct touch {
	int64_t person_id, session_id;
};

static err_t touch(struct ctx *c, void *arg)
{
	const struct touch *t = arg;
	return identity_session_touch(c, c->now, t->person_id, t->session_id, NULL);
}

/* *alive: false when it was left alone too long. That it is used is noted once a minute. */
static err_t still_used(struct ctx *c, const struct identity_session_get_row *s, bool officer, bool *alive)
{
	size_t i = 0;
	while (i < COUNT(lives) && !str_is(s->kind, lives[i].kind))
		i++;
	int64_t idle = i == COUNT(lives) ? 0 : officer ? lives[i].officer_idle_minutes : lives[i].idle_minutes;
	*alive = !idle || c->now - s->seen_at <= idle * 60 * SECOND_US;
	if (!*alive || c->now - s->seen_at < TOUCH_SECONDS * SECOND_US) return OK;
	struct touch t = { s->person_id, s->session_id };
	return db_write(c, touch, &t);
}

/* A token that opens nothing: seldom asked twice by the honest. */
static err_t no_session(struct ctx *c)
{
	TRY(limit_client(c, "token-refused", BAD_TOKENS_A_MINUTE));
	return RAISE(c, E_UNAUTHENTICATED, &expired);
}

err_t session_authenticate(struct ctx *c, struct str token, bool by_cookie, struct str acting_for)
{
	struct identity_session_get_row s;
	bool found, is_officer, alive;
	TRY(identity_session_get(c, token_hash(c, token), &s, &found));
	if (!found || s.ended_at != DB_NULL || s.expires_at <= c->now || by_cookie != str_is(s.kind, "cookie"))
		return no_session(c);
	is_officer = s.office.p != NULL;
	TRY(still_used(c, &s, is_officer, &alive));
	if (!alive) return RAISE(c, E_UNAUTHENTICATED, &expired);
	struct caller *who = &c->caller;
	*who = (struct caller){ .person_id = s.person_id,
		.person_name = s.name,
		.session_id = s.session_id,
		.by_cookie = by_cookie,
		.personal_token = str_is(s.kind, "personal"),
		.strong = s.strong,
		.officer = is_officer,
		.office = s.office,
		.post = is_officer ? s.post : STR_NONE,
		.csrf = by_cookie ? s.csrf : STR_NONE };
	int64_t subject_id;
	TRY(acting_subject(c, acting_for, s.subject_id, &subject_id));
	if (who->personal_token && !s.any_subject && subject_id != s.subject_id)
		return RAISE(c, E_FORBIDDEN, &other_subject);
	return subject_id == s.subject_id ? act_for_usual(c, &s)
	                                  : session_act_for(c, s.person_id, subject_id, s.scopes);
}

err_t session_leap(struct ctx *c, int64_t us)
{
	return identity_session_leap(c, us, NULL);
}
