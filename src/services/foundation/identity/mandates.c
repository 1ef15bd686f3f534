/* People of a firm and mandates to agents: who may do what for whom, with scope, limit and end. */
#include "services/foundation/identity/mandates.h"
#include "identity_sql.h"
#include "kernel/access/access.h"
#include "kernel/db/db.h"
#include "kernel/receipt/receipt.h"

static const struct fault_def unknown_person = { "person-unknown", N_("没有查到这个人。请他先实名注册，再加为办税人员"),
	NULL, NULL };
static const struct fault_def unknown_agent = { "agent-unknown", N_("没有查到这家机构，请核对统一社会信用代码"), NULL,
	NULL };
static const struct fault_def has_role = { "role-exists", N_("这个人已经是这个角色"), NULL, NULL };
static const struct fault_def no_role = { "role-missing", N_("这个人没有这个角色"), NULL, NULL };
static const struct fault_def last_head = { "last-legal-representative",
	N_("法定代表人来自市场监管登记，请先到市场监管部门变更"), NULL, NULL };
static const struct fault_def self_agent = { "agent-is-self", N_("不能委托给自己，请填受托机构的代码"), NULL, NULL };
static const struct fault_def past_end = { "until-past", N_("委托截止日期要晚于今天"), NULL, NULL };
static const struct fault_def no_mandate = { "mandate-unknown", N_("没有这份委托，或已经终止"), NULL, NULL };

err_t people(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	struct identity_members_row *rows;
	size_t n;
	TRY(identity_members(c, c->caller.subject_id, &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "people");
	for (size_t i = 0; i < n; i++) {
		struct party person;
		bool found;
		TRY(identity_party(c, rows[i].person_id, &person, &found));
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "name", rows[i].name);
		value_put_str(c->arena, v, "person", found ? identity_mask(c->arena, person.tax_id) : STR_NONE);
		value_put_str(c->arena, v, "role", rows[i].role);
		value_put_str(c->arena, v, "role_name", identity_role_name(c, rows[i].role));
		value_put_instant(c->arena, v, "since", rows[i].since);
		value_push(c->arena, list, v);
	}
	return OK;
}

/* The act and its receipt: what changed, for whom, by whom. */
static err_t record(struct ctx *c, const char *what, struct str of, struct str role_or_scopes, struct reply *out)
{
	struct value *act = value_object(c->arena), *receipt;
	value_put_c(c->arena, act, "act", what);
	value_put_str(c->arena, act, "subject", c->caller.subject_tax_id);
	value_put_str(c->arena, act, "of", of);
	value_put_str(c->arena, act, "rights", role_or_scopes);
	value_put_instant(c->arena, act, "at", c->now);
	TRY(receipt_issue(c, ACT_MANDATE_CHANGED, c->caller.subject_id, act, &receipt, NULL));
	if (!out->value) out->value = value_object(c->arena);
	value_put(c->arena, out->value, "receipt", receipt);
	return OK;
}

static err_t find_person(struct ctx *c, struct str resid, struct party *person, bool *holds, struct str role)
{
	bool found;
	TRY(identity_party_by_tax_id(c, resid, person, &found));
	if (!found || !person->person) {
		FAULT(c, S("/person"), &unknown_person);
		return problem_result(&c->problem);
	}
	struct identity_role_of_row *roles;
	size_t n;
	TRY(identity_role_of(c, c->caller.subject_id, person->id, &roles, &n));
	*holds = false;
	for (size_t i = 0; i < n; i++)
		if (str_eq(roles[i].role, role)) *holds = true;
	return OK;
}

err_t member_add(struct ctx *c, const void *input, struct reply *out)
{
	const struct member_in *in = input;
	struct party person;
	bool holds;
	TRY(access_in_person(c));
	if (str_is(in->role, "legal_representative")) return RAISE(c, E_CONFLICT, &last_head);
	TRY(find_person(c, in->person, &person, &holds, in->role));
	if (holds) return RAISE(c, E_CONFLICT, &has_role);
	TRY(identity_role_insert(c, c->caller.subject_id, person.id, in->role, c->now, NULL));
	out->status = 201;
	return record(c, "member_add", in->person, in->role, out);
}

err_t member_end(struct ctx *c, const void *input, struct reply *out)
{
	const struct member_in *in = input;
	struct party person;
	bool holds = false;
	TRY(access_in_person(c));
	if (str_is(in->role, "legal_representative")) return RAISE(c, E_CONFLICT, &last_head);
	TRY(find_person(c, in->person, &person, &holds, in->role));
	if (!holds) return RAISE(c, E_CONFLICT, &no_role);
	TRY(identity_role_close(c, c->now, c->caller.subject_id, person.id, in->role, NULL));
	return record(c, "member_end", in->person, in->role, out);
}

err_t mandates(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	struct identity_mandates_given_row *rows;
	size_t n;
	TRY(identity_mandates_given(c, c->caller.subject_id, &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "given");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		bool over = rows[i].revoked_at != DB_NULL || date_cmp(rows[i].until_on, c->today) < 0;
		value_put_str(c->arena, v, "id", str_from_int(c->arena, rows[i].mandate_id));
		value_put_str(c->arena, v, "agent", rows[i].agent_name);
		identity_put_scopes(c, v, rows[i].scopes);
		value_put(c->arena, v, "limit",
		        rows[i].limit_fen.fen == DB_NULL
		                ? value_null(c->arena)
		                : value_str(c->arena, money_format(c->arena, rows[i].limit_fen)));
		value_put_date(c->arena, v, "until", rows[i].until_on);
		value_put_bool(c->arena, v, "in_force", !over);
		value_push(c->arena, list, v);
	}
	return OK;
}

err_t mandates_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	value_put_bool(c->arena, out->value, "any", value_at(value_get(out->value, S("given")), 0) != NULL);
	return OK;
}

err_t mandate_grant(struct ctx *c, const void *input, struct reply *out)
{
	const struct mandate_in *in = input;
	struct party agent;
	bool found;
	TRY(access_in_person(c));
	TRY(identity_party_by_tax_id(c, in->agent, &agent, &found));
	if (!found || agent.person)
		FAULT(c, S("/agent"), &unknown_agent);
	else if (agent.id == c->caller.subject_id)
		FAULT(c, S("/agent"), &self_agent);
	if (date_cmp(in->until, c->today) <= 0) FAULT(c, S("/until"), &past_end);
	TRY(problem_result(&c->problem));
	struct buf scopes;
	buf_init(&scopes, c->arena, 200);
	for (size_t i = 0; i < in->n_scopes; i++) {
		if (i) buf_char(&scopes, ' ');
		buf_str(&scopes, in->scopes[i]);
	}
	int64_t id = db_new_id(c);
	TRY(identity_mandate_insert(c, c->caller.subject_id, id, agent.id, buf_done(&scopes),
	        in->has_limit ? in->limit.fen : DB_NULL, in->until, c->now, NULL));
	out->status = 201;
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "id", str_from_int(c->arena, id));
	return record(c, "mandate_grant", in->agent, buf_done(&scopes), out);
}

err_t mandate_end(struct ctx *c, const void *input, struct reply *out)
{
	const struct id_in *in = input;
	int64_t ended;
	TRY(access_in_person(c));
	TRY(identity_mandate_revoke(c, c->now, c->caller.subject_id, in->id, &ended));
	if (!ended) return RAISE(c, E_NOT_FOUND, &no_mandate);
	return record(c, "mandate_end", str_from_int(c->arena, in->id), STR_NONE, out);
}

/* The widest of several mandates counts: none of them takes back what another gives. */
err_t identity_mandate(
        struct ctx *c, int64_t subject_id, int64_t agent_id, const char *scope, bool *held, struct money *limit)
{
	struct identity_mandates_between_row *rows;
	struct ctx as = *c;
	size_t n;
	*held = false;
	*limit = FEN(0);
	TRY(identity_mandates_between(c, agent_id, subject_id, c->today, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		as.caller.scopes = rows[i].scopes;
		if (!access_has_scope(&as, scope)) continue;
		int64_t fen = rows[i].limit_fen == DB_NULL ? 0 : rows[i].limit_fen;
		if (!*held || fen == 0 || (limit->fen && fen > limit->fen)) *limit = FEN(fen);
		if (!fen) limit->fen = 0;
		*held = true;
		if (!fen) break;
	}
	return OK;
}
