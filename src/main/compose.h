/* Puts the process together: every part is made once, in order, and closed in reverse. */
#ifndef MAIN_COMPOSE_H
#define MAIN_COMPOSE_H
#include "kernel/ctx/app.h"

struct options {
	const char *listen, *data, *db;
	unsigned workers;
	bool sandbox;
};

MUST_USE err_t compose_open(struct app *app, const struct options *o); /* store, keys, migrations, seed: for serve and fsck */
void compose_close(struct app *app);
int serve_main(const struct options *o);
int fsck_main(const struct options *o);
#endif
