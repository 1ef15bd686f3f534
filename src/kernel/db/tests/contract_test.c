/* The contract of all queries.sql (docs/adr/0002): each statement prepares on this engine, and its parameters and
 * columns are those that the generated code binds and reads. SQLite, or PostgreSQL with ETAX_TEST_DB. */
#include "kernel/db/store.h"
#include "kernel/db/testing.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void every_statement_fits(void **state)
{
	(void)state;
	struct test_app t;
	int bad = 0, n = 0;
	test_app_open(&t);
	struct ctx c = test_ctx(&t.app);
	for (const struct db_statement *const *const *list = statement_lists; *list; list++)
		for (const struct db_statement *const *st = *list; *st; st++, n++) {
			struct str fault = db_misfit(&c, *st);
			if (!fault.p) continue;
			bad++;
			(void)fprintf(stderr, "%s: %.*s\n", (*st)->name, STR_FMT(fault));
		}
	(void)printf("%d statements on %s\n", n, t.url[0] ? "PostgreSQL" : "SQLite");
	assert_true(n > 20);
	assert_int_equal(bad, 0);
	test_ctx_end(&c);
	test_app_close(&t);
}

static void names_are_unique(void **state)
{
	(void)state;
	const char *seen[4096];
	size_t n = 0;
	for (const struct db_statement *const *const *list = statement_lists; *list; list++)
		for (const struct db_statement *const *st = *list; *st; st++) {
			for (size_t i = 0; i < n; i++)
				assert_string_not_equal(seen[i], (*st)->name);
			seen[n++] = (*st)->name;
		}
}

/* The test would see a statement that does not fit: here are some. */
static void a_misfit_is_told(void **state)
{
	(void)state;
	static const uint8_t ints[] = { DB_INT, DB_INT }, texts[] = { DB_TEXT, DB_TEXT };
	static int slots[6];
	static const struct db_statement wrong[] = {
		{ "no-table", "SELECT a FROM no_such_table", ints, ints, 0, 1, 0, 0, &slots[0] },
		{ "column", "SELECT at FROM migration", ints, texts, 0, 1, 0, 0, &slots[1] },
		{ "columns", "SELECT name, at FROM migration", ints, texts, 0, 1, 0, 0, &slots[2] },
		{ "parameters", "SELECT at FROM migration WHERE name = $1", texts, ints, 0, 1, 0, 0, &slots[3] },
	};
	static const struct db_statement right = { "right", "SELECT at FROM migration WHERE name = $1", texts, ints, 1,
		1, 0, 0, &slots[4] };
	struct test_app t;
	test_app_open(&t);
	struct ctx c = test_ctx(&t.app);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_non_null(db_misfit(&c, &wrong[i]).p);
	assert_null(db_misfit(&c, &right).p);
	test_ctx_end(&c);
	test_app_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_statement_fits),
		cmocka_unit_test(names_are_unique),
		cmocka_unit_test(a_misfit_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
