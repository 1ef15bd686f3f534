/* Sums of orders come out exact to the fen however they are shared, split or discounted; files are read to their end,
 * faults and all; signatures tell old from forged. */
#include "kernel/ctx/ctx.h"
#include "services/invoice/platform/file.h"
#include "services/invoice/platform/signature.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void share_is_exact(void **state)
{
	static const struct {
		int64_t total, weights[4], parts[4];
		size_t n;
	} cases[] = {
		{ 100, { 1, 1, 1 }, { 34, 33, 33 }, 3 },
		{ 1, { 3, 5, 4 }, { 0, 1, 0 }, 3 },
		{ 1000, { 333, 333, 334 }, { 333, 333, 334 }, 3 },
		{ 2, { 1, 1, 1, 1 }, { 1, 1, 0, 0 }, 4 },
		{ 0, { 5, 6 }, { 0, 0 }, 2 },
		{ 7, { 0, 1, 0 }, { 0, 7, 0 }, 3 },
		{ 1000000000000, { 1000000000000, 1, 1000000000000 }, { 500000000000, 0, 500000000000 }, 3 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int64_t parts[4];
		order_share(cases[i].total, cases[i].weights, cases[i].n, parts);
		for (size_t k = 0; k < cases[i].n; k++)
			assert_int_equal(parts[k], cases[i].parts[k]);
	}
}

/* Hare quota: each part is its exact share, rounded down or up. */
static void share_keeps_quota(void **state)
{
	(void)state;
	srand(7);
	for (int round = 0; round < 2000; round++) {
		int64_t weights[12], parts[12], sum = 0, total = rand() % 100000, got = 0;
		size_t n = 1 + (size_t)rand() % 12;
		for (size_t i = 0; i < n; i++)
			sum += weights[i] = rand() % 5000;
		if (!sum) continue;
		order_share(total, weights, n, parts);
		for (size_t i = 0; i < n; i++) {
			int64_t low = total * weights[i] / sum;
			assert_true(parts[i] == low || parts[i] == low + 1);
			assert_true(parts[i] == low || total * weights[i] % sum != 0);
			got += parts[i];
		}
		assert_int_equal(got, total);
	}
}

static struct order_item item(int64_t amount, int64_t discount, int64_t quantity, int32_t ppm)
{
	return (struct order_item){ .tax_code = S("1090105030000000000"),
		.name = S("车床"),
		.quantity = quantity,
		.has_quantity = quantity > 0,
		.amount = FEN(amount),
		.discount = FEN(discount),
		.rate = PPM(ppm) };
}

static int64_t check(const struct order_invoice *list, size_t n, int64_t limit, bool one_rate)
{
	int64_t all = 0;
	for (size_t i = 0; i < n; i++) {
		int64_t sum = 0;
		assert_true(list[i].n > 0);
		for (size_t k = 0; k < list[i].n; k++) {
			assert_true(list[i].items[k].amount.fen > 0);
			sum += list[i].items[k].amount.fen - list[i].items[k].discount.fen;
			if (one_rate) assert_int_equal(list[i].items[k].rate.ppm, list[i].items[0].rate.ppm);
		}
		assert_int_equal(sum, list[i].total.fen);
		assert_true(sum > 0 && (!limit || sum <= limit));
		all += sum;
	}
	return all;
}

static void splits(void **state)
{
	struct arena *a = arena_new();
	struct order_item items[] = { item(113000, 0, 10, 130000), item(5000, 5000, 1, 60000), item(33333, 1, 0, 60000),
		item(1000, 0, 3, 130000) };
	struct order o = { .items = items, .n_items = 4 };
	struct order_invoice *list;
	size_t n;
	(void)state;
	assert_true(order_split(a, &o, false, FEN(0), &list, &n));
	assert_int_equal(n, 1);
	assert_int_equal(check(list, n, 0, false), 147332);
	assert_true(order_split(a, &o, true, FEN(0), &list, &n));
	assert_int_equal(n, 2);
	assert_int_equal(check(list, n, 0, true), 147332);
	assert_true(order_split(a, &o, true, FEN(50000), &list, &n));
	assert_int_equal(check(list, n, 50000, true), 147332);
	/* Ten lathes of 113.00: four fit into 500.00, so three invoices of four, three, three; the pieces stay whole.
	 */
	assert_int_equal(list[0].items[0].quantity, 4);
	assert_int_equal(list[0].items[0].amount.fen, 45200);
	/* One piece alone is over the limit: it is cut without a quantity. */
	assert_true(order_split(a, &o, false, FEN(5000), &list, &n));
	assert_int_equal(check(list, n, 5000, false), 147332);
	assert_false(list[0].items[0].has_quantity);
	assert_false(order_split(a, &o, false, FEN(100), &list, &n)); /* more than a hundred invoices */
	arena_free(a);
}

static void splits_are_exact(void **state)
{
	(void)state;
	srand(11);
	for (int round = 0; round < 3000; round++) {
		struct arena *a = arena_new();
		struct order_item items[8];
		struct order o = { .items = items, .n_items = 1 + (size_t)rand() % 8 };
		struct order_invoice *list;
		int64_t sum = 0, limit = 100 + rand() % 200000;
		size_t n;
		for (size_t i = 0; i < o.n_items; i++) {
			int64_t amount = 1 + rand() % 300000;
			items[i] = item(amount, rand() % 3 ? 0 : rand() % amount, rand() % 2 ? 1 + rand() % 20 : 0,
			        rand() % 2 ? 130000 : 60000);
			sum += items[i].amount.fen - items[i].discount.fen;
		}
		bool rate = rand() % 2;
		if (order_split(a, &o, rate, FEN(limit), &list, &n)) assert_int_equal(check(list, n, limit, rate), sum);
		assert_true(order_split(a, &o, rate, FEN(0), &list, &n));
		assert_int_equal(check(list, n, 0, rate), sum);
		arena_free(a);
	}
}

static struct ctx context(struct arena *a)
{
	struct ctx c = { .arena = a, .today = { 2026, 11, 24 } };
	problem_init(&c.problem, a);
	return c;
}

#define ITEM "{\"tax_code\":\"1090105030000000000\",\"name\":\"车床\",\"amount\":\"%s\",\"rate\":\"0.13\"}"

static void reads_lines(void **state)
{
	struct arena *a = arena_new();
	struct ctx c = context(a);
	struct file_reader r;
	struct order o;
	int64_t line;
	(void)state;
	struct str text = str_printf(a,
	        "{\"seller\":\"91330100MA2H000142\",\"order_no\":\"1\",\"buyer\":{\"name\":\"李静\"},\"discount\":\"0."
	        "01\",\"items\":[" ITEM "," ITEM "," ITEM
	        "]}\n\n{\"seller\":\n{\"seller\":\"1\",\"order_no\":\"\",\"items\":[]}\n",
	        "1.00", "1.00", "1.00");
	assert_int_equal(file_open(&c, &r, text, false, 0, 0), OK);
	assert_true(file_next(&c, &r, &o, &line));
	assert_int_equal(c.problem.n, 0);
	assert_int_equal(line, 1);
	assert_int_equal(o.items[0].discount.fen + o.items[1].discount.fen + o.items[2].discount.fen, 1);
	struct file_reader again;
	assert_int_equal(file_open(&c, &again, text, false, r.at, r.line), OK);
	assert_true(file_next(&c, &again, &o, &line));
	assert_int_equal(line, 3);
	assert_true(c.problem.n == 1 && str_is(str_c(c.problem.faults[0].def->code), "json"));
	assert_true(file_next(&c, &r, &o, &line));
	assert_true(file_next(&c, &r, &o, &line));
	assert_int_equal(line, 4);
	assert_true(c.problem.n >= 3); /* seller, order number and items, all at once */
	assert_false(file_next(&c, &r, &o, &line));
	arena_free(a);
}

static void reads_table(void **state)
{
	struct arena *a = arena_new();
	struct ctx c = context(a);
	struct file_reader r;
	struct order o;
	int64_t line;
	(void)state;
	struct str text = S("\xef\xbb\xbf商家税号,订单号,buyer_name,税收分类编码,name,件数,amount,rate\r\n"
	                    "'91330100MA2H000142,A1,李静,1090105030000000000,车床,2,10.00,0.13\r\n"
	                    "91330100MA2H000142,A1,李静,1090105030000000000,\"铣\n床\",,5.00,13%\r\n\r\n"
	                    "91330100MA2H000142,A2,李静,\"1090\"x,车床,2,10.00,0.13\r\n"
	                    "91330100MA2H000142,A3,李静,1090105030000000000,车床,二,10.00,0.13\r\n");
	assert_int_equal(file_open(&c, &r, text, true, 0, 0), OK);
	assert_true(file_next(&c, &r, &o, &line));
	assert_int_equal(line, 2);
	assert_true(o.n_items == 2 && o.items[0].quantity == 2 && str_is(o.seller, "91330100MA2H000142"));
	assert_true(file_next(&c, &r, &o, &line));
	assert_int_equal(line, 6);
	assert_true(c.problem.n == 1 && str_is(str_c(c.problem.faults[0].def->code), "table-broken"));
	assert_true(file_next(&c, &r, &o, &line));
	assert_int_equal(line, 7);
	assert_true(c.problem.n == 1 && str_is(c.problem.faults[0].pointer, "/items/0/quantity"));
	assert_false(file_next(&c, &r, &o, &line));
	c.problem.n = 0;
	assert_int_equal(file_open(&c, &r, S("seller,colour\n"), true, 0, 0), E_INPUT);
	assert_int_equal(c.problem.n, 2); /* one column unknown, one missing */
	arena_free(a);
}

static void keeps(void **state)
{
	struct arena *a = arena_new();
	struct ctx c = context(a);
	struct order_item items[] = { item(113000, 7, 10, 130000), item(5000, 0, 0, 60000) };
	struct order o = { .seller = S("91330100MA2H000142"),
		.order_no = S("a \"quoted\" one"),
		.kind = S("ordinary"),
		.issue = S("claim"),
		.split = S("rate"),
		.limit = FEN(500000),
		.items = items,
		.n_items = 2 },
	             back;
	(void)state;
	assert_int_equal(order_read_kept(&c, order_keep(a, &o), &back), OK);
	assert_true(str_eq(back.order_no, o.order_no) && str_eq(back.split, o.split) && back.limit.fen == 500000);
	assert_true(back.n_items == 2 && back.items[0].quantity == 10 && back.items[0].discount.fen == 7);
	assert_true(!back.items[1].has_quantity && back.items[1].rate.ppm == 60000);
	arena_free(a);
}

static void signatures(void **state)
{
	struct arena *a = arena_new();
	struct str secret = S("s3cret"), body = S("{\"id\":\"1\"}"), made = signature_make(a, secret, 1000, body);
	(void)state;
	/* printf '1000.{"id":"1"}' | openssl dgst -sha256 -hmac s3cret */
	assert_true(str_is(made, "v1=d3830752f5b8ea655401bc25555c29962664fc8660641e55fd17f0cc02991e6f"));
	assert_int_equal(signature_check(a, secret, 1000, body, made, 1300), SIGNATURE_GOOD);
	assert_int_equal(signature_check(a, secret, 1000, body, made, 1301), SIGNATURE_OLD);
	assert_int_equal(signature_check(a, secret, 1000, body, made, 699), SIGNATURE_OLD);
	assert_int_equal(signature_check(a, secret, 1001, body, made, 1000), SIGNATURE_FORGED);
	assert_int_equal(signature_check(a, S("other"), 1000, body, made, 9999), SIGNATURE_FORGED);
	assert_int_equal(signature_check(a, secret, 1000, S("{}"), made, 1000), SIGNATURE_FORGED);
	assert_int_equal(signature_pause(1), 10);
	assert_int_equal(signature_pause(3), 90);
	assert_int_equal(signature_pause(100), 21600);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(share_is_exact), cmocka_unit_test(share_keeps_quota),
		cmocka_unit_test(splits), cmocka_unit_test(splits_are_exact), cmocka_unit_test(reads_lines),
		cmocka_unit_test(reads_table), cmocka_unit_test(keeps), cmocka_unit_test(signatures) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
