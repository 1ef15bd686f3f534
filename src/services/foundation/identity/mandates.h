/* Handlers of the identity service. */
#ifndef IDENTITY_MANDATES_H
#define IDENTITY_MANDATES_H
#include "services/foundation/identity/identity.h"

struct switch_in {
	struct str as, next;
};
struct token_in {
	struct str name;
	struct str *scopes;
	size_t n_scopes;
	int64_t days;
	bool any_subject;
};
struct id_in {
	int64_t id;
};
struct code_in {
	struct str code;
};
struct member_in {
	struct str person, role;
};
struct mandate_in {
	struct str agent;
	struct str *scopes;
	size_t n_scopes;
	struct money limit;
	bool has_limit;
	struct date until;
};

void identity_put_scopes(struct ctx *c, struct value *to, struct str scopes); /* codes, and titles for people */
op_run tokens_view, mandates_view, sign_in, sign_in_page, login_page, sign_out, subjects, switch_subject, tokens,
        token_new, token_end, sessions, session_revoke, sessions_revoke, people, member_add, member_end, mandates,
        mandate_grant, mandate_end;
err_t identity_forget(struct ctx *c, struct str argument);
err_t mandates_frame(struct ctx *c, struct value *page);
#endif
