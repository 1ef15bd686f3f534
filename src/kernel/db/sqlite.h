/* One SQLite connection: core file and projection file, with their prepared statements. */
#ifndef KERNEL_DB_SQLITE_H
#define KERNEL_DB_SQLITE_H
#include "kernel/db/db.h"

enum sqlite_role { SQLITE_READER, SQLITE_WRITER, SQLITE_PROJECTOR };

struct sqlite_connection;
struct sqlite_connection *sqlite_open(const char *data_dir, enum sqlite_role role);
void sqlite_close(struct sqlite_connection *s);
MUST_USE err_t sqlite_run(struct sqlite_connection *s, struct arena *a, const struct db_statement *st, const struct db_value *in,
		struct db_value **rows, size_t *n_rows, size_t max_rows, int64_t *affected);
/* "BEGIN IMMEDIATE", "SAVEPOINT act" … on the core file, or on the projection file. */
bool sqlite_command(struct sqlite_connection *s, bool projection, const char *sql);
const char *sqlite_why(struct sqlite_connection *s, bool projection);
#endif
