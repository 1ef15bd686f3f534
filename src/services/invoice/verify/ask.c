/* The question of a message: "CY 26332000000000000001 1130.00" and what people make of it (domain/invoice.md §9.2). */
#include "services/invoice/verify/ask.h"
#include "base/utf8.h"
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/metrics/metrics.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/verify/paper_fact.h"
#include "services/invoice/verify/verify.h"
#include <strings.h>

enum { NUMBER_DIGITS = 20, SHORT_NUMBER = 8, TOKENS_MAX = 24 };

/* What a code point stands for: a digit, a point, a sign of a date, or a blank. */
static char plain(int32_t ch)
{
	static const struct {
		int32_t ch;
		char to;
	} said[] = { { 0x96f6, '0' }, { 0x3007, '0' }, { 0x4e00, '1' }, { 0x5e7a, '1' }, { 0x4e8c, '2' },
		{ 0x4e24, '2' }, { 0x4e09, '3' }, { 0x56db, '4' }, { 0x4e94, '5' }, { 0x516d, '6' }, { 0x4e03, '7' },
		{ 0x516b, '8' }, { 0x4e5d, '9' }, { 0x70b9, '.' }, { 0x5e74, '-' }, { 0x6708, '-' } };
	if ((ch >= '0' && ch <= '9') || ch == '.' || ch == '-' || ch == '/' || ch == ',') return (char)ch;
	for (size_t i = 0; i < COUNT(said); i++)
		if (said[i].ch == ch) return said[i].to;
	return ' ';
}

static struct str plain_text(struct arena *a, struct str text)
{
	struct str s = utf8_fold(a, text);
	struct buf b;
	buf_init(&b, a, s.n + 1);
	for (size_t at = 0; at < s.n;) {
		int32_t ch = utf8_next(s, &at);
		if (ch < 0) at++;
		buf_char(&b, plain(ch));
	}
	return buf_done(&b);
}

static bool digit(char ch)
{
	return ch >= '0' && ch <= '9';
}

static bool all_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!digit(s.p[i])) return false;
	return s.n > 0;
}

/* A comma within an amount (1,130.00): one to three digits before it, three behind. */
static bool groups_thousands(struct str s, size_t at)
{
	size_t before = 0, after = 0;
	while (before < at && digit(s.p[at - 1 - before]))
		before++;
	while (at + 1 + after < s.n && digit(s.p[at + 1 + after]))
		after++;
	return before >= 1 && before <= 3 && after == 3;
}

static size_t split(struct arena *a, struct str s, struct str out[TOKENS_MAX])
{
	size_t n = 0;
	struct buf b;
	buf_init(&b, a, 32);
	for (size_t i = 0; i <= s.n; i++) {
		char ch = i < s.n ? s.p[i] : ' ';
		if (ch == ',' && groups_thousands(s, i)) continue;
		if (ch != ' ' && ch != ',') {
			buf_char(&b, ch);
			continue;
		}
		if (!b.n) continue;
		if (n == TOKENS_MAX) return TOKENS_MAX + 1;
		out[n++] = str_dup(a, buf_done(&b));
		b.n = 0;
	}
	return n;
}

/* 20261124, 2026-11-24, 2026/11/24 and (of 年 and 月) 2026-11-24 */
static bool read_day(struct arena *a, struct str s, struct date *out)
{
	char text[10];
	if (s.n == 8 && all_digits(s)) return date_parse(str_printf(a, "%.4s-%.2s-%.2s", s.p, s.p + 4, s.p + 6), out);
	if (s.n != 10) return false;
	for (size_t i = 0; i < 10; i++)
		text[i] = s.p[i] == '/' ? '-' : s.p[i];
	return date_parse((struct str){ text, 10 }, out);
}

/* The number of an older kind stands behind its code of 10 or 12 digits. */
static bool is_older(const struct str *t, size_t n)
{
	if (n < 2 || t[1].n != SHORT_NUMBER || !all_digits(t[0]) || !all_digits(t[1])) return false;
	return t[0].n == 10 || (t[0].n == 12 && (t[0].p[0] == '0' || t[0].p[0] == '1'));
}

static bool read_rest(struct arena *a, const struct str *t, size_t n, struct verify_in *in)
{
	for (size_t i = 0; i < n; i++) {
		if (!in->has_date && read_day(a, t[i], &in->date))
			in->has_date = true;
		else if (!in->has_total && money_parse(t[i], &in->total))
			in->has_total = true;
		else
			return false;
	}
	return true;
}

bool verify_words_read(struct arena *a, struct str text, struct verify_words *out)
{
	struct str t[TOKENS_MAX];
	struct buf number;
	size_t i = 0, n = text.n > VERIFY_ASK_MAX ? 0 : split(a, plain_text(a, text), t);
	*out = (struct verify_words){ 0 };
	if (!n || n > TOKENS_MAX) return false;
	if (is_older(t, n)) {
		out->legacy = true;
		out->in.number = t[1];
		out->code = t[0];
		return true;
	}
	buf_init(&number, a, NUMBER_DIGITS + 1);
	while (i < n && all_digits(t[i]) && number.n + t[i].n <= NUMBER_DIGITS && number.n < NUMBER_DIGITS)
		buf_str(&number, t[i++]);
	if (number.n != NUMBER_DIGITS) return false;
	out->in.number = buf_done(&number);
	return read_rest(a, t + i, n - i, &out->in);
}

bool verify_is_help(struct str text)
{
	for (size_t at = 0; at < text.n;) {
		int32_t ch = utf8_next(text, &at);
		if (ch < 0) at++;
		if (digit(plain(ch)) || (ch >= 0xff10 && ch <= 0xff19)) return false;
	}
	return true;
}

static struct value *unanswered(
        struct ctx *c, const char *verdict, const char *outcome, const char *words, struct str number)
{
	struct value *v = value_object(c->arena), *one = value_object(c->arena);
	value_put_str(c->arena, v, "number", number);
	value_put_c(c->arena, v, "verdict", verdict);
	value_put_str(c->arena, v, "detail", tr(c, words));
	value_put_c(c->arena, one, "what", "text");
	value_put_c(c->arena, one, "outcome", outcome);
	value_put_str(c->arena, one, "detail", tr(c, words));
	value_push(c->arena, value_put_array(c->arena, v, "checked"), one);
	value_put_str(c->arena, v, "reversed_by", STR_NONE);
	return v;
}

const char *const verify_counted[VERIFY_COUNTED] = { "valid", "partly-reversed", "reversed", "not-as-issued", "unknown",
	"unreadable" };

struct metric *verify_counter(struct ctx *c, int i)
{
	struct metric *k = metrics_hot(c->app->metrics, (size_t)i);
	if (k) return k;
	struct str labels = str_printf(c->arena, "verdict=\"%s\"", verify_counted[i]);
	k = metrics_gauge(c->app->metrics, "etax_verify_untold", labels.p, "Verdicts that risk was not told of yet");
	metrics_hot_set(c->app->metrics, (size_t)i, k);
	return k;
}

void verify_count(struct ctx *c, const struct value *answer)
{
	struct str verdict = value_text(answer, "verdict");
	for (int i = 0; i < VERIFY_COUNTED; i++)
		if (str_is(verdict, verify_counted[i])) metric_add(verify_counter(c, i), 1);
}

err_t verify_ask(struct ctx *c, struct str text, struct str sender, struct value **out)
{
	struct verify_words w;
	text = issue_qr_clean(c->arena, text);
	if (str_starts(text, "01,") || (text.n > 7 && strncasecmp(text.p, "http", 4) == 0)) {
		struct verify_qr_in qr = { .text = text, .sender = sender };
		return verify_qr_judge(c, &qr, out);
	}
	if (!verify_words_read(c->arena, text, &w)) {
		*out = unanswered(c, "unreadable", "words", N_("看不懂。请发：CY 20 位发票号码 价税合计"), STR_NONE);
		verify_count(c, *out);
		return OK;
	}
	if (!w.legacy) {
		w.in.sender = sender;
		TRY(verify_judge(c, &w.in, out));
		verify_count(c, *out);
		return OK;
	}
	bool found;
	TRY(verify_paper(c, w.code, w.in.number, out, &found));
	if (found) return OK;
	*out = unanswered(c, "unknown", "older-kind", N_("这是旧式发票，不在本平台的开票记录里"), w.in.number);
	return OK;
}

err_t verify_ask_once(struct ctx *c, struct str text, struct value **out)
{
	TRY(verify_ask(c, text, STR_NONE, out));
	return verify_not_too_often(c, *out);
}
