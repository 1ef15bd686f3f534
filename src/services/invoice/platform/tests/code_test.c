/* Claim codes, on both databases: with other node keys the same codes hold; codes from before follow the node's keys.
 */
#include "kernel/db/db.h"
#include "kernel/db/testing.h"
#include "kernel/keys/keys.h"
#include "kernel/operation/service.h"
#include "platform_sql.h"
#include "services/invoice/platform/platform.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

const struct service *const services[] = { NULL };
const size_t n_services = 0;

enum { SELLER = 7, PLATFORM = 9 };

/* The node's own keys are lost, the database is not. */
static void other_keys(struct test_app *t)
{
	static const char *const names[] = { "lookup.hmac", "check.hmac" };
	char path[300];
	keys_close(&t->app);
	for (size_t i = 0; i < COUNT(names); i++) {
		(void)snprintf(path, sizeof path, "%s/keys/%s", t->dir, names[i]);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(keys_open(&t->app, t->dir), OK);
}

struct given {
	const char *order_no;
	struct str code, hash;
};
static err_t insert(struct ctx *c, void *arg)
{
	struct given *g = arg;
	if (!g->hash.p) TRY(platform_code_new(c, SELLER, PLATFORM, str_c(g->order_no), &g->code, &g->hash));
	return platform_order_insert(
	        c, SELLER, str_c(g->order_no), PLATFORM, 1, 1, S("held"), FEN(100), S("{}"), g->hash, S("x"), NULL);
}

static void finds(struct ctx *c, struct str code, const char *order_no)
{
	struct platform_order_by_code_row row = { 0 };
	bool found = false;
	assert_int_equal(platform_code_find(c, code, &row, &found), OK);
	assert_int_equal(found, order_no != NULL);
	if (order_no) assert_true(str_is(row.order_no, order_no));
}

static void codes_outlive_the_keys_of_a_node(void **state)
{
	struct test_app t;
	struct given one = { .order_no = "A1" }, two = { .order_no = "A2" };
	struct str again;
	(void)state;
	test_app_open(&t);
	assert_int_equal(keys_open(&t.app, t.dir), OK);
	struct ctx c = test_ctx(&t.app);
	assert_int_equal(db_write(&c, insert, &one), OK);
	assert_int_equal(one.code.n, CODE_CHARS);
	finds(&c, one.code, "A1");
	other_keys(&t);
	finds(&c, one.code, "A1");
	assert_int_equal(platform_code_of(&c, SELLER, PLATFORM, S("A1"), &again), OK);
	assert_true(str_eq(again, one.code));
	assert_int_equal(db_write(&c, insert, &two), OK);
	assert_false(str_eq(one.code, two.code));
	finds(&c, two.code, "A2");
	finds(&c, S("AAAAAAAAAAAAAAAA"), NULL);
	test_ctx_end(&c);
	keys_close(&t.app);
	test_app_close(&t);
}

static void codes_from_before_follow_the_node(void **state)
{
	struct test_app t;
	struct str again;
	(void)state;
	test_app_open(&t);
	assert_int_equal(keys_open(&t.app, t.dir), OK);
	struct ctx c = test_ctx(&t.app);
	struct given old = { .order_no = "B1" };
	old.code = keys_check_code(t.app.keys, c.arena, S("platform-order\n7\n9\nB1"));
	old.hash = keys_lookup_hash(t.app.keys, c.arena, old.code);
	assert_int_equal(db_write(&c, insert, &old), OK);
	finds(&c, old.code, "B1");
	assert_int_equal(platform_code_of(&c, SELLER, PLATFORM, S("B1"), &again), OK);
	assert_true(str_eq(again, old.code));
	other_keys(&t);
	finds(&c, old.code, NULL);
	assert_int_equal(platform_code_of(&c, SELLER, PLATFORM, S("B1"), &again), OK);
	assert_null(again.p); /* none that would not be found */
	test_ctx_end(&c);
	keys_close(&t.app);
	test_app_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_outlive_the_keys_of_a_node),
		cmocka_unit_test(codes_from_before_follow_the_node),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
