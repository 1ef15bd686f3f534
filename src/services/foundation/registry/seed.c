/* The parties of requirements/plan.md §2, and a legal representative for each firm (invented, valid numbers of area
 * 330106). */
#include "base/ids.h"
#include "kernel/ctx/app.h"
#include "kernel/sandbox/sandbox.h"
#include "services/foundation/identity/identity.h"
#include "services/foundation/registry/handlers.h"

static const struct {
	const char *uscc, *name, *kind, *period, *address, *scope, *representative, *industry;
} firms[] = {
	{ "91330100MA2H000142", "海川精密机械有限公司", "general", "month", "浙江省杭州市滨江区江陵路 1 号",
	        "精密机械制造、销售", "周海川", "3429" },
	{ "92330106MA2H00022G", "小满面包房", "small", "quarter", "浙江省杭州市西湖区文三路 2 号", "烘焙食品零售",
	        "林小满", "6291" },
	{ "91330200MA2H00030W", "远帆纺织进出口有限公司", "general", "month", "浙江省宁波市海曙区药行街 3 号",
	        "纺织品进出口", "沈远帆", "5131" },
	{ "91310101MA1F000453", "云杉商场有限公司", "general", "month", "上海市黄浦区南京东路 4 号", "百货零售",
	        "许云杉", "5211" },
	{ "91330100MA2H00057F", "正衡税务师事务所", "general", "month", "浙江省杭州市上城区庆春路 5 号", "涉税专业服务",
	        "郑衡", "7241" },
	{ "91330110MA2H00065R", "拾光电商平台", "general", "month", "浙江省杭州市余杭区文一西路 6 号",
	        "互联网零售平台服务", "方拾光", "6432" },
};

static struct str representative_id(struct ctx *c, size_t i)
{
	struct str body = str_printf(c->arena, "3301061975%02zu15%03zu", i + 1, 10 * i + 11);
	return str_printf(c->arena, "%.*s%c", STR_FMT(body), ids_resident_check(body));
}

static err_t person(struct ctx *c, const char *name, struct str resid, struct str hash, int64_t *id)
{
	struct party party;
	bool found;
	TRY(identity_party_by_tax_id(c, resid, &party, &found));
	*id = party.id;
	if (found) return OK;
	TRY(identity_party_add(c, true, str_c(name), resid, id));
	return identity_credential_add(c, *id, hash);
}

static err_t firm(struct ctx *c, size_t i, struct str hash, int64_t *id)
{
	struct str representative = representative_id(c, i);
	int64_t ignored;
	TRY(person(c, firms[i].representative, representative, hash, &ignored));
	struct registry_event e = { .uscc = str_c(firms[i].uscc),
		.name = str_c(firms[i].name),
		.address = str_c(firms[i].address),
		.scope = str_c(firms[i].scope),
		.industry = str_c(firms[i].industry),
		.phone = S("0571-88880000"),
		.representative_name = str_c(firms[i].representative),
		.representative_id = representative,
		.established_on = { 2020, 6, 1 },
		.taxpayer_kind = str_c(firms[i].kind),
		.vat_period = str_c(firms[i].period) };
	return registry_register(c, &e, id);
}

/* What GET /sandbox tells: at every start, whether the parties are new or not. */
static void show(struct sandbox *s)
{
	static const char *const keys[] = { "T1", "T2", "T3", "T4", "T5", "T6" };
	for (size_t i = 0; i < COUNT(firms); i++)
		sandbox_party(s, keys[i], firms[i].uscc, firms[i].name, firms[i].scope);
	sandbox_party(s, "P1", "330106199003070014", "王小明", "海川精密机械有限公司的办税员");
	sandbox_party(s, "P2", "330106198511120028", "李静", "自由职业的设计师，消费者");
	sandbox_party(s, "O1", "33010619800101003X", "赵老师", "税务人员：办税服务");
	sandbox_party(s, "O2", "330106198203040042", "钱老师", "税务人员：安全审计");
	sandbox_party(s, "L1", "330106197905060051", "孙老师", "税务人员：有奖发票经办");
	sandbox_party(s, "L2", "330106198506070062", "周老师", "税务人员：有奖发票复核");
}

err_t registry_seed(struct ctx *c)
{
	show(c->app->sandbox);
	struct party there;
	bool found;
	int64_t ids[COUNT(firms)], p1, p2, o1, o2, l1, l2;
	TRY(identity_party_by_tax_id(c, str_c(firms[0].uscc), &there, &found));
	if (found) return OK;
	/* One hash for all sandbox accounts: Argon2 is slow on purpose and start must not be. */
	struct str hash = identity_password_hash(c, S("sandbox"));
	TRY(person(c, "王小明", S("330106199003070014"), hash, &p1));
	TRY(person(c, "李静", S("330106198511120028"), hash, &p2));
	TRY(person(c, "赵老师", S("33010619800101003X"), hash, &o1));
	TRY(identity_officer_add(c, o1, S("13301060000"), S("registration")));
	/* Who handles cases does not read the security log (三员分立, GB/T 22239-2019). */
	TRY(person(c, "钱老师", S("330106198203040042"), hash, &o2));
	TRY(identity_officer_add(c, o2, S("13301060000"), S("security")));
	/* The lottery's money and public values take two, who do no other work (三员分立). */
	TRY(person(c, "孙老师", S("330106197905060051"), hash, &l1));
	TRY(identity_officer_add(c, l1, S("13301060000"), S("lottery")));
	TRY(person(c, "周老师", S("330106198506070062"), hash, &l2));
	TRY(identity_officer_add(c, l2, S("13301060000"), S("lottery")));
	for (size_t i = 0; i < COUNT(firms); i++)
		TRY(firm(c, i, hash, &ids[i]));
	return identity_role_grant(c, ids[0], p1, "tax_clerk");
}
