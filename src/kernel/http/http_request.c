/* Reading a request: its head, who sends it, its body as far as the gate allows. */
#include "kernel/http/http_exchange.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

/* What is too long is read and thrown away up to here, and the connection serves on. Beyond, the answer is sent at
 * once and the connection closes behind it (http_linger.c). */
enum { DISCARD_MAX = 8 << 20 };
/* A body must arrive at 16 kB/s, after 20 seconds of patience. */
enum { BODY_PATIENCE_US = 20000000, BODY_BYTES_PER_SECOND = 16384 };

int64_t http_monotonic_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

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
void exchange_on_connection(
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

void exchange_free_arena(void *a)
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

void exchange_give_arena(struct http_server *s, struct arena *a)
{
	if (pthread_getspecific(s->spare)) {
		arena_free(a);
		return;
	}
	arena_reset(a);
	if (pthread_setspecific(s->spare, a) != 0) arena_free(a);
}

void *exchange_begin(void *arg, const char *uri, struct MHD_Connection *connection)
{
	struct http_loop *l = arg;
	struct http_server *s = l->server;
	struct arena *a = take_arena(s);
	struct exchange *x = arena_new_of(a, struct exchange);
	x->headers = arena_bytes(a, HTTP_HEADERS_MAX * sizeof *x->headers);
	x->server = s;
	x->loop = l;
	x->r.arena = a;
	x->connection = connection;
	x->r.headers = x->headers;
	x->r.arrived = http_monotonic_us();
	x->deadline_us = x->r.arrived + s->config.deadline_ms * INT64_C(1000);
	x->bad = http_target(a, str_c(uri), &x->r);
	return x;
}

/* Looks at the head: refuses, or asks the gate. */
void exchange_start(struct http_server *s, struct exchange *x, const char *method)
{
	x->started = true;
	atomic_fetch_add(&s->in_flight, 1);
	metric_add(s->flying, 1);
	MHD_get_connection_values(x->connection, MHD_HEADER_KIND, take_header, x);
	int no_method = http_method(method, &x->r);
	x->r.client = client_of(s, x);
	if (!x->bad) x->bad = http_head_check(&x->r);
	if (x->bad) {
		exchange_refuse_and_close(s, x, E_INPUT, x->bad);
		return;
	}
	if (no_method) {
		struct str allow = s->config.allow ? s->config.allow(s->config.arg, &x->r)
		                                   : S("GET, HEAD, POST, PUT, PATCH, DELETE");
		bool nothing = no_method == 405 && !allow.n;
		exchange_refuse_and_close(s, x, nothing ? E_NOT_FOUND : E_METHOD, nothing ? 404 : no_method);
		if (no_method == 405 && !nothing) http_set(&x->out, "Allow", allow);
		return;
	}
	x->gate = s->config.gate(s->config.arg, &x->r);
	int64_t length = 0;
	struct str declared = http_header(&x->r, "Content-Length");
	if (declared.p && (!str_to_int(declared, &length) || length > x->gate.max_body)) x->too_large = true;
	if (x->too_large && (length > DISCARD_MAX || http_header(&x->r, "Expect").p))
		exchange_refuse_and_close(s, x, E_TOO_LARGE, 413);
	http_body_init(&x->body, x->r.arena);
}

/* false: the client is too slow or sends without end; the connection is cut. */
bool exchange_take_body(struct exchange *x, const char *data, size_t n)
{
	int64_t patience_us = BODY_PATIENCE_US + (int64_t)(x->body.n + x->discarded) * 1000000 / BODY_BYTES_PER_SECOND;
	if (http_monotonic_us() - x->r.arrived > patience_us) return false;
	if (x->body.n + n > x->gate.max_body) x->too_large = true;
	if (x->too_large || x->no_room) {
		x->discarded += n;
		if (x->discarded <= DISCARD_MAX) return true;
		exchange_refuse_in_body(x->server, x);
		return false;
	}
	x->no_room = !http_body_add(&x->body, data, n);
	return true;
}
