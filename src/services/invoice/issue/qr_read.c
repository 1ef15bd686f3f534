/* QR texts for the other services: what one says, and whether its signature is ours. */
#include "kernel/keys/keys.h"
#include "kernel/receipt/log.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/issue/qr_signed.h"
#include "services/invoice/issue/qr_text.h"
#include "services/invoice/issue/write.h"

static bool verifier(struct ctx *c, struct tlog_verifier *out)
{
	return c->app->keys && tlog_verifier_parse(c->arena, receipt_verifier(c), out);
}

struct str issue_qr_sign(struct ctx *c, struct str text)
{
	struct tlog_verifier who;
	return verifier(c, &who) ? qr_signed_make(c->arena, text, &who, keys_log(c->app->keys)) : STR_NONE;
}

void issue_qr_text_read(struct arena *a, struct str text, struct issue_qr *out)
{
	struct qr_text q;
	enum qr_text_fault f = qr_text_parse(a, text, &q);
	*out = (struct issue_qr){ .number = q.number,
		.code = q.code,
		.total = q.amount,
		.date = q.date,
		.digital = str_is(q.type, "31") || str_is(q.type, "32"),
		.fault = f == QR_TEXT_OK ? NULL : qr_text_fault_word(f) };
}

void issue_qr_read(struct ctx *c, struct str whole, struct issue_qr *out)
{
	static const enum issue_qr_signature outcome[] = { [QR_UNSIGNED] = ISSUE_QR_UNSIGNED,
		[QR_SIGNED] = ISSUE_QR_SIGNED,
		[QR_FORGED] = ISSUE_QR_FORGED,
		[QR_UNKNOWN_KEY] = ISSUE_QR_UNKNOWN_KEY,
		[QR_BROKEN] = ISSUE_QR_UNSIGNED };
	struct tlog_verifier who;
	struct qr_text q;
	struct str text;
	bool known = verifier(c, &who);
	enum qr_signature s = qr_signed_check(c->arena, str_trim(whole), known ? &who : NULL, &text);
	enum qr_text_fault f = qr_text_parse(c->arena, text, &q);
	if (s == QR_BROKEN && f == QR_TEXT_OK) f = QR_TEXT_FIELDS;
	*out = (struct issue_qr){ .number = q.number,
		.code = q.code,
		.total = q.amount,
		.date = q.date,
		.digital = str_is(q.type, "31") || str_is(q.type, "32"),
		.fault = f == QR_TEXT_OK ? NULL : qr_text_fault_word(f),
		.signature = s == QR_UNKNOWN_KEY && !known ? ISSUE_QR_UNCHECKED : outcome[s] };
}
