/* Certificates are checked by whoever is given one: any file may come. */
#include "kernel/pdf/pdf.h"
#include "services/tax/certificate/certificate.h"
#include <stdlib.h>

static const struct tlog_verifier *log_key(struct arena *a, struct str *good)
{
	static const unsigned char seed[32] = { 7 };
	struct crypto_key *log = crypto_ed25519_from_seed(seed), *seal = crypto_sm2_new();
	struct str name = S("etax.example/log/33");
	struct pdf_info info = { S("t"), S("a"), S("s"), 0, 300, 200 };
	struct tlog_verifier *v = arena_new_of(a, struct tlog_verifier);
	*good = certificate_seal(a, pdf_done(pdf_new(a, &info)), S("{\"total\":\"1.00\"}"), seal, name, log);
	if (!tlog_verifier_parse(a, tlog_verifier_string(a, name, TLOG_ED25519, log), v)) abort();
	crypto_key_free(log);
	crypto_key_free(seal);
	return v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena *kept;
	static const struct tlog_verifier *key;
	static struct str good;
	struct certificate_facts facts;
	if (!kept) {
		kept = arena_new();
		key = log_key(kept, &good);
	}
	struct arena *a = arena_new();
	struct str in = { (const char *)data, size };
	if (certificate_verify(a, in, key, &facts) == CERTIFICATE_GOOD) abort();
	/* A good file with these bytes over it at some place: good only where they change nothing. */
	if (size > 2) {
		size_t at = ((size_t)data[0] << 8 | data[1]) % good.n;
		struct str over = str_sub(in, 2, good.n - at);
		char *bent = arena_dup(a, good.p, good.n);
		for (size_t i = 0; i < over.n; i++)
			bent[at + i] = over.p[i];
		struct str file = { bent, good.n };
		bool same = str_eq(file, good);
		if ((certificate_verify(a, file, key, &facts) == CERTIFICATE_GOOD) != same) abort();
	}
	arena_free(a);
	return 0;
}
