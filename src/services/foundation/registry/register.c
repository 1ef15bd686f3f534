/* Registering from a regulator's event; what the law lets a machine decide is decided at once (A04.1, 三证合一). */
#include "kernel/ctx/app.h"
#include "registry_sql.h"
#include "services/foundation/identity/identity.h"
#include "services/foundation/registry/registry.h"

/* Start quotas of new taxpayers without VAT a month (domain/invoice.md §3.8). */
static const struct money quota_general = { INT64_C(750000000) }, quota_small = { INT64_C(100000000) };

static err_t field(struct ctx *c, int64_t id, const char *name, struct str value, const char *source)
{
	if (!value.p) return OK;
	struct registry_field_get_row old;
	bool found;
	TRY(registry_field_get(c, id, str_c(name), &old, &found));
	if (found && str_eq(old.value, value)) return OK;
	TRY(registry_field_put(c, id, str_c(name), value, str_c(source), c->now, NULL));
	return registry_history_insert(c, id, db_new_id(c), str_c(name), found ? old.value : STR_NONE, value,
	        str_c(source), c->caller.person_id, c->now, NULL);
}

static err_t regulator_fields(struct ctx *c, int64_t id, const struct registry_event *e)
{
	TRY(field(c, id, "name", e->name, "regulator"));
	TRY(field(c, id, "address", e->address, "regulator"));
	TRY(field(c, id, "scope", e->scope, "regulator"));
	TRY(field(c, id, "industry", e->industry, "regulator"));
	TRY(field(c, id, "established_on", date_format(c->arena, e->established_on), "regulator"));
	TRY(field(c, id, "representative", e->representative_name, "regulator"));
	return field(c, id, "phone", e->phone, "regulator");
}

/* Five cities with their own plan have own invoice regions; the rest take the province (domain/invoice.md §3.2). */
static struct str region_of(struct ctx *c, struct str uscc)
{
	struct str area = str_sub(uscc, 2, 4);
	if (str_is(area, "3502")) return S("94");
	if (str_is(area, "4403")) return S("95");
	return str_dup(c->arena, str_sub(uscc, 2, 2));
}

/* 税费种认定 by rule: VAT by its period, the three surcharges with it. */
static err_t tax_types(struct ctx *c, int64_t id, struct str period, struct date since)
{
	static const char *const taxes[] = { "vat", "urban_construction", "education", "local_education" };
	for (size_t i = 0; i < COUNT(taxes); i++)
		TRY(registry_tax_type_put(c, id, str_c(taxes[i]), period, since,
		        i ? S("surcharge-follows-vat") : S("vat-by-taxpayer-kind"), NULL));
	return OK;
}

static err_t representative(struct ctx *c, int64_t id, const struct registry_event *e)
{
	struct party person;
	bool found;
	if (!e->representative_id.p) return OK;
	TRY(identity_party_by_tax_id(c, e->representative_id, &person, &found));
	if (!found) TRY(identity_party_add(c, true, e->representative_name, e->representative_id, &person.id));
	return identity_role_grant(c, id, person.id, "legal_representative");
}

static err_t create(struct ctx *c, const struct registry_event *e, int64_t *id)
{
	bool general = str_is(e->taxpayer_kind, "general");
	struct str kind = general ? S("general") : S("small");
	struct str period = e->vat_period.p ? e->vat_period : general ? S("month") : S("quarter");
	bool household = e->uscc.n > 1 && e->uscc.p[1] == '2'; /* 个体工商户: second character 2 */
	TRY(identity_party_add(c, false, e->name, e->uscc, id));
	TRY(registry_taxpayer_insert(c, *id, e->uscc, e->name, kind, period, S("normal"), S("city"),
	        region_of(c, e->uscc), str_printf(c->arena, "1%.6s00", e->uscc.p + 2), S("M"),
	        general ? quota_general : quota_small, e->established_on, !household, NULL));
	TRY(tax_types(c, *id, period, e->established_on));
	return representative(c, *id, e);
}

err_t registry_register(struct ctx *c, const struct registry_event *e, int64_t *taxpayer_id)
{
	struct party party;
	bool found;
	TRY(identity_party_by_tax_id(c, e->uscc, &party, &found));
	if (found) {
		*taxpayer_id = party.id;
		TRY(identity_party_rename(c, party.id, e->name));
		TRY(registry_taxpayer_rename(c, e->name, party.id, NULL));
	} else {
		TRY(create(c, e, taxpayer_id));
	}
	TRY(regulator_fields(c, *taxpayer_id, e));
	return outbox_emit(c, "taxpayer.registered", *taxpayer_id, e->uscc);
}

static err_t fill(struct ctx *c, const struct registry_taxpayer_get_row *r, struct taxpayer *out)
{
	*out = (struct taxpayer){ .id = r->taxpayer_id,
		.uscc = r->uscc,
		.name = r->name,
		.general = str_is(r->kind, "general"),
		.quarterly = str_is(r->vat_period, "quarter"),
		.enterprise = r->enterprise,
		.normal = str_is(r->status, "normal"),
		.status = r->status,
		.place = r->place,
		.region = r->region,
		.authority = r->authority,
		.credit_grade = r->credit_grade,
		.quota = r->quota,
		.registered_on = r->registered_on };
	struct registry_field_get_row f;
	bool found;
	TRY(registry_field_get(c, r->taxpayer_id, S("address"), &f, &found));
	if (found) out->address = f.value;
	TRY(registry_field_get(c, r->taxpayer_id, S("phone"), &f, &found));
	if (found) out->phone = f.value;
	return OK;
}

err_t registry_taxpayer(struct ctx *c, int64_t taxpayer_id, struct taxpayer *out, bool *found)
{
	struct registry_taxpayer_get_row row;
	TRY(registry_taxpayer_get(c, taxpayer_id, &row, found));
	return *found ? fill(c, &row, out) : OK;
}

err_t registry_taxpayer_by_uscc(struct ctx *c, struct str uscc, struct taxpayer *out, bool *found)
{
	struct party party;
	TRY(identity_party_by_tax_id(c, uscc, &party, found));
	return *found ? registry_taxpayer(c, party.id, out, found) : OK;
}

err_t registry_each(struct ctx *c, err_t (*fn)(struct ctx *c, int64_t taxpayer_id, void *arg), void *arg)
{
	struct registry_taxpayers_after_row *rows;
	size_t n;
	int64_t after = 0;
	do {
		TRY(registry_taxpayers_after(c, after, &rows, &n));
		for (size_t i = 0; i < n; i++)
			TRY(fn(c, after = rows[i].taxpayer_id, arg));
	} while (n == 1000);
	return OK;
}
