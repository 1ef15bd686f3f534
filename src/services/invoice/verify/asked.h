/* What is asked of the plane, and the answers that pages and tables share. Inner header. */
#ifndef VERIFY_ASKED_H
#define VERIFY_ASKED_H
#include "kernel/operation/service.h"

enum { VERIFY_ITEMS_MAX = 1000, VERIFY_TEXT_MAX = 128 * 1024 };

struct verify_in {
	struct str number;
	struct money total;
	struct date date;
	bool has_total, has_date;
	/* Not fields: set by who asks on behalf of others. */
	struct str sender; /* behind a gateway; empty: the caller */
	bool proven;       /* total and date stand under a signature of ours: this is no guess */
};
struct verify_qr_in {
	struct str text;
	struct str sender; /* as above */
};
/* Lines of "number, total, date": pasted, or of a file. */
struct verify_table_in {
	struct str text, file;
};
/* {number, verdict, detail, checked[], reversed_by} */
MUST_USE err_t verify_judge(struct ctx *c, const struct verify_in *in, struct value **out);
/* E_LIMITED when the answer is "too-often": for operations with one answer; among many it stands in its place. */
MUST_USE err_t verify_not_too_often(struct ctx *c, const struct value *answer);
/* The verdict in a few words, for headings and tables: of a number alone it does not say more than was checked. */
struct str verify_title(struct ctx *c, const struct value *answer);
op_run verify_table_limits, verify_table, verify_table_csv;
/* Of what stands in the code, its signature and the plane. */
MUST_USE err_t verify_qr_judge(struct ctx *c, const struct verify_qr_in *in, struct value **out);
op_run verify_qr;
op_run verify_view, verify_qr_view, verify_table_view;
#endif
