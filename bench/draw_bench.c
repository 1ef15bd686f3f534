/* Draws and verifies the lottery over N tickets (10 million by default), and prints one line of JSON.
 *
 *     draw_bench [N] [THREADS] [DIR]     DIR: the public files are left there, for etaxd draw verify */
#include "kernel/crypto/crypto.h"
#include "kernel/value/value.h"
#include "services/invoice/lottery/draw.h"
#include "services/invoice/lottery/scheme.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const char scheme_yaml[] =
        "{id: bench, title: bench, region: \"33\", region_title: bench, trades: [\"62\"], trades_title: bench,\n"
        " from: 2026-01-01, to: 2026-12-31, minimum: \"100.00\", claim_days: 30, law: bench, verified: false,\n"
        " periodic: {every: week, prizes: [{amount: \"800.00\", count: 100}, {amount: \"300.00\", count: 1000},\n"
        " {amount: \"50.00\", count: 20000}]}}\n";

/* Numbers of 20 digits, scattered, all different. */
static struct str tickets(struct arena *a, int64_t n)
{
	char *p = arena_bytes(a, (size_t)n * 23 + 1);
	for (int64_t i = 0; i < n; i++) {
		char *line = p + i * 23;
		uint64_t v = (uint64_t)i * UINT64_C(7919) % UINT64_C(1000000000000000);
		memcpy(line, "+ 26332", 7);
		for (int k = 21; k > 6; k--, v /= 10)
			line[k] = (char)('0' + v % 10);
		line[22] = '\n';
	}
	return (struct str){ p, (size_t)n * 23 };
}

static struct str text(struct arena *a, const struct value *v)
{
	struct buf b;
	buf_init(&b, a, 65536);
	value_write_canonical(&b, v);
	return buf_done(&b);
}

static void put(const char *dir, const char *name, struct str bytes)
{
	char path[512];
	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(bytes.p, 1, bytes.n, f) != bytes.n || fclose(f) != 0) exit(1);
}

static void fail(const char *what)
{
	(void)fprintf(stderr, "draw_bench: %s\n", what);
	exit(1);
}

static const unsigned char secret[32] = { 1, 2, 3 };

static void rules(struct arena *a, const struct scheme *s, struct draw_files *f)
{
	unsigned char digest[32];
	struct value *v = value_object(a), *c = value_object(a);
	value_put_c(a, v, "draw", "bench/1");
	value_put_c(a, v, "kind", "periodic");
	value_put(a, v, "scheme", (struct value *)(uintptr_t)s->data);
	f->rules = text(a, v);
	crypto_sha256(f->rules.p, f->rules.n, digest);
	value_put_c(a, c, "draw", "bench/1");
	value_put_str(a, c, "rules", str_hex(a, digest, 32));
	draw_commitment((struct str){ (const char *)secret, 32 }, digest);
	value_put_str(a, c, "commitment", str_hex(a, digest, 32));
	f->commitment = text(a, c);
	f->secret = str_hex(a, secret, 32);
}

static void results(struct arena *a, const struct scheme *s, const struct draw_sorted *sorted, struct draw_files *f)
{
	struct value *w = value_object(a), *list, *r = value_object(a);
	size_t at = 0;
	value_put_c(a, w, "draw", "bench/1");
	list = value_put_array(a, w, "winners");
	(void)value_put_array(a, w, "passed");
	for (size_t i = 0; i < s->n_prizes; i++)
		for (int64_t k = 0; k < s->prizes[i].slots && at < sorted->n; k++) {
			struct value *one = value_object(a);
			value_put_str(a, one, "number", sorted->winners[at++]);
			value_put_money(a, one, "amount", s->prizes[i].amount);
			value_push(a, list, one);
		}
	f->winners = text(a, w);
	value_put_c(a, r, "draw", "bench/1");
	value_put_int(a, r, "size", sorted->lines);
	value_put_str(a, r, "root", str_hex(a, sorted->root, 32));
	f->root = text(a, r);
}

static void leave(const char *dir, const struct draw_files *f)
{
	put(dir, "rules.json", f->rules);
	put(dir, "commitment.json", f->commitment);
	put(dir, "tickets.txt", f->tickets);
	put(dir, "root.json", f->root);
	put(dir, "secret.txt", f->secret);
	put(dir, "beacon.json", f->beacon);
	put(dir, "winners.json", f->winners);
}

int main(int argc, char **argv)
{
	int64_t n = argc > 1 ? atoll(argv[1]) : 10000000;
	unsigned threads = argc > 2 ? (unsigned)atoi(argv[2]) : 2;
	struct arena *a = arena_new();
	struct str why;
	struct draw_files f;
	struct draw_sorted sorted;
	struct draw_verdict verdict;
	struct draw_beacon beacon = { .numbers = true, .first = S("01 02 03"), .second = S("4 5 6") };
	unsigned char seed[32];
	const struct scheme *s = scheme_read(a, (struct str){ scheme_yaml, sizeof scheme_yaml - 1 }, &why);
	if (!s) fail(why.p);
	f.tickets = tickets(a, n);
	rules(a, s, &f);
	draw_numbers_randomness(beacon.first, beacon.second, beacon.randomness);
	f.beacon = draw_beacon_write(a, &beacon);
	struct draw d = { { (const char *)secret, 32 }, { (const char *)beacon.randomness, 32 }, S("bench/1") };
	double begin = now();
	draw_seed(&d, seed);
	if (!draw_sort(a, f.tickets, seed, 21100, threads, &sorted)) fail("the draw");
	double drawn = now() - begin;
	results(a, s, &sorted, &f);
	begin = now();
	draw_verify(a, &f, threads, &verdict);
	double verified = now() - begin;
	if (verdict.part != DRAW_GOOD) fail(verdict.why.p);
	if (argc > 3) leave(argv[3], &f);
	(void)printf("{\"tickets\":%lld,\"threads\":%u,\"draw_s\":%.2f,\"verify_s\":%.2f,\"winners\":%lld}\n",
	        (long long)n, threads, drawn, verified, (long long)verdict.winners);
	arena_free(a);
	return 0;
}
