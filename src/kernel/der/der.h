/* DER (X.690): what certificates and seals are written in. No library. */
#ifndef KERNEL_DER_H
#define KERNEL_DER_H
#include "base/buf.h"
#include "base/date.h"

enum {
	DER_BOOLEAN = 1,
	DER_INTEGER = 2,
	DER_BITS = 3,
	DER_OCTETS = 4,
	DER_NULL = 5,
	DER_OID = 6,
	DER_UTF8 = 12,
	DER_IA5 = 22,
	DER_UTC_TIME = 23,
	DER_TIME = 24,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31
};

/* Writing: each returns one whole element. */
struct str der(struct arena *a, int tag, struct str body);
struct str der_of(struct arena *a, int tag, const struct str *parts, size_t n); /* the parts one after the other */
struct str der_int(struct arena *a, int64_t v);
struct str der_bits(struct arena *a, struct str bytes);
struct str der_oid(struct arena *a, const char *dotted);
struct str der_time(struct arena *a, instant_us t); /* GeneralizedTime, UTC, whole seconds */
#define DER_SEQ(a, ...)                                                                                                \
	der_of((a), DER_SEQUENCE, (const struct str[]){ __VA_ARGS__ },                                                 \
	        sizeof((const struct str[]){ __VA_ARGS__ }) / sizeof(struct str))

/* Reading: takes the next element from *rest. false: none, or broken. whole may be NULL. */
bool der_next(struct str *rest, int *tag, struct str *body, struct str *whole);
bool der_take(struct str *rest, int tag, struct str *body); /* of this tag only */
bool der_read_bits(struct str body, struct str *bytes);     /* whole bytes only */
bool der_read_int(struct str body, int64_t *out);
bool der_read_time(int tag, struct str body, instant_us *out); /* UTCTime, GeneralizedTime */
bool der_oid_is(struct arena *a, struct str body, const char *dotted);
#endif
