#include "base/buf.h"
#include "base/format.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b, struct arena *a, size_t cap)
{
	b->arena = a;
	b->n = 0;
	b->cap = cap < 64 ? 64 : cap;
	b->p = arena_bytes(a, b->cap + 1);
	b->p[0] = '\0';
}

void buf_grow(struct buf *b, size_t n)
{
	size_t cap = b->cap * 2 > b->n + n ? b->cap * 2 : b->n + n;
	char *p = arena_bytes(b->arena, cap + 1);
	memcpy(p, b->p, b->n + 1);
	b->p = p;
	b->cap = cap;
}

void buf_int(struct buf *b, int64_t v)
{
	char digits[STR_INT_BYTES];
	buf_str(b, str_digits(digits, v));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	char text[240]; /* most texts fit and are printed once */
	va_list args, again;
	va_start(args, fmt);
	va_copy(again, args);
	int n = format_print(text, sizeof text, fmt, args);
	va_end(args);
	if (n < 0) abort(); /* a format that cannot be printed is a defect */
	char *p = buf_room(b, (size_t)n);
	if ((size_t)n < sizeof text)
		memcpy(p, text, (size_t)n + 1);
	else
		(void)format_print(p, (size_t)n + 1, fmt, again);
	va_end(again);
	b->n += (size_t)n;
}

struct str buf_done(const struct buf *b)
{
	return (struct str){ b->p, b->n };
}
