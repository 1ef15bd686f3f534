/* What the layout reads beside the answer: member "page" (list in operation.h). */
#ifndef KERNEL_FRAME_H
#define KERNEL_FRAME_H
#include "kernel/operation/work.h"

MUST_USE err_t frame_put(struct ctx *c, const struct operation *page, const struct http_request *r, struct value *root);
#endif
