/* The eight states of an application for another quota (发票总额度人工调整, domain/invoice.md §3.8). No I/O. */
#ifndef QUOTA_STATE_H
#define QUOTA_STATE_H
#include "base/str.h"

enum quota_state {
	QUOTA_SUBMITTED = 1, /* 已提交 */
	QUOTA_WITHDRAWN,     /* 已撤销 */
	QUOTA_ACCEPTED,      /* 受理中 */
	QUOTA_REFUSED,       /* 不予受理 */
	QUOTA_TO_CORRECT,    /* 待补正 */
	QUOTA_REVIEWED,      /* 审核中 */
	QUOTA_GRANTED,       /* 通过 */
	QUOTA_DENIED,        /* 不通过 */
};
/* withdraw, correct: the taxpayer; accept, refuse, return, review, grant, deny: the officer. */
bool quota_state_step(enum quota_state *state, struct str event);
bool quota_state_open(enum quota_state state);
const char *quota_state_words(enum quota_state state); /* N_() */
#endif
