/* Rules of booking: whose a booking is, and what a line of a table says. */
#include "kernel/db/testing.h"
#include "services/invoice/booking/book.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define N1 "26332000000000000001"
#define N2 "26332000000000000002"

static void test_way(void **state)
{
	static const struct {
		const char *entry;
		int64_t holder, caller;
		enum booking_way way;
	} cases[] = { { "", 0, 7, BOOKING_FREE }, { "deductible", 7, 7, BOOKING_OWN },
		{ "not-deductible", 7, 7, BOOKING_OWN }, { "deductible", 7, 8, BOOKING_OTHERS },
		{ "cancelled", 7, 7, BOOKING_FREE }, { "cancelled", 7, 8, BOOKING_FREE } };
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(booking_way(str_c(cases[i].entry), cases[i].holder, cases[i].caller), cases[i].way);
	assert_string_equal(booking_words(S("")), "未入账");
	assert_string_equal(booking_words(S("cancelled")), "已撤销入账");
}

static void read(struct ctx *c, const char *text, struct booking_list *out, err_t expected)
{
	struct booking_table_in in = { .text = str_c(text), .file = STR_NONE };
	problem_init(&c->problem, c->arena);
	assert_int_equal(booking_table_read(c, &in, out), expected);
}

static void test_table(void **state)
{
	struct test_app t;
	struct booking_list list;
	(void)state;
	test_app_open(&t);
	struct ctx c = test_ctx(&t.app);
	read(&c,
	        "\xef\xbb\xbf号码,状态,凭证\r\n'" N1 ",02,记-1\r\n\r\n" N2
	        "\t,已入账（所得税不扣除）,\"记,2\",2026-11\r\n",
	        &list, OK);
	assert_int_equal(list.n, 2);
	assert_true(str_is(list.entries[0].number, N1) && str_is(list.entries[0].entry, "deductible"));
	assert_false(list.entries[0].has_period);
	assert_true(str_is(list.entries[1].number, N2) && str_is(list.entries[1].entry, "not-deductible"));
	assert_true(str_is(list.entries[1].voucher, "记,2") && list.entries[1].has_period);
	assert_true(str_is(list.at[1], "/text/3"));
	read(&c, N1 "\t3\tV", &list, OK);
	assert_true(list.n == 1 && str_is(list.entries[0].entry, "not-deductible"));
	static const struct {
		const char *text, *pointer, *code;
	} wrong[] = { { "", "/text", "table-empty" }, { "号码\n", "/text", "table-empty" },
		{ "123,02,V", "/text/0", "number" }, { N1 ",04,V", "/text/0", "entry" },
		{ N1 ",02", "/text/0", "voucher" }, { N1 ",02,V,2026", "/text/0", "period-month" },
		{ N1 ",02,V,2026Q1", "/text/0", "period-month" }, { N1 ",02,\"V", "/text/0", "table-broken" },
		{ N1 ",1,2,3,4,5,6,7,8,9", "/text/0", "table-broken" }, { "\xff", "/text", "table-encoding" },
		{ N1 ",,V\n" N1 ",02,1234567890123456789012345678901234567890x", "/text/1", "voucher" } };
	for (size_t i = 0; i < COUNT(wrong); i++) {
		read(&c, wrong[i].text, &list, E_INPUT);
		assert_int_equal(c.problem.n, 1);
		assert_true(str_is(c.problem.faults[0].pointer, wrong[i].pointer));
		assert_string_equal(c.problem.faults[0].def->code, wrong[i].code);
	}
	test_ctx_end(&c);
	test_app_close(&t);
}

static void test_table_limit(void **state)
{
	struct test_app t;
	struct booking_list list;
	struct buf b;
	(void)state;
	test_app_open(&t);
	struct ctx c = test_ctx(&t.app);
	buf_init(&b, c.arena, 64 * (BOOKING_MAX + 1));
	for (int i = 0; i <= BOOKING_MAX; i++)
		buf_c(&b, N1 ",02,V\n");
	struct str all = buf_done(&b);
	struct booking_table_in in = { .text = all, .file = STR_NONE };
	assert_int_equal(booking_table_read(&c, &in, &list), E_INPUT);
	assert_string_equal(c.problem.faults[0].def->code, "table-long");
	problem_init(&c.problem, c.arena);
	in.text = str_sub(all, sizeof(N1 ",02,V\n") - 1, all.n);
	assert_int_equal(booking_table_read(&c, &in, &list), OK);
	assert_int_equal(list.n, BOOKING_MAX);
	test_ctx_end(&c);
	test_app_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_way), cmocka_unit_test(test_table),
		cmocka_unit_test(test_table_limit) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
