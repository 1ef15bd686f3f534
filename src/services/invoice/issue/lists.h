/* Lists of a party's invoices: the projection, the list, its export. Inner header. */
#ifndef ISSUE_LISTS_H
#define ISSUE_LISTS_H
#include "services/invoice/issue/issue.h"

enum list_status { LIST_VALID, LIST_PARTLY, LIST_REVERSED, LIST_RED };

struct list_in {
	struct str side, kind, party, q, status, sort, after;
	struct period period;
	bool has_period, has_min, has_max;
	struct money min, max;
};
extern const struct field list_fields[];
/* "%text%" for LIKE … ESCAPE '!', lowered; "" for no condition. */
struct str lists_pattern(struct arena *a, struct str s);
op_run issue_list, issue_list_csv, issue_list_xlsx;
MUST_USE err_t lists_feed(struct ctx *c, const struct event *events, size_t n);
#endif
