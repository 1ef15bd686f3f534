#include "kernel/outbox/outbox.h"
#include "kernel/db/db.h"
#include "kernel/log/log.h"
#include "kernel/operation/service.h"
#include "kernel/outbox/runner.h"
#include "outbox_sql.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MAX_CONSUMERS = 64, STORE_EVERY = 1000, SUBJECTS = 4096 };
/* Own writes are waited for; what others wrote a moment ago only if it comes soon: a batch of a hundred thousand acts
 * of one must not hold up the reading of all. */
enum { WAIT_OWN_MS = 2000, WAIT_OTHERS_MS = 100 };
/* Between two rounds while nobody waits: a round for each act would cost more than the act. */
enum { PACE_MS = 20, IDLE_MS = 200 };
enum { TRIES = 5 }; /* a failure that the next rounds mend is a warning */

struct consumer {
	const struct subscription *s;
	int64_t position, stored; /* seen; kept in the store (what is of no interest is not written down each time) */
	bool failed;
	int failures; /* in a row */
};
struct outbox_runner {
	struct app *app;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work, progress;
	struct consumer consumers[MAX_CONSUMERS];
	size_t n;
	bool stop, idle;
	int waiting;           /* readers */
	int64_t last;          /* highest position that was answered for; atomic */
	int64_t seen;          /* all projections have it; atomic */
	int64_t own[SUBJECTS]; /* by a hash of the subject: its last position; atomic */
};

/* What one read of the outbox gave: consumers at the same position share it. */
struct window {
	struct arena *arena; /* of its own: consumers at other positions read others, one at a time */
	int64_t from;
	struct event *events;
	size_t n;
	bool read, more;
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

static int64_t *own_slot(struct outbox_runner *r, int64_t subject_id)
{
	return &r->own[((uint64_t)subject_id * UINT64_C(0x9e3779b97f4a7c15)) >> 52];
}

static int64_t load(const int64_t *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static void raise_to(int64_t *p, int64_t value)
{
	int64_t now = load(p);
	while (now < value && !__atomic_compare_exchange_n(p, &now, value, true, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		;
}

void outbox_wrote(struct ctx *c)
{
	struct outbox_runner *r = c->app->outbox;
	if (!r || !c->outbox_wait) return;
	raise_to(own_slot(r, c->caller.subject_id), c->outbox_wait);
	raise_to(&r->last, c->outbox_wait);
	if (!__atomic_load_n(&r->idle, __ATOMIC_ACQUIRE)) return;
	pthread_mutex_lock(&r->lock);
	pthread_cond_signal(&r->work);
	pthread_mutex_unlock(&r->lock);
}

/* false: it took too long */
static bool wait_for(struct outbox_runner *r, int64_t position, int64_t ms)
{
	if (load(&r->seen) >= position) return true;
	struct timespec until = after_ms(ms);
	int timed_out = 0;
	pthread_mutex_lock(&r->lock);
	r->waiting++;
	pthread_cond_signal(&r->work);
	while (load(&r->seen) < position && !timed_out)
		timed_out = pthread_cond_timedwait(&r->progress, &r->lock, &until);
	r->waiting--;
	pthread_mutex_unlock(&r->lock);
	return !timed_out;
}

/* The act is done and durable; only the reader's view may lag, and the metric says so. */
err_t outbox_wait(struct ctx *c)
{
	struct outbox_runner *r = c->app->outbox;
	if (r && !wait_for(r, c->outbox_wait, WAIT_OWN_MS)) log_event(LOG_WARN_LEVEL, "outbox-late", c->trace, NULL);
	return OK;
}

void outbox_catch_up(struct ctx *c)
{
	struct outbox_runner *r = c->app->outbox;
	if (!r) return;
	if (c->caller.subject_id && !wait_for(r, load(own_slot(r, c->caller.subject_id)), WAIT_OWN_MS))
		log_event(LOG_WARN_LEVEL, "outbox-late", c->trace, NULL);
	(void)wait_for(r, load(&r->last), WAIT_OTHERS_MS);
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

/* Without an event of its own a consumer's position is written down now and then only. */
static bool worth_storing(const struct consumer *k, const struct batch *b, bool at_end)
{
	return b->n > 0 || b->last - k->stored >= STORE_EVERY || (at_end && b->last > k->stored);
}

/* One batch for one consumer. */
static err_t feed(struct ctx *c, struct consumer *k, const struct window *w)
{
	struct batch b = { .s = k->s, .last = k->position };
	if (w->n) {
		b.events = arena_array(c->arena, w->n, sizeof *b.events);
		b.last = w->events[w->n - 1].position;
	}
	for (size_t i = 0; i < w->n; i++)
		if (wants(k->s, w->events[i].kind)) b.events[b.n++] = w->events[i];
	if (worth_storing(k, &b, w->n == 0)) {
		TRY(apply(c, &b));
		k->stored = b.last;
	}
	k->position = b.last;
	return OK;
}

static err_t read_window(struct ctx *c, struct window *w, int64_t from)
{
	if (w->read && w->from == from) return OK;
	struct arena *own = c->arena;
	*w = (struct window){ .arena = w->arena, .from = from };
	arena_reset(w->arena);
	c->arena = w->arena;
	err_t e = outbox_window(c, from, &w->events, &w->n, &w->more);
	w->read = e == OK;
	c->arena = own;
	return e;
}

/* A store of its own may have been built anew by another process, up to an earlier or a later event. */
static err_t look_after(struct ctx *c, struct consumer *k)
{
	int64_t position;
	if (k->s->kind != CONSUMER_EXTERNAL) return OK;
	TRY(k->s->position(c, &position));
	if (position != k->stored) k->position = k->stored = position;
	c->outbox_after = position;
	return OK;
}

/* What all projections and the plane have seen; one that fails holds up no reader. */
static void publish(struct outbox_runner *r)
{
	int64_t seen = INT64_MAX;
	for (size_t i = 0; i < r->n; i++) {
		const struct consumer *k = &r->consumers[i];
		if (k->s->kind != CONSUMER_CORE && !k->failed && k->position < seen) seen = k->position;
	}
	__atomic_store_n(&r->seen, seen, __ATOMIC_RELEASE);
}

/* A store that another process moved on in between is looked at anew, nothing is wrong then; what does not go away is
 * an error. */
static void log_failure(struct consumer *k, const char *step, err_t e)
{
	static const char *const names[] = { [OK] = "ok",
		[E_INPUT] = "input",
		[E_FORBIDDEN] = "forbidden",
		[E_NOT_FOUND] = "not-found",
		[E_CONFLICT] = "conflict",
		[E_TOO_LARGE] = "too-large",
		[E_LIMITED] = "limited",
		[E_BUSY] = "busy",
		[E_INTERNAL] = "internal" };
	char times[24], position[24], reason[64];
	enum log_level level = LOG_WARN_LEVEL;
	k->failures++;
	if (k->failures >= TRIES)
		level = LOG_ERROR_LEVEL;
	else if (e == E_CONFLICT && k->s->kind == CONSUMER_EXTERNAL)
		level = LOG_INFO_LEVEL;
	(void)snprintf(times, sizeof times, "%d", k->failures);
	(void)snprintf(position, sizeof position, "%lld", (long long)k->position);
	(void)snprintf(reason, sizeof reason, "%s: %s", step, names[e] ? names[e] : "other");
	log_event(level, "outbox-consumer-failed", STR_NONE, "consumer", k->s->consumer, "reason", reason, "after",
	        position, "times", times, NULL);
}

/* true: there may be more at once */
static bool round_of_all(struct outbox_runner *r, struct db *db, struct arena *arena, struct arena *of_window)
{
	struct window w = { .arena = of_window };
	struct ctx c;
	bool more = false;
	for (size_t i = 0; i < r->n; i++) {
		struct consumer *k = &r->consumers[i];
		arena_reset(arena);
		ctx_init(&c, r->app, arena);
		c.db = db;
		const char *step = "position";
		err_t e = look_after(&c, k);
		if (e == OK) {
			step = "events";
			e = read_window(&c, &w, k->position);
		}
		if (e == OK) {
			step = "effect";
			e = feed(&c, k, &w);
		}
		k->failed = e != OK; /* tried again at the next round; order is kept because its position stays */
		if (k->failed) {
			log_failure(k, step, e);
			continue;
		}
		k->failures = 0;
		more |= w.more;
	}
	publish(r);
	return more;
}

static void *runner_main(void *arg)
{
	struct outbox_runner *r = arg;
	struct arena *arena = arena_new(), *of_window = arena_new();
	struct db *db = db_open(r->app, arena);
	(void)pthread_setname_np(pthread_self(), "outbox");
	pthread_mutex_lock(&r->lock);
	while (!r->stop && db) {
		pthread_mutex_unlock(&r->lock);
		bool more = round_of_all(r, db, arena, of_window);
		pthread_mutex_lock(&r->lock);
		pthread_cond_broadcast(&r->progress);
		if (more || r->stop || r->waiting) continue;
		struct timespec pace = after_ms(PACE_MS);
		(void)pthread_cond_timedwait(&r->work, &r->lock, &pace);
		bool behind = load(&r->last) > load(&r->seen);
		__atomic_store_n(&r->idle, !behind, __ATOMIC_RELEASE);
		struct timespec until = after_ms(IDLE_MS);
		if (!behind && load(&r->last) <= load(&r->seen) && !r->stop && !r->waiting)
			(void)pthread_cond_timedwait(&r->work, &r->lock, &until);
		__atomic_store_n(&r->idle, false, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&r->lock);
	db_close(db);
	arena_free(arena);
	arena_free(of_window);
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
			struct consumer *one = &r->consumers[r->n++];
			one->s = &services[i]->subscriptions[k];
			e = outbox_position(&c, one->s, &one->position);
			one->stored = one->position;
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
	publish(r);
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
