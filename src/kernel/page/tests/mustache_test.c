#include "kernel/page/mustache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct value *sample(struct arena *a)
{
	struct value *v = value_object(a);
	value_put_c(a, v, "name", "A<b>&\"'");
	value_put_c(a, v, "chart_svg", "<svg/>");
	value_put_c(a, v, "total", "52000.00");
	value_put_c(a, v, "zero", "0.00");
	value_put_c(a, v, "due_on", "2026-12-08");
	value_put_c(a, v, "rate", "0.13");
	value_put_bool(a, v, "no", false);
	struct value *list = value_put_array(a, v, "list");
	value_push(a, list, value_str(a, S("x")));
	value_push(a, list, value_str(a, S("y")));
	value_put_c(a, value_put_object(a, v, "inner"), "id", "7");
	return v;
}

static struct str english(void *arg, struct str id)
{
	(void)arg;
	return str_is(id, "合计 {{total.money}} 元") ? S("Total {{total.money}} yuan") : id;
}

static const struct mustache *recursive(void *arg, struct str name)
{
	(void)name;
	return *(const struct mustache **)arg;
}

static void renders_as(void **state)
{
	static const struct {
		const char *source, *want;
	} cases[] = {
		{ "{{name}}", "A&lt;b&gt;&amp;&quot;&#39;" },
		{ "{{{chart_svg}}}{{&chart_svg}}", "<svg/><svg/>" },
		{ "a{{! note }}b", "ab" },
		{ "{{#list}}{{index}}{{.}},{{/list}}", "1x,2y," },
		{ "{{#no}}a{{/no}}{{^no}}b{{/no}}", "b" },
		{ "{{#inner}}{{id}}{{total}}{{/inner}}{{inner.id}}", "752000.007" },
		{ "a\n  {{#list}}\n{{.}}\n  {{/list}}\nb\n", "a\nx\ny\nb\n" },
		{ "{{total.money}} {{due_on.day}} {{rate.percent}} {{list.count}}",
		        "52,000.00 12 月 8 日（周二） 13% 2" },
		{ "{{#zero.is_zero}}z{{/zero.is_zero}}{{#total.is_zero}}t{{/total.is_zero}}", "z" },
		{ "{{#t}}合计 {{total.money}} 元{{/t}}", "Total 52,000.00 yuan" },
		{ "{{absent}}{{^absent}}-{{/absent}}{{inner.absent.id}}", "-" },
		{ "", "" },
	};
	struct arena *a = arena_new();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct mustache *t;
		struct mustache_fault fault = { 0 };
		struct mustache_env env = { .translate = english, .fault = &fault };
		struct buf b;
		buf_init(&b, a, 64);
		assert_int_equal(mustache_compile(a, str_c(cases[i].source), &t, &fault), OK);
		assert_int_equal(mustache_render(t, &env, sample(a), &b), OK);
		assert_string_equal(b.p, cases[i].want);
	}
	arena_free(a);
	(void)state;
}

static void refuses(void **state)
{
	static const char *const sources[] = { "{{name", "{{{name}}}", "{{&name}}", "{{#a}}", "{{/a}}", "{{#a}}{{/b}}",
		"{{=<% %>=}}", "{{}}", "{{a b}}", "{{#t}}x" };
	struct arena *a = arena_new();
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		const struct mustache *t;
		struct mustache_fault fault = { 0 };
		assert_int_equal(mustache_compile(a, str_c(sources[i]), &t, &fault), E_INPUT);
		assert_non_null(fault.why);
		assert_int_equal(fault.line, 1);
	}
	arena_free(a);
	(void)state;
}

static void strict_and_limits(void **state)
{
	struct arena *a = arena_new();
	const struct mustache *t;
	struct mustache_fault fault = { 0 };
	struct mustache_env env = { .strict = true, .fault = &fault, .partial = recursive, .arg = &t };
	static const char *const sources[] = { "{{absent}}", "{{#absent}}{{/absent}}", "{{total.nonsense}}",
		"{{>self}}" };
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		struct buf b;
		buf_init(&b, a, 64);
		assert_int_equal(mustache_compile(a, str_c(sources[i]), &t, &fault), OK);
		assert_int_equal(mustache_render(t, &env, sample(a), &b), E_INTERNAL);
		assert_non_null(fault.why);
	}
	arena_free(a);
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(renders_as), cmocka_unit_test(refuses),
		cmocka_unit_test(strict_and_limits) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
