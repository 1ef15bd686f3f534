#include "kernel/value/value.h"
#include <stdlib.h>
#include <string.h>

enum style { COMPACT, PRETTY, CANONICAL };

static void write(struct buf *b, const struct value *v, enum style style, int depth);

static bool plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\';
}

/* Eight at once: no byte below 0x20, none of the two that are escaped. A borrow may only doubt a plain byte. */
static bool plain_8(const char *p)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
	uint64_t w, quote, slash;
	memcpy(&w, p, sizeof w);
	quote = w ^ ones * '"';
	slash = w ^ ones * '\\';
	return !(((w - ones * 0x20) & ~w & high) | ((quote - ones) & ~quote & high) | ((slash - ones) & ~slash & high));
}

void value_write_text(struct buf *b, struct str s)
{
	size_t from = 0, good = 0;
	while (good + 8 <= s.n && plain_8(s.p + good))
		good += 8;
	while (good < s.n && plain((unsigned char)s.p[good]))
		good++;
	if (good == s.n) { /* nearly always: one piece */
		char *p = buf_room(b, s.n + 2);
		p[0] = '"';
		if (s.n) memcpy(p + 1, s.p, s.n);
		p[s.n + 1] = '"';
		b->n += s.n + 2;
		b->p[b->n] = '\0';
		return;
	}
	buf_char(b, '"');
	for (size_t i = good; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (plain(c)) continue;
		buf_add(b, s.p + from, i - from);
		from = i + 1;
		static const char named[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
		const char *at = c ? strchr(named, c) : NULL;
		if (at)
			buf_add(b, (char[]){ '\\', letters[at - named] }, 2);
		else
			buf_printf(b, "\\u%04x", c);
	}
	buf_add(b, s.p + from, s.n - from);
	buf_char(b, '"');
}

static void line(struct buf *b, enum style style, int depth)
{
	if (style != PRETTY) return;
	buf_char(b, '\n');
	for (int i = 0; i < depth; i++)
		buf_c(b, "  ");
}

/* The next code unit of UTF-16: RFC 8785 sorts by them, which differs from bytes above U+FFFF. */
static uint32_t code_point(struct str s, size_t *i)
{
	unsigned char c = (unsigned char)s.p[(*i)++];
	int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
	uint32_t cp = more == 3 ? c & 7u : more == 2 ? c & 15u : more == 1 ? c & 31u : c;
	while (more-- && *i < s.n)
		cp = cp << 6 | ((unsigned char)s.p[(*i)++] & 63u);
	return cp;
}

static uint32_t first_unit(uint32_t cp)
{
	return cp > 0xffff ? 0xd800 + ((cp - 0x10000) >> 10) : cp;
}

static int by_utf16(const void *left, const void *right)
{
	struct str a = (*(const struct value_member *const *)left)->key,
	           b = (*(const struct value_member *const *)right)->key;
	size_t i = 0, k;
	/* Equal beginnings in ASCII, which is most of most keys. */
	while (i < a.n && i < b.n && a.p[i] == b.p[i] && (unsigned char)a.p[i] < 0x80)
		i++;
	k = i;
	while (i < a.n && k < b.n) {
		uint32_t p = code_point(a, &i), q = code_point(b, &k);
		if (p == q) continue;
		uint32_t u = first_unit(p), w = first_unit(q);
		if (u == w) return p < q ? -1 : 1;
		return u < w ? -1 : 1;
	}
	return (i < a.n) - (k < b.n);
}

/* Keys are few and in order nearly always: an insertion sort touches each once. */
enum { FEW = 24 };

static void insertion_sort(const struct value_member **list, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const struct value_member *one = list[i];
		size_t at = i;
		for (; at > 0 && by_utf16(&list[at - 1], &one) > 0; at--)
			list[at] = list[at - 1];
		list[at] = one;
	}
}

static const struct value_member **sorted(struct buf *b, const struct value *v)
{
	const struct value_member **list = arena_array(b->arena, v->count + 1, sizeof *list);
	size_t n = 0;
	for (const struct value_member *m = v->first; m; m = m->next)
		list[n++] = m;
	if (n <= FEW)
		insertion_sort(list, n);
	else
		qsort(list, n, sizeof *list, by_utf16);
	return list;
}

static void write_members(struct buf *b, const struct value *v, enum style style, int depth)
{
	bool object = v->kind == VALUE_OBJECT;
	const struct value_member **order = object && style == CANONICAL && v->count > 1 ? sorted(b, v) : NULL;
	const struct value_member *m = v->first;
	buf_char(b, object ? '{' : '[');
	for (uint32_t i = 0; i < v->count; i++) {
		const struct value_member *now = order ? order[i] : m;
		if (i) buf_char(b, ',');
		line(b, style, depth + 1);
		if (object) {
			value_write_text(b, now->key);
			buf_c(b, style == PRETTY ? ": " : ":");
		}
		write(b, now->value, style, depth + 1);
		if (m) m = m->next;
	}
	if (v->count) line(b, style, depth);
	buf_char(b, object ? '}' : ']');
}

static void write(struct buf *b, const struct value *v, enum style style, int depth)
{
	switch (v->kind) {
	case VALUE_NULL: buf_c(b, "null"); break;
	case VALUE_BOOL: buf_c(b, v->boolean ? "true" : "false"); break;
	case VALUE_INT: buf_int(b, v->integer); break;
	case VALUE_STR: value_write_text(b, v->str); break;
	case VALUE_NUMERAL: buf_str(b, v->str); break;
	case VALUE_ARRAY:
	case VALUE_OBJECT: write_members(b, v, style, depth); break;
	}
}

void value_write_json(struct buf *b, const struct value *v)
{
	write(b, v, COMPACT, 0);
}

struct str value_json(struct arena *a, const struct value *v)
{
	struct buf b;
	buf_init(&b, a, 256);
	value_write_json(&b, v);
	return buf_done(&b);
}

void value_write_pretty(struct buf *b, const struct value *v)
{
	write(b, v, PRETTY, 0);
}

/* Integers beyond 2^53 would not survive a reader with doubles; ids travel as strings where that matters. */
void value_write_canonical(struct buf *b, const struct value *v)
{
	write(b, v, CANONICAL, 0);
}
