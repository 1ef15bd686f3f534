/* The reader without a library against expat as its judge: the same trees, and the same refusals. */
#include "base/buf.h"
#include "kernel/xml/xml.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool same(const struct xml_node *x, const struct xml_node *y)
{
	for (; x && y; x = x->next, y = y->next)
		if (!str_eq(x->name, y->name) || !(str_eq(x->text, y->text) || (!x->text.n && !y->text.n)) ||
		        !same(x->first, y->first))
			return false;
	return !x && !y;
}

static void judge(struct str text)
{
	struct arena *a = arena_new();
	struct xml_node *own, *other;
	int64_t line;
	const char *why, *their_why;
	bool good = xml_read(a, text, &own, &line, &why) == OK;
	bool theirs = xml_parse(a, text, &other, &line, &their_why) == OK;
	if (good != theirs) fail_msg("%.*s: %d (%s), expat %d (%s)", STR_FMT(text), good, why, theirs, their_why);
	if (good && !same(own, other)) fail_msg("%.*s: another tree", STR_FMT(text));
	arena_free(a);
}

static uint64_t seed = 20261124;
static unsigned next(unsigned below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed % below);
}

static void generated(void **state)
{
	(void)state;
	static const char *const pieces[] = { "<a>", "</a>", "<b>", "</b>", "<c/>", "<d x='1'>", "</d>", "甲", "&amp;",
		"&#20013;", "&#x4e2d;", " ", "\n", "<!-- x -->", "<![CDATA[<3>]]>", "<?pi x?>", "&lt;", "text",
		"<e y=\"&quot;\"/>", "]", "<", ">", "&", "'", "&#0;", "<f x='1' x='2'/>", "<g x=1/>", "<!DOCTYPE a>",
		"<!-- a -- b -->" };
	struct arena *a = arena_new();
	for (int i = 0; i < 100000; i++) {
		struct buf b;
		if (i % 100 == 0) arena_reset(a);
		buf_init(&b, a, 256);
		buf_c(&b, "<r>");
		for (unsigned n = next(8); n; n--)
			buf_c(&b, pieces[next(next(3) ? 20 : sizeof pieces / sizeof *pieces)]);
		buf_c(&b, "</r>");
		judge(buf_done(&b));
	}
	arena_free(a);
}

static void attributes(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct xml_node *root;
	int64_t line;
	const char *why;
	assert_int_equal(xml_read(a, S("<o:A xmlns:o='u' o:ID=\"1\" Name='a&amp;b'/>"), &root, &line, &why), OK);
	assert_true(str_is(xml_attribute(root, "ID"), "1") && str_is(xml_attribute(root, "Name"), "a&b"));
	assert_null(xml_attribute(root, "o").p);
	assert_int_equal(xml_read(a, S("<?xml version='1.0' encoding='GBK'?><A/>"), &root, &line, &why), E_INPUT);
	assert_int_equal(xml_read(a, S("<A>\n<B></A>"), &root, &line, &why), E_INPUT);
	assert_int_equal(line, 2);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(generated), cmocka_unit_test(attributes) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
