#include "services/invoice/reversal/red_state.h"

static const struct {
	enum red_state from;
	const char *event;
	enum red_state to;
} steps[] = {
	{ RED_NONE, "seller_apply:not_booked", RED_NO_CONFIRMATION },
	{ RED_NONE, "seller_apply:buyer_booked", RED_WAITS_FOR_BUYER },
	{ RED_NONE, "buyer_apply:buyer_booked", RED_WAITS_FOR_SELLER },
	{ RED_WAITS_FOR_BUYER, "buyer_confirm", RED_CONFIRMED },
	{ RED_WAITS_FOR_SELLER, "seller_confirm", RED_CONFIRMED },
	{ RED_WAITS_FOR_BUYER, "buyer_refuse", RED_BUYER_REFUSED },
	{ RED_WAITS_FOR_BUYER, "person_refuse", RED_PERSON_REFUSED },
	{ RED_WAITS_FOR_SELLER, "seller_refuse", RED_SELLER_REFUSED },
	{ RED_WAITS_FOR_BUYER, "wait_72h", RED_EXPIRED },
	{ RED_WAITS_FOR_SELLER, "wait_72h", RED_EXPIRED },
	{ RED_NO_CONFIRMATION, "withdraw", RED_WITHDRAWN },
	{ RED_WAITS_FOR_BUYER, "withdraw", RED_WITHDRAWN },
	{ RED_WAITS_FOR_SELLER, "withdraw", RED_WITHDRAWN },
	{ RED_CONFIRMED, "withdraw", RED_WITHDRAWN_AFTER },
};

bool red_state_step(enum red_state *state, struct str event)
{
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (steps[i].from == *state && str_is(event, steps[i].event)) return *state = steps[i].to, true;
	if (!red_state_open(*state)) return false;
	if (str_is(event, "abnormal_voucher")) return *state = RED_ABNORMAL_VOUCHER, true;
	if (str_is(event, "abnormal_taxpayer")) return *state = RED_ABNORMAL_TAXPAYER, true;
	if (str_is(event, "refund_applied")) return *state = RED_REFUND_APPLIED, true;
	return false;
}

bool red_state_may_issue(enum red_state state)
{
	return state == RED_NO_CONFIRMATION || state == RED_CONFIRMED;
}

bool red_state_open(enum red_state state)
{
	return state >= RED_NO_CONFIRMATION && state <= RED_CONFIRMED;
}
