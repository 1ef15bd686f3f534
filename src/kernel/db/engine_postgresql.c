/* PostgreSQL through libpq: text of the statements as it is, binary BYTEA, prepared once a connection. Core and
 * projection tables are in one database. A group of writes holds an advisory lock until it commits, so that the log has
 * one sequencer at a time, whichever process it is in.
 *
 * Inside a transaction that writes, what nobody waits for (inserts, savepoints) is sent ahead and answered together
 * with the next statement whose rows are needed: libpq's pipeline mode. What fails there fails the statement that meets
 * it, which is of the same act, since each act is settled before the next one begins (docs/adr/0026). */
#include "kernel/db/engine.h"
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	OID_BYTEA = 17,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_TEXT = 25,
	MAX_PARAMETERS = 255, /* as n_in counts */
	AHEAD_MAX = 200
};

/* Sent and not answered yet. */
struct ahead {
	const struct db_statement *st; /* NULL: a savepoint */
	bool prepares;
};

struct engine_connection {
	PGconn *pg;
	bool open;          /* a transaction: when the connection is lost, it is lost too */
	bool again;         /* the transaction failed by 40001 or 40P01 alone */
	bool writes, piped; /* piped: inside a transaction of a connection that writes */
	int n_ahead;
	struct ahead ahead[AHEAD_MAX];
	bool prepared[ENGINE_STATEMENTS];
};

static void quiet(void *arg, const PGresult *notice)
{
	(void)arg, (void)notice;
}

/* Serialization failure and deadlock: the server has taken the transaction back, and only because of its neighbours. A
 * lost connection is not among them: whether its COMMIT came through, nobody knows. */
static void note_conflict(struct engine_connection *e, const PGresult *r)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	e->again |= state && (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0);
}

static bool simple(struct engine_connection *e, const char *sql)
{
	PGresult *r = PQexec(e->pg, sql);
	ExecStatusType s = PQresultStatus(r);
	bool good = s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK;
	note_conflict(e, r);
	/* The COMMIT of a failed transaction is answered by ROLLBACK, not by an error. */
	if (good && strcmp(sql, "COMMIT") == 0) good = strcmp(PQcmdStatus(r), "COMMIT") == 0;
	PQclear(r);
	return good;
}

/* A lost connection (the server was restarted) is made anew between transactions, never inside one: what follows would
 * run outside any. */
static void renew(struct engine_connection *e)
{
	if (e->open || PQstatus(e->pg) == CONNECTION_OK) return;
	PQreset(e->pg);
	e->piped = false;
	e->n_ahead = 0;
	memset(e->prepared, 0, sizeof e->prepared);
}

static void pg_close(struct engine_connection *e)
{
	if (!e) return;
	PQfinish(e->pg);
	free(e);
}

static struct engine_connection *pg_open(const char *url, enum engine_role role)
{
	struct engine_connection *e = calloc(1, sizeof *e);
	if (!e) abort();
	e->pg = PQconnectdb(url);
	(void)PQsetNoticeReceiver(e->pg, quiet, NULL);
	e->writes = role != ENGINE_READER;
	bool good = PQstatus(e->pg) == CONNECTION_OK && PQsetClientEncoding(e->pg, "UTF8") == 0;
	if (good && role == ENGINE_READER) good = simple(e, "SET default_transaction_read_only = on");
	/* Documents and answers compress in a tenth of pglz's time; a server built without lz4 keeps its own. */
	if (good && e->writes) (void)simple(e, "SET default_toast_compression = lz4");
	if (good) return e;
	pg_close(e);
	return NULL;
}

static void types_of(const struct db_statement *st, Oid types[MAX_PARAMETERS])
{
	static const Oid oids[] = { [DB_INT] = OID_INT8, [DB_TEXT] = OID_TEXT, [DB_BYTES] = OID_BYTEA };
	for (int i = 0; i < st->n_in; i++)
		types[i] = oids[st->in[i]];
}

static bool prepare(struct engine_connection *e, const struct db_statement *st, const char *name, int slot)
{
	Oid types[MAX_PARAMETERS];
	if (e->prepared[slot]) return true;
	types_of(st, types);
	PGresult *r = PQprepare(e->pg, name, st->sql, st->n_in, types);
	e->prepared[slot] = PQresultStatus(r) == PGRES_COMMAND_OK;
	note_conflict(e, r);
	PQclear(r);
	return e->prepared[slot];
}

struct parameters {
	const char *values[MAX_PARAMETERS];
	int lengths[MAX_PARAMETERS], formats[MAX_PARAMETERS];
};

static void bind(struct arena *a, const struct db_statement *st, const struct db_value *in, struct parameters *p)
{
	for (int i = 0; i < st->n_in; i++) {
		p->values[i] = NULL;
		p->formats[i] = st->in[i] == DB_BYTES;
		if (in[i].null) continue;
		struct str s = st->in[i] == DB_INT ? str_from_int(a, in[i].i) : str_dup(a, in[i].s.p ? in[i].s : S(""));
		p->values[i] = s.p;
		p->lengths[i] = (int)s.n;
	}
}

/* Results come in text form: integers as digits, BYTEA as \x hex. */
static bool cell(struct arena *a, const PGresult *r, int row, int column, uint8_t type, struct db_value *out)
{
	out->null = PQgetisnull(r, row, column);
	if (out->null) return true;
	struct str s = { PQgetvalue(r, row, column), (size_t)PQgetlength(r, row, column) };
	if (type == DB_INT) return str_to_int(s, &out->i);
	if (type == DB_TEXT) {
		out->s = str_dup(a, s);
		return true;
	}
	return str_starts(s, "\\x") && str_unhex(a, str_sub(s, 2, s.n), &out->s);
}

static err_t rows_of(struct arena *a, const PGresult *r, const struct db_statement *st, struct db_value **rows,
        size_t *n_rows, size_t max_rows)
{
	size_t n = (size_t)PQntuples(r);
	if (n > max_rows && max_rows > 1) return E_TOO_LARGE;
	if (n > max_rows) n = max_rows;
	if (n && PQnfields(r) != st->n_out) return E_INTERNAL;
	*rows = arena_array(a, n * st->n_out + 1, sizeof **rows);
	*n_rows = n;
	for (size_t i = 0; i < n; i++)
		for (int k = 0; k < st->n_out; k++)
			if (!cell(a, r, (int)i, k, st->out[k], &(*rows)[i * st->n_out + (size_t)k])) return E_INTERNAL;
	return OK;
}

static err_t error_of(const PGresult *r)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	if (!state) return E_BUSY; /* the connection is gone */
	if (strncmp(state, "23", 2) == 0) return E_CONFLICT;
	return strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0 ? E_BUSY : E_INTERNAL;
}

/* --- sent ahead --- */

static void tell_failed(const struct engine_connection *e, const struct db_statement *st)
{
	(void)fprintf(stderr, "{\"level\":\"error\",\"event\":\"statement\",\"statement\":\"%s\",\"why\":\"%s\"}\n",
	        st->name, PQerrorMessage(e->pg));
}

/* The answer to one message; the NULL behind it is taken, too. */
static PGresult *answer(struct engine_connection *e)
{
	PGresult *r = PQgetResult(e->pg), *rest;
	while (r && (rest = PQgetResult(e->pg)))
		PQclear(rest);
	if (r) note_conflict(e, r);
	return r;
}

static bool is_good(const PGresult *r)
{
	ExecStatusType s = PQresultStatus(r);
	return s == PGRES_TUPLES_OK || s == PGRES_COMMAND_OK;
}

/* Behind the first failure the server passes over everything up to the end of the batch. */
static err_t take_ahead(struct engine_connection *e)
{
	err_t result = OK;
	for (int i = 0; i < e->n_ahead; i++) {
		const struct ahead *a = &e->ahead[i];
		PGresult *r = answer(e);
		bool good = is_good(r);
		if (a->prepares) e->prepared[engine_slot(a->st)] = good;
		if (!good && result == OK) {
			result = error_of(r);
			if (result == E_INTERNAL && a->st) tell_failed(e, a->st);
		}
		PQclear(r);
	}
	e->n_ahead = 0;
	return result;
}

/* Ends the batch, whose last message is the caller's own if `own`: its answer is *r. The error is that of what was
 * ahead. */
static err_t end_batch(struct engine_connection *e, bool own, PGresult **r)
{
	bool sent = PQpipelineSync(e->pg) == 1;
	err_t result = take_ahead(e);
	if (own) *r = answer(e);
	PGresult *end = sent ? PQgetResult(e->pg) : NULL;
	bool whole = PQresultStatus(end) == PGRES_PIPELINE_SYNC;
	PQclear(end);
	return result != OK ? result : whole ? OK : E_BUSY;
}

static err_t pg_settle(struct engine_connection *e)
{
	return e->piped && e->n_ahead ? end_batch(e, false, NULL) : OK;
}

static err_t note_ahead(struct engine_connection *e, const struct db_statement *st, bool prepares)
{
	e->ahead[e->n_ahead++] = (struct ahead){ st, prepares };
	return OK;
}

static err_t prepare_ahead(struct engine_connection *e, const struct db_statement *st, const char *name, int slot)
{
	Oid types[MAX_PARAMETERS];
	if (e->prepared[slot]) return OK;
	types_of(st, types);
	if (!PQsendPrepare(e->pg, name, st->sql, st->n_in, types)) return E_BUSY;
	e->prepared[slot] = true; /* unless its answer says otherwise */
	return note_ahead(e, st, true);
}

static err_t run_piped(struct engine_connection *e, const struct db_statement *st, const char *name, int slot,
        const struct parameters *p, bool waits, PGresult **r)
{
	if (e->n_ahead + 2 > AHEAD_MAX) TRY(pg_settle(e));
	TRY(prepare_ahead(e, st, name, slot));
	if (!PQsendQueryPrepared(e->pg, name, st->n_in, p->values, p->lengths, p->formats, 0)) return E_BUSY;
	return waits ? end_batch(e, true, r) : note_ahead(e, st, false);
}

static err_t run_at_once(struct engine_connection *e, const struct db_statement *st, const char *name, int slot,
        const struct parameters *p, PGresult **r)
{
	if (!prepare(e, st, name, slot)) return e->again ? E_BUSY : E_INTERNAL;
	*r = PQexecPrepared(e->pg, name, st->n_in, p->values, p->lengths, p->formats, 0);
	note_conflict(e, *r);
	return OK;
}

static err_t pg_run(struct engine_connection *e, struct arena *a, const struct db_statement *st,
        const struct db_value *in, struct db_value **rows, size_t *n_rows, size_t max_rows, int64_t *affected)
{
	struct parameters p;
	int slot = engine_slot(st);
	struct str name = str_printf(a, "s%d", slot);
	bool waits = rows || affected;
	PGresult *r = NULL;
	renew(e);
	if (PQstatus(e->pg) != CONNECTION_OK) return E_BUSY;
	bind(a, st, in, &p);
	err_t result =
	        e->piped ? run_piped(e, st, name.p, slot, &p, waits, &r) : run_at_once(e, st, name.p, slot, &p, &r);
	if (result == OK && (waits || !e->piped) && !is_good(r)) result = error_of(r);
	if (affected && (result != OK || !str_to_int(str_c(PQcmdTuples(r)), affected))) *affected = 0;
	if (result == OK && rows) result = rows_of(a, r, st, rows, n_rows, max_rows);
	PQclear(r);
	return result;
}

/* --- transactions --- */

static bool begin(struct engine_connection *e, const char *sql)
{
	e->open = e->again = false;
	renew(e);
	e->open = true;
	bool good = simple(e, sql);
	e->piped = good && e->writes && PQenterPipelineMode(e->pg) == 1;
	return good;
}

static bool is(const char *sql, const char *command)
{
	return strncmp(sql, command, strlen(command)) == 0;
}

static bool send(struct engine_connection *e, const char *sql)
{
	return PQsendQueryParams(e->pg, sql, 0, NULL, NULL, NULL, NULL, 0) == 1;
}

/* "RELEASE act; SAVEPOINT act": a message each. */
static bool send_savepoints(struct engine_connection *e, const char *sql)
{
	struct str rest = str_c(sql), one;
	char text[40];
	if (e->n_ahead + 2 > AHEAD_MAX && pg_settle(e) != OK) return false;
	while (str_split(&rest, ';', &one)) {
		one = str_trim(one);
		(void)snprintf(text, sizeof text, "%.*s", STR_FMT(one));
		if (!send(e, text)) return false;
		(void)note_ahead(e, NULL, false);
	}
	return true;
}

/* COMMIT, ROLLBACK, ROLLBACK TO act: a batch that failed would pass over them, so what is taken back is settled before.
 */
static bool end_piped(struct engine_connection *e, const char *sql)
{
	PGresult *r = NULL;
	if (is(sql, "ROLLBACK")) (void)pg_settle(e);
	bool good = send(e, sql) && end_batch(e, true, &r) == OK && is_good(r);
	if (good && is(sql, "COMMIT")) good = is(PQcmdStatus(r), "COMMIT");
	PQclear(r);
	return good;
}

/* Between batches always possible; where it is not, the connection is of no more use. */
static void leave_pipe(struct engine_connection *e)
{
	if (e->piped && PQexitPipelineMode(e->pg) != 1) {
		PQreset(e->pg);
		memset(e->prepared, 0, sizeof e->prepared);
	}
	e->piped = false;
	e->n_ahead = 0;
}

/* A script of a migration: many statements in one message, which no pipe takes. */
static bool script(struct engine_connection *e, const char *sql)
{
	bool good = pg_settle(e) == OK;
	leave_pipe(e);
	return good && simple(e, sql);
}

static bool pg_command(struct engine_connection *e, bool projection, const char *sql)
{
	(void)projection;
	if (is(sql, "BEGIN")) return begin(e, sql);
	if (is(sql, "SAVEPOINT") || is(sql, "RELEASE")) return e->piped ? send_savepoints(e, sql) : simple(e, sql);
	bool commits = strcmp(sql, "COMMIT") == 0, ends = commits || strcmp(sql, "ROLLBACK") == 0;
	if (!ends && !is(sql, "ROLLBACK TO ")) return script(e, sql);
	bool good = e->piped ? end_piped(e, sql) : simple(e, sql);
	/* What was sent ahead may have failed, and the COMMIT with it: nothing stays open. */
	if (commits && !good) (void)(e->piped ? end_piped(e, "ROLLBACK") : simple(e, "ROLLBACK"));
	if (!ends) return good;
	leave_pipe(e);
	e->open = false;
	return good;
}

static bool pg_again(const struct engine_connection *e)
{
	return e->again;
}

static const char *pg_why(struct engine_connection *e, bool projection)
{
	(void)projection;
	return PQerrorMessage(e->pg);
}

static bool fits_type(Oid oid, uint8_t type)
{
	return type == DB_INT    ? oid == OID_INT8 || oid == OID_INT4 || oid == OID_INT2
	       : type == DB_TEXT ? oid == OID_TEXT
	                         : oid == OID_BYTEA;
}

/* A sum without CAST is numeric here and an integer in SQLite: the types of the columns tell. */
static struct str shape_misfit(struct arena *a, const PGresult *r, const struct db_statement *st)
{
	if (PQresultStatus(r) != PGRES_COMMAND_OK) return str_dup(a, str_c(PQresultErrorMessage(r)));
	if (PQnparams(r) != st->n_in) return str_printf(a, "%d parameters, :in names %d", PQnparams(r), st->n_in);
	if (PQnfields(r) != st->n_out) return str_printf(a, "%d columns, :out names %d", PQnfields(r), st->n_out);
	for (int i = 0; i < st->n_out; i++)
		if (!fits_type(PQftype(r, i), st->out[i]))
			return str_printf(a, "column %d has type oid %u, :out says otherwise", i + 1, PQftype(r, i));
	return STR_NONE;
}

static struct str pg_misfit(struct engine_connection *e, struct arena *a, const struct db_statement *st)
{
	int slot = engine_slot(st);
	struct str name = str_printf(a, "s%d", slot);
	if (!prepare(e, st, name.p, slot)) return str_dup(a, str_c(PQerrorMessage(e->pg)));
	PGresult *r = PQdescribePrepared(e->pg, name.p);
	struct str fault = shape_misfit(a, r, st);
	PQclear(r);
	return fault;
}

const struct engine engine_postgresql = { DB_POSTGRESQL, pg_open, pg_close, pg_run, pg_command, pg_why,
	"BEGIN; SELECT pg_advisory_xact_lock(7270617801)", "BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1",
	pg_misfit, NULL, pg_again, NULL, pg_settle };
