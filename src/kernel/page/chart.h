/* Small charts, drawn here as SVG (about 1.5 kB): pages show them without script, the table with the exact figures stands
 * beside them (design/ui §5 Chart with table). One pale colour, the current bar in the brand's. */
#ifndef KERNEL_CHART_H
#define KERNEL_CHART_H
#include "base/str.h"

enum { CHART_BARS_MAX = 24 };
struct chart_bar {
	struct str label; /* below the bar: "11 月", "Nov" */
	int64_t value;    /* below 0 is drawn as 0: the table says it */
	bool none;        /* there is no value, which is not 0 */
};
struct chart {
	struct str title; /* for readers who do not see it */
	const struct chart_bar *bars;
	size_t n;
	int64_t unit;     /* the axis counts value / unit: fen of 10,000 yuan = 1,000,000 */
	struct str empty; /* written where no bar has a height; STR_NONE: nothing is written */
	int64_t full;     /* where the axis ends if that is known, as a share does at 100 %; 0: above the highest bar */
};
/* The last bar is the current one and carries its value. */
struct str chart_bars_svg(struct arena *a, const struct chart *k);
#endif
