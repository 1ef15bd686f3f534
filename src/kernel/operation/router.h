/* Router: finds the operation of a method and path. Built once at start from all services, then read only. */
#ifndef KERNEL_ROUTER_H
#define KERNEL_ROUTER_H
#include "kernel/operation/operation.h"

struct router;
struct route {
	const struct operation *op;
	struct str params[8]; /* values in order of the path's {names} */
	size_t n_params;
};
enum route_result { ROUTE_FOUND, ROUTE_UNKNOWN, ROUTE_METHOD };

struct router *router_new(struct arena *a);
void router_add(struct router *r, const struct operation *ops, size_t n);
enum route_result router_find(const struct router *r, enum op_method method, struct str path, struct route *out);
/* "GET, HEAD, POST": methods known at this path; counts: which of them count, NULL: all. */
struct str router_allow(
        const struct router *r, struct arena *a, struct str path, bool (*counts)(const struct operation *op));
const struct operation *router_by_id(const struct router *r, const char *id);
/* Name of the i-th parameter of a pattern. */
struct str router_param_name(const char *pattern, size_t i);
void router_each(const struct router *r, void (*fn)(void *arg, const struct operation *op), void *arg);
#endif
