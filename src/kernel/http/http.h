/* HTTP/1.1 server: libmicrohttpd behind this interface (design/http.md). Plain HTTP on a Unix socket behind nginx, or
 * on loopback TCP; any other address is refused. It knows no operations: a gate classifies each request by its head, a
 * handler answers it. */
#ifndef KERNEL_HTTP_H
#define KERNEL_HTTP_H
#include "base/buf.h"
#include "kernel/ctx/app.h"
#include "kernel/operation/operation.h"

struct http_server;

struct http_header {
	struct str name, value;
};
struct http_request {
	struct arena *arena;
	enum op_method method;
	bool head;              /* HEAD: answered as GET without body */
	struct str method_name; /* as sent, for 405/501 */
	struct str path;        /* percent-decoded once, valid UTF-8, no NUL, begins with '/' */
	struct str raw_path;
	struct str query; /* raw, behind '?' */
	const struct http_header *headers;
	size_t n_headers;
	struct str body;      /* whole body (arena or mapped temp file) */
	struct str client;    /* peer or X-Real-IP behind the Unix socket */
	instant_us arrived;   /* monotonic, for deadlines and timing */
	const void *route;    /* what the gate found */
	struct str params[8]; /* path parameters, set by the gate */
	size_t n_params;
	bool v1; /* path began with /v1 */
};
struct http_response {
	int status;
	struct http_header headers[24];
	size_t n_headers;
	struct str body;
	/* streaming: called on a worker thread until it returns false; writes the next piece into b */
	bool (*stream)(void *arg, struct buf *b);
	void *stream_arg;
	void (*stream_end)(void *arg);
	bool lost; /* sandbox: the connection closes without an answer */
};

/* In a handler of class WORK: the answer comes later, from any thread. From here on the handler's thread touches
 * neither r nor out; who has filled in out calls http_answered, once. */
void http_answer_later(void);
void http_answered(struct http_request *r);

struct str http_header(const struct http_request *r, const char *name);     /* case-insensitive; STR_NONE */
void http_set(struct http_response *r, const char *name, struct str value); /* refuses CR, LF, NUL */
struct str http_cookie(const struct http_request *r, const char *name);     /* STR_NONE: not sent */

struct http_gate {
	enum op_class class;
	uint32_t max_body;
	int refuse; /* 0, or a status to answer at once (404, 405, 413, 415) through handle() */
};
struct http_config {
	const char *listen;              /* "127.0.0.1:8080", "[::1]:0", "unix:/run/etax/http.sock" */
	unsigned epoll_threads, workers; /* 0: half of the cores; 32 */
	unsigned queue;                  /* waiting requests; beyond: 503 with Retry-After */
	unsigned deadline_ms;            /* of a request, queueing included */
	unsigned head_bytes;             /* room for a request's head; 0: 16 KiB. It is cleared for each request */
	/* Called as soon as the head is there; fills route, params, v1. Runs on the epoll thread. */
	struct http_gate (*gate)(void *arg, struct http_request *r);
	/* Runs on a worker (WORK, STREAM) or on the epoll thread (FAST). Must always set a response, now or later. */
	void (*handle)(void *arg, struct http_request *r, struct http_response *out);
	/* What a path takes, for the header Allow; empty: nothing is there. NULL: all methods that are served. */
	struct str (*allow)(void *arg, struct http_request *r);
	/* A problem found by the server itself (400, 413, 414, 431, 503): same rendering as all others. */
	void (*problem)(void *arg, struct http_request *r, err_t kind, int status, struct http_response *out);
	/* A worker or epoll thread meets its first request, and ends: it opens and closes its database connection there. */
	void *(*thread_start)(void *arg, enum op_class class);
	void (*thread_end)(void *arg, void *thread);
	void *arg;
};
void *http_thread_state(void); /* what thread_start gave this thread */

MUST_USE err_t http_server_start(struct app *app, const struct http_config *config, struct http_server **out);
struct str http_server_address(const struct http_server *s);     /* "http://127.0.0.1:PORT" */
void http_server_stop(struct http_server *s, unsigned grace_ms); /* drains: no new requests, waits, then closes */
#endif
