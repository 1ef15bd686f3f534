/* The texts of a lane: certificate, QR, entry. Pure. Inner header. */
#ifndef LANE_TEXT_H
#define LANE_TEXT_H
#include "services/invoice/lane/lane.h"

enum { LANE_KEY = 32, LANE_SIGNATURE = 64, LANE_HASH = 64, LANE_ENTRY_MAX = 1 << 20 };
#define LANE_SUITE "ed25519"
#define LANE_NO_ENTRY "0000000000000000000000000000000000000000000000000000000000000000"

struct str lane_certificate_text(struct arena *a, const struct lane_certificate *c);
bool lane_certificate_parse(struct arena *a, struct str text, struct lane_certificate *out);
/* What the node signs. */
struct str lane_certificate_covered(struct arena *a, struct str text);
bool lane_certificate_holds(const struct lane_certificate *c, struct str number, struct date day);

/* What a device hands over: canonical JSON, of which the signature covers each byte. */
struct lane_entry {
	struct str lane, number, previous, suite, qr;
	int64_t sequence;
	instant_us issued_at;
	struct money amount, tax, total;
	const struct value *invoice; /* input of POST /invoices */
	char hash[LANE_HASH + 1];
};
/* NULL: read; else what is wrong: "json", "canonical", "members", "suite". */
const char *lane_entry_parse(struct arena *a, struct str text, struct lane_entry *out);
struct str lane_entry_covered(struct arena *a, struct str text);
struct str lane_qr_covered(struct arena *a, struct str text);
#endif
