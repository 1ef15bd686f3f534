/* Operation: everything that anyone can do, declared once (design/house §1). */
#ifndef KERNEL_OPERATION_H
#define KERNEL_OPERATION_H
#include "kernel/ctx/ctx.h"
#include "kernel/input/input.h"
#include "kernel/value/value.h"

struct reply_header {
	const char *name;
	struct str value;
};
/* What a handler answers. value is the body; or bytes+media for files. */
struct reply {
	struct value *value;
	int status;            /* 0: 200, or 201 when location is set */
	struct str location;   /* path without /v1, e.g. "/invoices/2633…" ; the kernel adds the prefix for APIs */
	struct str bytes;      /* with media: a file instead of value */
	struct str packed;     /* the same bytes compressed by gzip, for who accepts it */
	const char *media;     /* "application/pdf" */
	struct str filename;   /* Content-Disposition attachment when set */
	struct str etag;
	int max_age;           /* seconds a shared cache may keep it; 0: no-store */
	struct str cookie;     /* one Set-Cookie value (identity only) */
	const struct reply_header *headers; /* further ones, with bytes: protocols that sign there */
	size_t n_headers;      /* at most 8 */
};

typedef err_t op_run(struct ctx *c, const void *in, struct reply *out);

enum op_method { GET, POST, PUT, PATCH, DELETE };
enum op_class {
	OP_WORK,   /* worker pool: database, files, crypto */
	OP_FAST,   /* on the epoll thread: microseconds, no database, no locks; run gets c->db == NULL */
	OP_STREAM, /* worker pool, body is streamed in and out in pieces (batches, exports) */
};

enum who_kind { WHO_PUBLIC, WHO_PERSON, WHO_TAXPAYER, WHO_OFFICER };
struct who {
	enum who_kind kind;
	const char *scope; /* WHO_TAXPAYER: scope the role or mandate must contain; WHO_OFFICER: post or NULL */
};
#define PUBLIC { WHO_PUBLIC, NULL }        /* no account needed; caller may be empty */
#define PERSON { WHO_PERSON, NULL }        /* any signed-in natural person */
#define MANDATE(s) { WHO_TAXPAYER, (s) }   /* acting for a taxpayer (or self) with scope s */
#define OFFICER(p) { WHO_OFFICER, (p) }

struct operation {
	const char *id;           /* "invoice.issue": stable name in logs, metrics, faults, openapi */
	enum op_method method;
	const char *path;         /* "/invoices/{number}.pdf"; served under /v1 as JSON and bare as page */
	struct who who;
	const struct field *in;   /* of the struct that run gets; path parameters are fields too; NULL: none */
	uint32_t in_size;         /* sizeof that struct */
	op_run *prepare;          /* optional, before the transaction, outside it: slow checks (passwords, XML) */
	op_run *check;            /* optional: domain rules on what could be read of a faulty input, so that the answer tells
	                             all faults at once; adds to c->problem, changes nothing; `in` may be half filled */
	op_run *run;              /* GET: reads. Others: inside ONE write transaction (db_write) unless .own_transaction */
	op_run *refused;          /* optional, after run said E_INPUT or E_CONFLICT: what a refusal leaves behind, in a write
	                             of its own, because run's left nothing; the answer stays as it is */
	op_run *spell;            /* optional, class FAST, only for JSON: run's answer as out->bytes, without the tree */
	op_run *view;             /* optional, only for HTML: adds to out->value what only the page needs (charts, hints) */
	enum op_class class;
	bool reads;               /* POST that changes nothing: no transaction, no idempotency */
	bool detached;            /* class WORK, public, reads the plane only: answered where there is no database too */
	bool blind;               /* reads no projection: need not wait until they have caught up (outbox_catch_up) */
	bool own_transaction;     /* run calls db_write itself (batches) */
	bool idempotent;          /* Idempotency-Key required for API writes; forms carry one */
	bool receipt;             /* makes a receipt (documented in openapi) */
	const char *page;         /* template of the HTML face, "issue/new" = src/services/…/issue/pages/new.html; NULL: API only */
	const char *csp;          /* directives that its page adds to the content security policy; NULL: none */
	const char *form;         /* POST of a page: operation id whose page shows the form again with its faults */
	const char *then;         /* POST of a page: redirect (303) after success; {member} of the answer is filled in */
	const char *menu;         /* place in the menu of requirements/plan §6: "我要办税/发票使用/蓝字发票开具"; NULL: not in it */
	bool firm;                /* only a firm has it: not in the menu of a natural person that acts for itself */
	const char *title;        /* N_(): also page title and openapi summary */
	const char *law;          /* N_() */
	const char *requirements; /* "A09.1 A09.3": ids it fulfils */
	const char *words;        /* extra search words: "开票 数电票 invoice" */
	uint32_t max_body;        /* bytes; 0: 64 KiB */
	uint16_t per_minute;      /* calls a minute and caller; 0: 600 */
	const char *raw_body;     /* media type of a raw body that goes to the FIELD_BYTES field: "application/xml" */
	const char *page_only;    /* reason why it has no API twin, NULL for nearly all */
};

/* Template value tree for pages = the reply's members + these, which the kernel adds (docs/howto/pages.md):
 *   page{title, lang, english, large, here, csrf, key, sandbox, node, now, today, actor{name, role, subject, tax_id, officer,
 *     firm, alone} or null, mandates[], unread, menu[{name, href, current}], crumbs[{name, href}], curl, file{css, js, icons, …}},
 *   forms.NAME for each post whose .form is this page (NAME: last part of its id): its controls (fields.h) and action;
 *   fields: the controls of the post that came back with faults, else of the first post, else of the page's own .in;
 *   problem{title, fix, law, faults[{field, row, message, fix, law}]} when a form came back, else null.
 * A handler may answer a member "form" (a tree of the post's input): what the controls hold at first. When a form comes back
 * it is what was typed, so that .view, which runs after, can compute totals from it. */
#endif
