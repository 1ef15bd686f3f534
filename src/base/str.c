#include "base/str.h"
#include "base/format.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct str str_dup(struct arena *a, struct str s)
{
	return s.p ? (struct str){ arena_dup(a, s.p, s.n), s.n } : STR_NONE;
}

struct str str_printf(struct arena *a, const char *fmt, ...)
{
	char text[240], *p; /* most texts fit and are printed once */
	va_list args, again;
	va_start(args, fmt);
	va_copy(again, args);
	int n = format_print(text, sizeof text, fmt, args);
	va_end(args);
	if (n < 0) abort(); /* a format that cannot be printed is a defect */
	if ((size_t)n < sizeof text) {
		p = arena_dup(a, text, (size_t)n);
	} else {
		p = arena_alloc(a, (size_t)n + 1);
		(void)format_print(p, (size_t)n + 1, fmt, again);
	}
	va_end(again);
	return (struct str){ p, (size_t)n };
}

bool str_eq_const_time(struct str a, struct str b)
{
	if (a.n != b.n) return false;
	unsigned char differ = 0;
	for (size_t i = 0; i < a.n; i++)
		differ |= (unsigned char)((unsigned char)a.p[i] ^ (unsigned char)b.p[i]);
	return differ == 0;
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;
	return order ? order : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, const char *prefix)
{
	size_t n = strlen(prefix);
	return s.n >= n && (n == 0 || memcmp(s.p, prefix, n) == 0);
}

bool str_ends(struct str s, const char *suffix)
{
	size_t n = strlen(suffix);
	return s.n >= n && (n == 0 || memcmp(s.p + s.n - n, suffix, n) == 0);
}

ptrdiff_t str_find(struct str s, const char *needle)
{
	if (!s.p) return -1;
	const char *at = memmem(s.p, s.n, needle, strlen(needle));
	return at ? at - s.p : -1;
}

struct str str_sub(struct str s, size_t from, size_t n)
{
	if (from > s.n) from = s.n;
	if (n > s.n - from) n = s.n - from;
	return (struct str){ s.p ? s.p + from : NULL, n };
}

struct str str_trim(struct str s)
{
	while (s.n && memchr(" \t\r\n", s.p[0], 4))
		s.p++, s.n--;
	while (s.n && memchr(" \t\r\n", s.p[s.n - 1], 4))
		s.n--;
	return s;
}

bool str_split(struct str *rest, char sep, struct str *piece)
{
	if (!rest->p) return false;
	const char *at = rest->n ? memchr(rest->p, sep, rest->n) : NULL;
	if (!at) {
		*piece = *rest;
		*rest = STR_NONE;
		return true;
	}
	*piece = (struct str){ rest->p, (size_t)(at - rest->p) };
	*rest = (struct str){ at + 1, rest->n - piece->n - 1 };
	return true;
}

bool str_to_int(struct str s, int64_t *out)
{
	bool negative = s.n && s.p[0] == '-';
	size_t i = negative ? 1 : 0;
	if (i == s.n) return false;
	int64_t v = 0;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9') return false;
		int64_t digit = s.p[i] - '0';
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, negative ? -digit : digit, &v))
			return false;
	}
	*out = v;
	return true;
}

struct str str_digits(char digits[STR_INT_BYTES], int64_t v)
{
	size_t at = STR_INT_BYTES;
	uint64_t rest = v < 0 ? ~(uint64_t)v + 1 : (uint64_t)v;
	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (v < 0) digits[--at] = '-';
	return (struct str){ digits + at, STR_INT_BYTES - at };
}

struct str str_from_int(struct arena *a, int64_t v)
{
	char digits[STR_INT_BYTES];
	return str_dup(a, str_digits(digits, v));
}

struct str str_hex(struct arena *a, const void *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *b = bytes;
	char *p = arena_array(a, n + 1, 2);
	for (size_t i = 0; i < n; i++) {
		p[2 * i] = digits[b[i] >> 4];
		p[2 * i + 1] = digits[b[i] & 15];
	}
	return (struct str){ p, 2 * n };
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9') return c - '0';
	if (c >= 'a' && c <= 'f') return c - 'a' + 10;
	if (c >= 'A' && c <= 'F') return c - 'A' + 10;
	return -1;
}

bool str_unhex(struct arena *a, struct str hex, struct str *bytes)
{
	if (hex.n % 2) return false;
	char *p = arena_alloc(a, hex.n / 2 + 1);
	for (size_t i = 0; i < hex.n / 2; i++) {
		int high = hex_digit(hex.p[2 * i]), low = hex_digit(hex.p[2 * i + 1]);
		if (high < 0 || low < 0) return false;
		p[i] = (char)(high * 16 + low);
	}
	*bytes = (struct str){ p, hex.n / 2 };
	return true;
}

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct str str_base64(struct arena *a, const void *bytes, size_t n)
{
	const unsigned char *b = bytes;
	char *p = arena_array(a, n / 3 + 2, 4), *out = p;
	for (size_t i = 0; i < n; i += 3) {
		uint32_t v =
		        (uint32_t)b[i] << 16 | (i + 1 < n ? (uint32_t)b[i + 1] << 8 : 0) | (i + 2 < n ? b[i + 2] : 0);
		*out++ = base64_digits[v >> 18];
		*out++ = base64_digits[v >> 12 & 63];
		*out++ = i + 1 < n ? base64_digits[v >> 6 & 63] : '=';
		*out++ = i + 2 < n ? base64_digits[v & 63] : '=';
	}
	return (struct str){ p, (size_t)(out - p) };
}

/* Strict: padding required, no blanks, unused bits zero, so that one text has one meaning. */
bool str_unbase64(struct arena *a, struct str text, struct str *bytes)
{
	if (text.n % 4) return false;
	unsigned char *p = arena_alloc(a, text.n / 4 * 3 + 1), *out = p;
	for (size_t i = 0; i < text.n; i += 4) {
		uint32_t v = 0;
		int pad = 0;
		for (size_t k = 0; k < 4; k++) {
			char c = text.p[i + k];
			const char *at = c ? memchr(base64_digits, c, 64) : NULL;
			if (at && !pad)
				v = v << 6 | (uint32_t)(at - base64_digits);
			else if (c == '=' && k >= 2 && i + 4 == text.n)
				v <<= 6, pad++;
			else
				return false;
		}
		if ((pad == 1 && v & 0xff) || (pad == 2 && v & 0xffff)) return false;
		*out++ = (unsigned char)(v >> 16);
		if (pad < 2) *out++ = (unsigned char)(v >> 8 & 255);
		if (pad < 1) *out++ = (unsigned char)(v & 255);
	}
	*bytes = (struct str){ (const char *)p, (size_t)(out - p) };
	return true;
}
