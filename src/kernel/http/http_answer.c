/* Answering: headers that every answer has, whole bodies and streamed ones, refusals; here, or later by another thread.
 */
#include "kernel/http/http_exchange.h"
#include <stddef.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>

enum { PIECE = 64 * 1024 };

static _Thread_local void *thread_state;
static _Thread_local bool thread_ready;
static _Thread_local bool later; /* the handler that runs here leaves the answer to http_answered */

void *http_thread_state(void)
{
	return thread_state;
}

void exchange_refuse(struct http_server *s, struct exchange *x, err_t kind, int status)
{
	x->out = (struct http_response){ .status = status };
	s->config.problem(s->config.arg, &x->r, kind, status, &x->out);
	x->answered = true;
}

void exchange_refuse_and_close(struct http_server *s, struct exchange *x, err_t kind, int status)
{
	exchange_refuse(s, x, kind, status);
	http_set(&x->out, "Connection", S("close"));
	x->early = http_header(&x->r, "Content-Length").p || http_header(&x->r, "Transfer-Encoding").p;
}

/* On an epoll thread: gives what there is, or sends the exchange to a worker for more. */
static ssize_t next_piece(void *arg, uint64_t pos, char *out, size_t max)
{
	struct exchange *x = arg;
	(void)pos;
	if (x->piece_at == x->piece.n) {
		if (x->stream_over) return MHD_CONTENT_READER_END_OF_STREAM;
		return worker_enqueue(x->server, x, true) ? 0 : MHD_CONTENT_READER_END_WITH_ERROR;
	}
	size_t n = x->piece.n - x->piece_at < max ? x->piece.n - x->piece_at : max;
	memcpy(out, x->piece.p + x->piece_at, n);
	x->piece_at += n;
	return (ssize_t)n;
}

void exchange_end_stream(struct exchange *x)
{
	if (x->out.stream_end) x->out.stream_end(x->out.stream_arg);
	x->out.stream_end = NULL;
	x->stream_over = true;
}

/* On a worker: at least one byte, or the end; small pieces are put together. */
void exchange_make_piece(struct exchange *x)
{
	arena_reset(x->piece_arena);
	buf_init(&x->piece, x->piece_arena, PIECE);
	x->piece_at = 0;
	while (!x->stream_over && x->piece.n < PIECE / 2)
		if (!x->out.stream(x->out.stream_arg, &x->piece)) exchange_end_stream(x);
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

enum MHD_Result exchange_send_out(struct exchange *x)
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

/* The library takes no answer between two pieces of a body, so this one goes past it. It is short, and nothing was sent
 * before: the socket has room. */
void exchange_refuse_in_body(struct http_server *s, struct exchange *x)
{
	struct buf b;
	char date[40];
	time_t now = time(NULL);
	struct tm tm;
	const union MHD_ConnectionInfo *info =
	        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	exchange_refuse_and_close(s, x, x->too_large ? E_TOO_LARGE : E_BUSY, x->too_large ? 413 : 503);
	buf_init(&b, x->r.arena, x->out.body.n + 500);
	(void)strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &tm));
	buf_printf(&b, "HTTP/1.1 %d %s\r\nDate: %s\r\nContent-Length: %zu\r\n", x->out.status,
	        MHD_get_reason_phrase_for((unsigned)x->out.status), date, x->out.body.n);
	for (size_t i = 0; i < x->out.n_headers; i++)
		buf_printf(&b, "%.*s: %.*s\r\n", STR_FMT(x->out.headers[i].name), STR_FMT(x->out.headers[i].value));
	for (size_t i = 0; i < sizeof of_data / sizeof *of_data; i++)
		buf_printf(&b, "%.*s: %.*s\r\n", STR_FMT(of_data[i].name), STR_FMT(of_data[i].value));
	buf_c(&b, "\r\n");
	if (!x->r.head) buf_str(&b, x->out.body);
	(void)send(info->connect_fd, b.p, b.n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void exchange_set_retry(struct exchange *x)
{
	if (!has(&x->out, "Retry-After")) http_set(&x->out, "Retry-After", S("1"));
}

void exchange_ready_thread(struct http_server *s, enum op_class class)
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
bool exchange_answer_here(struct http_server *s, struct exchange *x)
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
	loop_resume(x);
}
