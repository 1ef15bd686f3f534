/* Where the machine multiplies without carry, 64 bytes a step (Gopal et al., Fast CRC Computation for Generic
 * Polynomials Using PCLMULQDQ, 2009); else eight bytes a step by tables. */
#include "kernel/zip/crc.h"
#include <string.h>

#define POLYNOMIAL 0xedb88320 /* 04C11DB7, bits turned round */

struct crc {
	bool made; /* 2,048 steps against fifty thousand bytes of a package, so not before they are needed */
	uint32_t t[8][256];
};

struct crc *crc_new(struct arena *a)
{
	struct crc *c = arena_bytes(a, sizeof *c);
	c->made = false;
	return c;
}

static void make_tables(struct crc *c)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t v = i;
		for (int k = 0; k < 8; k++)
			v = v & 1 ? v >> 1 ^ POLYNOMIAL : v >> 1;
		c->t[0][i] = v;
	}
	for (int k = 1; k < 8; k++)
		for (uint32_t i = 0; i < 256; i++)
			c->t[k][i] = c->t[k - 1][i] >> 8 ^ c->t[0][c->t[k - 1][i] & 255];
	c->made = true;
}

static uint32_t u32(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;
	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static uint32_t by_tables(struct crc *c, uint32_t v, struct str s)
{
	size_t i = 0;
	if (!c->made) make_tables(c);
	for (; i + 8 <= s.n; i += 8) {
		uint32_t low = u32(s.p + i) ^ v, high = u32(s.p + i + 4);
		v = c->t[7][low & 255] ^ c->t[6][low >> 8 & 255] ^ c->t[5][low >> 16 & 255] ^ c->t[4][low >> 24] ^
		    c->t[3][high & 255] ^ c->t[2][high >> 8 & 255] ^ c->t[1][high >> 16 & 255] ^ c->t[0][high >> 24];
	}
	for (; i < s.n; i++)
		v = v >> 8 ^ c->t[0][(v ^ (unsigned char)s.p[i]) & 255];
	return v;
}

#ifdef __x86_64__
#include <wmmintrin.h>

enum { LANE = 16, STEP = 4 * LANE };

/* Half a byte a step, from a table of sixteen: for what folding leaves, 79 bytes at most. */
static uint32_t by_halves(uint32_t v, const char *p, size_t n)
{
	static const uint32_t t[16] = { 0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4,
		0xa00ae278, 0xbdbdf21c };
	for (size_t i = 0; i < n; i++) {
		v ^= (unsigned char)p[i];
		v = v >> 4 ^ t[v & 15];
		v = v >> 4 ^ t[v & 15];
	}
	return v;
}

#define FOLDING __attribute__((target("pclmul,sse2")))

/* x moved on by as many bits as k stands for, and what is there added. */
FOLDING static __m128i fold(__m128i x, __m128i k, __m128i there)
{
	return _mm_xor_si128(_mm_xor_si128(_mm_clmulepi64_si128(x, k, 0x00), _mm_clmulepi64_si128(x, k, 0x11)), there);
}

FOLDING static __m128i lane(const char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* s.n >= STEP. */
FOLDING static uint32_t by_folding(uint32_t v, struct str s)
{
	const __m128i by_64 = _mm_set_epi64x(0x1c6e41596, 0x154442bd4), by_16 = _mm_set_epi64x(0xccaa009e, 0x1751997d0);
	__m128i x[4];
	char rest[LANE];
	size_t at = STEP;
	for (size_t i = 0; i < 4; i++)
		x[i] = lane(s.p + LANE * i);
	x[0] = _mm_xor_si128(x[0], _mm_cvtsi32_si128((int)v));
	for (; s.n - at >= STEP; at += STEP)
		for (size_t i = 0; i < 4; i++)
			x[i] = fold(x[i], by_64, lane(s.p + at + LANE * i));
	for (size_t i = 1; i < 4; i++)
		x[0] = fold(x[0], by_16, x[i]);
	for (; s.n - at >= LANE; at += LANE)
		x[0] = fold(x[0], by_16, lane(s.p + at));
	_mm_storeu_si128((__m128i *)(void *)rest, x[0]);
	return by_halves(by_halves(0, rest, LANE), s.p + at, s.n - at);
}

uint32_t crc_of(struct crc *c, struct str s)
{
	if (s.n >= STEP && __builtin_cpu_supports("pclmul")) return ~by_folding(0xffffffff, s);
	return s.n < STEP ? ~by_halves(0xffffffff, s.p, s.n) : ~by_tables(c, 0xffffffff, s);
}
#else
uint32_t crc_of(struct crc *c, struct str s)
{
	return ~by_tables(c, 0xffffffff, s);
}
#endif
