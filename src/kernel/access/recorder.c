#include "kernel/access/recorder.h"
#include "access_sql.h"
#include "base/utf8.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/log/log.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct access_recorder {
	struct app *app;
	pthread_t thread;
	pthread_mutex_t lock, writing; /* writing: held while a batch is on its way to the disk */
	pthread_cond_t wake;
	bool stop;
	size_t n;
	struct access_record waiting[RECORDS_MAX], batch[RECORDS_MAX];
};

static struct str text(const char *s)
{
	return *s ? str_c(s) : STR_NONE;
}

/* What was cut in the middle of a character, or came in as no UTF-8, PostgreSQL would refuse. */
static struct str whole(const char *s)
{
	size_t n = strlen(s), lead = n;
	while (lead && ((unsigned char)s[lead - 1] & 0xc0) == 0x80)
		lead--;
	unsigned char ch = lead ? (unsigned char)s[lead - 1] : 0;
	size_t wanted = ch >= 0xf0 ? 4 : ch >= 0xe0 ? 3 : ch >= 0xc0 ? 2 : 1;
	if (lead && n - (lead - 1) < wanted) n = lead - 1;
	struct str t = { s, n };
	return !n ? STR_NONE : utf8_valid(t) ? t : S("?");
}

static err_t write_one(struct ctx *c, void *arg)
{
	const struct access_record *r = arg;
	if (r->event)
		return access_event_insert(c, db_new_id(c), r->at, whole(r->what), text(r->office), whole(r->purpose),
		        r->person_id, r->subject_id, text(r->client), text(r->trace), NULL);
	return access_entry_insert(c, r->subject_id, db_new_id(c), r->person_id, text(r->office), whole(r->what),
	        whole(r->purpose), r->at, NULL);
}

struct batch {
	struct access_record *list;
	size_t n;
};

static err_t write_batch(struct ctx *c, void *arg)
{
	struct batch *b = arg;
	for (size_t i = 0; i < b->n; i++)
		TRY(write_one(c, &b->list[i]));
	return OK;
}

/* Takes all that waits and writes it. */
static void drain(struct access_recorder *r, struct ctx *c)
{
	pthread_mutex_lock(&r->writing);
	pthread_mutex_lock(&r->lock);
	struct batch b = { r->batch, r->n };
	memcpy(r->batch, r->waiting, r->n * sizeof *r->batch);
	r->n = 0;
	pthread_mutex_unlock(&r->lock);
	err_t e = b.n ? db_write(c, write_batch, &b) : OK;
	/* One that the database refuses must not take the others with it. */
	for (size_t i = 0; i < b.n && e != OK; i++)
		if (db_write(c, write_one, &b.list[i]) != OK)
			log_event(LOG_ERROR_LEVEL, "access-record-lost", STR_NONE, "what", b.list[i].what, NULL);
	pthread_mutex_unlock(&r->writing);
}

static void wait_for_work(struct access_recorder *r)
{
	struct timespec until;
	pthread_mutex_lock(&r->lock);
	while (!r->n && !r->stop)
		pthread_cond_wait(&r->wake, &r->lock);
	/* A little later there may be more for the same commit. */
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += RECORD_DELAY_MS * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	int timed_out = 0;
	while (!r->stop && r->n < RECORDS_MAX / 2 && !timed_out)
		timed_out = pthread_cond_timedwait(&r->wake, &r->lock, &until);
	pthread_mutex_unlock(&r->lock);
}

static bool goes_on(struct access_recorder *r)
{
	pthread_mutex_lock(&r->lock);
	bool on = !r->stop || r->n;
	pthread_mutex_unlock(&r->lock);
	return on;
}

static void *recorder_main(void *arg)
{
	struct access_recorder *r = arg;
	struct arena *a = arena_new();
	struct ctx c;
	(void)pthread_setname_np(pthread_self(), "access");
	while (goes_on(r)) {
		wait_for_work(r);
		ctx_init(&c, r->app, a);
		drain(r, &c);
		arena_reset(a);
	}
	arena_free(a);
	return NULL;
}

err_t access_record(struct ctx *c, const struct access_record *one)
{
	struct access_recorder *r = c->app->access;
	if (!r) return OK;
	pthread_mutex_lock(&r->lock);
	bool room = r->n < RECORDS_MAX;
	if (room) r->waiting[r->n++] = *one;
	if (room && (r->n == 1 || r->n == RECORDS_MAX / 2)) pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->lock);
	if (room) return OK;
	/* On an event thread (no database) nothing may wait: the event stays in the structured log only. */
	struct access_record copy = *one;
	return c->db ? db_write(c, write_one, &copy) : E_BUSY;
}

void access_flush(struct ctx *c)
{
	if (c->app->access) drain(c->app->access, c);
}

err_t access_start(struct app *app)
{
	struct access_recorder *r = calloc(1, sizeof *r);
	if (!r) abort();
	r->app = app;
	pthread_mutex_init(&r->lock, NULL);
	pthread_mutex_init(&r->writing, NULL);
	pthread_cond_init(&r->wake, NULL);
	if (pthread_create(&r->thread, NULL, recorder_main, r) != 0) {
		free(r);
		return E_INTERNAL;
	}
	app->access = r;
	return OK;
}

void access_stop(struct app *app)
{
	struct access_recorder *r = app->access;
	if (!r) return;
	pthread_mutex_lock(&r->lock);
	r->stop = true;
	pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
	app->access = NULL;
	free(r);
}

/* --- reading --- */

err_t access_reads(struct ctx *c, int64_t subject_id, int64_t before_id, struct access_read **out, size_t *n)
{
	struct access_entries_row *rows;
	access_flush(c);
	TRY(access_entries(c, subject_id, before_id ? before_id : INT64_MAX, &rows, n));
	*out = arena_array(c->arena, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct access_read){ rows[i].access_id, rows[i].person_id, rows[i].office, rows[i].what,
			rows[i].purpose, rows[i].at };
	return OK;
}

err_t access_events(struct ctx *c, struct str event, int64_t before_id, struct access_event **out, size_t *n)
{
	struct access_events_before_row *rows;
	access_flush(c);
	TRY(access_events_before(c, before_id ? before_id : INT64_MAX, event.p ? event : S(""), &rows, n));
	*out = arena_array(c->arena, *n + 1, sizeof **out);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct access_event){ rows[i].event_id, rows[i].person_id, rows[i].subject_id,
			rows[i].event, rows[i].operation, rows[i].detail, rows[i].client, rows[i].trace, rows[i].at };
	return OK;
}

err_t access_events_forget(struct ctx *c, instant_us before, int64_t *gone)
{
	struct access_events_old_row *rows;
	size_t n;
	TRY(access_events_old(c, before, &rows, &n));
	for (size_t i = 0; i < n; i++)
		TRY(access_event_delete(c, rows[i].event_id, NULL));
	*gone = (int64_t)n;
	return OK;
}
