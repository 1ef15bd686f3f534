/* The plane built anew: N invoices (default 5,000,000) appended in order; the same from events of the log, which are
 * read by issue_event_next and sorted as the rebuild does. One line of JSON. */
#include "kernel/plane/plane.h"
#include "services/invoice/issue/issue.h"
#include "services/invoice/verify/feed.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* 26332 and fifteen digits, packed. */
static void key_of(int64_t n, struct plane_key *key)
{
	char digits[24];
	int len = snprintf(digits, sizeof digits, "26332%015lld", (long long)n);
	(void)plane_key_digits((struct str){ digits, (size_t)len }, key);
}

/* Without snprintf: what is measured is the plane. */
static void next_key(struct plane_key *key)
{
	for (size_t i = sizeof key->b; i-- > 0;) {
		unsigned char b = key->b[i];
		if ((b & 15) < 9) {
			key->b[i]++;
			return;
		}
		b = (unsigned char)((b & 0xf0) + 0x10);
		key->b[i] = b;
		if (b < 0xa0) return;
		key->b[i] = 0;
	}
}

static double append(struct plane *p, int64_t n)
{
	struct plane_rebuild *r;
	struct plane_key key;
	unsigned char bytes[FACT_SIZE];
	struct fact f = { .state = FACT_VALID, .total = FEN(113000), .date = { 2026, 11, 24 } };
	double start = now();
	key_of(0, &key);
	if (plane_rebuild_begin(p, &r) != OK) exit(1);
	for (int64_t i = 0; i < n; i++) {
		next_key(&key);
		f.total.fen = i;
		fact_pack(&f, bytes);
		if (plane_rebuild_append(r, PLANE_INVOICE, &key, (struct str){ (const char *)bytes, FACT_SIZE }) != OK)
			exit(1);
	}
	if (plane_rebuild_commit(r, n) != OK) exit(1);
	return now() - start;
}

/* A body of the event invoice.issued, read as the rebuild reads it. */
static double events(int64_t n)
{
	struct arena *a = arena_new();
	struct buf b;
	enum { LINES = 1000 };
	buf_init(&b, a, 1 << 18);
	for (int i = 0; i < LINES; i++) {
		struct invoice_event e = { .number = str_printf(a, "26332%015d", i + 1),
			.kind = S("special"),
			.seller_name = S("杭州海川精密机械有限公司"),
			.buyer_name = S("远帆纺织进出口有限公司"),
			.original = S(""),
			.sales = S("0:130000:1:100000:13000"),
			.seller_id = 1,
			.buyer_id = 2,
			.issued_at = 1,
			.total = FEN(113000) };
		issue_event_put(&b, &e);
	}
	double start = now();
	int64_t got = 0;
	struct plane_key key;
	for (int64_t i = 0; i < n; i += LINES) {
		struct str rest = buf_done(&b);
		struct invoice_event e;
		while (issue_event_next(&rest, &e))
			got += plane_key_digits(e.number, &key);
	}
	double took = now() - start;
	if (got < n) exit(1);
	arena_free(a);
	return took;
}

int main(int argc, char **argv)
{
	int64_t n = argc > 1 ? atoll(argv[1]) : 5000000;
	char dir[] = "/var/tmp/etax-plane-bench-XXXXXX", command[100];
	struct plane *p;
	if (!mkdtemp(dir) || plane_open(&p, dir, false) != OK) return 1;
	double appended = append(p, n), read = events(n);
	plane_close(p);
	printf("{\"invoices\":%lld,\"append_s\":%.3f,\"append_per_s\":%.0f,\"events_per_s\":%.0f}\n", (long long)n,
	        appended, (double)n / appended, (double)n / read);
	(void)snprintf(command, sizeof command, "%s/plane", dir);
	for (int i = 1; i < 4; i++)
		for (int k = 0; k < 2; k++) {
			char path[120];
			(void)snprintf(path, sizeof path, "%s/%d.mdb%s", command, i, k ? "-lock" : "");
			(void)unlink(path);
		}
	char current[120];
	(void)snprintf(current, sizeof current, "%s/current", command);
	(void)unlink(current);
	(void)rmdir(command);
	(void)rmdir(dir);
	return 0;
}
