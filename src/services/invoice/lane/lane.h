/* Mobile issuing (移动开票, A08): devices of a seller with a key, a block of numbers and a limit, that issue offline.
 */
#ifndef INVOICE_LANE_H
#define INVOICE_LANE_H
#include "kernel/operation/service.h"
#include "kernel/tlog/tlog.h"
#include "services/invoice/issue/issue.h"

/* Certificate of a block (docs: README of the service): what a device may issue, signed with the node's log key. */
struct lane_certificate {
	struct str lane, suite, first, key, seller_id, seller_name; /* key: base64 of the device's public key */
	int64_t count;
	struct date until;
	struct money limit;
};
/* QR text of an invoice that a device has issued: usual text, "|etaxl1|", signature of the device, certificate, key id
 * and signature of the certificate. Whoever has the bureau's verifier key checks it without asking anybody. */
enum lane_qr_outcome {
	LANE_QR_GOOD,
	LANE_QR_BROKEN,             /* not such a text */
	LANE_QR_UNCHECKED,          /* no key here */
	LANE_QR_UNKNOWN_KEY,        /* the certificate was signed by another bureau, or by nobody */
	LANE_QR_FORGED_CERTIFICATE, /* in our key's name, and wrong */
	LANE_QR_SUITE,              /* signed by a method that is not known here */
	LANE_QR_FORGED_SIGNATURE,   /* the device did not sign this text */
	LANE_QR_OUTSIDE,            /* number or date are not those of the block */
};
struct lane_qr {
	struct str text; /* the usual one */
	struct lane_certificate certificate;
};
bool lane_qr_is(struct str text); /* looks like one */
enum lane_qr_outcome lane_qr_check(
        struct arena *a, struct str text, const struct tlog_verifier *keys, size_t n_keys, struct lane_qr *out);
const char *lane_qr_word(enum lane_qr_outcome o);

/* Event lane.status: what the verification plane keeps of a lane. */
struct lane_status {
	struct str lane, key; /* key: the device's, base64 */
	struct str verifier;  /* of the log key that signs certificates */
	bool revoked;
	instant_us at;
};
bool lane_status_read(struct arena *a, struct str event, struct lane_status *out);
#endif
