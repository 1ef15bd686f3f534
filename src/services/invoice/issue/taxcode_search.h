/* Looking for a tax code by words. Inner header. */
#ifndef ISSUE_TAXCODE_SEARCH_H
#define ISSUE_TAXCODE_SEARCH_H
#include "kernel/operation/service.h"

struct taxcode_in {
	struct str q;
	int64_t limit;
	bool has_limit;
};
extern const struct field taxcode_fields[];
op_run taxcode_search;
err_t taxcode_index(struct app *app); /* at start: once for each version of the table */
#endif
