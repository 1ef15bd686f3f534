#include "kernel/search/search.h"
#include "base/utf8.h"
#include "kernel/search/index.h"
#include "kernel/search/query.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IDLE_MAX = 8, PATH_BYTES = 4096, LEAST_SHARE = 2 };

/* A connection that asks; as many as threads ask at once, up to IDLE_MAX are kept. */
struct asker {
	sqlite3 *db;
	sqlite3_stmt *find;
};
struct search {
	char path[PATH_BYTES]; /* empty: in memory, then the writer asks too */
	struct arena *arena;
	struct words *words;
	pthread_mutex_t write_lock, idle_lock;
	sqlite3 *writer;
	struct asker memory; /* on the writer's connection */
	struct asker idle[IDLE_MAX];
	size_t n_idle;
};

static const char *const find_sql =
        "SELECT d.kind, d.id, d.title, d.words, d.body, d.href, d.prefer FROM text JOIN document d ON d.rowid = "
        "text.rowid"
        " WHERE text MATCH ?1 AND (d.owner = 0 OR (d.owner = ?2 AND ?2 > 0) OR (d.owner = -1 AND ?3 = 1))"
        " AND (?4 IS NULL OR d.kind = ?4) AND (?5 IS NULL OR d.lang = ?5 OR d.lang = '') ORDER BY text.rank LIMIT ?6";

/* --- opening --- */

err_t search_open(struct search **out, const char *data_dir, struct str words)
{
	struct search *s = calloc(1, sizeof *s);
	unsigned line;
	if (!s) abort();
	*out = NULL;
	s->arena = arena_new();
	pthread_mutex_init(&s->write_lock, NULL);
	pthread_mutex_init(&s->idle_lock, NULL);
	int n = data_dir ? snprintf(s->path, sizeof s->path, "%s/search.db", data_dir) : 0;
	s->words = words.p ? words_load(s->arena, words, &line) : NULL;
	if (n >= 0 && (size_t)n < sizeof s->path && (s->words || !words.p) &&
	        index_open(&s->writer, data_dir ? s->path : NULL, true) == OK) {
		*out = s;
		return OK;
	}
	search_close(s);
	return E_INPUT;
}

static void close_asker(struct asker *k, bool own)
{
	sqlite3_finalize(k->find);
	if (own) sqlite3_close(k->db);
}

void search_close(struct search *s)
{
	if (!s) return;
	for (size_t i = 0; i < s->n_idle; i++)
		close_asker(&s->idle[i], true);
	close_asker(&s->memory, false);
	sqlite3_close(s->writer);
	pthread_mutex_destroy(&s->write_lock);
	pthread_mutex_destroy(&s->idle_lock);
	arena_free(s->arena);
	free(s);
}

/* --- statements of the writer --- */

static void bind_text(sqlite3_stmt *q, int i, struct str s)
{
	sqlite3_bind_text64(q, i, s.p ? s.p : "", s.n, SQLITE_STATIC, SQLITE_UTF8);
}

static bool source_row(sqlite3 *db, const char *source, struct arena *a, struct str *version, int64_t *position)
{
	sqlite3_stmt *q = NULL;
	*version = STR_NONE;
	*position = 0;
	bool good = sqlite3_prepare_v2(db, "SELECT version, position FROM source WHERE name = ?1", -1, &q, NULL) ==
	            SQLITE_OK;
	if (good) {
		bind_text(q, 1, str_c(source));
		if (sqlite3_step(q) == SQLITE_ROW) {
			*version = str_dup(a, str_c((const char *)sqlite3_column_text(q, 0)));
			*position = sqlite3_column_int64(q, 1);
		}
	}
	sqlite3_finalize(q);
	return good;
}

static bool run(sqlite3 *db, const char *sql, struct str one, struct str two, int64_t three)
{
	sqlite3_stmt *q = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK) return false;
	bind_text(q, 1, one);
	if (sqlite3_bind_parameter_count(q) > 1) bind_text(q, 2, two);
	if (sqlite3_bind_parameter_count(q) > 2) sqlite3_bind_int64(q, 3, three);
	bool done = sqlite3_step(q) == SQLITE_DONE;
	sqlite3_finalize(q);
	return done;
}

static bool add_one(sqlite3_stmt *q, const char *source, const struct search_document *d)
{
	const struct str texts[] = { str_c(source), d->kind, d->id, d->lang, utf8_clip(d->title, SEARCH_TITLE_MAX),
		utf8_clip(d->words, SEARCH_TITLE_MAX), utf8_clip(d->body, SEARCH_BODY_MAX), d->href };
	for (int i = 0; i < 8; i++)
		bind_text(q, i + 1, texts[i]);
	sqlite3_bind_int64(q, 9, d->owner);
	sqlite3_bind_int64(q, 10, d->prefer);
	bool done = sqlite3_step(q) == SQLITE_DONE;
	sqlite3_reset(q);
	return done;
}

static bool remove_one(sqlite3_stmt *q, const char *source, const struct search_document *d)
{
	bind_text(q, 1, str_c(source));
	bind_text(q, 2, d->id);
	bind_text(q, 3, d->lang);
	bool done = sqlite3_step(q) == SQLITE_DONE;
	sqlite3_reset(q);
	return done;
}

static bool add_all(sqlite3 *db, const char *source, const struct search_document *documents, size_t n)
{
	sqlite3_stmt *gone = NULL, *add = NULL;
	bool good = sqlite3_prepare_v2(db, "DELETE FROM document WHERE source = ?1 AND id = ?2 AND lang = ?3", -1,
	                    &gone, NULL) == SQLITE_OK &&
	            sqlite3_prepare_v2(db,
	                    "INSERT INTO document (source, kind, id, lang, title, words, body, href, owner, prefer)"
	                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	                    -1, &add, NULL) == SQLITE_OK;
	for (size_t i = 0; i < n && good; i++)
		good = remove_one(gone, source, &documents[i]) && add_one(add, source, &documents[i]);
	sqlite3_finalize(gone);
	sqlite3_finalize(add);
	return good;
}

static err_t finish(sqlite3 *db, bool good)
{
	if (good) good = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
	if (!good) (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return good ? OK : E_INTERNAL;
}

static bool keep_source(sqlite3 *db, const char *source, struct str version, int64_t position)
{
	return run(db,
	        "INSERT INTO source (name, version, position) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE SET"
	        " version = excluded.version, position = excluded.position",
	        str_c(source), version, position);
}

bool search_has(struct search *s, const char *source, struct str version)
{
	struct arena *a = arena_new();
	struct str there;
	int64_t position;
	pthread_mutex_lock(&s->write_lock);
	bool same = source_row(s->writer, source, a, &there, &position) && there.p && str_eq(there, version);
	pthread_mutex_unlock(&s->write_lock);
	arena_free(a);
	return same;
}

err_t search_replace(
        struct search *s, const char *source, struct str version, const struct search_document *documents, size_t n)
{
	pthread_mutex_lock(&s->write_lock);
	bool good = sqlite3_exec(s->writer, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
	            run(s->writer, "DELETE FROM document WHERE source = ?1", str_c(source), STR_NONE, 0) &&
	            add_all(s->writer, source, documents, n) && keep_source(s->writer, source, version, 0);
	err_t e = finish(s->writer, good);
	pthread_mutex_unlock(&s->write_lock);
	return e;
}

err_t search_put(
        struct search *s, const char *source, const struct search_document *documents, size_t n, int64_t position)
{
	pthread_mutex_lock(&s->write_lock);
	bool good = sqlite3_exec(s->writer, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
	            add_all(s->writer, source, documents, n) && keep_source(s->writer, source, S("fed"), position);
	err_t e = finish(s->writer, good);
	pthread_mutex_unlock(&s->write_lock);
	return e;
}

err_t search_advance(struct search *s, const char *source, int64_t position)
{
	struct arena *a = arena_new();
	struct str version;
	int64_t kept;
	pthread_mutex_lock(&s->write_lock);
	bool good = source_row(s->writer, source, a, &version, &kept) &&
	            (position - kept < SEARCH_ADVANCE || keep_source(s->writer, source, S("fed"), position));
	pthread_mutex_unlock(&s->write_lock);
	arena_free(a);
	return good ? OK : E_INTERNAL;
}

err_t search_position(struct search *s, const char *source, int64_t *position)
{
	struct arena *a = arena_new();
	struct str version;
	pthread_mutex_lock(&s->write_lock);
	bool good = source_row(s->writer, source, a, &version, position);
	pthread_mutex_unlock(&s->write_lock);
	arena_free(a);
	return good ? OK : E_INTERNAL;
}

/* --- asking --- */

static bool borrow(struct search *s, struct asker *k)
{
	memset(k, 0, sizeof *k);
	pthread_mutex_lock(&s->idle_lock);
	if (s->n_idle) *k = s->idle[--s->n_idle];
	pthread_mutex_unlock(&s->idle_lock);
	return k->db || index_open(&k->db, s->path, false) == OK;
}

static void give_back(struct search *s, struct asker *k)
{
	pthread_mutex_lock(&s->idle_lock);
	bool kept = s->n_idle < IDLE_MAX;
	if (kept) s->idle[s->n_idle++] = *k;
	pthread_mutex_unlock(&s->idle_lock);
	if (!kept) close_asker(k, true);
}

struct candidate {
	struct search_hit hit;
	int covered, order;
};

static struct str column(sqlite3_stmt *q, int i, struct arena *a)
{
	const char *p = (const char *)sqlite3_column_text(q, i);
	return str_dup(a, (struct str){ p ? p : "", (size_t)sqlite3_column_bytes(q, i) });
}

static void read_hit(sqlite3_stmt *q, struct arena *a, const struct query *asked, struct candidate *out)
{
	struct str words = column(q, 3, a);
	out->hit = (struct search_hit){ .kind = column(q, 0, a),
		.id = column(q, 1, a),
		.title = column(q, 2, a),
		.body = column(q, 4, a),
		.href = column(q, 5, a) };
	struct query_match m = query_match(asked, a, out->hit.title, words, out->hit.body);
	out->covered = m.covered;
	out->hit.score = m.score + sqlite3_column_int(q, 6);
}

static bool ask(struct asker *k, struct arena *a, const struct query *asked, const struct search_query *q,
        struct candidate *list, size_t *n)
{
	if (!k->find && sqlite3_prepare_v3(k->db, find_sql, -1, SQLITE_PREPARE_PERSISTENT, &k->find, NULL) != SQLITE_OK)
		return false;
	bind_text(k->find, 1, asked->expression);
	sqlite3_bind_int64(k->find, 2, q->owner);
	sqlite3_bind_int(k->find, 3, q->officer);
	if (q->kind)
		bind_text(k->find, 4, str_c(q->kind));
	else
		sqlite3_bind_null(k->find, 4);
	if (q->lang)
		bind_text(k->find, 5, str_c(q->lang));
	else
		sqlite3_bind_null(k->find, 5);
	sqlite3_bind_int(k->find, 6, SEARCH_HITS_MAX);
	int code;
	for (*n = 0; (code = sqlite3_step(k->find)) == SQLITE_ROW && *n < SEARCH_HITS_MAX; ++*n) {
		read_hit(k->find, a, asked, &list[*n]);
		list[*n].order = (int)*n;
	}
	sqlite3_reset(k->find);
	sqlite3_clear_bindings(k->find);
	return code == SQLITE_DONE || code == SQLITE_ROW;
}

static int better(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;
	return a->hit.score != b->hit.score ? b->hit.score - a->hit.score : a->order - b->order;
}

/* What holds less than half of what the best one holds is noise of a common pair of characters. */
static size_t choose(struct arena *a, struct candidate *list, size_t n, size_t limit, struct search_hit **hits)
{
	int most = 0;
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (list[i].covered > most) most = list[i].covered;
	*hits = arena_array(a, n + 1, sizeof **hits);
	for (size_t i = 0; i < n && kept < limit; i++)
		if (list[i].covered * LEAST_SHARE > most) (*hits)[kept++] = list[i].hit;
	return kept;
}

err_t search_find(struct search *s, struct arena *a, const struct search_query *q, struct search_hit **hits, size_t *n)
{
	struct query *asked = arena_new_of(a, struct query);
	struct candidate *list = arena_array(a, SEARCH_HITS_MAX, sizeof *list);
	size_t found = 0, limit = q->limit && q->limit < SEARCH_HITS_MAX ? q->limit : SEARCH_HITS_MAX;
	bool good = true;
	*n = 0;
	*hits = NULL;
	query_make(asked, a, s->words, utf8_clip(q->text, SEARCH_TEXT_MAX));
	if (!asked->expression.p) return OK;
	if (s->path[0]) {
		struct asker k;
		if (!borrow(s, &k)) return E_INTERNAL;
		good = ask(&k, a, asked, q, list, &found);
		give_back(s, &k);
	} else {
		pthread_mutex_lock(&s->write_lock);
		s->memory.db = s->writer;
		good = ask(&s->memory, a, asked, q, list, &found);
		pthread_mutex_unlock(&s->write_lock);
	}
	if (!good) return E_INTERNAL;
	qsort(list, found, sizeof *list, better);
	*n = choose(a, list, found, limit, hits);
	return OK;
}
