#include "main/channel.h"
#include "kernel/db/db.h"
#include "main/compose.h"
#include "main/offline.h"
#include "services/invoice/channel/channel.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct setting {
	struct str name, value;
};

static err_t put(struct ctx *c, void *arg)
{
	const struct setting *s = arg;
	return channel_set(c, s->name, s->value);
}

static int run(const struct options *o, struct setting *s)
{
	struct app app;
	if (!compose_folder_exists(o)) return 2;
	struct arena *a = arena_new();
	err_t e = compose_open(&app, o);
	if (e == OK) {
		struct ctx c;
		ctx_init(&c, &app, a);
		c.db = db_open(&app, a);
		e = c.db ? db_write(&c, put, s) : E_INTERNAL;
		db_close(c.db);
	}
	if (e != OK)
		(void)fprintf(stderr, "etaxd: %s\n",
		        e == E_INPUT ? "no such setting, or its value has the wrong form" : "the setting was not kept");
	compose_close(&app);
	arena_free(a);
	return e == OK ? 0 : 1;
}

/* The value comes by standard input: arguments can be read by every user of the machine. */
int channel_main(int argc, char **argv)
{
	struct options o = { .listen = "", .db = getenv("ETAX_DB") };
	struct setting s = { 0 };
	struct arena *a = arena_new();
	bool good = argc > 3 && strcmp(argv[2], "set") == 0;
	for (int i = 3; i < argc && good; i++) {
		if (strcmp(argv[i], "--data") == 0 && i + 1 < argc)
			o.data = argv[++i];
		else if (strcmp(argv[i], "--db") == 0 && i + 1 < argc)
			o.db = argv[++i];
		else if (!s.name.p)
			s.name = str_c(argv[i]);
		else
			good = false;
	}
	int rc = 2;
	if (!good || !o.data || !s.name.p)
		(void)fputs("etaxd channel set --data DIR [--db URL] NAME < VALUE\n", stderr);
	else if (!offline_read(a, "-", &s.value))
		(void)fputs("etaxd: no value on standard input\n", stderr);
	else {
		s.value = str_trim(s.value);
		rc = run(&o, &s);
	}
	arena_free(a);
	return rc;
}
