/* UTF-8: validity (RFC 3629: shortest form, no surrogates), counting, folding of what Chinese keyboards produce. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H
#include "base/str.h"

/* The next code point at *at, which moves on; -1: not valid UTF-8 there, *at stays. */
int32_t utf8_next(struct str s, size_t *at);
bool utf8_valid(struct str s);
size_t utf8_count(struct str s);                        /* code points; a broken byte counts as one */
struct str utf8_clip(struct str s, size_t code_points); /* at most so many code points; no copy */
/* Full-width ASCII (！ to ～), the ideographic blank become plain ASCII; the rest stays. */
struct str utf8_fold(struct arena *a, struct str s);
#endif
