#include "kernel/migrate/migrate.h"
#include "kernel/assets/assets.h"
#include "kernel/db/store.h"
#include "kernel/log/log.h"
#include "migrate_sql.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_FILES = 500 };

struct file {
	const char *path, *name; /* name: behind the last '/' */
	struct str text;
};
struct files {
	struct file list[MAX_FILES];
	size_t n;
};

static void collect(void *arg, const char *path, struct str text)
{
	struct files *f = arg;
	if (!strstr(path, "/schema/")) return;
	if (f->n == MAX_FILES) abort();
	f->list[f->n++] = (struct file){ path, strrchr(path, '/') + 1, text };
}

static int by_number(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

/* FNV-1a: tells a changed file from an unchanged one; nobody attacks it, the text is in our binary. */
static struct str fingerprint(struct arena *a, struct str text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < text.n; i++)
		h = (h ^ (unsigned char)text.p[i]) * UINT64_C(0x100000001b3);
	return str_printf(a, "%016llx", (unsigned long long)h);
}

/* Each store notes what was applied to it, so that a projection store can be thrown away and made anew. */
static bool of_projection(const struct file *f)
{
	return str_starts(f->text, "-- database: projection");
}

static err_t is_applied(struct ctx *c, const struct file *f, bool *done)
{
	struct migrate_applied_row core;
	struct migrate_projection_applied_row projection;
	struct str hash = STR_NONE;
	if (of_projection(f)) {
		TRY(migrate_projection_applied(c, str_c(f->name), &projection, done));
		if (*done) hash = projection.hash;
	} else {
		TRY(migrate_applied(c, str_c(f->name), &core, done));
		if (*done) hash = core.hash;
	}
	if (!*done || str_eq(hash, fingerprint(c->arena, f->text))) return OK;
	log_event(LOG_ERROR_LEVEL, "migration-changed", STR_NONE, "file", f->path, NULL);
	return E_CONFLICT;
}

/* The change and its note are one transaction: a crash leaves both or none. Name and hash are our own, without quotes.
 */
static err_t apply(struct ctx *c, const struct file *f)
{
	const char *why = "";
	bool done;
	TRY(is_applied(c, f, &done));
	if (done) return OK;
	struct str script =
	        str_printf(c->arena, "%.*s\n;INSERT INTO migration (name, hash, at) VALUES ('%s', '%s', %lld)",
	                STR_FMT(f->text), f->name, fingerprint(c->arena, f->text).p, (long long)c->now);
	if (db_script(c->app, of_projection(f), script, &why) == OK) return OK;
	/* Another process that starts beside us may have been quicker. */
	why = str_dup(c->arena, str_c(why)).p;
	TRY(is_applied(c, f, &done));
	if (done) return OK;
	log_event(LOG_ERROR_LEVEL, "migration-failed", STR_NONE, "file", f->path, "why", why, NULL);
	return E_INTERNAL;
}

/* A database that a newer program has changed is not for this one. */
static err_t refuse_newer(const struct files *files, struct str name)
{
	for (size_t i = 0; i < files->n; i++)
		if (str_is(name, files->list[i].name)) return OK;
	log_event(LOG_ERROR_LEVEL, "database-is-newer", STR_NONE, "migration", name.p, NULL);
	return E_CONFLICT;
}

static err_t check_newer(struct ctx *c, const struct files *files)
{
	struct migrate_names_row *core;
	struct migrate_projection_names_row *projection;
	size_t n, m;
	TRY(migrate_names(c, &core, &n));
	TRY(migrate_projection_names(c, &projection, &m));
	for (size_t i = 0; i < n; i++)
		TRY(refuse_newer(files, core[i].name));
	for (size_t i = 0; i < m; i++)
		TRY(refuse_newer(files, projection[i].name));
	return OK;
}

static err_t apply_all(struct ctx *c, struct files *files)
{
	static const char *const table = "CREATE TABLE IF NOT EXISTS migration (name TEXT NOT NULL PRIMARY KEY, "
	                                 "hash TEXT NOT NULL, at BIGINT NOT NULL)";
	const char *why = "";
	asset_each("src/", collect, files);
	qsort(files->list, files->n, sizeof *files->list, by_number);
	TRY(db_script(c->app, false, str_c(table), &why));
	TRY(db_script(c->app, true, str_c(table), &why));
	TRY(check_newer(c, files));
	for (size_t i = 0; i < files->n; i++)
		TRY(apply(c, &files->list[i]));
	return OK;
}

err_t migrate_run(struct app *app)
{
	struct arena *a = arena_new();
	struct ctx c;
	ctx_init(&c, app, a);
	c.db = db_open(app, a);
	err_t e = c.db ? apply_all(&c, arena_new_of(a, struct files)) : E_INTERNAL;
	db_close(c.db);
	arena_free(a);
	return e;
}
