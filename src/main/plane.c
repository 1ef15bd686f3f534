#include "main/plane.h"
#include "kernel/db/db.h"
#include "kernel/plane/plane.h"
#include "main/compose.h"
#include "main/plane_in.h"
#include "main/plane_out.h"
#include "services/invoice/verify/rebuild.h"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EVERY_MAX = 86400 };

struct arguments {
	const char *data, *db, *to, *from, *key;
	bool full;
	int64_t every; /* seconds between rounds; 0: one round */
};

static bool read_every(const char *text, int64_t *out)
{
	return !text || (str_to_int(str_c(text), out) && *out >= 1 && *out <= EVERY_MAX);
}

static bool read_arguments(int argc, char **argv, struct arguments *in)
{
	const char *every = NULL;
	const struct {
		const char *name, **to;
	} options[] = { { "--data", &in->data }, { "--db", &in->db }, { "--to", &in->to }, { "--from", &in->from },
		{ "--key", &in->key }, { "--every", &every } };
	for (int i = 3; i < argc; i++) {
		const char **to = NULL;
		for (size_t k = 0; k < sizeof options / sizeof *options; k++)
			if (strcmp(argv[i], options[k].name) == 0) to = options[k].to;
		if (strcmp(argv[i], "--full") == 0) {
			in->full = true;
			continue;
		}
		if (!to || ++i == argc) return false;
		*to = argv[i];
	}
	return in->data != NULL && read_every(every, &in->every);
}

/* Beside a running server, as fsck. */
static int with_store(const struct arguments *in, err_t (*fn)(struct ctx *c, const struct arguments *in))
{
	struct app app;
	struct ctx c;
	struct options o = {
		.listen = "", .data = in->data, .db = in->db ? in->db : getenv("ETAX_DB"), .checking = true
	};
	if (!compose_exists(&o)) return 2;
	struct arena *a = arena_new();
	err_t e = compose_open(&app, &o);
	if (e == OK) {
		ctx_init(&c, &app, a);
		c.db = db_open(&app, a);
		e = c.db ? fn(&c, in) : E_INTERNAL;
		db_close(c.db);
	}
	compose_close(&app);
	arena_free(a);
	if (e != OK) (void)fputs("etaxd: the plane could not be read or written\n", stderr);
	return e == OK ? 0 : 1;
}

static err_t rebuild(struct ctx *c, const struct arguments *in)
{
	int64_t n, position;
	(void)in;
	TRY(verify_rebuild(c, c->app->plane, &n, &position));
	return printf("%lld invoices up to event %lld\n", (long long)n, (long long)position) > 0 ? OK : E_INTERNAL;
}

/* --- rounds: once, or every so many seconds until a signal --- */

static bool another_round(const struct arguments *in)
{
	sigset_t stop;
	const struct timespec wait = { .tv_sec = in->every };
	if (!in->every) return false;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	return sigtimedwait(&stop, NULL, &wait) < 0;
}

static void block_signals(void)
{
	sigset_t stop;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	(void)pthread_sigmask(SIG_BLOCK, &stop, NULL);
}

static err_t export(struct ctx *c, const struct arguments *in)
{
	err_t e;
	bool full = in->full;
	struct db *db = c->db;
	struct arena *a = c->arena;
	int64_t said = -1, from, to;
	block_signals();
	do {
		arena_reset(a);
		ctx_init(c, c->app, a);
		c->db = db;
		e = plane_refresh(c->app->plane);
		if (e == OK) e = plane_out(c, in->to, full, &from, &to);
		if (e == OK && to != said) (void)printf("from %lld to %lld\n", (long long)from, (long long)to);
		(void)fflush(stdout);
		if (e == OK) said = to;
		full = full && e != OK;
		if (e != OK && in->every) (void)fputs("etaxd: this round could not be written\n", stderr);
	} while (another_round(in));
	return in->every ? OK : e;
}

static int import(const struct arguments *in)
{
	bool good;
	int64_t said = -1, position;
	struct reader *r = plane_in_open(in->data, in->from, in->key);
	if (!r) return 1;
	block_signals();
	do {
		good = plane_in(r, &position);
		if (good && position != said) (void)printf("at event %lld\n", (long long)position);
		(void)fflush(stdout);
		said = position;
	} while (another_round(in));
	plane_in_close(r);
	return good || in->every ? 0 : 1;
}

static const char usage[] = "etaxd plane rebuild --data DIR [--db URL]\n"
                            "etaxd plane export --data DIR [--db URL] --to DIR [--full] [--every SECONDS]\n"
                            "etaxd plane import --data DIR --from DIR|URL --key K [--every SECONDS]\n";

int plane_main(int argc, char **argv)
{
	struct arguments in = { 0 };
	bool good = argc > 2 && read_arguments(argc, argv, &in);
	if (good && strcmp(argv[2], "rebuild") == 0) return with_store(&in, rebuild);
	if (good && strcmp(argv[2], "export") == 0 && in.to) return with_store(&in, export);
	if (good && strcmp(argv[2], "import") == 0 && in.from && in.key) return import(&in);
	(void)fputs(usage, stderr);
	return 2;
}
