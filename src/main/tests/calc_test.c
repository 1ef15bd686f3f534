/* Every worked case of tests/vectors/tax.jsonl whose topic calc knows: each expected field must be equal. */
#include "kernel/value/value.h"
#include "main/calc/calc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

static void vectors(void **state)
{
	(void)state;
	char *text = NULL, *line = NULL, *got = NULL;
	size_t size = 0, cap = 0, got_cap = 0, compared = 0;
	FILE *in = fopen("tests/vectors/tax.jsonl", "r"), *out = open_memstream(&text, &size);
	assert_non_null(in);
	assert_int_equal(calc_main(in, out), 0);
	(void)fclose(out);
	rewind(in);
	FILE *answers = fmemopen(text, size, "r");
	struct arena *a = arena_new();
	while (getline(&line, &cap, in) > 0) {
		struct value *want, *have;
		struct json_fault where;
		assert_true(getline(&got, &got_cap, answers) > 0);
		assert_int_equal(json_parse(a, str_c(line), &want, &where), OK);
		assert_int_equal(json_parse(a, str_c(got), &have, &where), OK);
		const struct value *error = value_get(have, S("error")), *result = value_get(have, S("result"));
		if (error && str_is(value_text(error, "code"), "unknown-topic")) continue;
		if (!result) fail_msg("%s", got);
		for (const struct value_member *m = value_get(want, S("expected"))->first; m; m = m->next) {
			if (str_is(m->key, "reason")) continue; /* informative */
			const struct value *v = value_get(result, m->key);
			if (!v || !value_equal(v, m->value)) fail_msg("%.*s: %s", STR_FMT(m->key), got);
		}
		compared++;
	}
	assert_int_equal(compared, 7 + 4 + 2 + 1 + 1 + 4 + 9 + 1 + 3 + 3 + 9 + 4);
	(void)fclose(answers);
	(void)fclose(in);
	arena_free(a);
	free(text), free(line), free(got);
}

/* Wrong lines: a code and the place, never a guess. */
static void wrong_lines(void **state)
{
	(void)state;
	static const struct {
		const char *line, *code, *pointer;
	} cases[] = {
		{ "nonsense", "json", NULL },
		{ "[1]", "json", NULL },
		{ "{\"topic\":\"VATQ\",\"input\":{}}", "unknown-topic", NULL },
		{ "{\"input\":{}}", "unknown-topic", NULL },
		{ "{\"topic\":\"VATG\"}", "input", NULL },
		{ "{\"topic\":\"VATG\",\"input\":[]}", "input", NULL },
		{ "{\"topic\":\"VATG\",\"input\":{\"l11\":130000}}", "amount", "/input/l11" },
		{ "{\"topic\":\"VATG\",\"input\":{\"l11\":\"1.234\"}}", "amount", "/input/l11" },
		{ "{\"topic\":\"VATS\",\"input\":{\"sales\":\"1.00\"}}", "missing", "/input/period_end" },
		{ "{\"topic\":\"VATS\",\"input\":{\"period_end\":\"2012-01-31\"}}", "no-rule", NULL },
		{ "{\"topic\":\"VATS\",\"input\":{\"period_end\":\"2026-01-31\",\"quarter\":\"yes\"}}", "bool",
		        "/input/quarter" },
		{ "{\"topic\":\"SUR\",\"input\":{\"vat\":\"1.00\",\"loc\":\"moon\"}}", "choice", "/input/loc" },
		{ "{\"topic\":\"VATR\",\"input\":{\"date\":\"0000-00-00\",\"kind\":\"std\",\"incl\":\"1\"}}", "date",
		        "/input/date" },
		{ "{\"topic\":\"VATL\",\"input\":{\"kind\":\"four\",\"ratio\":\"1.01\"}}", "rate", "/input/ratio" },
		{ "{\"topic\":\"VATN\",\"input\":{}}", "missing", "/input/rent" },
		{ "{\"topic\":\"VATN\",\"input\":{\"amounts\":[\"1\",null],\"date\":\"2026-07-01\"}}", "amount",
		        "/input/amounts/1" },
		{ "{\"topic\":\"VATN\",\"input\":{\"rent\":\"1\",\"months\":0,\"date\":\"2026-07-01\"}}", "range",
		        "/input/months" },
		{ "{\"topic\":\"LATE\",\"input\":{\"tax\":\"1\",\"due\":\"2026-01-01\"}}", "missing", "/input/paid" },
		{ "{\"topic\":\"DUE\",\"input\":{\"year\":2026,\"month\":13}}", "range", "/input/month" },
	};
	struct arena *a = arena_new(), *scratch = arena_new();
	struct str why;
	const struct calc *c = calc_open(a, &why);
	assert_non_null(c);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct buf b;
		struct value *reply;
		struct json_fault where;
		buf_init(&b, scratch, 256);
		calc_line(c, scratch, str_c(cases[i].line), &b);
		assert_int_equal(json_parse(scratch, buf_done(&b), &reply, &where), OK);
		const struct value *error = value_get(reply, S("error"));
		if (!error || !str_is(value_text(error, "code"), cases[i].code)) fail_msg("%s: %s", cases[i].line, b.p);
		struct str pointer = value_text(error, "pointer");
		assert_true(cases[i].pointer ? str_is(pointer, cases[i].pointer) : pointer.p == NULL);
		assert_true(value_text(error, "detail").n > 0);
	}
	arena_free(scratch);
	arena_free(a);
}

/* What can not be read says where, and keeps the id when there is one. */
static void broken_lines(void **state)
{
	(void)state;
	static const struct {
		const char *line, *id, *column;
	} cases[] = {
		{ "{\"id\":\"A-1\",\"topic\":\"VATG\",\"input\":{\"l12\":1x}}", "A-1", "第 44 列" },
		{ "{\"topic\": \"VATG\", \"input\":{\"id\":\"inner\"}, \"id\" : \"\\u0041\", !}", "A", "第 60 列" },
		{ "{\"input\":{\"id\":\"inner\"}, !}", NULL, "第 26 列" },
		{ "{\"id\":\"A", NULL, "列" },
		{ "{\"id\"", NULL, "列" },
		{ "{\"id\":\"A\\", NULL, "列" },
	};
	struct arena *a = arena_new();
	struct str why;
	const struct calc *c = calc_open(a, &why);
	assert_non_null(c);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct buf b;
		struct value *reply;
		struct json_fault where;
		buf_init(&b, a, 256);
		calc_line(c, a, str_c(cases[i].line), &b);
		assert_int_equal(json_parse(a, buf_done(&b), &reply, &where), OK);
		struct str id = value_text(reply, "id"), detail = value_text(value_get(reply, S("error")), "detail");
		if (cases[i].id ? !str_is(id, cases[i].id) : id.p != NULL) fail_msg("%s: %s", cases[i].line, b.p);
		if (!detail.p || str_find(detail, cases[i].column) < 0) fail_msg("%s: %s", cases[i].line, b.p);
	}
	arena_free(a);
}

/* A key that no rule reads is named; "explain" says formulas, parameters and law. */
static void explained(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct str why;
	struct buf b;
	struct value *reply;
	struct json_fault where;
	const struct calc *c = calc_open(a, &why);
	assert_non_null(c);
	buf_init(&b, a, 256);
	calc_line(c, a,
	        S("{\"id\":\"1\",\"topic\":\"SUR\",\"explain\":true,\"input\":{\"vat\":\"52000.00\",\"loc\":\"city\","
	          "\"x\":1}}"),
	        &b);
	assert_int_equal(json_parse(a, buf_done(&b), &reply, &where), OK);
	assert_true(str_is(value_text(value_get(reply, S("result")), "total"), "6240.00"));
	assert_true(str_is(value_at(value_get(reply, S("ignored")), 0)->str, "x"));
	const struct value *form = value_at(value_get(reply, S("explain")), 0), *line = NULL;
	assert_int_equal(value_text(form, "policy").n, 64);
	for (size_t i = 0; (line = value_at(value_get(form, S("lines")), i)) != NULL; i++)
		if (str_is(value_text(line, "id"), "urban_rate")) break;
	assert_non_null(line);
	assert_true(str_is(value_text(line, "value"), "0.07"));
	const struct value *parameter = value_at(value_get(line, S("parameters")), 0);
	assert_true(str_is(value_text(parameter, "law"), "城市维护建设税法"));
	assert_true(str_is(value_text(parameter, "article"), "第四条"));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(vectors), cmocka_unit_test(wrong_lines),
		cmocka_unit_test(broken_lines), cmocka_unit_test(explained) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
