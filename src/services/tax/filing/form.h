/* The return forms (增值税及附加税费申报表, 国家税务总局公告2021年第20号): which cells there are, what they are filled
 * from, which the taxpayer may change, and what is wrong with what was sent. Rules: values in, values out; the
 * formulas themselves are the policy packages'.
 *
 * A cell is a line of the form (1..FORM_LINES) or another input of its package, as schedule figures that the form
 * itself does not show (FORM_LINES + 1 ..). */
#ifndef FILING_FORM_H
#define FILING_FORM_H
#include "kernel/policy/policy.h"
#include "services/invoice/issue/issue.h"

enum { FORM_LINES = 41, FORM_INPUTS = 18, FORM_CELLS = FORM_LINES + FORM_INPUTS };

/* Names of the inputs beside the lines, in the order of their cells. */
#define FORM_INPUT_NAMES(X)                                                                                            \
	X(addl_credit)                                                                                                 \
	X(special_1)                                                                                                   \
	X(special_3) X(special_5) X(ordinary_1) X(ordinary_3) X(ordinary_0) X(ordinary_5) X(unbilled) X(unbilled_5)    \
	        X(immovable_special) X(immovable_ordinary) X(used_invoiced) X(used_unbilled) X(other_exempt)           \
	                X(export_invoiced) X(export_unbilled) X(reduction)
#define FORM_CELL_OF(name) CELL_##name,
enum { CELL_before = FORM_LINES, FORM_INPUT_NAMES(FORM_CELL_OF) };

/* "l11", "unbilled" */
struct str form_cell_name(struct arena *a, int cell);
bool form_cell_find(struct str name, int *cell);

enum cell_role {
	CELL_NONE,      /* this form has no such cell */
	CELL_ENTERED,   /* filled in, may be changed */
	CELL_CARRIED,   /* from the return before; fixed when there is one */
	CELL_COMPUTED,  /* by a formula of the package */
	CELL_SURCHARGE, /* by the package of the surcharges */
};

/* What is known about the taxpayer and the period. */
struct facts {
	struct period period;
	bool small, household, half;     /* half: 六税两费减半 (财政部 税务总局公告2023年第12号) */
	int location;                    /* 1 city, 2 county seat or town, 3 elsewhere */
	const struct invoice_sale *sold; /* electronic first, then what was reported on paper */
	size_t n_sold, n_paper;          /* n_paper: of those, on paper */
	int64_t n_credits;               /* confirmed vouchers and their tax */
	struct money credit_tax;
	int64_t n_transfers; /* red letters against confirmed vouchers, and the tax to be given back */
	struct money transfer_tax;
	bool has_previous;                   /* the return before was filed here */
	struct money carried, owed;          /* its l20 and l32 */
	struct money paid_previous, arrears; /* paid in this period for the one before; for older ones */
};

struct cell_share { /* what lines of issued invoices put into a cell */
	int cell;
	int32_t ppm_from, ppm_to;     /* rate within */
	uint8_t treatments, sections; /* bit n: treatment or section n */
	char kind;                    /* 's' special, 'o' ordinary, 0 both */
	enum {
		SHARE_AMOUNT,
		SHARE_TAX,
		SHARE_NET,
		SHARE_CUT
	} what; /* net: of the sum with tax, at the rate; cut: what is taxed
	         * less than the rate says */
};
struct cell_fact {
	int cell;
	uint32_t from; /* offset in struct facts */
};
struct cell_part { /* sum of parts <= sum of wholes, when these are not negative */
	int whole[2], part[3];
};
struct form {
	const char *id, *title;
	const char *policy;              /* form of the VAT package */
	int last;                        /* lines 1..last */
	int due;                         /* 本期应补（退）税额 */
	int surcharge;                   /* the first of the three */
	const int *sales;                /* lines that make up all sales; 0 ends */
	const int *not_negative;         /* 0 ends */
	const int *stocks;               /* a state, not a flow: no 本年累计; 0 ends */
	const struct cell_fact *carried; /* cell 0 ends */
	const struct cell_fact *facts;   /* filled from other records; cell 0 ends */
	const struct cell_part *parts;   /* whole 0 ends */
	const struct cell_share *shares; /* cell 0 ends */
};
const struct form *form_of(bool small);
const struct form *form_by_id(struct str id);

/* One filled form: values of both packages by cell. */
struct filled {
	const struct form *form;
	const struct policy_form *vat, *surcharges;
	int64_t *v, *s;
	int slot[FORM_CELLS + 1]; /* of the VAT package; -1: none */
	enum cell_role role[FORM_CELLS + 1];
	struct money cell[FORM_CELLS + 1]; /* of cell 1.. */
	bool edu_exempt;
	struct money urban, education, local, total; /* total: VAT and surcharges together */
};

enum form_error {
	FORM_OK,
	FORM_NO_RULES, /* no package is in force for the period */
	FORM_RANGE,    /* a cell is beyond what can be computed: *cell */
};
/* Sets up the form of a taxpayer for a period: roles, packages by the date the liability arose. */
enum form_error form_open(const struct policy_store *store, struct arena *a, const struct facts *f, struct filled *out);
/* Fills the entered cells from the facts; the rest stays. */
void form_prefill(const struct facts *f, struct filled *out);
/* Computes what has a formula. */
enum form_error form_compute(const struct policy_store *store, const struct facts *f, struct filled *out, int *cell);

/* What the taxpayer sent for some cells or all. */
struct sent {
	struct money cell[FORM_CELLS + 1];
	bool has[FORM_CELLS + 1];
};
enum form_fault_kind {
	FAULT_UNKNOWN,  /* this form has no such cell */
	FAULT_CARRIED,  /* differs from the return before: expected */
	FAULT_COMPUTED, /* differs from its formula: expected */
	FAULT_NEGATIVE,
	FAULT_PARTS, /* more than the line that holds it: other, expected = at most */
	FAULT_RANGE,
};
struct form_fault {
	enum form_fault_kind kind;
	int cell, other;
	struct money expected;
};
enum { FORM_FAULTS_MAX = 3 * FORM_CELLS };
/* Takes the entered cells over `out` (which is prefilled), computes, and compares. Number of faults. */
size_t form_take(const struct policy_store *store, const struct facts *f, const struct sent *sent, struct filled *out,
        struct form_fault *faults);

/* Nothing sold, nothing bought: a zero return (零申报) is open. */
bool form_nothing(const struct filled *f);
bool form_accumulates(const struct form *form, int cell);
/* All sales of the period without tax, for thresholds. */
struct money form_sales(const struct filled *f);

bool form_is_sold(const struct form *form, int cell); /* some invoice lines go there */
/* What one group of invoice lines puts into a cell: amount or tax; 0 when it does not go there. */
struct money form_share(const struct form *form, int cell, const struct invoice_sale *sum);
#endif
