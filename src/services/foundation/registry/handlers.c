#include "services/foundation/registry/handlers.h"
#include "kernel/access/access.h"
#include "kernel/crypto/crypto.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/keys/keys.h"
#include "kernel/outbox/outbox.h"
#include "kernel/policy/policy.h"
#include "kernel/receipt/receipt.h"
#include "registry_sql.h"

static const struct fault_def regulators = { "field-of-regulator", N_("{1}来自市场监管登记，税务局不能改"),
	N_("请先到市场监管部门变更，变更后这里自动更新"), N_("税收征收管理法 第十六条") };
static const struct fault_def by_rule = { "field-by-rule", N_("{1}按规则认定，不能直接改"),
	N_("条件变化后系统自动重新认定"), N_("增值税法 第九条") };
static const struct fault_def no_field = { "field-unknown", N_("没有“{1}”这个项目"),
	N_("可以变更：phone 联系电话、email 电子邮箱、business_address 生产经营地址、accounting_system 会计制度"),
	NULL };
static const struct fault_def bad_phone = { "phone", N_("联系电话是 7 到 20 位数字，可以有 + 和短横线"), NULL, NULL };
static const struct fault_def bad_email = { "email", N_("电子邮箱的格式不对，应如 name@example.com"), NULL, NULL };
static const struct fault_def bad_system = { "accounting-system", N_("会计制度只能是：{1}"), NULL,
	N_("税收征收管理法 第二十条") };
static const struct fault_def same_value = { "value-same", N_("和现在登记的内容一样，不用变更"), NULL, NULL };
static const struct fault_def has_account = { "account-exists", N_("这个账号已经报告过"), NULL, NULL };
static const struct fault_def no_account = { "account-unknown", N_("没有这个账户，或已经注销"), NULL, NULL };
static const struct fault_def unknown = { "taxpayer-unknown", N_("没有查到这个代码的登记信息"),
	N_("请对照营业执照核对 18 位代码"), NULL };
static const struct fault_def no_firm = { "no-registration", N_("您自己名下没有登记信息"),
	N_("个体工商户和单位才有；请先切换到要办理的单位"), NULL };
static const struct fault_def no_digits = { "account-digits", N_("账号只能是 9 到 32 位数字，可以有短横线"), NULL,
	NULL };

static bool phone_good(struct str s)
{
	size_t digits = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			digits++;
		else if (s.p[i] != '-' && s.p[i] != ' ' && !(s.p[i] == '+' && i == 0))
			return false;
	}
	return digits >= 7 && digits <= 20;
}

static bool email_good(struct str s)
{
	ptrdiff_t at = str_find(s, "@");
	if (at < 1 || s.n > 254) return false;
	struct str host = str_sub(s, (size_t)at + 1, s.n);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] == 127 || (s.p[i] == '@' && (ptrdiff_t)i != at)) return false;
	return host.n >= 4 && str_find(host, ".") > 0 && host.p[host.n - 1] != '.';
}

static const char *const systems[] = { "小企业会计准则", "企业会计准则", "企业会计制度", "个体工商户会计制度",
	"政府会计准则制度", "民间非营利组织会计制度", "农民专业合作社会计制度", "其他" };

static bool system_good(struct str s)
{
	for (size_t i = 0; i < COUNT(systems); i++)
		if (str_is(s, systems[i])) return true;
	return false;
}

/* The fields a taxpayer's file shows, and who has the say over them. */
enum say { SAY_REGULATOR, SAY_RULE, SAY_TAXPAYER };
static const struct known_field {
	const char *name, *title;
	enum say say;
	bool (*good)(struct str value);
	const struct fault_def *otherwise;
} known_fields[] = {
	{ "name", N_("名称"), SAY_REGULATOR, NULL, NULL },
	{ "address", N_("住所"), SAY_REGULATOR, NULL, NULL },
	{ "scope", N_("经营范围"), SAY_REGULATOR, NULL, NULL },
	{ "industry", N_("行业"), SAY_REGULATOR, NULL, NULL },
	{ "established_on", N_("成立日期"), SAY_REGULATOR, NULL, NULL },
	{ "representative", N_("法定代表人"), SAY_REGULATOR, NULL, NULL },
	{ "taxpayer_kind", N_("纳税人类型"), SAY_RULE, NULL, NULL },
	{ "vat_period", N_("增值税纳税期限"), SAY_RULE, NULL, NULL },
	{ "phone", N_("联系电话"), SAY_TAXPAYER, phone_good, &bad_phone },
	{ "email", N_("电子邮箱"), SAY_TAXPAYER, email_good, &bad_email },
	{ "business_address", N_("生产经营地址"), SAY_TAXPAYER, NULL, NULL },
	{ "accounting_system", N_("会计制度"), SAY_TAXPAYER, system_good, &bad_system },
};

static const struct known_field *known(struct str name)
{
	for (size_t i = 0; i < COUNT(known_fields); i++)
		if (str_is(name, known_fields[i].name)) return &known_fields[i];
	return NULL;
}

/* Words for codes that stand in values and sources. */
static struct str word(struct ctx *c, struct str code)
{
	static const struct choice words[] = {
		{ "regulator", N_("市场监管登记") },
		{ "taxpayer", N_("纳税人填报") },
		{ "rule", N_("按规则认定") },
		{ "officer", N_("税务人员") },
		{ "general", N_("一般纳税人") },
		{ "small", N_("小规模纳税人") },
		{ "month", N_("按月") },
		{ "quarter", N_("按季") },
		{ "normal", N_("正常") },
		{ "suspended", N_("停业") },
		{ "abnormal", N_("非正常户") },
		{ "closed", N_("注销") },
		{ "vat", N_("增值税") },
		{ "urban_construction", N_("城市维护建设税") },
		{ "education", N_("教育费附加") },
		{ "local_education", N_("地方教育附加") },
		{ "corporate_income", N_("企业所得税") },
		{ "business_income", N_("个人所得税（经营所得）") },
		{ "vat-by-taxpayer-kind", N_("增值税按纳税人类型定纳税期限（增值税法 第三十条）") },
		{ "surcharge-follows-vat", N_("附加税费随增值税申报（城市维护建设税法 第二条）") },
		{ "income-of-enterprise", N_("企业按季预缴企业所得税（企业所得税法 第五十四条）") },
		{ "income-of-household", N_("个体工商户按季预缴经营所得个人所得税（个人所得税法 第十二条）") },
		{ 0 },
	};
	for (const struct choice *w = words; w->code; w++)
		if (str_is(code, w->code)) return tr(c, w->label);
	return code;
}

err_t registry_receipt(struct ctx *c, enum act_kind kind, int64_t holder, struct str uscc, struct str what,
        struct str value, struct value *to)
{
	struct value *act = value_object(c->arena), *receipt;
	value_put_str(c->arena, act, "uscc", uscc);
	value_put_str(c->arena, act, "what", what);
	value_put_str(c->arena, act, "value", value);
	value_put_instant(c->arena, act, "at", c->now);
	TRY(receipt_issue(c, kind, holder, act, &receipt, NULL));
	value_put(c->arena, to, "receipt", receipt);
	return OK;
}

err_t registration_event(struct ctx *c, const void *input, struct reply *out)
{
	static const char *const words[] = { "created", "updated", "unchanged" };
	const struct registry_event *in = input;
	enum registry_outcome outcome;
	int64_t id;
	TRY(registry_take(c, in, &id, &outcome));
	out->value = value_object(c->arena);
	out->status = outcome == REGISTRY_CREATED ? 201 : 200;
	value_put_str(c->arena, out->value, "uscc", in->uscc);
	value_put_str(c->arena, out->value, "name", in->name);
	value_put_c(c->arena, out->value, "result", words[outcome]);
	enum act_kind kind = outcome == REGISTRY_CREATED ? ACT_REGISTERED : ACT_REGISTRATION_CHANGED;
	return registry_receipt(c, kind, id, in->uscc, S("registration"), in->name, out->value);
}

static err_t put_fields(struct ctx *c, int64_t id, struct value *to)
{
	struct value *list = value_put_array(c->arena, to, "fields");
	for (size_t i = 0; i < COUNT(known_fields); i++) {
		const struct known_field *k = &known_fields[i];
		struct registry_field_get_row f;
		bool found;
		TRY(registry_field_get(c, id, str_c(k->name), &f, &found));
		if (!found && k->say != SAY_TAXPAYER) continue;
		struct value *v = value_object(c->arena);
		value_put_c(c->arena, v, "field", k->name);
		value_put_str(c->arena, v, "title", tr(c, k->title));
		value_put_str(c->arena, v, "value", found ? f.value : S(""));
		value_put_str(c->arena, v, "value_title", found ? word(c, f.value) : S(""));
		value_put_str(c->arena, v, "source", found ? f.source : S("taxpayer"));
		value_put_str(c->arena, v, "source_title", word(c, found ? f.source : S("taxpayer")));
		value_put_bool(c->arena, v, "from_regulator", found && str_is(f.source, "regulator"));
		value_put(c->arena, v, "since",
		        found ? value_str(c->arena, instant_format(c->arena, f.since)) : value_null(c->arena));
		value_put_bool(c->arena, v, "own", k->say == SAY_TAXPAYER);
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
		const struct known_field *k = known(rows[i].field);
		if (!k) continue; /* inner ones: which rule decided */
		value_put_str(c->arena, v, "field", rows[i].field);
		value_put_str(c->arena, v, "title", tr(c, k->title));
		value_put_str(c->arena, v, "old", rows[i].old_value);
		value_put_str(c->arena, v, "new", rows[i].new_value);
		value_put_str(c->arena, v, "old_title", word(c, rows[i].old_value));
		value_put_str(c->arena, v, "new_title", word(c, rows[i].new_value));
		value_put_str(c->arena, v, "source", rows[i].source);
		value_put_str(c->arena, v, "source_title", word(c, rows[i].source));
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
		value_put_instant(c->arena, v, "since", accounts[i].added_at);
		value_push(c->arena, list, v);
	}
	TRY(registry_tax_types(c, id, &types, &n));
	list = value_put_array(c->arena, to, "tax_types");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "tax", types[i].tax);
		value_put_str(c->arena, v, "tax_title", word(c, types[i].tax));
		value_put_str(c->arena, v, "period", types[i].period);
		value_put_str(c->arena, v, "period_title", word(c, types[i].period));
		value_put_date(c->arena, v, "since", types[i].since);
		value_put_str(c->arena, v, "rule", types[i].rule);
		value_put_str(c->arena, v, "rule_title", word(c, types[i].rule));
		value_push(c->arena, list, v);
	}
	return OK;
}

err_t registry_elsewhere(struct ctx *c, int64_t taxpayer_id, struct registry_elsewhere **out, size_t *n)
{
	static const char *const here[] = { "vat", "urban_construction", "education", "local_education" };
	struct registry_tax_types_row *types;
	size_t all;
	*n = 0;
	TRY(registry_tax_types(c, taxpayer_id, &types, &all));
	*out = arena_array(c->arena, all + 1, sizeof **out);
	for (size_t i = 0; i < all; i++) {
		bool filed_here = !str_is(types[i].period, "quarter");
		for (size_t k = 0; k < COUNT(here); k++)
			filed_here |= str_is(types[i].tax, here[k]);
		if (!filed_here) (*out)[(*n)++] = (struct registry_elsewhere){ word(c, types[i].tax), types[i].since };
	}
	return OK;
}

/* Why this kind: the rule in words, with its amount and law from the policy package. */
static err_t put_kind(struct ctx *c, int64_t id, struct value *to)
{
	static const struct choice rules[] = {
		{ "general-by-sales", N_("年应征增值税销售额超过标准，登记为一般纳税人") },
		{ "general-by-choice", N_("会计核算健全，选择登记为一般纳税人") },
		{ "small-by-sales", N_("年应征增值税销售额未超过标准，为小规模纳税人") },
		{ 0 },
	};
	struct registry_field_get_row f;
	struct policy_citation why;
	int64_t threshold;
	bool found;
	TRY(registry_field_get(c, id, S("taxpayer_kind_rule"), &f, &found));
	struct value *v = value_put_object(c->arena, to, "kind_rule");
	value_put_str(c->arena, v, "rule", found ? f.value : STR_NONE);
	const char *title = "";
	for (const struct choice *r = rules; r->code; r++)
		if (found && str_is(f.value, r->code)) title = r->label;
	value_put_str(c->arena, v, "title", tr(c, title));
	bool known_rule = c->app->policy && policy_parameter(c->app->policy, "registration.general_threshold", c->today,
	                                            &threshold, &why);
	if (!known_rule) return OK;
	value_put_money(c->arena, v, "threshold", FEN(threshold));
	value_put_str(c->arena, v, "law", why.law);
	value_put_str(c->arena, v, "article", why.article);
	struct str cite = str_printf(c->arena, "%.*s %.*s", STR_FMT(why.law), STR_FMT(why.article));
	value_put_str(c->arena, v, "law_title", tr(c, why.article.n ? cite.p : str_dup(c->arena, why.law).p));
	return OK;
}

err_t registry_file(struct ctx *c, const struct taxpayer *t, struct value *to)
{
	value_put_str(c->arena, to, "uscc", t->uscc);
	value_put_str(c->arena, to, "name", t->name);
	value_put_str(c->arena, to, "status", t->status);
	value_put_str(c->arena, to, "status_title", word(c, t->status));
	value_put_bool(c->arena, to, "normal", t->normal);
	value_put_bool(c->arena, to, "general", t->general);
	value_put_bool(c->arena, to, "quarterly", t->quarterly);
	value_put_str(c->arena, to, "authority", t->authority);
	value_put_str(c->arena, to, "credit_grade", t->credit_grade);
	value_put_money(c->arena, to, "invoice_quota", t->quota);
	TRY(put_kind(c, t->id, to));
	TRY(put_fields(c, t->id, to));
	TRY(put_lists(c, t->id, to));
	return put_history(c, t->id, to);
}

err_t own_data(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	struct taxpayer t;
	bool found;
	TRY(access_open(c, c->caller.subject_id, "registration"));
	TRY(registry_taxpayer(c, c->caller.subject_id, &t, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &no_firm);
	out->value = value_object(c->arena);
	return registry_file(c, &t, out->value);
}

err_t own_view(struct ctx *c, const void *input, struct reply *out)
{
	(void)input;
	const struct value *typed = value_get(out->value, S("form"));
	struct str chosen = typed ? value_text(typed, "field") : STR_NONE;
	value_put_bool(c->arena, out->value, "any_account", value_at(value_get(out->value, S("accounts")), 0) != NULL);
	struct value *list = value_put_array(c->arena, out->value, "changeable");
	for (size_t i = 0; i < COUNT(known_fields); i++) {
		if (known_fields[i].say != SAY_TAXPAYER) continue;
		struct value *v = value_object(c->arena);
		value_put_c(c->arena, v, "field", known_fields[i].name);
		value_put_str(c->arena, v, "title", tr(c, known_fields[i].title));
		value_put_bool(c->arena, v, "chosen", str_is(chosen, known_fields[i].name));
		value_push(c->arena, list, v);
	}
	return OK;
}

/* OK if the taxpayer may set the field to this itself; a field of the regulator is refused with the pointer to it
 * (A04.e 2). */
static err_t may_change(struct ctx *c, const struct change_in *in)
{
	const struct known_field *k = known(in->field);
	if (!k) {
		FAULT(c, S("/field"), &no_field, in->field);
		return problem_result(&c->problem);
	}
	if (k->say != SAY_TAXPAYER) {
		const struct fault_def *def = k->say == SAY_REGULATOR ? &regulators : &by_rule;
		FAULT(c, S("/field"), def, str_c(k->title));
		return RAISE(c, E_CONFLICT, def, str_c(k->title));
	}
	if (k->good && !k->good(in->value)) {
		struct buf all;
		buf_init(&all, c->arena, 200);
		for (size_t i = 0; i < COUNT(systems); i++)
			buf_printf(&all, "%s%s", i ? "、" : "", systems[i]);
		FAULT(c, S("/value"), k->otherwise, buf_done(&all));
	}
	return problem_result(&c->problem);
}

static err_t tell(struct ctx *c, int64_t id, struct str field)
{
	struct value *body = value_object(c->arena);
	struct buf b;
	value_put_str(c->arena, body, "field", field);
	buf_init(&b, c->arena, 80);
	value_write_canonical(&b, body);
	return outbox_emit(c, "registration.changed", id, buf_done(&b));
}

err_t change(struct ctx *c, const void *input, struct reply *out)
{
	const struct change_in *in = input;
	struct registry_field_get_row old;
	struct taxpayer t;
	bool found;
	int64_t id = c->caller.subject_id;
	TRY(registry_taxpayer(c, id, &t, &found));
	if (!found) return RAISE(c, E_NOT_FOUND, &unknown);
	TRY(may_change(c, in));
	TRY(registry_field_get(c, id, in->field, &old, &found));
	if (found && str_eq(old.value, in->value)) {
		FAULT(c, S("/value"), &same_value);
		return problem_result(&c->problem);
	}
	TRY(registry_field_put(c, id, in->field, in->value, S("taxpayer"), c->now, NULL));
	TRY(registry_history_insert(c, id, db_new_id(c), in->field, found ? old.value : STR_NONE, in->value,
	        S("taxpayer"), c->caller.person_id, c->now, NULL));
	TRY(tell(c, id, in->field));
	out->value = value_object(c->arena);
	value_put_str(c->arena, out->value, "field", in->field);
	value_put_str(c->arena, out->value, "old", found ? old.value : STR_NONE);
	value_put_str(c->arena, out->value, "new", in->value);
	return registry_receipt(
	        c, ACT_REGISTRATION_CHANGED, id, c->caller.subject_tax_id, in->field, in->value, out->value);
}

/* Blanks and hyphens are for the eye. */
static struct str digits_of(struct ctx *c, struct str account)
{
	struct buf b;
	buf_init(&b, c->arena, account.n + 1);
	for (size_t i = 0; i < account.n; i++) {
		char ch = account.p[i];
		if (ch == '-' || ch == ' ') continue;
		if (ch < '0' || ch > '9') return STR_NONE;
		buf_char(&b, ch);
	}
	return buf_done(&b);
}

/* Account numbers are grade 3: what stands there is encrypted, so a known one is found by reading them. */
static err_t account_known(struct ctx *c, struct str digits, bool *there)
{
	struct registry_account_numbers_row *rows;
	size_t n;
	*there = false;
	TRY(registry_account_numbers(c, c->caller.subject_id, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		struct str old;
		TRY(keys_decrypt(c->app->keys, c->arena, rows[i].account_no, &old));
		if (str_eq(old, digits)) *there = true;
	}
	return OK;
}

err_t account_add(struct ctx *c, const void *input, struct reply *out)
{
	const struct account_in *in = input;
	struct str digits = digits_of(c, in->account);
	bool there = false;
	if (digits.n < 9 || digits.n > 32)
		FAULT(c, S("/account"), &no_digits);
	else
		TRY(account_known(c, digits, &there));
	if (there) FAULT(c, S("/account"), &has_account);
	TRY(problem_result(&c->problem));
	struct str tail = str_dup(c->arena, str_sub(digits, digits.n - 4, 4));
	int64_t id = db_new_id(c);
	TRY(registry_account_insert(c, c->caller.subject_id, id, in->bank, keys_encrypt(c->app->keys, c->arena, digits),
	        tail, c->now, NULL));
	TRY(tell(c, c->caller.subject_id, S("bank_account")));
	out->value = value_object(c->arena);
	out->status = 201;
	value_put_str(c->arena, out->value, "id", str_from_int(c->arena, id));
	value_put_str(c->arena, out->value, "tail", tail);
	return registry_receipt(c, ACT_REGISTRATION_CHANGED, c->caller.subject_id, c->caller.subject_tax_id,
	        S("bank_account"), tail, out->value);
}

err_t account_end(struct ctx *c, const void *input, struct reply *out)
{
	const struct account_id_in *in = input;
	int64_t ended;
	TRY(registry_account_end(c, c->now, c->caller.subject_id, in->id, &ended));
	if (!ended) return RAISE(c, E_NOT_FOUND, &no_account);
	TRY(tell(c, c->caller.subject_id, S("bank_account")));
	out->value = value_object(c->arena);
	value_put_bool(c->arena, out->value, "ended", true);
	return registry_receipt(c, ACT_REGISTRATION_CHANGED, c->caller.subject_id, c->caller.subject_tax_id,
	        S("bank_account_ended"), str_from_int(c->arena, in->id), out->value);
}
