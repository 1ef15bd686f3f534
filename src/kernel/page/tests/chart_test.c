/* Charts: heights follow the values, nothing overflows, labels cannot break out. */
#include "base/money.h"
#include "kernel/page/chart.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct str draw(struct arena *a, const int64_t *values, size_t n, int64_t unit)
{
	struct chart_bar bars[CHART_BARS_MAX + 4];
	for (size_t i = 0; i < n; i++)
		bars[i] = (struct chart_bar){ S("<b>&\"11 月"), values[i] };
	return chart_bars_svg(a, &(struct chart){ .title = S("销售额"), .bars = bars, .n = n, .unit = unit });
}

static void the_axis_is_round_and_reaches_the_highest(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const int64_t values[] = { 90000000, 82000000, 112000000,
		100000000 }; /* fen: 90, 82, 112, 100 in 10,000 yuan */
	struct str svg = draw(a, values, 4, 1000000);
	assert_true(str_find(svg, ">120</text>") > 0);
	assert_true(str_find(svg, ">40</text>") > 0);
	assert_true(str_find(svg, ">100.0</text>") > 0);
	assert_true(str_find(svg, "<b>") < 0);
	assert_true(str_find(svg, "&lt;b&gt;&amp;&quot;11 月") > 0);
	arena_free(a);
}

static void extremes_are_drawn(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const int64_t none[] = { 0, 0, 0 }, large[] = { MONEY_MAX_FEN, 1, -MONEY_MAX_FEN };
	int64_t many[CHART_BARS_MAX + 4];
	for (size_t i = 0; i < CHART_BARS_MAX + 4; i++)
		many[i] = (int64_t)i;
	assert_true(str_ends(draw(a, none, 3, 1000000), "</svg>"));
	assert_true(str_find(draw(a, large, 3, 1000000), ">-1000000000.0</text>") > 0);
	struct str svg = draw(a, many, CHART_BARS_MAX + 4, 1);
	size_t bars = 0;
	for (const char *p = strstr(svg.p, "class=\"bar"); p; p = strstr(p + 1, "class=\"bar"))
		bars++;
	assert_int_equal(bars, CHART_BARS_MAX);
	assert_true(draw(a, NULL, 0, 1).n > 0);
	arena_free(a);
}

static void less_than_a_unit_fits_the_scale_and_nothing_says_so(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const int64_t small[] = { 12000, 30000 }; /* fen: 120 and 300 yuan in 10,000 yuan */
	struct str svg = draw(a, small, 2, 1000000);
	assert_true(str_find(svg, ">0.03</text>") > 0 && str_find(svg, ">3</text>") < 0);
	const struct chart_bar none[] = { { S("10"), 0, true }, { S("11"), 0, true } };
	svg = chart_bars_svg(
	        a, &(struct chart){ .title = S("t"), .bars = none, .n = 2, .unit = 1, .empty = S("没有数据") });
	assert_true(str_find(svg, ">没有数据</text>") > 0 && str_find(svg, ">3</text>") < 0);
	const struct chart_bar last[] = { { S("10"), 500000, false }, { S("11"), 0, true } };
	svg = chart_bars_svg(
	        a, &(struct chart){ .title = S("t"), .bars = last, .n = 2, .unit = 10000, .full = 1000000 });
	assert_true(str_find(svg, ">–</text>") > 0 && str_find(svg, ">0.0</text>") < 0);
	int64_t twelve[12] = { 1 };
	svg = draw(a, twelve, 12, 1);
	size_t thin = 0;
	for (const char *p = strstr(svg.p, "is-thin"); p; p = strstr(p + 1, "is-thin"))
		thin++;
	assert_int_equal(thin, 6);
	arena_free(a);
}

static void a_share_ends_at_its_whole_and_figures_are_rounded(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	const struct chart_bar bars[] = { { S("10"), 1000000 }, { S("11"), 727272 } };
	struct str svg = chart_bars_svg(
	        a, &(struct chart){ .title = S("share"), .bars = bars, .n = 2, .unit = 10000, .full = 1000000 });
	assert_true(str_find(svg, ">100</text>") > 0 && str_find(svg, ">75</text>") > 0);
	assert_true(str_find(svg, ">120</text>") < 0);
	assert_true(str_find(svg, ">72.7</text>") > 0);
	const int64_t up[] = { 25935960 }, down[] = { -25935960 }; /* 259.3596 */
	assert_true(str_find(draw(a, up, 1, 100000), ">259.4</text>") > 0);
	assert_true(str_find(draw(a, down, 1, 100000), ">-259.4</text>") > 0);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_axis_is_round_and_reaches_the_highest),
		cmocka_unit_test(extremes_are_drawn),
		cmocka_unit_test(less_than_a_unit_fits_the_scale_and_nothing_says_so),
		cmocka_unit_test(a_share_ends_at_its_whole_and_figures_are_rounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
