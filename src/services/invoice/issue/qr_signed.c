#include "services/invoice/issue/qr_signed.h"
#include "services/invoice/issue/qr_text.h"

enum { SIGNATURE = 64 };

static struct str covered(struct arena *a, struct str text)
{
	return str_printf(a, "etax-qr-v1\n%.*s", STR_FMT(text));
}

struct str qr_signed_make(
        struct arena *a, struct str text, const struct tlog_verifier *who, const struct crypto_key *key)
{
	unsigned char signature[SIGNATURE];
	crypto_ed25519_sign(key, covered(a, text), signature);
	return str_printf(
	        a, "%.*s|etax1|%08x|%s", STR_FMT(text), who->key_id, str_base64(a, signature, sizeof signature).p);
}

enum qr_signature qr_signed_check(struct arena *a, struct str whole, const struct tlog_verifier *who, struct str *text)
{
	struct str rest = qr_text_clean(a, whole), suite, id, signature, bytes;
	*text = STR_NONE;
	if (!str_split(&rest, '|', text)) return QR_BROKEN;
	if (!rest.p) return QR_UNSIGNED;
	if (!str_split(&rest, '|', &suite) || !str_is(suite, "etax1") || !str_split(&rest, '|', &id) || id.n != 8 ||
	        !str_split(&rest, '|', &signature) || rest.p || !str_unbase64(a, signature, &bytes) ||
	        bytes.n != SIGNATURE)
		return QR_BROKEN;
	if (!who || who->suite != TLOG_ED25519 || !str_eq(id, str_printf(a, "%08x", who->key_id)))
		return QR_UNKNOWN_KEY;
	return crypto_ed25519_verify(who->key, covered(a, *text), (const unsigned char *)bytes.p) ? QR_SIGNED
	                                                                                          : QR_FORGED;
}
