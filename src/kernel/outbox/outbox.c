#include "kernel/outbox/outbox.h"
#include "kernel/db/db.h"
#include "kernel/log/log.h"
#include "kernel/operation/service.h"
#include "kernel/outbox/runner.h"
#include "outbox_sql.h"
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { MAX_CONSUMERS = 64, WAIT_MS = 2000, IDLE_MS = 200 };

struct outbox_runner {
	struct app *app;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work, progress;
	const struct subscription *consumers[MAX_CONSUMERS];
	int64_t positions[MAX_CONSUMERS];
	size_t n;
	bool stop, pending;
};

err_t outbox_emit(struct ctx *c, const char *kind, int64_t subject_id, struct str body)
{
	int64_t position;
	TRY(db_counter(c, S("outbox"), 1, &position));
	c->outbox_wait = position;
	return outbox_event_insert(c, position, str_c(kind), subject_id, c->now, body, NULL);
}

static struct timespec after_ms(int64_t ms)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	int64_t ns = t.tv_nsec + ms * 1000000;
	return (struct timespec){ t.tv_sec + ns / 1000000000, ns % 1000000000 };
}

/* All projections (and the plane) have seen the position. */
static bool reached(const struct outbox_runner *r, int64_t position)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->consumers[i]->kind != CONSUMER_CORE && r->positions[i] < position) return false;
	return true;
}

err_t outbox_wait(struct ctx *c)
{
	struct outbox_runner *r = c->app->outbox;
	if (!r || !c->outbox_wait) return OK;
	struct timespec until = after_ms(WAIT_MS);
	pthread_mutex_lock(&r->lock);
	r->pending = true;
	pthread_cond_signal(&r->work);
	int timed_out = 0;
	while (!reached(r, c->outbox_wait) && !timed_out)
		timed_out = pthread_cond_timedwait(&r->progress, &r->lock, &until);
	pthread_mutex_unlock(&r->lock);
	if (timed_out) log_event(LOG_WARN_LEVEL, "outbox-late", c->trace, NULL);
	return OK; /* the act is done and durable; only the reader's view may lag, and the metric says so */
}

/* --- one consumer --- */

struct batch {
	const struct subscription *s;
	struct event *events;
	size_t n;
	int64_t last;
};

static bool wants(const struct subscription *s, struct str kind)
{
	struct str rest = str_c(s->kinds), piece;
	while (str_split(&rest, ' ', &piece))
		if (str_eq(piece, kind)) return true;
	return false;
}

static err_t apply_core(struct ctx *c, void *arg)
{
	struct batch *b = arg;
	if (b->n) TRY(b->s->apply(c, b->events, b->n));
	return outbox_consumer_put(c, str_c(b->s->consumer), b->last, NULL);
}

static err_t apply_projection(struct ctx *c, void *arg)
{
	struct batch *b = arg;
	if (b->n) TRY(b->s->apply(c, b->events, b->n));
	return outbox_projection_put(c, str_c(b->s->consumer), b->last, NULL);
}

err_t outbox_position(struct ctx *c, const struct subscription *s, int64_t *position)
{
	bool found = false;
	*position = 0;
	switch (s->kind) {
	case CONSUMER_EXTERNAL: return s->position(c, position);
	case CONSUMER_CORE: {
		struct outbox_consumer_get_row row;
		TRY(outbox_consumer_get(c, str_c(s->consumer), &row, &found));
		if (found) *position = row.position;
		return OK;
	}
	case CONSUMER_PROJECTION: {
		struct outbox_projection_get_row row;
		TRY(outbox_projection_get(c, str_c(s->consumer), &row, &found));
		if (found) *position = row.position;
		return OK;
	}
	}
	return E_INTERNAL;
}

static err_t apply(struct ctx *c, struct batch *b)
{
	switch (b->s->kind) {
	case CONSUMER_CORE: return db_write(c, apply_core, b);
	case CONSUMER_PROJECTION: return db_write_projection(c, apply_projection, b);
	case CONSUMER_EXTERNAL:
		if (b->n) TRY(b->s->apply(c, b->events, b->n));
		return b->n && b->events[b->n - 1].position == b->last ? OK : b->s->advance(c, b->last);
	}
	return E_INTERNAL;
}

/* One batch for one consumer; *more when there was something to do. */
static err_t feed(struct ctx *c, const struct subscription *s, int64_t *position, bool *more)
{
	struct outbox_events_after_row *rows;
	size_t n;
	TRY(outbox_events_after(c, *position, &rows, &n));
	*more = n > 0;
	if (!n) return OK;
	struct batch b = { .s = s, .events = arena_array(c->arena, n, sizeof *b.events), .last = rows[n - 1].position };
	for (size_t i = 0; i < n; i++)
		if (wants(s, rows[i].kind))
			b.events[b.n++] = (struct event){ rows[i].position, rows[i].kind, rows[i].subject_id,
				rows[i].at, rows[i].body };
	TRY(apply(c, &b));
	*position = b.last;
	return OK;
}

static void round_of_all(struct outbox_runner *r, struct db *db, struct arena *arena, bool *more)
{
	*more = false;
	for (size_t i = 0; i < r->n; i++) {
		struct ctx c;
		bool some = false;
		int64_t position = r->positions[i];
		arena_reset(arena);
		ctx_init(&c, r->app, arena);
		c.db = db;
		if (feed(&c, r->consumers[i], &position, &some) != OK) {
			log_event(LOG_ERROR_LEVEL, "outbox-consumer-failed", STR_NONE, "consumer",
			        r->consumers[i]->consumer, NULL);
			continue; /* tried again at the next round; order is kept because its position stays */
		}
		*more |= some;
		pthread_mutex_lock(&r->lock);
		r->positions[i] = position;
		pthread_mutex_unlock(&r->lock);
	}
}

static void *runner_main(void *arg)
{
	struct outbox_runner *r = arg;
	struct arena *arena = arena_new();
	struct db *db = db_open(r->app, arena);
	pthread_mutex_lock(&r->lock);
	while (!r->stop && db) {
		bool more;
		r->pending = false;
		pthread_mutex_unlock(&r->lock);
		round_of_all(r, db, arena, &more);
		pthread_mutex_lock(&r->lock);
		pthread_cond_broadcast(&r->progress);
		struct timespec until = after_ms(IDLE_MS);
		if (!more && !r->pending && !r->stop) (void)pthread_cond_timedwait(&r->work, &r->lock, &until);
	}
	pthread_mutex_unlock(&r->lock);
	db_close(db);
	arena_free(arena);
	return NULL;
}

static err_t collect(struct outbox_runner *r)
{
	struct arena *arena = arena_new();
	struct ctx c;
	ctx_init(&c, r->app, arena);
	c.db = db_open(r->app, arena);
	err_t e = c.db ? OK : E_INTERNAL;
	for (size_t i = 0; i < n_services; i++)
		for (size_t k = 0; k < services[i]->n_subscriptions && e == OK && r->n < MAX_CONSUMERS; k++) {
			r->consumers[r->n] = &services[i]->subscriptions[k];
			e = outbox_position(&c, r->consumers[r->n], &r->positions[r->n]);
			r->n++;
		}
	db_close(c.db);
	arena_free(arena);
	return e;
}

err_t outbox_start(struct app *app)
{
	struct outbox_runner *r = calloc(1, sizeof *r);
	if (!r) abort();
	r->app = app;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->work, NULL);
	pthread_cond_init(&r->progress, NULL);
	err_t e = collect(r);
	if (e == OK && pthread_create(&r->thread, NULL, runner_main, r) != 0) e = E_INTERNAL;
	if (e == OK)
		app->outbox = r;
	else
		free(r);
	return e;
}

void outbox_stop(struct app *app)
{
	struct outbox_runner *r = app->outbox;
	if (!r) return;
	pthread_mutex_lock(&r->lock);
	r->stop = true;
	pthread_cond_signal(&r->work);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
	free(r);
	app->outbox = NULL;
}
