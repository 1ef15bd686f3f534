/* Faults of simulated partners, on both databases: counted down by partner and fault, given back by a rollback. */
#include "kernel/db/db.h"
#include "kernel/db/testing.h"
#include "kernel/operation/service.h"
#include "kernel/sandbox/sandbox.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

const struct service *const services[] = { NULL };
const size_t n_services = 0;

static const struct operation bank = { .id = "test_bank.fault" }, courier = { .id = "test_courier.fault" };

static err_t arm(struct ctx *c, const struct operation *op, const char *fault, int64_t times)
{
	struct partner_fault_in in = { str_c(fault), times };
	struct reply out = { 0 };
	c->op = op;
	err_t e = sandbox_partner_arm(c, &in, &out);
	if (e == OK) assert_int_equal(value_number(out.value, "times", -1), times);
	return e;
}

static void only_in_a_sandbox(void **state)
{
	struct test_app t;
	(void)state;
	test_app_open(&t);
	struct ctx c = test_ctx(&t.app);
	assert_int_equal(sandbox_only(&c), E_FORBIDDEN);
	assert_int_equal(arm(&c, &bank, "refuse", 1), E_FORBIDDEN);
	assert_false(sandbox_partner_strikes(&c, "test_bank.refuse"));
	test_ctx_end(&c);
	test_app_close(&t);
}

static void by_partner_and_fault(void **state)
{
	struct test_app t;
	(void)state;
	test_app_open(&t);
	t.app.sandbox = sandbox_new(true);
	struct ctx c = test_ctx(&t.app);
	assert_int_equal(sandbox_only(&c), OK);
	assert_int_equal(arm(&c, &bank, "duplicate", 5), OK);
	assert_int_equal(arm(&c, &bank, "duplicate", 2), OK); /* replaces */
	assert_int_equal(arm(&c, &courier, "duplicate", 1), OK);
	assert_false(sandbox_partner_strikes(&c, "test_bank.refuse"));
	assert_true(sandbox_partner_strikes(&c, "test_bank.duplicate"));
	assert_true(sandbox_partner_strikes(&c, "test_courier.duplicate"));
	assert_false(sandbox_partner_strikes(&c, "test_courier.duplicate"));
	assert_true(sandbox_partner_strikes(&c, "test_bank.duplicate"));
	assert_false(sandbox_partner_strikes(&c, "test_bank.duplicate"));
	assert_int_equal(arm(&c, &bank, "duplicate", 9), OK);
	assert_int_equal(arm(&c, &bank, "duplicate", 0), OK); /* takes it away */
	assert_false(sandbox_partner_strikes(&c, "test_bank.duplicate"));
	test_ctx_end(&c);
	sandbox_free(t.app.sandbox);
	t.app.sandbox = NULL;
	test_app_close(&t);
}

static err_t take_and_fail(struct ctx *c, void *arg)
{
	TRY(sandbox_partner_fault(c, "test_bank.refuse", arg));
	return E_CONFLICT;
}

static void what_was_rolled_back_strikes_again(void **state)
{
	struct test_app t;
	bool struck = false;
	(void)state;
	test_app_open(&t);
	t.app.sandbox = sandbox_new(true);
	struct ctx c = test_ctx(&t.app);
	assert_int_equal(arm(&c, &bank, "refuse", 1), OK);
	assert_int_equal(db_write(&c, take_and_fail, &struck), E_CONFLICT);
	assert_true(struck);
	assert_true(sandbox_partner_strikes(&c, "test_bank.refuse"));
	assert_false(sandbox_partner_strikes(&c, "test_bank.refuse"));
	test_ctx_end(&c);
	sandbox_free(t.app.sandbox);
	t.app.sandbox = NULL;
	test_app_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_in_a_sandbox),
		cmocka_unit_test(by_partner_and_fault),
		cmocka_unit_test(what_was_rolled_back_strikes_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
