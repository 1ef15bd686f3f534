/* libmicrohttpd behind http.h. Epoll threads take requests; workers answer them: a request for a worker is suspended,
 * queued (bounded) and resumed when its answer is ready; a streamed answer comes back for each piece. Debian's 0.9.75
 * lets a second Content-Length pass, so heads are checked before anything is read (http_head.c). Clients that send
 * their head slowly are nginx's business. */
#include "kernel/http/http_exchange.h"
#include "kernel/log/log.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The body is complete: answers here, or sends it to a worker. */
static enum MHD_Result dispatch(struct http_server *s, struct exchange *x)
{
	if (x->too_large)
		exchange_refuse(s, x, E_TOO_LARGE, 413);
	else if (x->no_room || !http_body_done(&x->body, &x->r.body)) {
		log_event(LOG_ERROR_LEVEL, "no-room-for-body", STR_NONE, NULL);
		exchange_refuse(s, x, E_BUSY, 503);
	} else if (x->gate.class == OP_FAST) {
		exchange_ready_thread(s, OP_FAST);
		(void)exchange_answer_here(s, x);
	} else if (worker_enqueue(s, x, false))
		return MHD_YES;
	else {
		exchange_refuse(s, x, E_BUSY, 503);
		exchange_set_retry(x);
	}
	return exchange_send_out(x);
}

enum MHD_Result exchange_on_request(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
        const char *version, const char *data, size_t *n, void **state)
{
	struct http_server *s = arg;
	struct exchange *x = *state;
	(void)connection, (void)url, (void)version;
	if (!x->started) {
		exchange_start(s, x, method);
		return x->answered ? exchange_send_out(x) : MHD_YES;
	}
	if (*n) {
		bool goes_on = exchange_take_body(x, data, *n);
		*n = 0;
		return goes_on ? MHD_YES : MHD_NO;
	}
	return x->answered ? exchange_send_out(x) : dispatch(s, x);
}

void exchange_on_completed(
        void *arg, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
	struct http_server *s = arg;
	struct exchange *x = *state;
	(void)why;
	if (!x) return;
	if (x->out.stream_end) exchange_end_stream(x);
	if (x->early) linger_take(x->loop, connection);
	if (x->started) {
		int class = x->out.status / 100;
		metric_add(s->answers[class >= 1 && class <= 5 ? class : 0], 1);
		metric_observe(s->seconds, http_monotonic_us() - x->r.arrived);
		metric_add(s->flying, -1);
	}
	bool counted = x->started;
	exchange_give_arena(s, x->r.arena);
	*state = NULL;
	if (!counted || atomic_fetch_sub(&s->in_flight, 1) != 1 || !atomic_load(&s->draining)) return;
	pthread_mutex_lock(&s->lock);
	pthread_cond_broadcast(&s->idle);
	pthread_mutex_unlock(&s->lock);
}

/* --- start and stop --- */

struct str http_server_address(const struct http_server *s)
{
	return str_c(s->listener.address);
}

static void register_metrics(struct http_server *s)
{
	static const char *const classes[] = { "class=\"other\"", "class=\"1xx\"", "class=\"2xx\"", "class=\"3xx\"",
		"class=\"4xx\"", "class=\"5xx\"" };
	struct metrics *m = s->app ? s->app->metrics : NULL;
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		s->answers[i] = metrics_counter(m, "etax_http_answers_total", classes[i], "Answers by class of status");
	s->seconds = metrics_histogram(m, "etax_http_seconds", "", "Time from request line to last byte");
	s->flying = metrics_gauge(m, "etax_http_in_flight", "", "Requests being served");
	s->queued = metrics_counter(m, "etax_http_queued_total", "", "Requests and pieces given to workers");
	s->refused =
	        metrics_counter(m, "etax_http_queue_full_total", "", "Requests refused because the queue was full");
}

err_t http_server_start(struct app *app, const struct http_config *config, struct http_server **out)
{
	struct http_server *s = calloc(1, sizeof *s);
	if (!s) abort();
	s->app = app;
	s->config = *config;
	if (!s->config.queue) s->config.queue = 2048;
	if (!s->config.deadline_ms) s->config.deadline_ms = 30000;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->idle, NULL);
	if (pthread_key_create(&s->spare, exchange_free_arena) != 0) abort();
	if (!http_listen(config->listen, &s->listener)) {
		log_event(LOG_ERROR_LEVEL, "listen-refused", STR_NONE, "listen", config->listen, "why", s->listener.why,
		        NULL);
		free(s);
		return E_INPUT;
	}
	register_metrics(s);
	worker_start_all(s);
	*out = s;
	return loop_start_all(s);
}

void http_server_stop(struct http_server *s, unsigned grace_ms)
{
	struct timespec until;
	atomic_store(&s->draining, true);
	int timed_out = 0;
	loop_quiesce_all(s);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += grace_ms / 1000;
	until.tv_nsec += grace_ms % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	pthread_mutex_lock(&s->lock);
	while (atomic_load(&s->in_flight) && !timed_out)
		timed_out = pthread_cond_timedwait(&s->idle, &s->lock, &until);
	s->closing = true;
	for (; s->sleeping; s->sleeping = s->sleeping->next) {
		s->sleeping->called = true;
		pthread_cond_signal(&s->sleeping->wake);
	}
	pthread_mutex_unlock(&s->lock);
	if (timed_out) log_event(LOG_WARN_LEVEL, "drain-cut-short", STR_NONE, NULL);
	for (unsigned i = 0; i < s->n_workers; i++)
		pthread_join(s->workers[i].thread, NULL);
	loop_stop_all(s);
	arena_free(pthread_getspecific(s->spare)); /* what was completed by this thread, just now */
	(void)pthread_key_delete(s->spare);
	if (s->listener.is_unix) (void)unlink(s->listener.address + strlen("unix:"));
	free(s);
}
