#include "kernel/db/checkpointer.h"
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

/* Pages in the log, of 4 KiB. By the writer while the thread rests; from HARD on it waits for the thread, so that the
 * log has an end even where commits are faster than the disk. */
enum { BESIDE = 2000, BY_WRITER = 16000, AGAIN = 1000, HARD = 64000 };

struct checkpointer {
	sqlite3 *db;
	pthread_t thread;
	pthread_mutex_t lock,
	        turn; /* turn: held by the one who makes a checkpoint; SQLite would send the second away */
	pthread_cond_t wake;
	bool wanted, closing;
	int asked; /* pages in the log when the thread was called last, or when the writer did it itself */
};

static void checkpoint(struct checkpointer *k, sqlite3 *db, bool waits)
{
	if (waits)
		pthread_mutex_lock(&k->turn);
	else if (pthread_mutex_trylock(&k->turn) != 0)
		return;
	/* What stands in its way (a reader of an old state, another process) is no fault: the next one goes on. */
	(void)sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	pthread_mutex_unlock(&k->turn);
}

static bool wait_for_work(struct checkpointer *k)
{
	pthread_mutex_lock(&k->lock);
	while (!k->wanted && !k->closing)
		pthread_cond_wait(&k->wake, &k->lock);
	k->wanted = false;
	bool goes_on = !k->closing;
	pthread_mutex_unlock(&k->lock);
	return goes_on;
}

static void *checkpointer_main(void *arg)
{
	struct checkpointer *k = arg;
	(void)pthread_setname_np(pthread_self(), "checkpoint");
	while (wait_for_work(k))
		checkpoint(k, k->db, true);
	return NULL;
}

/* On the writer's thread, behind each commit. */
static int committed(void *arg, sqlite3 *writer, const char *name, int pages)
{
	struct checkpointer *k = arg;
	(void)name;
	if (pages < k->asked) k->asked = 0; /* the log has begun again */
	if (pages >= BY_WRITER && pages >= k->asked + AGAIN) {
		k->asked = pages;
		checkpoint(k, writer, pages >= HARD);
	} else if (pages < BY_WRITER && pages >= k->asked + BESIDE) {
		k->asked = pages;
		pthread_mutex_lock(&k->lock);
		k->wanted = true;
		pthread_cond_signal(&k->wake);
		pthread_mutex_unlock(&k->lock);
	}
	return SQLITE_OK;
}

struct checkpointer *checkpointer_start(const char *path, sqlite3 *writer)
{
	struct checkpointer *k = calloc(1, sizeof *k);
	if (!k) abort();
	pthread_mutex_init(&k->lock, NULL);
	pthread_mutex_init(&k->turn, NULL);
	pthread_cond_init(&k->wake, NULL);
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
	bool good = sqlite3_open_v2(path, &k->db, flags, NULL) == SQLITE_OK &&
	            sqlite3_exec(k->db, "PRAGMA synchronous=FULL", NULL, NULL, NULL) == SQLITE_OK &&
	            pthread_create(&k->thread, NULL, checkpointer_main, k) == 0;
	if (good) {
		(void)sqlite3_wal_hook(writer, committed, k);
		return k;
	}
	sqlite3_close(k->db);
	free(k);
	return NULL;
}

void checkpointer_stop(struct checkpointer *k)
{
	if (!k) return;
	pthread_mutex_lock(&k->lock);
	k->closing = true;
	pthread_cond_signal(&k->wake);
	pthread_mutex_unlock(&k->lock);
	pthread_join(k->thread, NULL);
	sqlite3_close(k->db);
	free(k);
}
