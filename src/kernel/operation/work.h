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
	struct str canonical; /* of the tree, for replays */
	void *in;
	struct reply reply;
	struct replay answer;
};

MUST_USE err_t work_authenticate(struct ctx *c, struct str token, bool by_cookie, struct str acting_for);
MUST_USE err_t work_admit(struct ctx *c, const struct operation *op);
void work_put_parameters(struct work *w);       /* of the path, into the tree */
MUST_USE err_t work_read(struct work *w);       /* the tree into w->in, or all its faults */
MUST_USE err_t work_run(struct work *w);        /* the act: once, replayed, or read; then the answer as text */
void work_send_bytes(const struct work *w, const struct http_request *r, struct http_response *out); /* a file */
int work_status(const struct work *w, err_t e); /* HTTP status of a failure */
#endif
