/* JSON: what is read, what is refused and where; the three ways of writing; pointers. */
#include "base/utf8.h"
#include "kernel/value/value.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena *a;

static int open_arena(void **state)
{
	(void)state;
	a = arena_new();
	return 0;
}

static int close_arena(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static struct value *read(struct str text)
{
	struct value *v = NULL;
	struct json_fault where = { 0 };
	if (json_parse(a, text, &v, &where) != OK) fail_msg("%d:%d %s", where.line, where.column, where.reason.p);
	return v;
}

static struct json_fault bad(struct str text)
{
	struct value *v = NULL;
	struct json_fault where = { 0 };
	if (json_parse(a, text, &v, &where) != E_INPUT) fail_msg("taken: %s", text.p ? text.p : "-");
	assert_true(where.reason.n > 0 && utf8_valid(where.reason));
	return where;
}

static void written(struct str text, void (*write)(struct buf *, const struct value *), const char *expected)
{
	struct buf b;
	buf_init(&b, a, 100);
	write(&b, read(text));
	assert_string_equal(buf_done(&b).p, expected);
}

static void members_keep_their_order(void **state)
{
	(void)state;
	written(S(" {\"b\" : 1, \"a\":[true,false,null,-9223372036854775808,\"\\u4e2d\\n\"]} "), value_write_json,
	        "{\"b\":1,\"a\":[true,false,null,-9223372036854775808,\"中\\n\"]}");
	written(S("{}"), value_write_pretty, "{}");
	written(S("{\"a\":[1,{\"b\":[]}]}"), value_write_pretty,
	        "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ]\n}");
	written(S("7"), value_write_json, "7");
}

/* RFC 8785: members sorted by UTF-16 code units (its own example, integers only), shortest escapes. */
static void canonical_form(void **state)
{
	(void)state;
	written(S("{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,\"\\u0080\":6,\"\\u00f6\":7}"),
	        value_write_canonical,
	        "{\"\\r\":2,\"1\":4,\"\xc2\x80\":6,\"ö\":7,\"€\":1,\"\xf0\x9f\x98\x80\":5,\"\xef\xac\xb3\":3}");
	written(S("{\"s\":\"\\u000f\\u001F\\b\\t\\n\\f\\r\\\"\\\\\\/\\u007f\"}"), value_write_canonical,
	        "{\"s\":\"\\u000f\\u001f\\b\\t\\n\\f\\r\\\"\\\\/\x7f\"}");
	written(S("{\"b\":{\"z\":1,\"y\":2},\"a\":[{\"d\":1,\"c\":2}],\"aa\":0,\"\":0}"), value_write_canonical,
	        "{\"\":0,\"a\":[{\"c\":2,\"d\":1}],\"aa\":0,\"b\":{\"y\":2,\"z\":1}}");
}

static void what_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = { "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "{'a':1}", "nul", "01", "+1",
		"1.", ".5", "1 2", "[1}", "\"\\x\"", "\"\\ud800\"", "\"\\udc00x\"", "\"a\nb\"", "{\"a\":1,\"a\":2}",
		"\"\\u0000\"", "NaN", "Infinity", "1.5", "1e3", "-", "9223372036854775808", "-9223372036854775809",
		"123456789012345678901234567890", "\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"",
		"\"\xf4\x90\x80\x80\"", "\xef\xbb\xbf{}", "// c\n1" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		(void)bad(str_c(wrong[i]));
	(void)bad((struct str){ "\"\0\"", 3 });
	(void)bad((struct str){ "1\0", 2 });
	(void)bad(STR_NONE);
	(void)bad(S("{\"a\":\"b\\\xdf\xa3\"}"));
	struct json_fault where = bad(S("{\"a\":1,\n\"b\":}"));
	assert_int_equal(where.line, 2);
}

static struct str nested(char open, char close, size_t depth)
{
	struct buf b;
	buf_init(&b, a, depth * 2);
	for (size_t i = 0; i < depth; i++)
		buf_char(&b, open);
	for (size_t i = 0; i < depth; i++)
		buf_char(&b, close);
	return buf_done(&b);
}

static void depth_has_a_limit(void **state)
{
	(void)state;
	(void)read(nested('[', ']', 32));
	(void)bad(nested('[', ']', 34));
	(void)bad(nested('[', ']', 1000000));
	(void)bad(nested('[', '[', 100000));
	(void)bad(nested('{', '}', 100000));
}

static void a_million_items(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, a, 2000002);
	buf_char(&b, '[');
	for (int i = 0; i < 1000000; i++)
		buf_c(&b, i ? ",0" : "0");
	buf_char(&b, ']');
	assert_int_equal(read(buf_done(&b))->count, 1000000);
}

static void pointers(void **state)
{
	(void)state;
	const struct value *v = read(S("{\"a/b\":[{\"m~n\":7}],\"\":0,\"01\":1}"));
	assert_int_equal(value_find(v, S("/a~1b/0/m~0n"))->integer, 7);
	assert_int_equal(value_find(v, S("/01"))->integer, 1);
	assert_ptr_equal(value_find(v, S("")), v);
	static const char *const nowhere[] = { "/a", "a", "/a~1b/1", "/a~1b/-1", "/a~1b/x", "/a~1b/0/m~n/x",
		"/a~1b/0/" };
	for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++)
		assert_null(value_find(v, str_c(nowhere[i])));
}

static void equality_ignores_order(void **state)
{
	(void)state;
	assert_true(value_equal(read(S("{\"a\":1,\"b\":[1,2]}")), read(S("{\"b\":[1,2],\"a\":1}"))));
	assert_false(value_equal(read(S("{\"a\":1}")), read(S("{\"a\":1,\"b\":null}"))));
	assert_false(value_equal(read(S("[1,2]")), read(S("[2,1]"))));
	assert_false(value_equal(read(S("1")), read(S("\"1\""))));
	assert_false(value_equal(read(S("{\"a\":1}")), read(S("{\"b\":1}"))));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_arena, close_arena)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(members_keep_their_order),
		TEST(canonical_form),
		TEST(what_is_refused),
		TEST(depth_has_a_limit),
		TEST(a_million_items),
		TEST(pointers),
		TEST(equality_ignores_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
