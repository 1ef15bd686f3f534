/* The seal of this node and its certificates: made once, kept, made anew before they end. */
#include "kernel/keys/files.h"

#define DAY (INT64_C(86400) * 1000000)
enum { YEARS = 3, RENEW_DAYS = 30 };

static err_t maker_key(struct arena *a, const char *dir, struct crypto_key **out)
{
	struct str path = str_printf(a, "%s/keys/maker.sm2", dir), bytes;
	TRY(keys_file_read(a, path.p, &bytes));
	*out = bytes.p ? crypto_sm2_from_der(bytes) : crypto_sm2_new();
	if (!*out) return E_INTERNAL;
	return bytes.p ? OK : keys_file_write(a, path.p, crypto_sm2_der(a, *out));
}

static struct str path_of(struct arena *a, const char *dir, const char *prefix, const char *what)
{
	return str_printf(a, "%s/keys/%s.%s", dir, prefix, what);
}

static err_t make(struct arena *a, const char *dir, const struct crypto_key *seal, const struct seal_design *d,
        const char *prefix, struct seal_kit *out)
{
	static const struct seal_name maker = { "etax", "etax 电子印章制作" }, signer = { "etax", "etax 电子发票签章" };
	struct crypto_key *key;
	struct seal_design own = *d;
	own.from = d->made - DAY;
	own.to = d->made + YEARS * 365 * DAY;
	TRY(maker_key(a, dir, &key));
	out->maker_certificate = seal_certificate(a, &maker, key, &maker, key, own.from, own.to + YEARS * 365 * DAY);
	out->certificate = seal_certificate(a, &maker, key, &signer, seal, own.from, own.to);
	out->seal = seal_make(a, &own, out->certificate, out->maker_certificate, key);
	crypto_key_free(key);
	TRY(keys_file_write(a, path_of(a, dir, prefix, "maker.cer").p, out->maker_certificate));
	TRY(keys_file_write(a, path_of(a, dir, prefix, "cer").p, out->certificate));
	return keys_file_write(a, path_of(a, dir, prefix, "es").p, out->seal);
}

err_t keys_kit_load(struct arena *a, const char *dir, const struct crypto_key *seal, const struct seal_design *d,
        const char *prefix, struct seal_kit *out)
{
	struct seal_certificate c;
	unsigned char point[65];
	TRY(keys_file_read(a, path_of(a, dir, prefix, "maker.cer").p, &out->maker_certificate));
	TRY(keys_file_read(a, path_of(a, dir, prefix, "cer").p, &out->certificate));
	TRY(keys_file_read(a, path_of(a, dir, prefix, "es").p, &out->seal));
	crypto_sm2_point(seal, point);
	bool there = out->seal.p && out->certificate.p && seal_certificate_read(a, out->certificate, &c) &&
	             str_eq(c.point, (struct str){ (const char *)point, sizeof point }) &&
	             c.to > d->made + RENEW_DAYS * DAY;
	return there ? OK : make(a, dir, seal, d, prefix, out);
}
