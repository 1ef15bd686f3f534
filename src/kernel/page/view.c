/* Page-time views: the answer carries "52000.00", the page prints "52,000.00". */
#include "base/rate.h"
#include "kernel/page/mustache.h"

static struct str day(struct arena *a, struct str text, bool english)
{
	static const char *const weekdays[] = { "一", "二", "三", "四", "五", "六", "日" };
	static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July", "August",
		"September", "October", "November", "December" };
	struct date d;
	instant_us t;
	if (!date_parse(text, &d)) {
		if (!instant_parse(text, &t)) return STR_NONE;
		d = date_of_instant(t);
	}
	if (english) return str_printf(a, "%d %s %d", d.day, months[d.month - 1], d.year);
	return str_printf(a, "%d 月 %d 日（周%s）", d.month, d.day, weekdays[date_weekday(d) - 1]);
}

/* "2026-11" -> 2026 年 11 月, "2026Q4" -> 2026 年第 4 季度; English keeps the short form. */
static struct str month(struct arena *a, struct str text, bool english)
{
	struct period p;
	if (!period_parse(text, &p)) return STR_NONE;
	if (english) return text;
	switch (p.kind) {
	case PERIOD_MONTH: return str_printf(a, "%d 年 %d 月", p.year, p.index);
	case PERIOD_QUARTER: return str_printf(a, "%d 年第 %d 季度", p.year, p.index);
	case PERIOD_YEAR: return str_printf(a, "%d 年", p.year);
	}
	return STR_NONE;
}

struct str mustache_view(struct arena *a, struct str text, struct str view, bool english)
{
	struct money m;
	struct rate r;
	instant_us t;
	if (str_is(view, "day")) return day(a, text, english);
	if (str_is(view, "month")) return month(a, text, english);
	if (str_is(view, "time")) {
		if (!instant_parse(text, &t)) return STR_NONE;
		struct str s = instant_format(a, t);
		return str_printf(a, "%.10s %.8s", s.p, s.p + 11);
	}
	if (str_is(view, "percent")) return rate_parse(text, &r) ? rate_percent(a, r) : STR_NONE;
	if (!money_parse(text, &m)) return STR_NONE;
	if (str_is(view, "money")) return money_grouped(a, m);
	if (str_is(view, "words")) return money_words(a, m);
	if (str_is(view, "is_zero")) return m.fen == 0 ? S("true") : S("");
	return STR_NONE;
}
