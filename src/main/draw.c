#include "main/draw.h"
#include "base/arena.h"
#include "kernel/receipt/verify.h"
#include "kernel/value/value.h"
#include "main/offline.h"
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

/* --- when it was published --- */

static struct value *object_of(struct arena *a, struct str text)
{
	struct value *v;
	struct json_fault where;
	return json_parse(a, text, &v, &where) == OK && v->kind == VALUE_OBJECT ? v : value_object(a);
}

static bool same(const struct value *act, const struct value *file, const char *member)
{
	const struct value *x = value_get(act, str_c(member)), *y = value_get(file, str_c(member));
	if (!x || !y || x->kind != y->kind) return false;
	return x->kind == VALUE_STR ? str_eq(x->str, y->str)
	                            : value_number(act, member, -1) == value_number(file, member, -2);
}

struct published {
	const char *proof, *file, *what, *time;
	const char *members[5]; /* ended by NULL */
};
static const struct published commitment = { "commitment.tlog-proof", "commitment.json", "committed", "committed_at",
	{ "draw", "commitment", "rules", "round" } };
static const struct published root = { "root.tlog-proof", "root.json", "frozen", "frozen_at",
	{ "draw", "size", "root" } };

/* The log's entry says what the file says, at the time that stands in it. */
static bool entry_says(
        struct arena *a, const struct receipt_facts *facts, const struct published *p, const struct value *file)
{
	const struct value *act = object_of(a, facts->act);
	if (facts->kind != ACT_LOTTERY_DRAW || !str_is(value_text(act, "what"), p->what)) return false;
	for (size_t i = 0; p->members[i]; i++)
		if (!same(act, file, p->members[i])) return false;
	return str_eq(value_text(file, p->time), instant_format(a, facts->at));
}

/* false: told what is wrong. What can not be proven here is told as such. */
static bool check_published(
        struct arena *a, const char *dir, struct str text, const struct published *p, const struct offline_keys *keys)
{
	struct str proof, path = str_printf(a, "%s/%s", dir, p->proof);
	const struct value *file = object_of(a, text);
	struct receipt_facts facts = { 0 };
	struct str at = value_text(file, p->time);
	if (!at.p && strcmp(p->time, "frozen_at") == 0) return true; /* an instant draw is not frozen */
	if (!keys->n || access(path.p, R_OK) != 0 || !offline_read(a, path.p, &proof)) {
		(void)printf("not proven: %s of %s (needs --key and %s)\n", p->time, p->file, p->proof);
		return true;
	}
	enum receipt_part part = receipt_verify(a, proof, keys->list, keys->n, &facts);
	if (part != RECEIPT_GOOD) return printf("FAILED %s: %s of the proof\n", p->proof, receipt_part_names[part]) < 0;
	if (!entry_says(a, &facts, p, file))
		return printf("FAILED %s: the log has another %s, or at another time\n", p->file, p->what) < 0;
	(void)printf("%s at %.*s: in the log, entry %lld of %lld\n", p->what, STR_FMT(at), (long long)facts.index + 1,
	        (long long)facts.size);
	return true;
}

static int verify(struct arena *a, const char *dir, const char *key)
{
	struct offline_keys *keys = arena_new_of(a, struct offline_keys);
	*keys = (struct offline_keys){ .n = 0 };
	if (key && !offline_keys_read(a, key, keys)) return 2;
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
	if (!check_published(a, dir, f.commitment, &commitment, keys) || !check_published(a, dir, f.root, &root, keys))
		return 1;
	(void)printf(
	        "ok: draw %.*s, run again with the same winners\nlines %lld\nwinners %lld\nprizes %.*s\n"
	        "the beacon's randomness is SHA-256 of its signature; whether the signature is the network's is not "
	        "checked here\n",
	        STR_FMT(v.draw), (long long)v.tickets, (long long)v.winners, STR_FMT(paid));
	return 0;
}

int draw_main(int argc, char **argv)
{
	bool keyed = argc == 6 && strcmp(argv[4], "--key") == 0;
	if ((argc != 4 && !keyed) || strcmp(argv[2], "verify") != 0) {
		(void)fputs("etaxd draw verify DIR [--key K]   (commitment.tlog-proof root.tlog-proof rules.json "
		            "commitment.json tickets.txt root.json secret.txt "
		            "beacon.json "
		            "winners.json)\n",
		        stderr);
		return 2;
	}
	struct arena *a = arena_new();
	int rc = verify(a, argv[3], keyed ? argv[5] : NULL);
	arena_free(a);
	return rc;
}
