/* Replays: the same key and body give the first answer, anything else a conflict that names what differs. */
#include "kernel/db/db.h"
#include "kernel/db/testing.h"
#include "kernel/operation/replay.h"
#include "kernel/value/value.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct operation issue = { .id = "issue" }, pay = { .id = "pay" };

static struct test_app t;
static struct ctx c;

static int open_all(void **state)
{
	(void)state;
	test_app_open(&t);
	c = test_ctx(&t.app);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	test_ctx_end(&c);
	test_app_close(&t);
	return 0;
}

struct call {
	const char *body;
	struct replay found;
	bool keep;
};

static err_t ask(struct ctx *x, void *arg)
{
	struct call *call = arg;
	struct value *tree;
	struct json_fault where;
	struct buf b;
	TRY(json_parse(x->arena, str_c(call->body), &tree, &where));
	buf_init(&b, x->arena, 100);
	value_write_canonical(&b, tree);
	memset(&call->found, 0, sizeof call->found);
	TRY(replay_find(x, buf_done(&b), tree, &call->found));
	if (call->found.replayed || !call->keep) return OK;
	call->found = (struct replay){ .status = 201, .location = S("/x/1"), .answer = S("{\"number\":\"1\"}") };
	return replay_keep(x, buf_done(&b), &call->found);
}

static err_t call(const struct operation *op, const char *key, int64_t subject, struct call *what)
{
	problem_init(&c.problem, c.arena);
	c.op = op;
	c.idempotency_key = str_c(key);
	c.caller.subject_id = subject;
	c.caller.person_id = 1;
	return db_write(&c, ask, what);
}

static void the_first_answer_again(void **state)
{
	(void)state;
	struct call one = { .body = "{\"a\":1,\"b\":[1,2]}", .keep = true },
	            again = { .body = "{\"b\":[1,2],\"a\":1}" };
	assert_int_equal(call(&issue, "k", 7, &one), OK);
	assert_false(one.found.replayed);
	assert_int_equal(call(&issue, "k", 7, &again), OK);
	assert_true(again.found.replayed && again.found.status == 201 && str_is(again.found.location, "/x/1"));
	assert_true(str_is(again.found.answer, "{\"number\":\"1\"}"));
	struct call other_key = { .body = "{\"a\":1}" };
	assert_int_equal(call(&issue, "k2", 7, &other_key), OK);
	assert_false(other_key.found.replayed);
	assert_int_equal(call(&issue, "K", 7, &other_key), OK); /* keys are compared as they are */
	assert_false(other_key.found.replayed);
	assert_int_equal(call(&issue, "k", 8, &other_key), OK); /* of another subject */
	assert_false(other_key.found.replayed);
}

static void differences_are_named(void **state)
{
	(void)state;
	struct call one = { .body = "{\"a\":1,\"gone\":null,\"lines\":[{\"p\":\"1\"},{\"p\":\"2\"}]}", .keep = true };
	struct call two = { .body = "{\"a\":\"1\",\"new\":0,\"lines\":[{\"p\":\"1\"},{\"p\":\"3\"},{}]}" };
	assert_int_equal(call(&issue, "k", 7, &one), OK);
	assert_int_equal(call(&issue, "k", 7, &two), E_CONFLICT);
	static const char *const expected[] = { "/a", "/new", "/lines/1/p", "/lines/2", "/gone" };
	assert_int_equal(c.problem.n, 5);
	for (size_t i = 0; i < 5; i++) {
		bool there = false;
		for (size_t k = 0; k < 5; k++)
			there |= str_is(c.problem.faults[k].pointer, expected[i]);
		if (!there) fail_msg("%s is not named", expected[i]);
	}
	assert_int_equal(call(&pay, "k", 7, &one), E_CONFLICT);
	assert_string_equal(c.problem.def->code, "idempotency-key-reused");
}

/* The act fails behind the keeping: nothing is kept, the next try is the first. */
static err_t ask_and_fail(struct ctx *x, void *arg)
{
	TRY(ask(x, arg));
	return E_CONFLICT;
}

static void a_failed_act_is_not_kept(void **state)
{
	(void)state;
	struct call one = { .body = "{}", .keep = true };
	c.op = &issue;
	c.idempotency_key = S("k");
	c.caller.subject_id = 7;
	assert_int_equal(db_write(&c, ask_and_fail, &one), E_CONFLICT);
	assert_int_equal(call(&issue, "k", 7, &one), OK);
	assert_false(one.found.replayed);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_all, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(the_first_answer_again), TEST(differences_are_named),
		TEST(a_failed_act_is_not_kept) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
