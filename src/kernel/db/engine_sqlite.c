#include "base/buf.h"
#include "kernel/db/checkpointer.h"
#include "kernel/db/engine.h"
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUSY_MS = 10000, COMMANDS = 8, COMMAND_MAX = 40 };

/* BEGIN, COMMIT, SAVEPOINT …: run once or twice an act, so they are kept prepared as well. */
struct command {
	char sql[COMMAND_MAX];
	sqlite3_stmt *q;
};
struct engine_connection {
	sqlite3 *core, *projection;
	sqlite3_stmt *prepared[ENGINE_STATEMENTS];
	struct command commands[2][COMMANDS];
	enum engine_role role;
	struct checkpointer *checkpointer; /* the writer's */
};

static const char *const settings =
        "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=2000;";
/* A connection that writes keeps what it has read: a large cache, and the file mapped. A reader throws its cache away
 * whenever another connection has written, and unmaps the file as well; mapping it again, page fault by page fault,
 * costs more than reading the few pages that a request wants. */
static const char *const of_writer = "PRAGMA cache_size=-32000; PRAGMA mmap_size=1073741824",
                         *const of_reader = "PRAGMA cache_size=-2000; PRAGMA mmap_size=0";

static sqlite3 *open_file(const char *data_dir, const char *name, bool writes, bool durable)
{
	char path[4096];
	sqlite3 *db = NULL;
	int n = snprintf(path, sizeof path, "%s/%s", data_dir, name);
	if (n < 0 || (size_t)n >= sizeof path) return NULL;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	bool good = sqlite3_open_v2(path, &db, flags, NULL) == SQLITE_OK &&
	            sqlite3_busy_timeout(db, BUSY_MS) == SQLITE_OK &&
	            sqlite3_exec(db, settings, NULL, NULL, NULL) == SQLITE_OK &&
	            sqlite3_exec(db, writes ? of_writer : of_reader, NULL, NULL, NULL) == SQLITE_OK &&
	            sqlite3_exec(db, durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL", NULL, NULL,
	                    NULL) == SQLITE_OK &&
	            (writes || sqlite3_exec(db, "PRAGMA query_only=ON", NULL, NULL, NULL) == SQLITE_OK);
	if (good) return db;
	sqlite3_close(db);
	return NULL;
}

static void sqlite_close(struct engine_connection *s);

/* Behind core.db only: consumers, who write the projection, hold nobody up. */
static bool start_checkpointer(struct engine_connection *s, const char *data_dir)
{
	char path[4096];
	int n = snprintf(path, sizeof path, "%s/core.db", data_dir);
	if (n < 0 || (size_t)n >= sizeof path) return false;
	s->checkpointer = checkpointer_start(path, s->core);
	return s->checkpointer != NULL;
}

/* SQLite's account of its memory is one lock for all threads at each allocation; nobody reads it. */
static void without_memory_account(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static struct engine_connection *sqlite_open(const char *data_dir, enum engine_role role)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct engine_connection *s = calloc(1, sizeof *s);
	if (!s) abort();
	(void)pthread_once(&once, without_memory_account);
	s->role = role;
	s->core = open_file(data_dir, "core.db", role == ENGINE_WRITER, true);
	s->projection = open_file(data_dir, "projection.db", role == ENGINE_PROJECTOR, false);
	bool good = s->core && s->projection;
	if (good && (role != ENGINE_WRITER || start_checkpointer(s, data_dir))) return s;
	sqlite_close(s);
	return NULL;
}

static void sqlite_close(struct engine_connection *s)
{
	if (!s) return;
	checkpointer_stop(s->checkpointer);
	for (size_t i = 0; i < ENGINE_STATEMENTS; i++)
		sqlite3_finalize(s->prepared[i]);
	for (size_t i = 0; i < COMMANDS; i++) {
		sqlite3_finalize(s->commands[0][i].q);
		sqlite3_finalize(s->commands[1][i].q);
	}
	sqlite3_close(s->core);
	sqlite3_close(s->projection);
	free(s);
}

/* NULL: a script, or there is no place left for it. */
static struct command *command_of(struct engine_connection *s, bool projection, const char *sql)
{
	struct command *list = s->commands[projection];
	if (strlen(sql) >= COMMAND_MAX || strchr(sql, ';')) return NULL;
	for (size_t i = 0; i < COMMANDS; i++) {
		if (list[i].q && strcmp(list[i].sql, sql) == 0) return &list[i];
		if (list[i].q) continue;
		if (sqlite3_prepare_v3(projection ? s->projection : s->core, sql, -1, SQLITE_PREPARE_PERSISTENT,
		            &list[i].q, NULL) != SQLITE_OK)
			return NULL;
		(void)memcpy(list[i].sql, sql, strlen(sql) + 1);
		return &list[i];
	}
	return NULL;
}

static bool sqlite_command(struct engine_connection *s, bool projection, const char *sql)
{
	struct command *c = command_of(s, projection, sql);
	if (!c) return sqlite3_exec(projection ? s->projection : s->core, sql, NULL, NULL, NULL) == SQLITE_OK;
	int code = sqlite3_step(c->q);
	(void)sqlite3_reset(c->q);
	return code == SQLITE_DONE;
}

/* A BIGINT key that stands alone becomes the table's own row number: one tree instead of a table and an index beside
 * it. (Only the word INTEGER does that in SQLite; PostgreSQL would take it for 32 bits.) */
static struct str sqlite_dialect(struct arena *a, struct str script)
{
	static const char ours[] = "BIGINT NOT NULL PRIMARY KEY", theirs[] = "INTEGER NOT NULL PRIMARY KEY";
	struct buf b;
	buf_init(&b, a, script.n + 64);
	for (ptrdiff_t at; (at = str_find(script, ours)) >= 0;) {
		buf_add(&b, script.p, (size_t)at);
		buf_c(&b, theirs);
		script = str_sub(script, (size_t)at + sizeof ours - 1, script.n);
	}
	buf_str(&b, script);
	return buf_done(&b);
}

static const char *sqlite_why(struct engine_connection *s, bool projection)
{
	return sqlite3_errmsg(projection ? s->projection : s->core);
}

static sqlite3_stmt *prepared(struct engine_connection *s, const struct db_statement *st)
{
	int slot = engine_slot(st);
	if (!s->prepared[slot] && sqlite3_prepare_v3(st->projection ? s->projection : s->core, st->sql, -1,
	                                  SQLITE_PREPARE_PERSISTENT, &s->prepared[slot], NULL) != SQLITE_OK)
		return NULL;
	return s->prepared[slot];
}

/* In SQLite $2 is a name: the generator makes sure that first appearances are in order, so index = number. */
static void bind(sqlite3_stmt *q, const struct db_statement *st, const struct db_value *in)
{
	for (int i = 0; i < st->n_in; i++) {
		const struct db_value *v = &in[i];
		if (v->null)
			sqlite3_bind_null(q, i + 1);
		else if (st->in[i] == DB_INT)
			sqlite3_bind_int64(q, i + 1, v->i);
		else if (st->in[i] == DB_TEXT)
			sqlite3_bind_text64(q, i + 1, v->s.p ? v->s.p : "", v->s.n, SQLITE_STATIC, SQLITE_UTF8);
		else
			sqlite3_bind_blob64(q, i + 1, v->s.p ? v->s.p : "", v->s.n, SQLITE_STATIC);
	}
}

static void read_row(sqlite3_stmt *q, const struct db_statement *st, struct arena *a, struct db_value *row)
{
	for (int i = 0; i < st->n_out; i++) {
		row[i].null = sqlite3_column_type(q, i) == SQLITE_NULL;
		if (row[i].null) continue;
		if (st->out[i] == DB_INT) {
			row[i].i = sqlite3_column_int64(q, i);
			continue;
		}
		const void *p =
		        st->out[i] == DB_TEXT ? (const void *)sqlite3_column_text(q, i) : sqlite3_column_blob(q, i);
		size_t n = (size_t)sqlite3_column_bytes(q, i);
		row[i].s = (struct str){ arena_dup(a, p, n), n };
	}
}

static err_t error_of(int code)
{
	return code == SQLITE_BUSY || code == SQLITE_LOCKED ? E_BUSY
	       : code == SQLITE_CONSTRAINT                  ? E_CONFLICT
	                                                    : E_INTERNAL;
}

static err_t step_rows(sqlite3_stmt *q, const struct db_statement *st, struct arena *a, struct db_value **rows,
        size_t *n_rows, size_t max_rows)
{
	size_t cap = max_rows < 16 ? max_rows : 16;
	struct db_value *list = st->n_out ? arena_array(a, cap * st->n_out + 1, sizeof *list) : NULL;
	*n_rows = 0;
	int code;
	while ((code = sqlite3_step(q)) == SQLITE_ROW) {
		if (!list) continue;
		if (*n_rows == max_rows) {
			if (max_rows > 1) return E_TOO_LARGE;
			code = SQLITE_DONE;
			break;
		}
		if (*n_rows == cap) {
			struct db_value *grown = arena_array(a, cap * 2 * st->n_out, sizeof *list);
			memcpy(grown, list, cap * st->n_out * sizeof *list);
			list = grown;
			cap *= 2;
		}
		read_row(q, st, a, list + *n_rows * st->n_out);
		++*n_rows;
	}
	if (rows) *rows = list;
	return code == SQLITE_DONE ? OK : error_of(code & 0xff);
}

static err_t sqlite_run(struct engine_connection *s, struct arena *a, const struct db_statement *st,
        const struct db_value *in, struct db_value **rows, size_t *n_rows, size_t max_rows, int64_t *affected)
{
	sqlite3_stmt *q = prepared(s, st);
	if (!q) return E_INTERNAL;
	size_t ignored;
	bind(q, st, in);
	err_t e = step_rows(q, st, a, rows, n_rows ? n_rows : &ignored, max_rows);
	if (affected) *affected = e == OK ? sqlite3_changes64(st->projection ? s->projection : s->core) : 0;
	sqlite3_reset(q);
	return e;
}

static const char *const type_names[] = { [DB_INT] = "int", [DB_TEXT] = "text", [DB_BYTES] = "bytes" };

/* NULL: an expression, of which SQLite does not know a type. */
static bool fits_type(const char *declared, uint8_t type)
{
	static const struct {
		const char *name;
		uint8_t type;
	} types[] = { { "BIGINT", DB_INT }, { "INTEGER", DB_INT }, { "SMALLINT", DB_INT }, { "TEXT", DB_TEXT },
		{ "BYTEA", DB_BYTES } };
	if (!declared) return true;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(declared, types[i].name) == 0) return types[i].type == type;
	return false;
}

static struct str sqlite_misfit(struct engine_connection *s, struct arena *a, const struct db_statement *st)
{
	sqlite3_stmt *q = prepared(s, st);
	if (!q) return str_dup(a, str_c(sqlite_why(s, st->projection)));
	int in = sqlite3_bind_parameter_count(q), out = sqlite3_column_count(q);
	if (in != st->n_in) return str_printf(a, "%d parameters, :in names %d", in, st->n_in);
	if (out != st->n_out) return str_printf(a, "%d columns, :out names %d", out, st->n_out);
	if ((sqlite3_stmt_readonly(q) != 0) == (st->writes != 0))
		return S("reading or writing: the generator thinks otherwise");
	for (int i = 0; i < in; i++) {
		struct str name = str_c(sqlite3_bind_parameter_name(q, i + 1));
		if (!str_eq(name, str_printf(a, "$%d", i + 1)))
			return str_printf(a, "parameter %d is not $%d", i, i + 1);
	}
	for (int i = 0; i < out; i++)
		if (!fits_type(sqlite3_column_decltype(q, i), st->out[i]))
			return str_printf(a, "column %d is %s, :out says %s", i + 1, sqlite3_column_decltype(q, i),
			        type_names[st->out[i]]);
	return STR_NONE;
}

static int64_t sqlite_written(const struct engine_connection *s)
{
	return sqlite3_get_autocommit(s->core) ? -1 : sqlite3_total_changes64(s->core);
}

const struct engine engine_sqlite = { DB_SQLITE, sqlite_open, sqlite_close, sqlite_run, sqlite_command, sqlite_why,
	"BEGIN IMMEDIATE", "BEGIN IMMEDIATE", "BEGIN; SELECT count(*) FROM sqlite_master", sqlite_misfit,
	sqlite_dialect, NULL, sqlite_written };
