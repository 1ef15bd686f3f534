/* Problems as RFC 9457 JSON. */
#ifndef KERNEL_PROBLEM_H
#define KERNEL_PROBLEM_H
#include "kernel/http/http.h"

/* The problem of the context, or the standard words of the kind. */
const struct fault_def *problem_def(const struct ctx *c, err_t kind);
void problem_answer(struct ctx *c, err_t kind, int status, struct http_response *out);
#endif
