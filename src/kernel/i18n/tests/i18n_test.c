#include "kernel/ctx/ctx.h"
#include "kernel/i18n/i18n.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void reads(void **state)
{
	struct arena *a = arena_new();
	struct lang *l = NULL;
	unsigned line;
	struct str po = S("# note\nmsgid \"\"\nmsgstr \"Language: en\\n\"\n\nmsgid \"税\"\nmsgstr \"tax \"\n\"due\"\n"
	                  "msgid \"空\"\nmsgstr \"\"\n");
	assert_int_equal(lang_load(a, "en", po, &l, &line), OK);
	assert_true(str_is(lang_text(l, S("税")), "tax due"));
	assert_true(str_is(lang_text(l, S("空")), "空"));
	assert_true(str_is(lang_text(NULL, S("税")), "税"));
	assert_string_equal(lang_code(NULL), "zh");
	struct ctx c = { .lang = l };
	assert_true(str_is(tr(&c, "税"), "tax due"));
	arena_free(a);
	(void)state;
}

static void refuses(void **state)
{
	static const char *const bad[] = { "msgstr \"x\"", "msgid x", "msgid \"a", "msgid \"\\q\"", "\"x\"",
		"msgid \"a\"b\"" };
	struct arena *a = arena_new();
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct lang *l;
		unsigned line;
		assert_int_equal(lang_load(a, "en", str_c(bad[i]), &l, &line), E_INPUT);
		assert_int_equal(line, 1);
	}
	arena_free(a);
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(reads), cmocka_unit_test(refuses) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
