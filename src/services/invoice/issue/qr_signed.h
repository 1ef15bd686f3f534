/* A signed QR text (A10: an offline check that proves something): the usual text, "|etax1|", key id, signature. Ed25519 by the
 * node's log key over "etax-qr-v1\n" and the usual text, so that the verifier key that checks receipts checks this too. The
 * usual text alone proves nothing: anyone can compute its CRC. No I/O. */
#ifndef ISSUE_QR_SIGNED_H
#define ISSUE_QR_SIGNED_H
#include "kernel/tlog/tlog.h"

enum qr_signature {
	QR_UNSIGNED,
	QR_SIGNED,
	QR_FORGED,      /* by this key's name, and wrong */
	QR_UNKNOWN_KEY, /* another key */
	QR_BROKEN,      /* behind the text stands something else */
};
struct str qr_signed_make(struct arena *a, struct str text, const struct tlog_verifier *who, const struct crypto_key *key);
/* *text: the usual part. who NULL: a signature is then QR_UNKNOWN_KEY. */
enum qr_signature qr_signed_check(struct arena *a, struct str whole, const struct tlog_verifier *who, struct str *text);
#endif
