#include "kernel/search/index.h"
#include "kernel/search/tokens.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BUSY_MS = 5000, PATH_BYTES = 4096 };
#define FORMAT "1" /* of schema and tokens: a change of either means a new number */

static const char *const schema =
        "BEGIN IMMEDIATE;"
        "CREATE TABLE source (name TEXT NOT NULL PRIMARY KEY, version TEXT NOT NULL, position INTEGER NOT NULL);"
        "CREATE TABLE document (rowid INTEGER PRIMARY KEY, source TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,"
        "  lang TEXT NOT NULL, owner INTEGER NOT NULL, title TEXT NOT NULL, words TEXT NOT NULL, body TEXT NOT NULL,"
        "  href TEXT NOT NULL, prefer INTEGER NOT NULL, UNIQUE (source, id, lang));"
        "CREATE VIRTUAL TABLE text USING fts5(title, words, body, content='document', content_rowid='rowid',"
        "  tokenize='etax');"
        "INSERT INTO text (text, rank) VALUES ('rank', 'bm25(6.0, 4.0, 1.0)');"
        "CREATE TRIGGER document_added AFTER INSERT ON document BEGIN"
        "  INSERT INTO text (rowid, title, words, body) VALUES (new.rowid, new.title, new.words, new.body); END;"
        "CREATE TRIGGER document_gone AFTER DELETE ON document BEGIN"
        "  INSERT INTO text (text, rowid, title, words, body)"
        "    VALUES ('delete', old.rowid, old.title, old.words, old.body); END;"
        "PRAGMA user_version=" FORMAT ";"
        "COMMIT;";

/* --- the tokenizer as FTS5 wants it --- */

typedef int fts_token(void *arg, int flags, const char *token, int n, int from, int to);
struct bridge {
	fts_token *fn;
	void *arg;
};

static int give(void *arg, const struct token *t)
{
	const struct bridge *b = arg;
	return b->fn(b->arg, 0, t->text, (int)t->n, (int)t->from, (int)t->to);
}

static int create(void *arg, const char **args, int n, Fts5Tokenizer **out)
{
	(void)args, (void)n;
	*out = arg;
	return SQLITE_OK;
}

static void forget(Fts5Tokenizer *t)
{
	(void)t;
}

static int tokenize(Fts5Tokenizer *t, void *arg, int flags, const char *text, int n, fts_token *fn)
{
	struct bridge b = { fn, arg };
	(void)t;
	return tokens_each((struct str){ text, (size_t)n }, (flags & FTS5_TOKENIZE_QUERY) != 0, give, &b);
}

static bool register_tokenizer(sqlite3 *db)
{
	static fts5_tokenizer tokenizer = { create, forget, tokenize };
	static char self; /* FTS5 wants some address for the tokenizer object */
	fts5_api *api = NULL;
	sqlite3_stmt *q = NULL;
	if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &q, NULL) != SQLITE_OK) return false;
	sqlite3_bind_pointer(q, 1, (void *)&api, "fts5_api_ptr", NULL);
	(void)sqlite3_step(q);
	sqlite3_finalize(q);
	return api && api->xCreateTokenizer(api, "etax", &self, &tokenizer, NULL) == SQLITE_OK;
}

/* --- opening --- */

static bool has_format(sqlite3 *db, int *format)
{
	sqlite3_stmt *q = NULL;
	bool good = sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &q, NULL) == SQLITE_OK &&
	            sqlite3_step(q) == SQLITE_ROW;
	*format = good ? sqlite3_column_int(q, 0) : -1;
	sqlite3_finalize(q);
	return good;
}

/* A derived file: WAL without a sync a commit is safe against damage, and what is lost is fed again. */
static bool prepare(sqlite3 *db, bool writes)
{
	int format;
	return sqlite3_busy_timeout(db, BUSY_MS) == SQLITE_OK && register_tokenizer(db) &&
	       sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;", NULL,
	               NULL, NULL) == SQLITE_OK &&
	       has_format(db, &format) &&
	       (format != 0 || !writes || sqlite3_exec(db, schema, NULL, NULL, NULL) == SQLITE_OK) &&
	       has_format(db, &format) && format == FORMAT[0] - '0' &&
	       sqlite3_exec(db, "SELECT rowid FROM text WHERE text MATCH '\"etax\"' LIMIT 1", NULL, NULL, NULL) ==
	               SQLITE_OK;
}

static bool try_open(sqlite3 **out, const char *path, bool writes)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (writes ? SQLITE_OPEN_CREATE : 0);
	if (sqlite3_open_v2(path ? path : ":memory:", out, flags, NULL) == SQLITE_OK && prepare(*out, writes))
		return true;
	sqlite3_close(*out);
	*out = NULL;
	return false;
}

static void remove_file(const char *path)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	char name[PATH_BYTES];
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		int n = snprintf(name, sizeof name, "%s%s", path, endings[i]);
		if (n > 0 && (size_t)n < sizeof name) (void)unlink(name);
	}
}

err_t index_open(sqlite3 **out, const char *path, bool writes)
{
	if (try_open(out, path, writes)) return OK;
	if (!path || !writes) return E_INTERNAL;
	remove_file(path);
	return try_open(out, path, writes) ? OK : E_INTERNAL;
}
