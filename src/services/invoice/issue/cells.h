/* Sums of the tax account by kind, status, rate and booking, kept up with the lists. Inner header. */
#ifndef ISSUE_CELLS_H
#define ISSUE_CELLS_H
#include "issue_sql.h"

/* New rows of the list with their parts; the parts of an invoice stand together, in the order of the rows. In db_write.
 */
MUST_USE err_t cells_add(struct ctx *c, const struct issue_party_insert_in_row *rows, size_t n,
        const struct issue_mixed_insert_in_row *parts, size_t n_parts);
/* A row that is about to change: out of its cells with sign -1, into its new ones with 1. In db_write. */
MUST_USE err_t cells_move(struct ctx *c, int sign, int64_t party_id, int side, struct str period, struct str number);
#endif
