/* Growing byte buffer on an arena; the text it holds is always NUL-terminated. */
#ifndef BASE_BUF_H
#define BASE_BUF_H
#include "base/str.h"

struct buf {
	struct arena *arena;
	char *p;
	size_t n, cap;
};

void buf_init(struct buf *b, struct arena *a, size_t cap);
void buf_int(struct buf *b, int64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_grow(struct buf *b, size_t n); /* at least n bytes more */

static inline char *buf_room(struct buf *b, size_t n) /* room for n more bytes; what was written there is added to b->n */
{
	if (n > b->cap - b->n) buf_grow(b, n);
	return b->p + b->n;
}
static inline void buf_add(struct buf *b, const void *p, size_t n)
{
	if (!n) return;
	memcpy(buf_room(b, n), p, n);
	b->n += n;
	b->p[b->n] = '\0';
}
static inline void buf_str(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.n);
}
static inline void buf_c(struct buf *b, const char *c)
{
	buf_add(b, c, strlen(c));
}
static inline void buf_char(struct buf *b, char ch)
{
	*buf_room(b, 1) = ch;
	b->p[++b->n] = '\0';
}
struct str buf_done(const struct buf *b); /* the bytes so far; no copy */
#endif
