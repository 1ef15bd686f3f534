/* Service: one folder src/services/BOARD/NAME; NAME.c defines `const struct service NAME_service`. The registry is made
 * from the folder list. */
#ifndef KERNEL_SERVICE_H
#define KERNEL_SERVICE_H
#include "kernel/job/job.h"
#include "kernel/operation/operation.h"
#include "kernel/outbox/outbox.h"

/* Report of etaxd fsck: one line a finding. */
struct fsck {
	struct arena *arena;
	size_t faults;
	void (*line)(struct fsck *f, bool fault, struct str text);
};
#define FSCK_FAULT(f, ...) ((f)->faults++, (f)->line((f), true, str_printf((f)->arena, __VA_ARGS__)))
#define FSCK_INFO(f, ...) ((f)->line((f), false, str_printf((f)->arena, __VA_ARGS__)))

struct service {
	const char *name, *board;
	const char *title;              /* N_() */
	const char *uses;               /* blank-separated services whose header it includes; no cycles */
	const struct operation *operations;
	size_t n_operations;
	const struct subscription *subscriptions;
	size_t n_subscriptions;
	const struct job_kind *jobs;
	size_t n_jobs;
	err_t (*start)(struct app *app);             /* once, before serving; policy and caches */
	err_t (*seed)(struct ctx *c);                /* sandbox: the test parties; inside db_write; must be repeatable */
	err_t (*leap)(struct ctx *c, int64_t us);    /* sandbox: its clock leaps by more than a day; inside db_write */
	err_t (*fsck)(struct ctx *c, struct fsck *f);
	/* identity only: who is behind this bearer token or session cookie; E_UNAUTHENTICATED if nobody */
	err_t (*authenticate)(struct ctx *c, struct str token, bool by_cookie, struct str acting_for);
	/* optional, HTML only: adds to the value of every page (page.unread, page.mandates) */
	err_t (*frame)(struct ctx *c, struct value *page);
};

extern const struct service *const services[]; /* NULL-terminated, sorted by name */
extern const size_t n_services;

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#endif
