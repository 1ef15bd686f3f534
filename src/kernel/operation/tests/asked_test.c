/* Language, form and name that a request asks for, as its head may say them. */
#include "kernel/operation/asked.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct http_header header;
static struct http_request asking(const char *path, struct str name, const char *value)
{
	header = (struct http_header){ name, value ? str_c(value) : STR_NONE };
	return (struct http_request){ .path = str_c(path), .headers = &header, .n_headers = value ? 1 : 0 };
}

static void languages(void **state)
{
	static const struct {
		const char *accept, *language;
	} cases[] = { { NULL, "zh" }, { "", "zh" }, { "en", "en" }, { "EN", "en" }, { "En-gb", "en" },
		{ "zh-CN", "zh" }, { "en;q=0.1,zh;q=0.9", "zh" }, { "en;q=0.9,zh;q=0.1", "en" }, { "zh;q=0,en", "en" },
		{ "zh ; Q=0.000 , en ; q=0.001", "en" }, { "en,zh", "en" }, { "zh,en", "zh" },
		{ "fr-FR,fr;q=0.9,en;q=0.8,*;q=0.5", "en" }, { "en;q=0.3,*", "zh" }, { "*", "zh" }, { "en,*", "zh" },
		{ "en;q=0", "zh" }, { "zh;q=0,en;q=0", "zh" }, { "zh;q=0,*", "en" }, { "enm,fr", "zh" },
		{ "zh-TW;q=0.2,zh;q=0.9,en;q=0.8", "zh" }, { "en;q=7,zh;q=0.1", "zh" }, { "en;q=,zh;q=0.1", "zh" },
		{ ",,;q=1,en", "en" }, { "en;level=1;q=0.2,zh;q=0.1", "en" } };
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct http_request r = asking("/", S("Accept-Language"), cases[i].accept);
		if (!str_is(asked_language(&r), cases[i].language)) fail_msg("%s", cases[i].accept);
	}
}

static void data_or_page(void **state)
{
	static const struct {
		const char *path, *accept;
		bool data;
	} cases[] = { { "/nope", NULL, false }, { "/nope", "*/*", false }, { "/nope", "application/json", true },
		{ "/nope", "application/problem+json", true }, { "/nope", "text/html,application/json;q=0.9", false },
		{ "/nope", "Application/JSON, text/html;q=0.8, */*;q=0.1", true },
		{ "/nope", "application/json;q=0", false }, { "/v1", "text/html", true }, { "/v1/x", NULL, true },
		{ "/v2", NULL, false }, { "/healthz", NULL, true }, { "/public/x", NULL, true },
		{ "/channels/sms", NULL, true }, { "/publicity", NULL, false } };
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct http_request r = asking(cases[i].path, S("Accept"), cases[i].accept);
		if (asked_data(&r) != cases[i].data) fail_msg("%s %s", cases[i].path, cases[i].accept);
	}
}

static void bearer_in_any_case(void **state)
{
	static const char *const same[] = { "Bearer abc", "bearer abc", "BEARER  abc " };
	static const char *const none[] = { "Basic abc", "Bearerabc", "", "Bearer" };
	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		struct http_request r = asking("/", S("authorization"), same[i]);
		assert_true(str_is(asked_bearer(&r), "abc"));
	}
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		struct http_request r = asking("/", S("Authorization"), none[i]);
		assert_null(asked_bearer(&r).p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(languages),
		cmocka_unit_test(data_or_page),
		cmocka_unit_test(bearer_in_any_case),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
