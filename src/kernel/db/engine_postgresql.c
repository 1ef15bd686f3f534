/* PostgreSQL through libpq: text of the statements as it is, binary BYTEA, prepared once a connection. Core and
 * projection tables are in one database. A group of writes holds an advisory lock until it commits, so that the log has
 * one sequencer at a time, whichever process it is in. */
#include "kernel/db/engine.h"
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

enum {
	OID_BYTEA = 17,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_TEXT = 25,
	MAX_PARAMETERS = 255 /* as n_in counts */
};

struct engine_connection {
	PGconn *pg;
	bool open;  /* a transaction: when the connection is lost, it is lost too */
	bool again; /* the transaction failed by 40001 or 40P01 alone */
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
	bool good = PQstatus(e->pg) == CONNECTION_OK && PQsetClientEncoding(e->pg, "UTF8") == 0;
	if (good && role == ENGINE_READER) good = simple(e, "SET default_transaction_read_only = on");
	if (good) return e;
	pg_close(e);
	return NULL;
}

static bool prepare(struct engine_connection *e, const struct db_statement *st, const char *name, int slot)
{
	static const Oid oids[] = { [DB_INT] = OID_INT8, [DB_TEXT] = OID_TEXT, [DB_BYTES] = OID_BYTEA };
	Oid types[MAX_PARAMETERS];
	if (e->prepared[slot]) return true;
	for (int i = 0; i < st->n_in; i++)
		types[i] = oids[st->in[i]];
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

static err_t pg_run(struct engine_connection *e, struct arena *a, const struct db_statement *st,
        const struct db_value *in, struct db_value **rows, size_t *n_rows, size_t max_rows, int64_t *affected)
{
	struct parameters p;
	int slot = engine_slot(st);
	struct str name = str_printf(a, "s%d", slot);
	renew(e);
	if (PQstatus(e->pg) != CONNECTION_OK) return E_BUSY;
	if (!prepare(e, st, name.p, slot)) return e->again ? E_BUSY : E_INTERNAL;
	bind(a, st, in, &p);
	PGresult *r = PQexecPrepared(e->pg, name.p, st->n_in, p.values, p.lengths, p.formats, 0);
	ExecStatusType s = PQresultStatus(r);
	err_t result = s == PGRES_TUPLES_OK || s == PGRES_COMMAND_OK ? OK : error_of(r);
	note_conflict(e, r);
	if (affected && (result != OK || !str_to_int(str_c(PQcmdTuples(r)), affected))) *affected = 0;
	if (result == OK && rows) result = rows_of(a, r, st, rows, n_rows, max_rows);
	PQclear(r);
	return result;
}

static bool pg_command(struct engine_connection *e, bool projection, const char *sql)
{
	(void)projection;
	bool begins = strncmp(sql, "BEGIN", 5) == 0;
	if (begins) {
		e->open = e->again = false;
		renew(e);
		e->open = true;
	}
	bool good = simple(e, sql);
	if (strcmp(sql, "COMMIT") == 0 || strcmp(sql, "ROLLBACK") == 0) e->open = false;
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
	pg_misfit, NULL, pg_again };
