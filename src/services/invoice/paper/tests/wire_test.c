/* Signed messages of couriers: good, forged in each part, stale, and read back as written (A07.4). */
#include "base/arena.h"
#include "services/invoice/paper/paper.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_letters(void **state)
{
	struct arena *a = arena_new();
	const instant_us now = INT64_C(1795500000) * 1000000;
	const struct str secret = S("0123456789abcdef"), at = S("1795500000"), nonce = S("n1"), body = S("{\"a\":1}");
	struct str good = paper_courier_sign(a, secret, "event", at, nonce, body);
	(void)state;
	assert_int_equal(paper_courier_check(a, secret, "event", at, nonce, good, body, now), PAPER_LETTER_GOOD);
	assert_int_equal(
	        paper_courier_check(a, S("another secret"), "event", at, nonce, good, body, now), PAPER_LETTER_FORGED);
	assert_int_equal(paper_courier_check(a, secret, "answer", at, nonce, good, body, now), PAPER_LETTER_FORGED);
	assert_int_equal(
	        paper_courier_check(a, secret, "event", S("1795500001"), nonce, good, body, now), PAPER_LETTER_FORGED);
	assert_int_equal(paper_courier_check(a, secret, "event", at, S("n2"), good, body, now), PAPER_LETTER_FORGED);
	assert_int_equal(
	        paper_courier_check(a, secret, "event", at, nonce, good, S("{\"a\":2}"), now), PAPER_LETTER_FORGED);
	assert_int_equal(paper_courier_check(a, secret, "event", at, nonce, STR_NONE, body, now), PAPER_LETTER_FORGED);
	assert_int_equal(paper_courier_check(a, S(""), "event", at, nonce, good, body, now), PAPER_LETTER_FORGED);
	for (int s = -1; s <= 1; s += 2) {
		instant_us edge = now + s * PAPER_CLOCK_SECONDS * INT64_C(1000000);
		assert_int_equal(
		        paper_courier_check(a, secret, "event", at, nonce, good, body, edge), PAPER_LETTER_GOOD);
		assert_int_equal(
		        paper_courier_check(a, secret, "event", at, nonce, good, body, edge + s * INT64_C(1000000)),
		        PAPER_LETTER_STALE);
	}
	arena_free(a);
}

static void test_events(void **state)
{
	struct arena *a = arena_new();
	struct paper_event e = { S("EX1"), S("SF1"), S("杭州"), 3, PAPER_WHERE_SIGNED, INT64_C(1795500000) * 1000000 },
	                   back, list[PAPER_EVENTS_MAX];
	struct value *v = paper_event_value(a, &e);
	size_t n;
	(void)state;
	assert_true(paper_event_read(a, v, &back));
	assert_true(
	        str_eq(back.order_no, e.order_no) && str_eq(back.waybill, e.waybill) && str_eq(back.place, e.place));
	assert_true(back.seq == 3 && back.where == PAPER_WHERE_SIGNED && back.at == e.at);
	value_set(a, v, S("state"), value_str(a, S("eaten")));
	assert_false(paper_event_read(a, v, &back));
	value_set(a, v, S("state"), value_str(a, S("signed")));
	value_set(a, v, S("seq"), value_int(a, PAPER_EVENTS_MAX));
	assert_false(paper_event_read(a, v, &back));
	assert_true(paper_events_read(a, S("{\"events\":[]}"), list, &n));
	assert_int_equal(n, 0);
	assert_false(paper_events_read(a, S("{\"events\":[{}]}"), list, &n));
	assert_false(paper_events_read(a, S("[]"), list, &n));
	assert_true(paper_events_read(a,
	        S("{\"events\":[{\"order\":\"EX1\",\"waybill\":\"W\",\"seq\":0,\"state\":\"accepted\",\"at\":\"2026-11-"
	          "24T10:"
	          "00:00+08:00\"}]}"),
	        list, &n));
	assert_int_equal(n, 1);
	assert_int_equal(list[0].where, PAPER_WHERE_ACCEPTED);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_letters), cmocka_unit_test(test_events) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
