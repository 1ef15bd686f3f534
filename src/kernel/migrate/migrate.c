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
	if (!strstr(path, "/schema/") || f->n == MAX_FILES) return;
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

static err_t note(struct ctx *c, void *arg)
{
	const struct file *f = arg;
	return migrate_note(c, str_c(f->name), fingerprint(c->arena, f->text), c->now, NULL);
}

static err_t apply(struct ctx *c, struct file *f)
{
	struct migrate_applied_row row;
	bool found;
	const char *why = "";
	TRY(migrate_applied(c, str_c(f->name), &row, &found));
	if (found && str_eq(row.hash, fingerprint(c->arena, f->text))) return OK;
	if (found) {
		log_event(LOG_ERROR_LEVEL, "migration-changed", STR_NONE, "file", f->path, NULL);
		return E_CONFLICT;
	}
	if (db_script(c->app, str_starts(f->text, "-- database: projection"), f->text, &why) != OK) {
		log_event(LOG_ERROR_LEVEL, "migration-failed", STR_NONE, "file", f->path, "why", why, NULL);
		return E_INTERNAL;
	}
	return db_write(c, note, f);
}

static err_t apply_all(struct ctx *c, struct files *files)
{
	const char *why = "";
	asset_each("src/", collect, files);
	qsort(files->list, files->n, sizeof *files->list, by_number);
	TRY(db_script(c->app, false,
	        S("CREATE TABLE IF NOT EXISTS migration (name TEXT NOT NULL PRIMARY KEY, hash TEXT NOT NULL, at BIGINT "
	          "NOT NULL)"),
	        &why));
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
