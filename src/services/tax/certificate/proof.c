/* The proof inside a certificate: pure, no I/O. The attachment holds the data on one line and then the proof:
 *
 *     etax-certificate/1 sm2-sm3
 *     data SM3-HEX                  of the data line without its end
 *     page LENGTH SM3-HEX           of the first LENGTH bytes of the file: the PDF as one sees it
 *     rest SM3-HEX                  of all bytes of the file but these lines
 *     key NAME+ID+BASE64            the seal's SM2 key as a verifier string
 *     — LOG BASE64                  the log's signature over "etax-certificate-key/1\n" and that string
 *     signature HEX                 SM2 over the lines above, DER, filled up with zeros
 *
 * So each byte of the file is covered once by what is signed; the digests of data and page only serve to say which part
 * was changed. */
#include "kernel/crypto/crypto.h"
#include "kernel/pdf/pdf.h"
#include "services/tax/certificate/certificate.h"
#include <string.h>

#define ATTACHMENT "certificate.etax"
#define HEAD "etax-certificate/1 sm2-sm3\n"
enum { SM3 = 32, HEX = 64, SIGNATURE_HEX = 2 * CRYPTO_SM2_SIG_MAX, LENGTH_DIGITS = 9 };

const char *const certificate_part_names[] = { "ok", "file", "key", "signature", "data", "page", "rest" };

struct proof {
	struct str data, page, rest; /* digests in hex */
	int64_t page_length;
	struct str key, endorsement; /* lines, the latter with its end */
	struct str signed_text;      /* all but the last line */
	struct str signature;        /* hex */
};

static struct str sm3_hex(struct arena *a, struct str s)
{
	unsigned char digest[SM3];
	crypto_sm3(s.p, s.n, digest);
	return str_hex(a, digest, sizeof digest);
}

/* All bytes of the file except [from, from + n). */
static struct str rest_hex(struct arena *a, struct str file, size_t from, size_t n)
{
	unsigned char digest[SM3];
	struct crypto_hash *h = crypto_hash_new(a, CRYPTO_SM3);
	crypto_hash_add(h, file.p, from);
	crypto_hash_add(h, file.p + from + n, file.n - from - n);
	crypto_hash_end(h, digest);
	return str_hex(a, digest, sizeof digest);
}

static struct str endorsed_text(struct arena *a, struct str key)
{
	return str_printf(a, "etax-certificate-key/1\n%.*s\n", STR_FMT(key));
}

static struct str write_signed(struct arena *a, const struct proof *p)
{
	return str_printf(a, HEAD "data %.*s\npage %0*lld %.*s\nrest %.*s\nkey %.*s\n%.*s", STR_FMT(p->data),
	        LENGTH_DIGITS, (long long)p->page_length, STR_FMT(p->page), STR_FMT(p->rest), STR_FMT(p->key),
	        STR_FMT(p->endorsement));
}

/* --- sealing --- */

struct str certificate_seal(struct arena *a, struct str pdf, struct str data, const struct crypto_key *seal,
        struct str log_name, const struct crypto_key *log)
{
	struct proof p = { .data = sm3_hex(a, data),
		.page = sm3_hex(a, pdf),
		.rest = sm3_hex(a, S("")),
		.page_length = (int64_t)pdf.n,
		.key = tlog_verifier_string(a, log_name, TLOG_SM2, seal) };
	p.endorsement = tlog_signature_line(a, endorsed_text(a, p.key), log_name, TLOG_ED25519, log, 0);
	struct str draft = write_signed(a, &p);
	size_t proof_n = draft.n + strlen("signature \n") + SIGNATURE_HEX;
	char *blank = arena_alloc(a, proof_n + 1);
	memset(blank, '0', proof_n);
	/* First with a blank of the same length, to know all other bytes; then the proof takes its place. */
	struct str attachment = str_printf(a, "%.*s\n%s", STR_FMT(data), blank);
	struct str file = pdf_attach(a, pdf, ATTACHMENT, "text/plain", attachment);
	struct str there = pdf_attachment(a, file, ATTACHMENT);
	if (!there.p || !str_eq(there, attachment)) return STR_NONE;
	size_t at = (size_t)(there.p - file.p) + data.n + 1;
	p.rest = rest_hex(a, file, at, proof_n);
	struct str text = write_signed(a, &p);
	unsigned char der[CRYPTO_SM2_SIG_MAX] = { 0 };
	(void)crypto_sm2_sign(seal, text, der);
	struct str lines = str_printf(a, "%.*ssignature %.*s\n", STR_FMT(text), STR_FMT(str_hex(a, der, sizeof der)));
	if (lines.n != proof_n) return STR_NONE;
	char *out = arena_dup(a, file.p, file.n);
	memcpy(out + at, lines.p, lines.n);
	return (struct str){ out, file.n };
}

/* --- checking --- */

static bool take(struct str *rest, const char *word, struct str *value)
{
	struct str line;
	if (!str_split(rest, '\n', &line) || !str_starts(line, word)) return false;
	*value = str_sub(line, strlen(word), line.n);
	return true;
}

/* One text for one proof: it is written again and must be the same bytes. */
static bool read_proof(struct arena *a, struct str lines, struct proof *p)
{
	struct str rest = lines, head, page, key_line;
	if (!take(&rest, "etax-certificate/1 sm2-sm3", &head) || head.n || !take(&rest, "data ", &p->data) ||
	        !take(&rest, "page ", &page) || !take(&rest, "rest ", &p->rest) || !take(&rest, "key ", &p->key) ||
	        !take(&rest, "\xe2\x80\x94 ", &key_line))
		return false;
	p->endorsement = str_printf(a, "\xe2\x80\x94 %.*s\n", STR_FMT(key_line));
	if (page.n != LENGTH_DIGITS + 1 + HEX || page.p[LENGTH_DIGITS] != ' ' ||
	        !str_to_int(str_sub(page, 0, LENGTH_DIGITS), &p->page_length) || p->page_length < 0)
		return false;
	p->page = str_sub(page, LENGTH_DIGITS + 1, HEX);
	p->signed_text = write_signed(a, p);
	if (lines.n != p->signed_text.n + strlen("signature \n") + SIGNATURE_HEX ||
	        memcmp(lines.p, p->signed_text.p, p->signed_text.n) != 0 || !take(&rest, "signature ", &p->signature))
		return false;
	return p->data.n == HEX && p->rest.n == HEX && p->signature.n == SIGNATURE_HEX;
}

static bool key_good(
        struct arena *a, const struct proof *p, const struct tlog_verifier *key, struct tlog_verifier *seal)
{
	struct str text;
	unsigned good = 0;
	if (!tlog_verifier_parse(a, p->key, seal) || seal->suite != TLOG_SM2) return false;
	if (key->suite == TLOG_SM2) return str_eq(key->key_bytes, seal->key_bytes);
	struct str note = tlog_note(a, endorsed_text(a, p->key), p->endorsement);
	return tlog_note_open(a, note, key, 1, &text, &good) == TLOG_OPENED;
}

/* DER says its own length; what follows it must be the zeros that were put there. */
static bool signature_good(struct arena *a, const struct proof *p, const struct tlog_verifier *seal)
{
	struct str der;
	if (!str_unhex(a, p->signature, &der) || !str_eq(str_hex(a, der.p, der.n), p->signature)) return false;
	const unsigned char *b = (const unsigned char *)der.p;
	size_t n = 2 + (size_t)b[1];
	if (n > der.n) return false;
	for (size_t i = n; i < der.n; i++)
		if (b[i]) return false;
	return crypto_sm2_verify(seal->key, p->signed_text, str_sub(der, 0, n));
}

enum certificate_part certificate_verify(
        struct arena *a, struct str file, const struct tlog_verifier *key, struct certificate_facts *facts)
{
	struct proof p;
	struct tlog_verifier seal;
	memset(facts, 0, sizeof *facts);
	struct str inside = pdf_attachment(a, file, ATTACHMENT), lines = inside, data;
	if (!str_starts(file, "%PDF-") || !inside.p || !str_split(&lines, '\n', &data)) return CERTIFICATE_FILE;
	if (!read_proof(a, lines, &p) || (uint64_t)p.page_length > file.n) return CERTIFICATE_FILE;
	if (!key_good(a, &p, key, &seal)) return CERTIFICATE_KEY;
	facts->signer = seal.name;
	if (!signature_good(a, &p, &seal)) return CERTIFICATE_SIGNATURE;
	/* From here on the digests are those that were signed. */
	if (!str_eq(sm3_hex(a, data), p.data)) return CERTIFICATE_DATA;
	facts->data = data;
	if (!str_eq(sm3_hex(a, str_sub(file, 0, (size_t)p.page_length)), p.page)) return CERTIFICATE_PAGE;
	struct str rest = rest_hex(a, file, (size_t)(lines.p - file.p), lines.n);
	return str_eq(rest, p.rest) ? CERTIFICATE_GOOD : CERTIFICATE_REST;
}
