/* Verification (发票查验, A10): anybody asks whether an invoice is as issued; the true values are never told. */
#ifndef INVOICE_VERIFY_H
#define INVOICE_VERIFY_H
#include "kernel/operation/service.h"

/* What the channels share (short messages, WeChat, kiosks): the same answer as of the API, {number, verdict, detail, checked[],
 * reversed_by}, from the plane alone. text: that of a QR code, or words as people type and say them: "CY 2633… 1130.00". */
enum { VERIFY_ASK_MAX = 512 };
MUST_USE err_t verify_ask(struct ctx *c, struct str text, struct value **out);
bool verify_is_help(struct str text); /* nothing in it that could be asked */
/* "valid", "not-as-issued:total,date": verdict and the items that led to it, the same in every channel. */
struct str verify_code(struct ctx *c, const struct value *answer);
/* At most 70 UTF-16 units: one short message. */
struct str verify_short(struct ctx *c, const struct value *answer);
struct str verify_long(struct ctx *c, const struct value *answer);   /* some lines, for chats */
struct str verify_spoken(struct ctx *c, const struct value *answer); /* to be read out: digits one by one */

/* Verdicts counted until somebody takes them off (statistics for risk); gauges etax_verify_untold. */
enum { VERIFY_COUNTED = 6 };
extern const char *const verify_counted[VERIFY_COUNTED];
struct metric *verify_counter(struct ctx *c, int i);
void verify_count(struct ctx *c, const struct value *answer);
#endif
