/* etaxd officer: the first officers of a new node. The machine's operator may do this, at the machine; everybody else
 * is enrolled at the counter. */
#include "main/officer.h"
#include "base/ids.h"
#include "kernel/db/db.h"
#include "main/compose.h"
#include "services/foundation/identity/identity.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct officer_work {
	struct str person, name, office, posts, code;
	instant_us until;
};

static err_t add(struct ctx *c, void *arg)
{
	struct officer_work *w = arg;
	struct party party;
	bool found;
	TRY(identity_party_by_tax_id(c, w->person, &party, &found));
	if (!found) TRY(identity_party_add(c, true, w->name, w->person, &party.id));
	TRY(identity_officer_add(c, party.id, w->office, w->posts));
	return identity_enrolment_new(c, party.id, &w->code, &w->until);
}

static int run(const struct options *o, struct officer_work *w)
{
	struct app app;
	if (!compose_folder_exists(o)) return 2;
	struct arena *a = arena_new();
	err_t e = compose_open(&app, o);
	if (e == OK) {
		struct ctx c;
		ctx_init(&c, &app, a);
		if (ids_resident(w->person, c.today) != IDS_OK)
			e = E_INPUT;
		else {
			c.db = db_open(&app, a);
			e = c.db ? db_write(&c, add, w) : E_INTERNAL;
			db_close(c.db);
		}
	}
	if (e == OK) {
		struct str until = instant_format(a, w->until);
		(void)printf("code %.*s\nvalid until %.*s\nset the password with it at /enrolment\n", STR_FMT(w->code),
		        STR_FMT(until));
	} else {
		(void)fprintf(stderr, "etaxd: %s\n",
		        e == E_INPUT ? "--person is no valid resident id" : "the officer could not be added");
	}
	compose_close(&app);
	arena_free(a);
	return e == OK ? 0 : 1;
}

static const char usage[] = "etaxd officer add --data DIR [--db URL] --person RESIDENT-ID --name NAME --office CODE "
                            "--posts \"registration security\"\n";

int officer_main(int argc, char **argv)
{
	struct options o = { .listen = "", .db = getenv("ETAX_DB") };
	struct officer_work w = { 0 };
	bool good = argc > 3 && strcmp(argv[2], "add") == 0;
	for (int i = 3; i + 1 < argc && good; i += 2) {
		const char *name = argv[i];
		struct str value = str_c(argv[i + 1]);
		if (strcmp(name, "--data") == 0)
			o.data = value.p;
		else if (strcmp(name, "--db") == 0)
			o.db = value.p;
		else if (strcmp(name, "--person") == 0)
			w.person = value;
		else if (strcmp(name, "--name") == 0)
			w.name = value;
		else if (strcmp(name, "--office") == 0)
			w.office = value;
		else if (strcmp(name, "--posts") == 0)
			w.posts = value;
		else
			good = false;
	}
	if (good && argc % 2 == 1 && o.data && w.person.n && w.name.n && w.office.n && w.posts.n) return run(&o, &w);
	(void)fputs(usage, stderr);
	return 2;
}
