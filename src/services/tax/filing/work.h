/* Inside filing: the draft of a return, and the handlers. */
#ifndef FILING_WORK_H
#define FILING_WORK_H
#include "services/foundation/ledger/ledger.h"
#include "services/foundation/registry/registry.h"
#include "services/tax/filing/filing.h"
#include "services/tax/filing/form.h"
#include "services/tax/filing/periods.h"

struct period_in {
	struct period period;
	struct str line, after; /* line: of the explanation */
	struct str explain;     /* page: the line whose panel is open */
	bool edit;              /* page: with inputs */
};
struct reasons {
	struct str cell[FORM_CELLS + 1];
};
struct return_in {
	struct period period;
	struct sent sent; /* lines and inputs */
	bool has_lines, has_inputs, zero;
	int64_t corrects;
	struct str reason;
	struct reasons reasons;
};
struct file_in {
	struct period period;
	struct str file, text; /* text: the same, pasted or corrected on the page; a file comes first */
};
enum { RETURN_FILE_MAX = 64 << 10 };
struct id_in {
	int64_t id;
};
struct list_in {
	int64_t before;
};

/* A return as it would be filed now, and the last one that was. */
struct draft {
	struct taxpayer taxpayer;
	struct facts facts;
	struct str period; /* "2026-11" */
	struct date due_on;
	enum period_state state;
	struct filled filled; /* prefilled and computed */
	struct money prefilled[FORM_CELLS + 1];
	bool filed;
	int64_t return_id, version;
	struct str document; /* of the filed one */
	struct str previous_period;
	int64_t previous_id; /* 0: none */
};
/* Everything the form is filled from. Faults at /period; E_NOT_FOUND: no taxpayer. */
MUST_USE err_t draft_open(struct ctx *c, struct period p, struct draft *out);
/* What was filed comes into the draft's lines, computed again. */
MUST_USE err_t draft_take_filed(struct ctx *c, struct draft *d);
/* 本年累计: the year's filed returns before this period and the draft together; cell[0..FORM_CELLS]. */
MUST_USE err_t draft_year(struct ctx *c, const struct draft *d, struct money *cell);
MUST_USE err_t draft_no_rules(struct ctx *c, const struct draft *d); /* raises */

struct str cell_title(const struct filled *f, int n);               /* as the package says it */
struct str cell_text(struct ctx *c, const struct filled *f, int n); /* in the reader's language */

/* How one cell came about. */
struct value *explain_line(struct ctx *c, const struct draft *d, const struct value *traces, int n);
struct value *explain_all(struct ctx *c, const struct draft *d);
struct str explain_formula(const struct draft *d, struct arena *a, int n); /* STR_NONE: no formula */
/* The vouchers behind a line: up to 200 behind `after`. */
MUST_USE err_t explain_sources(struct ctx *c, const struct draft *d, int n, struct str after, struct value *to);

/* The four obligations of a period with the amounts of the form. */
enum { CHARGES = 4 };
void charges_of(const struct filled *f, struct ledger_charge out[CHARGES]);

/* Parts of answers. */
struct value *answer_lines(struct ctx *c, const struct filled *f, const struct money *cell);
struct value *answer_inputs(struct ctx *c, const struct filled *f, const struct money *cell);
void answer_head(struct ctx *c, const struct draft *d, struct value *v);
void answer_sums(struct ctx *c, const struct filled *f, struct value *to);
void answer_policy(struct ctx *c, const struct filled *f, struct value *to);

/* Opens what is missing in the calendar of one taxpayer up to today; *opened how many. */
MUST_USE err_t calendar_open(struct ctx *c, int64_t taxpayer_id, int64_t *opened);
/* When the first period is due that began with the taxpayer in the register here. What ended before may have been filed
 * elsewhere: nothing waits for it. */
MUST_USE err_t calendar_first_due(struct ctx *c, const struct taxpayer *t, struct date *due_on);

/* Only for pages: an explanation in words (e, words, terms), the period by its name. */
void view_why(struct ctx *c, const struct draft *d, const struct value *explain, struct value *to);
void view_period(struct ctx *c, const struct draft *d, struct value *to);

extern const struct field filing_return_fields[];
void filing_line_fault(struct ctx *c, const struct draft *d, const struct form_fault *f);

op_run obligations_show, obligations_view, return_view, explain_view, list_view, one_view;
op_run return_read, return_csv, return_xml, return_file_form, return_file_form_view, return_read_view;
op_run return_show, return_explain, return_list, return_one, return_file, return_check;
err_t calendar_daily(struct ctx *c, struct str argument);
err_t calendar_registered(struct ctx *c, const struct event *events, size_t n);
err_t filing_check(struct ctx *c, struct fsck *f);
#endif
