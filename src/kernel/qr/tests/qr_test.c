#include "kernel/qr/qr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* The finder pattern (7x7 ring with a 3x3 core) stands in three corners of every code. */
static bool finder_at(const struct qr *qr, int x0, int y0)
{
	for (int y = 0; y < 7; y++)
		for (int x = 0; x < 7; x++) {
			bool ring = x == 0 || x == 6 || y == 0 || y == 6;
			bool core = x >= 2 && x <= 4 && y >= 2 && y <= 4;
			if (qr->dark[(y0 + y) * qr->size + x0 + x] != (ring || core)) return false;
		}
	return true;
}

static void matrix(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct qr qr;
	assert_true(qr_make(a, S("01,31,,26332000000000000001,1000.00,20261124,,1A2B"), QR_MEDIUM, &qr));
	assert_int_equal(qr.size % 4, 1);
	assert_true(qr.size >= 21);
	assert_true(finder_at(&qr, 0, 0));
	assert_true(finder_at(&qr, qr.size - 7, 0));
	assert_true(finder_at(&qr, 0, qr.size - 7));
	assert_false(finder_at(&qr, qr.size - 7, qr.size - 7));
	struct qr again;
	assert_true(qr_make(a, S("01,31,,26332000000000000001,1000.00,20261124,,1A2B"), QR_MEDIUM, &again));
	assert_memory_equal(qr.dark, again.dark, (size_t)qr.size * (size_t)qr.size);
	arena_free(a);
}

static void limits(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct qr qr;
	char *text = arena_alloc(a, QR_TEXT_MAX + 2);
	memset(text, 'x', QR_TEXT_MAX + 1);
	assert_true(qr_make(a, (struct str){ text, QR_TEXT_MAX }, QR_HIGH, &qr));
	assert_false(qr_make(a, (struct str){ text, QR_TEXT_MAX + 1 }, QR_LOW, &qr));
	assert_false(qr_make(a, S(""), QR_LOW, &qr));
	assert_false(qr_make(a, STR_NONE, QR_LOW, &qr));
	assert_false(qr_make(a, (struct str){ "a\0b", 3 }, QR_LOW, &qr));
	arena_free(a);
}

static void svg(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct qr qr;
	assert_true(qr_make(a, S("税"), QR_LOW, &qr));
	assert_int_equal(qr.size, 21);
	assert_true(str_starts(qr_path(a, &qr), "M0 0h7v7h-7z"));
	struct str out = qr_svg(a, &qr, S("a \"<b>\" & c"));
	assert_true(str_starts(out, "<svg "));
	assert_true(str_ends(out, "</svg>"));
	assert_true(str_find(out, "viewBox=\"0 0 29 29\"") > 0);
	assert_true(str_find(out, "aria-label=\"a &quot;&lt;b&gt;&quot; &amp; c\"") > 0);
	assert_true(str_find(out, "M4 4h7v7h-7z") > 0);
	assert_int_equal(str_find(out, "style"), -1);
	arena_free(a);
}

/* How often the outlines go round each module, by the upright sides to its left. */
static void winding(const struct qr *qr, const struct qr_corner *c, size_t n, int *turns)
{
	for (size_t i = 0, begin = 0; i < n; i++) {
		if (c[i].first) begin = i;
		const struct qr_corner *to = i + 1 < n && !c[i + 1].first ? &c[i + 1] : &c[begin];
		assert_true(c[i].x == to->x || c[i].y == to->y);
		for (int y = c[i].y < to->y ? c[i].y : to->y; y < (c[i].y < to->y ? to->y : c[i].y); y++)
			for (int x = c[i].x; c[i].x == to->x && x < qr->size; x++)
				turns[y * qr->size + x] += c[i].y > to->y ? 1 : -1;
	}
}

static void outlines_fill_what_is_dark(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	for (size_t length = 1; length <= QR_TEXT_MAX; length = length * 3 + 1)
		for (int level = QR_LOW; level <= QR_HIGH; level++) {
			struct qr qr;
			size_t n;
			char *text = arena_alloc(a, length);
			for (size_t i = 0; i < length; i++)
				text[i] = (char)('0' + (i * 7 + length) % 75);
			assert_true(qr_make(a, (struct str){ text, length }, (enum qr_level)level, &qr));
			const struct qr_corner *c = qr_outline(a, &qr, &n);
			int *turns = arena_array(a, (size_t)qr.size * (size_t)qr.size, sizeof *turns);
			winding(&qr, c, n, turns);
			for (int i = 0; i < qr.size * qr.size; i++)
				assert_int_equal(turns[i], qr.dark[i]);
		}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(matrix), cmocka_unit_test(limits), cmocka_unit_test(svg),
		cmocka_unit_test(outlines_fill_what_is_dark) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
