/* Passwords: rules (services.md §13.6, [assumed], after GB/T 22239-2019 and ASVS 5.0 V6) and their change. Argon2 is
 * slow on purpose, so nothing of it runs inside a transaction. */
#include "base/utf8.h"
#include "identity_sql.h"
#include "kernel/access/access.h"
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "services/foundation/identity/credentials.h"
#include "services/foundation/identity/session.h"
#include <ctype.h>
#include <string.h>

enum { SHORTEST = 8, LONG = 12, OWN_PART = 6 };

static const struct fault_def too_short = { "password-short",
	N_("密码至少 8 个字符并有大写字母、小写字母、数字、符号中的三种，或至少 12 个字符"), NULL, NULL };
static const struct fault_def officer_short = { "password-short", N_("税务人员的密码至少 12 个字符"), NULL,
	N_("GB/T 22239-2019 8.1.4.1 a)") };
static const struct fault_def common = { "password-common", N_("这个密码太常见，容易被猜中，请换一个"), NULL, NULL };
static const struct fault_def own_data = { "password-own-data", N_("密码里不能有您的证件号码或姓名"), NULL, NULL };
static const struct fault_def reused = { "password-reused", N_("最近五个密码不能再用，请换一个"), NULL, NULL };

/* Not one of the published lists (none is at hand with a licence that fits): the patterns that lead all of them. */
static const char *const often[] = { "password", "passw0rd", "qwerty", "asdfgh", "zxcvbn", "1q2w3e", "1qaz2wsx",
	"abc123", "iloveyou", "woaini", "5201314", "admin", "letmein", "welcome", "monkey", "dragon", "sunshine",
	"111111", "000000", "123123", "123321", "112233", "666666", "888888", "123456", "654321", "987654", "a123456",
	"qazwsx", "shuiwu" };

static int classes_of(struct str s)
{
	bool upper = false, lower = false, digit = false, other = false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i];
		upper |= isupper(ch) != 0;
		lower |= islower(ch) != 0;
		digit |= isdigit(ch) != 0;
		other |= !isalnum(ch);
	}
	return upper + lower + digit + other;
}

static struct str lowered(struct ctx *c, struct str s)
{
	struct buf b;
	buf_init(&b, c->arena, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		buf_char(&b, (char)tolower((unsigned char)s.p[i]));
	return buf_done(&b);
}

/* The pattern is most of the password: what is left beside it is too little to guess. */
static bool is_common(struct ctx *c, struct str password)
{
	struct str s = lowered(c, password);
	bool one_character = true;
	for (size_t i = 1; i < s.n; i++)
		one_character &= s.p[i] == s.p[0];
	if (one_character) return true;
	for (size_t i = 0; i < COUNT(often); i++)
		if (str_find(s, often[i]) >= 0 && s.n < strlen(often[i]) + 6) return true;
	return false;
}

static bool holds_part_of(struct ctx *c, struct str password, struct str id)
{
	struct str s = lowered(c, password), own = lowered(c, id);
	for (size_t i = 0; i + OWN_PART <= own.n; i++)
		if (str_find(s, str_dup(c->arena, str_sub(own, i, OWN_PART)).p) >= 0) return true;
	return false;
}

err_t password_check(struct ctx *c, struct str password, const struct party *self, bool officer, const char *pointer)
{
	struct str at = str_c(pointer);
	size_t n = utf8_count(password);
	if (officer && n < LONG)
		FAULT(c, at, &officer_short);
	else if (n < SHORTEST || (n < LONG && classes_of(password) < 3))
		FAULT(c, at, &too_short);
	if (is_common(c, password)) FAULT(c, at, &common);
	if (holds_part_of(c, password, self->tax_id) ||
	        (self->name.n && str_find(password, str_dup(c->arena, self->name).p) >= 0))
		FAULT(c, at, &own_data);
	return problem_result(&c->problem);
}

/* The present one and the four before it. */
static err_t check_history(struct ctx *c, int64_t person_id, struct str password)
{
	struct identity_credential_get_row now;
	struct identity_history_row *rows;
	size_t n;
	bool found;
	TRY(identity_credential_get(c, person_id, &now, &found));
	TRY(identity_history(c, person_id, &rows, &n));
	bool used = found && crypto_password_verify(now.password_hash, password);
	for (size_t i = 0; i < n && !used; i++)
		used = crypto_password_verify(rows[i].password_hash, password);
	if (used) FAULT(c, S("/new"), &reused);
	return problem_result(&c->problem);
}

/* A page with a form and nothing else. */
err_t password_page(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	out->value = value_object(c->arena);
	return OK;
}

struct change {
	struct str hash;
	bool end_tokens;
	struct reply *out;
};

static err_t change(struct ctx *c, void *arg)
{
	const struct change *w = arg;
	struct identity_credential_get_row old;
	bool found;
	int64_t who = c->caller.person_id;
	TRY(identity_credential_get(c, who, &old, &found));
	if (!found) return E_INTERNAL;
	TRY(identity_history_insert(c, who, c->now, old.password_hash, NULL));
	TRY(identity_password_set(c, w->hash, who, NULL));
	TRY(identity_sessions_end_others(c, c->now, who, c->caller.session_id, NULL));
	if (w->end_tokens) TRY(identity_tokens_end(c, c->now, who, NULL));
	return session_rotate(c, c->caller.strong, w->out);
}

err_t password_change(struct ctx *c, const void *input, struct reply *out)
{
	const struct password_in *in = input;
	struct party self;
	bool found;
	TRY(access_in_person(c));
	TRY(identity_party(c, c->caller.person_id, &self, &found));
	if (!found) return E_INTERNAL;
	TRY(session_prove_again(c, in->current, "/current"));
	TRY(password_check(c, in->new, &self, c->caller.officer, "/new"));
	TRY(check_history(c, c->caller.person_id, in->new));
	struct change w = { crypto_password_hash(c->arena, in->new), in->end_tokens, out };
	TRY(db_write(c, change, &w));
	access_security(c, "password-changed", STR_NONE);
	out->value = value_object(c->arena);
	value_put_bool(c->arena, out->value, "changed", true);
	return OK;
}
