/* Sessions and proofs inside the identity service. */
#ifndef IDENTITY_SESSION_H
#define IDENTITY_SESSION_H
#include "services/foundation/identity/identity.h"

struct session_in {
	struct str account; /* resident id, or USCC of a firm */
	struct str password;
	struct str totp; /* six digits or a recovery code, when the account has TOTP */
	struct str next; /* page to go on with after signing in */
};
struct session_new {
	int64_t person_id, subject_id;
	const char *kind; /* cookie, bearer, personal */
	struct str name, scopes;
	instant_us expires_at; /* 0: the usual life */
	bool strong;           /* a second factor was shown */
	bool any_subject;      /* personal: for all subjects of its owner */
};
struct session_opened {
	int64_t id;
	struct str token; /* shown once, only its hash is kept */
	instant_us expires_at;
};
struct session_proof {
	int64_t person_id, subject_id;
	bool strong;
};

struct str session_role_scopes(struct str role);
bool session_scope_in(struct str scopes, struct str wanted);
MUST_USE err_t session_prove(struct ctx *c, const struct session_in *in, struct session_proof *out);
/* The password of the one who is signed in, with the same throttling: before credentials are changed. */
MUST_USE err_t session_prove_again(struct ctx *c, struct str password, const char *pointer);
/* A six-digit code of the person's phone, once each; or a recovery code. Outside db_write. */
MUST_USE err_t session_second_factor(struct ctx *c, int64_t person_id, struct str code, bool *right);
struct str session_recovery_hash(struct ctx *c, struct str code);
MUST_USE err_t session_open(struct ctx *c, const struct session_new *new, struct session_opened *out); /* in db_write */
/* After a change of rights: the browser gets a new token under the same session (in db_write); programs keep theirs. */
MUST_USE err_t session_rotate(struct ctx *c, bool strong, struct reply *out);
struct str session_cookie(struct arena *a, struct str token);
/* As tax ids and resident ids are written: trimmed, in capitals (domain/invoice.md §1.1; party.c). */
struct str identity_fold(struct arena *a, struct str tax_id);
/* A party as a row of it says (party.c). */
MUST_USE err_t identity_party_of_row(
        struct ctx *c, int64_t id, struct str kind, struct str name, struct str tax_id, struct party *out);
MUST_USE err_t session_act_for(struct ctx *c, int64_t person_id, int64_t subject_id, struct str token_scopes);
MUST_USE err_t session_authenticate(struct ctx *c, struct str token, bool by_cookie, struct str acting_for);
/* The sandbox's clock leaps: the tokens of programs go along, so that a client signs in once and plays a year. */
MUST_USE err_t session_leap(struct ctx *c, int64_t us);

/* Login throttling (services.md §13.6): waits grow by account and client, by client alone, and by account alone, so that
 * neither one guesser nor many together get far, and nobody is shut out by another's guesses for long. */
MUST_USE err_t throttle_check(struct ctx *c, struct str account); /* E_LIMITED with c->retry_after */
MUST_USE err_t throttle_failed(struct ctx *c, struct str account);
MUST_USE err_t throttle_cleared(struct ctx *c, struct str account);
#endif
