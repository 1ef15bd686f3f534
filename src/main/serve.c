#include "kernel/http/http.h"
#include "kernel/log/log.h"
#include "kernel/operation/pipeline.h"
#include "kernel/outbox/runner.h"
#include "main/compose.h"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

enum { DRAIN_MS = 25000 };

static err_t serve_until(struct app *app, const struct options *o, const sigset_t *stop, struct arena *lifetime)
{
	struct http_server *server = NULL;
	struct http_config config = { .listen = o->listen,
		.workers = o->workers,
		.gate = pipeline_gate,
		.handle = pipeline_handle,
		.problem = pipeline_problem,
		.thread_start = pipeline_thread_start,
		.thread_end = pipeline_thread_end,
		.arg = app };
	TRY(pipeline_start(app, lifetime));
	TRY(http_server_start(app, &config, &server));
	(void)printf("listening on %s\n", http_server_address(server).p);
	(void)fflush(stdout);
	int signal_number = 0;
	(void)sigwait(stop, &signal_number);
	log_event(LOG_INFO_LEVEL, "draining", STR_NONE, NULL);
	http_server_stop(server, DRAIN_MS);
	return OK;
}

int serve_main(const struct options *o)
{
	struct app app;
	sigset_t stop;
	/* Blocked in every thread; only the main one takes them, by sigwait. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	pthread_sigmask(SIG_BLOCK, &stop, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	err_t e = compose_open(&app, o);
	if (e == OK) e = outbox_start(&app);
	struct arena *lifetime = arena_new();
	if (e == OK) e = serve_until(&app, o, &stop, lifetime);
	outbox_stop(&app);
	compose_close(&app);
	arena_free(lifetime);
	return e == OK ? 0 : 1;
}
