#include "kernel/plane/plane.h"
#include "kernel/crypto/crypto.h"
#include "kernel/log/log.h"
#include "kernel/plane/generation.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUILD_STEP = 200000 };

/* One thread's read transaction, kept as long as nothing new was written; plane_refresh lets go of idle ones. */
struct reader {
	struct plane *plane;
	struct generation *generation;
	MDB_txn *txn;
	bool live; /* txn holds a snapshot: number `snapshot` */
	bool busy; /* a look-up, or plane_refresh, is at txn */
	size_t snapshot;
	uint64_t uses, seen; /* look-ups, and how many there were at the last refresh */
	struct reader *next, *previous;
};

struct plane {
	char dir[4000];
	bool readonly, building;
	pthread_mutex_t lock; /* readers, users of generations, the change-over */
	pthread_mutex_t writing;
	pthread_key_t key;
	struct reader *readers;
	struct generation *current; /* read without lock */
};

struct plane_rebuild {
	struct plane *plane;
	struct generation *generation;
	MDB_txn *txn;
	int64_t in_txn;
};

bool plane_key_digits(struct str digits, struct plane_key *out)
{
	if (digits.n < 1 || digits.n > 20) return false;
	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < digits.n; i++) {
		char ch = digits.p[i];
		if (ch < '0' || ch > '9') return false;
		size_t at = 20 - digits.n + i;
		out->b[at / 2] = (unsigned char)(out->b[at / 2] | (ch - '0') << (at % 2 ? 0 : 4));
	}
	return true;
}

void plane_key_text(struct str text, struct plane_key *out)
{
	unsigned char digest[32];
	crypto_sha256(text.p, text.n, digest);
	memcpy(out->b, digest, sizeof out->b);
}

/* --- generations --- */

static void leave(struct generation *g) /* under the lock */
{
	if (--g->users == 0) generation_close(g);
}

static void reader_end(void *arg)
{
	struct reader *r = arg;
	struct plane *p = r->plane;
	pthread_mutex_lock(&p->lock);
	if (r->txn) mdb_txn_abort(r->txn);
	if (r->generation) leave(r->generation);
	if (p->readers == r)
		p->readers = r->next;
	else
		r->previous->next = r->next;
	if (r->next) r->next->previous = r->previous;
	pthread_mutex_unlock(&p->lock);
	free(r);
}

static struct reader *reader_of(struct plane *p)
{
	struct reader *r = pthread_getspecific(p->key);
	if (r) return r;
	r = calloc(1, sizeof *r);
	if (!r || pthread_setspecific(p->key, r) != 0) abort();
	r->plane = p;
	pthread_mutex_lock(&p->lock);
	r->next = p->readers;
	r->previous = NULL;
	if (r->next) r->next->previous = r;
	p->readers = r;
	pthread_mutex_unlock(&p->lock);
	return r;
}

static bool take(struct reader *r)
{
	return !__atomic_exchange_n(&r->busy, true, __ATOMIC_ACQUIRE);
}

static void give(struct reader *r)
{
	__atomic_store_n(&r->busy, false, __ATOMIC_RELEASE);
}

static void let_go(struct reader *r)
{
	if (r->live) mdb_txn_reset(r->txn);
	r->live = false;
}

static bool is_newest(const struct reader *r)
{
	MDB_envinfo info;
	return mdb_env_info(r->generation->env, &info) == 0 && info.me_last_txnid == r->snapshot;
}

static bool renew(struct reader *r)
{
	if (r->live && is_newest(r)) return true;
	let_go(r);
	r->live = mdb_txn_renew(r->txn) == 0;
	return r->live;
}

/* On the newest file. */
static bool begin_anew(struct plane *p, struct reader *r)
{
	pthread_mutex_lock(&p->lock);
	if (r->txn) mdb_txn_abort(r->txn);
	if (r->generation) leave(r->generation);
	r->txn = NULL;
	r->generation = p->current;
	r->generation->users++;
	int rc = mdb_txn_begin(r->generation->env, NULL, MDB_RDONLY, &r->txn);
	r->live = rc == 0;
	if (!r->live) {
		log_event(LOG_WARN_LEVEL, "plane-read", STR_NONE, "reason", mdb_strerror(rc), NULL);
		leave(r->generation);
		r->generation = NULL;
		r->txn = NULL;
	}
	pthread_mutex_unlock(&p->lock);
	return r->live;
}

/* The thread's transaction on the newest state, ready to read; ended by reader_done. */
static MDB_txn *reader_begin(struct plane *p, struct reader *r)
{
	while (!take(r))
		sched_yield();
	bool here = r->generation && r->generation == __atomic_load_n(&p->current, __ATOMIC_ACQUIRE);
	if (here ? renew(r) : begin_anew(p, r)) {
		r->snapshot = mdb_txn_id(r->txn);
		return r->txn;
	}
	give(r);
	return NULL;
}

static void reader_done(struct reader *r)
{
	r->uses++;
	give(r);
}

/* A snapshot that nobody reads any more would keep its pages from being used again. Under the lock. */
static void rest(struct plane *p)
{
	for (struct reader *r = p->readers; r; r = r->next) {
		if (!take(r)) continue;
		if (r->uses == r->seen) let_go(r);
		r->seen = r->uses;
		give(r);
	}
}

static void change_over(struct plane *p, struct generation *fresh)
{
	pthread_mutex_lock(&p->lock);
	struct generation *old = p->current;
	fresh->users = 1;
	__atomic_store_n(&p->current, fresh, __ATOMIC_RELEASE);
	if (old) leave(old);
	pthread_mutex_unlock(&p->lock);
}

static int64_t read_current(struct plane *p)
{
	char path[4096], text[32] = "";
	int64_t number = 0;
	(void)snprintf(path, sizeof path, "%s/current", p->dir);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) return 0;
	ssize_t n = read(fd, text, sizeof text - 1);
	(void)close(fd);
	return n > 0 && str_to_int((struct str){ text, (size_t)n }, &number) && number > 0 ? number : 0;
}

static bool write_current(struct plane *p, int64_t number)
{
	char path[4096], draft[4096], text[32];
	(void)snprintf(path, sizeof path, "%s/current", p->dir);
	(void)snprintf(draft, sizeof draft, "%s/current.new", p->dir);
	int n = snprintf(text, sizeof text, "%lld", (long long)number);
	int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) return false;
	bool good = write(fd, text, (size_t)n) == n && fsync(fd) == 0;
	return close(fd) == 0 && good && rename(draft, path) == 0;
}

static void remove_files(struct plane *p, int64_t number)
{
	char path[4096];
	generation_path(p->dir, number, ".mdb", path);
	(void)unlink(path);
	generation_path(p->dir, number, ".mdb-lock", path);
	(void)unlink(path);
}

/* --- opening --- */

err_t plane_open(struct plane **out, const char *data_dir, bool readonly)
{
	struct plane *p = calloc(1, sizeof *p);
	if (!p) abort();
	*out = NULL;
	p->readonly = readonly;
	int n = snprintf(p->dir, sizeof p->dir, "%s/plane", data_dir);
	bool good = n > 0 && (size_t)n < sizeof p->dir && (readonly || mkdir(p->dir, 0700) == 0 || errno == EEXIST);
	int64_t number = good ? read_current(p) : 0;
	if (good && number == 0 && !readonly) {
		number = 1;
		remove_files(p, number);
		good = write_current(p, number);
	}
	struct generation *g = good && number ? generation_open(p->dir, number, readonly, false) : NULL;
	if (!g || pthread_key_create(&p->key, reader_end) != 0) {
		if (g) generation_close(g);
		free(p);
		return E_INTERNAL;
	}
	pthread_mutex_init(&p->lock, NULL);
	pthread_mutex_init(&p->writing, NULL);
	change_over(p, g);
	*out = p;
	return OK;
}

void plane_close(struct plane *p)
{
	if (!p) return;
	(void)pthread_key_delete(p->key);
	while (p->readers)
		reader_end(p->readers); /* NOLINT(clang-analyzer-unix.Malloc): it moves p->readers on through link */
	generation_close(p->current);
	pthread_mutex_destroy(&p->lock);
	pthread_mutex_destroy(&p->writing);
	free(p);
}

err_t plane_refresh(struct plane *p)
{
	int64_t number = read_current(p);
	pthread_mutex_lock(&p->lock);
	bool same = number == 0 || number == p->current->number;
	rest(p);
	pthread_mutex_unlock(&p->lock);
	if (same) return OK;
	struct generation *g = generation_open(p->dir, number, p->readonly, false);
	if (!g) return E_INTERNAL;
	change_over(p, g);
	return OK;
}

/* --- reading and feeding --- */

err_t plane_get(struct plane *p, enum plane_kind kind, const struct plane_key *key, struct plane_value *out)
{
	struct reader *r = reader_of(p);
	MDB_txn *txn = reader_begin(p, r);
	if (!txn) return E_INTERNAL;
	MDB_val k = { sizeof key->b, (void *)(uintptr_t)key->b }, v;
	int rc = mdb_get(txn, r->generation->kinds[kind], &k, &v);
	if (rc == 0 && v.mv_size <= sizeof out->b) {
		out->n = v.mv_size;
		memcpy(out->b, v.mv_data, v.mv_size);
	}
	reader_done(r);
	return rc == 0 ? OK : rc == MDB_NOTFOUND ? E_NOT_FOUND : E_INTERNAL;
}

err_t plane_position(struct plane *p, int64_t *position)
{
	struct reader *r = reader_of(p);
	MDB_txn *txn = reader_begin(p, r);
	if (!txn) return E_INTERNAL;
	*position = generation_position(r->generation, txn);
	reader_done(r);
	return OK;
}

err_t plane_count(struct plane *p, enum plane_kind kind, int64_t *n)
{
	struct reader *r = reader_of(p);
	MDB_txn *txn = reader_begin(p, r);
	MDB_stat stat;
	if (!txn) return E_INTERNAL;
	int rc = mdb_stat(txn, r->generation->kinds[kind], &stat);
	reader_done(r);
	*n = rc == 0 ? (int64_t)stat.ms_entries : 0;
	return rc == 0 ? OK : E_INTERNAL;
}

static int put_one(struct generation *g, MDB_txn *txn, const struct plane_entry *e)
{
	MDB_val k = { sizeof e->key.b, (void *)(uintptr_t)e->key.b };
	MDB_val v = { e->value.n, (void *)(uintptr_t)e->value.p };
	if (e->value.n > PLANE_VALUE_MAX) return MDB_BAD_VALSIZE;
	if (e->value.p) return mdb_put(txn, g->kinds[e->kind], &k, &v, 0);
	int rc = mdb_del(txn, g->kinds[e->kind], &k, NULL);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

static err_t put_batch(
        struct plane *p, const struct plane_entry *entries, size_t n, const int64_t *after, int64_t position)
{
	MDB_txn *txn;
	if (p->readonly) return E_FORBIDDEN;
	pthread_mutex_lock(&p->writing); /* also keeps the change-over away */
	struct generation *g = p->current;
	int rc = mdb_txn_begin(g->env, NULL, 0, &txn);
	if (rc == 0) {
		if (after && generation_position(g, txn) != *after) rc = MDB_BAD_TXN;
		for (size_t i = 0; i < n && rc == 0; i++)
			rc = put_one(g, txn, &entries[i]);
		if (rc == 0) rc = generation_put_position(g, txn, position);
		if (rc == 0)
			rc = mdb_txn_commit(txn);
		else
			mdb_txn_abort(txn);
	}
	pthread_mutex_unlock(&p->writing);
	if (rc && rc != MDB_BAD_TXN)
		log_event(LOG_WARN_LEVEL, "plane-write", STR_NONE, "reason", mdb_strerror(rc), NULL);
	return rc == 0 ? OK : rc == MDB_BAD_VALSIZE ? E_TOO_LARGE : rc == MDB_BAD_TXN ? E_CONFLICT : E_INTERNAL;
}

err_t plane_put_batch(struct plane *p, const struct plane_entry *entries, size_t n, int64_t position)
{
	return put_batch(p, entries, n, NULL, position);
}

err_t plane_put_batch_after(
        struct plane *p, const struct plane_entry *entries, size_t n, int64_t after, int64_t position)
{
	return put_batch(p, entries, n, &after, position);
}

/* Entries of one kind from a key on (NULL: all). false: fn wants no more. */
static int walk(struct generation *g, MDB_txn *txn, enum plane_kind kind, const struct plane_key *from, plane_seen *fn,
        void *arg)
{
	MDB_cursor *cursor;
	struct plane_key key;
	MDB_val k = { sizeof key.b, (void *)(uintptr_t)(from ? from->b : NULL) }, v;
	int rc = mdb_cursor_open(txn, g->kinds[kind], &cursor);
	if (rc) return rc;
	rc = mdb_cursor_get(cursor, &k, &v, from ? MDB_SET_RANGE : MDB_FIRST);
	while (rc == 0 && k.mv_size == sizeof key.b) {
		memcpy(key.b, k.mv_data, sizeof key.b);
		if (!fn(arg, kind, &key, (struct str){ v.mv_data, v.mv_size })) break;
		rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT);
	}
	mdb_cursor_close(cursor);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

err_t plane_range(struct plane *p, enum plane_kind kind, const struct plane_key *from, plane_seen *fn, void *arg)
{
	struct reader *r = reader_of(p);
	MDB_txn *txn = reader_begin(p, r);
	if (!txn) return E_INTERNAL;
	int rc = walk(r->generation, txn, kind, from, fn, arg);
	reader_done(r);
	return rc == 0 ? OK : E_INTERNAL;
}

err_t plane_dump(struct plane *p, plane_seen *fn, void *arg, int64_t *position)
{
	struct reader *r = reader_of(p);
	MDB_txn *txn = reader_begin(p, r);
	int rc = 0;
	if (!txn) return E_INTERNAL;
	*position = generation_position(r->generation, txn);
	for (int kind = 0; kind < PLANE_KINDS && rc == 0; kind++)
		rc = walk(r->generation, txn, (enum plane_kind)kind, NULL, fn, arg);
	reader_done(r);
	return rc == 0 ? OK : E_INTERNAL;
}

/* --- building anew --- */

err_t plane_rebuild_begin(struct plane *p, struct plane_rebuild **out)
{
	*out = NULL;
	if (p->readonly) return E_FORBIDDEN;
	if (__atomic_exchange_n(&p->building, true, __ATOMIC_ACQ_REL)) return E_BUSY;
	struct plane_rebuild *r = calloc(1, sizeof *r);
	if (!r) abort();
	r->plane = p;
	pthread_mutex_lock(&p->lock);
	int64_t number = p->current->number + 1;
	pthread_mutex_unlock(&p->lock);
	remove_files(p, number); /* of a build that was broken off */
	r->generation = generation_open(p->dir, number, false, true);
	if (r->generation && mdb_txn_begin(r->generation->env, NULL, 0, &r->txn) == 0) {
		*out = r;
		return OK;
	}
	r->txn = NULL;
	plane_rebuild_abort(r);
	return E_INTERNAL;
}

err_t plane_rebuild_append(struct plane_rebuild *r, enum plane_kind kind, const struct plane_key *key, struct str value)
{
	MDB_val k = { sizeof key->b, (void *)(uintptr_t)key->b }, v = { value.n, (void *)(uintptr_t)value.p };
	if (value.n > PLANE_VALUE_MAX || !value.p) return E_TOO_LARGE;
	if (!r->txn) return E_INTERNAL;
	if (r->in_txn++ == BUILD_STEP) {
		int rc = mdb_txn_commit(r->txn);
		r->txn = NULL;
		r->in_txn = 1;
		if (rc != 0 || mdb_txn_begin(r->generation->env, NULL, 0, &r->txn) != 0) {
			r->txn = NULL;
			return E_INTERNAL;
		}
	}
	int rc = mdb_put(r->txn, r->generation->kinds[kind], &k, &v, MDB_APPEND);
	return rc == 0 ? OK : rc == MDB_KEYEXIST ? E_INPUT : E_INTERNAL;
}

void plane_rebuild_abort(struct plane_rebuild *r)
{
	if (!r) return;
	if (r->txn) mdb_txn_abort(r->txn);
	if (r->generation) {
		int64_t number = r->generation->number;
		generation_close(r->generation);
		remove_files(r->plane, number);
	}
	__atomic_store_n(&r->plane->building, false, __ATOMIC_RELEASE);
	free(r);
}

err_t plane_rebuild_commit(struct plane_rebuild *r, int64_t position)
{
	struct plane *p = r->plane;
	int64_t number = r->generation->number;
	bool good = r->txn && generation_put_position(r->generation, r->txn, position) == 0;
	if (good) {
		good = mdb_txn_commit(r->txn) == 0;
		r->txn = NULL;
	}
	good = good && mdb_env_sync(r->generation->env, 1) == 0;
	if (!good) {
		plane_rebuild_abort(r);
		return E_INTERNAL;
	}
	generation_close(r->generation); /* again without MDB_NOSYNC */
	free(r);
	pthread_mutex_lock(&p->writing);
	struct generation *g = generation_open(p->dir, number, false, false);
	good = g && write_current(p, number);
	if (good)
		change_over(p, g);
	else if (g)
		generation_close(g);
	pthread_mutex_unlock(&p->writing);
	remove_files(p, good ? number - 1 : number); /* those who still read the old one keep its mapping */
	__atomic_store_n(&p->building, false, __ATOMIC_RELEASE);
	return good ? OK : E_INTERNAL;
}
