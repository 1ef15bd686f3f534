#include "kernel/der/der.h"
#include <string.h>

static void put_length(struct buf *b, size_t n)
{
	if (n < 0x80) {
		buf_char(b, (char)n);
		return;
	}
	int bytes = n > 0xffffff ? 4 : n > 0xffff ? 3 : n > 0xff ? 2 : 1;
	buf_char(b, (char)(0x80 | bytes));
	while (bytes-- > 0)
		buf_char(b, (char)(n >> (8 * bytes) & 255));
}

struct str der_of(struct arena *a, int tag, const struct str *parts, size_t n)
{
	struct buf b;
	size_t size = 0;
	for (size_t i = 0; i < n; i++)
		size += parts[i].n;
	buf_init(&b, a, size + 8);
	buf_char(&b, (char)tag);
	put_length(&b, size);
	for (size_t i = 0; i < n; i++)
		if (parts[i].n) buf_str(&b, parts[i]);
	return buf_done(&b);
}

struct str der(struct arena *a, int tag, struct str body)
{
	return der_of(a, tag, &body, 1);
}

struct str der_int(struct arena *a, int64_t v)
{
	char bytes[8];
	size_t n = 8;
	for (size_t i = 8; i-- > 0; v >>= 8)
		bytes[i] = (char)(v & 255);
	const char *p = bytes;
	while (n > 1 && ((p[0] == 0 && !(p[1] & 0x80)) || (p[0] == -1 && (p[1] & 0x80))))
		p++, n--;
	return der(a, DER_INTEGER, (struct str){ p, n });
}

struct str der_bits(struct arena *a, struct str bytes)
{
	const struct str parts[] = { { "\0", 1 }, bytes };
	return der_of(a, DER_BITS, parts, 2);
}

struct str der_oid(struct arena *a, const char *dotted)
{
	struct str rest = str_c(dotted), piece;
	struct buf b;
	int64_t first = 0, v;
	buf_init(&b, a, 16);
	for (int i = 0; str_split(&rest, '.', &piece); i++) {
		if (!str_to_int(piece, &v)) return STR_NONE;
		if (i == 0) {
			first = v;
			continue;
		}
		if (i == 1) v += first * 40;
		for (int shift = 28; shift >= 7; shift -= 7)
			if (v >> shift) buf_char(&b, (char)(0x80 | (v >> shift & 0x7f)));
		buf_char(&b, (char)(v & 0x7f));
	}
	return der(a, DER_OID, buf_done(&b));
}

struct str der_time(struct arena *a, instant_us t)
{
	struct str local = instant_format(a, t - INT64_C(8) * 3600 * 1000000); /* written in China Standard Time */
	const char *p = local.p;
	return der(a, DER_TIME, str_printf(a, "%.4s%.2s%.2s%.2s%.2s%.2sZ", p, p + 5, p + 8, p + 11, p + 14, p + 17));
}

bool der_next(struct str *rest, int *tag, struct str *body, struct str *whole)
{
	const unsigned char *p = (const unsigned char *)rest->p;
	if (rest->n < 2 || (p[0] & 0x1f) == 0x1f) return false;
	size_t n = p[1], at = 2;
	if (n & 0x80) {
		size_t bytes = n & 0x7f;
		if (bytes < 1 || bytes > 4 || rest->n < 2 + bytes) return false;
		for (n = 0; at < 2 + bytes; at++)
			n = n << 8 | p[at];
		if (n < 0x80 || p[2] == 0) return false; /* not the shortest */
	}
	if (rest->n - at < n) return false;
	*tag = p[0];
	*body = (struct str){ rest->p + at, n };
	if (whole) *whole = (struct str){ rest->p, at + n };
	*rest = (struct str){ rest->p + at + n, rest->n - at - n };
	return true;
}

bool der_take(struct str *rest, int tag, struct str *body)
{
	int found;
	struct str before = *rest;
	if (der_next(rest, &found, body, NULL) && found == tag) return true;
	*rest = before;
	return false;
}

bool der_read_bits(struct str body, struct str *bytes)
{
	if (body.n < 1 || body.p[0] != 0) return false;
	*bytes = str_sub(body, 1, body.n);
	return true;
}

bool der_read_int(struct str body, int64_t *out)
{
	if (body.n < 1 || body.n > 8) return false;
	uint64_t v = body.p[0] & 0x80 ? UINT64_MAX : 0;
	for (size_t i = 0; i < body.n; i++)
		v = v << 8 | (unsigned char)body.p[i];
	*out = (int64_t)v;
	return true;
}

bool der_read_time(int tag, struct str body, instant_us *out)
{
	char text[32] = "20";
	size_t at = tag == DER_UTC_TIME ? 2 : 0, n = tag == DER_UTC_TIME ? 13 : 15;
	if ((tag != DER_UTC_TIME && tag != DER_TIME) || body.n != n || body.p[n - 1] != 'Z') return false;
	if (tag == DER_UTC_TIME && body.p[0] >= '5') memcpy(text, "19", 2);
	memcpy(text + at, body.p, n - 1);
	char iso[32];
	static const unsigned char from[] = { 0, 1, 2, 3, 99, 4, 5, 98, 6, 7, 97, 8, 9, 96, 10, 11, 95, 12, 13, 94 };
	for (size_t i = 0; i < sizeof from; i++)
		iso[i] = from[i] == 99 || from[i] == 98   ? '-'
		         : from[i] == 97                  ? 'T'
		         : from[i] == 96 || from[i] == 95 ? ':'
		         : from[i] == 94                  ? 'Z'
		                                          : text[from[i]];
	return instant_parse((struct str){ iso, sizeof from }, out);
}

bool der_oid_is(struct arena *a, struct str body, const char *dotted)
{
	struct str whole = der_oid(a, dotted), own;
	return der_take(&whole, DER_OID, &own) && str_eq(own, body);
}
