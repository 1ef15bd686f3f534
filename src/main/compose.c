#include "main/compose.h"
#include "base/calendar.h"
#include "kernel/assets/assets.h"
#include "kernel/clock/clock.h"
#include "kernel/db/store.h"
#include "kernel/i18n/i18n.h"
#include "kernel/keys/keys.h"
#include "kernel/limit/guesses.h"
#include "kernel/limit/limit.h"
#include "kernel/log/log.h"
#include "kernel/metrics/metrics.h"
#include "kernel/migrate/migrate.h"
#include "kernel/operation/service.h"
#include "kernel/operation/spelled.h"
#include "kernel/plane/plane.h"
#include "kernel/policy/policy.h"
#include "kernel/receipt/log.h"
#include "kernel/sandbox/sandbox.h"
#include "kernel/search/search.h"
#include "main/instance.h"
#include "services/invoice/issue/issue.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static err_t seed_all(struct ctx *c, void *arg)
{
	(void)arg;
	for (size_t i = 0; i < n_services; i++)
		if (services[i]->seed) TRY(services[i]->seed(c));
	return OK;
}

/* The sandbox's parties; in one transaction, and only what is not there yet. */
static err_t seed(struct app *app)
{
	struct arena *a = arena_new();
	struct ctx c;
	ctx_init(&c, app, a);
	c.db = db_open(app, a);
	err_t e = c.db ? db_write(&c, seed_all, NULL) : E_INTERNAL;
	db_close(c.db);
	arena_free(a);
	return e;
}

static err_t start_services(struct app *app)
{
	for (size_t i = 0; i < n_services; i++)
		if (services[i]->start) TRY(services[i]->start(app));
	return OK;
}

static err_t failed(const char *part, err_t e)
{
	log_event(LOG_ERROR_LEVEL, "start-failed", STR_NONE, "part", part, NULL);
	return e;
}

/* Law as data: the policy packages, the days off and the due dates. */
static err_t load_law(struct app *app)
{
	struct str why;
	unsigned line;
	app->lifetime = arena_new();
	if (policy_load(app->lifetime, &app->policy, &why) != OK) {
		log_event(LOG_ERROR_LEVEL, "policy-refused", STR_NONE, "why", why.p, NULL);
		return E_INPUT;
	}
	app->calendar =
	        calendar_load(app->lifetime, asset_get("data/holidays.csv"), asset_get("data/due-dates.csv"), &line);
	return app->calendar ? OK : E_INPUT;
}

/* The seal of invoices. That of the sandbox says that it has no force, and lies beside the other one. */
static err_t make_seal(struct app *app, const struct options *o)
{
	struct seal_design d = { .id = o->sandbox ? "etax-invoice-sample" : "etax-invoice",
		.name = o->sandbox ? "演示环境发票专用章" : "电子发票专用章",
		.png = issue_seal_png(app->lifetime, o->sandbox),
		.width = ISSUE_SEAL_WIDTH,
		.height = ISSUE_SEAL_HEIGHT,
		.made = (int64_t)time(NULL) * 1000000 };
	return d.png.p ? keys_make_seal(app, o->data, &d, o->sandbox ? "sample" : "document") : E_INTERNAL;
}

static bool has_file(const char *data, const char *name)
{
	char path[4096];
	struct stat s;
	int n = snprintf(path, sizeof path, "%s/%s", data, name);
	return n > 0 && (size_t)n < sizeof path && stat(path, &s) == 0;
}

bool compose_folder_exists(const struct options *o)
{
	return has_file(o->data, ".") || fprintf(stderr, "etaxd: there is no folder %s\n", o->data) < 0;
}

bool compose_exists(const struct options *o)
{
	if (!compose_folder_exists(o)) return false;
	if (!has_file(o->data, "keys"))
		(void)fprintf(stderr, "etaxd: %s is no data folder of etaxd: it has no keys\n", o->data);
	else if (!o->db && !has_file(o->data, "core.db"))
		(void)fprintf(stderr, "etaxd: %s has no database; is --db missing?\n", o->data);
	else
		return true;
	return false;
}

err_t compose_open(struct app *app, const struct options *o)
{
	err_t e;
	memset(app, 0, sizeof *app);
	app->node = "33";
	app->metrics = metrics_new();
	app->clock = calloc(1, sizeof *app->clock);
	if (!app->clock) abort();
	/* Behind a socket stands a proxy, and behind that the world. */
	app->sandbox = o->sandbox ? sandbox_new(!str_starts(str_c(o->listen), "unix:")) : NULL;
	app->limits = limit_new(o->rate_limit);
	app->guesses = guesses_new();
	if (mkdir(o->data, 0700) != 0 && errno != EEXIST) return failed("data directory", E_INPUT);
	if ((e = load_law(app)) != OK) return failed("policy packages and calendar", e);
	if (!o->checking) app->instance = instance_name(app->lifetime, o->data);
	if ((e = db_store_open(app, o->data, o->db)) != OK) return failed("database", e);
	if ((e = keys_open(app, o->data)) != OK) return failed("keys", e);
	if ((e = make_seal(app, o)) != OK) return failed("seal", e);
	if ((e = migrate_run(app)) != OK) return failed("migrations", e);
	if ((e = receipt_log_open(app)) != OK && !o->checking) return failed("transparency log", e);
	if ((e = plane_open(&app->plane, o->data, false)) != OK) return failed("verification plane", e);
	if ((e = search_open(&app->search, o->data, asset_get("data/search-words.csv"))) != OK)
		return failed("search index", e);
	if ((e = i18n_open(app, app->lifetime)) != OK) return failed("translations", e);
	if ((e = start_services(app)) != OK) return failed("services", e);
	if (o->sandbox && (e = seed(app)) != OK) return failed("sandbox parties", e);
	return OK;
}

err_t compose_open_plane(struct app *app, const struct options *o)
{
	memset(app, 0, sizeof *app);
	app->node = "33";
	app->metrics = metrics_new();
	app->clock = calloc(1, sizeof *app->clock);
	if (!app->clock) abort();
	app->limits = limit_new(o->rate_limit);
	app->guesses = guesses_new();
	err_t e = plane_open(&app->plane, o->data, true);
	return e == OK ? OK : failed("verification plane", e);
}

void compose_close_plane(struct app *app)
{
	if (app->plane) plane_close(app->plane);
	spelled_free(app->spelled);
	metrics_free(app->metrics);
	limit_free(app->limits);
	guesses_free(app->guesses);
	free(app->clock);
}

void compose_close(struct app *app)
{
	search_close(app->search);
	db_store_close(app);
	receipt_log_close(app);
	keys_close(app);
	sandbox_free(app->sandbox);
	if (app->lifetime) arena_free(app->lifetime);
	compose_close_plane(app);
}
