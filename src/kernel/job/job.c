#include "kernel/job/job.h"
#include "job_sql.h"
#include "kernel/crypto/crypto.h"
#include "kernel/db/db.h"
#include "kernel/job/runner.h"
#include "kernel/log/log.h"
#include "kernel/operation/service.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)
/* Who works on a job renews its lease; one that has run out belongs to a process that died or hangs, and the job may be
 * taken by another (so jobs run at least once). */
#define LEASE (30 * SECOND)
#define FIRST_PAUSE (10 * SECOND)
#define LONGEST_PAUSE (21600 * SECOND)
enum { IDLE_MS = 500, RENEW_MS = 10000, TRIES = 5, OWNER_BYTES = 16, WORKERS = 1 + JOB_LANES };

struct lease {
	int64_t job_id, tries; /* at work; 0: none */
};
struct job_worker {
	struct job_runner *runner;
	pthread_t thread;
	struct lease lease;
	bool lanes;
};
struct job_runner {
	struct app *app;
	struct job_worker workers[WORKERS]; /* the first keeps the timetable and runs what is in no lane */
	size_t n_workers;                   /* that were started */
	pthread_mutex_t lock;
	pthread_cond_t work;
	uint64_t enqueued;   /* how often: who saw fewer looks again */
	bool stop, ended;    /* ended: the last job is over */
	pthread_t keeper;    /* renews the leases of the jobs at work */
	pthread_cond_t rest; /* of the keeper */
	char owner[2 * OWNER_BYTES + 1];
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
	struct str kind, lane, key, argument;
	instant_us at;
};

static err_t add(struct ctx *c, void *arg)
{
	const struct wanted *w = arg;
	return job_add(c, db_new_id(c), w->kind, w->key, w->argument, w->at, w->lane, NULL);
}

err_t job_enqueue_lane(
        struct ctx *c, const char *kind, struct str lane, struct str key, struct str argument, instant_us not_before)
{
	struct wanted w = { str_c(kind), lane, key, argument.p ? argument : S("{}"), not_before };
	struct job_runner *r = c->app->jobs;
	if (!find_kind(w.kind)) return E_INTERNAL;
	TRY(db_write(c, add, &w));
	if (!r) return OK;
	pthread_mutex_lock(&r->lock);
	r->enqueued++;
	pthread_cond_broadcast(&r->work);
	pthread_mutex_unlock(&r->lock);
	return OK;
}

err_t job_enqueue(struct ctx *c, const char *kind, struct str key, struct str argument, instant_us not_before)
{
	return job_enqueue_lane(c, kind, S(""), key, argument, not_before);
}

err_t job_rest_lane(struct ctx *c, struct str lane, instant_us until)
{
	return job_rest(c, until, lane, NULL);
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

/* Leases are in real time: the sandbox clock may be set while a job runs. */
static instant_us wall(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * SECOND + now.tv_nsec / 1000;
}

struct claim {
	int64_t job_id;
	struct job_claim_row row;
	bool mine;
};

static err_t claim(struct ctx *c, void *arg)
{
	struct claim *k = arg;
	instant_us now = wall();
	return job_claim(c, now + LEASE, str_c(c->app->jobs->owner), k->job_id, now, &k->row, &k->mine);
}

struct outcome {
	struct claim *claim;
	err_t result;
	int max_tries;
	bool held; /* the lease was ours to the end */
};

/* Only while the lease is ours: *held tells. */
static err_t end_job(struct ctx *c, struct outcome *o, int64_t *held)
{
	int64_t id = o->claim->job_id, token = o->claim->row.tries, pause = FIRST_PAUSE;
	if (o->result == OK) return job_done(c, id, token, held);
	if (token >= o->max_tries) return job_give_up(c, id, token, held);
	for (int64_t i = 1; i < token && pause < LONGEST_PAUSE; i++)
		pause *= 3;
	TRY(job_retry(c, c->now + (pause < LONGEST_PAUSE ? pause : LONGEST_PAUSE), id, token, held));
	return *held ? OK : job_done(c, id, token, held); /* the same work waits already under its key */
}

static err_t settle(struct ctx *c, void *arg)
{
	struct outcome *o = arg;
	int64_t held = 0;
	TRY(end_job(c, o, &held));
	o->held = held > 0;
	return OK;
}

/* --- the lease --- */

static void at_work(struct job_worker *w, struct lease lease)
{
	pthread_mutex_lock(&w->runner->lock);
	w->lease = lease;
	pthread_mutex_unlock(&w->runner->lock);
}

static err_t renew(struct ctx *c, void *arg)
{
	const struct lease *l = arg;
	return job_renew(c, wall() + LEASE, l->job_id, l->tries, NULL);
}

static void rest_for(pthread_cond_t *what, pthread_mutex_t *lock, int64_t ms)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	int64_t ns = until.tv_nsec + ms * INT64_C(1000000);
	until = (struct timespec){ until.tv_sec + ns / 1000000000, ns % 1000000000 };
	(void)pthread_cond_timedwait(what, lock, &until);
}

/* Under the lock, which is open while it writes. */
static void keep(struct job_runner *r, struct job_worker *w, struct lease before, struct arena *arena)
{
	struct lease now = w->lease;
	struct ctx c;
	if (r->ended || !now.job_id || now.job_id != before.job_id || now.tries != before.tries) return;
	pthread_mutex_unlock(&r->lock);
	arena_reset(arena);
	ctx_init(&c, r->app, arena);
	if (db_write(&c, renew, &now) != OK) log_event(LOG_WARN_LEVEL, "job-lease", STR_NONE, NULL);
	pthread_mutex_lock(&r->lock);
}

/* Every ten seconds, of the jobs that were at work ten seconds before; one that ends earlier wakes nobody. */
static void *keeper_main(void *arg)
{
	struct job_runner *r = arg;
	struct arena *arena = arena_new();
	struct lease before[WORKERS];
	(void)pthread_setname_np(pthread_self(), "job leases");
	pthread_mutex_lock(&r->lock);
	while (!r->ended) {
		for (size_t i = 0; i < WORKERS; i++)
			before[i] = r->workers[i].lease;
		rest_for(&r->rest, &r->lock, RENEW_MS);
		for (size_t i = 0; i < WORKERS; i++)
			keep(r, &r->workers[i], before[i], arena);
	}
	pthread_mutex_unlock(&r->lock);
	arena_free(arena);
	return NULL;
}

/* The job has a context of its own: what it leaves there is not ours. */
static err_t run_claimed(struct job_worker *w, struct ctx *c, struct claim *k)
{
	const struct job_kind *kind = find_kind(k->row.kind);
	struct outcome o = { .claim = k, .result = E_NOT_FOUND, .max_tries = kind ? kind->max_tries : 0 };
	struct ctx own;
	ctx_init(&own, c->app, c->arena);
	own.db = c->db;
	if (!o.max_tries) o.max_tries = TRIES;
	at_work(w, (struct lease){ k->job_id, k->row.tries });
	if (kind) o.result = kind->run(&own, k->row.argument);
	if (o.result != OK)
		log_event(LOG_ERROR_LEVEL, "job-failed", STR_NONE, "kind",
		        str_printf(c->arena, "%.*s", STR_FMT(k->row.kind)).p, NULL);
	err_t e = db_write(c, settle, &o);
	at_work(w, (struct lease){ 0 });
	if (e == OK && !o.held)
		log_event(LOG_WARN_LEVEL, "job-lease-lost", STR_NONE, "kind",
		        str_printf(c->arena, "%.*s", STR_FMT(k->row.kind)).p, NULL);
	return e;
}

/* One job, if one is due. */
static err_t run_next(struct job_worker *w, struct ctx *c, bool *more)
{
	struct job_due_row due = { 0 };
	struct job_due_lane_row lane = { 0 };
	*more = false;
	if (w->lanes)
		TRY(job_due_lane(c, c->now, wall(), &lane, more));
	else
		TRY(job_due(c, c->now, wall(), &due, more));
	if (!*more) return OK;
	struct claim k = { .job_id = w->lanes ? lane.job_id : due.job_id };
	TRY(db_write(c, claim, &k));
	return k.mine ? run_claimed(w, c, &k) : OK;
}

static bool one_round(struct job_worker *w, struct db *db, struct arena *arena)
{
	struct ctx c;
	bool more;
	arena_reset(arena);
	ctx_init(&c, w->runner->app, arena);
	c.db = db;
	if (!w->lanes) keep_all_times(&c);
	if (run_next(w, &c, &more) == OK) return more;
	log_event(LOG_ERROR_LEVEL, "job-queue", STR_NONE, NULL);
	return false;
}

static void *worker_main(void *arg)
{
	struct job_worker *w = arg;
	struct job_runner *r = w->runner;
	struct arena *arena = arena_new();
	struct db *db = db_open(r->app, arena);
	(void)pthread_setname_np(pthread_self(), "jobs");
	pthread_mutex_lock(&r->lock);
	while (!r->stop && db) {
		uint64_t seen = r->enqueued;
		pthread_mutex_unlock(&r->lock);
		bool more = one_round(w, db, arena);
		pthread_mutex_lock(&r->lock);
		if (!more && seen == r->enqueued && !r->stop) rest_for(&r->work, &r->lock, IDLE_MS);
	}
	pthread_mutex_unlock(&r->lock);
	db_close(db);
	arena_free(arena);
	return NULL;
}

/* SQLite belongs to one process: what was at work when it ended is free at once. On PostgreSQL what this process had,
 * if it runs under its old name. */
static err_t release(struct ctx *c, void *arg)
{
	bool alone = db_engine_of(c->db) == DB_SQLITE;
	return alone ? job_release_all(c, NULL) : job_release_of(c, str_c(arg), NULL);
}

static err_t release_own(struct app *app, char *owner)
{
	struct arena *a = arena_new();
	struct ctx c;
	ctx_init(&c, app, a);
	err_t e = db_write(&c, release, owner);
	arena_free(a);
	return e;
}

static void name_owner(struct job_runner *r)
{
	unsigned char random[OWNER_BYTES];
	struct arena *a = arena_new();
	crypto_random(random, sizeof random);
	struct str name = r->app->instance ? str_c(r->app->instance) : str_hex(a, random, sizeof random);
	memcpy(r->owner, name.p, name.n < sizeof r->owner ? name.n : sizeof r->owner - 1);
	arena_free(a);
}

/* The keeper last: leases are kept until no job is at work. */
static void stop_threads(struct job_runner *r)
{
	pthread_mutex_lock(&r->lock);
	r->stop = true;
	pthread_cond_broadcast(&r->work);
	pthread_mutex_unlock(&r->lock);
	for (size_t i = 0; i < r->n_workers; i++)
		pthread_join(r->workers[i].thread, NULL);
	pthread_mutex_lock(&r->lock);
	r->ended = true;
	pthread_cond_signal(&r->rest);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->keeper, NULL);
}

static bool start_threads(struct job_runner *r)
{
	if (pthread_create(&r->keeper, NULL, keeper_main, r) != 0) return false;
	for (size_t i = 0; i < WORKERS; i++, r->n_workers++) {
		struct job_worker *w = &r->workers[i];
		w->runner = r;
		w->lanes = i > 0;
		if (pthread_create(&w->thread, NULL, worker_main, w) == 0) continue;
		stop_threads(r);
		return false;
	}
	return true;
}

err_t job_start(struct app *app)
{
	struct job_runner *r = calloc(1, sizeof *r);
	if (!r) abort();
	r->app = app;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->work, NULL);
	pthread_cond_init(&r->rest, NULL);
	name_owner(r);
	app->jobs = r;
	err_t e = release_own(app, r->owner);
	if (e == OK && start_threads(r)) return OK;
	app->jobs = NULL;
	free(r);
	return e == OK ? E_INTERNAL : e;
}

void job_stop(struct app *app)
{
	struct job_runner *r = app->jobs;
	if (!r) return;
	stop_threads(r);
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
