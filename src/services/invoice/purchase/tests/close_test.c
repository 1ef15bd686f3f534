/* A filed VAT return closes its month for confirmations; the event may come twice; other taxes do not close it. */
#include "kernel/db/testing.h"
#include "purchase_sql.h"
#include "services/invoice/purchase/credit.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static err_t close_twice(struct ctx *c, void *arg)
{
	(void)arg;
	const struct event events[] = {
		{ .kind = S("return.filed"),
		        .subject_id = 7,
		        .body = S(
		                "{\"return_id\":\"1\",\"tax\":\"vat\",\"period\":\"2026-11\",\"tax_due\":\"1.00\"}") },
		{ .kind = S("return.filed"),
		        .subject_id = 7,
		        .body = S("{\"return_id\":\"1\",\"tax\":\"vat\",\"period\":\"2026-11\"}") },
		{ .kind = S("return.filed"),
		        .subject_id = 8,
		        .body = S("{\"return_id\":\"2\",\"tax\":\"stamp\",\"period\":\"2026-11\"}") },
	};
	TRY(credit_close(c, events, COUNT(events)));
	return credit_close(c, events, 1);
}

static void test_close(void **state)
{
	struct test_app t;
	struct purchase_closed_get_row row;
	bool found;
	(void)state;
	test_app_open(&t);
	struct ctx c = test_ctx(&t.app);
	assert_int_equal(db_write(&c, close_twice, NULL), OK);
	assert_int_equal(purchase_closed_get(&c, 7, S("2026-11"), &row, &found), OK);
	assert_true(found);
	assert_int_equal(purchase_closed_get(&c, 7, S("2026-12"), &row, &found), OK);
	assert_false(found);
	assert_int_equal(purchase_closed_get(&c, 8, S("2026-11"), &row, &found), OK);
	assert_false(found);
	test_ctx_end(&c);
	test_app_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_close) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
