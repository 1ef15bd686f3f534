/* A second holder of an invoice: each is told; the same holder again is not news; a withdrawn credit is no use any
 * more. */
#include "kernel/db/db.h"
#include "kernel/db/testing.h"
#include "kernel/outbox/outbox.h"
#include "services/invoice/report/report.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define N1 "26332000000000000001"
#define N2 "26332000000000000002"

static err_t feed(struct ctx *c, void *arg)
{
	const struct event events[] = {
		{ .kind = S("input.credited"),
		        .subject_id = 7,
		        .at = 1,
		        .body = S("2026-11\t" N1 "\t2026-11\n2026-11\t" N2 "\t2026-11\n") },
		{ .kind = S("input.credited"), .subject_id = 7, .at = 2, .body = S("2026-11\t" N1 "\t2026-11\n") },
		{ .kind = S("input.credited"), .subject_id = 7, .at = 3, .body = S("2026-11\t" N2 "\t\n") },
		{ .kind = S("input.credited"),
		        .subject_id = 8,
		        .at = 4,
		        .body = S("2026-11\t" N1 "\t2026-11\n2026-11\t" N2 "\t2026-11\n") },
		{ .kind = S("invoice.booked"), .subject_id = 9, .at = 5, .body = S("{\"number\":\"" N2 "\"}") },
		{ .kind = S("lottery.entered"), .subject_id = 5, .at = 6, .body = S("{\"number\":\"" N2 "\"}") },
		{ .kind = S("lottery.refused"), .subject_id = 6, .at = 7, .body = S("{\"number\":\"" N2 "\"}") },
		/* tried in vain: the second holder; a booking that was undone before is no use any more */
		{ .kind = S("invoice.booking_refused"),
		        .subject_id = 10,
		        .at = 8,
		        .body = S("{\"number\":\"" N2 "\"}") },
		{ .kind = S("invoice.booked"), .subject_id = 9, .at = 9, .body = S("{\"number\":\"" N1 "\"}") },
		{ .kind = S("invoice.booking_undone"),
		        .subject_id = 9,
		        .at = 10,
		        .body = S("{\"number\":\"" N1 "\"}") },
		{ .kind = S("invoice.booked"), .subject_id = 10, .at = 11, .body = S("{\"number\":\"" N1 "\"}") },
	};
	(void)arg;
	return alarm_feed(c, events, COUNT(events));
}

static void test_alarm(void **state)
{
	static const struct {
		int64_t subject;
		const char *number, *use;
	} wanted[] = { { 7, N1, "credited" }, { 8, N1, "credited" }, { 5, N2, "drawn" }, { 6, N2, "drawn" },
		{ 9, N2, "booked" }, { 10, N2, "booked" } };
	struct test_app t;
	struct event *events;
	size_t n, seen = 0;
	(void)state;
	test_app_open(&t);
	struct ctx c = test_ctx(&t.app);
	assert_int_equal(db_write(&c, feed, NULL), OK);
	assert_int_equal(outbox_read(&c, 0, &events, &n), OK);
	for (size_t i = 0; i < n; i++) {
		if (!str_is(events[i].kind, "invoice.used_twice")) continue;
		assert_true(seen < COUNT(wanted));
		assert_int_equal(events[i].subject_id, wanted[seen].subject);
		assert_true(str_find(events[i].body, wanted[seen].number) > 0 &&
		            str_find(events[i].body, wanted[seen].use) > 0);
		seen++;
	}
	assert_int_equal(seen, COUNT(wanted));
	test_ctx_end(&c);
	test_app_close(&t);
}

static void test_media(void **state)
{
	(void)state;
	assert_string_equal(report_media(S("\x89PNG\r\n\x1a\n....")), "image/png");
	assert_string_equal(report_media(S("\xff\xd8\xff\xe0..")), "image/jpeg");
	assert_null(report_media(S("<svg onload=alert(1)>")));
	assert_null(report_media(S("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_alarm), cmocka_unit_test(test_media) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
