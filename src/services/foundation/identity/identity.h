/* Identity (统一身份认证, G01): parties (natural persons and organisations), sign-in, sessions, personal API tokens,
 * roles in a firm and mandates to agents. Parties are the subjects of everything else. */
#ifndef FOUNDATION_IDENTITY_H
#define FOUNDATION_IDENTITY_H
#include "kernel/operation/service.h"

struct party {
	int64_t id;
	bool person;
	struct str name;
	struct str tax_id; /* USCC, or resident id of a person: in clear, never log it */
};

/* All four inside or outside db_write; *found may tell that there is none. */
MUST_USE err_t identity_party(struct ctx *c, int64_t party_id, struct party *out, bool *found);
MUST_USE err_t identity_party_by_tax_id(struct ctx *c, struct str tax_id, struct party *out, bool *found);
MUST_USE err_t identity_party_add(
        struct ctx *c, bool person, struct str name, struct str tax_id, int64_t *party_id); /* in db_write */
MUST_USE err_t identity_party_rename(struct ctx *c, int64_t party_id, struct str name);     /* in db_write */

/* role: legal_representative (法定代表人), finance_head (财务负责人), tax_clerk (办税员), invoicing_clerk (开票员). */
MUST_USE err_t identity_role_grant(
        struct ctx *c, int64_t subject_id, int64_t person_id, const char *role); /* in db_write */
MUST_USE err_t identity_role_end(
        struct ctx *c, int64_t subject_id, int64_t person_id, const char *role); /* in db_write */

/* The first who holds the role now; 0: nobody. */
MUST_USE err_t identity_role_holder_of(struct ctx *c, int64_t subject_id, const char *role, int64_t *person_id);

/* Does the person hold any role in the subject now? Is it a tax officer? */
MUST_USE err_t identity_is_member(struct ctx *c, int64_t subject_id, int64_t person_id, bool *yes);
MUST_USE err_t identity_is_officer(struct ctx *c, int64_t person_id, bool *yes);

/* May the agent act for the subject with this scope today, and up to which amount an act (0 fen: no limit)? */
MUST_USE err_t identity_mandate(struct ctx *c, int64_t subject_id, int64_t agent_id, const char *scope, bool *held,
        struct money *limit);

struct str identity_role_name(const struct ctx *c, struct str role); /* in the user's language */

/* For the sandbox and for first registration: gives a person a password. hash: from identity_password_hash. */
struct str identity_password_hash(struct ctx *c, struct str password);
MUST_USE err_t identity_credential_add(struct ctx *c, int64_t person_id, struct str password_hash);
MUST_USE err_t identity_officer_add(struct ctx *c, int64_t person_id, struct str office, struct str post);

/* A code by which the person sets a (new) password within 48 hours: given after the identity was checked. In db_write. */
MUST_USE err_t identity_enrolment_new(struct ctx *c, int64_t person_id, struct str *code, instant_us *expires_at);

/* "330***********0014": what others may see of a personal number. */
struct str identity_mask(struct arena *a, struct str tax_id);
#endif
