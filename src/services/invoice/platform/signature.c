#include "services/invoice/platform/signature.h"
#include "kernel/crypto/crypto.h"

enum { FIRST_PAUSE = 10, LONGEST_PAUSE = 21600 };

struct str signature_make(struct arena *a, struct str secret, int64_t timestamp, struct str body)
{
	unsigned char mac[32];
	struct str text = str_printf(a, "%lld.%.*s", (long long)timestamp, STR_FMT(body));
	crypto_hmac_sha256(secret, text, mac);
	return str_printf(a, "v1=%s", str_hex(a, mac, sizeof mac).p);
}

enum signature_verdict signature_check(struct arena *a, struct str secret, int64_t timestamp, struct str body,
        struct str signature, int64_t now_seconds)
{
	struct str right = signature_make(a, secret, timestamp, body);
	if (!str_eq_const_time(right, signature)) return SIGNATURE_FORGED;
	bool near = timestamp >= now_seconds - SIGNATURE_SECONDS && timestamp <= now_seconds + SIGNATURE_SECONDS;
	return near ? SIGNATURE_GOOD : SIGNATURE_OLD;
}

int64_t signature_pause(int64_t failures)
{
	int64_t pause = FIRST_PAUSE;
	for (int64_t i = 1; i < failures && pause < LONGEST_PAUSE; i++)
		pause *= 3;
	return pause < LONGEST_PAUSE ? pause : LONGEST_PAUSE;
}
