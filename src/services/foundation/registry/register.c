/* Registering from a regulator's event; what the law lets a machine decide is decided at once (A04.1, 三证合一). */
#include "kernel/ctx/app.h"
#include "kernel/policy/policy.h"
#include "registry_sql.h"
#include "services/foundation/identity/identity.h"
#include "services/foundation/registry/handlers.h"
#include <string.h>

static const struct fault_def no_rules = { "rules-missing", N_("没有今天适用的登记认定规则，请联系系统管理员"), NULL,
	NULL };
static const struct fault_def kind_named = { "kind-by-rule", N_("已登记的纳税人类型不能由登记事件改变"), NULL,
	N_("增值税法 第九条") };

/* --- rules (policy/registration.yaml) --- */

struct decided {
	bool general;
	const char *rule;
	struct money quota;
};

static err_t decide(struct ctx *c, const struct registry_event *e, struct decided *out)
{
	const struct policy_store *store = c->app->policy;
	const struct policy_form *form = store ? policy_form(store, "taxpayer-kind", c->today) : NULL;
	int bad;
	if (!form) return RAISE(c, E_CONFLICT, &no_rules);
	int64_t *values = policy_values(form, c->arena);
	values[policy_slot(form, S("sales"))] = e->annual_sales.fen;
	values[policy_slot(form, S("chosen"))] = str_is(e->taxpayer_kind, "general");
	TRY(policy_evaluate(form, values, &bad));
	out->general = values[policy_slot(form, S("general"))] != 0;
	out->rule = values[policy_slot(form, S("beyond"))] ? "general-by-sales"
	            : out->general                         ? "general-by-choice"
	                                                   : "small-by-sales";
	const char *quota = out->general ? "registration.quota_general" : "registration.quota_small";
	return policy_parameter(store, quota, c->today, &out->quota.fen, NULL) ? OK : RAISE(c, E_CONFLICT, &no_rules);
}

/* Five cities with their own plan have own invoice regions; the rest take the province (domain/invoice.md §3.2). */
static struct str region_of(struct ctx *c, struct str uscc)
{
	struct str area = str_sub(uscc, 2, 4);
	if (str_is(area, "3502")) return S("94");
	if (str_is(area, "4403")) return S("95");
	return str_dup(c->arena, str_sub(uscc, 2, 2));
}

/* 个体工商户: the second character of the code is 2 (GB 32100). */
static bool is_household(struct str uscc)
{
	return uscc.n > 1 && uscc.p[1] == '2';
}

/* 税费种认定: VAT by the taxpayer's kind, the surcharges with it, the tax on income by what the taxpayer is. */
static err_t tax_types(struct ctx *c, int64_t id, struct str vat_period, struct date since, bool household)
{
	static const char *const surcharges[] = { "urban_construction", "education", "local_education" };
	TRY(registry_tax_type_put(c, id, S("vat"), vat_period, since, S("vat-by-taxpayer-kind"), NULL));
	for (size_t i = 0; i < COUNT(surcharges); i++)
		TRY(registry_tax_type_put(
		        c, id, str_c(surcharges[i]), vat_period, since, S("surcharge-follows-vat"), NULL));
	return registry_tax_type_put(c, id, household ? S("business_income") : S("corporate_income"), S("quarter"),
	        since, household ? S("income-of-household") : S("income-of-enterprise"), NULL);
}

/* --- fields with source and history --- */

struct registering {
	const struct registry_event *e;
	int64_t id;
	size_t changed;
	const char *first_changed;
};

static err_t field(struct ctx *c, struct registering *r, const char *name, struct str value, const char *source)
{
	if (!value.p) return OK;
	struct registry_field_get_row old;
	bool found;
	TRY(registry_field_get(c, r->id, str_c(name), &old, &found));
	if (found && str_eq(old.value, value)) return OK;
	if (!r->changed++) r->first_changed = name;
	TRY(registry_field_put(c, r->id, str_c(name), value, str_c(source), c->now, NULL));
	return registry_history_insert(c, r->id, db_new_id(c), str_c(name), found ? old.value : STR_NONE, value,
	        str_c(source), c->caller.person_id, c->now, NULL);
}

static err_t regulator_fields(struct ctx *c, struct registering *r)
{
	const struct registry_event *e = r->e;
	struct registry_field_get_row own;
	bool found;
	TRY(field(c, r, "name", e->name, "regulator"));
	TRY(field(c, r, "address", e->address, "regulator"));
	TRY(field(c, r, "scope", e->scope, "regulator"));
	TRY(field(c, r, "industry", e->industry, "regulator"));
	TRY(field(c, r, "established_on", date_format(c->arena, e->established_on), "regulator"));
	TRY(field(c, r, "representative", e->representative_name, "regulator"));
	/* What the taxpayer put right itself is not overwritten by the regulator's older number. */
	TRY(registry_field_get(c, r->id, S("phone"), &own, &found));
	return found && str_is(own.source, "taxpayer") ? OK : field(c, r, "phone", e->phone, "regulator");
}

/* The regulator's word about who represents the firm counts: a new one comes in the old one's place. */
static err_t representative(struct ctx *c, struct registering *r)
{
	const struct registry_event *e = r->e;
	struct party person;
	int64_t holder = 0;
	bool found;
	if (!e->representative_id.p) return OK;
	TRY(identity_party_by_tax_id(c, e->representative_id, &person, &found));
	if (!found) TRY(identity_party_add(c, true, e->representative_name, e->representative_id, &person.id));
	TRY(identity_role_holder_of(c, r->id, "legal_representative", &holder));
	if (holder == person.id) return OK;
	if (holder) TRY(identity_role_end(c, r->id, holder, "legal_representative"));
	if (holder && !r->changed++) r->first_changed = "representative";
	return identity_role_grant(c, r->id, person.id, "legal_representative");
}

err_t registry_quota_set(struct ctx *c, int64_t taxpayer_id, struct money quota, const char *source)
{
	struct registry_taxpayer_get_row old;
	bool found;
	TRY(registry_taxpayer_get(c, taxpayer_id, &old, &found));
	if (!found) return E_NOT_FOUND;
	if (old.quota.fen == quota.fen) return OK;
	TRY(registry_taxpayer_quota(c, quota, taxpayer_id, NULL));
	return registry_history_insert(c, taxpayer_id, db_new_id(c), S("invoice_quota"),
	        money_format(c->arena, old.quota), money_format(c->arena, quota), str_c(source), c->caller.person_id,
	        c->now, NULL);
}

/* --- creating and updating --- */

static err_t create(struct ctx *c, struct registering *r)
{
	const struct registry_event *e = r->e;
	struct decided d = { 0 };
	TRY(decide(c, e, &d));
	struct str kind = d.general ? S("general") : S("small");
	struct str period = e->vat_period.p ? e->vat_period : d.general ? S("month") : S("quarter");
	bool household = is_household(e->uscc);
	TRY(identity_party_add(c, false, e->name, e->uscc, &r->id));
	TRY(registry_taxpayer_insert(c, r->id, e->uscc, e->name, kind, period, S("normal"),
	        e->place.p ? e->place : S("city"), region_of(c, e->uscc),
	        str_printf(c->arena, "1%.6s0000", e->uscc.p + 2), S("M"), d.quota, e->established_on, !household,
	        e->annual_sales, NULL));
	TRY(tax_types(c, r->id, period, e->established_on, household));
	TRY(field(c, r, "taxpayer_kind", kind, "rule"));
	TRY(field(c, r, "taxpayer_kind_rule", str_c(d.rule), "rule"));
	return field(c, r, "vat_period", period, "rule");
}

static err_t update(struct ctx *c, struct registering *r)
{
	struct registry_taxpayer_get_row row;
	bool found;
	TRY(registry_taxpayer_get(c, r->id, &row, &found));
	if (!found) return E_CONFLICT; /* a party without registration: an agent abroad, a platform */
	if (r->e->taxpayer_kind.p && !str_eq(r->e->taxpayer_kind, row.kind)) {
		FAULT(c, S("/taxpayer_kind"), &kind_named);
		return problem_result(&c->problem);
	}
	if (str_eq(row.name, r->e->name)) return OK;
	TRY(identity_party_rename(c, r->id, r->e->name));
	return registry_taxpayer_rename(c, r->e->name, r->id, NULL);
}

static err_t tell(struct ctx *c, const struct registering *r, enum registry_outcome outcome)
{
	struct buf b;
	if (outcome == REGISTRY_CREATED) return outbox_emit(c, "taxpayer.registered", r->id, r->e->uscc);
	if (outcome == REGISTRY_UNCHANGED) return OK;
	struct value *body = value_object(c->arena);
	value_put_c(c->arena, body, "field", r->first_changed);
	value_put_int(c->arena, body, "fields", (int64_t)r->changed);
	buf_init(&b, c->arena, 80);
	value_write_canonical(&b, body);
	return outbox_emit(c, "registration.changed", r->id, buf_done(&b));
}

err_t registry_take(struct ctx *c, const struct registry_event *e, int64_t *taxpayer_id, enum registry_outcome *outcome)
{
	struct registering r = { .e = e };
	struct party party;
	bool found;
	TRY(identity_party_by_tax_id(c, e->uscc, &party, &found));
	r.id = found ? party.id : 0;
	TRY(found ? update(c, &r) : create(c, &r));
	TRY(regulator_fields(c, &r));
	TRY(representative(c, &r));
	*taxpayer_id = r.id;
	*outcome = !found ? REGISTRY_CREATED : r.changed ? REGISTRY_UPDATED : REGISTRY_UNCHANGED;
	return tell(c, &r, *outcome);
}

err_t registry_industry(struct ctx *c, int64_t taxpayer_id, struct str *out)
{
	struct registry_field_get_row row;
	bool found;
	*out = STR_NONE;
	TRY(registry_field_get(c, taxpayer_id, S("industry"), &row, &found));
	if (found) *out = row.value;
	return OK;
}

err_t registry_register(struct ctx *c, const struct registry_event *e, int64_t *taxpayer_id)
{
	enum registry_outcome ignored;
	return registry_take(c, e, taxpayer_id, &ignored);
}

static struct taxpayer head(const struct registry_taxpayer_get_row *r)
{
	return (struct taxpayer){ .id = r->taxpayer_id,
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
}

static err_t fill(struct ctx *c, const struct registry_taxpayer_get_row *r, struct taxpayer *out)
{
	struct registry_field_get_row f;
	bool found;
	*out = head(r);
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

err_t registry_taxpayer_head(struct ctx *c, int64_t taxpayer_id, struct taxpayer *out, bool *found)
{
	struct registry_taxpayer_get_row row;
	TRY(registry_taxpayer_get(c, taxpayer_id, &row, found));
	if (*found) *out = head(&row);
	return OK;
}

err_t registry_recent(struct ctx *c, struct taxpayer **out, size_t *n)
{
	struct registry_newest_row *rows;
	TRY(registry_newest(c, &rows, n));
	*out = arena_array(c->arena, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct taxpayer){ .id = rows[i].taxpayer_id,
			.uscc = rows[i].uscc,
			.name = rows[i].name,
			.general = str_is(rows[i].kind, "general"),
			.status = rows[i].status,
			.registered_on = rows[i].registered_on };
	return OK;
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
