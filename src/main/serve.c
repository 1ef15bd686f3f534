#include "kernel/access/access.h"
#include "kernel/http/http.h"
#include "kernel/job/runner.h"
#include "kernel/log/log.h"
#include "kernel/operation/pipeline.h"
#include "kernel/outbox/runner.h"
#include "kernel/plane/plane.h"
#include "kernel/receipt/cosigner.h"
#include "main/compose.h"
#include "main/memory.h"
#include "main/offline.h"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

enum { DRAIN_MS = 25000 };

/* Blocked in every thread; only the main one takes them, by sigwait. */
static void block_signals(sigset_t *stop)
{
	sigemptyset(stop);
	sigaddset(stop, SIGTERM);
	sigaddset(stop, SIGINT);
	pthread_sigmask(SIG_BLOCK, stop, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

static struct http_config config_of(struct app *app, const struct options *o)
{
	return (struct http_config){ .listen = o->listen,
		.workers = o->workers,
		.gate = pipeline_gate,
		.handle = pipeline_handle,
		.allow = pipeline_allow,
		.problem = pipeline_problem,
		.thread_start = pipeline_thread_start,
		.thread_end = pipeline_thread_end,
		.arg = app };
}

static err_t serve_until(
        struct app *app, struct arena *lifetime, const struct http_config *config, const sigset_t *stop)
{
	struct http_server *server = NULL;
	TRY(http_server_start(app, config, &server));
	/* Jobs run already and may look for it: a copy that outlives them. */
	__atomic_store_n(&app->address, str_dup(lifetime, http_server_address(server)).p, __ATOMIC_RELEASE);
	memory_settle();
	(void)printf("listening on %s\n", http_server_address(server).p);
	(void)fflush(stdout);
	/* Another process may have built a new plane: looks once a second (plane.h). */
	const struct timespec second = { .tv_sec = 1 };
	while (sigtimedwait(stop, NULL, &second) < 0)
		if (app->plane && plane_refresh(app->plane) != OK)
			log_event(LOG_WARN_LEVEL, "plane-not-refreshed", STR_NONE, NULL);
	log_event(LOG_INFO_LEVEL, "draining", STR_NONE, NULL);
	__atomic_store_n(&app->address, NULL, __ATOMIC_RELEASE);
	http_server_stop(server, DRAIN_MS);
	return OK;
}

static err_t start_cosigner(struct app *app, struct arena *lifetime, const char *path)
{
	struct str text;
	unsigned line = 0;
	if (!path) return OK;
	if (offline_read(lifetime, path, &text) && cosigner_start(app, text, &line) == OK) return OK;
	(void)fprintf(stderr, "etaxd: %s, line %u: no witness (URL VERIFIER-KEY)\n", path, line);
	return E_INPUT;
}

int serve_main(const struct options *o)
{
	struct app app;
	sigset_t stop;
	block_signals(&stop);
	struct arena *lifetime = arena_new();
	struct http_config config = config_of(&app, o);
	err_t e = compose_open(&app, o);
	if (e == OK) e = access_start(&app);
	if (e == OK) e = outbox_start(&app);
	if (e == OK) e = job_start(&app);
	if (e == OK) e = start_cosigner(&app, lifetime, o->witnesses);
	if (e == OK) e = pipeline_start(&app, lifetime);
	if (e == OK) e = serve_until(&app, lifetime, &config, &stop);
	cosigner_stop(&app);
	job_stop(&app);
	outbox_stop(&app);
	access_stop(&app);
	compose_close(&app);
	arena_free(lifetime);
	return e == OK ? 0 : 1;
}

/* Without a database: operations of class FAST answer from the plane, all others say that they are not here. */
static void *no_database(void *arg, enum op_class class)
{
	(void)arg, (void)class;
	return NULL;
}

int verify_main(const struct options *o)
{
	struct app app;
	sigset_t stop;
	block_signals(&stop);
	struct arena *lifetime = arena_new();
	struct http_config config = config_of(&app, o);
	config.thread_start = no_database;
	config.thread_end = NULL;
	config.head_bytes = 8 * 1024; /* questions to the plane are short */
	err_t e = compose_open_plane(&app, o);
	if (e == OK) e = pipeline_start(&app, lifetime);
	if (e == OK) e = serve_until(&app, lifetime, &config, &stop);
	compose_close_plane(&app);
	arena_free(lifetime);
	return e == OK ? 0 : 1;
}
