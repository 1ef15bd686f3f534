#include "services/invoice/lottery/draw.h"
#include "base/buf.h"
#include "kernel/crypto/crypto.h"
#include <stdlib.h>
#include <string.h>

void draw_commitment(struct str secret, unsigned char out[32])
{
	crypto_sha256(secret.p, secret.n, out);
}

void draw_seed(const struct draw *d, unsigned char out[32])
{
	static const char label[] = "fapiao-draw-v1"; /* with its NUL */
	struct arena *a = arena_new();
	struct buf b;
	buf_init(&b, a, 128);
	buf_add(&b, label, sizeof label);
	buf_str(&b, d->secret);
	buf_str(&b, d->public_value);
	buf_str(&b, d->draw_id);
	crypto_sha256(b.p, b.n, out);
	arena_free(a);
}

struct ranked {
	unsigned char rank[32];
	struct str entry;
};

static int by_rank(const void *a, const void *b)
{
	return memcmp(((const struct ranked *)a)->rank, ((const struct ranked *)b)->rank, 32);
}

size_t draw_winners(struct arena *a, const unsigned char seed[32], const struct str *entries, size_t n_entries,
        struct str *winners, size_t n_winners)
{
	struct ranked *r = arena_array(a, n_entries, sizeof *r);
	struct str key = { (const char *)seed, 32 };
	for (size_t i = 0; i < n_entries; i++) {
		crypto_hmac_sha256(key, entries[i], r[i].rank);
		r[i].entry = entries[i];
	}
	qsort(r, n_entries, sizeof *r, by_rank);
	size_t n = n_winners < n_entries ? n_winners : n_entries;
	for (size_t i = 0; i < n; i++)
		winners[i] = r[i].entry;
	return n;
}

int64_t draw_suffix_prize(const struct str *first_prizes, size_t n, struct str number)
{
	static const int64_t prizes[] = { 0, 0, 0, 200, 1000, 4000, 10000, 40000, 200000 };
	size_t best = 0;
	for (size_t i = 0; i < n; i++) {
		size_t same = 0;
		while (same < 8 && same < number.n && same < first_prizes[i].n &&
		        number.p[number.n - 1 - same] == first_prizes[i].p[first_prizes[i].n - 1 - same])
			same++;
		if (same > best) best = same;
	}
	return prizes[best];
}

int64_t draw_slot(const struct draw *d, struct str number, int64_t slots, int64_t *counter, unsigned char r[32])
{
	struct arena *a = arena_new();
	struct str open = str_hex(a, d->public_value.p, d->public_value.n);
	uint64_t n = (uint64_t)slots, v, limit = UINT64_MAX - (UINT64_MAX % n + 1) % n; /* the last value that counts */
	for (*counter = 0;; ++*counter) {
		struct str text = str_printf(a, "%.*s|%.*s|%lld|%.*s", STR_FMT(d->draw_id), STR_FMT(number),
		        (long long)*counter, STR_FMT(open));
		crypto_hmac_sha256(d->secret, text, r);
		v = 0;
		for (int i = 0; i < 8; i++)
			v = v << 8 | r[i];
		if (v <= limit) break;
	}
	arena_free(a);
	return (int64_t)(v % n);
}
