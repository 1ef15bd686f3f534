/* An instruction of SHA-NI answers after four cycles and could begin every second one: two messages that do not wait
 * for each other are hashed in little more than the time of one. */
#include "kernel/crypto/sha_pair.h"
#include "kernel/crypto/crypto_fail.h"

#ifdef __x86_64__
#include <cpuid.h>
#include <immintrin.h>
#include <pthread.h>

/* One-time answer of the process: the question stops a virtual machine for microseconds. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool there;

static void ask(void)
{
	unsigned a, b, c, d;
	there = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA) && __builtin_cpu_supports("sse4.1");
}

bool sha_pair_there(void)
{
	(void)pthread_once(&once, ask);
	return there;
}

static const uint32_t constants[64] __attribute__((aligned(16))) = { 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
	0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74,
	0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
	0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351,
	0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f,
	0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2 };

#define SHA_NI __attribute__((target("sha,sse4.1,ssse3"), always_inline)) static inline

struct half {
	__m128i abef, cdgh, w[4];
};

SHA_NI void load(struct half *h, const uint32_t v[8])
{
	__m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)v), 0xb1),
	        high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)(v + 4)), 0x1b);
	h->abef = _mm_alignr_epi8(low, high, 8);
	h->cdgh = _mm_blend_epi16(high, low, 0xf0);
}

SHA_NI void store(const struct half *h, uint32_t v[8])
{
	__m128i low = _mm_shuffle_epi32(h->abef, 0x1b), high = _mm_shuffle_epi32(h->cdgh, 0xb1);
	_mm_storeu_si128((__m128i *)(void *)v, _mm_blend_epi16(low, high, 0xf0));
	_mm_storeu_si128((__m128i *)(void *)(v + 4), _mm_alignr_epi8(high, low, 8));
}

SHA_NI __m128i words(const unsigned char *p)
{
	const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)p), big_endian);
}

/* Rounds 4i to 4i + 3; and the four words of the message that are needed sixteen rounds later. */
SHA_NI void four(struct half *h, unsigned i)
{
	__m128i w = h->w[i % 4],
	        t = _mm_add_epi32(w, _mm_load_si128((const __m128i *)(const void *)(constants + 4 * i)));
	h->cdgh = _mm_sha256rnds2_epu32(h->cdgh, h->abef, t);
	h->abef = _mm_sha256rnds2_epu32(h->abef, h->cdgh, _mm_shuffle_epi32(t, 0x0e));
	if (i >= 12) return;
	__m128i next = _mm_add_epi32(
	        _mm_sha256msg1_epu32(w, h->w[(i + 1) % 4]), _mm_alignr_epi8(h->w[(i + 3) % 4], h->w[(i + 2) % 4], 4));
	h->w[i % 4] = _mm_sha256msg2_epu32(next, h->w[(i + 3) % 4]);
}

SHA_NI void block_of_two(struct half *x, struct half *y, const unsigned char *p, const unsigned char *q)
{
	__m128i x0 = x->abef, x1 = x->cdgh, y0 = y->abef, y1 = y->cdgh;
	for (size_t i = 0; i < 4; i++) {
		x->w[i] = words(p + 16 * i);
		y->w[i] = words(q + 16 * i);
	}
#pragma GCC unroll 16
	for (unsigned i = 0; i < 16; i++) {
		four(x, i);
		four(y, i);
	}
	x->abef = _mm_add_epi32(x->abef, x0);
	x->cdgh = _mm_add_epi32(x->cdgh, x1);
	y->abef = _mm_add_epi32(y->abef, y0);
	y->cdgh = _mm_add_epi32(y->cdgh, y1);
}

__attribute__((target("sha,sse4.1,ssse3"))) void sha_pair_blocks(
        uint32_t a[8], const unsigned char *p, uint32_t b[8], const unsigned char *q, size_t n)
{
	__attribute__((uninitialized)) struct half x, y;
	load(&x, a);
	load(&y, b);
	for (; n; n--, p += 64, q += 64)
		block_of_two(&x, &y, p, q);
	store(&x, a);
	store(&y, b);
}
#else
bool sha_pair_there(void)
{
	return false;
}

void sha_pair_blocks(uint32_t a[8], const unsigned char *p, uint32_t b[8], const unsigned char *q, size_t n)
{
	(void)a, (void)p, (void)b, (void)q, (void)n;
	crypto_fail("sha256 of two");
}
#endif
