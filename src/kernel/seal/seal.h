/* Electronic seals (GB/T 38540-2020, version 4) and the SM2 certificates that they need (GM/T 0015). Written as DER by
 * hand: OpenSSL 3.0 knows neither form. */
#ifndef KERNEL_SEAL_H
#define KERNEL_SEAL_H
#include "base/date.h"
#include "kernel/crypto/crypto.h"

#define SEAL_SM2_SM3 "1.2.156.10197.1.501"
#define SEAL_SM3 "1.2.156.10197.1.401"

struct seal_name {
	const char *organisation, *common;
};
/* A certificate for subject's key, signed by issuer's; the same key twice: self-signed. */
struct str seal_certificate(struct arena *a, const struct seal_name *issuer, const struct crypto_key *issuer_key,
        const struct seal_name *subject, const struct crypto_key *subject_key, instant_us from, instant_us to);
struct seal_certificate {
	struct str body, signature, point, common; /* body: what is signed; common: CN of the subject */
	instant_us from, to;
};
bool seal_certificate_read(struct arena *a, struct str der, struct seal_certificate *out);
bool seal_certificate_signed_by(const struct seal_certificate *c, const struct seal_certificate *issuer);

/* The seal itself: picture and the certificates that may use it, signed by its maker. */
struct seal_design {
	const char *id, *name;
	struct str png;
	int width, height; /* mm */
	instant_us made, from, to;
};
struct str seal_make(struct arena *a, const struct seal_design *d, struct str signer_certificate,
        struct str maker_certificate, const struct crypto_key *maker);
/* SignedValue.dat of a document: hash is SM3 of its Signature.xml, at path. */
struct str seal_sign(struct arena *a, struct str seal, struct str certificate, const struct crypto_key *key,
        instant_us at, const unsigned char hash[32], struct str path);

/* What a SignedValue holds. */
struct seal_value {
	struct str to_sign, seal_info; /* the bytes that are signed */
	struct str signature, seal_signature, certificate, maker_certificate, hash, path, name, png;
	instant_us at, from, to; /* at: time of signing; from, to: period of the seal */
	bool in_list;            /* certificate is in the seal's list */
};
bool seal_value_read(struct arena *a, struct str der, struct seal_value *out);
/* SM2 by the certificate's key. */
bool seal_verify(const struct seal_certificate *c, struct str message, struct str signature);
#endif
