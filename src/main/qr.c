#include "main/qr.h"
#include "main/offline.h"
#include "services/invoice/issue/qr_signed.h"
#include "services/invoice/issue/qr_text.h"
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

static int verify(struct arena *a, const char *argument, const char *key)
{
	struct offline_keys *keys = arena_new_of(a, struct offline_keys);
	struct qr_text q;
	struct str text = STR_NONE;
	if (!offline_keys_read(a, key, keys)) return 2;
	enum qr_signature s = QR_UNKNOWN_KEY;
	for (size_t i = 0; i < keys->n && s == QR_UNKNOWN_KEY; i++)
		s = qr_signed_check(a, text_of(a, argument), &keys->list[i], &text);
	enum qr_text_fault f = qr_text_parse(a, text, &q);
	if (s == QR_SIGNED && f == QR_TEXT_OK) {
		struct str total = money_format(a, q.amount), day = date_format(a, q.date);
		(void)printf(
		        "ok: %s\nnumber %.*s\ntotal %.*s\non %.*s\nwhether it was reversed since is not in a QR code\n",
		        explain(s), STR_FMT(q.number), STR_FMT(total), STR_FMT(day));
		return 0;
	}
	if (f != QR_TEXT_OK)
		(void)printf("FAILED %s: the text is broken at this part\n", qr_text_fault_word(f));
	else
		(void)printf("FAILED signature: %s\n", explain(s));
	return 1;
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
