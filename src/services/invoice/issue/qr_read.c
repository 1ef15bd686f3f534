/* QR texts for the other services: what one says, and whether its signature is ours. */
#include "kernel/keys/keys.h"
#include "kernel/receipt/log.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/issue/qr_signed.h"
#include "services/invoice/issue/qr_text.h"
#include "services/invoice/issue/write.h"

enum { DIGITAL_NUMBER = 20 };

struct str issue_verifiers(struct ctx *c)
{
	return c->app->keys ? receipt_verifiers(c) : S("");
}

size_t issue_keys(struct arena *a, struct str lines, struct tlog_verifier *out)
{
	struct str line;
	size_t n = 0;
	while (n < ISSUE_KEYS_MAX && lines.n && str_split(&lines, '\n', &line))
		if (str_trim(line).n && tlog_verifier_parse(a, str_trim(line), &out[n])) n++;
	return n;
}

struct str issue_qr_sign(struct ctx *c, struct str text)
{
	struct tlog_verifier who;
	return c->app->keys && tlog_verifier_parse(c->arena, receipt_verifier(c), &who)
	               ? qr_signed_make(c->arena, text, &who, keys_log(c->app->keys))
	               : STR_NONE;
}

static void take(struct issue_qr *out, const struct qr_text *q, enum qr_text_fault f)
{
	*out = (struct issue_qr){ .number = q->number,
		.code = q->code,
		.total = q->amount,
		.date = q->date,
		.digital = q->number.n == DIGITAL_NUMBER,
		.fault = f == QR_TEXT_OK ? NULL : qr_text_fault_word(f) };
}

struct str issue_qr_clean(struct arena *a, struct str text)
{
	return qr_text_clean(a, text);
}

void issue_qr_text_read(struct arena *a, struct str text, struct issue_qr *out)
{
	struct qr_text q;
	enum qr_text_fault f = qr_text_parse(a, text, &q);
	take(out, &q, f);
	if (f != QR_TEXT_OK && qr_text_is_url(a, text, &out->host)) out->fault = "url";
}

void issue_qr_read(struct ctx *c, struct str whole, struct issue_qr *out)
{
	issue_qr_read_with(c, whole, issue_verifiers(c), out);
}

/* The line of the key that the text names; only this one is made a key of. */
static bool key_named(struct arena *a, struct str whole, struct str lines, struct tlog_verifier *out)
{
	struct str text, suite, id, line;
	if (!str_split(&whole, '|', &text) || !str_split(&whole, '|', &suite) || !str_split(&whole, '|', &id) ||
	        id.n != 8)
		return false;
	struct str mark = str_printf(a, "+%.*s+", STR_FMT(id));
	while (lines.n && str_split(&lines, '\n', &line))
		if (str_find(line, mark.p) >= 0 && tlog_verifier_parse(a, str_trim(line), out)) return true;
	return false;
}

/* Printed faces outlive the key in use: the keys before are known too. */
void issue_qr_read_with(struct ctx *c, struct str whole, struct str verifiers, struct issue_qr *out)
{
	static const enum issue_qr_signature outcome[] = { [QR_UNSIGNED] = ISSUE_QR_UNSIGNED,
		[QR_SIGNED] = ISSUE_QR_SIGNED,
		[QR_FORGED] = ISSUE_QR_FORGED,
		[QR_UNKNOWN_KEY] = ISSUE_QR_UNKNOWN_KEY,
		[QR_BROKEN] = ISSUE_QR_UNSIGNED };
	struct tlog_verifier who;
	struct qr_text q;
	struct str text;
	whole = qr_text_clean(c->arena, whole);
	bool named = key_named(c->arena, whole, verifiers, &who);
	enum qr_signature s = qr_signed_check(c->arena, whole, named ? &who : NULL, &text);
	enum qr_text_fault f = qr_text_parse(c->arena, text, &q);
	if (s == QR_BROKEN && f == QR_TEXT_OK) f = QR_TEXT_FIELDS;
	take(out, &q, f);
	if (f != QR_TEXT_OK && qr_text_is_url(c->arena, whole, &out->host)) out->fault = "url";
	out->signature = s == QR_UNKNOWN_KEY && !verifiers.n ? ISSUE_QR_UNCHECKED : outcome[s];
}
