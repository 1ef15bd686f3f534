/* Paths from outside against the patterns of all services: a route that is found leads back to its path, each of its
 * values is one segment, and the allowed methods are those that are found. */
#include "kernel/operation/router.h"
#include "kernel/operation/service.h"
#include "kernel/operation/system.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds) abort();
}

/* The path again, from pattern and values. */
static struct str rebuilt(struct arena *a, const struct route *r)
{
	struct buf b;
	size_t i = 0;
	buf_init(&b, a, 100);
	for (const char *p = r->op->path; *p; p++) {
		if (*p != '{') {
			buf_char(&b, *p);
			continue;
		}
		must(i < r->n_params);
		buf_str(&b, r->params[i++]);
		p = strchr(p, '}');
	}
	must(i == r->n_params);
	return buf_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct router *router;
	if (!router) {
		router = router_new(arena_new()); /* for the life of the process */
		for (size_t i = 0; i < n_services; i++)
			router_add(router, services[i]->operations, services[i]->n_operations);
		router_add(router, system_operations, n_system_operations);
	}
	struct arena *a = arena_new();
	struct str path = { arena_dup(a, data, size), size };
	struct str allowed = router_allow(router, a, path, NULL);
	static const char *const names[] = { "GET", "POST", "PUT", "PATCH", "DELETE" };
	for (int m = GET; m <= DELETE; m++) {
		struct route r;
		enum route_result result = router_find(router, (enum op_method)m, path, &r);
		must((result == ROUTE_FOUND) == (str_find(allowed, names[m]) >= 0));
		if (result != ROUTE_FOUND) continue;
		must(r.op->method == (enum op_method)m && str_eq(rebuilt(a, &r), path));
		for (size_t i = 0; i < r.n_params; i++)
			must(r.params[i].n > 0 && !memchr(r.params[i].p, '/', r.params[i].n) &&
			        router_param_name(r.op->path, i).n > 0);
	}
	arena_free(a);
	return 0;
}
