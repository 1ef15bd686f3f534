#include "kernel/clock/clock.h"
#include "kernel/ctx/app.h"
#include <string.h>

void ctx_init(struct ctx *c, struct app *app, struct arena *arena)
{
	memset(c, 0, sizeof *c);
	c->arena = arena;
	c->app = app;
	c->now = clock_now(app->clock);
	c->today = date_of_instant(c->now);
	problem_init(&c->problem, arena);
}
