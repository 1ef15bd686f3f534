/* A server of its own, without a database: a key, the keys of the log, and the last size and root that it signed. That
 * state is durable before the answer goes out, or a power cut could make it sign two histories. */
#include "main/witness.h"
#include "kernel/clock/clock.h"
#include "kernel/http/http.h"
#include "kernel/metrics/metrics.h"
#include "kernel/tlog/witness.h"
#include "main/instance.h"
#include "main/offline.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SEED = 32, WORKERS = 4, DRAIN_MS = 5000, STATE_MAX = 256, HEAD_BYTES = 8 * 1024 };

struct witness {
	const char *data, *listen;
	struct str name;
	struct offline_keys log;
	struct crypto_key *key;
	struct str verifier; /* "NAME+id+key\n" */
	pthread_mutex_t lock;
	struct witness_state state;
	struct app app;
	struct clock clock;
};

/* --- files --- */

static bool read_small(struct arena *a, const char *path, struct str *out)
{
	char bytes[STATE_MAX];
	*out = STR_NONE;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) return errno == ENOENT;
	ssize_t n = read(fd, bytes, sizeof bytes);
	(void)close(fd);
	if (n < 0) return false;
	*out = (struct str){ arena_dup(a, bytes, (size_t)n), (size_t)n };
	crypto_wipe(bytes, sizeof bytes);
	return true;
}

static bool sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) return false;
	bool good = fsync(fd) == 0;
	(void)close(fd);
	return good;
}

/* Whole to a new file, then renamed; durable when it returns. */
static bool write_small(struct arena *a, const char *folder, const char *name, struct str bytes)
{
	struct str path = str_printf(a, "%s/%s", folder, name), draft = str_printf(a, "%s/%s.new", folder, name);
	int fd = open(draft.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) return false;
	bool good = write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n && fsync(fd) == 0;
	return close(fd) == 0 && good && rename(draft.p, path.p) == 0 && sync_folder(folder);
}

static bool load_key(struct arena *a, struct witness *w)
{
	unsigned char seed[SEED];
	struct str bytes;
	if (!read_small(a, str_printf(a, "%s/witness.ed25519", w->data).p, &bytes)) return false;
	if (bytes.p && bytes.n != SEED) return false;
	if (bytes.p)
		memcpy(seed, bytes.p, SEED);
	else
		crypto_random(seed, SEED);
	bool kept =
	        bytes.p || write_small(a, w->data, "witness.ed25519", (struct str){ (const char *)seed, sizeof seed });
	w->key = crypto_ed25519_from_seed(seed);
	crypto_wipe(seed, sizeof seed);
	return kept && w->key;
}

/* "SIZE\nROOT\n": as the two lines of a checkpoint, under the log's name. */
static bool load_state(struct arena *a, struct witness *w)
{
	struct str bytes;
	struct tlog_checkpoint cp;
	if (!read_small(a, str_printf(a, "%s/state", w->data).p, &bytes)) return false;
	if (!bytes.p) return true;
	if (!tlog_checkpoint_parse(a, bytes, &cp) || !str_eq(cp.origin, w->log.list[0].name)) return false;
	w->state = (struct witness_state){ cp.size, cp.root };
	return true;
}

/* --- answering --- */

static struct http_gate gate(void *arg, struct http_request *r)
{
	(void)arg, (void)r;
	return (struct http_gate){ OP_WORK, WITNESS_REQUEST_MAX, 0 };
}

static void say(struct http_response *out, int status, const char *media, struct str body)
{
	out->status = status;
	out->body = body;
	http_set(out, "Content-Type", str_c(media));
}

static void problem(void *arg, struct http_request *r, err_t kind, int status, struct http_response *out)
{
	(void)arg, (void)kind;
	say(out, status, "text/plain", str_printf(r->arena, "%d\n", status));
}

/* Judged and kept under one lock: two requests from one old size cannot both be signed. */
static struct witness_verdict judge_and_keep(struct witness *w, struct arena *a, struct str body)
{
	pthread_mutex_lock(&w->lock);
	struct witness_verdict v = witness_judge(a, body, w->log.list, w->log.n, &w->state);
	if (v.status == 200 && v.next.size > w->state.size) {
		struct str text = tlog_checkpoint_text(a, w->log.list[0].name, v.next.size, &v.next.root);
		if (write_small(a, w->data, "state", text))
			w->state = v.next;
		else
			v.status = 500;
	}
	if (v.status == 409) v.next = w->state;
	pthread_mutex_unlock(&w->lock);
	return v;
}

static void add_checkpoint(struct witness *w, struct http_request *r, struct http_response *out)
{
	struct witness_verdict v = judge_and_keep(w, r->arena, r->body);
	if (v.status == 200)
		say(out, 200, "text/plain; charset=utf-8",
		        tlog_signature_line(
		                r->arena, v.text, w->name, TLOG_COSIGNATURE, w->key, clock_now(&w->clock) / 1000000));
	else if (v.status == 409)
		say(out, 409, WITNESS_SIZE_MEDIA, str_printf(r->arena, "%lld\n", (long long)v.next.size));
	else
		say(out, v.status, "text/plain", str_printf(r->arena, "%d\n", v.status));
}

static void handle(void *arg, struct http_request *r, struct http_response *out)
{
	struct witness *w = arg;
	if (r->method == POST && str_is(r->path, "/add-checkpoint"))
		add_checkpoint(w, r, out);
	else if (r->method == GET && str_is(r->path, "/"))
		say(out, 200, "text/plain; charset=utf-8", w->verifier);
	else
		say(out, 404, "text/plain", S("404\n"));
}

static void *no_state(void *arg, enum op_class class)
{
	(void)class;
	return arg;
}

/* --- starting --- */

static bool serve(struct witness *w)
{
	struct http_server *server;
	sigset_t stop;
	int got;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	pthread_sigmask(SIG_BLOCK, &stop, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	struct http_config config = { .listen = w->listen,
		.workers = WORKERS,
		.head_bytes = HEAD_BYTES,
		.gate = gate,
		.handle = handle,
		.problem = problem,
		.thread_start = no_state,
		.arg = w };
	if (http_server_start(&w->app, &config, &server) != OK) return false;
	(void)printf("witness %.*slistening on %s\n", STR_FMT(w->verifier), http_server_address(server).p);
	(void)fflush(stdout);
	(void)sigwait(&stop, &got);
	http_server_stop(server, DRAIN_MS);
	return true;
}

static bool arguments(struct arena *a, int argc, char **argv, struct witness *w)
{
	const char *log = NULL, *name = NULL;
	bool good = true;
	for (int i = 2; i < argc; i += 2) {
		const char **to = strcmp(argv[i], "--data") == 0     ? &w->data
		                  : strcmp(argv[i], "--listen") == 0 ? &w->listen
		                  : strcmp(argv[i], "--log") == 0    ? &log
		                  : strcmp(argv[i], "--name") == 0   ? &name
		                                                     : NULL;
		good = good && to && i + 1 < argc;
		if (good) *to = argv[i + 1];
	}
	if (!good || !w->data || !log || !name || !tlog_origin_valid(str_c(name))) {
		(void)fprintf(stderr,
		        "etaxd witness --data DIR --log K --name NAME [--listen 127.0.0.1:8090|unix:PATH]\n"
		        "K: the log's verifier key or a file with them; NAME without blanks and +\n");
		return false;
	}
	w->name = str_c(name);
	if (!offline_keys_read(a, log, &w->log)) return false;
	for (size_t i = 1; i < w->log.n; i++)
		if (!str_eq(w->log.list[i].name, w->log.list[0].name))
			return fprintf(stderr, "etaxd: %s holds keys of several logs\n", log) < 0;
	return true;
}

static bool run(struct arena *a, struct witness *w)
{
	if (mkdir(w->data, 0700) != 0 && errno != EEXIST) return fprintf(stderr, "etaxd: no %s\n", w->data) < 0;
	/* Two on one state would sign two histories. */
	if (!instance_name(a, w->data)) return fprintf(stderr, "etaxd: another one runs on %s\n", w->data) < 0;
	if (!load_key(a, w) || !load_state(a, w))
		return fprintf(stderr, "etaxd: key or state in %s cannot be read, or is of another log\n", w->data) < 0;
	struct str line = tlog_verifier_string(a, w->name, TLOG_COSIGNATURE, w->key);
	w->verifier = str_printf(a, "%.*s\n", STR_FMT(line));
	w->app.clock = &w->clock;
	w->app.metrics = metrics_new();
	bool good = serve(w);
	metrics_free(w->app.metrics);
	return good;
}

int witness_main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct witness *w = arena_new_of(a, struct witness);
	w->listen = "127.0.0.1:8090";
	pthread_mutex_init(&w->lock, NULL);
	bool known = arguments(a, argc, argv, w), good = known && run(a, w);
	crypto_key_free(w->key);
	arena_free(a);
	return good ? 0 : known ? 1 : 2;
}
