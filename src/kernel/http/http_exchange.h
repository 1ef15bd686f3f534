/* One request on its way through the library, and the server that it is in: shared by reading (http_request.c),
 * answering (http_answer.c), workers (http_worker.c), epoll threads (http_loop.c) and the server's start and
 * stop (http_mhd.c). */
#ifndef KERNEL_HTTP_EXCHANGE_H
#define KERNEL_HTTP_EXCHANGE_H
#include "kernel/http/http_internal.h"
#include "kernel/metrics/metrics.h"
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

enum { HTTP_MAX_WORKERS = 128, HTTP_MAX_LOOPS = 64, HTTP_LINGERING_MAX = 64 };

struct exchange {
	struct http_server *server;
	struct http_loop *loop;
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
	bool early; /* answered before its body was read: the connection lingers */
	int bad;    /* status found at the request line */
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

/* A connection that is answered and closed on our side; its peer is still sending. */
struct http_lingering {
	int fd;
	int64_t until_us, left;
};

/* An epoll thread and what it runs. */
struct http_loop {
	struct http_server *server;
	struct MHD_Daemon *daemon;
	pthread_t thread;
	int wake; /* eventfd */
	_Atomic bool woken, ending;
	struct http_lingering lingering[HTTP_LINGERING_MAX];
	unsigned n_lingering;
};

struct http_server {
	struct app *app;
	struct http_config config;
	struct http_listener listener;
	struct http_loop loops[HTTP_MAX_LOOPS];
	unsigned n_loops;
	struct worker workers[HTTP_MAX_WORKERS];
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

int64_t http_monotonic_us(void);

/* --- http_request.c: the head and the body of a request --- */

void exchange_free_arena(void *a);
void exchange_give_arena(struct http_server *s, struct arena *a); /* a thread keeps it for its next request */
void exchange_on_connection(
        void *arg, struct MHD_Connection *connection, void **peer, enum MHD_ConnectionNotificationCode what);
void *exchange_begin(void *arg, const char *uri, struct MHD_Connection *connection);
void exchange_start(struct http_server *s, struct exchange *x, const char *method);
bool exchange_take_body(struct exchange *x, const char *data, size_t n);

/* --- http_answer.c: what goes out --- */

void exchange_refuse(struct http_server *s, struct exchange *x, err_t kind, int status);
void exchange_refuse_and_close(struct http_server *s, struct exchange *x, err_t kind, int status);
void exchange_refuse_in_body(struct http_server *s, struct exchange *x); /* the connection is to be cut behind it */
void exchange_set_retry(struct exchange *x);
void exchange_ready_thread(struct http_server *s, enum op_class class);
bool exchange_answer_here(struct http_server *s, struct exchange *x);
enum MHD_Result exchange_send_out(struct exchange *x);
void exchange_make_piece(struct exchange *x);
void exchange_end_stream(struct exchange *x);

/* --- http_mhd.c: what the library calls --- */

enum MHD_Result exchange_on_request(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
        const char *version, const char *data, size_t *n, void **state);
void exchange_on_completed(
        void *arg, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why);

/* --- http_loop.c: the epoll threads --- */

MUST_USE err_t loop_start_all(struct http_server *s);
void loop_quiesce_all(struct http_server *s); /* no new connections */
void loop_stop_all(struct http_server *s);    /* nothing may be suspended any more */
void loop_resume(struct exchange *x);         /* from any thread: the last thing done with x */

/* --- http_linger.c: what is still sent behind an answer; on the epoll thread only --- */

void linger_take(struct http_loop *l, struct MHD_Connection *connection);
void linger_round(struct http_loop *l);
void linger_end(struct http_loop *l);

/* --- http_worker.c: the queue and those who work on it --- */

bool worker_enqueue(struct http_server *s, struct exchange *x, bool streamed);
void worker_start_all(struct http_server *s);
#endif
