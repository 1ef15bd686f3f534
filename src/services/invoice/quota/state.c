#include "services/invoice/quota/state.h"
#include "kernel/operation/service.h"

static const struct {
	enum quota_state from;
	const char *event;
	enum quota_state to;
} steps[] = {
	{ QUOTA_SUBMITTED, "withdraw", QUOTA_WITHDRAWN },
	{ QUOTA_SUBMITTED, "accept", QUOTA_ACCEPTED },
	{ QUOTA_SUBMITTED, "refuse", QUOTA_REFUSED },
	{ QUOTA_SUBMITTED, "return", QUOTA_TO_CORRECT },
	{ QUOTA_ACCEPTED, "withdraw", QUOTA_WITHDRAWN },
	{ QUOTA_ACCEPTED, "return", QUOTA_TO_CORRECT },
	{ QUOTA_ACCEPTED, "review", QUOTA_REVIEWED },
	{ QUOTA_TO_CORRECT, "withdraw", QUOTA_WITHDRAWN },
	{ QUOTA_TO_CORRECT, "correct", QUOTA_SUBMITTED },
	{ QUOTA_REVIEWED, "grant", QUOTA_GRANTED },
	{ QUOTA_REVIEWED, "deny", QUOTA_DENIED },
};

bool quota_state_step(enum quota_state *state, struct str event)
{
	for (size_t i = 0; i < COUNT(steps); i++)
		if (steps[i].from == *state && str_is(event, steps[i].event)) return *state = steps[i].to, true;
	return false;
}

bool quota_state_open(enum quota_state state)
{
	return state == QUOTA_SUBMITTED || state == QUOTA_ACCEPTED || state == QUOTA_TO_CORRECT ||
	       state == QUOTA_REVIEWED;
}

const char *quota_state_words(enum quota_state state)
{
	static const char *const words[] = { "", N_("已提交"), N_("已撤销"), N_("受理中"), N_("不予受理"), N_("待补正"),
		N_("审核中"), N_("通过"), N_("不通过") };
	return state >= QUOTA_SUBMITTED && state <= QUOTA_DENIED ? words[state] : "";
}
