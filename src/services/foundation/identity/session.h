/* Sessions inside the identity service. */
#ifndef IDENTITY_SESSION_H
#define IDENTITY_SESSION_H
#include "services/foundation/identity/identity.h"

struct session_in {
	struct str account; /* resident id, or USCC of a firm */
	struct str password;
	struct str totp; /* six digits, when the account has TOTP */
	struct str next; /* page to go on with after signing in */
};
struct session_new {
	int64_t person_id, subject_id;
	const char *kind; /* cookie, bearer, personal */
	struct str name, scopes;
	instant_us expires_at; /* 0: the usual life */
};
struct session_opened {
	int64_t id;
	struct str token; /* shown once, only its hash is kept */
	instant_us expires_at;
};

struct str session_role_scopes(struct str role);
MUST_USE err_t session_prove(struct ctx *c, const struct session_in *in, int64_t *person_id, int64_t *subject_id);
MUST_USE err_t session_open(struct ctx *c, const struct session_new *new, struct session_opened *out); /* in db_write */
MUST_USE err_t session_act_for(struct ctx *c, int64_t person_id, int64_t subject_id, struct str token_scopes);
MUST_USE err_t session_authenticate(struct ctx *c, struct str token, bool by_cookie, struct str acting_for);
#endif
