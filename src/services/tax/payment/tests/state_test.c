/* Every state with every event, the pauses, and the classes of a reconciliation (A05.16). */
#include "services/tax/payment/reconcile.h"
#include "services/tax/payment/state.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void what_always_holds(void **state)
{
	(void)state;
	for (int s = STATE_CREATED; s <= STATE_EXPIRED; s++)
		for (int e = EVENT_ACKED; e <= EVENT_EXPIRED; e++) {
			struct payment_step step = payment_step((enum payment_state)s, (enum payment_event)e);
			/* Money is booked on the way into paid and nowhere else; paid is never left. */
			assert_int_equal(step.act == ACT_SETTLE, step.next == STATE_PAID && s != STATE_PAID);
			if (s == STATE_PAID) assert_int_equal(step.next, STATE_PAID);
			if (step.act == ACT_NONE || step.act == ACT_DISPUTE) assert_int_equal(step.next, s);
			/* What the bank refused is not paid later without an officer. */
			if (s == STATE_FAILED) assert_int_equal(step.next, STATE_FAILED);
			if (step.act == ACT_CLOSE) assert_true(s == STATE_CREATED || s == STATE_SENT);
		}
	assert_int_equal(payment_step(STATE_EXPIRED, EVENT_DEBITED).act, ACT_SETTLE);
	assert_int_equal(payment_step(STATE_FAILED, EVENT_DEBITED).act, ACT_DISPUTE);
	assert_int_equal(payment_step(STATE_PAID, EVENT_REFUSED).act, ACT_DISPUTE);
	assert_int_equal(payment_step(STATE_CREATED, EVENT_DEBITED).next, STATE_PAID);
}

static void names(void **state)
{
	(void)state;
	enum payment_state back;
	for (int s = STATE_CREATED; s <= STATE_EXPIRED; s++) {
		assert_true(payment_state_of(str_c(payment_state_code((enum payment_state)s)), &back));
		assert_int_equal(back, s);
	}
	assert_false(payment_state_of(S("settled"), &back));
	assert_string_equal(payment_state_shown(STATE_EXPIRED), "failed");
}

static void pauses_grow_and_end(void **state)
{
	(void)state;
	assert_int_equal(payment_pause(1, false), 2);
	assert_int_equal(payment_pause(3, false), 8);
	assert_int_equal(payment_pause(1000, false), 300);
	assert_int_equal(payment_pause(1, true), 15);
	assert_int_equal(payment_pause(1000000, true), 600);
}

static void classes(void **state)
{
	(void)state;
	struct our_side none = { 0 }, today = { .booked = true, .same_day = true, .amount = { 100 } },
	                other = { .booked = true, .amount = { 100 } },
	                elsewhere = { .booked = true, .same_day = true, .amount = { 100 }, .elsewhere = true };
	assert_int_equal(difference_of(true, FEN(100), &today), CLASS_EVEN);
	assert_int_equal(difference_of(true, FEN(100), &other), CLASS_CUT);
	assert_int_equal(difference_of(true, FEN(101), &today), CLASS_AMOUNT);
	assert_int_equal(difference_of(true, FEN(100), &none), CLASS_LONG);
	assert_int_equal(difference_of(false, FEN(0), &today), CLASS_SHORT);
	assert_int_equal(difference_of(false, FEN(0), &elsewhere), CLASS_CUT);
	struct balance b = { 0 };
	assert_true(balance_add(&b, CLASS_EVEN, true, FEN(100), &today));
	assert_int_equal(b.difference.fen, 0);
	assert_true(balance_add(&b, CLASS_LONG, true, FEN(30), &none));
	assert_true(balance_add(&b, CLASS_SHORT, false, FEN(0), &today));
	assert_int_equal(b.difference.fen, -70);
	assert_int_equal(b.open_count, 2);
	assert_int_equal(b.bank.fen, 130);
	assert_int_equal(b.ledger.fen, 200);
	assert_int_equal(b.matched.fen, 100);
	assert_false(balance_add(&b, CLASS_LONG, true, FEN(INT64_MAX), &none));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(what_always_holds), cmocka_unit_test(names),
		cmocka_unit_test(pauses_grow_and_end), cmocka_unit_test(classes) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
