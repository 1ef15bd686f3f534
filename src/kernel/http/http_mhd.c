/* libmicrohttpd behind http.h. Epoll threads take requests; workers answer them: a request for a worker is suspended,
 * queued (bounded) and resumed when its answer is ready. Debian's 0.9.75 lets a second Content-Length pass, so heads
 * are checked here. */
#include "kernel/http/http.h"
#include "kernel/log/log.h"
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { MAX_HEADERS = 64, MAX_WORKERS = 128, CONNECTIONS = 4096, TIMEOUT_S = 15, MAX_PATH = 2048 };

struct exchange {
	struct http_request r;
	struct http_response out;
	struct http_gate gate;
	struct MHD_Connection *connection;
	struct http_header headers[MAX_HEADERS];
	struct buf body;
	struct buf piece; /* streaming */
	size_t piece_at;
	bool answered, too_large, bad, started;
	int64_t deadline_us;
	struct exchange *next;
};

struct http_server {
	struct app *app;
	struct http_config config;
	struct MHD_Daemon *daemon;
	int fd;
	bool unix_socket;
	char address[200];
	pthread_t workers[MAX_WORKERS];
	unsigned n_workers;
	pthread_mutex_t lock;
	pthread_cond_t work, idle;
	struct exchange *first, *last;
	unsigned waiting, in_flight;
	bool closing;
};

static _Thread_local void *thread_state;
static _Thread_local bool thread_ready;

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

struct str http_header(const struct http_request *r, const char *name)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (strcasecmp(r->headers[i].name.p, name) == 0) return r->headers[i].value;
	return STR_NONE;
}

void http_set(struct http_response *r, const char *name, struct str value)
{
	if (r->n_headers == sizeof r->headers / sizeof *r->headers) return;
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] < 0x20 || value.p[i] == 0x7f)
			return; /* no CR, LF, NUL can leave in a head */
	r->headers[r->n_headers++] = (struct http_header){ str_c(name), value };
}

/* --- reading the head --- */

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

/* Percent-decodes once; refuses NUL, control characters and a broken escape. */
static bool decode_path(struct arena *a, struct str raw, struct str *out)
{
	char *p = arena_alloc(a, raw.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < raw.n; i++) {
		int c = (unsigned char)raw.p[i];
		if (c == '%') {
			if (i + 2 >= raw.n || hex(raw.p[i + 1]) < 0 || hex(raw.p[i + 2]) < 0) return false;
			c = hex(raw.p[i + 1]) * 16 + hex(raw.p[i + 2]);
			i += 2;
		}
		if (c < 0x20 || c == 0x7f) return false;
		p[n++] = (char)c;
	}
	*out = (struct str){ p, n };
	return n > 0 && p[0] == '/';
}

static enum MHD_Result take_header(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct exchange *x = arg;
	(void)kind;
	if (x->r.n_headers == MAX_HEADERS) {
		x->bad = true;
		return MHD_NO;
	}
	struct str v = str_dup(x->r.arena, str_c(value ? value : ""));
	x->headers[x->r.n_headers++] = (struct http_header){ str_dup(x->r.arena, str_c(name)), v };
	return MHD_YES;
}

/* One Content-Length, one Host, no Transfer-Encoding but exactly chunked, and not both: nothing two readers could split
 * differently. */
static bool head_is_clean(const struct exchange *x)
{
	int lengths = 0, hosts = 0, encodings = 0;
	for (size_t i = 0; i < x->r.n_headers; i++) {
		const char *name = x->headers[i].name.p;
		lengths += strcasecmp(name, "Content-Length") == 0;
		hosts += strcasecmp(name, "Host") == 0;
		if (strcasecmp(name, "Transfer-Encoding") == 0)
			encodings += strcasecmp(x->headers[i].value.p, "chunked") == 0 ? 1 : 9;
	}
	return lengths <= 1 && hosts <= 1 && encodings <= 1 && lengths + encodings <= 1;
}

static bool known_method(const char *name, struct http_request *r)
{
	static const char *const names[] = { "GET", "POST", "PUT", "PATCH", "DELETE" };
	r->method_name = str_dup(r->arena, str_c(name));
	r->head = strcmp(name, "HEAD") == 0;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0) {
			r->method = (enum op_method)i;
			return true;
		}
	r->method = GET;
	return r->head;
}

static struct str client_of(struct http_server *s, struct exchange *x)
{
	if (s->unix_socket) {
		struct str real = http_header(&x->r, "X-Real-IP");
		return real.p ? real : S("unix");
	}
	const union MHD_ConnectionInfo *info =
	        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	char text[INET6_ADDRSTRLEN] = "";
	if (info && info->client_addr->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)info->client_addr)->sin_addr, text,
		        sizeof text);
	return str_dup(x->r.arena, str_c(text));
}

static void refuse(struct http_server *s, struct exchange *x, err_t kind, int status)
{
	x->out = (struct http_response){ .status = status };
	s->config.problem(s->config.arg, &x->r, kind, status, &x->out);
	x->answered = true;
}

static void *begin(void *arg, const char *uri, struct MHD_Connection *connection)
{
	struct http_server *s = arg;
	struct arena *a = arena_new();
	struct exchange *x = arena_new_of(a, struct exchange);
	x->r.arena = a;
	x->connection = connection;
	x->r.headers = x->headers;
	x->r.arrived = monotonic_us();
	x->deadline_us = x->r.arrived + s->config.deadline_ms * INT64_C(1000);
	struct str whole = str_c(uri), path;
	struct str rest = whole;
	(void)str_split(&rest, '?', &path);
	x->r.raw_path = str_dup(a, path);
	x->r.query = str_dup(a, rest.p ? rest : S(""));
	x->bad = whole.n > MAX_PATH * 2 || path.n > MAX_PATH || !decode_path(a, path, &x->r.path);
	if (x->bad) x->r.path = S("/");
	pthread_mutex_lock(&s->lock);
	s->in_flight++;
	pthread_mutex_unlock(&s->lock);
	return x;
}

static void start(struct http_server *s, struct exchange *x, const char *method)
{
	x->started = true;
	MHD_get_connection_values(x->connection, MHD_HEADER_KIND, take_header, x);
	bool known = known_method(method, &x->r);
	x->r.client = client_of(s, x);
	if (x->bad || !head_is_clean(x)) {
		refuse(s, x, E_INPUT, 400);
		http_set(&x->out, "Connection", S("close"));
		return;
	}
	if (!known) {
		refuse(s, x, E_METHOD, 405);
		return;
	}
	x->gate = s->config.gate(s->config.arg, &x->r);
	int64_t length;
	struct str declared = http_header(&x->r, "Content-Length");
	if (declared.p && (!str_to_int(declared, &length) || length > x->gate.max_body)) x->too_large = true;
	buf_init(&x->body, x->r.arena, 1024);
}

static void take_body(struct exchange *x, const char *data, size_t n)
{
	if (x->answered || x->too_large) return;
	if (x->body.n + n > x->gate.max_body)
		x->too_large = true;
	else
		buf_add(&x->body, data, n);
}

/* --- answering --- */

static ssize_t next_piece(void *arg, uint64_t pos, char *out, size_t max)
{
	struct exchange *x = arg;
	(void)pos;
	while (x->piece_at == x->piece.n) {
		x->piece.n = x->piece_at = 0;
		if (!x->out.stream(x->out.stream_arg, &x->piece) && !x->piece.n)
			return MHD_CONTENT_READER_END_OF_STREAM;
	}
	size_t n = x->piece.n - x->piece_at < max ? x->piece.n - x->piece_at : max;
	memcpy(out, x->piece.p + x->piece_at, n);
	x->piece_at += n;
	return (ssize_t)n;
}

static const struct http_header always[] = {
	{ { "Content-Security-Policy", 23 },
	        { "default-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'", 77 } },
	{ { "X-Content-Type-Options", 22 }, { "nosniff", 7 } },
	{ { "Referrer-Policy", 15 }, { "same-origin", 11 } },
	{ { "Cross-Origin-Opener-Policy", 26 }, { "same-origin", 11 } },
};

static enum MHD_Result send_out(struct exchange *x)
{
	struct MHD_Response *response;
	if (x->out.stream) {
		buf_init(&x->piece, x->r.arena, 64 * 1024);
		response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 64 * 1024, next_piece, x, NULL);
	} else {
		/* The arena lives until the request is completed, so the bytes need no copy. */
		response = MHD_create_response_from_buffer(
		        x->out.body.n, (void *)(uintptr_t)(x->out.body.p ? x->out.body.p : ""), MHD_RESPMEM_PERSISTENT);
	}
	if (!response) return MHD_NO;
	bool cached = false;
	for (size_t i = 0; i < x->out.n_headers; i++) {
		struct http_header h = x->out.headers[i];
		cached |= strcmp(h.name.p, "Cache-Control") == 0;
		(void)MHD_add_response_header(response, h.name.p, str_dup(x->r.arena, h.value).p);
	}
	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		(void)MHD_add_response_header(response, always[i].name.p, always[i].value.p);
	if (!cached) (void)MHD_add_response_header(response, "Cache-Control", "no-store");
	enum MHD_Result queued = MHD_queue_response(x->connection, (unsigned)x->out.status, response);
	MHD_destroy_response(response);
	return queued;
}

static void ready_thread(struct http_server *s, enum op_class class)
{
	if (thread_ready) return;
	thread_ready = true;
	thread_state = s->config.thread_start ? s->config.thread_start(s->config.arg, class) : NULL;
}

static void answer_here(struct http_server *s, struct exchange *x)
{
	x->out = (struct http_response){ .status = 200 };
	s->config.handle(s->config.arg, &x->r, &x->out);
	x->answered = true;
}

/* false: the queue is full or the server closes. */
static bool enqueue(struct http_server *s, struct exchange *x)
{
	pthread_mutex_lock(&s->lock);
	bool room = s->waiting < s->config.queue && !s->closing;
	if (room) {
		MHD_suspend_connection(x->connection);
		if (s->last)
			s->last->next = x;
		else
			s->first = x;
		s->last = x;
		s->waiting++;
		pthread_cond_signal(&s->work);
	}
	pthread_mutex_unlock(&s->lock);
	return room;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
        const char *version, const char *data, size_t *n, void **state)
{
	struct http_server *s = arg;
	struct exchange *x = *state;
	(void)connection, (void)url, (void)version;
	if (!x->started) {
		start(s, x, method);
		if (x->answered) return send_out(x);
		if (x->too_large) {
			refuse(s, x, E_TOO_LARGE, 413);
			http_set(&x->out, "Connection", S("close"));
			return send_out(x);
		}
		return MHD_YES;
	}
	if (*n) {
		take_body(x, data, *n);
		*n = 0;
		return MHD_YES;
	}
	if (x->answered) return send_out(x);
	if (x->too_large) {
		refuse(s, x, E_TOO_LARGE, 413);
		return send_out(x);
	}
	x->r.body = buf_done(&x->body);
	if (x->gate.class == OP_FAST) {
		ready_thread(s, OP_FAST);
		answer_here(s, x);
		return send_out(x);
	}
	if (enqueue(s, x)) return MHD_YES;
	refuse(s, x, E_BUSY, 503);
	http_set(&x->out, "Retry-After", S("1"));
	return send_out(x);
}

static void on_completed(
        void *arg, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
	struct http_server *s = arg;
	struct exchange *x = *state;
	(void)connection, (void)why;
	if (!x) return;
	if (x->out.stream_end) x->out.stream_end(x->out.stream_arg);
	arena_free(x->r.arena);
	*state = NULL;
	pthread_mutex_lock(&s->lock);
	if (--s->in_flight == 0) pthread_cond_broadcast(&s->idle);
	pthread_mutex_unlock(&s->lock);
}

static struct exchange *take(struct http_server *s)
{
	pthread_mutex_lock(&s->lock);
	while (!s->first && !s->closing)
		pthread_cond_wait(&s->work, &s->lock);
	struct exchange *x = s->first;
	if (x) {
		s->first = x->next;
		if (!s->first) s->last = NULL;
		s->waiting--;
	}
	pthread_mutex_unlock(&s->lock);
	return x;
}

static void *worker_main(void *arg)
{
	struct http_server *s = arg;
	ready_thread(s, OP_WORK);
	for (struct exchange *x; (x = take(s));) {
		if (monotonic_us() > x->deadline_us)
			refuse(s, x, E_BUSY, 503);
		else
			answer_here(s, x);
		MHD_resume_connection(x->connection); /* the last thing done with a request */
	}
	if (s->config.thread_end) s->config.thread_end(s->config.arg, thread_state);
	return NULL;
}

/* --- listening: loopback or a Unix socket, nothing else --- */

static int listen_unix(struct http_server *s, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof address.sun_path) return -1;
	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || chmod(path, 0660) != 0 ||
	        listen(fd, 1024) != 0)
		return -1;
	s->unix_socket = true;
	(void)snprintf(s->address, sizeof s->address, "unix:%s", path);
	return fd;
}

static int listen_loopback(struct http_server *s, const char *text)
{
	char host[64];
	const char *colon = strrchr(text, ':');
	int64_t port;
	struct sockaddr_in address = { .sin_family = AF_INET };
	if (!colon || (size_t)(colon - text) >= sizeof host || !str_to_int(str_c(colon + 1), &port) || port < 0 ||
	        port > 65535)
		return -1;
	(void)snprintf(host, sizeof host, "%.*s", (int)(colon - text), text);
	if (inet_pton(AF_INET, host, &address.sin_addr) != 1 || ntohl(address.sin_addr.s_addr) >> 24 != 127) {
		errno = EADDRNOTAVAIL;
		return -1;
	}
	address.sin_port = htons((uint16_t)port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	socklen_t n = sizeof address;
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
	        bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 1024) != 0 ||
	        getsockname(fd, (struct sockaddr *)&address, &n) != 0)
		return -1;
	(void)snprintf(s->address, sizeof s->address, "http://%s:%u", host, ntohs(address.sin_port));
	return fd;
}

struct str http_server_address(const struct http_server *s)
{
	return str_c(s->address);
}

static bool start_daemon(struct http_server *s)
{
	unsigned pool = s->config.epoll_threads ? s->config.epoll_threads : (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
	s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, s, MHD_OPTION_LISTEN_SOCKET, s->fd,
	        MHD_OPTION_THREAD_POOL_SIZE, pool > 1 ? pool : 2, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
	        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)32 * 1024, MHD_OPTION_CONNECTION_TIMEOUT,
	        (unsigned)TIMEOUT_S, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
	        MHD_OPTION_URI_LOG_CALLBACK, begin, s, MHD_OPTION_END);
	return s->daemon != NULL;
}

static void start_workers(struct http_server *s)
{
	unsigned wanted = s->config.workers ? s->config.workers : 32;
	while (s->n_workers < wanted && s->n_workers < MAX_WORKERS &&
	        pthread_create(&s->workers[s->n_workers], NULL, worker_main, s) == 0)
		s->n_workers++;
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
	pthread_cond_init(&s->work, NULL);
	pthread_cond_init(&s->idle, NULL);
	bool is_unix = strncmp(config->listen, "unix:", 5) == 0;
	s->fd = is_unix ? listen_unix(s, config->listen + 5) : listen_loopback(s, config->listen);
	if (s->fd < 0) {
		log_event(LOG_ERROR_LEVEL, "listen-refused", STR_NONE, "listen", config->listen, "why",
		        "only loopback addresses and unix: sockets are allowed, and the address must be free", NULL);
		free(s);
		return E_INPUT;
	}
	start_workers(s);
	*out = s;
	return start_daemon(s) ? OK : E_INTERNAL;
}

void http_server_stop(struct http_server *s, unsigned grace_ms)
{
	struct timespec until;
	int listening = MHD_quiesce_daemon(s->daemon), timed_out = 0;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += grace_ms / 1000;
	pthread_mutex_lock(&s->lock);
	while (s->in_flight && !timed_out)
		timed_out = pthread_cond_timedwait(&s->idle, &s->lock, &until);
	s->closing = true;
	pthread_cond_broadcast(&s->work);
	pthread_mutex_unlock(&s->lock);
	for (unsigned i = 0; i < s->n_workers; i++)
		pthread_join(s->workers[i], NULL);
	MHD_stop_daemon(s->daemon);
	if (listening >= 0) (void)close(listening);
	if (s->unix_socket) (void)unlink(s->address + 5);
	free(s);
}
