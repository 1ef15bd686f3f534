/* Migrations: src/.../schema/NNNN_name.sql, applied once in order of their numbers; a file that was
 * applied may never change (E_CONFLICT), nor may a program meet a database that a newer one has changed (E_CONFLICT). */
#ifndef KERNEL_MIGRATE_H
#define KERNEL_MIGRATE_H
#include "kernel/ctx/app.h"

MUST_USE err_t migrate_run(struct app *app); /* after db_store_open, before serving */
#endif
