/* Certificates and seals: what is made can be read and holds, and each changed byte breaks it. */
#include "kernel/der/der.h"
#include "kernel/seal/seal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define YEAR (INT64_C(365) * 86400 * 1000000)
static const instant_us at = INT64_C(1795000000) * 1000000;

static void times(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	instant_us t;
	struct str whole = der_time(a, at), body;
	assert_true(der_take(&whole, DER_TIME, &body));
	assert_true(der_read_time(DER_TIME, body, &t));
	assert_int_equal(t, at);
	assert_true(der_read_time(DER_UTC_TIME, S("261124022105Z"), &t));
	assert_true(str_is(instant_format(a, t), "2026-11-24T10:21:05.000+08:00"));
	assert_false(der_read_time(DER_UTC_TIME, S("261324022105Z"), &t));
	assert_true(str_is(str_hex(a, der_oid(a, SEAL_SM2_SM3).p, der_oid(a, SEAL_SM2_SM3).n), "06082a811ccf55018375"));
	assert_true(str_is(str_hex(a, der_int(a, 128).p, 4), "02020080"));
	arena_free(a);
}

static void made_and_checked(void **state)
{
	(void)state;
	struct arena *a = arena_new();
	struct crypto_key *maker = crypto_sm2_new(), *signer = crypto_sm2_new();
	static const struct seal_name m = { "甲", "制章" }, s = { "甲", "签章" };
	struct str mc = seal_certificate(a, &m, maker, &m, maker, at - YEAR, at + YEAR);
	struct str sc = seal_certificate(a, &m, maker, &s, signer, at - YEAR, at + YEAR);
	const struct seal_design d = { .id = "x",
		.name = "章",
		.png = S("png"),
		.width = 30,
		.height = 19,
		.made = at - YEAR,
		.from = at - YEAR,
		.to = at + YEAR };
	struct str seal = seal_make(a, &d, sc, mc, maker);
	unsigned char hash[32] = { 7 };
	struct str value = seal_sign(a, seal, sc, signer, at, hash, S("/Signature.xml"));
	struct seal_value v;
	struct seal_certificate cs, cm;
	assert_true(seal_value_read(a, value, &v));
	assert_true(seal_certificate_read(a, v.certificate, &cs) && seal_certificate_read(a, v.maker_certificate, &cm));
	assert_true(str_is(cs.common, "签章") && str_is(v.name, "章") && str_is(v.path, "/Signature.xml") && v.in_list);
	assert_true(v.at == at && v.from == at - YEAR && cs.to == at + YEAR);
	assert_true(seal_verify(&cs, v.to_sign, v.signature) && seal_verify(&cm, v.seal_info, v.seal_signature));
	assert_true(seal_certificate_signed_by(&cs, &cm) && seal_certificate_signed_by(&cm, &cm));
	assert_false(seal_certificate_signed_by(&cm, &cs));
	for (size_t i = 0; i < value.n; i += 37) { /* whatever is changed, one of the checks fails */
		char *bent = arena_dup(a, value.p, value.n + 1);
		bent[i] ^= 1;
		bool good = seal_value_read(a, (struct str){ bent, value.n }, &v) && v.in_list &&
		            seal_certificate_read(a, v.certificate, &cs) &&
		            seal_certificate_read(a, v.maker_certificate, &cm) &&
		            seal_verify(&cs, v.to_sign, v.signature) &&
		            seal_verify(&cm, v.seal_info, v.seal_signature) && seal_certificate_signed_by(&cs, &cm);
		assert_false(good);
	}
	crypto_key_free(maker);
	crypto_key_free(signer);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(times), cmocka_unit_test(made_and_checked) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
