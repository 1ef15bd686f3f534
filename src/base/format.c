#include "base/format.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum kind {
	FORMAT_PERCENT,
	FORMAT_CHAR,
	FORMAT_TEXT,
	FORMAT_INT,
	FORMAT_UNSIGNED,
	FORMAT_LONG_LONG,
	FORMAT_SIZE,
	FORMAT_OTHER
};

struct piece {
	enum kind kind;
	bool given;    /* %.*s: the limit is an argument */
	int limit;     /* of a text in bytes; -1: none */
	size_t length; /* of the piece in the format */
};

static struct piece text_of(const char *p)
{
	struct piece out = { FORMAT_OTHER, false, 0, 0 };
	const char *q = p + 2;
	if (*q == '*') {
		out.given = true;
		q++;
	}
	for (; !out.given && *q >= '0' && *q <= '9' && out.limit < 100000; q++)
		out.limit = out.limit * 10 + (*q - '0');
	if (*q != 's') return out;
	out.kind = FORMAT_TEXT;
	out.length = (size_t)(q + 1 - p);
	return out;
}

/* What begins at p, which is a %. */
static struct piece piece_at(const char *p)
{
	switch (p[1]) {
	case '%': return (struct piece){ FORMAT_PERCENT, false, -1, 2 };
	case 'c': return (struct piece){ FORMAT_CHAR, false, -1, 2 };
	case 's': return (struct piece){ FORMAT_TEXT, false, -1, 2 };
	case 'd': return (struct piece){ FORMAT_INT, false, -1, 2 };
	case 'u': return (struct piece){ FORMAT_UNSIGNED, false, -1, 2 };
	case '.': return text_of(p);
	default: break;
	}
	if (p[1] == 'z' && p[2] == 'u') return (struct piece){ FORMAT_SIZE, false, -1, 3 };
	if (p[1] == 'l' && p[2] == 'l' && p[3] == 'd') return (struct piece){ FORMAT_LONG_LONG, false, -1, 4 };
	return (struct piece){ FORMAT_OTHER, false, -1, 0 };
}

static bool is_simple(const char *fmt)
{
	for (const char *p = strchr(fmt, '%'); p; p = strchr(p, '%')) {
		struct piece piece = piece_at(p);
		if (piece.kind == FORMAT_OTHER) return false;
		p += piece.length;
	}
	return true;
}

struct out {
	char *p;
	size_t room, n; /* n: of the whole, whatever fits */
};

static void put(struct out *o, const char *p, size_t n)
{
	if (o->n < o->room) memcpy(o->p + o->n, p, n < o->room - o->n ? n : o->room - o->n);
	o->n += n;
}

static void put_number(struct out *o, uint64_t v, bool negative)
{
	char digits[24], *p = digits + sizeof digits;
	do
		*--p = (char)('0' + v % 10);
	while (v /= 10);
	if (negative) *--p = '-';
	put(o, p, (size_t)(digits + sizeof digits - p));
}

static void put_signed(struct out *o, int64_t v)
{
	put_number(o, v < 0 ? -(uint64_t)v : (uint64_t)v, v < 0);
}

/* As the C library has it for a text that is NULL. */
static void put_text(struct out *o, const char *s, int limit)
{
	if (!s) s = limit < 0 || limit >= 6 ? "(null)" : "";
	put(o, s, limit < 0 ? strlen(s) : strnlen(s, (size_t)limit));
}

static int print(struct out *o, const char *fmt, va_list args)
{
	char ch;
	for (const char *p; (p = strchr(fmt, '%')) != NULL;) {
		put(o, fmt, (size_t)(p - fmt));
		struct piece piece = piece_at(p);
		int limit = piece.given ? va_arg(args, int) : piece.limit;
		switch (piece.kind) {
		case FORMAT_PERCENT: put(o, "%", 1); break;
		case FORMAT_CHAR:
			ch = (char)va_arg(args, int);
			put(o, &ch, 1);
			break;
		case FORMAT_TEXT: put_text(o, va_arg(args, const char *), limit); break;
		case FORMAT_INT: put_signed(o, va_arg(args, int)); break;
		case FORMAT_UNSIGNED: put_number(o, va_arg(args, unsigned), false); break;
		case FORMAT_LONG_LONG: put_signed(o, va_arg(args, long long)); break;
		case FORMAT_SIZE: put_number(o, va_arg(args, size_t), false); break;
		case FORMAT_OTHER: break;
		}
		fmt = p + piece.length;
	}
	put(o, fmt, strlen(fmt));
	if (o->n < o->room)
		o->p[o->n] = 0;
	else if (o->room)
		o->p[o->room - 1] = 0;
	return o->n > INT32_MAX ? -1 : (int)o->n;
}

int format_print(char *out, size_t room, const char *fmt, va_list args)
{
	struct out o = { out, room, 0 };
	return is_simple(fmt) ? print(&o, fmt, args) : vsnprintf(out, room, fmt, args);
}
