/* On PostgreSQL the same thread is the one writer of this process; an advisory lock puts the groups of all processes in
 * a row.
 *
 * The writer thread with group commit (design/storage §2, measurements §5): what has queued up, at most 256 closures,
 * runs in one transaction; one fsync and one signed log root serve them all, and nobody waits when it is idle.
 *
 * An act that fails leaves nothing of itself. Savepoints do that, at an eighth of an act's cost; but an act that fails
 * has nearly always written nothing yet. So a group runs without them first where the engine can tell (SQLite), and
 * only when one has failed behind a row of its own is the group undone and run again with savepoints. Closures can be
 * run again anyway (docs/adr/0006). */
#include "kernel/db/store.h"
#include "kernel/ctx/app.h"
#include "kernel/db/counters.h"
#include "kernel/db/db_hooks.h"
#include "kernel/db/engine.h"
#include "kernel/db/retry.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { GROUP_MAX = 256 };
#define EPOCH_2020_MS INT64_C(1577836800000)

/* An act that a thread waits for. */
struct waiter {
	struct db_act act; /* first */
	bool over;
	pthread_cond_t wake;
};

/* Acts in a row. */
struct acts {
	struct db_act *first, *last;
};

struct db {
	struct engine_connection *link;
	const struct engine *engine;
	struct db_store *store;
	bool writing;    /* inside the core transaction */
	bool projecting; /* inside a projection transaction */
};

struct db_store {
	struct app *app;
	char place[4000]; /* data directory or URL */
	struct db_hooks hooks;
	pthread_t thread, teller; /* the teller says to those who did not wait that their act is over */
	pthread_mutex_t lock;
	pthread_cond_t queued, ended;
	struct acts waiting, over;
	bool closing, teller_closing;
	struct db writer;
	enum { SAVEPOINT_NONE, SAVEPOINT_USED, SAVEPOINT_UNTOUCHED } savepoint; /* of the open group */
	struct counters counters;
	pthread_mutex_t projection_lock;
	struct db projector;
	int64_t last_id;
};

enum db_engine db_engine_of(const struct db *db)
{
	return db->engine->kind;
}

void db_set_hooks(struct app *app, const struct db_hooks *hooks)
{
	app->db->hooks = *hooks;
}

/* Every statement gets one cache number in the process, the first time any connection uses it. */
int engine_slot(const struct db_statement *st)
{
	static int last;
	int slot = __atomic_load_n(st->slot, __ATOMIC_ACQUIRE);
	if (slot) return slot;
	int fresh = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
	if (fresh >= ENGINE_STATEMENTS) abort();
	return __atomic_compare_exchange_n(st->slot, &slot, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) ? fresh
	                                                                                                      : slot;
}

/* --- the writer --- */

static bool conflict(const struct db_store *s)
{
	return s->writer.engine->again && s->writer.engine->again(s->writer.link);
}

/* The transaction is gone: what ran now would be kept row by row. */
static bool lost(const struct db_store *s)
{
	return s->writer.engine->written && s->writer.engine->written(s->writer.link) < 0;
}

/* The savepoint before goes with the next one, and one that an act was rolled back to serves the next. */
static bool set_savepoint(struct db_store *s)
{
	const char *command = s->savepoint == SAVEPOINT_NONE ? "SAVEPOINT act" : "RELEASE act; SAVEPOINT act";
	bool good = s->savepoint == SAVEPOINT_UNTOUCHED || s->writer.engine->command(s->writer.link, false, command);
	if (good) s->savepoint = SAVEPOINT_USED;
	return good;
}

static void run_one(struct db_store *s, struct db_act *a)
{
	struct db *own = a->c->db;
	counters_save(&s->counters);
	if (s->hooks.savepoint) s->hooks.savepoint(s->app);
	a->result = set_savepoint(s) ? OK : E_INTERNAL;
	if (a->result != OK) return;
	a->c->db = &s->writer;
	a->result = a->fn(a->c, a->arg);
	a->c->db = own;
	if (a->result == OK && s->writer.engine->settle) a->result = s->writer.engine->settle(s->writer.link);
	if (a->result != OK) {
		counters_roll_back(&s->counters);
		if (s->hooks.savepoint_rolled_back) s->hooks.savepoint_rolled_back(s->app);
		if (s->writer.engine->command(s->writer.link, false, "ROLLBACK TO act"))
			s->savepoint = SAVEPOINT_UNTOUCHED;
	}
}

/* Without a savepoint: false when it has failed and left rows. */
static bool run_freely(struct db_store *s, struct db_act *a)
{
	struct db *own = a->c->db;
	int64_t before = s->writer.engine->written(s->writer.link);
	counters_save(&s->counters);
	if (s->hooks.savepoint) s->hooks.savepoint(s->app);
	a->c->db = &s->writer;
	a->result = a->fn(a->c, a->arg);
	a->c->db = own;
	if (a->result == OK) return true;
	counters_roll_back(&s->counters);
	if (s->hooks.savepoint_rolled_back) s->hooks.savepoint_rolled_back(s->app);
	return s->writer.engine->written(s->writer.link) == before;
}

static bool commit(struct db_store *s, struct arena *arena)
{
	struct ctx c;
	ctx_init(&c, s->app, arena);
	c.db = &s->writer;
	err_t e = counters_write(&s->counters, &c);
	if (e == OK && s->hooks.before_commit) e = s->hooks.before_commit(&c);
	if (e == OK && s->writer.engine->command(s->writer.link, false, "COMMIT")) return true;
	(void)s->writer.engine->command(s->writer.link, false, "ROLLBACK");
	return false;
}

static bool begin_group(struct db_store *s, struct arena *arena)
{
	struct ctx c;
	ctx_init(&c, s->app, arena);
	c.db = &s->writer;
	counters_forget(&s->counters);
	if (!s->hooks.group_begin || s->hooks.group_begin(&c) == OK) return true;
	(void)s->writer.engine->command(s->writer.link, false, "ROLLBACK");
	return false;
}

/* One run of a group: true when it is durable. free: without savepoints, which *left says do not do for it. */
static bool try_group(struct db_store *s, struct db_act *group, struct arena *arena, bool free, bool *left)
{
	bool began = s->writer.engine->command(s->writer.link, false, s->writer.engine->begin), committed = false;
	if (!began) (void)s->writer.engine->command(s->writer.link, false, "ROLLBACK");
	s->writer.writing = began;
	bool open = began && begin_group(s, arena);
	s->savepoint = SAVEPOINT_NONE;
	*left = false;
	for (struct db_act *a = group; a && open && !*left && !conflict(s) && !lost(s); a = a->next)
		if (free)
			*left = !run_freely(s, a);
		else
			run_one(s, a);
	if (open && !*left && !conflict(s) && !lost(s))
		committed = commit(s, arena);
	else if (open)
		(void)s->writer.engine->command(s->writer.link, false, "ROLLBACK");
	s->writer.writing = false;
	if (s->hooks.group_end) s->hooks.group_end(s->app, committed);
	arena_reset(arena);
	for (struct db_act *a = group; a && !committed; a = a->next)
		if (!open || a->result == OK || conflict(s)) a->result = conflict(s) || !began ? E_BUSY : E_INTERNAL;
	return committed;
}

static void put_back(struct db_act *group)
{
	for (struct db_act *a = group; a; a = a->next)
		*a->c = a->before;
}

/* Nothing of a group that met a conflict is left, so that all of it may run again. */
static void run_group(struct db_store *s, struct db_act *group, struct arena *arena)
{
	bool left;
	for (struct db_act *a = group; a; a = a->next)
		a->before = *a->c;
	if (s->writer.engine->written) {
		/* One that was alone in its group is undone with it: nothing is to be run again. */
		if (try_group(s, group, arena, true, &left) || !left || !group->next) return;
		put_back(group);
	}
	for (int tried = 1; !try_group(s, group, arena, false, &left) && conflict(s) && retry_pause(s->app, tried);
	        tried++)
		put_back(group);
}

static void append(struct acts *list, struct db_act *a)
{
	a->next = NULL;
	if (list->last)
		list->last->next = a;
	else
		list->first = a;
	list->last = a;
}

/* Up to GROUP_MAX waiting acts, cut off the queue; NULL when the store closes and nothing waits. */
static struct db_act *take_group(struct db_store *s)
{
	pthread_mutex_lock(&s->lock);
	while (!s->waiting.first && !s->closing)
		pthread_cond_wait(&s->queued, &s->lock);
	struct db_act *group = s->waiting.first, *end = group;
	for (int n = 1; end && n < GROUP_MAX && end->next; n++)
		end = end->next;
	if (end) {
		s->waiting.first = end->next;
		end->next = NULL;
		if (!s->waiting.first) s->waiting.last = NULL;
	}
	pthread_mutex_unlock(&s->lock);
	return group;
}

static void end_group(struct db_store *s, struct db_act *group)
{
	pthread_mutex_lock(&s->lock);
	bool told = s->over.first != NULL;
	for (struct db_act *a = group, *next; a; a = next) {
		next = a->next; /* the waiter's frame is gone after the wake */
		if (a->done) {
			append(&s->over, a);
			continue;
		}
		struct waiter *w = (struct waiter *)(void *)a;
		w->over = true;
		pthread_cond_signal(&w->wake);
	}
	if (s->over.first && !told) pthread_cond_signal(&s->ended);
	pthread_mutex_unlock(&s->lock);
}

static void *writer_main(void *arg)
{
	struct db_store *s = arg;
	struct arena *arena = arena_new();
	(void)pthread_setname_np(pthread_self(), "writer");
	for (struct db_act *group; (group = take_group(s));) {
		run_group(s, group, arena);
		end_group(s, group);
	}
	arena_free(arena);
	return NULL;
}

static struct db_act *take_over(struct db_store *s)
{
	pthread_mutex_lock(&s->lock);
	while (!s->over.first && !s->teller_closing)
		pthread_cond_wait(&s->ended, &s->lock);
	struct db_act *list = s->over.first;
	s->over = (struct acts){ 0 };
	pthread_mutex_unlock(&s->lock);
	return list;
}

static void *teller_main(void *arg)
{
	struct db_store *s = arg;
	(void)pthread_setname_np(pthread_self(), "teller");
	for (struct db_act *list; (list = take_over(s));)
		for (struct db_act *next; list; list = next) {
			next = list->next; /* it may be gone after the call */
			list->done(list);
		}
	return NULL;
}

static void queue(struct db_store *s, struct db_act *a) /* under the lock */
{
	if (!s->waiting.first) pthread_cond_signal(&s->queued);
	append(&s->waiting, a);
}

static void enqueue(struct db_act *a)
{
	struct db_store *s = a->c->app->db;
	pthread_mutex_lock(&s->lock);
	queue(s, a);
	pthread_mutex_unlock(&s->lock);
}

void db_write_later(struct db_act *a)
{
	enqueue(a);
}

static void start(struct waiter *w)
{
	pthread_cond_init(&w->wake, NULL);
	enqueue(&w->act);
}

static err_t await(struct waiter *w)
{
	struct db_store *s = w->act.c->app->db;
	pthread_mutex_lock(&s->lock);
	while (!w->over)
		pthread_cond_wait(&w->wake, &s->lock);
	pthread_mutex_unlock(&s->lock);
	pthread_cond_destroy(&w->wake);
	return w->act.result;
}

err_t db_write(struct ctx *c, db_closure *fn, void *arg)
{
	struct waiter w = { .act = { .c = c, .fn = fn, .arg = arg } };
	if (c->db && c->db->writing) return fn(c, arg);
	start(&w);
	return await(&w);
}

struct db_pending {
	struct waiter waiter;
};

struct db_pending *db_write_start(struct ctx *c, db_closure *fn, void *arg)
{
	struct db_pending *p = arena_new_of(c->arena, struct db_pending);
	p->waiter.act = (struct db_act){ .c = c, .fn = fn, .arg = arg };
	if (c->db && c->db->writing) abort(); /* a defect: it would wait for itself */
	start(&p->waiter);
	return p;
}

err_t db_write_end(struct db_pending *p)
{
	return await(&p->waiter);
}

/* *again: it met a conflict. */
static err_t try_projection(struct db_store *s, struct ctx *c, db_closure *fn, void *arg, bool *again)
{
	struct db *own = c->db;
	const struct engine *engine = s->projector.engine;
	err_t e = engine->command(s->projector.link, true, engine->begin_projection) ? OK : E_BUSY;
	if (e == OK) {
		s->projector.projecting = true;
		c->db = &s->projector;
		e = fn(c, arg);
		c->db = own;
		s->projector.projecting = false;
		bool kept = engine->command(s->projector.link, true, e == OK ? "COMMIT" : "ROLLBACK");
		if (e == OK && !kept) e = E_INTERNAL;
	}
	*again = e != OK && engine->again && engine->again(s->projector.link);
	return *again ? E_BUSY : e;
}

err_t db_write_projection(struct ctx *c, db_closure *fn, void *arg)
{
	struct db_store *s = c->app->db;
	struct ctx before = *c;
	bool again;
	err_t e;
	pthread_mutex_lock(&s->projection_lock);
	for (int tried = 1; (e = try_projection(s, c, fn, arg, &again)) != OK; tried++) {
		if (!again || !retry_pause(s->app, tried)) break;
		*c = before;
	}
	pthread_mutex_unlock(&s->projection_lock);
	return e;
}

/* --- running statements --- */

err_t db_run(struct ctx *c, const struct db_statement *st, const struct db_value *in, struct db_value **rows,
        size_t *n_rows, size_t max_rows, int64_t *affected)
{
	struct db *db = c->db;
	if (!db || (st->writes && !(st->projection ? db->projecting : db->writing))) {
		(void)fprintf(stderr,
		        "{\"level\":\"error\",\"event\":\"write-outside-transaction\",\"statement\":\"%s\"}\n",
		        st->name);
		return E_INTERNAL;
	}
	err_t e = db->engine->run(db->link, c->arena, st, in, rows, n_rows, max_rows, affected);
	if (e == E_INTERNAL)
		(void)fprintf(stderr,
		        "{\"level\":\"error\",\"event\":\"statement\",\"statement\":\"%s\",\"why\":\"%s\"}\n", st->name,
		        db->engine->why(db->link, st->projection));
	return e;
}

struct str db_misfit(struct ctx *c, const struct db_statement *st)
{
	return c->db->engine->misfit(c->db->link, c->arena, st);
}

err_t db_counter(struct ctx *c, struct str name, int64_t n, int64_t *first)
{
	if (!c->db || !c->db->writing) return E_INTERNAL;
	return counters_next(&c->db->store->counters, c, name, n, first);
}

/* Real time, not the sandbox clock: ids must grow whatever a test does to the time. */
int64_t db_new_id(struct ctx *c)
{
	struct db_store *s = c->app->db;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	int64_t ms = now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000 - EPOCH_2020_MS, next;
	int64_t last = __atomic_load_n(&s->last_id, __ATOMIC_RELAXED);
	do {
		next = ms << 14 > last ? ms << 14 : last + 1;
	} while (!__atomic_compare_exchange_n(&s->last_id, &last, next, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	int64_t node = c->app->node ? (c->app->node[0] * 10 + c->app->node[1]) & 0xff : 0;
	return (next >> 14) << 22 | node << 14 | (next & 0x3fff);
}

/* --- opening and closing --- */

struct db *db_open(struct app *app, struct arena *errors)
{
	(void)errors;
	struct db *db = calloc(1, sizeof *db);
	if (!db) abort();
	db->store = app->db;
	db->engine = app->db->writer.engine;
	db->link = db->engine->open(app->db->place, ENGINE_READER);
	if (db->link) return db;
	free(db);
	return NULL;
}

void db_close(struct db *db)
{
	if (!db) return;
	db->engine->close(db->link);
	free(db);
}

bool db_snapshot(struct db *db)
{
	return (db_engine_of(db) == DB_POSTGRESQL || db->engine->command(db->link, true, db->engine->snapshot)) &&
	       db->engine->command(db->link, false, db->engine->snapshot);
}

err_t db_store_open(struct app *app, const char *data_dir, const char *url)
{
	const struct engine *engine = url ? &engine_postgresql : &engine_sqlite;
	const char *place = url ? url : data_dir;
	if (strlen(place) >= sizeof app->db->place || (url && !str_starts(str_c(url), "postgresql://"))) return E_INPUT;
	struct db_store *s = calloc(1, sizeof *s);
	if (!s) abort();
	s->app = app;
	(void)snprintf(s->place, sizeof s->place, "%s", place);
	pthread_mutex_init(&s->lock, NULL);
	pthread_mutex_init(&s->projection_lock, NULL);
	pthread_cond_init(&s->queued, NULL);
	pthread_cond_init(&s->ended, NULL);
	s->writer = (struct db){ .link = engine->open(place, ENGINE_WRITER), .engine = engine, .store = s };
	s->projector = (struct db){ .link = engine->open(place, ENGINE_PROJECTOR), .engine = engine, .store = s };
	bool good = s->writer.link && s->projector.link && pthread_create(&s->teller, NULL, teller_main, s) == 0;
	if (good && pthread_create(&s->thread, NULL, writer_main, s) != 0) abort(); /* the machine is dying */
	if (!good) {
		engine->close(s->writer.link);
		engine->close(s->projector.link);
		free(s);
		return E_INTERNAL;
	}
	app->db = s;
	return OK;
}

void db_store_close(struct app *app)
{
	struct db_store *s = app->db;
	if (!s) return;
	pthread_mutex_lock(&s->lock);
	s->closing = true;
	pthread_cond_signal(&s->queued);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	pthread_mutex_lock(&s->lock);
	s->teller_closing = true;
	pthread_cond_signal(&s->ended);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->teller, NULL);
	s->writer.engine->close(s->writer.link);
	s->projector.engine->close(s->projector.link);
	free(s);
	app->db = NULL;
}

err_t db_script(struct app *app, bool projection, struct str sql, const char **why)
{
	struct db *db = projection ? &app->db->projector : &app->db->writer;
	struct arena *a = arena_new();
	if (db->engine->dialect) sql = db->engine->dialect(a, sql);
	bool good = db->engine->command(db->link, projection, db->engine->begin) &&
	            db->engine->command(db->link, projection, sql.p) &&
	            db->engine->command(db->link, projection, "COMMIT");
	arena_free(a);
	if (good) return OK;
	*why = db->engine->why(db->link, projection);
	(void)db->engine->command(db->link, projection, "ROLLBACK");
	return E_INTERNAL;
}
