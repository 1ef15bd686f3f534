#include "services/foundation/registry/handlers.h"
#include "kernel/access/access.h"
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/keys/keys.h"
#include "kernel/receipt/receipt.h"
#include "registry_sql.h"

static const struct fault_def regulators = { "field-of-regulator", N_("{1}来自市场监管登记，税务局不能改"),
	N_("请先到市场监管部门变更，变更后这里自动更新"), N_("税收征收管理法 第十六条") };
static const struct fault_def no_field = { "field-unknown", N_("没有“{1}”这个项目"),
	N_("可以变更：phone 联系电话、accounting_system 会计制度"), NULL };
static const struct fault_def unknown = { "taxpayer-unknown", N_("没有查到这个代码的登记信息"),
	N_("请对照营业执照核对 18 位代码"), NULL };
static const struct fault_def no_digits = { "account-digits", N_("账号只能是 9 到 32 位数字，可以有短横线"), NULL,
	NULL };

/* The fields a taxpayer file shows, with their titles and who may change them. */
static const struct {
	const char *name, *title;
	bool own;
} known_fields[] = {
	{ "name", N_("名称"), false },
	{ "address", N_("住所"), false },
	{ "scope", N_("经营范围"), false },
	{ "industry", N_("行业"), false },
	{ "established_on", N_("成立日期"), false },
	{ "representative", N_("法定代表人"), false },
	{ "phone", N_("联系电话"), true },
	{ "accounting_system", N_("会计制度"), true },
};

static err_t record(struct ctx *c, enum act_kind kind, int64_t holder, struct str uscc, struct str what,
        struct str value, struct reply *out)
{
	struct value *act = value_object(c->arena), *receipt;
	value_put_str(c->arena, act, "uscc", uscc);
	value_put_str(c->arena, act, "what", what);
	value_put_str(c->arena, act, "value", value);
	value_put_instant(c->arena, act, "at", c->now);
	TRY(receipt_issue(c, kind, holder, act, &receipt, NULL));
	value_put(c->arena, out->value, "receipt", receipt);
	return OK;
}

err_t registration_event(struct ctx *c, const void *input, struct reply *out)
{
	const struct registry_event *in = input;
	int64_t id;
	TRY(registry_register(c, in, &id));
	out->value = value_object(c->arena);
	out->status = 201;
	value_put_str(c->arena, out->value, "uscc", in->uscc);
	value_put_str(c->arena, out->value, "name", in->name);
	return record(c, ACT_REGISTERED, id, in->uscc, S("registration"), in->name, out);
}

static err_t put_fields(struct ctx *c, int64_t id, struct value *to)
{
	struct value *list = value_put_array(c->arena, to, "fields");
	for (size_t i = 0; i < COUNT(known_fields); i++) {
		struct registry_field_get_row f;
		bool found;
		TRY(registry_field_get(c, id, str_c(known_fields[i].name), &f, &found));
		if (!found && !known_fields[i].own) continue;
		struct value *v = value_object(c->arena);
		value_put_c(c->arena, v, "field", known_fields[i].name);
		value_put_c(c->arena, v, "title", known_fields[i].title);
		value_put_str(c->arena, v, "value", found ? f.value : S(""));
		value_put_str(c->arena, v, "source", found ? f.source : S("taxpayer"));
		value_put_bool(c->arena, v, "from_regulator", found && str_is(f.source, "regulator"));
		value_put(c->arena, v, "since",
		        found ? value_str(c->arena, instant_format(c->arena, f.since)) : value_null(c->arena));
		value_put_bool(c->arena, v, "own", known_fields[i].own);
		value_push(c->arena, list, v);
	}
	return OK;
}

static err_t put_history(struct ctx *c, int64_t id, struct value *to)
{
	struct registry_history_row *rows;
	size_t n;
	TRY(registry_history(c, id, &rows, &n));
	struct value *list = value_put_array(c->arena, to, "history");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "field", rows[i].field);
		value_put_str(c->arena, v, "old", rows[i].old_value);
		value_put_str(c->arena, v, "new", rows[i].new_value);
		value_put_str(c->arena, v, "source", rows[i].source);
		value_put_instant(c->arena, v, "at", rows[i].at);
		value_push(c->arena, list, v);
	}
	return OK;
}

static err_t put_lists(struct ctx *c, int64_t id, struct value *to)
{
	struct registry_accounts_row *accounts;
	struct registry_tax_types_row *types;
	size_t n;
	TRY(registry_accounts(c, id, &accounts, &n));
	struct value *list = value_put_array(c->arena, to, "accounts");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "id", str_from_int(c->arena, accounts[i].account_id));
		value_put_str(c->arena, v, "bank", accounts[i].bank);
		value_put_str(c->arena, v, "tail", accounts[i].account_tail);
		value_push(c->arena, list, v);
	}
	TRY(registry_tax_types(c, id, &types, &n));
	list = value_put_array(c->arena, to, "tax_types");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "tax", types[i].tax);
		value_put_str(c->arena, v, "period", types[i].period);
		value_put_date(c->arena, v, "since", types[i].since);
		value_put_str(c->arena, v, "rule", types[i].rule);
		value_push(c->arena, list, v);
	}
	return OK;
}

err_t own_data(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	struct taxpayer t;
	bool found;
	int64_t id = c->caller.subject_id;
	TRY(access_open(c, id, "registration"));
	TRY(registry_taxpayer(c, id, &t, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &unknown);
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "uscc", t.uscc);
	value_put_str(c->arena, out->value, "name", t.name);
	value_put_str(c->arena, out->value, "status", t.status);
	value_put_bool(c->arena, out->value, "general", t.general);
	value_put_bool(c->arena, out->value, "quarterly", t.quarterly);
	value_put_str(c->arena, out->value, "authority", t.authority);
	value_put_str(c->arena, out->value, "credit_grade", t.credit_grade);
	value_put_money(c->arena, out->value, "invoice_quota", t.quota);
	TRY(put_fields(c, id, out->value));
	TRY(put_lists(c, id, out->value));
	return put_history(c, id, out->value);
}

/* OK if the taxpayer may change the field itself; a field of the regulator is refused with the pointer to it (A04.e 2).
 */
static err_t may_change(struct ctx *c, struct str field)
{
	for (size_t i = 0; i < COUNT(known_fields); i++) {
		if (!str_is(field, known_fields[i].name)) continue;
		return known_fields[i].own ? OK : RAISE(c, E_CONFLICT, &regulators, str_c(known_fields[i].title));
	}
	FAULT(c, S("/field"), &no_field, field);
	return problem_result(&c->problem);
}

err_t change(struct ctx *c, const void *input, struct reply *out)
{
	const struct change_in *in = input;
	struct registry_field_get_row old;
	bool found;
	int64_t id = c->caller.subject_id;
	TRY(may_change(c, in->field));
	TRY(registry_field_get(c, id, in->field, &old, &found));
	TRY(registry_field_put(c, id, in->field, in->value, S("taxpayer"), c->now, NULL));
	TRY(registry_history_insert(c, id, db_new_id(c), in->field, found ? old.value : STR_NONE, in->value,
	        S("taxpayer"), c->caller.person_id, c->now, NULL));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "field", in->field);
	value_put_str(c->arena, out->value, "old", found ? old.value : STR_NONE);
	value_put_str(c->arena, out->value, "new", in->value);
	return record(c, ACT_REGISTRATION_CHANGED, id, c->caller.subject_tax_id, in->field, in->value, out);
}

err_t account_add(struct ctx *c, const void *input, struct reply *out)
{
	const struct account_in *in = input;
	for (size_t i = 0; i < in->account.n; i++)
		if ((in->account.p[i] < '0' || in->account.p[i] > '9') && in->account.p[i] != '-') {
			FAULT(c, S("/account"), &no_digits);
			return problem_result(&c->problem);
		}
	struct str tail = str_dup(c->arena, str_sub(in->account, in->account.n - 4, 4));
	int64_t id = db_new_id(c);
	TRY(registry_account_insert(c, c->caller.subject_id, id, in->bank,
	        keys_encrypt(c->app->keys, c->arena, in->account), tail, c->now, NULL));
	out->value = value_object(c->arena);
	out->status = 201;
	value_put_str(c->arena, out->value, "id", str_from_int(c->arena, id));
	value_put_str(c->arena, out->value, "tail", tail);
	return record(c, ACT_REGISTRATION_CHANGED, c->caller.subject_id, c->caller.subject_tax_id, S("bank_account"),
	        tail, out);
}

/* The answer is signed, so that the asker can prove later what the bureau said (A04.d). Never phone or personal
 * numbers. */
err_t public_check(struct ctx *c, const void *input, struct reply *out)
{
	const struct uscc_in *in = input;
	struct taxpayer t;
	bool found;
	TRY(registry_taxpayer_by_uscc(c, in->uscc, &t, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &unknown);
	out->value = value_object(c->arena);
	struct value *answer = value_put_object(c->arena, out->value, "answer");
	value_put_str(c->arena, answer, "uscc", t.uscc);
	value_put_str(c->arena, answer, "name", t.name);
	value_put_str(c->arena, answer, "status", t.status);
	value_put_bool(c->arena, answer, "general_vat_payer", t.general);
	value_put_str(c->arena, answer, "authority", t.authority);
	value_put_date(c->arena, answer, "registered_on", t.registered_on);
	value_put(c->arena, answer, "credit_grade",
	        str_is(t.credit_grade, "A") ? value_str(c->arena, S("A")) : value_null(c->arena));
	value_put_instant(c->arena, answer, "answered_at", c->now);
	struct buf bytes;
	buf_init(&bytes, c->arena, 512);
	value_write_canonical(&bytes, answer);
	struct value *signature = value_put_object(c->arena, out->value, "signature");
	value_put_c(c->arena, signature, "suite", "SM2-SM3");
	value_put_c(c->arena, signature, "over", "JCS of /answer");
	value_put_str(c->arena, signature, "value", keys_sm2_sign_base64(c->app->keys, c->arena, buf_done(&bytes)));
	return OK;
}

err_t public_search(struct ctx *c, const void *input, struct reply *out)
{
	const struct uscc_in *in = input;
	if (in->uscc.p) return public_check(c, input, out);
	out->value = value_object(c->arena);
	return OK;
}
