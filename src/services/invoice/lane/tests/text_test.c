/* The texts of a lane without a server: what a device wrote is read, what was changed in any byte is not. The device's
 * own code (web/mobile/core.js) made the vectors. */
#include "services/invoice/lane/text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char entry[] =
        "{\"amount\":\"10.62\",\"invoice\":{\"buyer\":{\"name\":\"散客\"},\"kind\":\"ordinary\",\"lines\":[{\"amount\":"
        "\"12.00\","
        "\"name\":\"车床\",\"price_includes_tax\":true,\"rate\":\"0.13\",\"tax_code\":\"1090105030000000000\"}]},"
        "\"issued_at\":\"2026-11-24T10:00:00.000+08:00\",\"lane\":\"123456\",\"number\":\"26333000000000000001\","
        "\"previous\":"
        "\"0000000000000000000000000000000000000000000000000000000000000000\",\"qr\":\"01,32,,26333000000000000001,12."
        "00,"
        "20261124,,7875\",\"sequence\":1,\"suite\":\"ed25519\",\"tax\":\"1.38\",\"total\":\"12.00\"}";

static void an_entry_is_read(void **state)
{
	struct arena *a = arena_new();
	struct lane_entry e;
	(void)state;
	assert_null(lane_entry_parse(a, str_c(entry), &e));
	assert_string_equal(e.hash, "fe9c19d0965b9677f771a314023fda886906ac02f3ee15f53440bb1ff821aab9");
	assert_int_equal(e.total.fen, 1200);
	assert_int_equal(e.sequence, 1);
	arena_free(a);
}

static void what_is_not_canonical_is_refused(void **state)
{
	static const struct {
		const char *text, *fault;
	} cases[] = { { "", "json" }, { "[]", "json" }, { "{}", "members" }, { "{ }", "canonical" },
		{ "{\"b\":1,\"a\":1}", "canonical" }, { "{\"a\":1,\"a\":1}", "json" } };
	struct arena *a = arena_new();
	struct lane_entry e;
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(lane_entry_parse(a, str_c(cases[i].text), &e), cases[i].fault);
	arena_free(a);
}

/* A certificate and a text signed by keys made here: good, and with one byte changed anywhere not good. */
static void every_byte_of_a_code_counts(void **state)
{
	unsigned char seed[32] = { 1 }, public_bytes[LANE_KEY], signature[LANE_SIGNATURE];
	struct arena *a = arena_new();
	struct crypto_key *node = crypto_ed25519_from_seed(seed), *device;
	struct tlog_verifier who;
	struct lane_qr q;
	(void)state;
	seed[0] = 2;
	device = crypto_ed25519_from_seed(seed);
	crypto_ed25519_public_bytes(device, public_bytes);
	assert_true(tlog_verifier_parse(a, tlog_verifier_string(a, S("etax.test"), TLOG_ED25519, node), &who));
	struct lane_certificate c = { .lane = S("123456"),
		.suite = S(LANE_SUITE),
		.first = S("26333000000000000001"),
		.key = str_base64(a, public_bytes, sizeof public_bytes),
		.seller_id = S("91330100MA2H000142"),
		.seller_name = S("海川,精密|机械"),
		.count = 20,
		.until = { 2026, 12, 31 },
		.limit = FEN(1000000) };
	struct str text = S("01,32,,26333000000000000001,12.00,20261124,,7875"), cert = lane_certificate_text(a, &c);
	crypto_ed25519_sign(device, lane_qr_covered(a, text), signature);
	struct str by_device = str_base64(a, signature, sizeof signature);
	crypto_ed25519_sign(node, lane_certificate_covered(a, cert), signature);
	struct str whole = str_printf(a, "%.*s|etaxl1|%.*s|%.*s|%08x|%s", STR_FMT(text), STR_FMT(by_device),
	        STR_FMT(cert), who.key_id, str_base64(a, signature, sizeof signature).p);
	assert_int_equal(lane_qr_check(a, whole, &who, 1, &q), LANE_QR_GOOD);
	assert_true(str_is(q.certificate.seller_name, "海川,精密/机械"));
	assert_int_equal(lane_qr_check(a, whole, NULL, 0, &q), LANE_QR_UNCHECKED);
	for (size_t i = 0; i < whole.n; i++) {
		char *changed = arena_dup(a, whole.p, whole.n);
		changed[i] = changed[i] == '5' ? '6' : '5';
		assert_int_not_equal(lane_qr_check(a, (struct str){ changed, whole.n }, &who, 1, &q), LANE_QR_GOOD);
	}
	crypto_key_free(node);
	crypto_key_free(device);
	arena_free(a);
}

static void a_block_holds_its_numbers_in_its_year(void **state)
{
	const struct lane_certificate c = { .first = S("26333000000000000005"), .count = 3, .until = { 2026, 12, 31 } };
	const struct date day = { 2026, 12, 31 }, later = { 2027, 1, 1 };
	(void)state;
	assert_true(lane_certificate_holds(&c, S("26333000000000000005"), day));
	assert_true(lane_certificate_holds(&c, S("26333000000000000007"), day));
	assert_false(lane_certificate_holds(&c, S("26333000000000000004"), day));
	assert_false(lane_certificate_holds(&c, S("26333000000000000008"), day));
	assert_false(lane_certificate_holds(&c, S("26332000000000000005"), day));
	assert_false(lane_certificate_holds(&c, S("26333000000000000005"), later));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_is_read),
		cmocka_unit_test(what_is_not_canonical_is_refused),
		cmocka_unit_test(every_byte_of_a_code_counts),
		cmocka_unit_test(a_block_holds_its_numbers_in_its_year),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
