/* What the store needs of a database engine: one connection that reaches the core tables and the projection tables. */
#ifndef KERNEL_DB_ENGINE_H
#define KERNEL_DB_ENGINE_H
#include "kernel/db/db.h"

enum engine_role { ENGINE_READER, ENGINE_WRITER, ENGINE_PROJECTOR };

struct engine_connection;
struct engine {
	enum db_engine kind;
	/* place: data directory (SQLite) or postgresql:// URL */
	struct engine_connection *(*open)(const char *place, enum engine_role role);
	void (*close)(struct engine_connection *e);
	err_t (*run)(struct engine_connection *e, struct arena *a, const struct db_statement *st,
	        const struct db_value *in, struct db_value **rows, size_t *n_rows, size_t max_rows, int64_t *affected);
	/* "BEGIN", "SAVEPOINT act" … on the core tables or on the projection's. */
	bool (*command)(struct engine_connection *e, bool projection, const char *sql);
	const char *(*why)(struct engine_connection *e, bool projection);
	const char *begin, *begin_projection; /* how a write transaction begins */
	const char *snapshot;                 /* a read transaction that begins now */
	/* Prepares the statement and holds what the engine knows of it (parameters, columns, types) against what the
	 * generated code believes; STR_NONE: it fits. For the contract test. */
	struct str (*misfit)(struct engine_connection *e, struct arena *a, const struct db_statement *st);
	struct str (*dialect)(struct arena *a, struct str script); /* of a migration; NULL: as it is */
	/* The transaction failed since its BEGIN, and only because another one stood in its way: from the BEGIN again
	 * it may succeed. NULL: this never happens. */
	bool (*again)(const struct engine_connection *e);
	/* Rows that the core connection has written so far: it grows with every row. Below 0: there is no transaction;
	 * inside one that was begun, the engine has undone it by itself (the disk is full). NULL: not known. */
	int64_t (*written)(const struct engine_connection *e);
	/* Waits for what was sent ahead, and gives its error. NULL: every statement is answered at once. */
	err_t (*settle)(struct engine_connection *e);
};
extern const struct engine engine_sqlite, engine_postgresql;

/* Cache number of a statement: one in the process, given at its first use. */
enum { ENGINE_STATEMENTS = 4096 };
int engine_slot(const struct db_statement *st);
#endif
