/* Access to a subject's data. Every read of somebody's data by another than the subject itself is recorded, and the
 * subject can see it (access ledger, 数据使用记录). */
#ifndef KERNEL_ACCESS_H
#define KERNEL_ACCESS_H
#include "kernel/ctx/ctx.h"

/* May the caller act with this scope for the subject it chose? OK, E_UNAUTHENTICATED or E_FORBIDDEN (says what is missing). */
MUST_USE err_t access_check(struct ctx *c, const char *scope);
/* WHO_OFFICER: an officer, of this post when it is given. */
MUST_USE err_t access_officer(struct ctx *c, const char *post);
bool access_has_scope(const struct ctx *c, const char *scope);
/* Opens a subject's data. OK for the subject itself and for its mandataries; an officer needs c->purpose.
 * Others get E_NOT_FOUND (existence is not told) and the attempt goes to the security log. Recorded once a request. */
MUST_USE err_t access_open(struct ctx *c, int64_t subject_id, const char *what);
/* Security log (structured, no personal data in clear): throttling, refusals, replays, foreign reads. */
void access_security(struct ctx *c, const char *event, struct str detail);
#endif
