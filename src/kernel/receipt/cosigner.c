#include "kernel/receipt/cosigner.h"
#include "kernel/db/db.h"
#include "kernel/fetch/fetch.h"
#include "kernel/log/log.h"
#include "kernel/metrics/metrics.h"
#include "kernel/receipt/log.h"
#include "kernel/tlog/witness.h"
#include "receipt_sql.h"
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { WITNESSES_MAX = 16, ROUND_MS = 2000, ANSWER_MS = 1500 };

struct witness {
	struct str url;
	struct tlog_verifier key;
	int64_t size; /* that it signed last, as far as we know */
	bool silent;  /* told in the log already */
};
struct cosigner {
	struct app *app;
	struct arena *lifetime;
	struct witness list[WITNESSES_MAX];
	size_t n;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t rest;
	bool stop;
};

/* --- one witness --- */

static struct fetched ask(struct ctx *c, const struct witness *w, struct str note, int64_t size)
{
	struct witness_request q = { .old = w->size, .note = note };
	if (w->size > size) return (struct fetched){ 0 }; /* ahead of us: nothing of ours goes on from there */
	if (w->size > 0 && w->size < size && !receipt_consistency(c, w->size, size, &q.proof))
		return (struct fetched){ 0 };
	struct fetch f = { .base = w->url,
		.path = "/add-checkpoint",
		.media = "text/plain",
		.body = witness_request_write(c->arena, &q),
		.timeout_ms = ANSWER_MS };
	return fetch_call(c->arena, &f);
}

/* The first line of the answer that is this witness's good signature; others may stand beside it. */
static bool pick_line(struct ctx *c, const struct witness *w, struct str text, struct str answer, struct str *line)
{
	struct str rest = answer, one, opened;
	unsigned good;
	while (answer.n <= TLOG_NOTE_MAX && str_split(&rest, '\n', &one)) {
		*line = str_printf(c->arena, "%.*s\n", STR_FMT(one));
		if (tlog_note_open(c->arena, tlog_note(c->arena, text, *line), &w->key, 1, &opened, &good) ==
		        TLOG_OPENED)
			return true;
	}
	return false;
}

/* It signs what goes on from its last size, and says that size when ours was another one: asked once more then. */
static bool cosign(struct ctx *c, struct witness *w, struct str note, struct str text, int64_t size, struct str *line)
{
	struct fetched r = ask(c, w, note, size);
	int64_t known;
	if (r.status == 409 && str_to_int(str_trim(r.body), &known) && known >= 0 && known <= size) {
		w->size = known;
		r = ask(c, w, note, size);
	}
	if (r.status != 200 || !pick_line(c, w, text, r.body, line)) return false;
	w->size = size;
	return true;
}

static void tell(struct ctx *c, struct witness *w, bool signed_it)
{
	metric_add(metrics_counter(c->app->metrics, "etax_log_cosignatures_total",
	                   signed_it ? "end=\"signed\"" : "end=\"none\"", "Checkpoints brought to a witness"),
	        1);
	if (!signed_it && !w->silent)
		log_event(LOG_WARN_LEVEL, "witness-does-not-sign", STR_NONE, "witness",
		        str_printf(c->arena, "%.*s", STR_FMT(w->key.name)).p, NULL);
	w->silent = !signed_it;
}

/* --- a round --- */

static err_t keep(struct ctx *c, void *arg)
{
	const struct receipt_witnessed *w = arg;
	return receipt_witnessed_put(c, w->size, w->note, w->witnesses, NULL);
}

static err_t one_round(struct cosigner *k, struct ctx *c)
{
	struct receipt_witnessed have, got = { 0 };
	struct buf lines;
	struct str line;
	TRY(receipt_checkpoint(c, &got.note, &got.size));
	TRY(receipt_witnessed(c, &have));
	bool done = have.size == got.size && have.witnesses >= (int64_t)k->n;
	ptrdiff_t split = got.note.p ? str_find(got.note, "\n\n") : -1;
	if (done || split < 0) return OK;
	struct str text = str_sub(got.note, 0, (size_t)split + 1);
	buf_init(&lines, c->arena, 512);
	for (size_t i = 0; i < k->n; i++) {
		bool good = cosign(c, &k->list[i], got.note, text, got.size, &line);
		tell(c, &k->list[i], good);
		got.witnesses += good;
		if (good) buf_str(&lines, line);
	}
	if (!got.witnesses || (have.size == got.size && have.witnesses >= got.witnesses)) return OK;
	got.note = str_printf(c->arena, "%.*s%.*s", STR_FMT(got.note), STR_FMT(buf_done(&lines)));
	return db_write(c, keep, &got);
}

static void rest_a_little(struct cosigner *k)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += ROUND_MS / 1000;
	if (!k->stop) (void)pthread_cond_timedwait(&k->rest, &k->lock, &until);
}

static void *cosigner_main(void *arg)
{
	struct cosigner *k = arg;
	struct arena *arena = arena_new();
	struct db *db = db_open(k->app, arena);
	(void)pthread_setname_np(pthread_self(), "cosigner");
	pthread_mutex_lock(&k->lock);
	while (!k->stop && db) {
		struct ctx c;
		pthread_mutex_unlock(&k->lock);
		arena_reset(arena);
		ctx_init(&c, k->app, arena);
		c.db = db;
		if (one_round(k, &c) != OK) log_event(LOG_WARN_LEVEL, "witness-round", STR_NONE, NULL);
		pthread_mutex_lock(&k->lock);
		rest_a_little(k);
	}
	pthread_mutex_unlock(&k->lock);
	db_close(db);
	arena_free(arena);
	return NULL;
}

/* --- starting --- */

static bool read_one(struct cosigner *k, struct str line)
{
	struct str rest = line, url;
	if (k->n == WITNESSES_MAX || !str_split(&rest, ' ', &url)) return false;
	struct witness *w = &k->list[k->n];
	if (!str_starts(url, "http://") && !str_starts(url, "https://") && !str_starts(url, "unix:")) return false;
	if (!tlog_verifier_parse(k->lifetime, rest, &w->key) || w->key.suite != TLOG_COSIGNATURE) return false;
	w->url = str_dup(k->lifetime, url);
	k->n++;
	return true;
}

static bool read_list(struct cosigner *k, struct str text, unsigned *line)
{
	struct str one;
	for (*line = 1; str_split(&text, '\n', &one); (*line)++) {
		one = str_trim(one);
		if (one.n && one.p[0] != '#' && !read_one(k, one)) return false;
	}
	return true;
}

static void cosigner_free(struct cosigner *k)
{
	arena_free(k->lifetime);
	free(k);
}

err_t cosigner_start(struct app *app, struct str witnesses, unsigned *line)
{
	struct cosigner *k = calloc(1, sizeof *k);
	if (!k) abort();
	k->app = app;
	k->lifetime = arena_new();
	pthread_mutex_init(&k->lock, NULL);
	pthread_cond_init(&k->rest, NULL);
	bool good = read_list(k, witnesses, line);
	if (good && k->n > 0 && pthread_create(&k->thread, NULL, cosigner_main, k) == 0) {
		app->cosigner = k;
		return OK;
	}
	bool none = good && k->n == 0;
	cosigner_free(k);
	return none ? OK : E_INPUT;
}

void cosigner_stop(struct app *app)
{
	struct cosigner *k = app->cosigner;
	if (!k) return;
	pthread_mutex_lock(&k->lock);
	k->stop = true;
	pthread_cond_signal(&k->rest);
	pthread_mutex_unlock(&k->lock);
	pthread_join(k->thread, NULL);
	app->cosigner = NULL;
	cosigner_free(k);
}
