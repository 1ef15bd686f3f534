/* Sums of what a seller issued in a month, by kind, rate and section of the tax code: what a return is filled from. */
#ifndef ISSUE_SUMS_H
#define ISSUE_SUMS_H
#include "services/invoice/issue/issue.h"

struct sums {
	struct sum_row *rows;
	size_t n, cap;
};
/* Adds the lines of one invoice (its document). */
void sums_add(struct arena *a, struct sums *s, const struct invoice *i, struct str month, const struct value *document);
/* Merges equal keys and adds them to the projection. In a projection transaction. */
MUST_USE err_t sums_store(struct ctx *c, struct sums *s);
#endif
