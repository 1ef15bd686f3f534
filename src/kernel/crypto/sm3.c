/* SM3 (GB/T 32905-2016): OpenSSL 3.0 has it behind a context for each message and in plain C. The rounds are written
 * out, so that no word moves between registers, and the message is expanded four words ahead. The same text makes the
 * plain form and, with eight words in a register, the one for eight messages at once. */
#include "kernel/crypto/sm3.h"
#include "kernel/crypto/crypto.h"
#include <string.h>

#define LEFT(x, n) ((x) << (n) | (x) >> (32 - (n)))
/* T of round j, turned by j. */
#define T0(j) ((uint32_t)(UINT64_C(0x79cc451979cc4519) >> (32 - (j))))
#define T1(j) ((uint32_t)(UINT64_C(0x7a879d8a7a879d8a) >> (32 - (j) % 32)))

#define P0(x) ((x) ^ LEFT((x), 9) ^ LEFT((x), 17))
#define P1(x) ((x) ^ LEFT((x), 15) ^ LEFT((x), 23))
#define PARITY(x, y, z) ((x) ^ (y) ^ (z))
#define MAJORITY(x, y, z) (((x) & (y)) | (((x) | (y)) & (z)))
#define CHOICE(x, y, z) ((((y) ^ (z)) & (x)) ^ (z))

/* Word j of the message, made from the sixteen before it: w is a ring. */
#define EXPAND(j)                                                                                                      \
	(w[(j) % 16] = P1(w[(j) % 16] ^ w[((j) + 7) % 16] ^ LEFT(w[((j) + 13) % 16], 15)) ^                            \
	               LEFT(w[((j) + 3) % 16], 7) ^ w[((j) + 10) % 16])

#define ROUND(a, b, c, d, e, f, g, h, j, t, ff, gg)                                                                    \
	do {                                                                                                           \
		WORD a12 = LEFT(a, 12), s1 = LEFT(a12 + (e + t), 7);                                                   \
		d += ff(a, b, c) + (w[(j) % 16] ^ w[((j) + 4) % 16]) + (s1 ^ a12);                                     \
		h += gg(e, f, g) + w[(j) % 16] + s1;                                                                   \
		b = LEFT(b, 9);                                                                                        \
		f = LEFT(f, 19);                                                                                       \
		h = P0(h);                                                                                             \
	} while (0)

#define FIRST(a, b, c, d, e, f, g, h, j) ROUND(a, b, c, d, e, f, g, h, j, T0(j), PARITY, PARITY)
#define EARLY(a, b, c, d, e, f, g, h, j)                                                                               \
	do {                                                                                                           \
		EXPAND((j) + 4);                                                                                       \
		FIRST(a, b, c, d, e, f, g, h, j);                                                                      \
	} while (0)
#define LATE(a, b, c, d, e, f, g, h, j)                                                                                \
	do {                                                                                                           \
		EXPAND((j) + 4);                                                                                       \
		ROUND(a, b, c, d, e, f, g, h, j, T1(j), MAJORITY, CHOICE);                                             \
	} while (0)
/* Four rounds bring the words back to their places. */
#define FOUR(R, j)                                                                                                     \
	do {                                                                                                           \
		R(a, b, c, d, e, f, g, h, j);                                                                          \
		R(d, a, b, c, h, e, f, g, (j) + 1);                                                                    \
		R(c, d, a, b, g, h, e, f, (j) + 2);                                                                    \
		R(b, c, d, a, f, g, h, e, (j) + 3);                                                                    \
	} while (0)

#define ALL_ROUNDS                                                                                                     \
	do {                                                                                                           \
		FOUR(FIRST, 0);                                                                                        \
		FOUR(FIRST, 4);                                                                                        \
		FOUR(FIRST, 8);                                                                                        \
		FOUR(EARLY, 12);                                                                                       \
		FOUR(LATE, 16);                                                                                        \
		FOUR(LATE, 20);                                                                                        \
		FOUR(LATE, 24);                                                                                        \
		FOUR(LATE, 28);                                                                                        \
		FOUR(LATE, 32);                                                                                        \
		FOUR(LATE, 36);                                                                                        \
		FOUR(LATE, 40);                                                                                        \
		FOUR(LATE, 44);                                                                                        \
		FOUR(LATE, 48);                                                                                        \
		FOUR(LATE, 52);                                                                                        \
		FOUR(LATE, 56);                                                                                        \
		FOUR(LATE, 60);                                                                                        \
		a = v[0] ^= a, b = v[1] ^= b, c = v[2] ^= c, d = v[3] ^= d;                                            \
		e = v[4] ^= e, f = v[5] ^= f, g = v[6] ^= g, h = v[7] ^= h;                                            \
	} while (0)

static uint32_t word_at(const unsigned char *p)
{
	uint32_t w;
	memcpy(&w, p, sizeof w);
	return __builtin_bswap32(w);
}

#define WORD uint32_t
static inline __attribute__((always_inline)) void blocks(uint32_t v[8], const unsigned char *p, size_t n)
{
	uint32_t w[16], a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7];
	for (; n; n--, p += 64) {
		for (unsigned i = 0; i < 16; i++)
			w[i] = word_at(p + 4 * i);
		ALL_ROUNDS;
	}
}
#undef WORD

#ifdef __x86_64__
__attribute__((target("bmi,bmi2"))) static void blocks_bmi(uint32_t v[8], const unsigned char *p, size_t n)
{
	blocks(v, p, n);
}

void sm3_blocks(uint32_t v[8], const unsigned char *p, size_t n)
{
	if (__builtin_cpu_supports("bmi2"))
		blocks_bmi(v, p, n);
	else
		blocks(v, p, n);
}

typedef uint32_t lanes __attribute__((vector_size(4 * SM3_LANES)));
#define WORD lanes
__attribute__((target("avx2"))) static void eight(lanes v[8], const unsigned char *p[SM3_LANES], size_t n)
{
	lanes w[16], a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7];
	for (size_t at = 0; at < 64 * n; at += 64) {
		for (unsigned i = 0; i < 16; i++)
			for (unsigned k = 0; k < SM3_LANES; k++)
				w[i][k] = word_at(p[k] + at + 4 * i);
		ALL_ROUNDS;
	}
}
#undef WORD

bool sm3_has_lanes(void)
{
	return __builtin_cpu_supports("avx2");
}

void sm3_blocks_of_eight(uint32_t v[8][SM3_LANES], const unsigned char *p[SM3_LANES], size_t n)
{
	lanes words[8];
	memcpy(words, v, sizeof words);
	eight(words, p, n);
	memcpy(v, words, sizeof words);
}
#else
void sm3_blocks(uint32_t v[8], const unsigned char *p, size_t n)
{
	blocks(v, p, n);
}

bool sm3_has_lanes(void)
{
	return false;
}

void sm3_blocks_of_eight(uint32_t v[8][SM3_LANES], const unsigned char *p[SM3_LANES], size_t n)
{
	for (unsigned k = 0; k < SM3_LANES; k++) {
		uint32_t one[8];
		for (unsigned i = 0; i < 8; i++)
			one[i] = v[i][k];
		sm3_blocks(one, p[k], n);
		for (unsigned i = 0; i < 8; i++)
			v[i][k] = one[i];
	}
}
#endif

void crypto_sm3(const void *p, size_t n, unsigned char out[32])
{
	uint32_t v[8] = SM3_START;
	unsigned char tail[128] = { 0 };
	size_t whole = n / 64, rest = n % 64, blocks = rest < 56 ? 1 : 2;
	uint64_t bits = __builtin_bswap64((uint64_t)n * 8);
	sm3_blocks(v, p, whole);
	if (rest) memcpy(tail, (const unsigned char *)p + 64 * whole, rest);
	tail[rest] = 0x80;
	memcpy(tail + 64 * blocks - 8, &bits, 8);
	sm3_blocks(v, tail, blocks);
	for (size_t i = 0; i < 8; i++) {
		uint32_t word = __builtin_bswap32(v[i]);
		memcpy(out + 4 * i, &word, 4);
	}
}
