/* libmicrohttpd behind http.h. Epoll threads take requests; workers answer them: a request for a worker is suspended,
 * queued (bounded) and resumed when its answer is ready; a streamed answer comes back for each piece. Debian's 0.9.75
 * lets a second Content-Length pass, so heads are checked before anything is read (http_head.c). Clients that send
 * their head slowly are nginx's business. */
#include "kernel/http/http_internal.h"
#include "kernel/log/log.h"
#include "kernel/metrics/metrics.h"
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_WORKERS = 128, CONNECTIONS = 4096, TIMEOUT_S = 15, PIECE = 64 * 1024 };
/* What is too long is read and thrown away up to here, so that the client gets its 413 instead of a reset. */
enum { DISCARD_MAX = 8 << 20 };
/* A body must arrive at 16 kB/s, after 20 seconds of patience. */
enum { BODY_PATIENCE_US = 20000000, BODY_BYTES_PER_SECOND = 16384 };

struct exchange {
	struct http_server *server;
	struct http_request r;
	struct http_response out;
	struct http_gate gate;
	struct MHD_Connection *connection;
	struct http_header *headers; /* HTTP_HEADERS_MAX */
	struct http_body body;
	struct arena *piece_arena; /* streaming */
	struct buf piece;
	size_t piece_at;
	bool stream_over;
	bool answered, too_large, no_room, started;
	int bad; /* status found at the request line */
	uint64_t discarded;
	int64_t deadline_us;
	struct exchange *next;
};

/* An idle worker sleeps on its own condition; the one that fell asleep last is woken first, so that few threads, whose
 * caches are warm, do the work. */
struct worker {
	struct http_server *server;
	pthread_t thread;
	pthread_cond_t wake;
	struct worker *next; /* idle below it */
	bool called;
};

struct http_server {
	struct app *app;
	struct http_config config;
	struct MHD_Daemon *daemon;
	struct http_listener listener;
	struct worker workers[MAX_WORKERS];
	unsigned n_workers;
	pthread_mutex_t lock;
	pthread_cond_t idle;
	struct worker *sleeping;
	struct exchange *first, *last;
	unsigned waiting;
	bool closing, waking; /* waking: a worker was called and has not come yet */
	_Atomic unsigned in_flight;
	_Atomic bool draining;
	struct metric *answers[6], *seconds, *flying, *queued, *refused;
	pthread_key_t spare; /* a thread's arena between two requests */
};

static _Thread_local void *thread_state;
static _Thread_local bool thread_ready;
static _Thread_local bool later; /* the handler that runs here leaves the answer to http_answered */

void *http_thread_state(void)
{
	return thread_state;
}

static int64_t monotonic_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

/* --- reading the head --- */

static enum MHD_Result take_header(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct exchange *x = arg;
	(void)kind;
	if (x->r.n_headers == HTTP_HEADERS_MAX) {
		x->bad = 431;
		return MHD_NO;
	}
	/* The library keeps both until the request is completed. */
	x->headers[x->r.n_headers++] = (struct http_header){ str_c(name), str_c(value ? value : "") };
	return MHD_YES;
}

/* The peer's address as text, made once a connection. */
static void on_connection(
        void *arg, struct MHD_Connection *connection, void **peer, enum MHD_ConnectionNotificationCode what)
{
	(void)arg;
	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		free(*peer);
		*peer = NULL;
		return;
	}
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	char text[INET6_ADDRSTRLEN] = "";
	if (info && info->client_addr->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)info->client_addr)->sin_addr, text,
		        sizeof text);
	else if (info && info->client_addr->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)info->client_addr)->sin6_addr, text,
		        sizeof text);
	*peer = strdup(text);
}

static struct str client_of(struct http_server *s, struct exchange *x)
{
	if (s->listener.is_unix) return http_real_ip(&x->r);
	const union MHD_ConnectionInfo *info =
	        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return str_c(info && info->socket_context ? info->socket_context : "");
}

static void refuse(struct http_server *s, struct exchange *x, err_t kind, int status)
{
	x->out = (struct http_response){ .status = status };
	s->config.problem(s->config.arg, &x->r, kind, status, &x->out);
	x->answered = true;
}

static void refuse_and_close(struct http_server *s, struct exchange *x, err_t kind, int status)
{
	refuse(s, x, kind, status);
	http_set(&x->out, "Connection", S("close"));
}

static void free_arena(void *a)
{
	arena_free(a);
}

/* A thread keeps the arena of its last request for the next one. */
static struct arena *take_arena(struct http_server *s)
{
	struct arena *a = pthread_getspecific(s->spare);
	if (!a) return arena_new();
	(void)pthread_setspecific(s->spare, NULL);
	return a;
}

static void give_arena(struct http_server *s, struct arena *a)
{
	if (pthread_getspecific(s->spare)) {
		arena_free(a);
		return;
	}
	arena_reset(a);
	if (pthread_setspecific(s->spare, a) != 0) arena_free(a);
}

static void *begin(void *arg, const char *uri, struct MHD_Connection *connection)
{
	struct http_server *s = arg;
	struct arena *a = take_arena(s);
	struct exchange *x = arena_new_of(a, struct exchange);
	x->headers = arena_bytes(a, HTTP_HEADERS_MAX * sizeof *x->headers);
	x->server = s;
	x->r.arena = a;
	x->connection = connection;
	x->r.headers = x->headers;
	x->r.arrived = monotonic_us();
	x->deadline_us = x->r.arrived + s->config.deadline_ms * INT64_C(1000);
	x->bad = http_target(a, str_c(uri), &x->r);
	return x;
}

/* Looks at the head: refuses, or asks the gate. */
static void start(struct http_server *s, struct exchange *x, const char *method)
{
	x->started = true;
	atomic_fetch_add(&s->in_flight, 1);
	metric_add(s->flying, 1);
	MHD_get_connection_values(x->connection, MHD_HEADER_KIND, take_header, x);
	int no_method = http_method(method, &x->r);
	x->r.client = client_of(s, x);
	if (!x->bad) x->bad = http_head_check(&x->r);
	if (x->bad) {
		refuse_and_close(s, x, E_INPUT, x->bad);
		return;
	}
	if (no_method) {
		refuse_and_close(s, x, E_METHOD, no_method);
		if (no_method == 405) http_set(&x->out, "Allow", S("GET, HEAD, POST, PUT, PATCH, DELETE"));
		return;
	}
	x->gate = s->config.gate(s->config.arg, &x->r);
	int64_t length = 0;
	struct str declared = http_header(&x->r, "Content-Length");
	if (declared.p && (!str_to_int(declared, &length) || length > x->gate.max_body)) x->too_large = true;
	if (x->too_large && (length > DISCARD_MAX || http_header(&x->r, "Expect").p))
		refuse_and_close(s, x, E_TOO_LARGE, 413);
	http_body_init(&x->body, x->r.arena);
}

/* false: the client is too slow or sends without end; the connection is cut. */
static bool take_body(struct exchange *x, const char *data, size_t n)
{
	int64_t patience_us = BODY_PATIENCE_US + (int64_t)(x->body.n + x->discarded) * 1000000 / BODY_BYTES_PER_SECOND;
	if (monotonic_us() - x->r.arrived > patience_us) return false;
	if (x->body.n + n > x->gate.max_body) x->too_large = true;
	if (x->too_large || x->no_room) {
		x->discarded += n;
		return x->discarded <= DISCARD_MAX;
	}
	x->no_room = !http_body_add(&x->body, data, n);
	return true;
}

/* --- answering --- */

/* One at a time: it calls the next one itself if it finds more than it can take. Under the lock. */
static void call_worker(struct http_server *s)
{
	struct worker *w = s->sleeping;
	if (!w || s->waking) return;
	s->sleeping = w->next;
	s->waking = w->called = true;
	pthread_cond_signal(&w->wake);
}

/* streamed: comes back for its next piece, and is let in even when the queue is full.
 * false: the queue is full or the server closes. */
static bool enqueue(struct http_server *s, struct exchange *x, bool streamed)
{
	pthread_mutex_lock(&s->lock);
	bool room = (streamed || s->waiting < s->config.queue) && !s->closing;
	if (room) {
		MHD_suspend_connection(x->connection);
		x->next = NULL;
		if (s->last)
			s->last->next = x;
		else
			s->first = x;
		s->last = x;
		s->waiting++;
		call_worker(s);
	}
	pthread_mutex_unlock(&s->lock);
	metric_add(room ? s->queued : s->refused, 1);
	return room;
}

/* On an epoll thread: gives what there is, or sends the exchange to a worker for more. */
static ssize_t next_piece(void *arg, uint64_t pos, char *out, size_t max)
{
	struct exchange *x = arg;
	(void)pos;
	if (x->piece_at == x->piece.n) {
		if (x->stream_over) return MHD_CONTENT_READER_END_OF_STREAM;
		return enqueue(x->server, x, true) ? 0 : MHD_CONTENT_READER_END_WITH_ERROR;
	}
	size_t n = x->piece.n - x->piece_at < max ? x->piece.n - x->piece_at : max;
	memcpy(out, x->piece.p + x->piece_at, n);
	x->piece_at += n;
	return (ssize_t)n;
}

static void end_stream(struct exchange *x)
{
	if (x->out.stream_end) x->out.stream_end(x->out.stream_arg);
	x->out.stream_end = NULL;
	x->stream_over = true;
}

/* On a worker: at least one byte, or the end; small pieces are put together. */
static void make_piece(struct exchange *x)
{
	arena_reset(x->piece_arena);
	buf_init(&x->piece, x->piece_arena, PIECE);
	x->piece_at = 0;
	while (!x->stream_over && x->piece.n < PIECE / 2)
		if (!x->out.stream(x->out.stream_arg, &x->piece)) end_stream(x);
}

#define HEADER(name, value)                                                                                            \
	{                                                                                                              \
		{ name, sizeof(name) - 1 },                                                                            \
		{                                                                                                      \
			value, sizeof(value) - 1                                                                       \
		}                                                                                                      \
	}

/* What a browser shows may load from us only. Data is not shown (nosniff), so it needs no word on that: each header
 * costs a quarter of a microsecond, which counts where an answer costs ten. */
static const struct http_header of_data[] = {
	HEADER("X-Content-Type-Options", "nosniff"),
	HEADER("Cache-Control", "no-store"),
};
static const struct http_header of_documents[] = {
	HEADER("Content-Security-Policy",
	        "default-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"),
	HEADER("X-Content-Type-Options", "nosniff"),
	HEADER("Cache-Control", "no-store"),
	HEADER("Referrer-Policy", "same-origin"),
	HEADER("Cross-Origin-Opener-Policy", "same-origin"),
};

static bool has(const struct http_response *r, const char *name)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (strcasecmp(r->headers[i].name.p, name) == 0) return true;
	return false;
}

static bool is_data(const struct http_response *r)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (strcasecmp(r->headers[i].name.p, "Content-Type") == 0)
			return str_starts(r->headers[i].value, "application/json") ||
			       str_starts(r->headers[i].value, "application/problem+json");
	return false;
}

static void add_headers(struct exchange *x, struct MHD_Response *response)
{
	bool data = is_data(&x->out);
	const struct http_header *ours = data ? of_data : of_documents;
	size_t n = data ? sizeof of_data / sizeof *of_data : sizeof of_documents / sizeof *of_documents;
	for (size_t i = 0; i < x->out.n_headers; i++) {
		struct http_header h = x->out.headers[i];
		(void)MHD_add_response_header(response, h.name.p, str_dup(x->r.arena, h.value).p);
	}
	for (size_t i = 0; i < n; i++)
		if (!has(&x->out, ours[i].name.p))
			(void)MHD_add_response_header(response, ours[i].name.p, ours[i].value.p);
	if (atomic_load(&x->server->draining) && !has(&x->out, "Connection"))
		(void)MHD_add_response_header(response, "Connection", "close");
}

static enum MHD_Result send_out(struct exchange *x)
{
	struct MHD_Response *response;
	if (x->out.lost) return MHD_NO;
	if (x->out.stream && !x->r.head) {
		response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE, next_piece, x, NULL);
	} else {
		/* The arena lives until the request is completed, so the bytes need no copy. */
		response = MHD_create_response_from_buffer(
		        x->out.body.n, (void *)(uintptr_t)(x->out.body.p ? x->out.body.p : ""), MHD_RESPMEM_PERSISTENT);
	}
	if (!response) return MHD_NO;
	add_headers(x, response);
	enum MHD_Result queued = MHD_queue_response(x->connection, (unsigned)x->out.status, response);
	MHD_destroy_response(response);
	return queued;
}

static void set_retry(struct exchange *x)
{
	if (!has(&x->out, "Retry-After")) http_set(&x->out, "Retry-After", S("1"));
}

static void ready_thread(struct http_server *s, enum op_class class)
{
	if (thread_ready) return;
	thread_ready = true;
	thread_state = s->config.thread_start ? s->config.thread_start(s->config.arg, class) : NULL;
}

void http_answer_later(void)
{
	later = true;
}

/* false: it will be answered elsewhere, and may be gone already */
static bool answer_here(struct http_server *s, struct exchange *x)
{
	x->out = (struct http_response){ .status = 200 };
	later = false;
	s->config.handle(s->config.arg, &x->r, &x->out);
	if (later) return false;
	x->answered = true;
	return true;
}

void http_answered(struct http_request *r)
{
	struct exchange *x = (struct exchange *)(void *)((char *)r - offsetof(struct exchange, r));
	x->answered = true;
	MHD_resume_connection(x->connection);
}

/* The body is complete: answers here, or sends it to a worker. */
static enum MHD_Result dispatch(struct http_server *s, struct exchange *x)
{
	if (x->too_large)
		refuse(s, x, E_TOO_LARGE, 413);
	else if (x->no_room || !http_body_done(&x->body, &x->r.body)) {
		log_event(LOG_ERROR_LEVEL, "no-room-for-body", STR_NONE, NULL);
		refuse(s, x, E_BUSY, 503);
	} else if (x->gate.class == OP_FAST) {
		ready_thread(s, OP_FAST);
		(void)answer_here(s, x);
	} else if (enqueue(s, x, false))
		return MHD_YES;
	else {
		refuse(s, x, E_BUSY, 503);
		set_retry(x);
	}
	return send_out(x);
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
        const char *version, const char *data, size_t *n, void **state)
{
	struct http_server *s = arg;
	struct exchange *x = *state;
	(void)connection, (void)url, (void)version;
	if (!x->started) {
		start(s, x, method);
		return x->answered ? send_out(x) : MHD_YES;
	}
	if (*n) {
		bool goes_on = take_body(x, data, *n);
		*n = 0;
		return goes_on ? MHD_YES : MHD_NO;
	}
	return x->answered ? send_out(x) : dispatch(s, x);
}

static void on_completed(
        void *arg, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
	struct http_server *s = arg;
	struct exchange *x = *state;
	(void)connection, (void)why;
	if (!x) return;
	if (x->out.stream_end) end_stream(x);
	if (x->started) {
		int class = x->out.status / 100;
		metric_add(s->answers[class >= 1 && class <= 5 ? class : 0], 1);
		metric_observe(s->seconds, monotonic_us() - x->r.arrived);
		metric_add(s->flying, -1);
	}
	bool counted = x->started;
	give_arena(s, x->r.arena);
	*state = NULL;
	if (!counted || atomic_fetch_sub(&s->in_flight, 1) != 1 || !atomic_load(&s->draining)) return;
	pthread_mutex_lock(&s->lock);
	pthread_cond_broadcast(&s->idle);
	pthread_mutex_unlock(&s->lock);
}

static struct exchange *take(struct worker *w)
{
	struct http_server *s = w->server;
	pthread_mutex_lock(&s->lock);
	while (!s->first && !s->closing) {
		w->next = s->sleeping;
		s->sleeping = w;
		w->called = false;
		while (!w->called)
			pthread_cond_wait(&w->wake, &s->lock);
		s->waking = false;
	}
	struct exchange *x = s->first;
	if (x) {
		s->first = x->next;
		if (!s->first) s->last = NULL;
		s->waiting--;
		if (s->first) call_worker(s);
	}
	pthread_mutex_unlock(&s->lock);
	return x;
}

/* false: it will be answered elsewhere */
static bool work_on(struct http_server *s, struct exchange *x)
{
	if (x->answered) {
		make_piece(x);
		return true;
	}
	if (monotonic_us() > x->deadline_us) {
		refuse(s, x, E_BUSY, 503);
		set_retry(x);
		return true;
	}
	if (!answer_here(s, x)) return false;
	if (!x->out.stream) return true;
	x->piece_arena = arena_new();
	arena_cleanup(x->r.arena, free_arena, x->piece_arena);
	if (x->r.head)
		end_stream(x);
	else
		make_piece(x);
	return true;
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	struct http_server *s = w->server;
	ready_thread(s, OP_WORK);
	for (struct exchange *x; (x = take(w));)
		if (work_on(s, x)) MHD_resume_connection(x->connection); /* the last thing done with a request */
	if (s->config.thread_end) s->config.thread_end(s->config.arg, thread_state);
	return NULL;
}

/* --- start and stop --- */

struct str http_server_address(const struct http_server *s)
{
	return str_c(s->listener.address);
}

static bool start_daemon(struct http_server *s)
{
	unsigned pool = s->config.epoll_threads ? s->config.epoll_threads : (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
	s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, s, MHD_OPTION_LISTEN_SOCKET, s->listener.fd,
	        MHD_OPTION_THREAD_POOL_SIZE, pool > 1 ? pool : 2, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
	        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)(s->config.head_bytes ? s->config.head_bytes : 32 * 1024),
	        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S, MHD_OPTION_STRICT_FOR_CLIENT, 1,
	        MHD_OPTION_NOTIFY_COMPLETED, on_completed, s, MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
	        MHD_OPTION_URI_LOG_CALLBACK, begin, s, MHD_OPTION_END);
	return s->daemon != NULL;
}

static void start_workers(struct http_server *s)
{
	unsigned wanted = s->config.workers ? s->config.workers : 32;
	while (s->n_workers < wanted && s->n_workers < MAX_WORKERS) {
		struct worker *w = &s->workers[s->n_workers];
		w->server = s;
		pthread_cond_init(&w->wake, NULL);
		if (pthread_create(&w->thread, NULL, worker_main, w) != 0) break;
		s->n_workers++;
	}
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
	if (pthread_key_create(&s->spare, free_arena) != 0) abort();
	if (!http_listen(config->listen, &s->listener)) {
		log_event(LOG_ERROR_LEVEL, "listen-refused", STR_NONE, "listen", config->listen, "why", s->listener.why,
		        NULL);
		free(s);
		return E_INPUT;
	}
	register_metrics(s);
	start_workers(s);
	*out = s;
	return start_daemon(s) ? OK : E_INTERNAL;
}

void http_server_stop(struct http_server *s, unsigned grace_ms)
{
	struct timespec until;
	atomic_store(&s->draining, true);
	int listening = MHD_quiesce_daemon(s->daemon), timed_out = 0;
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
	MHD_stop_daemon(s->daemon);
	arena_free(pthread_getspecific(s->spare)); /* what was completed by this thread, just now */
	(void)pthread_key_delete(s->spare);
	if (listening >= 0) (void)close(listening);
	if (s->listener.is_unix) (void)unlink(s->listener.address + strlen("unix:"));
	free(s);
}
