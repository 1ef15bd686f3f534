/* Validator: files a second on one core, from memory (issue 3 §7: 30,000 XML and 10,000 OFD). The OFD's seal costs
 * three SM2 verifications on top, told apart. Usage: validate_bench FILE.xml FILE.json FILE.ofd …
 * validate_bench --times N FILE: N times the rules alone, for counting instructions (valgrind --tool=callgrind). */
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

static int repeat(long times, const char *path)
{
	struct arena *file = arena_new(), *a = arena_new();
	struct str bytes;
	struct spec_report r;
	bool good = offline_read(file, path, &bytes);
	for (; good && times > 0; times--) {
		arena_reset(a);
		spec_validate(a, bytes, &r);
		good = spec_valid(&r);
	}
	arena_free(a);
	arena_free(file);
	return !good;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "--times") == 0) return repeat(strtol(argv[2], NULL, 10), argv[3]);
	int bad = argc < 2;
	for (int i = 1; i < argc && !bad; i++)
		bad = measure(argv[i], false) || measure(argv[i], true);
	return bad;
}
