/* Handlers of credentials: passwords, one-time codes, enrolment at the counter. */
#ifndef IDENTITY_CREDENTIALS_H
#define IDENTITY_CREDENTIALS_H
#include "services/foundation/identity/identity.h"

struct password_in {
	struct str current, new;
	bool end_tokens;
};
struct removal_in {
	struct str password, code;
};
struct enrolment_in {
	struct str person;
	bool reset_totp;
};
struct enrol_in {
	struct str account, code, password;
};

op_run password_page, totp_view, password_change, totp_status, totp_begin, totp_confirm, totp_remove, recovery_codes, enrolment_new, enrol;

/* Adds a fault at the pointer for each rule that the password breaks. self: whose it is to be. */
MUST_USE err_t password_check(
        struct ctx *c, struct str password, const struct party *self, bool officer, const char *pointer);
#endif
