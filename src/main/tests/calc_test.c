/* Every worked case of tests/vectors/tax.jsonl whose topic calc knows: each expected field must be equal. */
#include "kernel/value/value.h"
#include "main/calc.h"
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
	assert_int_equal(compared, 7 + 4 + 4 + 9 + 9);
	(void)fclose(answers);
	(void)fclose(in);
	arena_free(a);
	free(text), free(line), free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(vectors) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
