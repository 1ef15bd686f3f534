/* XML of invoices: what is read, and what is refused with its place. */
#include "base/buf.h"
#include "base/utf8.h"
#include "kernel/xml/xml.h"
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

static struct xml_node *good(struct str text)
{
	struct xml_node *root;
	int64_t line;
	const char *why;
	if (xml_parse(a, text, &root, &line, &why) != OK) fail_msg("line %lld: %s", (long long)line, why);
	return root;
}

static void bad(struct str text, int64_t at_line)
{
	struct xml_node *root;
	int64_t line;
	const char *why;
	assert_int_equal(xml_parse(a, text, &root, &line, &why), E_INPUT);
	assert_true(why && *why);
	if (at_line) assert_int_equal(line, at_line);
}

static void texts_by_path(void **state)
{
	(void)state;
	struct xml_node *root =
	        good(S("<?xml version=\"1.0\"?>\n<x:A xmlns:x='u'><B> 甲&amp;乙 </B><B>2</B><x:C><D/><E>\n"
	               "<![CDATA[<3>]]></E></x:C></x:A>"));
	assert_true(str_is(root->name, "A"));
	assert_true(str_is(xml_text(root, "B"), "甲&乙"));
	assert_true(str_is(xml_text(root, "C/E"), "<3>"));
	assert_null(xml_text(root, "C/D").p);
	assert_null(xml_text(root, "C/none/none").p);
	assert_null(xml_text(NULL, "C").p);
	assert_non_null(xml_child(root, "C"));
	assert_null(xml_child(root, "x:C"));
}

/* Whatever the encoding of the file, texts come out as UTF-8. */
static void other_encodings(void **state)
{
	(void)state;
	struct xml_node *root = good(S("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><A>\xe9</A>"));
	assert_true(str_is(xml_text(root, ""), "é") || str_is(root->text, "é"));
	root = good((struct str){ "\xff\xfe<\0A\0>\0-N<\0/\0A\0>\0", 18 });
	assert_true(str_is(root->text, "中"));
	bad(S("<?xml version=\"1.0\" encoding=\"no-such\"?><A/>"), 1);
	bad(S("<A>\xff</A>"), 1);
	bad(S("<A>\xed\xa0\x80</A>"), 1);
}

static void what_is_refused(void **state)
{
	(void)state;
	bad(S(""), 0);
	bad(S("not xml"), 1);
	bad(S("<A>"), 1);
	bad(S("<A>\n\n</B>"), 3);
	bad(S("<A/><B/>"), 1);
	bad(S("<A>&unknown;</A>"), 1);
	bad(S("<A>\x01</A>"), 1);
	bad((struct str){ "<A>\0</A>", 8 }, 1);
	bad(S("<!DOCTYPE A [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><A>&e;</A>"), 1);
	bad(S("<!DOCTYPE l [<!ENTITY a \"1\"><!ENTITY b \"&a;&a;&a;\">]><l>&b;</l>"), 1);
	bad(STR_NONE, 0);
}

static struct str nested(int depth)
{
	struct buf b;
	buf_init(&b, a, 1000);
	for (int i = 0; i < depth; i++)
		buf_c(&b, "<a>");
	for (int i = 0; i < depth; i++)
		buf_c(&b, "</a>");
	return buf_done(&b);
}

static void limits(void **state)
{
	(void)state;
	struct buf b;
	(void)good(nested(XML_MAX_DEPTH));
	bad(nested(XML_MAX_DEPTH + 1), 1);
	bad(nested(100000), 1);
	buf_init(&b, a, 1000);
	buf_c(&b, "<a>");
	for (int i = 0; i < XML_MAX_NODES - 1; i++)
		buf_c(&b, "<b/>");
	size_t full = b.n;
	buf_c(&b, "</a>");
	(void)good(buf_done(&b));
	b.n = full;
	buf_c(&b, "<b/></a>");
	bad(buf_done(&b), 1);
	bad((struct str){ arena_alloc(a, (16 << 20) + 1), (16 << 20) + 1 }, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(texts_by_path, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(other_encodings, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(what_is_refused, open_arena, close_arena),
		cmocka_unit_test_setup_teardown(limits, open_arena, close_arena),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
