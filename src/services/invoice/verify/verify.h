/* Verification (发票查验, A10): anybody asks whether an invoice is as issued; the true values are never told. */
#ifndef INVOICE_VERIFY_H
#define INVOICE_VERIFY_H
#include "kernel/operation/service.h"

/* What the channels share (short messages, WeChat, kiosks): the same answer as of the API, {number, verdict, detail,
 * checked[], reversed_by}, from the plane alone. text: that of a QR code, or words as people type and say them: "CY
 * 2633… 1130.00". */
enum { VERIFY_ASK_MAX = 512 };
/* sender: who is told apart behind a gateway; empty: the caller. Verdict "too-often": of this number too many amounts
 * or dates were wrong, so that nobody can find them by asking (kernel/limit/guesses.h). */
MUST_USE err_t verify_ask(struct ctx *c, struct str text, struct str sender, struct value **out);
/* The same as the answer of an operation: E_LIMITED instead of that verdict. */
MUST_USE err_t verify_ask_once(struct ctx *c, struct str text, struct value **out);
bool verify_is_help(struct str text); /* nothing in it that could be asked */
/* "valid", "not-as-issued:total,date": verdict and the items that led to it, the same in every channel. */
struct str verify_code(struct ctx *c, const struct value *answer);
struct str verify_code_title(
        struct ctx *c, struct str code); /* of such a code, in words; an unknown one stays as it is */
/* At most 70 UTF-16 units: one short message. */
struct str verify_short(struct ctx *c, const struct value *answer);
struct str verify_long(struct ctx *c, const struct value *answer);   /* some lines, for chats */
struct str verify_spoken(struct ctx *c, const struct value *answer); /* to be read out: digits one by one */

/* {position, invoices, as_of, age_seconds}: how far the plane is. */
MUST_USE err_t verify_plane(struct ctx *c, struct value **out);
/* {hash, numbers, groups[{first, states}]}: all groups of a thousand numbers whose hash (SHA-256 of their first 17
 * digits) begins so; states: one digit a number, 0 not issued, 1 valid, 2 partly, 3 fully reversed. E_INPUT: no hex of
 * 2 to 8 digits. */
MUST_USE err_t verify_groups(struct ctx *c, struct str prefix, struct value **out);

/* Verdicts counted until somebody takes them off (statistics for risk); gauges etax_verify_untold. */
enum { VERIFY_COUNTED = 6 };
extern const char *const verify_counted[VERIFY_COUNTED];
struct metric *verify_counter(struct ctx *c, int i);
void verify_count(struct ctx *c, const struct value *answer);
#endif
