/* The return forms (增值税及附加税费申报表, 国家税务总局公告2021年第20号): which lines there are, what they are filled
 * from, which the taxpayer may change, and what is wrong with what was sent. Rules: values in, values out; the
 * formulas themselves are the policy packages'. */
#ifndef FILING_FORM_H
#define FILING_FORM_H
#include "kernel/policy/policy.h"
#include "services/invoice/issue/issue.h"

enum { FORM_LINES = 41 };

enum line_role {
	LINE_NONE,      /* this form has no such line */
	LINE_ENTERED,   /* filled in, may be changed */
	LINE_CARRIED,   /* from the return before; fixed when there is one */
	LINE_COMPUTED,  /* by a formula of the package */
	LINE_SURCHARGE, /* by the package of the surcharges */
};

/* What is known about the taxpayer and the period. */
struct facts {
	struct period period;
	bool small, half; /* half: 六税两费减半 (财政部 税务总局公告2023年第12号) */
	int location;     /* 1 city, 2 county seat or town, 3 elsewhere */
	const struct invoice_sum *sold;
	size_t n_sold;
	int64_t n_credits; /* confirmed vouchers and their tax */
	struct money credit_tax;
	bool has_previous; /* the return before was filed here */
	struct money carried, owed;          /* its l20 and l32 */
	struct money paid_previous, arrears; /* paid in this period for the one before; for older ones */
};

struct form {
	const char *id, *title;
	const char *policy;                     /* form of the VAT package */
	int last;                               /* lines 1..last */
	int due;                                /* 本期应补（退）税额 */
	int surcharge;                          /* the first of the three */
	const int *sales;                       /* lines that make up all sales; 0 ends */
	const struct line_fact *carried;        /* line 0 ends */
	const int *not_negative;                /* 0 ends */
	const int *stocks;                      /* a state, not a flow: no 本年累计; 0 ends */
	const struct line_part *parts;          /* whole 0 ends */
	const struct line_share *shares;        /* from issued invoices; line 0 ends */
	const struct line_fact *facts;          /* from other records; line 0 ends */
};
struct line_part { /* a + b + c <= whole, when whole is not negative */
	int whole[2], part[3];
};
struct line_share {
	int line;
	uint8_t class, sections; /* bit n: section n */
	char kind;               /* 's' special, 'o' ordinary, 0 both */
	bool tax;                /* else the amount without tax */
};
struct line_fact {
	int line;
	uint32_t from; /* offset in struct facts */
};
const struct form *form_of(bool small);
const struct form *form_by_id(struct str id);

struct str form_line_id(char buffer[8], int n); /* "l11" */

/* One filled form: values of both packages by line. */
struct filled {
	const struct form *form;
	const struct policy_form *vat, *surcharges;
	int64_t *v, *s;
	bool edu_exempt;
	enum line_role role[FORM_LINES + 1];
	struct money line[FORM_LINES + 1]; /* of line 1.. */
	struct money urban, education, local, total; /* total: VAT and surcharges together */
};

enum form_error {
	FORM_OK,
	FORM_NO_RULES, /* no package is in force for the period */
	FORM_RANGE,    /* a line is beyond what can be computed: *line */
};
/* Sets up the form of a taxpayer for a period: roles, packages by the date the liability arose. */
enum form_error form_open(
        const struct policy_store *store, struct arena *a, const struct facts *f, struct filled *out);
/* Fills the entered lines from the facts; the rest stays. */
void form_prefill(const struct policy_store *store, const struct facts *f, struct filled *out);
/* Computes what has a formula. */
enum form_error form_compute(const struct policy_store *store, const struct facts *f, struct filled *out, int *line);

/* What the taxpayer sent for some lines or all. */
struct sent {
	struct money line[FORM_LINES + 1];
	bool has[FORM_LINES + 1];
};
enum form_fault_kind {
	FAULT_UNKNOWN,  /* this form has no such line */
	FAULT_CARRIED,  /* differs from the return before: expected */
	FAULT_COMPUTED, /* differs from its formula: expected */
	FAULT_NEGATIVE,
	FAULT_PARTS, /* more than the line that holds it: other, expected = at most */
	FAULT_RANGE,
};
struct form_fault {
	enum form_fault_kind kind;
	int line, other;
	struct money expected;
};
enum { FORM_FAULTS_MAX = 3 * FORM_LINES };
/* Takes the entered lines over `out` (which is prefilled), computes, and compares. Number of faults. */
size_t form_take(const struct policy_store *store, const struct facts *f, const struct sent *sent, struct filled *out,
        struct form_fault *faults);

/* Nothing sold, nothing bought, nothing carried: a zero return (零申报) is open. */
bool form_nothing(const struct filled *f);
bool form_accumulates(const struct form *form, int line);
/* All sales of the period without tax, for thresholds. */
struct money form_sales(const struct filled *f);

enum sold_class { SOLD_GENERAL, SOLD_SIMPLE, SOLD_EXEMPT };
enum sold_class form_class(struct rate r);
/* What one group of invoice lines puts into a line of the form: amount or tax; 0 when it does not go there. */
bool form_is_sold(const struct form *form, int line); /* some invoice lines go there */
struct money form_share(const struct form *form, int line, const struct invoice_sum *sum);
#endif
