#include "main/draw.h"
#include "base/arena.h"
#include "services/invoice/lottery/draw.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { THREADS = 16 };

/* Mapped, because ten million tickets are 230 MB; the end of the process lets go. */
static bool take(struct arena *a, const char *dir, const char *name, struct str *out)
{
	struct stat s;
	int fd = open(str_printf(a, "%s/%s", dir, name).p, O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && fstat(fd, &s) == 0 && S_ISREG(s.st_mode);
	*out = S("");
	if (good && s.st_size) {
		void *p = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		good = p != MAP_FAILED;
		if (good) *out = (struct str){ p, (size_t)s.st_size };
	}
	if (fd >= 0) (void)close(fd);
	if (!good) (void)fprintf(stderr, "etaxd: %s/%s can not be read\n", dir, name);
	return good;
}

static unsigned cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : n > THREADS ? THREADS : (unsigned)n;
}

static int verify(struct arena *a, const char *dir)
{
	struct draw_files f;
	struct draw_verdict v;
	bool good = take(a, dir, "rules.json", &f.rules) && take(a, dir, "commitment.json", &f.commitment) &&
	            take(a, dir, "tickets.txt", &f.tickets) && take(a, dir, "root.json", &f.root) &&
	            take(a, dir, "secret.txt", &f.secret) && take(a, dir, "beacon.json", &f.beacon) &&
	            take(a, dir, "winners.json", &f.winners);
	if (!good) return 2;
	draw_verify(a, &f, cores(), &v);
	if (v.part != DRAW_GOOD)
		return printf("FAILED %s: %.*s\n", draw_part_names[v.part], STR_FMT(v.why)) < 0 ? 2 : 1;
	struct str paid = money_format(a, v.paid);
	(void)printf(
	        "ok: draw %.*s, run again with the same winners\nlines %lld\nwinners %lld\nprizes %.*s\n"
	        "the beacon's randomness is SHA-256 of its signature; whether the signature is the network's is not "
	        "checked here\n",
	        STR_FMT(v.draw), (long long)v.tickets, (long long)v.winners, STR_FMT(paid));
	return 0;
}

int draw_main(int argc, char **argv)
{
	if (argc != 4 || strcmp(argv[2], "verify") != 0) {
		(void)fputs("etaxd draw verify DIR   (rules.json commitment.json tickets.txt root.json secret.txt "
		            "beacon.json "
		            "winners.json)\n",
		        stderr);
		return 2;
	}
	struct arena *a = arena_new();
	int rc = verify(a, argv[3]);
	arena_free(a);
	return rc;
}
