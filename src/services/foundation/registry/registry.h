/* Registry (登记, A04): taxpayers by the unified code, fed from the market regulator (市场监管); each field knows its
 * source; taxpayer kind and tax types are found by rules. */
#ifndef FOUNDATION_REGISTRY_H
#define FOUNDATION_REGISTRY_H
#include "kernel/operation/service.h"

struct taxpayer {
	int64_t id;
	struct str uscc, name;
	bool general;             /* general VAT payer (一般纳税人), else small-scale (小规模) */
	bool quarterly;           /* VAT period is the quarter */
	bool enterprise;          /* else an individual household (个体工商户) */
	bool normal;              /* status 正常 */
	struct str status, place; /* place: city, county, other: rate of urban construction tax */
	struct str region;        /* two digits of the 20-digit invoice number */
	struct str authority, credit_grade;
	struct money quota; /* invoice quota (发票总额度) a month, without VAT */
	struct date registered_on;
	struct str address, phone;
};

MUST_USE err_t registry_taxpayer(struct ctx *c, int64_t taxpayer_id, struct taxpayer *out, bool *found);
/* Without address and phone: one statement, for pages that only say who it is. */
MUST_USE err_t registry_taxpayer_head(struct ctx *c, int64_t taxpayer_id, struct taxpayer *out, bool *found);
/* GB/T 4754 code as the regulator told it; STR_NONE: not told. */
MUST_USE err_t registry_industry(struct ctx *c, int64_t taxpayer_id, struct str *out);
/* Taxes registered by the quarter that are not filed here: their titles in the reader's language. */
struct registry_elsewhere {
	struct str title;
	struct date since;
};
MUST_USE err_t registry_elsewhere(struct ctx *c, int64_t taxpayer_id, struct registry_elsewhere **out, size_t *n);
/* The newest registrations, at most 5, as heads. */
MUST_USE err_t registry_recent(struct ctx *c, struct taxpayer **out, size_t *n);
MUST_USE err_t registry_taxpayer_by_uscc(struct ctx *c, struct str uscc, struct taxpayer *out, bool *found);

/* Another invoice quota, with the old one in the history. source: rule, officer. In db_write. */
MUST_USE err_t registry_quota_set(struct ctx *c, int64_t taxpayer_id, struct money quota, const char *source);

/* Calls fn for every taxpayer (jobs: obligations, reminders); reads in pages. */
MUST_USE err_t registry_each(struct ctx *c, err_t (*fn)(struct ctx *c, int64_t taxpayer_id, void *arg), void *arg);

/* One event of the market regulator (licence granted or changed). */
struct registry_event {
	struct str uscc, name, address, phone, scope, industry;
	struct str representative_name, representative_id; /* 法定代表人 */
	struct date established_on;
	struct str taxpayer_kind; /* general: chosen; else the rule of policy/registration.yaml decides */
	struct str vat_period;    /* month or quarter; STR_NONE: general month, small quarter */
	struct money annual_sales;
	struct str place;         /* city, county, other; STR_NONE: city */
};
MUST_USE err_t registry_register(struct ctx *c, const struct registry_event *e, int64_t *taxpayer_id); /* in db_write */
#endif
