/* One answer in the words of each channel: a short message, a chat, a voice. Verdict and reasons are those of the API.
 */
#include "base/utf8.h"
#include "kernel/i18n/i18n.h"
#include "services/invoice/verify/asked.h"
#include "services/invoice/verify/verify.h"

enum { SHORT_UNITS = 70 };

static bool led_to_it(struct str outcome)
{
	static const char *const bad[] = { "differs", "forged", "unknown-key", "older-kind", "words", "listed",
		"converted" };
	for (size_t i = 0; i < COUNT(bad); i++)
		if (str_is(outcome, bad[i])) return true;
	return false;
}

/* A differing item is named by what differs, all others by how they came out. */
struct str verify_code(struct ctx *c, const struct value *answer)
{
	struct buf b;
	const struct value *list = value_get(answer, S("checked"));
	struct str verdict = value_text(answer, "verdict");
	char sign = ':';
	buf_init(&b, c->arena, 48);
	buf_str(&b, verdict);
	for (const struct value_member *m = list->first; m; m = m->next) {
		struct str what = value_text(m->value, "what"), outcome = value_text(m->value, "outcome");
		if (!led_to_it(outcome) && !(str_is(verdict, "unreadable") && str_is(what, "text"))) continue;
		buf_char(&b, sign);
		buf_str(&b, str_is(outcome, "differs") ? what : outcome);
		sign = ',';
	}
	return buf_done(&b);
}

static bool came_out(const struct value *answer, const char *what, const char *outcome)
{
	const struct value *list = value_get(answer, S("checked"));
	for (const struct value_member *m = list->first; m; m = m->next)
		if (str_is(value_text(m->value, "what"), what) && str_is(value_text(m->value, "outcome"), outcome))
			return true;
	return false;
}

static size_t units(struct str s)
{
	size_t n = 0;
	for (size_t at = 0; at < s.n; n++) {
		int32_t ch = utf8_next(s, &at);
		if (ch < 0) at++;
		n += ch > 0xffff;
	}
	return n;
}

static struct str short_text(struct ctx *c, const struct value *answer, bool full)
{
	struct buf b;
	struct str number = value_text(answer, "number"), at = instant_format(c->arena, c->now);
	buf_init(&b, c->arena, 220);
	buf_str(&b, tr(c, N_("【电子税务局】")));
	buf_str(&b, verify_title(c, answer));
	if (number.p) buf_printf(&b, "%s%.*s", c->lang ? ": " : "：", STR_FMT(number));
	if (full && came_out(answer, "total", "same")) buf_str(&b, tr(c, N_("，合计相符")));
	if (full && came_out(answer, "date", "same")) buf_str(&b, tr(c, N_("，日期相符")));
	buf_c(&b, c->lang ? ". " : "。");
	buf_str(&b, verify_code(c, answer));
	buf_char(&b, ' ');
	buf_str(&b, full ? str_printf(c->arena, "%.5s %.5s", at.p + 5, at.p + 11) : str_sub(at, 11, 5));
	return buf_done(&b);
}

struct str verify_short(struct ctx *c, const struct value *answer)
{
	struct str full = short_text(c, answer, true);
	return units(full) <= SHORT_UNITS ? full : short_text(c, answer, false);
}

struct str verify_long(struct ctx *c, const struct value *answer)
{
	struct buf b;
	struct str number = value_text(answer, "number"), at = instant_format(c->arena, c->now);
	const struct value *list = value_get(answer, S("checked"));
	buf_init(&b, c->arena, 1024);
	buf_str(&b, verify_title(c, answer));
	if (number.p) buf_printf(&b, "\n%.*s", STR_FMT(number));
	buf_printf(&b, "\n%.*s\n", STR_FMT(value_text(answer, "detail")));
	for (const struct value_member *m = list->first; m; m = m->next)
		buf_printf(&b, "\n· %.*s", STR_FMT(value_text(m->value, "detail")));
	buf_printf(&b, "\n\n%.*s %.10s %.8s", STR_FMT(verify_code(c, answer)), at.p, at.p + 11);
	return buf_done(&b);
}

/* Voices read a long run of digits as one number of trillions: one by one, in fours, they are heard. */
static void say_digits(struct ctx *c, struct buf *b, struct str digits)
{
	static const char *const zh[] = { "零", "一", "二", "三", "四", "五", "六", "七", "八", "九" };
	for (size_t i = 0; i < digits.n; i++) {
		if (i && i % 4 == 0) buf_c(b, c->lang ? ", " : "，");
		if (digits.p[i] < '0' || digits.p[i] > '9') continue;
		if (c->lang)
			buf_printf(b, "%s%c", i % 4 ? " " : "", digits.p[i]);
		else
			buf_c(b, zh[digits.p[i] - '0']);
	}
}

struct str verify_spoken(struct ctx *c, const struct value *answer)
{
	struct buf b;
	struct str number = value_text(answer, "number");
	const struct value *list = value_get(answer, S("checked"));
	const char *stop = c->lang ? ". " : "。";
	buf_init(&b, c->arena, 512);
	buf_printf(&b, "%.*s%s%.*s%s", STR_FMT(verify_title(c, answer)), stop, STR_FMT(value_text(answer, "detail")),
	        stop);
	if (number.p) {
		buf_str(&b, tr(c, N_("发票号码")));
		buf_c(&b, c->lang ? ": " : "：");
		say_digits(c, &b, number);
		buf_c(&b, stop);
	}
	for (const struct value_member *m = list->first; m; m = m->next)
		buf_printf(&b, "%.*s%s", STR_FMT(value_text(m->value, "detail")), stop);
	return str_trim(buf_done(&b));
}
