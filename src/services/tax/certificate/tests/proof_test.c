/* The file proves itself: any changed byte is noticed, and the part is named (A07.12). */
#include "kernel/pdf/pdf.h"
#include "services/tax/certificate/certificate.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define NAME S("etax.example/log/33")
#define DATA S("{\"number\":\"330126000000000001\",\"total\":\"58240.00\"}")

struct made {
	struct arena *a;
	struct crypto_key *seal, *log;
	struct tlog_verifier key;
	struct str file;
};

static struct made make(void)
{
	struct made m = { arena_new(), crypto_sm2_new(), crypto_ed25519_new(), { 0 }, STR_NONE };
	struct pdf_info info = { S("t"), S("a"), S("s"), INT64_C(1795000000000000), 600, 400 };
	struct pdf *p = pdf_new(m.a, &info);
	pdf_line(p, 10, 10, 300, 10, 3, PDF_BLACK);
	m.file = certificate_seal(m.a, pdf_done(p), DATA, m.seal, NAME, m.log);
	assert_non_null(m.file.p);
	assert_true(tlog_verifier_parse(m.a, tlog_verifier_string(m.a, NAME, TLOG_ED25519, m.log), &m.key));
	return m;
}

static void end(struct made *m)
{
	crypto_key_free(m->seal);
	crypto_key_free(m->log);
	arena_free(m->a);
}

static enum certificate_part check(struct made *m, struct str file, const struct tlog_verifier *key)
{
	struct certificate_facts facts;
	struct arena *a = arena_new();
	enum certificate_part part = certificate_verify(a, file, key, &facts);
	arena_free(a);
	(void)m;
	return part;
}

static size_t place(struct str file, const char *word)
{
	ptrdiff_t at = str_find(file, word);
	assert_true(at >= 0);
	return (size_t)at;
}

static void each_byte_counts(void **state)
{
	(void)state;
	struct made m = make();
	size_t seen[CERTIFICATE_REST + 1] = { 0 };
	assert_int_equal(check(&m, m.file, &m.key), CERTIFICATE_GOOD);
	char *bent = arena_dup(m.a, m.file.p, m.file.n);
	for (size_t i = 0; i < m.file.n; i++)
		for (int bit = 0; bit < 8; bit += 5) {
			bent[i] ^= (char)(1 << bit);
			enum certificate_part part = check(&m, (struct str){ bent, m.file.n }, &m.key);
			if (part == CERTIFICATE_GOOD) fail_msg("byte %zu of %zu", i, m.file.n);
			seen[part]++;
			bent[i] ^= (char)(1 << bit);
		}
	for (int part = CERTIFICATE_FILE; part <= CERTIFICATE_REST; part++)
		assert_true(seen[part] > 0);
	end(&m);
}

static void the_part_is_named(void **state)
{
	(void)state;
	struct made m = make();
	char *bent = arena_dup(m.a, m.file.p, m.file.n);
	struct str file = { bent, m.file.n };
	size_t proof = place(file, "etax-certificate/1");
	const struct {
		size_t at;
		enum certificate_part part;
	} places[] = {
		{ 10, CERTIFICATE_PAGE },
		{ place(file, "58240.00"), CERTIFICATE_DATA },
		{ proof + place(str_sub(file, proof, file.n), "\nkey ") + 8, CERTIFICATE_KEY },
		{ proof + place(str_sub(file, proof, file.n), "\ndata ") + 8, CERTIFICATE_SIGNATURE },
		{ proof + place(str_sub(file, proof, file.n), "\nsignature ") + 14, CERTIFICATE_SIGNATURE },
		{ file.n - 3, CERTIFICATE_REST },
	};
	for (size_t i = 0; i < COUNT(places); i++) {
		bent[places[i].at] ^= 1;
		assert_int_equal(check(&m, file, &m.key), places[i].part);
		bent[places[i].at] ^= 1;
	}
	end(&m);
}

static void keys(void **state)
{
	(void)state;
	struct made m = make(), other = make();
	struct tlog_verifier seal;
	assert_int_equal(check(&m, m.file, &other.key), CERTIFICATE_KEY);
	assert_true(tlog_verifier_parse(m.a, tlog_verifier_string(m.a, NAME, TLOG_SM2, m.seal), &seal));
	assert_int_equal(check(&m, m.file, &seal), CERTIFICATE_GOOD);
	assert_int_equal(check(&m, other.file, &seal), CERTIFICATE_KEY);
	assert_int_equal(check(&m, STR_NONE, &m.key), CERTIFICATE_FILE);
	assert_int_equal(check(&m, S("%PDF-"), &m.key), CERTIFICATE_FILE);
	assert_null(certificate_seal(m.a, S("no pdf"), DATA, m.seal, NAME, m.log).p);
	end(&m);
	end(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(each_byte_counts), cmocka_unit_test(the_part_is_named),
		cmocka_unit_test(keys) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
