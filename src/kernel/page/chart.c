#include "kernel/page/chart.h"
#include "base/buf.h"
#include <stdio.h>

enum {
	WIDTH = 620,
	HEIGHT = 188,
	LEFT = 44,
	RIGHT = 616,
	TOP = 14,
	BASE = 162,
	LINES = 3,
	FULL_LINES = 4,
	TENTHS = 10,
	ROOM = 6 /* labels beside each other on a phone */
};

/* 1, 2, 4, 5 or 8 times a power of ten: LINES steps of it reach the highest value. */
static int64_t step_of(int64_t most)
{
	static const int64_t round[] = { 1, 2, 4, 5, 8, 10 };
	for (int64_t power = 1; power <= INT64_MAX / 100; power *= 10)
		for (size_t i = 0; i < sizeof round / sizeof *round; i++)
			if (round[i] * power * LINES >= most) return round[i] * power;
	return most / LINES + 1;
}

/* Height in tenths of a pixel; the division first keeps large amounts inside int64. */
static int64_t height(int64_t value, int64_t top)
{
	int64_t room = (BASE - TOP) * TENTHS;
	return value <= 0 ? 0 : top > INT64_MAX / (room + 1) ? value / (top / room) : value * room / top;
}

static void put_tenths(struct buf *b, int64_t v)
{
	buf_int(b, v / TENTHS);
	if (v % TENTHS) buf_printf(b, ".%d", (int)(v % TENTHS));
}

/* Labels come from our own words, yet a name could get in one day. */
static void put_text(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		switch (s.p[i]) {
		case '<': buf_c(b, "&lt;"); break;
		case '>': buf_c(b, "&gt;"); break;
		case '&': buf_c(b, "&amp;"); break;
		case '"': buf_c(b, "&quot;"); break;
		default: buf_char(b, s.p[i]);
		}
	}
}

/* value / unit with at most four places, without zeros at the end: 0.05, 40, 1.25. */
static void put_scaled(struct buf *b, int64_t value, int64_t unit)
{
	enum { PLACES = 10000 };
	int64_t rest = value % unit, tenths = unit > PLACES ? rest / (unit / PLACES) : rest * PLACES / unit;
	buf_int(b, value / unit);
	if (!tenths) return;
	char digits[8];
	int n = snprintf(digits, sizeof digits, "%04d", (int)tenths);
	while (n > 0 && digits[n - 1] == '0')
		n--;
	buf_printf(b, ".%.*s", n, digits);
}

static void put_axis(struct buf *b, int64_t step, int64_t lines, int64_t unit)
{
	for (int64_t i = 0; i <= lines; i++) {
		int64_t y = BASE * TENTHS - (i ? (BASE - TOP) * TENTHS * i / lines : 0);
		buf_printf(b, "<path class=\"%s\" fill=\"none\" d=\"M%d ", i ? "grid" : "base", LEFT);
		put_tenths(b, y);
		buf_printf(b, "H%d\"/><text x=\"%d\" y=\"", RIGHT, LEFT - 8);
		put_tenths(b, y + 4 * TENTHS);
		buf_c(b, "\" text-anchor=\"end\">");
		put_scaled(b, step * i, unit);
		buf_c(b, "</text>");
	}
}

static bool is_empty(const struct chart *k)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->bars[i].value > 0) return false;
	return true;
}
/* The figure over the current bar: one place, of less than a unit as many as tell something. */
static void put_value(struct buf *b, const struct chart *k, const struct chart_bar *bar, int64_t middle, int64_t y)
{
	int64_t v = bar->value, size = v < 0 ? -v : v;
	buf_c(b, "<text class=\"v\" text-anchor=\"middle\" x=\"");
	put_tenths(b, middle);
	buf_c(b, "\" y=\"");
	put_tenths(b, y - 4 * TENTHS);
	buf_c(b, "\">");
	if (bar->none) {
		buf_c(b, "–");
	} else if (v > 0 && v < k->unit) {
		put_scaled(b, v, k->unit);
	} else if (k->unit == 1) { /* a count */
		buf_int(b, v);
	} else {
		int64_t tenths = size / k->unit * TENTHS + (size % k->unit * TENTHS + k->unit / 2) / k->unit;
		buf_printf(
		        b, "%s%lld.%lld", v < 0 ? "-" : "", (long long)(tenths / TENTHS), (long long)(tenths % TENTHS));
	}
	buf_c(b, "</text>");
}

static void put_bar(struct buf *b, const struct chart *k, size_t i, int64_t top)
{
	int64_t slot = (RIGHT - LEFT) * TENTHS / (int64_t)k->n, wide = slot * 55 / 100;
	int64_t x = LEFT * TENTHS + slot * (int64_t)i + (slot - wide) / 2, middle = x + wide / 2;
	int64_t y = BASE * TENTHS - height(k->bars[i].value, top);
	bool now = i + 1 == k->n;
	buf_printf(b, "<path class=\"bar%s\" d=\"M", now ? " is-now" : "");
	put_tenths(b, x);
	buf_char(b, ' ');
	put_tenths(b, y);
	buf_char(b, 'h');
	put_tenths(b, wide);
	buf_printf(b, "V%dh-", BASE);
	put_tenths(b, wide);
	buf_c(b, "z\"/><text x=\"");
	put_tenths(b, middle);
	/* On a phone only every second or third label has room. */
	size_t stride = (k->n + ROOM - 1) / ROOM;
	buf_printf(b, "\" y=\"%d\" text-anchor=\"middle\"%s>", BASE + 16,
	        (k->n - 1 - i) % stride ? " class=\"is-thin\"" : "");
	put_text(b, k->bars[i].label);
	buf_c(b, "</text>");
	if (!now || (k->empty.n && is_empty(k))) return;
	put_value(b, k, &k->bars[i], middle, y);
}

struct str chart_bars_svg(struct arena *a, const struct chart *k)
{
	struct buf b;
	struct chart shown = *k;
	int64_t most = 1;
	shown.n = k->n < CHART_BARS_MAX ? k->n : CHART_BARS_MAX;
	for (size_t i = 0; i < shown.n; i++)
		if (k->bars[i].value > most) most = k->bars[i].value;
	int64_t lines = k->full ? FULL_LINES : LINES;
	bool empty = is_empty(&shown);
	int64_t step = k->full ? k->full / lines : empty ? k->unit : step_of(most);
	buf_init(&b, a, 2048);
	buf_printf(&b, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH, HEIGHT);
	put_text(&b, k->title);
	buf_c(&b, "\">");
	put_axis(&b, step, empty && k->empty.n ? 0 : lines, k->unit);
	for (size_t i = 0; i < shown.n; i++)
		put_bar(&b, &shown, i, step * lines);
	if (empty && k->empty.n) {
		buf_printf(&b, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">", (LEFT + RIGHT) / 2, (TOP + BASE) / 2);
		put_text(&b, k->empty);
		buf_c(&b, "</text>");
	}
	buf_c(&b, "</svg>");
	return buf_done(&b);
}
