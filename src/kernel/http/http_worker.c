/* Workers: a request that may wait for the database is suspended, queued (bounded) and resumed when its answer is
 * ready. */
#include "kernel/http/http_exchange.h"

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
bool worker_enqueue(struct http_server *s, struct exchange *x, bool streamed)
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
		exchange_make_piece(x);
		return true;
	}
	if (http_monotonic_us() > x->deadline_us) {
		exchange_refuse(s, x, E_BUSY, 503);
		exchange_set_retry(x);
		return true;
	}
	if (!exchange_answer_here(s, x)) return false;
	if (!x->out.stream) return true;
	x->piece_arena = arena_new();
	arena_cleanup(x->r.arena, exchange_free_arena, x->piece_arena);
	if (x->r.head)
		exchange_end_stream(x);
	else
		exchange_make_piece(x);
	return true;
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	struct http_server *s = w->server;
	(void)pthread_setname_np(pthread_self(), "worker");
	for (struct exchange *x; (x = take(w));) {
		exchange_ready_thread(s, OP_WORK); /* with its first request: a quiet server needs few connections */
		if (work_on(s, x)) loop_resume(x);
	}
	if (s->config.thread_end && http_thread_state()) s->config.thread_end(s->config.arg, http_thread_state());
	return NULL;
}

void worker_start_all(struct http_server *s)
{
	unsigned wanted = s->config.workers ? s->config.workers : 32;
	while (s->n_workers < wanted && s->n_workers < HTTP_MAX_WORKERS) {
		struct worker *w = &s->workers[s->n_workers];
		w->server = s;
		pthread_cond_init(&w->wake, NULL);
		if (pthread_create(&w->thread, NULL, worker_main, w) != 0) break;
		s->n_workers++;
	}
}
