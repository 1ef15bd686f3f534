/* The HTML face of the operations: pages at the path without /v1. Reads forms, asks for the sign-in, shows a refused form
 * again with its faults, redirects after an act (design/house §1, §4). */
#ifndef KERNEL_FACE_H
#define KERNEL_FACE_H
#include "kernel/operation/work.h"

/* Does the bare path lead to this operation? Pages, their posts, and files ("….pdf"). */
bool face_serves(const struct operation *op);
void face_serve(struct work *w, struct http_request *r, struct http_response *out);
/* A page that says what went wrong (also for paths that lead nowhere: w->op NULL). */
void face_problem(struct work *w, struct http_request *r, err_t e, int status, struct http_response *out);
/* The same where no operation was reached (404, 405, 503): in the language and size the visitor chose. */
void face_unserved(struct work *w, struct http_request *r, err_t e, int status, struct http_response *out);
#endif
