/* Parties: who exists. Numbers of natural persons are grade-3 data: encrypted at rest, found by a keyed hash. */
#include "identity_sql.h"
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/keys/keys.h"
#include "services/foundation/identity/identity.h"
#include "services/foundation/identity/session.h"

struct str identity_fold(struct arena *a, struct str tax_id)
{
	tax_id = str_trim(tax_id);
	char *p = arena_dup(a, tax_id.p, tax_id.n);
	for (size_t i = 0; i < tax_id.n; i++)
		if (p[i] >= 'a' && p[i] <= 'z') p[i] = (char)(p[i] - 32);
	return (struct str){ p, tax_id.n };
}

static struct str hash_of(struct ctx *c, struct str tax_id)
{
	return keys_lookup_hash(c->app->keys, c->arena, identity_fold(c->arena, tax_id));
}

err_t identity_party_of_row(
        struct ctx *c, int64_t id, struct str kind, struct str name, struct str tax_id, struct party *out)
{
	*out = (struct party){ .id = id, .person = str_is(kind, "person"), .name = name, .tax_id = tax_id };
	return out->person ? keys_decrypt(c->app->keys, c->arena, tax_id, &out->tax_id) : OK;
}

err_t identity_party(struct ctx *c, int64_t party_id, struct party *out, bool *found)
{
	struct identity_party_get_row row;
	TRY(identity_party_get(c, party_id, &row, found));
	return *found ? identity_party_of_row(c, row.party_id, row.kind, row.name, row.tax_id, out) : OK;
}

err_t identity_party_by_tax_id(struct ctx *c, struct str tax_id, struct party *out, bool *found)
{
	struct identity_party_by_hash_row row;
	TRY(identity_party_by_hash(c, hash_of(c, tax_id), &row, found));
	return *found ? identity_party_of_row(c, row.party_id, row.kind, row.name, row.tax_id, out) : OK;
}

err_t identity_party_add(struct ctx *c, bool person, struct str name, struct str tax_id, int64_t *party_id)
{
	int64_t id = db_new_id(c);
	struct str stored = person ? keys_encrypt(c->app->keys, c->arena, tax_id) : tax_id;
	TRY(identity_party_insert(c, id, person ? S("person") : S("organization"), name, stored, c->now, NULL));
	TRY(identity_lookup_insert(c, hash_of(c, tax_id), id, NULL));
	*party_id = id;
	return OK;
}

err_t identity_party_rename(struct ctx *c, int64_t party_id, struct str name)
{
	return identity_party_set_name(c, name, party_id, NULL);
}

err_t identity_role_grant(struct ctx *c, int64_t subject_id, int64_t person_id, const char *role)
{
	return identity_role_insert(c, subject_id, person_id, str_c(role), c->now, NULL);
}

err_t identity_role_end(struct ctx *c, int64_t subject_id, int64_t person_id, const char *role)
{
	return identity_role_close(c, c->now, subject_id, person_id, str_c(role), NULL);
}

err_t identity_role_holder_of(struct ctx *c, int64_t subject_id, const char *role, int64_t *person_id)
{
	struct identity_role_holder_row row;
	bool found;
	*person_id = 0;
	TRY(identity_role_holder(c, subject_id, str_c(role), &row, &found));
	if (found) *person_id = row.person_id;
	return OK;
}

err_t identity_is_member(struct ctx *c, int64_t subject_id, int64_t person_id, bool *yes)
{
	struct identity_role_of_row *rows;
	size_t n;
	TRY(identity_role_of(c, subject_id, person_id, &rows, &n));
	*yes = n > 0;
	return OK;
}

err_t identity_is_officer(struct ctx *c, int64_t person_id, bool *yes)
{
	struct identity_officer_get_row row;
	return identity_officer_get(c, person_id, &row, yes);
}

err_t identity_credential_add(struct ctx *c, int64_t person_id, struct str password_hash)
{
	return identity_credential_insert(c, person_id, password_hash, NULL);
}

err_t identity_officer_add(struct ctx *c, int64_t person_id, struct str office, struct str post)
{
	return identity_officer_insert(c, person_id, office, post, NULL);
}

struct str identity_mask(struct arena *a, struct str tax_id)
{
	if (tax_id.n < 8) return S("****");
	return str_printf(a, "%.3s***********%.*s", tax_id.p, 4, tax_id.p + tax_id.n - 4);
}
