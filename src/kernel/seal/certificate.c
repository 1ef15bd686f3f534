#include "kernel/der/der.h"
#include "kernel/seal/seal.h"
#include <string.h>

static struct str name_part(struct arena *a, const char *oid, const char *text)
{
	struct str pair = DER_SEQ(a, der_oid(a, oid), der(a, DER_UTF8, str_c(text)));
	return der(a, DER_SET, pair);
}

static struct str name_of(struct arena *a, const struct seal_name *n)
{
	struct str country = DER_SEQ(a, der_oid(a, "2.5.4.6"), der(a, 19, S("CN")));
	return DER_SEQ(a, der(a, DER_SET, country), name_part(a, "2.5.4.10", n->organisation),
	        name_part(a, "2.5.4.3", n->common));
}

static struct str public_key(struct arena *a, const struct crypto_key *k)
{
	unsigned char point[65];
	crypto_sm2_point(k, point);
	struct str kind = DER_SEQ(a, der_oid(a, "1.2.840.10045.2.1"), der_oid(a, "1.2.156.10197.1.301"));
	return DER_SEQ(a, kind, der_bits(a, (struct str){ (const char *)point, sizeof point }));
}

/* Key usage: a maker signs certificates and seals, a signer documents. */
static struct str extensions(struct arena *a, bool maker)
{
	static const char truth = (char)0xff;
	struct str yes = der(a, DER_BOOLEAN, (struct str){ &truth, 1 });
	struct str ca = maker ? der(a, DER_SEQUENCE, yes) : der(a, DER_SEQUENCE, S(""));
	struct str usage = der(a, DER_BITS, maker ? (struct str){ "\x01\xc6", 2 } : (struct str){ "\x06\xc0", 2 });
	struct str list = DER_SEQ(a, DER_SEQ(a, der_oid(a, "2.5.29.19"), yes, der(a, DER_OCTETS, ca)),
	        DER_SEQ(a, der_oid(a, "2.5.29.15"), yes, der(a, DER_OCTETS, usage)));
	return der(a, 0xa3, list);
}

static struct str signed_by(struct arena *a, const struct crypto_key *k, struct str body)
{
	unsigned char signature[CRYPTO_SM2_SIG_MAX];
	size_t n = crypto_sm2_sign(k, body, signature);
	return der_bits(a, (struct str){ (const char *)signature, n });
}

struct str seal_certificate(struct arena *a, const struct seal_name *issuer, const struct crypto_key *issuer_key,
        const struct seal_name *subject, const struct crypto_key *subject_key, instant_us from, instant_us to)
{
	unsigned char serial[16];
	crypto_random(serial, sizeof serial);
	serial[0] = (serial[0] & 0x3f) | 0x40; /* positive, always 16 bytes */
	struct str algorithm = der(a, DER_SEQUENCE, der_oid(a, SEAL_SM2_SM3));
	struct str body = DER_SEQ(a, der(a, 0xa0, der_int(a, 2)),
	        der(a, DER_INTEGER, (struct str){ (const char *)serial, sizeof serial }), algorithm, name_of(a, issuer),
	        DER_SEQ(a, der_time(a, from), der_time(a, to)), name_of(a, subject), public_key(a, subject_key),
	        extensions(a, issuer_key == subject_key));
	return DER_SEQ(a, body, algorithm, signed_by(a, issuer_key, body));
}

/* The last CN of a name. */
static struct str common_name(struct arena *a, struct str names)
{
	struct str set, pair, oid, text, found = S("");
	int tag;
	while (der_take(&names, DER_SET, &set))
		if (der_take(&set, DER_SEQUENCE, &pair) && der_take(&pair, DER_OID, &oid) &&
		        der_next(&pair, &tag, &text, NULL) && der_oid_is(a, oid, "2.5.4.3"))
			found = text;
	return found;
}

static bool read_period(struct str period, struct seal_certificate *out)
{
	int tag;
	struct str body;
	return der_next(&period, &tag, &body, NULL) && der_read_time(tag, body, &out->from) &&
	       der_next(&period, &tag, &body, NULL) && der_read_time(tag, body, &out->to);
}

static bool skip(struct str *rest, int tag, int n)
{
	struct str ignored;
	while (n-- > 0)
		if (!der_take(rest, tag, &ignored)) return false;
	return true;
}

bool seal_certificate_read(struct arena *a, struct str bytes, struct seal_certificate *out)
{
	struct str outer, inner, piece, bits, names, period;
	int tag;
	*out = (struct seal_certificate){ 0 };
	if (!der_take(&bytes, DER_SEQUENCE, &outer) || bytes.n) return false;
	if (!der_next(&outer, &tag, &inner, &out->body) || tag != DER_SEQUENCE) return false;
	if (!der_take(&outer, DER_SEQUENCE, &piece) || !der_take(&outer, DER_BITS, &bits)) return false;
	if (!der_read_bits(bits, &out->signature)) return false;
	if (!der_take(&inner, 0xa0, &piece) || !der_take(&inner, DER_INTEGER, &piece)) return false;
	if (!skip(&inner, DER_SEQUENCE, 2)) return false; /* algorithm, issuer */
	if (!der_take(&inner, DER_SEQUENCE, &period) || !read_period(period, out)) return false;
	if (!der_take(&inner, DER_SEQUENCE, &names) || !der_take(&inner, DER_SEQUENCE, &piece)) return false;
	out->common = common_name(a, names);
	struct str kind;
	return der_take(&piece, DER_SEQUENCE, &kind) && der_take(&piece, DER_BITS, &bits) &&
	       der_read_bits(bits, &out->point) && out->point.n == 65;
}

bool seal_verify(const struct seal_certificate *c, struct str message, struct str signature)
{
	struct crypto_key *k = c->point.n == 65 ? crypto_sm2_public((const unsigned char *)c->point.p) : NULL;
	bool good = k && crypto_sm2_verify(k, message, signature);
	crypto_key_free(k);
	return good;
}

bool seal_certificate_signed_by(const struct seal_certificate *c, const struct seal_certificate *issuer)
{
	return seal_verify(issuer, c->body, c->signature);
}
