#include "kernel/job/job.h"
#include "job_sql.h"
#include "kernel/db/db.h"
#include "kernel/job/runner.h"
#include "kernel/log/log.h"
#include "kernel/operation/service.h"
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)
/* A claim that is older belongs to a process that died: the job may be taken again (so jobs run at least once). */
#define CLAIM (900 * SECOND)
#define FIRST_PAUSE (10 * SECOND)
#define LONGEST_PAUSE (21600 * SECOND)
enum { IDLE_MS = 500, TRIES = 5 };

struct job_runner {
	struct app *app;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work;
	bool stop, pending;
};

static const struct job_kind *find_kind(struct str name)
{
	for (size_t i = 0; i < n_services; i++)
		for (size_t k = 0; k < services[i]->n_jobs; k++)
			if (str_is(name, services[i]->jobs[k].name)) return &services[i]->jobs[k];
	return NULL;
}

/* --- enqueue --- */

struct wanted {
	struct str kind, key, argument;
	instant_us at;
};

static err_t add(struct ctx *c, void *arg)
{
	const struct wanted *w = arg;
	return job_add(c, db_new_id(c), w->kind, w->key, w->argument, w->at, NULL);
}

err_t job_enqueue(struct ctx *c, const char *kind, struct str key, struct str argument, instant_us not_before)
{
	struct wanted w = { str_c(kind), key, argument.p ? argument : S("{}"), not_before };
	struct job_runner *r = c->app->jobs;
	if (!find_kind(w.kind)) return E_INTERNAL;
	TRY(db_write(c, add, &w));
	if (!r) return OK;
	pthread_mutex_lock(&r->lock);
	r->pending = true;
	pthread_cond_signal(&r->work);
	pthread_mutex_unlock(&r->lock);
	return OK;
}

/* --- timetable --- */

static instant_us next_time(const struct job_kind *k, instant_us now)
{
	if (!k->daily_at) return now + k->every_seconds * SECOND;
	struct str time = str_c(k->daily_at);
	int64_t hours = 0, minutes = 0;
	if (!str_to_int(str_sub(time, 0, 2), &hours) || !str_to_int(str_sub(time, 3, 2), &minutes))
		log_event(LOG_ERROR_LEVEL, "job-time", STR_NONE, "kind", k->name, NULL);
	instant_us at = date_to_instant(date_of_instant(now)) + (hours * 60 + minutes) * 60 * SECOND;
	return at > now ? at : at + DAY;
}

struct turn {
	const struct job_kind *kind;
	instant_us was, next;
	bool run;
};

/* Whoever moves the timetable enqueues: several processes run a daily job once. */
static err_t take_turn(struct ctx *c, void *arg)
{
	struct turn *t = arg;
	int64_t moved = 0;
	TRY(job_timetable_move(c, t->next, str_c(t->kind->name), t->was, &moved));
	return moved && t->run ? job_enqueue(c, t->kind->name, S("timetable"), S("{}"), c->now) : OK;
}

static err_t add_turn(struct ctx *c, void *arg)
{
	const struct turn *t = arg;
	return job_timetable_add(c, str_c(t->kind->name), t->next, NULL);
}

static err_t keep_time(struct ctx *c, const struct job_kind *k)
{
	struct job_timetable_get_row row;
	bool found;
	struct turn t = { .kind = k, .next = next_time(k, c->now) };
	if (!k->daily_at && !k->every_seconds) return OK;
	TRY(job_timetable_get(c, str_c(k->name), &row, &found));
	if (!found) return db_write(c, add_turn, &t);
	t.was = row.next_at;
	t.run = row.next_at <= c->now;
	/* Later than the next time: the sandbox clock was set back. */
	return t.run || row.next_at > t.next ? db_write(c, take_turn, &t) : OK;
}

static void keep_all_times(struct ctx *c)
{
	for (size_t i = 0; i < n_services; i++)
		for (size_t k = 0; k < services[i]->n_jobs; k++)
			if (keep_time(c, &services[i]->jobs[k]) != OK)
				log_event(LOG_ERROR_LEVEL, "job-timetable", STR_NONE, "kind", services[i]->jobs[k].name,
				        NULL);
}

/* --- running --- */

struct claim {
	int64_t job_id;
	struct job_claim_row row;
	bool mine;
};

static err_t claim(struct ctx *c, void *arg)
{
	struct claim *k = arg;
	return job_claim(c, c->now + CLAIM, k->job_id, c->now, &k->row, &k->mine);
}

struct outcome {
	struct claim *claim;
	err_t result;
	int max_tries;
};

static err_t settle(struct ctx *c, void *arg)
{
	const struct outcome *o = arg;
	int64_t id = o->claim->job_id, again = 0, pause = FIRST_PAUSE;
	if (o->result == OK) return job_done(c, id, NULL);
	if (o->claim->row.tries >= o->max_tries) return job_give_up(c, id, NULL);
	for (int64_t i = 1; i < o->claim->row.tries && pause < LONGEST_PAUSE; i++)
		pause *= 3;
	TRY(job_retry(c, c->now + (pause < LONGEST_PAUSE ? pause : LONGEST_PAUSE), id, &again));
	return again ? OK : job_done(c, id, NULL); /* the same work waits already under its key */
}

/* The job has a context of its own: what it leaves there is not ours. */
static err_t run_claimed(struct ctx *c, struct claim *k)
{
	const struct job_kind *kind = find_kind(k->row.kind);
	struct outcome o = { .claim = k, .result = E_NOT_FOUND, .max_tries = kind ? kind->max_tries : 0 };
	struct ctx own;
	ctx_init(&own, c->app, c->arena);
	own.db = c->db;
	if (!o.max_tries) o.max_tries = TRIES;
	if (kind) o.result = kind->run(&own, k->row.argument);
	if (o.result != OK)
		log_event(LOG_ERROR_LEVEL, "job-failed", STR_NONE, "kind",
		        str_printf(c->arena, "%.*s", STR_FMT(k->row.kind)).p, NULL);
	return db_write(c, settle, &o);
}

/* One job, if one is due. */
static err_t run_next(struct ctx *c, bool *more)
{
	struct job_due_row due;
	*more = false;
	TRY(job_due(c, c->now, &due, more));
	if (!*more) return OK;
	struct claim k = { .job_id = due.job_id };
	TRY(db_write(c, claim, &k));
	return k.mine ? run_claimed(c, &k) : OK;
}

static bool one_round(struct job_runner *r, struct db *db, struct arena *arena)
{
	struct ctx c;
	bool more;
	arena_reset(arena);
	ctx_init(&c, r->app, arena);
	c.db = db;
	keep_all_times(&c);
	if (run_next(&c, &more) == OK) return more;
	log_event(LOG_ERROR_LEVEL, "job-queue", STR_NONE, NULL);
	return false;
}

static void wait_for_work(struct job_runner *r)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	int64_t ns = until.tv_nsec + IDLE_MS * INT64_C(1000000);
	until = (struct timespec){ until.tv_sec + ns / 1000000000, ns % 1000000000 };
	(void)pthread_cond_timedwait(&r->work, &r->lock, &until);
}

static void *runner_main(void *arg)
{
	struct job_runner *r = arg;
	struct arena *arena = arena_new();
	struct db *db = db_open(r->app, arena);
	pthread_mutex_lock(&r->lock);
	while (!r->stop && db) {
		r->pending = false;
		pthread_mutex_unlock(&r->lock);
		bool more = one_round(r, db, arena);
		pthread_mutex_lock(&r->lock);
		if (!more && !r->pending && !r->stop) wait_for_work(r);
	}
	pthread_mutex_unlock(&r->lock);
	db_close(db);
	arena_free(arena);
	return NULL;
}

static err_t release(struct ctx *c, void *arg)
{
	(void)arg;
	return job_release_all(c, NULL);
}

/* SQLite belongs to one process: what was at work when it ended is free at once. */
static err_t release_own(struct app *app)
{
	struct arena *a = arena_new();
	struct ctx c;
	ctx_init(&c, app, a);
	c.db = db_open(app, a);
	err_t e = !c.db ? E_INTERNAL : db_engine_of(c.db) == DB_SQLITE ? db_write(&c, release, NULL) : OK;
	db_close(c.db);
	arena_free(a);
	return e;
}

err_t job_start(struct app *app)
{
	TRY(release_own(app));
	struct job_runner *r = calloc(1, sizeof *r);
	if (!r) abort();
	r->app = app;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->work, NULL);
	app->jobs = r;
	if (pthread_create(&r->thread, NULL, runner_main, r) == 0) return OK;
	app->jobs = NULL;
	free(r);
	return E_INTERNAL;
}

void job_stop(struct app *app)
{
	struct job_runner *r = app->jobs;
	if (!r) return;
	pthread_mutex_lock(&r->lock);
	r->stop = true;
	pthread_cond_signal(&r->work);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
	app->jobs = NULL;
	free(r);
}

err_t job_check(struct ctx *c, struct fsck *f)
{
	struct job_given_up_row row;
	bool found;
	TRY(job_given_up(c, &row, &found));
	if (row.n > 0)
		FSCK_FAULT(f, "jobs: %lld were given up after all their tries", (long long)row.n);
	else
		FSCK_INFO(f, "jobs: none given up");
	return OK;
}
