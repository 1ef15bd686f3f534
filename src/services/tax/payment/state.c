#include "services/tax/payment/state.h"

/* A debit is the strongest word: money moved. It settles whatever is open, also what had expired for want of an answer.
 * Only where the bank itself had refused before does it contradict. */
static const struct payment_step steps[5][4] = {
	[STATE_CREATED] = { [EVENT_ACKED] = { STATE_SENT, ACT_MOVE },
	        [EVENT_DEBITED] = { STATE_PAID, ACT_SETTLE },
	        [EVENT_REFUSED] = { STATE_FAILED, ACT_CLOSE },
	        [EVENT_EXPIRED] = { STATE_EXPIRED, ACT_CLOSE } },
	[STATE_SENT] = { [EVENT_ACKED] = { STATE_SENT, ACT_NONE },
	        [EVENT_DEBITED] = { STATE_PAID, ACT_SETTLE },
	        [EVENT_REFUSED] = { STATE_FAILED, ACT_CLOSE },
	        [EVENT_EXPIRED] = { STATE_EXPIRED, ACT_CLOSE } },
	[STATE_PAID] = { [EVENT_ACKED] = { STATE_PAID, ACT_NONE },
	        [EVENT_DEBITED] = { STATE_PAID, ACT_NONE },
	        [EVENT_REFUSED] = { STATE_PAID, ACT_DISPUTE },
	        [EVENT_EXPIRED] = { STATE_PAID, ACT_NONE } },
	[STATE_FAILED] = { [EVENT_ACKED] = { STATE_FAILED, ACT_NONE },
	        [EVENT_DEBITED] = { STATE_FAILED, ACT_DISPUTE },
	        [EVENT_REFUSED] = { STATE_FAILED, ACT_NONE },
	        [EVENT_EXPIRED] = { STATE_FAILED, ACT_NONE } },
	[STATE_EXPIRED] = { [EVENT_ACKED] = { STATE_EXPIRED, ACT_NONE },
	        [EVENT_DEBITED] = { STATE_PAID, ACT_SETTLE },
	        [EVENT_REFUSED] = { STATE_FAILED, ACT_MOVE },
	        [EVENT_EXPIRED] = { STATE_EXPIRED, ACT_NONE } },
};

struct payment_step payment_step(enum payment_state s, enum payment_event e)
{
	return steps[s][e];
}

static const struct {
	const char *code, *shown;
} names[] = {
	[STATE_CREATED] = { "created", "created" },
	[STATE_SENT] = { "sent", "sent" },
	[STATE_PAID] = { "paid", "paid" },
	[STATE_FAILED] = { "failed", "failed" },
	[STATE_EXPIRED] = { "expired", "failed" },
};

const char *payment_state_code(enum payment_state s)
{
	return names[s].code;
}

const char *payment_state_shown(enum payment_state s)
{
	return names[s].shown;
}

bool payment_state_of(struct str code, enum payment_state *s)
{
	for (int i = STATE_CREATED; i <= STATE_EXPIRED; i++)
		if (str_is(code, names[i].code)) {
			*s = (enum payment_state)i;
			return true;
		}
	return false;
}

/* Sending: 2, 4, 8 … 300 seconds. Asking after an acknowledgement: 15, 30 … 600, because the bank calls back itself. */
int64_t payment_pause(int64_t tries, bool acknowledged)
{
	int64_t pause = acknowledged ? 15 : 2, most = acknowledged ? 600 : 300;
	for (int64_t i = 1; i < tries && pause < most; i++)
		pause *= 2;
	return pause < most ? pause : most;
}
