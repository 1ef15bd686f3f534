/* What people look for and this bureau does not do online yet: an honest answer and where to go instead of nothing. A
 * task that gets its page here leaves this list. */
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/search/search.h"
#include "services/information/portal/parts.h"

static const char at_hall[] = N_("请到主管税务机关的办税服务厅办理；要带哪些材料，先拨打 12366 问清"),
                  at_other_taxes[] =
                          N_("这里现在只能申报增值税及附加税费；请到主管税务机关的办税服务厅申报，或拨打 12366 询问");

const struct elsewhere elsewhere_list[] = {
	{ "refund", N_("退税"), at_hall, "退税 退抵税 多缴 误收多缴 留抵 留抵退税 tax-refund refund" },
	{ "deregistration", N_("注销税务登记"), at_hall,
	        "注销 税务注销 清税 清税证明 关店 deregister deregistration close-company" },
	{ "departure_refund", N_("境外旅客购物离境退税"),
	        N_("买东西时凭护照向退税商店要离境退税申请单，离境时在口岸的海关和退税点办理；问题可拨打 12366"),
	        "离境退税 护照 旅客 购物退税 passport tourist tourist-refund departure-refund refund tax-free" },
	{ "export_refund", N_("出口退（免）税"), at_hall, "出口退税 出口免税 export export-refund" },
	{ "personal_income", N_("个人所得税"),
	        N_("请用国家税务总局的“个人所得税”手机应用办理；劳务报酬等扣缴的问题可拨打 12366"),
	        "个税 个人所得税 汇算 年度汇算 专项附加扣除 individual-income-tax income-tax" },
	{ "corporate_income", N_("企业所得税申报"), at_other_taxes,
	        "企业所得税 企税 汇算清缴 企业所得税申报 corporate-income-tax income-tax" },
	{ "other_taxes", N_("其他税种申报"), at_other_taxes,
	        "印花税 房产税 土地使用税 车船税 契税 消费税 环保税 资源税 土地增值税 车辆购置税 购置税 财产行为税 "
	        "stamp-duty property-tax consumption-tax" },
	{ "social_insurance", N_("社会保险费"),
	        N_("请到社保费征收的办税服务厅或社保经办机构办理，或拨打 12366、12333 询问"),
	        "社保 社保费 社会保险 医保 养老保险 social-insurance" },
	{ "changes", N_("变更登记"),
	        N_("名称、地址、法定代表人先到市场监管部门变更；其他的到主管税务机关的办税服务厅办理，或拨打 12366 "
	           "询问"),
	        "变更 变更登记 变更税务登记 改名称 改地址 改法人 迁移 跨区迁移 change-registration" },
	{ "general_payer", N_("登记为一般纳税人"), at_hall, "一般纳税人 一般纳税人登记 转一般纳税人 general-taxpayer" },
	{ "cross_region", N_("跨区域涉税事项报告"), at_hall, "外经证 跨区域 跨区域涉税 异地施工" },
	{ "relief", N_("减免税备案"), at_hall, "减免税 税收优惠 优惠备案 减税 免税备案 tax-relief" },
	{ "deferral", N_("延期申报、延期缴纳税款"), at_hall, "延期 延期申报 延期缴纳 缓缴 extension deferral" },
	{ "appointment", N_("预约到办税服务厅办理"), N_("请拨打办税服务厅的电话或 12366 预约"),
	        "预约 预约办税 排号 appointment" },
	{ "residency", N_("税收居民身份证明"), at_hall, "居民身份证明 税收居民 tax-residency" },
};
const size_t n_elsewhere = COUNT(elsewhere_list);

const struct elsewhere *elsewhere_of(struct str id)
{
	for (size_t i = 0; i < n_elsewhere; i++)
		if (str_is(id, elsewhere_list[i].id)) return &elsewhere_list[i];
	return NULL;
}
