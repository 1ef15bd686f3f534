/* Segments of the plane written into a folder, any web server's to hand on (docs/spec/plane-segment.md). */
#ifndef MAIN_PLANE_OUT_H
#define MAIN_PLANE_OUT_H
#include "kernel/ctx/ctx.h"

/* What is new since the last segment there; all of it when there is none, when `full`, or when the chain has grown
 * long. Writes the index and takes away what is too old. *from, *to: events. */
MUST_USE err_t plane_out(struct ctx *c, const char *dir, bool full, int64_t *from, int64_t *to);
#endif
