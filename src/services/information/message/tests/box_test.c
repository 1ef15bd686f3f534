/* The box: each event once, bundles of a day, words in two languages, who sees what, retention. */
#include "kernel/db/testing.h"
#include "message_sql.h"
#include "services/information/message/box.h"
#include "services/information/message/texts.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { FIRM = 7 };
#define DAY_US INT64_C(86400000000)

struct batch {
	const struct event *events;
	size_t n;
};

static err_t feed(struct ctx *c, void *arg)
{
	const struct batch *b = arg;
	return box_feed(c, b->events, b->n);
}

static void sign_in(struct ctx *c, const char *scopes)
{
	c->caller = (struct caller){ .person_id = 1, .subject_id = FIRM, .scopes = str_c(scopes) };
	c->caller.subject_id = c->caller.person_id = FIRM; /* the subject itself */
}

static void put(struct ctx *c, int64_t position, const char *kind, const char *body)
{
	const struct event e = { position, str_c(kind), FIRM, c->now, str_c(body) };
	struct batch b = { &e, 1 };
	assert_int_equal(db_write(c, feed, &b), OK);
}

static const struct value *list(struct ctx *c, struct list_in in)
{
	struct reply out = { 0 };
	assert_int_equal(box_list(c, &in, &out), OK);
	return out.value;
}

static size_t n_of(const struct value *v)
{
	return value_get(v, S("messages"))->count;
}

static const struct value *item(const struct value *v, size_t i)
{
	return value_at(value_get(v, S("messages")), i);
}

static const char *const due =
        "{\"amount\":\"0.00\",\"due_on\":\"2026-12-15\",\"obligation\":\"5\",\"period\":\"2026-11\","
        "\"tax\":\"vat\",\"to_file\":true}";
static const char *const owed =
        "{\"amount\":\"52000.00\",\"due_on\":\"2026-12-15\",\"obligation\":\"5\",\"period\":\"2026Q4\","
        "\"tax\":\"vat\",\"to_file\":false}";

static void an_event_is_one_message_in_plain_words(void **state)
{
	(void)state;
	struct test_app t;
	test_app_open(&t);
	struct ctx c = test_ctx(&t.app);
	sign_in(&c, "*");
	put(&c, 11, "obligation.due_soon", due);
	put(&c, 12, "obligation.due_soon", owed);
	put(&c, 11, "obligation.due_soon", due); /* fed again */
	const struct value *v = list(&c, (struct list_in){ 0 });
	assert_int_equal(n_of(v), 2);
	assert_int_equal(value_number(v, "unread", -1), 2);
	assert_string_equal(value_text(item(v, 0), "title").p,
	        "增值税（2026 年第 4 季度）要在 12 月 15 日（周二）前缴纳 52,000.00 元");
	assert_string_equal(value_text(item(v, 1), "title").p, "增值税（2026 年 11 月）要在 12 月 15 日（周二）前申报");
	assert_string_equal(value_text(item(v, 1), "href").p, "/returns/vat/2026-11");
	v = list(&c, (struct list_in){ .after = 12 });
	assert_int_equal(n_of(v), 1);
	test_ctx_end(&c);
	test_app_close(&t);
}

static err_t mark(struct ctx *c, void *arg)
{
	struct reply out = { 0 };
	return box_read(c, arg, &out);
}

static err_t mark_all(struct ctx *c, void *arg)
{
	struct reply out = { 0 };
	return box_read_all(c, arg, &out);
}

static void reading_counts_down(void **state)
{
	(void)state;
	struct test_app t;
	struct value *newest;
	int64_t unread;
	test_app_open(&t);
	struct ctx c = test_ctx(&t.app);
	sign_in(&c, "*");
	for (int64_t i = 1; i <= 5; i++)
		put(&c, i, "return.filed",
		        "{\"period\":\"2026-11\",\"return_id\":\"9\",\"tax\":\"vat\",\"tax_due\":\"1.00\"}");
	struct read_in one = { .id = 3 };
	assert_int_equal(db_write(&c, mark, &one), OK);
	assert_int_equal(db_write(&c, mark, &one), OK); /* twice: the same */
	assert_int_equal(message_newest(&c, &newest, &unread), OK);
	assert_int_equal(newest->count, 3);
	assert_int_equal(unread, 4);
	assert_int_equal(n_of(list(&c, (struct list_in){ .unread = true })), 4);
	struct read_in other = { .id = 99 };
	assert_int_equal(db_write(&c, mark, &other), E_NOT_FOUND);
	struct all_in seen = { .up_to = 4 }; /* what came after the page was shown stays unread */
	assert_int_equal(db_write(&c, mark_all, &seen), OK);
	assert_int_equal(value_number(list(&c, (struct list_in){ 0 }), "unread", -1), 1);
	c.caller.subject_id = c.caller.person_id = FIRM + 1; /* another's box is another's */
	assert_int_equal(n_of(list(&c, (struct list_in){ 0 })), 0);
	assert_int_equal(db_write(&c, mark, &one), E_NOT_FOUND);
	test_ctx_end(&c);
	test_app_close(&t);
}

static void invoices_received_are_one_message_a_day(void **state)
{
	(void)state;
	struct test_app t;
	test_app_open(&t);
	struct ctx c = test_ctx(&t.app);
	sign_in(&c, "*");
	put(&c, 1, "invoice.received",
	        "{\"number\":\"26332000000000000001\",\"seller\":\"小满面包房\",\"total\":\"30.00\"}");
	const struct value *v = list(&c, (struct list_in){ 0 });
	assert_string_equal(value_text(item(v, 0), "title").p, "收到 小满面包房 开来的发票");
	assert_string_equal(value_text(item(v, 0), "href").p, "/invoices/26332000000000000001");
	put(&c, 2, "invoice.received",
	        "{\"number\":\"26332000000000000002\",\"seller\":\"云杉商场有限公司\",\"total\":\"70.00\"}");
	put(&c, 3, "invoice.received",
	        "{\"number\":\"26332000000000000003\",\"seller\":\"云杉商场有限公司\",\"total\":\"0.50\"}");
	put(&c, 2, "invoice.received",
	        "{\"number\":\"26332000000000000002\",\"seller\":\"云杉商场有限公司\",\"total\":\"70.00\"}");
	v = list(&c, (struct list_in){ 0 });
	assert_int_equal(n_of(v), 1);
	assert_string_equal(value_text(item(v, 0), "title").p, "今天收到 3 张发票");
	assert_non_null(strstr(value_text(item(v, 0), "text").p, "100.50 元"));
	c.now += DAY_US;
	put(&c, 4, "invoice.received",
	        "{\"number\":\"26332000000000000004\",\"seller\":\"小满面包房\",\"total\":\"1.00\"}");
	assert_int_equal(n_of(list(&c, (struct list_in){ 0 })), 2);
	test_ctx_end(&c);
	test_app_close(&t);
}

static void scopes_decide_what_is_seen(void **state)
{
	(void)state;
	struct test_app t;
	test_app_open(&t);
	struct ctx c = test_ctx(&t.app);
	sign_in(&c, "invoice.issue invoice.read");
	put(&c, 1, "obligation.due_soon", due);
	put(&c, 2, "invoice.reversed", "{\"amount\":\"1.00\",\"number\":\"1\",\"red_number\":\"2\"}");
	put(&c, 3, "registration.changed", "{\"field\":\"phone\"}");
	const struct value *v = list(&c, (struct list_in){ 0 });
	assert_int_equal(n_of(v), 1);
	assert_int_equal(value_number(v, "unread", -1), 1);
	struct read_in foreign = { .id = 1 };
	assert_int_equal(db_write(&c, mark, &foreign), E_NOT_FOUND);
	sign_in(&c, "tax.read registry.read");
	v = list(&c, (struct list_in){ 0 });
	assert_int_equal(n_of(v), 2);
	assert_string_equal(value_text(item(v, 0), "title").p, "登记信息有变更：联系电话");
	test_ctx_end(&c);
	test_app_close(&t);
}

static void broken_bodies_still_say_something(void **state)
{
	(void)state;
	struct test_app t;
	test_app_open(&t);
	struct ctx c = test_ctx(&t.app);
	static const char *const bodies[] = { "", "{", "[]", "{}", "{\"amount\":5,\"number\":null}",
		"{\"number\":\"../x?y\"}" };
	struct str rest = S(MESSAGE_KINDS), kind;
	while (str_split(&rest, ' ', &kind)) {
		int area;
		assert_true(texts_area(kind, &area));
		for (size_t i = 0; i < COUNT(bodies); i++) {
			struct value *v = texts_value(&c, kind, str_c(bodies[i]));
			assert_true(value_text(v, "title").n > 0);
			struct str href = value_text(v, "href");
			assert_true(!href.p || str_find(href, "..") < 0);
		}
	}
	test_ctx_end(&c);
	test_app_close(&t);
}

static void old_ones_go(void **state)
{
	(void)state;
	struct test_app t;
	test_app_open(&t);
	struct ctx c = test_ctx(&t.app);
	sign_in(&c, "*");
	put(&c, 1, "obligation.due_soon", due);
	c.now += 729 * DAY_US;
	put(&c, 2, "obligation.due_soon", due);
	assert_int_equal(box_retention(&c, STR_NONE), OK);
	assert_int_equal(n_of(list(&c, (struct list_in){ 0 })), 2);
	c.now += 2 * DAY_US;
	assert_int_equal(box_retention(&c, STR_NONE), OK);
	assert_int_equal(n_of(list(&c, (struct list_in){ 0 })), 1);
	test_ctx_end(&c);
	test_app_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_is_one_message_in_plain_words),
		cmocka_unit_test(reading_counts_down),
		cmocka_unit_test(invoices_received_are_one_message_a_day),
		cmocka_unit_test(scopes_decide_what_is_seen),
		cmocka_unit_test(broken_bodies_still_say_something),
		cmocka_unit_test(old_ones_go),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
