/* Strings: pointer and length, UTF-8. Every string made by these functions in an arena is also
 * NUL-terminated behind its n bytes, so that .p may go to a C library. p == NULL means "no value". */
#ifndef BASE_STR_H
#define BASE_STR_H
#include "base/arena.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p;
	size_t n;
};

#define S(lit) ((struct str){ "" lit, sizeof(lit) - 1 })
#define STR_NONE ((struct str){ NULL, 0 })
#define STR_FMT(s) (int)(s).n, (s).p /* for "%.*s" */

/* The three that everything is made of stand here, so that the length of a literal is known to the compiler. */
static inline struct str str_c(const char *c) /* from a C string, NULL -> STR_NONE; no copy */
{
	return c ? (struct str){ c, strlen(c) } : STR_NONE;
}
static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
static inline bool str_is(struct str a, const char *c)
{
	if (a.n && c && a.p[0] != c[0]) return false; /* most comparisons end here */
	return str_eq(a, str_c(c));
}
struct str str_dup(struct arena *a, struct str s);
struct str str_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool str_eq_const_time(struct str a, struct str b);     /* for secrets */
int str_cmp(struct str a, struct str b);                /* byte order */
bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
ptrdiff_t str_find(struct str s, const char *needle);   /* -1: not there */
struct str str_sub(struct str s, size_t from, size_t n);/* clipped, no copy (not NUL-terminated) */
struct str str_trim(struct str s);                      /* ASCII blanks; no copy */
bool str_split(struct str *rest, char sep, struct str *piece); /* false when nothing is left */
bool str_to_int(struct str s, int64_t *out);            /* whole string, optional '-', no blanks */
enum { STR_INT_BYTES = 24 };
struct str str_digits(char digits[STR_INT_BYTES], int64_t v); /* at the end of digits */
struct str str_from_int(struct arena *a, int64_t v);
struct str str_hex(struct arena *a, const void *bytes, size_t n);
bool str_unhex(struct arena *a, struct str hex, struct str *bytes);
struct str str_base64(struct arena *a, const void *bytes, size_t n);
bool str_unbase64(struct arena *a, struct str text, struct str *bytes);
#endif
