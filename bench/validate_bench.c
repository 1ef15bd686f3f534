/* Validator: files a second on one core, from memory (issue 3 §7: 30,000 XML and 10,000 OFD). The OFD's seal costs
 * three SM2 verifications on top, told apart. Usage: validate_bench FILE.xml FILE.json FILE.ofd …
 * validate_bench --times|--together N FILE: N times the rules alone (sixteen together), for counting instructions
 * (valgrind --tool=callgrind). */
#include "main/memory.h"
#include "main/offline.h"
#include "services/invoice/issue/spec/verify.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t now_ns(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

enum { TOGETHER = 16 };

/* Sixteen files together, as etaxd invoice validate FILE… does it. */
static int measure_many(const char *path)
{
	struct arena *file = arena_new(), *a = arena_new();
	struct str bytes[TOGETHER];
	static struct spec_report r[TOGETHER];
	int64_t n = 0, from, took = 0;
	for (int i = 0; i < TOGETHER; i++)
		if (!offline_read(file, path, &bytes[i])) return 1;
	for (from = now_ns(); took < 2000000000; took = now_ns() - from, n += TOGETHER) {
		arena_reset(a);
		spec_validate_many(a, bytes, TOGETHER, r);
		for (int i = 0; i < TOGETHER; i++)
			if (!spec_valid(&r[i])) return fprintf(stderr, "%s is not valid\n", path) < 0 ? 2 : 1;
	}
	(void)printf("%-8s %6zu bytes  %-24s %8lld files/s\n", r[0].format, bytes[0].n, "the same, 16 together",
	        (long long)(n * 1000000000 / took));
	arena_free(a);
	arena_free(file);
	return 0;
}

static int measure(const char *path, bool keys)
{
	struct arena *file = arena_new(), *a = arena_new();
	struct str bytes;
	int64_t n = 0, from, took = 0;
	struct spec_report r;
	if (!offline_read(file, path, &bytes)) return 1;
	for (from = now_ns(); took < 2000000000; took = now_ns() - from)
		for (int i = 0; i < 100; i++, n++) {
			arena_reset(a);
			spec_validate(a, bytes, &r);
			if (keys) spec_verify(&r, bytes, NULL, 0);
			if (!spec_valid(&r)) return fprintf(stderr, "%s is not valid\n", path) < 0 ? 2 : 1;
		}
	(void)printf("%-8s %6zu bytes  %-24s %8lld files/s\n", r.format, bytes.n,
	        keys ? "rules and signatures" : "rules, hashes, digests", (long long)(n * 1000000000 / took));
	arena_free(a);
	arena_free(file);
	return 0;
}

static int repeat(long times, size_t together, const char *path)
{
	struct arena *file = arena_new(), *a = arena_new();
	struct str bytes[TOGETHER];
	static struct spec_report r[TOGETHER];
	bool good = offline_read(file, path, bytes);
	for (size_t i = 1; i < TOGETHER; i++)
		bytes[i] = bytes[0];
	for (; good && times > 0; times -= (long)together) {
		arena_reset(a);
		spec_validate_many(a, bytes, together, r);
		good = spec_valid(&r[0]);
	}
	arena_free(a);
	arena_free(file);
	return !good;
}

int main(int argc, char **argv)
{
	memory_keep();
	if (argc == 4 && strcmp(argv[1], "--times") == 0) return repeat(strtol(argv[2], NULL, 10), 1, argv[3]);
	if (argc == 4 && strcmp(argv[1], "--together") == 0)
		return repeat(strtol(argv[2], NULL, 10), TOGETHER, argv[3]);
	int bad = argc < 2;
	for (int i = 1; i < argc && !bad; i++)
		bad = measure(argv[i], false) || measure_many(argv[i]) || measure(argv[i], true);
	return bad;
}
