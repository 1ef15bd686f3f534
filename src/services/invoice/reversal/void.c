/* What the bureau makes void: an abnormal voucher (10), a taxpayer that is not normal (11), a refund application (13).
 */
#include "kernel/access/access.h"
#include "kernel/receipt/receipt.h"
#include "reversal_sql.h"
#include "services/foundation/registry/registry.h"
#include "services/invoice/reversal/flow.h"
#include "services/invoice/reversal/red_state.h"
#include "services/invoice/reversal/slip.h"

static const struct fault_def none_open = { "slip-none", N_("这张发票没有待确认的红字确认单"), NULL, NULL };

err_t reversal_sides_normal(struct ctx *c, int64_t seller_id, int64_t buyer_id, bool *normal)
{
	const int64_t sides[] = { seller_id, buyer_id };
	*normal = true;
	for (size_t i = 0; i < COUNT(sides); i++) {
		struct taxpayer t;
		bool found = false;
		if (sides[i]) TRY(registry_taxpayer_head(c, sides[i], &t, &found));
		if (found && !t.normal) *normal = false;
	}
	return OK;
}

err_t reversal_void(struct ctx *c, const void *input, struct reply *out)
{
	const struct void_in *in = input;
	struct invoice blue;
	struct reversal_waiting_of_row w;
	struct slip s;
	struct value *receipt;
	bool found;
	TRY(issue_open(c, in->number, &blue));
	TRY(reversal_waiting_of(c, in->number, &w, &found));
	if (!found) return RAISE(c, E_CONFLICT, &none_open);
	TRY(slip_load(c, in->number, w.slip, &s));
	enum red_state state = (enum red_state)s.row.state;
	if (!red_state_step(&state, in->cause)) return RAISE(c, E_CONFLICT, &none_open);
	TRY(slip_move(c, &s, state, S("")));
	struct value *act = slip_value(c, &s);
	value_put_str(c->arena, act, "note", in->note);
	TRY(receipt_issue(c, ACT_REVERSAL_REQUESTED, blue.seller_id, act, &receipt, NULL));
	out->value = act;
	value_put(c->arena, out->value, "receipt", receipt);
	return OK;
}
