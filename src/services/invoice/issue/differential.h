/* Differential taxation (差额征税, domain/invoice.md §4.4): only what exceeds the deduction is taxed. Full form
 * (全额开票): the face shows the whole tax, the deduction is noted and taken off in the return. Difference form
 * (差额开票): one line, tax on the difference, rate shown as ***. No I/O. */
#ifndef ISSUE_DIFFERENTIAL_H
#define ISSUE_DIFFERENTIAL_H
#include "kernel/input/input.h"
#include "services/invoice/issue/amounts.h"

enum { DIFFERENTIAL_PROOFS_MAX = 100 };
struct differential_proof {
	struct str kind, voucher_no, note; /* kind: 01 to 09 */
	struct date date;
	struct money amount; /* used for this invoice */
	bool has_date, has_amount;
};
struct differential {
	struct str form; /* full, difference; STR_NONE: not differential */
	struct money deduction;
	bool has_deduction;
	struct differential_proof *proofs;
	size_t n_proofs;
};
extern const struct field differential_fields[];
extern const struct choice differential_forms[], differential_proof_kinds[];
const char *differential_label(struct str form); /* as printed at the top left */
bool differential_is_difference(const struct differential *d);

struct issue_in;
void differential_check(struct ctx *c, const struct issue_in *in);
/* What must stand in front of the remark. */
struct str differential_remark(struct arena *a, const struct differential *d, struct str remark);

/* The part of an invoice that is deducted from its sales: without tax, and the tax on it that the face shows. Of a red
 * letter both are negative. */
struct face;
struct line_amounts differential_part(const struct face *f);
#endif
