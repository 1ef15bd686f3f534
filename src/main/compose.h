/* Puts the process together: every part is made once, in order, and closed in reverse. */
#ifndef MAIN_COMPOSE_H
#define MAIN_COMPOSE_H
#include "kernel/ctx/app.h"

struct options {
	const char *listen, *data, *db;
	const char *witnesses; /* file of witnesses of the log; NULL: none */
	unsigned workers;
	bool sandbox, plane_alone;
	bool checking;      /* fsck: a log that does not load is one of its findings, not the end */
	int64_t rate_limit; /* calls a minute; 0: usual; LIMIT_OFF */
};

MUST_USE err_t compose_open(
        struct app *app, const struct options *o); /* store, keys, migrations, seed: for serve and fsck */
/* For commands that look at what is there: a wrong folder is said on stderr, and nothing is made in it. */
MUST_USE bool compose_exists(const struct options *o);
MUST_USE bool compose_folder_exists(const struct options *o); /* the same of the folder alone, which may be empty */
void compose_close(struct app *app);
/* The verification plane alone, read-only: no database, no keys, no services. */
MUST_USE err_t compose_open_plane(struct app *app, const struct options *o);
void compose_close_plane(struct app *app);
int serve_main(const struct options *o);
int verify_main(const struct options *o); /* the public checks alone, from a plane that another process feeds */
int fsck_main(const struct options *o);
#endif
