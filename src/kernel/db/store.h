/* The process's database: opened once at start. */
#ifndef KERNEL_DB_STORE_H
#define KERNEL_DB_STORE_H
#include "kernel/db/db.h"

/* url NULL: SQLite files core.db and projection.db under data_dir. Starts the writer thread. */
MUST_USE err_t db_store_open(struct app *app, const char *data_dir, const char *url);
void db_store_close(struct app *app); /* waits for what is queued */

/* Migrations only: runs the text as it is (one statement or several) on a connection of its own. */
MUST_USE err_t db_script(struct app *app, bool projection, struct str sql, const char **why);

/* Every statement of the program: one NULL-terminated list a queries.sql (made by tools/registry.py), then NULL. */
extern const struct db_statement *const *const statement_lists[];
/* What this engine has against a statement: it does not prepare, or its parameters and columns are not those that the
 * generated code binds and reads; STR_NONE: nothing. */
struct str db_misfit(struct ctx *c, const struct db_statement *st);
#endif
