/* etaxd fsck: every service checks its own invariants. */
#include "kernel/db/db.h"
#include "kernel/job/runner.h"
#include "kernel/operation/service.h"
#include "kernel/outbox/runner.h"
#include "main/compose.h"
#include <stdio.h>

static void print_line(struct fsck *f, bool fault, struct str text)
{
	(void)f;
	(void)printf("%s %.*s\n", fault ? "FAULT" : "ok   ", STR_FMT(text));
}

static err_t check_all(struct ctx *c, struct fsck *f)
{
	for (size_t i = 0; i < n_services; i++)
		if (services[i]->fsck) TRY(services[i]->fsck(c, f));
	TRY(outbox_check(c, f));
	return job_check(c, f);
}

int fsck_main(const struct options *o)
{
	struct app app;
	if (!compose_exists(o)) return 2;
	struct arena *a = arena_new();
	struct fsck f = { .arena = a, .line = print_line };
	struct options checking = *o;
	checking.checking = true;
	err_t e = compose_open(&app, &checking);
	if (e == OK) {
		struct ctx c;
		ctx_init(&c, &app, a);
		c.db = db_open(&app, a);
		e = c.db && db_snapshot(c.db) ? check_all(&c, &f) : E_INTERNAL;
		db_close(c.db);
	}
	compose_close(&app);
	arena_free(a);
	if (e != OK) (void)printf("FAULT the check itself failed\n");
	return e == OK && f.faults == 0 ? 0 : 1;
}
