/* Our JSON reader against jansson on a hundred thousand texts, most of them slightly wrong: both take the same ones and
 * read the same tree. Meant differences: numbers with a fraction only where numerals are taken, no depth beyond 32. */
#include "kernel/value/value.h"
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TEXTS = 100000, DEPTH = 32 };

static uint32_t dice_state = 12345;

static uint32_t dice(uint32_t n)
{
	dice_state = dice_state * 1664525 + 1013904223;
	return (dice_state >> 8) % n;
}

static bool plain(const json_t *j, bool reals, int depth)
{
	const char *key;
	json_t *v;
	size_t i;
	if (depth > DEPTH || (json_is_real(j) && !reals)) return false;
	if (json_is_object(j)) {
		json_object_foreach((json_t *)(uintptr_t)j, key, v) if (!plain(v, reals, depth + 1)) return false;
	} else if (json_is_array(j)) {
		json_array_foreach(j, i, v) if (!plain(v, reals, depth + 1)) return false;
	}
	return true;
}

static bool same(const json_t *j, const struct value *v)
{
	const char *key;
	json_t *item;
	size_t i;
	switch (json_typeof(j)) {
	case JSON_NULL: return v->kind == VALUE_NULL;
	case JSON_TRUE:
	case JSON_FALSE: return v->kind == VALUE_BOOL && v->boolean == json_is_true(j);
	case JSON_INTEGER: return v->kind == VALUE_INT && v->integer == json_integer_value(j);
	case JSON_REAL: /* every number, where numerals are taken */
		if (v->kind == VALUE_INT) return (double)v->integer == json_real_value(j);
		return v->kind == VALUE_NUMERAL && strtod(v->str.p, NULL) == json_real_value(j);
	case JSON_STRING:
		return v->kind == VALUE_STR && v->str.n == json_string_length(j) && v->str.p[v->str.n] == 0 &&
		       memcmp(v->str.p, json_string_value(j), v->str.n) == 0;
	case JSON_ARRAY:
		if (v->kind != VALUE_ARRAY || v->count != json_array_size(j)) return false;
		json_array_foreach(j, i, item) if (!same(item, value_at(v, i))) return false;
		return true;
	case JSON_OBJECT:
		if (v->kind != VALUE_OBJECT || v->count != json_object_size(j)) return false;
		json_object_foreach((json_t *)(uintptr_t)j, key, item)
		{
			const struct value *ours = value_get(v, str_c(key));
			if (!ours || !same(item, ours)) return false;
		}
		return true;
	}
	return false;
}

/* jansson ends at a NUL, whatever stands behind it; we refuse it. It refuses what is too large for a double. */
static void judge_with(struct str text, bool numerals)
{
	struct arena *a = arena_new();
	struct value *ours = NULL;
	struct json_fault where = { 0 };
	json_error_t error;
	err_t e = (numerals ? json_parse_numerals : json_parse)(a, text, &ours, &where);
	size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | (numerals ? JSON_DECODE_INT_AS_REAL : 0);
	json_t *j = memchr(text.p, 0, text.n) ? NULL : json_loadb(text.p, text.n, flags, &error);
	bool good = j && plain(j, numerals, 0);
	bool beyond =
	        numerals && !memchr(text.p, 0, text.n) && !j && json_error_code(&error) == json_error_numeric_overflow;
	if (!beyond && (good != (e == OK) || (good && !same(j, ours))))
		fail_msg("jansson %s it, we %s it (%s): %.*s", good ? "takes" : "refuses", e == OK ? "take" : "refuse",
		        e == OK ? "" : where.reason.p, STR_FMT(text));
	if (e != OK) assert_true(where.line >= 1 && where.column >= 1 && where.reason.n > 0);
	json_decref(j);
	arena_free(a);
}

static void judge(struct str text)
{
	judge_with(text, false);
	judge_with(text, true);
}

static void make_text(struct buf *b)
{
	static const char *const pieces[] = { "a", "名称", "\\n", "\\u4e2d", "\\ud83d\\ude00", "\\u00e9", "\\/",
		"x\\\\", "😀", " ", "\\\"", "Z9" };
	buf_char(b, '"');
	for (uint32_t n = dice(5); n > 0; n--)
		buf_c(b, pieces[dice(sizeof pieces / sizeof *pieces)]);
	buf_char(b, '"');
}

static void blank(struct buf *b)
{
	static const char *const blanks[] = { "", "", "", " ", "\n", "\t", "\r\n" };
	buf_c(b, blanks[dice(7)]);
}

static void make(struct buf *b, int depth)
{
	static const char *const scalars[] = { "true", "false", "null", "0", "-0", "-1", "12", "9223372036854775807",
		"-9223372036854775808", "9223372036854775808", "1.5", "1e3", "-0.50E-2", "1.", "1e+", "-", "01",
		"tru" };
	uint32_t kind = dice(depth > 4 ? 2 : 5);
	blank(b);
	if (kind == 0) buf_c(b, scalars[dice(dice(4) ? 9 : 18)]);
	if (kind == 1) make_text(b);
	if (kind > 1) {
		bool object = kind > 2;
		uint32_t n = dice(dice(20) ? 4 : 30);
		buf_char(b, object ? '{' : '[');
		for (uint32_t i = 0; i < n; i++) {
			if (i) buf_char(b, ',');
			if (object) {
				if (dice(3))
					buf_printf(b, "\"k%u\"", i + (dice(40) == 0 ? 1 : 0));
				else
					make_text(b);
				blank(b);
				buf_char(b, ':');
			}
			make(b, depth + 1);
		}
		buf_char(b, object ? '}' : ']');
	}
	blank(b);
}

static void damage(struct buf *b)
{
	static const char bytes[] = "{}[]\",:\\u0e-+.\x01\x7f\xff\xc3\xed\xf4 \n1a";
	if (!b->n) return;
	size_t at = dice((uint32_t)b->n);
	switch (dice(4)) {
	case 0: b->p[at] = bytes[dice(sizeof bytes - 1)]; break;
	case 1: b->n = at; break;
	case 2:
		memmove(b->p + at, b->p + at + 1, b->n - at - 1);
		b->n--;
		break;
	default: buf_char(b, bytes[dice(sizeof bytes - 1)]); break;
	}
}

static void takes_what_jansson_takes(void **state)
{
	(void)state;
	for (int i = 0; i < TEXTS; i++) {
		struct arena *a = arena_new();
		struct buf b;
		buf_init(&b, a, 256);
		make(&b, 0);
		for (uint32_t n = dice(3); n > 0; n--)
			damage(&b);
		/* A copy of just this size, so that a sanitizer sees what reads beyond it. */
		char *exact = malloc(b.n ? b.n : 1);
		assert_non_null(exact);
		memcpy(exact, b.p, b.n);
		judge((struct str){ exact, b.n });
		free(exact);
		arena_free(a);
	}
}

static void many_members(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	for (uint32_t twice = 0; twice < 2; twice++) {
		struct buf b;
		buf_init(&b, a, 100);
		buf_char(&b, '{');
		for (uint32_t i = 0; i < 3000; i++)
			buf_printf(&b, "%s\"k%u\":%u", i ? "," : "", twice && i == 2999 ? 7 : i, i);
		buf_char(&b, '}');
		judge(buf_done(&b));
	}
	arena_free(a);
}

static void says_where(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int line, column;
	} cases[] = { { "{\"a\":1,\n\"b\":}", 2, 5 }, { "[1,2", 1, 5 }, { "{\"名\":1.5}", 1, 6 }, { "", 1, 1 },
		{ "[\"中\\x\"]", 1, 5 } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena *a = arena_new();
		struct value *v;
		struct json_fault where = { 0 };
		assert_int_equal(json_parse(a, str_c(cases[i].text), &v, &where), E_INPUT);
		assert_int_equal(where.line, cases[i].line);
		assert_int_equal(where.column, cases[i].column);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_jansson_takes),
		cmocka_unit_test(many_members),
		cmocka_unit_test(says_where),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
