/* The published formula (policy/invoice-quota.yaml) over what is known of a taxpayer. Inner header. */
#ifndef QUOTA_FORMULA_H
#define QUOTA_FORMULA_H
#include "kernel/policy/policy.h"
#include "services/foundation/registry/registry.h"

struct quota_inputs {
	bool general;
	int grade;   /* 1 A … 5 D */
	int risk;    /* 0 low, 1 middle, 2 high */
	int unfiled; /* taxes and periods that are overdue to be filed */
	struct money best_month, contracts, arrears;
};
struct quota_figures {
	struct money limit, ceiling; /* ceiling: what is granted at once */
	bool good;                   /* low risk: decided at once */
};
/* A way to a higher quota, cheapest first by effort. */
struct quota_way {
	const char *word, *words; /* words: N_() with {1} */
	struct money needs;       /* {1} of the words, when it is a sum */
	int effort;
	struct money limit; /* what it would come to */
};
enum { QUOTA_WAYS = 2 };

MUST_USE err_t quota_inputs_of(struct ctx *c, const struct taxpayer *t, struct quota_inputs *out);
/* trace may be NULL. E_CONFLICT: no rules for the day. */
MUST_USE err_t quota_compute(
        struct ctx *c, const struct quota_inputs *in, struct quota_figures *out, struct value **trace);
/* The cheapest ways above the present quota: up to QUOTA_WAYS. */
MUST_USE err_t quota_ways(
        struct ctx *c, const struct quota_inputs *in, struct money now, struct quota_way *out, size_t *n);
/* formula, inputs, ways, limit, ceiling, law: what every decision shows. */
MUST_USE err_t quota_explain(struct ctx *c, const struct quota_inputs *in, struct money now, struct value *out);
#endif
