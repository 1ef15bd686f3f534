/* Signatures of webhooks: HMAC-SHA256 with the webhook's secret over "TIMESTAMP.BODY". Pure. */
#ifndef PLATFORM_SIGNATURE_H
#define PLATFORM_SIGNATURE_H
#include "base/str.h"

enum { SIGNATURE_SECONDS = 300 }; /* how far the timestamp may be from the receiver's clock */
enum signature_verdict { SIGNATURE_GOOD, SIGNATURE_OLD, SIGNATURE_FORGED };
struct str signature_make(struct arena *a, struct str secret, int64_t timestamp, struct str body); /* "v1=" and 64 hex digits */
/* Forged is told first: only who signed learns whether the time was right. */
enum signature_verdict signature_check(struct arena *a, struct str secret, int64_t timestamp, struct str body,
        struct str signature, int64_t now_seconds);
/* Seconds to wait after the n-th failure (from 1): 10 s, tripled, 6 hours at most. */
int64_t signature_pause(int64_t failures);
#endif
