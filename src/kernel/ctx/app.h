/* The process: its parts, made once at start by src/main and closed in reverse order. Each part is opaque here and has its
 * own header; services reach them through c->app and the rooms' functions only. */
#ifndef KERNEL_APP_H
#define KERNEL_APP_H
#include "kernel/ctx/ctx.h"

struct app {
	const struct config *config;    /* kernel/config: command line and environment, read-only */
	struct log *log;                /* kernel/log */
	struct clock *clock;            /* kernel/clock: real or sandbox time */
	struct metrics *metrics;        /* kernel/metrics */
	struct db_store *db;            /* kernel/db: engine, writer thread, projection store */
	struct keys *keys;              /* kernel/keys: SM2 and Ed25519 signing keys, HMAC secrets, envelope keys */
	struct receipt_log *receipts;   /* kernel/receipt: transparency log */
	struct cosigner *cosigner;      /* kernel/receipt: asks the witnesses; NULL: there are none */
	struct outbox_runner *outbox;   /* kernel/outbox: consumers */
	struct job_runner *jobs;        /* kernel/job */
	struct policy_store *policy;    /* kernel/policy: compiled packages */
	struct calendar *calendar;      /* base/calendar: days off and due dates of data/ */
	struct arena *lifetime;         /* holds what is loaded once and lives as long as the process */
	struct plane *plane;            /* kernel/plane: LMDB verification plane */
	struct page_store *pages;       /* kernel/page: compiled templates */
	struct i18n *i18n;              /* kernel/i18n: translations */
	struct search *search;          /* kernel/search: local full-text index */
	struct sandbox *sandbox;        /* kernel/sandbox: faults; NULL outside the sandbox */
	struct limiter *limits;         /* kernel/limit: calls a minute; NULL: off */
	struct guesses *guesses;        /* kernel/limit: wrong answers about what is not told; NULL: not counted */
	struct access_recorder *access; /* kernel/access: who read what, security events */
	struct router *router;          /* kernel/operation: all operations */
	struct spelled *spelled;        /* kernel/operation: answers spelt once */
	const char *address;            /* where this process serves: "http://127.0.0.1:8080", "unix:PATH"; NULL: not yet */
	const char *instance;           /* kept name of this process and its data; NULL: none, or another one bears it */
	const char *node;               /* name of this node: region, two digits: "33" */
};
#endif
