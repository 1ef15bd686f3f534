/* One request on the road: shared by the two faces, JSON (pipeline.c) and HTML (face.c). */
#ifndef KERNEL_WORK_H
#define KERNEL_WORK_H
#include "kernel/http/http.h"
#include "kernel/operation/replay.h"
#include "kernel/operation/router.h"

struct work {
	struct ctx *c;
	const struct operation *op;
	const struct route *route;
	struct value *tree;   /* what was sent, path parameters included */
	const struct value *identity; /* what an Idempotency-Key stands for */
	struct str canonical;         /* the same as text */
	void *in;
	struct reply reply;
	struct replay answer;
};

MUST_USE err_t work_authenticate(struct ctx *c, struct str token, bool by_cookie, struct str acting_for);
MUST_USE err_t work_admit(struct ctx *c, const struct operation *op);
MUST_USE err_t work_take_key(struct ctx *c, struct str key); /* STR_NONE: none; checks it */
void work_put_parameters(struct work *w);       /* of the path, into the tree */
MUST_USE err_t work_read(struct work *w);       /* the tree into w->in, or all its faults */
MUST_USE err_t work_run(struct work *w);        /* the act: once, replayed, or read; then the answer as text */
void work_send_bytes(const struct work *w, const struct http_request *r, struct http_response *out); /* a file */
int work_status(const struct work *w, err_t e); /* HTTP status of a failure */
#endif
