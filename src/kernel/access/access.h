/* Access to a subject's data. Every read of somebody's data by another than the subject itself and its own people is
 * recorded, and the subject can see it (access ledger, 数据使用记录). Refusals and other things that matter for security are
 * kept too, for officers with the post `security`.
 *
 * Records are written by a thread of their own, together, at most RECORD_DELAY_MS later, so that a read waits for no
 * disk; when more are waiting than RECORDS_MAX, the reader writes (and waits) itself, so that none is dropped. A crash may
 * lose what was not yet written: the structured log on standard error has the security events all the same. */
#ifndef KERNEL_ACCESS_H
#define KERNEL_ACCESS_H
#include "kernel/ctx/ctx.h"
#include "kernel/input/input.h"

enum { RECORD_DELAY_MS = 100, RECORDS_MAX = 4096, RECORD_TEXT = 120 };

/* What roles, mandates and tokens may allow, with titles. */
extern const struct choice access_scopes[];
/* Title of a scope; the code itself when it is none of access_scopes. */
const char *access_scope_title(const char *scope);

/* May the caller act with this scope for the subject it chose? OK, E_UNAUTHENTICATED or E_FORBIDDEN (says what is missing). */
MUST_USE err_t access_check(struct ctx *c, const char *scope);
/* WHO_OFFICER: an officer, of this post when it is given (several: blank-separated), who signed in with two factors
 * (services.md §13.1: password alone only in the sandbox). */
MUST_USE err_t access_officer(struct ctx *c, const char *post);
bool access_has_scope(const struct ctx *c, const char *scope);
bool access_has_post(const struct ctx *c, const char *post);
/* For what touches credentials (passwords, tokens, roles): not with a personal API token. */
MUST_USE err_t access_in_person(struct ctx *c);
/* An agent's mandate may limit the amount of one act. E_FORBIDDEN names the limit. */
MUST_USE err_t access_within_limit(struct ctx *c, struct money amount);
/* The same for one of many acts in one request: false, and a fault at the pointer; the caller tells the security log. */
bool access_each_within_limit(struct ctx *c, struct money amount, struct str pointer);
#define ACCESS_BEYOND_LIMIT "mandate-limit" /* its event */

/* Opens a subject's data. OK for the subject itself and for its mandataries; an officer needs c->purpose.
 * Others get E_NOT_FOUND (existence is not told) and the attempt goes to the security log. Recorded once a request.
 * missing: what the service says when there is no such thing at all, so that both answers are the same. */
MUST_USE err_t access_open_or(struct ctx *c, int64_t subject_id, const char *what, const struct fault_def *missing);
MUST_USE err_t access_open(struct ctx *c, int64_t subject_id, const char *what);
/* Security log (structured, no personal data in clear): throttling, refusals, replays, foreign reads. */
void access_security(struct ctx *c, const char *event, struct str detail);

/* --- the records --- */

MUST_USE err_t access_start(struct app *app); /* after migrate_run; without it nothing is recorded (tests, tools) */
void access_stop(struct app *app);            /* writes what waits */
void access_flush(struct ctx *c);              /* what waits now is written when it returns: for those who read records */

struct access_read { /* one line of the access ledger */
	int64_t id, person_id;
	struct str office, what, purpose; /* office: STR_NONE for agents */
	instant_us at;
};
MUST_USE err_t access_reads(
        struct ctx *c, int64_t subject_id, int64_t before_id, struct access_read **out, size_t *n); /* up to 100 */

struct access_event {
	int64_t id, person_id, subject_id;
	struct str event, operation, detail, client, trace;
	instant_us at;
};
/* event: STR_NONE for all kinds. Up to 100, newest first. */
MUST_USE err_t access_events(
        struct ctx *c, struct str event, int64_t before_id, struct access_event **out, size_t *n);
/* Takes away what is older than `before`, at most 1,000 lines a call; *gone: how many. In db_write. */
MUST_USE err_t access_events_forget(struct ctx *c, instant_us before, int64_t *gone);
#endif
