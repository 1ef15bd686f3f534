/* Context: first argument of everything that serves a request or a job. No globals beside it. */
#ifndef KERNEL_CTX_H
#define KERNEL_CTX_H
#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"

struct app;       /* process-wide parts: src/kernel/ctx/app.h */
struct db;        /* one database connection: src/kernel/db/db.h */
struct operation; /* src/kernel/operation/operation.h */
struct lang;      /* src/kernel/i18n/i18n.h */
struct http_request; /* src/kernel/http/http.h */

/* Who acts and on whose behalf; filled by the identity service through service.authenticate. */
struct caller {
	int64_t person_id;     /* party id of the natural person; 0 = nobody is signed in */
	int64_t subject_id;    /* party id of the one acted for (taxpayer or the person itself); 0 = nobody */
	struct str person_name;
	struct str subject_name;
	struct str subject_tax_id; /* USCC or resident id of the subject, in clear: never log it */
	struct str role;       /* role code in the subject: legal_representative, finance_head, tax_clerk, invoicing_clerk, agent, self */
	struct str scopes;     /* blank-separated scopes that role, mandate and token leave: "invoice.issue tax.file …"; "*" = all */
	bool officer;
	struct str office;     /* officer's tax authority code */
	struct str post;       /* officer's post */
	int64_t session_id;
	struct str csrf;       /* token expected in page forms; STR_NONE for bearer tokens */
	bool by_cookie;
	bool personal_token;   /* a program with a personal API token: no say over credentials */
	bool strong;           /* signed in with a second factor */
	int64_t limit_fen;     /* an agent's limit for one act by mandate; 0: none */
};

struct ctx {
	struct arena *arena;
	struct app *app;
	struct db *db;              /* this thread's connection; inside a write: the transaction's */
	instant_us now;             /* one instant for the whole act (sandbox clock included) */
	struct date today;          /* of now, China Standard Time */
	const struct lang *lang;    /* for texts; Chinese by default */
	struct caller caller;
	const struct operation *op; /* NULL in jobs */
	const struct http_request *request; /* its head, for those who sign headers; NULL in jobs */
	struct problem problem;
	struct str idempotency_key; /* STR_NONE: none */
	struct str trace;           /* id of this request in the log */
	struct str client;          /* address, for throttling and the security log */
	struct str purpose;         /* officer's stated purpose of access; STR_NONE: none */
	int64_t opened;             /* subject whose reading is already on record in this request (kernel/access) */
	int64_t retry_after;        /* seconds, with E_LIMITED or E_BUSY; 0: one */
	int64_t log_wait;           /* highest log position this act must wait for (kernel) */
	int64_t outbox_after;       /* consumers outside the database: the position that they keep now (kernel) */
	int64_t outbox_wait;        /* highest outbox position this act's reader must see (kernel) */
};

/* Shorthands: the problem of the context. */
#define FAULT(c, pointer, ...) PROBLEM_FAULT(&(c)->problem, (pointer), __VA_ARGS__)
#define RAISE(c, kind, ...) PROBLEM_RAISE(&(c)->problem, (kind), __VA_ARGS__)

void ctx_init(struct ctx *c, struct app *app, struct arena *arena); /* clock, language zh, no caller */
#endif
