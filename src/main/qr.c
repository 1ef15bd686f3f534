#include "main/qr.h"
#include "main/offline.h"
#include "services/invoice/issue/qr_signed.h"
#include "services/invoice/issue/qr_text.h"
#include "services/invoice/lane/lane.h"
#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 4096 };

/* The argument is a file, or the text itself. */
static struct str text_of(struct arena *a, const char *argument)
{
	FILE *f = strcmp(argument, "-") == 0 ? stdin : fopen(argument, "rb");
	if (!f) return str_trim(str_c(argument));
	char *p = arena_alloc(a, TEXT_MAX + 1);
	size_t n = fread(p, 1, TEXT_MAX, f);
	if (f != stdin) (void)fclose(f);
	return str_trim((struct str){ p, n });
}

static const char *explain(enum qr_signature s)
{
	switch (s) {
	case QR_SIGNED: return "signed by this key, unchanged";
	case QR_UNSIGNED: return "no signature: the check characters only catch misreading, they prove nothing";
	case QR_FORGED: return "the signature does not fit the text";
	case QR_UNKNOWN_KEY: return "unknown issuer key";
	case QR_BROKEN: return "this is not the text of an invoice's QR code";
	}
	return "";
}

static int tell_broken(enum qr_text_fault f)
{
	(void)printf("FAILED %s: the text is broken at this part\n", qr_text_fault_word(f));
	return 1;
}

static void tell_good(struct arena *a, const char *why, const struct qr_text *q)
{
	struct str total = money_format(a, q->amount), day = date_format(a, q->date);
	(void)printf(
	        "ok: %s\nnumber %.*s\ntotal %.*s\non %.*s\n", why, STR_FMT(q->number), STR_FMT(total), STR_FMT(day));
}

static int verify_invoice(struct arena *a, struct str whole, const struct offline_keys *keys)
{
	struct qr_text q;
	struct str text = STR_NONE;
	enum qr_signature s = QR_UNKNOWN_KEY;
	for (size_t i = 0; i < keys->n && s == QR_UNKNOWN_KEY; i++)
		s = qr_signed_check(a, whole, &keys->list[i], &text);
	enum qr_text_fault f = qr_text_parse(a, text, &q);
	if (f != QR_TEXT_OK) return tell_broken(f);
	if (s != QR_SIGNED) return printf("FAILED signature: %s\n", explain(s)) > 0;
	tell_good(a, explain(s), &q);
	(void)puts("whether it was reversed since is not in a QR code");
	return 0;
}

static const char *explain_lane(enum lane_qr_outcome o)
{
	switch (o) {
	case LANE_QR_GOOD: return "signed by a seller's device, which this key has certified";
	case LANE_QR_BROKEN: return "this is not the text of a device's QR code";
	case LANE_QR_UNCHECKED: return "no key to check with";
	case LANE_QR_UNKNOWN_KEY: return "the certificate is by an unknown key";
	case LANE_QR_FORGED_CERTIFICATE: return "the certificate is forged or changed";
	case LANE_QR_SUITE: return "the certificate names a way of signing that is not known here";
	case LANE_QR_FORGED_SIGNATURE: return "the device did not sign this text";
	case LANE_QR_OUTSIDE: return "number or date are not those of the certificate";
	}
	return "";
}

static int verify_device(struct arena *a, struct str whole, const struct offline_keys *keys)
{
	struct lane_qr l;
	struct qr_text q;
	enum lane_qr_outcome o = lane_qr_check(a, whole, keys->list, keys->n, &l);
	if (o != LANE_QR_GOOD) return printf("FAILED %s: %s\n", lane_qr_word(o), explain_lane(o)) > 0;
	enum qr_text_fault f = qr_text_parse(a, l.text, &q);
	if (f != QR_TEXT_OK) return tell_broken(f);
	tell_good(a, explain_lane(o), &q);
	struct str until = date_format(a, l.certificate.until);
	(void)printf("device %.*s of %.*s (%.*s), certified until %.*s\nwhether the device was stopped, and the "
	             "invoice reported "
	             "or reversed, is not in a QR code\n",
	        STR_FMT(l.certificate.lane), STR_FMT(l.certificate.seller_name), STR_FMT(l.certificate.seller_id),
	        STR_FMT(until));
	return 0;
}

static int verify(struct arena *a, const char *argument, const char *key)
{
	struct offline_keys *keys = arena_new_of(a, struct offline_keys);
	if (!offline_keys_read(a, key, keys)) return 2;
	struct str text = text_of(a, argument);
	return lane_qr_is(text) ? verify_device(a, text, keys) : verify_invoice(a, text, keys);
}

int qr_main(int argc, char **argv)
{
	const char *text = NULL, *key = NULL;
	bool good = argc > 2 && strcmp(argv[2], "verify") == 0;
	for (int i = 3; i < argc; i++) {
		if (strcmp(argv[i], "--key") == 0 && i + 1 < argc)
			key = argv[++i];
		else if (!text)
			text = argv[i];
		else
			good = false;
	}
	if (!good || !text || !key) {
		(void)fputs("etaxd qr verify TEXT|FILE --key K\n", stderr);
		return 2;
	}
	struct arena *a = arena_new();
	int rc = verify(a, text, key);
	arena_free(a);
	return rc;
}
