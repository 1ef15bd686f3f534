#include "kernel/seal/seal.h"
#include "kernel/der/der.h"

enum { VERSION = 4, TYPE_UNIT = 1, LIST_OF_CERTIFICATES = 1 };

static struct str signature_of(struct arena *a, const struct crypto_key *k, struct str body)
{
	unsigned char bytes[CRYPTO_SM2_SIG_MAX];
	size_t n = crypto_sm2_sign(k, body, bytes);
	return der_bits(a, (struct str){ (const char *)bytes, n });
}

struct str seal_make(struct arena *a, const struct seal_design *d, struct str signer_certificate,
        struct str maker_certificate, const struct crypto_key *maker)
{
	struct str header = DER_SEQ(a, der(a, DER_IA5, S("ES")), der_int(a, VERSION), der(a, DER_IA5, S("etax")));
	struct str list = der(a, DER_SEQUENCE, der(a, DER_OCTETS, signer_certificate));
	struct str property = DER_SEQ(a, der_int(a, TYPE_UNIT), der(a, DER_UTF8, str_c(d->name)),
	        der_int(a, LIST_OF_CERTIFICATES), list, der_time(a, d->made), der_time(a, d->from), der_time(a, d->to));
	struct str picture = DER_SEQ(
	        a, der(a, DER_IA5, S("png")), der(a, DER_OCTETS, d->png), der_int(a, d->width), der_int(a, d->height));
	struct str info = DER_SEQ(a, header, der(a, DER_IA5, str_c(d->id)), property, picture);
	return DER_SEQ(
	        a, info, der(a, DER_OCTETS, maker_certificate), der_oid(a, SEAL_SM2_SM3), signature_of(a, maker, info));
}

struct str seal_sign(struct arena *a, struct str seal, struct str certificate, const struct crypto_key *key,
        instant_us at, const unsigned char hash[32], struct str path)
{
	struct str to_sign = DER_SEQ(a, der_int(a, VERSION), seal, der_time(a, at),
	        der_bits(a, (struct str){ (const char *)hash, 32 }), der(a, DER_IA5, path));
	return DER_SEQ(
	        a, to_sign, der(a, DER_OCTETS, certificate), der_oid(a, SEAL_SM2_SM3), signature_of(a, key, to_sign));
}

static bool take_time(struct str *rest, instant_us *out)
{
	int tag;
	struct str body;
	return der_next(rest, &tag, &body, NULL) && der_read_time(tag, body, out);
}

static bool read_property(struct str property, struct seal_value *v)
{
	struct str piece, list, one;
	instant_us made;
	int64_t kind;
	if (!der_take(&property, DER_INTEGER, &piece) || !der_take(&property, DER_UTF8, &v->name)) return false;
	if (!der_take(&property, DER_INTEGER, &piece) || !der_read_int(piece, &kind)) return false;
	if (!der_take(&property, DER_SEQUENCE, &list)) return false;
	while (kind == LIST_OF_CERTIFICATES && der_take(&list, DER_OCTETS, &one))
		v->in_list = v->in_list || str_eq(one, v->certificate);
	return take_time(&property, &made) && take_time(&property, &v->from) && take_time(&property, &v->to);
}

static bool read_seal(struct str seal, struct seal_value *v)
{
	struct str info, header, piece, property, picture, kind;
	int tag;
	if (!der_next(&seal, &tag, &info, &v->seal_info) || tag != DER_SEQUENCE) return false;
	if (!der_take(&seal, DER_OCTETS, &v->maker_certificate) || !der_take(&seal, DER_OID, &piece)) return false;
	if (!der_take(&seal, DER_BITS, &piece) || !der_read_bits(piece, &v->seal_signature)) return false;
	if (!der_take(&info, DER_SEQUENCE, &header) || !der_take(&header, DER_IA5, &piece) || !str_is(piece, "ES"))
		return false;
	if (!der_take(&info, DER_IA5, &piece) || !der_take(&info, DER_SEQUENCE, &property)) return false;
	if (!der_take(&info, DER_SEQUENCE, &picture) || !der_take(&picture, DER_IA5, &kind)) return false;
	return der_take(&picture, DER_OCTETS, &v->png) && read_property(property, v);
}

bool seal_value_read(struct arena *a, struct str bytes, struct seal_value *v)
{
	struct str outer, inner, piece, seal, bits;
	int64_t version;
	int tag;
	*v = (struct seal_value){ 0 };
	if (!der_take(&bytes, DER_SEQUENCE, &outer) || bytes.n) return false;
	if (!der_next(&outer, &tag, &inner, &v->to_sign) || tag != DER_SEQUENCE) return false;
	if (!der_take(&outer, DER_OCTETS, &v->certificate)) return false;
	if (!der_take(&outer, DER_OID, &piece) || !der_oid_is(a, piece, SEAL_SM2_SM3)) return false;
	if (!der_take(&outer, DER_BITS, &bits) || !der_read_bits(bits, &v->signature)) return false;
	if (!der_take(&inner, DER_INTEGER, &piece) || !der_read_int(piece, &version) || version != VERSION)
		return false;
	if (!der_take(&inner, DER_SEQUENCE, &seal) || !take_time(&inner, &v->at)) return false;
	if (!der_take(&inner, DER_BITS, &bits) || !der_read_bits(bits, &v->hash) || v->hash.n != 32) return false;
	return der_take(&inner, DER_IA5, &v->path) && read_seal(seal, v);
}
