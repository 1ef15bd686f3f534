/* Receipts: each act that changes state appends one leaf to the transparency log in its own transaction
 * (domain/tlog.md; C2SP tlog-tiles, checkpoint, tlog-proof). The entry is public and holds no business data: version,
 * kind, time, SHA-256(salt || canonical act). Holder of the receipt can prove the act offline. */
#ifndef KERNEL_RECEIPT_H
#define KERNEL_RECEIPT_H
#include "kernel/ctx/ctx.h"
#include "kernel/value/value.h"

enum act_kind { /* one byte in the entry; never renumber */
	ACT_INVOICE_ISSUED = 1,
	ACT_INVOICE_REVERSED = 2,
	ACT_REVERSAL_REQUESTED = 3,
	ACT_INPUT_CREDITED = 4,
	ACT_RETURN_FILED = 5,
	ACT_PAYMENT_ORDERED = 6,
	ACT_PAYMENT_SETTLED = 7,
	ACT_CERTIFICATE_ISSUED = 8,
	ACT_REGISTERED = 9,
	ACT_REGISTRATION_CHANGED = 10,
	ACT_MANDATE_CHANGED = 11,
	ACT_PURCHASE_IMPORTED = 12,
	ACT_POLICY_PUBLISHED = 13,
	ACT_INVOICE_BATCH = 14, /* one leaf for many: Merkle root over the batch */
	ACT_LANE = 20,          /* a device of a seller: opened, block given, head anchored, revoked */
	ACT_AGENCY_REQUESTED = 21,
	ACT_QUOTA_DECIDED = 22,
	ACT_LOTTERY_DRAW = 40,  /* commitment, frozen tickets, secret and winners of a draw; release of its pool */
	ACT_LOTTERY_PRIZE = 41, /* won, paid, given back */
	ACT_LOTTERY_REPORT = 42,
	ACT_FALSE_INVOICE_REPORTED = 43,
	ACT_FALSE_INVOICE_DECIDED = 44,
	ACT_PAPER_RECEIVED = 50, /* paper invoices came into the bureau's stock */
	ACT_PAPER_GRANTED = 51,
	ACT_PAPER_DELIVERED = 52, /* handed over, or back in stock */
	ACT_PAPER_REPORTED = 53,
	ACT_PAPER_LISTED = 54, /* void or lost: every verifier sees it */
	ACT_PAPER_CONVERTED = 55,
	ACT_INVOICE_BOOKED = 56, /* booked, or its booking undone */
	ACT_INVOICE_HANDED = 57, /* handed by an employee to a firm that reimburses it */
	ACT_PAPER_COURIER = 58,  /* registered, given a new key, closed */
	ACT_PLATFORM_BATCH = 60, /* of orders that a platform gave in for its sellers */
	ACT_ORDERS_SETTLED = 61, /* orders claimed by their buyer, merged or split */
	ACT_WEBHOOK = 62,        /* registered, ended, given a new secret */
	ACT_PAPER_COUNTED = 63,  /* paper invoices of a month: how many, told by their seller */
};

/* Inside db_write. act: JSON object of what was done (who, what, amounts, when); holder may fetch the receipt.
 * *out = {id, kind, at, digest, href} to be put into the answer as "receipt"; the id is also given in *id when not
 * NULL. */
MUST_USE err_t receipt_issue(
        struct ctx *c, enum act_kind kind, int64_t holder_id, const struct value *act, struct value **out, int64_t *id);
/* The same for the hot path (one invoice of many): the act is given as canonical bytes already; *digest gets 32 bytes.
 */
MUST_USE err_t receipt_issue_bytes(struct ctx *c, enum act_kind kind, int64_t holder_id, struct str canonical_act,
        int64_t *id, unsigned char digest[32]);
/* {id, kind, at, digest, href} of a receipt id already known. */
struct value *receipt_value(
        struct ctx *c, int64_t id, enum act_kind kind, instant_us at, const unsigned char digest[32]);
#endif
