/* What waits for an answer, for to-do lists of other services. */
#include "reversal_sql.h"
#include "services/invoice/reversal/red_state.h"
#include "services/invoice/reversal/reversal.h"

err_t reversal_waits(struct ctx *c, int64_t party_id, struct reversal_wait **out, size_t *n)
{
	struct reversal_open_of_row *rows;
	size_t open;
	TRY(reversal_open_of(c, party_id, &rows, &open));
	*n = 0;
	*out = arena_array(c->arena, open + 1, sizeof **out);
	for (size_t i = 0; i < open; i++) {
		struct reversal_get_row r;
		bool found;
		TRY(reversal_get(c, rows[i].number, rows[i].slip, &r, &found));
		if (!found || r.expires_at <= c->now) continue;
		bool mine = (r.state == RED_WAITS_FOR_BUYER && r.buyer_id == party_id) ||
		            (r.state == RED_WAITS_FOR_SELLER && r.seller_id == party_id);
		if (mine) (*out)[(*n)++] = (struct reversal_wait){ r.number, r.amount, r.tax, r.expires_at };
	}
	return OK;
}
