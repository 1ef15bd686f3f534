/* One-time codes (TOTP) with recovery codes, and enrolment: the first password of a person whose identity was checked
 * at the counter, or a new one for who forgot. */
#include "services/foundation/identity/credentials.h"
#include "identity_sql.h"
#include "kernel/access/access.h"
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/keys/keys.h"
#include "kernel/qr/qr.h"
#include "services/foundation/identity/session.h"
#include <string.h>

#define SECOND_US INT64_C(1000000)
#define HOUR_US (3600 * SECOND_US)
enum { RECOVERY_CODES = 10, ENROLMENT_HOURS = 48 };

static const struct fault_def wrong_code = { "totp-wrong", N_("口令不对，请看手机上当前的 6 位数字"), NULL, NULL };
static const struct fault_def not_begun = { "totp-not-begun", N_("还没有开启动态口令，请先开启"), NULL, NULL };
static const struct fault_def has_totp = { "totp-exists", N_("动态口令已经开启。换手机请先用恢复码停用，再重新开启"),
	NULL, NULL };
static const struct fault_def enrol_refused = { "enrolment-refused", N_("证件号码或办理码不对，或办理码已过期"),
	N_("办理码在办税厅核对身份后取得，48 小时内有效"), NULL };
static const struct fault_def unknown_person = { "person-unknown", N_("没有这个人的登记，请先办理实名登记"), NULL,
	NULL };
static const struct fault_def not_self = { "enrolment-self", N_("不能给自己发办理码，请由别的税务人员办理"), NULL,
	NULL };

static err_t confirmed(struct ctx *c, bool *on)
{
	struct identity_credential_get_row row;
	bool found;
	TRY(identity_credential_get(c, c->caller.person_id, &row, &found));
	*on = found && row.totp_secret.p && row.totp_last > 0;
	return OK;
}

err_t totp_status(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	struct identity_recovery_left_row left;
	bool found, on;
	TRY(confirmed(c, &on));
	TRY(identity_recovery_left(c, c->caller.person_id, &left, &found));
	out->value = value_object(c->arena);
	value_put_bool(c->arena, out->value, "enabled", on);
	value_put_int(c->arena, out->value, "recovery_codes_left", left.n);
	return OK;
}

/* Until a code proves that the phone holds the secret (totp_last > 0) sign-in does not ask for one: a half-done set-up
 * locks nobody out. One that is confirmed is not replaced from a session alone. */
err_t totp_begin(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	unsigned char secret[20];
	bool on;
	TRY(access_in_person(c));
	TRY(confirmed(c, &on));
	if (on) return RAISE(c, E_CONFLICT, &has_totp);
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

/* The secret as a picture for the phone. */
err_t totp_view(struct ctx *c, const void *input, struct reply *out)
{
	struct qr qr;
	(void)input;
	if (!qr_make(c->arena, value_text(out->value, "uri"), QR_MEDIUM, &qr)) return E_INTERNAL;
	value_put_str(c->arena, out->value, "code_svg", qr_svg(c->arena, &qr, tr(c, N_("动态口令的二维码"))));
	return OK;
}

/* New ones in place of all old ones; shown once. In db_write. */
static err_t give_codes(struct ctx *c, struct value *to)
{
	struct value *list = value_put_array(c->arena, to, "recovery_codes");
	TRY(identity_recovery_clear(c, c->caller.person_id, NULL));
	for (int i = 0; i < RECOVERY_CODES; i++) {
		unsigned char bytes[10];
		crypto_random(bytes, sizeof bytes);
		struct str code = crypto_base32(c->arena, bytes, sizeof bytes);
		TRY(identity_recovery_insert(c, c->caller.person_id, session_recovery_hash(c, code), NULL));
		value_push(c->arena, list,
		        value_str(c->arena, str_printf(c->arena, "%.4s-%.4s-%.4s-%.4s", code.p, code.p + 4, code.p + 8,
		                                    code.p + 12)));
	}
	return OK;
}

err_t totp_confirm(struct ctx *c, const void *input, struct reply *out)
{
	const struct str *code = input;
	struct identity_credential_get_row row;
	struct str secret;
	bool found;
	int64_t step = 0;
	TRY(access_in_person(c));
	TRY(identity_credential_get(c, c->caller.person_id, &row, &found));
	if (!found || !row.totp_secret.p) return RAISE(c, E_CONFLICT, &not_begun);
	if (row.totp_last > 0) return RAISE(c, E_CONFLICT, &has_totp);
	TRY(keys_decrypt(c->app->keys, c->arena, row.totp_secret, &secret));
	if (!crypto_totp_verify(secret, c->now / SECOND_US, *code, &step)) {
		FAULT(c, S("/code"), &wrong_code);
		return problem_result(&c->problem);
	}
	TRY(identity_totp_used(c, step, c->caller.person_id, NULL));
	TRY(identity_sessions_end_others(c, c->now, c->caller.person_id, c->caller.session_id, NULL));
	TRY(session_rotate(c, true, out));
	access_security(c, "totp-enabled", STR_NONE);
	out->value = value_object(c->arena);
	value_put_bool(c->arena, out->value, "totp", true);
	return give_codes(c, out->value);
}

/* Password and code: whoever finds an open browser must not be able to take the second factor away. */
static err_t prove_both(struct ctx *c, const struct removal_in *in)
{
	bool on, right;
	TRY(access_in_person(c));
	TRY(confirmed(c, &on));
	if (!on) return RAISE(c, E_CONFLICT, &not_begun);
	TRY(session_prove_again(c, in->password, "/password"));
	TRY(session_second_factor(c, c->caller.person_id, in->code, &right));
	if (!right) FAULT(c, S("/code"), &wrong_code);
	return problem_result(&c->problem);
}

static err_t remove_totp(struct ctx *c, void *arg)
{
	TRY(identity_totp_clear(c, c->caller.person_id, NULL));
	TRY(identity_recovery_clear(c, c->caller.person_id, NULL));
	TRY(identity_sessions_end_others(c, c->now, c->caller.person_id, c->caller.session_id, NULL));
	return session_rotate(c, false, arg);
}

err_t totp_remove(struct ctx *c, const void *input, struct reply *out)
{
	TRY(prove_both(c, input));
	TRY(db_write(c, remove_totp, out));
	access_security(c, "totp-removed", STR_NONE);
	out->value = value_object(c->arena);
	value_put_bool(c->arena, out->value, "totp", false);
	return OK;
}

static err_t new_codes(struct ctx *c, void *arg)
{
	return give_codes(c, arg);
}

err_t recovery_codes(struct ctx *c, const void *input, struct reply *out)
{
	TRY(prove_both(c, input));
	out->value = value_object(c->arena);
	return db_write(c, new_codes, out->value);
}

/* --- at the counter --- */

static struct str enrolment_hash(struct ctx *c, struct str code)
{
	return session_recovery_hash(c, str_printf(c->arena, "enrolment%.*s", STR_FMT(code)));
}

err_t identity_enrolment_new(struct ctx *c, int64_t person_id, struct str *code, instant_us *expires_at)
{
	unsigned char bytes[10];
	crypto_random(bytes, sizeof bytes);
	struct str text = crypto_base32(c->arena, bytes, sizeof bytes);
	*code = str_printf(c->arena, "%.4s-%.4s-%.4s-%.4s", text.p, text.p + 4, text.p + 8, text.p + 12);
	*expires_at = c->now + ENROLMENT_HOURS * HOUR_US;
	TRY(identity_enrolment_void(c, c->now, person_id, NULL)); /* one code at a time */
	return identity_enrolment_insert(
	        c, person_id, enrolment_hash(c, *code), c->caller.person_id, *expires_at, NULL);
}

err_t enrolment_new(struct ctx *c, const void *input, struct reply *out)
{
	const struct enrolment_in *in = input;
	struct party person;
	struct str code;
	instant_us until;
	bool found;
	TRY(identity_party_by_tax_id(c, in->person, &person, &found));
	if (!found || !person.person) {
		FAULT(c, S("/person"), &unknown_person);
		return problem_result(&c->problem);
	}
	if (person.id == c->caller.person_id) return RAISE(c, E_FORBIDDEN, &not_self);
	TRY(identity_enrolment_new(c, person.id, &code, &until));
	if (in->reset_totp) {
		TRY(identity_totp_clear(c, person.id, NULL));
		TRY(identity_recovery_clear(c, person.id, NULL));
	}
	access_security(c, in->reset_totp ? "enrolment-issued-totp-reset" : "enrolment-issued",
	        str_from_int(c->arena, person.id));
	out->value = value_object(c->arena);
	out->status = 201;
	value_put_str(c->arena, out->value, "name", person.name);
	value_put_str(c->arena, out->value, "code", code);
	value_put_instant(c->arena, out->value, "expires_at", until);
	return OK;
}

struct enrol_work {
	int64_t person_id, used;
	struct str hash, password_hash;
};

static err_t enrol_person(struct ctx *c, void *arg)
{
	struct enrol_work *w = arg;
	struct identity_credential_get_row old;
	bool found;
	TRY(identity_enrolment_use(c, c->now, w->person_id, w->hash, &w->used));
	if (!w->used) return OK;
	TRY(identity_credential_get(c, w->person_id, &old, &found));
	if (!found) return identity_credential_insert(c, w->person_id, w->password_hash, NULL);
	TRY(identity_history_insert(c, w->person_id, c->now, old.password_hash, NULL));
	TRY(identity_password_set(c, w->password_hash, w->person_id, NULL));
	return identity_sessions_end_others(c, c->now, w->person_id, 0, NULL);
}

/* Every refusal reads the same: who is registered and who has a code is not told. */
err_t enrol(struct ctx *c, const void *input, struct reply *out)
{
	const struct enrol_in *in = input;
	struct party self = { 0 };
	bool found;
	TRY(throttle_check(c, in->account));
	TRY(identity_party_by_tax_id(c, in->account, &self, &found));
	struct party rules = { .tax_id = in->account }; /* as for anybody: the answer must not depend on who is known */
	TRY(password_check(c, in->password, &rules, false, "/password"));
	struct enrol_work w = { .person_id = self.id,
		.hash = enrolment_hash(c, in->code),
		.password_hash = crypto_password_hash(c->arena, in->password) };
	if (found) TRY(db_write(c, enrol_person, &w));
	if (!w.used) {
		TRY(throttle_failed(c, in->account));
		return RAISE(c, E_FORBIDDEN, &enrol_refused);
	}
	TRY(throttle_cleared(c, in->account));
	access_security(c, "enrolled", str_from_int(c->arena, self.id));
	out->value = value_object(c->arena);
	value_put_bool(c->arena, out->value, "enrolled", true);
	return OK;
}
