#include "services/invoice/issue/spec/verify.h"
#include "kernel/pdf/pdf.h"
#include "kernel/seal/seal.h"
#include "services/invoice/issue/files.h"
#include "services/invoice/issue/spec/ofd.h"
#include <string.h>

static struct str unhexed(struct arena *a, struct str text)
{
	struct str bytes;
	return text.p && str_unbase64(a, text, &bytes) ? bytes : STR_NONE;
}

void spec_sign(struct arena *a, struct str core, struct str number, const struct crypto_key *sm2,
        const struct crypto_key *ed25519, struct spec_proof *p)
{
	unsigned char point[65], public[32], der[CRYPTO_SM2_SIG_MAX], raw[64];
	for (int s = 0; s < SPEC_SUITES; s++)
		p->hash[s] = spec_hash(a, s, core);
	size_t n = crypto_sm2_sign(sm2, spec_statement(a, SPEC_SUITE_SM2, number, p->hash[SPEC_SUITE_SM2]), der);
	crypto_sm2_point(sm2, point);
	crypto_ed25519_sign(ed25519, spec_statement(a, SPEC_SUITE_ED25519, number, p->hash[SPEC_SUITE_ED25519]), raw);
	crypto_ed25519_public_bytes(ed25519, public);
	p->key[SPEC_SUITE_SM2] = str_base64(a, point, sizeof point);
	p->signature[SPEC_SUITE_SM2] = str_base64(a, der, n);
	p->key[SPEC_SUITE_ED25519] = str_base64(a, public, sizeof public);
	p->signature[SPEC_SUITE_ED25519] = str_base64(a, raw, sizeof raw);
}

static const char pdf_mark[] = "etax-pdf-v1 ";

static struct str pdf_statement(struct arena *a, struct str pdf, struct str number)
{
	unsigned char digest[32];
	crypto_sha256(pdf.p, pdf.n, digest);
	return str_printf(a, "etax-pdf-v1\n%.*s\n%.*s\n", STR_FMT(number), STR_FMT(str_hex(a, digest, sizeof digest)));
}

struct str spec_pdf_sign(struct arena *a, struct str pdf, struct str number, const struct crypto_key *ed25519)
{
	unsigned char raw[64];
	crypto_ed25519_sign(ed25519, pdf_statement(a, pdf, number), raw);
	return str_printf(a, "%s%.*s", pdf_mark, STR_FMT(str_base64(a, raw, sizeof raw)));
}

static bool holds(struct spec_report *r, int suite)
{
	struct arena *a = r->arena;
	struct str key = unhexed(a, r->proof.key[suite]), signature = unhexed(a, r->proof.signature[suite]);
	struct str statement = spec_statement(a, suite, r->number, r->proof.hash[suite]);
	bool sm2 = suite == SPEC_SUITE_SM2, good = false;
	if (key.n != (sm2 ? 65u : 32u) || (!sm2 && signature.n != 64)) return false;
	const unsigned char *bytes = (const unsigned char *)key.p;
	struct crypto_key *k = sm2 ? crypto_sm2_public(bytes) : crypto_ed25519_public(bytes);
	if (k && sm2) good = crypto_sm2_verify(k, statement, signature);
	if (k && !sm2) good = crypto_ed25519_verify(k, statement, (const unsigned char *)signature.p);
	crypto_key_free(k);
	return good;
}

static void outcome(
        struct spec_report *r, const char *what, bool good, enum spec_code code, const char *zh, const char *en)
{
	if (!good) spec_fault(r, code, S(""), str_c(zh), str_c(en));
	spec_check(r, what, good ? SPEC_GOOD : SPEC_BAD, STR_NONE);
}

/* A verifier's bytes are a label and the public key. */
static bool str_ends_with(struct str s, struct str tail)
{
	return s.n > tail.n && memcmp(s.p + s.n - tail.n, tail.p, tail.n) == 0;
}

static bool is_known(struct spec_report *r, struct str key, const struct tlog_verifier *known, size_t n)
{
	struct str bytes = unhexed(r->arena, key);
	for (size_t i = 0; i < n; i++)
		if (bytes.n >= 32 && str_ends_with(known[i].key_bytes, bytes)) return true;
	return false;
}

/* Either suite is enough, but what is there must hold. A suite with a part missing was told when it was read. */
static void check_suite(struct spec_report *r, const char *what, int suite, const char *zh, const char *en)
{
	const struct spec_proof *p = &r->proof;
	if (!p->hash[suite].p || !p->key[suite].p || !p->signature[suite].p)
		spec_check(r, what, SPEC_SKIPPED, S("not there"));
	else
		outcome(r, what, holds(r, suite), SPEC_SIGNATURE, zh, en);
}

static void check_core(struct spec_report *r, const struct tlog_verifier *known, size_t n)
{
	if (!r->has_proof) {
		spec_check(r, "signature-sm2", SPEC_SKIPPED, STR_NONE);
		spec_check(r, "signature-ed25519", SPEC_SKIPPED, STR_NONE);
		return;
	}
	check_suite(r, "signature-sm2", SPEC_SUITE_SM2, "核心（SM2）", "the core (SM2)");
	check_suite(r, "signature-ed25519", SPEC_SUITE_ED25519, "核心（Ed25519）", "the core (Ed25519)");
	if (!n) {
		spec_check(r, "key", SPEC_SKIPPED, S("no key was given to compare with"));
		return;
	}
	bool sm2 = is_known(r, r->proof.key[SPEC_SUITE_SM2], known, n);
	bool ed25519 = is_known(r, r->proof.key[SPEC_SUITE_ED25519], known, n);
	outcome(r, "key", sm2 || ed25519, SPEC_SIGNATURE, "不认识的密钥", "an unknown key");
}

static struct str inside(struct str s, const char *from, const char *to)
{
	ptrdiff_t at = str_find(s, from);
	if (at < 0) return STR_NONE;
	s = str_sub(s, (size_t)at + strlen(from), s.n);
	at = str_find(s, to);
	return at < 0 ? STR_NONE : str_sub(s, 0, (size_t)at);
}

/* What is signed stands in the file as it is (files.h). */
static void check_xml(struct spec_report *r)
{
	struct arena *a = r->arena;
	struct str before = inside(r->xml, "<EInvoice>", "<TaxBureauSignature>");
	struct str time = inside(r->xml, "<SignatureTime>", "</SignatureTime>");
	struct str value = inside(r->xml, "<SignatureValue>", "</SignatureValue>"), signature = unhexed(a, value);
	struct str key = unhexed(a, r->proof.key[SPEC_SUITE_SM2]), pem = inside(r->xml, "<KeyInfo>", "</KeyInfo>");
	/* Made by convert: xml-view shows that all of it follows from the core. */
	if (value.p && !value.n && pem.p && !pem.n) {
		spec_check(r, "xml-signature", SPEC_SKIPPED, S("not signed"));
		return;
	}
	struct crypto_key *k = key.n == 65 ? crypto_sm2_public((const unsigned char *)key.p) : NULL;
	struct str covered = str_printf(a, "%.*s<SignatureTime>%.*s</SignatureTime>", STR_FMT(before), STR_FMT(time));
	bool good = k && pem.p && signature.n && str_eq(crypto_key_pem(a, k), pem) &&
	            crypto_sm2_verify(k, covered, signature);
	crypto_key_free(k);
	outcome(r, "xml-signature", good, SPEC_SIGNATURE, "数据文件", "the data file");
}

static bool valid_at(instant_us at, instant_us from, instant_us to)
{
	return from <= at && at <= to;
}

/* Steps 2 to 6 of domain/invoice.md §7.4, each named. */
static void check_seal(struct spec_report *r, const struct spec_ofd *o, const struct tlog_verifier *known, size_t n)
{
	struct seal_value v;
	struct seal_certificate signer, maker;
	struct arena *a = r->arena;
	unsigned char hash[32];
	bool readable = seal_value_read(a, o->signed_value, &v) && seal_certificate_read(a, v.certificate, &signer) &&
	                seal_certificate_read(a, v.maker_certificate, &maker);
	outcome(r, "ofd-seal-form", readable, SPEC_SEAL, "读不懂", "it cannot be read");
	if (!readable) return;
	crypto_sm3(o->signature.p, o->signature.n, hash);
	struct str path = v.path.n && v.path.p[0] == '/' ? str_sub(v.path, 1, v.path.n) : v.path;
	outcome(r, "ofd-signature-file",
	        str_eq(v.hash, (struct str){ (const char *)hash, 32 }) && str_eq(path, o->signature_path), SPEC_DIGEST,
	        "Signature.xml", "Signature.xml");
	outcome(r, "ofd-signature", seal_verify(&signer, v.to_sign, v.signature), SPEC_SIGNATURE, "电子签章",
	        "the seal's value");
	outcome(r, "ofd-seal", seal_verify(&maker, v.seal_info, v.seal_signature), SPEC_SEAL, "印章的签名不对",
	        "its own signature is wrong");
	outcome(r, "ofd-certificate-list", v.in_list, SPEC_CERTIFICATE, NULL, NULL);
	outcome(r, "ofd-certificate", seal_certificate_signed_by(&signer, &maker), SPEC_SEAL,
	        "签名证书不是制章人签发的", "the signer's certificate is not by the maker");
	outcome(r, "ofd-seal-period", valid_at(v.at, v.from, v.to), SPEC_PERIOD, "印章", "the seal");
	outcome(r, "ofd-certificate-period", valid_at(v.at, signer.from, signer.to), SPEC_PERIOD, "证书",
	        "the certificate");
	if (n)
		outcome(r, "ofd-key", is_known(r, str_base64(a, signer.point.p, signer.point.n), known, n), SPEC_SEAL,
		        "签章的密钥不认识", "its key is unknown");
}

/* A file without seal or signature of its own: where the core is proven, the file is made once more of it, and shows
 * nothing else when it is the same bytes. Otherwise somebody may have drawn the face by hand. */
static void check_face(struct spec_report *r, struct str bytes, bool keys_given)
{
	struct face f;
	struct arena *a = r->arena;
	bool proven =
	        spec_outcome(r, "signature-sm2") == SPEC_GOOD || spec_outcome(r, "signature-ed25519") == SPEC_GOOD;
	bool known = !keys_given || spec_outcome(r, "key") == SPEC_GOOD;
	bool same = proven && known && spec_valid(r) && face_of(a, r->core, &f) == OK &&
	            str_eq(strcmp(r->format, "pdf") == 0 ? files_plain_pdf(a, &f, r->xml)
	                                                 : files_plain_ofd(a, &f, &r->proof, r->xml),
	                    bytes);
	spec_check(r, "face", same ? SPEC_GOOD : SPEC_SKIPPED,
	        same ? STR_NONE : S("not signed, and not drawn again the same"));
}

/* The face by its signature, what stands behind it by being made again: no byte is outside. */
static void check_pdf(struct spec_report *r, struct str bytes, const struct tlog_verifier *known, size_t n)
{
	struct pdf_attached p;
	struct arena *a = r->arena;
	if (!pdf_attached(a, bytes, &p)) return;
	struct str again = pdf_attach_described(a, p.base, p.name.p, "application/xml", p.description, p.bytes);
	bool whole = str_eq(again, bytes);
	if (whole && !p.description.p) {
		spec_check(r, "pdf-signature", SPEC_SKIPPED, S("not signed"));
		check_face(r, bytes, n > 0);
		return;
	}
	struct str key = unhexed(a, r->proof.key[SPEC_SUITE_ED25519]), signature = STR_NONE;
	if (str_starts(p.description, pdf_mark))
		signature = unhexed(a, str_sub(p.description, sizeof pdf_mark - 1, p.description.n));
	struct crypto_key *k = key.n == 32 ? crypto_ed25519_public((const unsigned char *)key.p) : NULL;
	bool good = whole && k && signature.n == 64 &&
	            crypto_ed25519_verify(k, pdf_statement(a, p.base, r->number), (const unsigned char *)signature.p);
	crypto_key_free(k);
	if (n) good = good && is_known(r, r->proof.key[SPEC_SUITE_ED25519], known, n);
	outcome(r, "pdf-signature", good, SPEC_SIGNATURE, "PDF 票面", "the face in the PDF");
}

void spec_verify(struct spec_report *r, struct str bytes, const struct tlog_verifier *known, size_t n_known)
{
	struct spec_ofd o;
	struct spec_report ignored;
	r->asked = true;
	if (!r->core) return;
	check_core(r, known, n_known);
	if (r->xml.p && r->has_proof) check_xml(r);
	if (r->format && strcmp(r->format, "pdf") == 0) check_pdf(r, bytes, known, n_known);
	if (!r->format || strcmp(r->format, "ofd") != 0) return;
	spec_report_init(&ignored, r->arena);
	if (!spec_ofd_open(&ignored, bytes, &o)) return;
	if (!o.signature.p) {
		spec_check(r, "ofd-seal", SPEC_SKIPPED, S("not sealed"));
		check_face(r, bytes, n_known > 0);
	} else
		check_seal(r, &o, known, n_known);
}
