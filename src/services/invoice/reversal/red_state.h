/* Confirmation slip of a red-letter invoice (红字发票信息确认单): its states and events (domain/invoice.md §3.9). No
 * I/O. */
#ifndef REVERSAL_RED_STATE_H
#define REVERSAL_RED_STATE_H
#include "base/str.h"

enum red_state { /* 红字确认信息状态代码 */
	RED_NONE = 0,
	RED_NO_CONFIRMATION = 1,  /* 无需确认 */
	RED_WAITS_FOR_BUYER = 2,  /* 销方录入待购方确认 */
	RED_WAITS_FOR_SELLER = 3, /* 购方录入待销方确认 */
	RED_CONFIRMED = 4,        /* 购销双方已确认 */
	RED_BUYER_REFUSED = 5,
	RED_SELLER_REFUSED = 6,
	RED_EXPIRED = 7, /* 超72小时未确认 */
	RED_WITHDRAWN = 8,
	RED_WITHDRAWN_AFTER = 9, /* 确认后撤销 */
	RED_ABNORMAL_VOUCHER = 10,
	RED_ABNORMAL_TAXPAYER = 11,
	RED_PERSON_REFUSED = 12, /* 自然人拒收 */
	RED_REFUND_APPLIED = 13, /* 已开具退税申请单 */
};
#define RED_STATE_HOURS 72 /* to confirm, from the application */

/* Events: seller_apply:not_booked, seller_apply:buyer_booked, buyer_apply:buyer_booked, buyer_confirm, seller_confirm,
 * buyer_refuse, person_refuse (a natural person), seller_refuse, wait_72h, withdraw; of the bureau: abnormal_voucher,
 * abnormal_taxpayer, refund_applied.
 * False: the state does not allow it (or no such event); *state stays. */
bool red_state_step(enum red_state *state, struct str event);
bool red_state_may_issue(enum red_state state);
bool red_state_open(enum red_state state); /* the blue invoice is locked against deduction */
#endif
