/* Runs every vector of tests/vectors/invoice.jsonl through `etaxd check` and compares. */
#include "main/check.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct value *next(struct arena *a, FILE *f)
{
	char *line = NULL;
	size_t room = 0;
	struct value *v = NULL;
	struct json_fault where;
	ssize_t n = getline(&line, &room, f);
	if (n > 0)
		assert_int_equal(json_parse(a, str_trim(str_dup(a, (struct str){ line, (size_t)n })), &v, &where), OK);
	free(line);
	return v;
}

static void test_vectors(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	FILE *vectors = fopen("tests/vectors/invoice.jsonl", "r"), *out = tmpfile();
	struct value *vector, *got;
	unsigned n = 0, wrong = 0;
	assert_true(vectors && out);
	assert_int_equal(check_main(vectors, out), 0);
	rewind(vectors);
	rewind(out);
	while ((vector = next(a, vectors))) {
		got = next(a, out);
		assert_non_null(got);
		const struct value *result = value_get(got, S("result"));
		n++;
		if (str_eq(value_text(got, "id"), value_text(vector, "id")) && result &&
		        value_equal(result, value_get(vector, S("expect"))))
			continue;
		struct buf b;
		buf_init(&b, a, 256);
		value_write_json(&b, got);
		print_error("%s\n", b.p);
		wrong++;
	}
	fclose(vectors);
	fclose(out);
	arena_free(a);
	assert_int_equal(wrong, 0);
	assert_int_equal(n, 215);
}

static void test_refusals(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	FILE *in = tmpfile(), *out = tmpfile();
	assert_true(in && out);
	assert_true(fputs("{\"id\":\"1\",\"group\":\"nothing\",\"input\":\"\"}\nno json\n"
	                  "{\"id\":\"2\",\"group\":\"uscc\",\"input\":7}\n"
	                  "{\"id\":\"3\",\"group\":\"split_incl\",\"input\":{}}\n"
	                  "{\"id\":\"4\",\"group\":\"red_state\",\"input\":[\"buyer_confirm\"]}\n",
	                    in) >= 0);
	rewind(in);
	assert_int_equal(check_main(in, out), 1);
	rewind(out);
	unsigned errors = 0;
	for (struct value *v; (v = next(a, out)); errors++)
		assert_true(value_text(v, "error").n > 0);
	assert_int_equal(errors, 5);
	fclose(in);
	fclose(out);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_vectors), cmocka_unit_test(test_refusals) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
