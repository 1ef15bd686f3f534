/* Problems as RFC 9457 JSON. */
#ifndef KERNEL_PROBLEM_H
#define KERNEL_PROBLEM_H
#include "kernel/http/http.h"

/* The problem of the context, or the standard words of the kind. */
const struct fault_def *problem_def(const struct ctx *c, err_t kind);
/* "errors": [{pointer, code, detail, law?, fix?}] of the faults so far, in the language of the context. */
void problem_put_errors(struct ctx *c, struct value *body);
void problem_answer(struct ctx *c, err_t kind, int status, struct http_response *out);
#endif
