/* Orders in the store: what is booked, what is refused, what comes late (A05.16); on SQLite, or on PostgreSQL with
 * ETAX_TEST_DB. */
#include "kernel/db/db.h"
#include "kernel/db/testing.h"
#include "kernel/keys/keys.h"
#include "kernel/receipt/log.h"
#include "payment_sql.h"
#include "services/foundation/identity/identity.h"
#include "services/foundation/ledger/ledger.h"
#include "services/tax/payment/order.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct world {
	struct test_app t;
	int64_t firm, vat;
	struct payment_order o;
	struct reply reply;
	err_t result;
	enum payment_event event;
	struct payment_report report;
	enum payment_outcome outcome;
};

static void set(struct ctx *c, const char *instant)
{
	assert_true(instant_parse(str_c(instant), &c->now));
	c->today = date_of_instant(c->now);
}

static err_t owe(struct ctx *c, void *arg)
{
	struct world *w = arg;
	struct obligation o;
	struct date due = { 2026, 12, 15 };
	TRY(identity_party_add(c, false, S("海川精密机械有限公司"), S("91330100MA2H000142"), &w->firm));
	TRY(ledger_assess(c, w->firm, S("vat"), S("2026-11"), due, FEN(5200000), 77, &o));
	w->vat = o.id;
	return OK;
}

static struct ctx begin(struct world *w)
{
	static struct sandbox *const there = (struct sandbox *)(uintptr_t)&owe; /* only its being there is asked */
	memset(w, 0, sizeof *w);
	test_app_open(&w->t);
	assert_int_equal(keys_open(&w->t.app, w->t.dir), OK);
	assert_int_equal(receipt_log_open(&w->t.app), OK);
	w->t.app.sandbox = there;
	struct ctx c = test_ctx(&w->t.app);
	set(&c, "2026-12-05T10:00:00+08:00");
	assert_int_equal(db_write(&c, owe, w), OK);
	c.caller.subject_id = w->firm;
	c.caller.person_id = w->firm;
	c.caller.subject_tax_id = S("91330100MA2H000142");
	return c;
}

static void end(struct world *w, struct ctx *c)
{
	test_ctx_end(c);
	test_app_shut(&w->t);
	receipt_log_close(&w->t.app);
	keys_close(&w->t.app);
	w->t.app.sandbox = NULL;
	test_app_reopen(&w->t);
	test_app_close(&w->t);
}

static err_t create(struct ctx *c, void *arg)
{
	struct world *w = arg;
	struct order_in in = { .obligations = &w->vat, .n_obligations = 1, .channel = S("bank-simulator") };
	problem_init(&c->problem, c->arena);
	w->result = payment_create(c, &in, &w->reply);
	return w->result;
}

static err_t apply(struct ctx *c, void *arg)
{
	struct world *w = arg;
	bool found;
	TRY(payment_order_load(c, w->firm, w->o.id, &w->o, &found));
	assert_true(found);
	return payment_apply(c, &w->o, w->event, &w->report, &w->outcome);
}

static void order(struct ctx *c, struct world *w)
{
	bool found;
	assert_int_equal(db_write(c, create, w), OK);
	assert_true(str_to_int(value_text(w->reply.value, "id"), &w->o.id));
	assert_int_equal(payment_order_load(c, w->firm, w->o.id, &w->o, &found), OK);
	w->report = (struct payment_report){ .voucher = w->o.voucher,
		.said = PAYMENT_DEBITED,
		.amount = w->o.amount,
		.bank_no = str_printf(c->arena, "B%lld", (long long)w->o.id),
		.debited_at = c->now };
}

static enum payment_outcome happens(struct ctx *c, struct world *w, enum payment_event e)
{
	w->event = e;
	assert_int_equal(db_write(c, apply, w), OK);
	return w->outcome;
}

static struct obligation owed(struct ctx *c, struct world *w)
{
	struct obligation o;
	bool found;
	assert_int_equal(ledger_obligation(c, w->firm, w->vat, &o, &found), OK);
	return o;
}

static int64_t account(struct ctx *c, enum ledger_account k)
{
	struct money m;
	assert_int_equal(ledger_balance(c, k, &m), OK);
	return m.fen;
}

static void line(struct fsck *f, bool fault, struct str text)
{
	(void)f;
	if (fault) print_message("%.*s\n", STR_FMT(text));
}

static void clean(struct ctx *c)
{
	struct fsck f = { .arena = c->arena, .line = line };
	assert_int_equal(payment_check(c, &f), OK);
	assert_int_equal(f.faults, 0);
}

static void settled_once(void **state)
{
	(void)state;
	struct world w;
	struct ctx c = begin(&w);
	order(&c, &w);
	assert_int_equal(w.o.amount.fen, 5200000);
	assert_int_equal(db_write(&c, create, &w), E_CONFLICT); /* one open order */
	assert_string_equal(c.problem.def->code, "payment-open");
	clean(&c);
	assert_int_equal(happens(&c, &w, EVENT_ACKED), OUTCOME_NOTED);
	w.report.amount.fen++;
	assert_int_equal(happens(&c, &w, EVENT_DEBITED), OUTCOME_AMOUNT);
	w.report.amount.fen--;
	assert_int_equal(happens(&c, &w, EVENT_DEBITED), OUTCOME_BOOKED);
	assert_int_equal(happens(&c, &w, EVENT_DEBITED), OUTCOME_NOTED);
	assert_int_equal(happens(&c, &w, EVENT_REFUSED), OUTCOME_DISPUTED);
	w.report.bank_no = S("ANOTHER");
	assert_int_equal(happens(&c, &w, EVENT_DEBITED), OUTCOME_DISPUTED);
	assert_true(str_is(owed(&c, &w).status, "fulfilled"));
	assert_int_equal(account(&c, LEDGER_TRANSIT), 5200000);
	assert_int_equal(db_write(&c, create, &w), E_INPUT); /* nothing due */
	clean(&c);
	end(&w, &c);
}

static void late_fee_of_the_day(void **state)
{
	(void)state;
	struct world w;
	struct ctx c = begin(&w);
	instant_us end_of_day;
	set(&c, "2026-12-25T15:00:00+08:00");
	order(&c, &w);
	assert_int_equal(w.o.amount.fen, 5226000);
	assert_true(instant_parse(S("2026-12-26T00:00:00+08:00"), &end_of_day));
	assert_int_equal(w.o.valid_until, end_of_day);
	assert_int_equal(happens(&c, &w, EVENT_DEBITED), OUTCOME_BOOKED);
	assert_int_equal(account(&c, LEDGER_LATE_FEE), -26000);
	assert_int_equal(owed(&c, &w).late_fee.fen, 26000);
	clean(&c);
	end(&w, &c);
}

/* No word until the order expired, paid by another order, and then the first was debited after all: owed back. */
static void debited_after_it_expired(void **state)
{
	(void)state;
	struct world w;
	struct ctx c = begin(&w);
	order(&c, &w);
	struct payment_order first = w.o;
	struct payment_report late = w.report;
	assert_int_equal(happens(&c, &w, EVENT_EXPIRED), OUTCOME_NOTED);
	assert_int_equal(w.o.state, STATE_EXPIRED);
	assert_true(str_is(w.o.reason, "expired"));
	clean(&c);
	order(&c, &w);
	assert_int_equal(happens(&c, &w, EVENT_DEBITED), OUTCOME_BOOKED);
	w.o = first;
	w.report = late;
	assert_int_equal(happens(&c, &w, EVENT_DEBITED), OUTCOME_BOOKED);
	assert_int_equal(owed(&c, &w).refund.fen, 5200000);
	assert_int_equal(account(&c, LEDGER_REFUND_DUE), -5200000);
	assert_int_equal(account(&c, LEDGER_TRANSIT), 10400000);
	clean(&c);
	end(&w, &c);
}

static void refused_and_tried_again(void **state)
{
	(void)state;
	struct world w;
	struct ctx c = begin(&w);
	order(&c, &w);
	w.report.reason = S("insufficient-funds");
	assert_int_equal(happens(&c, &w, EVENT_REFUSED), OUTCOME_NOTED);
	assert_true(str_is(w.o.reason, "insufficient-funds"));
	assert_int_equal(happens(&c, &w, EVENT_DEBITED), OUTCOME_DISPUTED);
	assert_int_equal(account(&c, LEDGER_TRANSIT), 0);
	struct payment_report refused = w.report;
	order(&c, &w);
	w.report.bank_no = refused.bank_no;
	assert_int_equal(happens(&c, &w, EVENT_DEBITED), OUTCOME_BOOKED);
	/* One debit does not pay two orders. */
	struct payment_debit_get_row debit;
	bool found;
	assert_int_equal(payment_debit_get(&c, S("bank-simulator"), w.o.voucher, &debit, &found), OK);
	assert_true(found);
	clean(&c);
	end(&w, &c);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(settled_once), cmocka_unit_test(late_fee_of_the_day),
		cmocka_unit_test(debited_after_it_expired), cmocka_unit_test(refused_and_tried_again) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
