/* Special businesses (特定业务, tdyslxDm, domain/invoice.md §3.7): one row of the table each, with its own fields,
 * which of them are obligatory, what its lines must look like, and its names on the face and in the XML. No I/O. */
#ifndef ISSUE_SPECIAL_H
#define ISSUE_SPECIAL_H
#include "kernel/input/input.h"

/* How a field is read: all are texts in the document. */
enum special_form {
	SPECIAL_TEXT,
	SPECIAL_DATE,
	SPECIAL_MONEY,
	SPECIAL_MONTH,
	SPECIAL_COUNT,
	SPECIAL_VIN,
	SPECIAL_CHOICE
};

/* name, most characters, form, Chinese name, XML element, choices. Sorted by name, which is the order of the canonical
 * JSON. The XML names other than those of Toll are ours: the public sample has none (domain/invoice.md, not confirmed
 * 3). */
#define SPECIAL_FIELDS(X)                                                                                              \
	X(actual_price, 20, SPECIAL_MONEY, N_("实际成交含税金额"), "ActualTransactionPrice", NULL)                     \
	X(address, 300, SPECIAL_TEXT, N_("不动产地址"), "RealEstateAddress", NULL)                                     \
	X(admitted_on, 10, SPECIAL_DATE, N_("入院日期"), "AdmissionDate", NULL)                                        \
	X(assessed_price, 20, SPECIAL_MONEY, N_("核定计税价格"), "AssessedPrice", NULL)                                \
	X(brand_model, 60, SPECIAL_TEXT, N_("厂牌型号"), "BrandModel", NULL)                                           \
	X(certificate_no, 50, SPECIAL_TEXT, N_("合格证号"), "CertificateNumber", NULL)                                 \
	X(chassis_no, 40, SPECIAL_TEXT, N_("车架号码"), "ChassisNumber", NULL)                                         \
	X(contract_no, 40, SPECIAL_TEXT, N_("合同（备案）编号"), "ContractNumber", NULL)                               \
	X(cross_city, 1, SPECIAL_CHOICE, N_("跨地（市）标志"), "CrossCitySign", yes_no)                                \
	X(currency, 3, SPECIAL_TEXT, N_("币种"), "Currency", NULL)                                                     \
	X(customs_no, 30, SPECIAL_TEXT, N_("报关单号"), "CustomsDeclarationNumber", NULL)                              \
	X(discharged_on, 10, SPECIAL_DATE, N_("出院日期"), "DischargeDate", NULL)                                      \
	X(document_no, 30, SPECIAL_TEXT, N_("证件号码"), "DocumentNumber", NULL)                                       \
	X(document_type, 3, SPECIAL_CHOICE, N_("证件类型"), "DocumentType", documents)                                 \
	X(engine_no, 40, SPECIAL_TEXT, N_("发动机号码"), "EngineNumber", NULL)                                         \
	X(from, 300, SPECIAL_TEXT, N_("出发地（起运地）"), "PlaceOfDeparture", NULL)                                   \
	X(goods, 150, SPECIAL_TEXT, N_("运输货物名称"), "GoodsName", NULL)                                             \
	X(hospital_no, 40, SPECIAL_TEXT, N_("住院号（门诊号）"), "HospitalNumber", NULL)                               \
	X(import_no, 40, SPECIAL_TEXT, N_("进口证明书号"), "ImportCertificateNumber", NULL)                            \
	X(insurance_paid, 20, SPECIAL_MONEY, N_("医保统筹基金支付"), "InsurancePayment", NULL)                         \
	X(land_tax_no, 40, SPECIAL_TEXT, N_("土地增值税项目编号"), "LandVatProjectNumber", NULL)                       \
	X(late_fee, 20, SPECIAL_MONEY, N_("车船税滞纳金"), "LateFee", NULL)                                            \
	X(lease_from, 10, SPECIAL_DATE, N_("租赁期起"), "LeaseStartDate", NULL)                                        \
	X(lease_to, 10, SPECIAL_DATE, N_("租赁期止"), "LeaseEndDate", NULL)                                            \
	X(market, 150, SPECIAL_TEXT, N_("二手车市场"), "UsedVehicleMarket", NULL)                                      \
	X(passage_from, 10, SPECIAL_DATE, N_("通行日期起"), "StartDatesOfPassage", NULL)                               \
	X(passage_to, 10, SPECIAL_DATE, N_("通行日期止"), "EndDatesOfPassage", NULL)                                   \
	X(patient, 100, SPECIAL_TEXT, N_("患者姓名"), "PatientName", NULL)                                             \
	X(period, 7, SPECIAL_MONTH, N_("税款所属期"), "TaxPeriod", NULL)                                               \
	X(personal_account, 20, SPECIAL_MONEY, N_("个人账户支付"), "PersonalAccountPayment", NULL)                     \
	X(personal_paid, 20, SPECIAL_MONEY, N_("个人现金支付"), "PersonalPayment", NULL)                               \
	X(place, 300, SPECIAL_TEXT, N_("建筑服务发生地"), "PlaceOfConstructionServices", NULL)                         \
	X(plate, 40, SPECIAL_TEXT, N_("车牌号"), "PlateNumber", NULL)                                                  \
	X(policy_no, 40, SPECIAL_TEXT, N_("保险单号"), "PolicyNumber", NULL)                                           \
	X(project, 300, SPECIAL_TEXT, N_("建筑项目名称"), "NameOfConstructionProject", NULL)                           \
	X(registration_no, 40, SPECIAL_TEXT, N_("登记证号"), "RegistrationNumber", NULL)                               \
	X(seat_class, 20, SPECIAL_TEXT, N_("座位等级"), "SeatClass", NULL)                                             \
	X(seats, 4, SPECIAL_COUNT, N_("限乘人数"), "Seats", NULL)                                                      \
	X(tax, 20, SPECIAL_MONEY, N_("代收车船税"), "VehicleAndVesselTax", NULL)                                       \
	X(title_no, 40, SPECIAL_TEXT, N_("产权证书号"), "TitleCertificateNumber", NULL)                                \
	X(to, 300, SPECIAL_TEXT, N_("到达地"), "PlaceOfArrival", NULL)                                                 \
	X(tonnage, 10, SPECIAL_TEXT, N_("吨位"), "Tonnage", NULL)                                                      \
	X(total, 20, SPECIAL_MONEY, N_("车船税合计"), "TotalOfTaxAndLateFee", NULL)                                    \
	X(trade_term, 10, SPECIAL_TEXT, N_("成交方式"), "TradeTerm", NULL)                                             \
	X(transfer_office, 150, SPECIAL_TEXT, N_("转入地车辆管理所"), "VehicleOffice", NULL)                           \
	X(transport, 1, SPECIAL_CHOICE, N_("交通工具"), "Transport", transports)                                       \
	X(travel_date, 10, SPECIAL_DATE, N_("出行日期"), "TravelDate", NULL)                                           \
	X(traveller, 100, SPECIAL_TEXT, N_("出行人"), "Traveller", NULL)                                               \
	X(unit_code, 30, SPECIAL_TEXT, N_("不动产单元代码"), "RealEstateUnitCode", NULL)                               \
	X(vehicle_class, 40, SPECIAL_TEXT, N_("车辆类型"), "VehicleType", NULL)                                        \
	X(vehicle_kind, 1, SPECIAL_CHOICE, N_("运输工具种类"), "VehicleKind", vehicle_kinds)                           \
	X(vin, 17, SPECIAL_VIN, N_("车辆识别代号（车架号）"), "VehicleIdentificationNumber", NULL)                     \
	X(visited_on, 10, SPECIAL_DATE, N_("就诊日期"), "VisitDate", NULL)

#define SPECIAL_INDEX(name, max, form, label, xml, choices) SPECIAL_##name,
enum special_index { SPECIAL_FIELDS(SPECIAL_INDEX) SPECIAL_N };
#undef SPECIAL_INDEX

struct special_item {
	struct str v[SPECIAL_N];
};
struct special_field {
	const char *name, *label, *xml;
	enum special_form form;
	const struct choice *choices; /* of SPECIAL_CHOICE */
};
extern const struct special_field special_table[SPECIAL_N];
extern const struct field special_fields[];   /* as input */
extern const struct choice special_choices[]; /* of the member "business" */

enum {
	SPECIAL_LIST = 1,     /* several rows: one a journey, one a car */
	SPECIAL_SWAPS = 2,    /* the buyer issues (收购、反向开具) */
	SPECIAL_QUANTITY = 4, /* each line has unit, quantity and price */
	SPECIAL_UNIT = 8,     /* each line has a unit */
	SPECIAL_NO_TAX = 16,  /* each line is exempt or at rate zero */
	SPECIAL_VIN_IN_SPEC = 32,
	SPECIAL_ORDINARY = 64, /* no special invoice */
	SPECIAL_DEALER = 128,  /* 0.5 %: used cars sold by dealers */
	SPECIAL_PERSON = 256,  /* the other side is a natural person */
	SPECIAL_USES_MAX = 12
};
struct special_use {
	uint8_t field; /* enum special_index */
	bool must;
};
struct special_business {
	const char *word, *code, *label, *xml;
	const char *kind;     /* only on this kind of invoice; NULL: special or ordinary */
	const char *tax_code; /* beginning of the tax codes of its lines; NULL: any */
	const char *units;    /* permitted units between blanks; NULL: any */
	unsigned flags;
	struct special_use uses[SPECIAL_USES_MAX];
	size_t n_uses;
};
const struct special_business *special_find(struct str word);            /* NULL: none */
const struct special_business *special_of_kind(struct str kind);         /* the one of a vehicle's invoice, else NULL */
bool special_swaps(struct str word);                                     /* STR_NONE: false */
const char *special_choice_label(enum special_index i, struct str code); /* NULL: no such code */

/* The business that this tax code may not be invoiced without; NULL: none. It has no fields of its own. */
const struct special_business *special_demanded(struct str tax_code);

struct issue_in;
struct issuer;
/* Lines whose code demands a business that was not chosen: told so, and judged as its lines. */
void special_demand(struct ctx *c, const struct issue_in *in);
/* Ways of issuing that ask for no business (tables, orders, devices): the one that all lines demand. */
void special_imply(struct issue_in *in);
/* The fields of the business and its lines against its row; faults go to c->problem. */
void special_check(struct ctx *c, const struct issue_in *in, const struct issuer *by);
/* The rate is none of the usual ones of the day, but this business has it. */
enum { SPECIAL_DEALER_PPM = 5000 };
bool special_rate(struct str business, struct date day, struct rate r);

/* Kinds of digital invoices: special, ordinary, vehicle (机动车销售统一发票 83), used_car (二手车销售统一发票 84). */
struct special_kind {
	const char *word, *title, *label, *qr_type;
	bool deductible; /* a voucher of input tax: its class is "special" */
};
const struct special_kind *special_kind(struct str word); /* never NULL: ordinary stands for the unknown */
struct str special_class(struct str kind);                /* "special", "ordinary": how returns and columns see it */
#endif
