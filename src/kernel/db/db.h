/* Database: SQLite (WAL, synchronous=FULL) or PostgreSQL behind one set of statements (design/storage §6).
 *
 * A room or service writes its statements in queries.sql; tools/sqlgen.py makes one typed C function of each,
 * in FOLDER_sql.h (folder name: src/services/foundation/ledger/queries.sql -> #include "ledger_sql.h"):
 *
 *     -- :name entry_list :many            kinds: :one  :many  :exec
 *     -- :in taxpayer_id int, since int, kind text?
 *     -- :out id int, amount money, on_date date, note text?, data bytes
 *     -- :max 500                          (:many only; rows beyond are an error E_TOO_LARGE)
 *     SELECT id, amount, on_date, note, data FROM ledger_entry WHERE taxpayer_id = $1 AND id > $2 …
 *
 * becomes
 *
 *     struct entry_list_row { int64_t id; struct money amount; struct date on_date; struct str note; struct str data;
 * }; err_t ledger_entry_list(struct ctx *c, int64_t taxpayer_id, int64_t since, struct str kind, struct
 * ledger_entry_list_row **rows, size_t *n); :one   … , struct ledger_NAME_row *row, bool *found) :exec  … , int64_t
 * *affected)          (affected may be NULL)
 *
 * An INSERT with `-- :rows 25` also gives FOLDER_NAME_rows(c, rows, n) over structs FOLDER_NAME_in_row: one statement
 * for 25 rows each, which saves the round trips to PostgreSQL.
 *
 * (Functions and rows carry the folder name as prefix.) Types: int, text, bytes, money (BIGINT fen), date (TEXT ISO),
 * instant (BIGINT microseconds), bool (SMALLINT 0/1). '?' = may be NULL: str.p == NULL, int/money/instant == DB_NULL,
 * date.year == 0. Rows live in c->arena. Two engines, one text: parameters $1.. first appear in order.
 *
 * `-- :on projection` on the first line after :name runs the statement on the projection store (see outbox.h). */
#ifndef KERNEL_DB_H
#define KERNEL_DB_H
#include "kernel/ctx/ctx.h"

#define DB_NULL INT64_MIN

enum db_engine { DB_SQLITE, DB_POSTGRESQL };
enum db_type { DB_INT, DB_TEXT, DB_BYTES };

struct db_statement {
	const char *name; /* "ledger.entry_list": metrics and errors */
	const char *sql;
	const uint8_t *in, *out; /* enum db_type, n of each */
	uint8_t n_in, n_out;
	uint8_t projection; /* 1: runs on the projection store */
	uint8_t writes;
	int *slot; /* cache number of the prepared statement, given at start */
};
struct db_value {
	int64_t i;    /* DB_INT */
	struct str s; /* DB_TEXT, DB_BYTES */
	bool null;
};

enum db_engine db_engine_of(const struct db *db);

/* Used by generated code. Rows: n_rows * n_out values in c->arena. */
MUST_USE err_t db_run(struct ctx *c, const struct db_statement *st, const struct db_value *in, struct db_value **rows,
        size_t *n_rows, size_t max_rows, int64_t *affected);

/* The one door for changes. fn runs inside a transaction that holds until it is durable: on SQLite on the single
 * writer thread of this process, in a savepoint, up to 256 together under one commit. On PostgreSQL the group runs
 * again from its BEGIN after a serialization failure or a deadlock, six times at most, then E_BUSY: so fn may run
 * several times. It finds c as it was at first (its arena only grows), so it touches nothing but c (arena, db) and arg,
 * and sets in arg what it answers there rather than adding to it. If fn fails, nothing of it stays. Nested calls run fn
 * in the transaction that is open. Returns when durable, and when the log leaves of the act are in a signed checkpoint
 * (c->log_wait). */
typedef err_t db_closure(struct ctx *c, void *arg);
MUST_USE err_t db_write(struct ctx *c, db_closure *fn, void *arg);

/* The same in two steps, so that the caller prepares the next act while this one is written. c and arg are not touched
 * until db_write_end; not inside a write. Every start has its end. */
struct db_pending;
struct db_pending *db_write_start(struct ctx *c, db_closure *fn, void *arg);
MUST_USE err_t db_write_end(struct db_pending *p);

/* The same without waiting: returns at once; when the act is durable or has failed, done(a) is called on the store's
 * own thread, which must not be held up. a, c and what they point to live until then, and nobody else touches them. */
struct db_act {
	struct ctx *c;
	db_closure *fn;
	void *arg;
	void (*done)(struct db_act *a); /* NULL: somebody waits */
	err_t result;
	struct db_act *next; /* the store's */
	struct ctx before;   /* the store's: c before the first run */
};
void db_write_later(struct db_act *a);

/* Runs fn in a transaction of the projection store (outbox consumers only). */
MUST_USE err_t db_write_projection(struct ctx *c, db_closure *fn, void *arg);

/* Time-ordered 64-bit id: milliseconds since 2020 (41 bits), node (8), sequence (14). Thread-safe. */
int64_t db_new_id(struct ctx *c);

/* The next values of a counter without gaps (rolls back with the transaction); first of n. */
MUST_USE err_t db_counter(struct ctx *c, struct str name, int64_t n, int64_t *first);

/* Threads that serve get a connection at start and give it back at the end. */
struct db *db_open(struct app *app, struct arena *errors); /* NULL: the reason is in the log */
void db_close(struct db *db);
/* From now on this connection reads core and projections as they stood at one moment (the core's a little later), until
 * it is closed: for checks beside a running server. */
MUST_USE bool db_snapshot(struct db *db);
#endif
