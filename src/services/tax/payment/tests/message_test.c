/* Envelopes, reports and files of etax-bank/1 (A05.16). */
#include "base/buf.h"
#include "services/tax/payment/payment.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795000000000000)
static const struct str bank = { "bank", 4 }, us = { "etax-33", 7 };

static void any_changed_byte_is_refused(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct crypto_key *key = crypto_sm2_new();
	unsigned char point[65];
	struct payment_envelope e;
	crypto_sm2_point(key, point);
	struct str sealed = payment_seal(a, bank, us, key, NOW, S("{\"kind\":\"报告\"}"));
	assert_int_equal(payment_unseal(a, sealed, bank, us, point, NOW, &e), PAYMENT_OPENED);
	assert_true(str_is(e.message, "{\"kind\":\"报告\"}"));
	char *bent = arena_dup(a, sealed.p, sealed.n);
	for (size_t i = 0; i < sealed.n; i++) {
		bent[i] ^= 1;
		assert_int_not_equal(
		        payment_unseal(a, (struct str){ bent, sealed.n }, bank, us, point, NOW, &e), PAYMENT_OPENED);
		bent[i] ^= 1;
	}
	assert_int_equal(payment_unseal(a, sealed, us, bank, point, NOW, &e), PAYMENT_FOREIGN);
	assert_int_equal(payment_unseal(a, sealed, bank, us, point, NOW + 301 * INT64_C(1000000), &e), PAYMENT_STALE);
	assert_int_equal(payment_unseal(a, sealed, bank, us, point, NOW - 301 * INT64_C(1000000), &e), PAYMENT_STALE);
	struct crypto_key *other = crypto_sm2_new();
	crypto_sm2_point(other, point);
	assert_int_equal(payment_unseal(a, sealed, bank, us, point, NOW, &e), PAYMENT_FORGED);
	crypto_key_free(other);
	crypto_key_free(key);
	arena_free(a);
}

static void reports(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct payment_report r = { .voucher = S("333002600000000001"),
		.said = PAYMENT_DEBITED,
		.amount = FEN(5824000),
		.bank_no = S("SIM1"),
		.debited_at = NOW },
	                      back;
	assert_true(payment_report_read(a, payment_report_write(a, &r), &back));
	assert_int_equal(back.amount.fen, 5824000);
	assert_int_equal(back.said, PAYMENT_DEBITED);
	assert_true(str_eq(back.bank_no, r.bank_no));
	assert_int_equal(back.debited_at / 1000, NOW / 1000);
	static const char *const bad[] = { "", "[]", "{}", "{\"kind\":\"report\"}",
		"{\"kind\":\"report\",\"voucher\":\"1\",\"state\":\"debited\",\"amount\":\"1.00\"}",
		"{\"kind\":\"report\",\"voucher\":\"333002600000000001\",\"state\":\"debited\",\"amount\":\"1.00\"}",
		"{\"kind\":\"report\",\"voucher\":\"333002600000000001\",\"state\":\"paid\",\"amount\":\"1.00\"}",
		"{\"kind\":\"report\",\"voucher\":\"333002600000000001\",\"state\":\"pending\",\"amount\":\"1.001\"}",
		("{\"kind\":\"report\",\"voucher\":\"333002600000000001\",\"state\":\"refused\",\"amount\":\"1.00\","
		 "\"reason\":\"a b\"}") };
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(payment_report_read(a, str_c(bad[i]), &back));
	arena_free(a);
}

static bool reads(struct arena *a, const char *text, int64_t *line)
{
	struct payment_bank_line *lines;
	size_t n;
	struct money sum;
	return payment_file_read(a, str_c(text), &lines, &n, &sum, line);
}

#define LINE(n) "33300260000000000" #n ",B" #n ",10.00,2026-12-05T10:00:00.000+08:00\r\n"

static void files(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct payment_bank_line lines[] = { { S("333002600000000001"), S("A"), FEN(1), NOW },
		{ S("333002600000000002"), S("B"), FEN(99), NOW } };
	struct payment_bank_line *back;
	size_t n;
	struct money sum;
	int64_t line;
	assert_true(payment_file_read(a, payment_file_write(a, lines, 2), &back, &n, &sum, &line));
	assert_int_equal(n, 2);
	assert_int_equal(sum.fen, 100);
	assert_true(payment_file_read(a, payment_file_write(a, lines, 0), &back, &n, &sum, &line));
	assert_int_equal(n, 0);
	assert_true(reads(a, LINE(1) LINE(2) "TOTAL,2,20.00\r\n", &line));
	assert_false(reads(a, LINE(1) LINE(2), &line)); /* cut off */
	assert_false(reads(a, LINE(1) "TOTAL,2,10.00\r\n", &line));
	assert_false(reads(a, LINE(1) "TOTAL,1,10.01\r\n", &line));
	assert_false(reads(a, LINE(1) "TOTAL,1,10.00\r\n" LINE(2), &line));
	assert_false(
	        reads(a, LINE(1) "33300260000000000x,B,10.00,2026-12-05T10:00:00+08:00\r\nTOTAL,2,20.00\r\n", &line));
	assert_int_equal(line, 2);
	assert_false(reads(a, "", &line));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(any_changed_byte_is_refused), cmocka_unit_test(reports),
		cmocka_unit_test(files) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
