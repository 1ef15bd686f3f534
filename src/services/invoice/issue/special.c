#include "services/invoice/issue/special.h"
#include "base/ids.h"
#include "services/invoice/issue/write.h"
#include <string.h>

static const struct choice yes_no[] = { { "Y", N_("是") }, { "N", N_("否") }, { 0 } };
static const struct choice vehicle_kinds[] = { { "1", N_("铁路运输") }, { "2", N_("公路运输") },
	{ "3", N_("水路运输") }, { "4", N_("航空运输") }, { "5", N_("管道运输") }, { "6", N_("其他运输工具") }, { 0 } };
static const struct choice transports[] = { { "1", N_("飞机") }, { "2", N_("火车") }, { "3", N_("长途汽车") },
	{ "4", N_("公共交通") }, { "5", N_("出租车") }, { "6", N_("汽车") }, { "7", N_("船舶") }, { "9", N_("其他") },
	{ 0 } };
static const struct choice documents[] = { { "201", N_("居民身份证") }, { "202", N_("军官证") },
	{ "208", N_("外国护照") }, { "210", N_("港澳居民来往内地通行证") }, { "213", N_("台湾居民来往大陆通行证") },
	{ "227", N_("中国护照") }, { "233", N_("外国人永久居留身份证") }, { "237", N_("港澳居民居住证") },
	{ "238", N_("台湾居民居住证") }, { "299", N_("其他个人证件") }, { 0 } };

#define TABLE_ROW(n, most, kind, words, element, list) { #n, words, element, kind, list },
const struct special_field special_table[SPECIAL_N] = { SPECIAL_FIELDS(TABLE_ROW) };

#define FIELD_ROW(n, most, kind, words, element, list)                                                                 \
	{ #n, (kind) == SPECIAL_CHOICE ? FIELD_ENUM : FIELD_TEXT, AT(struct special_item, v[SPECIAL_##n]),             \
		.max = most, .label = words, .choices = list },
const struct field special_fields[] = { SPECIAL_FIELDS(FIELD_ROW){ 0 } };

const char *special_choice_label(enum special_index i, struct str code)
{
	for (const struct choice *o = special_table[i].choices; o && o->code; o++)
		if (str_is(code, o->code)) return o->label;
	return NULL;
}

/* --- kinds --- */

static const struct special_kind kinds[] = {
	{ "ordinary", "电子发票（普通发票）", N_("普通发票"), "32", false },
	{ "special", "电子发票（增值税专用发票）", N_("增值税专用发票"), "31", true },
	{ "vehicle", "电子发票（机动车销售统一发票）", N_("机动车销售统一发票"), "83", true },
	{ "used_car", "电子发票（二手车销售统一发票）", N_("二手车销售统一发票"), "84", false },
};

const struct special_kind *special_kind(struct str word)
{
	for (size_t i = 1; i < COUNT(kinds); i++)
		if (str_is(word, kinds[i].word)) return &kinds[i];
	return &kinds[0];
}

struct str special_class(struct str kind)
{
	return special_kind(kind)->deductible ? S("special") : S("ordinary");
}

/* --- businesses --- */

#define MUST(name)                                                                                                     \
	{                                                                                                              \
		SPECIAL_##name, true                                                                                   \
	}
#define MAY(name)                                                                                                      \
	{                                                                                                              \
		SPECIAL_##name, false                                                                                  \
	}
#define USES(...)                                                                                                      \
	.uses = { __VA_ARGS__ }, .n_uses = sizeof((struct special_use[]){ __VA_ARGS__ }) / sizeof(struct special_use)
#define VEHICLE_CODES "10903"

/* Which fields are obligatory is marked in domain/invoice.md §3.7 for 03 and 04 only; for the others we ask for what
 * the business is about (assumed). 22 (air itinerary) is issued by carriers' own systems and only read here. */
static const struct special_business businesses[] = {
	{ "refined_oil", "01", N_("成品油"), "RefinedOil", .tax_code = "1070101", .units = "升 吨",
	        .flags = SPECIAL_QUANTITY },
	{ "rare_earth", "02", N_("稀土"), "RareEarth", .units = "公斤 吨", .flags = SPECIAL_QUANTITY },
	{ "construction", "03", N_("建筑服务"), "ConstructionServices", .tax_code = "305",
	        USES(MUST(place), MUST(project), MAY(land_tax_no), MAY(cross_city)) },
	{ "freight", "04", N_("货物运输服务"), "FreightServices", .tax_code = "301", .flags = SPECIAL_LIST,
	        USES(MUST(from), MUST(to), MAY(vehicle_kind), MAY(plate), MAY(goods)) },
	{ "real_estate_sale", "05", N_("不动产销售"), "RealEstateSale", .tax_code = "5", .flags = SPECIAL_UNIT,
	        USES(MUST(address), MAY(title_no), MAY(unit_code), MAY(contract_no), MAY(cross_city), MAY(land_tax_no),
	                MAY(assessed_price), MAY(actual_price)) },
	{ "real_estate_lease", "06", N_("不动产经营租赁服务"), "RealEstateLease", .tax_code = "304050202",
	        .flags = SPECIAL_QUANTITY,
	        USES(MUST(address), MUST(lease_from), MUST(lease_to), MAY(title_no), MAY(cross_city)) },
	{ "vessel_tax", "07", N_("代收车船税"), "VehicleAndVesselTaxCollection", .tax_code = "306",
	        USES(MUST(policy_no), MUST(plate), MUST(period), MAY(chassis_no), MUST(tax), MAY(late_fee),
	                MUST(total)) },
	{ "toll", "08", N_("通行费"), "Toll", .tax_code = "304050202", .flags = SPECIAL_LIST | SPECIAL_ORDINARY,
	        USES(MUST(plate), MUST(vehicle_class), MUST(passage_from), MUST(passage_to)) },
	{ "passenger", "09", N_("旅客运输服务"), "PassengerTransport", .tax_code = "301", .flags = SPECIAL_LIST,
	        USES(MUST(traveller), MAY(document_type), MAY(document_no), MUST(travel_date), MUST(from), MUST(to),
	                MUST(transport), MAY(seat_class)) },
	{ "hospital", "10", N_("医疗服务（住院）"), "MedicalInpatient", .tax_code = "3070202",
	        .flags = SPECIAL_ORDINARY,
	        USES(MUST(patient), MAY(document_type), MAY(document_no), MUST(hospital_no), MUST(admitted_on),
	                MUST(discharged_on), MAY(insurance_paid), MAY(personal_account), MAY(personal_paid)) },
	{ "clinic", "11", N_("医疗服务（门诊）"), "MedicalOutpatient", .tax_code = "3070202", .flags = SPECIAL_ORDINARY,
	        USES(MUST(patient), MAY(document_type), MAY(document_no), MAY(hospital_no), MUST(visited_on),
	                MAY(insurance_paid), MAY(personal_account), MAY(personal_paid)) },
	{ "own_produce", "12", N_("自产农产品销售"), "SelfProducedFarmProduce", .tax_code = "101",
	        .flags = SPECIAL_NO_TAX | SPECIAL_ORDINARY },
	{ "tractor", "13", N_("拖拉机和联合收割机"), "TractorAndCombine", .flags = SPECIAL_QUANTITY,
	        USES(MUST(engine_no), MUST(chassis_no)) },
	{ "motor_vehicle", "14", N_("机动车"), "MotorVehicle", .tax_code = VEHICLE_CODES,
	        .flags = SPECIAL_QUANTITY | SPECIAL_VIN_IN_SPEC },
	{ "used_car_trade", "15", N_("二手车"), "UsedVehicle", .tax_code = VEHICLE_CODES,
	        .flags = SPECIAL_DEALER | SPECIAL_VIN_IN_SPEC, USES(MUST(plate), MUST(registration_no)) },
	{ "produce_purchase", "16", N_("农产品收购"), "FarmProducePurchase", .tax_code = "101",
	        .flags = SPECIAL_SWAPS | SPECIAL_NO_TAX | SPECIAL_ORDINARY },
	{ "solar_purchase", "17", N_("光伏收购"), "PhotovoltaicPurchase", .tax_code = "11001",
	        .flags = SPECIAL_SWAPS | SPECIAL_QUANTITY | SPECIAL_ORDINARY | SPECIAL_PERSON },
	{ "cigarettes", "18", N_("卷烟"), "Cigarettes", .tax_code = "1030402", .flags = SPECIAL_QUANTITY },
	{ "export", "19", N_("出口"), "Export", .flags = SPECIAL_NO_TAX | SPECIAL_ORDINARY,
	        USES(MUST(contract_no), MUST(trade_term), MUST(currency), MAY(customs_no)) },
	{ "produce", "20", N_("农产品"), "FarmProduce", .tax_code = "101" },
	{ "scrap_purchase", "24", N_("报废产品收购"), "ScrapPurchase",
	        .flags = SPECIAL_SWAPS | SPECIAL_ORDINARY | SPECIAL_PERSON },
	{ "used_car_special", "31", N_("二手车*"), "UsedVehicleSpecial", .kind = "special", .tax_code = VEHICLE_CODES,
	        .flags = SPECIAL_DEALER | SPECIAL_VIN_IN_SPEC },
	{ "reverse", "52", N_("反向开具"), "ReverseIssuing", .flags = SPECIAL_SWAPS | SPECIAL_ORDINARY },
	{ "vehicle_sale", "83", N_("机动车销售"), "MotorVehicleSale", .kind = "vehicle", .tax_code = VEHICLE_CODES,
	        .flags = SPECIAL_QUANTITY,
	        USES(MUST(vin), MUST(brand_model), MAY(certificate_no), MAY(import_no), MUST(engine_no), MUST(seats),
	                MAY(tonnage), MUST(vehicle_class)) },
	{ "used_car_sale", "84", N_("二手车销售"), "UsedVehicleSale", .kind = "used_car", .tax_code = VEHICLE_CODES,
	        .flags = SPECIAL_DEALER,
	        USES(MUST(vin), MUST(plate), MUST(registration_no), MUST(brand_model), MUST(transfer_office),
	                MAY(market)) },
};
const struct choice special_choices[] = {
	{ "refined_oil", N_("成品油") },
	{ "rare_earth", N_("稀土") },
	{ "construction", N_("建筑服务") },
	{ "freight", N_("货物运输服务") },
	{ "real_estate_sale", N_("不动产销售") },
	{ "real_estate_lease", N_("不动产经营租赁服务") },
	{ "vessel_tax", N_("代收车船税") },
	{ "toll", N_("通行费") },
	{ "passenger", N_("旅客运输服务") },
	{ "hospital", N_("医疗服务（住院）") },
	{ "clinic", N_("医疗服务（门诊）") },
	{ "own_produce", N_("自产农产品销售") },
	{ "tractor", N_("拖拉机和联合收割机") },
	{ "motor_vehicle", N_("机动车") },
	{ "used_car_trade", N_("二手车") },
	{ "produce_purchase", N_("农产品收购") },
	{ "solar_purchase", N_("光伏收购") },
	{ "cigarettes", N_("卷烟") },
	{ "export", N_("出口") },
	{ "produce", N_("农产品") },
	{ "scrap_purchase", N_("报废产品收购") },
	{ "used_car_special", N_("二手车*") },
	{ "reverse", N_("反向开具") },
	{ "vehicle_sale", N_("机动车销售") },
	{ "used_car_sale", N_("二手车销售") },
	{ 0 },
};

const struct special_business *special_find(struct str word)
{
	for (size_t i = 0; word.p && i < COUNT(businesses); i++)
		if (str_is(word, businesses[i].word)) return &businesses[i];
	return NULL;
}

const struct special_business *special_of_kind(struct str kind)
{
	for (size_t i = 0; kind.p && !str_is(kind, "special") && i < COUNT(businesses); i++)
		if (businesses[i].kind && str_is(kind, businesses[i].kind)) return &businesses[i];
	return NULL;
}

bool special_swaps(struct str word)
{
	const struct special_business *b = special_find(word);
	return b && (b->flags & SPECIAL_SWAPS);
}

/* 成品油: petrol to lubricants, and oil products as a whole (domain/invoice.md §3.7 01, §5.3). */
const struct special_business *special_demanded(struct str tax_code)
{
	enum { OILS = 7 };
	const char *p = tax_code.p;
	bool oil = tax_code.n > OILS + 1 && memcmp(p, "1070101", OILS) == 0 && p[OILS] == '0' && p[OILS + 1] <= '7';
	return oil ? special_find(S("refined_oil")) : NULL;
}

void special_imply(struct issue_in *in)
{
	const struct special_business *all = in->n_lines ? special_demanded(in->lines[0].tax_code) : NULL;
	for (size_t i = 1; all && i < in->n_lines; i++)
		if (special_demanded(in->lines[i].tax_code) != all) return;
	if (all && !in->business.p) in->business = str_c(all->word);
}

/* --- checks --- */

static const struct fault_def missing = { "special-missing", N_("{1}要填{2}"), NULL, N_("税务总局公告2024年第11号") };
static const struct fault_def not_here = { "special-unknown", N_("{1}没有“{2}”这一项，请留空"), NULL, NULL };
static const struct fault_def bad_value = { "special-form", N_("{1}写得不对，应为{2}"), NULL, NULL };
static const struct fault_def no_business = { "special-business", N_("先选特定业务，再填它的内容"), NULL, NULL };
static const struct fault_def one_row = { "special-rows", N_("{1}只填一组内容"), NULL, NULL };
static const struct fault_def wrong_order = { "special-order", N_("{1}不能早于{2}"), NULL, NULL };
static const struct fault_def wrong_sum = { "special-sum", N_("合计应等于车船税加滞纳金：{1}"), NULL, NULL };
static const struct fault_def wrong_kind = { "special-kind", N_("{1}要开成{2}"), NULL, NULL };
static const struct fault_def kind_needs = { "special-kind-business", N_("{1}要选特定业务“{2}”"), NULL, NULL };
static const struct fault_def code_needs = { "special-code-business", N_("编码 {1} 要选特定业务“{2}”"), NULL,
	N_("税务总局公告2018年第1号") };
static const struct fault_def wrong_code = { "special-tax-code", N_("{1}的税收编码以 {2} 开头"), NULL, NULL };
static const struct fault_def need_unit = { "special-unit", N_("{1}要填单位"), NULL, NULL };
static const struct fault_def wrong_unit = { "special-unit", N_("{1}的单位只能是：{2}"), NULL, NULL };
static const struct fault_def need_quantity = { "special-quantity", N_("{1}要填数量和单价"), NULL, NULL };
static const struct fault_def need_vin = { "special-vin", N_("{1}的规格型号要填 17 位车辆识别代号"), NULL, NULL };
static const struct fault_def no_tax = { "special-no-tax", N_("{1}的税率填 0"), NULL, NULL };
static const struct fault_def person_only = { "special-person", N_("{1}的销售方只能是自然人，请填身份证号"), NULL,
	NULL };

static bool vin(struct str s)
{
	if (s.n != 17) return false;
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", s.p[i]) || !s.p[i]) return false;
	return true;
}

static bool count(struct str s)
{
	int64_t n;
	return str_to_int(s, &n) && n > 0;
}

/* NULL: right; else how it should look. */
static const char *form_fault(const struct special_field *f, struct str s)
{
	struct date d;
	struct period p;
	struct money m;
	switch (f->form) {
	case SPECIAL_TEXT:
	case SPECIAL_CHOICE: return NULL;
	case SPECIAL_DATE: return date_parse(s, &d) ? NULL : N_("日期，如 2026-11-24");
	case SPECIAL_MONEY: return money_parse(s, &m) && m.fen >= 0 ? NULL : N_("金额，如 100.00");
	case SPECIAL_MONTH: return period_parse(s, &p) ? NULL : N_("月份，如 2026-11");
	case SPECIAL_COUNT: return count(s) ? NULL : N_("大于 0 的整数");
	case SPECIAL_VIN: return vin(s) ? NULL : N_("17 位大写字母和数字，没有 I、O、Q");
	}
	return NULL;
}

static struct str at(struct ctx *c, size_t row, const char *name)
{
	return str_printf(c->arena, "/special/%zu/%s", row, name);
}

static const struct special_use *use_of(const struct special_business *b, size_t field)
{
	for (size_t i = 0; i < b->n_uses; i++)
		if (b->uses[i].field == field) return &b->uses[i];
	return NULL;
}

static void check_order(struct ctx *c, const struct special_item *item, size_t row)
{
	static const struct {
		enum special_index from, to;
	} pairs[] = { { SPECIAL_lease_from, SPECIAL_lease_to }, { SPECIAL_passage_from, SPECIAL_passage_to },
		{ SPECIAL_admitted_on, SPECIAL_discharged_on } };
	struct date from, to;
	for (size_t i = 0; i < COUNT(pairs); i++)
		if (item->v[pairs[i].from].p && item->v[pairs[i].to].p && date_parse(item->v[pairs[i].from], &from) &&
		        date_parse(item->v[pairs[i].to], &to) && date_cmp(to, from) < 0)
			FAULT(c, at(c, row, special_table[pairs[i].to].name), &wrong_order,
			        str_c(special_table[pairs[i].to].label), str_c(special_table[pairs[i].from].label));
}

/* 代收车船税: the sum is the tax and its late fee. */
static void check_sum(struct ctx *c, const struct special_item *item, size_t row)
{
	struct money tax, fee = FEN(0), total, sum;
	if (!item->v[SPECIAL_total].p || !money_parse(item->v[SPECIAL_total], &total)) return;
	if (!item->v[SPECIAL_tax].p || !money_parse(item->v[SPECIAL_tax], &tax)) return;
	if (item->v[SPECIAL_late_fee].p && !money_parse(item->v[SPECIAL_late_fee], &fee)) return;
	if (rules_faulty(c, at(c, row, "late_fee"))) return;
	if (!money_add(tax, fee, &sum) || sum.fen != total.fen)
		FAULT(c, at(c, row, "total"), &wrong_sum, money_format(c->arena, sum));
}

static void check_item(struct ctx *c, const struct special_business *b, const struct special_item *item, size_t row)
{
	for (size_t i = 0; i < SPECIAL_N; i++) {
		const struct special_use *use = use_of(b, i);
		const struct special_field *f = &special_table[i];
		const char *how = item->v[i].p ? form_fault(f, item->v[i]) : NULL;
		if (!use && item->v[i].p)
			FAULT(c, at(c, row, f->name), &not_here, str_c(b->label), str_c(f->label));
		else if (use && use->must && !item->v[i].p)
			FAULT(c, at(c, row, f->name), &missing, str_c(b->label), str_c(f->label));
		else if (how)
			FAULT(c, at(c, row, f->name), &bad_value, str_c(f->label), str_c(how));
	}
	check_order(c, item, row);
	check_sum(c, item, row);
}

/* A word between blanks. */
static bool one_of(const char *words, struct str word)
{
	struct str rest = str_c(words), one;
	while (rest.n && str_split(&rest, ' ', &one))
		if (str_eq(one, word)) return true;
	return false;
}

static void check_line(struct ctx *c, const struct special_business *b, const struct line_in *l, size_t i)
{
	struct str label = str_c(b->label);
#define LINE(field) str_printf(c->arena, "/lines/%zu/" field, i)
	if (b->tax_code && l->tax_code.n &&
	        (l->tax_code.n < strlen(b->tax_code) || memcmp(l->tax_code.p, b->tax_code, strlen(b->tax_code)) != 0))
		FAULT(c, LINE("tax_code"), &wrong_code, label, str_c(b->tax_code));
	if ((b->flags & (SPECIAL_UNIT | SPECIAL_QUANTITY)) && !l->unit.p)
		FAULT(c, LINE("unit"), &need_unit, label);
	else if (b->units && l->unit.p && !one_of(b->units, l->unit))
		FAULT(c, LINE("unit"), &wrong_unit, label, str_c(b->units));
	if ((b->flags & SPECIAL_QUANTITY) && !l->has_quantity) FAULT(c, LINE("quantity"), &need_quantity, label);
	if ((b->flags & SPECIAL_VIN_IN_SPEC) && (!l->spec.p || !vin(l->spec))) FAULT(c, LINE("spec"), &need_vin, label);
	if ((b->flags & SPECIAL_NO_TAX) && l->rate.ppm) FAULT(c, LINE("rate"), &no_tax, label);
#undef LINE
}

static void check_kind(struct ctx *c, const struct special_business *b, struct str kind)
{
	const char *wants = b->kind ? b->kind : (b->flags & SPECIAL_ORDINARY) ? "ordinary" : NULL;
	bool own = str_is(kind, "vehicle") || str_is(kind, "used_car");
	if (wants ? !str_is(kind, wants) : own)
		FAULT(c, S("/kind"), &wrong_kind, str_c(b->label),
		        str_c(special_kind(str_c(wants ? wants : "special"))->label));
}

/* A vehicle's invoice is nothing without its business. */
static void check_none(struct ctx *c, const struct issue_in *in)
{
	const struct special_business *b = special_of_kind(in->kind);
	if (in->n_special) FAULT(c, S("/business"), &no_business);
	if (b) FAULT(c, S("/business"), &kind_needs, str_c(special_kind(in->kind)->label), str_c(b->label));
}

void special_demand(struct ctx *c, const struct issue_in *in)
{
	bool told = false;
	for (size_t i = 0; i < in->n_lines; i++) {
		const struct special_business *b = special_demanded(in->lines[i].tax_code);
		if (!b || str_is(in->business, b->word) || str_is(in->business, "export")) continue;
		if (rules_faulty(c, str_printf(c->arena, "/lines/%zu/tax_code", i))) continue;
		if (!told) FAULT(c, S("/business"), &code_needs, in->lines[i].tax_code, str_c(b->label));
		told = true;
		check_line(c, b, &in->lines[i], i);
	}
}

void special_check(struct ctx *c, const struct issue_in *in, const struct issuer *by)
{
	static const struct special_item nothing = { 0 };
	const struct special_business *b = special_find(in->business);
	(void)by;
	if (!b) {
		check_none(c, in);
		return;
	}
	check_kind(c, b, in->kind);
	if (in->n_special > 1 && !(b->flags & SPECIAL_LIST)) FAULT(c, S("/special"), &one_row, str_c(b->label));
	if (!in->n_special && b->n_uses) check_item(c, b, &nothing, 0);
	for (size_t i = 0; i < in->n_special; i++)
		check_item(c, b, &in->special[i], i);
	for (size_t i = 0; i < in->n_lines; i++)
		check_line(c, b, &in->lines[i], i);
	if ((b->flags & SPECIAL_PERSON) && ids_resident(in->buyer.tax_id, c->today) != IDS_OK)
		FAULT(c, S("/buyer/tax_id"), &person_only, str_c(b->label));
}

/* 财政部 税务总局公告2020年第17号, 2023年第63号: dealers of used cars pay 0.5 % until 2027-12-31. */
bool special_rate(struct str business, struct date day, struct rate r)
{
	const struct special_business *b = special_find(business);
	return b && (b->flags & SPECIAL_DEALER) && r.ppm == SPECIAL_DEALER_PPM &&
	       date_cmp(day, (struct date){ 2020, 5, 1 }) >= 0 && date_cmp(day, (struct date){ 2027, 12, 31 }) <= 0;
}
