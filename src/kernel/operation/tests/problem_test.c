/* Problems as RFC 9457: every kind has words in both languages, faults keep their places, what users typed stays data.
 */
#include "kernel/ctx/app.h"
#include "kernel/i18n/i18n.h"
#include "kernel/operation/problem.h"
#include "kernel/value/value.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct fault_def headline = { "conflict-x", N_("{1}和{2}不符"), N_("把{1}改成{2}"),
	N_("发票管理办法 第二十条") };
static const struct fault_def at_field = { "field-x", N_("{1}不对"), N_("看{1}"), N_("发票管理办法 第二十条") };

static struct arena *a;
static struct app app;
static struct ctx c;
static struct http_response out;

static int open_all(void **state)
{
	(void)state;
	a = arena_new();
	memset(&app, 0, sizeof app);
	assert_int_equal(i18n_open(&app, a), OK);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static void fresh(struct str language)
{
	memset(&c, 0, sizeof c);
	memset(&out, 0, sizeof out);
	c.app = &app;
	c.arena = a;
	c.lang = i18n_lang(&app, language);
	c.trace = S("trace-1");
	problem_init(&c.problem, a);
}

static const struct value *body(void)
{
	struct value *v;
	struct json_fault where;
	assert_int_equal(json_parse(a, out.body, &v, &where), OK);
	return v;
}

static bool has_header(const char *name, const char *value)
{
	for (size_t i = 0; i < out.n_headers; i++)
		if (str_is(out.headers[i].name, name) && str_is(out.headers[i].value, value)) return true;
	return false;
}

static bool has_chinese(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0xe3) return true;
	return false;
}

static void every_kind_has_words(void **state)
{
	(void)state;
	for (int kind = E_INPUT; kind <= E_INTERNAL; kind++) {
		fresh(S("zh"));
		problem_answer(&c, (err_t)kind, err_status((err_t)kind), &out);
		assert_int_equal(out.status, err_status((err_t)kind));
		assert_true(has_header("Content-Type", "application/problem+json"));
		const struct value *zh = body();
		assert_int_equal(value_number(zh, "status", 0), out.status);
		assert_true(
		        has_chinese(value_text(zh, "detail")) && value_text(zh, "code").n && value_text(zh, "title").n);
		assert_true(str_starts(value_text(zh, "type"), "/problems/"));
		assert_true(str_is(value_text(zh, "trace"), "trace-1"));
		fresh(S("en"));
		problem_answer(&c, (err_t)kind, out.status, &out);
		assert_true(value_text(body(), "detail").n > 0);
		if (has_chinese(value_text(body(), "detail")))
			fail_msg("no English: %s", value_text(body(), "detail").p);
	}
}

static void words_and_faults(void **state)
{
	(void)state;
	fresh(S("zh"));
	FAULT(&c, S("/lines/0/a~1b"), &at_field, S("{2}\"<b>"));
	FAULT(&c, S(""), &at_field);
	assert_int_equal(RAISE(&c, E_CONFLICT, &headline, S("甲"), S("乙")), E_CONFLICT);
	problem_answer(&c, E_CONFLICT, 409, &out);
	const struct value *v = body();
	assert_true(str_is(value_text(v, "detail"), "甲和乙不符") && str_is(value_text(v, "fix"), "把甲改成乙"));
	assert_true(
	        str_is(value_text(v, "law"), "发票管理办法 第二十条") && str_is(value_text(v, "code"), "conflict-x"));
	assert_true(str_is(value_find(v, S("/errors/0/pointer"))->str, "/lines/0/a~1b"));
	assert_true(str_is(value_find(v, S("/errors/0/detail"))->str, "{2}\"<b>不对")); /* not filled in again */
	assert_true(str_is(value_find(v, S("/errors/1/pointer"))->str, ""));
}

/* A headline of another kind than the one that came out says nothing about it. */
static void a_headline_counts_for_its_kind(void **state)
{
	(void)state;
	fresh(S("zh"));
	(void)RAISE(&c, E_CONFLICT, &headline, S("甲"), S("乙"));
	problem_answer(&c, E_INTERNAL, 500, &out);
	assert_true(str_is(value_text(body(), "code"), "internal"));
	assert_true(str_find(out.body, "甲") < 0);
}

static void many_faults_are_counted(void **state)
{
	(void)state;
	fresh(S("zh"));
	for (int i = 0; i < 5000; i++)
		FAULT(&c, S("/x"), &at_field, S("甲"));
	problem_answer(&c, E_INPUT, 422, &out);
	assert_int_equal(value_get(body(), S("errors"))->count, PROBLEM_FAULTS_MAX);
	assert_int_equal(value_number(body(), "errors_total", 0), 5000);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_all, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(every_kind_has_words), TEST(words_and_faults),
		TEST(a_headline_counts_for_its_kind), TEST(many_faults_are_counted) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
