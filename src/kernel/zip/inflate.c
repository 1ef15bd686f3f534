/* Raw deflate by table: the first TABLE_BITS bits of a code find symbol and length at once, longer codes go on bit by
 * bit. */
#include "kernel/zip/zip.h"
#include <string.h>

enum { TABLE_BITS = 9, CODES_MAX = 15, LITERALS = 288, DISTANCES = 32, LENGTHS = 19 };

struct bits {
	const unsigned char *p, *end;
	uint64_t hold;
	unsigned n;
	bool over; /* read behind the end */
};

static void fill(struct bits *b)
{
	while (b->n <= 56 && b->p < b->end) {
		b->hold |= (uint64_t)*b->p++ << b->n;
		b->n += 8;
	}
}

static unsigned take(struct bits *b, unsigned n)
{
	if (b->n < n) fill(b);
	if (b->n < n) {
		b->over = true;
		return 0;
	}
	unsigned v = (unsigned)(b->hold & ((UINT64_C(1) << n) - 1));
	b->hold >>= n;
	b->n -= n;
	return v;
}

struct codes {
	uint16_t quick[1 << TABLE_BITS]; /* symbol << 4 | length; 0: longer, or none */
	uint16_t count[CODES_MAX + 1], symbol[LITERALS];
};

static unsigned reversed(unsigned v, unsigned n)
{
	unsigned r = 0;
	for (; n; n--, v >>= 1)
		r = r << 1 | (v & 1);
	return r;
}

/* false: more codes than there is room for. An incomplete set is allowed: a code outside of it fails when it comes. */
static bool build(struct codes *c, const unsigned char *length, size_t n)
{
	uint16_t offset[CODES_MAX + 2] = { 0 };
	unsigned next[CODES_MAX + 2] = { 0 };
	int left = 1;
	memset(c->quick, 0, sizeof c->quick);
	memset(c->count, 0, sizeof c->count);
	for (size_t i = 0; i < n; i++)
		c->count[length[i]]++;
	c->count[0] = 0;
	for (unsigned l = 1; l <= CODES_MAX; l++) {
		left = left * 2 - c->count[l];
		if (left < 0) return false;
		next[l + 1] = (next[l] + c->count[l]) << 1;
		offset[l + 1] = (uint16_t)(offset[l] + c->count[l]);
	}
	for (size_t i = 0; i < n; i++) {
		unsigned l = length[i];
		if (!l) continue;
		c->symbol[offset[l]++] = (uint16_t)i;
		unsigned code = next[l]++;
		if (l > TABLE_BITS) continue;
		for (unsigned k = reversed(code, l); k < 1u << TABLE_BITS; k += 1u << l)
			c->quick[k] = (uint16_t)(i << 4 | l);
	}
	return true;
}

/* -1: no such code. */
static int decode(struct bits *b, const struct codes *c)
{
	if (b->n < CODES_MAX) fill(b);
	unsigned quick = c->quick[b->hold & ((1u << TABLE_BITS) - 1)], l = quick & 15;
	if (l && l <= b->n) {
		b->hold >>= l;
		b->n -= l;
		return (int)(quick >> 4);
	}
	int code = 0, first = 0, index = 0;
	for (unsigned k = 1; k <= CODES_MAX; k++) {
		code |= (int)take(b, 1);
		if (b->over) return -1;
		int count = c->count[k];
		if (code - count < first) return c->symbol[index + (code - first)];
		index += count;
		first = (first + count) << 1;
		code <<= 1;
	}
	return -1;
}

struct output {
	unsigned char *p;
	size_t n, size;
};

static bool copy_back(struct output *o, size_t distance, size_t length)
{
	if (distance > o->n || length > o->size - o->n) return false;
	unsigned char *to = o->p + o->n;
	const unsigned char *from = to - distance;
	for (size_t i = 0; i < length; i++)
		to[i] = from[i];
	o->n += length;
	return true;
}

static bool codes_block(struct bits *b, struct output *o, const struct codes *literal, const struct codes *distance)
{
	static const uint16_t base[29] = { 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67,
		83, 99, 115, 131, 163, 195, 227, 258 };
	static const unsigned char extra[29] = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4,
		5, 5, 5, 5, 0 };
	static const uint16_t far_base[30] = { 1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513,
		769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577 };
	static const unsigned char far_extra[30] = { 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9,
		10, 10, 11, 11, 12, 12, 13, 13 };
	for (;;) {
		int symbol = decode(b, literal);
		if (symbol < 0 || b->over) return false;
		if (symbol < 256) {
			if (o->n == o->size) return false;
			o->p[o->n++] = (unsigned char)symbol;
			continue;
		}
		if (symbol == 256) return true;
		if (symbol > 285) return false;
		size_t length = base[symbol - 257] + take(b, extra[symbol - 257]);
		int far = decode(b, distance);
		if (far < 0 || far > 29) return false;
		if (!copy_back(o, far_base[far] + take(b, far_extra[far]), length) || b->over) return false;
	}
}

static bool fixed_block(struct bits *b, struct output *o, struct codes *two)
{
	unsigned char length[LITERALS];
	memset(length, 8, 144);
	memset(length + 144, 9, 112);
	memset(length + 256, 7, 24);
	memset(length + 280, 8, 8);
	if (!build(&two[0], length, LITERALS)) return false;
	memset(length, 5, 30);
	return build(&two[1], length, 30) && codes_block(b, o, &two[0], &two[1]);
}

static bool dynamic_block(struct bits *b, struct output *o, struct codes *two)
{
	static const unsigned char order[LENGTHS] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1,
		15 };
	unsigned char length[LITERALS + DISTANCES] = { 0 }, short_length[LENGTHS] = { 0 };
	unsigned n_literal = take(b, 5) + 257, n_distance = take(b, 5) + 1, n_length = take(b, 4) + 4, i = 0;
	if (n_literal > 286 || n_distance > 30) return false;
	for (unsigned k = 0; k < n_length; k++)
		short_length[order[k]] = (unsigned char)take(b, 3);
	if (b->over || !build(&two[0], short_length, LENGTHS)) return false;
	while (i < n_literal + n_distance) {
		int symbol = decode(b, &two[0]);
		if (symbol < 0 || b->over) return false;
		if (symbol < 16) {
			length[i++] = (unsigned char)symbol;
			continue;
		}
		if (symbol == 16 && i == 0) return false;
		unsigned char repeated = symbol == 16 ? length[i - 1] : 0;
		unsigned times = symbol == 16 ? 3 + take(b, 2) : symbol == 17 ? 3 + take(b, 3) : 11 + take(b, 7);
		if (b->over || i + times > n_literal + n_distance) return false;
		memset(length + i, repeated, times);
		i += times;
	}
	return length[256] && build(&two[0], length, n_literal) && build(&two[1], length + n_literal, n_distance) &&
	       codes_block(b, o, &two[0], &two[1]);
}

static bool stored_block(struct bits *b, struct output *o)
{
	(void)take(b, b->n % 8);
	unsigned n = take(b, 16), not_n = take(b, 16);
	if (b->over || n != (~not_n & 0xffff) || n > o->size - o->n) return false;
	for (; n && b->n; n--)
		o->p[o->n++] = (unsigned char)take(b, 8);
	if ((size_t)(b->end - b->p) < n) return false;
	memcpy(o->p + o->n, b->p, n);
	b->p += n;
	o->n += n;
	return true;
}

bool zip_inflate(struct str packed, unsigned char *out, size_t n)
{
	struct bits b = { .p = (const unsigned char *)packed.p, .end = (const unsigned char *)packed.p + packed.n };
	struct output o = { out, 0, n };
	struct codes two[2];
	for (bool last = false; !last;) {
		last = take(&b, 1);
		unsigned kind = take(&b, 2);
		if (b.over || kind == 3) return false;
		bool good = kind == 0   ? stored_block(&b, &o)
		            : kind == 1 ? fixed_block(&b, &o, two)
		                        : dynamic_block(&b, &o, two);
		if (!good) return false;
	}
	return o.n == o.size;
}
